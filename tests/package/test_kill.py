"""Killed at any moment of an export: what has a package's name is a whole package, and the record is whole."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.package.protection import Keys
from kiosk.package.verify import verify
from tests.package.made import exported, lived, record
from tests.records.helpers import sound

KILLS, EXPORTS = 200, 1.3
"""How often one is ended, at the latest in so many times what the first whole one takes on this machine."""


@pytest.fixture
def exporter(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Makes exporting processes of the record in ``data`` on demand."""
    record(tmp_path / "data", lived(sessions=5))
    command = [sys.executable, "-m", "tests.package.exporter", str(tmp_path / "data"), str(tmp_path / "out")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def kill_once(exporter: subprocess.Popen[str], out: Path, after_s: float) -> None:
    """Let one export, and end it without a word after so long."""
    assert exporter.stdin is not None
    assert exporter.stdout is not None
    out.mkdir(exist_ok=True)
    exporter.stdin.write("go\n")
    exporter.stdin.flush()
    pid = int(exporter.stdout.readline())
    time.sleep(after_s)  # a moment of the other process: there is nothing to wait for
    os.kill(pid, signal.SIGKILL)
    assert exporter.stdout.readline() == "dead\n"


def one_export_s(exporter: subprocess.Popen[str], out: Path) -> float:
    """The time until a package has its final name, here and now."""
    assert exporter.stdin is not None
    assert exporter.stdout is not None
    out.mkdir()
    since = time.monotonic()
    exporter.stdin.write("go\n")
    exporter.stdin.flush()
    pid = int(exporter.stdout.readline())
    while all(path.name.endswith(".part") for path in out.iterdir()):
        time.sleep(0.001)  # another process: it tells nothing
    took_s = time.monotonic() - since
    os.kill(pid, signal.SIGKILL)
    assert exporter.stdout.readline() == "dead\n"
    shutil.rmtree(out)
    return took_s


def held(data: Path, out: Path) -> int:
    """How many packages there are under their final names; all of them pass."""
    whole = [path for path in out.iterdir() if not path.name.endswith(".part")]
    for path in whole:
        assert verify(path, Keys()).passed, path
    sound(data)
    return len(whole)


def test_a_killed_export_leaves_no_wrong_package(tmp_path: Path, exporter: subprocess.Popen[str]) -> None:
    """A few moments; the next export clears away what the killed one left and is whole."""
    data, out = tmp_path / "data", tmp_path / "out"
    for after_s in (0.005, 0.02, 0.06):
        kill_once(exporter, out, after_s)
        held(data, out)
    assert verify(exported(data, out).made.place, Keys()).passed


@pytest.mark.slow
def test_two_hundred_kills(
    tmp_path: Path, exporter: subprocess.Popen[str], record_property: Callable[[str, object], None]
) -> None:
    """200 random moments: no package under its final name that fails, no row lost or doubled."""
    data, out = tmp_path / "data", tmp_path / "out"
    chance = random.Random(4)
    packages = unfinished = 0
    longest_s = EXPORTS * one_export_s(exporter, out)
    for _ in range(KILLS):
        kill_once(exporter, out, chance.uniform(0, longest_s))
        packages += held(data, out)
        unfinished += sum(path.name.endswith(".part") for path in out.iterdir())
        shutil.rmtree(out)
    assert packages > 20
    assert unfinished > 20
    record_property("figure", f"{KILLS} kills, {packages} whole packages, {unfinished} unfinished, 0 wrong ones")
