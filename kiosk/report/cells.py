"""Rows of a table as the XML of a sheet's rows, column by column: the same text that XlsxWriter writes, cell for cell.

XlsxWriter makes the workbook; of its sheets only the rows come from here, since it makes each cell anew, which for a
person's year are 840,000, and most cells of a column are alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from kiosk.package.schema import CellKind, Column

DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
"""Spreadsheets count days from here; they are right from March 1900 on."""
FIRST_DAY = 61.0
MOST_KEPT = 4_096
"""Cells of a column that are remembered: times are all different, and nobody needs to keep a year of them."""
MOST_TEXT = 32_767
"""UTF-16 units that a cell can hold."""
_ESCAPED = re.compile(r"(_x[0-9a-fA-F]{4}_)")
_CONTROL = re.compile("([\x00-\x08\x0b-\x1f\ufffe\uffff])")
"""Signs that a sheet has as ``_x0009_``."""


def row_xml(columns: Sequence[ColumnCells], rows: Sequence[tuple[Any, ...]], first: int) -> str:
    """The rows as XML; the first of them is row ``first`` of the sheet, counted from 1."""
    numbers = [str(number) for number, _ in zip(count(first), rows, strict=False)]
    pieces = [[f'<row r="{number}">' for number in numbers]]
    for cells, values in zip(columns, zip(*rows, strict=True), strict=True):
        if values.count(None) < len(values):
            head = cells.head
            pieces.append(
                [
                    told and head + number + told
                    for number, told in zip(numbers, map(cells.__getitem__, values), strict=True)
                ]
            )
    return "</row>".join(map("".join, zip(*pieces, strict=True))) + "</row>"


class ColumnCells(dict[Any, str]):
    """The cells of a ``column``: from a value the XML behind the row's number; empty where there is no cell.

    ``letters``: its name in a sheet; ``style`` the attribute of its cells, if any. ``head`` is what stands before the
    number of the row.
    """

    def __init__(self, column: Column, letters: str, style: str) -> None:
        super().__init__()
        self.head = f'<c r="{letters}'
        self._style = style
        self._made = self._maker(column.kind)

    def __missing__(self, value: Any) -> str:
        if len(self) >= MOST_KEPT:
            self.clear()
        made = self[value] = "" if value is None or value == "" else self._made(value)
        return made

    def _maker(self, kind: CellKind) -> Callable[[Any], str]:
        """Return the writer of a column's cells: each by its type, never by how the value looks."""
        if kind in (CellKind.MOMENT, CellKind.DAY):
            return self._date
        return {CellKind.TEXT: self._text, CellKind.FLAG: self._flag}.get(kind, self._number)

    def _text(self, value: Any) -> str:
        text = _shown(str(value))
        kept = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
        return f'" t="inlineStr"><is><t{kept}>{text}</t></is></c>'

    def _number(self, value: Any) -> str:
        if isinstance(value, str):
            return self._text(value)
        return f'"><v>{value:.16G}</v></c>' if math.isfinite(value) else ""

    def _date(self, value: Any) -> str:
        days = _days(str(value))
        return self._text(value) if days is None else f'"{self._style}><v>{days:.16G}</v></c>'

    def _flag(self, value: Any) -> str:
        return f'" t="b"><v>{int(bool(value))}</v></c>'


def _shown(text: str) -> str:
    """Text as it stands in the XML of a cell, in what can be written as UTF-8."""
    if len(text) > MOST_TEXT // 2:
        text = text.encode("utf-16-le", "surrogatepass")[: 2 * MOST_TEXT].decode("utf-16-le", "ignore")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    if not text.isalnum():
        text = _CONTROL.sub(lambda found: f"_x{ord(found[1]):04X}_", _ESCAPED.sub(r"_x005F\1", text))
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def _days(text: str) -> float | None:
    """A moment or a day as spreadsheets count; None for what is neither, or before they count rightly."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    days = (moment.replace(tzinfo=moment.tzinfo or UTC) - DAY_ZERO).total_seconds() / 86_400
    return days if days >= FIRST_DAY else None
