"""What is asked, what can be answered, and where each answer leads: one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.care.model import Family
from kiosk.session import timed
from kiosk.session.model import (
    PAIN_SCALE,
    TIREDNESS_SCALE,
    Answer,
    EndReason,
    Flag,
    Phase,
    Session,
    SofterVoice,
)
from kiosk.session.turn import Turn

MISTAKE_MS = 60_000
"""For so long after a stop it can be taken back."""


@dataclass(frozen=True, slots=True)
class Question:
    """``answers`` may depend on the moment; with two, green gives the first and amber the second at once."""

    answers: Callable[[Session], tuple[Answer, ...]]
    take: Callable[[Turn, Answer, int], None]


def answers(session: Session) -> tuple[Answer, ...]:
    """What can be answered in the present phase.

    With a single switch, and in a pause while the red button is stuck, stopping is one of the answers.
    """
    question = QUESTIONS.get(session.phase)
    if question is None:
        return ()
    found = question.answers(session)
    stuck = session.amber_stops and session.phase is Phase.PAUSED
    return (*found, Answer.STOP) if session.context.single_switch or stuck else found


def direct(session: Session) -> bool:
    """Whether green and amber each give their own answer, without moving a cursor."""
    return not session.context.single_switch and len(answers(session)) <= 2


def flags_read(session: Session) -> int:
    """How many of the red flags have been read out by now."""
    if session.phase is not Phase.RED_FLAGS:
        return 0
    each = max(1, session.context.flag_reading_ms // max(1, session.context.flag_count))
    return min(session.context.flag_count, (session.now_ms - session.since_ms) // each)


def _fixed(*found: Answer) -> Callable[[Session], tuple[Answer, ...]]:
    return lambda _: found


# Check-in.


def _identity(turn: Turn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.YES:
        turn.ask(Phase.RED_FLAGS, now_ms)
    else:
        turn.flag(Flag.NOT_ME)
        turn.leave(asleep=True)


def _flag_answers(session: Session) -> tuple[Answer, ...]:
    # "None of these" exists only once the whole list was read: a quick thumb must not answer what was not heard.
    read = flags_read(session) >= session.context.flag_count
    return (Answer.NONE, Answer.YES) if read else (Answer.YES,)


def _red_flags(turn: Turn, answer: Answer, now_ms: int) -> None:
    turn.hush()
    turn.ask(Phase.PAIN_BEFORE if answer is Answer.NONE else Phase.FLAG_KIND, now_ms)


def _flag_kind(turn: Turn, answer: Answer, now_ms: int) -> None:
    turn.set(flag=answer)
    turn.flag(Flag.RED_FLAG_EYE if answer is Answer.EYE else Flag.RED_FLAG)
    turn.alert(True)
    turn.ask(Phase.FLAGGED, now_ms)


def _flagged_answers(session: Session) -> tuple[Answer, ...]:
    return (Answer.EYE, Answer.FINISH) if session.flag is Answer.EYE else (Answer.FINISH,)


def _flagged(turn: Turn, answer: Answer, _: int) -> None:
    turn.alert(False)
    turn.leave(card="eye-care" if answer is Answer.EYE else "")


def _pain_before(turn: Turn, answer: Answer, now_ms: int) -> None:
    turn.set(pain_before=answer)
    turn.rate("pain_before", PAIN_SCALE, answer)
    level = PAIN_SCALE.index(answer)
    constant = answer is Answer.MODERATE and turn.s.context.constant_pain_cleared
    if turn.s.plan.family.active and level >= PAIN_SCALE.index(Answer.MODERATE) and not constant:
        turn.flag(Flag.CONSTANT_PAIN)
        _refuse(turn, "pain", now_ms)
    else:
        turn.ask(Phase.TIREDNESS, now_ms)


def _tiredness(turn: Turn, answer: Answer, now_ms: int) -> None:
    turn.set(tiredness=answer)
    turn.rate("tiredness", TIREDNESS_SCALE, answer)
    tired = TIREDNESS_SCALE.index(answer) >= TIREDNESS_SCALE.index(Answer.TIRED)
    if tired and turn.s.plan.family.active:
        turn.ask(Phase.RELAX_OFFER, now_ms)
    else:
        _after_tiredness(turn, now_ms)


def _after_tiredness(turn: Turn, now_ms: int) -> None:
    if turn.s.plan.family.active:
        turn.ask(Phase.LINKED, now_ms)
    else:
        _after_linked(turn, now_ms)


def _linked(turn: Turn, answer: Answer, now_ms: int) -> None:
    if answer is not Answer.YES:
        _after_linked(turn, now_ms)
        return
    turn.set(linked=True)
    if turn.s.plan.family is Family.FIRST_MOVEMENTS:
        turn.flag(Flag.LINKED_PAUSE)
        _refuse(turn, "linked", now_ms)
    else:
        turn.flag(Flag.LINKED_SMALLER)
        turn.set(easier=True)
        _after_linked(turn, now_ms)


def _after_linked(turn: Turn, now_ms: int) -> None:
    if turn.s.context.clean_hands:
        turn.ask(Phase.CLEAN_HANDS, now_ms)
    else:
        timed.start(turn, now_ms)


def _clean_hands(turn: Turn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.YES:
        timed.start(turn, now_ms)
    else:
        _refuse(turn, "hands", now_ms)


def _refuse(turn: Turn, why: str, now_ms: int) -> None:
    turn.set(refusal=why)
    turn.note("check-in.refused", why)
    turn.go(Phase.REFUSED, now_ms)
    turn.say(f"refused.{why}")


def _refused_answers(session: Session) -> tuple[Answer, ...]:
    return (Answer.FINISH,) if session.refusal == "hands" else (Answer.RELAX, Answer.FINISH)


def _refused(turn: Turn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.RELAX:
        timed.relax_instead(turn, now_ms, turn.s.refusal)
    else:
        turn.leave()


# While it runs.


def _paused(turn: Turn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.GO_ON:
        timed.go_on(turn, now_ms)
    elif answer is Answer.SKIP:
        timed.skip(turn, now_ms, "skipped")
    elif answer is Answer.EASIER:
        timed.make_easier(turn, now_ms)
    elif answer is Answer.SOFTER:
        turn.effects.append(SofterVoice())
        turn.say("softer")
    elif answer is Answer.TIRED:
        turn.note("tired")
        timed.skip_active(turn, now_ms, "tired", block_only=True)
        turn.ask(Phase.RELAX_OFFER, now_ms)
    else:
        turn.ask(Phase.PAIN_LEVEL, now_ms)


def _face_away(turn: Turn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.GO_ON:
        turn.set(picture=False)
        timed.go_on(turn, now_ms)
    else:
        turn.ask(Phase.PAUSED, now_ms)


def _pain_level(turn: Turn, answer: Answer, now_ms: int) -> None:
    turn.note("pain", answer.value)
    locks = worse(answer, turn.s.pain_before)
    if locks:
        timed.lock_for_pain(turn)
    if turn.s.end is not None:
        close(turn, now_ms)
    elif locks:
        timed.skip_active(turn, now_ms, "pain", block_only=False)
        turn.ask(Phase.RELAX_OFFER, now_ms)
    else:
        turn.ask(Phase.PAUSED, now_ms)


def worse(now: Answer, before: Answer | None) -> bool:
    """Rule 5: sharp, or moderate or worse *and* worse than at check-in."""
    if now is Answer.SHARP:
        return True
    level = PAIN_SCALE.index(now)
    return level >= PAIN_SCALE.index(Answer.MODERATE) and level > PAIN_SCALE.index(before or Answer.NONE)


def _relax_answers(session: Session) -> tuple[Answer, ...]:
    if session.begun and (session.pain_locked or session.step >= len(session.plan.steps)):
        return (Answer.RELAX, Answer.FINISH)
    return (Answer.RELAX, Answer.GO_ON, Answer.FINISH)


def _relax_offer(turn: Turn, answer: Answer, now_ms: int) -> None:
    why = "pain" if turn.s.pain_locked else "tired"
    if answer is Answer.RELAX:
        timed.relax_instead(turn, now_ms, why)
    elif answer is Answer.FINISH:
        if turn.s.begun:
            turn.end(EndReason.STOPPED, now_ms, why)
            close(turn, now_ms)
        else:
            turn.note("check-in.refused", why)
            turn.leave()
    elif turn.s.begun:
        timed.go_on(turn, now_ms)
    else:
        _after_tiredness(turn, now_ms)


# Afterwards.


def _stop_answers(session: Session) -> tuple[Answer, ...]:
    reasons = (Answer.TIRED, Answer.PAIN, Answer.LINKED, Answer.EYE, Answer.ELSE)
    return (*reasons, Answer.MISTAKE) if session.now_ms - session.stopped_ms <= MISTAKE_MS else reasons


def _stop_reason(turn: Turn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.MISTAKE:
        timed.reopen(turn, now_ms)
        return
    turn.end(EndReason.STOPPED, now_ms, answer.value)
    if answer is Answer.PAIN:
        turn.ask(Phase.PAIN_LEVEL, now_ms)
        return
    if answer is Answer.LINKED:
        _flag_linked(turn)
    close(turn, now_ms)


def _flag_linked(turn: Turn) -> None:
    turn.set(linked=True)
    turn.flag(Flag.LINKED_PAUSE if turn.s.plan.family is Family.FIRST_MOVEMENTS else Flag.LINKED_SMALLER)


def close(turn: Turn, now_ms: int) -> None:
    """The session has ended and nothing more is asked: what was open is closed, and the person is thanked."""
    timed.close_open_step(turn, now_ms, turn.s.stop_reason or "stopped")
    turn.set(paused_in=Phase.SETTLE_OUT)
    turn.ask(Phase.DONE, now_ms)


def _pain_after(turn: Turn, answer: Answer, now_ms: int) -> None:
    turn.set(pain_after=answer)
    turn.rate("pain_after", PAIN_SCALE, answer)
    if worse(answer, turn.s.pain_before):
        timed.lock_for_pain(turn)
    if turn.s.plan.family.active and not turn.s.linked:
        turn.ask(Phase.LINKED_AFTER, now_ms)
    else:
        turn.ask(Phase.DONE, now_ms)


def _linked_after(turn: Turn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.YES:
        _flag_linked(turn)
    turn.ask(Phase.DONE, now_ms)


def _done(turn: Turn, _answer: Answer, _now_ms: int) -> None:
    turn.leave()


_YES_NO = _fixed(Answer.YES, Answer.NO)

QUESTIONS: dict[Phase, Question] = {
    Phase.IDENTITY: Question(_YES_NO, _identity),
    Phase.RED_FLAGS: Question(_flag_answers, _red_flags),
    Phase.FLAG_KIND: Question(_fixed(Answer.EYE, Answer.ELSE), _flag_kind),
    Phase.FLAGGED: Question(_flagged_answers, _flagged),
    Phase.PAIN_BEFORE: Question(_fixed(*PAIN_SCALE), _pain_before),
    Phase.TIREDNESS: Question(_fixed(*TIREDNESS_SCALE), _tiredness),
    Phase.LINKED: Question(_YES_NO, _linked),
    Phase.CLEAN_HANDS: Question(_YES_NO, _clean_hands),
    Phase.REFUSED: Question(_refused_answers, _refused),
    Phase.PAUSED: Question(
        _fixed(Answer.GO_ON, Answer.EASIER, Answer.SKIP, Answer.TIRED, Answer.PAIN, Answer.SOFTER), _paused
    ),
    Phase.FACE_AWAY: Question(_fixed(Answer.GO_ON, Answer.ELSE), _face_away),
    Phase.PAIN_LEVEL: Question(_fixed(Answer.MILD, Answer.MODERATE, Answer.SEVERE, Answer.SHARP), _pain_level),
    Phase.RELAX_OFFER: Question(_relax_answers, _relax_offer),
    Phase.STOP_REASON: Question(_stop_answers, _stop_reason),
    Phase.PAIN_AFTER: Question(_fixed(*PAIN_SCALE), _pain_after),
    Phase.LINKED_AFTER: Question(_YES_NO, _linked_after),
    Phase.DONE: Question(_fixed(Answer.FINISH), _done),
}
