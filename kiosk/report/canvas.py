"""Black, two greys and one typeface on A4: how the report puts ink on paper, and what a screen reader says of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from fpdf import FPDF
from fpdf.enums import AccessPermission, EncryptionMethod
from fpdf.output import OutputProducer, PDFCatalog
from fpdf.syntax import PDFString

FAMILY = "Atkinson"
FILES = {"": "AtkinsonHyperlegible-Regular.ttf", "B": "AtkinsonHyperlegible-Bold.ttf"}
LEFT, RIGHT, TOP, BOTTOM = 18.0, 192.0, 16.0, 279.0
"""Edges of what is printed, mm: no printer cuts it off, and there is room to punch."""
BLACK, GREY, MIDDLE, LIGHT = 0, 95, 145, 195
"""Ink for words and data, for what explains them, for areas, for lines; all four hold on a copier."""
HAIR, FINE, LINE = 0.12, 0.25, 0.5
MM = 0.3528
"""Millimetres of a point."""
SMALL, BODY, HEAD, TITLE = 7.5, 9.0, 11.0, 26.0
"""Sizes, pt."""
ELLIPSIS = "…"
# A character that the typeface does not have is drawn as an empty box; one warning for each would help nobody.
logging.getLogger("fpdf").setLevel(logging.ERROR)


class Canvas:
    """Pages in mm from the top left. ``y`` of text is its base line.

    Words are paragraphs or headings of the document's structure, a ``figure`` is told by its own words, and lines and
    shapes outside of one are no content: a screen reader finds words in order and passes over the rest.
    """

    def __init__(self, fonts: Path, title: str, language: str) -> None:
        self._pdf = FPDF("P", "mm", "A4")
        self._dry = False
        self._marked = False
        """Whether what is drawn belongs to something that is told as a whole."""
        self._marks = 0
        """Pieces of content on this page."""
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        for style, name in FILES.items():
            self._pdf.add_font(FAMILY, style, fonts / name)
        self._pdf.set_title(title)
        self._pdf.set_lang(language)
        # It would be the time of a clock that may be wrong.
        self._pdf.set_creation_date(datetime(1980, 1, 1, tzinfo=UTC))

    def page(self) -> None:
        """Begin another page."""
        self._pdf.add_page()
        self._pdf.set_line_width(FINE)
        self._marks = 0

    def height(self, section: Callable[[float], float]) -> float:
        """Return the height of what ``section`` puts below a y, mm: it is asked to draw, and nothing is drawn."""
        self._dry = True
        try:
            return section(0.0)
        finally:
            self._dry = False

    @contextmanager
    def figure(self, told: str) -> Iterator[None]:
        """Everything that is drawn within is one picture, which ``told`` says in words."""
        with self._content("Figure", told.translate(UNPRINTED)):
            yield

    @contextmanager
    def _content(self, kind: str, told: str = "") -> Iterator[None]:
        """Content of a ``kind`` of PDF's structure. fpdf2 makes such pieces of images only, and in clear where the rest
        is encrypted; nor may one hold another."""
        if self._dry or self._marked:
            yield
            return
        with self._pieces(f"/{kind} <</MCID {self._marks}>> BDC"):
            element = self._pdf._add_marked_content(struct_type=f"/{kind}", mcid=self._marks)
            element.alt = PDFString(told, encrypt=True) if told else None
            self._marks += 1
            yield

    @contextmanager
    def _ornament(self) -> Iterator[None]:
        """Drawings within say nothing, but where one is a part of a figure. Nothing is drawn when only asked."""
        if self._marked:
            yield
            return
        with self._pieces("/Artifact BMC"):
            yield

    @contextmanager
    def _pieces(self, begin: str) -> Iterator[None]:
        self._pdf._out(begin)
        self._marked = True
        try:
            yield
        finally:
            self._marked = False
            self._pdf._out("EMC")

    def save(self, stream: BinaryIO, password: str | None) -> None:
        """Write the document; with a password, AES-256, and whoever has it may do everything."""
        if password is not None:
            self._pdf.set_encryption(
                owner_password=password,
                user_password=password,
                encryption_method=EncryptionMethod.AES_256,
                permissions=AccessPermission.all(),
            )
        stream.write(self._pdf.output(output_producer_class=_SaysItsLanguage))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = BODY,
        *,
        bold: bool = False,
        ink: int = BLACK,
        align: str = "left",
        room: float = 0.0,
        heading: int = 0,
    ) -> float:
        """One line of words, cut to ``room`` mm where that is given; its width. ``align``: of ``x`` on the text.

        ``heading``: its level, from 1; 0: it is none.
        """
        self._font(size, bold)
        text = text.translate(UNPRINTED)
        if room:
            text = self._cut(text, room)
        width = self._pdf.get_string_width(text)
        left = x - {"left": 0.0, "right": width, "centre": width / 2}[align]
        if text and not self._dry:
            self._pdf.set_text_color(ink)
            with self._content(f"H{heading}" if heading else "P"):
                self._pdf.text(left, y, text)
        return float(width)

    def width(self, text: str, size: float = BODY, *, bold: bool = False) -> float:
        """Return the width of these words, mm."""
        self._font(size, bold)
        return float(self._pdf.get_string_width(text.translate(UNPRINTED)))

    def paragraph(
        self, x: float, y: float, text: str, room: float, size: float = BODY, *, ink: int = BLACK, bold: bool = False
    ) -> float:
        """Words on as many lines as they need; the base line for what follows."""
        step = size * MM * 1.35
        with self._content("P"):
            space = self.width(" ", size, bold=bold)
            for line in self.lines(text, room, size, bold=bold):
                # The space parts the lines for whoever has them read out.
                self.text(x, y, f"{line} ", size, ink=ink, bold=bold, room=room + space)
                y += step
        return y

    def lines(self, text: str, room: float, size: float = BODY, *, bold: bool = False) -> list[str]:
        """The words in lines of at most ``room`` mm."""
        found = [""]
        for word in text.split():
            longer = f"{found[-1]} {word}".strip()
            if found[-1] and self.width(longer, size, bold=bold) > room:
                found.append(word)
            else:
                found[-1] = longer
        return found

    def rule(self, x1: float, y1: float, x2: float, y2: float, ink: int = LIGHT, weight: float = HAIR) -> None:
        """A straight line."""
        if not self._dry:
            with self._ornament():
                self._pdf.set_draw_color(ink)
                self._pdf.set_line_width(weight)
                self._pdf.line(x1, y1, x2, y2)

    def path(self, points: Sequence[tuple[float, float]], ink: int = BLACK, weight: float = LINE) -> None:
        """A line through points."""
        if len(points) > 1 and not self._dry:
            with (
                self._ornament(),
                self._pdf.local_context(
                    draw_color=ink, line_width=weight, stroke_cap_style="round", stroke_join_style="round"
                ),
            ):
                self._pdf.polyline(list(points))

    def dots(self, points: Iterable[tuple[float, float]], size: float, ink: int = BLACK) -> None:
        """Filled round dots of that diameter. Not strokes without a length: a browser's reader draws none of those."""
        if self._dry:
            return
        with self._ornament():
            self._pdf.set_fill_color(ink)
            for x, y in points:
                self._pdf.circle(x, y, size / 2, style="F")

    def bar(self, x: float, y: float, width: float, height: float, ink: int | None, edge: int | None = None) -> None:
        """A rectangle, filled, outlined or both."""
        if self._dry:
            return
        with self._ornament():
            if ink is not None:
                self._pdf.set_fill_color(ink)
            if edge is not None:
                self._pdf.set_draw_color(edge)
                self._pdf.set_line_width(FINE)
            self._pdf.rect(x, y, width, height, ("D" if edge is not None else "") + ("F" if ink is not None else ""))

    def shape(self, points: Sequence[tuple[float, float]], ink: int | None) -> None:
        """A small figure; without ink only its outline."""
        if self._dry:
            return
        with self._ornament():
            self._pdf.set_draw_color(BLACK)
            self._pdf.set_fill_color(BLACK if ink is None else ink)
            self._pdf.set_line_width(FINE)
            self._pdf.polygon(list(points), style="D" if ink is None else "F")

    def _font(self, size: float, bold: bool) -> None:
        self._pdf.set_font(FAMILY, "B" if bold else "", size)

    def _cut(self, text: str, room: float) -> str:
        if self._pdf.get_string_width(text) <= room:
            return text
        while text and self._pdf.get_string_width(text + ELLIPSIS) > room:
            text = text[:-1]
        return text + ELLIPSIS


class _SaysItsLanguage(OutputProducer):
    """fpdf2 leaves the language as it is where all other strings are encrypted, and a reader then decrypts it away."""

    def _add_catalog(self) -> PDFCatalog:
        catalog = super()._add_catalog()
        catalog.lang = PDFString(self.fpdf.lang, encrypt=True)
        return catalog


UNPRINTED = dict.fromkeys([*range(32), *range(127, 160), *range(0xD800, 0xE000)], " ")
"""Characters that are no part of a word on paper."""
