"""The shape of a record at each schema.

Compared is what SQLite makes of a schema's text, not the text: that is written by a library, and may change with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Any

from kiosk.rows.kinds import ROWS

STEPS = "_sqlite_migrations"
"""The table in which the library notes the steps that a file has had."""
Shape = frozenset[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table, their ``names`` in order, as its rows lie in the file.

    ``kinds``: SQLite's word for the type. ``maybe``: those that may be NULL. ``number``: the one that is the rowid and
    stands as NULL in the row (empty: there is none). ``least``: rows written before later steps are this short.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    maybe: frozenset[str]
    number: str
    least: int


@contextmanager
def _empty(version: int) -> Iterator[sqlite3.Connection]:
    """An empty record as the step ``version`` leaves it, in memory."""
    from sqlite_utils import Database

    from kiosk.records import migrations  # not sooner: what makes tables takes long to load, and readers seldom ask

    steps = migrations.migrations
    later = [step.name for step in steps._migrations][version : version + 1]
    db = Database(memory=True)
    steps.apply(db, stop_before=later[0] if later else None)
    try:
        yield db.conn
    finally:
        db.close()


def shape(connection: sqlite3.Connection) -> Shape:
    """Columns, references, indexes and triggers of every table, each with its table's name first, to be compared."""
    found: set[tuple[Any, ...]] = set()
    for kind, name, table, sql in connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall():
        if kind == "table":
            found |= {(table, kind, *line) for line in connection.execute(f'PRAGMA table_info("{name}")')}
            found |= {(table, "reference", *line) for line in connection.execute(f'PRAGMA foreign_key_list("{name}")')}
        elif kind == "index":
            found |= {(table, kind, name, *line) for line in connection.execute(f'PRAGMA index_info("{name}")')}
        else:
            found.add((table, kind, name, " ".join(str(sql).split())))
    return frozenset(found)


@cache
def shape_of(version: int) -> Shape:
    """The shape of a record of schema ``version``, of those that this kiosk knows; without what its library notes."""
    with _empty(version) as connection:
        return frozenset(line for line in shape(connection) if line[0] != STEPS)


def tables(version: int) -> frozenset[str]:
    """The tables of schema ``version``."""
    return frozenset(line[0] for line in shape_of(version))


def is_of(connection: sqlite3.Connection, version: int) -> bool:
    """Whether the tables are those of schema ``version``; others beside them are nobody's business."""
    from kiosk.records import migrations

    lines = shape(connection)
    if version == migrations.SCHEMA and digest_of_shape({line for line in lines if line[0] in OURS}) == NEWEST:
        return True
    ours = tables(migrations.SCHEMA)
    return {line for line in lines if line[0] in ours} == shape_of(version)


OURS = frozenset((*(kind.TABLE for kind in ROWS), "counters", "set_aside", "session_changes", "person_changes"))
"""The tables of the newest schema."""
NEWEST = "c37f46e72535ea8d35339789a3e7db01"
"""The digest of its shape: to make the tables anew, only to compare, takes longer than all the rest of an opening.

Where it does not fit, because SQLite describes a schema otherwise or a step was added, they are made.
"""


def digest_of_shape(lines: Collection[tuple[Any, ...]]) -> str:
    """The digest of some lines of a shape, in whatever order they come."""
    return blake2b("\n".join(sorted(map(repr, lines))).encode(), digest_size=16).hexdigest()


@cache
def steps() -> frozenset[str]:
    """The names of the steps that lead to the newest schema, as the library notes them in a file."""
    from kiosk.records import migrations

    return frozenset(step.name for step in migrations.migrations._migrations)


def is_newer(connection: sqlite3.Connection) -> bool:
    """Whether a later version of the kiosk has worked on this file: it has had a step that is not known here."""
    try:
        had = {str(name) for (name,) in connection.execute(f'SELECT name FROM "{STEPS}"')}  # noqa: S608 our own name
    except sqlite3.OperationalError:
        return False
    return bool(had - steps())


@cache
def columns() -> Mapping[str, Columns]:
    """The columns of every table of the newest schema, in their order in the file."""
    from kiosk.records import migrations

    found = {}
    with _empty(migrations.SCHEMA) as connection:
        for name in tables(migrations.SCHEMA):
            info = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
            keys = [line for line in info if line[5]]
            number = keys[0][1] if len(keys) == 1 and keys[0][2] == "INTEGER" else ""
            maybe = frozenset(line[1] for line in info if not line[3] and not line[5])
            names, kinds = tuple(line[1] for line in info), tuple(line[2] for line in info)
            least = next((n for n, line in enumerate(info) if line[4] is not None), len(info))
            found[name] = Columns(names, kinds, maybe, number, least)
    return found
