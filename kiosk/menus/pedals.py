"""Pedals whose keys mean nothing yet: staff teach them, or let everything that was taught be forgotten."""

from __future__ import annotations

from dataclasses import replace

from kiosk.desk.effects import KeepPedals, UsePedals
from kiosk.desk.lesson import Lesson, button_pressed, key_down
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.turn import StaffForm, StaffTurn, Style, nothing
from kiosk.signals import Button, PedalKey, PedalMeaning

TEACH, FORGET, ENOUGH = "teach", "forget", "enough"
PEDALS = "pedals"


def hear(turn: StaffTurn, pressed: PedalKey) -> None:
    """A key of a pedal went down."""
    lesson = turn.s.lesson
    if lesson is None or turn.s.place is not StaffPlace.LESSON:
        return
    _go_on(turn, key_down(lesson, pressed))


def swallows(turn: StaffTurn, button: Button) -> bool:
    """Whether a press came from a pedal that is being taught: it is answered by the lesson and does nothing else."""
    lesson = turn.s.lesson
    if lesson is None or turn.s.place is not StaffPlace.LESSON:
        return False
    after, own = button_pressed(lesson, button)
    _go_on(turn, after)
    return own


def tidy(turn: StaffTurn) -> None:
    """A lesson is over with its screen; a red that was not proved is forgotten with it."""
    lesson = turn.s.lesson
    if lesson is not None and (turn.s.left or turn.s.place is not StaffPlace.LESSON):
        turn.set(lesson=None)
        if lesson.proving:
            turn.effects.append(UsePedals(lesson.proved))


def _go_on(turn: StaffTurn, lesson: Lesson) -> None:
    before = turn.s.lesson
    turn.set(lesson=lesson)
    if before is None or lesson == before:
        return
    if lesson.proving and not before.proving:
        turn.effects.append(UsePedals(lesson.known))
    elif lesson.proved != before.proved:
        _keep(turn, lesson.proved)
    if lesson.wanted is None:
        _finish(turn)


def _keep(turn: StaffTurn, meanings: tuple[PedalMeaning, ...]) -> None:
    turn.effects.append(KeepPedals(meanings, turn.s.slot))
    turn.set(data=replace(turn.s.data, pedals=meanings))


def _finish(turn: StaffTurn) -> None:
    turn.back_to(StaffPlace.MENU)
    turn.open(StaffPlace.SAVED, PEDALS)


def _options(staff: Staff) -> tuple[str, ...]:
    return (TEACH, FORGET) if staff.data.pedals else (TEACH,)


def _choose(turn: StaffTurn, answer: str) -> None:
    if answer == TEACH:
        turn.set(lesson=Lesson(turn.s.data.pedals or ()))
        turn.open(StaffPlace.LESSON)
    else:
        _keep(turn, ())
        _finish(turn)


def _enough(staff: Staff) -> tuple[str, ...]:
    """Once red is proved, nobody has to teach the others."""
    return () if staff.lesson is None or staff.lesson.wanted is Button.RED else (ENOUGH,)


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.PEDALS: StaffForm(_options, _choose, preset=nothing),
    StaffPlace.LESSON: StaffForm(_enough, lambda turn, _answer: _finish(turn), Style.DIRECT),
}
