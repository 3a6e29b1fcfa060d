"""The record's file opened: for reading only, on any medium; or for writing, checked, backed up and migrated."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.errors import NewerSchema
from kiosk.records.folder import COMPANIONS, DATABASE, Folder, Limits, writable
from kiosk.safefiles import sync_folder

if TYPE_CHECKING:
    from sqlite_utils import Database

BUSY_S = 0.25
BESIDE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)


@dataclass
class OpenRecord:
    """An open record: its ``connection``.

    ``copy`` is the folder of the copy that is read, where reading in place was impossible.
    """

    connection: sqlite3.Connection
    copy: tempfile.TemporaryDirectory[str] | None = None
    passing: bool = False
    """Whether the record itself may be written meanwhile, so that the copy holds for one question only."""

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()
        if self.copy is not None:
            self.copy.cleanup()


def open_to_look(database: Path) -> OpenRecord:
    """Open a database to be read: as SQLite would, and where no file can be made beside it, around that.

    A medium may take none, or its disk may be full for whoever reads. Raises sqlite3.Error and OSError where it cannot
    be read. It may be used from another thread, one at a time.
    """
    try:
        return _connect_readonly(f"{database.absolute().as_uri()}?mode=ro")
    except sqlite3.Error as error:
        if writable(database.parent):
            if not (_is_beside(error) and database.exists()):
                raise
            return _copied(database, passing=True)
    wal = database.with_name(database.name + COMPANIONS[0])
    # Immutable ignores the journal, so that is right only when the journal is empty.
    leftover = wal.exists() and wal.stat().st_size > 0
    return _copied(database) if leftover else open_unwritten(database)


def _is_beside(error: sqlite3.Error) -> bool:
    """Whether this may be about a file beside the record: SQLite needs a small one to read."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in BESIDE


@contextlib.contextmanager
def as_it_is(database: Path) -> Iterator[None]:
    """While this lasts whoever writes may let go of a file without writing the journal into it."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(sqlite3.Error, OSError):
            stack.callback(open_to_look(database).close)
        yield


def open_unwritten(database: Path) -> OpenRecord:
    """A record that nobody writes and that has no journal: nothing is left beside it. Raises sqlite3.Error."""
    return _connect_readonly(f"{database.absolute().as_uri()}?immutable=1")


def text_of(raw: bytes) -> str | bytes:
    """A text of the database. One that is no UTF-8 stays bytes: SQLite's own error would stop all rows, and tell it."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _connect_readonly(uri: str) -> OpenRecord:
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_S, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.text_factory = text_of
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return OpenRecord(connection)


def _copied(database: Path, *, passing: bool = False) -> OpenRecord:
    """A copy in the temporary folder, with its journal, which SQLite may play back there."""
    copy = tempfile.TemporaryDirectory(prefix="kiosk-read-")
    try:
        for source in (database, database.with_name(database.name + COMPANIONS[0])):
            if source.exists():
                shutil.copyfile(source, f"{copy.name}/{source.name}")
        looking = _connect_readonly((Path(copy.name) / database.name).as_uri())
    except BaseException:
        copy.cleanup()
        raise
    return OpenRecord(looking.connection, copy, passing)


