"""The one way of choosing that home, the staff's menus and the session share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import choosing
from kiosk.signals import Button

FOUND = ("a", "b", "c")


@pytest.mark.parametrize(("cursor", "after"), [(None, 0), (0, 1), (1, 2), (2, 0)])
def test_amber_goes_round_and_gives_nothing(cursor: int | None, after: int) -> None:
    """The first step leads to the first answer, and after the last one comes the first again."""
    assert choosing.press(Button.AMBER, FOUND, cursor, direct=False) == (None, after)


def test_green_accepts_what_is_pointed_at_and_nothing_else() -> None:
    """Nothing pointed at, or at something that is gone: nothing is given."""
    assert choosing.press(Button.GREEN, FOUND, 1, direct=False) == ("b", 1)
    assert choosing.press(Button.GREEN, FOUND, None, direct=False) == (None, None)
    assert choosing.press(Button.GREEN, FOUND, 3, direct=False) == (None, 3)


def test_directly_green_is_the_first_and_amber_the_second() -> None:
    """With one answer amber gives nothing."""
    assert choosing.press(Button.GREEN, FOUND[:2], None, direct=True) == ("a", None)
    assert choosing.press(Button.AMBER, FOUND[:2], None, direct=True) == ("b", None)
    assert choosing.press(Button.AMBER, FOUND[:1], None, direct=True) == (None, None)


@pytest.mark.parametrize(("cursor", "count", "lit"), [(None, 0, False), (None, 1, True), (0, 1, False), (0, 2, True)])
def test_amber_is_lit_where_it_moves_something(cursor: int | None, count: int, lit: bool) -> None:
    """A list of one row leads nowhere else."""
    assert choosing.moves(cursor, count) is lit


@given(st.integers(1, 9), st.integers(100, 4_000), st.lists(st.integers(0, 9_000), min_size=1, max_size=8))
def test_a_single_switch_sees_each_answer_for_as_long(count: int, every_ms: int, waits: list[int]) -> None:
    """However seldom it is looked at: the light is where it would be if it were looked at all the time."""
    cursor, due, now = None, every_ms, 0
    for wait in waits:
        now += wait
        cursor, due = choosing.scan(cursor, count, due, every_ms, now)
        lit = now // every_ms
        assert cursor == ((lit - 1) % count if lit else None)
        assert due == (lit + 1) * every_ms
