"""What a technician needs at the device: a login on another console, and the kiosk again after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device.bedside import CLOCK, SERVICE, Bedside, console, journal, main_pid, started
from tests.device.machine import Machine
from tests.device.report import Entry
from tests.twin import Twin

CONSOLE_S = 60.0
LETTERS = "tech"


@pytest.fixture
def machine(bed: Machine) -> Iterator[Machine]:
    """A keyboard is plugged in while the kiosk runs; afterwards it is gone, and the first console is the screen's."""
    started(bed)
    bed.plug_keyboard("technician")
    bed.until("grep -q . /sys/class/input/event*/device/name", CONSOLE_S, "the keyboard")
    yield bed
    console(bed, 1)
    bed.ask(f"systemctl stop {SERVICE} getty@tty2", 120)
    bed.monitor.run("device_del", {"id": "technician"})


def test_ctrl_alt_f2_leads_to_a_login_and_ctrl_alt_f1_back(machine: Machine, entry: Entry, tmp_path: Path) -> None:
    """(e) Beside the running kiosk Ctrl+Alt+F2 leads to a login that letters reach, and Ctrl+Alt+F1 to the kiosk."""
    twin = Twin(tmp_path, trust=CLOCK)
    try:
        seat = Bedside(machine, twin, entry)
        seat.look(name="home")
        pid = main_pid(machine)
        machine.keys("ctrl", "alt", "f2")
        machine.until("grep -q tty2 /sys/class/tty/tty0/active", CONSOLE_S, "the second console")
        machine.until("grep -q login: /dev/vcs2", CONSOLE_S, "a login on it")
        for letter in LETTERS:
            machine.keys(letter)
        typed = f"login: {LETTERS}"
        machine.until(f"grep -q '{typed}' /dev/vcs2", CONSOLE_S, "what was typed, on the second console")
        entry.figure("tty2", typed)
        machine.picture(entry.picture("login"))
        machine.keys("ctrl", "alt", "f1")
        machine.until("grep -q tty1 /sys/class/tty/tty0/active", CONSOLE_S, "the first console")
        entry.figure("back to home s", seat.look(name="home-again"))
    finally:
        twin.close()
    assert main_pid(machine) == pid, "what was typed there did nothing to the kiosk"
    assert "Traceback" not in journal(machine)
