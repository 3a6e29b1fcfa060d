"""The record's part of the last screen of a session: the days of this week, and the next time."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.care.again import Again, again
from kiosk.care.library import Library
from kiosk.care.person import Person
from kiosk.care.today import Today
from kiosk.clock import Instant, local_moment
from kiosk.home.looking_back import week_with
from kiosk.present.ending import SessionEnding

STEP_MIN = 5
"""The time from which to go on is said in steps of so many minutes, never too early."""


def ending_of(library: Library, person: Person, programme: str, today: Today, at: Instant) -> SessionEnding:
    """Gather it for ``person``."""
    known = library.led(programme)
    when, after_ms = (Again.UNSAID, 0) if known is None else again(person, known, today)
    if not today.certain or today.day is None:
        return SessionEnding(again=when)
    later = moment_after(at.wall_utc, after_ms) if when is Again.LATER else None
    return SessionEnding(week_with(today.day, today.practised_on), when, later)


def moment_after(now_utc: datetime, after_ms: int) -> datetime:
    """The moment in ``after_ms`` in the kiosk's own zone, at the next full five minutes: never too early."""
    moment = local_moment(now_utc + timedelta(milliseconds=after_ms))
    over = timedelta(minutes=moment.minute % STEP_MIN, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not over else moment - over + timedelta(minutes=STEP_MIN)
