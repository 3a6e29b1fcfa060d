"""The standard set at the desk: what it would ask, why not, and its beginning by whoever stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.care.reasons import REASONS
from kiosk.care.rules import Verdict
from kiosk.care.standard import SET, NotAsked, SetItem
from kiosk.desk.effects import BeginSet, LeaveStaff
from kiosk.desk.model import StaffPlace
from kiosk.desk.shown import SetOffer
from kiosk.desk_pages.menus import present_staff
from kiosk.menus import staff
from kiosk.menus.standard_menu import AT_REST, BEGIN, CLOSED, STANDARD_SET
from kiosk.signals import Button
from tests.care.people import PARETIC
from tests.menus.menus import AtDesk, said, staff_data

LEFT_OUT = ((SetItem.OO, NotAsked.NOT_TICKED),)
OPEN = SetOffer(SET, Verdict(True), LEFT_OUT, minutes=6, draws=True, last="2 February 10:00")


def at(offer: SetOffer = OPEN, who: str = "therapist-1") -> AtDesk:
    desk = AtDesk.entered(staff_data(PARETIC, standard=offer), who)
    desk.choose(STANDARD_SET)
    return desk


def shows(desk: AtDesk) -> str:
    return said(present_staff(desk.state, "", str))


@pytest.mark.parametrize("who", ["therapist-1", "nurse-1"])
def test_whoever_begins_it_is_written_down_and_the_desk_is_left(who: str) -> None:
    """It opens nothing, so either role may; the person's own screens follow."""
    desk = at(who=who)
    desk.choose(BEGIN)
    assert desk.of(BeginSet) == [BeginSet(PARETIC.code, SET, who)]
    assert desk.of(LeaveStaff)


def test_the_page_says_what_is_asked_what_is_not_and_what_is_kept() -> None:
    desk = at()
    page = shows(desk)
    for told in (
        "About 6 minutes. Stay until the last screen.",
        "Tiny smile",
        "Will be asked",
        "Not asked: nobody has seen it come by itself",
        "they have agreed to line drawings",
        "2 February 10:00",
    ):
        assert told in page


def test_closed_it_says_why_and_cannot_begin() -> None:
    """Every reason as everywhere; no press begins it."""
    desk = at(replace(OPEN, verdict=Verdict(False, (REASONS["gap"],)), minutes=0))
    assert staff.options(desk.state)[0] == CLOSED
    assert "Closed now" in shows(desk)
    for _ in range(12):
        desk.press(Button.GREEN)
        desk.press(Button.AMBER)
    assert not desk.of(BeginSet)
    assert desk.at(StaffPlace.STANDARD_SET)


def test_where_movement_is_closed_the_face_can_rest() -> None:
    """Of somebody with a graft it is closed for good."""
    desk = at(replace(OPEN, verdict=Verdict(False, (REASONS["graft"],)), minutes=0, at_rest=True))
    assert "The face at rest and nothing else." in shows(desk)
    desk.choose(AT_REST)
    assert desk.of(BeginSet) == [BeginSet(PARETIC.code, "standard-rest", "therapist-1")]


def test_what_was_beginning_is_closed_meanwhile() -> None:
    """News that come while the page stands there take the beginning away."""
    desk = at()
    desk.fresh(standard=replace(OPEN, verdict=Verdict(False, (REASONS["pain"],))))
    desk.press(Button.GREEN)
    assert not desk.of(BeginSet)


def test_with_nobody_there_is_no_set() -> None:
    desk = AtDesk.entered(staff_data(None))
    assert STANDARD_SET not in staff.options(desk.state)
