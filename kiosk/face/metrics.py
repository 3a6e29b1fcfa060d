"""Measures of one repetition: pure arithmetic on readings; absent rather than doubtful."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kiosk.face.model import UNSEEN_MS, Measure, Quality, Reading, UnseenReason, Vector, Zone
from kiosk.face.segments import LEVELS

Floats = npt.NDArray[np.float64]

LEAST_MM = 3.0
"""The other side must have gone this far before the sides are compared: below, noise decides."""
SPEED_WINDOW_S = 0.3
_SLOW_MM, _LONGEST_WINDOW_S = 1.5, 0.9
_PLATEAU = 0.9
_ONSET_SHARE, _ONSET_LEAST_MM = 0.2, 1.5
LINKED_CORNER_MM = 1.75
"""A corner that moves this far while the eyes close softly is linked to them: the middle of 1.5 to 2 mm [D]."""
LINKED_NARROWING, LINKED_MORE = 0.20, 0.12
"""The affected eye must narrow by this share of its opening, and by this much more than the other, to be linked to the
lips: in lip rounding affected eyes narrowed by 30.0 %, the others by 21.6 %, and those of healthy people by 1.7 %
(doi 10.1177/26893614251395737)."""
_BACK = {Zone.MOUTH: (-0.79, 0.61), Zone.BROW: (0.0, 1.0)}
"""The way back from a smile and from a lifted brow, of the left side: nothing at rest has it before itself."""
_BACK_COS = 0.9
"""Within 26°: lips that round go inward alone, a mouth that opens goes down, a frown inward as far as down."""
LEAST_PICTURES = 10
"""A figure over fewer pictures than this is none."""
_LEAST_LIDS = 5
"""Lids are read in every second or third picture only."""
_LEAST_SHARE = 0.8
"""Of the pictures of a movement, at least this share was measured, or it is called partial."""
_HIDDEN_MS, _HIDDEN_TIMES = 300, 2
"""A silence longer than this, of more than one picture, may hide the top of a movement."""
_GAP_MS = 500
"""Readings further apart than this say nothing about what lay between."""


def measure(readings: Sequence[Reading], zone: Zone, affected: str, smiling: bool = False) -> Measure:
    """Return what the readings of one repetition, oldest first, say together.

    ``affected``: ``left``, ``right``, ``both`` or empty. No ratio of the sides for both or for an unknown one.
    ``smiling``: eyes narrow in any smile (normally by 21.6 % of their opening), so linked movement cannot be told; and
    a mouth that only goes the way back from a smile did not rest when its rest was taken.
    A silence in which the top may lie leaves no figure: what is largest of the rest would be called the reach.
    """
    usable = [r for r in readings if _usable(r)]
    if len(usable) < LEAST_PICTURES:
        return Measure(reason=_why(readings))
    if (hidden := _hidden(readings, zone)) is not UnseenReason.NONE:
        return Measure(reason=hidden)
    partial = len(usable) < _LEAST_SHARE * len(readings)
    if zone is Zone.EYE:
        return _eyes(usable, affected, partial)
    if smiling and _went_back(usable, zone):
        return Measure(reason=UnseenReason.NO_NEUTRAL)
    left, right = _track(usable, "left"), _track(usable, "right")
    if left is None or right is None:
        return Measure(reason=UnseenReason.COVERED)
    reach_left, reach_right = _reach(left), _reach(right)
    symmetry, reason = _symmetry(left, right, affected)
    return Measure(
        excursion_left_mm=reach_left,
        excursion_right_mm=reach_right,
        symmetry=symmetry,
        onset_lag_ms=_onset_lag(left, right, affected),
        peak_speed_mm_s=max(peak_speed(left), peak_speed(right)),
        closure_left=_closure(usable, "left"),
        closure_right=_closure(usable, "right"),
        linked="" if zone is Zone.BROW or smiling else _eye_linked(usable, left, right, affected),
        quality=Quality.PARTIAL if partial or reason is not UnseenReason.NONE else Quality.GOOD,
        reason=reason,
    )


def moved(reading: Reading, zone: Zone) -> float | None:
    """Return how far the side that moved most has moved: mm, for eyes the share of closure; None: it was not seen."""
    if zone is Zone.EYE:
        openings = [a for a in (reading.aperture_left, reading.aperture_right) if a is not None]
        return 1 - min(openings) if openings and reading.reason is UnseenReason.NONE else None
    sides = [float(np.hypot(*side)) for side in (reading.left, reading.right) if side is not None]
    return max(sides) if sides else None


def lies_below_rest(reading: Reading, zone: Zone) -> bool:
    """Whether the side that moved most lies where only the end of a movement leads: then its rest was none."""
    if zone not in _BACK:
        return False
    mirrored = (-reading.right[0], reading.right[1]) if reading.right is not None else None
    sides = [side for side in (reading.left, mirrored) if side is not None]
    x, y = max(sides, key=lambda side: math.hypot(*side), default=(0.0, 0.0))
    size = math.hypot(x, y)
    return size >= LEVELS[zone].begins and x * _BACK[zone][0] + y * _BACK[zone][1] >= _BACK_COS * size


def ratio(affected: Floats, other: Floats) -> float:
    """Symmetry of movements (n, 2) mm of the affected side over those of the other.

    r = Σ e_A · mir(e_H) / Σ |e_H|², mir being the reflection in the midline (x → -x): the least squares factor that
    carries the mirrored other side onto the affected one. Signed, so the wrong direction is not taken for movement, and
    not biased by noise in e_A, as a ratio of lengths is.
    """
    mirrored = other * (-1.0, 1.0)
    return float((affected * mirrored).sum() / max(float((other**2).sum()), 1e-9))


def peak_speed(track: Floats) -> float:
    """mm/s: the steepest least squares slope of |e| over 0.3 s. ``track`` (n, 3): seconds, x mm, y mm.

    The window grows until the movement in it is 1.5 mm, at most 0.9 s: at 2 mm/s the steepest of many short slopes
    would mostly be noise.
    """
    speed, window = 0.0, SPEED_WINDOW_S
    for _ in range(3):
        speed = _steepest(track, window)
        wanted = min(_LONGEST_WINDOW_S, max(SPEED_WINDOW_S, _SLOW_MM / max(speed, 1e-6)))
        if wanted <= window * 1.05:
            break
        window = wanted
    return speed


def _steepest(track: Floats, window: float) -> float:
    """The steepest of the slopes over ``window`` s from each reading on, mm/s; all at once: the mirror waits for it."""
    t, size = track[:, 0], np.hypot(track[:, 1], track[:, 2])
    ends = np.searchsorted(t, t + window * 1.001, side="right")
    silences = np.concatenate([[0], np.cumsum(np.diff(t) * 1000 > _GAP_MS)])
    starts = np.arange(len(t))
    whole = (ends - starts >= 3) & (t[ends - 1] - t >= 0.6 * window) & (silences[ends - 1] == silences)
    if not whole.any():
        return 0.0
    starts, ends = starts[whole, None], ends[whole, None]
    at = starts + np.arange(int((ends - starts).max()))
    inside = at < ends
    at = np.minimum(at, len(t) - 1)
    since = np.where(inside, t[at] - t[starts], 0.0)
    off = np.where(inside, since - since.sum(1, keepdims=True) / (ends - starts), 0.0)
    return max(0.0, float(((off * size[at]).sum(1) / (off**2).sum(1)).max()))


def _went_back(usable: Sequence[Reading], zone: Zone) -> bool:
    """Whether most of the pictures near the top of a movement lie below the face at rest."""
    sizes = np.array([moved(r, zone) or 0.0 for r in usable])
    top = np.flatnonzero(sizes >= _PLATEAU * float(np.percentile(sizes, 95)))
    return 2 * sum(lies_below_rest(usable[int(i)], zone) for i in top) > len(top)


def _track(readings: Sequence[Reading], side: str) -> Floats | None:
    """(n, 3) seconds, x mm, y mm of the zone's point on one side; None where it was hardly ever seen."""
    rows = [(r.t_ms / 1000, *e) for r in readings if (e := _vector(r, side)) is not None]
    return np.array(rows) if len(rows) >= LEAST_PICTURES and len(rows) >= 0.7 * len(readings) else None


