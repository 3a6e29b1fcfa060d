"""Rows as CSV (RFC 4180, UTF-8, CRLF): written so that no spreadsheet runs them, read back as typed rows.

A column is converted as a whole, by the range and the words that the schema has for it: each different cell of a batch
once, since most cells of a column are alike.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import cache, partial
from itertools import chain, islice
from math import inf
from operator import eq
from typing import Annotated, Any

import msgspec

from kiosk.errors import PackageError
from kiosk.package.schema import CellKind, Column, Table
from kiosk.rows.row import WORD

BOM = "\ufeff"
"""Tables of earlier versions begin with it. Words of ours need none, and readers took it for part of a name."""
DANGEROUS = "=+-@\t\r\0"
"""A spreadsheet may take a text that begins with one of these for a formula."""
STARTS = frozenset(DANGEROUS)
QUOTE = "'"
PIECE = 64 << 10
"""Bytes that are handed on at a time, about."""
ROWS = 250
"""Rows that are written at a time."""


def guarded(text: str) -> str:
    """A text cell as it is written: what could be a formula gets a leading quote.

    So does what looks as if it had got one, that it may keep its own.
    """
    return f"'{text}" if text.lstrip(QUOTE)[:1] in STARTS else text


def unguarded(cell: str) -> str:
    """The text that ``guarded`` was given."""
    return cell[1:] if cell[:1] == QUOTE and cell.lstrip(QUOTE)[:1] in STARTS else cell


def csv_bytes(table: Table, rows: Iterator[tuple[Any, ...]], counted: Callable[[int], None]) -> Iterator[bytes]:
    """The file of ``table``, piece by piece; ``counted`` hears how many rows each piece has added."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.names)
    text = [column.kind is CellKind.TEXT for column in table.columns]
    fresh = 0
    while batch := list(islice(rows, ROWS)):
        writer.writerows(zip(*map(_cells, zip(*batch, strict=True), text), strict=True))
        fresh += len(batch)
        if out.tell() >= PIECE:
            yield _taken(out)
            counted(fresh)
            fresh = 0
    yield _taken(out)
    counted(fresh)


def _cells(values: Sequence[Any], is_text: bool) -> Sequence[Any]:
    """A column as it is written; None is nothing between two commas."""
    if is_text:
        told = {value: guarded(value) for value in set(values) if value is not None}
        return values if all(map(eq, told, told.values())) else [told.get(value) for value in values]
    if inf in values or -inf in values:
        return ["" if value in (inf, -inf) else value for value in values]  # nothing that can be measured
    return values


def _taken(out: io.StringIO) -> bytes:
    data = out.getvalue().encode("utf-8", "replace")
    out.seek(0)
    out.truncate()
    return data


MOST_LINE = 64 << 10
"""Bytes of one line: ours have a few hundred."""
FIGURES = b"0123456789.-+e,"
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEARS = range(1900, 2200)
"""A clock that nobody has set says 1970; a date outside of these can be neither shown nor counted with."""

Batch = list[tuple[Any, ...]]
"""Rows, cells in the order of the columns."""
Columns = list[list[Any]]
"""The same rows as columns, cells in the order of the rows."""


def is_alike(cells: Sequence[Any]) -> bool:
    """Whether a column, of one row at least, has one value in all of them: most of a kiosk's have, for long."""
    return bool(cells[0] == cells[-1]) and cells.count(cells[0]) == len(cells)


def read_csv(table: Table, pieces: Iterator[bytes]) -> Iterator[Batch]:
    """The rows of ``table``, as ``read_columns``."""
    return (list(zip(*columns, strict=True)) for columns in read_columns(table, pieces))


def read_columns(table: Table, pieces: Iterator[bytes]) -> Iterator[Columns]:
    """The rows of ``table``, typed: int for WHOLE and FLAG, float for NUMBER, str for the rest, None for empty.

    A table of an earlier version has what came later empty.

    Raises PackageError, with the row, for anything that no kiosk writes.
    """
    name = f"{table.name}.csv"
    count = 0
    texts = _texts(name, pieces)
    try:
        header, _, text = next(texts).partition("\n")
        given = tuple(header.removeprefix(BOM).removesuffix("\r").split(","))
        if given not in (table.names, table.earlier.names):
            raise PackageError(f"{name}: its columns are not those of this version")
        there = table if given == table.names else table.earlier
        for lines in chain((text,), texts):
            columns = _converted(there, table, lines, count) if lines else [[] for _ in table.columns]
            count += len(columns[0])
            yield columns
    except (csv.Error, UnicodeDecodeError) as why:
        raise PackageError(f"{name}, after row {count}: {why}; the file was changed or is damaged") from None


def text_columns(table: Table, pieces: Iterator[bytes]) -> Iterator[Sequence[Sequence[str]]]:
    """The rows of ``table`` as columns of cells as they were written, of a file that was made just now."""
    texts = _texts(table.name, pieces)
    for lines in chain((next(texts).partition("\n")[2],), texts):
        if lines:
            yield _columns(lines, len(table.columns)) or list(zip(*_rows(lines), strict=True))


def _texts(name: str, pieces: Iterator[bytes]) -> Iterator[str]:
    """Whole lines, many at a time. None is longer than ours can be, so that nothing large is ever held."""
    left = b""
    for piece in pieces:
        data = left + piece
        cut = data.rfind(b"\n") + 1
        left = data[cut:]
        if len(left) > MOST_LINE:
            raise PackageError(f"{name}: a row of more than {MOST_LINE} bytes")
        if cut:
            yield data[:cut].decode("utf-8")
    yield left.decode("utf-8")