class Damaged(sqlite3.DatabaseError):
    """SQLite read the file but found it inconsistent."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    sqlite_errorname = "SQLITE_CORRUPT"


def open_database(folder: Folder, limits: Limits, *, suspect: bool = False, later: bool = False) -> Database:
    """Open, or make, the database of ``folder``. After an I/O error the file is ``suspect``: see ``_settle``.

    ``later``: the whole of it is looked through by somebody else, afterwards; ``is_left`` says whether that is so.
    Raises sqlite3.Error and OSError for trouble with the storage (Damaged for a file that is not whole), NewerSchema
    for a file that this version must not touch.
    """
    try:
        connection = _connect(folder.database, limits)
        try:
            if suspect:
                _settle(connection)
            return _prepare(folder, connection, later=later)
        except BaseException:
            connection.close()
            raise
    except UnicodeDecodeError as error:
        # SQLite names what it cannot make sense of, and Python cannot read the name.
        raise Damaged(f"{folder.database}: the schema is damaged") from error


def connect(path: Path, busy_ms: int) -> sqlite3.Connection:
    """The one place that opens the writing connection."""
    connection = sqlite3.connect(path, timeout=busy_ms / 1000)
    connection.text_factory = text_of
    return connection


UNSEEN_PAGES = 64
"""The journal of a record that is still to be looked through may grow so far [D]: the file stays as it was found."""


def is_left(connection: sqlite3.Connection) -> bool:
    """Whether a record like this one may be looked through while it is written: without a journal each would wait."""
    return bool(connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal")


def _prepare(folder: Folder, connection: sqlite3.Connection, *, later: bool) -> Database:
    from sqlite_utils import Database  # only now, in the writer's thread: importing it takes longer than all the rest

    from kiosk.records.migrations import SCHEMA, migrations

    found = _known_schema(folder.database, connection)
    if later and found == SCHEMA and is_left(connection):
        # Few rows, however old the record is, and read at once by whoever starts: they are never taken on trust.
        _check(folder.database, connection, AT_ONCE)
    else:
        _check(folder.database, connection)
    db = Database(connection, execute_plugins=False)
    if 0 < found < SCHEMA:
        _back_up(folder, connection, found)
    if found < SCHEMA:
        migrations.apply(db)
        sync_folder(folder.path)
    return db


def _known_schema(path: Path, connection: sqlite3.Connection) -> int:
    """The schema of the file; 0: it is new. Raises Damaged where its tables are not those of that schema."""
    from kiosk.records.checking import is_newer, is_of
    from kiosk.records.migrations import SCHEMA

    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > SCHEMA and is_newer(connection):
        raise NewerSchema(
            f"{path}: written by a newer kiosk (schema {found}, this one knows {SCHEMA}); "
            "install that version again, or name another folder with --data"
        )
    if not 0 <= found <= SCHEMA or not is_of(connection, found):
        raise Damaged(f"{path}: its tables are not those of schema {found}")
    return found


def _connect(path: Path, limits: Limits) -> sqlite3.Connection:
    """A connection whose commits survive a power cut, to a file that is whole."""
    # SQLite would make the file readable for everybody; its companions take over what the file has.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = connect(path, limits.busy_ms)
    try:
        wal = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal"
        # Some file systems cannot share memory; then it is the rollback journal, with its directory synced as well.
        connection.execute(f"PRAGMA synchronous = {'FULL' if wal else 'EXTRA'}")
        connection.execute("PRAGMA foreign_keys = ON")
        # A journal that may grow can eat the whole disk, and then cannot be emptied for want of room.
        connection.execute(f"PRAGMA wal_autocheckpoint = {limits.checkpoint_pages:d}")
        connection.execute(f"PRAGMA journal_size_limit = {limits.journal_bytes:d}")
        # What a person has taken back is overwritten, not only forgotten (how far a memory card follows is its secret).
        connection.execute("PRAGMA secure_delete = ON")
    except BaseException:
        connection.close()
        raise
    return connection


AT_ONCE = ("counters", "state", "staff", "pin_tries", "doubts")


def _check(path: Path, connection: sqlite3.Connection, tables: tuple[str, ...] = ()) -> None:
    """Look through the whole file, or through some of its ``tables``. Raises Damaged."""
    for asked in tables or ("1",):
        verdict = connection.execute(f"PRAGMA integrity_check({asked})").fetchone()[0]
        if verdict != "ok":
            raise Damaged(f"{path}: {verdict}")


def _settle(connection: sqlite3.Connection) -> None:
    """Write everything in the journal into the database file anew, and empty the journal.

    After a failed fsync Linux takes the pages for clean: the journal may look whole in memory and not be so on the
    medium. What it holds counts as stored only after it has been written once more, and that has succeeded.
    """
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise sqlite3.OperationalError("the journal cannot be emptied while another program reads")


def _back_up(folder: Folder, connection: sqlite3.Connection, schema: int) -> None:
    """Keep the database as it was before its tables change: one copy a schema, however often that is tried.

    Raises sqlite3.Error, and leaves nothing half-made, where there is no room.
    """
    target = folder.quarantine() / f"{DATABASE}.schema{schema}"
    part = target.with_name(target.name + ".part")
    try:
        connection.execute("VACUUM INTO ?", (str(part),))
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.chmod(0o600)
        part.rename(target)
        sync_folder(target.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
