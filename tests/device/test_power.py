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
from tests.device.bedside import DATA, SERVICE, python_of, quiet, ready
from tests.device.conftest import Power
from tests.device.power import DiskLog
from tests.device.report import Entry
from tests.records.helpers import rows_in

GUEST = Path(__file__).resolve().parent / "guest"
DISK_MB, FILES_MB = 64, 56
MARK_AT = 60 << 20
WRITING_S = 45
CUTS = int(os.environ.get("DEVICE_CUTS", "240"))
SEED = 20261129


def logged_disk(place: Path) -> tuple[Path, Path, list[str]]:
    """An empty file system, its log of writes, and what the emulator is told of both."""
    disk, log = place / "data.raw", place / "data.log"
    for file, size in ((disk, f"{DISK_MB}M"), (log, "4G")):
        subprocess.run(["truncate", "-s", size, str(file)], check=True)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-b", "4096", str(disk), f"{FILES_MB * 256}"], check=True)
    more = [
        *("-blockdev", f"driver=file,filename={disk},node-name=files"),
        *("-blockdev", f"driver=file,filename={log},node-name=log"),
        *("-blockdev", "driver=blklogwrites,node-name=logged,file=files,log=log,log-sector-size=512"),
        *("-device", "virtio-blk-pci,drive=logged"),
    ]
    return disk, log, more


def found_after(image: bytes, place: Path) -> tuple[int, str]:
    """The highest row that the product finds on a disk after a cut, and what the file system's check said."""
    shutil.rmtree(place, ignore_errors=True)
    (place / "read").mkdir(parents=True)
    disk = place / "cut.raw"
    disk.write_bytes(image)
    check = subprocess.run(["e2fsck", "-fy", str(disk)], capture_output=True, text=True, check=False)
    subprocess.run(["debugfs", "-R", f"rdump /kiosk {place / 'read'}", str(disk)], capture_output=True, check=True)
    data = place / "read" / "kiosk"
    store = Store.open(data, SimClock(), Limits(ballast_bytes=1 << 16))
    assert store.close(30)
    with contextlib.closing(Reader(data)):
        rows = rows_in(data, "SELECT max(CAST(detail_code AS INTEGER)) FROM events WHERE code = 'counter'")
    return int(rows[0][0] or 0), "repaired" if check.returncode else "clean"


def test_no_acknowledged_row_is_lost(power: Power, entry: Entry, tmp_path: Path) -> None:
    """(f) The power goes at 240 moments while the product stores rows: each row that it acknowledged is there."""
    disk, log, more = logged_disk(tmp_path)
    initial = disk.read_bytes()
    machine = power(more=more)
    quiet(machine)
    machine.run("mkdir -p /data && mount -t ext4 -o noatime /dev/vdb /data && mkdir /data/kiosk && sync", 60)
    machine.put("/opt/count.py", (GUEST / "count.py").read_bytes())
    count = f"{python_of(machine)} /opt/count.py /data/kiosk /dev/vdb {MARK_AT} {WRITING_S}"
    machine.run(f"systemd-run --unit counting --property=StandardError=file:/run/counted {count}")
    time.sleep(WRITING_S)
    machine.pull_the_plug()  # in the middle of it
    written = DiskLog(log, MARK_AT)
    entry.figure("rows acknowledged", written.marks[-1][1])
    entry.figure("writes in the log", len(written.writes))
    lost, repaired, tried = [], 0, 0
    for moment, acknowledged, image in written.cuts(initial, CUTS, SEED):
        found, state = found_after(image, tmp_path / "cut")
        tried, repaired = tried + 1, repaired + (state == "repaired")
        if found < acknowledged:
            lost.append((moment, acknowledged, found))
    entry.figure("crash points", tried)
    entry.figure("file system had to be repaired at", repaired)
    entry.figure("acknowledged rows lost at", len(lost))
    written.close()
    assert lost == []
    assert written.marks[-1][1] > 20


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
