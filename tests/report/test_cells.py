"""The cells of a sheet are what XlsxWriter would write, to the letter: kept cells save its time, not its care."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk.package.csv_cells import csv_bytes, text_columns
from kiosk.package.schema import CellKind, Column, Table
from kiosk.report.cells import MOST_KEPT, MOST_TEXT, ColumnCells, row_xml
from tests.report.plainly import rows_xml

TEXTS = st.text(max_size=30).map(lambda text: text.replace(chr(10), "")) | st.sampled_from(
    ("=1+1", " a", "a\t", "_x0041_", "<b>&\x01\x1f", "\ufffe\uffff", "\ud800", "\x0b", "\x85", "007", "\u00a0a", "a\r")
)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.just("none")
MOMENTS = st.datetimes().map(lambda moment: f"{moment.isoformat(timespec='milliseconds')}Z")
VALUES: dict[CellKind, st.SearchStrategy[Any]] = {
    CellKind.TEXT: TEXTS,
    CellKind.WHOLE: NUMBERS,
    CellKind.NUMBER: NUMBERS,
    CellKind.FLAG: st.sampled_from((0, 1)),
    CellKind.MOMENT: MOMENTS | TEXTS,
    CellKind.DAY: st.dates().map(str) | TEXTS,
}
KINDS = [*CellKind, *CellKind]
COLUMNS = [Column(f"c{place}", kind, "") for place, kind in enumerate(KINDS)]
ROWS = st.lists(st.tuples(st.just("d1"), *(st.none() | VALUES[kind] for kind in KINDS)), min_size=1, max_size=6)


def ours(rows: list[tuple[Any, ...]], columns: list[Column], *, style: str = ' s="1"') -> str:
    cells = [ColumnCells(column, chr(65 + place), style) for place, column in enumerate(columns)]
    table = Table("t", "", ("device_id",), tuple(columns))
    made = csv_bytes(table, iter(rows), lambda _: None)
    (values,) = text_columns(table, made)
    return row_xml(cells, values, 1)


@settings(max_examples=150, deadline=None)
@given(rows=ROWS)
@example(rows=[("d1", *("x" * (MOST_TEXT + 9) if kind is CellKind.TEXT else None for kind in KINDS))])
@example(rows=[("d1", *("🙂" * MOST_TEXT if kind is CellKind.TEXT else None for kind in KINDS))])
def test_every_cell_is_as_xlsxwriter_writes_it(rows: list[tuple[Any, ...]]) -> None:
    """Numbers, days, formulas that are none, signs that XML may not hold, texts that are too long, empty cells."""
    columns = [Column("device_id", CellKind.TEXT, ""), *COLUMNS]
    told = ours(rows, columns).replace(' s="1"', "")
    assert told == rows_xml(columns, rows).replace(' s="1"', "").replace(' s="2"', "")


def test_only_moments_and_days_have_the_style_of_their_column() -> None:
    """A text that is no day is not shown as one, and a number never is."""
    columns = [Column("given_on", CellKind.DAY, ""), Column("seq", CellKind.WHOLE, "")]
    xml = ours([("2026-01-05", 1), ("soon", 2)], columns, style=' s="6"')
    assert xml.count('s="6"') == 1
    assert '<c r="A1" s="6"><v>46027</v></c>' in xml


def test_a_column_of_times_keeps_only_so_many_of_them() -> None:
    """A year of moments that are all different is no year of memory."""
    cells = ColumnCells(Column("t_boot_ms", CellKind.WHOLE, ""), "A", "")
    made = [cells[str(number)] for number in range(3 * MOST_KEPT)]
    assert len(cells) <= MOST_KEPT
    assert made[-1] == f'"><v>{3 * MOST_KEPT - 1}</v></c>'
