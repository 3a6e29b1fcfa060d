"""The figures of the log, for everybody at once: things that staff were told of, and that people said they saw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from typing import Any

from kiosk.care.outcomes import UNLOOKED, Flag
from kiosk.care.own import SIGHTING_LINE
from kiosk.clock import offset_min
from kiosk.records.daytime import UNSET
from kiosk.report.source import PersonSource
from kiosk.rows.kinds import utc_moment

NOTICES = (*(flag.value for flag in Flag), UNLOOKED)
"""Events that staff were told of when they happened."""


@dataclass(frozen=True, slots=True)
class NoticeCount:
    """Something that staff were told of (``code``): the ``count``, and on which ``days``."""

    code: str
    count: int
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A movement that the person said they saw: ``where`` on the face (empty: not said), and on which ``day``."""

    where: str
    day: date | None


@dataclass(frozen=True, slots=True)
class LogFigures:
    """Figures of the log, read once for all: ``notices`` and ``sightings`` by person, ``until`` which day it goes."""

    notices: Mapping[str, tuple[NoticeCount, ...]]
    until: date | None
    sightings: Mapping[str, tuple[Sighting, ...]] = field(default_factory=dict)


def told(snapshot: PersonSource) -> LogFigures:
    """Read the log once."""
    moments: dict[tuple[str, str], set[tuple[str, int]]] = defaultdict(set)
    days: dict[tuple[str, str], set[date]] = defaultdict(set)
    until: date | None = None
    # A line that was handed to the record twice still happened once.
    saw: dict[str, dict[tuple[str, int], Sighting]] = defaultdict(dict)
    for row in snapshot.dicts("events"):
        day = _event_day(row, snapshot.zone)
        if day is not None:
            until = max(day, until or day)
        if row["code"] == SIGHTING_LINE and row["patient_code"]:
            saw[row["patient_code"]][row["boot_id"], row["t_boot_ms"]] = Sighting(row["detail_code"], day)
        if row["code"] in NOTICES and row["patient_code"]:
            key = (row["patient_code"], row["code"])
            moments[key].add((row["boot_id"], row["t_boot_ms"]))
            if day is not None:
                days[key].add(day)
    notices: dict[str, list[NoticeCount]] = defaultdict(list)
    for (person, code), found in sorted(moments.items(), key=lambda item: NOTICES.index(item[0][1])):
        notices[person].append(NoticeCount(code, len(found), tuple(sorted(days[person, code]))))
    sightings = {person: tuple(mine.values()) for person, mine in saw.items()}
    return LogFigures({person: tuple(mine) for person, mine in notices.items()}, until, sightings)


def _event_day(row: Mapping[str, Any], zone: tzinfo) -> date | None:
    if row["clock_status"] == UNSET:
        return None
    moment = utc_moment(row["wall_utc"])
    return (moment + timedelta(minutes=offset_min(moment, zone))).date()
