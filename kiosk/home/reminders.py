"""Reminders at hours that the person chose: when the next one comes, by the local time of the kiosk. Pure.

An hour that the clock skips in spring comes as soon as the clock goes on; one that comes twice counts once. Nothing is
asked again and again: the next moment is reckoned, and whoever waits is told how long.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

HOURS = 24
LATE_MS = 300_000
"""A reminder that could not come within this time is not given late: it would be at an hour nobody chose."""
SHOWN_MS = 600_000
"""Time for which a reminder stays on the screen."""


@dataclass(frozen=True, slots=True)
class NextReminder:
    """The next reminder."""

    at: datetime
    """Its moment, in the zone of the kiosk."""
    due_ms: int
    """The same in ms since boot."""
    skipped: int | None = None
    """The hour that was chosen, where the clock skips it on that day; None: it does not."""


def is_quiet(hour: int, quiet_from: int, quiet_to: int) -> bool:
    """Whether the full ``hour`` lies in the quiet ones, from ``quiet_from`` up to, and without, ``quiet_to``."""
    if quiet_from <= quiet_to:
        return quiet_from <= hour < quiet_to
    return hour >= quiet_from or hour < quiet_to


def hours_to_choose(quiet_from: int, quiet_to: int) -> tuple[int, ...]:
    """The hours that are not quiet, from the end of the quiet ones on."""
    hours = ((quiet_to + n) % HOURS for n in range(HOURS))
    return tuple(hour for hour in hours if not is_quiet(hour, quiet_from, quiet_to))


def next_reminder(
    hours: Collection[int], quiet_from: int, quiet_to: int, now: datetime, now_ms: int, zone: tzinfo
) -> NextReminder | None:
    """The first reminder after ``now`` (aware), which is ``now_ms`` since boot; None: none is wanted, or all are quiet.

    ``hours``: as chosen. ``zone``: that of the kiosk.
    """
    here = now.astimezone(zone).date()
    found = [
        moment
        for day in (here - timedelta(days=1), here, here + timedelta(days=1), here + timedelta(days=2))
        for moment in _moments(day, hours, quiet_from, quiet_to, zone)
        if moment[0].astimezone(UTC) > now.astimezone(UTC)
    ]
    if not found:
        return None
    at, skipped = min(found, key=lambda moment: (moment[0].astimezone(UTC), moment[1] is not None))
    wait = at.astimezone(UTC) - now.astimezone(UTC)
    return NextReminder(at, now_ms + -(-wait // timedelta(milliseconds=1)), skipped)


def _moments(
    day: date, hours: Collection[int], quiet_from: int, quiet_to: int, zone: tzinfo
) -> Iterator[tuple[datetime, int | None]]:
    for hour in hours:
        if is_quiet(hour, quiet_from, quiet_to):
            continue
        wanted = datetime.combine(day, time(hour), zone)
        # Of an hour that the clock skips, the way there and back leads to the same time after the gap.
        real = wanted.astimezone(UTC).astimezone(zone)
        moved = real.replace(tzinfo=None) != wanted.replace(tzinfo=None)
        if not moved or not is_quiet(real.hour, quiet_from, quiet_to):
            yield real, hour if moved else None