def _vector(reading: Reading, side: str) -> Vector | None:
    return reading.left if side == "left" else reading.right


def _reach(track: Floats) -> float:
    """Return the reach of a track, mm: the mean of |e| near its top, so that no single picture decides."""
    size = np.hypot(track[:, 1], track[:, 2])
    top = float(np.percentile(size, 95))
    return float(size[size >= _PLATEAU * top].mean())


def _symmetry(left: Floats, right: Floats, affected: str) -> tuple[float | None, UnseenReason]:
    if affected == "both":
        return None, UnseenReason.BOTH_SIDES
    if affected not in ("left", "right"):
        return None, UnseenReason.NONE
    ours, other = (left, right) if affected == "left" else (right, left)
    if _reach(other) < LEAST_MM:
        return None, UnseenReason.SMALL
    _, at_ours, at_other = np.intersect1d(ours[:, 0], other[:, 0], return_indices=True)
    size = np.hypot(other[at_other, 1], other[at_other, 2])
    if not len(size):
        return None, UnseenReason.TOO_FEW
    plateau = size >= _PLATEAU * float(np.percentile(size, 95))
    return ratio(ours[at_ours][plateau, 1:], other[at_other][plateau, 1:]), UnseenReason.NONE


def _onset_lag(left: Floats, right: Floats, affected: str) -> int | None:
    begins = [_onset(track) for track in (left, right)]
    if begins[0] is None or begins[1] is None:
        return None
    lag = round((begins[0] - begins[1]) * 1000)
    return -lag if affected == "right" else lag


