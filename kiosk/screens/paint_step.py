"""Layout of a step: over the mirror, or without a picture. Pure.

Over the mirror, small opaque plates frame the picture from its edges and leave its middle, where the face is, free: the
sentence on top with the pace band under it, the ring in one corner, in the other a narrow column with one thing to
know. Without a picture the ring is large and the words have room beside it. When the camera fails in a step, its
picture gives way to a calm panel and nothing else moves. While a film is kept, a small camera and a word say so
above the ring, which gives way a little.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from itertools import product

from kiosk.screens.fit import SCREEN, Align, Box, Placed, TextRole, faults, pitch, tall, text_at
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
from kiosk.screens.scene import Mark, PictureScene, StepScene
from kiosk.screens.theme import ACCENT, INK, PANEL, SHADE, SOFT

CORNER_RINGS = ((92, 356), (78, 356), (64, 356), (64, 460))
"""Radius of the ring over the picture and width of its word; the largest that the sentence leaves room for."""
LARGE_RINGS = ((196, 392), (172, 356), (148, 356), (124, 260), (124, 356), (96, 260), (96, 460), (64, 460))
"""The same for the ring beside the words. The width is taken even by a shorter word, so that nothing moves with it."""
MOST_OVER_PICTURE = 4
"""Lines of the sentence over the picture: more would hide the face."""
DOT = 22
BAND_W, BAND_H = 640, 12
COLUMN = 500
"""Width of the plates in the lower left corner, where their words can be broken so: beside the face, not over it."""
COLUMN_LINES = 4


def step(scene: StepScene, kit: Kit) -> list[Placed]:
    """Layout of a step. While there is a picture, ``title``, ``feel`` and ``mark`` are left to the voice.

    Where a long sentence leaves too little room, what the person has been told before gives way: first the title with
    its drawings, then what comes next. Over the picture there is one thing to know: how to sit better, else what the
    picture is, else what comes next; the notice gives way to the first two rather than hide the face with them.
    """
    if scene.picture is PictureScene.NONE:
        spoken = replace(scene, sentence=scene.cue or scene.sentence, feel=scene.guide or scene.feel)
        ways = [spoken, replace(spoken, notice="")] if scene.guide else [spoken]
        for sign, shown in product((_Sign.BESIDE, _Sign.MARK) if scene.filming else (_Sign.BESIDE,), ways):
            items = _large(shown, sign, kit)
            if not faults(items):
                break
        return items
    ways = _ways_over_picture(scene)
    for narrow in (True, False):
        for signs in ((_Sign.ABOVE, _Sign.BESIDE), (_Sign.MARK,)) if scene.filming else ((_Sign.ABOVE,),):
            for shown, sign in product(ways, signs):
                items = _over_picture(shown, kit, narrow, sign)
                if not faults(items):
                    return items
    return items


class _Sign(Enum):
    """The place of the sign that a film is kept."""

    ABOVE = 1
    """Above the ring."""
    BESIDE = 2
    """Beside the face, in the lower left corner; where there is no picture, at the right of what comes next."""
    MARK = 3
    """Beside the ring, and without its word: for the longest of sentences, which leave no room for it."""


def _ways_over_picture(scene: StepScene) -> list[StepScene]:
    """Return what stands beside the face, and then the same with less of it where there is no room."""
    live = scene.picture is PictureScene.LIVE
    known = (scene.guide or scene.label) if live else ""
    shown = replace(scene, label=known, then="" if known or (live and scene.notice) else scene.then)
    if known and scene.notice:
        return [shown, replace(shown, notice="")]
    return [shown, replace(shown, then="")] if shown.then else [shown]


def _named(scene: StepScene, text: str) -> str:
    return " · ".join(part for part in (scene.side_word, text) if part)


# With a picture


def _over_picture(scene: StepScene, kit: Kit, narrow: bool, sign: _Sign) -> list[Placed]:
    foot = strip(scene.strip, kit)
    head = _sentence_plate(scene, kit)
    items = [foot, head]
    bottom = foot.box.y
    corner = _corner(scene, head.box.bottom, bottom, sign, kit)
    left_of = corner.box.x if corner is not None else SCREEN.w
    if corner is not None:
        items.append(corner)
    room = left_of - GAP
    if scene.filming and sign is _Sign.BESIDE:
        items.append(_sign_plate(scene.filming, bottom, room, kit))
        bottom = items[-1].box.y
    if scene.label or scene.then:
        words = _known_plate(scene.label or scene.then, not scene.label, bottom, room, kit, narrow)
        items.append(words)
        bottom = words.box.y
    if scene.picture is PictureScene.MISSING:
        area = Box(0, head.box.bottom, left_of, bottom - head.box.bottom)
        items.append(_no_picture(scene.notice, area, kit))
    elif scene.notice:
        plate = notice(scene.notice, bottom, kit, width=(COLUMN if narrow else room) - MARGIN)
        items.append(placed_at(replace(plate, radius=0), 0, plate.box.y))
    return items


def _sentence_plate(scene: StepScene, kit: Kit) -> Placed:
    """The sentence, or the cue in its place; as tall for both, so that the picture stays where it is."""
    em, pad = kit.sizes.least, kit.sizes.pad
    face = round(1.6 * em) if scene.side else 0
    left = MARGIN + (face + GAP if face else 0)
    width = SCREEN.w - MARGIN - left
    sentence = _named(scene, scene.sentence or scene.title)
    lines = max(min(kit.lines(text, width, em, True), MOST_OVER_PICTURE) for text in (sentence, scene.cue))
    height = max(tall(lines, em), face) + 2 * pad
    parts: list[Placed] = []
    if face:
        parts.append(Placed(TextRole.MARK, Box(MARGIN, (height - face) // 2, face, face), mark=scene.side))
    if text := scene.cue or sentence:
        most = min(kit.lines(text, width, em, True), lines)
        box = Box(left, (height - tall(most, em)) // 2, width, tall(most, em))
        parts.append(text_at(text, box, em, kit.measure, bold=True))
    if scene.band is not None:
        parts.append(Placed(TextRole.BAND, Box((SCREEN.w - BAND_W) // 2, height, BAND_W, BAND_H), ink=SHADE))
        height += BAND_H
    return Placed(TextRole.PLATE, Box(0, 0, SCREEN.w, height), parts=tuple(parts))


def _corner(scene: StepScene, top: int, bottom: int, sign: _Sign, kit: Kit) -> Placed | None:
    """The timer in the lower right corner, flush with the strip and the edge of the screen."""
    timer = None
    for radius, width in CORNER_RINGS:
        timer = _timer(scene, radius, width, sign, kit)
        if timer is None or timer.box.h <= bottom - top:
            break
    return None if timer is None else placed_at(timer, SCREEN.w - timer.box.w, bottom - timer.box.h)


def _known_plate(text: str, then: bool, bottom: int, room: int, kit: Kit, narrow: bool) -> Placed:
    """Lay out what is to be known, in the lower left corner; ``then``: it is what comes next, and points there."""
    em, pad = kit.sizes.least, kit.sizes.pad - 4
    most = room - MARGIN - pad
    if narrow:
        most = min(most, COLUMN - MARGIN - pad)
    if then:
        parts = pointed(text, Box(MARGIN, 0, most, SCREEN.h), kit)
    else:
        parts = [text_at(text, Box(MARGIN, 0, kit.widest(text, most, em), SCREEN.h), em, kit.measure, ink=SOFT)]
    if narrow and len(parts[-1].lines) > COLUMN_LINES:
        parts = [replace(parts[-1], clipped=text)]
    height = max(p.box.bottom for p in parts) + 2 * pad
    width = max(MARGIN + _natural(parts) + pad, 2 * MARGIN)
    plate = Placed(TextRole.PLATE, Box(0, -pad, width, height), parts=tuple(parts))
    parts = [replace(p, box=p.box._replace(w=min(p.box.w, width - p.box.x))) for p in parts]
    return placed_at(replace(plate, parts=tuple(parts)), 0, bottom - height)


def _sign_plate(text: str, bottom: int, room: int, kit: Kit) -> Placed:
    """The sign of a film, in the lower left corner."""
    pad = kit.sizes.pad - 4
    parts = _film_sign(text, Box(MARGIN, 0, min(room, COLUMN) - MARGIN - pad, SCREEN.h), kit)
    width, height = parts[-1].box.right + pad, parts[-1].box.h + 2 * pad
    return placed_at(Placed(TextRole.PLATE, Box(0, -pad, width, height), parts=tuple(parts)), 0, bottom - height)


def _film_sign(text: str, box: Box, kit: Kit) -> list[Placed]:
    """A small camera and ``text`` at the top of ``box``; always the same, so that it is not looked at for long."""
    em = kit.sizes.least
    size = round(em * 0.9)
    left = size + 14
    mark = Box(box.x, box.y + (pitch(em) - size) // 2, size, size)
    words = Box(box.x + left, box.y, kit.widest(text, box.w - left, em), box.h)
    return [Placed(TextRole.MARK, mark, ink=SOFT, mark=Mark.CAMERA), text_at(text, words, em, kit.measure, ink=SOFT)]


def _natural(parts: list[Placed]) -> int:
    """Width from the margin to the end of the longest line."""
    return max(part.box.right for part in parts) - MARGIN


def _no_picture(text: str, area: Box, kit: Kit) -> Placed:
    """Lay out, in the place of the mirror, a crossed-out camera and the sentence that says the exercise goes on."""
    em, inner = kit.sizes.least, area.inset(MARGIN, GAP // 2)
    height = kit.height(text, inner.w, em)
    size = min(140, inner.h - height - GAP)
    parts: list[Placed] = []
    y = inner.y + max(0, inner.h - height - (size + GAP if size >= 48 else 0)) // 2
    if size >= 48:
        spot = Box(inner.x + (inner.w - size) // 2, y, size, size)
        parts.append(Placed(TextRole.MARK, spot, ink=SOFT, ground=PANEL, mark=Mark.CAMERA_OFF))
        y += size + GAP
    if text:
        box = Box(inner.x, y, inner.w, inner.bottom - y)
        parts.append(text_at(text, box, em, kit.measure, ground=PANEL, align=Align.CENTRE))
    return Placed(TextRole.PLATE, area, ground=PANEL, parts=tuple(parts))


# The timer


def _timer(scene: StepScene, radius: int, word_width: int, sign: _Sign, kit: Kit) -> Placed | None:
    """Sign, ring, pace word and dots on a plate of their own at the origin; None when there is nothing to time."""
    ring, em, pad = scene.ring, kit.sizes.least, kit.sizes.pad
    if not ring.word and not ring.seconds and not ring.repetitions:
        return None
    inner = max(2 * radius, word_width if ring.word else 0, kit.widest(ring.word, word_width, em, True))
    film = _film_sign(scene.filming, Box(pad, pad, inner, SCREEN.h), kit) if scene.filming else []
    if sign is not _Sign.ABOVE:
        film = film[:1] if sign is _Sign.MARK else []
    inner = max(inner, 2 * (radius + film[0].box.w)) if film and sign is _Sign.MARK else inner
    lines, width = kit.lines(ring.word, inner, em, True), inner + 2 * pad
    y = pad
    if film and sign is _Sign.ABOVE:
        left = (inner + pad - film[-1].box.right) // 2
        film = [placed_at(part, part.box.x + left, part.box.y) for part in film]
        y = film[-1].box.bottom + pad // 2
    parts = film
    box = Box((width - 2 * radius) // 2, y, 2 * radius, 2 * radius)
    parts.append(Placed(TextRole.RING, box, ink=ACCENT, em=max(em, round(radius * 0.84))))
    y = box.bottom
    if ring.word:
        word = Box(pad, y, inner, tall(lines, em))
        parts.append(text_at(ring.word, word, em, kit.measure, bold=True, align=Align.CENTRE))
        y += tall(lines, em)
    if ring.repetitions > 1:
        parts.append(dots(ring.repetition, ring.repetitions, Box(pad, y, inner, DOT)))
        y += DOT
    return Placed(TextRole.PLATE, Box(0, 0, width, y + pad), parts=tuple(parts))


# Without a picture


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to spread the words: ``below``: what to feel runs over the full width under the ring."""

    title: bool = True
    then: bool = True
    below: bool = False


