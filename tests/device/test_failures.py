"""Scenario (e): the kiosk is killed, hangs, fails again and again; and somebody stops it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.device.bedside import (
    CLOCK,
    FLAGS,
    SERVICE,
    Bedside,
    anew,
    dropped,
    journal,
    main_pid,
    slower,
    started,
    undropped,
)
from tests.device.machine import Machine
from tests.device.report import Entry
from tests.twin import Twin

SAFE = f"{FLAGS}/flags"
AGAIN_S = 120.0
FAILURES = 3
WAITING = "grep -q poll /proc/{0}/wchan && ls -l /proc/{0}/fd | grep -q socket"
"""The process waits for news of a socket."""


@pytest.fixture(scope="module")
def machine(whole_run: Machine) -> Machine:
    """One machine for all of them; the kiosk runs, and knows nobody."""
    anew(whole_run)
    started(whole_run)
    return whole_run


def run_of(machine: Machine) -> str:
    """The start that it is in, by systemd's name for it."""
    return machine.run(f"systemctl show {SERVICE} -p InvocationID --value")


def back(machine: Machine, since: float, before: str) -> float:
    """Wait until it has said READY in another start than ``before``; the seconds since ``since``."""
    other = f'test "$(systemctl show {SERVICE} -p InvocationID --value)" != {before}'
    machine.until(f"systemctl is-active --quiet {SERVICE} && {other}", AGAIN_S, "READY after another start")
    return time.monotonic() - since


@pytest.mark.short
def test_killed_it_comes_back(machine: Machine, entry: Entry, tmp_path: Path) -> None:
    """(e) kill -9 of the kiosk: the same home again, and one failure is not safe mode."""
    machine.run(f"systemctl stop {SERVICE}", 120)
    since = time.monotonic()
    machine.run(f"systemctl start {SERVICE}", AGAIN_S)
    plain = time.monotonic() - since
    entry.figure("a plain start to READY s", plain)
    before, pid = run_of(machine), main_pid(machine)
    since = time.monotonic()
    machine.run(f"kill -9 {pid}")
    again = back(machine, since, before)
    entry.figure("READY again after s", again)
    entry.figure("times a plain start", again / plain)
    twin = Twin(tmp_path, trust=CLOCK)
    try:
        looks = time.monotonic()
        entry.figure("home again after s", looks - since + Bedside(machine, twin, entry).look(name="home"))
    finally:
        twin.close()
    entry.figure("emulation slower than the host, times", slower(machine))
    assert machine.ask(f"test -e {SAFE}")[0] == 1


def test_hung_it_is_ended_and_comes_back(machine: Machine, entry: Entry) -> None:
    """(e) SIGSTOP: the watchdog ends it, and it starts again as before."""
    # The watchdog as it was installed: a busy host gives all other tests more of it.
    dropped(machine, machine.run(f"grep ^WatchdogSec= $(systemctl show {SERVICE} -p FragmentPath --value)"))
    machine.run(f"systemctl restart {SERVICE}", 120)  # a restart that was asked for begins the count anew
    before, since = run_of(machine), time.monotonic()
    machine.run(f"kill -STOP {main_pid(machine)}")
    machine.until(f"journalctl -u {SERVICE} -n 40 --no-pager -o cat | grep -q 'Watchdog timeout'", 60)
    entry.figure("watchdog after s", time.monotonic() - since)
    entry.figure("READY again after s", back(machine, since, before))
    undropped(machine)
    assert machine.ask(f"test -e {SAFE}")[0] == 1


