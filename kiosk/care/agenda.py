"""The day's plan of a person: what is meant for today, how much of it was done, what comes next. Never a score.

``per_day`` of a programme without movement is what is meant. Of one with movement it is a limit, and a limit is no
goal: once a day is meant [D], and more is left to the person.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.care.again import Again, again
from kiosk.care.library import Library
from kiosk.care.model import Family, Programme
from kiosk.care.person import Person
from kiosk.care.rules import Verdict, offered
from kiosk.care.today import Today

NEVER = frozenset(("flaccid", "wrong-stage", "graft"))
"""Reasons that no day and no press of this person takes away: what they close is not on the day's plan."""
AWAY_DAYS = 7
"""Days without practice after which somebody is welcomed back [D]."""


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """One programme on the day's plan."""

    programme: str
    """Its id."""
    verdict: Verdict
    """Whether it may begin now, and why not."""
    done: int
    """Number of times that it was done to its end today."""
    meant: int
    """Number of times that it is meant for a day; 0: as often as one likes."""
    again: Again
    """The next time that it may be done."""
    after_ms: int
    """Time until then in ms, where it is later today."""

    @property
    def due(self) -> bool:
        """Whether it may begin now and is still meant for today."""
        return self.verdict.open and self.done < self.meant

    @property
    def waits(self) -> bool:
        """Whether it is still meant for today, and only the rest between two sessions keeps it closed."""
        return self.done < self.meant and self.again is Again.LATER


@dataclass(frozen=True, slots=True)
class Agenda:
    """The day's plan: its ``entries`` in the order in which they are shown.

    ``next``: the id of the programme that comes next; empty: nothing is meant now. ``done``: all that was meant for
    today and could be done is done. ``back``: the person comes back after some days.
    """

    entries: tuple[AgendaEntry, ...] = ()
    next: str = ""
    done: bool = False
    back: bool = False


def agenda(library: Library, person: Person, today: Today) -> Agenda:
    """The plan of ``today``: what is due, what comes next first; then what is open, then what is closed for now."""
    found = tuple(
        _entry(programme, verdict, person, today)
        for programme, verdict in offered(library, person, today)
        if NEVER.isdisjoint(reason.code for reason in verdict.reasons)
    )
    # The order of ``offered`` has releases before everything else: when time is short, they come first.
    entries = tuple(sorted(found, key=lambda entry: not entry.due))
    fulfilled = any(0 < entry.meant <= entry.done for entry in found)
    return Agenda(
        entries=entries,
        next=entries[0].programme if entries and entries[0].due else "",
        done=fulfilled and not any(entry.due or entry.waits for entry in found),
        back=_away(today),
    )


def meant(programme: Programme) -> int:
    """Number of times that ``programme`` is meant for a day; 0: as often as one likes."""
    if programme.per_day is None or programme.family is Family.CARDS:
        return 0
    return 1 if programme.family.active else programme.per_day


def _entry(programme: Programme, verdict: Verdict, person: Person, today: Today) -> AgendaEntry:
    when, after_ms = again(person, programme, today)
    done = today.done_today.get(programme.id, 0)
    return AgendaEntry(programme.id, verdict, done, meant(programme), when, after_ms)


def _away(today: Today) -> bool:
    """Whether the last practice surely was some days ago; who never practised does not come back."""
    if not today.certain or today.day is None or not today.practised_on:
        return False
    return (today.day - max(today.practised_on)).days >= AWAY_DAYS
