"""The kiosk under cage, as installed, beside the kiosk without a compositor (SDL's KMSDRM): start, memory, a screen.

What was measured, and why it is cage: docs/decisions/setup-compositor.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device.bedside import (
    CLOCK,
    LOOK_S,
    SERVICE,
    Bedside,
    console,
    dropped,
    journal,
    program_of,
    screen_cable,
    started,
)
from tests.device.machine import POLL_S, Machine
from tests.device.report import Entry
from tests.device.wire import DeviceError
from tests.twin import Twin

CAGE, ALONE = "cage", "KMSDRM"
IDLE_S = 60
NOT_S = 15.0
"""How long a picture is waited for that may not come without a compositor (times ``BUSY``)."""
GROUP = f"/sys/fs/cgroup/system.slice/{SERVICE}.service"


def processor_s(machine: Machine) -> float:
    """Processor time that the service used since its start, in the device's seconds."""
    return int(machine.run(f"sed -n 's/^usage_usec //p' {GROUP}/cpu.stat")) / 1e6


def memory_mb(machine: Machine) -> float:
    """The service's memory: what its processes share is counted once."""
    files = f"$(sed 's|.*|/proc/&/smaps_rollup|' {GROUP}/cgroup.procs)"
    return sum(map(int, machine.run(f"sed -n 's/^Pss: *\\([0-9]*\\) kB/\\1/p' {files}").split())) / 1024


def started_by(machine: Machine, way: str) -> None:
    """Start the kiosk this way."""
    if way == ALONE:
        alone = f"ExecStart={program_of(machine)} run $RUN_FLAGS"
        dropped(machine, "Environment=SDL_VIDEODRIVER=KMSDRM", "ExecStart=", alone)
    started(machine)


def seen(seat: Bedside, name: str, limit: float) -> str:
    """How long it takes until the picture is right, or that it is not."""
    try:
        return f"{seat.look(limit, name):.1f} s"
    except DeviceError as why:
        return f"no: {why}"


@pytest.fixture
def machine(bed: Machine) -> Iterator[Machine]:
    """The screen is plugged in again afterwards."""
    yield bed
    screen_cable(bed, "detect")
    console(bed, 1)


@pytest.mark.parametrize("way", [CAGE, ALONE])
def test_start_memory_and_a_screen_that_comes_later(machine: Machine, entry: Entry, tmp_path: Path, way: str) -> None:
    """Cage, and the kiosk alone on the screen: what a start takes, what it holds, a screen plugged in later."""
    found: dict[str, str] = {}
    limit = LOOK_S if way == CAGE else NOT_S
    began = time.monotonic()
    started_by(machine, way)
    entry.figure("start to READY s", time.monotonic() - began)
    twin = Twin(tmp_path, trust=CLOCK)
    try:
        seat = Bedside(machine, twin, entry)
        found["home"] = seen(seat, "home", max(limit, 4 * NOT_S))
        entry.figure("start to home, processor s", processor_s(machine))
        entry.figure("memory MB", memory_mb(machine))
        entry.figure("processes", machine.run(f"grep -c . {GROUP}/cgroup.procs"))
        before = processor_s(machine)
        time.sleep(IDLE_S)
        entry.figure(f"processor s in {IDLE_S} s of home", processor_s(machine) - before)
        entry.figure("the second console's picture is seen", second_console(machine, seat, entry))
        screen_cable(machine, "off")
        time.sleep(2 * POLL_S)
        machine.picture(entry.picture("without-a-screen"))
        screen_cable(machine, "detect")
        found["home, its screen pulled and put back"] = seen(seat, "put-back", limit)
        machine.run(f"systemctl stop {SERVICE}", 120)
        screen_cable(machine, "off")
        started_ready = machine.ask(f"timeout 200 systemctl start {SERVICE}", 240)[0] == 0
        entry.figure("READY without a screen", "yes" if started_ready else "no")
        screen_cable(machine, "detect")
        found["home on a screen that came after the start"] = seen(seat, "came-later", limit)
    finally:
        twin.close()
    for name, value in found.items():
        entry.figure(name, value)
    said = [line for line in journal(machine).splitlines() if line.startswith("kiosk") or "screen" in line]
    entry.figure("said", said[-1] if said else "")
    if way == CAGE:
        assert not any(value.startswith("no") for value in found.values()), found


def second_console(machine: Machine, seat: Bedside, entry: Entry) -> str:
    """Whether a technician who changes the console sees it, and not the kiosk's picture still."""
    console(machine, 2)
    time.sleep(2 * POLL_S)
    try:
        seat.look(0.1, "second-console")
    except DeviceError:
        answer = "yes"
    else:
        answer = "no: the kiosk's picture stays"
    console(machine, 1)
    return answer
