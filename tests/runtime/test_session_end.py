"""The last screen of a session, by what the record says: the days of this week and the next time, or neither."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.care.again import Again
from kiosk.clock import ClockStatus, instant, local_day, local_moment
from kiosk.errors import StoreError
from kiosk.present.ending import SessionEnding
from kiosk.runtime.ending import ending_of
from kiosk.screens.scene import NoteScene
from kiosk.signals import Button
from tests.bedside.test_days import Bed
from tests.care.people import PARETIC, shipped
from tests.patience import PATIENCE_S
from tests.runtime.test_first_questions import Kiosk

HOUR_MS = 3_600_000


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[Bed]:
    made = Bed(tmp_path)
    yield made
    made.store.close(PATIENCE_S)


def ending(bed: Bed, programme: str = "first-movements") -> SessionEnding:
    day = bed.today
    return ending_of(shipped(), bed.person, programme, day, instant(bed.clock))


def test_an_hour_after_movement_it_goes_on_never_too_early(bed: Bed) -> None:
    """In steps of five minutes, in the kiosk's own zone."""
    bed.practises()
    bed.clock.advance(-HOUR_MS + 61_000)  # a minute after its end
    found = ending(bed)
    assert found.again is Again.LATER
    assert found.at is not None
    over_ms = (found.at - local_moment(bed.clock.wall)) / timedelta(milliseconds=1) - (HOUR_MS - 61_000)
    assert 0 <= over_ms < 300_000
    assert (found.at.minute % 5, found.at.second) == (0, 0)


def test_the_dots_are_those_of_this_week_and_of_nobody_else(bed: Bed) -> None:
    """Monday to Sunday; a day counts once, however often something was practised."""
    bed.practises(2, "relax")
    days = dict(ending(bed, "relax").week)
    today = local_day(bed.clock.wall)
    assert len(days) == 7
    assert [day.weekday() for day in days] == list(range(7))
    assert [day for day, practised in days.items() if practised] == [today]
    bed.clock.advance(7 * 24 * HOUR_MS)
    assert not any(practised for _, practised in ending(bed, "relax").week)


def test_without_a_sure_date_there_are_no_dots_and_no_time(tmp_path: Path) -> None:
    """Absent rather than doubtful (rule 10): "in an hour" is so whatever the clock says."""
    bed = Bed(tmp_path, ClockStatus.UNSET)
    bed.practises()
    bed.clock.advance(-HOUR_MS + 61_000)
    found = ending(bed)
    assert (found.week, found.at) == ((), None)
    bed.store.close(PATIENCE_S)


def last_screen(kiosk: Kiosk) -> NoteScene:
    """Relaxing, stopped in its first step."""
    kiosk.to_identity()
    for button, after_ms in ((Button.GREEN, 20_000), (Button.GREEN, 60_000), (Button.GREEN, 20_000)):
        kiosk.press(button, after_ms)
    kiosk.press(Button.AMBER, 1)
    kiosk.press(Button.GREEN, 1)
    kiosk.wait_until(lambda: kiosk.runtime.scene(kiosk.clock.now_ms()).name == "session-step")
    kiosk.press(Button.RED)
    kiosk.press(Button.AMBER)
    assert kiosk.press(Button.GREEN) == "session-done"
    scene = kiosk.runtime.scene(kiosk.clock.now_ms())
    assert isinstance(scene, NoteScene)
    return scene


def test_the_whole_kiosk_shows_it(tmp_path: Path) -> None:
    """Relaxing may be done again at once, and today has its dot, whatever became of the session."""
    kiosk = Kiosk(tmp_path, PARETIC)
    scene = last_screen(kiosk)
    assert "Again when you like." in scene.lines
    assert [day.practised for day in scene.week].count(True) == 1
    assert kiosk.store.close(PATIENCE_S)


def test_a_record_that_cannot_be_read_ends_no_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen says less."""
    kiosk = Kiosk(tmp_path, PARETIC)

    def fails(*_: object) -> SessionEnding:
        raise StoreError("the record cannot be read")

    monkeypatch.setattr("kiosk.runtime.known.ending_of", fails)
    assert last_screen(kiosk).week == ()
    assert kiosk.store.close(PATIENCE_S)
