"""Whose records have been kept long enough? Nobody's unless the site wants it, and nothing that was not handed over."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.clock import Clock, ClockStatus
from kiosk.records.reader import Reader
from kiosk.records.rows import BOUND, SessionRow, utc_moment

BY = "retention"
"""Who erased them, where it was no staff slot."""


def expired(reader: Reader, clock: Clock, keep_days: int) -> tuple[str, ...]:
    """The codes of persons to erase: discharged, untouched for ``keep_days``, and handed over whole. 0 days: nobody.

    Where a date is not known nobody's time is over. Raises StoreError.
    """
    if not keep_days or clock.status() is ClockStatus.UNSET:
        return ()
    bound, before = reader.state(BOUND), clock.wall_utc() - timedelta(days=keep_days)
    found = []
    for person in reader.persons():
        newest = next(iter(reader.sessions(person.patient_code, 1)), None)
        if person.patient_code == bound or (newest is not None and newest.end_reason is None):
            continue
        last = _moment(person.valid_from_utc), _moment_of(newest)
        if all(moment is not None and moment < before for moment in last) and _is_out(reader, person.patient_code):
            found.append(person.patient_code)
    return tuple(found)


def _moment(text: str) -> datetime | None:
    return utc_moment(text) if text else None


def _moment_of(session: SessionRow | None) -> datetime | None:
    """When the last session was; the beginning of time where there was none, None where nobody knows."""
    if session is None:
        return utc_moment("1970-01-01T00:00:00.000Z")
    return None if session.clock_status == ClockStatus.UNSET else _moment(session.start_utc)


def _is_out(reader: Reader, code: str) -> bool:
    """Whether a package that is whole holds everything of this person, as it is now."""
    last = reader.last_export(code)
    return last is not None and reader.held_by(code, last.seq_to)
