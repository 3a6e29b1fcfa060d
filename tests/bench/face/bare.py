"""What would be read from landmarks alone? The mesh, pose removed, against its own mean at rest: the row to beat."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kiosk.face.geometry import (
    BROW_LEFT,
    BROW_RIGHT,
    CORNER_LEFT,
    CORNER_RIGHT,
    SKULL,
    Floats,
    face_frame,
    rough_angles,
    similarity,
)
from kiosk.face.model import Midline, Reading, Task, UnseenReason, Vector, Zone
from kiosk.face.nets import Nets
from kiosk.face.tracker import Tracker

_LIDS = ((386, 374), (159, 145))
"""The middle of the upper and the lower lid: left, right."""


class BareMesh:
    """A looker without gates: it always answers."""

    how = "bare mesh"

    def __init__(self, nets: Nets) -> None:
        self._tracker = Tracker(nets)
        self._rests: list[Floats] = []

    def look(self, frame: npt.NDArray[np.uint8], t_ms: int, task: Task) -> Reading:
        """As ``kiosk.face.looker.Looker.look``."""
        seen = self._tracker.look(frame, t_ms)
        if seen is None:
            return Reading(t_ms=t_ms, reason=UnseenReason.NO_FACE)
        points = seen.points.astype(np.float64)
        face = face_frame(points)(points)
        if t_ms < task.neutral_to_ms:
            self._rests.append(face)
        rest = np.mean(self._rests, 0)
        now = similarity(face[SKULL], rest[SKULL])(face)
        moved = now - rest
        zone = (BROW_LEFT, BROW_RIGHT) if task.zone is Zone.BROW else (CORNER_LEFT, CORNER_RIGHT)
        opening = [float(np.ptp(now[list(lid), 1]) / max(np.ptp(rest[list(lid), 1]), 1e-6)) for lid in _LIDS]
        angles = rough_angles(points)
        x, y = (float(v) for v in points[[168, 6], :2].mean(0))
        return Reading(
            t_ms=t_ms,
            present=True,
            score=seen.score,
            neutral=t_ms >= task.neutral_to_ms,
            roll_deg=angles.roll,
            yaw_deg=angles.yaw,
            pitch_deg=angles.pitch,
            eyes_px=seen.eyes_px,
            midline=Midline(x, y, angles.roll),
            left=_vector(moved[zone[0]]),
            right=_vector(moved[zone[1]]),
            aperture_left=opening[0],
            aperture_right=opening[1],
            ok=1.0,
        )


def _vector(moved: Floats) -> Vector:
    return float(moved[0]), float(moved[1])
