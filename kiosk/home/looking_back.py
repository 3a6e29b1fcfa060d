"""Looking back: what is behind somebody, as dots, in words and as one gentle line. Nothing is compared or scored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kiosk.care.model import Region
from kiosk.care.today import Today

WEEK_DAYS = 7
MOST_WEEKS = 4
LEAST_ANSWERS = 4
"""Days with an answer from which on a line is drawn [D]: fewer say nothing of a time."""
GAP_DAYS = 10
"""Days without an answer after which the line is broken: nobody knows how it was meanwhile [D]."""
ON_A_PAGE = 3
"""Programmes that stand on one page of the week in words."""
MOST_TOLD = 4
"""Sightings that stand on a page, the newest ones."""
TIGHTEST = 3
"""The highest level of tightness, 0 (loose) to 3."""

Week = tuple[tuple[date, bool], ...]
"""The days of a calendar week, Monday first, and whether something was practised on each."""
Curve = tuple[tuple[tuple[float, float], ...], ...]
"""Pieces of a line of points: ``x`` 0 (the oldest week) to 1 (the end of this one), ``y`` 0 (loose) to 1 (tight)."""


class LookKind(StrEnum):
    """The sort of a page of looking back."""

    WEEK = "week"
    """The dots of a week."""
    WORDS = "words"
    """This week in words."""
    TIGHTNESS = "tightness"
    """The line of how tight it felt."""
    SAW = "saw"
    """The movements that the person said they saw."""


@dataclass(frozen=True, slots=True)
class LookPage:
    """One page of looking back."""

    kind: LookKind
    """Its sort."""
    number: int = 0
    """The number of its week among those behind, the newest 0; of words the number of their page, from 0."""


@dataclass(frozen=True, slots=True)
class OwnSighting:
    """The person said that they saw a new movement, ``where`` on the face; None: they did not say, as in ``day``."""

    day: date | None
    where: Region | None


@dataclass(frozen=True, slots=True)
class LookedBack:
    """All that is gathered when somebody looks back, beside the weeks."""

    practised: tuple[tuple[str, tuple[date, ...]], ...] = ()
    """The title of each programme of this week, with its days."""
    tightness: tuple[tuple[date, int], ...] = ()
    """Day → how tight the tightest region felt, 0 to 3, in the order of days."""
    saw: tuple[OwnSighting, ...] = ()
    """The sightings, the newest first."""


NOTHING = LookedBack()
"""Nothing was gathered."""


def week_with(day: date, practised_on: Collection[date]) -> Week:
    """The week of ``day``."""
    monday = monday_of(day)
    days = (monday + timedelta(days=n) for n in range(WEEK_DAYS))
    return tuple((each, each in practised_on) for each in days)


def monday_of(day: date) -> date:
    """The Monday of the calendar week of ``day``."""
    return day - timedelta(days=day.weekday())


def weeks_back(today: Today) -> tuple[Week, ...]:
    """This week and those before, the newest first, to the first that is known; none where the date is not sure."""
    if not today.certain or today.day is None or not today.practised_on:
        return ()
    first = min(today.practised_on)
    days = (today.day - timedelta(days=WEEK_DAYS * n) for n in range(MOST_WEEKS))
    weeks = (week_with(day, today.practised_on) for day in days)
    return tuple(week for n, week in enumerate(weeks) if n == 0 or week[-1][0] >= first)


def look_pages(weeks: Sequence[Week], past: LookedBack) -> tuple[LookPage, ...]:
    """The pages: this week, the same in words, the line, what was seen, the weeks before. What is empty is absent."""
    if not weeks:
        return ()
    found = [LookPage(LookKind.WEEK)]
    found += [LookPage(LookKind.WORDS, n) for n in range(-(-len(past.practised) // ON_A_PAGE))]
    found += [LookPage(LookKind.TIGHTNESS)] if curve_of(past.tightness, weeks[0]) else []
    found += [LookPage(LookKind.SAW)] if past.saw else []
    return (*found, *(LookPage(LookKind.WEEK, n) for n in range(1, len(weeks))))


def practised_in(week: Week, sessions: Iterable[tuple[str, date]]) -> tuple[tuple[str, tuple[date, ...]], ...]:
    """Of ``sessions`` (title, day) those of ``week``: each title with its days, in the order of the first day."""
    days = {day for day, _ in week}
    found: dict[str, set[date]] = {}
    for title, day in sorted(sessions, key=lambda session: session[1]):
        if day in days:
            found.setdefault(title, set()).add(day)
    return tuple((title, tuple(sorted(mine))) for title, mine in found.items())


def tightest(answers: Iterable[tuple[date, float]]) -> tuple[tuple[date, int], ...]:
    """Of answers (day, level) the highest of each day, in the order of days: as the report has it."""
    found: dict[date, int] = {}
    for day, level in answers:
        found[day] = max(found.get(day, 0), min(TIGHTEST, max(0, round(level))))
    return tuple(sorted(found.items()))


def curve_span(this_week: Week) -> tuple[date, date]:
    """The first and the last day of the line: the four weeks that the calendar shows."""
    monday, sunday = this_week[0][0], this_week[-1][0]
    return monday - timedelta(weeks=MOST_WEEKS - 1), sunday


def curve_of(tightness: Sequence[tuple[date, int]], this_week: Week) -> Curve:
    """The line of ``tightness`` over the weeks behind; empty where there are too few answers for one."""
    first, last = curve_span(this_week)
    shown = [(day, level) for day, level in tightness if first <= day <= last]
    if len(shown) < LEAST_ANSWERS:
        return ()
    pieces: list[list[tuple[float, float]]] = []
    before: date | None = None
    for day, level in shown:
        if before is None or (day - before).days > GAP_DAYS:
            pieces.append([])
        pieces[-1].append(((day - first).days / (last - first).days, level / TIGHTEST))
        before = day
    return tuple(map(tuple, pieces))
