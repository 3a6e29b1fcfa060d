"""The two fonts, at any size, and what they know: how wide a text is, which letters they lack."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pygame

from kiosk.screens.theme import Colour

FILES = {False: "AtkinsonHyperlegible-Regular.ttf", True: "AtkinsonHyperlegible-Bold.ttf"}
NOT_A_LETTER = "\ue123"
"""In the private area: every font draws its empty box for it."""


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
