"""What the rules must know of today, read from the record: never more certain than the clock is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypedDict

import msgspec

from kiosk.care.library import Library
from kiosk.care.model import Person
from kiosk.care.rules import Today
from kiosk.clock import Instant, local_day
from kiosk.package.plan_bed import CARRIED, CarriedOver
from kiosk.records.daytime import KnownTime, Lapse, exact_utc, known_time, lapse
from kiosk.records.reader import Reader
from kiosk.records.rows import AnchorRow, BootRow, SessionRow

LOOK_BACK = 60
"""Sessions to look at: far more than anybody can begin in a day."""


def today(
    reader: Reader,
    library: Library,
    person: Person,
    at: Instant,
    led: Sequence[SessionRow] = (),
    *,
    red_stuck: bool = False,
) -> Today:
    """The present day for ``person``; sessions that may have been today count as today.

    ``led`` are sessions of this run of the kiosk: they count even while the disk has not taken them.
    """
    anchors, boots = reader.anchors(), reader.boots()
    begun: Counter[str] = Counter()
    last: dict[str, date] = {}
    active, last_active_ms = 0, None
    slept = True
    stored = reader.sessions(person.code, LOOK_BACK)
    known_ids = {row.session_id for row in stored}
    waiting = [row for row in led if row.patient_code == person.code and row.session_id not in known_ids]
    for row in (*waiting, *stored):
        start = exact_utc(anchors, row.boot_id, row.start_boot_ms)
        if start is not None:
            last.setdefault(row.programme, local_day(start))
        programme = library.programmes.get(row.programme)
        moves = programme is None or programme.family.active
        if moves and row.end_boot_ms is not None:
            ended = at.t_boot_ms - lapse(anchors, boots, row.boot_id, row.end_boot_ms, at).least_ms
            last_active_ms = ended if last_active_ms is None else max(last_active_ms, ended)
        if lapse(anchors, boots, row.boot_id, row.start_boot_ms, at).other_day:
            continue
        slept = False
        if row.resumes_session_id is None:
            begun[row.programme] += 1
            active += moves
    known = known_time(anchors, boots, at)
    found = Today(
        **_days(known),
        certain=known.certain,
        now_ms=at.t_boot_ms,
        active_begun_today=active,
        last_active_ended_ms=last_active_ms,
        begun_today=dict(begun),
        new_day=known.certain or slept,
        pain_over=_pain_over(person, anchors, boots, at),
        red_stuck=red_stuck,
        doubted=reader.doubted(person.code),
        last_practised=last,
    )
    elsewhere = carried(reader, person.code)
    return found if elsewhere is None else _with(found, elsewhere, reader, library, at)


class _Days(TypedDict):
    day: date | None
    earliest: date | None
    latest: date | None


def _days(known: KnownTime) -> _Days:
    """The present day, and the first and last that it may be where clocks contradict each other."""
    day = None if known.lower_bound_utc is None else local_day(known.lower_bound_utc)
    claimed = [local_day(claim) for claim in known.claims]
    return {"day": day, "earliest": min(claimed, default=None), "latest": max(claimed, default=None)}


def nobodys_day(reader: Reader, at: Instant) -> Today:
    """The day as far as the clock knows it, while nobody is set up."""
    known = known_time(reader.anchors(), reader.boots(), at)
    return Today(**_days(known), certain=known.certain, now_ms=at.t_boot_ms)


def _pain_over(person: Person, anchors: Sequence[AnchorRow], boots: Sequence[BootRow], at: Instant) -> bool | None:
    """Whether the day on which pain closed movement surely is over; None: nobody knows here when that was."""
    if person.pain_at is None:
        return None
    since = lapse(anchors, boots, person.pain_at.boot_id, person.pain_at.t_boot_ms, at)
    return None if since.powered_ms is None else since.other_day


def carried(reader: Reader, code: str) -> CarriedOver | None:
    """What came along with this person's plan of the sessions at another kiosk."""
    try:
        told = msgspec.json.decode(reader.state(CARRIED) or "null", type=CarriedOver | None)
    except msgspec.DecodeError:
        return None
    return told if told is not None and told.code == code else None


def _with(found: Today, elsewhere: CarriedOver, reader: Reader, library: Library, at: Instant) -> Today:
    """``found``, and what was practised at the kiosk before: a day does not begin anew because a kiosk is replaced.

    What nobody can date counts as practised when the plan came. A programme that is not known here counts as movement.
    """
    anchors, boots = reader.anchors(), reader.boots()
    begun, last = Counter(found.begun_today), dict(found.last_practised)
    active, ended_ms, slept = found.active_begun_today, found.last_active_ended_ms, found.new_day

    def since(then: datetime | None) -> Lapse:
        return lapse(anchors, boots, elsewhere.boot_id, elsewhere.t_boot_ms, at, then)

    for past in elsewhere.practised:
        programme = library.programmes.get(past.programme)
        moves = programme is None or programme.family.active
        if past.begun is not None:
            last[past.programme] = max(last.get(past.programme, date.min), local_day(past.begun))
        same = not since(past.begun).other_day
        slept = slept and (found.certain or not same)
        if same and not past.resumed:
            begun[past.programme] += 1
            active += moves
        if moves:
            ended = at.t_boot_ms - since(past.ended).least_ms
            ended_ms = ended if ended_ms is None else max(ended, ended_ms)
    return replace(
        found,
        active_begun_today=active,
        last_active_ended_ms=ended_ms,
        begun_today=dict(begun),
        new_day=slept,
        last_practised=last,
    )


def since_ms(reader: Reader, row: SessionRow, at: Instant) -> int:
    """How long ago a session ended, at least."""
    end_ms = row.end_boot_ms if row.end_boot_ms is not None else row.start_boot_ms
    return lapse(reader.anchors(), reader.boots(), row.boot_id, end_ms, at).least_ms
