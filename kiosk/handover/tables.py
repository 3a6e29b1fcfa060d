"""What does one moment of the record say? Rows of every table that leaves the kiosk, streamed from one snapshot."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec

from kiosk.errors import NewerSchema, StoreError
from kiosk.handover.dating import Dating
from kiosk.handover.schema import TABLES, Table
from kiosk.records.folder import DATABASE
from kiosk.records.looking import Looking, open_to_look
from kiosk.records.migrations import SCHEMA
from kiosk.records.rows import AnchorRow, PersonRow, R, row_of, utc_moment

ALL = "ALL"
"""What a package is named after, and what ``Selection`` is called, when nobody is left out."""
BATCH = 500
"""Rows that are fetched at a time."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose rows, and from when on. ``code`` None: everybody's.

    ``since_seq``: sessions and events up to this number are held by an earlier package, and are here again only where
    they have changed since. 0: nothing is left out.
    """

    code: str | None = None
    since_seq: int = 0

    @property
    def name(self) -> str:
        """The code, or ``ALL``."""
        return self.code or ALL


@dataclass(frozen=True, slots=True)
class Numbers:
    """A run of the one numbering. ``reason`` says why it is withheld; empty: its rows are in the package."""

    seq_from: int
    seq_to: int
    reason: str = ""


class Snapshot:
    """The record in ``data`` at one moment. It never holds up whoever writes. Close it: the journal grows meanwhile.

    Every method raises StoreError when the record cannot be read. Cells are what the database holds: int, float, str
    or None; yes and no are 1 and 0.
    """

    def __init__(self, data: Path, selection: Selection, zone: tzinfo) -> None:
        """Raises StoreError where there is no record, NewerSchema where this version does not know it."""
        self.data, self.selection, self.zone = data, selection, zone
        self.package_seq, self.package = 0, ""
        self.packed: Callable[[str], Iterator[dict[str, Any]]] | None = None
        """The rows of a table with the zip file that each one's file is in: only whoever packs them knows."""
        self.heard: Callable[[int], None] = _unheard
        """Hears how many rows were just fetched, whoever reads them; what it raises ends the reading."""
        if not (data / DATABASE).is_file():
            raise StoreError(f"{data}: there is no record ({DATABASE}) in this folder: name a data folder with --data")
        try:
            self._looking: Looking = open_to_look(data / DATABASE)
        except (sqlite3.Error, OSError) as error:
            raise self._unreadable(error) from error
        try:
            self._begin()
        except BaseException:  # an interrupt too: nobody else has the snapshot to close it
            self._looking.close()
            raise

    def close(self) -> None:
        """Let go of the record."""
        self._looking.close()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def of(self, code: str) -> Snapshot:
        """The same moment, and of it one person only. It shares the record: only the first is closed."""
        other = object.__new__(Snapshot)
        other.__dict__.update(self.__dict__)
        other.selection, other.packed = replace(self.selection, code=code), None
        return other

    def _begin(self) -> None:
        (schema,) = self._one("PRAGMA user_version")
        if schema > SCHEMA:
            raise NewerSchema(
                f"{self.data / DATABASE}: written by a newer kiosk (schema {schema}, this one knows {SCHEMA}); "
                "use that version"
            )
        # A read transaction begins with its first read: everything below is of this moment.
        self._looking.connection.execute("BEGIN")
        self._there = {name for (name,) in self._all("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "sessions" not in self._there:
            raise StoreError(f"{self.data / DATABASE}: the record has not been begun yet; start the kiosk once")
        self.device_id = self.state("device_id") or ""
        self.last_seq = int(
            self._one(
                "SELECT max(coalesce((SELECT max(seq) FROM events), 0), (SELECT coalesce(max(seq), 0) FROM sessions))"
            )[0]
        )
        found = self._all("SELECT * FROM clock_anchors")
        self.anchors = tuple(self._row(AnchorRow, line) for line in found)
        for anchor in self.anchors:
            self._dateable(anchor)
        self._dating = Dating(self.anchors, self.zone)

    def state(self, key: str) -> str | None:
        """A small fact about this kiosk."""
        found = self._all("SELECT value FROM state WHERE key = ?", key)
        return next((str(value) for (value,) in found), None)

    def codes(self) -> list[str]:
        """Everybody of the selection who was ever set up or practised, in order of their codes."""
        if self.selection.code is not None:
            return [self.selection.code]
        return [
            code
            for (code,) in self._all(
                "SELECT patient_code FROM persons UNION SELECT patient_code FROM sessions ORDER BY 1"
            )
            if code
        ]

    def knows(self, code: str) -> bool:
        """Whether this person was ever set up or practised here."""
        asked = "SELECT 1 FROM persons WHERE patient_code = :c UNION ALL SELECT 1 FROM sessions WHERE patient_code = :c"
        return self._one(f"{asked} LIMIT 1", {"c": code}) is not None

    def persons(self) -> Iterator[PersonRow]:
        """The newest set-up of everybody in the selection."""
        newest = "revision = (SELECT max(revision) FROM persons n WHERE n.patient_code = p.patient_code)"
        mine, values = self._whose("p.patient_code")
        for found in self._each(f"SELECT * FROM persons p WHERE {newest} AND {mine} ORDER BY patient_code", values):  # noqa: S608
            yield self._row(PersonRow, found)

    def count(self, name: str) -> int:
        """How many rows ``rows(name)`` gives, for tables that are counted without reading them."""
        if name == "package":
            return sum(1 for _ in self.rows(name))
        sql, values = self._query(name)
        return int(self._one(f"SELECT count(*) FROM ({sql})", values)[0]) if sql else 0  # noqa: S608

    def rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a table of the schema, cells in the order of its columns."""
        names = TABLES[name].names
        found = self.packed(name) if "archive" in names and self.packed is not None else self.dicts(name)
        return map(itemgetter(*names), found)

    def dicts(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of a table of the schema, by column; there may be more columns than the schema has."""
        table = TABLES[name]
        if name == "package":
            yield from self._package()
            return
        sql, values = self._query(name)
        if not sql:
            return
        for found in self._each(sql, values):
            yield self._told(table, dict(found))

    def replay(self, session_id: str, step_order: int, repetition: int) -> bytes:
        """The line drawing of one repetition."""
        sql = "SELECT points FROM replays WHERE session_id = ? AND step_order = ? AND repetition = ?"
        return bytes(self._one(sql, (session_id, step_order, repetition))[0])

    def numbers(self) -> Iterator[Numbers]:
        """Runs of the one numbering: whose rows are here, whose are withheld; what is neither was lost on the kiosk."""
        run: Numbers | None = None
        for seq, reason in self._numbered():
            if run is not None and run.seq_to + 1 == seq and run.reason == reason:
                run = replace(run, seq_to=seq)
                continue
            if run is not None:
                yield run
            run = Numbers(seq, seq, reason)
        if run is not None:
            yield run

    def _numbered(self) -> Iterator[tuple[int, str]]:
        """Every number of the record, in order, with why it is withheld."""
        sql, values = self._query("sessions")
        sessions = self._each(f"SELECT seq FROM ({sql}) ORDER BY seq", values)  # noqa: S608
        sql, values = self._query("events")
        events = self._each(f"SELECT seq FROM ({sql}) ORDER BY seq", values)  # noqa: S608
        here = _merged(sessions, events)
        wanted = next(here, None)
        erased = self._erased()
        gone = next(erased, None)
        for (seq,) in self._each("SELECT seq FROM sessions UNION ALL SELECT seq FROM events ORDER BY seq", {}):
            while gone is not None and gone[0] < seq:
                for number in range(gone[0], min(gone[1], seq - 1) + 1):
                    yield number, "erased"
                gone = next(erased, None)
            if seq == wanted:
                yield seq, ""
                wanted = next(here, None)
            else:
                yield seq, "earlier" if seq <= self.selection.since_seq else "selection"
        while gone is not None:
            for number in range(gone[0], gone[1] + 1):
                yield number, "erased"
            gone = next(erased, None)

    def _erased(self) -> Iterator[tuple[int, int]]:
        if "erasures" in self._there:
            for low, high in self._each("SELECT seq_from, seq_to FROM erasures ORDER BY seq_from", {}):
                yield int(low), int(high)

    def _package(self) -> Iterator[dict[str, Any]]:
        for run in self.numbers():
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
        """A row of the database as the schema has it."""
        if table.name == "sessions":
            row = self._dating.session(row)
        elif table.name == "events":
            row = self._dating.event(row)
        elif table.name in ("clock_anchors", "replays"):
            row["revision"] = 1
        if table.name in ("clips", "replays"):
            row["archive"] = row["path"] = ""
        row["device_id"] = self.device_id
        return row

    def _query(self, name: str) -> tuple[str, dict[str, Any]]:
        """The question for a table's rows; empty where this record has no such table yet."""
        if name not in self._there:
            return "", {}
        mine, values = self._whose("patient_code")
        if name == "sessions":
            return f"SELECT s.* FROM sessions s WHERE {self._sessions()} ORDER BY s.seq", values  # noqa: S608
        if name == "events":
            since = "seq > :since"
            # An anchor that came after the earlier package, in the boot in which that was made, dates its lines anew.
            last = "FROM events WHERE seq <= :since ORDER BY seq DESC LIMIT 1"
            later = f"a.boot_id = (SELECT boot_id {last}) AND a.t_boot_ms > (SELECT t_boot_ms {last})"
            dated = f"boot_id IN (SELECT a.boot_id FROM clock_anchors a WHERE {later})"  # noqa: S608
            whose = "1"
            if self.selection.code is not None:
                # Of what the kiosk says without a person in it, no line may name another person either.
                others = "SELECT 1 FROM persons p WHERE p.patient_code <> :code AND instr(detail_code, p.patient_code)"
                # Capitals and figures in a row are looked for first: asking of each line for each person takes long.
                named = f"(detail_code GLOB '*{4 * '[0-9A-Z]'}*' AND EXISTS ({others}))"
                whose = f"(patient_code = :code OR (patient_code = '' AND NOT {named}))"
            return f"SELECT * FROM events WHERE {whose} AND ({since} OR {dated}) ORDER BY seq", values  # noqa: S608
        if name == "clock_anchors":
            return "SELECT * FROM clock_anchors ORDER BY _rowid_", {}
        if name in ("persons", "permissions", "injections"):
            return f'SELECT * FROM "{name}" WHERE {mine} ORDER BY _rowid_', values  # noqa: S608
        columns = (
            "c.session_id, c.step_order, c.repetition, length(c.points) AS size_bytes" if name == "replays" else "c.*"
        )
        order = {"steps": 'c."order"', "ratings": "c._rowid_"}.get(name, "c.step_order, c.repetition")
        return (
            f'SELECT {columns} FROM sessions s JOIN "{name}" c ON c.session_id = s.session_id'  # noqa: S608
            f" WHERE {self._sessions()} ORDER BY s.seq, {order}",
            values,
        )

    def _sessions(self) -> str:
        """Which sessions ``s`` are in the selection: new ones, and those that changed since the earlier package."""
        mine, _ = self._whose("s.patient_code")
        if not self.selection.since_seq:
            return mine
        changed = "1"
        if "session_changes" in self._there:
            changed = "s.session_id IN (SELECT session_id FROM session_changes WHERE seq >= :since)"
        return f"{mine} AND (s.seq > :since OR {changed})"

    def _whose(self, column: str) -> tuple[str, dict[str, Any]]:
        values = {"code": self.selection.code, "since": self.selection.since_seq}
        return ("1" if self.selection.code is None else f"{column} = :code"), values

    def _one(self, sql: str, values: Any = ()) -> Any:
        try:
            return self._looking.connection.execute(sql, values).fetchone()
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def _all(self, sql: str, *values: object) -> list[Any]:
        try:
            return self._looking.connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def _each(self, sql: str, values: dict[str, Any]) -> Iterator[Any]:
        try:
            cursor = self._looking.connection.execute(sql, values)
            while batch := cursor.fetchmany(BATCH):
                self.heard(len(batch))
                yield from batch
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def _row(self, kind: type[R], found: sqlite3.Row) -> R:
        try:
            return row_of(kind, dict(found))
        except msgspec.ValidationError as error:
            raise self._damaged(kind.TABLE, error) from error

    def _dateable(self, anchor: AnchorRow) -> None:
        try:
            utc_moment(anchor.wall_utc)
        except ValueError as error:
            raise self._damaged(AnchorRow.TABLE, error) from error

    def _damaged(self, table: str, error: Exception) -> StoreError:
        return StoreError(
            f"{self.data / DATABASE}: a row of {table} is damaged ({error}); nothing was handed over. Keep a copy of "
            "the data folder, run `kiosk doctor`, and tell whoever looks after this kiosk"
        )

    def _unreadable(self, error: Exception) -> StoreError:
        return StoreError(f"{self.data / DATABASE}: the record cannot be read ({error}); run `kiosk doctor`")


def _unheard(_rows: int) -> None:
    """Nobody asks how far the reading is."""


def _merged(first: Iterator[Any], second: Iterator[Any]) -> Iterator[int]:
    """Numbers of two ordered answers, in order."""
    return heapq.merge((int(seq) for (seq,) in first), (int(seq) for (seq,) in second))
