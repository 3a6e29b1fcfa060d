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
    inside = _inside(cv2.invertAffineTransform(upright), frame.shape[:2])
    grey = face if face.ndim == 2 else cv2.cvtColor(face[..., :3], cv2.COLOR_BGR2GRAY)
    if not inside.any():
        return Light(0.0, 0.0, 0.0)
    # Both halves are cut alike, so that a face at the rim of the frame is not told to be lit from one side.
    both = inside & inside[:, ::-1]
    right, left = (
        _mean(grey[:, : _WIDTH // 2], both[:, : _WIDTH // 2]),
        _mean(grey[:, _WIDTH // 2 :], both[:, _WIDTH // 2 :]),
    )
    return Light(
        _mean(grey, inside) / 255,
        (left - right) / (left + right) if left + right > 0 else 0.0,
        float((grey[inside] >= _WHITE).mean()),
    )


def _inside(back: cv2.typing.MatLike, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return the small picture's pixels, carried ``back`` (2, 3), that lie in a frame of ``shape`` (height, width)."""
    y, x = np.mgrid[0:_HEIGHT, 0:_WIDTH]
    fx, fy = (row[0] * x + row[1] * y + row[2] for row in np.asarray(back))
    return np.asarray((fx >= 0) & (fy >= 0) & (fx <= shape[1] - 1) & (fy <= shape[0] - 1))


def _mean(grey: npt.NDArray[np.uint8] | cv2.typing.MatLike, mask: npt.NDArray[np.bool_]) -> float:
    return float(grey[mask].mean()) if mask.any() else 0.0
