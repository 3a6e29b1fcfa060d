"""The mirror: one pass from the camera's frame into its place on the screen, and nothing kept afterwards."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import pygame
from msgspec import structs

from kiosk.errors import ScreenError
from kiosk.face.goodside import Reflection
from kiosk.face.model import Midline
from kiosk.face.reflect import Reflector
from kiosk.screens.fit import Box

MirrorPixels = npt.NDArray[np.uint8]
"""(height, width, 4), bytes B, G, R, unused: what libcamera calls XRGB8888 and pygame a 32-bit surface."""

MirrorSurface = npt.NDArray[np.uint32]
"""(height, width) of 0xXXRRGGBB: the same bytes, one number each."""

BGRX_MASKS = (0xFF0000, 0xFF00, 0xFF)
LEAST = 320, 240
"""Width and height of the smallest frame that is shown: less is no face but a pattern."""


def pixels_in(surface: pygame.Surface) -> MirrorSurface:
    """A 32-bit surface's own pixels; it stays locked, and refuses to blit, for as long as they are held."""
    width, height = surface.get_size()
    buffer = memoryview(surface.get_buffer())  # type: ignore[arg-type]
    return np.ndarray((height, width), np.uint32, buffer, strides=(surface.get_pitch(), 4))


class Cut(NamedTuple):
    """The part of a frame that is shown, in its own pixels: its upper left corner and its size."""

    x: int
    y: int
    w: int
    h: int


def cut_of(frame: tuple[int, int], place: Box, scale: float, centre: tuple[float, float] | None) -> Cut:
    """Return the part of a frame (width, height) that is shown in ``place``; ``centre`` of it as near as the edges let.

    ``scale``: pixels of the screen for one of the frame, if the frame is large enough for it; None: its middle.
    """
    scale = max(scale, place.w / frame[0], place.h / frame[1])
    w, h = min(frame[0], round(place.w / scale)), min(frame[1], round(place.h / scale))
    x, y = centre or (frame[0] / 2, frame[1] / 2)
    return Cut(_inside(x - w / 2, frame[0] - w), _inside(y - h / 2, frame[1] - h), w, h)


def _inside(start: float, most: int) -> int:
    return min(most, max(0, round(start)))


class MirrorPainter:
    """Draws mirrored pictures. It keeps memory to work in and nothing of a picture that anyone could look at again."""

    def __init__(self) -> None:
        self._reflector = Reflector()
        self._work = np.empty(0, np.uint8)

    def draw(
        self,
        surface: pygame.Surface,
        frame: MirrorPixels,
        place: Box,
        *,
        scale: float = 1.0,
        centre: tuple[float, float] | None = None,
        reflection: Reflection | None = None,
    ) -> None:
        """Draw ``frame`` left-right reversed into ``place`` of ``surface``: the part around ``centre``.

        ``scale``: pixels of the screen for one of the frame. ``centre`` (x, y) and ``reflection``, drawn over its half
        of the face, count in pixels of the frame. At a scale of 1 each pixel is written once. The view of the surface's
        pixels lives only inside this call: while one exists, pygame refuses to blit.
        Raises ScreenError for a frame or a screen of another format.
        """
        small = frame.ndim != 3 or frame.shape[1] < LEAST[0] or frame.shape[0] < LEAST[1]
        if small or frame.shape[2] != 4 or frame.dtype != np.uint8:
            raise ScreenError(
                f"a frame of {frame.shape} {frame.dtype} came for the mirror: set the camera to B,G,R,X of at least "
                f"{LEAST[0]}x{LEAST[1]}"
            )
        if surface.get_bytesize() != 4 or surface.get_masks()[:3] != BGRX_MASKS:
            raise ScreenError(
                f"the screen's pixels are {surface.get_bitsize()} bit with masks {surface.get_masks()}, not 32 bit "
                "B,G,R,X: open it with a depth of 32"
            )
        height, width = frame.shape[:2]
        cut = cut_of((width, height), place, scale, centre)
        seen = frame[cut.y : cut.y + cut.h, cut.x : cut.x + cut.w]
        buffer = memoryview(surface.get_buffer())  # type: ignore[arg-type]
        # The row pitch may be wider than the picture; without the strides the picture would lean.
        whole: MirrorPixels = np.ndarray(
            (surface.get_height(), surface.get_width(), 4), np.uint8, buffer, strides=(surface.get_pitch(), 4, 1)
        )
        view = whole[place.y : place.bottom, place.x : place.right]
        exact = view.shape == seen.shape
        into = view if exact else self._room(seen.shape)
        cv2.flip(seen, 1, dst=into)
        if reflection is not None:
            line = reflection.midline
            moved = Midline(line.x - cut.x, line.y - cut.y, line.roll_deg)
            self._reflector.draw(seen, structs.replace(reflection, midline=moved), into)
        if not exact:
            _enlarge(into, view)
        del view, whole, into, buffer

    def _room(self, shape: tuple[int, ...]) -> MirrorPixels:
        size = math.prod(shape)
        if self._work.size < size:
            self._work = np.empty(size, np.uint8)
        return self._work[:size].reshape(shape)


def _enlarge(picture: MirrorPixels, into: MirrorPixels) -> None:
    """Fill ``into`` with ``picture``, between whose pixels it is interpolated; smaller works too."""
    # On an x86 this lets OpenCV ask Intel's IPP, which takes half as long and rounds some values a level otherwise.
    before = cv2.ipp.useIPP_NotExact()
    cv2.ipp.setUseIPP_NotExact(True)
    try:
        cv2.resize(picture, (into.shape[1], into.shape[0]), dst=into, interpolation=cv2.INTER_LINEAR)
    finally:
        cv2.ipp.setUseIPP_NotExact(before)
