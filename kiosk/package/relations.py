"""Primary and foreign keys of a package's tables, held together as its rows come: memory grows with sessions only."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, groupby, pairwise
from operator import itemgetter
from typing import Any

from kiosk.errors import PackageError
from kiosk.package.csv_read import Batch
from kiosk.package.schema import EVENTS, PACKAGE, SESSIONS, Table

MOST_KEYS = 1_000_000
"""Rows of a table that is not numbered: some for each person and start. Their keys are kept in memory."""
NUMBERED = (EVENTS, PACKAGE)
"""Tables whose rows stand in the order of their keys."""


class Relations:
    """The keys of one package. Rows of a session stand together in each table, in the order in which a kiosk writes."""

    def __init__(self) -> None:
        self.sessions: set[str] | None = None
        """Those of the package; None until they have been read."""

    def watch(self, table: Table) -> Callable[[Batch], None]:
        """What hears the batches of ``table`` in their order. Raises PackageError, with the row, for a wrong key."""
        if table.parent:
            return _Children(table, self.sessions or set()).take
        if table in NUMBERED:
            return _Rising(table).take
        keys = _Keys(table)
        if table is SESSIONS:
            self.sessions = set()
            return lambda batch: self._sessions(keys, batch)
        return keys.take

    def _sessions(self, keys: _Keys, batch: Batch) -> None:
        keys.take(batch)
        self.sessions = {*(self.sessions or ()), *map(itemgetter(1), batch)}


class _RowCheck:
    """Common to all: where in the table it is, and the key of a row (without the kiosk, which is the same in all)."""

    def __init__(self, table: Table) -> None:
        self.table, self.before = table, 0
        self.key = itemgetter(*(table.names.index(name) for name in table.key[1:]))

    def wrong(self, at: int, row: tuple[Any, ...], why: str) -> PackageError:
        """``at``: place of the row in this batch."""
        named = ", ".join(f"{name} {row[self.table.names.index(name)]!r}" for name in self.table.key[1:])
        return PackageError(f"{self.table.name}.csv, row {self.before + at + 1}, {named}: {why}")


class _Keys(_RowCheck):
    """A table whose rows come in any order."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._seen: set[Any] = set()

    def take(self, batch: Batch) -> None:
        if self.before + len(batch) > MOST_KEYS:
            raise PackageError(f"{self.table.name}.csv: more than {MOST_KEYS} rows: that is no table of ours")
        for at, key in enumerate(map(self.key, batch)):
            if key in self._seen:
                raise self.wrong(at, batch[at], "this row stands there twice")
            self._seen.add(key)
        self.before += len(batch)


class _Rising(_RowCheck):
    """A table whose keys rise."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._last: list[Any] = []

    def take(self, batch: Batch) -> None:
        keys = list(map(self.key, batch))
        first = 1 - len(self._last)
        for at, (one, other) in enumerate(pairwise(chain(self._last, keys)), first):
            if not one < other:
                raise self.wrong(at, batch[at], "this row stands there twice, or not in its order")
        self._last = keys[-1:] or self._last
        self.before += len(batch)


class _Children(_RowCheck):
    """A table below ``sessions``."""

    def __init__(self, table: Table, sessions: set[str]) -> None:
        super().__init__(table)
        self._left = set(sessions)
        """Sessions whose rows have not come yet."""
        self._session: str | None = None
        self._keys: set[Any] = set()

    def take(self, batch: Batch) -> None:
        at = 0
        for session, group in groupby(batch, itemgetter(1)):
            rows = list(group)
            if session != self._session:
                if session not in self._left:
                    raise self.wrong(at, rows[0], "its session is not in sessions.csv, or its rows stand in two places")
                self._left.discard(session)
                self._session, self._keys = session, set()
            for key in map(self.key, rows):
                if key in self._keys:
                    raise self.wrong(at, batch[at], "this row stands there twice")
                self._keys.add(key)
                at += 1
        self.before += len(batch)
