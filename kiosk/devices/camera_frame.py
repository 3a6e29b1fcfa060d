"""The values that every camera speaks: a frame, a picture being filled and fitted into it, a backend that fills it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

STALE_MS = 2_000
"""A picture older than this is taken off the screen: nothing hides a failed camera."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture, unmirrored. While anybody holds ``pixels`` (or a view of them) nobody overwrites them."""

    pixels: Pixels
    """uint8 (height, width, 4) in B, G, R, X order; read-only."""
    t_ms: int
    """The moment at which it was taken, boot milliseconds."""
    seq: int
    """Counts up by one for every picture of one opening; a gap is a picture that was superseded before it was seen."""


@dataclass(frozen=True, slots=True)
class FrameShot:
    """A backend's facts about the picture that it has just filled in."""

    t_ms: int
    stamp: int = 0
    """The sensor's own time stamp, or 0 where there is none."""


class CameraPlan(msgspec.Struct, frozen=True):
    """Orders for a camera child."""

    backends: tuple[str, ...]
    size: tuple[int, int]
    """Width, height."""
    fps: int
    video: str = ""
    device: str = ""
    """A V4L2 device such as ``/dev/video0``; empty: the first USB camera."""


class Backend(Protocol):
    """One way to get pictures. Lives in the camera child; every wait in it has an end."""

    is_sensor: bool
    """Whether pictures come from a sensor, whose noise makes each one different: a repeated one is then a fault."""

    def open(self) -> None:
        """Take the device. Raises CameraError with the cause and what to do."""
        ...

    def read(self, into: Pixels) -> FrameShot:
        """Wait for the next picture and write it into ``into``. Raises CameraError when there is none in time."""
        ...

    def close(self) -> None:
        """Give the device back."""
        ...


Pause = Callable[[int], None]
"""Waits this many milliseconds, or less when the kiosk wants the child to end."""


NAMES = ("picamera", "webcam", "recorded", "none")


class Letterbox:
    """Fits B, G, R pictures of one size into B, G, R, X frames of another; black bars where their shapes differ."""

    def __init__(self, given: tuple[int, int], wanted: tuple[int, int]) -> None:
        self._same = given == wanted
        scale = min(wanted[0] / given[0], wanted[1] / given[1])
        self._size = (max(1, round(given[0] * scale)), max(1, round(given[1] * scale)))
        left, top = (wanted[0] - self._size[0]) // 2, (wanted[1] - self._size[1]) // 2
        self._rows = slice(top, top + self._size[1])
        self._columns = slice(left, left + self._size[0])
        self._smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR

    def put(self, bgr: Pixels, into: Pixels) -> None:
        """Fill all of ``into``."""
        if self._same:
            cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA, dst=into)
            return
        into[:] = (0, 0, 0, 255)
        inside = cv2.resize(bgr, self._size, interpolation=self._smooth)
        into[self._rows, self._columns] = cv2.cvtColor(inside, cv2.COLOR_BGR2BGRA)
