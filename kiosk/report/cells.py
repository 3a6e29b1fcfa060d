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

from kiosk.package.csv_cells import unguarded
from kiosk.package.schema import CellKind, Column

ROWS = 65_000
"""Rows of a table in one file. Whoever encrypts it holds all of it some five times; a person's year fits in."""
LAST_ROW = 1_048_576
"""Rows that a sheet can have, the header among them."""
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


def row_xml(columns: Sequence[ColumnCells], values: Sequence[Sequence[str]], first: int) -> str:
    """Rows as XML, from the cells of a CSV, column by column; ``first``: which row of the sheet, counted from 1."""
    numbers = [str(number) for number, _ in zip(count(first), values[0], strict=False)]
    pieces = [[f'<row r="{number}">' for number in numbers]]
    for cells, mine in zip(columns, values, strict=True):
        if mine.count("") < len(mine):
            head, found = cells.head, map(cells.__getitem__, mine)
            pieces.append([told and head + number + told for number, told in zip(numbers, found, strict=True)])
    return "</row>".join(map("".join, zip(*pieces, strict=True))) + "</row>"


class ColumnCells(dict[str, str]):
    """The cells of a ``column``: from a cell of a CSV the XML behind the row's number; empty where there is no cell.

    ``letters``: its name in a sheet; ``style`` the attribute of its cells, if any. ``head`` is what stands before the
    number of the row.
    """

    def __init__(self, column: Column, letters: str, style: str) -> None:
        super().__init__()
        self.head = f'<c r="{letters}'
        self._style = style
        self._made = self._maker(column.kind)

    def __missing__(self, cell: str) -> str:
        if len(self) >= MOST_KEPT:
            self.clear()
        made = self[cell] = self._made(cell) if cell else ""
        return made

    def _maker(self, kind: CellKind) -> Callable[[str], str]:
        """Return the writer of a column's cells: each by its type, never by how the value looks."""
        if kind in (CellKind.MOMENT, CellKind.DAY):
            return self._date
        return {CellKind.TEXT: self._text, CellKind.FLAG: self._flag}.get(kind, self._number)

    def _text(self, cell: str) -> str:
        text = _shown(unguarded(cell))
        kept = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
        return f'" t="inlineStr"><is><t{kept}>{text}</t></is></c>'

    def _number(self, cell: str) -> str:
        try:
            number = float(cell)
        except ValueError:
            return self._text(cell)
        return f'"><v>{number:.16G}</v></c>' if math.isfinite(number) else ""

    def _date(self, cell: str) -> str:
        days = _days(cell)
        return self._text(cell) if days is None else f'"{self._style}><v>{days:.16G}</v></c>'

    def _flag(self, cell: str) -> str:
        return f'" t="b"><v>{int(cell != "0")}</v></c>'


def _shown(text: str) -> str:
    """Text as it stands in the XML of a cell."""
    if len(text) > MOST_TEXT // 2:
        text = text.encode("utf-16-le", "surrogatepass")[: 2 * MOST_TEXT].decode("utf-16-le", "ignore")
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
