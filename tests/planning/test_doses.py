"""Doses at the desk: by a therapist, within the limits, kept together, and taken back."""

from __future__ import annotations

from kiosk.care.doses import own_dose
from kiosk.care.model import StepKind
from kiosk.desk.effects import SavePerson
from kiosk.desk.model import StaffPlace
from kiosk.desk_pages.menus import present_staff
from kiosk.menus import staff
from kiosk.signals import Button
from tests.care.people import SYNKINETIC, shipped, today
from tests.menus.menus import AtDesk, said, staff_data

CONTROL = shipped().programmes["quiet-control"]
LINE = next(n for n in CONTROL.lines if shipped().exercises[n.exercise].kind is StepKind.MOVEMENT)
PATH = ("programmes", ":quiet-control", "doses", LINE.exercise)


def desk() -> AtDesk:
    """A therapist at the desk of somebody with linked movements."""
    return AtDesk.entered(staff_data(SYNKINETIC))


def words(at: AtDesk) -> str:
    """All that the screen says."""
    return said(present_staff(at.state, "", str))


def test_a_dose_is_set_with_its_totals_on_the_screen_and_kept_with_who_and_what_was() -> None:
    """The default stands beside the value; block, session and day follow the value that is pointed at."""
    at = desk()
    at.choose(*PATH, "hold_s")
    first = words(at)
    assert "Movement: block" in first
    while staff.options(at.state)[at.state.frame.cursor or 0] != "2":
        at.press(Button.AMBER)
    assert words(at) != first
    at.press(Button.GREEN)
    assert at.at(StaffPlace.DOSE)
    assert "The programme's own: 3 s" in words(at)
    at.press(Button.RED)
    assert "(programme:" in words(at)
    assert staff.options(at.state)[at.state.frame.cursor or 0] == "save"
    assert not at.of(SavePerson), "nothing is kept before save"
    at.choose("save")
    assert at.at(StaffPlace.SAVED)
    saved = at.of(SavePerson)[0]
    own = own_dose(saved.person, CONTROL.id, LINE.exercise)
    assert own is not None
    assert (own.hold_s, own.by) == (2, "therapist-1")
    item = f"dose.{CONTROL.id}.{LINE.exercise}"
    assert [change.value for change in saved.changes if change.item == item] == ["2,3,10 (3,3,10),therapist-1"]
    at.choose("undo")
    assert at.state.person == SYNKINETIC


def test_nothing_beyond_the_limits_can_be_chosen() -> None:
    """Quiet control: three seconds; a rest is five seconds at least."""
    at = desk()
    at.choose(*PATH, "hold_s")
    assert max(map(float, staff.options(at.state))) == 3
    at.press(Button.RED)
    at.choose("rest_s")
    assert min(map(float, staff.options(at.state))) == 5


def test_a_value_that_would_make_the_session_too_long_is_not_offered() -> None:
    """All movements ten times with long rests: the last of them finds fewer values left."""
    at = desk()
    at.choose("programmes", ":quiet-control", "doses")
    left: list[int] = []
    for line in CONTROL.lines:
        if shipped().exercises[line.exercise].kind is not StepKind.MOVEMENT:
            continue
        at.choose(line.exercise, "repetitions")
        left.append(len(staff.options(at.state)))
        at.choose(staff.options(at.state)[-1])
        at.press(Button.RED)
    assert left[-1] < left[0]


def test_leaving_with_changes_asks() -> None:
    """Red once asks, red again drops them."""
    at = desk()
    at.choose(*PATH, "repetitions", "2")
    at.press(Button.RED)
    at.press(Button.RED)
    assert at.at(StaffPlace.DISCARD)
    at.press(Button.RED)
    assert at.at(StaffPlace.MENU)
    assert not at.of(SavePerson)


def test_the_programmes_own_holds_again() -> None:
    """At the exercise, or in the plan, where every own dose stands."""
    at = desk()
    at.choose(*PATH, "repetitions", "2")
    at.choose("by-programme")
    assert at.state.draft == SYNKINETIC
    at.choose(LINE.exercise, "repetitions", "2")
    at.press(Button.RED)
    at.choose("save", "ok", "person", "section:1", "doses")
    assert "Take out" in words(at)
    at.choose("remove:0")
    assert at.of(SavePerson)[-1].person == SYNKINETIC


def test_a_nurse_sets_no_dose() -> None:
    """Nor does a page that is there without a day to go by."""
    assert "programmes" not in staff.options(AtDesk.entered(staff_data(SYNKINETIC), "nurse-1").state)
    at = AtDesk.entered(staff_data(SYNKINETIC, day=None))
    at.choose("programmes", ":quiet-control")
    assert "doses" not in staff.options(at.state)
    assert today().day is not None
