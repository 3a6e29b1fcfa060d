"""A plan that was begun and not saved: kept, offered again, and laid beside what somebody else saved meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from kiosk.bedside.begun import BEGUN, begun_row, kept_begun
from kiosk.care.model import Side, Stage
from kiosk.care.person import Cause, Person
from kiosk.clock import SimClock
from kiosk.desk.effects import KeepBegun, SavePerson
from kiosk.desk.model import StaffPlace
from kiosk.desk.shown import Begun, StaffData
from kiosk.desk_pages.menus import present_staff
from kiosk.menus import staff
from kiosk.planning.items import CARE_ONLY, NO, REVIEWED, WHOLE, YES
from kiosk.planning.resume import DROP, GO_ON
from kiosk.planning.summary import CHANGE, KEEP, SAVE
from kiosk.records.store import Store
from kiosk.rows.kinds import StateRow
from kiosk.signals import Button
from tests.care.people import PARETIC
from tests.menus.menus import NEW_CODE, AtDesk, said, staff_data
from tests.planning.test_set_up import walk

ANSWERS = {"side": "left", "stage": "paretic", "onset": "3_to_6_months", "cause": "bell"}


def kept(desk: AtDesk) -> Begun | None:
    """What the record keeps of the plan that was begun, as it would be read after the power went."""
    last: Begun | None = desk.of(KeepBegun)[-1].begun
    return None if last is None else msgspec.json.decode(begun_row(last).value, type=Begun)


def cut(desk: AtDesk, data: StaffData | None = None, slot: str = "therapist-1") -> AtDesk:
    """The desk after the power went, with what was kept."""
    return AtDesk.entered(replace(data or staff_data(None), begun=kept(desk)), slot)


def test_a_plan_half_set_up_when_the_power_goes_is_gone_on_with() -> None:
    """From the question that was on the screen; nothing that was answered is asked again."""
    desk = AtDesk.entered(staff_data(None))
    desk.choose(WHOLE, "left", YES, "paretic", "en")
    again = cut(desk)
    assert staff.options(again.state)[0] == "begun"
    again.choose("begun")
    told = said(present_staff(again.state, "", str))
    assert NEW_CODE in told
    assert "Begun by Therapist 1, not saved." in told
    assert "Answered: 3 of 21." in told
    again.choose(GO_ON)
    assert again.state.frame.about == ("onset", WHOLE)
    walk(again, ANSWERS)
    again.choose(SAVE)
    assert again.state.frame.about[0] == REVIEWED
    again.choose(NO)
    person = again.of(SavePerson)[-1].person
    assert (person.side, person.stage, person.cause) == (Side.LEFT, Stage.PARETIC, Cause.BELL)
    assert kept(again) is None
    assert "begun" not in staff.options(again.state)


def test_the_summary_of_a_whole_plan_is_asked_about_after_a_power_cut_too() -> None:
    """A cut on the summary, or on the question after it, loses no question."""
    desk = AtDesk.entered(staff_data(None))
    desk.choose(WHOLE)
    walk(desk, ANSWERS)
    on_summary = cut(desk)
    desk.choose(SAVE)
    for again in (on_summary, cut(desk)):
        again.choose("begun", GO_ON)
        assert again.at(StaffPlace.REVIEW)
        again.choose(SAVE, YES)
        assert again.of(SavePerson)[-1].person.reviewed_by == "therapist-1"


def test_walking_away_loses_nothing_either() -> None:
    """Three minutes without a press lead home; the plan waits, also after red."""
    desk = AtDesk.entered(staff_data(None))
    desk.choose(CARE_ONLY, "right", YES)
    desk.wait(180_000)
    assert desk.state.left
    again = cut(desk)
    again.choose("begun", GO_ON, "en", SAVE)
    assert again.of(SavePerson)[-1].person.side is Side.RIGHT
    back = AtDesk.entered(staff_data(None))
    back.choose(CARE_ONLY, "right", YES)
    while not back.at(StaffPlace.MENU):
        back.press(Button.RED)
    assert "begun" in staff.options(back.state)


def test_what_was_begun_can_be_thrown_away() -> None:
    """Then it is not offered again; so it is with a change that red dropped."""
    desk = AtDesk.entered(staff_data(None))
    desk.choose(WHOLE, "left", YES)
    again = cut(desk)
    again.choose("begun", DROP)
    assert kept(again) is None
    assert "begun" not in staff.options(again.state)
    dropped = AtDesk.entered(staff_data())
    dropped.choose("person", CHANGE, "graft", YES)
    assert kept(dropped) is not None
    dropped.press(Button.RED)
    dropped.choose(KEEP)
    dropped.press(Button.RED)
    dropped.press(Button.RED)
    assert kept(dropped) is None


def test_two_therapists_who_change_one_plan_lose_nothing() -> None:
    """What was saved meanwhile stands; the rest of what was begun is laid on top; whoever comes second is told."""
    first = AtDesk.entered(staff_data())
    first.choose("person", CHANGE, "graft", YES, "cause", "stroke", "one_hand", YES)
    meanwhile = msgspec.structs.replace(PARETIC, cause=Cause.TUMOUR, stiffer=True)
    second = cut(first, staff_data(meanwhile))
    second.choose("begun")
    assert "Since then somebody has saved this plan." in said(present_staff(second.state, "", str))
    second.choose(GO_ON)
    told = said(present_staff(second.state, "", str))
    assert "Two have changed this plan" in told
    assert "Both changed: Cause." in told
    second.choose(GO_ON, SAVE)
    saved = second.of(SavePerson)[-1]
    assert saved.before == meanwhile
    assert saved.person == msgspec.structs.replace(meanwhile, graft=True, one_hand=True)


def test_what_somebody_else_began_is_not_written_over() -> None:
    """A second therapist changes one thing and saves it: the plan that the first one began still waits."""
    first = AtDesk.entered(staff_data())
    first.choose("person", CHANGE, "graft", YES)
    second = cut(first, staff_data())
    second.choose("pause", "week")
    assert second.of(KeepBegun) == []
    second.choose("ok")
    assert "begun" in staff.options(second.state)
    second.choose("begun", GO_ON)
    assert second.at(StaffPlace.MERGED)
    second.choose(GO_ON, SAVE)
    saved = second.of(SavePerson)[-1].person
    assert (saved.graft, saved.pause_until is not None) == (True, True)


def test_a_second_plan_that_is_begun_takes_nothing_from_the_first() -> None:
    """Changes that a second therapist leaves unsaved are lost as they always were; what waits is the first one's."""
    first = AtDesk.entered(staff_data())
    first.choose("person", CHANGE, "graft", YES)
    second = cut(first, staff_data())
    second.choose("person", CHANGE, "one_hand", YES)
    second.wait(180_000)
    assert second.state.left
    assert second.of(KeepBegun) == []


