#!/bin/sh
# polars 2.1.0, pyarrow 26.0.1, DuckDB 2.0.1: the name of a Parquet folder is guessed to be a number, and two become one.
#
# Behaviour: with site=007/ and site=7/ side by side all three read folders as columns (Hive's way) and guess the type
#   of each from the names. Polars and PyArrow make both the number 7, so two sites are one in every sum. DuckDB keeps
#   007 as text, and still takes a set of month=10 to month=12 for numbers where month=03 among them makes it text.
# Seen: sites of Polars and PyArrow are [7, 7] and of DuckDB ['007', '7']; DuckDB's months are [10, 11, 12], and with 03
#   among them ['03', '10', '11', '12'].
# Here: what `kiosk clinic publish` names is site=s-007 and month=2026-03, which no engine takes for a number.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet polars==2.1.0 pyarrow==26.0.1 duckdb==2.0.1 || exit 2
cd "$work"
"$work/venv/bin/python" - <<'PY'
import pathlib
import sys

import duckdb
import polars
import pyarrow
import pyarrow.dataset
import pyarrow.parquet


def folders(top, key, names):
    for name in names:
        place = pathlib.Path(top) / f"{key}={name}"
        place.mkdir(parents=True, exist_ok=True)
        pyarrow.parquet.write_table(pyarrow.table({"rows": [1]}), place / "part.parquet")


def by_duckdb(top, key):
    source = f"read_parquet('{top}/*/*.parquet', hive_partitioning = true)"
    return sorted(row[0] for row in duckdb.sql(f"SELECT {key} FROM {source}").fetchall())


folders("sites", "site", ("007", "7"))
folders("late", "month", ("10", "11", "12"))
folders("all", "month", ("03", "10", "11", "12"))
seen = (
    polars.scan_parquet("sites", hive_partitioning=True).collect()["site"].to_list(),
    pyarrow.dataset.dataset("sites", partitioning="hive").to_table()["site"].to_pylist(),
    by_duckdb("sites", "site"),
    by_duckdb("late", "month"),
    by_duckdb("all", "month"),
)
for who, what in zip(("polars", "pyarrow", "DuckDB", "DuckDB, late months", "DuckDB, with 03"), seen):
    print(f"{who}: {what}")
sys.exit(seen != ([7, 7], [7, 7], ["007", "7"], [10, 11, 12], ["03", "10", "11", "12"]))
PY
