"""Days and times of day as people read them: the one place that gives a date its form, in the words of a language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

Translate = Callable[[str], str]


def day_words(day: date, _: Translate, *, year: bool = True, short: bool = False) -> str:
    """``29 November 2026``; without its year ``29 November``; ``short``, for narrow columns in print: ``29 Nov``."""
    shown = _("{day} {month} {year}") if year else _("{day} {month}")
    names = short_months(_) if short else _months(_)
    return shown.format(day=day.day, month=names[day.month - 1], year=day.year)


def weekday_words(day: date, _: Translate) -> str:
    """``Sunday 29 November``."""
    return _("{weekday} {day}").format(weekday=_weekdays(_)[day.weekday()], day=day_words(day, _, year=False))


def time_words(moment: datetime) -> str:
    """``08:15``, of the moment's own zone."""
    return f"{moment:%H:%M}"


def moment_words(moment: datetime, _: Translate) -> str:
    """``29 November 2026, 08:15``, of the moment's own zone."""
    return _("{day}, {time}").format(day=day_words(moment.date(), _), time=time_words(moment))


def clock_words(moment: datetime, _: Translate) -> str:
    """``Sunday 29 November, 08:15``: the clock of a screen, of the moment's own zone."""
    return _("{day}, {time}").format(day=weekday_words(moment.date(), _), time=time_words(moment))


def short_months(_: Translate) -> tuple[str, ...]:
    """Short names of the months."""
    return (
        _("Jan"),
        _("Feb"),
        _("Mar"),
        _("Apr"),
        _("May"),
        _("Jun"),
        _("Jul"),
        _("Aug"),
        _("Sep"),
        _("Oct"),
        _("Nov"),
        _("Dec"),
    )


def _months(_: Translate) -> tuple[str, ...]:
    return (
        _("January"),
        _("February"),
        _("March"),
        _("April"),
        _("May"),
        _("June"),
        _("July"),
        _("August"),
        _("September"),
        _("October"),
        _("November"),
        _("December"),
    )


def _weekdays(_: Translate) -> tuple[str, ...]:
    return (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
