"""The distance between the lids, from two looks that each tell a part of it.

Two looks at the same small upright picture of an eye are put together. The iris network (trained on real eyes) says
where the lids are, but sees a half closed eye as two thirds open. How much in between does not look like the person's
own skin of this very moment (white, iris, pupil; darker, brighter or less red than the cheek beneath) grows in step
with the opening, whatever the skin's tone, the light and the side it comes from. Each side is looked at alone.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.geometry import EYE_LEFT, EYE_RIGHT, eye_centres
from kiosk.face.model import PUPILS_MM
from kiosk.face.tracker import blob, cut

Raw = tuple[float | None, float | None]
"""Left, right: how far the lids stand apart, in millimetres as ``kiosk.face.model`` means them, lashes included."""

_PX = 64
_ROOM = 2.3
"""Width of the network's crop in widths of the eye, as it was trained."""
_CONTOURS, _LOWER, _UPPER = "output_eyes_contours_and_brows", slice(2, 7), slice(11, 14)
"""The network's points (71, 3); those of the middle of the lower and of the upper lid."""
_LEAST_PX = 9.0
"""Least width of an eye, px, from corner to corner; below, anything may be read into some two pixels of opening."""
_NET_SHARE = 0.25
"""The weight of the network's own answer. Its error (too open) and the other's (lashes, shadow) are opposed."""
_APART_MM = 5.5
"""Difference of the two, above which neither is believed: a rim of glasses, a hand, a reflection."""
_COLUMNS, _CHEEK_COLUMNS = slice(_PX // 2 - 9, _PX // 2 + 10), slice(_PX // 2 - 13, _PX // 2 + 14)
_SPREAD = np.array([0.30, 0.10, 0.10], np.float32)
"""Least difference of skin from skin: log brightness, log red/green, log green/blue."""

CLOSED = 0.22
"""Reading of a closed eye, as a share of the open one: lashes and the shadow between the lids. A default, used
until the person's own is known: on drawn faces 0.12 to 0.31, so up to about 0.1 of the closure is uncertain."""
_CLOSED_LEAST, _CLOSED_MOST = 0.08, 0.32
_OPEN_LEAST_MM = 4.0
_HELD_MS, _HELD_TIMES = 500, 3
"""Longer than a blink."""


class LidMeter:
    """Reads the opening of both eyes from one picture; remembers nothing."""

    def __init__(self, iris_net: cv2.dnn.Net) -> None:
        """``iris_net``: ``kiosk.face.nets.Nets.iris``."""
        self._net = iris_net

    def raw(self, frame: npt.NDArray[np.uint8], points: npt.NDArray[np.float32]) -> Raw:
        """The opening of the left and the right eye; None where it cannot be told.

        ``frame`` is (height, width, 3 or 4) blue first, unmirrored; ``points`` (468, 3) px are the face's landmarks.
        """
        eyes = eye_centres(points)
        px_per_mm = float(np.linalg.norm(eyes[1] - eyes[0])) / PUPILS_MM
        across = points[EYE_LEFT[1], :2] - points[EYE_RIGHT[0], :2]
        roll = math.atan2(float(across[1]), float(across[0]))
        left, right = (
            self._opening(frame, points[list(corners), :2].astype(np.float64), roll, px_per_mm, mirrored)
            for corners, mirrored in ((EYE_LEFT, False), (EYE_RIGHT, True))
        )
        return left, right

    def _opening(
        self,
        frame: npt.NDArray[np.uint8],
        corners: npt.NDArray[np.float64],
        roll: float,
        px_per_mm: float,
        mirrored: bool,
    ) -> float | None:
        width = float(np.linalg.norm(corners[1] - corners[0]))
        middle = corners.mean(0)
        height, breadth = frame.shape[:2]
        if width < _LEAST_PX or not (0 <= middle[0] < breadth and 0 <= middle[1] < height):
            return None
        zoom = _PX / (_ROOM * width)
        c, s = zoom * math.cos(roll), zoom * math.sin(roll)
        matrix = np.array([[c, s, 0.0], [-s, c, 0.0]])
        matrix[:, 2] = _PX / 2 - matrix[:, :2] @ middle
        eye = cut(frame, matrix, _PX)
        if mirrored:
            # The network knows left eyes only.
            eye = np.ascontiguousarray(eye[:, ::-1])
        self._net.setInput(blob(eye, 1 / 255, 0))
        contour = np.asarray(self._net.forward(_CONTOURS)).reshape(-1, 3)
        lower, upper = float(contour[_LOWER, 1].mean()), float(contour[_UPPER, 1].mean())
        if not (0 < upper < _PX and 0 < lower < _PX - 8):
            return None
        mm = 1 / (zoom * px_per_mm)
        by_net, by_colour = max(0.0, lower - upper) * mm, _not_skin(eye, upper, lower) * mm
        if abs(by_net - by_colour) > _APART_MM:
            return None
        return _NET_SHARE * by_net + (1 - _NET_SHARE) * by_colour


def _not_skin(eye: npt.NDArray[np.uint8], upper: float, lower: float) -> float:
    """Return the height, in px of ``eye``, of that part around the lids (``upper``, ``lower`` px) which is not skin."""
    tone = np.log(cv2.GaussianBlur(eye, (0, 0), 0.8).astype(np.float32) + 6)
    blue, green, red = tone[..., 0], tone[..., 1], tone[..., 2]
    tone = np.stack([0.114 * blue + 0.587 * green + 0.299 * red, red - green, green - blue], -1)
    cheek = tone[math.ceil(lower + 4) : math.ceil(lower + 11), _CHEEK_COLUMNS].reshape(-1, 3)
    skin = np.median(cheek, axis=0)
    # Grain and noise of this picture, so that a dark or noisy one does not turn skin into something else.
    spread = np.maximum(_SPREAD, 2 * 1.48 * np.median(np.abs(cheek - skin), axis=0))
    lids = tone[max(0, math.ceil(upper - 4)) : math.ceil(lower + 3), _COLUMNS]
    strange = 1 - np.exp(-0.5 * (((lids - skin) / spread) ** 2).sum(-1))
    return float(strange.sum(0).mean())


@dataclass(frozen=True, slots=True)
class LidScale:
    """The readings of a person's open and closed eyes, and so the meaning of a reading in between.

    A side that was not open enough to be told from a closed one has no scale (``open_*`` None) and no share.
    ``closed_*`` None: ``CLOSED`` of the open one, a default.
    """

    open_left: float | None = None
    open_right: float | None = None
    closed_left: float | None = None
    closed_right: float | None = None

    @classmethod
    def at_rest(cls, raws: Sequence[Raw]) -> LidScale:
        """The open eye from readings of a resting face: their median, so that a blink does not count."""
        return cls(_open([left for left, _ in raws]), _open([right for _, right in raws]))

    def share(self, raw: Raw) -> Raw:
        """Left, right: the opening as a share of the one at rest, 1 open, 0 closed."""
        return (
            _share(raw[0], self.open_left, self.closed_left),
            _share(raw[1], self.open_right, self.closed_right),
        )


def _open(raws: Sequence[float | None]) -> float | None:
    seen = [value for value in raws if value is not None]
    # An eye that could not be read in most pictures cannot be told from here on either.
    if not seen or 2 * len(seen) < len(raws):
        return None
    middle = float(np.median(seen))
    return middle if middle >= _OPEN_LEAST_MM else None


def _share(raw: float | None, opened: float | None, closed: float | None) -> float | None:
    if raw is None or opened is None:
        return None
    bottom = CLOSED * opened if closed is None else closed
    return min(1.0, max(0.0, (raw - bottom) / max(opened - bottom, 1e-6)))


class ClosedEye:
    """Learns what closed eyes of this person read, and would rather not learn than learn wrongly.

    Lashes differ between persons, hardly between the sides of one. So the eye that closes further tells it for both: an
    affected eye that stays open keeps reading open, however low its own lowest reading is. Only a reading that lasts
    longer than a blink counts, and only one that could be a closed eye; an eye that closes to within a tenth or so
    cannot be told from a closed one by this measure.
    """

    def __init__(self, rest: LidScale) -> None:
        self._rest = rest
        self._seen: tuple[deque[tuple[int, float]], deque[tuple[int, float]]] = (deque(), deque())
        self._least: float | None = None

    def add(self, t_ms: int, raw: Raw) -> None:
        """One reading at boot milliseconds ``t_ms``, in order."""
        for seen, value, opened in zip(self._seen, raw, (self._rest.open_left, self._rest.open_right), strict=True):
            if value is None or opened is None:
                seen.clear()
                continue
            seen.append((t_ms, value / opened))
            while len(seen) > 1 and t_ms - seen[1][0] >= _HELD_MS:
                seen.popleft()
            if t_ms - seen[0][0] >= _HELD_MS and len(seen) >= _HELD_TIMES:
                held = max(share for _, share in seen)
                if held <= _CLOSED_MOST:
                    self._least = max(_CLOSED_LEAST, min(held, self._least or held))

    @property
    def scale(self) -> LidScale:
        """The scale as far as it is known."""
        if self._least is None:
            return self._rest
        left, right = self._rest.open_left, self._rest.open_right
        return LidScale(
            left,
            right,
            None if left is None else self._least * left,
            None if right is None else self._least * right,
        )
