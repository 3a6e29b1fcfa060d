"""Optical flow between two pictures, and the midline of a face by its own mirror image.

A mesh puts the midline up to 2 mm and 1° off (measured on drawn faces). The face at rest, laid on its reflection by
flow, shows the line about which it is most nearly symmetrical. Eyes and nose are asked, not the mouth: at rest it may
hang on one side.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.geometry import Floats, median
from kiosk.face.tracker import Pixels

_ENOUGH = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 12, 0.02)
_BACK_PX = 0.8
"""A point that does not come back to within this is not trusted."""
_COARSE, _COARSE_BACK = 3, 1
"""Number of halvings of a picture before the first look. The way back begins where it should end: there, a coarser look
costs half as much as all the rest and tells 1 point of 300 otherwise."""
_FROM_GUESS = cv2.OPTFLOW_USE_INITIAL_FLOW | cv2.OPTFLOW_LK_GET_MIN_EIGENVALS
"""The other measure of an error, which nobody asks for, would cost a fourteenth more."""
_CELL_PX = 16


def strong_points(picture: Pixels, mask: npt.NDArray[np.bool_], most: int) -> Floats:
    """(n, 2) px: points inside ``mask`` that flow can hold on to, the best of each square of 16 px, at most ``most``.

    One from each square: spread points know a turn from a shift.
    """
    strength = cv2.cornerMinEigenVal(picture, 9) * mask
    found = []
    for top in range(0, picture.shape[0], _CELL_PX):
        for left in range(0, picture.shape[1], _CELL_PX):
            cell = strength[top : top + _CELL_PX, left : left + _CELL_PX]
            row, column = np.unravel_index(int(cell.argmax()), cell.shape)
            if cell[row, column] > 0:
                found.append((float(cell[row, column]), left + int(column), top + int(row)))
    best = sorted(found, reverse=True)[:most]
    return np.array([point[1:] for point in best], np.float64).reshape(-1, 2)


def followed(before: Pixels, after: Pixels, points: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Follow ``points`` (n, 2) px of one grey picture into another (n, 2), and tell which may be trusted (n,).

    Pyramidal Lucas-Kanade (J.-Y. Bouguet, "Pyramidal implementation of the affine Lucas Kanade feature tracker", 2000),
    there and back: a point that does not come home was not found.
    """
    if not len(points):
        return np.zeros((0, 2)), np.zeros(0, np.bool_)
    start = points.astype(np.float32).reshape(-1, 1, 2)
    found, there = _tracked(before, after, start, start, _COARSE)
    back, again = _tracked(after, before, found, start, _COARSE_BACK)
    away, places = (back - start).reshape(-1, 2), found.reshape(-1, 2)
    good = there & again & (np.hypot(away[:, 0], away[:, 1]) < _BACK_PX) & np.isfinite(places).all(1)
    return places.astype(np.float64), good


