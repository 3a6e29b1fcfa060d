"""Looking without the models: the place of a face, and its movement by flow against its own neutral picture.

OpenCV's own cascades find the face and its eyes; between two looks at the whole picture the upper half of the face is
followed by flow. The landmarks are those of a usual face, laid on by the eyes, with mouth and brows moved to where the
picture is darkest: enough to say where skin is, and all that moves is measured by flow as with the models. Lids are not
seen at all, and a turn of the head only once there is a neutral face.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import msgspec
import numpy as np

from kiosk.face.geometry import (
    BROW_LEFT,
    BROW_RIGHT,
    CORNER_LEFT,
    CORNER_RIGHT,
    USUAL,
    Floats,
    Similarity,
    eye_centres,
    face_frame,
)
from kiosk.face.model import PUPILS_MM, Reading, UnseenReason, Zone
from kiosk.face.tracker import Observation, Pixels, cut, extent_of, grey

LOOK_AGAIN_MS = 1000
"""Interval at which the whole picture is looked at while a face is followed."""
LOST_MS = 4000
"""Time for which a face is followed that the cascade no longer finds: it misses faces that lean or turn a little."""
YAW_DEG = 1.5
"""The gate for a turn since neutral. Narrower than with the models: on drawn faces a turn of 3° reads 1.7 to 3.1."""
_WIDTH = 320
"""The cascade looks at a picture of this width."""
_LEAST_FACE = 36
_SECOND_WEIGHT, _SECOND_SIZE = 5.0, 0.5
"""Least weight and least size of a second face. It is often none: the cascade must be sure, and it must be as near."""
_SURE = 8.0
"""The cascade's weight from which on a face counts as certain."""
_EYES_AT = ((0.30, 0.41), (0.70, 0.41))
"""Places of the eyes in the cascade's box if they are not found: closed, or behind glasses."""
_TOWARDS = 0.3
"""Share by which a new look at the whole picture corrects the face that is followed: the eyes found jitter."""
_FACE_PX = 192
_POINTS = 60


@dataclass(frozen=True, slots=True)
class _Face:
    """The pupils as far as they are known, (2, 2) px, right then left, and how sure the cascade was, 0..1."""

    eyes: Floats
    score: float
    alone: bool

    @property
    def eyes_px(self) -> float:
        return float(np.linalg.norm(self.eyes[1] - self.eyes[0]))


