"""The drawing of the reflected half: one warp of the crop, blended where it is shown.

The picture that is shown is a mirror's. Seen in it, the reflected half is the camera's own, unmirrored picture, turned
by twice the lean of the head: so one affine warp of half a face is all, and nothing is copied first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.goodside import Reflection
from kiosk.face.model import PUPILS_MM

FacePixels = npt.NDArray[np.uint8]
"""(height, width, 4), B, G, R, unused."""

Matrix = npt.NDArray[np.float64]
"""(2, 3): an affine map, applied to (x, y, 1)."""

OUTLINE_MM = (
    (0, -56), (24, -53), (43, -42), (57, -16), (61, 14), (59, 40), (52, 65), (40, 88), (22, 105), (0, 111),
)  # fmt: skip
"""Half a face as seen from the middle of the pupils: a little inside of it, so that neither background nor a parting of
the hair is carried over."""
EDGE_MM = 7.0
"""Over how much the outer edge fades."""
FEATHER_MM = 4.5
"""The same along the midline: about 10 px of a face that fills a 720p picture well."""
MASK_AT_MM, MASK_MM = (-6, -76), (80, 200)
"""The mask's upper left corner, from the middle of the pupils: away from the midline, down. Its width and height."""
_CORNERS = np.array(
    [(x, y) for x in (MASK_AT_MM[0], MASK_AT_MM[0] + MASK_MM[0]) for y in (MASK_AT_MM[1], MASK_AT_MM[1] + MASK_MM[1])],
    np.float64,
)
MASK_SCALE = 2
"""Pixels per millimetre of the mask."""
LEAST_SEEN = 2
"""A mask of less than this, of 255, changes a picture by less than one level in a hundred: nothing is drawn there."""
CELL = 16
"""Tones are compared in cells of so many pixels."""
ONE = 128
"""A gain of 1 in whole numbers."""
GAINS = (0.55, 1.8)
LEAST_AMOUNT = 1 / 128
FIT_EVERY = 4
"""The tone is fitted in every fourth picture of a reflection that stands: light on a face does not hurry."""
LINEAR = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


