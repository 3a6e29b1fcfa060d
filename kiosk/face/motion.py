"""The movement of skin since the face was at rest, by optical flow against the person's own neutral picture.

The mesh only says where to look and how the head is turned: its idea of what faces do pulls a lopsided movement
towards symmetry (docs/decisions/face-flow-not-mesh.md), so none of its shape enters an excursion.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.chain import Chain
from kiosk.face.flow import followed, strong_points
from kiosk.face.geometry import (
    BROW_LEFT,
    BROW_RIGHT,
    CORNER_LEFT,
    CORNER_RIGHT,
    EYE_LEFT,
    EYE_RIGHT,
    NOSE_RIDGE,
    Floats,
    Similarity,
    depth_at,
    fit_rigid,
    median,
    similarity,
    stepped,
)
from kiosk.face.model import Vector, Zone
from kiosk.face.tracker import Pixels, cut, grey

CROP_PX, _COARSE_PX = 256, 64
PX_PER_MM = 1.6
ORIGIN = np.array([CROP_PX / 2, 96.0])
"""Place of the middle between the eyes in the crop."""
_SKIN_POINTS = 48
_PATCH = np.array([(x, y) for y in (-4.0, 0.0, 4.0) for x in (-8.0, -4.0, 0.0, 4.0, 8.0)])
"""(15, 2) mm: where a target is followed, around its point."""
_STEP_PX, _STEP = 1 / 16, 1 / 4096
"""Steps of px and of everything else in which the face is cut: see ``kiosk.face.tracker``."""
SHOWN_SHARE = 0.5
"""Share of a patch's points by which its resting look is there."""
_PATCH_WEIGHT = np.exp(-(_PATCH**2).sum(1) / (2 * 4.0**2))

CORNERS = (CORNER_RIGHT, CORNER_LEFT)
ZONE_POINTS: Mapping[Zone, tuple[int, ...]] = {
    Zone.MOUTH: CORNERS,
    Zone.BROW: (BROW_RIGHT, BROW_LEFT),
    Zone.EYE: (),
}
"""The landmarks whose movement is a zone's, right and left. Lids have none: they are read, not followed."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Findings in one picture against the neutral one. ``yaw`` and ``pitch``: the head, as ``roll`` is."""

    excursions: dict[int, Vector]
    """Landmark → mm in the face frame, head pose removed; absent where it was lost."""
    shown: dict[int, float]
    """Landmark → share of the points around it that could be trusted, 0..1."""
    skin: float
    """That of the points on the still skin."""
    yaw: float
    pitch: float
    roll: float
    """Degrees since neutral; the mesh's word for it where too little skin is seen."""
    head: Similarity | None
    """Face frame (n, 2) mm → picture px, as the skin that stays still says; None where too little of it is seen."""

    def ok(self, zone: Zone) -> float:
        """Return the smallest share of trusted points in the still skin and around each point of ``zone``, 0..1."""
        return min(self.skin, *(self.shown.get(point, 0.0) for point in ZONE_POINTS[zone]), 1.0)


def flat(face: Similarity) -> Similarity:
    """Picture px → crop px for a face frame (three-dimensional, px → mm)."""
    scale = face.scale * PX_PER_MM
    to_crop = Similarity(scale, face.rotation[:2, :2], face.shift[:2] * PX_PER_MM + ORIGIN)
    return _stepped(to_crop, to_crop.inverse()(ORIGIN[None])[0])


def evened(frame: Pixels, to_crop: Similarity) -> Pixels:
    """The face as (CROP_PX, CROP_PX) grey whose local brightness and contrast are the same everywhere.

    A lamp at one side otherwise pulls flow towards itself: local mean and deviation are taken out over some 12 px.
    """
    even = cv2.GaussianBlur(grey(cut(frame, to_crop.matrix, CROP_PX)), (0, 0), 1.0).astype(np.float32)
    small = cv2.resize(even, (_COARSE_PX, _COARSE_PX), interpolation=cv2.INTER_AREA)
    square = cv2.resize(cv2.multiply(even, even), (_COARSE_PX, _COARSE_PX), interpolation=cv2.INTER_AREA)
    mean, power = cv2.GaussianBlur(small, (0, 0), 3.5), cv2.GaussianBlur(square, (0, 0), 3.5)
    gain = 42 / np.sqrt(np.maximum(power - mean * mean, 0) + 9)
    # even * gain + lift is (even - mean) * gain + 128, with one field less to enlarge; a half is rounded off.
    scaled, lift = (cv2.resize(field, (CROP_PX, CROP_PX)) for field in (gain, 127.5 - mean * gain))
    return np.asarray(cv2.add(cv2.multiply(even, scaled, dst=scaled), lift, dtype=cv2.CV_8U), np.uint8)


