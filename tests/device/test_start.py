"""Scenario (a): the power comes on, and some time later somebody in a bed reads "Welcome"."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.device.bedside import CLOCK, NO_INPUT, SERVICE, SOUND_CARD, Bedside, journal, ready, slower, started
from tests.device.conftest import Power
from tests.device.machine import BOOT_S, Machine
from tests.device.report import Entry
from tests.twin import Twin


@pytest.mark.short
def test_power_on_to_home_without_any_input_device(power: Power, entry: Entry, tmp_path: Path) -> None:
    """(a) Power on, nothing but the header's buttons: READY, and the screen shows what the product draws."""
    plain = power(append=f"{NO_INPUT} systemd.mask={SERVICE}.service", more=SOUND_CARD)
    plain.login()
    worked = plain.work
    plain.boot()
    plain.until("systemctl is-active multi-user.target", 120)
    without = plain.reached("multi-user.target")
    entry.figure("to multi-user without the kiosk s", without)
    entry.figure("the emulator's work until a login, processor s", worked)
    entry.figure("emulation slower than the host, times", slower(plain))
    plain.pull_the_plug()
    machine = power(append=NO_INPUT, more=SOUND_CARD)
    twin = Twin(tmp_path, trust=CLOCK)
    try:
        # Nothing is asked of the device until its screen is right: each question would take its processor away.
        seat = Bedside(machine, twin, entry)
        seat.look(BOOT_S, name="home")
        entry.figure("home on the screen after s", seat.seen)
        entry.figure("times multi-user without the kiosk", seat.seen / without)
        entry.figure("the emulator's work until home, processor s", seat.work)
        entry.figure("times the work until a login without the kiosk", seat.work / worked)
        entry.figure("pixels that differ, share", seat.worst)
        machine.boot()
        ready(machine)
        entry.figure("READY after s", machine.reached(SERVICE))
        assert machine.run("ls /dev/input 2>/dev/null | grep -c event || true") == "0"
    finally:
        twin.close()
    told = journal(machine)
    failed = [line for line in told.splitlines() if "Failed with result" in line]
    entry.figure("starts that took longer than the unit allows", len(failed))
    # On a busy host an emulated start may; a start that fails in any other way is a fault.
    assert all("'timeout'" in line for line in failed), told[-1500:]
    assert "Traceback" not in told
    entry.figure("switched off within s", machine.shut_down())


def test_the_doctor_finds_no_fault(bed: Machine, entry: Entry) -> None:
    """`kiosk doctor`, from a folder in which nobody may write, finds nothing wrong with a fresh installation."""
    started(bed)
    code, said = bed.ask("cd / && kiosk doctor --json 2>/dev/null", 300)
    told = json.loads(said)
    states = {check["name"]: check["state"] for check in told["checks"]}
    entry.figure("checks", len(states))
    entry.figure("warnings", ", ".join(name for name, state in states.items() if state == "warning") or "none")
    wrong = [check for check in told["checks"] if check["state"] == "fault"]
    assert (code, told["ok"], wrong) == (0, True, []), said
    assert states["Service"] == "ok"
