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

MirrorPixels = npt.NDArray[np.uint8]
"""(height, width, 4), bytes B, G, R, unused: what libcamera calls XRGB8888 and pygame a 32-bit surface."""

MirrorSurface = npt.NDArray[np.uint32]
"""(height, width) of 0xXXRRGGBB: the same bytes, one number each."""

BGRX_MASKS = (0xFF0000, 0xFF00, 0xFF)


@dataclass(frozen=True, slots=True)
class Pasted:
    """An opaque picture (``pixels``) and the place of its upper left corner (``x``, ``y``)."""

    x: int
    y: int
    pixels: MirrorSurface

    @property
    def right(self) -> int:
        return self.x + int(self.pixels.shape[1])

    @property
    def bottom(self) -> int:
        return self.y + int(self.pixels.shape[0])


def pixels_in(surface: pygame.Surface) -> MirrorSurface:
    """A 32-bit surface's own pixels; it stays locked, and refuses to blit, for as long as they are held."""
    width, height = surface.get_size()
    buffer = memoryview(surface.get_buffer())  # type: ignore[arg-type]
    return np.ndarray((height, width), np.uint32, buffer, strides=(surface.get_pitch(), 4))


def pixels_of(surface: pygame.Surface) -> MirrorSurface:
    """A copy of a 32-bit surface's pixels; the surface is not left locked."""
    return pixels_in(surface).copy()


@dataclass(frozen=True, slots=True)
class Overlay:
    """Plates on the picture; between ``top`` and ``bottom`` (y) the ``wide`` ones leave the picture to be drawn."""

    wide: tuple[Pasted, ...]
    """Across the whole top or bottom: the picture never comes there."""
    plates: tuple[Pasted, ...]
    """All others."""
    top: int
    bottom: int


def overlay(plates: Sequence[Pasted], width: int, height: int) -> Overlay:
    """Plates for a screen of this size, cut at its edges.

    Under a plate across the whole top or bottom nothing is drawn. Under smaller ones the picture is: parts of rows take
    longer than whole rows do, because the processor no longer foresees what is read next.
    """
    cut = tuple(c for plate in plates if (c := _cut(plate, width, height)) is not None)
    across = [plate for plate in cut if plate.x == 0 and plate.right == width]
    wide = tuple(plate for plate in across if plate.y == 0 or plate.bottom == height)
    top = max((plate.bottom for plate in wide if plate.y == 0), default=0)
    bottom = min((plate.y for plate in wide if plate.y > 0), default=height)
    small = tuple(plate for plate in cut if all(plate is not other for other in wide))
    return Overlay(wide, small, top, max(top, bottom))


def _cut(plate: Pasted, width: int, height: int) -> Pasted | None:
    left, upper = max(0, -plate.x), max(0, -plate.y)
    pixels = plate.pixels[upper : max(0, height - plate.y), left : max(0, width - plate.x)]
    return Pasted(plate.x + left, plate.y + upper, pixels) if pixels.size else None


def _paste(pixels: MirrorSurface, plate: Pasted) -> None:
    np.copyto(pixels[plate.y : plate.bottom, plate.x : plate.right], plate.pixels)


REFLECTOR = Reflector()
"""One for all screens: it holds nothing but memory to work in."""


def mirror(
    surface: pygame.Surface,
    frame: MirrorPixels,
    over: Overlay | None = None,
    reflection: Reflection | None = None,
    dial: tuple[pygame.Surface, int, int] | None = None,
    *,
    again: bool = False,
) -> None:
    """Draw ``frame`` left-right reversed over ``surface`` with ``over`` on it; frame and surface must be of one size.

    A ``reflection`` is drawn over its half of the face, under the plates; the rest of the picture is not touched twice.
    The ``dial``, what moves on one of the plates and where its upper left corner lies, comes last.
    ``again``: the wide plates of ``over`` lie on the surface already, and are left alone unless there is a reflection,
    which knows no plates.
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
    view: MirrorPixels = np.ndarray(frame.shape, np.uint8, buffer, strides=(surface.get_pitch(), 4, 1))
    top, bottom = (0, height) if over is None else (over.top, over.bottom)
    if top < bottom:
        cv2.flip(frame[top:bottom], 1, dst=view[top:bottom])
    if reflection is not None:
        REFLECTOR.draw(frame, reflection, view)
    if over is not None:
        words = pixels_in(surface)
        for plate in over.plates if again and reflection is None else (*over.wide, *over.plates):
            _paste(words, plate)
        if dial is not None:
            _paste(words, Pasted(dial[1], dial[2], pixels_in(dial[0])))
        del words
    del view, buffer
