"""The carrying out of the answers to a session's questions: what follows from each."""

from __future__ import annotations

from kiosk.care.model import Family
from kiosk.care.outcomes import OUTCOMES, Finding, Flag, Outcome, SaidAt, practice_of
from kiosk.session import timed
from kiosk.session.effects import SofterVoice
from kiosk.session.model import PAIN_SCALE, TIREDNESS_SCALE, Answer, EndReason, Session, SessionPhase
from kiosk.session.turn import SessionTurn

HURT = ("ask.done.hurt", "ask.done.hurt.glasses")
"""The last words to somebody who told of pain, without and with glasses to put back on."""
FLAGS_FOR_STAFF = 2
"""Number of red flags after which only staff open practice again."""


def worse(now: Answer, before: Answer | None) -> bool:
    """Rule 5: sharp, or moderate or worse *and* worse than at check-in."""
    if now is Answer.SHARP:
        return True
    level = PAIN_SCALE.index(now)
    return level >= PAIN_SCALE.index(Answer.MODERATE) and level > PAIN_SCALE.index(before or Answer.NONE)


def tell(turn: SessionTurn) -> None:
    """Tell staff of a finding that was not looked at again, whatever ends its page."""
    if turn.s.pending is not None:
        turn.flag(turn.s.pending)
        turn.set(pending=None)


def close(turn: SessionTurn, now_ms: int) -> None:
    """The session has ended and nothing more is asked: what was open is closed, and the person is thanked."""
    timed.close_open_step(turn, now_ms, turn.s.stop_reason or "stopped")
    stopped = turn.s.end is not EndReason.COMPLETED
    glasses = stopped and turn.s.glasses_off
    found = HURT if turn.s.hurt else ("ask.done.stopped" if stopped else "", "ask.done.glasses")
    prompt = found[glasses]
    turn.ask(SessionPhase.DONE, now_ms, prompt)


# What follows from an answer.


def _outcome(turn: SessionTurn, moment: SaidAt, finding: Finding) -> Outcome | None:
    practice = practice_of(turn.s.plan.family, turn.s.context.stage)
    return OUTCOMES.get((practice, moment, finding))


def _words(session: Session, outcome: Outcome) -> str:
    """The words of ``outcome``; after pain they name what stays open for this person."""
    if outcome.flag is not Flag.PAIN_LOCK or Family.RELAX not in session.context.stay_open:
        return outcome.said
    return f"{outcome.said}.{'releases' if Family.RELEASES in session.context.stay_open else 'relax'}"


def _say_what_follows(
    turn: SessionTurn, outcome: Outcome, now_ms: int, *, again: bool = False, phase: SessionPhase = SessionPhase.TOLD
) -> None:
    """The page that says what ``outcome`` is; with ``again`` its question can be looked at again before it counts."""
    if not again and outcome.flag is not None:
        turn.flag(outcome.flag)
    turn.set(pending=outcome.flag if again else None)
    turn.ask(phase, now_ms, _words(turn.s, outcome))


