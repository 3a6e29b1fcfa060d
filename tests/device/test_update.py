"""Scenario (i): a new version comes by stick from the desk; one that does not come to work leads back, data and all."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk import __version__
from kiosk.update.keys import read_private
from kiosk.update.make import make_key, make_update
from kiosk.update.probation import MOST_STARTS
from tests.device import image, sticks
from tests.device.at_desk import AtDesk
from tests.device.bedside import (
    CLOCK,
    DATA,
    RELEASES,
    SERVICE,
    STATE,
    Bedside,
    anew,
    events,
    filled,
    give,
    journal,
    undropped,
)
from tests.device.machine import Machine
from tests.device.report import Entry
from tests.twin import Twin

NEW = f"{__version__}.1"
"""A version after this one."""
WAIT_S = 60.0
UPDATE_S = 900.0
SPOILER = f"""#!/bin/sh
# A release that spoils the data and then does not start.
echo started >>{DATA}/starts
echo spoilt >{DATA}/kiosk.db
rm -f {DATA}/kiosk.db-wal {DATA}/kiosk.toml
exit 1
"""


@pytest.fixture
def machine(bed: Machine, tmp_path: Path) -> Iterator[Machine]:
    """A kiosk with somebody's record, that believes a release key made for this test."""
    make_key(tmp_path, "maker")
    key = "/etc/facial-rehab-kiosk/release-keys/maker.pub"
    bed.put(key, (tmp_path / "maker.pub").read_bytes())
    give(bed, filled(tmp_path / "data"), start=False)
    yield bed
    anew(bed)
    bed.run(f"rm -rf {key} {RELEASES}/{NEW}; ln -sfn {__version__} {RELEASES}/current; rm -f {RELEASES}/proven", 120)


def release(folder: Path, starter: str) -> Path:
    """A small release that can say its version, and is started by this script."""
    tree = folder / "release"
    (tree / "lib" / "kiosk").mkdir(parents=True)
    (tree / "bin").mkdir()
    (tree / "lib" / "kiosk" / "__init__.py").write_text(f'__version__ = "{NEW}"\n', encoding="utf-8")
    (tree / "bin" / "kiosk").write_text(starter, encoding="utf-8")
    (tree / "bin" / "kiosk").chmod(0o755)
    return tree


def stick_with(tree: Path, folder: Path, megabytes: int) -> Path:
    """A stick with the release in this folder as a signed update."""
    made = folder / "update.zip"
    about: dict[str, Any] = {"architecture": "amd64", "python": "3.13", "comes_from": __version__, "minutes": 10}
    key = read_private(folder / "maker.key")
    make_update(tree, key, made, version=NEW, changes=["The buttons are heard sooner."], **about)
    return sticks.put(sticks.fat32(folder / "stick.img", megabytes), made, "FK-UPDATE.zip")


def accept(machine: Machine, stick: Path) -> None:
    """At the desk: the stick is put in, what it brings is accepted, and the helper is asked for it."""
    work = AtDesk(machine, "update")
    work.until(lambda line: line.get("phase") == "waiting", WAIT_S)
    undropped(machine)  # from the next start on the kiosk itself is started again
    machine.plug("stick", stick)
    assert work.until(lambda line: "asked" in line or line.get("phase") == "ended", UPDATE_S).get("asked"), work.lines()
    machine.unplug("stick")


def ending(machine: Machine) -> dict[str, Any]:
    """How the update ended, as the helper wrote it down."""
    machine.until(f"test -e {STATE}/last.json", UPDATE_S, "the end of the update")
    found: dict[str, Any] = json.loads(machine.run(f"cat {STATE}/last.json"))
    return found


def links(machine: Machine) -> str:
    """The release that is started."""
    return machine.run(f"readlink {RELEASES}/current")


def test_an_update_that_does_not_start_goes_back(machine: Machine, entry: Entry, tmp_path: Path) -> None:
    """(i) It spoils the data and fails three times: the release of before starts, with the data copied before."""
    accept(machine, stick_with(release(tmp_path, SPOILER), tmp_path, 64))
    asked = machine.seconds
    told = ending(machine)
    entry.figure("asked to gone back s", machine.seconds - asked)
    entry.figure("ending", told["ending"])
    assert (told["ending"], told["version"], told["before"]) == ("went_back", NEW, __version__)
    machine.until(f"systemctl is-active {SERVICE}", UPDATE_S)
    entry.figure("asked to READY again s", machine.seconds - asked)
    starts = machine.run(f"grep -c . {DATA}/starts")
    entry.figure("starts of the new release", starts)
    machine.picture(entry.picture("ready-again"))
    assert starts == str(MOST_STARTS)
    assert links(machine) == __version__
    machine.until(f"test ! -e {RELEASES}/{NEW}", UPDATE_S, "what is left of the new release is removed")
    assert machine.ask("test -e /run/facial-rehab-kiosk-safe/flags")[0] == 1
    machine.run(f"systemctl stop {SERVICE}", 120)
    kept = events(machine, "update.%")
    entry.figure("in the record", ", ".join(kept))
    assert "update.accepted" in kept
    assert machine.run(f"cat {DATA}/kiosk.toml")
    assert "Traceback" not in journal(machine)


def test_an_update_comes_in_and_stays(machine: Machine, entry: Entry, tmp_path: Path) -> None:
    """(i) The next release, whole, by stick: taken in, tried, confirmed; what was in the record still is."""
    tree = image.cache() / f"release-{NEW}"
    image.remove(tree)
    subprocess.run([image.ROOT / "systemd" / "deb" / "tree.sh", NEW, "amd64", tree], check=True, capture_output=True)
    stick = stick_with(tree, tmp_path, 600)
    image.remove(tree)
    entry.figure("update, MB", (tmp_path / "update.zip").stat().st_size >> 20)
    began = machine.seconds
    accept(machine, stick)
    asked = machine.seconds
    entry.figure("stick to shown s", asked - began)
    told = ending(machine)
    entry.figure("asked to confirmed s", machine.seconds - asked)
    entry.figure("ending", told["ending"])
    assert (told["ending"], told["version"]) == ("confirmed", NEW)
    assert links(machine) == NEW
    assert NEW in machine.run("kiosk --version", 120)
    twin = Twin(filled(tmp_path / "twin"), trust=CLOCK)
    try:
        seat = Bedside(machine, twin, entry)
        seat.look(name="home")
        entry.figure("asked to home s", seat.seen - asked)
    finally:
        twin.close()
    assert machine.ask(f"systemctl is-active {SERVICE}")[1] == "active"
    machine.run(f"systemctl stop {SERVICE}", 120)
    assert "update.accepted" in events(machine, "update.%")
    assert "Traceback" not in journal(machine)
