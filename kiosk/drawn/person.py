"""A drawn person whose face moves by numbers: a picture together with the truth about it.

It shows nobody real, gives exact ground truth for corners, brows and lids, and serves the recorded demo face and
every bench that asks how well a measure sees. Pictures are uint8 (height, width, 4) in B, G, R, X order and
**unmirrored**: the person's own right lies on the left of the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.drawn import portrait
from kiosk.drawn.anatomy import BROW_Y, EYE_X, MOUTH_X, MOUTH_Y, lids, moved
from kiosk.drawn.eyes import paint_eye
from kiosk.drawn.look import Anatomy, Appearance
from kiosk.drawn.paint import Array
from kiosk.drawn.portrait import TEXTURE_SCALE
from kiosk.drawn.pose import Pose
from kiosk.drawn.worn import grow_beard, worn
from kiosk.face.model import PUPILS_MM

Floats = npt.NDArray[np.float64]


def _spot(x: Floats, y: Floats, at: tuple[float, float], spread: tuple[float, float]) -> Floats:
    return np.asarray(np.exp(-0.5 * (((x - at[0]) / spread[0]) ** 2 + ((y - at[1]) / spread[1]) ** 2)))


def departed(p: Floats, anatomy: Anatomy) -> Floats:
    """Return the way, mm, from places ``p`` (…, 2) of the painted head to this person's: smooth, never folded."""
    x, y = p[..., 0], p[..., 1]
    jaw = anatomy.jaw * 0.5 * (1 + np.tanh((y - 60) / 28))
    dx = x * (anatomy.width + jaw)
    dy = y * anatomy.length
    dy = dy + anatomy.lips * (y - MOUTH_Y) * _spot(x, y, (0, MOUTH_Y), (20, 9))
    dy = dy + anatomy.mouth_low_mm * _spot(x, y, (0, MOUTH_Y), (34, 16))
    for side in (-1, 1):
        dx = dx + side * anatomy.eyes_mm * _spot(x, y, (side * EYE_X, 0), (20, 18))
        corner = _spot(x, y, (side * MOUTH_X, MOUTH_Y), (14, 12))
        dx = dx + side * anatomy.mouth_mm * corner
        dy = dy + 0.5 * side * anatomy.droop_mm * corner
        brow = _spot(x, y, (side * 33.0, BROW_Y - 2), (20, 9))
        dy = dy + (anatomy.brows_low_mm + 0.5 * side * anatomy.brow_droop_mm) * brow
    return np.stack([dx, dy], -1)


Pixels = npt.NDArray[np.uint8]

_MOVING = ("corner_right", "corner_left", "brow_right", "brow_left")
_STILL = {"corner_right_mm": 0.0, "corner_left_mm": 0.0, "brow_right_mm": 0.0, "brow_left_mm": 0.0, "nose_mm": 0.0}
_EYES_Z = 62.0
"""Distance of the eyes from the middle of the head, towards the camera, mm."""
_CELL = 8
_PIVOT_Y = 70.0

_USUAL = Anatomy()


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """A picture (``px_per_mm`` large) and what is true of it."""

    pixels: Pixels
    """uint8 (height, width, 4): B, G, R, 255."""
    landmarks: dict[str, tuple[float, float]]
    """Name → (x, y) in pixels of this picture; names end in ``_right`` or ``_left``, the person's own."""
    aperture_mm: tuple[float, float]
    """Distance between the lids at the pupil: right, left."""
    px_per_mm: float
    moved_mm: dict[str, tuple[float, float]]
    """Way of corners and brows from rest: x towards the person's own left, y towards the chin, in
    millimetres of a face with 63 mm between its pupils, as measures are."""


def _landmarks() -> dict[str, tuple[float, float]]:
    points = {
        "nose_tip": (0.0, 37.0),
        "nose_bridge": (0.0, -4.0),
        "lip_upper": (0.0, 63.4),
        "lip_lower": (0.0, 80.0),
        "chin": (0.0, 117.0),
        "forehead": (0.0, -50.0),
    }
    for name, side in (("right", -1), ("left", 1)):
        points |= {
            f"corner_{name}": (side * MOUTH_X, MOUTH_Y),
            f"brow_{name}": (side * 33.0, -25.6),
            f"brow_inner_{name}": (side * 15.0, -18.5),
            f"eye_inner_{name}": (side * 16.5, 2.4),
            f"eye_outer_{name}": (side * 46.5, 0.2),
            f"pupil_{name}": (side * EYE_X, 0.0),
            f"nostril_{name}": (side * 13.0, 41.0),
        }
    return points


LANDMARKS = _landmarks()
"""Place of each landmark at rest, in head millimetres. Pupils are where they look straight ahead."""


