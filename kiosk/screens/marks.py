"""Small drawings that stand beside words, and the three button shapes. Drawn too large, then smoothed down.

All coordinates are on a field of 100 by 100. A face is drawn as in a mirror: the person's own left is at the left of
the screen, where it would be if they looked at themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import cos, pi, sin

import pygame

from kiosk.screens.scene import Mark
from kiosk.screens.theme import EDGE, INK, SHADE, Colour, Shape

OVER = 4

Point = tuple[float, float]


class Pen:
    """Draws in one colour on a field of 100 by 100."""

    def __init__(self, surface: pygame.Surface, ink: Colour) -> None:
        self.surface, self.ink = surface, ink
        self._scale = surface.get_width() / 100

    def _at(self, point: Point) -> Point:
        return point[0] * self._scale, point[1] * self._scale

    def dot(self, centre: Point, radius: float, ink: Colour | None = None) -> None:
        pygame.draw.circle(self.surface, ink or self.ink, self._at(centre), radius * self._scale)

    def circle(self, centre: Point, radius: float, thick: float = 7) -> None:
        pygame.draw.circle(
            self.surface, self.ink, self._at(centre), radius * self._scale, max(1, round(thick * self._scale))
        )

    def line(self, *points: Point, thick: float = 8, ink: Colour | None = None) -> None:
        """A line with round ends and joints."""
        for a, b in pairwise(points):
            self._stroke(a, b, thick, ink or self.ink)
        for point in points:
            self.dot(point, thick / 2, ink)

    def _stroke(self, a: Point, b: Point, thick: float, ink: Colour) -> None:
        dx, dy = b[0] - a[0], b[1] - a[1]
        length = (dx * dx + dy * dy) ** 0.5 or 1.0
        nx, ny = -dy / length * thick / 2, dx / length * thick / 2
        corners = [(a[0] + nx, a[1] + ny), (b[0] + nx, b[1] + ny), (b[0] - nx, b[1] - ny), (a[0] - nx, a[1] - ny)]
        pygame.draw.polygon(self.surface, ink, [self._at(c) for c in corners])

    def curve(self, centre: Point, rx: float, ry: float, start: float, end: float, thick: float = 7) -> None:
        """Part of an ellipse; angles in turns, 0 = right, a quarter = down."""
        steps = 40
        angles = [2 * pi * (start + (end - start) * i / steps) for i in range(steps + 1)]
        self.line(*[(centre[0] + rx * cos(a), centre[1] + ry * sin(a)) for a in angles], thick=thick)

    def shape(self, *points: Point, ink: Colour | None = None) -> None:
        pygame.draw.polygon(self.surface, ink or self.ink, [self._at(p) for p in points])

    def erase(self, *points: Point, thick: float) -> None:
        """A transparent stroke."""
        clear = (*self.ink, 0)
        for a, b in pairwise(points):
            self._stroke(a, b, thick, clear)  # type: ignore[arg-type]


def _tick(pen: Pen) -> None:
    pen.line((18, 54), (40, 76), (82, 26), thick=12)


def _lock(pen: Pen) -> None:
    pen.curve((50, 40), 20, 22, 0.5, 1.0, 9)
    pen.line((30, 40), (30, 52), thick=9)
    pen.line((70, 40), (70, 52), thick=9)
    pygame.draw.rect(
        pen.surface, pen.ink, _rect(pen, 18, 48, 64, 42), border_radius=round(pen.surface.get_width() * 0.07)
    )


def _rect(pen: Pen, x: float, y: float, w: float, h: float) -> pygame.Rect:
    scale = pen.surface.get_width() / 100
    return pygame.Rect(round(x * scale), round(y * scale), round(w * scale), round(h * scale))


def _eye(pen: Pen) -> None:
    pen.curve((50, 70), 46, 44, 0.57, 0.93)
    pen.curve((50, 30), 46, 44, 0.07, 0.43)
    pen.dot((50, 50), 14)


def _hand(pen: Pen) -> None:
    for x, top in ((34, 26), (47, 16), (60, 20), (72, 32)):
        pen.line((x, 56), (x, top), thick=10)
    pen.line((26, 66), (13, 50), thick=10)
    pen.shape((29, 50), (77, 50), (77, 70), (68, 88), (42, 90), (30, 78), (22, 64))
    pen.line((42, 86), (66, 84), thick=10)


def _bell(pen: Pen) -> None:
    pen.shape((22, 72), (30, 62), (32, 42), (40, 28), (60, 28), (68, 42), (70, 62), (78, 72))
    pen.line((22, 73), (78, 73), thick=8)
    pen.dot((50, 26), 12)
    pen.dot((50, 85), 8)


def _camera(pen: Pen) -> None:
    pygame.draw.rect(
        pen.surface, pen.ink, _rect(pen, 8, 30, 60, 42), border_radius=round(pen.surface.get_width() * 0.06)
    )
    pen.shape((70, 48), (92, 34), (92, 68), (70, 54))


def _camera_off(pen: Pen) -> None:
    _camera(pen)
    pen.erase((18, 92), (84, 10), thick=18)
    pen.line((18, 90), (82, 12), thick=7)


def _microphone(pen: Pen) -> None:
    pygame.draw.rect(
        pen.surface, pen.ink, _rect(pen, 36, 8, 28, 52), border_radius=round(pen.surface.get_width() * 0.14)
    )
    pen.curve((50, 46), 27, 27, 0.0, 0.5, 7)
    pen.line((50, 73), (50, 90), thick=7)
    pen.line((32, 90), (68, 90), thick=7)


def _sound_off(pen: Pen) -> None:
    pen.shape((8, 38), (26, 38), (48, 18), (48, 82), (26, 62), (8, 62))
    pen.line((64, 38), (90, 64), thick=8)
    pen.line((90, 38), (64, 64), thick=8)


def _warning(pen: Pen) -> None:
    pen.line((50, 14), (92, 86), (8, 86), (50, 14), thick=8)
    pen.line((50, 42), (50, 62), thick=9)
    pen.dot((50, 75), 5)


def _fault(pen: Pen) -> None:
    pen.circle((50, 50), 44, 8)
    pen.line((34, 34), (66, 66), thick=9)
    pen.line((66, 34), (34, 66), thick=9)


def _heart(pen: Pen) -> None:
    pen.dot((31, 36), 21)
    pen.dot((69, 36), 21)
    pen.shape((13, 47), (31, 36), (69, 36), (87, 47), (50, 88))


def _moon(pen: Pen) -> None:
    pen.dot((48, 50), 40)
    pygame.draw.circle(pen.surface, (*pen.ink, 0), pen._at((66, 38)), 34 * pen.surface.get_width() / 100)


def _glasses(pen: Pen) -> None:
    pen.circle((27, 56), 20, 7)
    pen.circle((73, 56), 20, 7)
    pen.curve((50, 54), 7, 7, 0.5, 1.0, 6)
    pen.line((8, 50), (4, 40), thick=6)
    pen.line((92, 50), (96, 40), thick=6)


def _face(left: bool, right: bool) -> Callable[[Pen], None]:
    """A friendly face; the person's own left half is shaded at the left of the screen."""

    def draw(pen: Pen) -> None:
        scale = pen.surface.get_width() / 100
        for shaded, x in ((left, 0), (right, 50)):
            if shaded:
                pen.surface.set_clip(_rect(pen, x, 0, 50, 100))
                pygame.draw.ellipse(pen.surface, SHADE, _rect(pen, 10, 4, 80, 92))
        pen.surface.set_clip(None)
        pygame.draw.ellipse(pen.surface, pen.ink, _rect(pen, 10, 4, 80, 92), max(1, round(4.5 * scale)))
        for x in (34, 66):
            pen.dot((x, 43), 5)
            pen.curve((x, 36), 10, 7, 0.58, 0.92, 3.5)
        pen.line((50, 46), (46, 59), (52, 60), thick=3.5)
        pen.curve((50, 64), 19, 12, 0.05, 0.45, 4.5)

    return draw