_WAYS = (_Way(), _Way(below=True), _Way(title=False, below=True), _Way(False, False, True))


def _large(scene: StepScene, sign: _Sign, kit: Kit) -> list[Placed]:
    """Strip and notice at the bottom; above them, as large as there is room for, the ring and the words."""
    items = [strip(scene.strip, kit)]
    bottom = items[0].box.y - GAP
    if scene.notice:
        items.append(notice(scene.notice, bottom, kit))
        bottom = items[-1].box.y - GAP
    for way in _WAYS:
        shown = scene if way.title else replace(scene, title="", side=Mark.NONE, side_word="", mark=Mark.NONE)
        shown = shown if way.then else replace(shown, then="")
        foot = shown if sign is _Sign.BESIDE else replace(shown, filming="")
        for radius, word_width in LARGE_RINGS:
            timer = _timer(shown, radius, word_width, sign, kit)
            for level in range(kit.sizes.levels):
                rest = _spread(foot, way.below, timer, bottom, level, kit)
                if rest and not faults(rest):
                    return items + rest
    return items + _spread(foot, True, timer, bottom, level, kit, anyhow=True)


def _spread(
    scene: StepScene, below: bool, timer: Placed | None, bottom: int, level: int, kit: Kit, anyhow: bool = False
) -> list[Placed]:
    """Lay out what comes next and the sign of a film down to ``bottom``, above it the ring with the words beside it.

    Nothing when it is too tall.
    """
    items: list[Placed] = []
    wide = Box(MARGIN, 0, SCREEN.w - 2 * MARGIN, SCREEN.h)
    film = _film_sign(scene.filming, Box(0, 0, wide.w // 2, SCREEN.h), kit) if scene.filming else []
    left = wide.right - film[-1].box.right if film else wide.right
    foot = pointed(scene.then, wide._replace(w=left - GAP - wide.x), kit) if scene.then else []
    foot += [placed_at(part, part.box.x + left, part.box.y) for part in film]
    if foot:
        bottom = _stand(foot, bottom, items) - GAP
    if below and scene.feel:
        feel = text_at(scene.feel, wide, kit.sizes.body[level], kit.measure, ink=SOFT)
        bottom = _stand([feel], bottom, items) - GAP
        scene = replace(scene, feel="")
    area = Box(wide.x, GAP // 2, wide.w, bottom - GAP // 2)
    words = area if timer is None else area.beside(timer.box.w + GAP)
    tallest = max(_words_height(scene, words.w, level, kit), 0 if timer is None else timer.box.h)
    if tallest > area.h and not anyhow:
        return []
    if timer is not None:
        items.append(placed_at(timer, area.x, area.y + (area.h - timer.box.h) // 2))
    return items + _words(scene, words, level, kit)


def _stand(parts: list[Placed], bottom: int, items: list[Placed]) -> int:
    """Add ``parts``, which lie at the top, so that they end at ``bottom``; the new top of them."""
    top = bottom - max(part.box.bottom for part in parts)
    items.extend(placed_at(part, part.box.x, part.box.y + top) for part in parts)
    return top


@dataclass(frozen=True, slots=True)
class _Title:
    """The row above the sentence: drawings, and the title at their right."""

    marks: tuple[Mark, ...]
    text: str
    size: int
    text_height: int

    @property
    def left(self) -> int:
        return len(self.marks) * (self.size + GAP)

    @property
    def height(self) -> int:
        return max(self.text_height, self.size if self.marks else 0)


def _title(scene: StepScene, width: int, em: int, kit: Kit) -> _Title:
    marks = tuple(mark for mark in (scene.side, scene.mark) if mark)
    size, text = round(kit.sizes.shape * 1.6), _named(scene, scene.title)
    return _Title(marks, text, size, kit.height(text, width - len(marks) * (size + GAP), em, True))


def _texts(scene: StepScene, level: int, kit: Kit) -> Texts:
    return [(scene.sentence, kit.sizes.lead[level], True, INK), (scene.feel, kit.sizes.body[level], False, SOFT)]


def _words_height(scene: StepScene, width: int, level: int, kit: Kit) -> int:
    row = _title(scene, width, kit.sizes.body[level], kit).height
    return (row + GAP if row else 0) + column_height(_texts(scene, level, kit), width, GAP, kit)


def _words(scene: StepScene, area: Box, level: int, kit: Kit) -> list[Placed]:
    """Title, the sentence, and how it should feel; in the middle of the height."""
    em = kit.sizes.body[level]
    title = _title(scene, area.w, em, kit)
    row, size = title.height, title.size
    y = area.y + max(0, area.h - _words_height(scene, area.w, level, kit)) // 2
    items = [
        Placed(TextRole.MARK, Box(area.x + i * (size + GAP), y + (row - size) // 2, size, size), mark=mark)
        for i, mark in enumerate(title.marks)
    ]
    if title.text:
        box = Box(area.x + title.left, y + (row - title.text_height) // 2, area.w - title.left, title.text_height)
        items.append(text_at(title.text, box, em, kit.measure, bold=True, ink=SOFT))
    if row:
        y += row + GAP
    return items + column(_texts(scene, level, kit), Box(area.x, y, area.w, max(0, area.bottom - y)), GAP, kit)
