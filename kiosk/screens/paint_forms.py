"""Layout of the screens that tell and list: note, listing, digits, table. Pure."""

from __future__ import annotations

from kiosk.screens.fit import Align, Box, Placed, TextRole, faults, pitch, tall, text_at
from kiosk.screens.paint_frame import (
    GAP,
    Kit,
    Texts,
    column,
    column_height,
    column_width,
    dots,
    frame,
    head_width,
    pages,
)
from kiosk.screens.scene import Digits, Listing, Mark, NoteScene, ProgressScene, TableRow, TableScene, WeekDay
from kiosk.screens.theme import ACCENT, CHOSEN, EDGE, GROUND, INK, INK_CHOSEN, PANEL, SOFT, TRACK

FACES = (Mark.FACE_LEFT, Mark.FACE_RIGHT, Mark.FACE_BOTH)
DOT = 22
BAR = 44
BETWEEN_DIGITS, BETWEEN_GROUPS = 16, 44


# Note


def note(scene: NoteScene, kit: Kit) -> list[Placed]:
    """One message, set in the middle of the height; a mark at its left.

    The dots of a week stand below it, and give way where its words need the room.
    """
    items, area = frame(scene, kit)
    if scene.pages > 1:
        items.append(dots(scene.page, scene.pages, Box(area.x, area.bottom - DOT, area.w, DOT)))
        area = area.above(DOT + GAP)
    for row in (_week(scene.week, area, kit), []) if scene.week else ([],):
        above = area._replace(h=row[0].box.y - GAP - area.y) if row else area
        told = message(scene.title, scene.lines, scene.mark, above, head_width(scene, area, kit), kit)
        if not faults(told):
            break
    return items + row + told


