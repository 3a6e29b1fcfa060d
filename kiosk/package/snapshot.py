"""The rows of every table that leaves the kiosk, streamed from one moment of the record; what cannot be read is not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import cached_property
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec

from kiosk.beside.spool import Spool, unpacked
from kiosk.errors import Cancelled
from kiosk.package.csv_cells import csv_bytes, read_columns
from kiosk.package.moment import BATCH, Heard, Moment, open_moment
from kiosk.package.numbering import NumberRun, runs
from kiosk.package.progress import Stop, never
from kiosk.package.schema import PACKAGE, SESSIONS, TABLES, Table
from kiosk.package.selection import Selection
from kiosk.plans.plan import MOST_SESSIONS
from kiosk.rows.kinds import PersonRow, row_of

PLAIN = frozenset({"steps", "repetitions", "ratings"})
"""Tables whose rows leave as they are. They are nearly all of a record."""
SETTLED_LATER = frozenset({"clips", "replays", PACKAGE.name})
"""Tables that say what only whoever packs them knows."""
END = b"\r\n"
"""The end of a line; no cell that a reader takes holds one."""


def _unheard(_rows: int) -> None:
    """Hear of rows that nobody asks about."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that cannot be handed over, by ``table`` and ``key`` (columns in their order). ``seq``: its number, if any.

    Whoever reads the package would refuse it, or cannot read it at all. Its content is told nowhere.
    """

    table: str
    key: tuple[Any, ...]
    seq: int | None = None


@dataclass(frozen=True)
class Snapshot:
    """One ``selection`` of the record at one ``moment``. Every method raises StoreError when it cannot be read.

    ``package`` and ``package_seq``: which package it is for. ``packed``: the rows of a table with the zip file that
    each one's file is in, which only whoever packs them knows. ``heard``: see ``Moment.each``. ``left_out``: what no
    method gives, because it cannot be read; see ``looked_through``. ``spool``: tables as CSV, where they are kept.
    """

    moment: Moment
    selection: Selection
    package: str = ""
    package_seq: int = 0
    packed: Callable[[str], Iterator[dict[str, Any]]] | None = None
    heard: Heard = _unheard
    left_out: tuple[LeftOut, ...] = ()
    spool: Spool | None = None

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.moment.data

    @property
    def zone(self) -> tzinfo:
        """The time zone in which the kiosk stands."""
        return self.moment.zone

    @property
    def device_id(self) -> str:
        """The kiosk; empty where the record does not say."""
        return self.moment.device_id

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.moment.close()

    def of(self, code: str) -> Snapshot:
        """Return the snapshot of the same moment, of one person only."""
        return replace(self, selection=replace(self.selection, code=code), packed=None, spool=None)

    @cached_property
    def _unread(self) -> Mapping[str, frozenset[tuple[Any, ...]]]:
        """Keys of what is left out, by table."""
        tables = {left.table for left in self.left_out}
        return {name: frozenset(left.key for left in self.left_out if left.table == name) for name in tables}

    def looked_through(self, stop: Stop = never) -> Snapshot:
        """Return it without the rows that a reader of the package would refuse. Raises Cancelled, asking ``stop``."""
        spool = Spool()
        left_out = tuple(self._damaged(stop, spool))
        return replace(self, left_out=left_out, spool=None if spool.full else spool)

    def _damaged(self, stop: Stop, spool: Spool) -> Iterator[LeftOut]:
        """Every row is written and read again; what could be is kept in ``spool``."""
        sessions: set[Any] = set()
        for name, table in TABLES.items():
            sql, values = ("", {}) if name == PACKAGE.name else self._query(name)
            rows = self._plain(table) if self._is_plain(table) else self._each(sql, values) if sql else iter(())
            kept = spool.table(name)
            kept.add(",".join(table.names).encode() + END, 0)
            while batch := list(islice(rows, BATCH)):
                if stop():
                    raise Cancelled("the export was stopped before it was done; there is no package")
                if sessions and table.parent:
                    batch = [found for found in batch if _session(table, found) not in sessions]
                whole = self._written(table, batch)
                if whole is not None:
                    kept.add(whole, len(batch))
                for found in () if whole is not None else batch:
                    line = self._written(table, [found])
                    if line is None:
                        seq = found["seq"] if "seq" in table.names else None
                        left = LeftOut(name, _key(table, found), seq if isinstance(seq, int) else None)
                        sessions |= {left.key} if table is SESSIONS else set()
                        yield left
                    else:
                        kept.add(line, 1)
            if name not in SETTLED_LATER:
                kept.done()

    def _written(self, table: Table, batch: Sequence[Any]) -> bytes | None:
        """These rows as lines of CSV; None where whoever reads a package would refuse them, or they cannot be made."""
        try:
            rows = batch
            if batch and not isinstance(batch[0], tuple):
                rows = [itemgetter(*table.names)(self._told(table, dict(found))) for found in batch]
            data = b"".join(csv_bytes(table, iter(rows), _unheard))
            for _ in read_columns(table, iter((data,))):
                pass
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            return None
        return data[data.index(END) + len(END) :]

    def codes(self) -> list[str]:
        """Everybody of the selection who was ever set up or practised, in order of their codes."""
        if self.selection.code is not None:
            return [self.selection.code]
        return [
            code
            for (code,) in self.moment.all(
                "SELECT patient_code FROM persons UNION SELECT patient_code FROM sessions ORDER BY 1"
            )
            if code
        ]

    def knows(self, code: str) -> bool:
        """Whether this person was ever set up or practised here."""
        asked = "SELECT 1 FROM persons WHERE patient_code = :c UNION ALL SELECT 1 FROM sessions WHERE patient_code = :c"
        return self.moment.one(f"{asked} LIMIT 1", {"c": code}) is not None

    def persons(self) -> Iterator[PersonRow]:
        """The newest set-up of everybody in the selection."""
        newest = "revision = (SELECT max(revision) FROM persons n WHERE n.patient_code = p.patient_code)"
        mine, values = self.selection.whose("p.patient_code")
        for found in self._each(f"SELECT * FROM persons p WHERE {newest} AND {mine} ORDER BY patient_code", values):  # noqa: S608
            with contextlib.suppress(msgspec.ValidationError):  # it is among what is left out, or its plan will be
                yield row_of(PersonRow, dict(found))

    def permissions(self, code: str) -> dict[str, str]:
        """The newest value of each item that staff set for this person, whatever is selected."""
        sql = "SELECT item, value FROM permissions WHERE patient_code = ? ORDER BY revision"
        return {str(item): str(value) for item, value in self.moment.all(sql, code)}

    def last_sessions(self, code: str) -> list[dict[str, Any]]:
        """Rows of this person's last sessions, the newest first, whatever is selected; those that can be read."""
        sql = "SELECT * FROM sessions WHERE patient_code = ? ORDER BY seq DESC LIMIT ?"
        found = self.moment.all(sql, code, MOST_SESSIONS)
        return [self._told(SESSIONS, dict(row)) for row in found if self._written(SESSIONS, [row]) is not None]

    def count(self, name: str) -> int:
        """Return the number of rows that ``rows(name)`` gives, for tables that are counted without reading them."""
        if self.spool is not None and name in self.spool.tables and name not in SETTLED_LATER:
            return self.spool.tables[name].rows
        if name == "package":
            return sum(1 for _ in self.rows(name))
        sql, values = self._query(name)
        return int(self.moment.one(f"SELECT count(*) FROM ({sql})", values)[0]) if sql else 0  # noqa: S608

    def rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a table of the schema, cells in the order of its columns."""
        table = TABLES[name]
        if "archive" in table.names and self.packed is not None:
            found: Iterator[Any] = self.packed(name)
        else:
            found = self._kept(table, self._plain(table)) if self._is_plain(table) else self.dicts(name)
        yield from found if self._is_plain(table) else map(itemgetter(*table.names), found)

    def dicts(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of a table of the schema, by column; there may be more columns than the schema has."""
        table = TABLES[name]
        if name == "package":
            yield from self._package()
            return
        if self._is_plain(table):
            names = table.names
            for row in self._kept(table, self._plain(table)):
                yield dict(zip(names, row, strict=True))
            return
        sql, values = self._query(name)
        for found in self._kept(table, self._each(sql, values)) if sql else ():
            yield self._told(table, dict(found))

    def keep_settled(self) -> None:
        """Keep those tables as CSV too that say what only whoever packs them knows, now that it is known."""
        if self.spool is not None:
            for name in SETTLED_LATER:
                kept = self.spool.table(name)
                for piece in self.csv(name):
                    kept.add(piece, 0)
                kept.done()

    def csv(self, name: str, counted: Heard = _unheard) -> Iterator[bytes]:
        """The CSV file of a table of the schema, piece by piece; ``counted`` hears how many rows each has added."""
        spooled = None if self.spool is None else self.spool.tables.get(name)
        if self.spool is None or spooled is None:
            yield from csv_bytes(TABLES[name], self.rows(name), counted)
            return
        rows = -1  # its header is none
        for piece in unpacked(self.spool.fileno(), spooled):
            yield piece
            rows += piece.count(END)
            counted(rows)
            self.heard(rows)
            rows = 0

    def _is_plain(self, table: Table) -> bool:
        """Whether the record has the rows of this table as the schema has them, but for the kiosk's name."""
        return table.name in PLAIN and self.moment.columns(table.name).issuperset(table.names[1:])

    def _plain(self, table: Table) -> Iterator[tuple[Any, ...]]:
        columns = ", ".join((":device", *(f'c."{column}"' for column in table.names[1:])))
        sql, values = self._query(table.name, columns)
        return self.moment.each(sql, values | {"device": self.device_id}, self.heard, plain=True)

    def _kept(self, table: Table, rows: Iterator[Any]) -> Iterator[Any]:
        """Those of ``rows`` that are not left out."""
        unread, sessions = self._unread.get(table.name, ()), self._unread.get("sessions", ()) if table.parent else ()
        if not unread and not sessions:
            return rows
        return (row for row in rows if _key(table, row) not in unread and _session(table, row) not in sessions)

    def replay(self, session_id: str, step_order: int, repetition: int) -> bytes:
        """The line drawing of one repetition."""
        sql = "SELECT points FROM replays WHERE session_id = ? AND step_order = ? AND repetition = ?"
        return bytes(self.moment.one(sql, (session_id, step_order, repetition))[0])

    @cached_property
    def numbers(self) -> Sequence[NumberRun]:
        """Runs of the one numbering: whose rows are here, whose are withheld; what is neither was lost on the kiosk."""
        unread = {left.seq for left in self.left_out}
        return tuple(runs(self.moment, self.selection, self.heard, unread))

    def _each(self, sql: str, values: dict[str, Any]) -> Iterator[Any]:
        return self.moment.each(sql, values, self.heard)

    def _package(self) -> Iterator[dict[str, Any]]:
        for run in self.numbers:
            yield {
                "device_id": self.device_id,
                "package_seq": self.package_seq,
                "package": self.package,
                "selection": self.selection.name,
                "since_seq": self.selection.since_seq,
                "state": "withheld" if run.reason else "covered",
                "reason": run.reason,
                "seq_from": run.seq_from,
                "seq_to": run.seq_to,
                "revision": 1,
            }

    def _told(self, table: Table, row: dict[str, Any]) -> dict[str, Any]:
        """A row of the database as the schema has it. A damaged one raises ValueError, TypeError or KeyError."""
        if table.name == "sessions":
            row = self.moment.dating.session(row)
        elif table.name == "events":
            row = self.moment.dating.event(row)
        elif table.name in ("clock_anchors", "replays"):
            row["revision"] = 1
        if table.name in ("clips", "replays"):
            if not isinstance(row.get("file", ""), str) or row.get("points_type", "blob") != "blob":
                raise ValueError("a file or a drawing that is none")
            row["archive"] = row["path"] = ""
        row["device_id"] = self.device_id
        return row

    def _query(self, name: str, columns: str = "c.*") -> tuple[str, dict[str, Any]]:
        return self.selection.query(self.moment, name, columns)


def open_snapshot(data: Path, selection: Selection, zone: tzinfo) -> Snapshot:
    """The selection of the record in ``data`` as it is now. Raises StoreError, NewerSchema as ``open_moment``."""
    return Snapshot(open_moment(data, zone), selection)


def _key(table: Table, found: Any) -> tuple[Any, ...]:
    """The key of a row, by column or a tuple of cells, without the kiosk's name."""
    plain = isinstance(found, tuple)
    return tuple(found[table.names.index(column) if plain else column] for column in table.key[1:])


def _session(table: Table, found: Any) -> tuple[Any, ...]:
    """The key of the session of a row, whose own begins with it."""
    return _key(table, found)[:1]
