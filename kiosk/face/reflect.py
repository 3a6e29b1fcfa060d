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
MASK_SCALE = 2
"""Pixels per millimetre of the mask."""
CELL = 16
"""Tones are compared in cells of so many pixels."""
ONE = 128
"""A gain of 1 in whole numbers."""
GAINS = (0.55, 1.8)
LEAST_AMOUNT = 1 / 128
LINEAR = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


class Reflector:
    """Draws reflections. It keeps its buffers: fresh memory for each picture costs as much as the work itself."""

    def __init__(self) -> None:
        self._buffers = [np.empty(0, np.uint8) for _ in range(4)]

    def draw(self, frame: FacePixels, reflection: Reflection, into: FacePixels) -> None:
        """The healthy half of ``frame`` (h, w, 4; unmirrored) over the other half in ``into``, the mirror's picture.

        ``into`` has the same size; only pixels of the affected half are written, all else stays as it is. Nothing
        happens where there is nothing to see: no amount, or a face outside the picture.
        """
        crop = crop_of(reflection, frame.shape[1], frame.shape[0])
        if crop is None:
            return
        x, y, w, h = crop.box
        base, other, spare = (self._buffer(i, (h, w, 4)) for i in range(3))
        weight = self._buffer(3, (h, w))
        end = frame.shape[1] - x
        cv2.flip(frame[y : y + h, end - w : end], 1, dst=base)
        cv2.warpAffine(frame, crop.source, (w, h), dst=other, flags=LINEAR, borderMode=cv2.BORDER_REPLICATE)
        cv2.resize(_half_weight(crop), (w, h), dst=weight)
        if reflection.amount < 1:
            cv2.convertScaleAbs(weight, dst=weight, alpha=reflection.amount)
        cv2.resize(_gain(base, other, weight, crop), (w, h), dst=spare)
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


@dataclass(frozen=True, slots=True)
class Crop:
    """Half a face in the mirror's picture.

    ``box``: x, y, width, height, px. ``source`` maps its pixels to those of the frame that are seen there, ``face`` to
    millimetres from the middle of the pupils: away from the midline into the affected half, and down.
    """

    box: tuple[int, int, int, int]
    source: Matrix
    face: Matrix


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
    left, top = MASK_AT_MM
    in_frame = [
        at + px_per_mm * ((left + far) * affected + (top + deep) * down)
        for far in (0, MASK_MM[0])
        for deep in (0, MASK_MM[1])
    ]
    x0, x1 = _even(width - 1 - max(p[0] for p in in_frame), width - 1 - min(p[0] for p in in_frame), width)
    y0, y1 = _even(min(p[1] for p in in_frame), max(p[1] for p in in_frame), height)
    if x1 - x0 < CELL or y1 - y0 < CELL:
        return None
    flip = np.array([[-1.0, 0, width - 1 - x0], [0, 1, y0]])
    source = (np.eye(2) - 2 * np.outer(across, across)) @ flip
    source[:, 2] += 2 * float(at @ across) * across
    flip[:, 2] -= at
    return Crop((x0, y0, x1 - x0, y1 - y0), source, np.array([affected, down]) @ flip / px_per_mm)


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


def _half_weight(crop: Crop) -> npt.NDArray[np.uint8]:
    """The mask as it lies in the crop, half as large: it has no sharp edges."""
    x, y = MASK_AT_MM
    mask = MASK_SCALE * (crop.face - np.array([[0, 0, x], [0, 0, y]])) - np.array([[0, 0, 0.5], [0, 0, 0.5]])
    halved = mask @ np.array([[2.0, 0, 0.5], [0, 2, 0.5], [0, 0, 1]])
    return _bytes(cv2.warpAffine(_mask(), halved, (crop.box[2] // 2, crop.box[3] // 2), flags=LINEAR))


def _gain(base: FacePixels, other: FacePixels, weight: npt.NDArray[np.uint8], crop: Crop) -> FacePixels:
    """Return the factor, ``ONE`` for 1, by which ``other`` is lit like ``base``; a pixel for each cell.

    Only as smooth as light is: 1 at the midline, and from there a slope, a bend and a twist, fitted per colour. The
    affected half's own features must not shine through.
    """
    h, w = weight.shape
    low = (max(4, w // CELL), max(4, h // CELL))
    to, fro = (_cells(picture, low).reshape(-1, 4)[:, :3].T.astype(np.float32) for picture in (base, other))
    share = _cells(weight, low).reshape(-1, 1).astype(np.float32) / 255
    x = (np.arange(low[0], dtype=np.float32) + 0.5) * (w / low[0]) - 0.5
    y = (np.arange(low[1], dtype=np.float32)[:, None] + 0.5) * (h / low[1]) - 0.5
    across, along = crop.face.astype(np.float32) / 60
    far = np.maximum(across[0] * x + across[1] * y + across[2], 0).reshape(-1, 1)
    terms = far * np.hstack([np.ones_like(far), far, (along[0] * x + along[1] * y + along[2]).reshape(-1, 1)])
    lit = terms * share * fro[:, :, None]
    want = share * (to - fro)[:, :, None]
    turned = lit.transpose(0, 2, 1)
    # A little weight on "no correction": where hardly anything is seen, nothing is fitted to noise.
    found = np.linalg.solve(turned @ lit + 4 * len(terms) * np.eye(3, dtype=np.float32), turned @ want)
    gain = np.full((len(terms), 4), ONE, np.uint8)
    gain[:, :3] = np.clip(ONE * (1 + terms @ found[:, :, 0].T) + 0.5, ONE * GAINS[0], ONE * GAINS[1])
    return gain.reshape(low[1], low[0], 4)


def _cells(picture: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """The mean of each cell of ``picture``, from a quarter of it: that costs a tenth of the exact one."""
    quarter = cv2.resize(picture, (4 * size[0], 4 * size[1]), interpolation=cv2.INTER_LINEAR)
    return _bytes(cv2.resize(quarter, size, interpolation=cv2.INTER_AREA))


def _bytes(picture: object) -> npt.NDArray[np.uint8]:
    """OpenCV gives back the type it was given, which its stubs do not say."""
    return np.asarray(picture, np.uint8)
