"""Bands of what the camera saw: measures of one kind of movement with their number, or nothing at all.

A band says where most measures of a person lie. It is no grade: more is not better, and none of it compares one person
with another. Where few were measured, or they lie all over, there is no band.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

LEAST = 8
"""Fewer measures than this say nothing about a person [D]."""
MOST_OF_THEM = 0.6
"""A band holds where at least this share of the measures lies in it [D]."""
SMALL_MM, LARGE_MM = 3.0, 7.0
"""Limits, mm: below the first, sides are not compared; above the second, a movement is no longer tiny."""
ALIKE, HALF = 0.75, 0.5
"""Healthy smiles differ by as much as the first."""
LATE_MS = 400
"""Sides that begin this far apart are told apart at ten pictures a second."""
REASONS_SHOWN = 2
TRUSTED = ("good", "partial")
"""Words of quality that are trusted: of a partial measure something is absent; what is there may be trusted."""


class Reach(StrEnum):
    """The reach of a side's movement."""

    SMALL = "small"
    MIDDLE = "middle"
    LARGE = "large"


class Sides(StrEnum):
    """The affected side beside the other one."""

    ALIKE = "alike"
    SMALLER = "smaller"
    MUCH_SMALLER = "much-smaller"
    LARGER = "larger"


class Timing(StrEnum):
    """The beginning of the affected side's movement, beside the other one's."""

    TOGETHER = "together"
    LATER = "later"
    EARLIER = "earlier"


VARIES = "varies"
"""Stands for a band where the measures lie in several."""


@dataclass(frozen=True, slots=True)
class MovementSeen:
    """One kind of movement (an ``exercise``): ``measured`` of ``done`` repetitions can be trusted.

    ``reach_*``, ``sides``, ``timing``: a value of the enums above, ``varies``, or empty: too few measures to say.
    ``linked`` of ``linked_known`` repetitions had another part of the face move along. ``why_not``: what most often
    stood in the way of all or a part of it, with how often.
    """

    exercise: str
    done: int
    measured: int
    reach_affected: str = ""
    reach_other: str = ""
    sides: str = ""
    timing: str = ""
    linked: int = 0
    linked_known: int = 0
    why_not: tuple[tuple[str, int], ...] = ()


@dataclass
class Bands:
    """Counts repetitions of one kind of movement. ``affected``: left, right, both or empty.

    ``measured`` of ``done`` could be; ``reach``, ``sides``, ``timing`` and ``linked`` count what they were like,
    ``reasons`` why others were not measured.
    """

    affected: str
    done: int = 0
    measured: int = 0
    reach: dict[str, Counter[str]] = field(default_factory=lambda: {"affected": Counter(), "other": Counter()})
    sides: Counter[str] = field(default_factory=Counter)
    timing: Counter[str] = field(default_factory=Counter)
    linked: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, row: Mapping[str, Any]) -> None:
        """One row of ``repetitions``."""
        self.done += 1
        if row["linked_movement"]:
            self.linked[row["linked_movement"]] += 1
        if row["quality_reason"]:
            self.reasons[row["quality_reason"]] += 1
        if row["quality"] not in TRUSTED:
            return
        self.measured += 1
        left, right = row["excursion_left_mm"], row["excursion_right_mm"]
        if self.affected not in ("left", "right"):
            if left is not None and right is not None:
                self.reach["other"][reach_of(max(left, right))] += 1
            return
        ours, other = (left, right) if self.affected == "left" else (right, left)
        for whose, value in (("affected", ours), ("other", other)):
            if value is not None:
                self.reach[whose][reach_of(value)] += 1
        if row["symmetry_ratio"] is not None:
            self.sides[_sides(row["symmetry_ratio"])] += 1
        if row["onset_lag_ms"] is not None:
            self.timing[_timing(row["onset_lag_ms"])] += 1

    def seen(self, exercise: str) -> MovementSeen:
        """All of them together."""
        return MovementSeen(
            exercise,
            self.done,
            self.measured,
            _band(self.reach["affected"]),
            _band(self.reach["other"]),
            _band(self.sides),
            _band(self.timing),
            self.linked["eye"] + self.linked["mouth"],
            self.linked.total(),
            tuple(self.reasons.most_common(REASONS_SHOWN)),
        )


def _band(counted: Counter[str]) -> str:
    total = counted.total()
    if total < LEAST:
        return ""
    name, most = counted.most_common(1)[0]
    return name if most >= MOST_OF_THEM * total else VARIES


def reach_of(mm: float) -> str:
    """The band of a reach in mm."""
    return Reach.SMALL if mm < SMALL_MM else Reach.MIDDLE if mm <= LARGE_MM else Reach.LARGE


def _sides(ratio: float) -> str:
    if ratio < HALF:
        return Sides.MUCH_SMALLER
    if ratio < ALIKE:
        return Sides.SMALLER
    return Sides.ALIKE if ratio <= 1 / ALIKE else Sides.LARGER


def _timing(lag_ms: int) -> str:
    if abs(lag_ms) < LATE_MS:
        return Timing.TOGETHER
    return Timing.LATER if lag_ms > 0 else Timing.EARLIER
