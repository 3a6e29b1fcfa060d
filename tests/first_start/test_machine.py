"""Any presses, cuts and silences in any order: the promises of the first start hold in every state."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.care.person import Role
from kiosk.desk.effects import ChangeSetting
from kiosk.desk_pages.first_start import page_words, present_first
from kiosk.first_start import machine, pages
from kiosk.first_start.calling import lines, ways
from kiosk.first_start.effects import KeepProgress, WriteCallText
from kiosk.first_start.model import (
    AT_DESK,
    PAGES,
    DeskLeft,
    FirstPlace,
    FirstProgress,
    FirstTick,
    comes_by_itself,
    fulfilled,
    needless,
    pages_left,
    progress_of,
    text_of_progress,
)
from kiosk.first_start.pages import answers, direct
from kiosk.screens.scene import Scene, Strip
from kiosk.signals import Button, Chord, Typed
from kiosk.words import languages, words
from tests.first_start.world import LANGUAGES, ME, START, World, data

NURSE = ("nurse-1", Role.NURSE)
THERAPIST = (ME, Role.THERAPIST)


def same(text: str) -> str:
    """English needs no catalogue."""
    return text


class AnyStart(RuleBasedStateMachine):
    """Presses at random, with a card that takes its time, a desk that answers or not, and cuts."""

    at: World | None

    @initialize(
        slots=st.sampled_from([(), (), (THERAPIST,), (NURSE, THERAPIST)]),
        clock=st.sampled_from([(False, False), (True, False), (True, True)]),
        bound=st.booleans(),
        again=st.booleans(),
        problem=st.sampled_from(["", "", "no card"]),
        volume=st.sampled_from([0, 2]),
    )
    def open(
        self,
        slots: tuple[tuple[str, Role], ...],
        clock: tuple[bool, bool],
        bound: bool,
        again: bool,
        problem: str,
        volume: int,
    ) -> None:
        known, network = clock
        kiosk = data(clock_known=known, clock_by_network=network, sound_problem=problem, volume=volume)
        slot = ME if THERAPIST in slots else ""
        kiosk = replace(kiosk, slots=slots, bound=bound and bool(slots))
        self.at = World(kiosk, slot=slot, again=again and bool(slot))
        self.last = self.at

    @precondition(lambda self: self.at is not None)
    @rule(button=st.sampled_from(Button), after_ms=st.sampled_from([100, 400, 2_000]))
    def press(self, button: Button, after_ms: int) -> None:
        assert self.at is not None
        self.at.now += after_ms
        self.at.send(FirstTick())
        before, strip = self.at.state, self.shown().strip
        lit = bool({Button.GREEN: strip.green, Button.AMBER: strip.amber, Button.RED: strip.red}[button])
        self.at.press(button, 0)
        after = self.at.state
        asking = before.place is FirstPlace.BUTTONS and before.asked is not None
        if not lit and not asking and before.place not in AT_DESK:
            # An unlit button answers nothing.
            assert (after.place, after.progress, after.cursor) == (before.place, before.progress, before.cursor)

    @precondition(lambda self: self.at is not None)
    @rule(digit=st.integers(0, 9))
    def type(self, digit: int) -> None:
        assert self.at is not None
        self.at.send(Typed(digit, self.at.now))

    @precondition(lambda self: self.at is not None)
    @rule()
    def store(self) -> None:
        assert self.at is not None
        self.at.store()

    @precondition(lambda self: self.at is not None)
    @rule()
    def see(self) -> None:
        assert self.at is not None
        self.at.see()

    @precondition(lambda self: self.at is not None and self.at.state.place in AT_DESK)
    @rule(stored=st.booleans())
    def answer_desk(self, stored: bool) -> None:
        assert self.at is not None
        self.at.answer_desk(stored=stored)

    @precondition(lambda self: self.at is not None and self.at.state.place in AT_DESK)
    @rule()
    def leave_desk(self) -> None:
        assert self.at is not None
        self.at.send(DeskLeft())

    @precondition(lambda self: self.at is not None)
    @rule(ms=st.sampled_from([100, 5_000, 60_000, 180_000]))
    def wait(self, ms: int) -> None:
        assert self.at is not None
        self.at.now += ms
        self.at.send(FirstTick())

    @precondition(lambda self: self.at is not None)
    @rule()
    def hold_both(self) -> None:
        assert self.at is not None
        self.at.send(Chord(self.at.now))
        assert self.at.gone is not None

    @precondition(lambda self: self.at is not None)
    @rule()
    def cut(self) -> None:
        assert self.at is not None
        before, self.last = self.at.stored, self.at
        self.at = self.at.cut()
        if self.at is not None:
            # A cut takes back nothing that was stored, and asks none of it again by itself.
            kept = before.progress or FirstProgress()
            assert not set(self.at.state.walk) & set(kept.done | kept.later)

    @precondition(lambda self: self.at is None)
    @rule(again=st.booleans())
    def come_back(self, again: bool) -> None:
        kiosk = self.last.stored
        slot = ME if THERAPIST in kiosk.slots else ""
        self.at = World(kiosk, self.last.now + 1_000, slot=slot, again=again and bool(slot))

    def shown(self) -> Scene:
        assert self.at is not None
        return present_first(self.at.state, "", same)

    @invariant()
    def promises(self) -> None:
        at = getattr(self, "at", None)
        if at is None:
            return
        state = at.state
        assert at.camera is (state.place is FirstPlace.CAMERA and not state.left)
        assert not at.sound or (state.place is FirstPlace.SOUND and not state.left)
        assert not state.progress.done & state.progress.later
        if state.place in (FirstPlace.CALL, FirstPlace.TEAM, FirstPlace.PERSON, FirstPlace.SET_UP):
            assert state.slot or state.left, "past its PIN nobody goes on without one"
        if state.place in PAGES and state.data.slots and not state.left and state.finishing is None:
            assert state.slot
        if state.cursor is not None and not direct(state) and answers(state):
            assert state.cursor < len(answers(state))
        for one in at.effects:
            if isinstance(one, ChangeSetting):
                assert one.key in (pages.LANGUAGE, pages.WIDTH, pages.VOLUME)
                assert one.whose == ""
            if isinstance(one, WriteCallText):
                assert [code for code, _way in one.choice.chosen] == [
                    at.handed.language,
                    *(code for code in LANGUAGES if code != at.handed.language),
                ]
        at.effects.clear()
        if at.gone is not None:
            assert state.left
            self.at, self.last = None, at
        elif not state.left:
            self.shown()


TestAnyStart = AnyStart.TestCase
TestAnyStart.settings = settings(max_examples=50, stateful_step_count=40, deadline=None)


def choose(at: World, answer: str) -> None:
    """Give ``answer`` with as many presses as it takes."""
    if direct(at.state):
        at.press((Button.GREEN, Button.AMBER)[answers(at.state).index(answer)])
        return
    while at.state.cursor is None or answers(at.state)[at.state.cursor] != answer:
        at.press(Button.AMBER)
    at.press(Button.GREEN)


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        (FirstPlace.SCREEN, pages.LATER),
        (FirstPlace.CAMERA, pages.LATER),
        (FirstPlace.SOUND, pages.LATER),
        (FirstPlace.CALL, pages.LATER),
        (FirstPlace.DATE, pages.LATER),
        (FirstPlace.TEAM, pages.LATER),
        (FirstPlace.PERSON, pages.LATER),
    ],
)
def test_every_page_that_no_rule_needs_can_be_left_for_later(place: FirstPlace, answer: str) -> None:
    """It is kept as left, and the next page comes; nothing of it is asked at the next start by itself."""
    done = frozenset(PAGES[: PAGES.index(place)])
    at = World(data(progress=FirstProgress(done), slots=(THERAPIST,)), slot=ME)
    assert at.state.place is place
    at.see()
    choose(at, answer)
    at.store()
    assert at.stored.progress is not None
    assert place in at.stored.progress.later
    assert at.state.place is not place
    after = at.cut()
    assert after is None or place not in after.state.walk
    assert place in pages_left(at.stored)


def test_the_pin_is_only_left_by_going_back() -> None:
    """A desk that is left leads one page back; both together lead to the desk itself."""
    place = FirstPlace.PIN
    at = World(data(progress=FirstProgress(frozenset(PAGES[: PAGES.index(place)]))))
    at.press(Button.GREEN)
    assert at.state.place is place
    assert not answers(at.state)
    at.send(DeskLeft())
    assert at.gone is not None


def test_what_is_there_already_is_not_asked_for() -> None:
    """A clock that the network sets, a nurse who was added at the desk, a call text in the settings file."""
    kiosk = data(clock_known=True, clock_by_network=True, slots=(NURSE, THERAPIST), call_text=("Call 1",))
    at = World(kiosk, slot=ME)
    missing = {FirstPlace.DATE, FirstPlace.PIN, FirstPlace.CALL, FirstPlace.TEAM}
    assert not missing & set(at.state.walk)
    again = World(kiosk, slot=ME, again=True)
    assert {FirstPlace.CALL, FirstPlace.TEAM} <= set(again.state.walk), "who goes through it again sees these too"


@pytest.mark.parametrize(
    ("changes", "fresh", "comes"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"slots": (THERAPIST,)}, True, False),
        ({"bound": True}, True, False),
        ({"progress": FirstProgress(frozenset((FirstPlace.LANGUAGE,)))}, False, True),
        ({"progress": FirstProgress(frozenset((FirstPlace.LANGUAGE,))), "bound": True}, False, False),
        ({"progress": FirstProgress(over=True)}, True, False),
    ],
)
def test_it_comes_by_itself_only_where_nobody_has_a_kiosk_yet(
    changes: dict[str, object], fresh: bool, comes: bool
) -> None:
    """A new record; or one whose first start was cut off, as long as nobody is set up."""
    assert comes_by_itself(data(**changes), fresh=fresh) is comes


@pytest.mark.parametrize("text", ["", "{", '{"done": 3}', "[]", '{"done": ["x"], "over": 1}', "\\ud800"])
def test_a_progress_that_cannot_be_read_is_over(text: str) -> None:
    """Nobody is surprised by half a row."""
    found = progress_of(text)
    assert found == FirstProgress(over=True)


def test_a_progress_comes_back_as_it_was_kept() -> None:
    """Pages of another version are passed over."""
    kept = FirstProgress(frozenset(PAGES[:3]), frozenset(PAGES[3:5]), True)
    assert progress_of(text_of_progress(kept)) == kept
    assert progress_of('{"done": ["language", "weather"]}') == FirstProgress(frozenset((FirstPlace.LANGUAGE,)))
    assert progress_of(None) is None


def test_noughts_alone_are_no_number() -> None:
    """Said, and asked once more; a number with noughts in it is one."""
    at = World(data(progress=FirstProgress(frozenset(PAGES[:7])), slots=(THERAPIST,)), slot=ME)
    choose(at, pages.OWN)
    choose(at, "3")
    for digit in (0, 0, 0):
        at.send(Typed(digit, at.now))
    assert (at.state.message, at.state.place) == (pages.ZERO, FirstPlace.CALL_NUMBER)
    for digit in (0, 0, 7):
        at.send(Typed(digit, at.now))
    assert (at.state.call.number, at.state.place) == ("007", FirstPlace.CALL_WORDS)


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("number", ["", "112", "123456789012"])
def test_words_on_whom_to_call_fit_the_setting_in_every_language(code: str, number: str) -> None:
    """At most four lines of at most 60 characters, its mark included; in other languages than English translated."""
    for way in ways(number):
        found = lines(way, number, words(code))
        assert len(found) <= 4
        assert all(0 < len(f"{code}: {line}") <= 60 for line in found)
        assert code == "en" or not set(found) & set(lines(way, number, same))


def test_every_page_has_a_name_and_a_place() -> None:
    """A page without one would be told as nothing on Status."""
    assert set(page_words(same)) == set(PAGES)
    assert {page for page in PAGES if fulfilled(page, data()) or needless(page, data())} == set()
    assert START > 0


def test_a_press_answers_no_page_that_was_not_on_the_screen_yet() -> None:
    """The card took too long at the very moment of a press: what is said of that is read first."""
    at = World(data())
    choose(at, "en")
    at.press(Button.GREEN, machine.STORE_MS)
    before = at.state.place
    at.press(Button.GREEN)
    assert (before, at.state.place) == (FirstPlace.NOT_STORED, FirstPlace.SCREEN)


def test_a_page_of_the_desk_that_is_not_stored_yet_waits_and_is_then_finished() -> None:
    """The date is set and handed over; only once it is stored the page counts."""
    at = World(data(progress=FirstProgress(frozenset(PAGES[:5]))))
    at.press(Button.GREEN)
    choose(at, pages.GO)
    assert at.state.place in AT_DESK
    at.answer_desk(stored=False)
    assert not any(isinstance(one, KeepProgress) for one in at.effects)
    assert at.stored.progress is not None
    assert FirstPlace.DATE not in at.stored.progress.done
    at.answer_desk()
    at.store()
    assert FirstPlace.DATE in at.stored.progress.done
    assert at.state.place is FirstPlace.PIN


def test_the_first_page_speaks_every_language_until_one_is_pointed_at() -> None:
    """Its buttons were called in English, though nothing was chosen yet; then they are called as in that language."""
    at = World(data(keys=True))
    strip, text = present_first(at.state, "", words("en")).strip, str(present_first(at.state, "", words("en")))
    assert (strip.green, strip.amber, strip.red) == ("", "Nächstes · Next · Siguiente", "Später · Later · Más tarde")
    for language in LANGUAGES:
        assert words(language)("Keys: SPACE is green, TAB amber, ESC red.") in text
    for language in at.state.data.languages:
        at.press(Button.AMBER)
        strip = present_first(at.state, "", words("en")).strip
        assert strip == Strip(*(words(language)(text) for text in ("Choose", "Next", "Later")))


def test_the_page_of_staff_names_nobody_where_nobody_is() -> None:
    """It said "So far: ."."""
    at = World(data(progress=FirstProgress(frozenset(PAGES[:8]))))
    state = replace(at.state, place=FirstPlace.TEAM)
    assert "Nobody has a PIN yet." in str(present_first(state, "", str))
    named = replace(state, data=replace(state.data, slots=(THERAPIST,)))
    assert "So far: Therapist 1." in str(present_first(named, "", words("en")))