def test_a_crash_loop_ends_in_safe_mode_and_a_restart_ends_that(machine: Machine, entry: Entry, tmp_path: Path) -> None:
    """(e) Three failures within five minutes: safe mode, which says so; a technician's restart tries everything."""
    machine.run(f"systemctl restart {SERVICE}", 120)
    for number in range(FAILURES):
        assert machine.ask(f"test -e {SAFE}")[0] == 1, f"safe mode after {number} failures"
        # As soon as it is there: where it is only emulated, three starts to the end may take longer than five minutes.
        machine.until("pgrep -u kiosk -f 'kiosk run'", AGAIN_S, "a process of the kiosk")
        machine.run("pkill -9 -u kiosk -f 'kiosk run'")
        machine.until("! pgrep -u kiosk -f 'kiosk run'", AGAIN_S, "its end")
        machine.until(f"test $(grep -c . {FLAGS}/failures) -gt {number}", AGAIN_S, "its failure is counted")
    entry.figure("failures counted", machine.run(f"grep -c . {FLAGS}/failures"))
    machine.until(f"systemctl is-active {SERVICE}", AGAIN_S, "READY in safe mode")
    assert machine.run(f"cat {SAFE}") == "RUN_FLAGS=--safe"
    twin = Twin(tmp_path, safe=True, trust=CLOCK)
    try:
        Bedside(machine, twin, entry).look(name="safe-mode")
    finally:
        twin.close()
    machine.run(f"systemctl restart {SERVICE}", 120)
    assert machine.ask(f"test -e {SAFE}")[0] == 1
    assert machine.ask("pgrep -u kiosk -f 'run --safe'")[0] == 1


def test_a_stop_stays_a_stop(machine: Machine, entry: Entry) -> None:
    """(e) Stopped by a technician it stays stopped, also when the stop had to kill; started, it is home."""
    machine.run(f"kill -STOP {main_pid(machine)}")
    started = time.monotonic()
    machine.run(f"systemctl stop {SERVICE}", 60)
    entry.figure("a stop of a hung kiosk, s", time.monotonic() - started)
    time.sleep(15)
    state = machine.ask(f"systemctl is-active {SERVICE}")[1]
    entry.figure("15 s later", state)
    assert state in ("failed", "inactive")
    machine.run(f"systemctl start {SERVICE}", 120)
    assert machine.ask(f"test -e {SAFE}")[0] == 1


def test_a_stop_while_the_screen_opens_is_no_kill(machine: Machine, entry: Entry) -> None:
    """(e) Stopped by a technician while the compositor does not answer and SDL waits for it, it ends in order."""
    machine.run(f"systemctl stop {SERVICE}", 120)
    started = (
        f"systemctl start --no-block {SERVICE}; until test $(pgrep -u kiosk -c -f 'kiosk run') = 2; do sleep 0.1; done"
    )
    machine.run(f"{started}; pkill -STOP -x cage", AGAIN_S)
    machine.until(WAITING.format(main_pid(machine)), AGAIN_S, "its waiting for the compositor")
    since = time.monotonic()
    machine.run(f"systemctl stop {SERVICE}", AGAIN_S)
    entry.figure("a stop while the screen opens, s", time.monotonic() - since)
    result = machine.run(f"systemctl show {SERVICE} -p Result --value")
    entry.figure("result", result)
    assert result == "success", journal(machine)[-1500:]
    machine.run(f"systemctl start {SERVICE}", AGAIN_S)


def test_a_stop_in_its_first_moments_is_no_failure(machine: Machine, entry: Entry) -> None:
    """(e) Stopped by a technician before its program listens: it has ended as asked, and nothing is called failed."""
    machine.run(f"systemctl stop {SERVICE}", 120)
    first = "until test $(pgrep -u kiosk -c -f 'kiosk run') = 2; do :; done"
    machine.run(f"systemctl start --no-block {SERVICE}; {first}; systemctl stop {SERVICE}", AGAIN_S)
    told = machine.run(f"systemctl show {SERVICE} -p Result -p ExecMainStatus -p ActiveState | sort | xargs")
    entry.figure("stopped in its first moments", told)
    assert "ActiveState=inactive" in told, journal(machine)[-1500:]
    assert "Result=success" in told
    machine.run(f"systemctl start {SERVICE}", AGAIN_S)


def test_restarts_of_a_technician_never_count(machine: Machine, entry: Entry) -> None:
    """(e) Five restarts in a row: no failure, no safe mode."""
    for _ in range(5):
        machine.run(f"systemctl restart {SERVICE}", 120)
    entry.figure("state", machine.ask(f"systemctl is-active {SERVICE}")[1])
    assert machine.ask(f"test -e {SAFE}")[0] == 1
    assert "Traceback" not in journal(machine)
