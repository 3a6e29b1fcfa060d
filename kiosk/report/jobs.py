"""The jobs that make the files for people in another process, which loads no more than they need."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from kiosk.beside.jobs import Heard
from kiosk.beside.spool import Spooled, unpacked
from kiosk.report.figures import Figures
from kiosk.report.source import ReportHead
from kiosk.words import words


@dataclass(frozen=True, slots=True)
class ReportJob:
    """The report, of figures that were counted: a file has them person by person. ``code``: the language of its words.

    ``language``, ``site`` and ``label`` as ``papers.ReportPaper``; ``head``: what of; ``password``: None for none.
    """

    code: str
    language: str
    site: str
    label: str
    head: ReportHead
    password: str | None

    def make(self, source: BinaryIO, stream: BinaryIO, heard: Heard) -> None:
        from kiosk.report.pages import Report

        heard(0)
        Report(_words_of(self.code), self.language, self.site, self.label).draw(
            self.head, _loaded(source), stream, self.password
        )


def _loaded(source: BinaryIO) -> Iterator[Figures]:
    while True:
        try:
            yield pickle.load(source)  # noqa: S301 written by whoever asked, into a file without a name
        except EOFError:
            return


@dataclass(frozen=True, slots=True)
class BookJob:
    """One file of the workbook, of the ``tables`` of a spool. ``code``: the language of its words.

    ``rows``, ``part`` and ``parts`` as ``papers.BookPaper``; ``package``: its name; ``password``: None for none.
    """

    code: str
    rows: int
    part: int
    parts: int
    package: str
    tables: Mapping[str, Spooled]
    password: str | None

    def make(self, source: BinaryIO, stream: BinaryIO, heard: Heard) -> None:
        from kiosk.report.workbook import Workbook

        def csv(name: str) -> Iterator[bytes]:
            for piece in unpacked(source.fileno(), self.tables[name]):
                yield piece
                heard(piece.count(b"\n"))

        Workbook(_words_of(self.code), self.rows, self.part, self.parts)(self.package, csv, stream, self.password)


def _words_of(code: str) -> Callable[[str], str]:
    return words(code) if code else str
