"""The session's machine: ``step(state, event, now) -> (state, effects)``. Pure: no clock, no device, no file.

Buttons, in every phase:

====================  ==================  ==========================  ====================================
phase                 green               amber                       red
====================  ==================  ==========================  ====================================
two answers           nothing new         something                   leave (check-in) / stop / home
more answers          accept the cursor   move the cursor             the same
pause                 go on; accept       move the cursor             stop
timed stretches       picture off / on    pause                       stop, at once, always
eye-care reminder     done                wait                        stop
glasses, lenses       done                pause (called wait)         stop
====================  ==================  ==========================  ====================================

Green answers a question only once it was heard. With a single switch every press in a timed stretch stops; elsewhere
the cursor moves by itself and a press accepts.
"""

from __future__ import annotations

import msgspec

from kiosk import choosing, signals
from kiosk.care.model import Plan
from kiosk.session import steps, timed
from kiosk.session.effects import Effect
from kiosk.session.model import Answer, Context, EndReason, Gap, Session, SessionEvent, SessionPhase
from kiosk.session.questions import (
    MISTAKE_MS,
    QUESTIONS,
    amber_answer,
    answers,
    choices,
    flag_ms,
    flags_read,
    green_answer,
)
from kiosk.session.taking import close, leave_flagged, tell
from kiosk.session.timed import TIMED
from kiosk.session.turn import SessionTurn
from kiosk.signals import Button

IDLE_MS = 180_000
"""Time without a press after which the neutral home comes, without personal data."""
FLAGGED_MS = 600_000
"""The screen that says whom to call stays longer: help may take a while."""
DONE_MS = 60_000
"""Time for which the last screen stays."""

_CHECK_IN = frozenset(
    (
        SessionPhase.IDENTITY,
        SessionPhase.RED_FLAGS,
        SessionPhase.FLAGGED,
        SessionPhase.PAIN_BEFORE,
        SessionPhase.TIREDNESS,
        SessionPhase.LINKED,
        SessionPhase.CLEAN_HANDS,
    )
)
_ENDED = frozenset(
    (
        SessionPhase.STOP_REASON,
        SessionPhase.PAIN_AFTER,
        SessionPhase.LINKED_AFTER,
        SessionPhase.DONE,
        SessionPhase.CLOSED,
    )
)


def begin(plan: Plan, context: Context, now_ms: int) -> tuple[Session, tuple[Effect, ...]]:
    """A session that first asks whose it is. ``plan`` has at least one step."""
    if not plan.steps:
        raise ValueError(f"the plan of {plan.programme!r} has no steps: nothing can be led")
    turn = SessionTurn(
        Session(
            plan=plan,
            context=context,
            phase=SessionPhase.IDENTITY,
            now_ms=now_ms,
            since_ms=now_ms,
            touched_ms=now_ms,
            amber_stops=context.red_stuck,
        )
    )
    turn.ask(SessionPhase.IDENTITY, now_ms)
    return turn.s, tuple(turn.effects)


def step(session: Session, event: SessionEvent, now_ms: int) -> tuple[Session, tuple[Effect, ...]]:
    """Return ``session`` after ``event`` at ``now_ms``, and what it asks of the world. Time never runs backwards."""
    turn = SessionTurn(session)
    now_ms = max(now_ms, session.now_ms)
    if session.phase is SessionPhase.CLOSED and not isinstance(event, signals.Stored):
        return session, ()
    ran = session.phase in TIMED
    if isinstance(event, Gap) and ran:
        _stood_still(turn, event.since_ms, now_ms)
    _pass_time(turn, now_ms)
    stalled = turn.s.phase is SessionPhase.PAUSED and (ran or _before_gap_was_seen(session, event))
    if isinstance(event, signals.Press) and session.context.single_switch and stalled:
        timed.stop(turn, now_ms)  # pressed in a stretch that only a stall had paused
    elif isinstance(event, signals.Press):
        _press(turn, event.button, now_ms)
    elif isinstance(event, signals.Stored):
        turn.set(stored=max(turn.s.stored, min(event.token, turn.s.sent)))
    elif isinstance(event, signals.FaceState):
        _face(turn, event.present, now_ms)
    elif isinstance(event, signals.CameraState):
        _camera(turn, event.ok, now_ms)
    elif isinstance(event, signals.SightState):
        _sight(turn, event.ok, now_ms)
    elif isinstance(event, signals.Stuck):
        _stuck(turn, event, now_ms)
    elif isinstance(event, signals.Closed):
        _shut(turn, now_ms)
    timed.run(turn, now_ms)  # what begins now begins within this call
    return turn.s, tuple(turn.effects)


