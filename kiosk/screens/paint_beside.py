"""Layout of a step with a picture: the mirror is the screen, and nothing lies on it. Pure.

Where hands touch the face there is no mirror: the drawn head has its place, and what to feel stands below it. Beside a
mirror the drawn head is small, and stands at the right of the ring.

In a column beside it stand, from top to bottom: the sentence, one thing to know, and the ring with the word for what is
being done and the repetitions as dots. On an upright screen the column lies below the mirror. Everything has its place
from the longest of what the step will say there, so nothing moves while it runs. When the camera fails in a step, its
picture gives way to a calm panel and nothing else moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kiosk.drawn.figure import HIGH_MM, WIDE_MM
from kiosk.screens.fit import Align, Box, Placed, TextRole, faults, tall, text_at
from kiosk.screens.paint_frame import DOT, GAP, MARGIN, Kit, dots, film_sign, placed_at, pointed, strip
from kiosk.screens.scene import Mark, PictureScene, StepScene
from kiosk.screens.theme import ACCENT, INK, PANEL, SHADE, SOFT

COLUMN = 500
"""Width of the column beside the mirror."""
MIRROR_SHARE = 0.56
"""Height of the mirror above the column, as a part of an upright screen."""
PAD = 22
"""Between the column's edge and its words."""
RINGS = (76, 60, 44)
"""Radius of the ring; the largest that the words leave room for."""
BAND_H = 12
HEADS = (210, 170, 130)
"""Width of the drawn head beside a mirror; the largest that the words leave room for."""
HEAD_HIGH = HIGH_MM / WIDE_MM
"""Height of a drawn head, as a part of its width."""
HEAD_SHARE = 0.62
"""The most width of the drawn head where there is no mirror, as a part of its place."""


def beside(scene: StepScene, kit: Kit) -> list[Placed]:
    """Layout of a step whose picture is live or missing; the mirror's place is the one of role ``PICTURE``."""
    foot = strip(scene.strip, kit)
    room, screen = foot.box.y, kit.screen
    if screen.w >= screen.h:
        x = screen.w - COLUMN if kit.column_right else 0
        words = Box(x, 0, COLUMN, room)
        picture = Box(0 if kit.column_right else COLUMN, 0, screen.w - COLUMN, room)
    else:
        picture = Box(0, 0, screen.w, round(MIRROR_SHARE * screen.h))
        words = Box(0, picture.bottom, screen.w, room - picture.bottom)
    if scene.picture is PictureScene.NONE:
        # The head names the side that it shows.
        column = replace(scene, head=None, side=Mark.NONE)
        return [foot, _drawn_head(scene, picture, kit), _column(column, words, kit)]
    if scene.picture is PictureScene.LIVE:
        return [foot, Placed(TextRole.PICTURE, picture), _column(scene, words, kit)]
    return [foot, _no_picture(scene.notice, picture, kit), _column(replace(scene, notice=""), words, kit)]


@dataclass(frozen=True, slots=True)
class _Filling:
    """One way to fill the column: what is to be ``known``, whether that is what comes next (``then``).

    ``bare``: without the band and the drawing of the side, which a label names already.
    """

    known: str
    then: bool
    film_word: bool
    radius: int
    head: int = 0
    """Width of the drawn head; 0: there is none."""
    bare: bool = False


def _fillings(scene: StepScene) -> Iterator[_Filling]:
    """The fullest first.

    One thing is to be known: what the picture is, else what is missing, else what comes next. What the picture is never
    gives way; the word for a film leaves its small camera.
    """
    known = scene.label or scene.notice
    ways = [(known, False)] if known else [(scene.then, True)] if scene.then else []
    ways += [] if scene.label else [("", False)]
    films = (True, False) if scene.filming else (False,)
    if scene.head is not None:
        # A drawing that can be seen says more than what comes next; the name of its side takes room from the ring.
        radius = RINGS[1 if scene.head.side_word else 0]
        for head in HEADS:
            yield from (_Filling(text, then, film_word, radius, head) for text, then in ways for film_word in films)
    yield from (
        _Filling(text, then, film_word, radius) for text, then in ways for film_word in films for radius in RINGS
    )
    for radius in RINGS:
        yield _Filling(scene.label, False, False, radius)
    yield _Filling(scene.label, False, False, RINGS[-1], bare=True)


