"""The clinic's file: one SQLite file with the rows of many kiosks, the same whatever came first or twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, count
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from kiosk.clinic.erasures import bury, name_present
from kiosk.errors import ClinicError
from kiosk.package.csv_cells import Columns, is_alike
from kiosk.package.read import Head
from kiosk.package.schema import ALL, FORMAT, PACKAGE, PERSONS, TABLES, CellKind, Column, Table

APPLICATION = 0x464B434C
"""``FKCL``: what SQLite keeps in the head of the file, so that no other database is taken for ours."""
AFFINITY = MappingProxyType({CellKind.WHOLE: "INTEGER", CellKind.FLAG: "INTEGER", CellKind.NUMBER: "REAL"})
BESIDE = (
    """CREATE TABLE merged (
        manifest_sha256 TEXT PRIMARY KEY, package TEXT, device_id TEXT, package_seq INTEGER, app_version TEXT,
        whole INTEGER, rows INTEGER
    ) WITHOUT ROWID""",
    # Who is set up, by the newest package of each kiosk that leaves nobody out.
    "CREATE TABLE present (device_id TEXT, patient_code TEXT, PRIMARY KEY (device_id, patient_code)) WITHOUT ROWID",
    # How each person is set up, as JSON: there is more to it than the table of persons says.
    """CREATE TABLE plans (
        device_id TEXT, patient_code TEXT, package_seq INTEGER, manifest_sha256 TEXT, plan TEXT,
        PRIMARY KEY (device_id, patient_code)
    ) WITHOUT ROWID""",
    # Keys of which two rows say different things: one was kept. ``key`` is a list as JSON, without the kiosk.
    "CREATE TABLE conflicts (device_id TEXT, table_name TEXT, key TEXT, PRIMARY KEY (device_id, table_name, key))"
    " WITHOUT ROWID",
    "CREATE INDEX merged_by_kiosk ON merged (device_id, package_seq)",
    "CREATE INDEX sessions_by_seq ON sessions (device_id, seq)",
    "CREATE INDEX sessions_by_person ON sessions (patient_code, device_id, seq)",
    "CREATE INDEX events_by_person ON events (patient_code) WHERE patient_code IS NOT NULL",
    "CREATE INDEX package_by_range ON package (device_id, state, reason, seq_from, seq_to, selection)",
)
LATER_BESIDE = ("CREATE INDEX IF NOT EXISTS package_by_selection ON package (device_id, selection)",)
LATER = MappingProxyType(
    {
        "sessions": ("start_utc", "end_utc", "clock_status", "wall_uncertainty_s", "tz", "utc_offset_min"),
        "events": ("wall_utc", "clock_status"),
        "clips": ("archive", "path"),
        "replays": ("archive", "path"),
    }
)
"""Columns that an export fills in. They may differ from one package to the next, which says nothing of two kiosks."""
STEADY = ("events", "clock_anchors", "replays", "package")
"""Rows of which a kiosk changes nothing else, so that two must be alike whatever their revisions are."""

PUT_CONFLICT = "INSERT OR IGNORE INTO conflicts VALUES (?, ?, ?)"
PUT_PLAN = """
    INSERT INTO plans AS held VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
    SET package_seq = excluded.package_seq, manifest_sha256 = excluded.manifest_sha256, plan = excluded.plan
    WHERE (excluded.package_seq, excluded.manifest_sha256) > (held.package_seq, held.manifest_sha256)
"""


def begin(connection: sqlite3.Connection) -> None:
    """Make everything, inside the caller's transaction."""
    for table in TABLES.values():
        _make(connection, table)
    for statement in (*BESIDE, *LATER_BESIDE):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def _make(connection: sqlite3.Connection, table: Table) -> None:
    columns = ", ".join(map(_declared, table.columns))
    key = ", ".join(_quoted(table.key))
    connection.execute(f'CREATE TABLE IF NOT EXISTS "{table.name}" ({columns}, PRIMARY KEY ({key})) WITHOUT ROWID')


def _declared(column: Column) -> str:
    return f'"{column.name}" {AFFINITY.get(column.kind, "TEXT")}'


@lru_cache(maxsize=100)
def insert(name: str, rows: int, alike: tuple[int, ...] = ()) -> str:
    """Put so many rows of the table ``name`` in; one whose key is there is passed over.

    ``alike``: places of columns that have one value in all of these rows. The values come first, each once; then the
    other cells, row by row.
    """
    columns = _quoted(TABLES[name].names)
    once = {place: number for number, place in enumerate(alike, 1)}
    numbers = count(len(once) + 1)
    first = [f"?{once.get(place) or next(numbers)}" for place in range(len(columns))]
    # SQLite looks for a numbered cell among all that have a number: of the others only the first row's have one.
    later = [cell if place in once else "?" for place, cell in enumerate(first)]
    cells = ", ".join(f"({', '.join(row)})" for row in (first, *[later] * (rows - 1)))
    return f'INSERT INTO "{name}" ({", ".join(columns)}) VALUES {cells} ON CONFLICT DO NOTHING'  # noqa: S608 our own names


