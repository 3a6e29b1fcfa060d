"""Rule k, led: what a set leaves in the record, item by item, and that it is no practice."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.bedside.looking_back import looked_back
from kiosk.bedside.persons import person_row
from kiosk.bedside.sessions import interrupted, practised_last_week, today
from kiosk.bedside.standard import set_offer
from kiosk.care.model import Movement, Permission
from kiosk.care.person import Person
from kiosk.care.plan import compile_plan
from kiosk.care.rules import may
from kiosk.care.standard import AT_REST, MOVEMENTS, SET, NotAsked, SetItem, not_asked, set_for
from kiosk.care.today import Today
from kiosk.clock import instant
from kiosk.desk.pin import hash_pin
from kiosk.face import replay
from kiosk.face.model import Measure
from kiosk.home.looking_back import weeks_back
from kiosk.menus import staff
from kiosk.menus.standard_menu import BEGIN, STANDARD_SET
from kiosk.rows.kinds import Forget, SetItemRow, StaffRow
from kiosk.rows.standard import lines_of
from kiosk.runtime.session_mode import SessionMode
from kiosk.runtime.staff_mode import StaffMode
from kiosk.runtime.standard import SetRows
from kiosk.session.effects import Began, RepetitionDone, StepBegan, StepEnded
from kiosk.session.model import Answer, EndReason, SessionPhase
from kiosk.signals import Button, Chord, Closed, Signal, Typed
from tests.care import people
from tests.care.people import shipped
from tests.menus.menus import PIN
from tests.patience import PATIENCE_S
from tests.records.helpers import rows_in
from tests.runtime.eyes import Eyes
from tests.runtime.test_filming import Recording
from tests.runtime.test_first_questions import Kiosk
from tests.runtime.test_measuring import Watched
from tests.runtime.test_session_mode import DAY
from tests.session.plans import context
from tests.session.walk import Walk

PARETIC = replace(people.PARETIC, full_eye_closure=True)
FLACCID = replace(people.FLACCID, full_eye_closure=True)
DRAWN = replace(PARETIC, permissions=(Permission.REPLAYS,))
SALT = b"\1" * 16
SMILE_ONLY = tuple(tick for tick in people.TICKS if tick.movement is Movement.SMILE)


class AtSet(Watched):
    """A standard set that is led, past its check-in."""

    def begin(self, person: Person, eyes: Eyes | None = None, name: str = "seen") -> None:
        self.eyes = eyes or Eyes()
        self.eyes.now_ms = self.clock.now_ms
        self.store.put(person_row(person))
        programme = set_for(shipped(), person)
        assert programme is not None
        plan = compile_plan(shipped(), person, programme, self.today(person))
        made = context(session_id=name, person=person.code, side=person.side, stage=person.stage, eye_reminder=False)
        self.ports = dataclasses.replace(self.ports, sight=self.eyes)
        self.led = SessionMode(self.ports, person, plan, made, DAY, led_by="therapist-1")
        self.answer(Answer.YES)
        self.clock.advance(14_000)
        self.led.tick(self.clock.now_ms())
        for answer in (Answer.NONE, Answer.NONE, Answer.FRESH):
            self.answer(answer)
        if self.led.session.phase is SessionPhase.LINKED:
            self.answer(Answer.NO)

    def today(self, person: Person) -> Today:
        return today(self.store.read(), shipped(), person, instant(self.clock))

    def finish(self) -> None:
        self.play()
        while self.led.session.phase is not SessionPhase.DONE:
            self.answer(Answer.NONE if self.led.session.phase is SessionPhase.PAIN_AFTER else Answer.NO)

    def items(self, name: str = "seen") -> dict[str, SetItemRow]:
        self.settle()
        return {row.item: row for row in self.store.read().set_items(name)}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[AtSet]:
    made = AtSet(tmp_path / "data")
    yield made
    made.store.close(PATIENCE_S)


def test_a_whole_set_leaves_a_row_for_each_item(bench: AtSet) -> None:
    """Asked, with the reach of both sides in mm and their ratio; no lines without the consent to line drawings."""
    bench.begin(PARETIC, Eyes(2.0, 4.0))
    bench.finish()
    found = bench.items()
    assert list(found) == [item.value for item in SetItem]
    assert all(row.asked and not row.not_asked_reason and row.by == "therapist-1" for row in found.values())
    smile = found["smile"]
    assert smile.excursion_left_mm == pytest.approx(2.0, abs=0.1)
    assert smile.excursion_right_mm == pytest.approx(4.0, abs=0.1)
    assert smile.symmetry_ratio == pytest.approx(0.5, abs=0.05)
    assert smile.quality == "good"
    assert {row.lines for row in found.values()} == {""}
    rest = found["rest"]
    assert (rest.excursion_left_mm, rest.quality, rest.repetition) == (None, "", 0)
    assert bench.led.row is not None
    assert (bench.led.row.programme, bench.led.row.end_reason, bench.led.row.camera_used) == (SET, "completed", True)


def test_what_was_not_seen_is_absent_and_says_why(bench: AtSet) -> None:
    """Rule 10: absent rather than doubtful."""
    eyes = Eyes()
    eyes.blind_from_ms = 0
    bench.begin(PARETIC, eyes)
    bench.finish()
    smile = bench.items()["smile"]
    assert (smile.asked, smile.excursion_left_mm, smile.symmetry_ratio) == (True, None, None)
    assert (smile.quality, smile.quality_reason) == ("none", "not-watched")


def test_the_lines_of_the_face_are_kept_with_consent_alone(bench: AtSet) -> None:
    """At rest and in the hold of each movement, within a cell; taken back, they go, and the measures stay."""
    bench.begin(DRAWN, Recording())
    bench.finish()
    found = bench.items()
    for row in found.values():
        lines = lines_of(row.lines)
        assert [len(line) for line in lines] == [len(line) for line in replay.LINES.values()]
        assert len(row.lines) < 2_000
    bench.store.put(Forget(DRAWN.code, "replays"))
    after = bench.items()
    assert {row.lines for row in after.values()} == {""}
    assert after["smile"].excursion_left_mm == found["smile"].excursion_left_mm is not None


def test_what_is_not_ticked_is_stored_as_not_asked(bench: AtSet) -> None:
    bench.begin(replace(PARETIC, ticks=SMILE_ONLY))
    bench.finish()
    found = bench.items()
    assert {name for name, row in found.items() if row.asked} == {"rest", "smile"}
    assert {found[name].not_asked_reason for name in ("closure", "oo", "brow")} == {NotAsked.NOT_TICKED.value}


def test_flaccid_rests_before_the_camera_and_that_is_no_active_session(bench: AtSet) -> None:
    """The face is drawn, nothing is asked of it, and movement of the day is as it was."""
    bench.begin(replace(FLACCID, permissions=(Permission.REPLAYS,)), Recording())
    bench.finish()
    found = bench.items()
    assert {name for name, row in found.items() if row.asked} == {"rest"}
    assert {found[name].not_asked_reason for name in ("closure", "smile", "oo", "brow")} == {NotAsked.FLACCID.value}
    assert found["rest"].lines
    assert bench.led.row is not None
    assert bench.led.row.programme == AT_REST
    assert bench.today(FLACCID).active_begun_today == 0


def test_where_movement_is_closed_a_set_at_rest_is_offered_and_says_so(bench: AtSet) -> None:
    """A first set need not wait for three months, or for a graft that never opens."""
    person = replace(PARETIC, graft=True)
    offer = set_offer(bench.store.read(), shipped(), person, bench.today(person))
    assert offer is not None
    assert (offer.verdict.open, offer.at_rest) == (False, True)
    assert set(dict(offer.left_out).values()) == {NotAsked.LOCKED}
    plan = compile_plan(shipped(), person, shipped().sets[AT_REST], bench.today(person))
    assert set(not_asked(person, plan).values()) == {NotAsked.LOCKED}
    doubted = dataclasses.replace(bench.today(person), doubted=True)
    for who in (person, FLACCID):
        closed = set_offer(bench.store.read(), shipped(), who, doubted)
        assert closed is not None
        assert (closed.verdict.open, closed.at_rest) == (False, False)


def test_a_set_counts_among_the_day_s_active_sessions(bench: AtSet) -> None:
    """After it, movement rests for an hour; the third of a day is the last."""
    bench.begin(PARETIC)
    bench.finish()
    bench.settle()
    day = bench.today(PARETIC)
    assert day.active_begun_today == 1
    for programme in (shipped().programmes["first-movements"], shipped().sets[SET]):
        assert {reason.code for reason in may(PARETIC, programme, day).reasons} == {"gap"}


def test_it_is_no_practice(bench: AtSet) -> None:
    """No dot on the calendar, no ratio that a cue goes by, no session to compare with, nothing to go on with."""
    bench.begin(PARETIC, Eyes(2.0, 4.0))
    bench.play(until=lambda: bench.led.session.step == 3)
    bench.led.hear(Closed(), bench.clock.now_ms())
    bench.settle()
    reader, at = bench.store.read(), instant(bench.clock)
    day = bench.today(PARETIC)
    assert bench.items()["closure"].asked
    assert day.practised_on == frozenset()
    assert not looked_back(reader, shipped(), PARETIC.code, weeks_back(day)).practised
    assert reader.ratios(PARETIC.code, "small-smile", 5) == []
    assert interrupted(reader, shipped(), PARETIC, day, at) is None
    bench.clock.advance(8 * 24 * 3_600_000)
    assert not practised_last_week(reader, PARETIC.code, instant(bench.clock))


def test_red_stops_it_at_once_and_what_was_not_reached_says_so(bench: AtSet) -> None:
    bench.begin(PARETIC)
    bench.play(until=lambda: bench.led.session.current.exercise == "small-smile" and bench.led.session.open)
    bench.press(Button.RED)
    assert bench.led.session.end is EndReason.STOPPED
    found = bench.items()
    assert [name for name, row in found.items() if row.asked] == ["rest", "closure", "smile"]
    assert {found[name].not_asked_reason for name in ("oo", "brow")} == {NotAsked.NOT_REACHED.value}
    assert found["smile"].quality == ""


def test_pain_ends_it_and_movement_for_the_day(bench: AtSet) -> None:
    """Rule 5, as everywhere: what is left out keeps the session's word."""
    bench.begin(PARETIC)
    bench.play(until=lambda: bench.led.session.current.exercise == "small-smile" and bench.led.session.open)
    bench.clock.advance(2_000)
    bench.press(Button.AMBER)
    bench.clock.advance(20_000)
    bench.led.tick(bench.clock.now_ms())
    bench.answer(Answer.PAIN)
    bench.answer(Answer.SHARP)
    assert bench.led.person.pain_locked
    found = bench.items()
    assert found["oo"].not_asked_reason == "pain"
    assert not found["brow"].asked