def told(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    asked, refusal = turn.s.asked, turn.s.refusal
    turn.set(refusal="")
    if answer is Answer.AGAIN:
        turn.set(pending=None)
        turn.ask(asked, now_ms)
        return
    tell(turn)
    if answer is Answer.RELAX:
        timed.relax_instead(turn, now_ms, refusal)
    elif answer is Answer.FINISH:
        turn.leave(asleep=asked is SessionPhase.IDENTITY)
    elif asked is SessionPhase.LINKED:
        turn.set(linked=True, easier=True)
        _after_linked(turn, now_ms)
    elif asked is SessionPhase.PAIN_AFTER:
        _after_pain_after(turn, now_ms)
    else:
        close(turn, now_ms)


# Check-in.


def identity(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.YES:
        turn.ask(SessionPhase.RED_FLAGS, now_ms)
    elif outcome := _outcome(turn, SaidAt.CHECK_IN, Finding.NOT_ME):
        turn.set(asked=SessionPhase.IDENTITY)
        _say_what_follows(turn, outcome, now_ms, again=True)


def red_flags(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    turn.hush()
    if answer is Answer.YES:
        turn.set(flag=Answer.YES, flags=turn.s.flags + 1)
        finding = Finding.RED_FLAG if may_take_back(turn.s) else Finding.RED_FLAG_AGAIN
        if outcome := _outcome(turn, SaidAt.CHECK_IN, finding):
            turn.alert(True)
            turn.tone("danger", now_ms)
            _say_what_follows(turn, outcome, now_ms, phase=SessionPhase.FLAGGED)
        return
    outcome = _outcome(turn, SaidAt.CHECK_IN, Finding.TAKEN_BACK) if turn.s.flags else None
    if outcome is not None:
        turn.set(asked=SessionPhase.RED_FLAGS)
        _refuse(turn, "flag", outcome, now_ms)
    else:
        turn.ask(SessionPhase.PAIN_BEFORE, now_ms)


def may_take_back(session: Session) -> bool:
    return session.context.flags + session.flags < FLAGS_FOR_STAFF


def flagged(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.EYE and (outcome := _outcome(turn, SaidAt.CHECK_IN, Finding.EYE)):
        turn.set(flag=Answer.EYE)
        _say_what_follows(turn, outcome, now_ms, phase=SessionPhase.FLAGGED)
    elif answer is Answer.NONE:
        # The lamp goes out; the line in the inbox and what is closed stay.
        turn.set(flag=None)
        turn.alert(False)
        turn.note("red-flag.taken-back")
        turn.ask(SessionPhase.RED_FLAGS, now_ms)
    else:
        leave_flagged(turn)


def leave_flagged(turn: SessionTurn) -> None:
    """Leave for home after a flag that nobody takes back, with the eye card open if it is the eye."""
    turn.alert(False)
    turn.leave(card="eye-care" if turn.s.flag is Answer.EYE else "")


def pain_before(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.YES:
        _ask_level(turn, SessionPhase.PAIN_BEFORE, now_ms)
        return
    turn.set(pain_before=answer)
    turn.rate("pain_before", PAIN_SCALE, answer)
    constant = answer is Answer.MODERATE and turn.s.context.constant_pain_cleared
    outcome = _outcome(turn, SaidAt.CHECK_IN, Finding.PAIN)
    if outcome and PAIN_SCALE.index(answer) >= PAIN_SCALE.index(Answer.MODERATE) and not constant:
        _refuse(turn, "pain", outcome, now_ms)
    else:
        turn.ask(SessionPhase.TIREDNESS, now_ms)


def tiredness(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    turn.set(tiredness=answer)
    turn.rate("tiredness", TIREDNESS_SCALE, answer)
    tired = TIREDNESS_SCALE.index(answer) >= TIREDNESS_SCALE.index(Answer.TIRED)
    if tired and turn.s.plan.family.active:
        turn.ask(SessionPhase.RELAX_OFFER, now_ms)
    else:
        _after_tiredness(turn, now_ms)


def _after_tiredness(turn: SessionTurn, now_ms: int) -> None:
    if turn.s.plan.family.active:
        turn.ask(SessionPhase.LINKED, now_ms)
    else:
        _after_linked(turn, now_ms)


def linked(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    outcome = _outcome(turn, SaidAt.CHECK_IN, Finding.LINKED) if answer is Answer.YES else None
    if outcome is None:
        _after_linked(turn, now_ms)
        return
    turn.set(asked=SessionPhase.LINKED, refusal="linked" if outcome.flag is Flag.LINKED_PAUSE else "")
    _say_what_follows(turn, outcome, now_ms, again=True)


def _after_linked(turn: SessionTurn, now_ms: int) -> None:
    if turn.s.context.clean_hands:
        turn.ask(SessionPhase.CLEAN_HANDS, now_ms)
    else:
        timed.start(turn, now_ms)


def clean_hands(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    outcome = _outcome(turn, SaidAt.CHECK_IN, Finding.HANDS) if answer is Answer.NO else None
    if outcome is None:
        timed.start(turn, now_ms)
        return
    turn.set(asked=SessionPhase.CLEAN_HANDS)
    _say_what_follows(turn, outcome, now_ms)


def _refuse(turn: SessionTurn, why: str, outcome: Outcome, now_ms: int) -> None:
    """The movements of this session are not for today; relaxing is."""
    turn.set(refusal=why)
    turn.note("check-in.refused", why)
    _say_what_follows(turn, outcome, now_ms)


# While it runs.


def paused(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.GO_ON:
        timed.go_on(turn, now_ms)
    elif answer is Answer.SKIP:
        timed.skip(turn, now_ms, "skipped")
    elif answer is Answer.EASIER:
        timed.make_easier(turn, now_ms)
    elif answer is Answer.SOFTER:
        turn.set(cursor=None)
        turn.effects.append(SofterVoice())
        turn.say("softer")
    elif answer is Answer.TIRED:
        turn.note("tired")
        timed.skip_active(turn, now_ms, "tired", block_only=True)
        turn.ask(SessionPhase.RELAX_OFFER, now_ms)
    else:
        _ask_level(turn, SessionPhase.PAUSED, now_ms)


def face_away(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.GO_ON:
        turn.set(picture=False)
        timed.go_on(turn, now_ms)
    else:
        turn.ask(SessionPhase.PAUSED, now_ms)


def _ask_level(turn: SessionTurn, asked: SessionPhase, now_ms: int) -> None:
    turn.set(asked=asked)
    turn.ask(SessionPhase.PAIN_LEVEL, now_ms)


def pain_level(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    asked = turn.s.asked
    if answer is Answer.AGAIN:
        turn.ask(asked, now_ms)
    elif asked is SessionPhase.PAIN_BEFORE:
        pain_before(turn, answer, now_ms)
    elif asked is SessionPhase.PAIN_AFTER:
        pain_after(turn, answer, now_ms)
    else:
        turn.note("pain", answer.value)
        _pain_while(turn, answer, now_ms)


def _pain_while(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    stopped = turn.s.end is not None
    outcome = _outcome(turn, SaidAt.STOP if stopped else SaidAt.PAUSE, Finding.PAIN)
    if outcome is None or not worse(answer, turn.s.pain_before):
        if stopped:
            close(turn, now_ms)
        else:
            turn.ask(SessionPhase.PAUSED, now_ms)
        return
    if not stopped:
        timed.skip_active(turn, now_ms, "pain", block_only=False)
    _lock_for_pain(turn, outcome, now_ms, SessionPhase.TOLD if stopped else SessionPhase.RELAX_OFFER)


def _lock_for_pain(turn: SessionTurn, outcome: Outcome, now_ms: int, phase: SessionPhase) -> None:
    """No more movement today, told once."""
    if outcome.flag is not None and not turn.s.pain_locked:
        turn.flag(outcome.flag)
    turn.set(pain_locked=True)
    turn.ask(phase, now_ms, _words(turn.s, outcome))


def relax_offer(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
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


def stop_reason(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.MISTAKE:
        timed.reopen(turn, now_ms)
        return
    turn.end(EndReason.STOPPED, now_ms, answer.value)
    if answer is Answer.PAIN:
        _ask_level(turn, SessionPhase.STOP_REASON, now_ms)
        return
    findings = {Answer.LINKED: Finding.LINKED, Answer.EYE: Finding.EYE}
    outcome = _outcome(turn, SaidAt.STOP, findings[answer]) if answer in findings else None
    if outcome is None:
        close(turn, now_ms)
        return
    turn.set(asked=SessionPhase.STOP_REASON, linked=answer is Answer.LINKED)
    _say_what_follows(turn, outcome, now_ms)


def pain_after(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    if answer is Answer.YES:
        _ask_level(turn, SessionPhase.PAIN_AFTER, now_ms)
        return
    turn.set(pain_after=answer)
    turn.rate("pain_after", PAIN_SCALE, answer)
    outcome = _outcome(turn, SaidAt.CHECK_OUT, Finding.PAIN) if worse(answer, turn.s.pain_before) else None
    if outcome is None:
        _after_pain_after(turn, now_ms)
    else:
        turn.set(asked=SessionPhase.PAIN_AFTER)
        _lock_for_pain(turn, outcome, now_ms, SessionPhase.TOLD)


def _after_pain_after(turn: SessionTurn, now_ms: int) -> None:
    if turn.s.plan.family.active and not turn.s.linked:
        turn.ask(SessionPhase.LINKED_AFTER, now_ms)
    else:
        close(turn, now_ms)


def linked_after(turn: SessionTurn, answer: Answer, now_ms: int) -> None:
    outcome = _outcome(turn, SaidAt.CHECK_OUT, Finding.LINKED) if answer is Answer.YES else None
    if outcome is None:
        close(turn, now_ms)
        return
    turn.set(asked=SessionPhase.LINKED_AFTER)
    _say_what_follows(turn, outcome, now_ms, again=True)


def done(turn: SessionTurn, _answer: Answer, _now_ms: int) -> None:
    turn.leave()
