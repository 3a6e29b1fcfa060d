"""Erasing a person at the desk: a therapist, two questions, and an offer to hand their rows over first."""

from __future__ import annotations

import dataclasses

from kiosk.desk.effects import Bind, ErasePerson
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.turn import StaffForm, StaffTurn, nothing
from kiosk.menus import export_menu
from kiosk.planning import begun

KEEP, FIRST, ERASE = "keep", "first", "erase"
UNDERWAY = "underway"
"""The message that is shown instead of erasing while a package is still on its way."""


def erasable(staff: Staff) -> tuple[str, ...]:
    """The codes of everybody who can be erased: not while their session is unfinished."""
    people = (*((staff.person,) if staff.person is not None else ()), *staff.data.former)
    return tuple(person.code for person in people if person.code != staff.data.unfinished)


def _choose(turn: StaffTurn, answer: str) -> None:
    code = turn.s.frame.about[0]
    if answer == KEEP:
        turn.back()
    elif answer == FIRST:
        export_menu.ask(turn, code)
    else:
        turn.open(StaffPlace.ERASE_SURE, code)


def _sure(turn: StaffTurn, answer: str) -> None:
    code, s = turn.s.frame.about[0], turn.s
    if answer == KEEP or code not in erasable(s):
        turn.back_to(StaffPlace.MENU)
        return
    if s.data.carrying:
        # The package would name them to the record afterwards.
        turn.frame(cursor=None, fresh=True, message=UNDERWAY)
        return
    if s.person is not None and s.person.code == code:
        turn.effects.append(Bind("", s.slot))
        turn.set(person=None, draft=None)
    turn.effects.append(ErasePerson(code, s.slot))
    begun.drop(turn, code)
    former = tuple(person for person in s.data.former if person.code != code)
    inbox = tuple(line for line in s.data.inbox if line.person != code)
    bound = turn.s.person is not None
    turn.set(
        undo=None,
        data=dataclasses.replace(
            s.data,
            former=former,
            inbox=inbox,
            notices=s.data.notices if bound else (),
            offers=s.data.offers if bound else (),
            replays=s.data.replays if bound else (),
        ),
    )
    turn.back_to(StaffPlace.MENU)
    turn.open(StaffPlace.SAVED, "erased")


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.ERASE_WHO: StaffForm(erasable, lambda turn, answer: turn.open(StaffPlace.ERASE, answer), preset=nothing),
    StaffPlace.ERASE: StaffForm(lambda _: (KEEP, FIRST, ERASE), _choose, preset=nothing),
    StaffPlace.ERASE_SURE: StaffForm(lambda _: (KEEP, ERASE), _sure, preset=nothing),
}
