"""The parts that screens share: strip, notice, clock, columns of text, slips, a face's line drawing. Pure layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pygame

from kiosk.screens.fit import (
    SCREEN,
    Align,
    Box,
    MeasureText,
    Placed,
    TextRole,
    balanced,
    narrowest,
    pitch,
    tall,
    text_at,
)
from kiosk.screens.scene import LineDrawing, Mark, Scene, Slip, Strip
from kiosk.screens.theme import EDGE, GROUND, INK, PANEL, SOFT, Colour, Sizes
from kiosk.signals import Button

MARGIN = 40
TOP = 28
GAP = 20
DOT = 22
"""Height of a row of dots."""
BETWEEN = 36
"""Least space between two labels of the strip."""

Texts = list[tuple[str, int, bool, Colour]]
"""Texts one under the other: text, font size, bold, ink."""


@dataclass(frozen=True, slots=True)
class Kit:
    """The tools of a layout: the ``measure`` of text, its ``sizes``, and the sheet (``screen``) it is made for.

    ``column_right``: the words beside a mirror stand at its right.
    """

    measure: MeasureText
    sizes: Sizes
    screen: Box = SCREEN
    column_right: bool = False

    def lines(self, text: str, width: int, em: int, bold: bool = False) -> int:
        """Return the number of lines that ``text`` takes; 0 for no text."""
        return len(balanced(text, width, em, bold, self.measure)) if text else 0

    def height(self, text: str, width: int, em: int, bold: bool = False) -> int:
        return tall(self.lines(text, width, em, bold), em)

    def widest(self, text: str, width: int, em: int, bold: bool = False) -> int:
        """Width of the longest line of ``text`` wrapped to ``width``."""
        return max((self.measure(line, em, bold) for line in balanced(text, width, em, bold, self.measure)), default=0)


def strip(words: Strip, kit: Kit) -> Placed:
    """The bottom strip: green left, amber in the middle, red right, as on the plate at the hand.

    A button that does nothing now keeps its place as an empty outline.
    """
    labels = {Button.GREEN: words.green, Button.AMBER: words.amber, Button.RED: words.red}
    if kit.screen.h > kit.screen.w:
        return _upright_strip(labels, kit)
    shape, pad, em = kit.sizes.shape, kit.sizes.pad, kit.sizes.least
    room = kit.screen.w - 2 * MARGIN - 2 * BETWEEN
    lines = 1
    widths = _cells(labels, lines, kit, room)
    while sum(widths) > room and lines < 3:
        lines += 1
        widths = _cells(labels, lines, kit, room)
    if (over := sum(widths) - room) > 0:
        total = sum(widths)
        widths = [w - over * w // total - 1 for w in widths]
    height = max(tall(lines, em), shape) + 2 * pad
    plate = Box(0, kit.screen.h - height, kit.screen.w, height)
    middle = max((kit.screen.w - widths[1]) // 2, MARGIN + widths[0] + BETWEEN)
    middle = min(middle, kit.screen.w - MARGIN - widths[2] - BETWEEN - widths[1])
    starts = (MARGIN, middle, kit.screen.w - MARGIN - widths[2])
    parts: list[Placed] = []
    for (button, label), x, width in zip(labels.items(), starts, widths, strict=True):
        cap = Box(x, plate.y + (height - shape) // 2, shape, shape)
        parts.append(Placed(TextRole.BUTTON, cap, ground=PANEL, button=button, count=1 if label else 0))
        if label:
            box = Box(x + shape + pad, plate.y, width - shape - pad, height)
            text = text_at(label, box, em, kit.measure, bold=True, ground=PANEL, most=lines)
            parts.append(placed_at(text, box.x, box.y + (height - text.box.h) // 2))
    return Placed(TextRole.PLATE, plate, ground=PANEL, parts=tuple(parts))


def _upright_strip(labels: dict[Button, str], kit: Kit) -> Placed:
    """The same where a row is too short for caps and words: each word stands under its cap."""
    shape, pad, em = kit.sizes.shape, kit.sizes.pad, kit.sizes.least
    room = kit.screen.w - 2 * MARGIN - 2 * pad
    lines = 1
    widths = [max(shape, kit.widest(label, room, em, True)) for label in labels.values()]
    while sum(widths) > room and lines < 3:
        lines += 1
        widths = [max(shape, narrowest(label, lines, em, True, kit.measure, room)) for label in labels.values()]
    height = shape + tall(lines, em) + 3 * pad
    plate = Box(0, kit.screen.h - height, kit.screen.w, height)
    middle = max((kit.screen.w - widths[1]) // 2, MARGIN + widths[0] + pad)
    middle = min(middle, kit.screen.w - MARGIN - widths[2] - pad - widths[1])
    starts = (MARGIN, middle, kit.screen.w - MARGIN - widths[2])
    parts: list[Placed] = []
    for (button, label), x, width in zip(labels.items(), starts, widths, strict=True):
        cap = Box(x + (width - shape) // 2, plate.y + pad, shape, shape)
        parts.append(Placed(TextRole.BUTTON, cap, ground=PANEL, button=button, count=1 if label else 0))
        if label:
            box = Box(x, cap.bottom + pad, width, tall(lines, em))
            parts.append(text_at(label, box, em, kit.measure, bold=True, ground=PANEL, align=Align.CENTRE, most=lines))
    return Placed(TextRole.PLATE, plate, ground=PANEL, parts=tuple(parts))


def _cells(labels: dict[Button, str], lines: int, kit: Kit, room: int) -> list[int]:
    """Width of each button's shape and label when the label may take ``lines`` lines."""
    shape, pad = kit.sizes.shape, kit.sizes.pad
    return [
        shape + (pad + narrowest(label, lines, kit.sizes.least, True, kit.measure, room) if label else 0)
        for label in labels.values()
    ]


