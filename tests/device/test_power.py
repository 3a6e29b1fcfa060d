"""Scenario (f): the power goes while the product's own store is writing; what it acknowledged is still there."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from kiosk.clock import SimClock
from kiosk.records.reader import Reader
from kiosk.records.store import Limits, Store
from kiosk.screens.scene import Menu, Scene, StepScene
from kiosk.signals import Button
from tests.device.bedside import (
    CLOCK,
    DATA,
    SERVICE,
    Bedside,
    filled,
    give,
    journal,
    python_of,
    ready,
    started,
)
from tests.device.conftest import Power
from tests.device.machine import Machine
from tests.device.power import BOOTED, ON, DiskLog, as_cut, logged_disk, mark, mark_at
from tests.device.report import Entry
from tests.records.helpers import rows_in
from tests.somebody import answer_until, choose
from tests.twin import Twin

GUEST = Path(__file__).resolve().parent / "guest"
DISK_MB = 64
MARK_AT = mark_at(DISK_MB)
WRITING_S = 45
FIRST_STEP_S = 100
"""Longer than settling and the first step of the programme take."""
GO_ON = "Go on with your session"
CUTS = int(os.environ.get("DEVICE_CUTS", "240"))
SEED = 20261129


def found_after(image: bytes, place: Path) -> tuple[int, str]:
    """The highest row that the product finds on a disk after a cut, and how its file system is after its journal."""
    place.mkdir(exist_ok=True)
    disk = place / "cut.raw"
    disk.write_bytes(image)
    subprocess.run(["e2fsck", "-y", "-E", "journal_only", str(disk)], capture_output=True, check=False)
    check = subprocess.run(["e2fsck", "-fn", str(disk)], capture_output=True, check=False)
    data = read_from(disk, place / "read")
    store = Store.open(data, SimClock(), Limits(ballast_bytes=1 << 16))
    assert store.close(30)
    with contextlib.closing(Reader(data)):
        rows = rows_in(data, "SELECT max(CAST(detail_code AS INTEGER)) FROM events WHERE code = 'counter'")
    return int(rows[0][0] or 0), "damaged" if check.returncode else "clean"


def test_no_acknowledged_row_is_lost(bed: Machine, entry: Entry, tmp_path: Path) -> None:
    """(f) The power goes at 240 moments while the product stores rows: each row that it acknowledged is there."""
    disk, log = logged_disk(tmp_path, DISK_MB)
    initial = disk.read_bytes()
    device = bed.attach("data", disk, log)
    bed.run(f"mkdir -p {ON} && mount -t ext4 -o noatime {device} {ON} && mkdir {ON}/kiosk && sync", 60)
    bed.put("/opt/count.py", (GUEST / "count.py").read_bytes())
    bed.run(f"{python_of(bed)} /opt/count.py {ON}/kiosk {device} {MARK_AT} {WRITING_S}", WRITING_S + 120)
    bed.run(f"umount {ON}", 60)
    bed.detach("data")
    written = DiskLog(log, MARK_AT)
    entry.figure("rows acknowledged", written.marks[-1][1])
    entry.figure("writes in the log", len(written.writes))
    lost, damaged, tried = [], 0, 0
    for moment, acknowledged, image in written.cuts(initial, CUTS, SEED):
        found, state = found_after(image, tmp_path / "cut")
        tried, damaged = tried + 1, damaged + (state == "damaged")
        if found < acknowledged:
            lost.append((moment, acknowledged, found))
    entry.figure("crash points", tried)
    entry.figure("file system damaged after its journal at", damaged)
    entry.figure("acknowledged rows lost at", len(lost))
    written.close()
    assert lost == []
    assert written.marks[-1][1] > 20


def read_from(disk: Path, into: Path) -> Path:
    """The product's data folder on a disk, read without mounting it."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    subprocess.run(["e2fsck", "-fy", str(disk)], capture_output=True, check=False)
    subprocess.run(["debugfs", "-R", f"rdump /kiosk {into}", str(disk)], capture_output=True, check=True)
    return into / "kiosk"


