"""A led session in a real store: every repetition is a row, acknowledged only after its commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.care.model import Side, Stage, StepKind
from kiosk.care.person import PainAt, Person
from kiosk.clock import ClockStatus, SimClock
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.lights import SimLights
from kiosk.devices.sound_sim import SimSound
from kiosk.paths import assets
from kiosk.plans.plan import person_of
from kiosk.records.store import Store
from kiosk.runtime.ports import Ports, Workshop
from kiosk.runtime.session_mode import SessionMode
from kiosk.session.model import PAIN_SCALE, Answer, SessionPhase
from kiosk.session.questions import amber_answer, choices, green_answer
from kiosk.session.timeline import middle_ms
from kiosk.signals import Button, Closed, FaceState, Press
from tests.patience import PATIENCE_S
from tests.session.plans import context, movement, plan, relax, release

PERSON = Person(code="AB3D7", stage=Stage.PARETIC, side=Side.LEFT)
DAY = date(2026, 3, 2)


class Bench:
    """A led session with everything simulated but the store."""

    def __init__(self, data: Path, trust: ClockStatus = ClockStatus.NTP) -> None:
        self.clock = SimClock(trust=trust)
        self.store = Store.open(data, self.clock)
        self.sound = SimSound(self.clock)
        self.camera = SimCamera(self.clock, assets() / "demo" / "face.mp4")
        self.ports = Ports(
            clock=self.clock,
            store=self.store,
            sound=self.sound,
            camera=self.camera,
            lights=SimLights(),
            workshop=Workshop(aside=False),
        )
        self.led = SessionMode(self.ports, PERSON, plan(relax(), movement()), context(), DAY)

    def settle(self) -> None:
        """Everything handed over is stored and acknowledged."""
        assert self.store.flush(PATIENCE_S)
        for signal in self.store.drain(self.clock.now_ms()):
            self.led.hear(signal, self.clock.now_ms())

    def press(self, button: Button) -> None:
        self.led.hear(Press(button, self.clock.now_ms()), self.clock.now_ms())

    def answer(self, wanted: Answer) -> None:
        """Give ``wanted``, once it was heard."""
        session = self.led.session
        if session.phase in (SessionPhase.PAIN_BEFORE, SessionPhase.PAIN_AFTER) and wanted in PAIN_SCALE[1:]:
            self.press(Button.AMBER)
        elif wanted is green_answer(session):
            self.hear_out()
            self.press(Button.GREEN)
            return
        elif wanted is amber_answer(session):
            self.press(Button.AMBER)
            return
        while self.led.session.cursor is None or choices(self.led.session)[self.led.session.cursor] is not wanted:
            self.press(Button.AMBER)
        self.press(Button.GREEN)

    def hear_out(self) -> None:
        """Wait until green works, by passes of the loop."""
        while not self.led.session.lit:
            self.tick_on()

    def tick_on(self) -> None:
        """Pass the time until something is due."""
        due = self.led.deadline_ms(self.clock.now_ms())
        assert due is not None
        self.clock.advance(max(0, due - self.clock.now_ms()))
        self.led.tick(self.clock.now_ms())

    def wait_for(self, phase: SessionPhase) -> None:
        while self.led.session.phase is not phase:
            self.tick_on()

    def check_in(self) -> None:
        self.answer(Answer.YES)
        self.answer(Answer.NONE)
        self.answer(Answer.MILD)
        self.answer(Answer.FRESH)
        self.answer(Answer.NO)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "data")
    yield made
    made.store.close(PATIENCE_S)


def test_a_whole_session_is_in_the_record(bench: Bench) -> None:
    """Session, steps, repetitions and ratings, as the export needs them."""
    bench.check_in()
    bench.wait_for(SessionPhase.PAIN_AFTER)
    bench.answer(Answer.NONE)
    bench.answer(Answer.NO)
    bench.settle()
    assert bench.led.session.all_stored
    (row,) = bench.store.read().sessions("AB3D7", 10)
    assert (row.end_reason, row.planned_steps_count, row.done_steps_count) == ("completed", 2, 2)
    assert (row.pain_before_0_3, row.pain_after_0_3, row.tiredness_0_3) == (1, 0, 0)
    assert row.active_duration_s == pytest.approx((50_000 + 48_000) / 1000)
    steps = bench.store.read().steps("s1")
    assert [(s.exercise, s.done_repetitions_count, s.skipped) for s in steps] == [
        ("jaw-loose", 1, False),
        ("closed-smile", 3, False),
    ]
    assert len(bench.store.read().repetitions("s1")) == 4
    assert {r.item for r in bench.store.read().ratings("s1")} == {"pain_before", "pain_after", "tiredness"}


def test_the_last_screen_says_saved_only_after_the_commit(bench: Bench) -> None:
    """Acknowledged means stored."""
    bench.check_in()
    assert not bench.led.session.all_stored
    bench.settle()
    assert bench.led.session.all_stored


def test_pain_closes_movement_for_the_person_in_the_same_breath(bench: Bench) -> None:
    """Rule 5: a power cut right after must not open it again."""
    bench.check_in()
    bench.wait_for(SessionPhase.STEP)
    bench.press(Button.AMBER)
    bench.answer(Answer.PAIN)
    at = PainAt(boot_id=bench.clock.boot_id, t_boot_ms=bench.clock.now_ms())
    bench.answer(Answer.SHARP)
    bench.settle()
    row = bench.store.read().person("AB3D7")
    assert row is not None
    hurt = person_of(row.profile, row.patient_code)
    assert (hurt.pain_locked, hurt.pain_locked_on, hurt.pain_at) == (True, DAY, at)
    assert [line.code for line in bench.store.read().inbox("T1")] == ["pain-lock"]


def test_a_stop_by_mistake_is_open_again_in_the_record(bench: Bench) -> None:
    """The row that said "stopped" says nothing again until the session really ends."""
    bench.check_in()
    bench.wait_for(SessionPhase.STEP)
    bench.press(Button.RED)
    bench.settle()
    stopped = bench.store.read().sessions("AB3D7", 1)[0]
    assert stopped.end_reason == "stopped"
    bench.answer(Answer.MISTAKE)
    bench.settle()
    running = bench.store.read().sessions("AB3D7", 1)[0]
    assert (running.end_reason, running.end_boot_ms) == (None, None)
    assert running.revision > stopped.revision


@pytest.mark.parametrize(("late_ms", "heard"), [(0, True), (80, True), (200, False)])
def test_a_cue_that_a_slow_turn_makes_late_is_not_said(bench: Bench, late_ms: int, heard: bool) -> None:
    """It would be heard as belonging to what follows; what counts is the moment it was planned for."""
    bench.check_in()
    bench.wait_for(SessionPhase.STEP)
    step = bench.led.session.current
    middle = bench.led.session.anchor_ms + middle_ms(step)
    while (due := bench.led.deadline_ms(bench.clock.now_ms())) is not None and due < middle:
        bench.clock.advance(max(1, due - bench.clock.now_ms()))
        bench.led.tick(bench.clock.now_ms())
    bench.clock.advance(middle + late_ms - bench.clock.now_ms())
    bench.led.tick(bench.clock.now_ms())
    bench.clock.advance(5_000)
    bench.sound.drain(bench.clock.now_ms())
    assert (step.prompt_middle in [one.name for one in bench.sound.heard]) is heard


def test_a_refused_check_in_leaves_no_session(bench: Bench) -> None:
    """Red flags: no session, but a line for staff."""
    bench.answer(Answer.YES)
    bench.press(Button.AMBER)
    bench.settle()
    assert bench.store.read().sessions("AB3D7", 10) == []
    assert [line.code for line in bench.store.read().inbox("T1")] == ["red-flag"]


def test_an_unset_clock_leaves_the_civil_end_open(tmp_path: Path) -> None:
    """Rule 15: what nobody knows is not written down as if it were known."""
    bench = Bench(tmp_path / "data", ClockStatus.UNSET)
    bench.check_in()
    bench.wait_for(SessionPhase.STEP)
    bench.led.hear(Closed(), bench.clock.now_ms())
    bench.settle()
    row = bench.store.read().sessions("AB3D7", 1)[0]
    assert (row.end_reason, row.end_utc, row.wall_uncertainty_s) == ("fault", None, None)
    bench.store.close(PATIENCE_S)


def test_the_camera_is_open_only_from_check_in_to_check_out(bench: Bench) -> None:
    """Nobody is watched while they answer questions."""
    bench.answer(Answer.YES)
    assert not bench.camera.is_open
    bench.led = SessionMode(bench.ports, PERSON, plan(relax(), movement()), context(session_id="s2"), DAY)
    seen = []
    bench.check_in()
    seen.append(bench.camera.is_open)
    bench.wait_for(SessionPhase.PAIN_AFTER)
    seen.append(bench.camera.is_open)
    assert seen == [True, False]


def test_the_screen_follows_the_camera_only_where_it_shows_or_judges_the_face(bench: Bench) -> None:
    """Else each picture of the camera would have the screen drawn anew, where hands or rest need none."""
    looks: dict[str, bool] = {}

    def note(name: str) -> None:
        looks[name] = bench.led.looks

    steps = relax(), movement(), release()
    bench.led = SessionMode(bench.ports, PERSON, plan(*steps), context(session_id="s2"), DAY)
    note("question")
    bench.check_in()
    bench.wait_for(SessionPhase.SETTLE_IN)
    note("settling, a mirror to come")
    for step in steps:
        while bench.led.session.phase is not SessionPhase.STEP or bench.led.session.current.kind is not step.kind:
            bench.tick_on()
        note(step.kind.value)
        if step.kind is StepKind.MOVEMENT:
            for present, phase in ((False, SessionPhase.FACE_AWAY), (True, SessionPhase.STEP)):
                bench.led.hear(FaceState(present, bench.clock.now_ms()), bench.clock.now_ms())
                bench.wait_for(phase)
                note(phase.value)
        bench.press(Button.AMBER)
        note(f"{step.kind.value}, paused")
        bench.answer(Answer.GO_ON)
    bench.led = SessionMode(bench.ports, PERSON, plan(relax()), context(session_id="s3"), DAY)
    bench.check_in()
    bench.wait_for(SessionPhase.SETTLE_IN)
    note("settling, no mirror to come")
    assert {name for name, does in looks.items() if does} == {
        "settling, a mirror to come",
        "movement",
        "face-away",
        "step",
    }
    assert {name for name, does in looks.items() if not does} == {
        "question",
        "settling, no mirror to come",
        "relax",
        "relax, paused",
        "movement, paused",
        "release",
        "release, paused",
    }


@pytest.mark.parametrize(
    ("hour", "trust", "minutes"),
    [(0, ClockStatus.NTP, 120), (1, ClockStatus.STAFF, 60), (1, ClockStatus.UNSET, None)],
)
def test_a_session_keeps_the_zone_and_the_offset_of_its_moment(
    tmp_path: Path, hour: int, trust: ClockStatus, minutes: int | None
) -> None:
    """Summer time ends between the first two; the kiosk moves on afterwards. An offset of no known day is none."""
    bench = Bench(tmp_path / "data", trust)
    bench.clock.wall = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    bench.store.look_at_clock()
    bench.clock.stands_in = ZoneInfo("Europe/Berlin")
    bench.check_in()
    bench.clock.stands_in = ZoneInfo("America/New_York")
    bench.wait_for(SessionPhase.PAIN_AFTER)
    assert bench.store.close(PATIENCE_S)
    with sqlite3.connect(tmp_path / "data" / "kiosk.db") as record:
        assert record.execute("SELECT tz, utc_offset_min FROM sessions").fetchall() == [("Europe/Berlin", minutes)]
