#!/bin/sh
# datasette 0.65.5: a file given as immutable while a -wal lies beside it shows part of its rows, without a word.
#
# Behaviour: `datasette -i` is how a file that nobody writes to is to be served. A program that was killed leaves the rows
#   of its last transactions in the file's -wal; SQLite, asked for an immutable file, does not look there, and Datasette
#   does not look whether there is one. Without -i all rows are there.
# Seen: 5 rows with -i, 12 without.
# Here: `kiosk clinic browse` shows a copy that SQLite's own backup made, in the plain journal mode.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet datasette==0.65.5 || exit 2
cd "$work"
"$work/venv/bin/python" - <<'PY'
import os
import sqlite3

file = sqlite3.connect("kept.db", isolation_level=None)
file.execute("PRAGMA journal_mode = WAL")
file.execute("PRAGMA wal_autocheckpoint = 0")
file.execute("CREATE TABLE rows (n)")
file.executemany("INSERT INTO rows VALUES (?)", [(n,) for n in range(5)])
file.execute("PRAGMA wal_checkpoint")
file.executemany("INSERT INTO rows VALUES (?)", [(n,) for n in range(7)])
os._exit(0)  # as a program that is killed
PY
ask="/kept.json?sql=select+count(*)+as+n+from+rows&_shape=array"
immutable=$("$work/venv/bin/datasette" serve -i kept.db --get "$ask" 2>/dev/null)
plain=$("$work/venv/bin/datasette" serve kept.db --get "$ask" 2>/dev/null)
echo "with -i: $immutable; without: $plain"
[ "$immutable" = '[{"n": 5}]' ] && [ "$plain" = '[{"n": 12}]' ]
