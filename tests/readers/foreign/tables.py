"""Reads a table with a library and says what is in each column: ``tables.py LIBRARY FILE [SHEET | datapackage.json]``.

JSON: column → the distinct cells that are not empty, as [type, text]. With the descriptor of a package its types are
told to the library, else it guesses.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Columns = dict[str, list[Any]]


def columns_of(names: list[str], rows: list[Any]) -> Columns:
    """The rows turned into columns."""
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def by_pandas(path: str, texts: list[str] | None) -> Columns:
    import pandas

    told = None if texts is None else dict.fromkeys(texts, "str")
    frame = pandas.read_csv(path, dtype=told, keep_default_na=False, na_values=[""])
    return {name: [cell for cell in frame[name] if not pandas.isna(cell)] for name in frame.columns}


def by_polars(path: str, texts: list[str] | None) -> Columns:
    import polars

    told = None if texts is None else dict.fromkeys(texts, polars.String)
    frame = polars.read_csv(path, schema_overrides=told, infer_schema_length=None)
    return {name: frame[name].drop_nulls().to_list() for name in frame.columns}


def by_duckdb(path: str, texts: list[str] | None) -> Columns:
    import duckdb

    told = {} if texts is None else {"dtype": dict.fromkeys(texts, "VARCHAR")}
    table = duckdb.read_csv(path, **told)
    return columns_of(table.columns, table.fetchall())


def by_openpyxl(path: str, sheet: str) -> Columns:
    import openpyxl

    book = openpyxl.load_workbook(path)
    rows = list(book[sheet].iter_rows(values_only=True) if sheet else book.active.iter_rows(values_only=True))
    return columns_of([str(name) for name in rows[0]], rows[1:])


READERS: dict[str, Callable[[str, list[str] | None], Columns]] = {
    "pandas": by_pandas,
    "polars": by_polars,
    "duckdb": by_duckdb,
}


def texts_of(descriptor: Path, name: str) -> list[str]:
    """The text columns of a table, by the descriptor of its package."""
    (found,) = [one for one in json.loads(descriptor.read_text(encoding="utf-8"))["resources"] if one["name"] == name]
    return [field["name"] for field in found["schema"]["fields"] if field["type"] == "string"]


def distinct(cells: Iterable[Any]) -> list[tuple[str, str]]:
    """The cells that are not empty, each once."""
    return sorted({(type(cell).__name__, str(cell)) for cell in cells if cell is not None})


def main() -> None:
    library, path, more = sys.argv[1], sys.argv[2], (sys.argv[3] if len(sys.argv) > 3 else "")
    if library == "openpyxl":
        columns = by_openpyxl(path, more)
    else:
        columns = READERS[library](path, texts_of(Path(more), Path(path).stem) if more else None)
    print(json.dumps({name: distinct(cells) for name, cells in columns.items()}))  # noqa: T201 its answer


if __name__ == "__main__":
    main()
