"""The stretches that run by themselves, and what interrupts them: pause, skip, stop, relaxing instead.

Every boundary is handled at the instant it was planned for, in order, however late the call comes.
"""

from __future__ import annotations

import msgspec

from kiosk.care.model import Plan, Step
from kiosk.session import steps
from kiosk.session.delivered import QUIET_MS, Delivered
from kiosk.session.effects import Began, Reopened
from kiosk.session.model import GLASSES_ON, EndReason, Session, SessionPhase
from kiosk.session.timeline import length_ms, repetition_start_ms
from kiosk.session.turn import SessionTurn

SETTLE_MS = 20_000
SHORT_SETTLE_MS = 8_000
"""Length of settling where the first step is itself quiet."""
EYE_CARE_MS = 12_000
DROPS = "ask.drops"
"""The words of a pause for eye drops: after it comes what follows, and the reminder does not begin anew."""
LOOK_AWAY_MS = 20_000
GLASSES_MS = 15_000
PAUSE_LIT_MS = 1_000
"""Time after a pause of the person's own before green goes on: the press that paused is over by then."""
FACE_GRACE_MS = 3_000
MOST_FACE_PAUSES = 2
"""Most pauses in one step for a face that is away: one lost again and again is missed by the looker."""
GAP_MS = 5_000
"""Longest silence of the machine through which somebody may be said to have practised."""
LEAST_BREAK_MS = 1_000

TIMED = frozenset(
    (
        SessionPhase.EYE_CARE,
        SessionPhase.SETTLE_IN,
        SessionPhase.READY,
        SessionPhase.STEP,
        SessionPhase.LEAD_BACK,
        SessionPhase.BREAK,
        SessionPhase.LOOK_AWAY,
        SessionPhase.SETTLE_OUT,
    )
)


def start(turn: SessionTurn, at_ms: int) -> None:
    """Check-in is over: the session begins to count."""
    _begin_record(turn, at_ms)
    turn.camera(True)
    if turn.s.context.eye_reminder:
        steps.enter(turn, SessionPhase.EYE_CARE, at_ms)
    else:
        _after_eye_care(turn, at_ms)


def _after_eye_care(turn: SessionTurn, at_ms: int) -> None:
    if not turn.s.context.resumes or turn.s.step >= turn.s.planned_steps:
        steps.enter(turn, SessionPhase.SETTLE_IN, at_ms)
        return
    repetition = turn.s.context.start_repetition
    turn.set(paused_at_ms=at_ms, unready=turn.s.glasses_off or turn.s.current.hands)
    steps.open_step(turn, at_ms, repetition)
    turn.set(held_ms=repetition_start_ms(turn.s.current, repetition, turn.s.easier) if repetition else 0)
    turn.ask(SessionPhase.PAUSED, at_ms, "ask.resumed")


def run(turn: SessionTurn, now_ms: int) -> None:
    """Play everything that was planned up to ``now_ms``."""
    while turn.s.phase in TIMED:
        due_ms = boundary_ms(turn.s)
        if due_ms > now_ms:
            return
        if turn.s.phase is SessionPhase.STEP:
            steps.cross(turn, due_ms)
        else:
            _cross(turn, due_ms)


def boundary_ms(session: Session) -> int:
    """Return the next planned boundary of the present timed phase."""
    if session.phase is SessionPhase.STEP:
        return steps.boundary_ms(session)
    return session.since_ms + phase_length_ms(session)


def phase_length_ms(session: Session) -> int:
    """Return the whole length of the present timed phase."""
    match session.phase:
        case SessionPhase.STEP:
            return length_ms(session.current, session.easier)
        case SessionPhase.EYE_CARE:
            return EYE_CARE_MS
        case SessionPhase.LOOK_AWAY:
            return LOOK_AWAY_MS
        case SessionPhase.LEAD_BACK:
            return steps.lead_back_ms(session)
        case SessionPhase.READY:
            return GLASSES_MS if session.current.glasses_off else steps.HANDS_BACK_MS
        case SessionPhase.BREAK:
            return max(LEAST_BREAK_MS, (session.delivered.moved_ms or 0) + QUIET_MS - session.since_ms)
        case SessionPhase.SETTLE_IN if not session.current.active:
            return SHORT_SETTLE_MS
    return SETTLE_MS


