"""Being recorded: the person's two consents, given after their words were read, taken back with one choice; replays.

Whoever stands at the desk may take a consent back for a person; only a therapist writes one down. What was taken back
cannot be undone: that would be a consent that nobody gave.
"""

from __future__ import annotations

import dataclasses

from kiosk.care.consent import CONSENTS, WORDING, agreed
from kiosk.care.model import Permission
from kiosk.care.person import Person, Role
from kiosk.desk.effects import SavePerson
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import ReplayLine
from kiosk.desk.turn import StaffForm, StaffTurn, Style, first, fixed, nothing
from kiosk.planning import saving
from kiosk.planning.changes import changes
from kiosk.planning.items import NO, YES, with_permission

WITHDRAW = "withdraw"
FORMER = "former"


def options(staff: Staff) -> tuple[str, ...]:
    """All that can be done about recording now; empty: nothing, and the menu does not name it."""
    person, may_give = staff.person, staff.role is Role.THERAPIST
    found: list[str] = []
    if person is not None:
        given = agreed(person)
        found += [consent for consent in CONSENTS if may_give and consent not in given]
        found += [WITHDRAW] if given else []
    return (*found, *((FORMER,) if _former(staff) else ()))


def replay(staff: Staff) -> ReplayLine | None:
    """The line drawing that is looked at."""
    if staff.place is not StaffPlace.REPLAY:
        return None
    return next((line for line in staff.data.replays if line.key == staff.frame.about[0]), None)


def _former(staff: Staff) -> tuple[str, ...]:
    """Codes of the persons who were here before and still agree to something."""
    return tuple(person.code for person in staff.data.former if agreed(person))


def _choose(turn: StaffTurn, answer: str) -> None:
    person = turn.s.person
    if answer == FORMER:
        turn.open(StaffPlace.RECORDED)
    elif person is not None and answer == WITHDRAW:
        _withdraw(turn, person)
    else:
        turn.open(StaffPlace.WORDING, answer)


def _worded(turn: StaffTurn, answer: str) -> None:
    s = turn.s
    if answer == NO or s.person is None:
        turn.back()
        return
    saving.save(turn, with_permission(s.person, Permission(s.frame.about[0]), True), s.person, WORDING)
    _done(turn, "agreed")


def _withdraw(turn: StaffTurn, person: Person) -> None:
    """Both consents at once, for whoever it is: one choice, and nobody has to know which of them there was."""
    without = person
    for consent in CONSENTS:
        without = with_permission(without, consent, False)
    s = turn.s
    turn.effects.append(SavePerson(without, person, changes(person, without), s.slot))
    if s.person is not None and s.person.code == person.code:
        turn.set(person=without)
    former = tuple(without if p.code == person.code else p for p in s.data.former)
    replays = () if s.person is not None and s.person.code == person.code else s.data.replays
    turn.set(data=dataclasses.replace(s.data, former=former, replays=replays))
    _done(turn, "withdrawn")


def _done(turn: StaffTurn, what: str) -> None:
    turn.set(undo=None)
    turn.back_to(StaffPlace.MENU)
    turn.open(StaffPlace.SAVED, what)


def _recorded(turn: StaffTurn, answer: str) -> None:
    person = next((p for p in turn.s.data.former if p.code == answer), None)
    if person is not None:
        _withdraw(turn, person)


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.CONSENT: StaffForm(options, _choose, preset=nothing),
    StaffPlace.WORDING: StaffForm(fixed(YES, NO), _worded, Style.DIRECT),
    StaffPlace.RECORDED: StaffForm(_former, _recorded, preset=nothing),
    StaffPlace.REPLAYS: StaffForm(
        lambda staff: tuple(line.key for line in staff.data.replays),
        lambda turn, answer: turn.open(StaffPlace.REPLAY, answer),
        preset=first,
    ),
    StaffPlace.REPLAY: StaffForm(fixed(), lambda _turn, _answer: None, Style.BLIND),
}
