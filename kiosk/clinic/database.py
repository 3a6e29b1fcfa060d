"""What has the clinic gathered? One SQLite file with the rows of many kiosks, the same whatever came first or twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from kiosk.care.model import Person
from kiosk.clinic.erasures import bury, name_present
from kiosk.clinic.schema import APPLICATION, PUT_CONFLICT, PUT_PLAN, begin, differing, insert, upsert
from kiosk.errors import ClinicError
from kiosk.package.csv_read import Batch
from kiosk.package.read import Head, Package
from kiosk.package.schema import FORMAT, PACKAGE, PERSONS, TABLES, Table
from kiosk.package.snapshot import ALL

AT_ONCE = 100
"""Rows of one statement: a third faster than one by one."""
BUSY_S = 5.0
CACHE_KIB = 16 << 10
CODE, SELECTION = PERSONS.names.index("patient_code"), PACKAGE.names.index("selection")


@dataclass(frozen=True, slots=True)
class Put:
    """What a package brought. ``conflicts``: rows whose key is there with other contents; one of the two is kept."""

    rows: int
    conflicts: int


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

    def take(self, package: Package) -> Put:
        """All rows of a package, in one transaction. Raises PackageError: then none of them is in."""
        head, rows = package.head, sum(package.counts.values())
        conflicts = 0
        codes: set[str] = set()
        whole = False
        with self._transaction():
            for table in TABLES.values():
                for batch in package.batches(table.name):
                    conflicts += self._put(table, batch)
                    if table is PERSONS:
                        codes.update(row[CODE] for row in batch)
                    whole = whole or (table is PACKAGE and any(row[SELECTION] == ALL for row in batch))
            package.check_rest()
            self._plan(head, package.plans())
            self.connection.execute(
                "INSERT OR IGNORE INTO merged VALUES (?, ?, ?, ?, ?, ?, ?)",
                (head.manifest_sha256, head.name, head.device_id, head.package_seq, head.app_version, whole, rows),
            )
            if whole:
                name_present(self.connection, head, codes)
            bury(self.connection, head.device_id)
        return Put(rows, conflicts)

    def _plan(self, head: Head, persons: Iterable[Person]) -> None:
        of = (head.device_id, head.package_seq, head.manifest_sha256)
        rows = [(of[0], person.code, *of[1:], msgspec.json.encode(person).decode()) for person in persons]
        self.connection.executemany(PUT_PLAN, rows)

    def _put(self, table: Table, batch: Batch) -> int:
        """Put rows in, many at once where there is none of their keys; how many are in conflict with what is there."""
        conflicts = 0
        there = len(batch) - len(batch) % AT_ONCE
        many = insert(table.name, AT_ONCE)
        for at in range(0, there, AT_ONCE):
            some = batch[at : at + AT_ONCE]
            cells = tuple(chain.from_iterable(some))
            if self.connection.execute(many, cells).rowcount < AT_ONCE:
                conflicts += self._settle(table, self.connection.execute(differing(table.name, AT_ONCE), cells))
        last = batch[there:]
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
    connection.execute("COMMIT")


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
