"""Lines of the inbox that nobody has looked at for a week: the next package says so, and its report."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.care.outcomes import UNLOOKED
from kiosk.clock import Clock, ClockStatus
from kiosk.records.reader import Reader
from kiosk.rows.kinds import EventRow, InboxRow, utc_moment

PATIENCE = timedelta(days=7)
"""The time that staff have for looking [D]."""


def unlooked_rows(reader: Reader, clock: Clock) -> tuple[EventRow, ...]:
    """A line of the log for each of them, about the same person; none where nobody knows how old a line is."""
    if clock.status() is ClockStatus.UNSET:
        return ()
    until = clock.wall_utc() - PATIENCE
    return tuple(
        EventRow("notice", UNLOOKED, row.code, row.patient_code) for row in reader.unlooked() if _old(row, until)
    )


def _old(row: InboxRow, until: datetime) -> bool:
    return row.clock_status != ClockStatus.UNSET and bool(row.wall_utc) and utc_moment(row.wall_utc) <= until
