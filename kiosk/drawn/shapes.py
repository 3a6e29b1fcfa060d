"""The shapes of the drawn head: its outlines, the lines of its face, arrows. Places are millimetres of ``anatomy``."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from kiosk.drawn.anatomy import BROW, EYE_X, LIP_LINE, LOWER_LIP, UPPER_LIP
from kiosk.drawn.figure import ARROW_MM, TURN_MM, DirectionArrow
from kiosk.drawn.paint import Array, PaintPoints, curve, mirrored, vec

Points = npt.NDArray[np.float32]


def tapered(points: Points, width: float) -> Points:
    """The outline of a line that is thickest in its middle and ends in points."""
    along = np.gradient(points, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], 1) / (np.linalg.norm(along, axis=1, keepdims=True) + 1e-6)
    half = 0.5 * width * np.sin(np.linspace(0.25, math.pi - 0.25, len(points), dtype=np.float32))[:, None]
    return np.asarray(np.concatenate([points + normal * half, (points - normal * half)[::-1]]), np.float32)


def feature_shapes(least_mm: float) -> tuple[list[str], list[tuple[int, int]], Points]:
    """The shapes that move with the skin, in the order of drawing: their names, where each lies in the points, points.

    No line is thinner than ``least_mm``.
    """
    lines: list[tuple[str, PaintPoints, float]] = []
    for side in (-1, 1):
        lines += [
            ("brow", [(side * x, y) for x, y in BROW], 5.6),
            ("wing", [(side * x, y) for x, y in ((11.5, 30), (15.6, 36), (15.2, 42.5), (9.5, 45.4))], 1.5),
            ("nostril", [(side * x, y) for x, y in ((3.8, 45.4), (7.0, 43.8), (9.8, 45.0))], 1.8),
            ("fold", [(side * x, y) for x, y in ((19, 45), (25, 54), (30, 64))], 1.3),
        ]
        for k in range(2):
            places = ((6.5, 2 + 7 * k), (10.5, 4.5 + 7 * k), (13.5, 9 + 7 * k))
            lines.append(("crease", [(side * x, y) for x, y in places], 1.1))
    lines += [
        ("bridge", [(5.5, -8), (4.6, 6), (6.0, 20), (8.5, 30)], 1.4),
        ("base", [(-5, 47.4), (0, 48.8), (5, 47.4)], 1.2),
        ("lip line", LIP_LINE, 1.6),
        ("under", [(-10, 85.5), (0, 87), (10, 85.5)], 1.6),
    ]
    top, middle, low = curve(UPPER_LIP, steps=5), curve(LIP_LINE, steps=5), curve(LOWER_LIP, steps=5)
    shapes = [("upper lip", np.concatenate([top, middle[::-1]])), ("lower lip", np.concatenate([middle, low[::-1]]))]
    shapes += [(name, tapered(curve(points, steps=6), max(width, least_mm))) for name, points, width in lines]
    ends = np.cumsum([len(points) for _, points in shapes])
    spans = [(int(end) - len(points), int(end)) for (_, points), end in zip(shapes, ends, strict=True)]
    return [name for name, _ in shapes], spans, np.concatenate([points for _, points in shapes]).astype(np.float32)


def sided(x: Array, y: Array, side: int) -> Points:
    return np.stack([side * (EYE_X + x), y], 1).astype(np.float32)


def straight_arrow(arrow: DirectionArrow) -> list[Points]:
    length = math.hypot(arrow.dx, arrow.dy) or 1.0
    along = vec((arrow.dx / length, arrow.dy / length))
    across = vec((-float(along[1]), float(along[0])))
    at = vec((arrow.x, arrow.y))
    tip, neck = at + along * ARROW_MM, at + along * (ARROW_MM - 9.5)
    return [
        np.stack(
            [
                at + across * 2.1,
                neck + across * 2.1,
                neck + across * 6.6,
                tip,
                neck - across * 6.6,
                neck - across * 2.1,
                at - across * 2.1,
            ]
        )
    ]


def round_arrow(arrow: DirectionArrow) -> list[Points]:
    """Three quarters of a turn around (``x``, ``y``), with a head."""
    radius = TURN_MM
    turn = np.linspace(-0.12 * math.pi, 0.94 * math.pi, 32, dtype=np.float32)
    side = 1 if arrow.dx >= 0 else -1

    def ring(r: float) -> Points:
        return np.stack([arrow.x + side * r * np.cos(turn), arrow.y - r * np.sin(turn)], 1)

    outer, inner = ring(radius + 1.8), ring(radius - 1.8)
    end = turn[-1]
    heading = vec((-side * math.sin(end), -math.cos(end)))
    outward = vec((side * math.cos(end), -math.sin(end)))
    at = vec((arrow.x + side * radius * math.cos(end), arrow.y - radius * math.sin(end)))
    return [
        np.concatenate([outer, inner[::-1]]),
        np.stack([at - outward * 6.4, at + heading * 9.5, at + outward * 6.4]),
    ]


# The parts that stand still


def _whole(half: PaintPoints) -> Points:
    """A closed outline from its own left half, which begins and ends in the middle."""
    return curve([*half, *mirrored(half[1:-1])], closed=True)


def hair() -> Points:
    return _whole([(0, -109), (40, -102), (70, -76), (80, -34), (80, 6), (77, 34), (60, 44), (0, 40)])


def front_hair() -> Points:
    outer = [(0, -108), (38, -101), (68, -75), (79, -34), (77, 2), (72, 16)]
    inner = [(68, -2), (64, -24), (55, -46), (34, -62), (12, -66)]
    other = [(-14, -70), (-38, -62), (-56, -44), (-64, -22), (-68, -2)]
    return curve([*outer, *inner, *other, *mirrored(outer[1:])], closed=True)


def ears() -> tuple[Points, Points]:
    ear = [(66, -8), (73, -13), (79, -6), (78, 12), (73, 27), (66, 32), (64, 10)]
    return curve(ear, closed=True), curve([(-x, y) for x, y in ear], closed=True)


def neck() -> Points:
    return _whole([(0, 80), (44, 78), (43, 112), (45, 128), (58, 142), (34, 160), (0, 168)])


def shoulders() -> Points:
    return _whole([(0, 166), (34, 158), (56, 140), (96, 151), (132, 166), (150, 210), (0, 210)])
