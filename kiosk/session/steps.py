"""Inside the steps: what is played when, what counts as done, and which step comes next.

Every boundary is handled at the instant it was planned for, in order, however late the call comes.
"""

from __future__ import annotations

from functools import lru_cache

from kiosk.care.drafts import MIDDLE_AFTER_MS
from kiosk.care.model import Step, StepKind
from kiosk.session.effects import RepetitionDone, StepBegan, StepEnded
from kiosk.session.model import GLASSES_OFF, Session, SessionPhase
from kiosk.session.timeline import (
    StretchPace,
    hold_ms,
    length_ms,
    middle_ms,
    phases,
    repetition_end_ms,
    repetition_start_ms,
    stretch_at,
)
from kiosk.session.turn import SessionTurn

LEAD_BACK_MS = 5_000
"""The rest before a repetition that goes on or begins again: no less than between any two (rule 3)."""
HANDS_BACK_MS = 10_000
BETWEEN = frozenset((StepKind.GLASSES, StepKind.ARM_REST, StepKind.QUIET))
"""Steps that are no exercise."""


def boundary_ms(session: Session) -> int:
    """Return the next planned boundary of the running step."""
    cues = _cues(session.current, session.repetition, session.easier)
    return session.anchor_ms + next(position for position, _ in cues if position > session.played_ms)


def lead_back_ms(session: Session) -> int:
    """Return the time that finding back into the present step takes."""
    return HANDS_BACK_MS if session.current.hands else LEAD_BACK_MS


def enter(turn: SessionTurn, phase: SessionPhase, at_ms: int) -> None:
    """Enter a timed phase that is no step, and say what it is."""
    said = {
        SessionPhase.LEAD_BACK: "go-on",
        SessionPhase.READY: "ready.glasses" if turn.s.current.glasses_off else "ready.hands",
        SessionPhase.EYE_CARE: "eye-care" if turn.s.context.eye_drops else "eye-care.blink",
    }
    prompt = said.get(phase, phase.value)
    turn.go(phase, at_ms, said=prompt)
    turn.say(prompt)


def open_or_finish(turn: SessionTurn, at_ms: int) -> None:
    """Begin the step that is next; with none left, settle."""
    while turn.s.step < len(turn.s.plan.steps) and turn.s.current.active and (why := movement_closed(turn.s)):
        leave_out(turn, at_ms, why)
    if turn.s.step >= len(turn.s.plan.steps):
        enter(turn, SessionPhase.SETTLE_OUT, at_ms)
    elif _unready(turn.s):
        enter(turn, SessionPhase.READY, at_ms)
    elif not _limited(turn, at_ms, at_ms + turn.s.current.hands_up_ms + turn.s.current.lead_in_ms):
        open_step(turn, at_ms, 0)
        turn.go(SessionPhase.STEP, at_ms)
        turn.say(turn.s.current.prompt_start)


def lead_back(turn: SessionTurn, at_ms: int) -> None:
    """Find back into the open step, at ``held_ms``."""
    step, held_ms = turn.s.current, turn.s.held_ms
    wait_ms = max(0, repetition_start_ms(step, turn.s.repetition, turn.s.easier) - held_ms)
    if _unready(turn.s):
        enter(turn, SessionPhase.READY, at_ms)
    elif not _limited(turn, at_ms, at_ms + lead_back_ms(turn.s) + wait_ms):
        enter(turn, SessionPhase.LEAD_BACK, at_ms)


def next_step(turn: SessionTurn, at_ms: int) -> None:
    """The present step is over: rest the eyes if it is time, else go on."""
    turn.set(step=turn.s.step + 1, repetition=0)
    tired_eyes = at_ms - turn.s.screen_from_ms >= turn.s.context.look_away_after_ms
    if tired_eyes and turn.s.step < len(turn.s.plan.steps):
        enter(turn, SessionPhase.LOOK_AWAY, at_ms)
    else:
        open_or_finish(turn, at_ms)