def notice(text: str, bottom: int, kit: Kit) -> Placed:
    """One calm line on a plate of its own that ends at ``bottom``: what is missing, and a small mark beside it."""
    em, pad = kit.sizes.least, kit.sizes.pad // 2 + 4
    width = kit.screen.w - 2 * MARGIN
    size = round(em * 0.7)
    side = size + 3 * pad
    inner = kit.widest(text, width - side, em)
    plate = Box(MARGIN, 0, inner + side, kit.height(text, width - side, em) + 2 * pad)
    mark = Box(plate.x + pad, pad + (pitch(em) - size) // 2, size, size)
    words = Box(plate.x + size + 2 * pad, pad, inner, plate.h - 2 * pad)
    parts = (
        Placed(TextRole.MARK, mark, ink=SOFT, ground=PANEL, mark=Mark.WARNING),
        text_at(text, words, em, kit.measure, ink=SOFT, ground=PANEL),
    )
    return placed_at(Placed(TextRole.PLATE, plate, ground=PANEL, radius=14, parts=parts), plate.x, bottom - plate.h)


def pointed(text: str, box: Box, kit: Kit) -> list[Placed]:
    """Lay out what comes next: a small pointer and ``text`` at the top of ``box``."""
    em = kit.sizes.least
    size = round(em * 0.4)
    left = size + 14
    words = text_at(
        text, Box(box.x + left, box.y, kit.widest(text, box.w - left, em), box.h), em, kit.measure, ink=SOFT
    )
    pointer = Placed(TextRole.POINTER, Box(box.x, box.y + (pitch(em) - size) // 2, size, size), ink=SOFT)
    return [pointer, words]


def film_sign(text: str, box: Box, kit: Kit) -> list[Placed]:
    """A small camera and ``text`` at the top of ``box``; always the same, so that it is not looked at for long."""
    em = kit.sizes.least
    size = round(em * 0.9)
    left = size + 14
    mark = Box(box.x, box.y + (pitch(em) - size) // 2, size, size)
    words = Box(box.x + left, box.y, kit.widest(text, box.w - left, em), box.h)
    return [Placed(TextRole.MARK, mark, ink=SOFT, mark=Mark.CAMERA), text_at(text, words, em, kit.measure, ink=SOFT)]


def frame(scene: Scene, kit: Kit) -> tuple[list[Placed], Box]:
    """Strip, notice and clock, and the box that is left for the scene itself (full height beside the clock)."""
    items = [strip(scene.strip, kit)]
    bottom = items[0].box.y - GAP
    if scene.notice:
        items.append(notice(scene.notice, bottom, kit))
        bottom = items[-1].box.y - GAP
    if scene.clock:
        em = kit.sizes.least
        width = _clock_width(scene, kit)
        box = Box(kit.screen.w - MARGIN - width, TOP, width, pitch(em))
        items.append(text_at(scene.clock, box, em, kit.measure, ink=SOFT, align=Align.RIGHT))
    return items, Box(MARGIN, TOP, kit.screen.w - 2 * MARGIN, bottom - TOP)


def head_width(scene: Scene, area: Box, kit: Kit) -> int:
    """Return the width that a title may have beside the clock."""
    if not scene.clock:
        return area.w
    return max(0, area.w - _clock_width(scene, kit) - 2 * GAP)


def _clock_width(scene: Scene, kit: Kit) -> int:
    return min(kit.measure(scene.clock, kit.sizes.least, False), kit.screen.w - 2 * MARGIN)


def pages(heights: Sequence[int], gap: int, room: int, cut: int) -> list[range]:
    """Rows of these heights, ``gap`` apart, as pages of ``room`` pixels, or of ``cut`` where there are several.

    A row stands on the same page whichever is chosen, so that nothing moves while choosing but the cursor.
    """
    if sum(heights) + gap * (len(heights) - 1) <= room:
        return [range(len(heights))]
    found, first, used = [], 0, 0
    for i, height in enumerate(heights):
        if i > first and used + gap + height > cut:
            found.append(range(first, i))
            first, used = i, 0
        used += height + (gap if i > first else 0)
    return [*found, range(first, len(heights))]


def dots(count: int, of: int, box: Box) -> Placed:
    """``of`` small dots in a row, the first ``count`` of them filled."""
    return Placed(TextRole.DOTS, box, ink=INK, ground=GROUND, edge=EDGE, count=min(count, of), of=of)


def placed_at(item: Placed, x: int, y: int) -> Placed:
    """Return the thing, with everything on it, at another place."""
    dx, dy = x - item.box.x, y - item.box.y
    return replace(
        item,
        box=Box(x, y, item.box.w, item.box.h),
        parts=tuple(placed_at(p, p.box.x + dx, p.box.y + dy) for p in item.parts),
    )


def column(texts: Texts, box: Box, gap: int, kit: Kit, ground: Colour = GROUND) -> list[Placed]:
    """Texts one under the other from the top of ``box``; empty ones take no room."""
    placed: list[Placed] = []
    y = box.y
    for text, em, bold, ink in texts:
        if text:
            rest = Box(box.x, y, box.w, max(0, box.bottom - y))
            placed.append(text_at(text, rest, em, kit.measure, bold=bold, ink=ink, ground=ground))
            y = placed[-1].box.bottom + gap
    return placed


def column_height(texts: Texts, width: int, gap: int, kit: Kit) -> int:
    """Return the height that ``column`` would like to have."""
    heights = [kit.height(text, width, em, bold) for text, em, bold, _ in texts if text]
    return sum(heights) + gap * max(0, len(heights) - 1)


def column_width(texts: Texts, width: int, kit: Kit) -> int:
    """Width of the longest line of ``column`` wrapped to ``width``."""
    return max((kit.widest(text, width, em, bold) for text, em, bold, _ in texts if text), default=0)


LARGEST = 104
"""Size of letters above which a line gets no easier to copy."""
LARGE = 52
"""Lines that have this size one below the other stay so: nobody has to ask which of them comes next."""
COLUMNS = (1, 2, 3)


def slip(scene: Slip, kit: Kit) -> list[Placed]:
    """A heading, one sentence, and the lines below it; in columns only where they are many."""
    items, area = frame(scene, kit)
    texts: Texts = [(scene.title, kit.sizes.title[0], True, INK), (scene.text, kit.sizes.body[-1], False, SOFT)]
    items.extend(column(texts, area._replace(w=head_width(scene, area, kit)), GAP // 2, kit))
    top = max((item.box.bottom for item in items[1:] if item.box.y < area.bottom), default=area.y) + GAP
    room = Box(area.x, top, area.w, max(0, area.bottom - top))
    return items + _lines(scene.lines, room, kit)


def _lines(lines: tuple[str, ...], room: Box, kit: Kit) -> list[Placed]:
    if not lines:
        return []
    columns = max(COLUMNS, key=lambda n: (min(LARGE, _em(lines, n, room, kit)), -n))
    em, rows = _em(lines, columns, room, kit), -(-len(lines) // columns)
    widths = [max(kit.measure(line, em, True) for line in lines[i : i + rows]) for i in range(0, len(lines), rows)]
    gap = 3 * GAP
    x = room.x + max(0, room.w - sum(widths) - gap * (len(widths) - 1)) // 2
    step = min(room.h // rows, round(1.5 * pitch(em)))
    y = room.y + max(0, room.h - step * rows) // 2
    placed = []
    for at, width in enumerate(widths):
        for row, line in enumerate(lines[at * rows : (at + 1) * rows]):
            box = Box(x, y + row * step, min(width, room.right - x), pitch(em))
            placed.append(text_at(line, box, em, kit.measure, bold=True))
        x += width + gap
    return placed


def _em(lines: tuple[str, ...], columns: int, room: Box, kit: Kit) -> int:
    """The largest size at which the lines have room in so many columns; never below the least."""
    rows = -(-len(lines) // columns)
    width = (room.w - 3 * GAP * (columns - 1)) // columns
    em = min(LARGEST, int(room.h / rows / 1.14))
    widest = max(kit.measure(line, LARGEST, True) for line in lines)
    em = min(em, LARGEST * width // max(1, widest))
    while em > kit.sizes.least and (pitch(em) * rows > room.h or any(kit.measure(t, em, True) > width for t in lines)):
        em -= 1
    return max(em, kit.sizes.least)


ABOVE, BELOW, ASIDE = 520, 1400, 850
"""The part of the face's frame that is shown around the middle between the eyes, in tenths of a millimetre."""
THICK = 3
LABEL_SHARE = 5
"""A label beside the face has a fifth of the width."""


def drawing(scene: LineDrawing, kit: Kit) -> list[Placed]:
    """Title and time above, what to know below, and between them the face with a label at either side."""
    items, area = frame(scene, kit)
    sizes = kit.sizes
    head = column(
        [(scene.title, sizes.title[-1], True, INK), (scene.text, sizes.least, False, SOFT)],
        area._replace(w=head_width(scene, area, kit)),
        4,
        kit,
    )
    top = max((p.box.bottom for p in head), default=area.y) + GAP
    height = kit.height(scene.note, area.w, sizes.least)
    box = Box(area.x, area.bottom - height, area.w, height)
    below = [text_at(scene.note, box, sizes.least, kit.measure, ink=SOFT)] if scene.note else []
    room = Box(area.x, top, area.w, area.bottom - height - GAP - top)
    label = room.w // LABEL_SHARE
    face = Box(room.x + label + GAP, room.y, room.w - 2 * (label + GAP), room.h)
    middle = room.y + (room.h - pitch(sizes.least)) // 2
    # The person faces whoever looks: their own left is on the right.
    sides = [
        (scene.right, Box(room.x, middle, label, room.bottom - middle), Align.RIGHT),
        (scene.left, Box(face.right + GAP, middle, label, room.bottom - middle), Align.LEFT),
    ]
    labels = [
        text_at(text, where, sizes.least, kit.measure, bold=True, align=align) for text, where, align in sides if text
    ]
    return [*items, *head, *below, *labels, Placed(TextRole.FACE, face, ink=INK)]


def show_face(surface: pygame.Surface, place: Placed, lines: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    """Draw the lines into their place, as large as both its sides allow."""
    box = place.box
    scale = min(box.h / (ABOVE + BELOW), box.w / (2 * ASIDE))
    x, y = box.x + box.w / 2, box.y + ABOVE * scale
    clip = surface.get_clip()
    surface.set_clip(pygame.Rect(*box))
    for line in lines:
        if len(line) > 1:
            pygame.draw.lines(surface, place.ink, False, [(x + dx * scale, y + dy * scale) for dx, dy in line], THICK)
    surface.set_clip(clip)