def _converted(table: Table, today: Table, lines: str, before: int) -> Columns:
    """One batch; ``before``: how many rows came before it. What is wrong is looked for only when something is.

    ``table`` has the columns that are there, ``today`` those of the rows.
    """
    try:
        columns: Sequence[Sequence[str]] = _columns(lines, len(table.columns)) or list(zip(*_rows(lines), strict=True))
        made = [reading(column)(cells) for column, cells in zip(table.columns, columns, strict=True)]
        if any(None in made[place] for place, column in enumerate(table.columns) if column.name in table.key):
            raise ValueError("a part of its key is empty")
    except ValueError as why:
        raise PackageError(_what_is_wrong(table, _rows(lines), before) or f"{table.name}.csv: {why}") from None
    if table is not today:
        there, nothing = iter(made), [None] * len(made[0])
        made = [nothing if column.later else next(there) for column in today.columns]
    return made


def _rows(lines: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(lines, newline=""), strict=True))


def _columns(lines: str, width: int) -> list[list[str]]:
    """The columns of whole lines without a quote: cut in one go, at a quarter of the cost; nothing where that fails.

    They are cut at commas only, so each line's last cell and the next one's first come as one, with the line's end
    between them. As there are as many of those as ends, none has two, and none stands elsewhere.
    """
    if '"' in lines or not lines.endswith("\n"):
        return []
    cells, step, count = lines.split(","), width - 1, lines.count("\n")
    if len(cells) != count * step + 1:
        return []
    seams = cells[step::step]
    ends, begins = {}, {}
    for seam in {*seams}:
        ends[seam], found, begins[seam] = seam.partition("\r\n")
        if not found:
            return []
    firsts = [cells[0], *map(begins.__getitem__, seams[:-1])]
    return [firsts, *(cells[place:-1:step] for place in range(1, step)), [*map(ends.__getitem__, seams)]]


def _what_is_wrong(table: Table, rows: list[list[str]], before: int) -> str:
    """The first wrong cell of a batch, in words."""
    for number, cells in enumerate(rows, before + 1):
        where = f"{table.name}.csv, row {number}"
        if len(cells) != len(table.columns):
            return f"{where}: {len(cells)} cells; {len(table.columns)} are right"
        for column, cell in zip(table.columns, cells, strict=True):
            if not cell and column.name in table.key:
                return f"{where}: {column.name} is empty"
            try:
                reading(column)((cell,))
            except ValueError as why:
                return f"{where}, {column.name}: {why}"
    return ""


def _each(convert: Callable[[str], Any]) -> Callable[[Sequence[str]], list[Any]]:
    """Converts a column by converting each different cell once."""

    def column(cells: Sequence[str]) -> list[Any]:
        if is_alike(cells):  # the kiosk, say, or what was not measured
            return [convert(cells[0]) if cells[0] else None] * len(cells)
        made = {cell: convert(cell) for cell in set(cells) if cell}
        made[""] = None
        return list(map(made.__getitem__, cells))

    return column


def _text(cell: str, words: Sequence[str], pattern: re.Pattern[str]) -> str:
    text = unguarded(cell)
    if words and text not in words:
        raise ValueError(f"{text[:40]!r} is none of its words ({', '.join(words)})")
    if not pattern.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no word of a record")
    return text


def _flag(cell: str) -> int:
    if cell not in ("0", "1"):
        raise ValueError(f"{cell[:40]!r} is neither 1 nor 0")
    return int(cell)


def _moment(cell: str) -> str:
    if not MOMENT.fullmatch(cell):
        raise ValueError(f"{cell[:40]!r} is no moment in UTC")
    return _dated(cell, datetime.fromisoformat(cell))


def _day(cell: str) -> str:
    if not DAY.fullmatch(cell):
        raise ValueError(f"{cell[:40]!r} is no day")
    return _dated(cell, date.fromisoformat(cell))


def _dated(cell: str, day: date) -> str:
    if day.year not in YEARS:
        raise ValueError(f"{cell!r} is not from {YEARS.start} to {YEARS.stop - 1}")
    return cell


# Times and measures are seldom alike: a column of them is checked in one go instead.


def _figures(decoder: Any, cells: Sequence[str], what: str) -> list[Any]:
    if len(cells) > 1 and is_alike(cells):
        return _figures(decoder, cells[:1], what) * len(cells)
    text = ",".join(cells)
    if text.encode().translate(None, FIGURES):
        raise ValueError(f"{cells[0][:40]!r} is no {what}")  # of a batch the right cell is looked for afterwards
    if "" in cells:
        text = ",".join([cell or "null" for cell in cells])
    try:
        made: list[Any] = decoder.decode(f"[{text}]")
    except msgspec.DecodeError:
        made = []
    if len(made) != len(cells):
        raise ValueError(f"{cells[0][:40]!r} is no {what}")
    return made


@cache
def reading(column: Column) -> Callable[[Sequence[str]], list[Any]]:
    """Return the converter of the cells of ``column``; it raises ValueError for what cannot stand there, with what can.

    Numbers are read as a list of JSON: never infinite, nothing but digits, ten times as fast as ``float``.
    """
    if column.kind in (CellKind.WHOLE, CellKind.NUMBER):
        bounds: Any = msgspec.Meta(ge=column.least, le=column.most)
        of: Any = Annotated[int, bounds] if column.kind is CellKind.WHOLE else Annotated[float, bounds]
        decoder = msgspec.json.Decoder(list[of | None])
        what = "whole number" if column.kind is CellKind.WHOLE else "number"
        return partial(_figures, decoder, what=f"{what} from {column.least} to {column.most}")
    if column.kind is CellKind.TEXT:
        pattern = re.compile(column.pattern) if column.pattern else WORD
        return _each(partial(_text, words=column.words, pattern=pattern))
    return _each({CellKind.FLAG: _flag, CellKind.MOMENT: _moment, CellKind.DAY: _day}[column.kind])