def movement_closed(session: Session) -> str:
    """Return the reason for which no movement may run any more in this session; empty: it may."""
    return "pain" if session.pain_locked else "red-stuck" if session.amber_stops else ""


def open_step(turn: SessionTurn, at_ms: int, repetition: int) -> None:
    """The step that is next has begun; ``repetition`` of it were done in an earlier session."""
    turn.set(open=True, repetition=repetition, anchor_ms=at_ms, step_began_ms=at_ms, run_from_ms=at_ms, played_ms=-1)
    # Whoever looks at the face finds out anew: that it was missed in an earlier step says nothing about now.
    turn.set(face_lost_at_ms=None, face_pauses=0)
    if turn.s.current.exercise == GLASSES_OFF:
        turn.set(unready=False)
    turn.record(lambda key: StepBegan(key, at_ms, turn.s.step))


def close_step(turn: SessionTurn, at_ms: int, reason: str) -> None:
    """The open step is over; ``reason``: why it was left early, empty if it was done."""
    index, began, done, skipped = turn.s.step, turn.s.step_began_ms, turn.s.repetition, bool(reason)
    turn.record(lambda key: StepEnded(key, at_ms, index, began, done, skipped, reason))
    turn.set(open=False, done_steps=turn.s.done_steps + (not skipped))


def leave_out(turn: SessionTurn, at_ms: int, reason: str) -> None:
    """The step that is next does not begin at all."""
    index = turn.s.step
    turn.record(lambda key: StepEnded(key, at_ms, index, at_ms, 0, True, reason))
    turn.set(step=index + 1, repetition=0)


def play_on(turn: SessionTurn, at_ms: int) -> None:
    """The open step goes on where it was held."""
    turn.set(anchor_ms=at_ms - turn.s.held_ms, played_ms=turn.s.held_ms, run_from_ms=at_ms)
    turn.go(SessionPhase.STEP, at_ms)
    if turn.s.held_ms == repetition_start_ms(turn.s.current, turn.s.repetition, turn.s.easier):
        _repetition_begins(turn, at_ms)


def hold(turn: SessionTurn, now_ms: int) -> None:
    """Remember where the running step stands."""
    _count_practice(turn, now_ms)
    held_ms = _restart_position(turn.s, now_ms - turn.s.anchor_ms)
    turn.set(held_ms=held_ms, delivered=turn.s.delivered.ends(now_ms))


def made_ready(turn: SessionTurn, now_ms: int) -> None:
    """Glasses or lenses are seen to, said the person: the step is over now, as if its time were."""
    turn.set(anchor_ms=now_ms - length_ms(turn.s.current, turn.s.easier))


def cross(turn: SessionTurn, due_ms: int) -> None:
    """Play the boundary of the running step that is due."""
    position = due_ms - turn.s.anchor_ms
    cues = [cue for at, cue in _cues(turn.s.current, turn.s.repetition, turn.s.easier) if at == position]
    turn.set(played_ms=position)
    if "start" in cues:
        turn.tone("start", due_ms)
    if "begin" in cues:
        _repetition_begins(turn, due_ms)
    if "phase" in cues:
        _say_phase(turn, position)
    if "middle" in cues:
        turn.say(turn.s.current.prompt_middle, droppable=True, at_ms=due_ms)
    if "done" in cues:
        _repetition_done(turn, due_ms)


@lru_cache(maxsize=16)
def _cues(step: Step, repetition: int, easier: bool) -> tuple[tuple[int, str], ...]:
    """Every point of the step's timeline at which something happens from ``repetition`` on, in order of position."""
    # Kept, because every turn of the loop asks for the next one.
    left = range(repetition, step.repetitions)
    points = [(repetition_start_ms(step, 0, easier), "start")]
    points += [(repetition_start_ms(step, r, easier), "begin") for r in left]
    points += [(repetition_end_ms(step, r, easier), "done") for r in left]
    points += [(at_ms, "phase") for r in left for at_ms, _ in phases(step, r, easier)]
    if step.prompt_middle and length_ms(step, easier) > MIDDLE_AFTER_MS:
        points.append((middle_ms(step, easier), "middle"))
    return tuple(sorted(points))


