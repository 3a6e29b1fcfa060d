"""Dates and times that staff enter digit by digit: day, month, year, and for the clock hour and minute."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

FIRST_YEAR, LAST_YEAR = 1900, 2099
CLOCK_FROM_YEAR = 2026
"""Nobody sets a clock to a time before this kiosk was made."""


def date_of(digits: str) -> date | None:
    """The date that ``DDMMYYYY`` names, if there is one."""
    try:
        found = date(int(digits[4:8]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def moment_of(digits: str, zone: tzinfo) -> datetime | None:
    """The moment that ``DDMMYYYYHHMM`` names in the kiosk's own time zone, if there is one."""
    day = date_of(digits[:8])
    hour, minute = int(digits[8:10]), int(digits[10:12])
    if day is None or day.year < CLOCK_FROM_YEAR or hour > 23 or minute > 59:
        return None
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def digits_of(day: date | None) -> str:
    """How ``day`` is entered."""
    return day.strftime("%d%m%Y") if day else "0101" + str(CLOCK_FROM_YEAR)
