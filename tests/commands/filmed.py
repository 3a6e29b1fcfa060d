"""Short recordings of drawn people, for the tests of ``kiosk measure``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.drawn.person import DrawnFace
from kiosk.drawn.pose import Pose

FPS = 15


def written(path: Path, frames: Iterable[npt.NDArray[np.uint8]], fps: float = FPS, codec: str = "MJPG") -> Path:
    """A video of frames (h, w, 3) B, G, R."""
    writer: cv2.VideoWriter | None = None
    for frame in frames:
        if writer is None:
            height, width = frame.shape[:2]
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), fps, (width, height))
        writer.write(np.ascontiguousarray(frame))
    assert writer is not None
    writer.release()
    return path


def rest(seconds: float, fps: float = FPS) -> list[Pose]:
    """Nothing moves."""
    return [Pose()] * round(seconds * fps)


def movement(top: Pose, seconds: float = 0.8, hold: float = 0.5, fps: float = FPS) -> list[Pose]:
    """From rest to ``top`` at an even speed, held, and back."""
    steps = max(1, round(seconds * fps))
    way = [_share(top, k / steps) for k in range(steps + 1)]
    return [*way, *[top] * round(hold * fps), *way[::-1]]


def _share(top: Pose, share: float) -> Pose:
    moved = ("corner_right_mm", "corner_left_mm", "brow_right_mm", "brow_left_mm", "lid_right", "lid_left")
    return replace(top, **{name: share * getattr(top, name) for name in moved})


def filmed(face: DrawnFace, poses: Sequence[Pose]) -> Iterable[npt.NDArray[np.uint8]]:
    """The pictures of these poses; what repeats is drawn once."""
    last: tuple[Pose, npt.NDArray[np.uint8]] | None = None
    for pose in poses:
        if last is None or last[0] != pose:
            last = (pose, face.draw(pose).pixels[..., :3])
        yield last[1]