def deadline_ms(session: Session) -> int | None:
    """The moment at which the machine wants to be called even if nothing happens; None: never."""
    if session.phase is SessionPhase.CLOSED:
        return None
    times = []
    if session.phase in TIMED:
        times.append(timed.boundary_ms(session))
        if (missed_ms := timed.face_missed_ms(session)) is not None:
            times.append(missed_ms)
    else:
        times.append(session.touched_ms + _patience_ms(session))
        if session.context.single_switch and answers(session):
            times.append(session.scan_at_ms)
        if not session.lit:
            times.append(session.lit_ms)
        if session.phase is SessionPhase.STOP_REASON and Answer.MISTAKE in answers(session):
            times.append(session.stopped_ms + MISTAKE_MS + 1)
        if session.phase is SessionPhase.RED_FLAGS and flags_read(session) < session.context.flag_count:
            times.append(session.since_ms + (flags_read(session) + 1) * flag_ms(session))
    return min(times)


def _pass_time(turn: SessionTurn, now_ms: int) -> None:
    if turn.s.phase in TIMED and timed.boundary_ms(turn.s) + timed.GAP_MS < now_ms:
        _stood_still(turn, turn.s.now_ms, now_ms)
    lost = turn.s.face_lost_at_ms
    if lost is not None and (missed_ms := max(turn.s.now_ms, lost + timed.FACE_GRACE_MS)) <= now_ms:
        # The face was missed before whatever else was planned until now.
        timed.run(turn, missed_ms)
        timed.watch_face(turn, missed_ms)
    timed.run(turn, now_ms)
    lit = turn.s.lit
    turn.set(now_ms=now_ms)
    if turn.s.context.single_switch and turn.s.lit != lit and turn.s.phase not in TIMED:
        # What is lit must not turn into another answer under the finger.
        turn.set(cursor=None, scan_at_ms=now_ms + turn.s.context.scan_ms)
    timed.watch_face(turn, now_ms)
    if turn.s.phase not in TIMED and turn.s.phase is not SessionPhase.CLOSED:
        # "By mistake" is gone after a minute: whoever pointed at it points at nothing now.
        turn.set(cursor=choosing.within(turn.s.cursor, len(choices(turn.s))))
        _scan(turn, now_ms)
        if now_ms >= turn.s.touched_ms + _patience_ms(turn.s):
            _idle(turn, now_ms)


def _stood_still(turn: SessionTurn, since_ms: int, now_ms: int) -> None:
    """Pause at the last moment that is known; what was planned until then is played first."""
    since_ms = max(turn.s.now_ms, since_ms)
    timed.run(turn, since_ms)
    if turn.s.phase in TIMED:
        timed.pause(turn, since_ms)
        lit_ms = now_ms + turn.s.context.hears(turn.s.said)
        turn.set(touched_ms=now_ms, scan_at_ms=now_ms + turn.s.context.scan_ms, lit_ms=lit_ms, stalled=True)
        turn.note("gap")


def _before_gap_was_seen(session: Session, event: SessionEvent) -> bool:
    """Whether ``event`` is a press from before the pause that a gap made could be shown.

    Only a gap, or a press, leaves ``touched_ms`` later than the beginning of the pause.
    """
    return isinstance(event, signals.Press) and session.since_ms < session.touched_ms >= event.t_ms


def _patience_ms(session: Session) -> int:
    if session.phase is SessionPhase.DONE:
        return DONE_MS
    return FLAGGED_MS if session.phase is SessionPhase.FLAGGED else IDLE_MS


def _idle(turn: SessionTurn, now_ms: int) -> None:
    """Silence: before the start there is no session, afterwards it is over, in between it is interrupted."""
    tell(turn)
    unanswered = turn.s.phase is not SessionPhase.DONE
    if turn.s.phase is SessionPhase.FLAGGED:
        turn.alert(False)
    if turn.s.begun and turn.s.end is None:
        turn.end(EndReason.TIMEOUT, now_ms)
    elif not turn.s.begun:
        turn.note("check-in.timeout", turn.s.phase.value)
    timed.close_open_step(turn, now_ms, "timeout" if turn.s.end is EndReason.TIMEOUT else "stopped")
    turn.leave(asleep=True, unanswered=unanswered)


def _scan(turn: SessionTurn, now_ms: int) -> None:
    if turn.s.context.single_switch:
        count, every_ms = len(choices(turn.s)), turn.s.context.scan_ms
        cursor, due_ms = choosing.scan(turn.s.cursor, count, turn.s.scan_at_ms, every_ms, now_ms)
        turn.set(cursor=cursor, scan_at_ms=due_ms)


def _press(turn: SessionTurn, button: Button, now_ms: int) -> None:
    turn.set(touched_ms=now_ms)
    if turn.s.phase in TIMED:
        if turn.s.context.single_switch or button is Button.RED or (turn.s.amber_stops and button is Button.AMBER):
            timed.stop(turn, now_ms)
        elif button is Button.AMBER:
            drops = turn.s.phase is SessionPhase.EYE_CARE and turn.s.context.eye_drops
            prompt = timed.DROPS if drops else ""
            timed.pause(turn, now_ms, prompt, lit_after_ms=timed.PAUSE_LIT_MS)
        elif turn.s.phase is SessionPhase.EYE_CARE:
            turn.set(since_ms=now_ms - timed.EYE_CARE_MS)
            timed.run(turn, now_ms)
        elif turn.s.readying:
            steps.made_ready(turn, now_ms)
            timed.run(turn, now_ms)
        elif turn.s.phase in (SessionPhase.STEP, SessionPhase.LEAD_BACK) and (turn.s.may_show or turn.s.may_draw):
            turn.set(picture=not turn.s.picture, face_lost_at_ms=None)
            turn.note("picture", "on" if turn.s.picture else "off")
    elif turn.s.context.single_switch:
        _accept(turn, now_ms)
    elif button is Button.RED:
        _red(turn, now_ms)
    elif button is Button.AMBER:
        _amber(turn, now_ms)
    elif turn.s.cursor is not None:
        _accept(turn, now_ms)
    elif (answer := green_answer(turn.s)) is not None and turn.s.lit:
        _take(turn, answer, now_ms)


