"""The last words of a session, which give something back: what was done, this week, the next time; no comparison."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.care.again import Again
from kiosk.care.words import short_weekdays, time_words
from kiosk.home.looking_back import Week
from kiosk.home.model import MINUTE_MS
from kiosk.screens.scene import WeekDay
from kiosk.session.model import Session
from kiosk.words import Words, plural

HOUR_MIN = 60


@dataclass(frozen=True, slots=True)
class SessionEnding:
    """The part of the last screen that is about the days around the session.

    ``week``: the days of this week with whether something was practised; empty where the date is not sure. ``again``:
    the next time, from ``at`` on where the clock is known.
    """

    week: Week = ()
    again: Again = Again.UNSAID
    at: datetime | None = None


def done_words(session: Session, _: Words) -> str:
    """``3 movements, 9 times, 4 minutes``: what was done, and nothing where there was nothing."""
    many, minutes = len(session.practised), (session.practice_ms + MINUTE_MS // 2) // MINUTE_MS
    if not many:
        return ""
    if session.times:
        parts = [
            plural(_, "1 movement", "{n} movements", many).format(n=many),
            plural(_, "once", "{n} times", session.times).format(n=session.times),
        ]
    else:
        parts = [plural(_, "1 exercise", "{n} exercises", many).format(n=many)]
    if minutes:
        parts.append(plural(_, "1 minute", "{n} minutes", minutes).format(n=minutes))
    return ", ".join(parts) + "."


def again_words(when: Again, at: datetime | None, _: Words, minutes: int = HOUR_MIN) -> str:
    """The next time, as a short sentence; empty where others decide it. Without a time of day: in so many minutes."""
    if when is not Again.LATER:
        return {Again.NOW: _("Again when you like."), Again.TOMORROW: _("Again tomorrow.")}.get(when, "")
    if at is not None:
        return _("Again from {time}.").format(time=time_words(at))
    return _("Again in an hour.") if minutes >= HOUR_MIN else _("Again in {n} min.").format(n=minutes)


def dots(week: Week, _: Words) -> tuple[WeekDay, ...]:
    """The days of a week as dots."""
    names = short_weekdays(_)
    return tuple(WeekDay(names[day.weekday()], practised) for day, practised in week)
