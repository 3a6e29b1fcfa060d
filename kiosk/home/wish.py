"""The person's own weekly wish: said once in a week, never held against what was done, gone quietly if not renewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kiosk.care.own import WeeklyWish
from kiosk.home.looking_back import WEEK_DAYS, monday_of

CHOICES = (1, 2, 3, 4, 5, 7)
"""Days of a week that can be wished for; 7 is every day."""
RESTS_AFTER_WEEKS = 4
"""A wish that nobody renewed for so many weeks is said no more [D]."""


def wished(days: int, today: date) -> WeeklyWish:
    """A wish that is chosen, or kept, today. This week it need not be said: the person has just said it."""
    return WeeklyWish(days, today, today)


def rests(wish: WeeklyWish, today: date | None) -> bool:
    """Whether nobody renewed it for so long that it has come to rest. Where the day is not sure it does not."""
    return today is not None and _weeks(wish.renewed, today) >= RESTS_AFTER_WEEKS


def is_due(wish: WeeklyWish | None, today: date | None) -> bool:
    """Whether it is to be said now: in a later week than the one in which it was chosen or said last."""
    if wish is None or today is None or rests(wish, today):
        return False
    return _weeks(max(wish.renewed, wish.said or wish.renewed), today) > 0


def said(wish: WeeklyWish, today: date) -> WeeklyWish:
    """The wish once it was said today."""
    return replace(wish, said=today)


def _weeks(then: date, today: date) -> int:
    """Calendar weeks from ``then`` to ``today``; less than none where the clock was set back."""
    return (monday_of(today) - monday_of(then)).days // WEEK_DAYS
