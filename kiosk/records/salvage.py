"""Salvage of a damaged record: what can still be read is copied into a new one by what is known of its tables.

The damaged file's own schema only says which page belongs to which table; a row is taken by its shape.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from kiosk.records.checking import Columns, columns, steps
from kiosk.rows.kinds import ROWS, Row, row_of, told_of
from kiosk.sqlite_pages import Leaf, Pages, Value

NUMBERING = frozenset(("seq", "run", "token", "tidy"))
"""The names of counters: by them rows of a name and a number are told apart where nothing else does."""
UNKNOWN = "unknown"
"""Stands for a table where nobody can tell which one lost a row."""
KINDS = {kind.TABLE: kind for kind in ROWS}
SCHEMA_KINDS = ("table", "index", "trigger")
CHANGES = ("session_changes", "person_changes")
"""Not copied: they are noted anew, and everything has just changed."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """The result of a salvage.

    ``rows``: how many were kept. ``seq_known``: the numbering goes on where it was, so it can never meet itself.
    ``missing``: tables of which something is lost or could not be read.
    """

    rows: int = 0
    seq_known: bool = False
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class _SalvagedInto:
    """A copy under way."""

    into: sqlite3.Connection
    rows: int = 0
    missing: set[str] = field(default_factory=set)
    seqs: list[int] = field(default_factory=list)


def salvage(damaged: Path, into: sqlite3.Connection, enough: Callable[[], bool] = lambda: False) -> Salvaged:
    """Copy every readable row of ``damaged`` into the empty tables of ``into``, in one transaction.

    Errors of ``damaged`` only mean fewer rows; errors of ``into`` are raised. Where the numbering is lost, the kiosk's
    ``device_id`` is left out as well: under a new one, old and new numbers cannot be taken for each other. Every page
    is looked at once; ``enough`` is asked before each and ends the reading early.
    """
    copy = _SalvagedInto(into)
    into.execute("PRAGMA foreign_keys = OFF")  # until all are in: a child may be read before its parent
    try:
        with into:
            try:
                pages = Pages(damaged)
            except OSError:
                copy.missing.add(UNKNOWN)
            else:
                _read(pages, copy, enough)
            _number(copy)
            _adopt_orphans(into)
            if not copy.seqs:
                into.execute("DELETE FROM state WHERE key = 'device_id'")
    finally:
        into.execute("PRAGMA foreign_keys = ON")
    return Salvaged(copy.rows, bool(copy.seqs), tuple(sorted(copy.missing)))


def _read(pages: Pages, copy: _SalvagedInto, enough: Callable[[], bool]) -> None:
    owners = _owners(pages, copy.missing)
    # What the trees hold comes first: should another page hold an older state of a row, the first one counts.
    for number in (*owners, *(n for n in range(1, pages.count + 1) if n not in owners)):
        if enough():
            copy.missing.add(UNKNOWN)
            return
        if number in owners or pages.is_leaf(number):
            _take(pages.leaf(number), owners.get(number), copy)


def _owners(pages: Pages, missing: set[str]) -> dict[int, str]:
    """Return leaf → its table, as far as the file still says so. Page 1 and its like are of the schema."""
    owners: dict[int, str] = {}
    schema, whole = pages.reached(1)
    if not whole:
        missing.add(UNKNOWN)
    for leaf in schema:
        for _, values in pages.leaf(leaf).rows:
            if len(values) != 5 or values[0] != "table" or values[1] not in columns():
                continue
            name, root = str(values[1]), values[3]
            leaves, whole = pages.reached(root) if isinstance(root, int) else ([], False)
            if not whole and name not in CHANGES:
                missing.add(name)
            for number in leaves:
                owners.setdefault(number, name)
    return owners


def _take(leaf: Leaf, owner: str | None, copy: _SalvagedInto) -> None:
    """Keep the rows of one page."""
    known = columns()
    lost = leaf.torn
    seen: set[str] = set()
    for rowid, values in leaf.rows:
        table = owner if owner is not None and _fits(values, known[owner]) else _table_of(values)
        if table is None:
            lost += not _is_of_file(values)
        else:
            seen.add(table)
            _keep(table, rowid, values, copy)
    if lost:
        copy.missing |= ({owner} if owner else seen or {UNKNOWN}).difference(CHANGES)


def _is_of_file(values: list[Value]) -> bool:
    """Whether a row is of the schema or a note of the library: how the file is made. A new file has its own."""
    return (len(values) == 5 and values[0] in SCHEMA_KINDS) or (len(values) == 4 and values[2] in steps())


def _table_of(values: list[Value]) -> str | None:
    """Return the table that a row is of by its shape, and where several look alike by its key."""
    names = [name for name, table in columns().items() if _fits(values, table)]
    if "counters" in names:
        return "counters" if values[0] in NUMBERING else CHANGES[0]
    if "inbox_seen" in names:
        return "inbox_seen" if str(values[0]).startswith(("therapist-", "nurse-")) else "state"
    return next(iter(names), None)


def _fits(values: list[Value], table: Columns) -> bool:
    if not table.least <= len(values) <= len(table.names):
        return False
    return all(map(_is, values, table.kinds, (name in table.maybe or name == table.number for name in table.names)))


def _is(value: Value, kind: str, maybe: bool) -> bool:
    if value is None:
        return maybe
    if kind == "TEXT":
        return isinstance(value, str | bytes)  # bytes: a text that is no UTF-8, and lost
    if kind == "BLOB":
        return isinstance(value, bytes)
    return isinstance(value, int) if kind == "INTEGER" else isinstance(value, int | float)


def _keep(table: str, rowid: int, values: list[Value], copy: _SalvagedInto) -> None:
    if table in CHANGES:
        return
    known = columns()[table]
    found: dict[str, Any] = dict(zip(known.names, values, strict=False))
    if known.number:
        found[known.number] = rowid
    if table in KINDS:
        row = _whole(KINDS[table], found)
        if row is None:
            copy.missing.add(table)
        else:
            copy.rows += _insert(copy.into, table, row.columns())
    elif table == "counters":
        if found["name"] == "seq" and isinstance(found["value"], int):
            copy.seqs.append(found["value"])
    elif all(isinstance(value, str | int) for value in found.values()):
        _insert(copy.into, table, found)


def _number(copy: _SalvagedInto) -> None:
    """The one numbering goes on behind everything that was seen of it."""
    into = copy.into
    # Nor may new rows get numbers that a package is believed to hold, or that must be forgotten wherever they turn up.
    ends = (("events", "seq"), ("sessions", "seq"), ("exports", "seq_to"), ("erasures", "seq_to"))
    asked = ", ".join(f"coalesce((SELECT max({column}) FROM {table}), 0)" for table, column in ends)  # noqa: S608 our own names
    seq = max([int(into.execute(f"SELECT max({asked})").fetchone()[0]), *copy.seqs])
    into.execute("INSERT OR REPLACE INTO counters (name, value) VALUES ('seq', ?)", (seq,))
    # All have just changed, as far as anybody knows: the next export of what is new takes them, and only that one.
    into.execute("DELETE FROM session_changes WHERE session_id NOT IN (SELECT session_id FROM sessions)")
    for changes in CHANGES:
        into.execute(f"UPDATE {changes} SET seq = ?", (seq,))  # noqa: S608 our own names


def _insert(into: sqlite3.Connection, table: str, values: dict[str, Any]) -> int:
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join(f":{name}" for name in values)
    return into.execute(f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})', values).rowcount  # noqa: S608


def _whole(kind: type[Row], found: dict[str, Any]) -> Row | None:
    """The row, or None where the damage has reached its values."""
    later = {field.name: field.default for field in msgspec.structs.fields(kind) if field.name not in found}
    try:
        return row_of(kind, {**found, **later})
    except (KeyError, msgspec.ValidationError):
        return None


def _orphans(into: sqlite3.Connection) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for table, rowid in {(orphan["table"], orphan["rowid"]) for orphan in into.execute("PRAGMA foreign_key_check")}:
        yield table, rowid, dict(into.execute(f'SELECT * FROM "{table}" WHERE _rowid_ = ?', (rowid,)).fetchone())  # noqa: S608


def _adopt_orphans(into: sqlite3.Connection) -> None:
    """Rows whose parent was lost: a reference is emptied, a staff line gets its event back, the rest is set aside."""
    into.row_factory = sqlite3.Row
    try:
        while orphans := list(_orphans(into)):
            for table, rowid, found in orphans:
                if table == "sessions":
                    into.execute("UPDATE sessions SET resumes_session_id = NULL WHERE _rowid_ = ?", (rowid,))
                    continue
                if table == "inbox":
                    event = {name: value for name, value in found.items() if name != "key"}
                    if _insert(into, "events", {**event, "level": "notice"}):
                        continue
                content = json.dumps(told_of(KINDS[table], found))
                aside = {"table_name": table, "content": content, "reason": "parent-lost"}
                _insert(into, "set_aside", {**aside, "boot_id": "", "t_boot_ms": 0})
                into.execute(f'DELETE FROM "{table}" WHERE _rowid_ = ?', (rowid,))  # noqa: S608
    finally:
        into.row_factory = None
