"""Looking back: the calendar weeks that are behind somebody, days with a dot or none. Nothing is compared."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from kiosk.care.rules import Today

WEEK_DAYS = 7
MOST_WEEKS = 4

Week = tuple[tuple[date, bool], ...]
"""The days of a calendar week, Monday first, and whether something was practised on each."""


def week_with(day: date, practised_on: Collection[date]) -> Week:
    """The week of ``day``."""
    monday = day - timedelta(days=day.weekday())
    days = (monday + timedelta(days=n) for n in range(WEEK_DAYS))
    return tuple((each, each in practised_on) for each in days)


def weeks_back(today: Today) -> tuple[Week, ...]:
    """This week and those before, the newest first, to the first that is known; none where the date is not sure."""
    if not today.certain or today.day is None or not today.practised_on:
        return ()
    first = min(today.practised_on)
    days = (today.day - timedelta(days=WEEK_DAYS * n) for n in range(MOST_WEEKS))
    weeks = (week_with(day, today.practised_on) for day in days)
    return tuple(week for n, week in enumerate(weeks) if n == 0 or week[-1][0] >= first)
