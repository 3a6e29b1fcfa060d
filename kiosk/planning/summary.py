"""The person whose plan it is, its summary, and what follows: nothing is kept until "save"."""

from __future__ import annotations

from kiosk.care.model import Stage
from kiosk.care.person import Person, Role
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.turn import StaffForm, StaffTurn, Style, fixed, nothing
from kiosk.planning.items import CARE_ONLY, ITEMS, PAUSE, SECTIONS, WHOLE
from kiosk.planning.questions import begin
from kiosk.planning.saving import bring_along, come_along, confirm, save, take_back

CHANGE = "change"
SECTION = "section:"
"""Beginning of the answer that stands for a part of the plan."""
FORMER = "former"
UNDO = "undo"
SAVE = "save"
SAVE_BELOW = "save-below"
"""The same at the end of the summary."""
OK = "ok"
KEEP = "keep"


def _person_options(staff: Staff) -> tuple[str, ...]:
    if staff.person is not None:
        found: tuple[str, ...] = (*(f"{SECTION}{i}" for i in range(len(SECTIONS))), CHANGE, WHOLE)
    else:
        # A code stands for one person for ever, also when setting them up was taken back.
        unused = staff.data.new_code not in ("", staff.spent)
        found = (*((CARE_ONLY, WHOLE) if unused else ()), *((FORMER,) if staff.data.former else ()))
    return (*found, UNDO) if staff.undo else found


def _person(turn: StaffTurn, answer: str) -> None:
    s = turn.s
    if answer == UNDO:
        take_back(turn)
    elif answer == FORMER:
        turn.open(StaffPlace.FORMER)
    elif s.person is None:
        stage = Stage.FLACCID if answer == CARE_ONLY else None
        begin(turn, Person(code=s.data.new_code, stage=stage, language=s.data.language), answer)
    elif answer == CHANGE or answer.startswith(SECTION):
        turn.set(draft=s.person)
        turn.open(StaffPlace.REVIEW, *section(answer))
    else:
        begin(turn, s.person, WHOLE)


def section(answer: str) -> tuple[str, ...]:
    """The items of a section; none: that is the whole plan."""
    return SECTIONS[int(answer.removeprefix(SECTION))] if answer.startswith(SECTION) else ()


def _former(turn: StaffTurn, answer: str) -> None:
    turn.set(draft=next(person for person in turn.s.data.former if person.code == answer))
    turn.open(StaffPlace.REVIEW)


def _review_options(staff: Staff) -> tuple[str, ...]:
    """The summary; its screen is about the items that it shows, or about nothing: then it shows all."""
    if staff.frame.about:
        return (*staff.frame.about, SAVE)
    return (SAVE, *ITEMS, SAVE_BELOW) if staff.role is Role.THERAPIST else (SAVE, PAUSE)


def _review_preset(staff: Staff, found: tuple[str, ...]) -> str:
    """Whoever comes to change something begins there; whoever has answered everything saves."""
    return next(answer for answer in found if answer != SAVE) if staff.draft == staff.person else SAVE


def _review(turn: StaffTurn, answer: str) -> None:
    s = turn.s
    if answer not in (SAVE, SAVE_BELOW):
        turn.open(StaffPlace.ITEM, answer, "")
        return
    confirmed = confirm(turn)
    if s.draft is not None and (s.draft != s.person or come_along(s)):
        known = (s.person, *s.data.former)
        save(turn, s.draft, next((p for p in known if p is not None and p.code == s.draft.code), None))
        if any(frame.place is StaffPlace.BROUGHT_PLAN for frame in turn.s.frames):
            bring_along(turn)
        _return(turn)
        turn.open(StaffPlace.SAVED, "person")
    else:
        _return(turn)
        if confirmed:
            turn.open(StaffPlace.SAVED, "confirmed")


def _return(turn: StaffTurn) -> None:
    """Go back to the menu; whoever came with a plan from a stick, to what else was on it."""
    brought = any(frame.place is StaffPlace.BROUGHT for frame in turn.s.frames)
    turn.back_to(StaffPlace.BROUGHT if brought else StaffPlace.MENU)
    turn.frame(fresh=True)


def back(turn: StaffTurn) -> None:
    """Red: one screen back. Changes to a plan in use are not lost without a word; red once more drops them."""
    s = turn.s
    if s.place is StaffPlace.DISCARD:
        turn.set(draft=None)
        _return(turn)
    elif _unsaved(s):
        turn.open(StaffPlace.DISCARD)
    else:
        turn.back()


def _unsaved(staff: Staff) -> bool:
    """Whether red would leave a plan in use with changes that were not saved."""
    last = staff.place is StaffPlace.REVIEW and staff.frames[-2].place is not StaffPlace.ITEM
    return (
        (last or staff.place is StaffPlace.DOSES)
        and staff.draft is not None
        and staff.person not in (None, staff.draft)
    )


def _discard(turn: StaffTurn, answer: str) -> None:
    turn.back()
    if answer == SAVE:
        _review(turn, SAVE)


def _saved_options(staff: Staff) -> tuple[str, ...]:
    return (OK, UNDO) if staff.undo and staff.frame.about == ("person",) else (OK,)


def _saved(turn: StaffTurn, answer: str) -> None:
    if answer == UNDO:
        take_back(turn)
    else:
        _return(turn)


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.PERSON: StaffForm(_person_options, _person),
    StaffPlace.FORMER: StaffForm(lambda staff: tuple(p.code for p in staff.data.former), _former, preset=nothing),
    StaffPlace.REVIEW: StaffForm(_review_options, _review, preset=_review_preset),
    StaffPlace.DISCARD: StaffForm(fixed(SAVE, KEEP), _discard, Style.DIRECT),
    StaffPlace.SAVED: StaffForm(_saved_options, _saved, Style.DIRECT),
}
