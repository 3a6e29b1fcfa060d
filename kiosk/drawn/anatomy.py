"""The one anatomy of every drawn face: its curves at rest, and the ways in which it moves.

Millimetres: (0, 0) lies midway between the pupils, which are 63 mm apart; x grows towards the person's own left, y
downwards. Whoever paints a person for a camera and whoever draws one for a person to follow take both from here.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kiosk.drawn.paint import Array, PaintPoints, curve, mirrored
from kiosk.drawn.pose import SMILE, Pose

EYE_X, BROW_Y, MOUTH_Y, MOUTH_X = 31.5, -22.0, 70.0, 25.5

EYE_HALF_MM = 15.0
"""Half the width of an eye."""

FACE: PaintPoints = (
    (0, -72),
    (34, -66),
    (57, -42),
    (67, -10),
    (68, 18),
    (64, 45),
    (56, 70),
    (42, 95),
    (22, 112),
    (0, 117),
)
UPPER_LIP: PaintPoints = (
    (-25.5, 70),
    (-17, 66.6),
    (-9, 63.6),
    (-4, 62.2),
    (0, 63.4),
    (4, 62.2),
    (9, 63.6),
    (17, 66.6),
    (25.5, 70),
)
LIP_LINE: PaintPoints = ((-25.5, 70), (-16, 70.9), (-7, 70.4), (0, 71.2), (7, 70.4), (16, 70.9), (25.5, 70))
LOWER_LIP: PaintPoints = ((-25.5, 70), (-17, 75.2), (-8, 79), (0, 80), (8, 79), (17, 75.2), (25.5, 70))


def face_outline() -> Array:
    """The outline of the face without ears and hair."""
    return curve([*FACE, *mirrored(FACE[1:-1])], closed=True)


BROW: PaintPoints = ((15, -18.5), (23, -23.2), (33, -25.6), (42, -24), (51, -18))


def lids(x_mm: Array | float, closure: float) -> tuple[Array, Array]:
    """Heights (upper, lower) of the lid margins at ``x_mm`` outwards of the pupil, mm, downwards positive.

    Their distance is exactly ``1 - closure`` of the open one everywhere; the lower lid rises a little, as lids do.
    """
    t = np.asarray(x_mm, np.float32) / EYE_HALF_MM
    arch = np.clip(1 - t**2, 0, 1)
    canthus = 1.3 - 1.1 * t
    upper = canthus - 6.3 * arch**0.80 * (1 - 0.10 * t)
    lower = canthus + 4.3 * arch**0.95 * (1 + 0.16 * t)
    closed = lower - 0.9 * closure * arch
    return np.asarray(closed - (lower - upper) * (1 - closure), np.float32), np.asarray(closed, np.float32)


def moved(p: npt.NDArray[np.float64], pose: Pose) -> npt.NDArray[np.float64]:
    """Return the movement of the skin at ``p`` (…, 2), mm: broad, smooth fields, as skin moves."""
    x, y = p[..., 0], p[..., 1]
    out = np.zeros_like(p)
    for side, smile, brow in (
        (-1, pose.corner_right_mm, pose.brow_right_mm),
        (1, pose.corner_left_mm, pose.brow_left_mm),
    ):
        weight = np.exp(-0.5 * (((x - side * MOUTH_X) / 14) ** 2 + ((y - MOUTH_Y) / 13) ** 2))
        out[..., 0] += side * SMILE[0] * smile * weight
        out[..., 1] += SMILE[1] * smile * weight
        # The cheek rises with the corner, less and later.
        cheek = np.exp(-0.5 * (((x - side * 40) / 13) ** 2 + ((y - 34) / 11) ** 2))
        out[..., 1] -= 0.22 * smile * cheek
        lift = np.exp(-0.5 * (((x - side * 33) / 15) ** 2 + ((y + 27) / 10) ** 2))
        out[..., 1] -= brow * lift
    if pose.nose_mm:
        for side in (-1, 1):
            wing = np.exp(-0.5 * (((x - side * 12) / 8) ** 2 + ((y - 38) / 10) ** 2))
            out[..., 1] -= pose.nose_mm * wing
    return out
