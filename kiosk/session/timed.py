"""The stretches that run by themselves: settle, steps and what interrupts them.

Every boundary is handled at the instant it was planned for, in order, however late the call comes.
"""

from __future__ import annotations

import msgspec

from kiosk.care.model import Kind, Plan
from kiosk.session.model import (
    Began,
    EndReason,
    Flag,
    Phase,
    Reopened,
    RepetitionDone,
    Session,
    StepBegan,
    StepEnded,
)
from kiosk.session.timeline import (
    Pace,
    length_ms,
    middle_ms,
    repetition_end_ms,
    repetition_start_ms,
    stretch_at,
)
from kiosk.session.turn import Turn

SETTLE_MS = 20_000
EYE_CARE_MS = 12_000
LOOK_AWAY_MS = 20_000
LEAD_BACK_MS = 3_000
HANDS_BACK_MS = 10_000
FACE_GRACE_MS = 3_000
MOST_FACE_PAUSES = 2
"""In one step: a face that is found and lost again and again is missed by the looker, and holds nobody up."""
GAP_MS = 5_000
"""Nobody may be said to have practised through a longer silence of the machine than this."""
MIDDLE_AFTER_MS = 20_000
"""A stretch shorter than this has no spoken word in its middle."""

TIMED = frozenset((Phase.EYE_CARE, Phase.SETTLE_IN, Phase.STEP, Phase.LEAD_BACK, Phase.LOOK_AWAY, Phase.SETTLE_OUT))


def start(turn: Turn, at_ms: int) -> None:
    """Check-in is over: the session begins to count."""
    _begin_record(turn, at_ms)
    turn.camera(True)
    if turn.s.context.eye_reminder:
        turn.go(Phase.EYE_CARE, at_ms)
        turn.say("eye-care")
    else:
        _after_eye_care(turn, at_ms)


def _after_eye_care(turn: Turn, at_ms: int) -> None:
    if turn.s.context.resumes and turn.s.step < turn.s.planned_steps:
        repetition = turn.s.context.start_repetition
        turn.set(step=turn.s.context.start_step, paused_in=Phase.STEP, paused_at_ms=at_ms)
        _open_step(turn, at_ms, repetition)
        turn.set(held_ms=repetition_start_ms(turn.s.current, repetition, turn.s.easier) if repetition else 0)
        turn.go(Phase.PAUSED, at_ms)
        turn.say("ask.resumed")
    else:
        _settle_in(turn, at_ms)


def run(turn: Turn, now_ms: int) -> None:
    """Play everything that was planned up to ``now_ms``."""
    while turn.s.phase in TIMED:
        due = boundary_ms(turn.s)
        if due > now_ms:
            return
        _cross(turn, due)


def boundary_ms(session: Session) -> int:
    """When the present timed phase has its next planned boundary."""
    if session.phase is Phase.STEP:
        return session.anchor_ms + min(p for p, _ in _cues(session) if p > session.played_ms)
    return session.since_ms + _phase_length(session)


def phase_length_ms(session: Session) -> int:
    """How long the present timed phase is in all."""
    if session.phase is Phase.STEP:
        return length_ms(session.current, session.easier)
    return _phase_length(session)


def pause(turn: Turn, now_ms: int, say: str = "ask.paused", phase: Phase = Phase.PAUSED) -> None:
    """Hold everything where it is."""
    _hold(turn, now_ms)
    turn.go(phase, now_ms)
    turn.hush()
    turn.say(say)


def go_on(turn: Turn, now_ms: int) -> None:
    """Go on after a pause: a step with a short lead-in, anything else from its beginning."""
    turn.set(paused_ms=turn.s.paused_ms + now_ms - turn.s.paused_at_ms)
    if turn.s.paused_in is Phase.STEP and turn.s.current.active and (why := movement_closed(turn.s)):
        skip_active(turn, now_ms, why, block_only=False)
    if turn.s.paused_in is Phase.STEP:
        turn.go(Phase.LEAD_BACK, now_ms)
        turn.say("go-on")
    else:
        turn.go(turn.s.paused_in, now_ms)


