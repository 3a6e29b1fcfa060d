"""The timer ring: its geometry computed once per radius, its pictures made from two tables of colours.

The bright arc is the time that is left; it runs out clockwise from the top. Without a picture a soft disc inside
breathes: it grows on the way in, stays, and sinks on the way out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import tau

import numpy as np
import numpy.typing as npt
import pygame

from kiosk.screens.mirror import BGRX_MASKS, MirrorSurface, pixels_in
from kiosk.screens.scene import Ring
from kiosk.screens.theme import ACCENT, DISC, GROUND, TRACK, Colour

STEPS = 72
"""Pictures of the arc from full to empty."""
DISC_STEPS = 24


def arc_step(fraction: float) -> int:
    """Return the number of the picture that shows ``fraction`` (0..1, anything else is taken to the nearer end)."""
    return round(min(1.0, max(0.0, fraction)) * STEPS)


def disc_step(ring: Ring) -> int:
    """Return the opening of the disc inside, 0..``DISC_STEPS``: it breathes with the planned movement."""
    return round(ring.planned * DISC_STEPS)


@dataclass(frozen=True, slots=True)
class _Geometry:
    """All that does not change with time, for one radius."""

    distance: npt.NDArray[np.float32]
    step: npt.NDArray[np.uint8]
    """The arc step of each pixel from which on it is dark."""
    bright: MirrorSurface
    dark: MirrorSurface
    inside: npt.NDArray[np.bool_]
    small: float
    large: float


@lru_cache(maxsize=3)
def _table(colour: Colour) -> MirrorSurface:
    """256 blends from ``GROUND`` to ``colour`` as pixels."""
    red, green, blue = np.linspace(GROUND, colour, 256).round().astype(np.uint32).T
    pixels: MirrorSurface = np.uint32(0xFF000000) | (red << np.uint32(16)) | (green << np.uint32(8)) | blue
    return pixels


def _cover(edge: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Antialiased: 255 where ``edge`` is half a pixel or more inside."""
    cover: npt.NDArray[np.uint8] = np.clip(edge * 255 + 127.5, 0, 255).astype(np.uint8)
    return cover


@lru_cache(maxsize=3)
def _geometry(radius: int) -> _Geometry:
    y, x = np.mgrid[0 : 2 * radius, 0 : 2 * radius].astype(np.float32) - np.float32(radius - 0.5)
    distance = np.hypot(x, y)
    turn = np.arctan2(x, -y) / tau % 1.0
    thick = max(10, round(radius * 0.13))
    middle = radius - 2 - thick / 2
    band = _cover(thick / 2 - np.abs(distance - middle))
    large = middle - thick / 2 - max(6, radius * 0.05)
    return _Geometry(
        distance,
        (np.floor(turn * STEPS) + 1).astype(np.uint8),
        _table(ACCENT)[band],
        _table(TRACK)[band],
        distance < large + 2,
        0.60 * radius,
        large,
    )


def ring_surface(side: int, arc: int = 0, disc: int | None = None) -> pygame.Surface:
    """The ring as an opaque B,G,R,X surface, ``side`` px wide and high."""
    surface = pygame.Surface((side, side), 0, 32, (*BGRX_MASKS, 0))
    redraw_ring(surface, arc, disc)
    return surface


def redraw_ring(surface: pygame.Surface, arc: int, disc: int | None = None) -> None:
    """The ring after ``arc`` of ``STEPS`` over the whole of a square B,G,R,X surface.

    ``disc`` of ``DISC_STEPS`` open, or None for no disc inside.
    """
    pixels, radius = pixels_in(surface), surface.get_width() // 2
    shape = _geometry(radius)
    np.copyto(pixels, shape.bright)
    np.copyto(pixels, shape.dark, where=shape.step <= arc)
    if disc is not None:
        edge = shape.small + (shape.large - shape.small) * disc / DISC_STEPS
        np.copyto(pixels, _table(DISC)[_cover(np.float32(edge) - shape.distance)], where=shape.inside)
