"""Where things lie on the screens that ask, tell and list. Pure layout."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.screens.fit import SCREEN, Align, Box, Placed, Role, narrowest, pitch, tall, text_at
from kiosk.screens.paint_frame import (
    GAP,
    MARGIN,
    Kit,
    clock,
    column,
    column_height,
    dots,
    notice,
    strip,
)
from kiosk.screens.scene import Choice, Digits, Listing, Mark, Menu, Note, Row, Scene, Table
from kiosk.screens.theme import ACCENT, CHOSEN, EDGE, GROUND, INK, INK_CHOSEN, PANEL, SOFT, Colour

FACES = (Mark.FACE_LEFT, Mark.FACE_RIGHT, Mark.FACE_BOTH)
TOP = 28
DOT = 22


def frame(scene: Scene, kit: Kit) -> tuple[list[Placed], Box]:
    """Strip, notice and clock, and the box that is left for the scene itself (full height beside the clock)."""
    items = [strip(scene.strip, kit)]
    bottom = items[0].box.y - GAP
    if scene.notice:
        items.append(notice(scene.notice, bottom, kit))
        bottom = items[-1].box.y - GAP
    if scene.clock:
        items.append(clock(scene.clock, kit))
    return items, Box(MARGIN, TOP, SCREEN.w - 2 * MARGIN, bottom - TOP)


def head_width(scene: Scene, area: Box, kit: Kit) -> int:
    """How wide a title may be beside the clock."""
    return area.w - (kit.measure(scene.clock, kit.sizes.least, False) + 2 * GAP if scene.clock else 0)


# Menu


@dataclass(frozen=True, slots=True)
class _Plan:
    """One way to lay a menu out: in so many columns, the notes in the rows or only that of the chosen one below."""

    columns: int
    inline: bool


_PLANS = (_Plan(1, True), _Plan(1, False), _Plan(2, True), _Plan(2, False))


def menu(scene: Menu, kit: Kit) -> list[Placed]:
    """A question with its answers as rows; without answers the question stands alone beside its drawing."""
    items, area = frame(scene, kit)
    if not scene.choices:
        return items + _message(scene.title, (scene.text,), scene.mark, area, head_width(scene, area, kit), kit)
    plans = _PLANS if any(c.note for c in scene.choices) else tuple(p for p in _PLANS if p.inline)
    for plan in plans:
        for level in range(kit.sizes.levels):
            placed = _menu(scene, plan, level, area, kit, scroll=False)
            if placed is not None:
                return items + placed
    return items + (_menu(scene, plans[-1], kit.sizes.levels - 1, area, kit, scroll=True) or [])


def _menu(scene: Menu, plan: _Plan, level: int, area: Box, kit: Kit, scroll: bool) -> list[Placed] | None:
    """The menu laid out this way, or None when it does not fit (or, to scroll, its rows around the chosen one)."""
    head = _head(scene, level, area, kit)
    top = head[-1].box.bottom + GAP if head else area.y
    em = kit.sizes.body[level]
    notes = [c.note for c in scene.choices if c.note]
    below = 0
    if notes and not plan.inline:
        below = max(kit.height(n, area.w, kit.sizes.least) for n in notes) + GAP
    rows_box = Box(area.x, top, area.w, area.bottom - below - top)
    gap = GAP - 6
    width = _row_width(scene, plan, em, area.w, kit)
    height = max(_row_height(c, plan.inline, width, em, kit) for c in scene.choices)
    rows = -(-len(scene.choices) // plan.columns)
    room = (rows_box.h + gap) // (height + gap)
    if room < rows and not scroll:
        return None
    if any(_row_broken(c, plan.inline, width, em, kit) for c in scene.choices) and not scroll:
        return None
    placed = list(head)
    shown = max(1, min(rows, room))
    if shown < rows:
        # The two lines that say "more above, more below" need room themselves.
        shown = max(1, (rows_box.h - 2 * DOT + gap) // (height + gap))
    at = (scene.index or 0) // plan.columns
    first = max(0, min(at - shown // 2, rows - shown))
    spare = rows_box.h - (shown * (height + gap) - gap)
    y = rows_box.y + (DOT if shown < rows else min(spare // 2, 28))
    if first > 0:
        placed.append(Placed(Role.MORE, Box(area.x, rows_box.y - 6, width, DOT - 4), ink=SOFT, count=-1))
    for i, choice in enumerate(scene.choices):
        row, col = divmod(i, plan.columns)
        if first <= row < first + shown:
            box = Box(area.x + col * (width + GAP), y + (row - first) * (height + gap), width, height)
            placed.append(_choice(choice, i == scene.index, plan.inline, box, em, kit))
    end = y + shown * (height + gap) - gap
    if first + shown < rows:
        placed.append(Placed(Role.MORE, Box(area.x, end + 4, width, DOT - 4), ink=SOFT, count=1))
    if below and scene.index is not None and scene.choices[scene.index].note:
        box = Box(area.x, area.bottom - below + GAP, area.w, below - GAP)
        placed.append(text_at(scene.choices[scene.index].note, box, kit.sizes.least, kit.measure, ink=SOFT))
    return placed


def _head(scene: Menu, level: int, area: Box, kit: Kit) -> list[Placed]:
    """Title and text above the rows, the mark at their left."""
    width, x = head_width(scene, area, kit), area.x
    size = 0
    if scene.mark:
        size = pitch(kit.sizes.title[level])
        x, width = x + size + GAP, width - size - GAP
    texts: list[tuple[str, int, bool, Colour]] = [(scene.title, kit.sizes.title[level], True, INK)]
    placed = column(texts, Box(x, area.y, width, area.h), 0, kit)
    under = max((p.box.bottom for p in placed), default=area.y)
    if scene.text:
        under += 6 if placed else 0
        box = Box(x, under, area.right - x, max(0, area.bottom - under))
        placed.append(text_at(scene.text, box, kit.sizes.body[level], kit.measure, ink=SOFT))
    if scene.mark:
        placed.insert(0, Placed(Role.MARK, Box(area.x, area.y, size, size), mark=scene.mark))
    return placed


def _pointer(em: int) -> int:
    return round(em * 0.55)


def _label_x(choice: Choice, em: int, kit: Kit) -> int:
    """From the left edge of a row to its label."""
    drawing = em + kit.sizes.pad if choice.mark or choice.closed else 0
    return kit.sizes.pad + _pointer(em) + kit.sizes.pad + drawing


def _row_width(scene: Menu, plan: _Plan, em: int, most: int, kit: Kit) -> int:
    limit = (most - GAP * (plan.columns - 1)) // plan.columns
    if plan.columns > 1 or (plan.inline and any(c.note for c in scene.choices)):
        return limit
    label = max(_label_x(c, em, kit) + kit.measure(c.label, em, True) for c in scene.choices)
    return min(limit, max(label + 3 * kit.sizes.pad, most // 2))


def _row_height(choice: Choice, inline: bool, width: int, em: int, kit: Kit) -> int:
    inner = width - _label_x(choice, em, kit) - kit.sizes.pad
    height = kit.height(choice.label, inner, em, True)
    if inline and choice.note:
        height += kit.height(choice.note, inner, kit.sizes.least)
    return height + 2 * (kit.sizes.pad - 6)


def _row_broken(choice: Choice, inline: bool, width: int, em: int, kit: Kit) -> bool:
    inner = width - _label_x(choice, em, kit) - kit.sizes.pad
    return any(
        narrowest(text, 99, size, bold, kit.measure, inner) > inner
        for text, size, bold in ((choice.label, em, True), (choice.note if inline else "", kit.sizes.least, False))
        if text
    )


def _choice(choice: Choice, chosen: bool, inline: bool, box: Box, em: int, kit: Kit) -> Placed:
    """A row: pointer (when chosen), drawing, label, note. The chosen one is light, outlined and pointed at."""
    ground, ink = (CHOSEN, INK_CHOSEN) if chosen else (PANEL, SOFT if choice.closed else INK)
    pad, pointer = kit.sizes.pad, _pointer(em)
    x = box.x + _label_x(choice, em, kit)
    inner = Box(x, box.y, box.right - x - pad, box.h)
    texts: list[tuple[str, int, bool, Colour]] = [(choice.label, em, True, ink)]
    if inline and choice.note:
        texts.append((choice.note, kit.sizes.least, False, ink if chosen else SOFT))
    height = column_height(texts, inner.w, 0, kit)
    placed = column(texts, inner.below(max(0, (box.h - height) // 2)), 0, kit)
    parts = [_on(p, ground) for p in placed]
    middle = parts[0].box.y + pitch(em) // 2 if parts else box.y + box.h // 2
    if chosen:
        parts.append(
            Placed(Role.POINTER, Box(box.x + pad, middle - pointer // 2, pointer, pointer), ink=ink, ground=ground)
        )
    if choice.mark or choice.closed:
        size = em
        parts.append(
            Placed(
                Role.MARK,
                Box(box.x + pad + pointer + pad, middle - size // 2, size, size),
                ink=ink,
                ground=ground,
                mark=Mark.LOCK if choice.closed else choice.mark,
            )
        )
    return Placed(Role.PLATE, box, ground=ground, radius=18, parts=tuple(parts))


def _on(item: Placed, ground: Colour) -> Placed:
    from dataclasses import replace

    return replace(item, ground=ground)


# Note


def note(scene: Note, kit: Kit) -> list[Placed]:
    """One message, set in the middle of the height; a mark at its left."""
    items, area = frame(scene, kit)
    if scene.pages > 1:
        items.append(dots(scene.page, scene.pages, Box(area.x, area.bottom - DOT, area.w, DOT)))
        area = area.above(DOT + GAP)
    return items + _message(scene.title, scene.lines, scene.mark, area, head_width(scene, area, kit), kit)


def _message(title: str, lines: tuple[str, ...], mark: Mark, area: Box, head: int, kit: Kit) -> list[Placed]:
    large = 300 if mark in FACES else 132
    for level in range(kit.sizes.levels):
        for size in (large, large // 2) if mark else (0,):
            x = area.x + (size + 2 * GAP if size else 0)
            texts = _paragraphs(title, lines, level, kit)
            height = column_height(texts, area.right - x, GAP, kit)
            if max(height, size) <= area.h:
                return _centred(texts, mark, size, height, area, x, head, kit)
    return _centred(texts, mark, size, height, area, x, head, kit)


def _paragraphs(title: str, lines: tuple[str, ...], level: int, kit: Kit) -> list[tuple[str, int, bool, Colour]]:
    body = kit.sizes.body[level]
    first: list[tuple[str, int, bool, Colour]] = [(title, kit.sizes.title[level], True, INK)]
    return first + [(line, body, False, INK) for line in lines]


def _centred(
    texts: list[tuple[str, int, bool, Colour]],
    mark: Mark,
    size: int,
    height: int,
    area: Box,
    x: int,
    head: int,
    kit: Kit,
) -> list[Placed]:
    y = area.y + max(0, (area.h - height) // 2)
    # Beside the clock the first line would be too long; below it the full width is free.
    if head < area.w and y < area.y + pitch(kit.sizes.least):
        y = min(area.y + pitch(kit.sizes.least), max(area.y, area.bottom - height))
    placed = column(texts, Box(x, y, area.right - x, area.bottom - y), GAP, kit)
    if size:
        top = y if size < 200 else area.y + (area.h - size) // 2
        placed.append(Placed(Role.MARK, Box(area.x, top, size, size), mark=mark))
    return placed


# Listing


def listing(scene: Listing, kit: Kit) -> list[Placed]:
    """Lines that are read out: the one being read stands out, those before it stay as long as there is room."""
    items, area = frame(scene, kit)
    items.extend(
        column([(scene.title, kit.sizes.title[-1], True, INK)], area._replace(w=head_width(scene, area, kit)), 0, kit)
    )
    top = max((p.box.bottom for p in items if p.role is Role.TEXT), default=area.y) + GAP
    if scene.question:
        height = kit.height(scene.question, area.w, kit.sizes.least, True)
        box = Box(area.x, area.bottom - height, area.w, height)
        items.append(text_at(scene.question, box, kit.sizes.least, kit.measure, bold=True, ink=INK))
        area = area.above(height + GAP)
    items.append(dots(scene.read, len(scene.lines), Box(area.x, area.bottom - DOT, area.w, DOT)))
    area = area.above(DOT + GAP)
    return items + _lines(scene, Box(area.x, top, area.w, area.bottom - top), kit)


def _lines(scene: Listing, area: Box, kit: Kit) -> list[Placed]:
    em, pad = kit.sizes.least, kit.sizes.pad
    left = _pointer(em) + 2 * pad
    inner = area.w - left - pad
    heights = [kit.height(line, inner, em, True) + pad for line in scene.lines]
    at = min(scene.read, len(scene.lines) - 1)
    first, last = at, at + 1
    # As much of what was read before as there is room for, then what follows.
    while first > 0 and sum(heights[first - 1 : last]) <= area.h:
        first -= 1
    while last < len(heights) and sum(heights[first : last + 1]) <= area.h:
        last += 1
    placed: list[Placed] = []
    y = area.y
    for i in range(first, last):
        now = i == scene.read
        ground, ink = (CHOSEN, INK_CHOSEN) if now else (GROUND, INK if i < scene.read else SOFT)
        box = Box(area.x, y, area.w, min(heights[i], area.bottom - y))
        half = pad // 2
        text = text_at(
            scene.lines[i],
            Box(box.x + left, box.y + half, inner, box.h - half),
            em,
            kit.measure,
            bold=now,
            ink=ink,
            ground=ground,
        )
        size = _pointer(em)
        role = Role.POINTER if now else Role.MARK
        box_mark = Box(box.x + pad, box.y + half + (pitch(em) - size) // 2, size, size)
        parts: tuple[Placed, ...] = (text,)
        if i <= scene.read:
            parts = (text, Placed(role, box_mark, ink=ink if now else ACCENT, ground=ground, mark=Mark.TICK))
        placed.append(Placed(Role.PLATE, box, ground=ground, radius=16, parts=parts))
        y = box.bottom
    return placed


# Digits


def digits(scene: Digits, kit: Kit) -> list[Placed]:
    """Boxes for the digits: given ones as dots (or shown), the one being turned large and light."""
    items, area = frame(scene, kit)
    texts: list[tuple[str, int, bool, Colour]] = [
        (scene.title, kit.sizes.title[0], True, INK),
        (scene.text, kit.sizes.body[0], False, SOFT),
    ]
    length = max(1, scene.length)
    gap = 16
    size = min(132, (area.w - gap * (length - 1)) // length)
    height = round(size * 1.3)
    head = column(texts, area._replace(w=head_width(scene, area, kit), h=area.h - height - GAP), 10, kit)
    items.extend(head)
    top = head[-1].box.bottom if head else area.y
    y = top + (area.bottom - top - height) // 2
    x = area.x + (area.w - (size + gap) * length + gap) // 2
    for i in range(length):
        turning = i == scene.given and scene.current is not None
        word = scene.shown[i] if i < min(scene.given, len(scene.shown)) else ""
        if turning:
            word = str(scene.current)
        items.append(
            Placed(
                Role.DIGIT,
                Box(x + i * (size + gap), y, size, height),
                (word,) if word else (),
                round(size * 0.95),
                True,
                INK_CHOSEN if turning else INK,
                CHOSEN if turning else PANEL,
                Align.CENTRE,
                radius=16,
                edge=None if turning else EDGE,
                count=1 if i < scene.given else 0,
            )
        )
    return items


# Table

STATE_MARKS = {"ok": Mark.TICK, "warning": Mark.WARNING, "fault": Mark.FAULT}


def table(scene: Table, kit: Kit) -> list[Placed]:
    """Rows of label and value, a mark for how each stands; around the chosen row when not all have room."""
    items, area = frame(scene, kit)
    level = kit.sizes.levels - 1
    items.extend(
        column([(scene.title, kit.sizes.title[0], True, INK)], area._replace(w=head_width(scene, area, kit)), 0, kit)
    )
    top = max((p.box.bottom for p in items if p.role is Role.TEXT), default=area.y) + GAP
    if scene.pages > 1:
        items.append(dots(scene.page, scene.pages, Box(area.x, area.bottom - DOT, area.w, DOT)))
        area = area.above(DOT + GAP)
    area = Box(area.x, top, area.w, area.bottom - top)
    for i in range(kit.sizes.levels):
        level = i
        if sum(_table_row_height(row, area.w, kit.sizes.body[i], kit) for row in scene.rows) <= area.h:
            break
    return items + _table_rows(scene, area, kit.sizes.body[level], kit)


def _table_columns(width: int, em: int, kit: Kit) -> tuple[int, int, int]:
    """Left edge of the label, width of the label, left edge of the value; within a row."""
    left = kit.sizes.pad + em + kit.sizes.pad
    label = round((width - left) * 0.4)
    return left, label, left + label + GAP


def _table_row_height(row: Row, width: int, em: int, kit: Kit) -> int:
    _, label, value_x = _table_columns(width, em, kit)
    value = width - value_x - kit.sizes.pad
    lines = max(kit.lines(row.label, label, em, True), kit.lines(row.value, value, em), 1)
    return tall(lines, em) + kit.sizes.pad


def _table_rows(scene: Table, area: Box, em: int, kit: Kit) -> list[Placed]:
    heights = [_table_row_height(row, area.w, em, kit) for row in scene.rows]
    first, last = 0, len(heights)
    room = area
    if sum(heights) > area.h and heights:
        room = Box(area.x, area.y + DOT, area.w, area.h - 2 * DOT)
        at = min(scene.index or 0, len(heights) - 1)
        first, last = at, at + 1
        grown = True
        while grown:
            grown = False
            if first > 0 and sum(heights[first - 1 : last]) <= room.h:
                first, grown = first - 1, True
            if last < len(heights) and sum(heights[first : last + 1]) <= room.h:
                last, grown = last + 1, True
    placed: list[Placed] = []
    if first > 0:
        placed.append(Placed(Role.MORE, Box(area.x, area.y, area.w, DOT - 4), ink=SOFT, count=-1))
    y = room.y
    for i in range(first, last):
        placed.append(_table_row(scene.rows[i], i == scene.index, Box(area.x, y, area.w, heights[i]), em, kit))
        y += heights[i]
    if last < len(heights):
        hidden = "" if scene.index is not None else " / ".join(row.label for row in scene.rows[last:])
        placed.append(
            Placed(Role.MORE, Box(area.x, room.bottom + 4, area.w, DOT - 4), ink=SOFT, count=1, clipped=hidden)
        )
    return placed


def _table_row(row: Row, chosen: bool, box: Box, em: int, kit: Kit) -> Placed:
    ground, ink = (CHOSEN, INK_CHOSEN) if chosen else (GROUND, INK)
    left, label, value_x = _table_columns(box.w, em, kit)
    pad = kit.sizes.pad // 2
    parts = [
        _on(text_at(row.label, Box(box.x + left, box.y + pad, label, box.h - pad), em, kit.measure, bold=True), ground)
    ]
    if row.value:
        value = Box(box.x + value_x, box.y + pad, box.w - value_x - kit.sizes.pad, box.h - pad)
        parts.append(_on(text_at(row.value, value, em, kit.measure), ground))
    parts = [_inked(p, ink) for p in parts]
    mark = STATE_MARKS.get(row.state, Mark.NONE)
    spot = Box(box.x + kit.sizes.pad, box.y + pad + (pitch(em) - em) // 2, em, em)
    if mark:
        parts.append(Placed(Role.MARK, spot, ink=ink, ground=ground, mark=mark))
    elif chosen:
        parts.append(Placed(Role.POINTER, spot, ink=ink, ground=ground))
    return Placed(Role.PLATE, box, ground=ground, radius=12, parts=tuple(parts))


def _inked(item: Placed, ink: Colour) -> Placed:
    from dataclasses import replace

    return replace(item, ink=ink)