def test_nobody_is_coached_in_a_set(bench: AtSet) -> None:
    """Every set has to be like the others: no word in the rests, whatever was seen."""
    bench.begin(PARETIC, Eyes(0.5, 6.0))
    bench.finish()
    assert bench.spoken == []


def test_the_desk_is_told_what_a_set_would_ask_and_when_there_was_one(bench: AtSet) -> None:
    before = set_offer(bench.store.read(), shipped(), PARETIC, bench.today(PARETIC))
    assert before is not None
    assert (before.verdict.open, before.left_out, before.last, before.draws) == (True, (), "", False)
    assert 4 <= before.minutes <= 7
    bench.begin(PARETIC)
    bench.finish()
    bench.settle()
    after = set_offer(bench.store.read(), shipped(), PARETIC, bench.today(PARETIC))
    assert after is not None
    assert not after.verdict.open
    assert after.last


class Ward(Kiosk):
    """A kiosk bound to somebody, with a nurse who has a PIN."""

    def __init__(self, data: Path, person: Person) -> None:
        super().__init__(data, person)
        self.store.put(StaffRow("nurse-1", "nurse", "Nurse 1", SALT.hex(), hash_pin(PIN, SALT)))
        assert self.store.flush(PATIENCE_S)

    def enter(self) -> StaffMode:
        """Come in at the desk."""
        self.hear(Chord(self.clock.now_ms()))
        self.press(Button.GREEN)
        for digit in PIN:
            self.hear(Typed(int(digit), self.clock.now_ms()))
        for signal in (*self.store.drain(self.clock.now_ms()), *self.runtime._ports.workshop.drain(0)):
            self.hear(signal)
        mode = self.runtime._mode
        assert isinstance(mode, StaffMode)
        return mode

    def hear(self, signal: Signal) -> None:
        self.runtime.hear(signal, self.clock.now_ms())
        assert self.store.flush(PATIENCE_S)
        for stored in self.store.drain(self.clock.now_ms()):
            self.runtime.hear(stored, self.clock.now_ms())

    def choose(self, mode: StaffMode, answer: str) -> None:
        while (found := staff.options(mode.state))[mode.state.frame.cursor or 0] != answer:
            assert answer in found
            self.press(Button.AMBER)
        self.press(Button.GREEN)


