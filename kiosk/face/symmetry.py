"""Where is the middle of this face? Its own mirror image tells.

A mesh puts the midline up to 2 mm and 1° off (measured on drawn faces). The face at rest, laid on its reflection by
flow, shows the line about which it is most nearly symmetrical. Eyes and nose are asked, not the mouth: at rest it may
hang on one side.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from kiosk.face.flow import followed, strong_points
from kiosk.face.tracker import Pixels

_MOST_POINTS, _LEAST_POINTS = 60, 12
_NOISE_MM = 0.2
_WIDE_MM, _ABOVE_MM, _BELOW_MM = 60.0, -45.0, 50.0
_BELIEVED_DEG, _BELIEVED_MM = 4.0, 5.0


def midline(picture: Pixels, origin: tuple[float, float], px_per_mm: float) -> tuple[float, float]:
    """(x mm, lean degrees) of the midline where it crosses the line between the eyes, in the face frame.

    ``picture``: upright grey crop with evened light, ``origin`` the px of it where the face frame begins. (0, 0), what
    the mesh says, where the two halves do not resemble each other enough.
    """
    height, width = picture.shape
    y, x = np.mgrid[0:height, 0:width]
    x, y = (x - origin[0]) / px_per_mm, (y - origin[1]) / px_per_mm
    mask = (np.abs(x) < _WIDE_MM) & (y > _ABOVE_MM) & (y < _BELOW_MM)
    points = strong_points(picture, mask, _MOST_POINTS)
    across = np.array([[-1.0, 0.0, 2 * origin[0]], [0.0, 1.0, 0.0]])
    mirrored = cv2.warpAffine(picture, across, (width, height), borderMode=cv2.BORDER_REPLICATE)
    found, good = followed(picture, np.asarray(mirrored, np.uint8), points)
    if good.sum() < _LEAST_POINTS:
        return 0.0, 0.0
    here, there = ((p[good] - origin) / px_per_mm for p in (points, found))
    angle, shift = 0.0, np.zeros(2)
    for _ in range(8):
        c, s = math.cos(angle), math.sin(angle)
        off = there - here @ np.array([[c, s], [-s, c]]) - shift
        size = np.hypot(off[:, 0], off[:, 1])
        spread = max(1.48 * float(np.median(size)), _NOISE_MM)
        weight = np.tile(1 / (1 + (size / (1.5 * spread)) ** 2) ** 2, 2)
        one, zero = np.ones(len(here)), np.zeros(len(here))
        jacobian = np.concatenate([np.stack([-here[:, 1], one, zero], 1), np.stack([here[:, 0], zero, one], 1)])
        normal = (jacobian * weight[:, None]).T @ jacobian + 1e-6 * np.eye(3)
        step = np.linalg.solve(normal, (jacobian * weight[:, None]).T @ np.concatenate([off[:, 0], off[:, 1]]))
        angle, shift = angle + float(step[0]), shift + step[1:]
    # Reflection in a line that leans by a and crosses y = 0 at x: a turn by -2a after x → -x, and a shift of -2x.
    lean, at = -math.degrees(angle) / 2, -float(shift[0]) / 2
    return (at, lean) if abs(lean) < _BELIEVED_DEG and abs(at) < _BELIEVED_MM else (0.0, 0.0)
