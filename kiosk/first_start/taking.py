"""The carrying out of what is answered on the pages of the first start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.care.person import Role
from kiosk.desk.model import DeskPart, StaffPage, StaffPlace
from kiosk.first_start.calling import ways
from kiosk.first_start.effects import (
    OpenDesk,
    WriteCallText,
)
from kiosk.first_start.model import (
    AT_DESK,
    CallChoice,
    CallWay,
    DeskDone,
    Finishing,
    FirstData,
    FirstPlace,
)
from kiosk.first_start.pages import (
    AGAIN,
    BELL,
    ENOUGH,
    HEARD,
    KEEP,
    LANGUAGE,
    LATER,
    LOUDER,
    NOT_THERAPIST,
    ORDER,
    OTHER,
    OWN,
    TOO_SMALL,
    VOLUME,
    WIDTH,
    ZERO,
    answers,
    direct,
    language_of,
    way_of,
)
from kiosk.first_start.turn import FirstTurn
from kiosk.menus import entry
from kiosk.signals import Button

SHOWN_BY_DESK = {FirstPlace.DATE: FirstPlace.SET_DATE, FirstPlace.PERSON: FirstPlace.SET_UP}
"""Page → the place at the desk at which it is answered."""
WRONG_PRESSES = 3
"""Presses of another button in a row after which one that does not answer is passed over."""


def _resume(turn: FirstTurn, _answer: str) -> None:
    turn.walk_on(None)


def _language(turn: FirstTurn, answer: str) -> None:
    turn.put(LANGUAGE, answer)
    turn.finish(FirstPlace.LANGUAGE)


def _screen(turn: FirstTurn, answer: str) -> None:
    if answer == LATER:
        turn.finish(FirstPlace.SCREEN, later=True)
    else:
        turn.put(WIDTH, int(answer))
        turn.go(FirstPlace.READABLE)


def _readable(turn: FirstTurn, answer: str) -> None:
    if answer == OTHER:
        turn.set(message=TOO_SMALL)
    else:
        turn.finish(FirstPlace.SCREEN, later=answer == LATER)


def try_button(turn: FirstTurn, button: Button) -> None:
    s = turn.s
    if s.asked is None:
        return
    wrongs = s.wrongs + 1 if button is s.wrong else 1
    if button is not s.asked and wrongs < WRONG_PRESSES:
        turn.set(wrong=button, wrongs=wrongs)
        return
    dead = s.dead if button is s.asked else s.dead | {s.asked}
    following = ORDER[ORDER.index(s.asked) + 1 :]
    turn.set(asked=following[0] if following else None, wrong=None, wrongs=0, dead=dead)


def _lamps(turn: FirstTurn, answer: str) -> None:
    turn.finish(FirstPlace.BUTTONS, later=answer == OTHER or bool(turn.s.dead))


def _camera(turn: FirstTurn, answer: str) -> None:
    turn.finish(FirstPlace.CAMERA, later=answer == LATER or not turn.s.live)


def _sound(turn: FirstTurn, answer: str) -> None:
    if answer in (HEARD, LATER):
        turn.finish(FirstPlace.SOUND, later=answer == LATER)
        return
    if answer != AGAIN:
        volume = turn.s.data.volume + (1 if answer == LOUDER else -1)
        turn.put(VOLUME, volume)
        refresh(turn, replace(turn.s.data, volume=volume))
    turn.try_sound()


def _call(turn: FirstTurn, answer: str) -> None:
    if answer in (KEEP, LATER):
        turn.finish(FirstPlace.CALL, later=answer == LATER)
    elif answer == OWN:
        turn.go(FirstPlace.CALL_LENGTH)
    else:
        _choose_words(turn, "" if answer == BELL else answer)


def _choose_words(turn: FirstTurn, number: str) -> None:
    turn.set(call=CallChoice(number))
    turn.go(FirstPlace.CALL_WORDS)


def _call_length(turn: FirstTurn, answer: str) -> None:
    turn.set(length=int(answer))
    turn.go(FirstPlace.CALL_NUMBER)


def press_digit(turn: FirstTurn, button: Button) -> None:
    s = turn.s
    if button is Button.GREEN:
        digit(turn, s.turning)
    elif button is Button.AMBER:
        turn.set(turning=(s.turning + 1) % 10)
    elif s.digits:
        turn.set(digits=s.digits[:-1], turning=0)
    else:
        turn.back()


def digit(turn: FirstTurn, digit: int) -> None:
    digits = f"{turn.s.digits}{digit}"
    turn.set(digits=digits, turning=0, message="")
    if len(digits) < turn.s.length:
        return
    if digits.strip("0"):
        _choose_words(turn, digits)
    else:
        turn.set(digits="", message=ZERO)


def _call_words(turn: FirstTurn, answer: str) -> None:
    s = turn.s
    if answer == OTHER:
        turn.set(cursor=((s.cursor or 0) + 1) % len(ways(s.call.number)))
        return
    call = replace(s.call, chosen=(*s.call.chosen, (language_of(s), way_of(s))))
    turn.set(call=call, cursor=None)
    if len(call.chosen) == len(s.data.languages):
        turn.effects.append(WriteCallText(call, s.slot))
        turn.finish(FirstPlace.CALL, later=dict(call.chosen)[s.data.language] is CallWay.NONE)


def _team(turn: FirstTurn, answer: str) -> None:
    if answer in (ENOUGH, LATER):
        turn.finish(FirstPlace.TEAM, later=answer == LATER)
        return
    slot = entry.free_slot(Role(answer), {slot for slot, _role in turn.s.data.slots})
    turn.go(FirstPlace.NEW_STAFF)
    turn.effects.append(OpenDesk(DeskPart(StaffPage(StaffPlace.NEW_PIN, (slot, answer)), turn.s.slot)))


def _now_or_later(turn: FirstTurn, answer: str) -> None:
    """A page that the desk shows, once it is wanted now."""
    page = turn.s.place
    if answer == LATER:
        turn.finish(page, later=True)
    else:
        turn.go(SHOWN_BY_DESK[page])


def _not_stored(turn: FirstTurn, _answer: str) -> None:
    finishing = turn.s.finishing
    if finishing is not None and not finishing.kept:
        turn.set(finishing=None)
        _desk_answered(turn, finishing.page)
    if turn.s.finishing is not None:
        proceed(turn)


def _leave(turn: FirstTurn, _answer: str) -> None:
    turn.leave()


def desk_done(turn: FirstTurn, event: DeskDone) -> None:
    s = turn.s
    waiting = s.finishing if s.finishing is not None and not s.finishing.kept else None
    if waiting is None and (s.place not in AT_DESK or s.finishing is not None):
        return
    shown = {desk: page for page, desk in SHOWN_BY_DESK.items()}
    page = waiting.page if waiting is not None else shown.get(s.place, s.place)
    if event.slot:
        turn.set(slot=event.slot)
    if event.stored:
        turn.set(finishing=None)
        _desk_answered(turn, page)
    elif waiting is None:
        turn.set(finishing=Finishing(page, s.now_ms, kept=False))


def _desk_answered(turn: FirstTurn, page: FirstPlace) -> None:
    if page is FirstPlace.LOGIN:
        _entered(turn)
    elif page is FirstPlace.NEW_STAFF:
        turn.go(FirstPlace.TEAM)
    else:
        turn.finish(page)


def _entered(turn: FirstTurn) -> None:
    s = turn.s
    if dict(s.data.slots).get(s.slot) is not Role.THERAPIST:
        turn.set(slot="")
        turn.go(FirstPlace.RESUME, NOT_THERAPIST)
    elif s.wanted is not None:
        turn.go(s.wanted)
        turn.set(wanted=None)


def proceed(turn: FirstTurn) -> None:
    """Go on: the page is stored, or nobody waits for that any longer."""
    finishing = turn.s.finishing
    turn.set(finishing=None)
    if finishing is not None:
        turn.walk_on(finishing.page)


def refresh(turn: FirstTurn, data: FirstData) -> None:
    """Newer data keep what is pointed at."""
    found, cursor = answers(turn.s), turn.s.cursor
    pointed = found[cursor] if cursor is not None and cursor < len(found) else ""
    turn.set(data=data)
    if pointed and not direct(turn.s):
        turn.point(pointed)


TAKES: dict[FirstPlace, Callable[[FirstTurn, str], None]] = {
    FirstPlace.RESUME: _resume,
    FirstPlace.LANGUAGE: _language,
    FirstPlace.SCREEN: _screen,
    FirstPlace.READABLE: _readable,
    FirstPlace.BUTTONS: _lamps,
    FirstPlace.CAMERA: _camera,
    FirstPlace.SOUND: _sound,
    FirstPlace.CALL: _call,
    FirstPlace.CALL_LENGTH: _call_length,
    FirstPlace.CALL_WORDS: _call_words,
    FirstPlace.TEAM: _team,
    FirstPlace.DATE: _now_or_later,
    FirstPlace.PERSON: _now_or_later,
    FirstPlace.NOT_STORED: _not_stored,
    FirstPlace.END: _leave,
}
"""Place → the carrying out of an answer."""
