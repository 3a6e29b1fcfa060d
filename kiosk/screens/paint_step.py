"""Where things lie in a step: over the mirror, or without a picture. Pure layout.

Over the mirror, small opaque plates frame the picture from its edges: the sentence on top, the ring in the corner, what
comes next at the bottom. Without a picture the ring is large and the words have room beside it. When the camera fails
in a step, its picture gives way to a calm panel and nothing else moves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.screens.fit import SCREEN, Align, Box, Placed, Role, faults, tall, text_at
from kiosk.screens.paint_frame import (
    GAP,
    MARGIN,
    Kit,
    Texts,
    column,
    column_height,
    dots,
    notice,
    placed_at,
    pointed,
    strip,
)
from kiosk.screens.scene import Mark, Picture, Step
from kiosk.screens.theme import ACCENT, INK, PANEL, SOFT

CORNER_RINGS = ((92, 356), (78, 356), (64, 356), (64, 460))
"""Radius of the ring over the picture and width of its word; the largest that the sentence leaves room for."""
LARGE_RINGS = ((196, 392), (172, 356), (148, 356), (124, 260), (124, 356), (96, 260), (96, 460), (64, 460))
"""The same for the ring beside the words. The width is taken even by a shorter word, so that nothing moves with it."""
MOST_OVER_PICTURE = 4
"""Lines of the sentence over the picture: more would hide the face."""
DOT = 22


def step(scene: Step, kit: Kit) -> list[Placed]:
    """Layout of a step. While there is a picture, ``title``, ``feel`` and ``mark`` are left to the voice.

    Where a long sentence leaves too little room, what the person has been told before gives way: first the title with
    its drawings, then what comes next.
    """
    if scene.picture is Picture.NONE:
        return _large(scene, kit)
    items = _over_picture(scene, kit)
    if scene.then and faults(items):
        items = _over_picture(replace(scene, then=""), kit)
    return items


def _named(scene: Step, text: str) -> str:
    return " · ".join(part for part in (scene.side_word, text) if part)


# With a picture


def _over_picture(scene: Step, kit: Kit) -> list[Placed]:
    foot = strip(scene.strip, kit)
    head = _sentence_plate(scene, kit)
    items = [foot, head]
    bottom = foot.box.y
    corner = _corner(scene, head.box.bottom, bottom, kit)
    left_of = corner.box.x if corner is not None else SCREEN.w
    if corner is not None:
        items.append(corner)
    if scene.then:
        then = _then_plate(scene.then, bottom, left_of - GAP, kit)
        items.append(then)
        bottom = then.box.y
    if scene.picture is Picture.MISSING:
        area = Box(0, head.box.bottom, left_of, bottom - head.box.bottom)
        items.append(_no_picture(scene.notice, area, kit))
    elif scene.notice:
        plate = notice(scene.notice, bottom, kit, width=left_of - GAP - MARGIN)
        items.append(placed_at(replace(plate, radius=0), 0, plate.box.y))
    return items


def _sentence_plate(scene: Step, kit: Kit) -> Placed:
    em, pad = kit.sizes.least, kit.sizes.pad
    face = round(1.6 * em) if scene.side else 0
    left = MARGIN + (face + GAP if face else 0)
    width = SCREEN.w - MARGIN - left
    text = _named(scene, scene.sentence or scene.title)
    lines = min(kit.lines(text, width, em, True), MOST_OVER_PICTURE)
    height = max(tall(lines, em), face) + 2 * pad
    parts: list[Placed] = []
    if face:
        parts.append(Placed(Role.MARK, Box(MARGIN, (height - face) // 2, face, face), mark=scene.side))
    if text:
        box = Box(left, (height - tall(lines, em)) // 2, width, tall(lines, em))
        parts.append(text_at(text, box, em, kit.measure, bold=True))
    return Placed(Role.PLATE, Box(0, 0, SCREEN.w, height), parts=tuple(parts))


def _corner(scene: Step, top: int, bottom: int, kit: Kit) -> Placed | None:
    """The timer in the lower right corner, flush with the strip and the edge of the screen."""
    timer = None
    for radius, width in CORNER_RINGS:
        timer = _timer(scene, radius, width, kit)
        if timer is None or timer.box.h <= bottom - top:
            break
    return None if timer is None else placed_at(timer, SCREEN.w - timer.box.w, bottom - timer.box.h)


def _then_plate(text: str, bottom: int, room: int, kit: Kit) -> Placed:
    """What comes next, in the lower left corner."""
    pad = kit.sizes.pad - 4
    parts = pointed(text, Box(MARGIN, 0, room - MARGIN - pad, SCREEN.h), kit)
    height = max(p.box.bottom for p in parts) + 2 * pad
    width = max(MARGIN + _natural(parts) + pad, 2 * MARGIN)
    plate = Placed(Role.PLATE, Box(0, -pad, width, height), parts=tuple(parts))
    parts = [replace(p, box=p.box._replace(w=min(p.box.w, width - p.box.x))) for p in parts]
    return placed_at(replace(plate, parts=tuple(parts)), 0, bottom - height)


def _natural(parts: list[Placed]) -> int:
    """Width from the margin to the end of the longest line."""
    return max(part.box.right for part in parts) - MARGIN


def _no_picture(text: str, area: Box, kit: Kit) -> Placed:
    """Where the mirror was: a camera that is crossed out, and the sentence that says the exercise goes on."""
    em, inner = kit.sizes.least, area.inset(MARGIN, GAP // 2)
    height = kit.height(text, inner.w, em)
    size = min(140, inner.h - height - GAP)
    parts: list[Placed] = []
    y = inner.y + max(0, inner.h - height - (size + GAP if size >= 48 else 0)) // 2
    if size >= 48:
        spot = Box(inner.x + (inner.w - size) // 2, y, size, size)
        parts.append(Placed(Role.MARK, spot, ink=SOFT, ground=PANEL, mark=Mark.CAMERA_OFF))
        y += size + GAP
    if text:
        box = Box(inner.x, y, inner.w, inner.bottom - y)
        parts.append(text_at(text, box, em, kit.measure, ground=PANEL, align=Align.CENTRE))
    return Placed(Role.PLATE, area, ground=PANEL, parts=tuple(parts))


# The timer


def _timer(scene: Step, radius: int, word_width: int, kit: Kit) -> Placed | None:
    """Ring, pace word and dots on a plate of their own at the origin; None when there is nothing to time."""
    ring, em, pad = scene.ring, kit.sizes.least, kit.sizes.pad
    if not ring.word and not ring.seconds and not ring.repetitions:
        return None
    inner = max(2 * radius, word_width if ring.word else 0, kit.widest(ring.word, word_width, em, True))
    lines, width = kit.lines(ring.word, inner, em, True), inner + 2 * pad
    box = Box((width - 2 * radius) // 2, pad, 2 * radius, 2 * radius)
    parts = [Placed(Role.RING, box, ink=ACCENT, em=max(em, round(radius * 0.84)))]
    y = box.bottom
    if ring.word:
        word = Box(pad, y, inner, tall(lines, em))
        parts.append(text_at(ring.word, word, em, kit.measure, bold=True, align=Align.CENTRE))
        y += tall(lines, em)
    if ring.repetitions > 1:
        parts.append(dots(ring.repetition, ring.repetitions, Box(pad, y, inner, DOT)))
        y += DOT
    return Placed(Role.PLATE, Box(0, 0, width, y + pad), parts=tuple(parts))


# Without a picture


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to spread the words: ``below``: what to feel runs over the full width under the ring."""

    title: bool = True
    then: bool = True
    below: bool = False