class Reference:
    """The neutral face of one person, and how a later picture differs from it.

    ``picture``: the neutral crop of ``evened``; ``rest`` (468, 3): its mesh in the face frame, mm; ``to_crop``: how
    that crop was cut. The skin that ``zone`` leaves still is chosen once.
    """

    def __init__(self, picture: Pixels, rest: Floats, to_crop: Similarity, zone: Zone) -> None:
        self.rest, self.zone = rest, zone
        self._picture, self._to_crop = picture, to_crop
        self.targets = targets(zone)
        skin = self._skin()
        patches = [rest[point, :2] + _PATCH for point in self.targets]
        self._rest_xy = np.concatenate([skin, *patches])
        self._count = len(skin)
        self._rest = np.column_stack([self._rest_xy, depth_at(rest, self._rest_xy)])
        self._start = self._rest_xy * PX_PER_MM + ORIGIN
        self._ridge = rest[NOSE_RIDGE, :2] * PX_PER_MM + ORIGIN
        self._held = _held(picture, self._start)
        self._chains = [Chain() for _ in self.targets]

    def flow(self, frame: Pixels, points: npt.NDArray[np.float32], pitch_yaw: tuple[float, float]) -> Flow:
        """Return the flow in ``frame``. ``points`` (468, 3) is its mesh, ``pitch_yaw`` how the mesh turned since
        neutral, in degrees."""
        to_crop = _stepped(similarity(points[NOSE_RIDGE, :2], self._ridge), points[NOSE_RIDGE, :2].mean(0))
        return self.flow_in(evened(frame, to_crop), to_crop, pitch_yaw)

    def flow_in(self, now: Pixels, to_crop: Similarity, pitch_yaw: tuple[float, float]) -> Flow:
        """The same for a picture that was ``evened`` already, cut by ``to_crop``."""
        found, good = followed(self._picture, now, self._start)
        self._chained(now, found, good)
        seen = (found - ORIGIN) / PX_PER_MM
        skin = good[: self._count]
        lean = math.degrees(_angle(self._to_crop) - _angle(to_crop))
        if np.count_nonzero(skin) < 8:
            return Flow({}, {}, 0.0, pitch_yaw[1], pitch_yaw[0], lean, None)
        fit = fit_rigid(self._rest[: self._count][skin], seen[: self._count][skin], np.array(pitch_yaw))
        firm = int(np.count_nonzero(fit.residual_mm < 1.0)) / self._count
        moved = seen - fit(self._rest)
        excursions: dict[int, Vector] = {}
        shown: dict[int, float] = {}
        for index, target in enumerate(self.targets):
            part = self._part(index)
            trusted = good[part]
            shown[target] = int(np.count_nonzero(trusted)) / len(_PATCH)
            if shown[target]:
                middle = _middle(moved[part][trusted], _PATCH_WEIGHT[trusted], self._held[:, part][:, trusted])
                x, y = fit.undo(middle).tolist()
                excursions[target] = (x, y)
        turn = -math.degrees(math.atan2(fit.rotation[0, 2], fit.rotation[2, 2]))
        nod = -math.degrees(math.asin(max(-1.0, min(1.0, float(fit.rotation[1, 2])))))
        roll = math.atan2(fit.rotation[1, 0], fit.rotation[0, 0])
        c, s = math.cos(roll) * fit.scale, math.sin(roll) * fit.scale
        crop_to_picture = to_crop.inverse()
        head = Similarity(
            fit.scale * crop_to_picture.scale * PX_PER_MM,
            crop_to_picture.rotation @ (np.array([[c, -s], [s, c]]) / fit.scale),
            crop_to_picture((fit.shift * PX_PER_MM + ORIGIN)[None])[0],
        )
        return Flow(excursions, shown, firm, turn, nod, lean + math.degrees(roll), head)

    def _part(self, index: int) -> slice:
        """Return which of all points are around the target of this number."""
        return slice(self._count + index * len(_PATCH), self._count + (index + 1) * len(_PATCH))

    def _chained(self, now: Pixels, found: Floats, good: npt.NDArray[np.bool_]) -> None:
        """Put in place of what the resting face no longer shows what the pictures since then do."""
        for index, chain in enumerate(self._chains):
            part = self._part(index)
            shown = np.count_nonzero(good[part]) >= SHOWN_SHARE * len(_PATCH)
            if not (shown and chain.close(now, self._start[part], found[part], good[part])):
                linked = chain.link(now)
                found[part], good[part] = linked if linked is not None else (found[part], False)

    def _skin(self) -> Floats:
        """(n, 2) mm: the points on skin that the zone leaves still which flow can hold on to best, spread over it."""
        y, x = np.mgrid[0:CROP_PX, 0:CROP_PX].astype(np.float64)
        x, y = (x - ORIGIN[0]) / PX_PER_MM, (y - ORIGIN[1]) / PX_PER_MM
        rest = self.rest
        mask = (x > rest[127, 0] + 4) & (x < rest[356, 0] - 4) & (y > rest[10, 1] - 2)
        if self.zone is Zone.BROW:
            mask &= (y > -4) & (y < rest[4, 1] + 6)
            eye_height = 13.0
        else:
            beside = (x < rest[33, 0] - 4) | (x > rest[263, 0] + 4)
            between = (x > rest[133, 0]) & (x < rest[362, 0])
            mask &= (y < 6) | (beside & (y < 12)) | (between & (y < rest[5, 1]))
            eye_height = 9.0
        for outer, inner in (EYE_RIGHT, EYE_LEFT[::-1]):
            centre = (rest[outer, :2] + rest[inner, :2]) / 2
            mask &= ~((np.abs(x - centre[0]) < 21) & (np.abs(y - centre[1]) < eye_height))
        px = strong_points(self._picture, mask, _SKIN_POINTS)
        return np.asarray((px - ORIGIN) / PX_PER_MM)


