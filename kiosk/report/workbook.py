"""The workbook for people: every table as a sheet of typed cells, no formula; and the scratch files behind it."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO

import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

from kiosk import __version__
from kiosk.beside.deflate import quickly
from kiosk.package.csv_cells import text_columns
from kiosk.package.schema import TABLES, CellKind, Table
from kiosk.report.cells import ROWS, ColumnCells, row_xml
from kiosk.safefiles import open_folder

Tables = Callable[[str], Iterator[bytes]]
"""Gives a table of the schema as CSV, piece by piece."""
PREFIX = "kiosk-tables-"
THIN = "\u202f"
"""Between thousands: a sign that means the same in every language (ISO 80000-1), where 1,000 may be read as one."""


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder for this process alone, gone at the end. What killed ones left is cleared away first. Raises OSError.

    The lock on a folder tells that somebody works in it: the kernel lets go of it with the process, however that ends.
    """
    sweep()
    place, lock = _locked()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(lock)


def sweep() -> None:
    """Remove folders of this user that have the prefix and that nobody works in; anything else stays."""
    with contextlib.suppress(OSError):
        for found in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            with contextlib.suppress(OSError):
                _remove(found)


def _remove(place: Path) -> None:
    lock = open_folder(place)
    try:
        if os.fstat(lock).st_uid == os.geteuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(place)
    finally:
        os.close(lock)


def _locked() -> tuple[Path, int]:
    """A new folder and its lock; once more where somebody swept it away before it was locked."""
    while True:
        place = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            lock = open_folder(place)
        except FileNotFoundError:
            continue
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if place.exists():
                return place, lock
        os.close(lock)


