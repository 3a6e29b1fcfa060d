"""The record of a kiosk as it was at one moment: opened to be read, and asked by SQL; it never holds up the writer."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from kiosk.errors import NewerSchema, StoreError
from kiosk.records.daytime import Dating
from kiosk.records.folder import DATABASE
from kiosk.records.opening import open_to_look
from kiosk.records.version import SCHEMA
from kiosk.rows.kinds import AnchorRow, row_of, utc_moment

BATCH = 500
"""Rows that are fetched at a time."""
WHOLE = "typeof(seq) = 'integer'"
"""A number that is none cannot be counted with; its row is left out."""

T = TypeVar("T")
Heard = Callable[[int], None]
"""Hears how many rows were just fetched; what it raises ends the reading."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The record of the kiosk ``device_id``, open (``connection``). Every method may raise StoreError.

    Cells are what the database holds: int, float, str or None; yes and no are 1 and 0. Text that is no UTF-8 comes with
    surrogates, which no check of a word lets pass. ``data`` is its folder, ``zone`` where it stands, ``there`` the
    tables that it has, ``last_seq`` the last number of its one numbering, and ``dating`` dates its moments.
    """

    data: Path
    zone: tzinfo
    connection: sqlite3.Connection
    close: Callable[[], None]
    """Let go of the record: its journal grows meanwhile."""
    there: frozenset[str]
    device_id: str
    last_seq: int
    dating: Dating

    def one(self, sql: str, values: Any = ()) -> Any:
        """The first row of an answer, or None."""
        return self._asked(lambda: self.connection.execute(sql, values).fetchone())

    def all(self, sql: str, *values: object) -> list[Any]:
        """All rows of a short answer."""
        return self._asked(lambda: self.connection.execute(sql, values).fetchall())

    def each(self, sql: str, values: dict[str, Any], heard: Heard, *, plain: bool = False) -> Iterator[Any]:
        """The rows of a long answer, one by one: by column, or ``plain`` tuples."""
        for batch in self._batches(sql, values, None if plain else sqlite3.Row):
            heard(len(batch))
            yield from batch

    def _batches(self, sql: str, values: dict[str, Any], factory: Any) -> Iterator[list[Any]]:
        def begun(given: int) -> sqlite3.Cursor:
            cursor = self.connection.cursor()
            cursor.row_factory = factory
            cursor.execute(sql, values)
            for _ in range(given):
                cursor.fetchone()
            return cursor

        given = 0
        cursor = self._asked(lambda: begun(given))

        def further() -> list[Any]:
            return cursor.fetchmany(BATCH)

        def anew() -> list[Any]:
            nonlocal cursor
            # What cannot be read as it should took the rest of its batch with it.
            cursor = begun(given)
            return further()

        while batch := self._asked(further, anew):
            given += len(batch)
            yield batch

    def _asked(self, ask: Callable[[], T], again: Callable[[], T] | None = None) -> T:
        """The answer to what is asked; ``again``: how it is asked once more, with any text."""
        with saying(self.data):
            try:
                return ask()
            except sqlite3.OperationalError as error:
                if self.connection.text_factory is not str or "UTF-8" not in str(error):
                    raise
                self.connection.text_factory = any_text
                return (again or ask)()

    def columns(self, name: str) -> frozenset[str]:
        """The columns that a table has here: a record may be older than this version."""
        return frozenset(row[1] for row in self.all(f'PRAGMA table_info("{name}")'))

    def state(self, key: str) -> str | None:
        """A small fact about this kiosk."""
        return next((str(value) for (value,) in self.all("SELECT value FROM state WHERE key = ?", key)), None)


def open_moment(data: Path, zone: tzinfo) -> Moment:
    """The record in ``data`` as it is now. ``zone``: where the kiosk stands.

    Raises StoreError where there is no record, NewerSchema where this version does not know it.
    """
    if not (data / DATABASE).is_file():
        raise StoreError(f"{data}: there is no record ({DATABASE}) in this folder: name a data folder with --data")
    with saying(data):
        looking = open_to_look(data / DATABASE)
    try:
        with saying(data):
            return _begun(data, zone, looking.connection, looking.close)
    except BaseException:  # an interrupt too: nobody else has it to close it
        looking.close()
        raise


def _begun(data: Path, zone: tzinfo, connection: sqlite3.Connection, close: Callable[[], None]) -> Moment:
    connection.text_factory = any_text
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    if schema > SCHEMA:
        raise NewerSchema(
            f"{data / DATABASE}: written by a newer kiosk (schema {schema}, this one knows {SCHEMA}); use that version"
        )
    # A read transaction begins with its first read: everything from here on is of this moment.
    connection.execute("BEGIN")
    there = frozenset(name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))
    if "sessions" not in there:
        raise StoreError(f"{data / DATABASE}: the record has not been begun yet; start the kiosk once")
    named = connection.execute("SELECT value FROM state WHERE key = 'device_id'").fetchone()
    tops = (f"SELECT max(seq) FROM {name} WHERE {WHOLE}" for name in ("events", "sessions"))  # noqa: S608 our own names
    last = max(connection.execute(sql).fetchone()[0] or 0 for sql in tops)
    dating = Dating(lambda boot_id: _anchors(data, connection, boot_id), zone)
    connection.text_factory = str  # a quarter of the time; where it fails, any text is read again
    return Moment(data, zone, connection, close, there, str(named[0]) if named else "", last, dating)


def any_text(raw: bytes) -> str:
    """A text of the record, whatever it is."""
    return raw.decode("utf-8", "surrogateescape")


def _anchors(data: Path, connection: sqlite3.Connection, boot_id: str) -> list[AnchorRow]:
    """Those of a boot that can be read: another one dates nothing. Raises StoreError."""
    cursor, usual = connection.cursor(), connection.text_factory
    cursor.row_factory, connection.text_factory = sqlite3.Row, any_text
    try:
        with saying(data):
            lines = cursor.execute("SELECT * FROM clock_anchors WHERE boot_id = ?", (boot_id,)).fetchall()
    finally:
        connection.text_factory = usual
    found = []
    for line in lines:
        with contextlib.suppress(msgspec.ValidationError, ValueError):
            anchor = row_of(AnchorRow, dict(line))
            utc_moment(anchor.wall_utc)
            found.append(anchor)
    return found


@contextlib.contextmanager
def saying(data: Path) -> Iterator[None]:
    """Turns an error of SQLite into a sentence that says what to do."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{data / DATABASE}: the record cannot be read ({error}); run `kiosk doctor`") from error
