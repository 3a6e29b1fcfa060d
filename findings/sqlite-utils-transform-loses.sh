#!/bin/sh
# sqlite-utils 4.2.1: `transform` loses a table's triggers, generated columns and collations.
#
# Behaviour: it makes a new table of the columns that it knows, copies the rows and drops the old table, and its
#   triggers with it. SQLite's own page on ALTER TABLE says to read them first and make them again. Nothing is said
#   about what was lost.
# Seen: after a new default for one column the trigger is gone, the generated column is gone, and a = 'X' no longer
#   finds 'x'.
# Here: the record's migrations write their SQL themselves: its tables have triggers and collations.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet sqlite-utils==4.2.1 || exit 2
"$work/venv/bin/python" - <<'PY'
import sys

import sqlite_utils

db = sqlite_utils.Database(memory=True)
db.conn.executescript("""
    CREATE TABLE log (id INTEGER);
    CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b INTEGER, twice INTEGER AS (b * 2) STORED);
    CREATE TRIGGER noted AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); END;
    INSERT INTO t (id, a, b) VALUES (1, 'x', 3);
""")


def seen():
    """Names of triggers; names of columns; how many rows are found without regard to case."""
    columns = [row[1] for row in db.conn.execute("PRAGMA table_xinfo(t)")]
    found = db.conn.execute("SELECT count(*) FROM t WHERE a = 'X'").fetchone()[0]
    return [trigger.name for trigger in db.triggers], columns, found


before = seen()
db["t"].transform(defaults={"b": 1})
after = seen()
for name, (triggers, columns, found) in (("before", before), ("after", after)):
    print(f"{name}: triggers {triggers}, columns {columns}, a = 'X' finds {found}")
sys.exit((before, after) != ((["noted"], ["id", "a", "b", "twice"], 1), ([], ["id", "a", "b"], 0)))
PY
