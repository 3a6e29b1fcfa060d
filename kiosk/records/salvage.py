"""What can still be read of a damaged database, copied into a new one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from kiosk.records.rows import ROWS, Row, row_of, told

PROBES = 24
"""How often to jump (1, 2, 4 … rows on) over a page that cannot be read before going on from the other end."""

UNREADABLE = (sqlite3.Error, OverflowError, UnicodeDecodeError)
"""What a damaged file raises; the last where SQLite names what it cannot make sense of."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """How many rows were read. ``seq_known``: the numbering goes on where it was, so it can never meet itself."""

    rows: int = 0
    seq_known: bool = False


def salvage(damaged: Path, into: sqlite3.Connection) -> Salvaged:
    """Copy every readable row of ``damaged`` into the empty tables of ``into``, in one transaction.

    Errors of ``damaged`` only mean fewer rows; errors of ``into`` are raised. Where the numbering is lost, the kiosk's
    ``device_id`` is left out as well: under a new one, old and new numbers cannot be taken for each other.
    """
    rows, seq_known = 0, False
    into.execute("PRAGMA foreign_keys = OFF")  # until all are in: a child may be read before its parent
    try:
        with into:
            source = _open(damaged)
            if source is not None:
                rows, seq_known = _copy(source, into)
                source.close()
            _adopt_orphans(into)
            if not seq_known:
                into.execute("DELETE FROM state WHERE key = 'device_id'")
    finally:
        into.execute("PRAGMA foreign_keys = ON")
    return Salvaged(rows, seq_known)


def _copy(source: sqlite3.Connection, into: sqlite3.Connection) -> tuple[int, bool]:
    rows = 0
    for kind in ROWS:
        for found in _readable(source, kind.TABLE):
            row = _whole(kind, found)
            if row is not None:
                rows += _insert(into, kind.TABLE, row.columns())
    for found in _readable(source, "set_aside"):
        found.pop("at")
        _insert(into, "set_aside", found)
    counted = [found["value"] for found in _readable(source, "counters") if found.get("name") == "seq"]
    # Nor may new rows get numbers that a package is believed to hold.
    ends = (("events", "seq"), ("sessions", "seq"), ("exports", "seq_to"))
    asked = ", ".join(f"coalesce((SELECT max({column}) FROM {table}), 0)" for table, column in ends)  # noqa: S608 our own names
    highest = into.execute(f"SELECT max({asked})").fetchone()[0]
    seq = max([int(highest), *(value for value in counted if isinstance(value, int))])
    into.execute("INSERT OR REPLACE INTO counters (name, value) VALUES ('seq', ?)", (seq,))
    # All have just changed, as far as anybody knows: the next export of what is new takes them, and only that one.
    into.execute("DELETE FROM session_changes WHERE session_id NOT IN (SELECT session_id FROM sessions)")
    for changes in ("session_changes", "person_changes"):
        into.execute(f"UPDATE {changes} SET seq = ?", (seq,))  # noqa: S608 our own names
    return rows, bool(counted)


def _insert(into: sqlite3.Connection, table: str, values: dict[str, Any]) -> int:
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join(f":{name}" for name in values)
    return into.execute(f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})', values).rowcount  # noqa: S608


def _whole(kind: type[Row], found: dict[str, Any]) -> Row | None:
    """The row, or None where the damage has reached its values."""
    try:
        return row_of(kind, found)
    except (KeyError, msgspec.ValidationError):
        return None


def _adopt_orphans(into: sqlite3.Connection) -> None:
    """Rows whose parent was lost: a reference is emptied, a staff line gets its event back, the rest is set aside."""
    into.row_factory = sqlite3.Row
    try:
        while orphans := into.execute("PRAGMA foreign_key_check").fetchall():
            for table, rowid in {(orphan["table"], orphan["rowid"]) for orphan in orphans}:
                found = dict(into.execute(f'SELECT * FROM "{table}" WHERE _rowid_ = ?', (rowid,)).fetchone())  # noqa: S608
                if table == "sessions":
                    into.execute("UPDATE sessions SET resumes_session_id = NULL WHERE _rowid_ = ?", (rowid,))
                elif table == "inbox":
                    event = {name: value for name, value in found.items() if name != "key"}
                    _insert(into, "events", {**event, "level": "notice"})
                else:
                    content = json.dumps(found, ensure_ascii=False, default=told)
                    aside = {"table_name": table, "content": content, "reason": "parent-lost"}
                    _insert(into, "set_aside", {**aside, "boot_id": "", "t_boot_ms": 0})
                    into.execute(f'DELETE FROM "{table}" WHERE _rowid_ = ?', (rowid,))  # noqa: S608
    finally:
        into.row_factory = None


def _open(damaged: Path) -> sqlite3.Connection | None:
    """The damaged file as it lies there with its journal, else without it, else None. It is never written to."""
    for mode in ("mode=ro", "immutable=1"):
        try:
            source = sqlite3.connect(f"{damaged.absolute().as_uri()}?{mode}", uri=True)
        except sqlite3.Error:
            continue
        source.row_factory = sqlite3.Row
        source.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except UNREADABLE:
            source.close()
        else:
            return source
    return None


def _readable(source: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    """The rows of a table from the front, hopping over what cannot be read, then from the back to where that ended."""
    last, hop, failures = -1, 1, 0
    while failures < PROBES:
        try:
            for found in source.execute(f'SELECT _rowid_ AS at, * FROM "{table}" WHERE at > ? ORDER BY at', (last,)):  # noqa: S608
                last, hop, failures = found["at"], 1, 0
                yield dict(found)
        except UNREADABLE:
            last, hop, failures = last + hop, hop * 2, failures + 1
        else:
            return
    try:
        for found in source.execute(f'SELECT _rowid_ AS at, * FROM "{table}" ORDER BY at DESC'):  # noqa: S608
            yield dict(found)
    except UNREADABLE:
        return
