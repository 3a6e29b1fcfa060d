"""Every event in any order, with a crash inside a step: the rules hold at each of them.

The world is modelled as the app runs it: what the session hands over lies in a queue until the store commits it, and a
crash loses whatever was not committed. Afterwards a new session is built from the committed rows alone.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kiosk.care.model import Family, ViewMode
from kiosk.session.machine import begin, deadline_ms, step
from kiosk.session.model import (
    Answer,
    Began,
    Effect,
    Ended,
    EndReason,
    Event,
    Flag,
    Flagged,
    Phase,
    Record,
    Reopened,
    RepetitionDone,
    Say,
    StepBegan,
    StepEnded,
    Tick,
    UseCamera,
)
from kiosk.session.prompts import PROMPTS
from kiosk.session.questions import answers
from kiosk.session.timed import FACE_GRACE_MS, TIMED, boundary_ms
from kiosk.session.timeline import length_ms
from kiosk.signals import Button, CameraState, Closed, FaceState, Press, SightState, Stored, Stuck
from tests.session.plans import context, movement, plan, relax, release

CHECK_IN = (
    Phase.IDENTITY,
    Phase.RED_FLAGS,
    Phase.PAIN_BEFORE,
    Phase.TIREDNESS,
    Phase.LINKED,
    Phase.CLEAN_HANDS,
)
SEEN: Counter[Phase] = Counter()
STEPS_WALKED = 0
"""How many events all walks of this run have sent; reported by the last test."""


class SessionWalk(RuleBasedStateMachine):
    """One person, one plan, an inventive world."""

    @initialize(
        single=st.booleans(),
        family=st.sampled_from((Family.FIRST_MOVEMENTS, Family.QUIET_CONTROL, Family.RELEASES)),
        view=st.sampled_from((ViewMode.MIRROR, ViewMode.LOOK_THEN_FEEL, ViewMode.FEEL)),
        camera=st.booleans(),
        red_stuck=st.booleans(),
        ahead=st.integers(-1, 3),
    )
    def begin(self, single: bool, family: Family, view: ViewMode, camera: bool, red_stuck: bool, ahead: int) -> None:
        """A plan of its family (releases hold no movement), taken up to step ``ahead`` (-1: nothing was answered)."""
        first = () if family is Family.RELEASES else (movement(view=view), movement(block=2, exercise="lips"))
        self.plan = plan(relax(), *first, release(), family=family)
        self.context = context(single_switch=single, camera=camera, red_stuck=red_stuck, look_away_after_ms=60_000)
        self.now = 5_000_000
        self.waiting: list[Record] = []
        self.committed: list[Record] = []
        self.locked = False
        self.camera_open = False
        self._start()
        if ahead >= 0:
            self._whole_check_in()
            self._wait_for_step(ahead)

    def _plan_of_the_day(self) -> None:
        """What the rules of care would still open: once locked, no movement today."""
        if self.locked:
            self.plan = plan(relax(), release(), family=Family.RELEASES)
            self.context = replace(self.context, resumes="", start_step=0, start_repetition=0)

    def _start(self) -> None:
        self.waiting, self.committed = [], []
        self.session, effects = begin(self.plan, self.context, self.now)
        self._take(effects)

    def _send(self, event: Event) -> tuple[Effect, ...]:
        global STEPS_WALKED
        STEPS_WALKED += 1
        SEEN[self.session.phase] += 1
        before = self.session
        self.session, effects = step(self.session, event, self.now)
        if self.session.phase is Phase.STEP and before.phase is not Phase.STEP and before.phase not in TIMED:
            assert before.phase is not Phase.STOP_REASON, "nothing goes from a stop straight into a step"
        self._take(effects)
        return effects

    def _take(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            if isinstance(effect, Record):
                assert effect.key == (self.waiting or self.committed or [Began(0, 0)])[-1].key + 1, "keys have no gap"
                self.waiting.append(effect)
            elif isinstance(effect, UseCamera):
                self.camera_open = effect.on
            elif isinstance(effect, Say):
                assert effect.prompt in PROMPTS or effect.prompt.split(".")[-1] in ("start", "middle", "end")
            if isinstance(effect, Flagged) and effect.flag in (Flag.PAIN_LOCK, Flag.LINKED_PAUSE):
                self.locked = True

    @rule(button=st.sampled_from((Button.GREEN, Button.AMBER, Button.AMBER, Button.RED)))
    def press(self, button: Button) -> None:
        """Anybody presses anything."""
        was_timed = self.session.phase in TIMED
        still_timed = was_timed and step(self.session, Tick(), self.now)[0].phase in TIMED
        effects = self._send(Press(button, self.now))
        stops = button is Button.RED or self.context.single_switch
        if still_timed and stops:
            assert self.session.phase is Phase.STOP_REASON, "stop is one press, in every stretch"
            assert any(isinstance(e, Ended) and e.reason is EndReason.STOPPED for e in effects)
            assert not self.camera_open

    @rule(chance=st.integers(0, 5))
    def red_until_out(self, chance: int) -> None:
        """Red, and red again, always leads out."""
        if self.context.single_switch or chance:
            return
        for _ in range(3):
            self._send(Press(Button.RED, self.now))
        assert self.session.phase in (Phase.CLOSED, Phase.DONE)

    @rule(ms=st.integers(0, 9_000))
    def wait(self, ms: int) -> None:
        """Time passes, with calls at every deadline, as the one wait does."""
        end = self.now + ms
        while (due := deadline_ms(self.session)) is not None and due <= end:
            assert due > self.now, "a deadline that is past when it is set turns the wait into a busy loop"
            self.now = due
            self._send(Tick())
        self.now = end
        self._send(Tick())

    @rule(seconds=st.sampled_from((10, 20, 40, 200)))
    def wait_long(self, seconds: int) -> None:
        """Nobody does anything for a while."""
        self.wait(seconds * 1_000)

    @rule(ms=st.integers(6_000, 4_000_000), chance=st.integers(0, 3))
    def sleep(self, ms: int, chance: int) -> None:
        """The machine is suspended: nothing was practised meanwhile."""
        if chance:
            return
        done = len([r for r in self.waiting + self.committed if isinstance(r, RepetitionDone)])
        late = self.session.phase in TIMED and boundary_ms(self.session) + 5_000 < self.now + ms
        self.now += ms
        self._send(Tick())
        if late:
            now_done = len([r for r in self.waiting + self.committed if isinstance(r, RepetitionDone)])
            assert now_done == done

    @rule(present=st.booleans())
    def face(self, present: bool) -> None:
        self._send(FaceState(present, self.now))

    @rule(ok=st.booleans())
    def camera(self, ok: bool) -> None:
        self._send(CameraState(ok, "test", self.now))

    @rule(ok=st.booleans())
    def sight(self, ok: bool) -> None:
        """Whoever looks at the pictures dies or comes back; without them nothing waits for a face."""
        self._send(SightState(ok, "test", self.now))
        if not ok and self.session.phase is not Phase.CLOSED:
            assert self.session.phase is not Phase.FACE_AWAY
            assert self.session.face_lost_at_ms is None

    @rule(button=st.sampled_from(Button), stuck=st.booleans())
    def stuck(self, button: Button, stuck: bool) -> None:
        self._send(Stuck(button, stuck, self.now))

    @rule(count=st.integers(1, 5))
    def commit(self, count: int) -> None:
        """The store commits some of what lies in its queue, in order, and acknowledges the last."""
        moved, self.waiting = self.waiting[:count], self.waiting[count:]
        self.committed += moved
        if moved:
            self._send(Stored(moved[-1].key))

    @precondition(lambda self: self.session.phase in CHECK_IN)
    @rule(pain=st.sampled_from((Answer.NONE, Answer.MILD, Answer.MODERATE)), ahead=st.integers(0, 3))
    def whole_check_in(self, pain: Answer, ahead: int) -> None:
        """A check-in without surprises, and on to a step; few walks would get past it press by press."""
        self._whole_check_in(pain)
        if self.session.phase is Phase.PAUSED:
            self._answer(Answer.GO_ON)
        self._wait_for_step(ahead)

    def _whole_check_in(self, pain: Answer = Answer.NONE) -> None:
        right = (Answer.YES, Answer.NONE, pain, Answer.FRESH, Answer.NO, Answer.YES)
        for phase, wish in zip(CHECK_IN, right, strict=True):
            if self.session.phase is phase:
                if phase is Phase.RED_FLAGS:
                    self.wait(self.context.flag_reading_ms)
                self._answer(wish)

    def _wait_for_step(self, index: int) -> None:
        """Let time alone lead on, until step ``index`` runs or nothing runs any more."""
        while self.session.phase in TIMED and not (self.session.phase is Phase.STEP and self.session.step >= index):
            self.now = max(self.now, deadline_ms(self.session) or 0)
            self._send(Tick())

    def _answer(self, wish: Answer) -> None:
        phase = self.session.phase
        for _ in range(30):
            found = answers(self.session)
            if self.session.phase is not phase or wish not in found:
                return
            cursor = self.session.cursor
            if self.context.single_switch and (cursor is None or found[cursor % len(found)] is not wish):
                self.wait(self.context.scan_ms)
            elif not self.context.single_switch and len(found) <= 2:
                self._send(Press(Button.AMBER if found.index(wish) else Button.GREEN, self.now))
            elif cursor is None or found[cursor] is not wish:
                self._send(Press(Button.AMBER, self.now))
            else:
                self._send(Press(Button.GREEN, self.now))

    @precondition(lambda self: bool(answers(self.session)))
    @rule(wish=st.sampled_from(Answer))
    def some_answer(self, wish: Answer) -> None:
        """The person answers whatever is asked, in as many presses as it takes."""
        found = answers(self.session)
        self._answer(wish if wish in found else found[0])

    @precondition(lambda self: self.session.phase in (Phase.PAUSED, Phase.FACE_AWAY))
    @rule()
    def go_on(self) -> None:
        self._answer(Answer.GO_ON)

    @precondition(lambda self: self.session.phase is Phase.STEP and self.session.wants_picture)
    @rule()
    def walk_away(self) -> None:
        """The person leaves the picture for as long as it takes to be missed."""
        self._send(FaceState(False, self.now))
        self.wait(FACE_GRACE_MS)

    @precondition(lambda self: Answer.TIRED in answers(self.session))
    @rule()
    def tire(self) -> None:
        self._answer(Answer.TIRED)

    @precondition(lambda self: self.session.phase is Phase.STOP_REASON)
    @rule()
    def by_mistake(self) -> None:
        self._answer(Answer.MISTAKE)

    @rule(chance=st.integers(0, 5))
    def shut(self, chance: int) -> None:
        """The service is stopped (seldom, or no walk gets far)."""
        if chance:
            return
        self._send(Closed())
        assert self.session.phase is Phase.CLOSED

    @rule(extra=st.integers(0, 3), chance=st.integers(0, 3))
    def crash(self, extra: int, chance: int) -> None:
        """The plug is pulled, perhaps inside a step, with part of the queue on the disk. Then power is back."""
        if chance:
            return
        self.committed += self.waiting[:extra]
        began = any(isinstance(r, Began) for r in self.committed)
        ended = [r for r in self.committed if isinstance(r, Ended | Reopened)]
        interrupted = began and (not ended or isinstance(ended[-1], Reopened))
        acknowledged = [r for r in self.committed if isinstance(r, RepetitionDone) and r.key <= self.session.stored]
        assert set(acknowledged) <= set(self.committed), "an acknowledged repetition is never lost"
        resume = self.context
        if interrupted and not self.locked:
            begun = [r for r in self.committed if isinstance(r, StepBegan)]
            index = min(begun[-1].step, len(self.plan.steps) - 1) if begun else 0
            done = [r.repetition for r in self.committed if isinstance(r, RepetitionDone) and r.step == index]
            repetition = max(done) + 1 if done else self.context.start_repetition * (index == self.context.start_step)
            if repetition < self.plan.steps[index].repetitions:
                resume = replace(self.context, resumes="s1", start_step=index, start_repetition=repetition)
        self.context, self.camera_open = resume, False
        self._plan_of_the_day()
        self.now += 60_000
        self._start()
        assert self.session.phase is Phase.IDENTITY, "a resumed session repeats its check-in"

    @precondition(lambda self: self.session.phase is Phase.CLOSED)
    @rule()
    def come_again(self) -> None:
        self.context = replace(self.context, resumes="", start_step=0, start_repetition=0)
        self._plan_of_the_day()
        self.now += 3_600_000
        self._start()

    @invariant()
    def no_movement_when_locked(self) -> None:
        """Rules 1, 5 and 6: once locked, no movement step runs."""
        if hasattr(self, "session") and self.locked:
            running = self.session.phase in (Phase.STEP, Phase.LEAD_BACK)
            assert not (running and self.session.current.active)

    @invariant()
    def no_step_before_check_in(self) -> None:
        if hasattr(self, "session") and self.session.phase in TIMED:
            assert self.session.begun
            assert self.session.pain_before is not None
            assert self.session.flag is None

    @invariant()
    def nothing_is_done_twice_or_out_of_order(self) -> None:
        if not hasattr(self, "session"):
            return
        done = [(r.step, r.repetition) for r in self.committed + self.waiting if isinstance(r, RepetitionDone)]
        assert done == sorted(set(done))

    @invariant()
    def what_is_called_complete_was_done_or_left_out_by_choice(self) -> None:
        """Nothing completes that was not done."""
        if not hasattr(self, "session"):
            return
        records = self.committed + self.waiting
        last = [r for r in records if isinstance(r, Ended | Reopened)][-1:]
        if not last or isinstance(last[0], Reopened) or last[0].reason is not EndReason.COMPLETED:
            return
        ends = {r.step: r for r in records if isinstance(r, StepEnded)}
        assert set(range(self.context.start_step, self.session.planned_steps)) <= set(ends)
        for index, end in ends.items():
            if not end.skipped:
                current = self.session.plan.steps[index]
                assert end.done == current.repetitions
                if not self.context.resumes:
                    assert end.t_ms - end.began_ms >= length_ms(current, self.session.easier) // 2

    @invariant()
    def an_ended_session_runs_no_more(self) -> None:
        if hasattr(self, "session") and self.session.end is not None:
            assert self.session.phase not in TIMED
            assert not self.camera_open

    @invariant()
    def closed_is_closed(self) -> None:
        """A closed session waits for nothing and holds no camera."""
        if hasattr(self, "session") and self.session.phase is Phase.CLOSED:
            assert deadline_ms(self.session) is None
            assert not self.camera_open

    @invariant()
    def the_cursor_points_at_an_answer(self) -> None:
        if hasattr(self, "session") and self.session.cursor is not None:
            assert self.session.cursor < len(answers(self.session))

    @invariant()
    def somebody_is_always_waited_for(self) -> None:
        """No state from which nothing leads out, and no wait for a moment that is past: that would be a busy loop."""
        if hasattr(self, "session") and self.session.phase is not Phase.CLOSED:
            due = deadline_ms(self.session)
            assert due is not None
            assert due > self.now


SessionWalk.TestCase.settings = settings(max_examples=250, stateful_step_count=50, deadline=None)
TestSessionWalk = SessionWalk.TestCase


def test_the_walks_went_somewhere(record_property: Callable[[str, object], None]) -> None:
    """Runs after the walks: they sent thousands of events, many of them inside steps and pauses."""
    record_property("session_steps_walked", STEPS_WALKED)
    assert STEPS_WALKED > 5_000, STEPS_WALKED
    assert {Phase.PAUSED, Phase.STOP_REASON, Phase.LEAD_BACK, Phase.PAIN_AFTER, Phase.DONE} <= set(SEEN), SEEN
    assert SEEN[Phase.STEP] > 500, SEEN


@pytest.mark.slow
def test_a_long_walk_sees_every_phase(capsys: pytest.CaptureFixture[str]) -> None:
    """The same walk for longer: every phase is reached, and the count is printed."""
    run_state_machine_as_test(
        SessionWalk, settings=settings(max_examples=1_500, stateful_step_count=60, deadline=None, derandomize=True)
    )
    with capsys.disabled():
        sys.stdout.write(f"\nsession machine: {STEPS_WALKED} events walked, {SEEN[Phase.STEP]} inside a step\n")
    assert set(SEEN) == set(Phase) - {Phase.CLEAN_HANDS}, set(Phase) - set(SEEN)
