"""Where things lie on a slip that is copied or compared by hand: its lines as large as they fit. Pure layout."""

from __future__ import annotations

from kiosk.screens.fit import Box, Placed, pitch, text_at
from kiosk.screens.paint_frame import GAP, Kit, Texts, column, frame, head_width
from kiosk.screens.scene import Slip
from kiosk.screens.theme import INK, SOFT

LARGEST = 104
"""Above this a line gets no easier to copy."""
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
