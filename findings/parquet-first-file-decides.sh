#!/bin/sh
# pyarrow 26.0.1, DuckDB 2.0.1: the first Parquet file decides for its folder, and values of later ones change or vanish.
#
# Behaviour: a folder of Parquet files has the schema of its first file. A column that comes later is left out without a
#   word by both. A first file whose numbers fit decimal(4, 1) makes both round later doubles to that, and not alike;
#   one whose column was empty (type null, or what DuckDB makes of it) makes both refuse the folder.
# Seen: 2.25 is read as 2.2 by PyArrow and as 2.3 by DuckDB; the empty column is an error in both; `later` is gone.
# Here: `kiosk clinic publish` writes each file of a table with one schema made from the rows' declarations, also where a
#   column is empty from top to bottom.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet pyarrow==26.0.1 duckdb==2.0.1 || exit 2
cd "$work"
"$work/venv/bin/python" - <<'PY'
import decimal
import pathlib
import sys

import duckdb
import pyarrow
import pyarrow.dataset
import pyarrow.parquet


def folder(top, *tables):
    pathlib.Path(top).mkdir()
    for number, table in enumerate(tables):
        pyarrow.parquet.write_table(table, f"{top}/{number}.parquet")


def by_arrow(top):
    try:
        return pyarrow.dataset.dataset(top).to_table().to_pydict()
    except Exception as why:
        return type(why).__name__


def by_duckdb(top):
    try:
        found = duckdb.sql(f"SELECT * FROM '{top}/*.parquet'")
        return dict(zip(found.columns, map(list, zip(*found.fetchall()))))
    except Exception as why:
        return type(why).__name__


narrow = pyarrow.array([decimal.Decimal("1.5")], pyarrow.decimal128(4, 1))
folder("narrow", pyarrow.table({"v": narrow}), pyarrow.table({"v": [2.25]}))
folder("empty", pyarrow.table({"v": pyarrow.nulls(1)}), pyarrow.table({"v": [2.25]}))
folder("added", pyarrow.table({"v": [1.5]}), pyarrow.table({"v": [2.25], "later": [7]}))
seen = {top: (by_arrow(top), by_duckdb(top)) for top in ("narrow", "empty", "added")}
for top, (arrow, duck) in seen.items():
    print(f"{top}: PyArrow {arrow}; DuckDB {duck}")
first = decimal.Decimal("1.5")
rounded = tuple({"v": [first, decimal.Decimal(what)]} for what in ("2.2", "2.3"))
refused = all(isinstance(what, str) for what in seen["empty"])
left_out = ({"v": [1.5, 2.25]},) * 2
sys.exit(not (seen["narrow"] == rounded and refused and seen["added"] == left_out))
PY
