"""The clinic's own voice at the desk: a language is chosen, then its sentences are recorded one by one.

What happens with a sentence is the booth's business (``kiosk.booth``); here it gets its pages and the three buttons.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.booth import machine
from kiosk.booth.machine import ANSWERS, Result
from kiosk.booth.model import Booth, BoothAnswer, BoothEffect, BoothEvent, BoothPhase, BoothTick, FetchSentences
from kiosk.desk.effects import AskStudio
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import BoothOpened
from kiosk.desk.turn import StaffForm, StaffTurn, Style, first

RECORD_VOICE = "record-voice"
MISSING, ANEW = "missing", "anew"
NOTHING = "nothing-to-say"
"""Message: the kiosk says nothing in the language that was chosen."""
PAGES = (StaffPlace.VOICE_SENTENCE, StaffPlace.VOICE_TAKE)


def opened(turn: StaffTurn, news: BoothOpened) -> None:
    """There is something to record, or (None) the kiosk says nothing in that language."""
    if turn.s.place not in (StaffPlace.VOICE, StaffPlace.VOICE_FROM):
        return
    if news.booth is None:
        turn.frame(message=NOTHING)
        return
    before = turn.s.booth
    turn.set(booth=news.booth if before is None else replace(news.booth, kept=before.kept))
    if turn.s.place is StaffPlace.VOICE and news.booth.recorded:
        turn.open(StaffPlace.VOICE_FROM)
    else:
        turn.open(StaffPlace.VOICE_SENTENCE)


def hear(turn: StaffTurn, event: BoothEvent) -> None:
    """Something happened to the booth that is open."""
    booth = turn.s.booth
    if booth is not None:
        _go_on(turn, machine.step(booth, event, turn.s.now_ms))
        if not isinstance(event, BoothTick):
            turn.set(touched_ms=turn.s.now_ms)  # a long sentence is no idleness


def red(turn: StaffTurn) -> bool:
    """Whether red took back what is recorded or heard just now; else it leads back."""
    booth = turn.s.booth
    if booth is None or turn.s.place not in PAGES:
        return False
    result = machine.withdraw(booth, turn.s.now_ms)
    if result is None:
        return False
    _go_on(turn, result)
    return True


def tidy(turn: StaffTurn) -> None:
    """The microphone is closed, and what was recorded is forgotten, with the page."""
    s = turn.s
    if s.booth is None or (not s.left and s.place in (*PAGES, StaffPlace.VOICE_FROM)):
        return
    _ask(turn, machine.closing(s.booth))
    if s.booth.kept:
        turn.log("voice.recorded", f"{s.booth.language}:{s.booth.kept}:{s.slot}")
    turn.set(booth=None)


def deadline_ms(staff: Staff) -> int | None:
    """The moment at which the booth wants to be called; None: never."""
    return None if staff.booth is None else machine.deadline_ms(staff.booth)


def _go_on(turn: StaffTurn, result: Result) -> None:
    booth, effects = result
    turn.set(booth=booth)
    _ask(turn, effects)
    place = StaffPlace.VOICE_TAKE if booth.phase is BoothPhase.DECIDING else StaffPlace.VOICE_SENTENCE
    if turn.s.place in PAGES and turn.s.place is not place:
        turn.instead(place)


def _ask(turn: StaffTurn, effects: tuple[BoothEffect, ...]) -> None:
    turn.effects += [AskStudio(effect, turn.s.slot) for effect in effects]


def _options(staff: Staff) -> tuple[str, ...]:
    return () if staff.booth is None else ANSWERS[staff.booth.phase]


def _answer(turn: StaffTurn, answer: str) -> None:
    if turn.s.booth is not None:
        _go_on(turn, machine.answer(turn.s.booth, BoothAnswer(answer), turn.s.now_ms))


def _own(staff: Staff, _found: tuple[str, ...]) -> str:
    return staff.data.language


def _choose(turn: StaffTurn, answer: str) -> None:
    _ask(turn, (FetchSentences(answer, anew=False),))


def _from(turn: StaffTurn, answer: str) -> None:
    booth: Booth | None = turn.s.booth
    if booth is None:
        return
    if answer == ANEW:
        _ask(turn, (FetchSentences(booth.language, anew=True),))
    else:
        turn.open(StaffPlace.VOICE_SENTENCE)


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.VOICE: StaffForm(
        lambda staff: staff.data.languages, _choose, preset=lambda staff, _: staff.data.language
    ),
    StaffPlace.VOICE_FROM: StaffForm(lambda _staff: (MISSING, ANEW), _from, preset=first),
    StaffPlace.VOICE_SENTENCE: StaffForm(_options, _answer, Style.DIRECT),
    StaffPlace.VOICE_TAKE: StaffForm(_options, _answer, preset=first),
}