def _say_phase(turn: SessionTurn, position_ms: int) -> None:
    """Say what is done now: the words that stand under the ring."""
    step, easier = turn.s.current, turn.s.easier
    number = dict(phases(step, turn.s.repetition, easier))[position_ms]
    turn.say(step.prompt_phases[number], droppable=True, at_ms=turn.s.anchor_ms + position_ms)


def _repetition_begins(turn: SessionTurn, at_ms: int) -> None:
    if turn.s.current.active:
        turn.set(delivered=turn.s.delivered.begins(at_ms))


def _repetition_done(turn: SessionTurn, at_ms: int) -> None:
    step, repetition = turn.s.current, turn.s.repetition
    held_ms = hold_ms(step, turn.s.easier)
    if step.kind is StepKind.GLASSES:
        held_ms = min(held_ms, at_ms - turn.s.run_from_ms)
    turn.record(lambda key: RepetitionDone(key, at_ms, turn.s.step, repetition, held_ms))
    turn.set(repetition=repetition + 1, delivered=turn.s.delivered.ends(at_ms))
    _count(turn, step)
    if turn.s.repetition >= step.repetitions:
        _count_practice(turn, at_ms)
        turn.tone("end", at_ms)
        turn.say(step.prompt_end, hold=True)
        close_step(turn, at_ms, "")
        next_step(turn, at_ms)
    else:
        _limited(turn, at_ms, at_ms + step.rest_ms)


def _count(turn: SessionTurn, step: Step) -> None:
    """Something was done to its end: what the last screen tells of it. Movements are told of alone, once there are."""
    if step.kind in BETWEEN:
        return
    if step.active and not turn.s.times:
        turn.set(practised=())
    if step.active or not turn.s.times:
        turn.set(practised=tuple(dict.fromkeys((*turn.s.practised, step.exercise))))
    turn.set(times=turn.s.times + step.active)


def _limited(turn: SessionTurn, at_ms: int, start_ms: int) -> bool:
    """Rule 3 for a repetition that would begin at ``start_ms``: whether something else comes first; it begins here."""
    step = turn.s.current
    end_ms = start_ms + step.in_ms + hold_ms(step, turn.s.easier) + step.out_ms
    why = turn.s.delivered.limit(start_ms, end_ms) if step.active else ""
    if not why:
        return False
    if turn.s.phase is SessionPhase.STEP and turn.s.open:
        _count_practice(turn, at_ms)
        turn.set(held_ms=repetition_start_ms(step, turn.s.repetition, turn.s.easier))
    if why == "quiet":
        enter(turn, SessionPhase.BREAK, at_ms)
        return True
    if turn.s.open:
        close_step(turn, at_ms, why)
        turn.set(step=turn.s.step + 1, repetition=0)
    while turn.s.step < len(turn.s.plan.steps) and turn.s.current.active:
        leave_out(turn, at_ms, why)
    open_or_finish(turn, at_ms)
    return True


def _unready(session: Session) -> bool:
    """Whether glasses and hands, ready before a cut, have to be made ready again for this step."""
    return session.unready and (session.current.hands or session.current.glasses_off)


def _restart_position(session: Session, position_ms: int) -> int:
    """Return the place where a step goes on.

    Movements and releases begin their repetition again, long stretches go on inside it.
    """
    step = session.current
    stretch = stretch_at(step, position_ms, session.easier)
    if stretch.pace in (StretchPace.HANDS_UP, StretchPace.LEAD_IN):
        return stretch.start_ms
    if stretch.pace is StretchPace.REST or step.active or step.kind is StepKind.RELEASE:
        return repetition_start_ms(step, session.repetition, session.easier)
    return position_ms


def _count_practice(turn: SessionTurn, now_ms: int) -> None:
    turn.set(practice_ms=turn.s.practice_ms + now_ms - turn.s.run_from_ms, run_from_ms=now_ms)