def make_easier(turn: Turn, now_ms: int) -> None:
    """Halve the holds from here on; the running repetition begins again."""
    if not turn.s.easier:
        turn.set(easier=True)
        turn.note("easier")
        if turn.s.paused_in is Phase.STEP:
            turn.set(held_ms=repetition_start_ms(turn.s.current, turn.s.repetition, easier=True))
    go_on(turn, now_ms)


def skip(turn: Turn, now_ms: int, reason: str) -> None:
    """Leave the present step (or settle) and go on with what follows."""
    turn.set(paused_ms=turn.s.paused_ms + now_ms - turn.s.paused_at_ms)
    if turn.s.paused_in is Phase.STEP:
        _close_step(turn, now_ms, skipped=True, reason=reason)
        _next_step(turn, now_ms)
    elif turn.s.paused_in is Phase.LOOK_AWAY:
        turn.set(screen_from_ms=now_ms)
        _open_or_finish(turn, now_ms)
    elif turn.s.paused_in is Phase.SETTLE_OUT:
        check_out(turn, now_ms)
    elif turn.s.paused_in is Phase.EYE_CARE:
        _after_eye_care(turn, now_ms)
    else:
        _open_or_finish(turn, now_ms)


def skip_active(turn: Turn, now_ms: int, reason: str, *, block_only: bool) -> None:
    """Leave out the movement steps still to come (of this block, or all), and the running one.

    Afterwards the state rests between steps: the caller decides what comes.
    """
    if turn.s.paused_in is Phase.STEP:
        _close_step(turn, now_ms, skipped=True, reason=reason)
        block = turn.s.current.block
        turn.set(step=turn.s.step + 1, repetition=0)
    else:
        block = turn.s.current.block if turn.s.step < len(turn.s.plan.steps) else 0
    turn.set(paused_in=Phase.LOOK_AWAY)
    while turn.s.step < len(turn.s.plan.steps):
        step = turn.s.current
        later = any(s.block == block for s in turn.s.plan.steps[turn.s.step :])
        if (block_only and not (block and later)) or not (step.active or block_only):
            return
        _leave_out(turn, now_ms, reason)


def relax_instead(turn: Turn, now_ms: int, reason: str) -> None:
    """Leave out all that remains and lead through the relaxation steps."""
    fresh = not turn.s.begun
    if fresh:
        _begin_record(turn, now_ms)
        turn.set(step=turn.s.context.start_step)
    if turn.s.paused_in is Phase.STEP:
        _close_step(turn, now_ms, skipped=True, reason=reason)
        turn.set(step=turn.s.step + 1, repetition=0)
    while turn.s.step < len(turn.s.plan.steps):
        _leave_out(turn, now_ms, reason)
    turn.set(plan=_with_relax(turn.s.plan), easier=False)
    turn.camera(False)
    if fresh and turn.s.context.eye_reminder:
        turn.go(Phase.EYE_CARE, now_ms)
        turn.say("eye-care")
        return
    if not fresh:
        turn.set(paused_ms=turn.s.paused_ms + now_ms - turn.s.paused_at_ms)
    _open_or_finish(turn, now_ms)


def stop(turn: Turn, now_ms: int) -> None:
    """Red was pressed: everything ends within this call. Why is asked afterwards."""
    if turn.s.phase in TIMED:
        _hold(turn, now_ms)
    turn.hush()
    turn.end(EndReason.STOPPED, now_ms)
    turn.set(stopped_ms=now_ms, face_lost_at_ms=None)
    turn.ask(Phase.STOP_REASON, now_ms)


def reopen(turn: Turn, now_ms: int) -> None:
    """The stop was a mistake: the session goes on, paused."""
    turn.set(end=None, stop_reason="")
    turn.record(lambda key: Reopened(key, now_ms))
    turn.camera(True)
    turn.go(Phase.PAUSED, now_ms)
    turn.say("ask.paused")


def close_open_step(turn: Turn, now_ms: int, reason: str) -> None:
    """The session ended inside a step: that step is left undone."""
    if turn.s.paused_in is Phase.STEP and turn.s.step < len(turn.s.plan.steps):
        _close_step(turn, now_ms, skipped=True, reason=reason)


def finish(turn: Turn, now_ms: int) -> None:
    """Nothing more is to be done: settle, then check-out."""
    turn.go(Phase.SETTLE_OUT, now_ms)
    turn.say("settle-out")


