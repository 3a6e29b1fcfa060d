"""The days behind a person, gathered from the record when they look back. No day is told that nobody vouches for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kiosk.bedside.own import SAW
from kiosk.care.library import Library
from kiosk.care.model import Region
from kiosk.care.standard import SETS
from kiosk.clock import local_day
from kiosk.home.looking_back import NOTHING, LookedBack, OwnSighting, Week, practised_in, tightest
from kiosk.records.daytime import Times
from kiosk.records.practised import LOOK_BACK
from kiosk.records.reader import Reader

TIGHTNESS = "tightness.*"
MOST_SIGHTINGS = 60
"""Sightings that are gathered: far more than a person scrolls through."""
REGIONS = {region.value: region for region in Region}


def looked_back(reader: Reader, library: Library, code: str, weeks: Sequence[Week]) -> LookedBack:
    """Gather it for the person called ``code``; nothing where ``weeks`` are none. Raises StoreError."""
    if not weeks:
        return NOTHING
    times = reader.times()
    sessions = reader.sessions(code, LOOK_BACK)
    days = {row.session_id: _day(times, row.boot_id, row.start_boot_ms) for row in sessions}
    titles = {programme.id: programme.title for programme in library.programmes.values()}
    practised = (row for row in sessions if row.programme not in SETS)
    known = ((titles.get(row.programme, row.programme), days[row.session_id]) for row in practised)
    answers = ((days.get(row.session_id), row.value) for row in reader.answers(code, TIGHTNESS, LOOK_BACK))
    return LookedBack(
        practised=practised_in(weeks[0], ((title, day) for title, day in known if day is not None)),
        tightness=tightest((day, level) for day, level in answers if day is not None),
        saw=tuple(
            OwnSighting(_day(times, row.boot_id, row.t_boot_ms), REGIONS.get(row.detail_code))
            for row in reader.told(code, SAW, MOST_SIGHTINGS)
        ),
    )


def _day(times: Times, boot_id: str, t_boot_ms: int) -> date | None:
    moment = times.exact_utc(boot_id, t_boot_ms)
    return None if moment is None else local_day(moment)
