"""A line over some weeks, drawn large and without numbers: its layout, and how it is painted."""

from __future__ import annotations

from itertools import pairwise

import pygame

from kiosk.screens.fit import Align, Box, Placed, TextRole, pitch, text_at
from kiosk.screens.paint_frame import GAP, Kit, column, frame, head_width
from kiosk.screens.scene import GentleLine, NoteScene
from kiosk.screens.theme import ACCENT, GROUND, INK, SOFT, TRACK

THICK = 10
"""Width of the line in logical pixels: about 4 mm on a screen of 531 mm, seen from 1.2 m."""
DOT = 26
"""Width of a day on it."""
RULE = 3
LEAST_HEIGHT = 90
"""The least room for the line: the sentence above it gives way to that."""


def note_with_line(scene: NoteScene, line: GentleLine, kit: Kit) -> list[Placed]:
    """Lay out the heading and its sentence, and under them the line with its words at the ends of both ways."""
    items, area = frame(scene, kit)
    for lines in (scene.lines, ()):
        head = column(
            [
                (scene.title, kit.sizes.title[-1], True, INK),
                *((text, kit.sizes.least, False, SOFT) for text in lines),
            ],
            area._replace(w=head_width(scene, area, kit)),
            GAP // 2,
            kit,
        )
        top = max((part.box.bottom for part in head), default=area.y) + GAP
        placed = _drawn(line, Box(area.x, top, area.w, max(0, area.bottom - top)), kit)
        if placed[-1].box.h >= LEAST_HEIGHT:
            break
    return [*items, *head, *placed]


def _drawn(line: GentleLine, area: Box, kit: Kit) -> list[Placed]:
    """The words at the left, at the height that they mean; the days below; the line between them comes last."""
    em, measure = kit.sizes.least, kit.measure
    wide = max(measure(word, em, False) for word in (line.top, line.bottom))
    height = pitch(em)
    days = (area.w - GAP) // 2
    below = max(kit.height(word, days, em) for word in (line.first, line.last))
    plot = Box(area.x + wide + GAP + DOT // 2, area.y, area.w - wide - GAP - DOT, max(0, area.h - below - GAP // 2))
    foot = Box(area.x, plot.bottom + GAP // 2, days, below)
    words = [
        (line.top, Box(area.x, plot.y, wide, height), Align.RIGHT),
        (line.bottom, Box(area.x, plot.bottom - height, wide, height), Align.RIGHT),
        (line.first, foot, Align.LEFT),
        (line.last, foot._replace(x=area.right - days), Align.RIGHT),
    ]
    said = [text_at(text, box, em, measure, ink=SOFT, align=align) for text, box, align in words]
    whole = Box(plot.x - DOT // 2, plot.y, plot.w + DOT, plot.h)
    return [*said, Placed(TextRole.LINE, whole, ink=INK, ground=GROUND, em=em, radius=DOT // 2, curve=line.pieces)]


def show_line(on: pygame.Surface, item: Placed, rect: pygame.Rect) -> None:
    """Paint the line with its days between two quiet rules, at the height of the words beside them."""
    radius, half = item.radius, pitch(item.em) // 2
    left, wide = rect.x + radius, rect.w - 2 * radius
    low, high = rect.bottom - half, rect.y + half
    for y in (low, high):
        pygame.draw.line(on, TRACK, (left, y), (left + wide, y), RULE)
    for piece in item.curve:
        points = [(left + x * wide, low - y * (low - high)) for x, y in piece]
        for a, b in pairwise(points):
            pygame.draw.line(on, ACCENT, a, b, max(2, radius * 2 * THICK // DOT))
        for point in points:
            pygame.draw.circle(on, item.ink, point, radius)
