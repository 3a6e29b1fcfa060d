"""The timer ring: pre-computed geometry, one picture per step of its way, kept as long as the budget allows.

The bright arc is the time that is left; it runs out clockwise from the top. Without a picture a soft disc inside
breathes: it grows on the way in, stays, and sinks on the way out.
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, tau

import numpy as np
import numpy.typing as npt
import pygame

from kiosk.screens.scene import Pace, Ring
from kiosk.screens.theme import ACCENT, DISC, GROUND, TRACK, Colour

STEPS = 72
"""Pictures of the arc from full to empty."""
DISC_STEPS = 24

Plane = npt.NDArray[np.float32]


def arc_step(fraction: float) -> int:
    """Which of the pictures shows ``fraction`` (0..1, anything else is taken to the nearer end)."""
    return round(min(1.0, max(0.0, fraction)) * STEPS)


def disc_step(ring: Ring) -> int:
    """How far the disc inside is open, 0..``DISC_STEPS``: it eases in and out like a breath."""
    fraction = min(1.0, max(0.0, ring.fraction))
    eased = (1 - cos(pi * fraction)) / 2
    level = {Pace.MOVE_IN: eased, Pace.HOLD: 1.0, Pace.MOVE_OUT: 1 - eased}.get(ring.pace, 0.0)
    return round(level * DISC_STEPS)


@lru_cache(maxsize=4)
def _planes(radius: int) -> tuple[Plane, Plane]:
    """Distance from the centre in pixels, and the turn from the top clockwise 0..1."""
    y, x = np.mgrid[0 : 2 * radius, 0 : 2 * radius].astype(np.float32) - (radius - 0.5)
    return np.hypot(x, y).astype(np.float32), (np.arctan2(x, -y) / tau % 1.0).astype(np.float32)


def _cover(edge: Plane) -> Plane:
    """Antialiased: 1 where ``edge`` is more than half a pixel inside."""
    cover: Plane = np.clip(edge + np.float32(0.5), 0, 1)
    return cover


def ring_pixels(radius: int, arc: int, disc: int | None, ground: Colour = GROUND) -> npt.NDArray[np.uint8]:
    """The picture as (2r, 2r, 3) R,G,B. ``disc`` None: no disc inside."""
    distance, turn = _planes(radius)
    thick = max(10, round(radius * 0.13))
    middle = radius - 2 - thick / 2
    band = _cover(thick / 2 - np.abs(distance - middle))
    # The arc that is left: from where time stands now round to the top again.
    gone = arc / STEPS
    along = (turn - gone) * tau * middle
    left = _cover(along) if arc < STEPS else np.zeros_like(turn)
    if arc > 0:
        left = np.minimum(left, _cover((1 - turn) * tau * middle))
    canvas = np.empty((2 * radius, 2 * radius, 3), np.float32)
    canvas[:] = ground
    if disc is not None:
        small, large = 0.60 * radius, middle - thick / 2 - max(6, radius * 0.05)
        inside = _cover(small + (large - small) * disc / DISC_STEPS - distance)[..., None]
        canvas += inside * (np.array(DISC, np.float32) - canvas)
    tint = np.array(TRACK, np.float32) + left[..., None] * (np.array(ACCENT, np.float32) - np.array(TRACK, np.float32))
    canvas += band[..., None] * (tint - canvas)
    return np.rint(canvas).astype(np.uint8)


def ring_surface(radius: int, arc: int, disc: int | None, like: pygame.Surface) -> pygame.Surface:
    """The picture as an opaque surface in the pixel format of ``like``."""
    pixels = ring_pixels(radius, arc, disc)
    picture = pygame.image.frombuffer(pixels.tobytes(), (2 * radius, 2 * radius), "RGB")
    surface = pygame.Surface(picture.get_size(), 0, like)
    surface.blit(picture, (0, 0))
    return surface