def _column(scene: StepScene, area: Box, kit: Kit) -> Placed:
    plate = Placed(TextRole.PLATE, area)
    for way in _fillings(scene):
        plate = replace(plate, parts=tuple(_filled(scene, way, area.inset(PAD, PAD // 2), kit)))
        if not faults([plate], kit.screen):
            break
    return plate


def _filled(scene: StepScene, way: _Filling, area: Box, kit: Kit) -> list[Placed]:
    em = kit.sizes.least
    foot = _timer(scene, way, area, kit)
    bottom = min((part.box.y for part in foot), default=area.bottom) - GAP // 2
    # While somebody finds their place, and while the face rests, what is said stands in the sentence's place.
    sentence = scene.sentence or scene.title
    lines = max(kit.lines(text, area.w, em, True) for text in (sentence, scene.cue, scene.guide))
    said = Box(area.x, area.y, area.w, tall(lines, em))
    parts = [text_at(scene.cue or scene.guide or sentence, said, em, kit.measure, bold=True)]
    middle = Box(area.x, said.bottom + GAP // 2, area.w, kit.screen.h)
    known: list[Placed] = []
    if way.known and way.then:
        known = pointed(way.known, middle, kit)
    elif way.known:
        known = [text_at(way.known, middle, em, kit.measure, ink=SOFT)]
    if way.film_word:
        y = max((part.box.bottom for part in known), default=middle.y)
        known += film_sign(scene.filming, middle._replace(y=y), kit)
    # Just above the ring, where it stays whatever the sentence becomes.
    down = bottom - max((part.box.bottom for part in known), default=bottom)
    return [*parts, *(placed_at(part, part.box.x, part.box.y + down) for part in known), *foot]


def _timer(scene: StepScene, way: _Filling, area: Box, kit: Kit) -> list[Placed]:
    """Band, ring, word and dots, at the bottom of ``area``; nothing where there is nothing to time."""
    ring, em, radius = scene.ring, kit.sizes.least, way.radius
    if not ring.word and not ring.seconds and not ring.repetitions:
        return []
    size = round(em * 0.7)
    film = Mark.CAMERA if scene.filming and not way.film_word else Mark.NONE
    # A drawing of one side has that side's name at it, in place of the sign for it.
    name = scene.head.side_word if way.head and scene.head is not None else ""
    signs = [mark for mark in (Mark.NONE if way.bare or name else scene.side, film) if mark]
    head = Box(0, 0, way.head, round(HEAD_HIGH * way.head))
    width = area.w - 2 * radius - GAP - (size + GAP // 2) * len(signs)
    words = [word for word in ring.all_words if word]
    tried = [text_at(word, Box(0, 0, width, kit.screen.h), em, kit.measure, bold=True) for word in words]
    # A word that would be broken beside the ring, or stand as a tower, stands below it.
    broken = bool(way.head) or any(said.clipped or len(said.lines) > 2 for said in tried)
    wide = area.w if broken else width
    lines = max((kit.lines(word, wide, em, True) for word in words), default=0)
    high = max(2 * radius, head.h)
    height = high + tall(lines, em) if broken else max(high, tall(lines, em))
    y = area.bottom - height - (DOT if ring.repetitions > 1 else 0)
    row = Box(area.x, y, area.w, high if broken else height)
    top = row.y + (row.h - 2 * radius) // 2
    parts = [
        Placed(TextRole.RING, Box(area.x, top, 2 * radius, 2 * radius), ink=ACCENT, em=max(em, round(radius * 0.84)))
    ]
    x = row.right
    if way.head:
        x -= head.w
        parts.append(Placed(TextRole.HEAD, Box(x, row.y + (row.h - head.h) // 2, head.w, head.h)))
        x -= GAP // 2
    if name:
        long = kit.measure(name, em, True)
        x -= long
        named = Box(x, row.y + (row.h - tall(1, em)) // 2, long, tall(1, em))
        parts.append(text_at(name, named, em, kit.measure, bold=True))
        x -= GAP // 2
    for mark in signs:
        x -= size
        parts.append(Placed(TextRole.MARK, Box(x, row.y + (row.h - size) // 2, size, size), ink=SOFT, mark=mark))
        x -= GAP // 2
    if ring.word:
        at = Box(area.x + 2 * radius + GAP, y, wide, height)
        at = Box(area.x, row.bottom, wide, tall(lines, em)) if broken else at
        said = text_at(ring.word, at, em, kit.measure, bold=True)
        parts.append(placed_at(said, at.x, at.y + (at.h - said.box.h) // 2))
    if ring.repetitions > 1:
        parts.append(dots(ring.repetition, ring.repetitions, Box(area.x, area.bottom - DOT, area.w, DOT)))
    if scene.picture is PictureScene.LIVE and scene.band is not None and not way.bare:
        parts.insert(0, Placed(TextRole.BAND, Box(area.x, y - BAND_H - GAP // 2, area.w, BAND_H), ink=SHADE))
    return parts


def _drawn_head(scene: StepScene, area: Box, kit: Kit) -> Placed:
    """Lay out the drawn head as large as there is room, with what to feel below it and the side's name at that side."""
    em, inner = kit.sizes.least, area.inset(MARGIN // 2, GAP // 2)
    feel = text_at(scene.guide or scene.feel, inner, em, kit.measure, ink=SOFT, align=Align.CENTRE)
    below = feel.box.h if feel.lines else 0
    word = scene.head.side_word if scene.head is not None else ""
    beside_it = kit.measure(word, em, True) + GAP if word else 0
    high = min(inner.h - below - GAP // 2, round(HEAD_HIGH * HEAD_SHARE * area.w))
    wide = min(int(high / HEAD_HIGH), inner.w - 2 * beside_it)
    head = Box(inner.x + (inner.w - wide) // 2, inner.y, wide, round(HEAD_HIGH * wide))
    parts = [Placed(TextRole.HEAD, head)]
    if below:
        parts.append(placed_at(feel, inner.x, inner.bottom - below))
    if word:
        # As in a mirror: the person's own left is at the left.
        right = scene.side is Mark.FACE_RIGHT
        box = Box(head.right + GAP if right else inner.x, inner.y, head.x - inner.x - GAP, tall(1, em))
        align = Align.LEFT if right else Align.RIGHT
        parts.append(text_at(word, box, em, kit.measure, bold=True, align=align))
    return Placed(TextRole.PLATE, area, parts=tuple(parts))


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
        parts.append(text_at(text, box, em, kit.measure, ink=INK, ground=PANEL, align=Align.CENTRE))
    return Placed(TextRole.PLATE, area, ground=PANEL, parts=tuple(parts))
