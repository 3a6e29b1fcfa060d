"""The mirror: one pass from the camera's frame into the screen, and nothing kept afterwards."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pygame

from kiosk.errors import ScreenError

Frame = npt.NDArray[np.uint8]
"""(height, width, 4), bytes B, G, R, unused: what libcamera calls XRGB8888 and pygame a 32-bit surface."""

BGRX_MASKS = (0xFF0000, 0xFF00, 0xFF)


def mirror(surface: pygame.Surface, frame: Frame) -> None:
    """Draw ``frame`` left-right reversed over the whole of ``surface``; both must be of one size.

    The view of the surface's pixels lives only inside this call: while one exists, pygame refuses to blit.
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
    pixels = memoryview(surface.get_buffer())  # type: ignore[arg-type]
    view: Frame = np.ndarray(frame.shape, np.uint8, pixels, strides=(surface.get_pitch(), 4, 1))
    cv2.flip(frame, 1, dst=view)
    del view, pixels
