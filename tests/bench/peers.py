"""How others show a camera picture, rebuilt: the tutorials' way, and pibooth's steps for a preview frame.

Both are our own code, written from descriptions of what they do for each frame.
"""

from __future__ import annotations

import importlib
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pygame

from kiosk.bench.draw import PICTURES, STEP, Draw, Pixels

PREVIEW = (1102, 620)
"""What pibooth paints of a window of 1280x720."""
WORDS = ((STEP.sentence, (20, 20)), (STEP.then, (20, 560)), ("5 s", (1100, 400)))


def tutorial_draw(surface: pygame.Surface, frames: list[Pixels]) -> Draw:
    """Convert the colours, turn, make a surface, blit, and render the words anew for each frame."""
    bgr = [np.ascontiguousarray(frame[:, :, :3]) for frame in frames]
    font = pygame.font.Font(None, 60)

    def draw(number: int) -> None:
        rgb = cv2.cvtColor(bgr[number % PICTURES], cv2.COLOR_BGR2RGB)
        surface.blit(pygame.surfarray.make_surface(np.rot90(rgb)), (0, 0))
        for text, place in WORDS:
            surface.blit(font.render(text, True, (255, 255, 255)), place)

    return draw


def pillow() -> Any:
    """``PIL.Image``, or None where Pillow is not installed."""
    try:
        return importlib.import_module("PIL.Image")
    except ModuleNotFoundError:
        return None


def _layer() -> npt.NDArray[np.uint8]:
    """R,G,B,A of the preview's size: transparent, with a banner of words."""
    layer = np.zeros((PREVIEW[1], PREVIEW[0], 4), np.uint8)
    layer[240:380, 200:900] = (255, 255, 255, 180)
    return layer


def photobooth_draw(surface: pygame.Surface, frames: list[Pixels], image: Any) -> Draw:
    """pibooth's steps with picamera2 for each preview frame.

    Copy the array, drop its fourth byte, into Pillow, resize (bilinear), mirror, paste a layer with transparency, to
    bytes, into a surface, blit, update that part of the screen. ``image`` is ``PIL.Image``; None: OpenCV and numpy do
    the same steps in its place, which is faster than what pibooth does.
    """
    place = pygame.Rect((surface.get_width() - PREVIEW[0]) // 2, (surface.get_height() - PREVIEW[1]) // 2, *PREVIEW)
    layer = _layer()
    pasted = image.fromarray(layer) if image is not None else None
    opaque = (layer[:, :, 3] / 255).astype(np.float32)
    clear, colours = 1 - opaque, np.ascontiguousarray(layer[:, :, :3])

    def by_pillow(rgb: Pixels) -> bytes:
        picture = image.fromarray(rgb)
        picture = picture.resize(PREVIEW, image.Resampling.BILINEAR, box=(0, 0, rgb.shape[1], rgb.shape[0]))
        picture = picture.transpose(image.Transpose.FLIP_LEFT_RIGHT)
        picture.paste(pasted, (0, 0), pasted)
        return bytes(picture.tobytes())

    def by_opencv(rgb: Pixels) -> bytes:
        small = cv2.flip(cv2.resize(np.ascontiguousarray(rgb), PREVIEW, interpolation=cv2.INTER_AREA), 1)
        return cv2.blendLinear(small, colours, clear, opaque).tobytes()

    through = by_opencv if image is None else by_pillow

    def draw(number: int) -> None:
        rgb = frames[number % PICTURES].copy()[:, :, :3]
        surface.blit(pygame.image.frombuffer(through(rgb), PREVIEW, "RGB"), place)
        pygame.display.update(place)

    return draw