DRAWINGS: dict[Mark, Callable[[Pen], None]] = {
    Mark.TICK: _tick,
    Mark.LOCK: _lock,
    Mark.EYE: _eye,
    Mark.HAND: _hand,
    Mark.BELL: _bell,
    Mark.CAMERA: _camera,
    Mark.CAMERA_OFF: _camera_off,
    Mark.MICROPHONE: _microphone,
    Mark.SOUND_OFF: _sound_off,
    Mark.WARNING: _warning,
    Mark.FAULT: _fault,
    Mark.HEART: _heart,
    Mark.MOON: _moon,
    Mark.GLASSES: _glasses,
    Mark.FACE_LEFT: _face(True, False),
    Mark.FACE_RIGHT: _face(False, True),
    Mark.FACE_BOTH: _face(True, True),
}


def _smoothed(size: int, ink: Colour, draw: Callable[[Pen], None]) -> pygame.Surface:
    large = pygame.Surface((size * OVER, size * OVER), pygame.SRCALPHA, 32)
    # Transparent *ink*, not transparent black: smoothing would drag a dark rim into the edges.
    large.fill((*ink, 0))
    draw(Pen(large, ink))
    return pygame.transform.smoothscale(large, (size, size))


def mark_surface(mark: Mark, size: int, ink: Colour = INK) -> pygame.Surface:
    """The drawing as a square with transparency; a mark without a drawing leaves it empty."""
    return _smoothed(size, ink, DRAWINGS.get(mark, lambda _: None))


def pointer_surface(size: int, ink: Colour) -> pygame.Surface:
    """A triangle that points to the right."""
    return _smoothed(size, ink, lambda pen: pen.shape((2, 2), (98, 50), (2, 98)))


def dot_surface(size: int, ink: Colour, filled: bool) -> pygame.Surface:
    """A dot, or a thin ring of the same size."""
    return _smoothed(size, ink, lambda pen: pen.dot((50, 50), 49) if filled else pen.circle((50, 50), 49, 14))


def shape_surface(shape: Shape, size: int, colour: Colour, lit: bool) -> pygame.Surface:
    """A button's cap: filled while the button does something (as its light is lit), else a thin outline."""
    ink = colour if lit else EDGE

    def draw(pen: Pen) -> None:
        if shape is Shape.ROUND:
            pen.dot((50, 50), 46)
        elif shape is Shape.TRIANGLE:
            pen.line((50, 14), (92, 84), (8, 84), (50, 14), thick=10)
            pen.shape((50, 14), (92, 84), (8, 84))
        else:
            turn = [2 * pi * (i + 0.5) / 8 for i in range(8)]
            pen.shape(*[(50 + 50 * cos(a), 50 + 50 * sin(a)) for a in turn])

    full = _smoothed(size, ink, draw)
    if lit:
        return full
    inner = pygame.transform.smoothscale(full, (size - 10, size - 10))
    # Only the rim stays: what a smaller copy covers is taken away again.
    full.blit(inner, (5, 6 if shape is Shape.TRIANGLE else 5), special_flags=pygame.BLEND_RGBA_SUB)
    rim = pygame.Surface((size, size), pygame.SRCALPHA, 32)
    rim.fill((*ink, 0))
    rim.blit(full, (0, 0), special_flags=pygame.BLEND_RGBA_MAX)
    return rim
