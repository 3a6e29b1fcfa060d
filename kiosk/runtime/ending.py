"""The record's part of the last screen of a session: the days of this week, and the next time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from kiosk.care.again import Again, again
from kiosk.care.library import Library
from kiosk.care.model import Person
from kiosk.care.rules import Today
from kiosk.clock import Instant, local_day, local_moment
from kiosk.present.ending import SessionEnding
from kiosk.records.daytime import exact_utc
from kiosk.records.reader import Reader
from kiosk.records.rows import SessionRow

WEEK = 7
STEP_MIN = 5
"""The time from which to go on is said in steps of so many minutes, never too early."""
LOOK_BACK = 60
"""Sessions to look at: more than anybody begins in a week."""


def ending_of(
    reader: Reader,
    library: Library,
    person: Person,
    programme: str,
    today: Today,
    at: Instant,
    led: Sequence[SessionRow],
) -> SessionEnding:
    """Gather it for ``person``. ``led``: sessions of this run of the kiosk, the one that has just ended among them."""
    known = library.programmes.get(programme)
    when, after_ms = (Again.UNSAID, 0) if known is None else again(person, known, today)
    sure = today.certain and today.day is not None
    week = _week(reader, person.code, today.day, led) if sure and today.day is not None else ()
    later = when is Again.LATER and sure
    return SessionEnding(week, when, moment_after(at.wall_utc, after_ms) if later else None)


def _week(reader: Reader, code: str, day: date, led: Sequence[SessionRow]) -> tuple[tuple[date, bool], ...]:
    """The seven days of the calendar week of ``day``, and whether anything was practised on each."""
    anchors = reader.anchors()
    rows = (*(row for row in led if row.patient_code == code), *reader.sessions(code, LOOK_BACK))
    begun = (exact_utc(anchors, row.boot_id, row.start_boot_ms) for row in rows)
    practised = {local_day(start) for start in begun if start is not None} | ({day} if led else set())
    monday = day - timedelta(days=day.weekday())
    return tuple((each, each in practised) for each in (monday + timedelta(days=n) for n in range(WEEK)))


def moment_after(now_utc: datetime, after_ms: int) -> datetime:
    """The moment in ``after_ms`` in the kiosk's own zone, at the next full five minutes: never too early."""
    moment = local_moment(now_utc + timedelta(milliseconds=after_ms))
    over = timedelta(minutes=moment.minute % STEP_MIN, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not over else moment - over + timedelta(minutes=STEP_MIN)