def test_it_waits_for_its_person() -> None:
    """Not offered while the kiosk is somebody else's; its code is nobody else's; it goes with its person."""
    desk = AtDesk.entered(staff_data(None))
    desk.choose(WHOLE, "left", YES)
    assert "begun" not in staff.options(cut(desk, staff_data()).state)
    assert CARE_ONLY not in staff.options(cut(desk).state)
    nurse = cut(desk, slot="nurse-1")
    assert "begun" not in staff.options(nurse.state)
    begun = AtDesk.entered(staff_data())
    begun.choose("person", CHANGE, "graft", YES)
    gone = cut(begun, staff_data())
    gone.choose("discharge", "discharge")
    assert kept(gone) is None


def test_a_row_that_cannot_be_read_is_no_plan(tmp_path: Path) -> None:
    """It was never saved: the desk opens without it."""
    store = Store.open(tmp_path, SimClock())
    try:
        whole = Begun(Person(code=NEW_CODE, side=Side.LEFT), None, "therapist-1", "stage", WHOLE)
        for row, found in ((begun_row(whole), whole), (StateRow(BEGUN, "{broken"), None), (begun_row(None), None)):
            store.put(row)
            assert store.flush(5)
            assert kept_begun(store.read()) == found
    finally:
        store.close(5)
