"""The distance between the lids, as the iris network sees it in a picture of one eye.

The network was trained on real eyes. It is asked in a crop that is closer than its own, with the eye below the middle:
there, what it answers falls evenly from an open eye to a closed one, on drawn eyes and on real ones, blurred and small
ones too. Where nothing in that crop is darker than the skin beside it there is no lash line and no iris, and what the
network makes of it is no eye's. Each side is looked at alone.
"""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.geometry import EYE_LEFT, EYE_RIGHT, eye_centres, median
from kiosk.face.lid_scale import CLOSED, LidScale, Raw
from kiosk.face.model import PUPILS_MM
from kiosk.face.net import Net
from kiosk.face.tracker import cut, grey

_PX = 64
_CROPS = ((2.0, 0.2), (1.8, 0.1))
"""Two crops: their width, and how far their middle lies above that between the eye's corners, in widths of the eye.

The network was trained with 2.3 and 0, where it sees closed eyes of some 20 px as more than half open, and half closed
ones as three quarters. From 1.7 to 2.15 and from 0.1 to 0.25 the answers hardly differ; the mean of two is steadier.
"""
_LOWER, _UPPER = slice(2, 7), slice(11, 14)
"""The network's points (71, 3); those of the middle of the lower and of the upper lid."""
_LEAST_PX = 9.0
"""Least width of an eye, px, from corner to corner; below, anything may be read into some two pixels of opening."""
_LEAST_DARK = 0.15
"""Least log contrast of lashes or iris with the skin beside them; real and drawn eyes, open or closed: from 0.29 on."""
_ROWS, _COLUMNS = slice(20, 56), slice(_PX // 2 - 9, _PX // 2 + 10)
_TALL = np.ones((17, 1), np.uint8)
"""Taller, in px of the crop, than an iris between the lids."""

_CLOSED_MOST = 0.35
_HELD_MS, _HELD_TIMES = 500, 3
"""Longer than a blink."""


class LidMeter:
    """Reads the opening of both eyes from one picture; remembers nothing."""

    def __init__(self, iris_net: Net) -> None:
        """``iris_net``: ``kiosk.face.nets.Nets.iris``."""
        self._net = iris_net

    def raw(self, frame: npt.NDArray[np.uint8], points: npt.NDArray[np.float32]) -> Raw:
        """The opening of the left and the right eye; None where it cannot be told.

        ``frame`` is (height, width, 3 or 4) blue first, unmirrored; ``points`` (468, 3) px are the face's landmarks.
        """
        eyes = eye_centres(points)
        px_per_mm = float(np.linalg.norm(eyes[1] - eyes[0])) / PUPILS_MM
        left, right = (
            self._opening(frame, points[list(corners), :2].astype(np.float64), px_per_mm, mirrored)
            for corners, mirrored in ((EYE_LEFT, False), (EYE_RIGHT, True))
        )
        return left, right

    def _opening(
        self, frame: npt.NDArray[np.uint8], corners: npt.NDArray[np.float64], px_per_mm: float, mirrored: bool
    ) -> float | None:
        across = corners[1] - corners[0]
        width = float(np.linalg.norm(across))
        middle = corners.mean(0)
        height, breadth = frame.shape[:2]
        if width < _LEAST_PX or not (0 <= middle[0] < breadth and 0 <= middle[1] < height):
            return None
        looks = [self._look(frame, middle, across, room, above, mirrored) for room, above in _CROPS]
        seen = [opening for opening in looks if opening is not None]
        return float(np.mean(seen)) / px_per_mm if len(seen) == len(looks) else None

    def _look(
        self,
        frame: npt.NDArray[np.uint8],
        middle: npt.NDArray[np.float64],
        across: npt.NDArray[np.float64],
        room: float,
        above: float,
        mirrored: bool,
    ) -> float | None:
        """The opening of the eye around ``middle`` px, ``across`` px from corner to corner: px of the frame."""
        width = float(np.linalg.norm(across))
        zoom = _PX / (room * width)
        c, s = zoom * across / width
        matrix = np.array([[c, s, 0.0], [-s, c, 0.0]])
        matrix[:, 2] = (_PX / 2, _PX / 2 + above * _PX / room) - matrix[:, :2] @ middle
        eye = cut(frame, matrix, _PX)
        if not _has_lashes(eye):
            return None
        if mirrored:
            # The network knows left eyes only.
            eye = np.ascontiguousarray(eye[:, ::-1])
        (points,) = self._net.run(eye, 1 / 255, 0)
        contour = points.reshape(-1, 3)
        lower, upper = float(contour[_LOWER, 1].mean()), float(contour[_UPPER, 1].mean())
        return max(0.0, lower - upper) / zoom if 0 < upper < _PX and 0 < lower < _PX else None


def _has_lashes(eye: npt.NDArray[np.uint8]) -> bool:
    """Whether something in this crop (64, 64, 3 or 4) is darker than what lies above and below it: lashes, an iris."""
    light = np.log(cv2.GaussianBlur(grey(eye), (0, 0), 0.8).astype(np.float32) + 6)
    darker = cv2.morphologyEx(light, cv2.MORPH_CLOSE, _TALL) - light
    return float(median(darker[_ROWS, _COLUMNS].max(0))) >= _LEAST_DARK


class ClosedEye:
    """Learns what closed eyes of this person read, and would rather not learn than learn wrongly.

    Lashes differ between persons, hardly between the sides of one. So the eye that closes further tells it for both: an
    affected eye that stays open keeps reading open, however low its own lowest reading is. No eye is more than closed:
    what reads less than ``CLOSED`` twice, in two blinks or in one closure, shows that the default is too high. Above
    it only a reading that lasts longer than a blink counts, and only one that could be a closed eye; an eye that closes
    to within a tenth or so cannot be told from a closed one by this measure.
    """

    def __init__(self, rest: LidScale) -> None:
        self._rest = rest
        self._seen: tuple[deque[tuple[int, float]], deque[tuple[int, float]]] = (deque(), deque())
        self._lowest: tuple[list[float], list[float]] = ([], [])
        self._held: float | None = None

    def add(self, t_ms: int, raw: Raw) -> None:
        """One reading at boot milliseconds ``t_ms``, in order."""
        for seen, lowest, value, opened in zip(
            self._seen, self._lowest, raw, (self._rest.open_left, self._rest.open_right), strict=True
        ):
            if value is None or opened is None:
                seen.clear()
                continue
            share = value / opened
            lowest[:] = sorted((*lowest, share))[:2]
            seen.append((t_ms, share))
            while len(seen) > 1 and t_ms - seen[1][0] >= _HELD_MS:
                seen.popleft()
            if t_ms - seen[0][0] >= _HELD_MS and len(seen) >= _HELD_TIMES:
                held = max(share for _, share in seen)
                if held <= _CLOSED_MOST:
                    self._held = held if self._held is None else min(held, self._held)

    @property
    def _least(self) -> float | None:
        """The reading of this person's closed eye, as a share of the open one; None: it was not seen."""
        twice = [lowest[1] for lowest in self._lowest if len(lowest) == 2 and lowest[1] < CLOSED]
        known = [*twice, *([self._held] if self._held is not None else [])]
        return min(known, default=None)

    @property
    def scale(self) -> LidScale:
        """The scale as far as it is known."""
        least = self._least
        if least is None:
            return self._rest
        left, right = self._rest.open_left, self._rest.open_right
        return LidScale(
            left,
            right,
            None if left is None else least * left,
            None if right is None else least * right,
        )
