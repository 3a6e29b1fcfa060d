"""A spreadsheet takes no cell of ours for a formula, and no number is changed to prevent that."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.errors import PackageError
from kiosk.package.csv_cells import DANGEROUS, STARTS, Columns, csv_bytes, guarded, read_columns, unguarded
from kiosk.package.schema import CellKind, Column, Table
from tests.package.made import unheard

TABLE = Table(
    "t", "", ("a",), (Column("a", CellKind.TEXT, ""), Column("b", CellKind.NUMBER, ""), Column("c", CellKind.WHOLE, ""))
)


def read(rows: list[tuple[Any, ...]]) -> list[list[str]]:
    raw = b"".join(csv_bytes(TABLE, iter(rows), unheard))
    return list(csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True))


@pytest.mark.parametrize("text", ["=1+1", "+49", "-x", "@sum", "\tx", "\rx", "\0x", "=cmd|' /c calc'!A1", '="a,b"\n'])
def test_no_text_is_a_formula(text: str) -> None:
    """What begins like a formula gets a quote in front, and comes back as it was."""
    cell = read([(text, 1.0, 1)])[1][0]
    assert cell == f"'{text}"
    assert unguarded(cell) == text


@given(st.text("'=+-@\t\r\0x\n", max_size=6) | st.text(max_size=20))
@example("'=1")
@example("''=1")
@example("'")
@example("'x=")
def test_what_is_written_is_what_is_read_whatever_it_begins_with(text: str) -> None:
    """Writing and reading are exactly inverse: a text that brings its own quote keeps it, and two never meet."""
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in STARTS
    # One quote, and only where it is needed: every other text stands there as it is.
    assert guarded(text) in (text, f"'{text}")
    assert guarded(text) == text or text.lstrip("'")[:1] in STARTS


def test_numbers_are_left_alone() -> None:
    """A negative number is no formula; with a quote it would be no number."""
    assert read([("x", -1.5, -3)])[1] == ["x", "-1.5", "-3"]
    assert read([("x", None, None)])[1] == ["x", "", ""]
    assert read([("x", float("inf"), 0)])[1] == ["x", "", "0"]


@given(st.lists(st.tuples(st.text(max_size=20), st.floats(allow_nan=False, allow_infinity=False), st.integers())))
def test_any_text_comes_back(rows: list[tuple[str, float, int]]) -> None:
    """Commas, quotes, line ends, anything: what a reader of RFC 4180 finds is what was written."""
    rows = [(text.encode("utf-8", "replace").decode(), number, whole) for text, number, whole in rows]
    found = read(rows)[1:]
    assert [cells[0] for cells in found] == [guarded(row[0]) for row in rows]
    assert all(cell[0] not in DANGEROUS for cell, *_ in found if cell)
    assert [(float(b), int(c)) for _, b, c in found] == [(b, c) for _, b, c in rows]


def outcome(body: str) -> list[Columns] | str:
    """The rows under a right header, or why they are refused."""
    try:
        return list(read_columns(TABLE, iter([f"a,b,c\r\n{body}".encode()])))
    except PackageError as why:
        return str(why)


CELLS = st.sampled_from(["x", "y", "x", "1", "2", "2.5", "-3", "1e3", "", "007", "x\ry", "x\ny", "\r", " "])
ENDS = st.sampled_from(["\r\n"] * 12 + ["\n", "\r", "", ",\r\n", "\r\n\r\n", "\r\r\n", "\n\r\n"])
LIKELY = st.tuples(st.sampled_from(["x", "y"]), st.sampled_from(["", "1", "2.5"]), st.sampled_from(["", "7", "8"]))
ROW = st.one_of(LIKELY, LIKELY, LIKELY, st.lists(CELLS, min_size=1, max_size=4))


@given(st.lists(st.tuples(ROW, ENDS), min_size=1, max_size=6))
@example([(("x",), "")])
@example([(("x", "1", "2"), "\r\n"), (("x", "1", "2"), "")])
@example([(("x", "1", "2"), "\n"), (("y", "1", "2"), "\r\n")])
@example([(("x", "1", "2"), "\r"), (("y", "1", "2"), "\r\n")])
@example([(("x", "1", "2"), "\n\r\n"), (("y", "1", "2"), "\r\n")])
def test_lines_are_cut_as_a_reader_of_csv_cuts_them(rows: list[tuple[tuple[str, ...], str]]) -> None:
    """The quick way that lines without a quote take finds what csv finds, and refuses what it does, with its reason."""
    body = "".join(",".join(cells) + end for cells, end in rows)
    first, comma, rest = body.partition(",")
    if comma and not {"\r", "\n"} & set(first):
        assert outcome(body) == outcome(f'"{first}"{comma}{rest}')
    else:
        assert isinstance(outcome(body), str) or not body.strip()
