"""The standard set as it stands for a person now: what it would ask, whether it may begin, and when there was one."""

from __future__ import annotations

from dataclasses import replace

from kiosk.care.library import Library
from kiosk.care.model import Permission
from kiosk.care.person import Person
from kiosk.care.plan import compile_plan
from kiosk.care.rules import may
from kiosk.care.standard import AT_REST, SETS, not_asked, set_for
from kiosk.care.today import Today
from kiosk.care.words import Translate, moment_words
from kiosk.clock import ClockStatus, local_moment
from kiosk.desk.shown import SetOffer
from kiosk.errors import RuleError
from kiosk.home.model import minutes_of
from kiosk.records.practised import LOOK_BACK
from kiosk.records.reader import Reader
from kiosk.rows.kinds import utc_moment

AROUND_MS = 120_000
"""Check-in, settling and check-out, roughly."""


def set_offer(reader: Reader, library: Library, person: Person, day: Today, _: Translate = str) -> SetOffer | None:
    """The set for ``person`` today; None where this kiosk has none. Raises StoreError."""
    programme = set_for(library, person)
    if programme is None:
        return None
    verdict, rest = may(person, programme, day), library.sets.get(AT_REST, programme)
    at_rest = not verdict.open and rest is not programme and may(person, rest, day).open
    offer = SetOffer(
        programme=programme.id,
        verdict=verdict,
        at_rest=at_rest,
        draws=Permission.REPLAYS in person.permissions,
        last=_last(reader, person.code, _),
    )
    try:
        plan = compile_plan(library, person, rest if at_rest else programme, day)
    except RuleError:  # it is closed, for the reasons that the verdict gives
        return offer
    length_ms = AROUND_MS + sum(step.duration_ms for step in plan.steps)
    return replace(offer, left_out=tuple(not_asked(person, plan).items()), minutes=minutes_of(length_ms))


def _last(reader: Reader, code: str, _: Translate) -> str:
    """The moment of the last set, as it is to be read; empty: there was none lately."""
    row = next((row for row in reader.sessions(code, LOOK_BACK) if row.programme in SETS), None)
    if row is None:
        return ""
    dated = row.clock_status != ClockStatus.UNSET
    return moment_words(local_moment(utc_moment(row.start_utc)), _) if dated else _("date not known")