@pytest.mark.parametrize(("person", "programme"), [(PARETIC, SET), (FLACCID, AT_REST)])
def test_from_the_desk_to_the_person_s_first_question(tmp_path: Path, person: Person, programme: str) -> None:
    """Staff begin it; identity comes first; whoever led it stands in the audit trail."""
    kiosk = Ward(tmp_path, person)
    desk = kiosk.enter()
    kiosk.choose(desk, STANDARD_SET)
    kiosk.choose(desk, BEGIN)
    led = kiosk.runtime._mode
    assert isinstance(led, SessionMode)
    assert led.session.plan.programme == programme
    assert kiosk.runtime.scene(kiosk.clock.now_ms()).name == "session-identity"
    assert kiosk.store.flush(PATIENCE_S)
    assert rows_in(kiosk.data, "SELECT detail_code, patient_code FROM events WHERE code = 'set.begun'") == [
        ("nurse-1", person.code)
    ]
    assert kiosk.store.close(PATIENCE_S)


PRESSES = st.sampled_from(Button)
MOMENTS = st.lists(st.tuples(PRESSES, st.integers(200, 20_000)), max_size=60)


@pytest.mark.parametrize("person", [PARETIC, FLACCID, replace(PARETIC, ticks=SMILE_ONLY)])
@given(calm=st.integers(0, 40), moments=MOMENTS)
@settings(deadline=None, max_examples=60)
def test_whatever_is_pressed_each_item_was_asked_or_says_why_not(
    person: Person, calm: int, moments: list[tuple[Button, int]]
) -> None:
    """Five rows from the beginning on; nothing is asked that is not ticked; what was asked stays asked."""
    programme = set_for(shipped(), person)
    assert programme is not None
    walk = Walk.of_programme(person, programme.id)
    walk.check_in()
    walk.wait(calm * 5_000)
    for button, wait_ms in moments:
        if walk.session.phase is SessionPhase.CLOSED:
            break
        walk.press(button)
        walk.wait(wait_ms)
    kept = SetRows(person, "nurse-1")
    rows: dict[str, SetItemRow] = {}
    asked: set[str] = set()
    for _, effect in walk.effects:
        if isinstance(effect, Began | StepBegan | RepetitionDone | StepEnded):
            rows |= {row.item: row for row in kept.rows(effect, walk.session, Measure())}
            now = {item for item, row in rows.items() if row.asked}
            assert asked <= now
            asked = now
    ticked = {item.value for item, movement in MOVEMENTS.items() if movement in {t.movement for t in person.ticks}}
    assert list(rows) == [item.value for item in SetItem]
    assert asked <= (set() if person is FLACCID else ticked) | {"rest"}
    for row in rows.values():
        assert row.asked == (row.not_asked_reason == "")
        assert (row.step_order is not None) == row.asked
        assert row.asked or (row.repetition, row.quality, row.lines) == (None, "", "")
