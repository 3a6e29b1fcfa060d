"""The rows of a whole file that can be read: nearly all are told to be whole by SQLite itself, the others one by one.

``row_of`` alone says what can be read. What SQLite is asked is no more than whether a row surely can: of a text in
another alphabet, or a moment written otherwise, it says no, and then that row is looked at as before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from functools import cache
from typing import get_type_hints

import msgspec

from kiosk.rows.kinds import ROWS, Row, name_of, row_of
from kiosk.rows.row import MOST, MOST_MS, columns_of

SLICE = 1_000
"""Rows that SQLite is asked about at a time [D]: two milliseconds here, in which nobody who writes is held up."""
BATCH = 40
"""Rows that are looked at in one go [D]: so long nobody else has the interpreter, and the next picture may be due."""
OF_NO_RULE = frozenset(
    ("steps", "repetitions", "set_items", "clips", "replays", "events", "inbox_seen", "exports", "erasures")
)
"""Tables that no rule asks: a row that cannot be read there closes nothing."""
RULING = tuple(kind for kind in ROWS if kind.TABLE not in OF_NO_RULE)
"""Tables by which the kiosk knows what is open to whom, and who may enter."""
TELLING = tuple(kind for kind in ROWS if kind.TABLE in OF_NO_RULE)
FIRST, LAST = -(1 << 63), (1 << 63) - 1
"""The smallest and the largest number that a row can have."""
MOMENT = "%Y-%m-%dT%H:%M:%fZ"


def closes(name: str) -> bool:
    """Whether a row of this name (see ``name_of``) that cannot be read puts the plans in doubt."""
    return name.split(":")[0] not in OF_NO_RULE


def unread(connection: sqlite3.Connection, kinds: tuple[type[Row], ...]) -> Iterator[tuple[str, ...]]:
    """The names of the rows that cannot be read, slice after slice; of most slices none. Raises sqlite3.Error.

    A table that is not there yet has none.
    """
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    for kind in kinds:
        made = None
        while kind.TABLE in there and made != (now := connection.execute("PRAGMA schema_version").fetchone()):
            # Once more where the file was made anew meanwhile (VACUUM): that may give rows other numbers.
            made = now
            yield from _unread_of(connection, kind)


def _unread_of(connection: sqlite3.Connection, kind: type[Row]) -> Iterator[tuple[str, ...]]:
    has = {line[1] for line in connection.execute(f'PRAGMA table_info("{kind.TABLE}")').fetchall()}
    # One of an older schema is looked at row by row: what a later step adds may be missing.
    sure = surely_whole(kind) if has.issuperset(kind.__struct_fields__) else "0"
    among = f'SELECT _rowid_ AS at FROM "{kind.TABLE}" WHERE _rowid_ >= ? ORDER BY _rowid_ LIMIT {SLICE}'  # noqa: S608
    doubtful = f'SELECT _rowid_ FROM "{kind.TABLE}" WHERE _rowid_ BETWEEN ? AND ? AND ({sure}) IS NOT 1'  # noqa: S608
    first, count = FIRST, SLICE
    while count == SLICE and first <= LAST:
        end, count = connection.execute(f"SELECT max(at), count(*) FROM ({among})", (first,)).fetchone()  # noqa: S608
        found = [at for (at,) in connection.execute(doubtful, (first, end)).fetchall()] if count else []
        for number in range(0, len(found) or min(count, 1), BATCH):  # nobody rests behind a table that is empty
            yield _named(connection, kind, found[number : number + BATCH])
        first = (end or 0) + 1


def _named(connection: sqlite3.Connection, kind: type[Row], rowids: list[int]) -> tuple[str, ...]:
    """The names of those rows that cannot be read."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    marks = ", ".join("?" * len(rowids))
    found = cursor.execute(f'SELECT * FROM "{kind.TABLE}" WHERE _rowid_ IN ({marks}) ORDER BY _rowid_', rowids)  # noqa: S608
    return tuple(name_of(kind, line) for line in map(dict, found.fetchall()) if not is_whole(kind, line))


def is_whole(kind: type[Row], found: dict[str, object]) -> bool:
    """Whether a line of its table can be read."""
    try:
        row_of(kind, found)
    except msgspec.ValidationError:
        return False
    return True


@cache
def surely_whole(kind: type[Row]) -> str:
    """The SQL condition under which ``row_of`` surely takes a line of the table: it may say no, but never yes wrongly.

    A row that is checked in its own way has none.
    """
    if kind.__post_init__ is not Row.__post_init__:
        return "0"
    hints = get_type_hints(kind, include_extras=True)
    needed = {field.name for field in msgspec.structs.fields(kind) if field.required}
    return " AND ".join(_surely(kind, name, hints[name], needed=name in needed) for name in kind.__struct_fields__)


def _surely(kind: type[Row], name: str, hint: object, *, needed: bool) -> str:
    # With its table: SQLite would take a name that the table has not got for a text.
    declared, cell = columns_of(kind)[name], f'"{kind.TABLE}"."{name}"'
    least, most = declared.limits.get("ge"), declared.limits.get("le")
    if declared.base is bool:
        sure = f"typeof({cell}) = 'integer' AND {cell} IN (0, 1)"
    elif declared.base is int:
        if name.endswith("_ms"):
            least = max(-MOST_MS, -MOST_MS if least is None else least)
            most = min(MOST_MS, MOST_MS if most is None else most)
        sure = f"typeof({cell}) = 'integer'"
    elif declared.base is float:
        sure = f"typeof({cell}) = 'real'"
    elif declared.base is bytes:
        sure = f"typeof({cell}) = 'blob'"
    elif declared.base is str:
        sure = f"typeof({cell}) = 'text' AND {_sure_text(kind, name, cell, needed=needed)}"
    else:
        return "0"
    sure += "".join(
        f" AND {cell} {sign} {limit!r}" for sign, limit in ((">=", least), ("<=", most)) if limit is not None
    )
    return f"({sure} OR {cell} IS NULL)" if not needed and is_of(None, hint) else f"({sure})"


def is_of(value: object, hint: object) -> bool:
    """Whether a column of this type may hold the value."""
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError:
        return False
    return True


def _sure_text(kind: type[Row], name: str, cell: str, *, needed: bool) -> str:
    words: Collection[str] = columns_of(kind)[name].extra.get("words", ())
    empty = () if needed else ("",)
    if words:
        return f"{cell} IN ({', '.join(map(repr, (*words, *empty)))})"
    if name.endswith("_utc"):
        # What SQLite reads as a moment and writes in our way is one for Python too, which knows no year 0. That nothing
        # is added has it reckon: an older SQLite leaves the thirtieth of February as it is else.
        moment = f"strftime('{MOMENT}', {cell}, '+0 days') = {cell} AND {cell} >= '0001'"
        return f"({moment} OR {cell} = '')" if empty else moment
    # A text ends for GLOB where its first nought is; all characters before that are of one byte then.
    allowed, most = (" -~", MOST) if name in kind.TEXT else ("A-Za-z0-9_.:+/,@-", 120)
    ends = f"length(CAST({cell} AS BLOB)) = length({cell}) AND length({cell}) <= {most}"
    return f"{cell} NOT GLOB '*[^{allowed}]*' AND {ends}"
