"""A package goes to a stick, and only a package that was proved is called done, whatever the stick does."""

from __future__ import annotations

import errno
import logging
import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import Mock

import pytest

from kiosk.clock import SimClock, instant
from kiosk.devices.stick import SimSticks
from kiosk.errors import NoRoom, StickError, StoreError
from kiosk.package.export import Exported
from kiosk.package.outer import check_outer
from kiosk.package.progress import Stop, TellProgress
from kiosk.package.protection import Keys
from kiosk.package.target import Disk, FolderTarget, Target
from kiosk.package.verify import verify
from kiosk.records.append import note
from kiosk.rows.kinds import Row
from kiosk.signals import StickPhase, StickStatus
from kiosk.usb.stick_target import sweep
from kiosk.usb.transfer import Moved
from kiosk.usb.transfer_worker import leftovers
from tests.package.made import lived, record
from tests.usb.sticks import (
    NAME,
    Fake,
    Flaky,
    Misplaced,
    Rotting,
    Stopping,
    failing,
    flip,
    names,
    plugged,
    pulling,
    real,
    rotted,
    sent,
    small,
)

LOG = logging.getLogger(__name__)
FILES = {"report.pdf": bytes(range(256)) * 2, "data.zip": b"zip " * 200}
SEQUENCE = ["mount", "unmount", "mount-ro", "unmount", "power_off"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return record(tmp_path / "data", lived(sessions=2, steps=2))


def test_the_whole_way(data: Path, tmp_path: Path) -> None:
    """Written, let go, read again from a fresh mount that only reads, switched off; the package verifies."""
    sticks = plugged(tmp_path / "stick")
    phases: list[StickPhase] = []
    carried = sent(sticks, real(data), moved=lambda moved: phases.append(moved.phase))
    assert carried.outcome is StickStatus.DONE
    assert sticks.calls == SEQUENCE
    assert carried.exported is not None
    assert names(tmp_path / "stick") == [NAME.format(1)]
    assert verify(tmp_path / "stick" / NAME.format(1), Keys()).passed
    assert list(dict.fromkeys(phases)) == [
        StickPhase.CHECKING,
        StickPhase.WRITING,
        StickPhase.PROVING,
        StickPhase.LEAVING,
    ]
    assert str(carried.exported.made.place) == NAME.format(1), "where a stick was mounted says what its owner calls it"


def test_the_record_hears_of_it_only_when_it_is_proved(data: Path, tmp_path: Path) -> None:
    """The next export builds upon this one: a package that was not proved must not count."""
    seen: list[bool] = []

    def noted(rows: object) -> None:
        assert isinstance(rows, list)
        seen.extend(row.verified for row in rows if hasattr(row, "verified"))

    def locked(_row_at: object, _least: int) -> int:
        raise StoreError("no number can be taken: a running kiosk hears of the export all the same")

    sticks = Rotting(rotted(random.Random(1)))
    (tmp_path / "stick").mkdir()
    sticks.plug(tmp_path / "stick")
    assert sent(sticks, real(data, note=noted, claim=locked)).outcome is StickStatus.UNSOUND
    assert seen == [False]
    seen.clear()
    assert sent(plugged(tmp_path / "other"), real(data, note=noted, claim=locked)).outcome is StickStatus.DONE
    assert seen == [False, True]


TROUBLES = [
    ("mount", StickStatus.NOT_ALLOWED, StickStatus.NOT_ALLOWED),
    ("mount", StickStatus.DAMAGED, StickStatus.DAMAGED),
    ("mount", StickStatus.READ_ONLY, StickStatus.READ_ONLY),
    ("mount", StickStatus.NONE, StickStatus.PULLED),
    ("mount-ro", StickStatus.DAMAGED, StickStatus.DAMAGED),
    ("unmount", StickStatus.STUCK, StickStatus.STUCK),
    ("unmount", StickStatus.NO_SERVICE, StickStatus.NO_SERVICE),
    ("power_off", StickStatus.NOT_ALLOWED, StickStatus.STILL_ON),
    ("power_off", StickStatus.STUCK, StickStatus.STILL_ON),
]


@pytest.mark.parametrize(("call", "trouble", "outcome"), TROUBLES)
def test_each_refusal_on_the_way(call: str, trouble: StickStatus, outcome: StickStatus, tmp_path: Path) -> None:
    """What the service refuses ends it with that name. Only switching off is dispensable: it is unmounted by then."""
    sticks = plugged(tmp_path / "stick")
    sticks.refuse[call] = trouble
    carried = sent(sticks, small(FILES))
    assert carried.outcome is outcome
    assert (carried.exported is not None) == outcome.whole
    if not outcome.whole and call != "unmount":
        assert names(tmp_path / "stick") == []


NOT_WHOLE = [status for status in StickStatus if not status.whole]


@pytest.mark.parametrize("trouble", NOT_WHOLE)
def test_what_cannot_be_claimed_ends_it_by_its_name(trouble: StickStatus) -> None:
    """No stick, two, the wrong one: the same word as when it was plugged in."""
    sticks = SimSticks(SimClock())
    sticks.show(trouble)
    assert sent(sticks, small(FILES)).outcome.value == trouble.value


ERRORS = [
    (errno.ENOSPC, StickStatus.FULL),
    (errno.EROFS, StickStatus.READ_ONLY),
    (errno.EIO, StickStatus.DAMAGED),
    (errno.ENODEV, StickStatus.PULLED),
]


def calls(tmp_path: Path) -> int:
    disk = Flaky()
    assert sent(plugged(tmp_path / "counted"), small(FILES), disk=disk).outcome is StickStatus.DONE
    return disk.calls


def test_each_call_may_fail(tmp_path: Path) -> None:
    """Full, read-only, damaged, gone: that outcome, nothing left there, and the next try is clean."""
    rescued = 0
    for number in range(1, calls(tmp_path) + 1):
        error, outcome = ERRORS[number % len(ERRORS)]
        sticks = plugged(tmp_path / f"stick-{number}")
        carried = sent(sticks, small(FILES), disk=Flaky(failing({number: error})))
        if carried.outcome is StickStatus.DONE:
            rescued += 1  # Direct reading was refused, and the cache dropped instead.
            continue
        assert carried.outcome is outcome
        assert names(tmp_path / f"stick-{number}") == []
        assert sticks.calls[-1] == "unmount"
        if number % 5 == 0:
            assert sent(sticks, small(FILES)).outcome is StickStatus.DONE
    assert rescued == 6, "three files, read back twice"


def test_pulled_at_each_call(tmp_path: Path) -> None:
    """Nothing is done, whatever is left there; the next try clears half-written things of ours, by their names."""
    for number in range(1, calls(tmp_path) + 1, 2):
        folder = tmp_path / f"stick-{number}"
        sticks = plugged(folder)
        assert sent(sticks, small(FILES), disk=Flaky(pulling(sticks, number))).outcome is StickStatus.PULLED
        sticks.plug(folder)
        assert sent(sticks, small(FILES, 2), leftovers=[NAME.format(1)]).outcome is StickStatus.DONE
        assert not [name for name in names(folder) if name.endswith(".part")]
        check_outer(folder / NAME.format(2))


@pytest.mark.parametrize("phase", [StickPhase.CHECKING, StickPhase.WRITING, StickPhase.PROVING])
def test_it_can_be_stopped(phase: StickPhase, data: Path, tmp_path: Path) -> None:
    """In each phase: there is no package, not even one that has its name already, and the stick is let go of."""
    sticks, stopping = plugged(tmp_path / "stick"), Stopping(phase)
    carried = sent(sticks, real(data), stop=stopping.stop, moved=stopping.moved)
    assert carried.outcome is StickStatus.CANCELLED
    assert names(tmp_path / "stick") == []
    assert not sticks.calls or sticks.calls[-1] == "unmount"


def test_once_it_is_proved_it_is_not_stopped(tmp_path: Path) -> None:
    """Switching off takes a moment, and what is proved is there: stopping comes too late, and done is the truth."""
    proved = False

    def moved(moved: Moved) -> None:
        nonlocal proved
        proved = proved or (moved.phase is StickPhase.PROVING and moved.share == 1)

    sticks = plugged(tmp_path / "stick")
    assert sent(sticks, small(FILES), stop=lambda: proved, moved=moved).outcome is StickStatus.DONE
    assert proved


@pytest.mark.parametrize("wraps", [False, True], ids=["lost", "laid over the beginning"])
def test_fake_capacity_is_found(wraps: bool, data: Path, tmp_path: Path) -> None:
    """A stick that says 64 GB and has eight: also one whose first files look right until the last was written."""
    for capacity in (1, 1_000, 3_000):
        sticks = plugged(tmp_path / "stick")
        assert sent(sticks, real(data), disk=Fake(capacity, wraps=wraps)).outcome is StickStatus.UNSOUND
        assert names(tmp_path / "stick") == []


def test_no_room(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full stick and one that is too small are told apart, before anything is written."""
    monkeypatch.setattr(FolderTarget, "room", Mock(return_value=1_000_000))
    sticks = plugged(tmp_path / "stick")
    told: list[NoRoom] = []

    def job(target: Target, progress: TellProgress, stop: Stop) -> Exported:
        try:
            return real(data)(target, progress, stop)
        except NoRoom as why:
            told.append(why)
            raise

    assert sent(sticks, job).outcome is StickStatus.FULL
    assert [why.free for why in told] == [1_000_000]
    assert told[0].need > 8 << 20
    sticks.plug(tmp_path / "stick", size_bytes=4 << 20)
    assert sent(sticks, real(data)).outcome is StickStatus.TOO_SMALL
    assert names(tmp_path / "stick") == []


def test_nothing_on_a_stick_is_listed(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even what an earlier try of ours has left: it is removed by names that are known beforehand."""
    folder = tmp_path / "stick"
    sticks = plugged(folder)
    (folder / f"{NAME.format(1)}.part").mkdir()
    (folder / f"{NAME.format(1)}.part" / "data.zip.part").write_bytes(b"half")
    (folder / "AUTORUN.INF").write_text("[autorun]")
    listed: list[str] = []
    whole = os.listdir

    def listing(path: object = ".") -> list[str]:
        where = os.readlink(f"/proc/self/fd/{path}") if isinstance(path, int) else str(path)
        listed.append(where)
        return whole(path)  # type: ignore[call-overload,no-any-return]

    with monkeypatch.context() as patch:
        patch.setattr(os, "listdir", listing)
        patch.setattr(os, "scandir", listing)
        carried = sent(sticks, real(data))
        stopping = Stopping(StickPhase.WRITING, 5)
        sticks.plug(folder)
        assert sent(sticks, real(data), stop=stopping.stop, moved=stopping.moved).outcome is StickStatus.CANCELLED
    assert carried.outcome is StickStatus.DONE
    assert not [where for where in listed if where.startswith(str(folder))]
    assert names(folder) == ["AUTORUN.INF", NAME.format(1)]


HOSTILE = ["a" * 255, "\u202efdp.exe", "new\nline", "-rf", "$(reboot)", "data.zip ", "CON"]


def test_hostile_things_under_our_names_stay_as_they_are(data: Path, tmp_path: Path) -> None:
    """Links and folders that somebody put where a package would go: neither followed nor removed, another number."""
    folder, elsewhere = tmp_path / "stick", tmp_path / "elsewhere"
    sticks = plugged(folder)
    elsewhere.mkdir()
    (elsewhere / "data.zip").write_text("mine")
    (folder / f"{NAME.format(1)}.part").symlink_to(elsewhere)
    (folder / NAME.format(2)).symlink_to(elsewhere)
    (folder / f"{NAME.format(3)}.part").mkdir()
    for name in HOSTILE:
        (folder / f"{NAME.format(3)}.part" / name).write_text("x")
    (folder / f"{NAME.format(4)}.part" / "data.zip").mkdir(parents=True)
    (folder / f"{NAME.format(5)}.part").write_text("a file")
    (folder / f"{NAME.format(6)}.part").mkdir()
    (folder / f"{NAME.format(6)}.part" / "data.zip.part").symlink_to(elsewhere / "data.zip")
    before = names(folder)
    carried = sent(sticks, real(data), leftovers=[NAME.format(number) for number in range(1, 6)])
    assert carried.outcome is StickStatus.DONE
    assert names(folder) == sorted({*before, NAME.format(6)} - {f"{NAME.format(6)}.part"})
    assert verify(folder / NAME.format(6), Keys()).passed
    assert (elsewhere / "data.zip").read_text() == "mine"
    assert names(elsewhere) == ["data.zip"]
    assert names(folder / f"{NAME.format(3)}.part") == sorted(HOSTILE)


def test_a_link_that_is_planted_on_the_way_is_not_followed(tmp_path: Path) -> None:
    """At the last moment, where a file or the package would get its name."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    class Planting(Disk):
        def rename(self, old: str, new: str, at: int) -> None:
            if new == "data.zip" and not (tmp_path / "stick" / NAME.format(1)).is_symlink():
                os.symlink(elsewhere / "stolen", new, dir_fd=at)
                (tmp_path / "stick" / NAME.format(1)).symlink_to(elsewhere)
            super().rename(old, new, at)

    sticks = plugged(tmp_path / "stick")
    carried = sent(sticks, small(FILES), disk=Planting())
    assert names(elsewhere) == []
    assert carried.outcome is StickStatus.DONE
    assert carried.exported is not None
    assert carried.exported.made.name == NAME.format(2)
    assert (tmp_path / "stick" / NAME.format(1)).is_symlink()
    check_outer(tmp_path / "stick" / NAME.format(2))


def test_a_package_that_takes_our_name_on_the_way_is_not_taken_back(tmp_path: Path) -> None:
    """What has our name was there first; ours takes the next number."""
    other = tmp_path / "stick" / NAME.format(1)

    class Planting(Disk):
        planted = False

        def rename(self, old: str, new: str, at: int) -> None:
            super().rename(old, new, at)
            if not self.planted:
                self.planted = True
                other.mkdir()
                (other / "data.zip").write_text("another's")

    assert sent(plugged(tmp_path / "stick"), small(FILES), disk=Planting()).outcome is StickStatus.DONE
    assert (other / "data.zip").read_text() == "another's"
    assert names(tmp_path / "stick") == [NAME.format(1), NAME.format(2)]


def test_another_folder_in_the_place_of_the_stick_is_not_written_to(tmp_path: Path) -> None:
    """The stick was pulled while it was mounted: its empty folder is on the kiosk's own card."""
    sticks = Misplaced(SimClock())
    (tmp_path / "stick").mkdir()
    sticks.plug(tmp_path / "stick")
    assert sent(sticks, small(FILES)).outcome is StickStatus.PULLED
    assert names(tmp_path / "stick") == []


def test_left_over_names_come_from_the_record(data: Path, tmp_path: Path) -> None:
    """What was begun and never became whole, newest first; what is whole is not among them."""

    def keep(rows: Sequence[Row]) -> None:
        note(data, rows, instant(SimClock()))

    sticks = plugged(tmp_path / "stick")
    assert sent(sticks, real(data, note=keep)).outcome is StickStatus.DONE
    sticks.plug(tmp_path / "stick")
    assert sent(sticks, real(data, note=keep), disk=Flaky(pulling(sticks, 12))).outcome is StickStatus.PULLED
    assert leftovers(data) == (NAME.format(2),)
    assert f"{NAME.format(2)}.part" in names(tmp_path / "stick")
    sticks.plug(tmp_path / "stick")
    assert sent(sticks, real(data, note=keep), leftovers=leftovers(data)).outcome is StickStatus.DONE
    assert names(tmp_path / "stick") == [NAME.format(1), NAME.format(3)]


def test_bytes_reach_the_medium_as_they_come(tmp_path: Path) -> None:
    """A cache that takes everything at once would make a progress bar lie, and stopping wait for minutes."""
    synced: list[int] = []

    class Counting(Disk):
        def fsync(self, fd: int) -> None:
            synced.append(os.fstat(fd).st_size)
            super().fsync(fd)

    assert sent(plugged(tmp_path / "stick"), small({"data.zip": bytes(20 << 20)}), disk=Counting()).outcome.whole
    assert synced[:3] == [8 << 20, 16 << 20, 20 << 20]


def test_a_job_that_forgets_the_proof_is_never_done(tmp_path: Path) -> None:
    """Done depends on what the stick was asked, not on what a caller says."""

    def forgetful(target: Target, progress: TellProgress, stop: Stop) -> Exported:
        progress(2, 2)
        return Exported(Mock(), Mock(), True)

    carried = sent(plugged(tmp_path / "stick"), forgetful)
    assert carried.outcome is StickStatus.FAILED
    assert carried.exported is None


@pytest.mark.parametrize("error", [errno.EIO, errno.EROFS])
def test_a_medium_that_fails_while_sweeping_is_no_name_that_is_taken(
    error: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged stick must not be asked for a thousand further names."""
    (tmp_path / "FK_A.part").mkdir()
    at = os.open(tmp_path, os.O_RDONLY)

    def failing_rmdir(*_: object, **__: object) -> None:
        raise OSError(error, "x")

    monkeypatch.setattr(os, "rmdir", failing_rmdir)
    with pytest.raises(OSError, match="x"):
        sweep("FK_A.part", at, Disk())
    os.close(at)


TINY = {"report.pdf": bytes(range(128, 256)), "data.zip": b"zip " * 40}


def flipped(folder: Path, file: str, place: int) -> StickStatus:
    """One byte of the package is turned after it was written and read back, before it is proved."""
    sticks = Rotting(lambda stick: flip(stick / NAME.format(1) / file, place))
    folder.mkdir(exist_ok=True)
    sticks.plug(folder)
    return sent(sticks, small(TINY)).outcome


@pytest.mark.parametrize("status", [status for status in StickStatus if status.whole])
def test_an_error_can_never_say_that_a_package_is_whole(status: StickStatus) -> None:
    """One list of words holds both: a call that fails with the word for "done" would be told as done."""
    with pytest.raises(ValueError, match="no trouble of a stick"):
        StickError(status)


def places() -> list[tuple[str, int]]:
    listed = sum(len(f"{'0' * 64}  {name}\n") for name in TINY)
    sizes = {**{name: len(data) for name, data in TINY.items()}, "MANIFEST.sha256": listed}
    return [(name, place) for name, size in sizes.items() for place in range(size)]


def test_some_flipped_bytes_are_found(tmp_path: Path) -> None:
    """In each file; the slow test does every byte."""
    for file, place in places()[::29]:
        assert flipped(tmp_path / "stick", file, place) is StickStatus.UNSOUND
        assert names(tmp_path / "stick") == []


@pytest.mark.slow
def test_every_flipped_byte_is_found(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """All bytes of all files of a small package, one at a time."""
    found = [flipped(tmp_path / "stick", file, place) for file, place in places()]
    assert len(found) == 128 + 160 + 152
    assert set(found) == {StickStatus.UNSOUND}
    record_property("figure", f"{len(found)} of {len(places())} flipped bytes found")


def faulty(chance: random.Random, data: Path, folder: Path) -> tuple[SimSticks, Disk | None, Stopping | None]:
    """A stick with one fault, drawn."""
    what = chance.randrange(7)
    if what == 0:
        return plugged(folder), Flaky(failing({chance.randrange(1, 70): chance.choice(ERRORS)[0]})), None
    if what == 1:
        sticks = plugged(folder)
        return sticks, Flaky(pulling(sticks, chance.randrange(1, 70))), None
    if what == 2:
        return plugged(folder), Fake(chance.randrange(1, 4_000), wraps=chance.random() < 0.5), None
    if what == 3:
        sticks = plugged(folder)
        sticks.refuse[chance.choice(SEQUENCE)] = chance.choice(NOT_WHOLE)
        return sticks, None, None
    if what == 4:
        return plugged(folder), None, Stopping(chance.choice(list(StickPhase)[1:4]), chance.randrange(1, 30))
    if what == 5:
        errors = {chance.randrange(1, 70): chance.choice(ERRORS)[0] for _ in range(3)}
        return plugged(folder), Flaky(failing(errors)), None
    rotting = Rotting(rotted(chance))
    folder.mkdir(exist_ok=True)
    rotting.plug(folder)
    return rotting, None, None


@pytest.mark.slow
def test_six_hundred_faulty_runs(data: Path, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """No outcome says done without a package that verifies; nothing is lost; each next try is clean and done."""
    chance = random.Random(4)
    ended: dict[StickStatus, int] = {}
    before = (data / "kiosk.db").read_bytes()
    for number in range(600):
        folder = tmp_path / f"stick-{number}"
        sticks, disk, stopping = faulty(chance, data, folder)
        more = {"stop": stopping.stop, "moved": stopping.moved} if stopping else {}
        carried = sent(sticks, real(data), disk=disk, **more)  # type: ignore[arg-type]
        ended[carried.outcome] = ended.get(carried.outcome, 0) + 1
        package = folder / NAME.format(1)
        if carried.outcome.whole:
            assert verify(package, Keys()).passed, f"run {number}: a wrong done"
        elif sticks.folder is not None and not sticks.refuse:
            assert not package.exists(), f"run {number}: {carried.outcome}, and there is a package"
        if number % 10 == 0:
            sticks.refuse.clear()
            again = plugged(folder)
            assert sent(again, real(data), leftovers=[NAME.format(1)]).outcome is StickStatus.DONE
    assert (data / "kiosk.db").read_bytes() == before
    LOG.info("600 runs: %s", dict(sorted(ended.items())))
    faulty_runs = sum(count for outcome, count in ended.items() if not outcome.whole)
    assert faulty_runs >= 500
    record_property("figure", f'{sum(ended.values())} runs, {faulty_runs} that ended in a fault, 0 wrong "done"')
