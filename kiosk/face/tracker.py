"""The tracker: finds the one face in a picture, and its points."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.geometry import EYE_LEFT, EYE_RIGHT, Similarity, eye_centres, face_frame, rough_angles, stepped
from kiosk.face.model import Vector
from kiosk.face.nets import Nets

Pixels = npt.NDArray[np.uint8]

Extent = tuple[float, float, float, float]
"""The least x and y and the largest x and y of a face's points, px."""

LOOK_AGAIN_MS = 3000
"""Interval at which the whole picture is looked at for a second face while one is followed."""
_TWO_MS = 1000
"""Interval at which it is looked at while there are two."""
_DETECT_PX, _MESH_PX = 128, 192
_DETECTED, _SECOND, _FOLLOWED = 0.5, 0.65, 0.5
_SECOND_SIZE = 0.4
"""A second face counts from this share of the first one's size: a picture on the wall does not."""
_STEP_PX, _STEP = 1 / 16, 1 / 4096
"""Steps of px and of radians in which the next picture is cut. Without them a ten thousandth of a pixel, by which one
processor or library sees a mesh otherwise than the next, comes back larger from picture to picture: it ended in
excursions that differed by 0.03 mm, and by 0.37 in 5 of 100."""
_ROOM = 1.5
"""Size of the mesh's crop in sizes of the face, as the network was trained."""


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face that the detector found, with its ``centre`` and its ``size``, px of the picture."""

    centre: Vector
    size: float
    angle: float
    """Radians clockwise from upright."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One face in one picture of the moment ``t_ms``.

    ``points`` (468, 3) float32 px, z away from the camera; ``roll``, ``yaw`` and ``pitch`` are rough, degrees;
    ``eyes_px`` is the distance between the pupils, ``score`` how sure the tracker is that there is a face.
    """

    t_ms: int
    points: npt.NDArray[np.float32]
    score: float
    roll: float
    yaw: float
    pitch: float
    eyes_px: float
    centre: Vector
    """The middle between the eyes, px."""
    frame: Similarity
    """Picture px → face frame mm (``geometry.face_frame``)."""
    alone: bool
    """Whether no second face was seen lately."""
    extent: Extent
    """The box around ``points``, px."""


def extent_of(points: npt.NDArray[np.float32]) -> Extent:
    """The extent of points (n, 3) px."""
    x, y = np.ascontiguousarray(points[:, :2].T)
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def _cells() -> npt.NDArray[np.float32]:
    """(896, 2) the middles of the detector's cells, 0..1: a grid of 16 with 2 each, a grid of 8 with 6 each."""
    grids = []
    for size, each in ((16, 2), (8, 6)):
        steps = (np.arange(size, dtype=np.float32) + 0.5) / size
        y, x = np.meshgrid(steps, steps, indexing="ij")
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), each, axis=0))
    return np.concatenate(grids)


_CELLS = _cells()


_GREY = {3: cv2.COLOR_BGR2GRAY, 4: cv2.COLOR_BGRA2GRAY}


def cut(frame: Pixels, matrix: npt.NDArray[np.float64], size: int) -> Pixels:
    """The square of ``frame`` (h, w, 3 or 4) that ``matrix`` (2, 3), px → crop px, shows: (size, size, 3 or 4)."""
    # OpenCV turns four channels in less time than it takes to leave one of them out first.
    crop = cv2.warpAffine(frame, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)


def grey(crop: Pixels) -> Pixels:
    """A picture (h, w, 3 or 4) blue first as (h, w) grey."""
    return np.asarray(cv2.cvtColor(crop, _GREY[crop.shape[2]]), np.uint8)


