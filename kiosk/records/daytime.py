"""How late it is, when nobody can be sure: what anchors and powered time say about the date.

A Pi has no battery clock and offline its time repeats. An anchor dates its whole boot exactly; for any other boot there
is only a lower bound: the last known time, and the time with power since then. Everything here is pure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kiosk.clock import ClockStatus, Instant, off_by_s, offset_min, zone_called
from kiosk.records.rows import AnchorRow, BootRow, utc_moment

NEW_DAY_MS = 10 * 3_600_000
"""With no clock, a new day needs this much powered time."""
VOUCHING = {ClockStatus.RTC, ClockStatus.STAFF, ClockStatus.NTP}
"""Whose word dates a boot."""


@dataclass(frozen=True, slots=True)
class KnownTime:
    """``lower_bound_utc``: it is this late or later; None: nothing is known. ``certain``: it is exactly this late.

    ``uncertainty``: how much later it may be; None: there is no telling.
    """

    lower_bound_utc: datetime | None
    certain: bool
    uncertainty: timedelta | None


UNKNOWN = KnownTime(None, False, None)


def known_time(anchors: Sequence[AnchorRow], boots: Sequence[BootRow], present: Instant) -> KnownTime:
    """What is known of the present: from the clock itself, else from this boot's anchor, else a lower bound."""
    bound = _bound(anchors, boots, present)
    if present.status is not ClockStatus.UNSET:
        if present.status is ClockStatus.RTC and bound is not None and present.wall_utc < bound:
            return KnownTime(bound, False, None)  # a battery clock behind what was known once has lost its time
        return KnownTime(present.wall_utc.astimezone(UTC), True, timedelta(0))
    here = anchor_of(anchors, present.boot_id)
    if here is not None:
        return KnownTime(utc_moment(here.utc_at(present.t_boot_ms)), True, timedelta(0))
    return UNKNOWN if bound is None else KnownTime(bound, False, None)


def anchor_of(anchors: Sequence[AnchorRow], boot_id: str) -> AnchorRow | None:
    """The anchor that dates all of a boot: the surest, and of equally sure ones the newest.

    The newest, because whoever sets a clock once more, staff or a network, does so because it was wrong before. Nobody
    knows how far off a battery clock is, so that it comes last.
    """
    mine = [anchor for anchor in anchors if anchor.boot_id == boot_id and anchor.source in VOUCHING]
    return max(mine, key=lambda anchor: (-_off_s(anchor.source), anchor.t_boot_ms), default=None)


def dates(anchor: AnchorRow | None, status: str) -> bool:
    """Whether ``anchor``, the best of a boot, dates what was written in it under ``status``: unless that is surer."""
    return anchor is not None and _off_s(anchor.source) <= _off_s(status)


def dated(session: Mapping[str, Any], anchor: AnchorRow | None) -> dict[str, Any]:
    """A session's columns as ``anchor``, the best of its boot, dates them; unchanged where it does not.

    The offset from UTC is that of the new day, in the zone where the session was; one without a name keeps its own.
    """
    row = dict(session)
    if anchor is None or not dates(anchor, row["clock_status"]):
        return row
    row["start_utc"] = anchor.utc_at(row["start_boot_ms"])
    row["end_utc"] = None if row["end_boot_ms"] is None else anchor.utc_at(row["end_boot_ms"])
    row["clock_status"], row["wall_uncertainty_s"] = anchor.source, off_by_s(anchor.source)
    zone = zone_called(row["tz"])
    if zone is not None:
        row["utc_offset_min"] = offset_min(utc_moment(row["start_utc"]), zone)
    return row


def _off_s(status: str) -> float:
    off = off_by_s(status)
    return math.inf if off is None else off


def exact_utc(anchors: Sequence[AnchorRow], boot_id: str, t_boot_ms: int) -> datetime | None:
    """When that moment was, if any anchor of its boot is known."""
    anchor = anchor_of(anchors, boot_id)
    return None if anchor is None else utc_moment(anchor.utc_at(t_boot_ms))


def powered_since_ms(boots: Sequence[BootRow], boot_id: str, t_boot_ms: int, present: Instant) -> int | None:
    """Time with power between a moment and the present, at least; None when that moment's boot is not known.

    Power before the kiosk's first and after its last sign of life in a boot is not counted: it is a lower bound.
    """
    if boot_id == present.boot_id:
        return max(0, present.t_boot_ms - t_boot_ms)
    then = next((boot for boot in boots if boot.boot_id == boot_id), None)
    if then is None:
        return None
    powered = max(0, then.last_ms - t_boot_ms)
    here = next((boot for boot in boots if boot.boot_id == present.boot_id), None)
    for boot in boots:
        if boot.ordinal > then.ordinal and boot.boot_id != present.boot_id:
            powered += boot.last_ms - boot.first_ms
    return powered + (max(0, present.t_boot_ms - here.first_ms) if here else 0)


def is_new_day(boots: Sequence[BootRow], boot_id: str, t_boot_ms: int, present: Instant) -> bool:
    """Without a clock: whether a day surely has begun since that moment. Unknown is no."""
    powered = powered_since_ms(boots, boot_id, t_boot_ms, present)
    return powered is not None and powered >= NEW_DAY_MS


def _bound(anchors: Sequence[AnchorRow], boots: Sequence[BootRow], present: Instant) -> datetime | None:
    """The last known time of an earlier boot, and the time with power since."""
    for boot in sorted(boots, key=lambda boot: boot.ordinal, reverse=True):
        anchor = anchor_of(anchors, boot.boot_id)
        if boot.boot_id == present.boot_id or anchor is None:
            continue
        powered = powered_since_ms(boots, boot.boot_id, anchor.t_boot_ms, present)
        return utc_moment(anchor.wall_utc) + timedelta(milliseconds=powered or 0)
    return None
