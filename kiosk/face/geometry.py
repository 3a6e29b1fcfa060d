"""The pose of a head, the still face as seen from there, and the landmarks to expect where only the eyes are known.

Two frames are used. The *picture*: px, x right, y down, z away from the camera in the same unit (the mesh's own
convention). The *face frame*: mm, origin midway between the eyes, x towards the person's own left, y towards the chin,
z into the head; a face in it is upright, and 63 mm lie between its pupils. Angles are degrees with the signs of
``kiosk.face.model.Reading``.

The mean face that the mesh network knows, in the face frame (``kiosk.face.geometry``), rounded to millimetres and made
symmetrical. It stands in for a mesh where there is none: to say where skin is and how deep it lies, never what moved.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kiosk.face.model import PUPILS_MM

Floats = npt.NDArray[np.float64]

CORNER_RIGHT, CORNER_LEFT = 61, 291
BROW_RIGHT, BROW_LEFT = 105, 334
EYE_RIGHT, EYE_LEFT = (33, 133), (362, 263)
"""Corners of each eye, from the person's own right to left."""
SKULL = np.array([33, 133, 362, 263, 168, 6, 197, 195, 5, 127, 356, 162, 389, 234, 454])
"""Points that no exercise moves: corners of the eyes, ridge of the nose, temples, cheekbones."""
NOSE_RIDGE = np.array([33, 133, 362, 263, 168, 6, 197, 195, 5])
"""Those of them that lie nearly in one plane, for a similarity in the picture."""
PAIRS = np.array([(33, 263), (133, 362), (127, 356), (234, 454), (162, 389)])
"""Pairs of landmarks: the same place on the right and on the left."""
BRIDGE = [168, 6, 8, 9]
TOP, CHIN = 10, 152
_EYES = np.array([EYE_RIGHT, EYE_LEFT])
_LEANING = np.array([*PAIRS[:, 0], *PAIRS[:, 1], TOP, CHIN])
"""The points that the rough angles of a mesh are told from."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """``b = scale * rotation @ a + shift``, in any number of dimensions."""

    scale: float
    rotation: Floats
    shift: Floats

    def __call__(self, points: npt.ArrayLike) -> Floats:
        """Points (n, d) carried over."""
        return self.scale * np.asarray(points, np.float64) @ self.rotation.T + self.shift

    @property
    def matrix(self) -> Floats:
        """(d, d + 1), as OpenCV's warps take it."""
        return np.column_stack([self.scale * self.rotation, self.shift])

    def inverse(self) -> Similarity:
        """The way back."""
        back = self.rotation.T
        return Similarity(1 / self.scale, back, -back @ self.shift / self.scale)


def stepped(value: float, step: float) -> float:
    """The multiple of ``step`` that is nearest: what differs by much less is mostly the same then."""
    return round(value / step) * step


def median(values: Floats) -> Floats:
    """The median of (n,) or of each column of (n, …): as ``np.median``, which takes ten times as long for so few.

    That also loads ``numpy.ma``, another megabyte, to ask whether it was given one of its arrays.
    """
    ranked, half = values.copy(), len(values) // 2
    ranked.sort(0)
    return np.asarray(ranked[half] if len(values) % 2 else (ranked[half - 1] + ranked[half]) / 2)


