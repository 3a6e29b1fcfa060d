"""Where things lie in a step: over the mirror, or without a picture. Pure layout.

Over the mirror only small opaque plates lie on the picture: the sentence on top, the ring in the corner, what comes next
at the bottom. Without a picture the ring is large and the words have room beside it. When the camera fails in a step, its
picture gives way to a calm panel and nothing else moves.
"""

from __future__ import annotations

from kiosk.screens.fit import SCREEN, Align, Box, Placed, Role, narrowest, pitch, tall, text_at
from kiosk.screens.paint_frame import GAP, MARGIN, Kit, column, column_height, dots, notice, strip
from kiosk.screens.scene import Mark, Picture, Step
from kiosk.screens.theme import ACCENT, GROUND, INK, PANEL, SOFT

CORNER_RADIUS = 92
"""Radius of the ring over the picture."""
LARGE_RADII = (196, 172, 148, 124)
"""Radii of the ring beside the words; the largest that leaves them room."""
DOT = 22


def step(scene: Step, kit: Kit) -> list[Placed]:
    """Layout of a step. ``title`` and ``feel`` are left to the voice while there is a picture."""
    return _large(scene, kit) if scene.picture is Picture.NONE else _over_picture(scene, kit)


def _over_picture(scene: Step, kit: Kit) -> list[Placed]:
    foot = strip(scene.strip, kit)
    items = [foot, _sentence_plate(scene, kit)]
    ring = _ring_plate(scene, foot.box.y - GAP, kit)
    if ring is not None:
        items.append(ring)
    bottom = foot.box.y - GAP
    room = (ring.box.x if ring is not None else SCREEN.w) - GAP - MARGIN
    if scene.then:
        then = _then_plate(scene.then, bottom, room, kit)
        items.append(then)
        bottom = then.box.y - GAP
    if scene.notice and scene.picture is Picture.LIVE:
        items.append(notice(scene.notice, bottom, kit, width=room))
    if scene.picture is Picture.MISSING:
        items.extend(
            _no_picture(scene.notice, Box(MARGIN, items[1].box.bottom, room, bottom - items[1].box.bottom), kit)
        )
    return items


