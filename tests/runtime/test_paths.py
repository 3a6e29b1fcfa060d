"""Sessions that were cut, refused or left alone: what the record says, and what is offered afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.bedside.sessions import interrupted
from kiosk.bedside.sessions import today as day_of
from kiosk.care.model import Plan, Region
from kiosk.care.plan import compile_plan
from kiosk.care.rules import pain_locked
from kiosk.care.today import Today
from kiosk.clock import instant
from kiosk.rows.kinds import Row
from kiosk.runtime.session_mode import SessionMode
from kiosk.session.effects import Leave
from kiosk.session.model import Answer, SessionPhase
from kiosk.session.questions import answers
from kiosk.signals import Button, Closed
from tests.care.people import SYNKINETIC, shipped, today
from tests.patience import PATIENCE_S
from tests.runtime.test_session_mode import DAY, PERSON, Bench
from tests.session.plans import context, movement, plan, relax

HOUR_MS = 3_600_000


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "data")
    yield made
    made.store.close(PATIENCE_S)


def go_by(bench: Bench, seconds: int) -> None:
    """A pass every second, as the loop makes them while a ring runs."""
    for _ in range(seconds):
        bench.clock.advance(1_000)
        bench.led.tick(bench.clock.now_ms())


def phase(bench: Bench) -> SessionPhase:
    return bench.led.session.phase


def saved(bench: Bench) -> bool:
    return bench.led.session.all_stored


def cut(bench: Bench) -> None:
    """The kiosk closes, and everything is stored."""
    bench.led.hear(Closed(), bench.clock.now_ms())
    bench.settle()


def cut_releases(bench: Bench, *regions: Region) -> Plan:
    """A session of releases for ``regions``, the tightest first, cut in its first step; returns its plan."""
    made = compile_plan(shipped(), SYNKINETIC, shipped().programmes["releases"], today(), regions=regions)
    about = context(person=SYNKINETIC.code, side=SYNKINETIC.side, stage=SYNKINETIC.stage)
    tightness = tuple((region, 3 - n) for n, region in enumerate(regions))
    bench.led = SessionMode(bench.ports, SYNKINETIC, made, about, DAY, tightness)
    bench.answer(Answer.YES)
    go_by(bench, 14)
    for wanted in (Answer.NONE, Answer.NONE, Answer.FRESH):
        bench.answer(wanted)
    bench.wait_for(SessionPhase.STEP)
    go_by(bench, 16)
    assert (bench.led.session.phase, bench.led.session.step) == (SessionPhase.STEP, 0)
    cut(bench)
    return made


# Going on after a cut.


@pytest.mark.parametrize(
    "regions",
    [(Region.CHIN_JAW, Region.CHEEK_MOUTH_CORNER), (Region.CHEEK_MOUTH_CORNER, Region.CHIN_JAW), (Region.CHIN_JAW,)],
)
def test_releases_cut_in_their_first_region_go_on_as_the_same_session(
    bench: Bench, regions: tuple[Region, ...]
) -> None:
    """What comes after the cut is what the person had chosen, in the same order."""
    made = cut_releases(bench, *regions)
    found = interrupted(bench.store.read(), shipped(), SYNKINETIC, today(), instant(bench.clock))
    assert found is not None
    assert found[1].steps == made.steps
    assert found[0].step == 0


@pytest.mark.parametrize(("hours", "offered"), [(11, True), (13, False), (21 * 24, False)])
def test_a_cut_session_is_offered_for_half_a_day_and_no_longer(bench: Bench, hours: int, offered: bool) -> None:
    """Whoever comes back weeks later begins anew."""
    cut_releases(bench, Region.CHIN_JAW)
    bench.clock.advance(hours * HOUR_MS)
    reader, at = bench.store.read(), instant(bench.clock)
    found = interrupted(reader, shipped(), SYNKINETIC, day_of(reader, shipped(), SYNKINETIC, at), at)
    assert (found is not None) is offered


def test_a_resumed_session_that_is_cut_again_keeps_the_repetitions_done_before(bench: Bench) -> None:
    """Two power cuts in one step must not send the person back to its beginning."""
    bench.check_in()
    cut(bench)
    again = context(session_id="s2", resumes="s1", start_step=1, start_repetition=2, eye_reminder=False)
    bench.led = SessionMode(bench.ports, PERSON, plan(relax(), movement()), again, DAY)
    bench.check_in()
    cut(bench)
    (step,) = bench.store.read().steps("s2")
    assert (step.order, step.done_repetitions_count) == (1, 2)


# What is stored.


def test_rows_that_a_full_queue_refused_are_handed_over_again_and_not_called_saved_before(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acknowledged means stored, also when the queue was full for a while."""
    bench.check_in()
    bench.wait_for(SessionPhase.STEP)
    bench.settle()
    refused: list[Row] = []

    def full(*rows: Row) -> int:
        refused.extend(rows)
        return 0

    with monkeypatch.context() as patched:
        patched.setattr(bench.store, "put", full)
        go_by(bench, 51)
        assert bench.led.session.done_steps == 1
        bench.settle()
        assert refused
        assert not saved(bench)
    bench.wait_for(SessionPhase.PAIN_AFTER)
    bench.answer(Answer.NONE)
    bench.answer(Answer.NO)
    bench.settle()
    assert saved(bench)
    assert len(bench.store.read().repetitions("s1")) == 4