def pause(
    turn: SessionTurn,
    now_ms: int,
    prompt: str = "",
    phase: SessionPhase = SessionPhase.PAUSED,
    *,
    lit_after_ms: int | None = None,
) -> None:
    """Hold everything where it is, and say so."""
    _hold(turn, now_ms)
    turn.hush()
    turn.ask(phase, now_ms, prompt, lit_after_ms=lit_after_ms)


def go_on(turn: SessionTurn, now_ms: int) -> None:
    """Go on after a pause: a step with a rest that leads back into it, anything else from its beginning."""
    _count_pause(turn, now_ms)
    if turn.s.open and turn.s.current.active and (why := steps.movement_closed(turn.s)):
        skip_active(turn, now_ms, why, block_only=False)
    if turn.s.open:
        steps.lead_back(turn, now_ms)
    elif turn.s.paused_in is SessionPhase.EYE_CARE and turn.s.said == DROPS:
        _after(turn, SessionPhase.EYE_CARE, now_ms)
    else:
        steps.enter(turn, turn.s.paused_in, now_ms)


def make_easier(turn: SessionTurn, now_ms: int) -> None:
    """Halve the holds from here on; the running repetition begins again."""
    if not turn.s.easier:
        turn.set(easier=True)
        turn.note("easier")
        if turn.s.open:
            turn.set(held_ms=repetition_start_ms(turn.s.current, turn.s.repetition, easier=True))
    go_on(turn, now_ms)


def skip(turn: SessionTurn, now_ms: int, reason: str) -> None:
    """Leave the present step (or settle) and go on with what follows."""
    _count_pause(turn, now_ms)
    if turn.s.open:
        steps.close_step(turn, now_ms, reason)
        steps.next_step(turn, now_ms)
    else:
        _after(turn, turn.s.paused_in, now_ms)


def skip_active(turn: SessionTurn, now_ms: int, reason: str, *, block_only: bool) -> None:
    """Leave out the movement steps still to come (of this block, or all), and the open step.

    Afterwards the state rests between steps: the caller decides what comes.
    """
    block = turn.s.current.block if turn.s.step < len(turn.s.plan.steps) else 0
    if turn.s.open:
        steps.close_step(turn, now_ms, reason)
        turn.set(step=turn.s.step + 1, repetition=0)
    turn.set(paused_in=SessionPhase.LOOK_AWAY)
    while turn.s.step < len(turn.s.plan.steps):
        step = turn.s.current
        later = any(s.block == block for s in turn.s.plan.steps[turn.s.step :])
        if (block_only and not (block and later)) or not (step.active or block_only):
            return
        steps.leave_out(turn, now_ms, reason)


def relax_instead(turn: SessionTurn, now_ms: int, reason: str) -> None:
    """Leave out all that remains and lead through the relaxation steps, glasses back on before."""
    fresh, glasses_off = not turn.s.begun, turn.s.glasses_off
    if fresh:
        _begin_record(turn, now_ms)
    if turn.s.open:
        steps.close_step(turn, now_ms, reason)
        turn.set(step=turn.s.step + 1, repetition=0)
    while turn.s.step < len(turn.s.plan.steps):
        steps.leave_out(turn, now_ms, reason)
    turn.set(plan=_with_relax(turn.s.plan, glasses_off=glasses_off), easier=False)
    turn.camera(False)
    if fresh and turn.s.context.eye_reminder:
        steps.enter(turn, SessionPhase.EYE_CARE, now_ms)
        return
    if not fresh:
        _count_pause(turn, now_ms)
    steps.open_or_finish(turn, now_ms)


def stop(turn: SessionTurn, now_ms: int) -> None:
    """Red was pressed: everything ends within this call. Why is asked afterwards."""
    if turn.s.phase in TIMED:
        _hold(turn, now_ms)
    turn.hush()
    turn.end(EndReason.STOPPED, now_ms)
    turn.set(stopped_ms=now_ms, face_lost_at_ms=None)
    turn.ask(SessionPhase.STOP_REASON, now_ms)


def reopen(turn: SessionTurn, now_ms: int) -> None:
    """The stop was a mistake: the session goes on, paused."""
    turn.set(end=None, stop_reason="")
    turn.record(lambda key: Reopened(key, now_ms))
    turn.camera(True)
    turn.ask(SessionPhase.PAUSED, now_ms)


