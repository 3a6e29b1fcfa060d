"""The sheets on paper: A4, black and white, one page, whatever the language."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from kiosk import paths
from kiosk.errors import ContentError
from kiosk.report.canvas import BLACK, BOTTOM, GREY, LEFT, MM, RIGHT, TOP, Canvas
from kiosk.sheets.texts import SHEETS, PrintedSheet, SheetReader
from kiosk.words import Words

LARGEST = {SheetReader.PERSON: 21.0, SheetReader.STAFF: 16.0, SheetReader.TECHNICIAN: 16.0}
"""Size of the words, pt."""
SMALLEST = {SheetReader.PERSON: 16.0, SheetReader.STAFF: 9.0, SheetReader.TECHNICIAN: 9.0}
"""Large print begins at 16 pt (Clear Print guidelines of the RNIB); staff read 9 pt in the report."""
STEP = 0.5
TITLE, HEADING = 1.7, 1.15
"""Sizes of title and headings, times that of the words."""
CORNERS = {"green": 32, "amber": 3, "red": 8}
"""The buttons have the shapes that the screen gives them, drawn as polygons: round, a triangle, a stop sign."""
ROOM = RIGHT - LEFT


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """The words of a site: ``label``, its name for this kiosk, and ``call``, whom to call, line by line."""

    label: str = ""
    call: tuple[str, ...] = ()


def pdf_of(reader: SheetReader, _: Words, language: str, place: SheetPlace) -> bytes:
    """One page as PDF, in the largest letters that fit. Raises ContentError where even the smallest do not."""
    sheet = SHEETS[reader](_)
    size = LARGEST[reader]
    while size >= SMALLEST[reader]:
        canvas = Canvas(paths.assets() / "fonts", sheet.title, language)
        writing = _Writing(canvas, sheet, place, size)
        if canvas.height(writing.draw) <= BOTTOM - TOP:
            canvas.page()
            writing.draw(TOP)
            writing.foot(_)
            stream = io.BytesIO()
            canvas.save(stream, None)
            return stream.getvalue()
        size -= STEP
    raise ContentError(
        "the {reader} sheet does not fit on one page in the language {language}: make the text on whom to call shorter",
        reader=reader.value,
        language=language,
    )


class _Writing:
    """One sheet in words of ``size`` pt."""

    def __init__(self, canvas: Canvas, sheet: PrintedSheet, place: SheetPlace, size: float) -> None:
        self._canvas, self._sheet, self._place, self._size = canvas, sheet, place, size
        self._line = size * MM * 1.35

    def draw(self, top: float) -> float:
        """Draw from ``top`` on; where it ends, both in mm."""
        sheet, canvas = self._sheet, self._canvas
        y = top + self._line * TITLE * 0.8
        canvas.text(LEFT, y, sheet.title, self._size * TITLE, bold=True, room=ROOM)
        y = self._call(y + self._line * 0.5)
        y = self._buttons(y + self._line * 0.6)
        for part in sheet.parts:
            y += self._line * 0.6
            canvas.text(LEFT, y, part.heading, self._size * HEADING, bold=True, room=ROOM)
            y = self._list(y + self._line * 1.1, part.lines, numbered=part.numbered)
        for blank in sheet.blanks:
            y += self._line * 0.7
            wide = canvas.text(LEFT, y, f"{blank}:", self._size)
            canvas.rule(LEFT + wide + 3, y + 1, RIGHT, y + 1, GREY)
            y += self._line * 0.5
        return y

    def foot(self, _: Words) -> None:
        """The last line: which kiosk it is."""
        label = self._place.label or _("Bedside facial rehab kiosk")
        self._canvas.text(LEFT, BOTTOM + 4, label, 9, ink=GREY, room=ROOM)

    def _call(self, top: float) -> float:
        """A box with the words on whom to call: the first thing that is read."""
        inset, canvas = self._line * 0.5, self._canvas
        y = top + inset + self._line * 0.8
        y = canvas.paragraph(LEFT + inset, y, self._sheet.call, ROOM - 2 * inset, self._size)
        for line in self._place.call:
            y = canvas.paragraph(LEFT + inset, y + self._line * 0.15, line, ROOM - 2 * inset, self._size, bold=True)
        bottom = y - self._line * 0.8 + inset
        canvas.bar(LEFT, top, ROOM, bottom - top, None, BLACK)
        return bottom

    def _buttons(self, y: float) -> float:
        radius = self._line * 0.45
        for (name, corners), told in zip(CORNERS.items(), self._sheet.buttons, strict=True):
            y += self._line
            x, middle = LEFT + radius, y - self._size * MM * 0.35
            self._canvas.shape(_polygon(x, middle, radius, corners), None if name == "green" else GREY)
            y = self._canvas.paragraph(LEFT + 3 * radius, y, told, ROOM - 3 * radius, self._size) - self._line
            y += self._line * 0.15
        return y + self._line

    def _list(self, y: float, lines: Sequence[str], *, numbered: bool) -> float:
        inset = self._line * 0.9
        for number, line in enumerate(lines, 1):
            self._canvas.text(LEFT, y, f"{number}." if numbered else "–", self._size, bold=numbered)
            y = self._canvas.paragraph(LEFT + inset, y, line, ROOM - inset, self._size) + self._line * 0.12
        return y


def _polygon(x: float, y: float, radius: float, corners: int) -> list[tuple[float, float]]:
    """A regular polygon; a stop sign stands on a side, a triangle on its base."""
    turn = pi / corners if corners == CORNERS["red"] else -pi / 2
    return [
        (x + radius * cos(turn + 2 * pi * n / corners), y + radius * sin(turn + 2 * pi * n / corners))
        for n in range(corners)
    ]
