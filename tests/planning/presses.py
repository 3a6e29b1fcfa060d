"""Tasks of staff, done by a scripted hand that presses the buttons: the presses of each, for the docs and the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from kiosk.care.doses import DosePart, with_dose
from kiosk.care.model import Side
from kiosk.care.person import Person
from kiosk.care.reasons import NOTICES, Notice
from kiosk.desk.effects import SavePerson
from kiosk.desk.model import StaffPlace
from kiosk.desk.shown import TransferShown
from kiosk.desk.turn import Style
from kiosk.desk_pages.items import item_words
from kiosk.menus import staff
from kiosk.planning.items import CARE_ONLY, DATE, DONE, HALVES, ITEMS, NO, REVIEWED, SECTIONS, WHO, WHOLE, YES
from kiosk.planning.questions import SEEN
from kiosk.planning.summary import SAVE, SECTION
from kiosk.signals import Button, StickPhase
from tests.care.people import DAY, PARETIC, SYNKINETIC, shipped
from tests.menus.menus import PIN, AtDesk, staff_data

PRESS_S = 0.4
"""Time of one press of a practised hand, in seconds [D]."""
FIRST = shipped().programmes["first-movements"]
OWN_DOSE = with_dose(PARETIC, FIRST, FIRST.lines[-1], DosePart.REPETITIONS, 2, "therapist-1", DAY)
NEXT = msgspec.structs.replace(OWN_DOSE, carotid_disease=False, swallowing_risk=False)


@dataclass(frozen=True)
class Task:
    """One thing that staff do: what it is called, the most presses it may take, and whoever does it."""

    name: str
    most: int
    do: Callable[[], AtDesk]

    @property
    def presses(self) -> int:
        """Presses from the menu until it is done."""
        return self.do().presses


def quiet(person: Person | None = NEXT, slot: str = "therapist-1") -> AtDesk:
    """A desk at its menu with nothing in the inbox."""
    return AtDesk.entered(staff_data(person, inbox=(), notices=()), slot)


def care_only(side: Side) -> AtDesk:
    """Somebody without any movement yet."""
    desk = quiet(None)
    desk.choose(CARE_ONLY, side)
    if desk.at(StaffPlace.TOUCH):
        desk.choose(YES)
    desk.choose("en", SAVE)
    return saved(desk)


def whole_plan() -> AtDesk:
    """Linked movements, five movements seen, every question about safety asked and answered with no."""
    return saved(_whole(quiet(None)))


def _whole(desk: AtDesk) -> AtDesk:
    desk.choose(WHOLE)
    wanted = {"side": "left", "stage": "synkinetic", "onset": "over_1_year", "cause": "bell"}
    wanted |= dict.fromkeys(("graft", "numb_eye", "eye_surgery", "worn", "carotid_disease", "swallowing_risk"), NO)
    while not desk.at(StaffPlace.REVIEW):
        key = desk.state.frame.about[0]
        if desk.at(StaffPlace.TOUCH):
            desk.choose(YES)
        elif desk.at(StaffPlace.SEEN):
            desk.choose(SEEN)
        elif desk.at(StaffPlace.WHO):
            desk.choose("therapist-1", "today")
        elif key in wanted:
            desk.choose(wanted[key])
        else:
            desk.press(Button.GREEN)
    desk.choose(SAVE, YES)
    return desk


def change(item: str) -> AtDesk:
    """One thing of a plan in use, to the answer that is nearest."""
    desk = quiet()
    section = next(found for found in SECTIONS if item in found)
    desk.choose("who" if section in HALVES[WHO] else "person", f"{SECTION}{SECTIONS.index(section)}")
    if len(section) > 1:
        desk.choose(item)
    if item == "ticks":
        desk.choose(REVIEWED)
    elif item == "injections":
        desk.choose("add", "today", "eyes", DONE, "week")
    elif item == "doses":
        desk.choose("remove:0")
    elif item == "reviewed":
        desk.choose(SAVE, YES)
    else:
        held = desk.state.frame.cursor
        if staff.style(desk.state) is Style.DIRECT and desk.state.draft is not None:
            held = staff.options(desk.state).index(ITEMS[item].value(desk.state.draft))
        found = [a for i, a in enumerate(staff.options(desk.state)) if i != held and a != DATE]
        following = [a for a in found if staff.options(desk.state).index(a) > (held if held is not None else -1)]
        desk.choose((following or found)[0])
    if desk.at(StaffPlace.TOUCH):
        desk.choose(YES)
    saved(desk)
    assert staff.options(desk.state) == ("ok", "undo")
    return desk


def clear_linked() -> AtDesk:
    """A person said that other muscles pull along; a therapist has looked."""
    person = msgspec.structs.replace(SYNKINETIC, linked_review=True)
    notices = tuple(Notice(code, NOTICES[code]) for code in ("unreviewed", "linked"))
    desk = AtDesk.entered(staff_data(person, notices=notices))
    desk.choose("inbox", "!linked", "linked")
    assert not desk.of(SavePerson)[-1].person.linked_review
    return saved(desk)


def hand_over(slot: str) -> AtDesk:
    """Everybody's records, with five words."""
    desk = quiet(slot=slot)
    desk.choose("hand-over")
    desk.press(Button.GREEN)
    desk.choose("written")
    desk.send(TransferShown(StickPhase.ENDED, 100, text="You can take the stick out.", whole=True, number=7))
    assert desk.at(StaffPlace.CARRIED)
    desk.press(Button.GREEN)
    assert desk.at(StaffPlace.MENU)
    return desk


