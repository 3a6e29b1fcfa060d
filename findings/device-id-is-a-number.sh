#!/bin/sh
# pandas 3.1.1, polars 2.1.0, DuckDB 2.0.1: an id of digits and one e is read as a number, and is lost.
#
# Behaviour: eight hexadecimal digits such as 12e45678 look like a number with an exponent. Without a type for the
#   column all three readers take it for one, too large for a float. Leading zeros are dropped by pandas and polars;
#   DuckDB keeps that column as text.
# Seen: 12e45678 is infinity to all three; 00123456 is the number 123456 to pandas and polars and the text 00123456 to
#   DuckDB.
# Here: new names begin with a letter (kiosk/rows/names.py). Of those of earlier versions datapackage.json says the
#   type, and `kiosk verify` says that they are there.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet pandas==3.1.1 polars==2.1.0 duckdb==2.0.1 || exit 2
cd "$work"
"$work/venv/bin/python" - <<'PY'
import math
import pathlib
import sys

import duckdb
import pandas
import polars

table = pathlib.Path("devices.csv")
seen = {}
for device in ("12e45678", "00123456"):
    table.write_text(f"device\n{device}\n")
    seen[device] = (
        pandas.read_csv(table)["device"][0].item(),
        polars.read_csv(table)["device"][0],
        duckdb.sql(f"SELECT device FROM '{table}'").fetchall()[0][0],
    )
    print(f"{device}: pandas {seen[device][0]!r}, polars {seen[device][1]!r}, DuckDB {seen[device][2]!r}")
sys.exit(seen != {"12e45678": (math.inf,) * 3, "00123456": (123456, 123456, "00123456")})
PY
