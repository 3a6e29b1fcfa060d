"""Scenarios (g) and (h): the disk is full or cannot be written; the clock is years off, or jumps."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.device.bedside import DATA, SERVICE, anew, journal, main_pid, started
from tests.device.machine import Machine
from tests.device.report import Entry

SETTLE_S = 25
FREE = "$(stat -f -c %f /) * $(stat -f -c %S /)"
CHECK = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone())"


@pytest.fixture(scope="module")
def machine(whole_run: Machine) -> Machine:
    """One machine for all of them; the kiosk runs, and knows nobody."""
    anew(whole_run)
    started(whole_run)
    return whole_run


@pytest.fixture(autouse=True)
def afterwards(machine: Machine) -> Iterator[None]:
    """The disk is as it was, and the kiosk runs."""
    yield
    machine.ask(f"umount {DATA}; rm -f /filler; systemctl restart {SERVICE}", 120)


def alive(machine: Machine, entry: Entry) -> None:
    """The same kiosk still runs, fed by its watchdog, and its log has no traceback."""
    time.sleep(SETTLE_S)
    entry.figure("restarts", machine.run(f"systemctl show {SERVICE} -p NRestarts --value"))
    assert machine.ask(f"systemctl is-active {SERVICE}")[1] == "active", journal(machine)[-800:]
    assert "Traceback" not in journal(machine)


def test_full_disk(machine: Machine, entry: Entry) -> None:
    """(g) The disk is full to the last block when the kiosk starts: it comes up, and its record is whole."""
    machine.run(f"systemctl stop {SERVICE}", 60)
    machine.ask(
        f"fallocate -l $(({FREE} - (1 << 20))) /filler; dd if=/dev/zero of=/filler2 bs=4k 2>/dev/null; sync", 300
    )
    entry.figure("free before the start, KiB", machine.run("df --output=avail / | tail -1").strip())
    machine.ask(f"systemctl start {SERVICE}", 120)
    alive(machine, entry)
    machine.picture(entry.picture("screen"))
    machine.run(f"rm -f /filler /filler2; systemctl stop {SERVICE}", 90)
    assert machine.run(f'python3 -c "{CHECK}" {DATA}/kiosk.db') == "ok"


def test_read_only_data(machine: Machine, entry: Entry) -> None:
    """(g) The data folder cannot be written: the kiosk comes up all the same, and says that nothing is saved."""
    machine.run(f"systemctl stop {SERVICE}; mount --bind {DATA} {DATA} && mount -o remount,bind,ro {DATA}", 60)
    machine.ask(f"systemctl start {SERVICE}", 120)
    time.sleep(SETTLE_S)
    machine.picture(entry.picture("screen"))
    state = machine.ask(f"systemctl is-active {SERVICE}")[1]
    entry.figure("state", state)
    assert state == "active", journal(machine)[-800:]
    assert "Traceback" not in journal(machine)


@pytest.mark.parametrize("moved", ["2017-03-01 08:00:00", "2038-03-01 08:00:00", "2026-12-24 08:00:00"])
def test_the_clock_jumps(machine: Machine, entry: Entry, moved: str) -> None:
    """(h) The clock is set years back, years forwards and back: the kiosk goes on, and starts again there."""
    pid = main_pid(machine)
    machine.run(f"timedatectl set-ntp false 2>/dev/null; date -s '{moved}' >/dev/null")
    time.sleep(SETTLE_S)
    assert main_pid(machine) == pid, "it ended when the clock jumped"
    machine.run(f"systemctl restart {SERVICE}", 120)
    machine.picture(entry.picture("after"))
    assert "Traceback" not in journal(machine)