class HaarTracker:
    """Follows one face from picture to picture, as ``kiosk.face.tracker.Tracker`` does with the models."""

    def __init__(self) -> None:
        folder = Path(cv2.__file__).parent / "data"
        self._faces = cv2.CascadeClassifier(str(folder / "haarcascade_frontalface_default.xml"))
        self._eyes = cv2.CascadeClassifier(str(folder / "haarcascade_eye.xml"))
        self._face: _Face | None = None
        self._last: Pixels | None = None
        self._looked_ms = self._found_ms = 0

    def look(self, frame: Pixels, t_ms: int) -> Observation | None:
        """The face in ``frame`` (h, w, 3 or 4), or None."""
        now = grey(frame)
        if self._face is not None and self._last is not None and self._last.shape == now.shape:
            self._face = _followed(self._last, now, self._face)
        else:
            self._face = None
        if self._face is None or not 0 <= t_ms - self._looked_ms < LOOK_AGAIN_MS:
            self._look_again(now, t_ms)
        self._last = now
        return None if self._face is None else _observed(frame, self._face, t_ms)

    def _look_again(self, grey: Pixels, t_ms: int) -> None:
        found = self._find(grey)
        self._looked_ms = t_ms
        if found is None:
            if self._face is not None and t_ms - self._found_ms > LOST_MS:
                self._face = None
            return
        self._found_ms = t_ms
        if self._face is None or np.abs(found.eyes - self._face.eyes).max() > 0.4 * self._face.eyes_px:
            self._face = found
        else:
            eyes = self._face.eyes + _TOWARDS * (found.eyes - self._face.eyes)
            self._face = replace(found, eyes=eyes)

    def _find(self, grey: Pixels) -> _Face | None:
        """The face that the cascade is surest of; the largest may be a lamp."""
        zoom = grey.shape[1] / _WIDTH
        small = cv2.resize(grey, (_WIDTH, max(1, round(grey.shape[0] / zoom))), interpolation=cv2.INTER_AREA)
        boxes, weights = _detected(self._faces, cv2.equalizeHist(small), _LEAST_FACE)
        if not len(boxes):
            return None
        best = int(weights.argmax())
        size = boxes[best, 2]
        others = (weights > _SECOND_WEIGHT) & (boxes[:, 2] > _SECOND_SIZE * size)
        others &= np.abs(boxes[:, :2] - boxes[best, :2]).max(1) > 0.7 * size
        eyes = np.array([self._eye(grey, boxes[best] * zoom, side) for side in (0, 1)])
        return _Face(eyes, float(np.clip(weights[best] / _SURE, 0.1, 1.0)), not others.any())

    def _eye(self, grey: Pixels, box: Floats, side: int) -> Floats:
        """Return the place of the eye in its quarter of the face; 0 the person's own right."""
        x, y, size = float(box[0]), float(box[1]), float(box[2])
        left, top = max(0, round(x + side * size / 2)), max(0, round(y + 0.2 * size))
        part = grey[top : round(y + 0.58 * size), left : round(x + (side + 1) * size / 2)]
        usual = np.array([x + _EYES_AT[side][0] * size, y + _EYES_AT[side][1] * size])
        if min(part.shape) < 8:
            return usual
        boxes, weights = _detected(self._eyes, part, max(8, round(size / 8)))
        if not len(boxes):
            return usual
        found = boxes[int(weights.argmax())]
        eye = np.array([left + found[0] + found[2] / 2, top + found[1] + found[3] / 2])
        # A brow or a nostril is no eye.
        return eye if np.abs(eye - usual).max() < 0.12 * size else usual


def without_models(seen: Reading, zone: Zone | None) -> Reading:
    """``seen`` without what it takes a model to see: lids, landmarks, and hints of linked movement.

    A turn of the head is seen by flow alone, on a face of usual depth: up to a third of it may be missed.
    """
    reason = seen.reason
    if reason is UnseenReason.NONE and zone is Zone.EYE:
        reason = UnseenReason.NO_MODEL
    elif reason is UnseenReason.NONE and seen.neutral and zone is not None and abs(seen.yaw_deg) > YAW_DEG:
        reason = UnseenReason.TURNED
    return msgspec.structs.replace(
        seen,
        reason=reason,
        left=seen.left if reason is UnseenReason.NONE else None,
        right=seen.right if reason is UnseenReason.NONE else None,
        corner_left=None,
        corner_right=None,
        aperture_left=None,
        aperture_right=None,
        lids_left=None,
        lids_right=None,
        points=b"",
    )


def _detected(cascade: cv2.CascadeClassifier, grey: cv2.typing.MatLike, least: int) -> tuple[Floats, Floats]:
    """Boxes (n, 4) px and how sure the cascade is of each (n,)."""
    boxes, _, weights = cascade.detectMultiScale3(grey, 1.1, 3, minSize=(least, least), outputRejectLevels=True)
    return np.asarray(boxes, np.float64).reshape(-1, 4), np.asarray(weights, np.float64).ravel()


def _laid_on(face: _Face) -> Similarity:
    """Face frame mm → picture px, from the eyes alone."""
    middle = face.eyes.mean(0)
    x, y = (face.eyes[1] - face.eyes[0]) / PUPILS_MM
    zoom = math.hypot(x, y)
    rotation = np.array([[x, -y], [y, x]]) / max(zoom, 1e-9)
    return Similarity(zoom, rotation, middle)


