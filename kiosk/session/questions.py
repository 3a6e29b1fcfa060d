"""The questions of a session, their answers, and where each answer leads: one table.

Every question about safety has one convention: green says that there is nothing new, and works only once the whole
question was heard; amber says that there is something, and what follows from it is said at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.session import taking
from kiosk.session.model import TIREDNESS_SCALE, Answer, Session, SessionPhase
from kiosk.session.turn import SessionTurn

MISTAKE_MS = 60_000
"""Time for which a stop can be taken back."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its possible answers, which may depend on the moment, and what they lead to."""

    green: Callable[[Session], Answer | None]
    """The answer that green gives while nothing is pointed at; None: none."""
    others: Callable[[Session], tuple[Answer, ...]]
    """All other answers. A single one is given by amber at once; among more, amber moves and green accepts."""
    take: Callable[[SessionTurn, Answer, int], None]
    """Carries out an answer at a moment."""


def answers(session: Session) -> tuple[Answer, ...]:
    """Return all that can be answered at this moment.

    With a single switch, and in a pause while the red button is stuck, stopping is one of the answers.
    """
    if session.phase not in QUESTIONS:
        return ()
    green = green_answer(session)
    found = (*((green,) if green is not None and session.lit else ()), *_others(session))
    return (*found, Answer.STOP) if session.context.single_switch and session.phase is not SessionPhase.DONE else found


def green_answer(session: Session) -> Answer | None:
    """Return the answer that green gives while nothing is pointed at, once it is lit."""
    question = QUESTIONS.get(session.phase)
    return None if question is None else question.green(session)


def amber_answer(session: Session) -> Answer | None:
    """Return the answer that amber gives at once; None: it moves the cursor, or does nothing."""
    found = _others(session)
    return found[0] if len(found) == 1 and not session.context.single_switch else None


def choices(session: Session) -> tuple[Answer, ...]:
    """The answers among which the cursor moves; empty where each button gives its own."""
    if session.context.single_switch:
        return answers(session)
    found = _others(session)
    return found if len(found) > 1 else ()


def flags_read(session: Session) -> int:
    """Return the number of red flags that have been read out by now."""
    if session.phase is not SessionPhase.RED_FLAGS:
        return 0
    return min(session.context.flag_count, (session.now_ms - session.since_ms) // flag_ms(session))


def flag_ms(session: Session) -> int:
    """Return the time for which one of the red flags is read, in ms."""
    return max(1, session.context.flag_reading_ms // max(1, session.context.flag_count))


def _others(session: Session) -> tuple[Answer, ...]:
    if session.phase not in QUESTIONS:
        return ()
    found = QUESTIONS[session.phase].others(session)
    stuck = session.amber_stops and session.phase is SessionPhase.PAUSED and not session.context.single_switch
    return (*found, Answer.STOP) if stuck else found


def _fixed(*found: Answer) -> Callable[[Session], tuple[Answer, ...]]:
    return lambda _: found


def _green(answer: Answer | None) -> Callable[[Session], Answer | None]:
    return lambda _: answer


def _told_green(session: Session) -> Answer | None:
    if session.asked is SessionPhase.CLEAN_HANDS:
        return Answer.AGAIN
    return (
        Answer.RELAX if session.refusal else Answer.FINISH if session.asked is SessionPhase.IDENTITY else Answer.GO_ON
    )


def _told_others(session: Session) -> tuple[Answer, ...]:
    if session.asked is SessionPhase.CLEAN_HANDS or (session.asked is SessionPhase.PAIN_BEFORE and session.refusal):
        return (Answer.FINISH,)
    if session.asked in (SessionPhase.IDENTITY, SessionPhase.LINKED, SessionPhase.LINKED_AFTER):
        return (Answer.AGAIN,)
    return (Answer.FINISH,) if session.asked is SessionPhase.RED_FLAGS else ()


def _flagged_others(session: Session) -> tuple[Answer, ...]:
    return (Answer.NONE,) if taking.may_take_back(session) else ()


def _levels(session: Session) -> tuple[Answer, ...]:
    levels = (Answer.MILD, Answer.MODERATE, Answer.SEVERE)
    return (
        *levels,
        Answer.AGAIN if session.asked in (SessionPhase.PAIN_BEFORE, SessionPhase.PAIN_AFTER) else Answer.SHARP,
    )


def _relax_others(session: Session) -> tuple[Answer, ...]:
    if session.begun and (session.pain_locked or session.step >= len(session.plan.steps)):
        return (Answer.RELAX, Answer.FINISH)
    return (Answer.RELAX, Answer.GO_ON, Answer.FINISH)


def _stop_reasons(session: Session) -> tuple[Answer, ...]:
    reasons = (Answer.TIRED, Answer.PAIN, Answer.LINKED, Answer.EYE, Answer.ELSE)
    return (*reasons, Answer.MISTAKE) if session.now_ms - session.stopped_ms <= MISTAKE_MS else reasons


PAUSE_CHOICES = (Answer.PAIN, Answer.TIRED, Answer.EASIER, Answer.SKIP, Answer.SOFTER)

QUESTIONS: dict[SessionPhase, Question] = {
    SessionPhase.IDENTITY: Question(_green(Answer.YES), _fixed(Answer.NO), taking.identity),
    SessionPhase.RED_FLAGS: Question(_green(Answer.NONE), _fixed(Answer.YES), taking.red_flags),
    SessionPhase.FLAGGED: Question(
        lambda session: Answer.EYE if session.flag is Answer.YES else Answer.FINISH, _flagged_others, taking.flagged
    ),
    SessionPhase.PAIN_BEFORE: Question(_green(Answer.NONE), _fixed(Answer.YES), taking.pain_before),
    SessionPhase.PAIN_LEVEL: Question(_green(None), _levels, taking.pain_level),
    SessionPhase.TIREDNESS: Question(_green(None), _fixed(*TIREDNESS_SCALE), taking.tiredness),
    SessionPhase.LINKED: Question(_green(Answer.NO), _fixed(Answer.YES), taking.linked),
    SessionPhase.CLEAN_HANDS: Question(_green(Answer.YES), _fixed(Answer.NO), taking.clean_hands),
    SessionPhase.TOLD: Question(_told_green, _told_others, taking.told),
    SessionPhase.PAUSED: Question(_green(Answer.GO_ON), _fixed(*PAUSE_CHOICES), taking.paused),
    SessionPhase.FACE_AWAY: Question(_green(Answer.GO_ON), _fixed(Answer.ELSE), taking.face_away),
    SessionPhase.RELAX_OFFER: Question(_green(None), _relax_others, taking.relax_offer),
    SessionPhase.STOP_REASON: Question(_green(None), _stop_reasons, taking.stop_reason),
    SessionPhase.PAIN_AFTER: Question(_green(Answer.NONE), _fixed(Answer.YES), taking.pain_after),
    SessionPhase.LINKED_AFTER: Question(_green(Answer.NO), _fixed(Answer.YES), taking.linked_after),
    SessionPhase.DONE: Question(_green(Answer.FINISH), _fixed(), taking.done),
}
