"""Scenario (c): a package goes to a stick through the real udisks2, by the desk's own stick service in the unit's
confinement, and is read back on the host from the stick's image; every other stick gets its right sentence."""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest

from kiosk import paths
from kiosk.signals import StickStatus
from kiosk.usb.transfer import sentences
from tests.device import sticks
from tests.device.at_desk import AtDesk
from tests.device.bedside import DATA, anew, events, give
from tests.device.machine import Machine
from tests.device.report import Entry
from tests.package.made import lived, record

WAIT_S = 60.0
SLOW = 12_000
"""Bytes each second: slow enough to be pulled while something is being written."""
TEXTS = sentences(str)


@pytest.fixture(scope="module")
def machine(whole_run: Machine, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """One machine for all of them, with some days of somebody's practice on it."""
    anew(whole_run)
    give(whole_run, record(tmp_path_factory.mktemp("data") / "data", lived(sessions=20, steps=4)), start=False)
    return whole_run


@pytest.mark.parametrize("made", [pytest.param(sticks.fat32, marks=pytest.mark.short), sticks.exfat])
def test_a_package_is_whole_on_the_stick(
    machine: Machine, entry: Entry, tmp_path: Path, made: Callable[[Path], Path]
) -> None:
    """(c) FAT32 and exFAT: written, switched off, read back on the host: `kiosk verify` says PASS."""
    image = made(tmp_path / "stick.img")
    work, started = AtDesk(machine, "hand-over"), time.monotonic()
    work.until(lambda line: line.get("text") == TEXTS[StickStatus.NONE], WAIT_S)
    machine.plug("stick", image)
    try:
        end = work.end()
        entry.figure("plugged to done s", time.monotonic() - started)
        entry.figure("said", end["text"])
        assert end["text"] == TEXTS[StickStatus.DONE]
    finally:
        machine.unplug("stick")
    found = sticks.read_back(image, tmp_path / "read")
    (package,) = found.glob("FK_*")
    words = tmp_path / "words"
    words.write_text(str(work.lines()[0]["words"]) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "kiosk", "verify", "--passphrases", str(words), str(package)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    entry.figure("kiosk verify on the host", told.stdout.splitlines()[0] if told.stdout else told.stderr[-200:])
    entry.figure("files", ", ".join(sorted(path.name for path in package.iterdir())))
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (sticks.ext4, StickStatus.LINUX),
        (sticks.ntfs, StickStatus.NTFS),
        (sticks.blank, StickStatus.BLANK),
        (sticks.full, StickStatus.FULL),
        (None, StickStatus.READ_ONLY),
    ],
)
def test_every_other_stick_gets_its_sentence(
    machine: Machine, entry: Entry, tmp_path: Path, made: Callable[[Path], Path] | None, status: StickStatus
) -> None:
    """(c) ext4, NTFS, blank, full, read-only: each its right sentence, never a "done"."""
    image = (made or sticks.fat32)(tmp_path / "stick.img")
    before = image.read_bytes()
    work = AtDesk(machine, "hand-over")
    work.until(lambda line: line.get("text") == TEXTS[StickStatus.NONE], WAIT_S)
    machine.plug("stick", image, read_only=made is None)
    try:
        line = work.until(lambda line: line.get("text") == TEXTS[status], WAIT_S * 2)
        entry.figure("said", line["text"])
    finally:
        machine.unplug("stick")
    assert not any(line.get("whole") for line in work.lines())
    if status is not StickStatus.FULL:
        assert image.read_bytes() == before, "something was written to a stick that cannot be used"


def test_of_two_sticks_neither_is_written_to(machine: Machine, entry: Entry, tmp_path: Path) -> None:
    """(c) Two sticks: it asks for one to be taken out, and goes on with the other by itself."""
    one, two = sticks.fat32(tmp_path / "one.img"), sticks.exfat(tmp_path / "two.img")
    work = AtDesk(machine, "hand-over")
    work.until(lambda line: line.get("text") == TEXTS[StickStatus.NONE], WAIT_S)
    machine.run("udevadm control --stop-exec-queue")  # both come at the same moment
    machine.plug("one", one)
    machine.plug("two", two)
    machine.run("sleep 2; udevadm control --start-exec-queue")
    entry.figure("said", work.until(lambda line: line.get("text") == TEXTS[StickStatus.SEVERAL], WAIT_S)["text"])
    machine.unplug("two")
    try:
        assert work.end()["text"] == TEXTS[StickStatus.DONE]
    finally:
        machine.unplug("one")


@pytest.mark.parametrize("made", [sticks.fat32, sticks.exfat])
def test_pulled_in_the_middle(machine: Machine, entry: Entry, tmp_path: Path, made: Callable[[Path], Path]) -> None:
    """(c) Pulled while it is written: it says so, and plugged in again the same stick takes the package."""
    image = made(tmp_path / "stick.img")
    work = AtDesk(machine, "hand-over")
    work.until(lambda line: line.get("text") == TEXTS[StickStatus.NONE], WAIT_S)
    machine.plug("stick", image, bytes_per_s=SLOW)
    work.until(lambda line: line.get("phase") == "writing", WAIT_S)
    time.sleep(3)
    machine.unplug("stick")
    entry.figure("said", work.end()["text"])
    assert work.lines()[-1].get("whole") is not True
    assert work.end()["text"] == TEXTS[StickStatus.PULLED]
    again = AtDesk(machine, "hand-over")
    machine.plug("again", image)
    try:
        end = again.end()
        entry.figure("plugged in again", end["text"])
        assert end["text"] == TEXTS[StickStatus.DONE]
    finally:
        machine.unplug("again")


def test_what_a_stick_brings_is_taken_in(machine: Machine, entry: Entry, tmp_path: Path) -> None:
    """(c) FK-IMPORT.zip with keys and a programme: read-only from the stick, accepted, stored, audited."""
    keys = "\n".join(str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2)).encode()
    programme = (paths.assets() / "programmes" / "relax.toml").read_bytes().replace(b"version = 1", b"version = 7", 1)
    with zipfile.ZipFile(tmp_path / "brought.zip", "w") as brought:
        brought.writestr("recipients.txt", keys)
        brought.writestr("programmes/relax.toml", programme)
    image = sticks.put(sticks.fat32(tmp_path / "stick.img"), tmp_path / "brought.zip", "FK-IMPORT.zip")
    before = image.read_bytes()
    work = AtDesk(machine, "bring")
    work.until(lambda line: line.get("phase") == "waiting", WAIT_S)
    machine.plug("stick", image)
    try:
        end = work.end()
        entry.figure("taken in", ", ".join(end["taken"]))
        assert (end["phase"], end["taken"], end["refused"]) == ("read", ["keys", "programmes"], [])
    finally:
        machine.unplug("stick")
    assert image.read_bytes() == before, "something was written to a stick that was only to be read"
    assert machine.get(f"{DATA}/keys/recipients.txt").split() == keys.split()
    assert machine.get(f"{DATA}/programmes/relax.toml") == programme
    audited = events(machine, "%.accepted")
    entry.figure("audited", ", ".join(audited))
    assert sorted(set(audited)) == ["keys.accepted", "programme.accepted"]
