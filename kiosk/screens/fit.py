"""Making text fit: boxes, wrapping, and the shrinking that stops at the least legible size. Pure: no pixels here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Protocol

from kiosk.screens.scene import Mark
from kiosk.screens.theme import GROUND, HEIGHT, INK, LEADING, WIDTH, Colour
from kiosk.signals import Button

ELLIPSIS = "…"


class MeasureText(Protocol):
    """The width in pixels of one line of ``text`` at font size ``em``."""

    def __call__(self, text: str, em: int, bold: bool) -> int: ...

    def __hash__(self) -> int: ...


class Box(NamedTuple):
    """A rectangle in logical pixels."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        return self.x + self.w

    @property
    def bottom(self) -> int:
        return self.y + self.h

    def inset(self, dx: int, dy: int) -> Box:
        return Box(self.x + dx, self.y + dy, self.w - 2 * dx, self.h - 2 * dy)

    def below(self, dy: int) -> Box:
        """The rest of it under the first ``dy`` pixels."""
        return Box(self.x, self.y + dy, self.w, self.h - dy)

    def above(self, dy: int) -> Box:
        """The rest of it over the last ``dy`` pixels."""
        return Box(self.x, self.y, self.w, self.h - dy)

    def beside(self, dx: int) -> Box:
        """The rest of it to the right of the first ``dx`` pixels."""
        return Box(self.x + dx, self.y, self.w - dx, self.h)

    def overlaps(self, other: Box) -> bool:
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def holds(self, other: Box) -> bool:
        return self.x <= other.x and self.y <= other.y and other.right <= self.right and other.bottom <= self.bottom


SCREEN = Box(0, 0, WIDTH, HEIGHT)
"""The sheet of a 16:9 screen."""
UPRIGHT = 960, 1536
"""Least width and height of the sheet of a screen that is taller than wide."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper of a screen's layout: ``box`` in logical pixels, each of them ``scale`` of the screen's own."""

    box: Box = SCREEN
    scale: float = 1.0


@lru_cache(maxsize=8)
def sheet_of(width: int, height: int) -> Sheet:
    """The sheet of a screen of so many pixels: as large as the whole of it, and never less than a page needs."""
    least = (WIDTH, HEIGHT) if width >= height else UPRIGHT
    scale = min(width / least[0], height / least[1])
    return Sheet(Box(0, 0, round(width / scale), round(height / scale)), scale)


class TextRole(StrEnum):
    """The use of a rectangle; decides how it is drawn."""

    TEXT = "text"
    PLATE = "plate"
    MARK = "mark"
    BUTTON = "button"
    RING = "ring"
    DOTS = "dots"
    DIGIT = "digit"
    POINTER = "pointer"
    MORE = "more"
    BAND = "band"
    PICTURE = "picture"
    HEAD = "head"
    FACE = "face"
    LINE = "line"


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Placed:
    """One thing on the screen and its place. A plate holds ``parts``; everything else is a leaf."""

    role: TextRole
    """Its use."""
    box: Box
    """Its place."""
    lines: tuple[str, ...] = ()
    """Its text, line by line."""
    em: int = 0
    """The size of its letters."""
    bold: bool = False
    """Whether its letters are bold."""
    ink: Colour = INK
    """The colour of letters and marks."""
    ground: Colour = GROUND
    """The colour behind it (a plate fills itself with it)."""
    align: Align = Align.LEFT
    """The side to which its lines are set."""
    mark: Mark = Mark.NONE
    """The drawing on it."""
    button: Button | None = None
    """The button that it stands for; None: none."""
    radius: int = 0
    """The radius of its corners."""
    edge: Colour | None = None
    """The colour of its edge; None: it has none."""
    count: int = 0
    """Of ``of``: dots filled, digits given; more above (-1) or below (1); a button that is lit (1)."""
    of: int = 0
    """The number that ``count`` is of."""
    clipped: str = ""
    """The text that is not shown whole."""
    parts: tuple[Placed, ...] = ()
    """The things on a plate."""
    curve: tuple[tuple[tuple[float, float], ...], ...] = ()
    """Pieces of a drawn line: points from 0 to 1, from the left and from the bottom of its box."""

    def walk(self) -> Iterator[Placed]:
        """Yield this and everything on it."""
        yield self
        for part in self.parts:
            yield from part.walk()


def scaled(item: Placed, scale: float) -> Placed:
    """The same in pixels of a screen whose logical pixel has ``scale`` of them; neighbours still touch."""
    if scale == 1:
        return item
    x, y, right, bottom = (round(edge * scale) for edge in (item.box.x, item.box.y, item.box.right, item.box.bottom))
    return replace(
        item,
        box=Box(x, y, right - x, bottom - y),
        em=round(item.em * scale),
        radius=round(item.radius * scale),
        parts=tuple(scaled(part, scale) for part in item.parts),
    )