WIDTHS = {
    CellKind.TEXT: 18,
    CellKind.WHOLE: 10,
    CellKind.NUMBER: 10,
    CellKind.FLAG: 8,
    CellKind.MOMENT: 20,
    CellKind.DAY: 12,
}
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd hh:mm:ss",
}
PIECE = 256 << 10
SAMPLES = '<row r="2">'
CELL = re.compile(r'<c r="([A-Z]+)2"((?: s="[0-9]+")?)>')
CORNER = re.compile(r'(<dimension ref="A1:[A-Z]+)2(")')
"""In the beginning of a sheet, the last row."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """Writes one file of ``sessions.xlsx``. ``words``: the language of the site; ``rows``: of each table, at most.

    ``part`` of ``parts``: it holds the rows that follow on those of the parts before it.
    """

    words: Callable[[str], str] = str
    rows: int = ROWS
    part: int = 1
    parts: int = 1

    def __call__(self, package: str, csv: Tables, stream: BinaryIO, password: str | None) -> None:
        """The tables of ``package`` into ``stream``; with a password, encrypted as Excel does it.

        Raises StoreError, OSError.
        """
        if password is None:
            self._write(package, csv, stream)
            return
        with tempfile.TemporaryFile() as plain:
            self._write(package, csv, plain)
            OOXMLFile(plain).encrypt(password, stream)

    def _write(self, package: str, csv: Tables, stream: BinaryIO) -> None:
        made = io.BytesIO()
        book = xlsxwriter.Workbook(made, OPTIONS)
        book.set_properties({"title": package, "author": f"facial-rehab-kiosk {__version__}"})
        # Without this the file tells when it was made by a clock that may be wrong.
        book.set_properties({"created": datetime(1980, 1, 1, tzinfo=UTC)})
        writing = _WorkbookWriting(book, package, self)
        writing.explain()
        for table in TABLES.values():
            writing.table(table)
        book.close()
        with scratch() as folder, zipfile.ZipFile(made) as blank, zipfile.ZipFile(stream, "w") as file:
            tables = {f"xl/worksheets/sheet{number}.xml": table for number, table in enumerate(TABLES.values(), 2)}
            for info in blank.infolist():
                text = blank.read(info)
                with quickly(file.open(_member(info), "w")) as member:
                    if of := tables.get(info.filename):
                        self._sheet(text.decode("utf-8"), of, csv(of.name), folder, member)
                    else:
                        member.write(text)

    def _sheet(self, blank: str, table: Table, lines: Iterator[bytes], folder: Path, member: IO[bytes]) -> None:
        """Into ``member``: the sheet ``blank``, with the rows of this part in place of its row of samples."""
        head, samples, tail = _parted(blank)
        columns = [ColumnCells(column, *sample) for column, sample in zip(table.columns, samples, strict=True)]
        row = 2
        # A sheet begins with how many rows it has.
        with (folder / "rows").open("w+b") as made:
            for values in self._of_this_part(text_columns(table, lines)):
                made.write(row_xml(columns, values, row).encode("utf-8"))
                row += len(values[0])
            member.write(_reaching(head, row - 1).encode("utf-8"))
            made.seek(0)
            shutil.copyfileobj(made, member, PIECE)
        member.write(tail.encode("utf-8"))

    def _of_this_part(self, batches: Iterator[Sequence[Sequence[str]]]) -> Iterator[Sequence[Sequence[str]]]:
        before, left = (self.part - 1) * self.rows, self.rows
        for columns in batches:
            mine = [column[before : before + left] for column in columns]
            before = max(0, before - len(columns[0]))
            left -= len(mine[0])
            if mine[0]:
                yield mine
            if not left:
                return


def _member(like: zipfile.ZipInfo) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(like.filename, like.date_time)
    info.compress_type, info.external_attr = like.compress_type, like.external_attr
    return info


def _parted(blank: str) -> tuple[str, list[tuple[str, str]], str]:
    """A sheet before and after its row of samples, and of each of those the letters of its column and its style."""
    head, found, rest = blank.partition(SAMPLES)
    samples, ended, tail = rest.partition("</row>")
    if not found or not ended:
        raise ValueError("XlsxWriter writes the rows of a sheet in another way than this version knows")
    return head, CELL.findall(samples), tail


def _reaching(head: str, row: int) -> str:
    """The beginning of a sheet, saying that its last row is ``row``."""
    return CORNER.sub(rf"\g<1>{row}\2", head, count=1)


class _WorkbookWriting:
    """One workbook while it is written: everything but the rows of the tables."""

    def __init__(self, book: Any, package: str, of: Workbook) -> None:
        self._book, self._package, self._words, self._of = book, package, of.words, of
        self._before = (of.part - 1) * of.rows
        bold = {"bold": True, "bottom": 1, "text_wrap": False}
        self._head = book.add_format(bold)
        self._bold = book.add_format({"bold": True})
        self._title = book.add_format({"bold": True, "font_size": 16})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._formats = {
            CellKind.MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            CellKind.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
        }

    def explain(self) -> None:
        """The first sheet: what this is, and what every sheet and column means."""
        _ = self._words
        sheet = self._book.add_worksheet(_sheet_name(_("Read me")))
        sheet.hide_gridlines(2)
        for column, width in enumerate((18, 28, 12, 90)):
            sheet.set_column(column, column, width)
        lines = [
            _("A diary of timed practice, as tables."),
            _("Each sheet is one table, the same as in data.zip. The first row names the columns."),
            _("Times are UTC. An empty cell means: not recorded. It never means zero."),
            _("clock_status tells who vouches for the clock. Where it is 'unset', the date is not known."),
            _("Of rows with the same key the one with the highest revision holds."),
            _("This is not a medical device; it does not diagnose, grade or monitor."),
        ]
        if self._of.parts > 1:
            told = _("Part {part} of {parts}: rows {first} to {last} of each table, as far as it has them.")
            first, last = (f"{row:,}".replace(",", THIN) for row in (self._before + 1, self._before + self._of.rows))
            lines.insert(0, told.format(part=self._of.part, parts=self._of.parts, first=first, last=last))
        sheet.write_string(0, 0, self._package or _("Tables of this kiosk"), self._title)
        row = 2
        for line in lines:
            sheet.write_string(row, 0, line)
            row += 1
        row += 1
        for column, text in enumerate((_("Sheet"), _("Column"), _("Unit"), _("Meaning"))):
            sheet.write_string(row, column, text, self._head)
        for table in TABLES.values():
            row += 1
            sheet.write_string(row, 0, table.name, self._bold)
            sheet.write_string(row, 3, table.about, self._bold)
            for described in table.columns:
                row += 1
                sheet.write_string(row, 1, described.name)
                sheet.write_string(row, 2, described.unit)
                sheet.write_string(row, 3, described.about, self._wrapped)

    def table(self, table: Table) -> None:
        """The sheet of a table: its header, and a row of samples, one cell for each column, as its cells shall be."""
        sheet = self._book.add_worksheet(_sheet_name(table.name))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, max(WIDTHS[column.kind], len(column.name) + 2))
            sheet.write_string(0, place, column.name, self._head)
        for place, column in enumerate(table.columns):  # it takes one row after the other
            sheet.write_number(1, place, 0, self._formats.get(column.kind))


def _sheet_name(name: str) -> str:
    """Return the name of a sheet: at most 31 characters, none that a sheet may not have."""
    return "".join(" " if character in "[]:*?/\\'" else character for character in name)[:31]