def similarity(a: npt.ArrayLike, b: npt.ArrayLike) -> Similarity:
    """The similarity that carries points ``a`` (n, d) nearest to ``b`` (n, d) in the least squares sense.

    S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns", IEEE TPAMI 13(4),
    1991. In the plane it needs no decomposition: the turn is the angle of one complex number.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    mean_a, mean_b = a.sum(0) / len(a), b.sum(0) / len(b)
    centred = a - mean_a
    spread, cross = max(float(np.vdot(centred, centred)), 1e-12 * len(a)), (b - mean_b).T @ centred
    if a.shape[1] == 2:
        (xx, xy), (yx, yy) = cross.tolist()
        along, across = xx + yy, yx - xy
        total = math.hypot(along, across)
        c, s = (along / total, across / total) if total > 0 else (1.0, 0.0)
        rotation = np.array([[c, -s], [s, c]])
    else:
        u, d, vt = np.linalg.svd(cross)
        rotation, total = u @ vt, float(d.sum())
        if np.linalg.det(rotation) < 0:
            u[:, -1] *= -1
            rotation, total = u @ vt, total - 2 * float(d[-1])
    scale = max(total / spread, 1e-9)
    return Similarity(scale, rotation, mean_b - scale * rotation @ mean_a)


def turned(vector: npt.ArrayLike) -> Floats:
    """The rotation (3, 3) about ``vector`` by its length in radians (Rodrigues' formula)."""
    x, y, z = (float(part) for part in np.asarray(vector))
    angle = math.sqrt(x * x + y * y + z * z)
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = x / angle, y / angle, z / angle
    c, s = math.cos(angle), math.sin(angle)
    rest = 1 - c
    return np.array(
        [
            [c + rest * x * x, rest * x * y - s * z, rest * x * z + s * y],
            [rest * x * y + s * z, c + rest * y * y, rest * y * z - s * x],
            [rest * x * z - s * y, rest * y * z + s * x, c + rest * z * z],
        ]
    )


@dataclass(frozen=True, slots=True)
class Angles:
    """The turn of a head, degrees: ``roll`` (it leans), ``yaw`` (it turns) and ``pitch`` (it nods)."""

    roll: float
    yaw: float
    pitch: float


def angles(rotation: Floats) -> Angles:
    """Return the turn that a rotation (3, 3) of a face means."""
    ahead = -rotation[:, 2]
    return Angles(
        math.degrees(math.atan2(rotation[1, 0], rotation[0, 0])),
        math.degrees(math.atan2(ahead[0], -ahead[2])),
        math.degrees(math.asin(min(1.0, max(-1.0, float(ahead[1]))))),
    )


def rough_angles(points: npt.ArrayLike) -> Angles:
    """Return the turn of a mesh (468, 3) of which nothing is known, from its own symmetry, within some degrees."""
    asked = np.asarray(np.asarray(points)[_LEANING], np.float64)
    count = len(PAIRS)
    across = ((asked[count : 2 * count] - asked[:count]).sum(0) / count).tolist()
    down = (asked[-1] - asked[-2]).tolist()
    roll = math.atan2(across[1], across[0])
    drop = down[1] * math.cos(roll) - down[0] * math.sin(roll)
    return Angles(
        math.degrees(roll),
        math.degrees(math.atan2(across[2], math.hypot(across[0], across[1]))),
        math.degrees(math.atan2(down[2], drop)),
    )


def eye_centres(points: npt.ArrayLike) -> Floats:
    """(2, 2) px: the middle between the corners of each eye, right then left: where a pupil that looks ahead is."""
    return np.asarray(np.asarray(points)[_EYES, :2].sum(1, dtype=np.float64) / 2)


def face_frame(points: npt.ArrayLike, roll_deg: float | None = None) -> Similarity:
    """Picture (468, 3) px → face frame mm: scaled by the pupils, upright by pairs that no mouth moves.

    ``roll_deg``: what ``rough_angles`` says of these points, where it was asked already.
    """
    mesh = np.asarray(points, np.float64)
    eyes = eye_centres(mesh)
    roll = math.radians(rough_angles(mesh).roll if roll_deg is None else roll_deg)
    c, s = math.cos(roll), math.sin(roll)
    rotation = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1.0]])
    scale = PUPILS_MM / max(math.dist(*eyes), 1e-6)
    middle = np.array([*(eyes[0] + eyes[1]) / 2, mesh[_EYES, 2].sum() / 4])
    return Similarity(scale, rotation, -scale * rotation @ middle)


