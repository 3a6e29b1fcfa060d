"""A clinic's own picture or film in the place of the drawn head: whole, never stretched, on the screen's ground."""

from __future__ import annotations

import cv2
import numpy as np
import pygame

from kiosk.screens.mirror import pixels_in
from kiosk.screens.theme import GROUND
from kiosk.signals import DecodedPicture


class PicturePlace:
    """Draws one picture at a time, and keeps it until another one, or another place, is asked for."""

    def __init__(self) -> None:
        self._surface: pygame.Surface | None = None
        self._shows: tuple[DecodedPicture, int, tuple[int, int]] | None = None

    def show(
        self, surface: pygame.Surface, place: tuple[int, int, int, int], picture: DecodedPicture, frame: int
    ) -> None:
        """Draw the picture number ``frame`` of ``picture`` into ``place`` (x, y, w, h) of a 32-bit ``surface``."""
        size = place[2:]
        shows = (picture, frame, size)
        if self._surface is None or self._surface.get_size() != size:
            self._surface, self._shows = pygame.Surface(size, 0, surface), None
            self._surface.fill(GROUND)
        if self._shows != shows:
            if self._shows is None or self._shows[0] is not picture:
                self._surface.fill(GROUND)
            _fill(self._surface, picture, frame)
            self._shows = shows
        surface.blit(self._surface, place[:2])


def _fill(surface: pygame.Surface, picture: DecodedPicture, frame: int) -> None:
    wide, high = surface.get_size()
    scale = min(wide / picture.width, high / picture.height)
    size = max(1, round(scale * picture.width)), max(1, round(scale * picture.height))
    each = picture.width * picture.height * 3 // 2
    planes = np.frombuffer(picture.pixels, np.uint8, each, frame * each)
    bgrx = cv2.cvtColor(planes.reshape(picture.height * 3 // 2, picture.width), cv2.COLOR_YUV2BGRA_I420)
    if scale != 1:
        bgrx = cv2.resize(bgrx, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    x, y = (wide - size[0]) // 2, (high - size[1]) // 2
    view = pixels_in(surface)
    view[y : y + size[1], x : x + size[0]] = bgrx.view(np.uint32)[..., 0]
    del view
