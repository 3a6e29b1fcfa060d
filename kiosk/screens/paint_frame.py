"""The parts that every screen has: the strip of buttons, the notice, the head line. Pure layout."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.screens.fit import (
    SCREEN,
    Align,
    Box,
    Measure,
    Placed,
    Role,
    balanced,
    narrowest,
    pitch,
    tall,
    text_at,
    wrap,
)
from kiosk.screens.scene import Mark, Strip
from kiosk.screens.theme import EDGE, GROUND, INK, PANEL, SOFT, Sizes
from kiosk.signals import Button

MARGIN = 40
GAP = 20
BETWEEN = 36
"""Least space between two labels of the strip."""


@dataclass(frozen=True, slots=True)
class Kit:
    """What a layout works with: how wide text is, and how large it may be."""

    measure: Measure
    sizes: Sizes

    def lines(self, text: str, width: int, em: int, bold: bool = False) -> int:
        """How many lines ``text`` takes; 0 for no text."""
        return len(balanced(text, width, em, bold, self.measure)) if text else 0

    def height(self, text: str, width: int, em: int, bold: bool = False) -> int:
        return tall(self.lines(text, width, em, bold), em)


def strip(words: Strip, kit: Kit) -> Placed:
    """The bottom strip: green left, amber in the middle, red right, as on the plate at the hand.

    A button that does nothing now keeps its place as an empty outline.
    """
    labels = {Button.GREEN: words.green, Button.AMBER: words.amber, Button.RED: words.red}
    shape, pad, em = kit.sizes.shape, kit.sizes.pad, kit.sizes.least
    room = SCREEN.w - 2 * MARGIN
    lines = 1
    widths = _cells(labels, lines, kit, room)
    while sum(widths) + 2 * BETWEEN > room and lines < 3:
        lines += 1
        widths = _cells(labels, lines, kit, room)
    if (over := sum(widths) + 2 * BETWEEN - room) > 0:
        widths = [w - over * w // sum(widths) - 1 for w in widths]
    height = max(tall(lines, em), shape) + 2 * pad
    plate = Box(0, SCREEN.h - height, SCREEN.w, height)
    middle = (SCREEN.w - widths[1]) // 2
    middle = max(middle, MARGIN + widths[0] + BETWEEN)
    middle = min(middle, SCREEN.w - MARGIN - widths[2] - BETWEEN - widths[1])
    starts = (MARGIN, middle, SCREEN.w - MARGIN - widths[2])
    parts: list[Placed] = []
    for (button, label), x, width in zip(labels.items(), starts, widths, strict=True):
        parts.append(
            Placed(
                Role.BUTTON,
                Box(x, plate.y + (height - shape) // 2, shape, shape),
                ground=PANEL,
                button=button,
                count=1 if label else 0,
            )
        )
        if label:
            box = Box(x + shape + pad, plate.y, width - shape - pad, height)
            text = text_at(label, box, em, kit.measure, bold=True, ground=PANEL, most=lines)
            parts.append(_moved(text, box.y + (height - text.box.h) // 2))
    return Placed(Role.PLATE, plate, ground=PANEL, parts=tuple(parts))


def _cells(labels: dict[Button, str], lines: int, kit: Kit, room: int) -> list[int]:
    """Width of each button's shape and label when the label may take ``lines`` lines."""
    shape, pad = kit.sizes.shape, kit.sizes.pad
    return [
        shape + (pad + narrowest(label, lines, kit.sizes.least, True, kit.measure, room) if label else 0)
        for label in labels.values()
    ]


def notice(text: str, bottom: int, kit: Kit, *, width: int = SCREEN.w - 2 * MARGIN) -> Placed:
    """One calm line on a plate of its own that ends at ``bottom``: what is missing, and a small mark beside it."""
    em, pad = kit.sizes.least, kit.sizes.pad // 2 + 4
    size = round(em * 0.7)
    inner = width - size - 3 * pad
    lines = kit.lines(text, inner, em)
    width = min(width, narrowest(text, lines, em, False, kit.measure, inner) + size + 3 * pad)
    height = tall(lines, em) + 2 * pad
    plate = Box(MARGIN, bottom - height, width, height)
    top = plate.y + pad + (pitch(em) - size) // 2
    return Placed(
        Role.PLATE,
        plate,
        ground=PANEL,
        radius=14,
        parts=(
            Placed(Role.MARK, Box(plate.x + pad, top, size, size), ink=SOFT, ground=PANEL, mark=Mark.WARNING),
            text_at(
                text,
                Box(plate.x + size + 2 * pad, plate.y + pad, width - size - 3 * pad, height - 2 * pad),
                em,
                kit.measure,
                ink=SOFT,
                ground=PANEL,
            ),
        ),
    )


def clock(text: str, kit: Kit) -> Placed:
    """The time of day, at the top right."""
    em = kit.sizes.least
    width = kit.measure(text, em, False)
    box = Box(SCREEN.w - MARGIN - width, MARGIN // 2 + 8, width, pitch(em))
    return text_at(text, box, em, kit.measure, ink=SOFT, align=Align.RIGHT)


def dots(count: int, of: int, box: Box, ground: tuple[int, int, int] = GROUND) -> Placed:
    """``of`` small dots in a row, the first ``count`` of them filled."""
    return Placed(Role.DOTS, box, ink=INK, ground=ground, edge=EDGE, count=min(count, of), of=of)


def _moved(item: Placed, y: int) -> Placed:
    return placed_at(item, item.box.x, y)


def placed_at(item: Placed, x: int, y: int) -> Placed:
    """The same thing, with everything on it, at another place."""
    from dataclasses import replace

    dx, dy = x - item.box.x, y - item.box.y
    return replace(
        item,
        box=Box(x, y, item.box.w, item.box.h),
        parts=tuple(placed_at(p, p.box.x + dx, p.box.y + dy) for p in item.parts),
    )


def column(items: list[tuple[str, int, bool, tuple[int, int, int]]], box: Box, gap: int, kit: Kit) -> list[Placed]:
    """Texts ``(text, em, bold, ink)`` one under the other from the top of ``box``; empty ones take no room."""
    placed: list[Placed] = []
    y = box.y
    for text, em, bold, ink in items:
        if not text:
            continue
        item = text_at(text, Box(box.x, y, box.w, max(0, box.bottom - y)), em, kit.measure, bold=bold, ink=ink)
        placed.append(item)
        y = item.box.bottom + gap
    return placed


def column_height(items: list[tuple[str, int, bool, tuple[int, int, int]]], width: int, gap: int, kit: Kit) -> int:
    """How tall ``column`` would like to be."""
    heights = [kit.height(text, width, em, bold) for text, em, bold, _ in items if text]
    return sum(heights) + gap * max(0, len(heights) - 1)


__all__ = [
    "BETWEEN",
    "GAP",
    "MARGIN",
    "Kit",
    "clock",
    "column",
    "column_height",
    "dots",
    "notice",
    "placed_at",
    "strip",
    "wrap",
]