def check_out(turn: Turn, now_ms: int) -> None:
    """The last stretch is over: the session is complete, what follows is only asked."""
    turn.end(EndReason.COMPLETED, now_ms)
    turn.ask(Phase.PAIN_AFTER, now_ms)


def lock_for_pain(turn: Turn) -> None:
    """No more movement today."""
    if not turn.s.pain_locked:
        turn.set(pain_locked=True)
        turn.flag(Flag.PAIN_LOCK)


def face_missed_ms(session: Session) -> int | None:
    """When the face will have been away too long, where that matters: in a movement step that shows a picture.

    None anywhere else, so that nobody waits for a moment at which nothing would happen: such a moment stays in the
    past and turns the one wait into a busy loop.
    """
    waits = session.phase is Phase.STEP and session.wants_picture and session.face_pauses < MOST_FACE_PAUSES
    if not (waits and session.camera_ok) or session.face_lost_at_ms is None:
        return None
    return session.face_lost_at_ms + FACE_GRACE_MS


def watch_face(turn: Turn, now_ms: int) -> None:
    """A face that has been away too long pauses; nothing else is touched."""
    if (missed_ms := face_missed_ms(turn.s)) is not None and missed_ms <= now_ms:
        pause(turn, now_ms, say="face-away", phase=Phase.FACE_AWAY)
        turn.set(face_pauses=turn.s.face_pauses + 1)
        turn.note("face.away")


# Inside a step.


def _cues(session: Session) -> list[tuple[int, str]]:
    """Every point of the step's timeline at which something happens, in order of position."""
    step, easier = session.current, session.easier
    points = [(repetition_start_ms(step, 0, easier), "start")]
    points += [(repetition_end_ms(step, r, easier), "done") for r in range(session.repetition, step.repetitions)]
    if step.prompt_middle and length_ms(step, easier) > MIDDLE_AFTER_MS:
        points.append((middle_ms(step, easier), "middle"))
    return sorted(points)


def _cross(turn: Turn, due_ms: int) -> None:
    if turn.s.phase is not Phase.STEP:
        _cross_phase(turn, due_ms)
        return
    position = due_ms - turn.s.anchor_ms
    cues = [cue for at, cue in _cues(turn.s) if at == position]
    turn.set(played_ms=position)
    if "start" in cues:
        turn.tone("start")
    if "middle" in cues:
        turn.say(turn.s.current.prompt_middle, droppable=True)
    if "done" in cues:
        _repetition_done(turn, due_ms)


def _cross_phase(turn: Turn, due_ms: int) -> None:
    phase = turn.s.phase
    if phase is Phase.EYE_CARE:
        _after_eye_care(turn, due_ms)
    elif phase in (Phase.SETTLE_IN, Phase.LOOK_AWAY):
        if phase is Phase.LOOK_AWAY:
            turn.set(screen_from_ms=due_ms)
        _open_or_finish(turn, due_ms)
    elif phase is Phase.LEAD_BACK:
        turn.set(anchor_ms=due_ms - turn.s.held_ms, played_ms=turn.s.held_ms, run_from_ms=due_ms)
        turn.go(Phase.STEP, due_ms)
    else:
        check_out(turn, due_ms)


def _repetition_done(turn: Turn, at_ms: int) -> None:
    step, repetition = turn.s.current, turn.s.repetition
    hold = step.hold_ms // 2 if turn.s.easier else step.hold_ms
    turn.record(lambda key: RepetitionDone(key, at_ms, turn.s.step, repetition, hold))
    turn.set(repetition=repetition + 1)
    if turn.s.repetition >= step.repetitions:
        _count_practice(turn, at_ms)
        turn.tone("end")
        turn.say(step.prompt_end, hold=True)
        _close_step(turn, at_ms, skipped=False, reason="")
        _next_step(turn, at_ms)


def _next_step(turn: Turn, at_ms: int) -> None:
    turn.set(step=turn.s.step + 1, repetition=0)
    tired_eyes = at_ms - turn.s.screen_from_ms >= turn.s.context.look_away_after_ms
    if tired_eyes and turn.s.step < len(turn.s.plan.steps):
        turn.go(Phase.LOOK_AWAY, at_ms)
        turn.say("look-away")
    else:
        _open_or_finish(turn, at_ms)