_WAYS = (_Way(), _Way(below=True), _Way(title=False), _Way(title=False, below=True), _Way(False, False, True))


def _large(scene: Step, kit: Kit) -> list[Placed]:
    items: list[Placed] = []
    for way in _WAYS:
        shown = scene if way.title else replace(scene, title="", side=Mark.NONE, side_word="", mark=Mark.NONE)
        shown = shown if way.then else replace(shown, then="")
        for radius, word_width in LARGE_RINGS:
            for level in range(kit.sizes.levels):
                items = _spread(shown, way.below, radius, word_width, level, kit)
                if not faults(items):
                    return items
    return items


def _spread(scene: Step, below: bool, radius: int, word_width: int, level: int, kit: Kit) -> list[Placed]:
    """Strip, notice and what comes next at the bottom; above them the ring, and the words beside it."""
    items = [strip(scene.strip, kit)]
    bottom = items[0].box.y - GAP
    wide = Box(MARGIN, 0, SCREEN.w - 2 * MARGIN, SCREEN.h)
    if scene.notice:
        items.append(notice(scene.notice, bottom, kit))
        bottom = items[-1].box.y - GAP
    if scene.then:
        bottom = _stand(pointed(scene.then, wide, kit), bottom, items) - GAP
    if below and scene.feel:
        feel = text_at(scene.feel, wide, kit.sizes.body[level], kit.measure, ink=SOFT)
        bottom = _stand([feel], bottom, items) - GAP
        scene = replace(scene, feel="")
    area = Box(wide.x, GAP // 2, wide.w, bottom - GAP // 2)
    timer = _timer(scene, radius, word_width, kit)
    if timer is not None:
        items.append(placed_at(timer, area.x, area.y + (area.h - timer.box.h) // 2))
        area = area.beside(timer.box.w + GAP)
    return items + _words(scene, area, level, kit)


def _stand(parts: list[Placed], bottom: int, items: list[Placed]) -> int:
    """Add ``parts``, which lie at the top, so that they end at ``bottom``; the new top of them."""
    top = bottom - max(part.box.bottom for part in parts)
    items.extend(placed_at(part, part.box.x, part.box.y + top) for part in parts)
    return top


def _words(scene: Step, area: Box, level: int, kit: Kit) -> list[Placed]:
    """Drawings and title in a row, the sentence, and how it should feel; in the middle of the height."""
    marks = [mark for mark in (scene.side, scene.mark) if mark]
    size, em = round(kit.sizes.shape * 1.6), kit.sizes.body[level]
    left = len(marks) * (size + GAP)
    title = _named(scene, scene.title)
    title_height = kit.height(title, area.w - left, em, True)
    row = max(title_height, size if marks else 0)
    texts: Texts = [(scene.sentence, kit.sizes.lead[level], True, INK), (scene.feel, em, False, SOFT)]
    height = (row + GAP if row else 0) + column_height(texts, area.w, GAP, kit)
    y = area.y + max(0, area.h - height) // 2
    items: list[Placed] = []
    for i, mark in enumerate(marks):
        items.append(Placed(Role.MARK, Box(area.x + i * (size + GAP), y + (row - size) // 2, size, size), mark=mark))
    if title:
        box = Box(area.x + left, y + (row - title_height) // 2, area.w - left, title_height)
        items.append(text_at(title, box, em, kit.measure, bold=True, ink=SOFT))
    if row:
        y += row + GAP
    return items + column(texts, Box(area.x, y, area.w, max(0, area.bottom - y)), GAP, kit)
