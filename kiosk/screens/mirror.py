"""The mirror: one pass from the camera's frame into the screen, and nothing kept afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pygame

from kiosk.errors import ScreenError
from kiosk.face.goodside import Reflection
from kiosk.face.reflect import Reflector

Frame = npt.NDArray[np.uint8]
"""(height, width, 4), bytes B, G, R, unused: what libcamera calls XRGB8888 and pygame a 32-bit surface."""

Pixels = npt.NDArray[np.uint32]
"""(height, width) of 0xXXRRGGBB: the same bytes, one number each."""

BGRX_MASKS = (0xFF0000, 0xFF00, 0xFF)


@dataclass(frozen=True, slots=True)
class Pasted:
    """An opaque picture and where its upper left corner lies."""

    x: int
    y: int
    pixels: Pixels

    @property
    def right(self) -> int:
        return self.x + int(self.pixels.shape[1])

    @property
    def bottom(self) -> int:
        return self.y + int(self.pixels.shape[0])


def pixels_of(surface: pygame.Surface) -> Pixels:
    """A copy of a 32-bit surface's pixels; the surface is not left locked."""
    width, height = surface.get_size()
    buffer = memoryview(surface.get_buffer())  # type: ignore[arg-type]
    return np.ndarray((height, width), np.uint32, buffer, strides=(surface.get_pitch(), 4)).copy()


@dataclass(frozen=True, slots=True)
class Overlay:
    """Plates on the picture, and the rectangles (x, y, width, height) of the picture that they leave to be drawn."""

    plates: tuple[Pasted, ...]
    bare: tuple[tuple[int, int, int, int], ...]


def overlay(plates: Sequence[Pasted], width: int, height: int) -> Overlay:
    """Plates for a screen of this size, cut at its edges.

    A plate across the whole top or bottom, and one in the lower right corner above that, are not drawn under: each
    pixel of the screen is then written about once.
    """
    cut = tuple(c for plate in plates if (c := _cut(plate, width, height)) is not None)
    top, bottom = 0, height
    for plate in cut:
        if plate.x == 0 and plate.right == width:
            if plate.y == 0:
                top = max(top, plate.bottom)
            elif plate.bottom == height:
                bottom = min(bottom, plate.y)
    corners = [p for p in cut if p.right == width and p.bottom == bottom and p.x > 0 and top < p.y < bottom]
    if not corners:
        return Overlay(cut, ((0, top, width, bottom - top),) if bottom > top else ())
    corner = corners[0]
    return Overlay(cut, ((0, top, width, corner.y - top), (0, corner.y, corner.x, bottom - corner.y)))


def _cut(plate: Pasted, width: int, height: int) -> Pasted | None:
    left, upper = max(0, -plate.x), max(0, -plate.y)
    pixels = plate.pixels[upper : max(0, height - plate.y), left : max(0, width - plate.x)]
    return Pasted(plate.x + left, plate.y + upper, pixels) if pixels.size else None


REFLECTOR = Reflector()
"""One for all screens: it holds nothing but memory to work in."""


def mirror(
    surface: pygame.Surface, frame: Frame, over: Overlay | None = None, reflection: Reflection | None = None
) -> None:
    """Draw ``frame`` left-right reversed over ``surface`` with ``over`` on it; frame and surface must be of one size.

    A ``reflection`` is drawn over its half of the face, under the plates; the rest of the picture is not touched twice.
    Plates are pasted here and not blitted: SDL's blit on a PC writes past the cache, which costs twice as much on
    pixels that have just been written. The view of the surface's pixels lives only inside this call: while one exists,
    pygame refuses to blit.
    """
    width, height = surface.get_size()
    if frame.shape != (height, width, 4) or frame.dtype != np.uint8:
        raise ScreenError(
            f"a frame of {frame.shape} {frame.dtype} came for a screen of {(height, width, 4)} uint8: "
            "set the camera to the screen's logical size in B,G,R,X"
        )
    if surface.get_bytesize() != 4 or surface.get_masks()[:3] != BGRX_MASKS:
        raise ScreenError(
            f"the screen's pixels are {surface.get_bitsize()} bit with masks {surface.get_masks()}, not 32 bit "
            "B,G,R,X: open it with a depth of 32"
        )
    # The row pitch may be wider than the picture; without the strides the picture would lean.
    buffer = memoryview(surface.get_buffer())  # type: ignore[arg-type]
    view: Frame = np.ndarray(frame.shape, np.uint8, buffer, strides=(surface.get_pitch(), 4, 1))
    for x, y, w, h in ((0, 0, width, height),) if over is None else over.bare:
        cv2.flip(frame[y : y + h, width - x - w : width - x], 1, dst=view[y : y + h, x : x + w])
    if reflection is not None:
        REFLECTOR.draw(frame, reflection, view)
    if over is not None:
        words: Pixels = np.ndarray((height, width), np.uint32, buffer, strides=(surface.get_pitch(), 4))
        for plate in over.plates:
            np.copyto(words[plate.y : plate.bottom, plate.x : plate.right], plate.pixels)
        del words
    del view, buffer