class Reflector:
    """Draws reflections. It keeps its buffers: fresh memory for each picture costs as much as the work itself."""

    def __init__(self) -> None:
        self._buffers = [np.empty(0, np.uint8) for _ in range(4)]
        self._tone: Tone | None = None
        self._healthy, self._since = "", 0

    def draw(self, frame: FacePixels, reflection: Reflection, into: FacePixels) -> None:
        """The healthy half of ``frame`` (h, w, 4; unmirrored) over the other half in ``into``, the mirror's picture.

        ``into`` has the same size; only pixels of the affected half are written, all else stays as it is. Nothing
        happens where there is nothing to see: no amount, or a face outside the picture.
        """
        crop = crop_of(reflection, frame.shape[1], frame.shape[0])
        if crop is None:
            self._tone = None
            return
        x, y, w, h = crop.box
        base, other, spare = (self._buffer(i, (h, w, 4)) for i in range(3))
        weight = self._buffer(3, (h, w))
        end = frame.shape[1] - x
        cv2.flip(frame[y : y + h, end - w : end], 1, dst=base)
        cv2.warpAffine(
            frame, crop.within(crop.source, crop.box), (w, h), dst=other, flags=LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        cv2.resize(_weight(crop, crop.box, (w // 2, h // 2)), (w, h), dst=weight)
        if reflection.amount < 1:
            cv2.convertScaleAbs(weight, dst=weight, alpha=reflection.amount)
        self._since += 1
        if (
            self._tone is None
            or reflection.amount < 1
            or self._healthy != reflection.healthy
            or self._since >= FIT_EVERY
        ):
            self._tone, self._healthy, self._since = _fitted(frame, crop, reflection.amount), reflection.healthy, 0
        cv2.resize(_gain(self._tone, crop), (w, h), dst=spare)
        cv2.multiply(other, spare, dst=other, scale=1 / ONE)
        cv2.cvtColor(weight, cv2.COLOR_GRAY2BGRA, dst=spare)
        cv2.multiply(other, spare, dst=other, scale=1 / 255)
        cv2.bitwise_not(spare, dst=spare)
        cv2.multiply(base, spare, dst=base, scale=1 / 255)
        cv2.add(base, other, dst=into[y : y + h, x : x + w])

    def _buffer(self, number: int, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
        size = math.prod(shape)
        if self._buffers[number].size < size:
            self._buffers[number] = np.empty(size, np.uint8)
        return self._buffers[number][:size].reshape(shape)


Box = tuple[int, int, int, int]
"""x, y, width, height, px of the mirror's picture."""


@dataclass(frozen=True, slots=True)
class Crop:
    """Half a face in the mirror's picture.

    ``box``: what of it is drawn; ``grid``: what of it is asked for its tone, the whole mask. ``source`` maps the
    mirror's pixels to those of the frame that are seen there, ``face`` to millimetres from the middle of the pupils:
    away from the midline into the affected half, and down.
    """

    box: Box
    grid: Box
    source: Matrix
    face: Matrix

    def within(self, matrix: Matrix, box: Box) -> Matrix:
        """Return ``matrix`` for the pixels of ``box``, counted from its upper left corner."""
        moved = matrix.copy()
        moved[:, 2] += matrix[:, :2] @ box[:2]
        return moved


def crop_of(reflection: Reflection, width: int, height: int) -> Crop | None:
    """Return the place of ``reflection`` in a picture of this size; None where nothing is to be drawn in it."""
    line, px_per_mm = reflection.midline, reflection.eyes_px / PUPILS_MM
    if not reflection.amount >= LEAST_AMOUNT or not 0.1 < px_per_mm < height / 40:
        return None
    if not all(map(math.isfinite, (line.x, line.y, line.roll_deg))):
        return None
    roll = math.radians(line.roll_deg)
    across, down = np.array([math.cos(roll), math.sin(roll)]), np.array([-math.sin(roll), math.cos(roll)])
    affected = across if reflection.healthy == "right" else -across
    at = np.array([line.x, line.y])
    ways = px_per_mm * np.array([affected, down])
    box, grid = (_box(at + corners @ ways, width, height) for corners in (_rim(), _CORNERS))
    if box[2] < CELL or box[3] < CELL:
        return None
    flip = np.array([[-1.0, 0, width - 1], [0, 1, 0]])
    source = (np.eye(2) - 2 * np.outer(across, across)) @ flip
    source[:, 2] += 2 * float(at @ across) * across
    flip[:, 2] -= at
    return Crop(box, grid, source, np.array([affected, down]) @ flip / px_per_mm)


def _box(places: npt.NDArray[np.float64], width: int, height: int) -> Box:
    """The box in the mirror's picture around ``places`` (n, 2) px of the frame."""
    (left, top), (right, bottom) = places.min(0).tolist(), places.max(0).tolist()
    x0, x1 = _even(width - 1 - right, width - 1 - left, width)
    y0, y1 = _even(top, bottom, height)
    return x0, y0, x1 - x0, y1 - y0


def _even(least: float, most: float, end: int) -> tuple[int, int]:
    """The whole pixels from ``least`` to ``most``, inside 0..``end``, an even number of them."""
    start, stop = max(0, math.floor(least)), min(end, math.ceil(most) + 1)
    return start, stop - (stop - start) % 2


@lru_cache(maxsize=1)
def _mask() -> npt.NDArray[np.uint8]:
    """Return the mask of the reflection, 0..255, by distance from the midline and height, in millimetres."""
    width, height = (MASK_SCALE * mm for mm in MASK_MM)
    far = 4 * MASK_AT_MM[0]
    outline = np.array([(far, OUTLINE_MM[0][1]), *OUTLINE_MM, (far, OUTLINE_MM[-1][1])], np.float64)
    points = np.round((outline - np.array(MASK_AT_MM)) * MASK_SCALE).astype(np.int32)
    area = cv2.fillPoly(np.zeros((height, width), np.uint8), [points], (255,))
    soft = cv2.GaussianBlur(area, (0, 0), EDGE_MM * MASK_SCALE / 2.5, borderType=cv2.BORDER_REPLICATE)
    distance = (np.arange(width) + 0.5) / MASK_SCALE + MASK_AT_MM[0]
    seam = np.clip(distance / FEATHER_MM + 0.5, 0, 1)
    return np.round(soft * seam).astype(np.uint8)


@lru_cache(maxsize=1)
def _rim() -> npt.NDArray[np.float64]:
    """(n, 2) mm: the corners of what of the mask is seen: less than two levels are not."""
    rows, columns = np.nonzero(_mask() >= LEAST_SEEN)
    hull = cv2.convexHull(np.column_stack([columns, rows]).astype(np.int32)).reshape(-1, 2)
    return (hull + 0.5) / MASK_SCALE + np.array(MASK_AT_MM, np.float64)


def _weight(crop: Crop, box: Box, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """The mask as it lies in a box, ``size`` (width, height) pixels of it: it has no sharp edges."""
    x, y = MASK_AT_MM
    mask = MASK_SCALE * crop.within(crop.face, box)
    mask[:, 2] -= (MASK_SCALE * x + 0.5, MASK_SCALE * y + 0.5)
    return _bytes(cv2.warpAffine(_mask(), _scaled(mask, box, size), size, flags=LINEAR))


def _scaled(matrix: Matrix, box: Box, size: tuple[int, int]) -> Matrix:
    """Return ``matrix`` of a box's pixels for a picture of it of ``size`` (width, height)."""
    x, y = box[2] / size[0], box[3] / size[1]
    scaled = matrix * (x, y, 1)
    scaled[:, 2] += matrix[:, :2] @ (x / 2 - 0.5, y / 2 - 0.5)
    return scaled


Tone = npt.NDArray[np.float32]
"""(3, 3): for each colour the slope, the bend and the twist of the gain."""


def _low(box: Box) -> tuple[int, int]:
    """Width and height of the small picture of a box, a pixel for each cell."""
    return max(4, box[2] // CELL), max(4, box[3] // CELL)


def _terms(crop: Crop, box: Box) -> npt.NDArray[np.float32]:
    """(cells, 3): what the gain is made of in each cell: nothing at the midline, and from there a slope and so on."""
    low = _low(box)
    x = (np.arange(low[0], dtype=np.float32) + 0.5) * (box[2] / low[0]) - 0.5
    y = (np.arange(low[1], dtype=np.float32)[:, None] + 0.5) * (box[3] / low[1]) - 0.5
    across, along = crop.within(crop.face, box).astype(np.float32) / 60
    far = np.maximum(across[0] * x + across[1] * y + across[2], 0)
    terms = np.empty((low[1], low[0], 3), np.float32)
    terms[..., 0] = far
    np.multiply(far, far, out=terms[..., 1])
    np.multiply(far, along[0] * x + along[1] * y + along[2], out=terms[..., 2])
    return terms.reshape(-1, 3)


def _fitted(frame: FacePixels, crop: Crop, amount: float) -> Tone:
    """Return by how much the reflected half of ``frame`` is to be lit more to be lit like the one that it covers.

    Only as smooth as light is: 1 at the midline, and from there a slope, a bend and a twist, fitted per colour. The
    affected half's own features must not shine through.
    """
    low = _low(crop.grid)
    size = (4 * low[0], 4 * low[1])
    flip = crop.within(np.array([[-1.0, 0, frame.shape[1] - 1], [0, 1, 0]]), crop.grid)
    source = crop.within(crop.source, crop.grid)
    to, fro = (_cells(frame, _scaled(way, crop.grid, size), low) for way in (flip, source))
    share = (
        amount
        * cv2.resize(_weight(crop, crop.grid, size), low, interpolation=cv2.INTER_AREA)
        .reshape(-1, 1)
        .astype(np.float32)
        / 255
    )
    lit = _terms(crop, crop.grid) * share * fro[:, :, None]
    want = share * (to - fro)[:, :, None]
    turned = lit.transpose(0, 2, 1)
    # A little weight on "no correction": where hardly anything is seen, nothing is fitted to noise.
    found = np.linalg.solve(turned @ lit + 4 * low[0] * low[1] * np.eye(3, dtype=np.float32), turned @ want)
    return np.asarray(found[:, :, 0], np.float32)


def _cells(frame: FacePixels, way: Matrix, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """(3, cells): the mean of each cell, by 16 pixels of it that lie ``way``: that costs a tenth of the exact one."""
    quarter = cv2.warpAffine(frame, way, (4 * size[0], 4 * size[1]), flags=LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cv2.resize(quarter, size, interpolation=cv2.INTER_AREA).reshape(-1, 4)[:, :3].T.astype(np.float32)


def _gain(tone: Tone, crop: Crop) -> FacePixels:
    """Return the factor, ``ONE`` for 1, by which the reflected half is to be lit; a pixel for each cell of the box."""
    terms, (w, h) = _terms(crop, crop.box), _low(crop.box)
    gain = np.full((len(terms), 4), ONE, np.uint8)
    gain[:, :3] = np.clip(ONE * (1 + terms @ tone.T) + 0.5, ONE * GAINS[0], ONE * GAINS[1])
    return gain.reshape(h, w, 4)


def _bytes(picture: object) -> npt.NDArray[np.uint8]:
    """OpenCV gives back the type it was given, which its stubs do not say."""
    return np.asarray(picture, np.uint8)
