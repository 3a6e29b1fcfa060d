"""Going on with a plan that was begun and not saved, or dropping it."""

from __future__ import annotations

from kiosk.care.person import Person
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import Begun
from kiosk.desk.turn import StaffForm, StaffTurn, Style, fixed
from kiosk.planning import begun
from kiosk.planning.items import LAST, WHOLE, asked
from kiosk.planning.questions import ask

GO_ON, DROP = "go-on", "drop"


def _begun(turn: StaffTurn, answer: str) -> None:
    kept = turn.s.begun
    if kept is None:
        return
    turn.back_to(StaffPlace.MENU)
    if answer == DROP:
        begun.drop(turn, kept.person.code)
        return
    now = as_it_holds(turn.s, kept)
    draft = begun.merged(kept, now)
    turn.set(draft=draft, going_on=True)
    if now != kept.base:
        turn.open(StaffPlace.MERGED, *begun.both(kept, now))
    elif kept.item and kept.sequence != LAST:
        ask(turn, kept.item, kept.sequence)
    else:
        if kept.sequence in (WHOLE, LAST):
            # What follows the summary of a whole plan is asked after it, also now.
            ask(turn, asked(draft, WHOLE)[-1], WHOLE)
        turn.open(StaffPlace.REVIEW)


def as_it_holds(staff: Staff, kept: Begun) -> Person | None:
    """The plan of the same person as it was saved last; None: there is none."""
    known = (staff.person, *staff.data.former)
    return next((person for person in known if person is not None and person.code == kept.person.code), None)


def _merged(turn: StaffTurn, _answer: str) -> None:
    turn.instead(StaffPlace.REVIEW)


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.BEGUN: StaffForm(fixed(GO_ON, DROP), _begun, Style.DIRECT),
    StaffPlace.MERGED: StaffForm(fixed(GO_ON), _merged, Style.DIRECT),
}
