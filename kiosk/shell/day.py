"""What the rules must know of today, read from the record: never more certain than the clock is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import msgspec

from kiosk.care.library import Library
from kiosk.care.rules import Today
from kiosk.clock import Instant, local_day
from kiosk.handover.plan_bed import CARRIED, Carried
from kiosk.records.daytime import exact_utc, is_new_day, known_time, powered_since_ms
from kiosk.records.reader import Reader
from kiosk.records.rows import SessionRow

LOOK_BACK = 60
"""Sessions to look at: far more than anybody can begin in a day."""


def today(
    reader: Reader,
    library: Library,
    code: str,
    at: Instant,
    led: Sequence[SessionRow] = (),
    *,
    red_stuck: bool = False,
) -> Today:
    """The present day for the person ``code``; sessions that may have been today count as today.

    ``led`` are sessions of this run of the kiosk: they count even while the disk has not taken them.
    """
    anchors, boots = reader.anchors(), reader.boots()
    known = known_time(anchors, boots, at)
    day = None if known.lower_bound_utc is None else local_day(known.lower_bound_utc)
    begun: Counter[str] = Counter()
    last: dict[str, date] = {}
    active, last_active_ms = 0, None
    slept = True
    stored = reader.sessions(code, LOOK_BACK)
    known_ids = {row.session_id for row in stored}
    waiting = [row for row in led if row.patient_code == code and row.session_id not in known_ids]
    for row in (*waiting, *stored):
        start = exact_utc(anchors, row.boot_id, row.start_boot_ms)
        if start is not None:
            last.setdefault(row.programme, local_day(start))
        programme = library.programmes.get(row.programme)
        moves = programme is not None and programme.family.active
        if moves and row.end_boot_ms is not None:
            ended = at.t_boot_ms - since_ms(reader, row, at)
            last_active_ms = ended if last_active_ms is None else max(last_active_ms, ended)
        if start is not None and known.certain and day is not None:
            same = local_day(start) == day
        else:
            same = not is_new_day(boots, row.boot_id, row.start_boot_ms, at)
        slept = slept and not same
        if same and row.resumes_session_id is None:
            begun[row.programme] += 1
            active += moves
    found = Today(
        day=day,
        certain=known.certain,
        now_ms=at.t_boot_ms,
        active_begun_today=active,
        last_active_ended_ms=last_active_ms,
        begun_today=dict(begun),
        new_day=known.certain or slept,
        red_stuck=red_stuck,
        doubted=reader.doubted(code),
        last_practised=last,
    )
    elsewhere = carried(reader, code)
    return found if elsewhere is None else _with(found, elsewhere, reader, library, at)


def carried(reader: Reader, code: str) -> Carried | None:
    """What came along with this person's plan of the sessions at another kiosk."""
    try:
        told = msgspec.json.decode(reader.state(CARRIED) or "null", type=Carried | None)
    except msgspec.DecodeError:
        return None
    return told if told is not None and told.code == code else None


def _with(found: Today, elsewhere: Carried, reader: Reader, library: Library, at: Instant) -> Today:
    """``found``, and what was practised at the kiosk before: a day does not begin anew because a kiosk is replaced.

    What nobody can date counts as practised when the plan came. A programme that is not known here counts as movement.
    """
    boots, now = reader.boots(), known_time(reader.anchors(), reader.boots(), at).lower_bound_utc
    came_today = not is_new_day(boots, elsewhere.boot_id, elsewhere.t_boot_ms, at)
    powered_ms = powered_since_ms(boots, elsewhere.boot_id, elsewhere.t_boot_ms, at) or 0
    begun, last = Counter(found.begun_today), dict(found.last_practised)
    active, ended_ms, slept = found.active_begun_today, found.last_active_ended_ms, found.new_day
    for past in elsewhere.practised:
        programme = library.programmes.get(past.programme)
        moves = programme is None or programme.family.active
        if past.begun is not None:
            last[past.programme] = max(last.get(past.programme, date.min), local_day(past.begun))
        sure = past.begun if found.certain else None
        same = came_today if sure is None else local_day(sure) == found.day
        slept = slept and (found.certain or not same)
        if same and not past.resumed:
            begun[past.programme] += 1
            active += moves
        if moves:
            since = powered_ms
            if past.ended is not None and now is not None and found.certain:
                since = max(since, round((now - past.ended).total_seconds() * 1000))
            ended_ms = max(at.t_boot_ms - since, at.t_boot_ms - since if ended_ms is None else ended_ms)
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
    powered = powered_since_ms(reader.boots(), row.boot_id, end_ms, at) or 0
    anchors = reader.anchors()
    then, now = exact_utc(anchors, row.boot_id, end_ms), exact_utc(anchors, at.boot_id, at.t_boot_ms)
    if then is None or now is None:
        return powered
    return max(powered, round((now - then).total_seconds() * 1000))
