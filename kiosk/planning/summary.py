"""The person whose plan it is, its summary, and what follows: nothing is kept until "save"."""

from __future__ import annotations

from kiosk.care.model import Stage
from kiosk.care.person import Person
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.turn import StaffForm, StaffTurn, Style, fixed, nothing
from kiosk.planning import begun
from kiosk.planning.items import CARE_ONLY, HALVES, ITEMS, LAST, ONE, PRACTICE, REVIEWED, SECTIONS, WHOLE
from kiosk.planning.questions import begin, change
from kiosk.planning.saving import finish, go_back, take_back

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


def newcomers(staff: Staff) -> tuple[str, ...]:
    """The ways in which somebody is set up while the kiosk is nobody's."""
    # A code stands for one person for ever, also when setting them up was taken back.
    held = staff.begun.person.code if staff.begun is not None else ""
    unused = staff.data.new_code not in ("", staff.spent, held)
    return (*((CARE_ONLY, WHOLE) if unused else ()), *((FORMER,) if staff.data.former else ()))


def set_up(turn: StaffTurn, answer: str) -> None:
    """Begin with somebody: new, or known from before."""
    s = turn.s
    if answer == FORMER:
        turn.open(StaffPlace.FORMER)
    else:
        stage = Stage.FLACCID if answer == CARE_ONLY else None
        begin(turn, Person(code=s.data.new_code, stage=stage, language=s.data.language), answer)


def _person_options(staff: Staff) -> tuple[str, ...]:
    if staff.person is None:
        return newcomers(staff)
    shown = HALVES[half(staff)]
    found = (*(f"{SECTION}{i}" for i, items in enumerate(SECTIONS) if items in shown), CHANGE, WHOLE)
    return (*found, UNDO) if staff.undo else found


def half(staff: Staff) -> str:
    """The half of the plan whose sections the screen shows."""
    return staff.frame.about[0] if staff.frame.about else PRACTICE


def _person(turn: StaffTurn, answer: str) -> None:
    s = turn.s
    if s.person is None:
        set_up(turn, answer)
    elif answer == UNDO:
        take_back(turn)
    elif answer == WHOLE:
        begin(turn, s.person, WHOLE)
    elif len(section(answer)) == 1:
        change(turn, *section(answer))
    else:
        turn.set(draft=s.person, going_on=False)
        turn.open(StaffPlace.REVIEW, *section(answer))


def section(answer: str) -> tuple[str, ...]:
    """The items of a section; none: that is the whole plan."""
    return SECTIONS[int(answer.removeprefix(SECTION))] if answer.startswith(SECTION) else ()


def _former(turn: StaffTurn, answer: str) -> None:
    turn.set(going_on=False, draft=next(person for person in turn.s.data.former if person.code == answer))
    turn.open(StaffPlace.REVIEW)


def _review_options(staff: Staff) -> tuple[str, ...]:
    """The summary; its screen is about the items that it shows, or about nothing: then it shows all."""
    if staff.frame.about:
        return (*staff.frame.about, *((SAVE,) if staff.draft != staff.person else ()))
    return (SAVE, *ITEMS, SAVE_BELOW)


def _review_preset(staff: Staff, found: tuple[str, ...]) -> str:
    """Whoever comes to change something begins there; whoever has answered or looked at everything goes on."""
    if staff.frame.message == REVIEWED or staff.draft != staff.person:
        return SAVE
    return next(answer for answer in found if answer != SAVE)


def _review(turn: StaffTurn, answer: str) -> None:
    s = turn.s
    if answer not in (SAVE, SAVE_BELOW):
        if answer == REVIEWED and s.frame.about:
            turn.open(StaffPlace.REVIEW, message=REVIEWED)
        else:
            turn.open(StaffPlace.ITEM, answer, ONE if s.frame.about and s.draft == s.person else "")
        return
    whole = any(frame.place in (StaffPlace.ITEM, StaffPlace.SEEN) and frame.about[1] == WHOLE for frame in s.frames)
    if whole or s.frame.message == REVIEWED:
        # The summary was on the screen: only now is it asked whether all of it was looked at.
        turn.open(StaffPlace.ITEM, REVIEWED, LAST)
    else:
        finish(turn)


def back(turn: StaffTurn) -> None:
    """Red: one screen back. Changes to a plan in use are not lost without a word; red once more drops them."""
    s = turn.s
    if s.place is StaffPlace.DISCARD:
        begun.drop(turn)
        turn.set(draft=None)
        go_back(turn)
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
    return (OK, UNDO) if staff.undo and staff.frame.about[0] == "person" else (OK,)


def _saved(turn: StaffTurn, answer: str) -> None:
    if answer == UNDO:
        take_back(turn)
    else:
        go_back(turn)


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.PERSON: StaffForm(_person_options, _person),
    StaffPlace.FORMER: StaffForm(lambda staff: tuple(p.code for p in staff.data.former), _former, preset=nothing),
    StaffPlace.REVIEW: StaffForm(_review_options, _review, preset=_review_preset),
    StaffPlace.DISCARD: StaffForm(fixed(SAVE, KEEP), _discard, Style.DIRECT),
    StaffPlace.SAVED: StaffForm(_saved_options, _saved, Style.DIRECT),
}