def _tracked(
    before: Pixels, after: Pixels, points: npt.NDArray[np.float32], guess: npt.NDArray[np.float32], coarse: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    found, there, _ = cv2.calcOpticalFlowPyrLK(
        before, after, points, guess.copy(), winSize=(21, 21), maxLevel=coarse, criteria=_ENOUGH, flags=_FROM_GUESS
    )
    return np.asarray(found, np.float32), np.asarray(there).ravel() > 0


_MOST_POINTS, _LEAST_POINTS = 60, 12
_MOST_ASIDE, _LEAST_ASIDE = 100, 25
_NOISE_MM = 0.2
_WIDE_MM, _ABOVE_MM, _BELOW_MM = 60.0, -45.0, 50.0
_BELIEVED_DEG, _BELIEVED_MM = 4.0, 5.0


def midline(picture: Pixels, origin: tuple[float, float], px_per_mm: float) -> tuple[float, float]:
    """(x mm, lean degrees) of the midline where it crosses the line between the eyes, in the face frame.

    ``picture``: upright grey crop with evened light, ``origin`` the px of it where the face frame begins. (0, 0), what
    the mesh says, where the two halves do not resemble each other enough.
    """
    here, there = _reflected(picture, origin, px_per_mm, _MOST_POINTS)
    if len(here) < _LEAST_POINTS:
        return 0.0, 0.0
    angle, shift = 0.0, np.zeros(2)
    for _ in range(8):
        c, s = math.cos(angle), math.sin(angle)
        off = there - here @ np.array([[c, s], [-s, c]]) - shift
        weight = _alike(off)
        one, zero = np.ones(len(here)), np.zeros(len(here))
        jacobian = np.concatenate([np.stack([-here[:, 1], one, zero], 1), np.stack([here[:, 0], zero, one], 1)])
        normal = (jacobian * weight[:, None]).T @ jacobian + 1e-6 * np.eye(3)
        step = np.linalg.solve(normal, (jacobian * weight[:, None]).T @ np.concatenate([off[:, 0], off[:, 1]]))
        angle, shift = angle + float(step[0]), shift + step[1:]
    # Reflection in a line that leans by a and crosses y = 0 at x: a turn by -2a after x → -x, and a shift of -2x.
    lean, at = -math.degrees(angle) / 2, -float(shift[0]) / 2
    return (at, lean) if abs(lean) < _BELIEVED_DEG and abs(at) < _BELIEVED_MM else (0.0, 0.0)


def aside(
    picture: Pixels, origin: tuple[float, float], px_per_mm: float, depth: Callable[[Floats], Floats]
) -> float | None:
    """Degrees by which a face looks to the person's own left, by its mirror image; None where that tells too little.

    ``picture`` and ``origin`` as ``midline`` has them; ``depth``: (n, 2) mm in the face frame → (n,) mm into the head.
    Of a turned head, what is near (the nose) lies farther aside than what is deep (the cheeks), and on its reflection
    as far to the other side: two points that mirror each other differ by twice their depth times the sine of the turn.
    """
    here, there = _reflected(picture, origin, px_per_mm, _MOST_ASIDE)
    if len(here) < _LEAST_ASIDE:
        return None
    between = (here + there) / 2
    deep = (depth(between) + depth(between * (-1.0, 1.0))) / 2
    one, zero = np.ones(len(here)), np.zeros(len(here))
    across = np.stack([-here[:, 1], one, zero, -2 * deep], 1)
    down = np.stack([here[:, 0], zero, one, zero], 1)
    jacobian, apart = np.concatenate([across, down]), there - here
    weight, found = np.ones(2 * len(here)), np.zeros(4)
    for _ in range(10):
        normal = (jacobian * weight[:, None]).T @ jacobian + 1e-6 * np.eye(4)
        found = np.linalg.solve(normal, (jacobian * weight[:, None]).T @ apart.T.ravel())
        weight = _alike(apart - (jacobian @ found).reshape(2, -1).T)
    return -math.degrees(math.asin(max(-1.0, min(1.0, float(found[3])))))


def _reflected(picture: Pixels, origin: tuple[float, float], px_per_mm: float, most: int) -> tuple[Floats, Floats]:
    """(n, 2) mm twice: at most ``most`` points around eyes and nose, and where the face in a mirror has them."""
    height, width = picture.shape
    y, x = np.mgrid[0:height, 0:width]
    x, y = (x - origin[0]) / px_per_mm, (y - origin[1]) / px_per_mm
    mask = (np.abs(x) < _WIDE_MM) & (y > _ABOVE_MM) & (y < _BELOW_MM)
    points = strong_points(picture, mask, most)
    across = np.array([[-1.0, 0.0, 2 * origin[0]], [0.0, 1.0, 0.0]])
    mirrored = cv2.warpAffine(picture, across, (width, height), borderMode=cv2.BORDER_REPLICATE)
    found, good = followed(picture, np.asarray(mirrored, np.uint8), points)
    here, there = ((p[good] - origin) / px_per_mm for p in (points, found))
    return here, there


def _alike(off: Floats) -> Floats:
    """(2 n,) the weights of x and y of points by how far they are ``off`` (n, 2) mm: less than most counts."""
    size = np.hypot(off[:, 0], off[:, 1])
    spread = max(1.48 * float(median(size)), _NOISE_MM)
    return np.tile(1 / (1 + (size / (1.5 * spread)) ** 2) ** 2, 2)