def _onset(track: Floats) -> float | None:
    """Return when |e| first passed a fifth of its own reach, s: a share, so that a smaller movement is not later."""
    size = np.hypot(track[:, 1], track[:, 2])
    reach = _reach(track)
    if reach < _ONSET_LEAST_MM:
        return None
    level = _ONSET_SHARE * reach
    at = int(np.argmax(size >= level))
    if at == 0:
        return None
    share = (level - size[at - 1]) / max(size[at] - size[at - 1], 1e-9)
    return float(track[at - 1, 0] + share * (track[at, 0] - track[at - 1, 0]))


def _apertures(readings: Sequence[Reading], side: str) -> Floats:
    """(n, 2) seconds and share of the open eye, where it was seen."""
    seen = [(r.t_ms / 1000, r.aperture_left if side == "left" else r.aperture_right) for r in readings]
    return np.array([row for row in seen if row[1] is not None], np.float64).reshape(-1, 2)


def _closure(readings: Sequence[Reading], side: str) -> float | None:
    """The greatest closure that lasted, 0 open to 1 closed: the 10th percentile of the opening, so a blink is none."""
    seen = _apertures(readings, side)
    if len(seen) < _LEAST_LIDS:
        return None
    return float(np.clip(1 - np.percentile(seen[:, 1], 10), 0, 1))


def _eye_linked(readings: Sequence[Reading], left: Floats, right: Floats, affected: str) -> str:
    """Return ``eye`` where the affected eye narrowed with the lips more than the other, else ``none``; "": unknown."""
    if affected not in ("left", "right") or max(_reach(left), _reach(right)) < LEAST_MM:
        return ""
    size = np.hypot(left[:, 1], left[:, 2]) + np.hypot(right[:, 1], right[:, 2])
    held = left[size >= _PLATEAU * float(np.percentile(size, 95)), 0] if len(left) == len(right) else left[:0, 0]
    if not len(held):
        return ""
    narrowed = {}
    for side in ("left", "right"):
        seen = _apertures(readings, side)
        during = seen[(seen[:, 0] >= held[0]) & (seen[:, 0] <= held[-1]), 1]
        if len(during) < 3:
            return ""
        narrowed[side] = 1 - float(np.median(during))
    ours, other = narrowed[affected], narrowed["right" if affected == "left" else "left"]
    return "eye" if ours >= LINKED_NARROWING and ours - other >= LINKED_MORE else "none"