def steps_in(disk: Path, into: Path) -> int:
    """The number of steps that the record on a disk has."""
    ((count,),) = rows_in(read_from(disk, into), "SELECT count(*) FROM steps")
    return int(count)


def begun(machine: Machine, device: str, entry: Entry, place: Path) -> None:
    """A session runs in the device, begun by presses; its record lies on the logged disk."""
    machine.run(f"mkdir -p {ON} && mount -o noatime {device} {ON} && mkdir -m 700 {ON}/kiosk", 60)
    machine.run(f"chown kiosk:kiosk {ON}/kiosk; mount --bind {ON}/kiosk {DATA}")
    give(machine, filled(place / "device"))
    twin = Twin(filled(place / "twin"), trust=CLOCK)
    seat = Bedside(machine, twin, entry)
    try:
        choose(seat, "Relax")
        answer_until(seat, lambda scene: isinstance(scene, StepScene))
    finally:
        twin.close()
    machine.run("sync")
    mark(machine, device, 1, MARK_AT)


def first_row(scene: Scene) -> str:
    """What the home offers first."""
    return str(scene.choices[0].label) if isinstance(scene, Menu) and scene.choices else scene.name


def test_a_session_that_the_power_cut_off_is_offered_again(bed: Machine, entry: Entry, tmp_path: Path) -> None:
    """(f) The power goes at ten moments of a session: the kiosk offers to go on wherever a step of it was stored."""
    disk, log = logged_disk(tmp_path, DISK_MB)
    initial = disk.read_bytes()
    device = bed.attach("data", disk, log)
    begun(bed, device, entry, tmp_path)
    time.sleep(FIRST_STEP_S)
    bed.picture(entry.picture("before-the-cut"))
    mark(bed, device, 2, MARK_AT)
    bed.run(f"systemctl stop {SERVICE}; umount {DATA} {ON}", 120)
    bed.detach("data")
    written = DiskLog(log, MARK_AT)
    entry.figure("writes in the log", len(written.writes))
    offered: list[str] = []
    begun_anew: list[str] = []
    for number, (_, _, cut) in enumerate(written.cuts(initial, BOOTED, SEED), 1):
        (tmp_path / "copy.raw").write_bytes(cut)
        twin = Twin(read_from(tmp_path / "copy.raw", tmp_path / "read"), trust=CLOCK)
        with as_cut(bed, cut, tmp_path / "cut.raw"):
            bed.run(f"mount --bind {ON}/kiosk {DATA}")
            try:
                started(bed)
                Bedside(bed, twin, entry).look(name=f"cut-{number}")
                twin.press(Button.GREEN)  # what is personal stands on the home after a press only
                # Before its first step is over there is nothing to go on with: the programme is begun anew.
                (offered if steps_in(tmp_path / "copy.raw", tmp_path / "rows") else begun_anew).append(
                    first_row(twin.scene)
                )
            finally:
                twin.close()
                bed.run(f"systemctl stop {SERVICE}; umount {DATA}", 120)
    written.close()
    entry.figure("started on cuts", len(offered) + len(begun_anew))
    entry.figure("offered first where a step was stored", ", ".join(sorted(set(offered))))
    assert len(offered) + len(begun_anew) == BOOTED
    assert set(offered) == {GO_ON}
    assert GO_ON not in begun_anew
    assert "Traceback" not in journal(bed)


def test_the_kiosk_comes_back_after_a_cut(power: Power, entry: Entry) -> None:
    """(f) The plug is pulled while the kiosk runs: switched on again it is home, and its record is whole."""
    machine = power()
    machine.boot()
    ready(machine)
    machine.pull_the_plug()
    machine.power_on()
    machine.boot()
    entry.figure("READY after the cut s", ready(machine))
    machine.picture(entry.picture("home"))
    machine.run(f"systemctl stop {SERVICE}", 60)
    code = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone())"
    whole = machine.run(f'python3 -c "{code}" {DATA}/kiosk.db')
    entry.figure("integrity", whole)
    assert whole == "ok"
