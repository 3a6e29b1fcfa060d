"""The rows of a sheet as XlsxWriter itself writes them, cell by cell: what ours are held against."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from kiosk.package.schema import CellKind, Column
from kiosk.report.workbook import OPTIONS

DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
FORMATS = {CellKind.MOMENT: "yyyy-mm-dd hh:mm:ss", CellKind.DAY: "yyyy-mm-dd"}


def rows_xml(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> str:
    """The XML of these rows, from row 1 on; cells of moments and days have the style 1, if any have one."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, OPTIONS)
    dated = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            if value is not None and value != "":
                _write(sheet, at, place, column.kind, value, dated)
    book.close()
    with zipfile.ZipFile(made) as archive:
        text = archive.read("xl/worksheets/sheet1.xml").decode("utf-8")
    found = re.search("<sheetData>(.*)</sheetData>", text, re.DOTALL)
    return found[1] if found else ""


def _write(sheet: Any, at: int, place: int, kind: CellKind, value: Any, dated: dict[CellKind, Any]) -> None:
    days = _days(value) if kind in dated else None
    if days is not None:
        sheet.write_number(at, place, days, dated[kind])
    elif isinstance(value, str):
        sheet.write_string(at, place, value.encode("utf-8", "replace").decode("utf-8"))
    elif kind is CellKind.FLAG:
        sheet.write_boolean(at, place, bool(value))
    elif math.isfinite(value):
        sheet.write_number(at, place, value)


def _days(value: str) -> float | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    days = (moment.replace(tzinfo=moment.tzinfo or UTC) - DAY_ZERO).total_seconds() / 86_400
    return days if days >= 61 else None