def _eyes(readings: Sequence[Reading], affected: str, partial: bool) -> Measure:
    left, right = _closure(readings, "left"), _closure(readings, "right")
    known = [closure for closure in (left, right) if closure is not None]
    quality = Quality.NONE if not known else Quality.PARTIAL if partial or len(known) == 1 else Quality.GOOD
    return Measure(
        closure_left=left,
        closure_right=right,
        linked=_mouth_linked(readings, affected),
        quality=quality,
        reason=UnseenReason.NONE if len(known) == 2 else UnseenReason.LIDS,
    )


def _mouth_linked(readings: Sequence[Reading], affected: str) -> str:
    """Return ``mouth`` where a corner moved with the eyes: the affected one, or either where none is named."""
    moved = []
    for side in ("left", "right"):
        corners = [r.corner_left if side == "left" else r.corner_right for r in readings]
        track = np.array([(0.0, *e) for e in corners if e is not None]).reshape(-1, 3)
        if len(track) < LEAST_PICTURES:
            return ""
        start = np.median(track[:3], 0)
        moved.append(_reach(track - start) if affected in (side, "both", "") else 0.0)
    return "mouth" if max(moved) >= LINKED_CORNER_MM else "none"


def _usable(reading: Reading) -> bool:
    return reading.present and reading.reason is UnseenReason.NONE and reading.neutral


def _hidden(readings: Sequence[Reading], zone: Zone) -> UnseenReason:
    """Return the reason of a silence in which the largest part of the movement may lie; empty where there is none.

    Such is one that begins or ends at more than half of the reach, one in which something moved that could not be
    followed, and a long one.
    """
    sizes = [moved(r, zone) if _usable(r) else None for r in readings]
    seen = [size for size in sizes if size is not None]
    high = max(LEVELS[zone].begins, 0.5 * float(np.percentile(seen, 95))) if seen else math.inf
    for first, last in _silences(readings):
        reasons = [r.reason for r in readings[first : last + 1]]
        before = next((size for size in reversed(sizes[:first]) if size is not None), 0.0)
        after = next((size for size in sizes[last + 1 :] if size is not None), 0.0)
        beside = max(before, after)
        long = readings[min(last + 1, len(readings) - 1)].t_ms - readings[max(first - 1, 0)].t_ms
        if last - first + 1 < _HIDDEN_TIMES or long <= _HIDDEN_MS:
            continue
        why = Counter(reasons).most_common(1)[0][0]
        if why is UnseenReason.LARGE or (why is UnseenReason.NOT_FOLLOWED and beside >= LEAST_MM):
            return UnseenReason.LARGE
        if why is UnseenReason.NOT_FOLLOWED or beside >= high or long > UNSEEN_MS:
            return why or UnseenReason.NO_NEUTRAL
    return UnseenReason.NONE


def _silences(readings: Sequence[Reading]) -> list[tuple[int, int]]:
    """First and last index of each run of readings that say nothing of a movement."""
    silent = np.array([False, *(not _usable(r) for r in readings), False]).astype(np.int8)
    begins, ends = np.flatnonzero(np.diff(silent) > 0), np.flatnonzero(np.diff(silent) < 0)
    return [(int(first), int(end) - 1) for first, end in zip(begins, ends, strict=True)]


def _why(readings: Sequence[Reading]) -> UnseenReason:
    """Return the reason that most often stood in the way."""
    reasons = Counter(r.reason for r in readings if r.reason is not UnseenReason.NONE)
    if not readings:
        return UnseenReason.NOT_WATCHED
    return reasons.most_common(1)[0][0] if reasons else UnseenReason.TOO_FEW
