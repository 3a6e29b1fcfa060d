"""Layout of a step without a picture: the ring is large, and the words have room beside it. Pure.

With a mirror or a drawn head, that is the screen and the words stand in a column beside it: ``paint_beside``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from itertools import product

from kiosk.screens.fit import Align, Box, Placed, TextRole, faults, tall, text_at
from kiosk.screens.paint_frame import (
    DOT,
    GAP,
    MARGIN,
    Kit,
    Texts,
    column,
    column_height,
    dots,
    film_sign,
    notice,
    placed_at,
    pointed,
    strip,
)
from kiosk.screens.scene import Mark, PictureScene, StepScene
from kiosk.screens.theme import ACCENT, INK, SOFT

LARGE_RINGS = ((196, 392), (172, 356), (148, 356), (124, 260), (124, 356), (96, 260), (96, 460), (64, 460))
"""The same for the ring beside the words. The width is taken even by a shorter word, so that nothing moves with it."""


def step(scene: StepScene, kit: Kit) -> list[Placed]:
    """Layout of a step. While there is a picture, ``title``, ``feel`` and ``mark`` are left to the voice.

    Where a long sentence leaves too little room, what the person has been told before gives way: first the title with
    its drawings, then what comes next.
    """
    if scene.picture is not PictureScene.NONE or scene.head is not None:
        from kiosk.screens.paint_beside import beside

        items = beside(scene, kit)
        if scene.picture is not PictureScene.NONE or not faults(items, kit.screen):
            return items
        # In a language in which the words have no room beside the head, they are what cannot be left out.
    # What stands where: the words of this moment, and as ``cue`` those that give their place the rest of the step.
    spoken = replace(scene, sentence=scene.cue or scene.sentence, cue=scene.sentence, feel=scene.guide or scene.feel)
    ways = [spoken, replace(spoken, notice="")] if scene.guide else [spoken]
    for sign, shown in product((_Sign.BESIDE, _Sign.MARK) if scene.filming else (_Sign.BESIDE,), ways):
        items = _large(shown, sign, kit)
        if not faults(items, kit.screen):
            break
    return items


class _Sign(Enum):
    """The place of the sign that a film is kept."""

    BESIDE = 1
    """At the right of what comes next."""
    MARK = 2
    """Beside the ring, and without its word: for the longest of sentences, which leave no room for it."""


# The timer


def _timer(scene: StepScene, radius: int, word_width: int, sign: _Sign, kit: Kit) -> Placed | None:
    """Sign, ring, pace word and dots on a plate of their own at the origin; None when there is nothing to time."""
    ring, em, pad = scene.ring, kit.sizes.least, kit.sizes.pad
    if not ring.word and not ring.seconds and not ring.repetitions:
        return None
    inner = max(
        2 * radius,
        word_width if ring.word else 0,
        *(kit.widest(word, word_width, em, True) for word in ring.all_words),
    )
    film = film_sign(scene.filming, Box(pad, pad, inner, kit.screen.h), kit)[:1] if sign is _Sign.MARK else []
    inner = max(inner, 2 * (radius + film[0].box.w)) if film else inner
    lines, width = max(kit.lines(word, inner, em, True) for word in ring.all_words), inner + 2 * pad
    y = pad
    parts = film
    box = Box((width - 2 * radius) // 2, y, 2 * radius, 2 * radius)
    parts.append(Placed(TextRole.RING, box, ink=ACCENT, em=max(em, round(radius * 0.84))))
    y = box.bottom
    if ring.word:
        place = Box(pad, y, inner, tall(lines, em))
        said = [text_at(word, place, em, kit.measure, bold=True, align=Align.CENTRE) for word in ring.all_words]
        # What has no room for one of the words has none for this one either: another would move the ring.
        parts.append(replace(said[0], clipped=next((each.clipped for each in said if each.clipped), "")))
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
        shown = scene if way.title else replace(scene, title="", side=Mark.NONE, mark=Mark.NONE)
        shown = shown if way.then else replace(shown, then="")
        foot = shown if sign is _Sign.BESIDE else replace(shown, filming="")
        for radius, word_width in LARGE_RINGS:
            timer = _timer(shown, radius, word_width, sign, kit)
            for level in range(kit.sizes.levels):
                rest = _spread(foot, way.below, timer, bottom, level, kit)
                if rest and not faults(rest, kit.screen):
                    return items + rest
    return items + _spread(foot, True, timer, bottom, level, kit, anyhow=True)


def _spread(
    scene: StepScene, below: bool, timer: Placed | None, bottom: int, level: int, kit: Kit, anyhow: bool = False
) -> list[Placed]:
    """Lay out what comes next and the sign of a film down to ``bottom``, above it the ring with the words beside it.

    Nothing when it is too tall.
    """
    items: list[Placed] = []
    wide = Box(MARGIN, 0, kit.screen.w - 2 * MARGIN, kit.screen.h)
    film = film_sign(scene.filming, Box(0, 0, wide.w // 2, kit.screen.h), kit) if scene.filming else []
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
    if timer is not None and kit.screen.h > kit.screen.w:
        # An upright screen has no room beside the ring: the words stand below it.
        items.append(placed_at(timer, area.x + (area.w - timer.box.w) // 2, area.y + GAP))
        area = area.below(timer.box.h + 2 * GAP)
        timer = None
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
    size, text = round(kit.sizes.shape * 1.6), scene.title
    return _Title(marks, text, size, kit.height(text, width - len(marks) * (size + GAP), em, True))


def _texts(scene: StepScene, level: int, kit: Kit) -> Texts:
    return [(scene.sentence, kit.sizes.lead[level], True, INK), (scene.feel, kit.sizes.body[level], False, SOFT)]


def _words_height(scene: StepScene, width: int, level: int, kit: Kit) -> int:
    row = _title(scene, width, kit.sizes.body[level], kit).height
    tallest = max(
        column_height(_texts(said, level, kit), width, GAP, kit)
        for said in (scene, replace(scene, sentence=scene.cue or scene.sentence))
    )
    return (row + GAP if row else 0) + tallest


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
