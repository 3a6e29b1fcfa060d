"""When did it happen? Anchors date whole boots, also backwards; what none reaches keeps saying that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any

from kiosk.clock import ClockStatus, offset_min, zone_called, zone_name
from kiosk.records.daytime import anchor_of, dated, dates
from kiosk.records.rows import AnchorRow, utc_moment

UNSET = ClockStatus.UNSET.value


class Dating:
    """Dates rows of sessions and events by the anchors of their boots. ``zone`` is where the kiosk stands."""

    def __init__(self, anchors: Iterable[AnchorRow], zone: tzinfo) -> None:
        by_boot: dict[str, list[AnchorRow]] = {}
        for anchor in anchors:
            by_boot.setdefault(anchor.boot_id, []).append(anchor)
        self._best = {boot: anchor_of(mine, boot) for boot, mine in by_boot.items()}
        self._count = {boot: len(mine) for boot, mine in by_boot.items()}
        self._zone = zone

    def session(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """A session's columns, dated as well as can be, with the time zone of its start.

        The store dates a session anew as soon as an anchor of its boot comes in and counts its revision up; one that it
        could not date so (it came back from a damaged file) is dated here, as the revision that the store would make.
        """
        row = dated(found, self._best.get(found["boot_id"]))
        if any(row[name] != found[name] for name in ("start_utc", "end_utc", "clock_status", "wall_uncertainty_s")):
            row["revision"] += 1
        if row["utc_offset_min"] is None or row["clock_status"] == UNSET:
            self._place(row)
        return row

    def event(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """An event's columns, dated. Each anchor of its boot makes another revision, because each may date it anew."""
        row = {**found, "revision": 1}
        anchor = self._best.get(row["boot_id"])
        if anchor is not None and dates(anchor, row["clock_status"]):
            row["wall_utc"], row["clock_status"] = anchor.utc_at(row["t_boot_ms"]), anchor.source
            row["revision"] += self._count[row["boot_id"]]
        return row

    def _place(self, row: dict[str, Any]) -> None:
        """Fill in the time zone; the offset only where the moment is known, since it depends on the day."""
        zone = zone_called(row["tz"]) or self._zone
        row["tz"] = row["tz"] or zone_name(zone)
        row["utc_offset_min"] = None
        if row["clock_status"] != UNSET:
            row["utc_offset_min"] = offset_min(utc_moment(row["start_utc"]), zone)
