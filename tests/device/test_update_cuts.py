"""Scenario (i): the power goes while an update is put in place. Whatever is left starts, and no row is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk import __version__
from tests.device.at_desk import AtDesk
from tests.device.bedside import (
    DATA,
    RELEASES,
    SERVICE,
    STATE,
    events,
    journal,
    started,
    undropped,
)
from tests.device.machine import Machine
from tests.device.power import BOOTED, ON, DiskLog, as_cut, logged_disk, mark, mark_at
from tests.device.report import Entry
from tests.device.test_update import NEW, UPDATE_S, WAIT_S, ending, links, machine, release, stick_with

__all__ = ["machine"]
SEED = 20261130
DISK_MB = 256
MARK_AT = mark_at(DISK_MB)
REAL, NEXT = "/opt/real", "/opt/next"
"""Where both releases lie whole; what is put in place is small, so that a disk with its log is small as well."""
LOOKS = "cv2"
"""A package that looks for itself where its files really lie: it must be a copy."""
LAUNCHER = """#!/bin/sh
exec {real}/bin/kiosk "$@"
"""
PLACES = {"opt": RELEASES, "state": STATE, "kiosk": DATA}
"""Folders of the logged disk, and where the product has them."""
BIND = "; ".join(f"mkdir -p {place}; mount --bind {ON}/{name} {place}" for name, place in PLACES.items())
UNBIND = f"umount {' '.join(PLACES.values())}"


def prepare(machine: Machine, device: str) -> None:
    """Releases, state and data lie on the second disk; a second release lies where the update leads."""
    machine.put("/run/launcher", LAUNCHER.format(real=REAL).encode())
    old = f"{ON}/opt/{__version__}"
    machine.run(
        f"set -e; mkdir -p {REAL} {ON} {STATE}; mount --bind {RELEASES}/{__version__} {REAL}; rm -rf {NEXT}; "
        f"mkdir -p {NEXT}/bin; cp {REAL}/bin/kiosk {NEXT}/bin/; cp -as {REAL}/lib {NEXT}/lib; "
        f"cd {NEXT}/lib; rm -rf kiosk {LOOKS}; cp -a {REAL}/lib/kiosk {REAL}/lib/{LOOKS} .; "
        f"rm -r kiosk/__pycache__; ln -s {REAL}/models {NEXT}/models; "
        f"sed -i 's/^__version__ = .*/__version__ = \"{NEW}\"/' {NEXT}/lib/kiosk/__init__.py; "
        f"mount -t ext4 -o noatime {device} {ON}; mkdir -p {old}/bin; cp /run/launcher {old}/bin/kiosk; "
        f"chmod 755 {old}/bin/kiosk; ln -s {REAL}/lib {old}/lib; ln -s {__version__} {ON}/opt/current; "
        f"mkdir -m 755 {ON}/state; "
        f"cp -a {DATA} {ON}/kiosk; {BIND}; sync",
        300,
    )


def update_logged(machine: Machine, device: str, stick: Path) -> dict[str, Any]:
    """The update from the desk to its confirmation. Marks: it was asked for; it was accepted; it is over."""
    work = AtDesk(machine, "update")
    work.until(lambda line: line.get("phase") == "waiting", WAIT_S)
    undropped(machine)
    mark(machine, device, 1, MARK_AT)
    machine.plug("stick", stick)
    work.until(lambda line: "asked" in line, WAIT_S)
    mark(machine, device, 2, MARK_AT)
    told = ending(machine)
    machine.unplug("stick")
    machine.run("sync")
    mark(machine, device, 3, MARK_AT)
    return told


def test_an_update_cut_off_anywhere_leaves_a_kiosk_that_starts(machine: Machine, entry: Entry, tmp_path: Path) -> None:
    """(i) The power goes at ten moments of an update: each time one release starts, and its record is whole."""
    disk, log = logged_disk(tmp_path, DISK_MB)
    initial = disk.read_bytes()
    device = machine.attach("data", disk, log)
    prepare(machine, device)
    told = update_logged(machine, device, stick_with(release(tmp_path, LAUNCHER.format(real=NEXT)), tmp_path, 64))
    assert (told["ending"], told["version"]) == ("confirmed", NEW)
    machine.run(f"systemctl stop {SERVICE}; {UNBIND} {ON}", 180)
    machine.detach("data")
    written = DiskLog(log, MARK_AT)
    entry.figure("writes in the log", len(written.writes))
    chosen = {__version__: 0, NEW: 0}
    for number, (moment, marked, cut) in enumerate(written.cuts(initial, BOOTED, SEED), 1):
        with as_cut(machine, cut, tmp_path / "cut.raw"):
            machine.run(BIND, 60)
            started(machine)
            machine.run("systemctl restart facial-rehab-kiosk-update.path", 60)
            machine.until(f"test ! -e {STATE}/probation.json", UPDATE_S, "the update is over, one way or the other")
            machine.until(f"systemctl is-active {SERVICE}", UPDATE_S)
            chosen[links(machine)] += 1
            machine.picture(entry.picture(f"cut-{number}"))
            machine.run(f"systemctl stop {SERVICE} facial-rehab-kiosk-update.service", 180)
            kept = events(machine, "update.accepted")
            machine.run(UNBIND, 60)
        assert len(kept) == 1 or marked < 2, f"cut {number} at {moment}: what was accepted is not in the record"
    written.close()
    machine.run(f"umount {REAL}; rm -rf {NEXT}", 60)
    for version, times in chosen.items():
        entry.figure(f"started release {version}, times", times)
    assert sum(chosen.values()) == BOOTED
    assert "Traceback" not in journal(machine)
