"""What the person chooses and tells is kept, comes back, and reaches staff; it opens nothing by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.care.own import PERSON, QUESTION, REMINDERS, WISH
from kiosk.clock import ClockStatus, local_day
from kiosk.desk.effects import AnswerQuestion
from kiosk.devices.lights import Glow, Lamp
from kiosk.devices.sound_queue import SoundKind
from kiosk.home.machine import answers
from kiosk.home.model import HomePlace
from kiosk.rows.kept import BOUND
from kiosk.rows.kinds import InboxRow, InboxSeen, StateRow
from kiosk.runtime.home_mode import HomeMode
from kiosk.runtime.staff_rows import stored_as
from kiosk.screens.scene import Choice, Menu
from kiosk.signals import Button, Chord
from tests.care.people import PARETIC
from tests.patience import PATIENCE_S
from tests.records.helpers import rows_in
from tests.runtime.test_first_questions import Kiosk


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(tmp_path)
    yield made
    assert made.store.close(PATIENCE_S)


def choose(kiosk: Kiosk, *labels: str) -> None:
    """Wake the home and go to each of ``labels`` in turn."""
    if kiosk.runtime.scene(kiosk.clock.now_ms()).name in ("home-asleep", "home-reminder"):
        kiosk.press(Button.GREEN)
    for label in labels:
        for _ in range(40):
            scene = kiosk.runtime.scene(kiosk.clock.now_ms())
            assert isinstance(scene, Menu)
            if scene.index is not None and scene.choices[scene.index].label == label:
                break
            kiosk.press(Button.AMBER)
        else:
            raise AssertionError(f"{label} is not on {kiosk.screen}")
        kiosk.press(Button.GREEN)
    settle(kiosk)


def settle(kiosk: Kiosk) -> None:
    """The record has everything, and the runtime knows."""
    assert kiosk.store.flush(PATIENCE_S)
    for news in kiosk.store.drain(kiosk.clock.now_ms()):
        kiosk.runtime.hear(news, kiosk.clock.now_ms())


def rows(kiosk: Kiosk) -> list[tuple[str, str, str]]:
    found = rows_in(kiosk.data, "SELECT item, value, by FROM permissions ORDER BY item, revision")
    return [(str(item), str(value), str(by)) for item, value, by in found]


def choice(kiosk: Kiosk, label: str) -> Choice:
    scene = kiosk.runtime.scene(kiosk.clock.now_ms())
    assert isinstance(scene, Menu)
    return next(choice for choice in scene.choices if choice.label == label)


def test_a_wish_is_kept_said_in_the_next_week_and_once(kiosk: Kiosk) -> None:
    """The record has who chose it and when it was said, and a restart in between changes nothing."""
    day = local_day(kiosk.clock.wall)
    choose(kiosk, "For me", "My wish for the week", "3 days a week")
    assert choice(kiosk, "My wish for the week").note == "3 days a week"
    assert rows(kiosk) == [(WISH, f"3:{day}:{day}", PERSON)]
    kiosk.clock.advance(7 * 24 * 3_600_000)
    kiosk.runtime.tick(kiosk.clock.now_ms())
    assert kiosk.press(Button.RED) == "home-new-week"
    assert "Your wish for the week: 3 days a week." in kiosk.screen
    settle(kiosk)
    assert rows(kiosk)[-1] == (WISH, f"3:{day}:{day + timedelta(days=7)}", PERSON)
    assert kiosk.press(Button.RED) == "home"
    assert kiosk.press(Button.RED) == "home-asleep"
    assert kiosk.press(Button.RED) == "home"


@pytest.fixture
def reminded(kiosk: Kiosk) -> Kiosk:
    """Somebody who wants to be reminded at nine; it is eight, and they are gone."""
    kiosk.clock.wall = datetime.combine(local_day(kiosk.clock.wall), datetime.min.time()).astimezone(UTC)
    kiosk.clock.wall += timedelta(hours=8)
    kiosk.store.look_at_clock()
    choose(kiosk, "For me", "Reminders", "09:00")
    assert rows(kiosk) == [(REMINDERS, "9", PERSON)]
    kiosk.sound.heard.clear()
    return kiosk


def tones(kiosk: Kiosk) -> list[str]:
    """The tones that were heard."""
    kiosk.sound.drain(kiosk.clock.now_ms())
    return [heard.name for heard in kiosk.sound.heard if heard.kind is SoundKind.TONE]


def pass_time(kiosk: Kiosk, minutes: int) -> None:
    """Passes of the loop, each at the moment that the runtime asks for."""
    end = kiosk.clock.now_ms() + minutes * 60_000
    while (due := kiosk.runtime.deadline_ms(kiosk.clock.now_ms())) is not None and due < end:
        kiosk.clock.advance(max(1, due - kiosk.clock.now_ms()))
        kiosk.runtime.tick(kiosk.clock.now_ms())
        kiosk.runtime.scene(kiosk.clock.now_ms())
    kiosk.clock.advance(max(0, end - kiosk.clock.now_ms()))
    kiosk.runtime.tick(kiosk.clock.now_ms())


def test_a_reminder_comes_at_its_hour_by_tone_and_light_and_once(reminded: Kiosk) -> None:
    """The screen says nothing personal; the lamps breathe until somebody comes, ten minutes at most."""
    pass_time(reminded, 55)
    assert tones(reminded) == []
    pass_time(reminded, 7)
    assert tones(reminded) == ["start"]
    assert "Releases" not in reminded.screen
    assert "A quiet reminder" in reminded.screen
    assert {reminded.lights.now[lamp] for lamp in (Lamp.GREEN, Lamp.AMBER, Lamp.RED)} == {Glow.PULSE}
    pass_time(reminded, 20)
    assert reminded.runtime.scene(reminded.clock.now_ms()).name == "home-asleep"
    assert reminded.lights.now[Lamp.GREEN] is Glow.ON
    pass_time(reminded, 120)
    assert tones(reminded) == ["start"]


def test_no_reminder_comes_while_staff_are_at_the_desk(reminded: Kiosk) -> None:
    """Whoever stands there is not the one who waits; it passes."""
    pass_time(reminded, 59)
    reminded.runtime.hear(Chord(reminded.clock.now_ms()), reminded.clock.now_ms())
    pass_time(reminded, 1)
    assert not isinstance(reminded.runtime._mode, HomeMode)
    pass_time(reminded, 20)
    assert tones(reminded) == []


def test_the_reminders_of_one_who_was_discharged_are_silent(reminded: Kiosk) -> None:
    """The kiosk is nobody's, or somebody else's: their hours stay in their record."""
    pass_time(reminded, 10)
    reminded.store.put(StateRow(BOUND, ""))
    settle(reminded)
    pass_time(reminded, 60)
    assert tones(reminded) == []


def test_a_clock_that_nobody_set_reminds_nobody(reminded: Kiosk) -> None:
    """The hour is not known; the page of the reminders says so."""
    reminded.clock.trust = ClockStatus.UNSET
    pass_time(reminded, 70)
    assert tones(reminded) == []


def test_a_question_reaches_staff_and_its_answer_the_person(kiosk: Kiosk) -> None:
    """A line in the inbox, an item in the record; when staff mark it, home says so."""
    day = local_day(kiosk.clock.wall)
    choose(kiosk, "For my therapist", "A question for my therapist", "Is it the right amount?")
    assert rows_in(kiosk.data, "SELECT code, detail_code, patient_code FROM inbox") == [
        ("question", "amount", PARETIC.code)
    ]
    assert rows(kiosk) == [(f"{QUESTION}amount", f"asked:{day}", PERSON)]
    kiosk.press(Button.GREEN)
    assert choice(kiosk, "For my therapist").note == ""
    kiosk.store.put(*stored_as(AnswerQuestion(PARETIC.code, "amount", "therapist-1", day)))
    settle(kiosk)
    assert rows(kiosk)[-1] == (f"{QUESTION}amount", f"answered:{day}", "therapist-1")
    assert choice(kiosk, "For my therapist").note == "answered"


def test_a_new_movement_unlocks_nothing(kiosk: Kiosk) -> None:
    """It leaves staff a line with where it was; the plan, and what is open, stay what they were."""
    choose(kiosk)
    mode = kiosk.runtime._mode
    assert isinstance(mode, HomeMode)
    before = [(offer.programme, offer.verdict) for offer in mode.state.data.offers]
    choose(kiosk, "For my therapist", "I saw a new movement", "Mouth")
    assert mode.state.place is HomePlace.TOLD
    assert rows_in(kiosk.data, "SELECT code, detail_code FROM inbox") == [("saw-movement", "mouth")]
    assert rows_in(kiosk.data, "SELECT count(*) FROM persons") == [(1,)]
    assert [(offer.programme, offer.verdict) for offer in mode.state.data.offers] == before


def test_what_is_chosen_holds_before_the_disk_has_it(kiosk: Kiosk) -> None:
    """Two hours set one after the other, with a refresh of older rows in between, are two hours."""
    choose(kiosk, "For me", "Reminders")
    mode = kiosk.runtime._mode
    assert isinstance(mode, HomeMode)
    for hour in (9, 10):
        while mode.state.cursor is None or answers(mode.state)[mode.state.cursor] != str(hour):
            kiosk.press(Button.AMBER)
        kiosk.press(Button.GREEN)
        kiosk.runtime._refresh(kiosk.clock.now_ms())
    assert mode.state.data.own.reminders == (9, 10)


def test_a_line_that_nobody_looked_at_glows_beside_the_buttons(kiosk: Kiosk) -> None:
    """At home, softly, until some slot has seen it; never in a session, where that lamp means danger."""
    assert kiosk.lights.now[Lamp.ALERT] is Glow.OFF
    kiosk.store.put(InboxRow("1", PARETIC.code, "pain-lock"))
    settle(kiosk)
    assert "home" in kiosk.runtime.scene(kiosk.clock.now_ms()).name
    assert kiosk.lights.now[Lamp.ALERT] is Glow.DIM
    kiosk.to_identity()
    assert kiosk.lights.now[Lamp.ALERT] is Glow.OFF
    kiosk.press(Button.RED)
    kiosk.store.put(InboxSeen("nurse-1", "1"))
    settle(kiosk)
    assert "home" in kiosk.runtime.scene(kiosk.clock.now_ms()).name
    assert kiosk.lights.now[Lamp.ALERT] is Glow.OFF
