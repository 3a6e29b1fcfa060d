"""Rows as CSV that machines read exactly and a spreadsheet never runs: RFC 4180, UTF-8 with BOM, CRLF."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator
from typing import Any

from kiosk.package.schema import CellKind, Table

BOM = b"\xef\xbb\xbf"
DANGEROUS = "=+-@\t\r\0"
"""A spreadsheet may take a text that begins with one of these for a formula."""
STARTS = frozenset(DANGEROUS)
QUOTE = "'"
PIECE = 64 << 10
"""Bytes that are handed on at a time, about."""


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
    write = csv.writer(out, lineterminator="\r\n").writerow
    write(table.names)
    yield BOM
    text = [column.kind is CellKind.TEXT for column in table.columns]
    fresh = 0
    for row in rows:
        write([_cell(value, is_text) for value, is_text in zip(row, text, strict=True)])
        fresh += 1
        if out.tell() >= PIECE:
            yield _taken(out)
            counted(fresh)
            fresh = 0
    yield _taken(out)
    counted(fresh)


def _cell(value: Any, is_text: bool) -> Any:
    if value is None:
        return ""
    if is_text:
        return guarded(value)
    if isinstance(value, float) and not math.isfinite(value):
        return ""  # nothing that can be measured
    return value


def _taken(out: io.StringIO) -> bytes:
    data = out.getvalue().encode("utf-8", "replace")
    out.seek(0)
    out.truncate()
    return data
