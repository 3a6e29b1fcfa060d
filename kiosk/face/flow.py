"""Where did these points of one picture go in another?"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.geometry import Floats
from kiosk.face.tracker import Pixels

_ENOUGH = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 12, 0.02)
_BACK_PX = 0.8
"""A point that does not come back to within this is not trusted."""
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
    """Where ``points`` (n, 2) px of one grey picture lie in another (n, 2), and which may be trusted (n,).

    Pyramidal Lucas-Kanade (J.-Y. Bouguet, "Pyramidal implementation of the affine Lucas Kanade feature tracker", 2000),
    there and back: a point that does not come home was not found.
    """
    if not len(points):
        return np.zeros((0, 2)), np.zeros(0, np.bool_)
    start = points.astype(np.float32).reshape(-1, 1, 2)
    found, there = _tracked(before, after, start, start)
    back, again = _tracked(after, before, found, start)
    off = np.linalg.norm(back - start, axis=2).ravel()
    good = there & again & (off < _BACK_PX) & np.isfinite(found).all((1, 2))
    return found.reshape(-1, 2).astype(np.float64), good


def _tracked(
    before: Pixels, after: Pixels, points: npt.NDArray[np.float32], guess: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    flags = cv2.OPTFLOW_USE_INITIAL_FLOW
    found, there, _ = cv2.calcOpticalFlowPyrLK(
        before, after, points, guess.copy(), winSize=(21, 21), maxLevel=3, criteria=_ENOUGH, flags=flags
    )
    return np.asarray(found, np.float32), np.asarray(there).ravel() > 0
