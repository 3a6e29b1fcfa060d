"""Pictures of the drawn head for the painter: kept from one to the next, so that only what moves is drawn anew."""

from __future__ import annotations

import numpy as np
import pygame

from kiosk.drawn.figure import Figure
from kiosk.drawn.sketch import Sketch, height_of
from kiosk.screens.mirror import MirrorSurface, pixels_in
from kiosk.screens.theme import GROUND

MOST_WIDTHS = 3


class HeadPictures:
    """Draws heads on the screen's ground, at the few widths that the layouts have."""

    def __init__(self) -> None:
        self._sketches: dict[int, Sketch] = {}
        self._surface: pygame.Surface | None = None
        self._shows: tuple[int, Figure] | None = None

    def size(self, width: int) -> tuple[int, int]:
        """Width and height of a head that is ``width`` px wide."""
        return width, height_of(width)

    def pixels(self, width: int, figure: Figure) -> MirrorSurface:
        """The picture of ``figure`` as a screen's own pixels; it is the same memory each time."""
        sketch = self._sketches.get(width)
        if sketch is None:
            if len(self._sketches) >= MOST_WIDTHS:
                self._sketches.clear()
            sketch = self._sketches[width] = Sketch(width, GROUND)
        whole: MirrorSurface = sketch.draw(figure).view(np.uint32)[..., 0]
        return whole

    def show(self, surface: pygame.Surface, at: tuple[int, int], width: int, figure: Figure) -> None:
        """Draw ``figure`` on a 32-bit ``surface`` with its upper left corner ``at``."""
        if self._surface is None or self._surface.get_width() != width:
            self._surface, self._shows = pygame.Surface(self.size(width), 0, surface), None
        if self._shows != (width, figure):
            view = pixels_in(self._surface)
            np.copyto(view, self.pixels(width, figure))
            del view
            self._shows = width, figure
        surface.blit(self._surface, at)