class DrawnFace:
    """A drawn person in a room. Painting takes about two seconds once, each picture some hundredths.

    ``size`` is (width, height) px. ``distance_mm`` is how far the camera is from the eyes, endless unless told: what
    is nearer looks larger. ``texture`` is how finely the head is painted, px/mm: 2 is quick and enough up to 480 lines.
    """

    def __init__(
        self,
        look: Appearance | None = None,
        size: tuple[int, int] = (1280, 720),
        distance_mm: float = math.inf,
        texture: int = TEXTURE_SCALE,
    ) -> None:
        self.look, self.size = look or Appearance(), size
        self._distance, self._texture = distance_mm, texture
        self.scale = 2.25 * size[1] / 720
        """Pixels per millimetre at ``zoom`` 1."""
        self._centre = (size[0] / 2, size[1] * 0.425)
        sheet = portrait.head(self.look, 2 * texture)
        grow_beard(sheet, self.look)
        self._head, self._head_alpha = sheet.shrunk(2)
        self._eyed: tuple[tuple[float, ...], Array] | None = None
        self._placed: tuple[tuple[float, ...], Array] | None = None
        front = worn(self.look, 2 * texture)
        self._worn = front.shrunk(2) if front else None
        self._body_scale = portrait.BODY_SCALE if texture >= TEXTURE_SCALE else 1
        body, self._body_alpha = portrait.body(self.look, 2 * self._body_scale).shrunk(2)
        self._body = body
        self._room = portrait.room(*size)
        pupils = np.array([(-EYE_X, 0.0), (EYE_X, 0.0)])
        self.pupils_mm = float(np.diff((pupils + departed(pupils, self.look.anatomy))[:, 0])[0])
        """Distance between this person's pupils."""

    def draw(self, pose: Pose) -> DrawnPicture:
        """The picture and the truth at this moment."""
        picture = self._behind(pose).copy()
        self._lay_head(picture, pose, (self._with_eyes(pose), self._head_alpha))
        if self._worn:
            self._lay_head(picture, replace(pose, **_STILL), self._worn)
        width, height = self.size
        out = np.full((height, width, 4), 255, np.uint8)
        out[..., :3] = np.round(picture[..., ::-1].clip(0, 1) * 255)
        names = list(LANDMARKS)
        where = self._forward(np.array([LANDMARKS[n] for n in names], np.float64), pose)
        truth = {n: (float(x), float(y)) for n, (x, y) in zip(names, where, strict=True)}
        apertures = []
        for name, side, closure in (("right", -1, pose.lid_right), ("left", 1, pose.lid_left)):
            upper, lower = (float(y) for y in lids(0.0, closure))
            apertures.append(lower - upper)
            for lid, y in (("upper", upper), ("lower", lower)):
                ((x, y_px),) = self._forward(np.array([(side * EYE_X, y)], np.float64), pose)
                truth[f"lid_{lid}_{name}"] = (float(x), float(y_px))
        unit = PUPILS_MM / self.pupils_mm
        places = np.array([LANDMARKS[n] for n in _MOVING], np.float64)
        moves = {n: (float(x * unit), float(y * unit)) for n, (x, y) in zip(_MOVING, moved(places, pose), strict=True)}
        return DrawnPicture(out, truth, (apertures[0], apertures[1]), self.scale * pose.zoom, moves)

    # -- where things are

    def _depth(self, p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the distance of the skin from the middle of the head, mm: an adult's relief."""
        # Beyond the head there is nothing to see, and nothing that may fold back over it.
        x, y = np.clip(p[..., 0], -115, 115), np.clip(p[..., 1], -135, 185)
        # Flat in front, steep towards the ears; what lies behind them is not seen.
        head = 80 - 0.002 * x**2 - (2.1e-6 + 1.3e-8 * (y - 18)) * x**4 - 0.0012 * (y - 18) ** 2
        tip = 28 * self.look.anatomy.nose * np.exp(-0.5 * ((x / 9) ** 2 + ((y - 35) / 12) ** 2))
        ridge = 4 * np.exp(-0.5 * ((x / 8) ** 2 + ((y - 12) / 13) ** 2))
        lips = 9 * np.exp(-0.5 * ((x / 14) ** 2 + ((y - 72) / 12) ** 2))
        sockets = 14 * np.exp(-0.5 * (((np.abs(x) - EYE_X) / 12) ** 2 + (y / 8) ** 2))
        return np.asarray(self.look.relief * (np.maximum(head, 5) + tip + ridge + lips - sockets))

    def _forward(self, p: npt.NDArray[np.float64], pose: Pose) -> npt.NDArray[np.float64]:
        """Head millimetres at rest → pixels."""
        q = p + moved(p, pose)
        if self.look.anatomy != _USUAL:
            q += departed(p, self.look.anatomy)
        z = self._depth(p)
        yaw, pitch, roll = math.radians(pose.yaw_deg), math.radians(pose.pitch_deg), math.radians(pose.roll_deg)
        x = q[..., 0] * math.cos(yaw) + z * math.sin(yaw)
        y = (q[..., 1] - _PIVOT_Y) * math.cos(pitch) + z * math.sin(pitch)
        scale: float | npt.NDArray[np.float64] = self.scale * pose.zoom
        if math.isfinite(self._distance):
            ahead = (
                z * math.cos(yaw) * math.cos(pitch)
                - q[..., 0] * math.sin(yaw)
                - (q[..., 1] - _PIVOT_Y) * math.sin(pitch)
            )
            scale = scale / (1 - (ahead - _EYES_Z) / self._distance)
        return np.stack(
            [
                self._centre[0] + scale * (x * math.cos(roll) - y * math.sin(roll) + pose.shift_x_mm),
                self._centre[1] + scale * (x * math.sin(roll) + y * math.cos(roll) + _PIVOT_Y + pose.shift_y_mm),
            ],
            -1,
        )

    def _backward(self, px: npt.NDArray[np.float64], pose: Pose) -> npt.NDArray[np.float64]:
        """Pixels → head millimetres at rest: the inverse of ``_forward``, by fixed-point steps."""
        roll = math.radians(pose.roll_deg)
        scale = self.scale * pose.zoom
        dx = (px[..., 0] - self._centre[0]) / scale - pose.shift_x_mm
        dy = (px[..., 1] - self._centre[1]) / scale - _PIVOT_Y - pose.shift_y_mm
        p = np.stack(
            [dx * math.cos(roll) + dy * math.sin(roll), -dx * math.sin(roll) + dy * math.cos(roll) + _PIVOT_Y], -1
        )
        upright = np.array([[math.cos(roll), math.sin(roll)], [-math.sin(roll), math.cos(roll)]]).T
        for _ in range(12):
            p -= (self._forward(p, pose) - px) / scale @ upright
        return p

    # -- layers

    def _with_eyes(self, pose: Pose) -> Array:
        eyes = (pose.lid_right, pose.lid_left, pose.gaze_x_mm, pose.gaze_y_mm)
        if self._eyed is None or self._eyed[0] != eyes:
            rgb = self._head.copy()
            for side, closure in ((-1, pose.lid_right), (1, pose.lid_left)):
                paint_eye(rgb, self.look, side, closure, (pose.gaze_x_mm, pose.gaze_y_mm), self._texture)
            self._eyed = (eyes, rgb)
        return self._eyed[1]

    def _lay_head(self, picture: Array, pose: Pose, layer: tuple[Array, Array]) -> None:
        width, height = self.size
        columns, rows = -(-width // _CELL), -(-height // _CELL)
        grid = np.stack(
            np.meshgrid((np.arange(columns) + 0.5) * _CELL - 0.5, (np.arange(rows) + 0.5) * _CELL - 0.5), -1
        )
        p = self._backward(grid, pose)
        ox, oy = portrait.HEAD_ORIGIN_MM
        texture = ((p + np.array((ox, oy))) * self._texture - 0.5).astype(np.float32)
        where = cv2.resize(texture, (columns * _CELL, rows * _CELL), interpolation=cv2.INTER_LINEAR)[:height, :width]
        self._over(picture, layer, where)

    def _behind(self, pose: Pose) -> Array:
        """Room and body; they change with the place of the head only, so the last ones are kept."""
        place = (pose.zoom, pose.shift_x_mm, pose.shift_y_mm)
        if self._placed is None or self._placed[0] != place:
            picture = self._room.copy()
            self._lay_body(picture, pose)
            self._placed = (place, picture)
        return self._placed[1]

    def _lay_body(self, picture: Array, pose: Pose) -> None:
        """The body follows the head a little and stays upright."""
        width, height = self.size
        scale = self.scale * (1 + 0.6 * (pose.zoom - 1))
        ox, oy = portrait.BODY_ORIGIN_MM
        x = ((np.arange(width) - self._centre[0]) / scale - 0.4 * pose.shift_x_mm + ox) * self._body_scale - 0.5
        y = ((np.arange(height) - self._centre[1]) / scale - 0.3 * pose.shift_y_mm + oy) * self._body_scale - 0.5
        where = np.stack(np.meshgrid(x, y), -1).astype(np.float32)
        self._over(picture, (self._body, self._body_alpha), where)

    @staticmethod
    def _over(picture: Array, layer: tuple[Array, Array], where: npt.NDArray[np.float32]) -> None:
        rgb, alpha = layer
        x, y = np.ascontiguousarray(where[..., 0]), np.ascontiguousarray(where[..., 1])
        colour = cv2.remap(rgb, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
        cover = cv2.remap(alpha, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
        picture *= 1 - cover[..., None]
        picture += colour