def _amber(turn: SessionTurn, now_ms: int) -> None:
    """Give the one other answer, or point at the next; where green has its own answer, past the last at nothing."""
    if (answer := amber_answer(turn.s)) is not None:
        _take(turn, answer, now_ms)
    elif found := choices(turn.s):
        past = turn.s.cursor == len(found) - 1 and green_answer(turn.s) is not None
        turn.set(cursor=None if past else choosing.move(turn.s.cursor, len(found)))


def _accept(turn: SessionTurn, now_ms: int) -> None:
    found = choices(turn.s)
    if turn.s.cursor is not None and turn.s.cursor < len(found):
        _take(turn, found[turn.s.cursor], now_ms)


def _take(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.STOP:
        _red(turn, now_ms)
    else:
        QUESTIONS[turn.s.phase].take(turn, answer, now_ms)


def _red(turn: SessionTurn, now_ms: int) -> None:
    phase = turn.s.phase
    tell(turn)
    if phase is SessionPhase.FLAGGED:
        leave_flagged(turn)
    elif phase in _CHECK_IN or not turn.s.begun:
        turn.note("check-in.stopped", phase.value)
        turn.leave(asleep=phase is SessionPhase.TOLD and turn.s.asked is SessionPhase.IDENTITY)
    elif phase is SessionPhase.STOP_REASON or (
        phase in (SessionPhase.PAIN_LEVEL, SessionPhase.TOLD) and turn.s.end is not None
    ):
        close(turn, now_ms)
    elif phase in _ENDED:
        turn.leave()
    else:
        timed.stop(turn, now_ms)


def _face(turn: SessionTurn, present: bool, now_ms: int) -> None:
    if present:
        turn.set(face_lost_at_ms=None)
        if turn.s.phase is SessionPhase.FACE_AWAY:
            timed.go_on(turn, now_ms)
    elif (
        turn.s.sight_ok
        and turn.s.face_lost_at_ms is None
        and turn.s.phase in (SessionPhase.STEP, SessionPhase.LEAD_BACK)
    ):
        turn.set(face_lost_at_ms=now_ms)


def _camera(turn: SessionTurn, ok: bool, now_ms: int) -> None:
    if ok == turn.s.camera_ok:
        return
    turn.set(camera_ok=ok, face_lost_at_ms=None)
    turn.note("camera", "back" if ok else "lost")
    if turn.s.phase is SessionPhase.FACE_AWAY and not ok:
        # Without a camera nobody can see whether the face is there: it must not hold the session up.
        timed.go_on(turn, now_ms)


def _sight(turn: SessionTurn, ok: bool, now_ms: int) -> None:
    """Pictures are no longer looked at: whether a face is there cannot be told, so nothing waits for one."""
    if ok == turn.s.sight_ok:
        return
    turn.set(sight_ok=ok, face_lost_at_ms=None)
    turn.note("sight", "back" if ok else "lost")
    if turn.s.phase is SessionPhase.FACE_AWAY and not ok:
        timed.go_on(turn, now_ms)


def _stuck(turn: SessionTurn, event: signals.Stuck, now_ms: int) -> None:
    if event.button is not Button.RED:
        return
    turn.set(amber_stops=event.stuck)
    turn.note("red-stuck", "yes" if event.stuck else "no")
    if not event.stuck or not turn.s.begun or turn.s.end is not None:
        return
    running_movement = turn.s.phase in (SessionPhase.STEP, SessionPhase.LEAD_BACK) and turn.s.current.active
    if running_movement or (turn.s.phase not in TIMED and turn.s.current.active):
        if turn.s.phase in TIMED:
            timed.pause(turn, now_ms, "ask.red-stuck")
        else:
            turn.ask(SessionPhase.PAUSED, now_ms, "ask.red-stuck")
        timed.skip_active(turn, now_ms, "red-stuck", block_only=False)


def _shut(turn: SessionTurn, now_ms: int) -> None:
    """The kiosk itself has to end: what runs is interrupted, and can be taken up again."""
    tell(turn)
    if turn.s.begun and turn.s.end is None:
        turn.end(EndReason.FAULT, now_ms)
    turn.leave()


def seen_at(session: Session, now_ms: int) -> Session:
    """The same session with its clock brought up to ``now_ms``, for showing only: nothing happens by it."""
    return msgspec.structs.replace(session, now_ms=now_ms)
