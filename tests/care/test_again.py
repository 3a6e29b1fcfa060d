"""The next time: said from the rules, and nothing is said where staff decide it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from kiosk.care.again import Again, again
from kiosk.care.person import Person
from kiosk.care.today import Today
from tests.care.people import DAY, FLACCID, NOW_MS, PARETIC, SYNKINETIC, shipped, today

HOUR_MS = 3_600_000
JUST = {"active_begun_today": 1, "begun_today": {"first-movements": 1}, "last_active_ended_ms": NOW_MS - 60_000}
CASES: list[tuple[str, Person, Today, tuple[Again, int]]] = [
    ("relax", FLACCID, today(done_today={"relax": 9}), (Again.NOW, 0)),
    ("gentle-care", FLACCID, today(done_today={"gentle-care": 1}), (Again.NOW, 0)),
    ("gentle-care", FLACCID, today(done_today={"gentle-care": 2}), (Again.TOMORROW, 0)),
    ("gentle-care", FLACCID, today(begun_today={"gentle-care": 2}), (Again.NOW, 0)),
    ("releases", SYNKINETIC, today(done_today={"releases": 1}), (Again.TOMORROW, 0)),
    ("first-movements", PARETIC, today(**JUST), (Again.LATER, HOUR_MS - 60_000)),
    ("first-movements", PARETIC, today(**{**JUST, "last_active_ended_ms": NOW_MS - HOUR_MS}), (Again.NOW, 0)),
    ("first-movements", PARETIC, today(**{**JUST, "active_begun_today": 3}), (Again.TOMORROW, 0)),
    ("first-movements", PARETIC, today(**{**JUST, "begun_today": {"first-movements": 3}}), (Again.TOMORROW, 0)),
    ("first-movements", replace(PARETIC, pain_locked_on=DAY), today(**JUST), (Again.UNSAID, 0)),
    ("first-movements", replace(PARETIC, linked_review=True), today(**JUST), (Again.UNSAID, 0)),
    ("first-movements", replace(PARETIC, flags=1), today(), (Again.UNSAID, 0)),
    ("releases", replace(SYNKINETIC, pause_until=DAY + timedelta(days=3)), today(), (Again.UNSAID, 0)),
]


@pytest.mark.parametrize(("name", "person", "day", "found"), CASES)
def test_the_next_time(name: str, person: Person, day: Today, found: tuple[Again, int]) -> None:
    """An hour after movement, tomorrow after as often as it is meant, whenever one likes, or nothing."""
    assert again(person, shipped().programmes[name], day) == found