def _week(days: tuple[WeekDay, ...], area: Box, kit: Kit) -> list[Placed]:
    """Lay out the days of a week at the bottom of ``area``, in its middle: a name, and under it a dot."""
    em = kit.sizes.least
    each = min(area.w // len(days), max(kit.widest(day.name, area.w, em, True) for day in days) + GAP)
    height = pitch(em) + GAP // 2 + DOT
    left, top = area.x + (area.w - each * len(days)) // 2, area.bottom - height
    placed: list[Placed] = []
    for number, day in enumerate(days):
        x, ink = left + number * each, INK if day.practised else SOFT
        name = Box(x, top, each, pitch(em))
        placed.append(text_at(day.name, name, em, kit.measure, bold=day.practised, ink=ink, align=Align.CENTRE))
        placed.append(dots(int(day.practised), 1, Box(x, area.bottom - DOT, each, DOT)))
    return placed


def message(title: str, lines: tuple[str, ...], mark: Mark, area: Box, head: int, kit: Kit) -> list[Placed]:
    """A heading, paragraphs and a drawing as one block in the middle of ``area``; ``head``: width beside the clock."""
    sizes = _mark_sizes(mark, kit)
    tried = [(level, size) for level in range(kit.sizes.levels) for size in sizes]
    for level, size in tried:
        texts = _paragraphs(title, lines, level, kit)
        if max(column_height(texts, area.w - _drawing(size), GAP, kit), size) <= area.h:
            break
    left = _drawing(size)
    height = column_height(texts, area.w - left, GAP, kit)
    width = column_width(texts, area.w - left, kit)
    x = area.x + (area.w - left - width) // 2
    y = area.y + max(0, area.h - max(height, size)) // 2
    # Beside the clock the first line would be too long; below it the full width is free.
    under = area.y + pitch(kit.sizes.least)
    if head < area.w and y < under:
        y = min(under, max(area.y, area.bottom - height))
    start = y + max(0, size - height) // 2
    placed = column(texts, Box(x + left, start, area.right - x - left, area.bottom - start), GAP, kit)
    if size:
        top = y if size < height else start + (height - size) // 2
        placed.append(Placed(TextRole.MARK, Box(x, top, size, size), mark=mark))
    return placed


def _mark_sizes(mark: Mark, kit: Kit) -> tuple[int, ...]:
    """Sizes to try for the drawing beside a message, largest first."""
    if not mark:
        return (0,)
    return (300, 200, 120, 0) if mark in FACES else (2 * kit.sizes.shape, kit.sizes.shape, 0)


def _drawing(size: int) -> int:
    return size + 2 * GAP if size else 0


def _paragraphs(title: str, lines: tuple[str, ...], level: int, kit: Kit) -> Texts:
    body = kit.sizes.body[level]
    return [(title, kit.sizes.title[level], True, INK), *((line, body, False, INK) for line in lines)]


# Progress


def progress(scene: ProgressScene, kit: Kit) -> list[Placed]:
    """Lay out what is being done, a bar, and below it how far it is and how long it takes yet."""
    items, area = frame(scene, kit)
    em = kit.sizes.body[0]
    head = [(scene.title, kit.sizes.title[0], True, INK), (scene.text, em, False, INK)]
    told = " · ".join(part for part in (f"{scene.percent} %", scene.left) if part)
    height = column_height(head, area.w, GAP, kit) + GAP + BAR + GAP + kit.height(told, area.w, em, True)
    top = area.y + max(0, area.h - height) // 2
    placed = column(head, area.below(top - area.y), GAP, kit)
    y = max((p.box.bottom for p in placed), default=top) + GAP
    full = Box(area.x, y, area.w, BAR)
    done = full._replace(w=max(BAR, full.w * min(100, max(0, scene.percent)) // 100))
    inside = (Placed(TextRole.PLATE, done, ground=ACCENT, radius=BAR // 2),) if scene.percent else ()
    placed.append(Placed(TextRole.PLATE, full, ground=TRACK, radius=BAR // 2, parts=inside))
    placed += column([(told, em, True, INK)], area.below(full.bottom + GAP - area.y), 0, kit)
    return items + placed


# Listing


def listing(scene: Listing, kit: Kit) -> list[Placed]:
    """Lines that are read out: the one being read stands out, those before it stay as long as there is room."""
    items, area = frame(scene, kit)
    items.extend(
        column([(scene.title, kit.sizes.title[-1], True, INK)], area._replace(w=head_width(scene, area, kit)), 0, kit)
    )
    top = max((p.box.bottom for p in items if p.role is TextRole.TEXT), default=area.y) + GAP
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
    left = round(em * 0.5) + 2 * pad
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
        # Not as what the cursor has chosen: nobody can choose a line.
        ground, ink = (PANEL, INK) if now else (GROUND, INK if i < scene.read else SOFT)
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
        size = round(em * 0.5)
        spot = Box(box.x + pad, box.y + half + (pitch(em) - size) // 2, size, size)
        # A filled dot: it was read. A tick would look like "I have this".
        bar = Placed(TextRole.PLATE, Box(box.x, box.y, pad, box.h), ground=ACCENT, radius=pad // 2)
        sign = bar if now else dots(int(i < scene.read), 1, spot)
        parts = (text, sign)
        placed.append(Placed(TextRole.PLATE, box, ground=ground, radius=16, parts=parts))
        y = box.bottom
    return placed


# Digits


def digits(scene: Digits, kit: Kit) -> list[Placed]:
    """Boxes for the digits: given ones as dots (or shown), the one being turned large and light; names above groups."""
    items, area = frame(scene, kit)
    texts: Texts = [
        (scene.title, kit.sizes.title[0], True, INK),
        (scene.text, kit.sizes.body[0], False, SOFT),
    ]
    groups = scene.groups or (("", max(1, scene.length)),)
    length, em = sum(count for _, count in groups), kit.sizes.body[-1] + 6
    spare = BETWEEN_DIGITS * (length - len(groups)) + BETWEEN_GROUPS * (len(groups) - 1)
    size = min(132, (area.w - spare) // length)
    height, named = round(size * 1.3), pitch(em) + 6 if scene.groups else 0
    head = column(texts, area._replace(w=head_width(scene, area, kit), h=area.h - height - named - GAP), 10, kit)
    items.extend(head)
    top = head[-1].box.bottom if head else area.y
    y = top + named + (area.bottom - top - named - height) // 2
    x = area.x + (area.w - size * length - spare) // 2
    i = 0
    for name, count in groups:
        wide = size * count + BETWEEN_DIGITS * (count - 1)
        if name:
            # A name may be wider than two digits: half of the gap on either side is its own.
            box = Box(x - BETWEEN_GROUPS // 2, y - named, wide + BETWEEN_GROUPS, named)
            items.append(text_at(name, box, em, kit.measure, ink=SOFT, align=Align.CENTRE))
        items.extend(_digit(scene, i + k, Box(x + k * (size + BETWEEN_DIGITS), y, size, height)) for k in range(count))
        x, i = x + wide + BETWEEN_GROUPS, i + count
    return items


def _digit(scene: Digits, i: int, box: Box) -> Placed:
    """The box of one digit."""
    turning = i == scene.given and scene.current is not None
    word = str(scene.current) if turning else scene.shown[i] if i < min(scene.given, len(scene.shown)) else ""
    return Placed(
        TextRole.DIGIT,
        box,
        (word,) if word else (),
        round(box.w * 0.95),
        True,
        INK_CHOSEN if turning else INK,
        CHOSEN if turning else PANEL,
        Align.CENTRE,
        radius=16,
        edge=None if turning else EDGE,
        count=1 if i < scene.given else 0,
    )


# Table

STATE_MARKS = {"ok": Mark.TICK, "warning": Mark.WARNING, "fault": Mark.FAULT}


def table(scene: TableScene, kit: Kit) -> list[Placed]:
    """Rows of label and value, a mark for how each stands; the chosen row's page when not all have room."""
    items, area = frame(scene, kit)
    level = kit.sizes.levels - 1
    items.extend(
        column([(scene.title, kit.sizes.title[0], True, INK)], area._replace(w=head_width(scene, area, kit)), 0, kit)
    )
    top = max((p.box.bottom for p in items if p.role is TextRole.TEXT), default=area.y) + GAP
    if scene.pages > 1:
        items.append(dots(scene.page, scene.pages, Box(area.x, area.bottom - DOT, area.w, DOT)))
        area = area.above(DOT + GAP)
    area = Box(area.x, top, area.w, area.bottom - top)
    for i in range(kit.sizes.levels):
        level, em = i, kit.sizes.body[i]
        tallest = sum(_table_row_height(row, area.w, em, kit) for row in scene.rows)
        if tallest <= area.h and all(_words_whole(row, area.w, em, kit) for row in scene.rows):
            break
    return items + _table_rows(scene, area, kit.sizes.body[level], kit)


def _table_columns(width: int, em: int, kit: Kit) -> tuple[int, int, int]:
    """Left edge of the label, width of the label, left edge of the value; within a row."""
    left = kit.sizes.pad + em + kit.sizes.pad
    label = round((width - left) * (0.4 if kit.screen.w > kit.screen.h else 0.5))
    return left, label, left + label + GAP


def _table_row_height(row: TableRow, width: int, em: int, kit: Kit) -> int:
    _, label, value_x = _table_columns(width, em, kit)
    value = width - value_x - kit.sizes.pad
    lines = max(kit.lines(row.label, label, em, True), kit.lines(row.value, value, em), 1)
    return tall(lines, em) + kit.sizes.pad


def _words_whole(row: TableRow, width: int, em: int, kit: Kit) -> bool:
    """Whether no word is wider than its column, where it would be broken: the name of a file on an upright screen."""
    _, label, value_x = _table_columns(width, em, kit)
    value = width - value_x - kit.sizes.pad
    words = [
        *((word, True, label) for word in row.label.split()),
        *((word, False, value) for word in row.value.split()),
    ]
    return all(kit.measure(word, em, bold) <= room for word, bold, room in words)


def _table_rows(scene: TableScene, area: Box, em: int, kit: Kit) -> list[Placed]:
    heights = [_table_row_height(row, area.w, em, kit) for row in scene.rows]
    found = pages(heights, 0, area.h, area.h - 2 * DOT)
    page = next(page for page in found if (scene.index or 0) in page) if heights else range(0)
    room = Box(area.x, area.y + DOT, area.w, area.h - 2 * DOT) if len(found) > 1 else area
    placed: list[Placed] = []
    if page.start > 0:
        placed.append(Placed(TextRole.MORE, Box(area.x, area.y, area.w, DOT - 4), ink=SOFT, count=-1))
    y = room.y
    for i in page:
        placed.append(_table_row(scene.rows[i], i == scene.index, Box(area.x, y, area.w, heights[i]), em, kit))
        y += heights[i]
    if page.stop < len(heights):
        hidden = "" if scene.index is not None else " / ".join(row.label for row in scene.rows[page.stop :])
        placed.append(
            Placed(TextRole.MORE, Box(area.x, room.bottom + 4, area.w, DOT - 4), ink=SOFT, count=1, clipped=hidden)
        )
    return placed


def _table_row(row: TableRow, chosen: bool, box: Box, em: int, kit: Kit) -> Placed:
    ground, ink = (CHOSEN, INK_CHOSEN) if chosen else (GROUND, INK)
    left, label, value_x = _table_columns(box.w, em, kit)
    pad = kit.sizes.pad // 2
    box_label = Box(box.x + left, box.y + pad, label, box.h - pad)
    parts = [text_at(row.label, box_label, em, kit.measure, bold=True, ink=ink, ground=ground)]
    if row.value:
        value = Box(box.x + value_x, box.y + pad, box.w - value_x - kit.sizes.pad, box.h - pad)
        parts.append(text_at(row.value, value, em, kit.measure, ink=ink, ground=ground))
    mark = STATE_MARKS.get(row.state, Mark.NONE)
    spot = Box(box.x + kit.sizes.pad, box.y + pad + (pitch(em) - em) // 2, em, em)
    if mark:
        parts.append(Placed(TextRole.MARK, spot, ink=ink, ground=ground, mark=mark))
    elif chosen:
        parts.append(Placed(TextRole.POINTER, spot, ink=ink, ground=ground))
    return Placed(TextRole.PLATE, box, ground=ground, radius=12, parts=tuple(parts))
