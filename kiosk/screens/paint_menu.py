"""Layout of a menu: a question, and its answers as rows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from kiosk.screens.fit import Box, Placed, TextRole, narrowest, pitch, text_at
from kiosk.screens.paint_forms import message
from kiosk.screens.paint_frame import GAP, Kit, Texts, column, column_height, column_width, frame, head_width, pages
from kiosk.screens.scene import Choice, Mark, Menu
from kiosk.screens.theme import CHOSEN, INK, INK_CHOSEN, PANEL, SOFT

MORE = 26
"""Height of the line that says "more above" or "more below"."""
BETWEEN_ROWS = 12


class _Note(StrEnum):
    """The place of a row's note."""

    BESIDE = "beside"
    """At the row's right end, where both have room in one line; else under its label."""
    UNDER = "under"
    """In the row, under its label."""
    CHOSEN = "chosen"
    """Below all rows, that of the chosen one only."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """One way to lay the rows out: in so many ``columns``, with their notes at this place."""

    columns: int
    note: _Note


_SHOWN = (_Plan(1, _Note.BESIDE), _Plan(1, _Note.UNDER), _Plan(2, _Note.UNDER))
"""Ways to show every note; a note is what a row is chosen by, so pages are rather turned than notes left out."""
_HIDDEN = (_Plan(1, _Note.CHOSEN), _Plan(2, _Note.CHOSEN))
_WITHOUT = (_Plan(1, _Note.UNDER), _Plan(2, _Note.UNDER))
"""Ways to lay out rows that have no notes."""


def menu(scene: Menu, kit: Kit) -> list[Placed]:
    """A question with its answers; without answers the question stands alone beside its drawing.

    The way it is laid out does not depend on which answer is chosen, so nothing moves while choosing. When the rows do
    not all have room they stand on pages: the chosen one's is shown, and a sign that there are more.
    """
    items, area = frame(scene, kit)
    if not scene.choices:
        return items + message(scene.title, (scene.text,), scene.mark, area, head_width(scene, area, kit), kit)
    kinds = (_SHOWN, _HIDDEN) if any(c.note for c in scene.choices) else (_WITHOUT,)
    for plans in kinds:
        best: _Rows | None = None
        for plan, level in product(plans, range(kit.sizes.levels)):
            rows = _Rows(scene, plan, level, area, kit)
            if not rows.broken and (best is None or len(rows.pages) < len(best.pages)):
                best = rows
            if rows.whole:
                break  # no other can do with less
        if best is not None:
            return items + best.placed()
    return items + rows.placed()


class _Rows:
    """The menu laid out one way at one size."""

    def __init__(self, scene: Menu, plan: _Plan, level: int, area: Box, kit: Kit) -> None:
        self.scene, self.plan, self.level, self.kit = scene, plan, level, kit
        self.em = kit.sizes.body[level]
        width = self._row_width(area.w)
        notes = [c.note for c in scene.choices if c.note]
        if plan.columns == 1 and not notes and not scene.clock:
            # A narrow list stands in the middle: a person who overlooks one side of the screen still finds it.
            block = min(area.w, max(width, column_width(self._texts(), area.w, kit) + self._mark_width()))
            area = Box(area.x + (area.w - block) // 2, area.y, block, area.h)
        self.area = area
        self.head = self._head(head_width(scene, area, kit))
        top = max((p.box.bottom for p in self.head), default=area.y - GAP) + GAP
        below = 0
        if notes and plan.note is _Note.CHOSEN:
            below = max(kit.height(n, area.w, kit.sizes.least) for n in notes) + BETWEEN_ROWS
        self.room = Box(area.x, top, area.w, area.bottom - below - top)
        self.width = width
        heights = [self._row_height(c) for c in scene.choices]
        pairs = [heights[i : i + plan.columns] for i in range(0, len(heights), plan.columns)]
        self.heights = [max(pair) for pair in pairs]
        if max(self.heights) * len(self.heights) + BETWEEN_ROWS * (len(self.heights) - 1) <= self.room.h:
            self.heights = [max(self.heights)] * len(self.heights)
        self.pages = pages(self.heights, BETWEEN_ROWS, self.room.h, self.room.h - 2 * MORE)
        page = self.room.h - (2 * MORE if len(self.pages) > 1 else 0)
        self.broken = (
            max(self.heights) > page
            or any(self._row_broken(c) for c in scene.choices)
            or any(p.clipped for p in self.head)
        )

    @property
    def whole(self) -> bool:
        """Every answer is on the screen and no word is broken."""
        return not self.broken and len(self.pages) == 1

    def _texts(self) -> Texts:
        sizes = self.kit.sizes
        return [
            (self.scene.title, sizes.title[self.level], True, INK),
            (self.scene.text, sizes.body[self.level], False, SOFT),
        ]

    def _mark_width(self) -> int:
        return pitch(self.kit.sizes.title[self.level]) + GAP if self.scene.mark else 0

    def _head(self, title_width: int) -> list[Placed]:
        """Title and text above the rows, the drawing at their left."""
        left = self._mark_width()
        title, text = self._texts()
        box = Box(self.area.x + left, self.area.y, title_width - left, self.area.h)
        placed = column([title], box, 0, self.kit)
        under = max((p.box.bottom + 6 for p in placed), default=self.area.y)
        box = Box(box.x, under, self.area.right - box.x, max(0, self.area.bottom - under))
        placed.extend(column([text], box, 0, self.kit))
        if self.scene.mark:
            size = left - GAP
            placed.append(Placed(TextRole.MARK, Box(self.area.x, self.area.y, size, size), mark=self.scene.mark))
        return placed

    # One row

    @property
    def _pointer(self) -> int:
        return round(self.em * 0.5)

    def _label_x(self, choice: Choice) -> int:
        """The way from a row's left edge to its label: pointer, then drawing; in two columns they share the place."""
        pad, drawing = self.kit.sizes.pad, bool(choice.mark or choice.closed)
        if self.plan.columns > 1:
            return pad + (self.em if drawing else self._pointer) + pad
        return pad + self._pointer + pad + (self.em + pad if drawing else 0)

    def _row_width(self, most: int) -> int:
        plan, scene, kit = self.plan, self.scene, self.kit
        limit = (most - GAP * (plan.columns - 1)) // plan.columns
        if plan.columns > 1 or any(c.note for c in scene.choices):
            return limit
        label = max(self._label_x(c) + kit.measure(c.label, self.em, True) for c in scene.choices)
        return min(limit, max(label + 4 * kit.sizes.pad, most // 2))

    def _inner(self, choice: Choice) -> int:
        """The width that a row has for its texts one under the other."""
        return self.width - self._label_x(choice) - self.kit.sizes.pad

    def _beside(self, choice: Choice) -> int:
        """Width of the note at the row's right end; 0 where none stands there."""
        if self.plan.note is not _Note.BESIDE or not choice.note:
            return 0
        kit = self.kit
        note = kit.measure(choice.note, kit.sizes.least, False)
        label = kit.measure(choice.label, self.em, True)
        return note if label + 3 * kit.sizes.pad + note <= self._inner(choice) else 0

    def _row_texts(self, choice: Choice, ink: tuple[int, int, int], soft: tuple[int, int, int]) -> Texts:
        under = self.plan.note is _Note.UNDER or (self.plan.note is _Note.BESIDE and not self._beside(choice))
        note = choice.note if under else ""
        return [(choice.label, self.em, True, ink), (note, self.kit.sizes.least, False, soft)]

    def _row_height(self, choice: Choice) -> int:
        return column_height(self._row_texts(choice, INK, SOFT), self._inner(choice), 0, self.kit) + 20

    def _row_broken(self, choice: Choice) -> bool:
        inner = self._inner(choice)
        return any(
            narrowest(text, len(text), em, bold, self.kit.measure, inner) > inner
            for text, em, bold, _ in self._row_texts(choice, INK, SOFT)
            if text
        )

    def _row(self, choice: Choice, chosen: bool, box: Box) -> Placed:
        """The chosen row is light, pointed at, and dark in its letters; a closed one shows a lock."""
        ground, ink = (CHOSEN, INK_CHOSEN) if chosen else (PANEL, SOFT if choice.closed else INK)
        pad, em, pointer = self.kit.sizes.pad, self.em, self._pointer
        texts = self._row_texts(choice, ink, ink if chosen else SOFT)
        width = self._beside(choice)
        taken = width + 2 * pad if width else 0
        inner = Box(box.x + self._label_x(choice), box.y, self._inner(choice) - taken, box.h)
        height = column_height(texts, inner.w, 0, self.kit)
        parts = column(texts, inner.below(max(0, box.h - height) // 2), 0, self.kit, ground)
        if width:
            line = pitch(self.kit.sizes.least)
            # As far from the round corner as the pointer at the other end.
            note = Box(box.right - 2 * pad - width, box.y + (box.h - line) // 2, width, line)
            parts.append(
                text_at(choice.note, note, self.kit.sizes.least, self.kit.measure, ink=texts[1][3], ground=ground)
            )
        middle = parts[0].box.y + pitch(em) // 2 if parts else box.y + box.h // 2
        mark = Mark.LOCK if choice.closed else choice.mark
        both = self.plan.columns == 1
        if chosen and (both or not mark):
            spot = Box(box.x + pad, middle - pointer // 2, pointer, pointer)
            parts.append(Placed(TextRole.POINTER, spot, ink=ink, ground=ground))
        if mark:
            x = box.x + pad + (pointer + pad if both else 0)
            parts.append(Placed(TextRole.MARK, Box(x, middle - em // 2, em, em), ink=ink, ground=ground, mark=mark))
        return Placed(TextRole.PLATE, box, ground=ground, radius=18, parts=tuple(parts))

    def placed(self) -> list[Placed]:
        """Everything of this menu."""
        items = list(self.head)
        chosen = (self.scene.index or 0) // self.plan.columns
        page = next(page for page in self.pages if chosen in page)
        spare = self.room.h - sum(self.heights) - BETWEEN_ROWS * (len(self.heights) - 1)
        y = self.room.y + (MORE if len(self.pages) > 1 else min(spare // 2, 28))
        if page.start > 0:
            items.append(self._more(self.room.y, -1))
        for row in page:
            for i in range(row * self.plan.columns, min((row + 1) * self.plan.columns, len(self.scene.choices))):
                x = self.room.x + (i % self.plan.columns) * (self.width + GAP)
                box = Box(x, y, self.width, min(self.heights[row], self.room.bottom - y))
                items.append(self._row(self.scene.choices[i], i == self.scene.index, box))
            y += self.heights[row] + BETWEEN_ROWS
        if page.stop < len(self.heights):
            items.append(self._more(y - BETWEEN_ROWS + 6, 1))
        if self.plan.note is _Note.CHOSEN and self.scene.index is not None:
            text = self.scene.choices[self.scene.index].note
            box = Box(self.area.x, self.room.bottom + BETWEEN_ROWS, self.area.w, self.area.bottom - self.room.bottom)
            if text:
                items.append(text_at(text, box.above(BETWEEN_ROWS), self.kit.sizes.least, self.kit.measure, ink=SOFT))
        return items

    def _more(self, y: int, way: int) -> Placed:
        return Placed(TextRole.MORE, Box(self.room.x, y, self.room.w, MORE - 6), ink=SOFT, count=way)