def close_open_step(turn: SessionTurn, now_ms: int, reason: str) -> None:
    """The session ended inside a step: that step is left undone."""
    if turn.s.open:
        steps.close_step(turn, now_ms, reason)


def face_missed_ms(session: Session) -> int | None:
    """Return the moment at which the face will have been away too long, in a movement step that shows a picture.

    None anywhere else, so that nobody waits for a moment at which nothing would happen: such a moment stays in the
    past and turns the one wait into a busy loop.
    """
    waits = session.phase is SessionPhase.STEP and session.wants_picture and session.face_pauses < MOST_FACE_PAUSES
    if not (waits and session.camera_ok) or session.face_lost_at_ms is None:
        return None
    return session.face_lost_at_ms + FACE_GRACE_MS


def watch_face(turn: SessionTurn, now_ms: int) -> None:
    """A face that has been away too long pauses; nothing else is touched."""
    if (missed_ms := face_missed_ms(turn.s)) is not None and missed_ms <= now_ms:
        pause(turn, now_ms, phase=SessionPhase.FACE_AWAY)
        turn.set(face_pauses=turn.s.face_pauses + 1)
        turn.note("face.away")


def _cross(turn: SessionTurn, due_ms: int) -> None:
    """A timed phase that is no step is over."""
    phase = turn.s.phase
    if phase is SessionPhase.LEAD_BACK:
        steps.play_on(turn, due_ms)
    elif phase in (SessionPhase.READY, SessionPhase.BREAK) and turn.s.open:
        turn.set(unready=turn.s.unready and phase is not SessionPhase.READY)
        steps.lead_back(turn, due_ms)
    else:
        _after(turn, phase, due_ms)


def _after(turn: SessionTurn, phase: SessionPhase, at_ms: int) -> None:
    """Begin what follows ``phase``, in which no step was open."""
    if phase is SessionPhase.EYE_CARE:
        _after_eye_care(turn, at_ms)
    elif phase is SessionPhase.SETTLE_OUT:
        # The last stretch is over: the session is complete, what follows is only asked.
        turn.end(EndReason.COMPLETED, at_ms)
        turn.ask(SessionPhase.PAIN_AFTER, at_ms)
    else:
        if phase is SessionPhase.LOOK_AWAY:
            turn.set(screen_from_ms=at_ms)
        turn.set(unready=turn.s.unready and phase is not SessionPhase.READY)
        steps.open_or_finish(turn, at_ms)


def _hold(turn: SessionTurn, now_ms: int) -> None:
    """Remember where the present timed phase stands."""
    if turn.s.phase is SessionPhase.STEP:
        steps.hold(turn, now_ms)
    turn.set(paused_in=turn.s.phase, paused_at_ms=now_ms, face_lost_at_ms=None)


def _count_pause(turn: SessionTurn, now_ms: int) -> None:
    turn.set(paused_ms=turn.s.paused_ms + now_ms - turn.s.paused_at_ms)


def _with_relax(plan: Plan, *, glasses_off: bool) -> Plan:
    back_on = [step for step in plan.steps if step.exercise == GLASSES_ON][:1] if glasses_off else []
    return msgspec.structs.replace(plan, steps=(*plan.steps, *back_on, *plan.relax))


def _begin_record(turn: SessionTurn, at_ms: int) -> None:
    context, plan = turn.s.context, turn.s.plan
    turn.set(
        begun=True,
        planned_steps=len(plan.steps),
        screen_from_ms=at_ms - context.screen_ms,
    )
    if context.resumes:
        before = (*plan.steps[: context.start_step], *_done_part(plan, context.start_step, context.start_repetition))
        total_ms = sum(step.duration_ms for step in before if step.active)
        turn.set(step=context.start_step, delivered=Delivered(total_ms=total_ms))
    turn.record(lambda key: Began(key, at_ms))


def _done_part(plan: Plan, index: int, repetitions: int) -> tuple[Step, ...]:
    """Return the part of the cut step that was done, as a step."""
    if not repetitions or index >= len(plan.steps):
        return ()
    return (msgspec.structs.replace(plan.steps[index], repetitions=repetitions),)
