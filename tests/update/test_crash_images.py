"""The power goes at every step of an update: what is left is one whole release that starts, and no row is lost."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kiosk.update.asking import say_works
from kiosk.update.helper import UpdateHelper
from kiosk.update.notes import on_probation, probation_of
from kiosk.update.places import Places
from kiosk.update.probation import MOST_STARTS, ProbationPhase
from tests.update.crash_disk import CrashDisk, Image
from tests.update.releases import NEW, OLD, WORD, Appliance, FakeService

SEED = 20_261_129
IMAGES = 4
"""Images for each step: what was not synchronized is drawn anew for each."""


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder in memory, where there is one: thousands of images on a disk would take minutes."""
    memory = Path("/dev/shm")  # noqa: S108
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def recorded(folder: Path, way: str) -> tuple[CrashDisk, dict[str, int]]:
    """An update that is confirmed or goes back, step by step, and the rows that were acknowledged at each mark."""
    place = Appliance(folder)
    for name in ("kiosk.db-wal", "kiosk.db-shm"):
        (place.places.data / name).unlink(missing_ok=True)
    place.ask(place.make())
    disk = CrashDisk(folder)
    rows = {"": 3}

    def practise(mark: str) -> None:
        place.write_rows(2)
        for name in ("kiosk.db", "kiosk.db-wal"):
            disk.wrote(place.places.data / name)
        disk.mark(mark)
        rows[mark] = place.rows

    place.helper(disk=disk).asked()
    disk.mark("taken")
    rows["taken"] = 3
    if way == "confirmed":
        place.helper(disk=disk).starting()
        say_works(place.places.data, WORD)
        place.helper(disk=disk).asked()
        practise("practised with the new one")
        place.helper(disk=disk).starting()
    else:
        for _ in range(MOST_STARTS):
            place.helper(disk=disk).starting()
            with closing(sqlite3.connect(place.places.data / "kiosk.db")) as db:  # the new release moves the tables
                db.execute("CREATE TABLE IF NOT EXISTS newer (n)")
                db.execute("INSERT INTO newer VALUES (1)")
                db.commit()
            disk.wrote(place.places.data / "kiosk.db")
        place.helper(disk=disk).starting()
        practise("practised with the old one")
    return disk, rows


class Recovered(Appliance):
    """The appliance as the power cut has left it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = Places(folder / "opt", folder / "state", folder / "data", folder / "keys")
        self.service = FakeService()
        self.rows = 0

    def newer_tables(self) -> bool:
        with closing(sqlite3.connect(self.places.data / "kiosk.db")) as db:
            return bool(db.execute("SELECT 1 FROM sqlite_master WHERE name = 'newer'").fetchone())


def judged(place: Recovered, least: int) -> str:
    """Power on: the helper first, then the release that the link names. Its version."""
    place.helper().starting()
    version = place.started()
    assert version == place.places.named()
    assert place.read_rows() >= least
    if version == OLD:
        # It could not read tables of a newer release.
        assert not place.newer_tables()
        assert on_probation(place.places, OLD) is None
    releases = {path.name for path in place.places.releases.iterdir() if path.name[0].isdigit()}
    for name in releases:  # whatever is called a release is a whole one
        files = {path.relative_to(place.places.releases / name) for path in (place.places.releases / name).rglob("*")}
        assert len(files) == 7, name
    return version


@pytest.mark.parametrize("way", ["confirmed", "went back"])
def test_a_power_cut_at_every_step(room: Path, way: str) -> None:
    """Every step, several images each; then once more, in the middle of the recovery itself."""
    disk, rows = recorded(room / "whole", way)
    dice = random.Random(SEED)
    seen: dict[str, int] = {}
    images = 0
    for count in range(len(disk.steps) + 1):
        for _ in range(IMAGES):
            image = Image(disk, count, dice)
            marks = image.marks(disk, count)
            least = rows[marks[-1] if marks else ""]
            here = room / "image"
            image.lay_out(here)
            place = Recovered(here)
            version = judged(place, least)
            seen[version] = seen.get(version, 0) + 1
            images += 1
            if way == "confirmed" and "practised with the new one" in marks:
                assert version == NEW
            if way == "went back" and "practised with the old one" in marks:
                assert version == OLD
            _goes_on(place, least)
            shutil.rmtree(here)
    assert images >= 200
    assert set(seen) == {OLD, NEW}, "both sides of the turn were met"


def _goes_on(place: Recovered, least: int) -> None:
    """However the power cut left it, it comes to an end: confirmed, or back after its starts."""
    for _ in range(MOST_STARTS + 1):
        if probation_of(place.places).phase is ProbationPhase.IDLE:
            break
        place.helper().starting()
    assert probation_of(place.places).phase is ProbationPhase.IDLE
    assert place.read_rows() >= least
    place.started()


class _Cut(BaseException):
    """The power goes."""


class CutDisk(CrashDisk):
    """The power goes after so many steps."""

    left = 0

    def _note(self, what: str, *about: object) -> None:
        super()._note(what, *about)
        self.left -= 1
        if self.left <= 0:
            raise _Cut


def test_a_power_cut_in_the_middle_of_going_back_and_again(room: Path) -> None:
    """Three cuts in a row, each in what the one before has left: nothing is lost, and it ends at the old release."""
    dice = random.Random(SEED)
    images = 0
    whole = Appliance(room / "whole")
    whole.ask(whole.make())
    whole.helper().asked()
    for _ in range(MOST_STARTS):
        whole.helper().starting()
    whole.write_rows(1)
    for number in range(120):
        at = room / f"cut{number}-0"
        shutil.copytree(room / "whole", at, symlinks=True)
        for cut in range(1, 4):
            disk = CutDisk(at)
            disk.left = dice.randint(1, 40)
            helper = UpdateHelper(_places(at), FakeService(), disk, token=lambda: WORD)
            with suppress(_Cut):
                helper.starting()
            image = Image(disk, len(disk.steps), dice)
            shutil.rmtree(at)
            at = room / f"cut{number}-{cut}"
            image.lay_out(at)
            images += 1
        place = Recovered(at)
        assert judged(place, 3) == OLD
        assert place.read_rows() == 3
        shutil.rmtree(at)
    assert images >= 200


def _places(folder: Path) -> Places:
    return Places(folder / "opt", folder / "state", folder / "data", folder / "keys")


Broken = Callable[[pytest.MonkeyPatch], None]


def _without_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """The release is not made to last before it gets its name."""
    monkeypatch.setattr(CrashDisk, "sync_all", lambda _self: None)


def _without_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written down before it is done."""
    from kiosk.update import helper

    monkeypatch.setattr(helper, "replace_file", lambda *_a, **_k: None)


def _without_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The link goes back, and the data do not."""
    from kiosk.update import helper

    monkeypatch.setattr(helper, "return_data", lambda *_a, **_k: None)


@pytest.mark.parametrize("broken", [_without_sync, _without_order, _without_copy])
def test_the_judge_notices(room: Path, monkeypatch: pytest.MonkeyPatch, broken: Broken) -> None:
    """A helper that forgets one of its precautions does not pass."""
    broken(monkeypatch)
    with pytest.raises((AssertionError, OSError, LookupError)):
        test_a_power_cut_at_every_step(room, "went back")
