"""The date when nobody can be sure, and when a row was written, by anchors and powered time; also backwards.

A Pi has no battery clock and offline its time repeats. An anchor dates its whole boot exactly; for any other boot there
is only a lower bound: the last known time, and the time with power since then. Everything here is pure but ``Times`` of
the newest boots, which asks the record for older ones once somebody asks about them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Any

from kiosk.clock import ClockStatus, Instant, local_day, off_by_s, offset_min, zone_called, zone_name
from kiosk.rows.kinds import AnchorRow, BootRow, utc_moment

NEW_DAY_MS = 10 * 3_600_000
"""Powered time that a new day needs where there is no clock."""
VOUCHING = {ClockStatus.RTC, ClockStatus.STAFF, ClockStatus.NTP}
"""Sources whose word dates a boot."""
SURE = VOUCHING - {ClockStatus.RTC}
"""Those of them behind which nothing older counts: nobody knows how far off a battery clock is."""
SLACK = timedelta(minutes=2)
"""A clock is behind what was known once when it is so by more than this: staff read minutes, battery clocks drift."""


@dataclass(frozen=True, slots=True)
class KnownTime:
    """``lower_bound_utc``: it is this late or later; None: nothing is known. ``certain``: it is exactly this late.

    ``claims``: how late it is by each clock that is no less sure: those of this boot that stepped, and what was known
    once where the present clock is behind it. Empty where it is not certain.
    """

    lower_bound_utc: datetime | None
    certain: bool
    claims: tuple[datetime, ...] = ()


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


@cache
def _off_s(status: str) -> float:
    off = off_by_s(status)
    return math.inf if off is None else off


@dataclass(frozen=True, slots=True)
class Lapse:
    """The time between a moment and the present, as far as it is sure.

    ``powered_ms``: with power, at least; None: the moment's boot is not known. ``pairs``: the moment and the present by
    each clock gone by since; where clocks contradict each other the moment is the latest that it can have been. Empty
    without a clock.
    """

    powered_ms: int | None
    pairs: tuple[tuple[datetime, datetime], ...] = ()
    dated: bool = True
    """Whether the moments of ``pairs`` are known, and not only bounds."""

    @property
    def other_day(self) -> bool:
        """Whether it surely is another day by now: by every clock, else by ten hours of power. Unknown is no."""
        if self.pairs and self.dated:
            return all(local_day(then) < local_day(now) for then, now in self.pairs)
        return self.powered_ms is not None and self.powered_ms >= NEW_DAY_MS

    @property
    def least_ms(self) -> int:
        """Its least length, in ms."""
        by_clocks = min(((now - then) // timedelta(milliseconds=1) for then, now in self.pairs), default=0)
        return max(by_clocks, self.powered_ms or 0)


class Times:
    """The times that a record knows: its ``anchors`` and ``boots``, made ready to be asked often.

    Five years are thousands of boots, and a day's rules ask about dozens of sessions: each answer looks at one boot.
    With ``older`` these boots are only the newest: it gives the times of more of them, for what is asked of another.
    What it raises (of a record, StoreError) then comes from any question.
    """

    def __init__(
        self, anchors: Iterable[AnchorRow], boots: Iterable[BootRow], older: Callable[[], Times] | None = None
    ) -> None:
        self._older = older
        self._more: Times | None = None
        self._anchors: dict[str, list[AnchorRow]] = {}
        self._boots: dict[str, BootRow] = {}
        self._until_ms: dict[str, int] = {}
        """Time with power in all boots up to the end of one."""
        self._before: dict[str, datetime | None] = {}
        """The last known time before a boot, less the time with power in all boots before that time was known."""
        self._powered_ms = 0
        self._last: datetime | None = None
        self._newest: BootRow | None = None
        self._asked: tuple[Instant, KnownTime] | None = None
        self._take(anchors, boots)
        if older is not None:
            self._forget_unsure()

    def _forget_unsure(self) -> None:
        """Know only boots behind one that a sure clock dated: whatever was before, from there on it counts no more."""
        for boot_id in tuple(self._boots):
            anchor = self._anchor(boot_id)
            del self._boots[boot_id]
            if anchor is not None and anchor.source in SURE:
                return

    def _knowing(self, *boot_ids: str) -> Times:
        """These times where all the boots are known here, else those that know them or are all there are."""
        if self._older is None or self._boots.keys() >= set(boot_ids):
            return self
        if self._more is None:
            self._more = self._older()
        return self._more._knowing(*boot_ids)

    def _take(self, anchors: Iterable[AnchorRow], boots: Iterable[BootRow]) -> None:
        for anchor in anchors:
            self._anchors.setdefault(anchor.boot_id, []).append(anchor)
        for boot in sorted(boots, key=lambda boot: boot.ordinal):
            self._boots[boot.boot_id], self._before[boot.boot_id] = boot, self._last
            self._powered_ms += boot.last_ms - boot.first_ms
            self._until_ms[boot.boot_id] = self._powered_ms
            self._last, self._newest = self._later(self._last, boot), boot

    def grown(self, anchors: Sequence[AnchorRow], boots: Sequence[BootRow]) -> Times | None:
        """These times and what came since: new ``anchors``, and the ``boots`` from the newest known one on.

        None where that cannot be told without all of them.
        """
        newest, since = self._newest, {boot.boot_id for boot in boots}
        if newest is None or newest.boot_id not in since & self._boots.keys():
            return None
        if any(
            anchor.boot_id in self._boots or self._older is not None
            for anchor in anchors
            if anchor.boot_id not in since
        ):
            return None
        more = copy(self)
        more._more = None if self._more is None else self._more.grown(anchors, boots)
        more._anchors = {boot: list(mine) for boot, mine in self._anchors.items()}
        more._boots, more._until_ms, more._before = dict(self._boots), dict(self._until_ms), dict(self._before)
        # The newest one went on: it is counted once more, from what was known before it.
        more._powered_ms = self._until_ms[newest.boot_id] - (newest.last_ms - newest.first_ms)
        more._last, more._asked = self._before[newest.boot_id], None
        more._take(anchors, boots)
        return more

    def _later(self, known: datetime | None, boot: BootRow) -> datetime | None:
        """``known``, or what an anchor of the next ``boot`` says.

        A battery clock that was behind what was known before it has lost its time, and is not what was known.
        """
        anchor = self._anchor(boot.boot_id)
        if anchor is None:
            return known
        left_ms = max(0, boot.last_ms - anchor.t_boot_ms) - self._until_ms[boot.boot_id]
        found = utc_moment(anchor.wall_utc) + timedelta(milliseconds=left_ms)
        behind = known is not None and found < known - SLACK
        return known if behind and anchor.source == ClockStatus.RTC else found

    def anchor(self, boot_id: str) -> AnchorRow | None:
        """The anchor that dates all of a boot."""
        return self._knowing(boot_id)._anchor(boot_id)

    def _anchor(self, boot_id: str) -> AnchorRow | None:
        return anchor_of(self._anchors.get(boot_id, ()), boot_id)

    def exact_utc(self, boot_id: str, t_boot_ms: int) -> datetime | None:
        """Return the wall clock's time of that moment, if any anchor of its boot is known."""
        anchor = self.anchor(boot_id)
        return None if anchor is None else utc_moment(anchor.utc_at(t_boot_ms))

    def known(self, present: Instant) -> KnownTime:
        """Return the known time of the present: by the clock itself, else by this boot's anchor, else a lower bound."""
        times = self._knowing(present.boot_id)
        if times._asked is None or times._asked[0] != present:
            # A day's rules ask about dozens of sessions at one present.
            times._asked = present, times._known(present)
        return times._asked[1]

    def _known(self, present: Instant) -> KnownTime:
        bound = self._bound(present.boot_id, present.t_boot_ms)
        said = self._said(present.boot_id, present.t_boot_ms)
        here = self._anchor(present.boot_id)
        if present.status is not ClockStatus.UNSET:
            now, source = present.wall_utc.astimezone(UTC), present.status.value
        elif here is not None:
            now, source = utc_moment(here.utc_at(present.t_boot_ms)), here.source
        else:
            return KnownTime(bound, False)
        behind = bound is not None and now < bound - SLACK
        if bound is not None and behind and source == ClockStatus.RTC:
            return KnownTime(bound, False)  # a battery clock behind what was known once has lost its time
        return KnownTime(now, True, (now, *said, *((bound,) if bound is not None and behind else ())))

    def lapse(self, boot_id: str, t_boot_ms: int, present: Instant, then: datetime | None = None) -> Lapse:
        """The time between a moment of some boot and the present; ``then``: when that was by a clock of another kiosk.

        Within a boot a step of the clock moves both ends. A clock that says less than was known before, or less than
        the time with power since, contradicts: what it says dates nothing.
        """
        return self._knowing(boot_id, present.boot_id)._lapse(boot_id, t_boot_ms, present, then)

    def _lapse(self, boot_id: str, t_boot_ms: int, present: Instant, then: datetime | None) -> Lapse:
        powered_ms = self.powered_since_ms(boot_id, t_boot_ms, present)
        known = self.known(present)
        here = boot_id == present.boot_id and then is None
        said = self._said(present.boot_id, present.t_boot_ms, t_boot_ms if here else None)
        nows = {*known.claims[:1], *said}
        if not known.certain or not nows:
            return Lapse(powered_ms)
        latest = {now: now - timedelta(milliseconds=powered_ms or 0) for now in nows}
        if here:
            return Lapse(powered_ms, tuple((moment, now) for now, moment in latest.items()))
        thens = self._said(boot_id, t_boot_ms) if then is None else [then]
        bound = self._bound(boot_id, t_boot_ms)
        fits = bool(thens) and max(thens) <= min(latest.values()) + SLACK
        if not fits or (then is None and bound is not None and min(thens) < bound - SLACK):
            return Lapse(powered_ms, tuple((moment, now) for now, moment in latest.items()), dated=False)
        return Lapse(powered_ms, tuple((min(max(thens), moment), now) for now, moment in latest.items()))

    def powered_since_ms(self, boot_id: str, t_boot_ms: int, present: Instant) -> int | None:
        """Time with power between a moment and the present, at least; None when that moment's boot is not known.

        Power before the kiosk's first and after its last sign of life in a boot is not counted: it is a lower bound.
        """
        if boot_id == present.boot_id:
            return max(0, present.t_boot_ms - t_boot_ms)
        return self._knowing(boot_id, present.boot_id)._powered_since_ms(boot_id, t_boot_ms, present)

    def _powered_since_ms(self, boot_id: str, t_boot_ms: int, present: Instant) -> int | None:
        then, here = self._boots.get(boot_id), self._boots.get(present.boot_id)
        if then is None:
            return None
        between_ms = self._powered_ms - self._until_ms[boot_id]
        if here is not None and here.ordinal > then.ordinal:
            between_ms -= here.last_ms - here.first_ms
        here_ms = max(0, present.t_boot_ms - here.first_ms) if here is not None else 0
        return max(0, then.last_ms - t_boot_ms) + between_ms + here_ms

    def _said(self, boot_id: str, t_boot_ms: int, since_ms: int | None = None) -> list[datetime]:
        """Return a moment's times by the surest clocks of its boot; ``since_ms``: by all clocks gone by since then."""
        mine = sorted(
            (anchor for anchor in self._anchors.get(boot_id, ()) if anchor.source in VOUCHING),
            key=lambda anchor: anchor.t_boot_ms,
        )
        if since_ms is None:
            surest = min((_off_s(anchor.source) for anchor in mine), default=0.0)
            used = [anchor for anchor in mine if _off_s(anchor.source) == surest]
        else:
            first = max((n for n, anchor in enumerate(mine) if anchor.t_boot_ms <= since_ms), default=0)
            used = mine[first:]
        return [utc_moment(anchor.utc_at(t_boot_ms)) for anchor in used]

    def _bound(self, boot_id: str, t_boot_ms: int) -> datetime | None:
        """The last known time before the boot of a moment, and the time with power from then to the moment."""
        here = self._boots.get(boot_id)
        known = self._last if here is None else self._before[boot_id]
        if known is None:
            return None
        powered_ms = self._powered_ms
        if here is not None:
            earlier_ms = self._until_ms[boot_id] - (here.last_ms - here.first_ms)
            powered_ms = earlier_ms + max(0, t_boot_ms - here.first_ms)
        return known + timedelta(milliseconds=powered_ms)


