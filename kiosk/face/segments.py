"""Beginnings and ends of movements, from how far something has moved over time; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kiosk.face.model import Zone

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Levels:
    """Limits where a movement ``begins`` and where it ``ends``. Millimetres; for eyes, shares of closure."""

    begins: float
    ends: float
    full: float
    """Reach of a large movement: regions are compared by shares of it."""
    least_s: float
    """Anything shorter is a twitch or a blink."""


LEVELS = {
    Zone.MOUTH: Levels(begins=1.6, ends=0.8, full=8.0, least_s=0.35),
    Zone.BROW: Levels(begins=1.5, ends=0.75, full=6.0, least_s=0.35),
    Zone.EYE: Levels(begins=0.30, ends=0.15, full=1.0, least_s=0.45),
}

_OVER = 0.3
"""A movement is over below this share of its top: a face seldom comes to rest just where it started."""
_GAP_S = 0.6
"""A silence longer than this ends a movement: nobody knows what happened in it."""


@dataclass(frozen=True, slots=True)
class MovementSpan:
    """One movement, from ``start_s`` to ``end_s``."""

    start_s: float
    end_s: float
    top: float
    """The largest value in it."""
    begun: bool = True
    """Its beginning was seen; else nobody knows when it began and how fast it was."""
    ended: bool = True
    """Its end was seen; else nobody knows how far it went after that."""


def stretches(t_s: Sequence[float], values: Sequence[float | None], levels: Levels) -> list[MovementSpan]:
    """The movements in a signal that is near zero at rest; ``t_s`` rises, None is "not seen"."""
    seen = [(t, v) for t, v in zip(t_s, values, strict=True) if v is not None]
    t, v = np.array([t for t, _ in seen]), _calmed(np.array([v for _, v in seen]))
    found: list[MovementSpan] = []
    for first, last in _runs(t):
        at, armed = first, True
        while at <= last:
            armed = armed or v[at] < levels.begins
            if not armed or v[at] < levels.begins:
                at += 1
                continue
            end = _end(v, at, last, levels)
            start = _start(v, at, found_until=_index_after(t, found, first), levels=levels)
            if t[end] - t[start] >= levels.least_s:
                begun = bool(v[start] < levels.begins)
                top = float(v[start : end + 1].max())
                ended = bool(v[end] < max(levels.ends, _OVER * top))
                found.append(MovementSpan(float(t[start]), float(t[end]), top, begun, ended))
            at, armed = end + 1, False
    return found


def dominant(found: Mapping[Zone, Sequence[MovementSpan]]) -> list[tuple[Zone, MovementSpan]]:
    """One region for each movement, oldest first.

    Skin pulls its neighbours along, and a head is registered on skin that another movement may move: of movements that
    mostly coincide, the one that is largest for its region was meant.
    """
    ranked = sorted(
        ((zone, stretch) for zone, many in found.items() for stretch in many),
        key=lambda one: one[1].top / LEVELS[one[0]].full,
        reverse=True,
    )
    kept: list[tuple[Zone, MovementSpan]] = []
    for zone, stretch in ranked:
        if not any(_coincide(stretch, other) for _, other in kept):
            kept.append((zone, stretch))
    return sorted(kept, key=lambda one: one[1].start_s)


def _coincide(a: MovementSpan, b: MovementSpan) -> bool:
    both = min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
    return both > 0.4 * min(a.end_s - a.start_s, b.end_s - b.start_s)


def _calmed(values: Floats) -> Floats:
    """The median of three, so that one bad picture begins and ends nothing."""
    if len(values) < 3:
        return values
    padded = np.concatenate([values[:1], values, values[-1:]])
    return np.asarray(np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), 0))


def _runs(t: Floats) -> list[tuple[int, int]]:
    """First and last index of each part without a long silence."""
    if not len(t):
        return []
    cuts = np.flatnonzero(np.diff(t) > _GAP_S)
    return list(zip([0, *(cuts + 1)], [*cuts, len(t) - 1], strict=True))


def _end(v: Floats, at: int, last: int, levels: Levels) -> int:
    top = v[at]
    while at < last and v[at] >= max(levels.ends, _OVER * top):
        at += 1
        top = max(top, v[at])
    # The rest of the way back belongs to it too.
    while at < last and v[at] > levels.ends and v[at + 1] < v[at]:
        at += 1
    return at


def _start(v: Floats, at: int, found_until: int, levels: Levels) -> int:
    while at > found_until and v[at] > levels.ends:
        at -= 1
    return at


def _index_after(t: Floats, found: Sequence[MovementSpan], first: int) -> int:
    return max(first, int(np.searchsorted(t, found[-1].end_s, side="right"))) if found else first