def pause(slot: str) -> AtDesk:
    """Everything rests for a week."""
    desk = quiet(slot=slot)
    desk.choose("pause", "week")
    return saved(desk)


def read_inbox() -> AtDesk:
    """All lines are marked as seen."""
    desk = AtDesk.entered(staff_data(notices=()))
    desk.choose("inbox", "all")
    return desk


def discharge() -> AtDesk:
    """The person goes; the records were handed over before."""
    desk = quiet()
    desk.choose("discharge", "discharge")
    assert desk.at(StaffPlace.CLEANING)
    return desk


def give_pin() -> AtDesk:
    """Slot and PIN with two buttons, with the luck of one draw of the digits they begin with."""
    desk = AtDesk.begin(staff_data())
    desk.choose("therapist-1")
    desk.turn(PIN)
    assert desk.at(StaffPlace.MENU)
    return desk


def end_of_shift() -> AtDesk:
    """A nurse comes in by PIN, reads the inbox, hands everything over, and goes home."""
    desk = AtDesk.begin(staff_data(notices=()))
    desk.choose("nurse-1")
    desk.turn(PIN)
    desk.choose("inbox", "all")
    desk.press(Button.RED)
    desk.choose("hand-over")
    desk.press(Button.GREEN)
    desk.choose("written")
    desk.send(TransferShown(StickPhase.ENDED, 100, text="You can take the stick out.", whole=True, number=7))
    desk.press(Button.GREEN)
    desk.press(Button.RED)
    assert desk.state.left
    return desk


def ten_minutes() -> AtDesk:
    """A therapist comes in by PIN, sets up a whole plan, then changes the picture and looks at the programmes."""
    desk = AtDesk.begin(staff_data(None, inbox=(), notices=()))
    desk.choose("therapist-1")
    desk.turn(PIN)
    _whole(desk)
    desk.choose("ok", "person", f"{SECTION}{next(i for i, found in enumerate(SECTIONS) if 'view_mode' in found)}")
    desk.choose("view_mode", "mirror", "ok", "programmes")
    for _ in range(2):
        desk.press(Button.RED)
    assert desk.state.left
    return desk


def saved(desk: AtDesk) -> AtDesk:
    """The desk, once one plan was saved."""
    assert len(desk.of(SavePerson)) == 1
    assert desk.at(StaffPlace.SAVED)
    return desk


SHORT = 8
"""Most presses that one change may take [D]."""
LONGER = {"injections": 16}
"""What takes more: an injection is when, where and until when, each of them said by name."""
TASKS = (
    *(Task(f"set up for care only, {side.value} side", 7, lambda side=side: care_only(side)) for side in Side),  # type: ignore[misc]
    Task("set up a whole plan: linked movements, five movements seen", 45, whole_plan),
    *(
        Task(
            f"change one thing: {item_words(str)[item][0]}",
            LONGER.get(item, SHORT),
            lambda item=item: change(item),  # type: ignore[misc]
        )
        for section in SECTIONS
        for item in section
    ),
    Task("look at a linked movement and clear it", 6, clear_linked),
    Task("hand over, five words, as a therapist", 7, lambda: hand_over("therapist-1")),
    Task("hand over, five words, as a nurse", 7, lambda: hand_over("nurse-1")),
    Task("pause the plan for a week, as a therapist", 6, lambda: pause("therapist-1")),
    Task("pause the plan for a week, as a nurse", 6, lambda: pause("nurse-1")),
    Task("mark all lines of the inbox as seen", 3, read_inbox),
    Task("a nurse at the end of a shift: PIN, inbox, hand over, home", 45, end_of_shift),
    Task("a therapist with ten minutes: PIN, whole plan, picture, programmes, home", 100, ten_minutes),
    Task("discharge, with nothing to hand over first", 17, discharge),
)
HEAD = """# Presses at the desk

<!-- Written by `make docs` from tests/planning/presses.py. Change it there. -->

What staff do often, from the menu until it is done, by a scripted hand that presses the buttons of a kiosk without a
screen. Seconds at 0.4 s a press: without reading, and without what the person is asked meanwhile.

| task | presses | seconds |
|---|---|---|
"""


def presses_page() -> str:
    """The page of the docs."""
    rows = [f"| {task.name} | {n} | {n * PRESS_S:.1f} |" for task in TASKS for n in (task.presses,)]
    pin = give_pin().presses
    foot = f"""
Slot and PIN come before: with a keyboard 2 presses and six digits; with two buttons about 5 presses a digit, because
each digit begins somewhere else ({pin} presses in one draw). A whole plan is counted with every question about safety
asked and answered with no, one press more for each yes; what stays "Not asked" is one press less, and what depends on
it stays closed. One change is counted to the answer that is nearest, with an empty inbox (one press more while it has
a line). {len(ITEMS) - len(LONGER)} of the {len(ITEMS)} things take at most {SHORT} presses. An injection takes more:
it is when, where and until when, and none of the three is taken for granted. A date by digits comes on top: eight
digits, which begin at today.
"""
    return HEAD + "\n".join(rows) + "\n" + foot
