"""The lids of a face in about a second of looking: how far they stand apart, or the reason why nothing is settled.

A reading of the lids for the plan is not one of a movement: there is no face at rest to count from, and the head may be
turned as far as the eyes of both sides can be seen alike. The limits are our own defaults [D].
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from kiosk.face.model import PUPILS_MM, Reading, UnseenReason
from kiosk.sight.watching import FaceWatch, WatchCamera, WatchLooker

TAKE_MS = 1_200
"""Time from the first picture to the last: five looks at the lids, of which a blink spoils one or two."""
PATIENCE_MS = 5_000
"""Time for which a first picture is waited for: camera and looker need seconds to begin."""
LEAST_LOOKS = 3
_SHARE = 0.6
"""Of the pictures, and of the looks at a side, so many must be fit and agree."""
_TURNED_DEG, _NODDED_DEG = 10.0, 20.0
"""As far as a mesh's rough word for it is believed (``kiosk.face.neutral``)."""
_STILL_DEG, _STILL_MM, _STILL_LIDS_MM = 3.0, 8.0, 1.0


@dataclass(frozen=True, slots=True)
class LidOpening:
    """The distance between the lids of each side, mm with the lashes."""

    left: float | None = None
    """Of the left side; None: it could not be made out."""
    right: float | None = None
    """Of the right side; None: it could not be made out."""
    why: UnseenReason = UnseenReason.NONE
    """The reason why there is nothing at all; empty where something stands."""


def settled(readings: Sequence[Reading]) -> LidOpening:
    """Return what ``readings`` of the lids, oldest first, say together."""
    if not readings:
        return LidOpening(why=UnseenReason.NOT_WATCHED)
    fit = [reading for reading in readings if reading.present and reading.reason is UnseenReason.NONE]
    if len(fit) < _SHARE * len(readings):
        refused = Counter(reading.reason for reading in readings if reading.reason is not UnseenReason.NONE)
        return LidOpening(why=refused.most_common(1)[0][0] if refused else UnseenReason.NO_FACE)
    looks = [reading for reading in fit if reading.lids_left is not None or reading.lids_right is not None]
    if len(looks) < LEAST_LOOKS:
        return LidOpening(why=UnseenReason.TOO_FEW)
    if abs(median(r.yaw_deg for r in fit)) > _TURNED_DEG or abs(median(r.pitch_deg for r in fit)) > _NODDED_DEG:
        return LidOpening(why=UnseenReason.TURNED)
    if not _still(fit):
        return LidOpening(why=UnseenReason.RESTLESS)
    sides = [[r.lids_left for r in looks], [r.lids_right for r in looks]]
    seen = [[mm for mm in side if mm is not None] for side in sides]
    if any(len(side) >= LEAST_LOOKS and not _agree(side) for side in seen):
        return LidOpening(why=UnseenReason.RESTLESS)
    left, right = (median(side) if len(side) >= max(LEAST_LOOKS, _SHARE * len(looks)) else None for side in seen)
    return LidOpening(left, right, UnseenReason.LIDS if left is None and right is None else UnseenReason.NONE)


def _still(fit: Sequence[Reading]) -> bool:
    """Whether the head kept still in most of these pictures."""
    middle = [median(values) for values in zip(*(_pose(reading) for reading in fit), strict=True)]
    limits = (_STILL_DEG, _STILL_DEG, _STILL_DEG, _STILL_MM, _STILL_MM)
    near = [
        all(abs(value - at) <= limit for value, at, limit in zip(_pose(reading), middle, limits, strict=True))
        for reading in fit
    ]
    return sum(near) >= _SHARE * len(near)


def _pose(reading: Reading) -> tuple[float, ...]:
    """Degrees, and the place in the picture in millimetres of the face."""
    mm_per_px = PUPILS_MM / max(reading.eyes_px, 1.0)
    x, y = reading.centre
    return (reading.roll_deg, reading.yaw_deg, reading.pitch_deg, x * mm_per_px, y * mm_per_px)


def _agree(looks: Sequence[float]) -> bool:
    """Whether the lids themselves kept still: a blink is left out, eyes that close or open meanwhile are not."""
    middle = median(looks)
    return sum(abs(mm - middle) <= _STILL_LIDS_MM for mm in looks) >= _SHARE * len(looks)


class LidTaking(FaceWatch):
    """Camera and looker while lids are taken; what is asked for is read from the pictures that come after that moment.

    ``sight`` None: nobody looks at pictures, and nothing is ever read.
    """

    def __init__(self, camera: WatchCamera, sight: WatchLooker | None) -> None:
        super().__init__(camera, sight)
        self._asked_ms: int | None = None

    def watch(self, on: bool) -> None:
        """Let camera and looker run, or let them go."""
        self._asked_ms = None
        super().watch(on)

    def read(self, now_ms: int) -> None:
        """Begin to read."""
        self._asked_ms = now_ms

    def deadline_ms(self) -> int | None:
        """Return the moment at which what is being read is over; None: nothing is."""
        if self._asked_ms is None or self._sight is None:
            return None
        first = next(iter(self._sight.between(self._asked_ms, self._asked_ms + PATIENCE_MS)), None)
        return self._asked_ms + PATIENCE_MS if first is None else first.t_ms + TAKE_MS

    def tick(self, now_ms: int) -> LidOpening | None:
        """Return what was read, once it is over."""
        due = self.deadline_ms()
        if self._asked_ms is None or self._sight is None or due is None or now_ms < due:
            return None
        seen, self._asked_ms = settled(self._sight.between(self._asked_ms, now_ms)), None
        return seen