# A day that nobody is sure of.


def test_an_uncertain_midnight_does_not_end_the_pain_lock() -> None:
    """Rule 5: the lower bound of the time passes midnight by itself; the person's day has not ended by that."""
    hurt = replace(PERSON, pain_locked=True, pain_locked_on=DAY)

    def locked(days: int, *, new_day: bool) -> bool:
        later = Today(day=DAY + timedelta(days=days), certain=False, now_ms=600_000, new_day=new_day)
        return pain_locked(hurt, later)

    assert locked(0, new_day=False)
    assert locked(1, new_day=False)
    assert not locked(1, new_day=True)
    assert not locked(2, new_day=True)


# A machine that stood still.


def test_silence_of_the_machine_inside_a_step_is_noticed_between_two_passes(bench: Bench) -> None:
    """Rule 11: a long stretch has no boundary near that would tell."""
    bench.check_in()
    bench.wait_for(SessionPhase.STEP)
    go_by(bench, 6)
    bench.clock.advance(5_000)
    bench.led.tick(bench.clock.now_ms())
    assert phase(bench) is SessionPhase.STEP
    seen = bench.clock.now_ms()
    bench.clock.advance(5_001)
    bench.led.tick(bench.clock.now_ms())
    assert phase(bench) is SessionPhase.PAUSED
    assert bench.led.session.since_ms == seen
    assert bench.led.session.practice_ms == 11_000


def test_a_red_press_after_the_machine_stood_still_stops(bench: Bench) -> None:
    """Rule 4: the pause that the silence makes must not swallow the press."""
    bench.check_in()
    bench.wait_for(SessionPhase.STEP)
    bench.clock.advance(60_000)
    bench.press(Button.RED)
    assert phase(bench) is SessionPhase.STOP_REASON


def test_a_single_switch_pressed_while_the_machine_stood_still_stops(bench: Bench) -> None:
    """Rule 4: with one switch every press in a step stops, whatever the machine has noticed since."""
    bench.led = SessionMode(
        bench.ports, PERSON, plan(relax(), movement()), context(single_switch=True, scan_ms=2_000), DAY
    )
    for wanted in (Answer.YES, Answer.NONE, Answer.NONE, Answer.FRESH, Answer.NO):
        while bench.led.session.cursor is None or answers(bench.led.session)[bench.led.session.cursor] is not wanted:
            go_by(bench, 1)
        bench.press(Button.GREEN)
    bench.wait_for(SessionPhase.STEP)
    bench.clock.advance(60_000)
    bench.press(Button.GREEN)
    assert phase(bench) is SessionPhase.STOP_REASON


def test_a_session_left_alone_in_a_pause_goes_to_the_neutral_home(bench: Bench) -> None:
    """Rule 16: the record says timeout, and nothing personal stays on the screen."""
    bench.check_in()
    bench.wait_for(SessionPhase.STEP)
    bench.press(Button.AMBER)
    go_by(bench, 180)
    bench.settle()
    assert bench.led.left == Leave(asleep=True, unanswered=True)
    assert bench.store.read().sessions("AB3D7", 1)[0].end_reason == "timeout"
