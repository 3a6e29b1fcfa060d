"""Colours, sizes, button shapes and the two fonts: everything about the look that a test can hold against a number.

Light letters on a dark ground: the kiosk stands beside a bed, often in a dim room, before an eye that may not close
fully and is dazzled easily. Nothing is pure white or pure black, which would swim for a tired or
astigmatic eye. (See docs/decisions/screens-dark-and-large.md.)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import ceil
from pathlib import Path

import pygame

from kiosk.screens import opening
from kiosk.signals import Button

Colour = tuple[int, int, int]

WIDTH, HEIGHT = opening.WIDTH, opening.HEIGHT
GROUND: Colour = opening.GROUND
PANEL: Colour = (28, 41, 51)
INK: Colour = (246, 239, 226)
SOFT: Colour = (190, 203, 209)
CHOSEN: Colour = (246, 225, 172)
INK_CHOSEN: Colour = (22, 28, 33)
ACCENT: Colour = (127, 201, 201)
TRACK: Colour = (50, 68, 80)
DISC: Colour = (36, 66, 77)
EDGE: Colour = opening.DOTS
SHADE: Colour = (88, 158, 164)

TEXT_PAIRS: tuple[tuple[Colour, Colour], ...] = (
    (INK, GROUND),
    (INK, PANEL),
    (INK, DISC),
    (SOFT, GROUND),
    (SOFT, PANEL),
    (INK_CHOSEN, CHOSEN),
)
"""Every ink with every ground it may lie on."""

CONTRAST = 7.0


class Shape(StrEnum):
    """The outline of a button's cap on the plate; told apart without colour."""

    ROUND = "round"
    TRIANGLE = "triangle"
    OCTAGON = "octagon"


@dataclass(frozen=True, slots=True)
class ButtonLook:
    """The look of a button: its ``shape`` and its ``colour``, the same on screen and plate."""

    shape: Shape
    colour: Colour


BUTTONS: dict[Button, ButtonLook] = {
    Button.GREEN: ButtonLook(Shape.ROUND, (98, 190, 128)),
    Button.AMBER: ButtonLook(Shape.TRIANGLE, (247, 190, 74)),
    Button.RED: ButtonLook(Shape.OCTAGON, (226, 98, 86)),
}
"""The looks of the buttons, in the order of the plate, left to right."""


def _linear(channel: int) -> float:
    c = channel / 255
    return c / 12.92 if c <= 0.04045 else float(((c + 0.055) / 1.055) ** 2.4)


def luminance(colour: Colour) -> float:
    """Relative luminance of WCAG 2, 0..1."""
    r, g, b = (_linear(c) for c in colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: Colour, b: Colour) -> float:
    """Contrast ratio of WCAG 2, 1..21; the order does not matter."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


CAP_MM = 17.5
"""Least height of a capital that the person must read: 20 arc-minutes at 1.2 m, times 2.5 for low vision."""
STAFF_FACTOR = 2.5
VIEWING_M = 1.2
WIDTH_MM = 531.0
CAP_PER_EM = 0.668
"""Height of a capital in Atkinson Hyperlegible, as a part of the font's size."""
LEADING = 1.14
"""Distance from one base line to the next, as a part of the font's size."""

_NOMINAL_LEAST = 64


@dataclass(frozen=True, slots=True)
class Sizes:
    """Font sizes of one scene in logical pixels: first choice first, never below ``least``.

    ``title``, ``lead`` (the one sentence of a step) and ``body`` are tried together, level by level: there are
    ``levels`` of them. ``shape`` is the size of marks, ``pad`` the margin inside plates.
    """

    least: int
    title: tuple[int, ...]
    lead: tuple[int, ...]
    body: tuple[int, ...]
    levels: int
    shape: int
    pad: int


def least_em(width_mm: float, staff: bool, across: int = WIDTH) -> int:
    """The font size whose capitals are just tall enough where ``across`` logical pixels are ``width_mm`` long."""
    cap_mm = CAP_MM / STAFF_FACTOR if staff else CAP_MM
    return ceil(cap_mm * across / width_mm / CAP_PER_EM)


