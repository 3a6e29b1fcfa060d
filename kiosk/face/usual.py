"""Where would the landmarks of a face be, if only its eyes are known?

The mean face that the mesh network knows, in the face frame (``kiosk.face.geometry``), rounded to millimetres and made
symmetrical. It stands in for a mesh where there is none: to say where skin is and how deep it lies, never what moved.
"""

from __future__ import annotations

import numpy as np

from kiosk.face.geometry import Floats

_MIDDLE = {10: -59, 9: -26, 8: -16, 168: -7, 6: 2, 197: 10, 195: 18, 5: 25, 4: 35, 152: 115}
"""Landmark → y mm, on the midline."""
_SIDES = {
    (33, 263): (46, -1),
    (133, 362): (17, 1),
    (127, 356): (69, 5),
    (162, 389): (68, -12),
    (234, 454): (68, 20),
    (61, 291): (26, 70),
    (105, 334): (40, -28),
}
"""Landmarks of the right and the left → (x, y) mm of the left."""


def _depth(x: Floats, y: Floats) -> Floats:
    """mm into the head: within 6 mm of the mean face, save at its rim."""
    nose = np.exp(-0.5 * ((x / 10) ** 2 + ((y - 32) / 18) ** 2))
    return np.asarray(-15 + 13.5 * (x / 60) ** 2 + 22 * (x / 60) ** 4 - 29 * nose)


def _face() -> Floats:
    # The landmarks that nothing asks for by name are spread over the face: flow wants the depth of skin anywhere.
    rows, columns = np.mgrid[-56:112:22j, -64:65:22j]
    spread = np.stack([columns.ravel(), rows.ravel()], 1)[:468]
    xy = np.concatenate([spread, spread[: 468 - len(spread)]])
    for point, height in _MIDDLE.items():
        xy[point] = (0, height)
    for (right, left), (x, y) in _SIDES.items():
        xy[right], xy[left] = (-x, y), (x, y)
    return np.column_stack([xy, _depth(xy[:, 0], xy[:, 1])])


USUAL = _face()
"""(468, 3) mm."""