def _open_or_finish(turn: Turn, at_ms: int) -> None:
    _leave_out_closed(turn, at_ms)
    if turn.s.step >= len(turn.s.plan.steps):
        finish(turn, at_ms)
        return
    _open_step(turn, at_ms, 0)
    turn.go(Phase.STEP, at_ms)
    turn.say(turn.s.current.prompt_start)


def movement_closed(session: Session) -> str:
    """Why no movement may run any more in this session; empty: it may."""
    return "pain" if session.pain_locked else "red-stuck" if session.amber_stops else ""


def _leave_out_closed(turn: Turn, at_ms: int) -> None:
    while (why := movement_closed(turn.s)) and turn.s.step < len(turn.s.plan.steps) and turn.s.current.active:
        _leave_out(turn, at_ms, why)


def _open_step(turn: Turn, at_ms: int, repetition: int) -> None:
    turn.set(repetition=repetition, anchor_ms=at_ms, step_began_ms=at_ms, run_from_ms=at_ms, played_ms=-1)
    # Whoever looks at the face finds out anew: that it was missed in an earlier step says nothing about now.
    turn.set(face_lost_at_ms=None, face_pauses=0)
    turn.record(lambda key: StepBegan(key, at_ms, turn.s.step))


def _close_step(turn: Turn, at_ms: int, *, skipped: bool, reason: str) -> None:
    index, began, done = turn.s.step, turn.s.step_began_ms, turn.s.repetition
    turn.record(lambda key: StepEnded(key, at_ms, index, began, done, skipped, reason))
    if not skipped:
        turn.set(done_steps=turn.s.done_steps + 1)


def _leave_out(turn: Turn, at_ms: int, reason: str) -> None:
    index = turn.s.step
    turn.record(lambda key: StepEnded(key, at_ms, index, at_ms, 0, True, reason))
    turn.set(step=index + 1, repetition=0)


def _settle_in(turn: Turn, at_ms: int) -> None:
    turn.go(Phase.SETTLE_IN, at_ms)
    turn.say("settle-in")


def _phase_length(session: Session) -> int:
    if session.phase is Phase.EYE_CARE:
        return EYE_CARE_MS
    if session.phase is Phase.LOOK_AWAY:
        return LOOK_AWAY_MS
    if session.phase is Phase.LEAD_BACK:
        return HANDS_BACK_MS if session.current.hands else LEAD_BACK_MS
    return SETTLE_MS


def _hold(turn: Turn, now_ms: int) -> None:
    """Remember where the present timed phase stands."""
    phase = turn.s.phase
    if phase is Phase.STEP:
        _count_practice(turn, now_ms)
        turn.set(held_ms=_restart_position(turn.s, now_ms - turn.s.anchor_ms))
    origin = Phase.STEP if phase is Phase.LEAD_BACK else phase
    turn.set(paused_in=origin, paused_at_ms=now_ms, face_lost_at_ms=None)


def _restart_position(session: Session, position_ms: int) -> int:
    """Where a step goes on: movements and releases begin their repetition again, long stretches go on inside it."""
    step = session.current
    stretch = stretch_at(step, position_ms, session.easier)
    if stretch.pace in (Pace.HANDS_UP, Pace.LEAD_IN):
        return stretch.start_ms
    if stretch.pace is Pace.REST or step.active or step.kind is Kind.RELEASE:
        return repetition_start_ms(step, session.repetition, session.easier)
    return position_ms


def _count_practice(turn: Turn, now_ms: int) -> None:
    turn.set(practice_ms=turn.s.practice_ms + now_ms - turn.s.run_from_ms, run_from_ms=now_ms)


def _with_relax(plan: Plan) -> Plan:
    return msgspec.structs.replace(plan, steps=plan.steps + plan.relax)


def _begin_record(turn: Turn, at_ms: int) -> None:
    screen_from = at_ms - turn.s.context.screen_ms
    turn.set(began_ms=at_ms, begun=True, planned_steps=len(turn.s.plan.steps), screen_from_ms=screen_from)
    turn.record(lambda key: Began(key, at_ms))
