"""Which rows of a whole file cannot be read? What is checked first is what the rules go by."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec

from kiosk.records.rows import ROWS, Row, name_of, row_of

BATCH = 500
"""Rows that are looked at in one go."""
OF_NO_RULE = frozenset(("steps", "repetitions", "clips", "replays", "events", "inbox_seen", "exports", "erasures"))
"""Tables that no rule asks: a row that cannot be read there closes nothing."""
RULING = tuple(kind for kind in ROWS if kind.TABLE not in OF_NO_RULE)
"""Tables by which the kiosk knows what is open to whom, and who may enter."""
TELLING = tuple(kind for kind in ROWS if kind.TABLE in OF_NO_RULE)


def closes(name: str) -> bool:
    """Whether a row of this name (see ``name_of``) that cannot be read puts the plans in doubt."""
    return name.split(":")[0] not in OF_NO_RULE


def unread(connection: sqlite3.Connection, kinds: tuple[type[Row], ...]) -> Iterator[tuple[str, ...]]:
    """The names of the rows that cannot be read, batch after batch; of most batches none. Raises sqlite3.Error.

    A table that is not there yet has none.
    """
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for kind in kinds:
        last = -(1 << 63)
        while kind.TABLE in there:
            cursor = connection.cursor()
            cursor.row_factory = sqlite3.Row
            sql = f'SELECT _rowid_ AS at, * FROM "{kind.TABLE}" WHERE _rowid_ > ? ORDER BY _rowid_ LIMIT {BATCH}'  # noqa: S608
            found = [dict(line) for line in cursor.execute(sql, (last,)).fetchall()]
            if not found:
                break
            last = found[-1]["at"]
            yield tuple(name_of(kind, line) for line in found if not is_whole(kind, line))


def is_whole(kind: type[Row], found: dict[str, object]) -> bool:
    """Whether a line of its table can be read."""
    try:
        row_of(kind, found)
    except msgspec.ValidationError:
        return False
    return True