def _followed(before: Pixels, now: Pixels, face: _Face) -> _Face | None:
    """The face a moment later, by the skin around eyes and nose; None where it is lost."""
    to_picture = _laid_on(face)
    corners = to_picture(np.array([(-52.0, -36.0), (52.0, -36.0), (52.0, 40.0), (-52.0, 40.0)]))
    mask = np.zeros(before.shape, np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), 255)
    apart = max(2.0, 0.06 * face.eyes_px)
    start = cv2.goodFeaturesToTrack(before, _POINTS, 0.01, apart, mask=mask)
    if start is None or len(start) < 8:
        return None
    found, there, _ = cv2.calcOpticalFlowPyrLK(before, now, start, start.copy(), winSize=(21, 21), maxLevel=2)
    back, again, _ = cv2.calcOpticalFlowPyrLK(now, before, found, start.copy(), winSize=(21, 21), maxLevel=2)
    good = (there.ravel() > 0) & (again.ravel() > 0) & (np.linalg.norm(back - start, axis=2).ravel() < 1.0)
    if good.sum() < 8:
        return None
    step, inside = cv2.estimateAffinePartial2D(start[good], found[good], ransacReprojThreshold=0.03 * face.eyes_px + 1)
    if step is None or inside.sum() < 0.4 * len(start):
        return None
    eyes = face.eyes @ step[:, :2].T + step[:, 2]
    height, width = now.shape
    middle = eyes.mean(0)
    moved = replace(face, eyes=eyes)
    fits = 0.8 < moved.eyes_px / face.eyes_px < 1.25 and 0 <= middle[0] < width and 0 <= middle[1] < height
    return moved if fits else None


def _observed(frame: Pixels, face: _Face, t_ms: int) -> Observation:
    to_picture = _laid_on(face)
    crop = cut(frame, _to_crop(to_picture).matrix, _FACE_PX)
    points = np.empty((468, 3), np.float32)
    shape = _shaped(crop)
    points[:, :2] = to_picture(shape[:, :2])
    points[:, 2] = shape[:, 2] * to_picture.scale
    roll = math.degrees(math.atan2(to_picture.rotation[1, 0], to_picture.rotation[0, 0]))
    x, y = eye_centres(points).mean(0)
    centre = (float(x), float(y))
    placed, extent = face_frame(points), extent_of(points)
    return Observation(t_ms, points, face.score, roll, 0.0, 0.0, face.eyes_px, centre, placed, face.alone, extent)


def _to_crop(to_picture: Similarity) -> Similarity:
    """Picture px → an upright crop, a pixel a millimetre, whose ``_EYES_Y``-th row goes through the eyes."""
    back = to_picture.inverse()
    return Similarity(back.scale, back.rotation, back.shift + np.array([_FACE_PX / 2, _EYES_Y]))


_EYES_Y = 72


def _shaped(crop: Pixels) -> Floats:
    """(468, 3) mm: the usual face, its mouth and brows where this one is darkest."""
    smooth = cv2.GaussianBlur(grey(crop).astype(np.float32), (0, 0), 1.5)
    shape = USUAL.copy()
    mouth = _darkest(smooth, (-16, 16), 70, 14)
    shape[[CORNER_RIGHT, CORNER_LEFT], 1] = mouth
    for brow, columns in ((BROW_RIGHT, (-47, -33)), (BROW_LEFT, (33, 47))):
        shape[brow, 1] = _darkest(smooth, columns, -26, 9)
    return shape


def _darkest(grey: cv2.typing.MatLike, columns: tuple[int, int], usual: int, reach: int) -> float:
    """The row, mm beneath the eyes, that stands out darkest from its surroundings near the ``usual`` one."""
    middle = _FACE_PX // 2
    profile = np.asarray(grey)[:, middle + columns[0] : middle + columns[1]].mean(1)
    relief = profile - cv2.GaussianBlur(profile[:, None], (1, 0), 1e-6, sigmaY=8.0).ravel()
    rows = np.arange(usual - reach, usual + reach + 1)
    near = relief[rows + _EYES_Y] * np.exp(-0.5 * ((rows - usual) / (0.7 * reach)) ** 2)
    return float(rows[int(near.argmin())])