class Tracker:
    """Follows one face from picture to picture; looks at the whole picture when it is lost, and now and then."""

    def __init__(self, nets: Nets) -> None:
        self._nets = nets
        self._roi: tuple[Vector, float, float] | None = None
        """The place of the face to be looked for in the next picture: middle, px, size, px, and lean, radians."""
        self._alone = True
        self._looked_ms: int | None = None

    def look(self, frame: Pixels, t_ms: int) -> Observation | None:
        """The face in ``frame`` (h, w, 3 or 4), or None."""
        wait = LOOK_AGAIN_MS if self._alone else _TWO_MS
        if self._roi is None or self._looked_ms is None or not 0 <= t_ms - self._looked_ms < wait:
            found = self.find(frame)
            self._looked_ms = t_ms
            self._alone = len(found) < 2
            if found and not any(self._is_followed(face) for face in found):
                self._roi = (found[0].centre, found[0].size * _ROOM, found[0].angle)
        return self._follow(frame, t_ms)

    def _is_followed(self, face: FoundFace) -> bool:
        return self._roi is not None and math.dist(self._roi[0], face.centre) < 0.6 * face.size

    def find(self, frame: Pixels) -> list[FoundFace]:
        """The faces that stand out, the surest first; at most two."""
        height, width = frame.shape[:2]
        scale = _DETECT_PX / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)[..., :3]
        left, top = (_DETECT_PX - size[0]) // 2, (_DETECT_PX - size[1]) // 2
        square = np.zeros((_DETECT_PX, _DETECT_PX, 3), np.uint8)
        square[top : top + size[1], left : left + size[0]] = small
        raw, logits = self._nets.detector.run(square, 1 / 127.5, 127.5)
        boxes = raw.reshape(-1, 16).astype(np.float64)
        scores = 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -80, 80)))
        found: list[FoundFace] = []
        while len(found) < 2 and scores.max() > (_SECOND if found else _DETECTED):
            best = int(scores.argmax())
            centres = boxes[:, :2] / _DETECT_PX + _CELLS
            near = np.abs(centres - centres[best]).max(1) < 0.5 * boxes[best, 2] / _DETECT_PX
            near[best] = True
            weight = np.where(near & (scores > _DETECTED), scores, 0)
            weight /= weight.sum()
            eyes = (boxes[:, 4:8].reshape(-1, 2, 2) / _DETECT_PX + _CELLS[:, None]).transpose(1, 2, 0) @ weight
            x, y = ((centres.T @ weight * _DETECT_PX - (left, top)) / scale).tolist()
            face = FoundFace(
                (x, y),
                float(boxes[:, 2:4].max(1) @ weight) / scale,
                math.atan2(eyes[1, 1] - eyes[0, 1], eyes[1, 0] - eyes[0, 0]),
            )
            scores[near] = 0
            if math.isfinite(face.size) and face.size > 0 and (not found or face.size > _SECOND_SIZE * found[0].size):
                found.append(face)
        return found

    def _follow(self, frame: Pixels, t_ms: int) -> Observation | None:
        if self._roi is None:
            return None
        (x, y), size, angle = self._roi
        self._roi = None
        c, s = math.cos(angle) * _MESH_PX / size, math.sin(angle) * _MESH_PX / size
        matrix = np.array([[c, s, _MESH_PX / 2 - (c * x + s * y)], [-s, c, _MESH_PX / 2 - (c * y - s * x)]])
        crop = cut(frame, matrix, _MESH_PX)
        raw, logit = self._nets.mesh.run(crop, 1 / 255, 0)
        score = 1 / (1 + math.exp(-min(80.0, max(-80.0, float(logit[0])))))
        mesh = raw.reshape(468, 3)
        if not np.isfinite(mesh).all() or not score >= _FOLLOWED:
            return None
        back = cv2.invertAffineTransform(matrix)
        points = np.empty((468, 3), np.float32)
        points[:, :2] = mesh[:, :2] @ back[:, :2].T + back[:, 2]
        points[:, 2] = mesh[:, 2] * size / _MESH_PX
        left, top, right, bottom = extent = extent_of(points)
        one, other = eye_centres(points).tolist()
        eyes_px = math.dist(one, other)
        between = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
        height, width = frame.shape[:2]
        middle = (left + right) / 2, (top + bottom) / 2
        if eyes_px < 4 or not (0 <= middle[0] < width and 0 <= middle[1] < height):
            return None
        lean = (points[EYE_LEFT[1], :2] - points[EYE_RIGHT[0], :2]).tolist()
        size, angle = max(right - left, bottom - top) * _ROOM, math.atan2(lean[1], lean[0])
        self._roi = (
            (stepped(middle[0], _STEP_PX), stepped(middle[1], _STEP_PX)),
            stepped(size, _STEP_PX),
            stepped(angle, _STEP),
        )
        rough = rough_angles(points)
        return Observation(
            t_ms,
            points,
            score,
            rough.roll,
            rough.yaw,
            rough.pitch,
            eyes_px,
            between,
            face_frame(points, rough.roll),
            self._alone,
            extent,
        )