def depth_at(rest: Floats, xy: Floats) -> Floats:
    """(n,) mm: how deep a face ``rest`` (468, 3) mm lies at ``xy`` (n, 2) mm, from its nearest points."""
    distance = ((xy[:, None] - rest[None, :, :2]) ** 2).sum(2)
    near = np.argsort(distance, 1)[:, :5]
    weight = 1 / (np.take_along_axis(distance, near, 1) + 1.0)
    return np.asarray((rest[near, 2] * weight).sum(1) / weight.sum(1))


@dataclass(frozen=True, slots=True)
class Rigid:
    """The way from a still face (mm) to where it is seen (mm): ``seen = (scale * rotation @ rest)[:2] + shift``."""

    scale: float
    rotation: Floats
    shift: Floats
    residual_mm: Floats
    """(n,) what remains at each point that it was fitted to."""

    def __call__(self, rest: npt.ArrayLike) -> Floats:
        """Rest (n, 3) → (n, 2) where it would be seen if nothing but the head had moved."""
        return self.scale * (np.asarray(rest, np.float64) @ self.rotation.T)[:, :2] + self.shift

    def undo(self, vector: Floats) -> Floats:
        """A movement (2,) as seen → as it is in the face frame: the head's lean and nearness taken out."""
        angle = math.atan2(self.rotation[1, 0], self.rotation[0, 0])
        c, s = math.cos(angle), math.sin(angle)
        return np.array([[c, s], [-s, c]]) @ vector / self.scale


_RIDGE = 1e-6 * np.eye(6)
"""A share that keeps the equations of a head's turn solvable where points say nothing about a part of it."""


def fit_rigid(rest: Floats, seen: Floats, prior: Floats, prior_deg: float = 1.5, noise_mm: float = 0.2) -> Rigid:
    """The turn of the head that best explains where skin that no exercise moves is seen.

    Scaled orthographic projection, Gauss-Newton on (scale, rotation, shift), Cauchy weights: some of the skin may have
    moved after all. ``rest`` (n, 3) mm, ``seen`` (n, 2) mm, both in the face frame and nearly aligned; ``prior`` (2,)
    degrees of pitch and yaw from the mesh, believed to ``prior_deg``: it settles what few points leave open.
    """
    pitch, yaw = np.radians(prior)
    start = np.array([pitch, -yaw, 0.0])
    rotation, scale = turned(start), 1.0
    # Coordinates in rows: what is reckoned with each of them then lies side by side in memory.
    rest, seen, count = np.ascontiguousarray(rest.T), np.ascontiguousarray(seen.T), len(rest)
    shift = median((seen - rotation[:2] @ rest).T)
    stiff = (noise_mm / math.radians(prior_deg)) ** 2
    total = start.copy()
    size = np.zeros(count)
    jacobian = np.zeros((6, 2, count))
    jacobian[4, 0] = jacobian[5, 1] = 1
    for _ in range(3):
        p = (scale * rotation) @ rest
        residual = seen - p[:2] - shift[:, None]
        size = np.hypot(residual[0], residual[1])
        spread = max(1.48 * float(median(size)), 0.5 * noise_mm)
        weights = 1 / (1 + (size / (2 * spread)) ** 2)
        jacobian[0], jacobian[1, 1], jacobian[2, 0] = p[:2], -p[2], p[2]
        jacobian[3, 0], jacobian[3, 1] = -p[1], p[0]
        weighted = (jacobian * weights).reshape(6, -1)
        normal, right = weighted @ jacobian.reshape(6, -1).T + _RIDGE, weighted @ residual.ravel()
        for axis in (1, 2):
            normal[axis, axis] += stiff
            right[axis] += stiff * (start[axis - 1] - total[axis - 1])
        step = np.asarray(np.linalg.solve(normal, right), np.float64)
        scale *= 1 + float(step[0])
        rotation = turned(step[1:4]) @ rotation
        total += step[1:4]
        shift = shift + step[4:6]
    return Rigid(scale, rotation, shift, size)


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
