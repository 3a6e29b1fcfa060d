"""Questions to the record, in general: a connection of its own that writes nothing, and the rows that can be read."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from kiosk.errors import StoreError
from kiosk.records.folder import DATABASE
from kiosk.records.opening import OpenRecord, open_to_look
from kiosk.rows.kinds import R, name_of, row_of


class Asking:
    """The record in the folder ``data``, to be asked. A question raises StoreError when the record cannot be read.

    Where there is no record yet nothing is remembered: the answers are empty. One row that cannot be read is left out
    of the answer and named in ``unread``. On a read-only medium it reads all the
    same. When the file is replaced (a damaged one was set aside) the next question goes to the new one.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / DATABASE
        self._looking: OpenRecord | None = None
        self._identity: tuple[int, int] | None = None
        self.unread: set[str] = set()
        """The names (see ``rows.name_of``) of rows that were asked for and cannot be read."""

    def close(self) -> None:
        """Let go of the file."""
        if self._looking is not None:
            self._looking.close()
            self._looking = None

    def _replaced(self) -> None:
        """Forget what the file said that was in this place before."""
        self.unread.clear()

    def _one(self, kind: type[R], where: str, *parameters: object) -> R | None:
        return next(iter(self._ask(kind, where, *parameters)), None)

    def _ask(self, kind: type[R], where: str, *parameters: object) -> list[R]:
        """The rows that can be read; of the others only the names are kept."""
        sql = f'SELECT "{kind.TABLE}".* FROM "{kind.TABLE}" {where}'  # noqa: S608 our own words
        rows = []
        for line in map(dict, self._lines(kind.TABLE, sql, parameters)):
            try:
                rows.append(row_of(kind, line))
            except msgspec.ValidationError:
                self.unread.add(name_of(kind, line))
        return rows

    def _lines(self, table: str, sql: str, parameters: tuple[object, ...]) -> list[sqlite3.Row]:
        try:
            connection = self._connected()
            lines = connection.execute(sql, parameters).fetchall() if connection else []
        except (sqlite3.Error, OSError) as error:
            if isinstance(error, sqlite3.OperationalError) and self._is_young(table):
                return []
            self.close()
            raise StoreError(
                f"{self._path}: the record of {table} cannot be read ({error}); run `kiosk doctor`"
            ) from error
        if self._looking is not None and self._looking.passing:
            self.close()
        return lines

    def _is_young(self, table: str) -> bool:
        """Whether the file is of a schema without this table: just made, or not yet brought up to date."""
        from kiosk.records.checking import tables  # not sooner: what makes the tables takes long to load
        from kiosk.records.migrations import SCHEMA

        try:
            connection = self._connected()
            found = int(connection.execute("PRAGMA user_version").fetchone()[0]) if connection else 0
            empty = connection is None or not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        except (sqlite3.Error, OSError):
            return False
        return empty if found == 0 else 0 < found <= SCHEMA and table not in tables(found)

    def _connected(self) -> sqlite3.Connection | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self.close()
            return None
        identity = (found.st_dev, found.st_ino)
        if self._looking is None or identity != self._identity:
            self.close()
            self._replaced()
            self._looking = open_to_look(self._path)
            self._identity = identity
        return self._looking.connection
