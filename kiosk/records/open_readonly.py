"""How the record is opened by whoever only reads it, on a sound medium or a read-only one."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.records.folder import COMPANIONS
from kiosk.records.health import writable

BUSY_S = 0.25


@dataclass
class OpenRecord:
    """An open record. ``copy`` is the folder of the copy that is read, where reading in place was impossible."""

    connection: sqlite3.Connection
    copy: tempfile.TemporaryDirectory[str] | None = None

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()
        if self.copy is not None:
            self.copy.cleanup()


def open_to_look(database: Path) -> OpenRecord:
    """As SQLite would have it; on a medium that takes no file beside the database, around that.

    Raises sqlite3.Error and OSError where it cannot be read. It may be used from another thread, one at a time.
    """
    ways: list[Callable[[], OpenRecord]] = [lambda: _connect_readonly(f"{database.absolute().as_uri()}?mode=ro")]
    if not writable(database.parent):
        wal = database.with_name(database.name + COMPANIONS[0])
        # Immutable ignores the journal, so that is right only when the journal is empty.
        leftover = wal.exists() and wal.stat().st_size > 0
        ways.append((lambda: _copied(database)) if leftover else (lambda: open_unwritten(database)))
    for way in ways[:-1]:
        try:
            return way()
        except sqlite3.Error:
            continue
    return ways[-1]()


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


def _copied(database: Path) -> OpenRecord:
    """A copy in the temporary folder, with its journal, which SQLite may play back there."""
    copy = tempfile.TemporaryDirectory(prefix="kiosk-read-")
    try:
        for name in ("", COMPANIONS[0]):
            shutil.copyfile(f"{database}{name}", f"{copy.name}/{database.name}{name}")
        looking = _connect_readonly((Path(copy.name) / database.name).as_uri())
    except BaseException:
        copy.cleanup()
        raise
    return OpenRecord(looking.connection, copy)
