"""Scenario (i): the power goes while an update is put in place. Whatever is left starts, and no row is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk import __version__
from kiosk.update.keys import read_private
from kiosk.update.make import make_key, make_update
from tests.device import sticks
from tests.device.at_desk import AtDesk
from tests.device.bedside import DATA, SERVICE, events, filled, give, journal, quiet, ready, undropped
from tests.device.conftest import Power
from tests.device.machine import Machine
from tests.device.power import BOOTED, DiskLog, logged_disk, mark, mark_at, with_cut
from tests.device.report import Entry
from tests.device.test_update import NEW, RELEASES, STATE, WAIT_S, ending, links

SEED = 20261130
DISK_MB = 256
MARK_AT = mark_at(DISK_MB)
REAL = "/opt/real"
"""Where both releases lie whole; what is put in place is small, so that a disk with its log is small as well."""
LAUNCHER = '#!/bin/sh\nexec {real}/{version}/bin/kiosk "$@"\n'
PLACES = {"opt": RELEASES, "state": STATE, "kiosk": DATA}
"""Folders of the logged disk, and where the product has them."""


def prepare(machine: Machine) -> None:
    """Releases, state and data lie on the second disk; a second release lies where an update of the tests leads."""
    binds = "".join(f"/data/{name} {place} none bind 0 0\n" for name, place in PLACES.items())
    table = f"/dev/vdb /data ext4 noatime 0 2\n{binds}"
    machine.put("/run/fstab", table.encode())
    machine.put("/run/launcher", LAUNCHER.format(real=REAL, version=__version__).encode())
    old, new = f"{REAL}/{__version__}", f"{REAL}/{NEW}"
    machine.run(
        f"set -e; mkdir -p {REAL} /data {STATE}; mv {RELEASES}/{__version__} {REAL}/; rm -f {RELEASES}/*; "
        f"mkdir -p {new}/bin; cp {old}/bin/kiosk {new}/bin/; cp -as {old}/lib {new}/lib; rm -rf {new}/lib/kiosk; "
        f"cp -a {old}/lib/kiosk {new}/lib/kiosk; ln -s {old}/models {new}/models; "
        f"sed -i 's/^__version__ = .*/__version__ = \"{NEW}\"/' {new}/lib/kiosk/__init__.py; "
        f"cat /run/fstab >>/etc/fstab; mount /data; mkdir -p /data/opt/{__version__}/bin; "
        f"cp /run/launcher /data/opt/{__version__}/bin/kiosk; chmod 755 /data/opt/{__version__}/bin/kiosk; "
        f"ln -s {__version__} /data/opt/current; mkdir -m 755 /data/state; cp -a {DATA} /data/kiosk; "
        "systemctl daemon-reload; mount -a; sync",
        600,
    )


def stick_with(folder: Path) -> Path:
    """A stick with a small signed update, which leads to the second release."""
    tree = folder / "release"
    (tree / "lib" / "kiosk").mkdir(parents=True)
    (tree / "bin").mkdir()
    (tree / "lib" / "kiosk" / "__init__.py").write_text(f'__version__ = "{NEW}"\n', encoding="utf-8")
    (tree / "bin" / "kiosk").write_text(LAUNCHER.format(real=REAL, version=NEW), encoding="utf-8")
    (tree / "bin" / "kiosk").chmod(0o755)
    about: dict[str, Any] = {"architecture": "amd64", "python": "3.13", "comes_from": __version__, "minutes": 10}
    key = read_private(folder / "maker.key")
    made = folder / "update.zip"
    make_update(tree, key, made, version=NEW, changes=["The buttons are heard sooner."], **about)
    return sticks.put(sticks.fat32(folder / "stick.img", 64), made, "FK-UPDATE.zip")


def update_logged(machine: Machine, stick: Path) -> dict[str, Any]:
    """The update from the desk to its confirmation; a mark is on the disk once it is accepted, and once it is over."""
    work = AtDesk(machine, "update")
    work.until(lambda line: line.get("phase") == "waiting", WAIT_S)
    undropped(machine)
    mark(machine, 1, MARK_AT)
    machine.plug("stick", stick)
    work.until(lambda line: "asked" in line, WAIT_S * 4)
    mark(machine, 2, MARK_AT)
    told = ending(machine)
    machine.run("sync")
    mark(machine, 3, MARK_AT)
    return told


def test_an_update_cut_off_anywhere_leaves_a_kiosk_that_starts(power: Power, entry: Entry, tmp_path: Path) -> None:
    """(i) The power goes at ten moments of an update: each time one release starts, and its record is whole."""
    make_key(tmp_path, "maker")
    disk, log, more = logged_disk(tmp_path, DISK_MB)
    initial = disk.read_bytes()
    machine = power(more=more)
    quiet(machine)
    machine.put("/etc/facial-rehab-kiosk/release-keys/maker.pub", (tmp_path / "maker.pub").read_bytes())
    give(machine, filled(tmp_path / "data"), start=False)
    prepare(machine)
    told = update_logged(machine, stick_with(tmp_path))
    assert (told["ending"], told["version"]) == ("confirmed", NEW)
    machine.run(f"systemctl stop {SERVICE}; umount {' '.join(PLACES.values())} /data; sync", 180)
    machine.pull_the_plug()
    written = DiskLog(log, MARK_AT)
    entry.figure("writes in the log", len(written.writes))
    chosen = {__version__: 0, NEW: 0}
    for number, (moment, marked, cut) in enumerate(written.cuts(initial, BOOTED, SEED), 1):
        again = power(machine.disk, more=with_cut(cut, tmp_path / "cut.raw"))
        again.boot()
        ready(again)
        again.until(f"test ! -e {STATE}/probation.json", 1200, "the update is over, one way or the other")
        ready(again)
        chosen[links(again)] += 1
        again.picture(entry.picture(f"cut-{number}"))
        again.run(f"systemctl stop {SERVICE}", 180)
        kept = events(again, "update.accepted")
        assert len(kept) == 1 or marked < 2, f"cut {number} at {moment}: what was accepted is not in the record"
        assert "Traceback" not in journal(again)
        again.pull_the_plug()
    written.close()
    for version, times in chosen.items():
        entry.figure(f"started release {version}, times", times)
    assert sum(chosen.values()) == BOOTED
