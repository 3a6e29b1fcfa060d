"""Whoever asks the kiosk to end is heard in the one wait; children are out of the terminal's reach."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.devices.supervised import ChildProcess
from kiosk.early import ASKING
from tests.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import select, signal, sys
{before}
from kiosk.runtime.watchdog import Ending
ending = Ending()
ending.listen()
print("listening", flush=True)
while not ending.drain(0):
    select.select([ending], [], [], 20)
print("closed in order", flush=True)
{after}
"""


def run(before: str = "", after: str = "") -> subprocess.Popen[bytes]:
    """A program that ends in order once it is asked to."""
    code = PROGRAM.format(before=before, after=after)
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


@pytest.mark.parametrize("number", ASKING)
def test_each_signal_that_asks_is_heard(number: signal.Signals) -> None:
    """A terminal that closes used to end the kiosk at once, and its session without an end."""
    program = run()
    assert program.stdout is not None
    assert program.stdout.readline() == b"listening\n"
    program.send_signal(number)
    rest, _ = program.communicate(timeout=PATIENCE_S)
    assert (program.returncode, rest) == (0, b"closed in order\n")


def test_nohup_is_respected() -> None:
    """Whoever started it so wants it to outlive the terminal."""
    program = run("signal.signal(signal.SIGHUP, signal.SIG_IGN)")
    assert program.stdout is not None
    program.stdout.readline()
    program.send_signal(signal.SIGHUP)
    assert not select.select([program.stdout], [], [], 0.3)[0]
    program.send_signal(signal.SIGTERM)
    program.communicate(timeout=PATIENCE_S)
    assert program.returncode == 0


def test_a_second_quit_is_a_way_out() -> None:
    """A kiosk that hangs on its way out can still be ended from its keyboard."""
    program = run(after="sys.stdin.read()")
    assert program.stdout is not None
    program.stdout.readline()
    program.send_signal(signal.SIGQUIT)
    assert program.stdout.readline() == b"closed in order\n"
    program.send_signal(signal.SIGQUIT)
    program.communicate(timeout=PATIENCE_S)
    assert program.returncode == -signal.SIGQUIT


def test_a_child_has_no_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C in the terminal goes to the kiosk's group of processes, and its children are not in it."""
    (tmp_path / "waits.py").write_text("import sys; sys.stdin.read(); import threading; threading.Event().wait()")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    child = ChildProcess("test", "waits", lambda number: (str(number),))
    try:
        assert os.getsid(child.pid) == child.pid
    finally:
        child.kill()
        while not child.gone():
            select.select([], [], [], 0.01)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_tidies_up_before_it_ends(number: signal.Signals) -> None:
    """What a command has begun is not left lying about, and whoever waits for it learns which signal it was."""
    program = (
        "import sys, kiosk.cli as c\n"
        "@c.cli.command()\n"
        "def wait():\n"
        "    try:\n"
        "        print('began', flush=True)\n"
        "        sys.stdin.read()\n"
        "    finally:\n"
        "        print('tidied up', flush=True)\n"
        "sys.argv = ['kiosk', 'wait']\n"
        "c.main()\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, **pipes)  # type: ignore[call-overload]
    assert command.stdout.readline() == b"began\n"
    command.send_signal(number)
    said, wrong = command.communicate(timeout=PATIENCE_S)
    assert (command.returncode, said, wrong) == (-number, b"tidied up\n", b"")
