"""Anatomy of a drawn person: the place, on their own face, of each place of the painted one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kiosk.face.look import Anatomy
from kiosk.face.portrait import BROW_Y, EYE_X, MOUTH_X, MOUTH_Y

Floats = npt.NDArray[np.float64]


def _spot(x: Floats, y: Floats, at: tuple[float, float], spread: tuple[float, float]) -> Floats:
    return np.asarray(np.exp(-0.5 * (((x - at[0]) / spread[0]) ** 2 + ((y - at[1]) / spread[1]) ** 2)))


def departed(p: Floats, anatomy: Anatomy) -> Floats:
    """Return the way, mm, from places ``p`` (…, 2) of the painted head to this person's: smooth, never folded."""
    x, y = p[..., 0], p[..., 1]
    jaw = anatomy.jaw * 0.5 * (1 + np.tanh((y - 60) / 28))
    dx = x * (anatomy.width + jaw)
    dy = y * anatomy.length
    dy = dy + anatomy.lips * (y - MOUTH_Y) * _spot(x, y, (0, MOUTH_Y), (20, 9))
    dy = dy + anatomy.mouth_low_mm * _spot(x, y, (0, MOUTH_Y), (34, 16))
    for side in (-1, 1):
        dx = dx + side * anatomy.eyes_mm * _spot(x, y, (side * EYE_X, 0), (20, 18))
        corner = _spot(x, y, (side * MOUTH_X, MOUTH_Y), (14, 12))
        dx = dx + side * anatomy.mouth_mm * corner
        dy = dy + 0.5 * side * anatomy.droop_mm * corner
        brow = _spot(x, y, (side * 33.0, BROW_Y - 2), (20, 9))
        dy = dy + (anatomy.brows_low_mm + 0.5 * side * anatomy.brow_droop_mm) * brow
    return np.stack([dx, dy], -1)
