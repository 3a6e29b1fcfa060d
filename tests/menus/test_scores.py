"""Scores at the desk: a scale, the day, who rated, a number or items; nothing is kept before the summary is saved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.care.scales import MISSING, Score
from kiosk.desk.effects import GrantScale, SaveScore
from kiosk.desk.model import StaffPlace
from kiosk.desk_pages.menus import present_staff
from kiosk.menus import scores, staff
from kiosk.planning.items import DATE, YES
from kiosk.planning.questions import TODAY
from kiosk.screens.scene import Digits
from kiosk.signals import Button
from tests.care.people import DAY, PARETIC, shipped
from tests.menus.menus import AtDesk, said, staff_data

HELD = Score("face-total", 1, "2026-02-20", "nurse-1", 62.5)


def at(scale: str, **data: object) -> AtDesk:
    desk = AtDesk.entered(staff_data(PARETIC, scores=(HELD,), **data))
    desk.choose(scores.SCORES, scale)
    return desk


def shows(desk: AtDesk) -> str:
    return said(present_staff(desk.state, "", str))


def test_a_number_is_entered_with_day_and_rater() -> None:
    """The smallest detectable change of one person and the last number stand beside it before it is saved."""
    desk = at("face-total")
    desk.choose(scores.ENTER, TODAY, "nurse-1")
    scene = present_staff(desk.state, "", str)
    assert isinstance(scene, Digits)
    assert scene.groups == (("Number", 3), ("Tenths", 1))
    desk.keys("0705")
    assert all(part in shows(desk) for part in ("FaCE total: 70.5", "Before: 62.5 of 100", "less than 17.6", "Nurse 1"))
    assert not desk.of(SaveScore)
    desk.choose(scores.SAVE)
    (kept,) = desk.of(SaveScore)
    assert kept.score == Score("face-total", 1, DAY.isoformat(), "nurse-1", 70.5)
    assert (kept.code, kept.by, kept.withdrawn) == (PARETIC.code, "therapist-1", False)
    assert desk.at(StaffPlace.SCORES)


@pytest.mark.parametrize("digits", ["1005", "9999"])
def test_a_number_off_the_scale_is_asked_again(digits: str) -> None:
    """It says so, and nothing is kept."""
    desk = at("face-total")
    desk.choose(scores.ENTER, TODAY, "therapist-1")
    desk.keys(digits)
    assert desk.at(StaffPlace.SCORE_DIGITS)
    assert "no such number" in shows(desk)


def test_few_numbers_stand_on_a_list() -> None:
    """Six grades are six lines."""
    desk = at("house-brackmann")
    desk.choose(scores.ENTER, TODAY, "therapist-1")
    assert staff.options(desk.state) == ("1", "2", "3", "4", "5", "6")
    desk.choose("4", scores.SAVE)
    assert desk.of(SaveScore)[0].score.value == 4


def test_items_one_by_one_with_one_that_is_missing() -> None:
    """Ours allows one: it counts as the mean of the others. Red takes the last answer back."""
    desk = at("comfort-confidence")
    desk.choose(scores.ENTER, TODAY, "therapist-1", "3", "0")
    assert "This week I was at ease" in shows(desk)
    desk.press(Button.RED)
    desk.choose("2", "1", "2", MISSING)
    assert "Comfort and confidence: 10" in shows(desk)
    desk.choose(scores.SAVE)
    (kept,) = desk.of(SaveScore)
    assert (kept.score.value, kept.score.answers) == (10, "3,2,1,2,-")


def test_too_many_missing_is_no_number() -> None:
    """What was answered is kept all the same, and says that it is no number."""
    desk = at("comfort-confidence")
    desk.choose(scores.ENTER, TODAY, "therapist-1", "3", MISSING, MISSING, "1", "1")
    assert "No number" in shows(desk)
    desk.choose(scores.SAVE)
    (kept,) = desk.of(SaveScore)
    assert (kept.score.value, kept.score.answers) == (None, "3,-,-,1,1")


@pytest.mark.parametrize(("digits", "place"), [("01032026", StaffPlace.SCORE_BY), ("31022026", StaffPlace.DATE)])
def test_a_day_is_entered(digits: str, place: StaffPlace) -> None:
    """One that there is goes on; one that there is not is asked again."""
    desk = at("saq")
    desk.choose(scores.ENTER, DATE)
    desk.keys(digits)
    assert desk.at(place)


def test_a_day_that_is_yet_to_come_is_asked_again() -> None:
    """A score is of the past."""
    desk = at("saq")
    desk.choose(scores.ENTER, DATE)
    desk.keys("31122099")
    assert desk.at(StaffPlace.DATE)
    assert desk.state.frame.message == "too-late"


def test_a_licensed_list_asks_once_for_the_permission() -> None:
    """Who said so and when is kept; no leads back, and nothing was written down."""
    scale = replace(shipped().scales["comfort-confidence"], permission=True)
    licensed = replace(shipped(), scales={scale.id: scale})
    desk = at(scale.id, library=licensed)
    desk.choose(scores.ENTER)
    assert "permission to use it" in shows(desk)
    desk.choose("no")
    assert not desk.of(GrantScale)
    assert desk.at(StaffPlace.SCORE)
    desk.choose(scores.ENTER, YES)
    assert desk.of(GrantScale) == [GrantScale(scale.id, "therapist-1", DAY)]
    assert desk.at(StaffPlace.SCORE_DAY)
    known = at(scale.id, library=licensed, permitted=frozenset((scale.id,)))
    known.choose(scores.ENTER)
    assert known.at(StaffPlace.SCORE_DAY)


def test_the_last_one_can_be_taken_back() -> None:
    """As withdrawn: that it was there is not undone."""
    desk = at("face-total")
    assert "62.5 of 100, 20 February 2026" in shows(desk)
    desk.choose(scores.WITHDRAW)
    (kept,) = desk.of(SaveScore)
    assert kept.withdrawn
    assert kept.score == HELD


def test_nobody_set_up_has_no_scores() -> None:
    """The entry is not there."""
    assert scores.SCORES not in staff.options(AtDesk.entered(staff_data(None)).state)