def pitch(em: int) -> int:
    """The distance from one line to the next."""
    return round(em * LEADING)


def tall(lines: int, em: int) -> int:
    """Height of so many lines."""
    return lines * pitch(em)


def wrap(text: str, width: int, em: int, bold: bool, measure: MeasureText) -> tuple[str, ...]:
    """Break ``text`` at its blanks into lines of at most ``width`` pixels; a word that is wider is broken inside.

    A newline in the text always breaks.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            joined = f"{line} {word}" if line else word
            if measure(joined, em, bold) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            while measure(word, em, bold) > width and len(word) > 1:
                head = _head(word, width, em, bold, measure)
                lines.append(head)
                word = word[len(head) :]  # noqa: PLW2901 - the rest of the word goes on
            line = word
        lines.append(line)
    return tuple(lines)


def _head(word: str, width: int, em: int, bold: bool, measure: MeasureText) -> str:
    n = len(word) - 1
    while n > 1 and measure(word[:n], em, bold) > width:
        n -= 1
    return word[:n]


def broken(text: str, lines: Sequence[str]) -> bool:
    """Whether a word had to be broken inside."""
    return " ".join(text.split()) != " ".join(" ".join(lines).split())


# A layout tries many ways with the same words, and each pace of a step lays the same sentence out again.
@lru_cache(maxsize=4096)
def balanced(text: str, width: int, em: int, bold: bool, measure: MeasureText) -> tuple[str, ...]:
    """Like ``wrap``, with lines of about the same length and no more of them."""
    lines = wrap(text, width, em, bold, measure)
    if len(lines) < 2:
        return lines
    narrow = narrowest(text, len(lines), em, bold, measure, width)
    return wrap(text, narrow, em, bold, measure)


@lru_cache(maxsize=4096)
def narrowest(text: str, lines: int, em: int, bold: bool, measure: MeasureText, most: int) -> int:
    """The least width (≤ ``most``) at which ``text`` takes at most ``lines`` lines without breaking a word.

    More than ``most`` when there is none.
    """

    def good(width: int) -> bool:
        got = wrap(text, width, em, bold, measure)
        return len(got) <= lines and not broken(text, got)

    if not good(most):
        return most + 1
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if good(middle) else (middle + 1, high)
    return low


def cut(lines: Sequence[str], most: int, width: int, em: int, bold: bool, measure: MeasureText) -> tuple[str, ...]:
    """The first ``most`` lines, with an ellipsis where the rest is missing."""
    if len(lines) <= most:
        return tuple(lines)
    if most < 1:
        return ()
    last = lines[most - 1]
    while last and measure(last + ELLIPSIS, em, bold) > width:
        last = last[:-1]
    return (*lines[: most - 1], last.rstrip() + ELLIPSIS)


def text_at(
    text: str,
    box: Box,
    em: int,
    measure: MeasureText,
    *,
    bold: bool = False,
    ink: Colour = INK,
    ground: Colour = GROUND,
    align: Align = Align.LEFT,
    most: int | None = None,
) -> Placed:
    """``text`` at the top of ``box``, as tall as it needs but no taller than the box (or ``most`` lines)."""
    lines = balanced(text, box.w, em, bold, measure)
    room = max(0, box.h // pitch(em))
    kept = cut(lines, room if most is None else min(most, room), box.w, em, bold, measure)
    clipped = text if len(kept) < len(lines) or broken(text, lines) else ""
    if any(measure(line, em, bold) > box.w for line in kept):
        clipped = text
    return Placed(
        TextRole.TEXT,
        Box(box.x, box.y, box.w, tall(len(kept), em)),
        kept,
        em,
        bold,
        ink,
        ground,
        align,
        clipped=clipped,
    )


def faults(items: Sequence[Placed], screen: Box = SCREEN) -> list[str]:
    """Everything wrong with a layout: clipped text, things on top of each other, things outside the screen."""
    found = [
        f"clipped: {part.clipped!r} in {tuple(part.box)}" for item in items for part in item.walk() if part.clipped
    ]
    for item in items:
        if not screen.holds(item.box):
            found.append(f"outside the screen: {_name(item)} at {tuple(item.box)}")
        for part in item.walk():
            found.extend(
                f"outside its plate: {_name(inner)} at {tuple(inner.box)}, plate {tuple(part.box)}"
                for inner in part.parts
                if not part.box.holds(inner.box)
            )
            found.extend(_collisions(part.parts))
    found.extend(_collisions(items))
    return found


def _collisions(items: Sequence[Placed]) -> list[str]:
    return [
        f"overlap: {_name(a)} at {tuple(a.box)} and {_name(b)} at {tuple(b.box)}"
        for i, a in enumerate(items)
        for b in items[i + 1 :]
        if a.box.overlaps(b.box)
    ]


def _name(item: Placed) -> str:
    return f"{item.role} {' '.join(item.lines)!r}" if item.lines else f"{item.role} {item.mark or item.button or ''}"
