"""The report for people: one or two pages per person, to be read in a minute and printed in black and white."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from kiosk import paths
from kiosk.care import library
from kiosk.handover.report_axis import Axis, marks_of
from kiosk.handover.report_canvas import BLACK, BOTTOM, GREY, LEFT, RIGHT, SMALL, TOP, Canvas
from kiosk.handover.report_details import dates, measures, overview, regions, seen_and_given, stops
from kiosk.handover.report_model import Figures, figures, told
from kiosk.handover.report_practice import comfort, header, practice, summary
from kiosk.handover.report_words import Vocabulary
from kiosk.handover.tables import Snapshot

LOW = 232.0
"""Below this there is no room on the first page for what ended sessions early, mm."""


@dataclass(frozen=True, slots=True)
class Report:
    """Writes ``report.pdf``. ``words`` and ``language`` are the site's; ``site`` and ``label`` name the kiosk."""

    words: Callable[[str], str] = str
    language: str = "en"
    site: str = ""
    label: str = ""

    def __call__(self, snapshot: Snapshot, stream: BinaryIO, password: str | None) -> None:
        """Into ``stream``; with a password, AES-256. Raises StoreError, AssetError, OSError."""
        known = library.load(paths.assets() / "programmes", snapshot.data / "programmes")
        title = snapshot.package or "report"
        canvas = Canvas(paths.assets() / "fonts", title, self.language)
        writing = _Writing(canvas, Vocabulary(self.words, known), self._place(snapshot))
        log = told(snapshot)
        codes = snapshot.codes()
        for code in codes:
            writing.person(figures(snapshot, code, log), earlier=bool(snapshot.selection.since_seq))
        if not codes:
            writing.nobody()
        canvas.save(stream, password)

    def _place(self, snapshot: Snapshot) -> str:
        """Where it comes from: the clinic, the kiosk, the number of the package."""
        _ = self.words
        kiosk = _("kiosk {device}").format(device=snapshot.device_id)
        number = _("package {number}").format(number=f"{snapshot.package_seq:06d}")
        return " · ".join(part for part in (self.site, self.label, kiosk, number) if part)


class _Writing:
    """One report while it is written."""

    def __init__(self, canvas: Canvas, said: Vocabulary, place: str) -> None:
        self._canvas, self._said, self._place = canvas, said, place

    def person(self, found: Figures, *, earlier: bool) -> None:
        """The pages of one person; one page where no day is known."""
        canvas, said, _ = self._canvas, self._said, self._said.words
        axis = None
        if found.weeks is not None:
            axis = Axis(canvas, said, *found.weeks, marks_of(found, said))
        pages = 1 if axis is None else 2
        canvas.page()
        y = header(canvas, said, found, self._place)
        y = summary(canvas, said, found, y)
        if earlier:
            text = _("Only what is new or has changed since an earlier package is counted here.")
            y = canvas.paragraph(LEFT, y, text, RIGHT - LEFT, bold=True)
        y += 5.0
        told = False
        if axis is not None:
            y = practice(canvas, said, found, axis, y)
            y = comfort(canvas, said, found, axis, y + 5.0) + 5.0
            told = y < LOW
            if told:
                stops(canvas, said, found, y)
            self._foot(found.code, 1, pages)
            canvas.page()
            y = self._head(found)
            y = overview(canvas, said, found, y)
            y = regions(canvas, said, found, axis, y)
        if not told and found.sittings:
            y = stops(canvas, said, found, y)
        y = seen_and_given(canvas, said, found, y)
        if found.sittings:
            y = measures(canvas, said, found, y)
        dates(canvas, said, found, y)
        self._foot(found.code, pages, pages)

    def nobody(self) -> None:
        """A page that says that there is nobody."""
        _ = self._said.words
        self._canvas.page()
        self._canvas.text(LEFT, TOP + 2, _("Diary of practice"), ink=GREY)
        self._canvas.text(RIGHT, TOP + 2, self._place, ink=GREY, align="right")
        self._canvas.rule(LEFT, TOP + 4.5, RIGHT, TOP + 4.5, BLACK)
        self._canvas.text(LEFT, TOP + 17, _("Nobody is set up on this kiosk yet."), 11, bold=True)
        self._foot("", 1, 1)

    def _head(self, found: Figures) -> float:
        self._canvas.text(LEFT, TOP + 2, found.code, 11, bold=True, room=60)
        self._canvas.text(RIGHT, TOP + 2, self._place, ink=GREY, align="right", room=120)
        self._canvas.rule(LEFT, TOP + 4.5, RIGHT, TOP + 4.5, BLACK)
        return TOP + 13

    def _foot(self, code: str, page: int, pages: int) -> None:
        _ = self._said.words
        self._canvas.rule(LEFT, BOTTOM, RIGHT, BOTTOM, BLACK)
        text = _("This is a diary of timed practice, not a medical device; it does not diagnose, grade or monitor.")
        self._canvas.text(LEFT, BOTTOM + 4.5, text, SMALL)
        number = _("page {page} of {pages}").format(page=page, pages=pages)
        right = f"{code} · {number}" if code else number
        self._canvas.text(RIGHT, BOTTOM + 4.5, right, SMALL, ink=GREY, align="right", room=50)