UNSET = ClockStatus.UNSET.value


class Dating:
    """Dates rows of sessions and events by the anchors of their boots, which ``anchors_of`` gives by the boot.

    ``zone`` is where the kiosk stands.
    """

    def __init__(self, anchors_of: Callable[[str], Sequence[AnchorRow]], zone: tzinfo) -> None:
        self._anchors_of, self._zone = anchors_of, zone
        self._known: dict[str, tuple[AnchorRow | None, int]] = {}

    def _of(self, boot_id: str) -> tuple[AnchorRow | None, int]:
        """The anchor that dates all of a boot, and how many it has; asked once a boot, of those that rows are of."""
        if boot_id not in self._known:
            anchors = self._anchors_of(boot_id)
            self._known[boot_id] = anchor_of(anchors, boot_id), len(anchors)
        return self._known[boot_id]

    def session(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """A session's columns, dated as well as can be, with the time zone of its start.

        The store dates a session anew as soon as an anchor of its boot comes in and counts its revision up; one that it
        could not date so (it came back from a damaged file) is dated here, as the revision that the store would make.
        """
        row = dated(found, self._of(found["boot_id"])[0])
        if any(row[name] != found[name] for name in ("start_utc", "end_utc", "clock_status", "wall_uncertainty_s")):
            row["revision"] += 1
        if row["utc_offset_min"] is None or row["clock_status"] == UNSET:
            self._place(row)
        return row

    def event(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """An event's columns, dated. Each anchor of its boot makes another revision, because each may date it anew."""
        row = {**found, "revision": 1}
        anchor, count = self._of(row["boot_id"])
        if anchor is not None and dates(anchor, row["clock_status"]):
            row["wall_utc"], row["clock_status"] = anchor.utc_at(row["t_boot_ms"]), anchor.source
            row["revision"] += count
        return row

    def _place(self, row: dict[str, Any]) -> None:
        """Fill in the time zone; the offset only where the moment is known, since it depends on the day."""
        zone = zone_called(row["tz"]) or self._zone
        row["tz"] = row["tz"] or zone_name(zone)
        row["utc_offset_min"] = None
        if row["clock_status"] != UNSET:
            row["utc_offset_min"] = offset_min(utc_moment(row["start_utc"]), zone)