@cache
def differing(name: str, rows: int) -> str:
    """Return the SQL for those of so many rows that differ from the ones that are there under their keys.

    It gives their cells, and whether they may not differ. They may where one is a newer revision of the other.
    """
    table = TABLES[name]
    columns = ", ".join(_quoted(table.names))
    rest = [column for column in table.names if column not in table.key]
    same = [column for column in rest if column not in (*LATER.get(name, ()), "revision")]
    conflict = _unlike(same)
    if name not in STEADY:
        conflict = f"fresh.revision = held.revision AND {conflict}"
    keys = " AND ".join(f"held.{column} = fresh.{column}" for column in _quoted(table.key))
    return (
        f"WITH fresh ({columns}) AS (VALUES {_cells(name, rows)})"  # noqa: S608 our own names
        f' SELECT fresh.*, {conflict} FROM fresh CROSS JOIN "{name}" held WHERE {keys} AND {_unlike(rest)}'
    )


@cache
def upsert(name: str) -> str:
    """Put a row of the table ``name`` in; where the key is there, only if it is newer.

    Two rows of the same key and revision should not differ. Should they, one of them wins that does not depend on
    which came first, and something wins over nothing: the order of packages must never matter.
    """
    table = TABLES[name]
    rest = _quoted([column for column in table.names if column not in table.key])
    news = ", ".join(f"{column} = excluded.{column}" for column in rest)
    sides = (", ".join(f"coalesce({side}.{column}, -9e999)" for column in rest) for side in ("excluded", "held"))
    newer = "({}) > ({})".format(*sides)
    if "revision" not in table.key:
        newer = f"excluded.revision > held.revision OR excluded.revision = held.revision AND {newer}"
    columns, key = (", ".join(_quoted(names)) for names in (table.names, table.key))
    into = f'INSERT INTO "{name}" AS held ({columns}) VALUES {_cells(name, 1)}'  # noqa: S608 our own names
    return f"{into} ON CONFLICT ({key}) DO UPDATE SET {news} WHERE {newer}"


def _cells(name: str, rows: int) -> str:
    return ", ".join([f"({', '.join('?' * len(TABLES[name].columns))})"] * rows)


def _unlike(columns: Sequence[str]) -> str:
    held, fresh = (", ".join(f"{side}.{column}" for column in _quoted(columns)) for side in ("held", "fresh"))
    return f"(({held}) IS NOT ({fresh}))"


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in names]


AT_ONCE = 100
"""Rows of one statement: a third faster than one by one, and what is alike in all of them is handed over once."""
BUSY_S = 5.0
CACHE_KIB = 16 << 10
CODE, SELECTION = PERSONS.names.index("patient_code"), PACKAGE.names.index("selection")


@dataclass(frozen=True, slots=True)
class Put:
    """A package was taken in, with so many ``rows``.

    ``conflicts``: rows whose key is there with other contents; one of the two is kept.
    """

    rows: int
    conflicts: int


class RowsSource(Protocol):
    """A package that is being read, here or by another process."""

    def everything(self) -> Iterator[tuple[str, Columns]]:
        """Its rows, as ``Package.everything``. Raises PackageError."""
        ...

    def plans_as_json(self) -> Iterable[tuple[str, str]]:
        """The plan of each person, as ``Package.plans_as_json``."""
        ...


