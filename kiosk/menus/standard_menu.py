"""The standard set at the desk (rule k): what it would ask of this person, why not the rest, and its beginning.

It opens nothing and changes no plan, so either role may lead one. Whoever begins it stays until it is over.
"""

from __future__ import annotations

from kiosk.care import standard
from kiosk.care.standard import SetItem
from kiosk.desk.effects import BeginSet
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.turn import StaffForm, StaffTurn

STANDARD_SET = "standard-set"
"""The entry of the menu."""
BEGIN, CLOSED, AT_REST, LINES, LAST = "begin", "closed", "at-rest", "lines", "last"


def offered(staff: Staff) -> bool:
    """Whether there is somebody to lead a set with."""
    return staff.person is not None and staff.data.standard is not None


def _options(staff: Staff) -> tuple[str, ...]:
    offer = staff.data.standard
    if offer is None:
        return ()
    at_rest = (AT_REST,) if offer.at_rest else ()
    return (BEGIN if offer.verdict.open else CLOSED, *at_rest, *SetItem, LINES, LAST)


def _take(turn: StaffTurn, answer: str) -> None:
    offer, person = turn.s.data.standard, turn.s.person
    if answer in (BEGIN, AT_REST) and offer is not None and person is not None:
        programme = offer.programme if answer == BEGIN else standard.AT_REST
        turn.effects.append(BeginSet(person.code, programme, turn.s.slot))
        turn.leave()


FORMS: dict[StaffPlace, StaffForm] = {StaffPlace.STANDARD_SET: StaffForm(_options, _take)}
