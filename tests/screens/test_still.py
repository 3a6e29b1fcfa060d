"""While a list is gone through nothing moves but the cursor, however long the list and its words are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.care.person import Person
from kiosk.desk.model import StaffPlace
from kiosk.desk_pages.menus import present_staff
from kiosk.home import machine as home
from kiosk.home.model import CARDS, TELL, HomePlace, InterruptedShown
from kiosk.present.home import present_home
from kiosk.screens.fit import Box, TextRole
from kiosk.screens.scene import Choice, Menu, Strip, TableRow, TableScene
from kiosk.signals import Button
from tests.care.people import FLACCID, PARETIC, SYNKINETIC, today
from tests.menus.menus import AtDesk, AtHome, home_data, staff_data
from tests.screens.paint_samples import painter

WORDS = st.text("abcdefghilmnorstu ", min_size=3, max_size=34).filter(str.strip)
LIST = Strip("Start", "Next", "Back")
CUT = InterruptedShown("s-1", "Releases")


def places(scene: Menu | TableScene) -> dict[str, Box]:
    """Where each row that is shown stands, by the words on it."""
    return {
        " ".join(line for part in item.walk() for line in part.lines): item.box
        for item in painter().layout(scene)
        if item.role is TextRole.PLATE and item.box.w < 1280 and any(part.lines for part in item.parts)
    }


def moved(scenes: Sequence[Menu | TableScene]) -> set[str]:
    """Rows that stood at more than one place."""
    seen: dict[str, Box] = {}
    return {row for scene in scenes for row, box in places(scene).items() if seen.setdefault(row, box) != box}


@settings(max_examples=25)
@given(
    st.lists(st.tuples(WORDS, st.one_of(st.just(""), WORDS)), min_size=2, max_size=12, unique_by=lambda row: row[0]),
    st.booleans(),
)
def test_rows_of_any_menu_stay_where_they_are(rows: list[tuple[str, str]], clock: bool) -> None:
    """One column or two, notes inside the rows or below them: decided once, not with every press."""
    choices = tuple(Choice(label, note) for label, note in rows)
    menu = Menu("m", LIST, clock="09:41" if clock else "", title="What now?", choices=choices)
    assert not moved([replace(menu, index=index) for index in (None, *range(len(choices)))])


@settings(max_examples=25)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=40, unique=True))
def test_rows_of_any_table_stay_where_they_are(rows: list[tuple[str, str]]) -> None:
    """A long table turns its pages; on each of them nothing moves."""
    table = TableScene("t", LIST, staff=True, title="Long", rows=tuple(TableRow(label, value) for label, value in rows))
    assert not moved([replace(table, index=index) for index in range(len(rows))])


@pytest.mark.parametrize("cut", [None, CUT])
@pytest.mark.parametrize("person", [FLACCID, PARETIC, SYNKINETIC])
@pytest.mark.parametrize("locked", [(), ("relax", "releases")])
def test_the_home_stays_where_it_is(person: Person, locked: tuple[str, ...], cut: InterruptedShown | None) -> None:
    """Going through the real home, once round: only the cursor moves."""
    bound = msgspec.structs.replace(person, locked=locked)
    at = AtHome.begin(home_data(bound, today(), interrupted=cut))
    scenes = []
    for _ in (*home.answers(at.state), None):
        scenes.append(present_home(at.state, "", str))
        at.press(Button.AMBER)
    assert not moved([scene for scene in scenes if isinstance(scene, Menu)])


def test_the_menu_and_the_plan_of_staff_stay_where_they_are() -> None:
    """The same for the longest lists of the desk."""
    desk = AtDesk.entered(staff_data())
    for path, place in (((), StaffPlace.MENU), (("person", "change"), StaffPlace.REVIEW)):
        desk.choose(*path)
        assert desk.at(place)
        scenes = []
        for _ in range(25):
            scenes.append(present_staff(desk.state, "", str))
            desk.press(Button.AMBER)
        assert not moved([scene for scene in scenes if isinstance(scene, Menu | TableScene)])


@pytest.mark.parametrize(
    "path",
    [
        ("quiet-control",),
        ("gentle-care",),
        ("releases",),
        (CARDS,),
        (CARDS, "eye-care"),
        (TELL,),
    ],
)
def test_coming_back_leads_to_where_one_was(path: tuple[str, ...]) -> None:
    """After "Why?", a card, a form: the cursor is on what was opened, and green opens it again."""
    at = AtHome.begin(home_data(msgspec.structs.replace(SYNKINETIC, locked=("quiet-control",))))
    at.choose(*path[:1])
    for answer in path[1:]:
        at.choose(answer)
    at.press(Button.RED)
    assert at.state.cursor == home.answers(at.state).index(path[-1])
    for _ in path[1:]:
        at.press(Button.RED)
    assert (at.state.place, at.state.cursor) == (HomePlace.LIST, home.answers(at.state).index(path[0]))
    at.press(Button.RED)
    at.press(Button.RED)
    assert at.state.cursor is None
