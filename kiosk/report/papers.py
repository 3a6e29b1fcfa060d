"""The files for people, in order, and how each is made: here, or in a process beside this one.

What makes pages and workbooks takes half a second to load and holds 60 MB: a kiosk that exports has neither to spare.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from kiosk.beside.jobs import Asked
from kiosk.beside.spool import in_memory
from kiosk.package.archives import MOST_PARTS
from kiosk.package.schema import TABLES
from kiosk.package.snapshot import Snapshot
from kiosk.package.write import PeopleFile
from kiosk.report.cells import LAST_ROW, ROWS
from kiosk.report.figures import figures
from kiosk.report.jobs import BookJob, ReportJob
from kiosk.report.source import ReportHead
from kiosk.report.told import told
from kiosk.words import Language

Words = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ReportPaper:
    """``report.pdf``. ``words`` and ``language`` are the site's; ``site`` and ``label`` name the kiosk."""

    words: Words = str
    language: str = "en"
    site: str = ""
    label: str = ""

    @property
    def modules(self) -> Sequence[str]:
        """The modules that it takes."""
        return ()

    def __call__(self, snapshot: Snapshot, stream: BinaryIO, password: str | None) -> None:
        """Into ``stream``; with a password, AES-256. Raises StoreError, AssetError, OSError."""
        from kiosk.report.pages import Report

        Report(self.words, self.language, self.site, self.label)(snapshot, stream, password)

    def asked(self, snapshot: Snapshot, password: str | None) -> Asked | None:
        """The job of making it of what is counted here; None where its words are nobody's. Raises StoreError."""
        code = _code_of(self.words)
        if code is None:
            return None
        people = in_memory()
        log = told(snapshot)
        for person in snapshot.codes():
            pickle.dump(figures(snapshot, person, log), people)
        people.flush()
        job = ReportJob(code, self.language, self.site, self.label, ReportHead.of(snapshot), password)
        return Asked(job, people)


@dataclass(frozen=True, slots=True)
class BookPaper:
    """One file of ``sessions.xlsx``. ``words``: the language of the site; ``rows``: of each table, at most.

    ``part`` of ``parts``: it holds the rows that follow on those of the parts before it. ``split`` gives all of them.
    """

    words: Words = str
    rows: int = ROWS
    part: int = 1
    parts: int = 1

    @property
    def modules(self) -> Sequence[str]:
        """The modules that it takes."""
        return ("kiosk.report.workbook",)

    def split(self, snapshot: Snapshot, most: int = MOST_PARTS) -> tuple[BookPaper, ...]:
        """Return the writers of the files, in order; at most ``most``, which then hold more rows. Raises StoreError."""
        longest = max(snapshot.count(name) for name in TABLES)
        rows = min(max(self.rows, -(-longest // most)), LAST_ROW - 1)
        parts = max(1, -(-longest // rows))
        return tuple(replace(self, rows=rows, part=part, parts=parts) for part in range(1, parts + 1))

    def __call__(self, snapshot: Snapshot, stream: BinaryIO, password: str | None) -> None:
        """Into ``stream``; with a password, encrypted as Excel does it. Raises StoreError, OSError."""
        from kiosk.report.workbook import Workbook

        Workbook(self.words, self.rows, self.part, self.parts)(snapshot.package, snapshot.csv, stream, password)

    def asked(self, snapshot: Snapshot, password: str | None) -> Asked | None:
        """The job of making it of the tables that are kept; None where they are not, or its words are nobody's."""
        code = _code_of(self.words)
        if code is None or snapshot.spool is None:
            return None
        of = (code, self.rows, self.part, self.parts, snapshot.package, snapshot.spool.tables, password)
        return Asked(BookJob(*of), snapshot.spool.fileno())


def _code_of(words: Words) -> str | None:
    """The language by which another process finds the same words; empty: English as it stands."""
    return words.code if isinstance(words, Language) else "" if words is str else None


def documents(words: Words = str, language: str = "en", site: str = "", label: str = "") -> tuple[PeopleFile, ...]:
    """``report.pdf`` and ``sessions.xlsx`` in ``words``; ``site`` and ``label`` say where they come from.

    A long record goes on in ``sessions-2.xlsx`` and so on.
    """
    book = BookPaper(words)
    return (
        PeopleFile("report.pdf", ReportPaper(words, language, site, label)),
        PeopleFile("sessions.xlsx", book, book.split),
    )