class Clinic:
    """The clinic's file, open. Every method raises ClinicError when it cannot be read or written."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self.connection = path, connection

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def __enter__(self) -> Clinic:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def holds(self, manifest_sha256: str) -> bool:
        """Whether the package with this manifest has been merged."""
        with saying(self.path):
            asked = "SELECT 1 FROM merged WHERE manifest_sha256 = ?"
            return self.connection.execute(asked, (manifest_sha256,)).fetchone() is not None

    def take(self, head: Head, source: RowsSource) -> Put:
        """All rows of a package, in one transaction. Raises PackageError: then none of them is in."""
        rows = conflicts = 0
        codes: set[str] = set()
        whole = False
        with self._transaction():
            for name, columns in source.everything():
                rows += len(columns[0])
                conflicts += self._put(TABLES[name], columns)
                if name == PERSONS.name:
                    codes.update(columns[CODE])
                whole = whole or (name == PACKAGE.name and ALL in columns[SELECTION])
            of = (head.device_id, head.package_seq, head.manifest_sha256)
            plans = [(of[0], code, *of[1:], plan) for code, plan in source.plans_as_json()]
            self.connection.executemany(PUT_PLAN, plans)
            self.connection.execute(
                "INSERT OR IGNORE INTO merged VALUES (?, ?, ?, ?, ?, ?, ?)",
                (head.manifest_sha256, head.name, head.device_id, head.package_seq, head.app_version, whole, rows),
            )
            if whole:
                name_present(self.connection, head, codes)
            bury(self.connection, head.device_id)
        return Put(rows, conflicts)

    def _put(self, table: Table, columns: Columns) -> int:
        """Put rows in, many at once where there is none of their keys; how many are in conflict with what is there."""
        conflicts = 0
        count = len(columns[0])
        there = count - count % AT_ONCE
        alike = tuple(place for place, column in enumerate(columns) if there and is_alike(column))
        once = [columns[place][0] for place in alike]
        others = [column for place, column in enumerate(columns) if place not in alike]
        width = len(others)
        cells: list[Any] = [None] * (width * count)
        for place, column in enumerate(others):
            cells[place::width] = column
        many = insert(table.name, AT_ONCE, alike)
        for at in range(0, there, AT_ONCE):
            bound = once + cells[at * width : (at + AT_ONCE) * width]
            if self.connection.execute(many, bound).rowcount < AT_ONCE:
                told = tuple(chain.from_iterable(_rows(columns, at, at + AT_ONCE)))
                conflicts += self._settle(table, self.connection.execute(differing(table.name, AT_ONCE), told))
        last = list(_rows(columns, there, count))
        if self.connection.executemany(insert(table.name, 1), last).rowcount < len(last):
            for row in last:
                conflicts += self._settle(table, self.connection.execute(differing(table.name, 1), row))
        return conflicts

    def _settle(self, table: Table, differ: Iterable[tuple[Any, ...]]) -> int:
        """The newer of two rows stays; where neither is, the same one as in any other order, and it is written down."""
        conflicts = 0
        for *row, conflict in list(differ):
            self.connection.execute(upsert(table.name), row)
            if conflict:
                conflicts += 1
                key = json.dumps([row[table.names.index(column)] for column in table.key[1:]])
                self.connection.execute(PUT_CONFLICT, (row[0], table.name, key))
        return conflicts

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with saying(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:  # an interrupt too: whoever goes on with this connection must find no half package
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise


def _rows(columns: Columns, first: int, end: int) -> Iterator[tuple[Any, ...]]:
    return zip(*(column[first:end] for column in columns), strict=True)


def open_clinic(path: Path, *, make: bool = True) -> Clinic:
    """The clinic's file; ``make``: a new one where there is none. Raises ClinicError, saying what to do."""
    if not make and not path.is_file():
        raise ClinicError(f"{path}: there is no such file; make it with `kiosk clinic merge … --into {path}`")
    with saying(path):
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        try:
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            # What a kiosk has erased is overwritten here, not only let go.
            connection.execute("PRAGMA secure_delete = ON")
            # What SQLite must put aside stays in memory: not a byte is written elsewhere.
            connection.execute("PRAGMA temp_store = MEMORY")
            _look(path, connection)
        except BaseException:  # an interrupt too: nobody else has the connection to close it
            connection.close()
            raise
    return Clinic(path, connection)


def _look(path: Path, connection: sqlite3.Connection) -> None:
    """Begin an empty file; refuse one that is not ours."""
    # Whoever else is about to begin the same file is waited for.
    connection.execute("BEGIN IMMEDIATE")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application == version == tables == 0:
        begin(connection)
    elif application != APPLICATION:
        raise ClinicError(f"{path}: a database of another program, or of a kiosk; name a new file, or the clinic's own")
    elif version != FORMAT:
        age = "a newer" if version > FORMAT else "an older"
        then = "use that version" if version > FORMAT else "merge the packages again, into a new file"
        raise ClinicError(f"{path}: written by {age} version (format {version}, this one knows {FORMAT}); {then}")
    else:
        _widen(connection)
    connection.execute("COMMIT")


def _widen(connection: sqlite3.Connection) -> None:
    """Add what came later to a file of an earlier version; columns are empty in the rows that are there."""
    for table in TABLES.values():
        if table.later:
            _make(connection, table)
        later = [column for column in table.columns if column.later]
        there = {row[1] for row in connection.execute(f'PRAGMA table_info("{table.name}")')} if later else set()
        for column in later:
            if column.name not in there:
                connection.execute(f'ALTER TABLE "{table.name}" ADD COLUMN {_declared(column)}')
    for statement in LATER_BESIDE:
        connection.execute(statement)


@contextmanager
def saying(path: Path) -> Iterator[None]:
    """Turns an error of SQLite into a sentence that says what to do."""
    try:
        yield
    except sqlite3.Error as why:
        raise ClinicError(f"{path}: {_sentence(str(why))}") from why


def _sentence(why: str) -> str:
    if "not a database" in why:
        return "this is no database; name a new file, or the one that the clinic merges into"
    if "locked" in why:
        return "another program is using it; close that and try again"
    if "full" in why:
        return "there is no room left; what was merged so far is kept: make room and merge again"
    if "readonly" in why:
        return "it cannot be written; look at who may write to the file and its folder"
    if "unable to open" in why:
        return "it cannot be opened or made; name a file in a folder that is there and may be written to"
    return f"it cannot be used ({why}); put back a copy, or merge all packages into a new file"