def _sentence_plate(scene: Step, kit: Kit) -> Placed:
    em, pad = kit.sizes.least, kit.sizes.pad
    face = 2 * pitch(em) - pad if scene.side else 0
    left = MARGIN + (face + GAP if face else 0)
    width = SCREEN.w - MARGIN - left
    text = scene.sentence or scene.title
    if scene.side_word:
        text = f"{scene.side_word}: {text}" if text else scene.side_word
    height = max(kit.height(text, width, em, True), face) + 2 * pad
    parts: list[Placed] = []
    if face:
        parts.append(Placed(Role.MARK, Box(MARGIN, (height - face) // 2, face, face), ground=GROUND, mark=scene.side))
    if text:
        placed = text_at(text, Box(left, 0, width, height), em, kit.measure, bold=True)
        parts.append(
            text_at(text, Box(left, (height - placed.box.h) // 2, width, placed.box.h), em, kit.measure, bold=True)
        )
    return Placed(Role.PLATE, Box(0, 0, SCREEN.w, height), ground=GROUND, parts=tuple(parts))


def _ring_plate(scene: Step, bottom: int, kit: Kit) -> Placed | None:
    """The timer over the picture, in the lower right corner."""
    return _timer(scene, CORNER_RADIUS, bottom, kit)


def _timer(scene: Step, radius: int, bottom: int, kit: Kit) -> Placed | None:
    ring, em, pad = scene.ring, kit.sizes.least, kit.sizes.pad
    if not ring.word and not ring.seconds and not ring.repetitions:
        return None
    most = 420
    lines = kit.lines(ring.word, most, em, True)
    wide = narrowest(ring.word, lines, em, True, kit.measure, most) if ring.word else 0
    width = max(2 * radius, min(wide, most)) + 2 * pad
    dot_row = DOT + pad if ring.repetitions > 1 else 0
    height = 2 * radius + 2 * pad + tall(lines, em) + dot_row
    plate = Box(SCREEN.w - MARGIN - width, bottom - height, width, height)
    parts = [
        Placed(
            Role.RING,
            Box(plate.x + (width - 2 * radius) // 2, plate.y + pad, 2 * radius, 2 * radius),
            ink=ACCENT,
            ground=GROUND,
            em=round(radius * 1.0),
        )
    ]
    y = plate.y + pad + 2 * radius
    if ring.word:
        parts.append(
            text_at(
                ring.word,
                Box(plate.x + pad, y, width - 2 * pad, tall(lines, em)),
                em,
                kit.measure,
                bold=True,
                align=Align.CENTRE,
            )
        )
        y += tall(lines, em)
    if dot_row:
        parts.append(dots(ring.repetition, ring.repetitions, Box(plate.x + pad, y, width - 2 * pad, DOT)))
    return Placed(Role.PLATE, plate, ground=GROUND, radius=24, parts=tuple(parts))


def _then_plate(text: str, bottom: int, room: int, kit: Kit) -> Placed:
    em, pad = kit.sizes.least, kit.sizes.pad // 2 + 4
    lines = kit.lines(text, room - 2 * pad, em)
    width = min(room, narrowest(text, lines, em, False, kit.measure, room - 2 * pad) + 2 * pad)
    height = tall(lines, em) + 2 * pad
    box = Box(MARGIN, bottom - height, width, height)
    return Placed(
        Role.PLATE,
        box,
        ground=GROUND,
        radius=18,
        parts=(text_at(text, box.inset(pad, pad), em, kit.measure, ink=SOFT),),
    )


def _no_picture(text: str, area: Box, kit: Kit) -> list[Placed]:
    """Where the mirror was: a camera that is crossed out, and the sentence that says the exercise goes on."""
    em = kit.sizes.least
    height = kit.height(text, area.w, em)
    size = min(150, area.h - height - 2 * GAP)
    parts: list[Placed] = []
    top = area.y + (area.h - height - (size + GAP if size >= 48 else 0)) // 2
    if size >= 48:
        parts.append(Placed(Role.MARK, Box(area.x, top, size, size), ink=SOFT, ground=GROUND, mark=Mark.CAMERA_OFF))
        top += size + GAP
    if text:
        parts.append(text_at(text, Box(area.x, max(area.y, top), area.w, area.bottom - top), em, kit.measure, ink=SOFT))
    return parts


def _large(scene: Step, kit: Kit) -> list[Placed]:
    foot = strip(scene.strip, kit)
    items = [foot]
    bottom = foot.box.y - GAP
    if scene.notice:
        plate = notice(scene.notice, bottom, kit)
        items.append(plate)
        bottom = plate.box.y - GAP
    if scene.then:
        room = SCREEN.w - 2 * MARGIN
        height = kit.height(scene.then, room, kit.sizes.least)
        then = text_at(scene.then, Box(MARGIN, bottom - height, room, height), kit.sizes.least, kit.measure, ink=SOFT)
        items.append(then)
        bottom = then.box.y - GAP
    area = Box(MARGIN, MARGIN // 2 + 4, SCREEN.w - 2 * MARGIN, bottom - MARGIN // 2 - 4)
    for radius in LARGE_RADII:
        for level in range(kit.sizes.levels):
            timer = _large_timer(scene, radius, area, kit)
            left = timer.box.right + 2 * GAP if timer is not None else area.x
            words = Box(left, area.y, area.right - left, area.h)
            if _words_height(scene, words.w, level, kit) <= words.h and (timer is None or timer.box.h <= area.h):
                return items + ([timer] if timer else []) + _words(scene, words, level, kit)
    timer = _large_timer(scene, LARGE_RADII[-1], area, kit)
    left = timer.box.right + 2 * GAP if timer is not None else area.x
    words = Box(left, area.y, area.right - left, area.h)
    return items + ([timer] if timer else []) + _words(scene, words, kit.sizes.levels - 1, kit)


def _large_timer(scene: Step, radius: int, area: Box, kit: Kit) -> Placed | None:
    """The timer at the left, in the middle of the height."""
    from kiosk.screens.paint_frame import placed_at

    timer = _timer(scene, radius, area.bottom, kit)
    return None if timer is None else placed_at(timer, area.x, area.y + (area.h - timer.box.h) // 2)


Words = list[tuple[str, int, bool, tuple[int, int, int]]]


def _texts(scene: Step, level: int, kit: Kit) -> Words:
    body = kit.sizes.body[level]
    return [
        (scene.title, body, True, SOFT),
        (scene.sentence, kit.sizes.lead[level], True, INK),
        (scene.feel, body, False, SOFT),
    ]


def _marks(scene: Step) -> list[Mark]:
    return [mark for mark in (scene.side, scene.mark) if mark]


def _mark_row(scene: Step, width: int, kit: Kit) -> int:
    """Height of the row of drawings above the words; 0 without any."""
    if not _marks(scene) and not scene.side_word:
        return 0
    return max(2 * kit.sizes.shape if _marks(scene) else 0, pitch(kit.sizes.least)) + GAP


def _words_height(scene: Step, width: int, level: int, kit: Kit) -> int:
    return _mark_row(scene, width, kit) + column_height(_texts(scene, level, kit), width, GAP, kit)


def _words(scene: Step, area: Box, level: int, kit: Kit) -> list[Placed]:
    height = _words_height(scene, area.w, level, kit)
    y = area.y + max(0, (area.h - height) // 2)
    items: list[Placed] = []
    row = _mark_row(scene, area.w, kit)
    if row:
        size = row - GAP
        x = area.x
        for mark in _marks(scene):
            items.append(Placed(Role.MARK, Box(x, y, size, size), ink=INK, ground=GROUND, mark=mark))
            x += size + GAP
        if scene.side_word:
            em = kit.sizes.least
            box = Box(x, y + (size - pitch(em)) // 2, area.right - x, pitch(em))
            items.append(text_at(scene.side_word, box, em, kit.measure, bold=True, ink=INK))
    return items + column(_texts(scene, level, kit), area.below(y + row - area.y), GAP, kit)


__all__ = ["CORNER_RADIUS", "LARGE_RADII", "PANEL", "step"]
