"""The report for people, mostly two pages each, for print in black and white."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from kiosk import paths
from kiosk.programmes import shelf
from kiosk.report.axis import Axis, marks_of
from kiosk.report.canvas import BLACK, BOTTOM, GREY, LEFT, RIGHT, SMALL, TOP, Canvas
from kiosk.report.details import dates, from_the_person, measures, overview, regions, seen_and_given, stops
from kiosk.report.doses import doses, own_doses
from kiosk.report.figures import Figures, figures
from kiosk.report.practice import comfort, header, practice, summary
from kiosk.report.scored import scored
from kiosk.report.set_pages import standard_sets
from kiosk.report.source import PersonSource, ReportHead
from kiosk.report.told import told
from kiosk.report.vocabulary import Vocabulary

NEXT_TOP = TOP + 13.0
"""Top of the second page of a person, mm."""
Section = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Report:
    """Writes ``report.pdf``. ``words`` and ``language`` are the site's; ``site`` and ``label`` name the kiosk."""

    words: Callable[[str], str] = str
    language: str = "en"
    site: str = ""
    label: str = ""

    def __call__(self, snapshot: PersonSource, stream: BinaryIO, password: str | None) -> None:
        """Into ``stream``; with a password, AES-256. Raises StoreError, AssetError, OSError."""
        log = told(snapshot)
        people = (figures(snapshot, code, log) for code in snapshot.codes())
        self.draw(ReportHead.of(snapshot), people, stream, password)

    def draw(self, head: ReportHead, people: Iterator[Figures], stream: BinaryIO, password: str | None) -> None:
        """The same of ``people`` who have been counted already."""
        known = shelf.load(paths.assets() / "programmes", head.data / "programmes")
        canvas = Canvas(paths.assets() / "fonts", head.package or "report", self.language)
        writing = _ReportWriting(canvas, Vocabulary(self.words, known), self._place(head))
        nobody = True
        for found in people:
            nobody = False
            writing.person(found, earlier=bool(head.since_seq))
        if nobody:
            writing.nobody()
        canvas.save(stream, password)

    def _place(self, head: ReportHead) -> str:
        """Return where it comes from: the clinic, the kiosk, the number of the package."""
        _ = self.words
        kiosk = _("kiosk {device}").format(device=head.device_id)
        number = _("package {number}").format(number=f"{head.package_seq:06d}") if head.package_seq else ""
        return " · ".join(part for part in (self.site, self.label, kiosk, number) if part)


class _ReportWriting:
    """One report while it is written."""

    def __init__(self, canvas: Canvas, said: Vocabulary, place: str) -> None:
        self._canvas, self._said, self._place = canvas, said, place

    def person(self, found: Figures, *, earlier: bool) -> None:
        """The pages of one person: sections in order, a new page before one that has no room on the last."""
        pages: list[list[Section]] = [[]]
        y = TOP
        for section in self._sections(found, earlier=earlier):
            height = self._canvas.height(section)
            if pages[-1] and y + height > BOTTOM:
                pages.append([])
                y = NEXT_TOP
            pages[-1].append(section)
            y += height
        for number, sections in enumerate(pages, 1):
            self._canvas.page()
            y = TOP
            if number > 1:
                self._head(found)
                y = NEXT_TOP
            for section in sections:
                y = section(y)
            self._foot(found.code, number, len(pages))

    def _sections(self, found: Figures, *, earlier: bool) -> Iterator[Section]:
        """Yield the sections about this person, in order. Each draws from a y on and gives the y below it."""
        canvas, said = self._canvas, self._said
        yield lambda y: self._opening(found, y, earlier=earlier)
        if found.weeks is not None:
            axis = Axis(canvas, said, *found.weeks, marks_of(found, said))
            yield lambda y: practice(canvas, said, found, axis, y)
            yield lambda y: comfort(canvas, said, found, axis, y)
        if found.sittings:
            yield lambda y: stops(canvas, said, found, y)
        if found.weeks is not None:
            if found.doses:
                yield lambda y: doses(canvas, said, found, y)
            yield lambda y: overview(canvas, said, found, y)
            yield lambda y: regions(canvas, said, found, axis, y)
        yield lambda y: seen_and_given(canvas, said, found, y)
        if found.scores:
            line = Axis(canvas, said, *found.weeks, marks_of(found, said)) if found.weeks is not None else None
            yield lambda y: scored(canvas, said, found.scores, line, y)
        if found.sets:
            yield from standard_sets(canvas, said, found.sets)
        if found.own.questions or found.own.wish or found.sightings:
            yield lambda y: from_the_person(canvas, said, found, y)
        if found.person and found.person.doses:
            yield lambda y: own_doses(canvas, said, found, y)
        if found.sittings:
            yield lambda y: measures(canvas, said, found, y)
            yield lambda y: dates(canvas, said, found, y)

    def _opening(self, found: Figures, y: float, *, earlier: bool) -> float:
        _ = self._said.words
        y = header(self._canvas, self._said, found, self._place, y)
        y = summary(self._canvas, self._said, found, y)
        if earlier:
            text = _("Only what is new or has changed since an earlier package is counted here.")
            y = self._canvas.paragraph(LEFT, y, text, RIGHT - LEFT, bold=True)
        return y + 5.0

    def nobody(self) -> None:
        """A page that says that there is nobody."""
        _ = self._said.words
        self._canvas.page()
        self._canvas.text(LEFT, TOP + 2, _("Diary of practice"), ink=GREY)
        self._canvas.text(RIGHT, TOP + 2, self._place, ink=GREY, align="right")
        self._canvas.rule(LEFT, TOP + 4.5, RIGHT, TOP + 4.5, BLACK)
        self._canvas.text(LEFT, TOP + 17, _("Nobody is set up on this kiosk yet."), 11, bold=True)
        self._foot("", 1, 1)

    def _head(self, found: Figures) -> None:
        self._canvas.text(LEFT, TOP + 2, found.code, 11, bold=True, room=60)
        self._canvas.text(RIGHT, TOP + 2, self._place, ink=GREY, align="right", room=110)
        self._canvas.rule(LEFT, TOP + 4.5, RIGHT, TOP + 4.5, BLACK)

    def _foot(self, code: str, page: int, pages: int) -> None:
        _ = self._said.words
        self._canvas.rule(LEFT, BOTTOM, RIGHT, BOTTOM, BLACK)
        text = _("This is a diary of timed practice, not a medical device; it does not diagnose, grade or monitor.")
        self._canvas.text(LEFT, BOTTOM + 4.5, text, SMALL)
        number = _("page {page} of {pages}").format(page=page, pages=pages)
        right = f"{code} · {number}" if code else number
        self._canvas.text(RIGHT, BOTTOM + 4.5, right, SMALL, ink=GREY, align="right", room=50)
