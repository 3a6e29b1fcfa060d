"""The home as the day's plan, from the record: neutral until a press, what was done counted, minutes that are true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kiosk.bedside.lengths import Lengths
from kiosk.bedside.sessions import LOOK_BACK
from kiosk.care.again import Again
from kiosk.care.person import Onset, OnsetBand
from kiosk.clock import ClockStatus, instant
from kiosk.devices.sound_sim import SimSound
from kiosk.home.model import HomeData, Offer
from kiosk.runtime.ending import ending_of
from kiosk.runtime.home_mode import gather
from kiosk.screens.scene import Menu
from kiosk.settings import Settings
from kiosk.signals import Button
from tests.bedside.test_days import HOUR_MS, Bed
from tests.care.people import SYNKINETIC, shipped
from tests.patience import PATIENCE_S
from tests.records.helpers import session
from tests.runtime.test_first_questions import Kiosk


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[Bed]:
    made = Bed(tmp_path)
    yield made
    made.store.close(PATIENCE_S)


def home_of(bed: Bed) -> HomeData:
    lengths = Lengths(SimSound(bed.clock))
    return gather(bed.person, bed.today, None, shipped(), Settings(), bed.clock, str, lengths)


def offer(data: HomeData, programme: str) -> Offer:
    return next(offer for offer in data.offers if offer.programme == programme)


@pytest.mark.parametrize("button", list(Button))
def test_switched_on_the_home_shows_nothing_personal(tmp_path: Path, button: Button) -> None:
    """Rule l: after a power cut at night the plan used to stand there for whoever passed by."""
    kiosk = Kiosk(tmp_path, SYNKINETIC)
    assert not [title for title in ("Releases", "Quiet", "care") if title in kiosk.screen]
    assert kiosk.runtime.scene(kiosk.clock.now_ms()).name == "home-asleep"
    assert kiosk.press(button) == "home"
    assert "Today: Releases" in kiosk.screen
    assert kiosk.store.close(PATIENCE_S)


def test_what_was_done_to_its_end_is_counted_and_nothing_else(bed: Bed) -> None:
    """Rule 11: what was stopped is not called done; what was gone on with and finished is, once."""
    bed.practises(1, "gentle-care")
    assert bed.today.done_today == {"gentle-care": 1}
    for ends in ({"end_reason": "stopped"}, {"end_reason": None}, {"end_reason": "power_loss"}):
        end = None if ends["end_reason"] is None else bed.clock.now_ms()
        who = {"patient_code": bed.person.code, "programme": "gentle-care", "end_boot_ms": end}
        bed.store.put(session(f"cut-{ends['end_reason']}", bed.clock, start_boot_ms=bed.clock.now_ms(), **who, **ends))
    assert bed.today.done_today["gentle-care"] == 1
    who = {"patient_code": bed.person.code, "programme": "gentle-care", "resumes_session_id": "cut-power_loss"}
    now = bed.clock.now_ms()
    bed.store.put(session("on", bed.clock, start_boot_ms=now, end_boot_ms=now, end_reason="completed", **who))
    assert bed.today.done_today["gentle-care"] == 2
    bed.clock.advance(24 * HOUR_MS)
    assert bed.today.done_today.get("gentle-care", 0) == 0


def test_the_home_says_the_same_time_as_the_end_of_the_session(bed: Bed) -> None:
    """One source: "Again from" is rounded the same way on both."""
    bed.practises()
    bed.clock.advance(-HOUR_MS + 61_000)
    found = offer(home_of(bed), "first-movements")
    told = ending_of(shipped(), bed.person, "first-movements", bed.today, instant(bed.clock))
    assert (found.again, found.again_at) == (told.again, told.at)
    assert found.again is Again.LATER
    assert found.again_at is not None
    assert found.done == 1


def test_without_a_sure_date_the_home_names_no_day_and_no_time(tmp_path: Path) -> None:
    """What is known is how long it is: minutes, from the clock that needs no setting."""
    bed = Bed(tmp_path, ClockStatus.UNSET)
    bed.person = msgspec.structs.replace(bed.person, onset=Onset(band=OnsetBand.OVER_1_YEAR))
    bed.practises()
    bed.clock.advance(-HOUR_MS + 61_000)
    data = home_of(bed)
    found = offer(data, "first-movements")
    assert (data.day_line, data.time_line, found.again_at) == ("", "", None)
    assert found.again_min == 59
    bed.store.close(PATIENCE_S)


ASKED = ("session-identity", "session-red-flags", "session-pain-before", "session-tiredness")


def test_the_minutes_of_a_row_are_those_that_the_session_takes(tmp_path: Path) -> None:
    """From "Start" to the end of the last stretch, by whoever answers at once, through the whole kiosk."""
    kiosk = Kiosk(tmp_path, SYNKINETIC)
    kiosk.press(Button.GREEN)
    home = kiosk.runtime.scene(kiosk.clock.now_ms())
    assert isinstance(home, Menu)
    said = next(choice.note for choice in home.choices if choice.label == "Relax")
    kiosk.to_identity()
    began = kiosk.clock.now_ms()
    while (scene := kiosk.runtime.scene(kiosk.clock.now_ms())).name != "session-pain-after":
        if scene.name in ASKED and (scene.strip.green or (isinstance(scene, Menu) and scene.choices)):
            kiosk.press(Button.GREEN if scene.strip.green else Button.AMBER, 1)
        else:
            kiosk.wait_until(iter((False, True)).__next__)
    minutes = (kiosk.clock.now_ms() - began) / 60_000
    assert said == f"{int(minutes) + 1} min"
    assert kiosk.store.close(PATIENCE_S)


def test_lengths_are_worked_out_once_and_anew_for_somebody_else(bed: Bed) -> None:
    """A home that is gathered every minute plans nothing anew; another person's hands take another time."""
    sound = SimSound(bed.clock)
    lengths, day = Lengths(sound), bed.today

    def of(**changes: object) -> int:
        person = msgspec.structs.replace(bed.person, **changes)
        return lengths.of(shipped(), person, day, Settings(), "gentle-care", False, ())

    first = of()
    assert of() == first
    assert of(one_hand=True) != first
    assert of() == first
    assert lengths.of(shipped(), bed.person, day, Settings(), "quiet-control", False, ()) == 0


def test_looking_back_shows_whole_weeks_of_this_person(bed: Bed) -> None:
    """Two weeks, the newest first; where more sessions lie behind than are looked at, the oldest week is left out."""
    bed.practises(1, "relax")
    assert [[practised for _, practised in week].count(True) for week in home_of(bed).weeks] == [1]
    bed.clock.advance(7 * 24 * HOUR_MS)
    bed.practises(2, "relax")
    weeks = home_of(bed).weeks
    assert [[practised for _, practised in week].count(True) for week in weeks] == [1, 1]
    assert weeks[1][-1][0] < weeks[0][0][0]
    bed.clock.advance(7 * 24 * HOUR_MS)
    for number in range(LOOK_BACK - 2):
        now, who = bed.clock.now_ms(), {"patient_code": bed.person.code, "programme": "relax"}
        bed.store.put(session(f"many-{number}", bed.clock, start_boot_ms=now, end_boot_ms=now, **who))
        bed.clock.advance(1)
    assert len(home_of(bed).weeks) == 1
    bed.person = msgspec.structs.replace(bed.person, code="23456X")
    assert home_of(bed).weeks == ()
