"""The movements in a run of pictures, region by region, and what of each region could not be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kiosk.face.looker import Looker
from kiosk.face.metrics import LEAST_PICTURES, lies_below_rest, moved
from kiosk.face.model import UNFOLLOWED, Reading, Task, UnseenReason, Zone
from kiosk.face.nets import Nets
from kiosk.face.segments import LEVELS, MovementSpan, dominant, stretches
from kiosk.face.tracker import Pixels

LEAST_RESTING = 6
SILENT_SHARE = 0.2
"""Share of silent pictures after rest beyond which "no movement" would be a guess."""
_REST_S = 0.3
"""Distance in time from a movement at which the face is taken to be at rest."""
_BESIDE_S = 0.3
"""A silence that begins so soon after a movement broke off belongs to it."""


@dataclass(frozen=True, slots=True)
class RegionSeen:
    """One region (``zone``) of a recording, in numbers of pictures.

    ``measured`` of them were, those of the face at rest included. ``after_rest`` show a face later than that;
    ``silent`` of these say nothing of the region, mostly for ``reason``.
    """

    zone: Zone
    measured: int
    after_rest: int
    silent: int
    reason: UnseenReason
    rested: bool = True
    """False: most of the time it lies where only the end of a movement leads, so what was taken for rest was none."""

    @property
    def known(self) -> bool:
        """Whether it may be said that nothing else moved there."""
        return self.rested and self.silent <= SILENT_SHARE * self.after_rest


class RegionLookers:
    """Two lookers: mouth and eyes leave the same skin still, the brows another part of it."""

    def __init__(self, nets: Nets | None, resting_s: float) -> None:
        """The face rests for ``resting_s`` s from the first picture of it."""
        self._first = Looker(nets)
        self._lookers = {
            (Zone.MOUTH, Zone.EYE): self._first,
            (Zone.BROW,): Looker(nets, beside=self._first),
        }
        self.readings: dict[Zone, list[Reading]] = {zone: [] for zone in Zone}
        self._resting_ms = round(1000 * resting_s)
        self._rest: tuple[int, int] | None = None

    def look(self, t_s: float, frame: Pixels) -> None:
        """One more picture, taken at ``t_s``."""
        t_ms = round(1000 * t_s)
        for zones, looker in self._lookers.items():
            readings = looker.look_for(frame, t_ms, self._tasks(zones))
            if self._rest is None and readings[0].present:
                # The face rests from here on.
                self._rest = (t_ms, t_ms + self._resting_ms)
                readings = looker.look_for(frame, t_ms, self._tasks(zones))
            for zone, reading in zip(zones, readings, strict=True):
                self.readings[zone].append(reading)

    def _tasks(self, zones: Sequence[Zone]) -> list[Task]:
        if self._rest is None:
            # Nothing is read before the face rests: what is read of the first picture counts in it.
            return [Task() for _ in zones]
        first, last = self._rest
        return [Task(key=zone, zone=zone, neutral_from_ms=first, neutral_to_ms=last) for zone in zones]

    @property
    def refused(self) -> UnseenReason:
        """The reason why the face of the first pictures was not taken for one at rest."""
        return self._first.refused

    def seen(self, zone: Zone) -> RegionSeen:
        """Return how much of a region was seen."""
        readings = self.readings[zone]
        if not any(r.neutral for r in readings):
            return RegionSeen(zone, 0, 0, 0, self.refused)
        after = [r for r in readings if r.present and self._rest is not None and r.t_ms >= self._rest[1]]
        reasons = Counter(r.reason for r in after if r.reason is not UnseenReason.NONE)
        resting = sum(r.present and r.reason is UnseenReason.NO_NEUTRAL for r in readings)
        silent = reasons.total()
        why = reasons.most_common(1)[0][0] if reasons else UnseenReason.NONE
        told = [r for r in after if moved(r, zone) is not None]
        if len(told) >= LEAST_PICTURES and 2 * sum(lies_below_rest(r, zone) for r in told) > len(told):
            return RegionSeen(zone, 0, len(after), len(after), UnseenReason.NO_NEUTRAL, rested=False)
        return RegionSeen(zone, resting + len(after) - silent, len(after), silent, why)

    @property
    def measured(self) -> int:
        """Pictures in which each region was measured that can be."""
        seen = [self.seen(zone) for zone in Zone]
        told = [self.readings[one.zone] for one in seen if one.reason is not UnseenReason.NO_MODEL]
        usable = (UnseenReason.NONE, UnseenReason.NO_NEUTRAL)
        if not all(any(r.neutral for r in readings) for readings in told) or not all(one.rested for one in seen):
            return 0
        return sum(all(r.present and r.reason in usable for r in together) for together in zip(*told, strict=True))

    def movements(self) -> list[tuple[Zone, MovementSpan]]:
        """Every movement, one region for each; those that could not be followed too."""
        return dominant({zone: movements_in(readings, zone) for zone, readings in self.readings.items()})

    def between(self, zone: Zone, span: MovementSpan) -> list[Reading]:
        """The readings of one movement, with the silence at which it begins or breaks off."""
        readings = self.readings[zone]
        inside = [i for i, r in enumerate(readings) if span.start_s <= r.t_ms / 1000 <= span.end_s]
        if not inside:
            return []
        first, last = inside[0], inside[-1]
        while not span.begun and first > 0 and _silent(readings[first - 1]):
            first -= 1
        while not span.ended and last + 1 < len(readings) and _silent(readings[last + 1]):
            last += 1
        return readings[first : last + 1]

    def resting_difference(self, moving: Sequence[MovementSpan]) -> float | None:
        """Return the difference of the mouth corners while nothing moves, mm: a true difference must exceed it."""
        apart = [
            float(np.hypot(r.left[0] + r.right[0], r.left[1] - r.right[1]))
            for r in self.readings[Zone.MOUTH]
            if r.left is not None
            and r.right is not None
            and not any(s.start_s - _REST_S <= r.t_ms / 1000 <= s.end_s + _REST_S for s in moving)
        ]
        return round(float(np.mean(apart)), 2) if len(apart) >= LEAST_PICTURES else None


def movements_in(readings: Sequence[Reading], zone: Zone) -> list[MovementSpan]:
    """The movements of one region, oldest first, and the times in which something moved that could not be followed.

    A movement that breaks off where such a time begins, or sets in where it ends, is one with it.
    """
    t_s = [r.t_ms / 1000 for r in readings]
    found = stretches(t_s, [moved(r, zone) for r in readings], LEVELS[zone])
    joined: list[MovementSpan] = []
    for span in sorted([*found, *_lost(readings, zone)], key=lambda s: s.start_s):
        if joined and _belong(joined[-1], span):
            joined[-1] = _both(joined[-1], span)
        else:
            joined.append(span)
    return joined


def _lost(readings: Sequence[Reading], zone: Zone) -> list[MovementSpan]:
    """The times, longer than a twitch, in which something moved that could not be followed."""
    spans: list[MovementSpan] = []
    levels = LEVELS[zone]
    for earlier, r in zip([None, *readings], readings, strict=False):
        if r.reason not in UNFOLLOWED - {UnseenReason.COVERED}:
            continue
        t_s, top = r.t_ms / 1000, levels.full if r.reason is UnseenReason.LARGE else levels.begins
        begins = earlier is None or earlier.reason not in UNFOLLOWED
        if spans and (not begins or t_s - spans[-1].end_s <= _BESIDE_S):
            spans[-1] = _both(spans[-1], MovementSpan(t_s, t_s, top))
        else:
            spans.append(MovementSpan(t_s, t_s, top))
    return [span for span in spans if span.end_s - span.start_s >= levels.least_s]


def _belong(a: MovementSpan, b: MovementSpan) -> bool:
    apart = b.start_s - a.end_s
    return apart <= 0 or (apart <= _BESIDE_S and not (a.ended and b.begun))


def _both(a: MovementSpan, b: MovementSpan) -> MovementSpan:
    later = b if b.end_s >= a.end_s else a
    return MovementSpan(a.start_s, later.end_s, max(a.top, b.top), a.begun, later.ended)


def _silent(reading: Reading) -> bool:
    return not reading.present or reading.reason is not UnseenReason.NONE
