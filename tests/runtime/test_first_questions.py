"""The first questions, led by the whole runtime: what it knows before it asks, and the trace that an answer leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk import paths
from kiosk.bedside.persons import bound_person, person_row
from kiosk.bedside.sessions import READING_MS, context_of, plan_of, practised_last_week
from kiosk.care.model import Family
from kiosk.care.person import Person
from kiosk.clock import SimClock, instant
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.lights import Glow, Lamp, SimLights
from kiosk.devices.sound_queue import SoundKind
from kiosk.devices.sound_sim import SimSound
from kiosk.errors import StoreError
from kiosk.present.session import DIM_MS
from kiosk.programmes import shelf
from kiosk.records.reader import Reader
from kiosk.records.store import Store
from kiosk.rows.kinds import BOUND, StateRow
from kiosk.runtime.ports import Ports, Workshop
from kiosk.runtime.runtime import Runtime
from kiosk.runtime.session_mode import SessionMode
from kiosk.screens.scene import Menu
from kiosk.session.model import Context
from kiosk.settings import Settings
from kiosk.signals import Button, Press
from tests.care.people import FLACCID, PARETIC, SYNKINETIC, shipped, today
from tests.patience import PATIENCE_S
from tests.records.helpers import rows_in, session

DAY_MS = 24 * 3_600_000
TRACE = "Please tell staff before you practise."


class Kiosk:
    """A runtime with everything simulated but the store, bound to one person."""

    def __init__(self, data: Path, person: Person = PARETIC) -> None:
        self.data, self.clock = data, SimClock()
        self.store = Store.open(data, self.clock)
        self.store.put(person_row(person), StateRow(BOUND, person.code))
        assert self.store.flush(PATIENCE_S)
        camera = SimCamera(self.clock, paths.assets() / "demo" / "face.mp4", kept=1)
        self.sound = SimSound(self.clock)
        self.lights = SimLights()
        ports = Ports(
            clock=self.clock,
            store=self.store,
            sound=self.sound,
            camera=camera,
            lights=self.lights,
            workshop=Workshop(aside=False),
        )
        programmes = shelf.load(paths.assets() / "programmes")
        self.runtime = Runtime(ports, Settings(), programmes, paths.assets(), data=data)

    def press(self, button: Button, after_ms: int = 700) -> str:
        """The name of the screen that a press leads to."""
        self.clock.advance(after_ms)
        self.runtime.hear(Press(button, self.clock.now_ms()), self.clock.now_ms())
        assert self.store.flush(PATIENCE_S)
        return self.runtime.scene(self.clock.now_ms()).name

    def wait_until(self, reached: Callable[[], bool]) -> None:
        """Passes of the loop, each at the moment that the runtime asks for."""
        while not reached():
            due = self.runtime.deadline_ms(self.clock.now_ms())
            assert due is not None
            self.clock.advance(max(1, due - self.clock.now_ms()))
            self.sound.drain(self.clock.now_ms())
            self.runtime.tick(self.clock.now_ms())
            self.runtime.scene(self.clock.now_ms())

    @property
    def screen(self) -> str:
        return str(self.runtime.scene(self.clock.now_ms()))

    def to_identity(self, label: str = "Relax") -> None:
        """Wake the home and choose relaxing, wherever it stands on the day's plan, or what else has that label."""
        if self.runtime.scene(self.clock.now_ms()).name == "home-asleep":
            assert self.press(Button.GREEN) == "home"
        while True:
            self.press(Button.AMBER)
            scene = self.runtime.scene(self.clock.now_ms())
            assert isinstance(scene, Menu)
            assert scene.index is not None
            if scene.choices[scene.index].label == label:
                break
        assert self.press(Button.GREEN) == "session-identity"


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(tmp_path)
    yield made
    assert made.store.close(PATIENCE_S)


def test_no_at_the_first_question_is_answered(kiosk: Kiosk) -> None:
    """It used to fall back to "Ready when you are" without a word."""
    kiosk.to_identity()
    assert kiosk.press(Button.AMBER) == "session-told"
    assert "Please tell staff" in kiosk.screen
    assert kiosk.press(Button.RED) == "home-asleep"
    assert rows_in(kiosk.data, "SELECT code FROM inbox") == [("not-me",)]


def flag(kiosk: Kiosk) -> None:
    """A red flag, and home."""
    kiosk.to_identity()
    assert kiosk.press(Button.GREEN, 20_000) == "session-red-flags"
    assert kiosk.press(Button.AMBER) == "session-flagged"
    assert kiosk.press(Button.RED) == "home"


def test_a_red_flag_leaves_a_trace_at_home_in_words_that_tell_nobody_what_it_was(kiosk: Kiosk) -> None:
    """Thirty seconds later a session with movement began as if nothing had been said; the home showed nothing."""
    assert TRACE not in kiosk.screen
    flag(kiosk)
    assert TRACE in kiosk.screen
    assert "flag" not in kiosk.screen.replace("session-flagged", "").lower()
    bound = bound_person(kiosk.store.read())
    assert bound is not None
    assert bound.flags == 1
    # It goes with the person: nobody who only passes by reads it.
    kiosk.clock.advance(200_000)
    kiosk.runtime.tick(kiosk.clock.now_ms())
    assert kiosk.runtime.scene(kiosk.clock.now_ms()).name == "home-asleep"
    assert TRACE not in kiosk.screen


