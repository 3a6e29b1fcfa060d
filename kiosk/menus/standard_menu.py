"""The standard set at the desk (rule k): what it would ask of this person, why not the rest, and its beginning.

It opens nothing and changes no plan, so either role may lead one. Whoever begins it stays until it is over.
"""

from __future__ import annotations

from kiosk.care.standard import SetItem
from kiosk.desk.effects import BeginSet
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.turn import StaffForm, StaffTurn

STANDARD_SET = "standard-set"
"""The entry of the menu."""
BEGIN, CLOSED, LINES, LAST = "begin", "closed", "lines", "last"


def offered(staff: Staff) -> bool:
    """Whether there is somebody to lead a set with."""
    return staff.person is not None and staff.data.standard is not None


def _options(staff: Staff) -> tuple[str, ...]:
    offer = staff.data.standard
    if offer is None:
        return ()
    return (BEGIN if offer.verdict.open else CLOSED, *SetItem, LINES, LAST)


def _take(turn: StaffTurn, answer: str) -> None:
    offer, person = turn.s.data.standard, turn.s.person
    if answer == BEGIN and offer is not None and person is not None:
        turn.effects.append(BeginSet(person.code, offer.programme, turn.s.slot))
        turn.leave()


FORMS: dict[StaffPlace, StaffForm] = {StaffPlace.STANDARD_SET: StaffForm(_options, _take)}
