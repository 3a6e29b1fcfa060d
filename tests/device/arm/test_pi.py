"""The package for arm64 on a machine whose device tree says Raspberry Pi 4: its real unit, its screen, its header."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.signals import Button
from tests.device.arm.conftest import Raspberry
from tests.device.bedside import CLOCK, SERVICE, Bedside, journal, main_pid, program_of, python_of
from tests.device.report import Entry
from tests.device.test_session import lit, offered
from tests.twin import Twin

MODEL = "Raspberry Pi 4 Model B Rev 1.5"
AGAIN_S = 240.0
WHO = "import gpiozero; board = gpiozero.pi_info(); print(board.model, board.pcb_revision, board.revision)"


@pytest.fixture
def seat(raspberry: Raspberry, entry: Entry, tmp_path: Path) -> Iterator[Bedside]:
    """Somebody at the machine, which has just come up."""
    twin = Twin(tmp_path, trust=CLOCK)
    try:
        machine = raspberry.again()
        moment = datetime.fromtimestamp(int(machine.run("date +%s")), UTC)
        yield Bedside(machine, twin, entry, moment)
    finally:
        twin.close()


def test_power_on_to_home(seat: Bedside, entry: Entry) -> None:
    """Power on, the unit as it is installed: READY, and the screen shows what the painter draws."""
    seat.look(name="home")
    entry.figure("pixels that differ, share", seat.worst)
    machine = seat.machine
    entry.figure("machine", machine.run("uname -mr; python3 --version").replace("\n", ", "))
    assert machine.run("tr -d '\\0' </proc/device-tree/model") == MODEL
    assert machine.run("dpkg --print-architecture") == "arm64"
    machine.run("dpkg -V facial-rehab-kiosk")
    said = machine.run(f"systemctl show {SERVICE} -p ActiveEnterTimestampMonotonic --value")
    entry.figure("READY after s, by the machine's clock", int(said) / 1e6)
    told = journal(machine)
    failed = [line for line in told.splitlines() if "Failed with result" in line]
    entry.figure("starts that took longer than the unit allows", len(failed))
    # On a busy host an emulated start may; a start that fails in any other way is a fault.
    assert all("'timeout'" in line for line in failed), told[-1500:]
    assert "Traceback" not in told


def test_the_headers_buttons_and_lamps(seat: Bedside, entry: Entry) -> None:
    """Green and amber held, then red pressed: every screen as drawn, every lamp as the strip says."""
    seat.look()
    seat.hold()
    seat.look(name="first-start")
    assert lit(seat) == offered(seat)
    # Not further: the first digit of a new PIN is drawn by lot.
    seat.press(Button.RED)
    seat.look(name="home-again")
    assert lit(seat) == offered(seat)
    entry.figure("slowest screen after a press s", max(seat.waits[1:]))
    entry.figure("most pixels that differed, share", seat.worst)


def test_gpiozero_names_the_board(raspberry: Raspberry, entry: Entry) -> None:
    """The library that the package brings reads the board's revision from the device tree, as the kiosk's own user."""
    machine = raspberry.again()
    library = python_of(machine).removeprefix("env ")
    said = machine.run(f"cd /run/{SERVICE} && runuser -u kiosk -- env {library} -c '{WHO}'")
    entry.figure("gpiozero", said)
    assert said.splitlines()[-1] == "4B 1.5 c03115"


def test_the_doctor_takes_its_branch_for_a_pi(raspberry: Raspberry, entry: Entry) -> None:
    """It finds the pins by lgpio, and one fault: picamera2, which Raspberry Pi OS has and Debian has not."""
    machine = raspberry.again()
    code, said = machine.ask("cd / && kiosk doctor --json 2>/dev/null", AGAIN_S)
    checks = {check["name"]: check for check in json.loads(said)["checks"]}
    pins, camera = checks["Buttons and lights"], checks["Camera"]
    entry.figure("pins", pins["found"])
    entry.figure("camera", camera["found"])
    assert [name for name, check in checks.items() if check["state"] == "fault"] == ["Camera"], said
    assert "apt-get install python3-picamera2" in camera["next_step"]
    assert "gpiochip0 by lgpio" in pins["found"]
    assert code


def test_killed_it_comes_back(seat: Bedside, entry: Entry) -> None:
    """kill -9 of the kiosk: the same home again."""
    machine = seat.machine
    seat.look()
    assert program_of(machine).startswith("/opt/")
    started = f"journalctl -u {SERVICE} --no-pager -o cat | grep -c '^Started ' || true"
    before, since = machine.run(started), time.monotonic()
    machine.run(f"kill -9 {main_pid(machine)}")
    machine.until(f'test "$({started})" -gt {before}', AGAIN_S, "a new start")
    entry.figure("READY again after s", time.monotonic() - since)
    seat.look(name="home")
    assert "Traceback" not in journal(machine)
