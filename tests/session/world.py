"""A random world for the session machine: every button at every moment, suspends, reboots, lost cameras, odd clocks.

It knows nothing of how the machine keeps the rules. What was delivered is read off the stretches that a person saw on
the screen and off the records, and rules 3 and 5 to 7 are held against that.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random

from kiosk.care.caps import plan_breaks
from kiosk.care.model import Family, Plan, Stage, StepKind, ViewMode
from kiosk.session.effects import (
    Began,
    Effect,
    Ended,
    Flagged,
    Leave,
    Record,
    Reopened,
    RepetitionDone,
    Say,
    StepBegan,
    StepEnded,
    UseCamera,
)
from kiosk.session.machine import begin, deadline_ms, step
from kiosk.session.model import Answer, Context, EndReason, Flag, Gap, Session, SessionEvent, SessionPhase, SessionTick
from kiosk.session.prompts import PROMPTS
from kiosk.session.questions import choices
from kiosk.session.timed import TIMED
from kiosk.session.timeline import StretchPace, length_ms, stretch_at
from kiosk.signals import Button, CameraState, Closed, FaceState, Press, SightState, Stored, Stuck
from tests.session.plans import context, movement, plan, relax, release

READING_MS = 14_000
DAY_MS = 24 * 3_600_000
QUIET = relax(kind=StepKind.QUIET, exercise="quiet", hold_ms=30_000, lead_in_ms=0)
ARM_REST = relax(kind=StepKind.ARM_REST, exercise="arm-rest", hold_ms=10_000, lead_in_ms=0)
LONG = movement(exercise="long", in_ms=2_000, hold_ms=5_000, out_ms=2_000, rest_ms=5_000, repetitions=10)
GLASSES = tuple(
    relax(kind=StepKind.GLASSES, exercise=f"glasses-{way}", hold_ms=15_000, lead_in_ms=0) for way in ("off", "on")
)
LID = release(exercise="lid", glasses_off=True)
SHORT = (movement(), movement(exercise="lips", hands=True, hands_up_ms=5_000))
SHAPES = (
    (relax(), *SHORT),
    (movement(rest_ms=5_000, repetitions=9), movement(exercise="lips", view=ViewMode.LOOK_THEN_FEEL)),
    (LONG, QUIET, LONG, QUIET, LONG),
    (relax(), LONG, ARM_REST, movement(repetitions=1), QUIET, *SHORT),
    (release(), GLASSES[0], LID, GLASSES[1], *SHORT, QUIET, LONG),
    (*(LONG, QUIET) * 5, movement(repetitions=2)),
)
MOVEMENTS = tuple(plan(*shape, family=family) for shape in SHAPES for family in
                  (Family.FIRST_MOVEMENTS, Family.QUIET_CONTROL))  # fmt: skip
STILL = (
    plan(relax(), release(), family=Family.CARE),
    plan(release(), GLASSES[0], LID, GLASSES[1], family=Family.RELEASES),
)
for made in (*MOVEMENTS, *STILL):
    assert not plan_breaks(made, Stage.PARETIC), plan_breaks(made, Stage.PARETIC)

CHECK_IN = (
    SessionPhase.IDENTITY,
    SessionPhase.RED_FLAGS,
    SessionPhase.PAIN_BEFORE,
    SessionPhase.TIREDNESS,
    SessionPhase.LINKED,
    SessionPhase.CLEAN_HANDS,
)
PRESSES = (Button.GREEN, Button.GREEN, Button.AMBER, Button.AMBER, Button.AMBER, Button.RED)
MOVING = (StretchPace.MOVE_IN, StretchPace.HOLD, StretchPace.MOVE_OUT)


@dataclass
class Span:
    """One movement, or one held release, as it was seen: it began, was held, and ended or was cut."""

    begin_ms: int
    end_ms: int
    held_ms: int
    active: bool


@dataclass
class World:
    """One person and one kiosk, led by ``random``. ``steps`` counts the calls of the machine."""

    random: Random
    steps: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    now: int = 5_000_000
    waiting: list[Record] = field(default_factory=list)
    committed: list[Record] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    block_from_ms: int = 0
    total_ms: int = 0
    pain_lock_ms: int | None = None
    linked_review: bool = False
    flags: int = 0
    smaller: bool = False
    heard_ms: int | None = None
    camera_open: bool = False

    def __post_init__(self) -> None:
        self.plan, self.context = self._day()
        self._start()

    # The person and the day.

    def _day(self) -> tuple[Plan, Context]:
        """What the rules of care leave open today; after a second red flag staff have to look first."""
        if self.pain_lock_ms is not None and self.now - self.pain_lock_ms > DAY_MS:
            self.pain_lock_ms = None
        if self.flags > 1 or self.random.random() < 0.3:
            self.flags = 0
        self.linked_review &= self.random.random() < 0.5
        locked = self.pain_lock_ms is not None or self.linked_review or self.flags
        made = self.random.choice(STILL if locked else MOVEMENTS)
        self.stage = Stage.SYNKINETIC if made.family is Family.QUIET_CONTROL else Stage.PARETIC
        return made, context(
            stage=self.stage,
            flags=self.flags,
            single_switch=self.random.random() < 0.2,
            camera=self.random.random() < 0.7,
            red_stuck=self.random.random() < 0.05,
            eye_reminder=self.random.random() < 0.5,
            clean_hands=self.random.random() < 0.2,
            constant_pain_cleared=self.random.random() < 0.2,
            look_away_after_ms=self.random.choice((60_000, 1_200_000)),
            flag_reading_ms=READING_MS,
        )

    def _start(self) -> None:
        self.waiting, self.committed = [], []
        self.total_ms = 0
        self.spans = self.spans[-1:]
        self.smaller, self.heard_ms, self.camera_open = False, None, False
        self.open_span: Span | None = None
        self.done = (-1, -1)
        if self.context.resumes:
            self.total_ms = self.total_before
        self.session, effects = begin(self.plan, self.context, self.now)
        self._take(effects)
        if self.random.random() < 0.85:
            self._check_in()

    def _check_in(self) -> None:
        """A check-in mostly without surprises; few walks would get past it press by press."""
        for phase in CHECK_IN:
            if self.session.phase is phase:
                self._answer(self.random.random() < 0.02)

    def _answer(self, something: bool) -> None:
        """Green once it works, or the first one else; with a single switch, what is lit after a while."""
        if self.session.context.single_switch:
            self._wait(READING_MS + 500)
            while self.session.cursor != 0 and self.session.phase in CHECK_IN:
                self._wait(self.session.context.scan_ms)
        elif self.session.phase is SessionPhase.TIREDNESS or something:
            self._send(Press(Button.AMBER, self.now))
        else:
            self._wait(READING_MS)
        self._send(Press(Button.GREEN, self.now))

    # What happens.

    def turn(self) -> None:
        """One thing happens."""
        roll = self.random.random()
        session, phase = self.session, self.session.phase
        if phase is SessionPhase.CLOSED:
            self._come_again()
        elif roll < 0.55:
            due = deadline_ms(session)
            assert due is not None
            late_ms = self.random.choice((0, 0, 0, self.random.randrange(400)))
            self._send(SessionTick(), due + late_ms)
        elif roll < 0.70:
            self._wait(self.random.randrange(1, 3_000))
        elif roll < 0.75 or (phase not in TIMED and roll < 0.90):
            self._press()
        elif roll < 0.90:
            self._send(FaceState(self.random.random() < 0.4, self.now))
        elif roll < 0.92:
            self._send(CameraState(self.random.random() < 0.7, "test", self.now))
        elif roll < 0.94:
            self._send(SightState(self.random.random() < 0.7, "test", self.now))
        elif roll < 0.97:
            moved, self.waiting = self.waiting[:3], self.waiting[3:]
            self.committed += moved
            if moved:
                self._send(Stored(moved[-1].key))
        elif roll < 0.98:
            self._send(SessionTick(), self.now, clock=self.now - self.random.randrange(10**9))
        elif roll < 0.985:
            self._sleep()
        elif roll < 0.987:
            self._send(Stuck(self.random.choice(list(Button)), self.random.random() < 0.3, self.now))
        elif roll < 0.997:
            self._crash()
        elif roll < 0.9975:
            self._send(Closed())
            assert self.session.phase is SessionPhase.CLOSED
        elif roll < 0.998 and not self.context.single_switch:
            for _ in range(3):
                self._send(Press(Button.RED, self.now))
            assert self.session.phase in (SessionPhase.CLOSED, SessionPhase.DONE), "red, and red again, leads out"

    def _press(self) -> None:
        """Anybody presses anything; mostly somebody who wants to get on."""
        phase, button = self.session.phase, self.random.choice(PRESSES)
        if phase in TIMED and self.random.random() < 0.8 and not self.context.single_switch:
            button = Button.AMBER
        elif phase not in TIMED and self.random.random() < 0.7:
            due = self.session.touched_ms + self.random.choice((0, 3_000, 9_000, READING_MS))
            self._wait(max(0, due - self.now))
            if phase in (SessionPhase.PAUSED, SessionPhase.FACE_AWAY) and self.random.random() < 0.5:
                button = Button.GREEN
            else:
                button = self.random.choice((Button.GREEN, Button.AMBER)[: 1 + (phase is not SessionPhase.RED_FLAGS)])
        self._send(Press(button, self.now))

    def _wait(self, ms: int) -> None:
        """Time passes, with a call at each deadline."""
        end = self.now + ms
        while (due := deadline_ms(self.session)) is not None and due <= end:
            self._send(SessionTick(), due)
        self._send(SessionTick(), end)

    def _sleep(self) -> None:
        """The machine is suspended; whoever leads it may notice, or a press may be the first to come."""
        since, ms = self.now, self.random.choice((6_000, 40_000, 4_000_000))
        event: SessionEvent = self.random.choice((Gap(since), Press(self.random.choice(PRESSES), since + ms)))
        if self.session.phase in TIMED and not isinstance(event, Gap):
            ms = max(ms, (deadline_ms(self.session) or since) - since + 5_001)
        done = self._done()
        was_timed = self.session.phase in TIMED
        self._close_span(since)
        self.now = since + ms
        self._send(event)
        assert not was_timed or self._done() == done, "nobody practised while the machine stood still"

    def _crash(self) -> None:
        """The plug is pulled with part of the queue on the disk; power comes back, and the person goes on or not."""
        self._close_span(self.now)
        self.committed += self.waiting[: self.random.randrange(4)]
        records = self.committed
        began, ends = (
            any(isinstance(r, Began) for r in records),
            [r for r in records if isinstance(r, Ended | Reopened)],
        )
        cut = began and (not ends or isinstance(ends[-1], Reopened))
        self.now += self.random.choice((30_000, 600_000))
        if not cut or self.pain_lock_ms is not None or self.linked_review or self.flags or self.random.random() < 0.2:
            self._come_again()
            return
        steps = [r.step for r in records if isinstance(r, StepBegan) if r.step < len(self.plan.steps)]
        index = steps[-1] if steps else self.context.start_step
        done = [r.repetition + 1 for r in records if isinstance(r, RepetitionDone) and r.step == index]
        before = self.context.start_repetition if index == self.context.start_step else 0
        repetition = max([before, *done])
        if repetition >= self.plan.steps[index].repetitions:
            index, repetition = index + 1, 0
        if index >= len(self.plan.steps):
            self._come_again()
            return
        self.total_before = self.total_ms
        self.seen["resumed"] += 1
        self.context = replace(self.context, resumes="s1", start_step=index, start_repetition=repetition)
        self._start()

    def _come_again(self) -> None:
        self.now += self.random.choice((3_600_000, 3_600_000, DAY_MS + 1))
        self.plan, self.context = self._day()
        self._start()

    def _done(self) -> int:
        return sum(isinstance(r, RepetitionDone) for r in self.committed + self.waiting)

    # What it led to.

    def _send(self, event: SessionEvent, at_ms: int | None = None, clock: int | None = None) -> None:
        before = self.session
        at_ms = self.now if at_ms is None else at_ms
        self._watch(before, at_ms)
        self.now = at_ms
        self.steps += 1
        self.seen[before.phase.value] += 1
        self.session, effects = step(before, event, at_ms if clock is None else clock)
        if self.session.phase is not SessionPhase.STEP or self.session.anchor_ms != before.anchor_ms:
            self._close_span(self.now)
        self._take(effects)
        self._hold_together(before)
        if isinstance(event, Press) and event.button is Button.RED and before.phase in TIMED:
            assert self.session.phase not in TIMED, "stop is one press, in every stretch"

    def _hold_together(self, before: Session) -> None:
        """What is so after every call."""
        session = self.session
        due = deadline_ms(session)
        if session.phase is SessionPhase.CLOSED:
            assert due is None
        else:
            assert due is not None, f"{session.phase} waits for nothing"
            assert due > self.now, f"{session.phase} waits for a moment that is past: a busy loop"
        assert session.cursor is None or session.cursor < len(choices(session))
        assert session.phase not in TIMED or before.phase is not SessionPhase.STOP_REASON, (
            "nothing runs on after a stop"
        )

    def _take(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            if isinstance(effect, Record):
                assert effect.key == (self.waiting or self.committed or [Began(0, 0)])[-1].key + 1, "keys have no gap"
                self.waiting.append(effect)
                self._learn(effect)
            elif isinstance(effect, UseCamera):
                self.camera_open = effect.on
            elif isinstance(effect, Say):
                assert effect.prompt in PROMPTS or effect.prompt.split(".")[-1] in ("start", "middle", "end")
            elif isinstance(effect, Leave):
                assert not self.camera_open
        session = self.session
        if session.phase is SessionPhase.RED_FLAGS:
            self.heard_ms = session.since_ms + READING_MS
        if session.phase is SessionPhase.PAIN_BEFORE or session.begun:
            assert self.heard_ms is not None, "rule 7: the list was not read"
            assert self.now >= self.heard_ms, "rule 7: the list was not read to its end"
        if session.phase in TIMED:
            assert session.begun, "no stretch before check-in is over"
            assert session.flag is None, "rule 7: a red flag is no session"
            assert self.flags < 2, "rule 7: after a second flag staff look first"
            assert session.end is None
        if session.end is not None or session.phase is SessionPhase.CLOSED:
            assert not self.camera_open, "nobody is watched after the end"

    def _learn(self, record: Record) -> None:
        if isinstance(record, Flagged):
            self.seen[record.flag.value] += 1
            if record.flag is Flag.PAIN_LOCK:
                self.pain_lock_ms = self.now
            self.linked_review |= record.flag is Flag.LINKED_PAUSE
            self.flags += record.flag is Flag.RED_FLAG
            self.smaller |= record.flag is Flag.LINKED_SMALLER
        elif isinstance(record, RepetitionDone):
            place = (record.step, record.repetition)
            assert place > self.done, f"{place} is done after {self.done}"
            self.done = place
        elif isinstance(record, StepEnded) and not record.skipped:
            step = self.session.plan.steps[record.step]
            assert record.done == step.repetitions, "nothing is called done that was not"
            resumed = self.context.resumes and record.step == self.context.start_step
            # Glasses and lenses are seen to when the person says so; everything else takes its time.
            said = step.kind is StepKind.GLASSES
            assert resumed or said or record.t_ms - record.began_ms >= length_ms(step, easier=True)
        elif isinstance(record, Ended):
            self.seen[f"ended {record.reason.value}"] += 1
            if record.reason is EndReason.COMPLETED:
                left = {r.step for r in self.committed + self.waiting if isinstance(r, StepEnded)}
                assert set(range(self.context.start_step, self.session.planned_steps)) <= left

    def _watch(self, session: Session, until_ms: int) -> None:
        """What the person saw from the last call until ``until_ms``."""
        if session.phase is not SessionPhase.STEP:
            return
        at = self.now
        while at < until_ms:
            stretch = stretch_at(session.current, at - session.anchor_ms, session.easier)
            end = min(until_ms, session.anchor_ms + stretch.end_ms)
            if end <= at:
                return
            if stretch.pace in MOVING and session.current.kind in (StepKind.MOVEMENT, StepKind.RELEASE):
                self._move(session, stretch.pace, at, end)
            else:
                self._close_span(at)
            at = end

    def _move(self, session: Session, pace: StretchPace, from_ms: int, until_ms: int) -> None:
        active = session.current.active
        if self.open_span is None or self.open_span.end_ms != from_ms:
            self._close_span(from_ms)
            self._begins(session, from_ms, active=active)
        span = self.open_span
        assert span is not None
        span.end_ms = until_ms
        span.held_ms += (until_ms - from_ms) * (pace is StretchPace.HOLD)
        if active:
            assert span.held_ms <= 5_000, f"rule 3: held for {span.held_ms} ms"
            assert until_ms - self.block_from_ms <= 180_000, f"rule 3: a block of {until_ms - self.block_from_ms} ms"
            assert self.total_ms + until_ms - span.begin_ms <= 900_000, "rule 3: too much movement in one session"
            assert not self.smaller or span.held_ms <= session.current.hold_ms // 2, "rule 6: it goes on, smaller"
        else:
            assert span.held_ms <= 30_000, f"rule 3: a release of {span.held_ms} ms"

    def _begins(self, session: Session, at_ms: int, *, active: bool) -> None:
        self.seen["movement" if active else "release"] += 1
        self.open_span = Span(at_ms, at_ms, 0, active)
        last = self.spans[-1] if self.spans else None
        if last is not None and last.active == active:
            assert at_ms - last.end_ms >= 5_000, f"rule 3: a rest of {at_ms - last.end_ms} ms"
        if not active:
            return
        moved = [span for span in self.spans if span.active]
        if not moved or at_ms - moved[-1].end_ms >= 30_000:
            self.block_from_ms = at_ms
        else:
            self.total_ms += at_ms - moved[-1].end_ms
        assert self.pain_lock_ms is None, "rule 5: movement after pain"
        assert not self.linked_review, "rule 6: movement before a review"
        assert not self.flags, "rule 7: movement after a red flag"
        assert not session.amber_stops, "movement while the stop button is stuck"
        before = session.pain_before
        cleared = before is Answer.MODERATE and self.context.constant_pain_cleared
        assert before in (Answer.NONE, Answer.MILD) or cleared, "rule 5: movement with pain at check-in"

    def _close_span(self, at_ms: int) -> None:
        if self.open_span is not None:
            span, self.open_span = self.open_span, None
            span.end_ms = min(span.end_ms, at_ms)
            self.total_ms += (span.end_ms - span.begin_ms) * span.active
            self.spans.append(span)
