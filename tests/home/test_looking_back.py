"""Looking back: dots, words and one gentle line of what the person said; too little is absent, nothing is scored."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.care.model import Region
from kiosk.home.looking_back import (
    GAP_DAYS,
    LEAST_ANSWERS,
    MOST_WEEKS,
    LookedBack,
    LookKind,
    OwnSighting,
    curve_of,
    curve_span,
    look_pages,
    practised_in,
    tightest,
    week_with,
)
from kiosk.home.model import LOOK, NEXT, OK, HomeFresh, HomePast, HomePlace
from kiosk.home.places import look_page, pages_of
from kiosk.present.home import present_home
from kiosk.screens.scene import NoteScene
from tests.care.people import DAY, SYNKINETIC, today
from tests.menus.menus import AtHome, home_data

WEEK = week_with(DAY, {DAY})
LONG = today(practised_on=frozenset((DAY - timedelta(days=30), DAY)))
ANSWERS = st.lists(st.tuples(st.dates(DAY - timedelta(days=60), DAY + timedelta(days=20)), st.floats(0, 3)))


@given(ANSWERS)
def test_the_line_is_what_was_said_or_absent(answers: list[tuple[date, float]]) -> None:
    """Each point is a day's answer at its place; with too few there is no line; where days are missing it is broken."""
    first, last = curve_span(WEEK)
    days = {day: level for day, level in tightest(answers) if first <= day <= last}
    curve = curve_of(tightest(answers), WEEK)
    if len(days) < LEAST_ANSWERS:
        assert curve == ()
        return
    points = [point for piece in curve for point in piece]
    assert [(first + timedelta(days=round(x * (last - first).days)), round(y * 3)) for x, y in points] == list(
        days.items()
    )
    width = (last - first).days
    for piece in curve:
        assert all(round((b[0] - a[0]) * width) <= GAP_DAYS for a, b in pairwise(piece))
    assert all(round((b[0][0] - a[-1][0]) * width) > GAP_DAYS for a, b in pairwise(curve))


def test_the_line_spans_the_weeks_of_the_calendar() -> None:
    """Whoever turns from the dots to the line sees the same time."""
    first, last = curve_span(WEEK)
    assert (first.weekday(), last.weekday(), (last - first).days) == (0, 6, 7 * MOST_WEEKS - 1)
    assert first <= DAY <= last


def test_the_week_in_words_names_each_programme_with_its_days() -> None:
    """Days of other weeks are not in it, and a day on which something was done twice stands there once."""
    monday = WEEK[0][0]
    done = [("Relax", monday), ("Relax", monday), ("Releases", monday - timedelta(days=1)), ("Relax", DAY)]
    assert practised_in(WEEK, done) == (("Relax", tuple(sorted({monday, DAY}))),)


FULL = LookedBack(
    practised=(("Relax", (DAY,)),),
    tightness=tuple((DAY - timedelta(days=n), 2) for n in reversed(range(LEAST_ANSWERS))),
    saw=(OwnSighting(DAY, Region.MOUTH), OwnSighting(None, None)),
)


@pytest.mark.parametrize(
    ("past", "kinds"),
    [
        (LookedBack(), []),
        (FULL, [LookKind.WORDS, LookKind.TIGHTNESS, LookKind.SAW]),
        (LookedBack(tightness=FULL.tightness[1:]), []),
        (LookedBack(practised=tuple((f"P{n}", (DAY,)) for n in range(4))), [LookKind.WORDS, LookKind.WORDS]),
    ],
)
def test_a_page_with_nothing_on_it_is_not_there(past: LookedBack, kinds: list[LookKind]) -> None:
    """The dots of this week first, the weeks before last."""
    weeks = home_data(SYNKINETIC, LONG).weeks
    pages = [page.kind for page in look_pages(weeks, past)]
    assert pages == [LookKind.WEEK, *kinds, *[LookKind.WEEK] * (len(weeks) - 1)]
    assert look_pages((), past) == ()


def looking(past: LookedBack = FULL) -> AtHome:
    at = AtHome.begin(home_data(SYNKINETIC, LONG))
    at.choose(LOOK)
    at.send(HomePast(past))
    return at


def test_what_is_behind_is_kept_while_it_is_looked_at_and_no_longer() -> None:
    """A refresh in between keeps the page; leaving, or three idle minutes, forget it."""
    at = looking()
    at.choose(NEXT)
    at.send(HomeFresh(home_data(SYNKINETIC, LONG)))
    assert look_page(at.state) is not None
    assert at.state.past == FULL
    at.wait(at.state.data.idle_ms + 1)
    assert (at.state.place, at.state.past) == (HomePlace.ASLEEP, LookedBack())
    at.send(HomePast(FULL))
    assert at.state.past == LookedBack()


def test_no_page_counts_up_compares_or_scores() -> None:
    """Rule 10: beside days of the calendar there is no number but how many days there were dots this week."""
    at = looking()
    said = []
    for page in range(pages_of(at.state)):
        scene = present_home(at.state, "", str)
        assert isinstance(scene, NoteScene)
        told = " ".join((scene.title, *scene.lines, *((scene.line.top, scene.line.bottom) if scene.line else ())))
        told = re.sub(r"\d+ (January|February|March)", "", told)
        said.append(re.sub(r"practised on \d days?", "", told))
        assert (page + 1 < pages_of(at.state)) == (NEXT in scene.strip.green.lower())
        at.choose(NEXT if page + 1 < pages_of(at.state) else OK)
    assert at.at(HomePlace.LIST)
    assert not re.search(r"\d|%|more|less|better|worse|row|streak", " ".join(said))


def test_the_pages_say_what_the_person_said() -> None:
    """A place is named by its word, and where nobody knows the day it says so."""
    at = looking()
    for _ in range(3):
        at.choose(NEXT)
    scene = present_home(at.state, "", str)
    assert isinstance(scene, NoteScene)
    assert scene.lines == ("2 March: Mouth", "Date not known: a new movement")
