"""The light on a face: enough of it, and from the front."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.model import UnseenReason, Vector

DARK = 0.07
"""Mean brightness below which sensor noise outweighs the grain of the skin. Dark skin in a dim room stays above."""
BRIGHT = 0.93
"""Mean brightness above which the picture has run into white."""
GLARE = 0.30
"""The share of white-out above which too little skin is left to follow."""
LEANING = 0.20
"""Lean from which on one side is half as bright again as the other: advice, no reason to be silent."""

_WHITE = 250
_WIDTH, _HEIGHT = 48, 56
_EYES = 20.0
"""The distance between the pupils in the small upright picture that is looked at, px."""
_EYES_Y = 18.0
_HALVES = slice(0, _WIDTH // 2), slice(_WIDTH // 2, _WIDTH)
"""Columns of the small picture: the person's own right half, and the left one."""
_PLACES = np.stack(np.meshgrid(np.arange(_WIDTH, dtype=np.float64), np.arange(_HEIGHT, dtype=np.float64)), -1)
"""(height, width, 2): x and y of its pixels."""


@dataclass(frozen=True, slots=True)
class Light:
    """The light on a face, measured."""

    mean: float
    """Mean brightness of the face, 0..1."""
    lean: float
    """Surplus of brightness of the person's own left half, -1..1: (left - right) / (left + right)."""
    glare: float
    """Share of the face that has run into white, 0..1."""

    @property
    def reason(self) -> UnseenReason:
        """The reason for which nothing can be measured in this light; empty where it can."""
        if self.mean < DARK:
            return UnseenReason.TOO_DARK
        if self.mean > BRIGHT or self.glare > GLARE:
            return UnseenReason.TOO_BRIGHT
        return UnseenReason.NONE


def _to_grey(channels: int) -> int:
    # Asked for here, not kept in the module: who only needs the names of this page does not load OpenCV for it.
    return cv2.COLOR_BGR2GRAY if channels == 3 else cv2.COLOR_BGRA2GRAY


def light_on(frame: npt.NDArray[np.uint8], centre: Vector, eyes_px: float, roll_deg: float = 0.0) -> Light:
    """The light on the face whose eyes lie ``eyes_px`` apart around ``centre`` (px), head leaning by ``roll_deg``.

    ``frame`` is uint8 (height, width) grey or (height, width, 3 or 4) blue first, unmirrored. Looks from the lower
    forehead to the mouth and from cheek to cheek; what lies outside of the frame is not counted.
    """
    zoom = _EYES / max(eyes_px, 1.0)
    cos, sin = zoom * math.cos(math.radians(roll_deg)), zoom * math.sin(math.radians(roll_deg))
    x, y = centre
    upright = np.array([[cos, sin, _WIDTH / 2 - cos * x - sin * y], [-sin, cos, _EYES_Y + sin * x - cos * y]])
    # Nothing is blurred first: over a thousand samples the grain averages out.
    face = cv2.warpAffine(frame, upright, (_WIDTH, _HEIGHT), flags=cv2.INTER_LINEAR)
    grey = face if face.ndim == 2 else cv2.cvtColor(face, _to_grey(face.shape[2]))
    inside = _inside(cv2.invertAffineTransform(upright), frame.shape[:2])
    if inside is None:
        right, left = (cv2.mean(grey[:, half])[0] for half in _HALVES)
        white = int(np.count_nonzero(grey >= _WHITE)) / grey.size
        return Light((right + left) / 2 / 255, _lean(right, left), white)
    seen = cv2.countNonZero(inside)
    if not seen:
        return Light(0.0, 0.0, 0.0)
    # Both halves are cut alike, so that a face at the rim of the frame is not told to be lit from one side.
    both = cv2.bitwise_and(inside, cv2.flip(inside, 1))
    right, left = (
        cv2.mean(np.ascontiguousarray(grey[:, half]), np.ascontiguousarray(both[:, half]))[0] for half in _HALVES
    )
    white = cv2.countNonZero(cv2.bitwise_and(cv2.inRange(grey, (_WHITE,), (255,)), inside)) / seen
    return Light(cv2.mean(grey, inside)[0] / 255, _lean(right, left), white)


def _lean(right: float, left: float) -> float:
    return (left - right) / (left + right) if left + right > 0 else 0.0


def _inside(back: cv2.typing.MatLike, shape: tuple[int, ...]) -> npt.NDArray[np.uint8] | None:
    """255 where the small picture's pixels, carried ``back`` (2, 3), lie in a frame of ``shape`` (height, width).

    None where all of them do, as they mostly do: so do its corners then.
    """
    for (across, down, start), most in zip(np.asarray(back).tolist(), (shape[1] - 1, shape[0] - 1), strict=True):
        right, below = across * (_WIDTH - 1), down * (_HEIGHT - 1)
        if start + min(right, 0) + min(below, 0) < 0 or start + max(right, 0) + max(below, 0) > most:
            break
    else:
        return None
    places = cv2.transform(_PLACES, back)
    return np.asarray(cv2.inRange(places, (0.0, 0.0), (shape[1] - 1.0, shape[0] - 1.0)), np.uint8)