def test_after_two_red_flags_nothing_but_cards_is_open(kiosk: Kiosk) -> None:
    """Then only staff open practice again."""
    flag(kiosk)
    flag(kiosk)
    offers = kiosk.runtime._gather().offers
    assert offers
    assert not [offer.programme for offer in offers if offer.verdict.open and offer.family is not Family.CARDS]


def test_the_next_session_knows_of_the_flag_before(kiosk: Kiosk) -> None:
    """The second can no longer be taken back by whoever practises."""
    flag(kiosk)
    kiosk.to_identity()
    mode = kiosk.runtime._mode
    assert isinstance(mode, SessionMode)
    assert mode.session.context.flags == 1


def check_in(kiosk: Kiosk) -> None:
    """It is me; no red flag, no pain, fresh."""
    for button, after_ms in (
        (Button.GREEN, 20_000),
        (Button.GREEN, 60_000),
        (Button.GREEN, 20_000),
        (Button.AMBER, 1),
        (Button.GREEN, 1),
    ):
        kiosk.press(button, after_ms)


def test_where_practice_begins_and_ends_the_lamps_that_are_lit_are_dim_for_a_moment(kiosk: Kiosk) -> None:
    """Muted, nothing but the ring told it."""
    kiosk.to_identity()
    check_in(kiosk)
    assert kiosk.runtime.scene(kiosk.clock.now_ms()).name == "session-eye-care"
    kiosk.wait_until(lambda: kiosk.lights.now[Lamp.RED] is Glow.DIM)
    began = kiosk.clock.now_ms()
    assert (kiosk.lights.now[Lamp.AMBER], kiosk.lights.now[Lamp.GREEN]) == (Glow.DIM, Glow.OFF)
    kiosk.wait_until(lambda: kiosk.lights.now[Lamp.RED] is Glow.ON)
    assert kiosk.clock.now_ms() - began == DIM_MS
    assert [heard.start_ms for heard in kiosk.sound.heard if heard.kind is SoundKind.TONE] == [began]
    kiosk.wait_until(lambda: kiosk.lights.now[Lamp.RED] is Glow.DIM)
    assert kiosk.clock.now_ms() - began == 45_000


def test_the_screen_follows_the_camera_at_home_and_where_the_session_says_so(kiosk: Kiosk) -> None:
    """At home and at the desk whatever is shown may; a session knows itself whether its moment shows a face."""
    assert kiosk.runtime.looks()
    kiosk.to_identity("First movements")
    assert not kiosk.runtime.looks()
    check_in(kiosk)
    assert kiosk.press(Button.GREEN, 20_000) == "session-eye-care"  # no other muscles pull along
    assert not kiosk.runtime.looks()
    kiosk.wait_until(kiosk.runtime.looks)
    assert kiosk.runtime.scene(kiosk.clock.now_ms()).name == "session-settle-in"


# What a session is told of the person.


def told(person: Person, family: Family, sound: bool = True) -> Context:
    """What a session of ``family`` is told of ``person``."""
    day, heard = today(), SimSound(SimClock())
    programme = next(p for p in shipped().programmes.values() if p.family is family)
    made = plan_of(shipped(), person, programme.id, day, short=False, regions=())
    settings = Settings()
    if not sound:
        settings = replace(settings, sound=replace(settings.sound, voice=False))
    return context_of(shipped(), person, made, settings, heard, day, red_stuck=False, last_week=False)


@pytest.mark.parametrize(
    ("person", "releases"),
    [(PARETIC, True), (replace(PARETIC, stiffer=False), False), (SYNKINETIC, True), (FLACCID, False)],
)
def test_what_stays_open_after_pain_is_asked_of_the_rules(person: Person, releases: bool) -> None:
    """ "Releases and relaxing stay open" was said to people whose releases were locked."""
    found = told(person, Family.RELAX).stay_open
    assert (Family.RELEASES in found) is releases
    assert Family.RELAX in found
    assert not any(family.active for family in found)


def test_the_red_flags_take_as_long_as_their_slowest_reader() -> None:
    """Green waits for the voice, or for seven lines to be read: at least the longer of both."""
    context = told(PARETIC, Family.RELAX, sound=False)
    assert context.hearing == {}
    assert context.flag_reading_ms == 7 * READING_MS


@pytest.mark.parametrize(("ago", "known"), [([], False), ([6], False), ([7], True), ([1, 3, 9], True)])
def test_last_week_is_said_only_to_whoever_practised_a_week_ago(tmp_path: Path, ago: list[int], known: bool) -> None:
    """ "More than last week?" was asked in a first session."""
    clock = SimClock()
    with_rows = Store.open(tmp_path, clock)
    ends = clock.now_ms()
    clock.advance(10 * DAY_MS)
    rows = [
        session(f"s{n}", clock, patient_code=PARETIC.code, start_boot_ms=ends, end_boot_ms=clock.now_ms() - n * DAY_MS)
        for n in ago
    ]
    with_rows.put(person_row(PARETIC), *rows)
    assert with_rows.flush(PATIENCE_S)
    assert practised_last_week(with_rows.read(), PARETIC.code, instant(clock)) is known
    assert with_rows.close(PATIENCE_S)


def test_a_record_that_cannot_be_read_knows_of_no_week_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question without a comparison is never wrong."""

    def broken(*_: object) -> None:
        raise StoreError("the record cannot be read")

    clock = SimClock()
    store = Store.open(tmp_path, clock)
    monkeypatch.setattr(Reader, "sessions", broken)
    assert not practised_last_week(store.read(), PARETIC.code, instant(clock))
    assert store.close(PATIENCE_S)