def sizes(width_mm: float = WIDTH_MM, staff: bool = False, across: int = WIDTH) -> Sizes:
    """The sizes for a screen whose longer side is ``width_mm`` and ``across`` logical pixels long.

    The page is laid out for 531 mm. A wider screen only adds room to shrink long translations; a narrower one keeps the
    layout and has to stand nearer (``nearer_m``), because larger letters would not leave one sentence on the page.
    """
    least = least_em(width_mm, staff, across)
    if staff:
        least = min(least, 30)
        ladder = _ladder(34, least)
        return Sizes(least, _over(ladder, 46, 4), _over(ladder, 40, 4), ladder, len(ladder), 40, 10)
    least = max(36, min(least, _NOMINAL_LEAST))
    ladder = (_NOMINAL_LEAST, _NOMINAL_LEAST, *_ladder(_NOMINAL_LEAST, least))
    return Sizes(least, _over(ladder, 76, 6), _over(ladder, 76, 6), ladder, len(ladder), 60, 16)


def _ladder(first: int, least: int) -> tuple[int, ...]:
    steps = list(range(first, least, -3))
    return (*steps, least)


def _over(ladder: tuple[int, ...], first: int, drop: int) -> tuple[int, ...]:
    return tuple(max(em, first - drop * i) for i, em in enumerate(ladder))


def nearer_m(width_mm: float, across: int = WIDTH) -> float | None:
    """Return the distance, m, from which a small screen's letters are as large to the eye; None: 1.2 m will do."""
    if least_em(width_mm, False, across) <= _NOMINAL_LEAST:
        return None
    return round(VIEWING_M * (width_mm / WIDTH_MM) * (WIDTH / across), 2)


FILES = {False: "AtkinsonHyperlegible-Regular.ttf", True: "AtkinsonHyperlegible-Bold.ttf"}
NOT_A_LETTER = "\ue123"
"""A character of the private area: every font draws its empty box for it."""


class Fonts:
    """Fonts by size. A missing file is replaced by pygame's own font, and ``problems`` says so."""

    def __init__(self, folder: Path) -> None:
        pygame.font.init()
        self.problems: list[str] = []
        self._files: dict[bool, Path | None] = {}
        for bold, name in FILES.items():
            path = folder / name
            try:
                # A file that is not a font opens without complaint; only using it fails.
                pygame.font.Font(str(path), 20).size("H")
            except (OSError, pygame.error) as cause:
                self.problems.append(
                    f"the font {path} is missing or damaged ({cause}): another one stands in; install the kiosk again"
                )
                self._files[bold] = None
            else:
                self._files[bold] = path
        # Per instance, not per class: another painter may have other files.
        self.at = lru_cache(maxsize=64)(self._open)
        self.width = lru_cache(maxsize=16_384)(self._width)
        self._letters: dict[str, bool] = {}

    def _open(self, em: int, bold: bool) -> pygame.font.Font:
        path = self._files[bold]
        if path is None:
            font = pygame.font.Font(None, round(em * 1.3))
            font.set_bold(bold)
            return font
        return pygame.font.Font(str(path), em)

    def _width(self, text: str, em: int, bold: bool) -> int:
        return int(self.at(em, bold).size(text)[0])

    def render(self, text: str, em: int, bold: bool, ink: Colour) -> pygame.Surface:
        """One line of text on a transparent ground."""
        return self.at(em, bold).render(text, True, ink)

    def lacks(self, text: str) -> str:
        """The letters of ``text`` that would come out as an empty box."""
        return "".join(sorted({letter for letter in text if letter > " " and not self._has(letter)}))

    def _has(self, letter: str) -> bool:
        known = self._letters.get(letter)
        if known is None:
            known = self._letters[letter] = self._pixels(letter) != self._pixels(NOT_A_LETTER)
        return known

    def _pixels(self, letter: str) -> bytes:
        return pygame.image.tobytes(self.render(letter, 24, False, (255, 255, 255)), "RGBA")