def targets(zone: Zone) -> Sequence[int]:
    """The landmarks that are followed: those of the zone, right and left, and always the corners of the mouth."""
    return (*ZONE_POINTS[zone], *CORNERS) if zone is Zone.BROW else CORNERS


def _stepped(to_crop: Similarity, middle: npt.NDArray[np.floating]) -> Similarity:
    """Nearly the same cut, in the steps of the tracker's; ``middle`` (2,) px of the picture keeps its place."""
    angle, scale = stepped(_angle(to_crop), _STEP), stepped(to_crop.scale, _STEP)
    c, s = math.cos(angle), math.sin(angle)
    (x, y), ((to_x, to_y),) = middle.tolist(), to_crop(middle[None]).tolist()
    shift = (to_x - scale * (c * x - s * y), to_y - scale * (s * x + c * y))
    return Similarity(scale, np.array([[c, -s], [s, c]]), np.array([stepped(at, _STEP_PX) for at in shift]))


def _angle(transform: Similarity) -> float:
    return math.atan2(transform.rotation[1, 0], transform.rotation[0, 0])


def _held(picture: Pixels, points: Floats) -> Floats:
    """(3, n): how firmly the picture around points (n, 2) px holds flow: xx, xy and yy of their structure tensors."""
    x, y = cv2.Sobel(picture, cv2.CV_32F, 1, 0), cv2.Sobel(picture, cv2.CV_32F, 0, 1)
    field = cv2.blur(cv2.merge([x * x, x * y, y * y]), (21, 21)).astype(np.float64)
    column, row = np.clip(np.round(points).astype(int), 0, CROP_PX - 1).T
    return np.ascontiguousarray(field[row, column].T)


def _middle(vectors: Floats, weights: Floats, held: Floats) -> Floats:
    """The mean of (n, 2) without those that go another way than most.

    Each counts as far as the picture holds it (``_held``): a brow is a line, and says little of movement along itself.
    """
    away = vectors - median(vectors)
    off = np.hypot(away[:, 0], away[:, 1])
    weights = weights * (off <= max(1.0, 2.5 * float(median(off))))
    tensors = held * weights
    xx, xy, yy = tensors.sum(1).tolist()
    (xx_x, _), (xy_x, xy_y), (_, yy_y) = (tensors @ vectors).tolist()
    x, y = xx_x + xy_y, xy_x + yy_y
    firm = 1e-6 * (1 + xx + yy)
    xx, yy = xx + firm, yy + firm
    both = xx * yy - xy * xy
    return np.array([(yy * x - xy * y) / both, (xx * y - xy * x) / both])
