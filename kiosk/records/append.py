"""A few rows into the record from beside the kiosk: a command notes what it did, whether a kiosk runs there or not."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.clock import Instant
from kiosk.errors import AlreadyRunning, StoreError
from kiosk.records import staff_copy
from kiosk.records.folder import Folder, Limits
from kiosk.records.opening import open_database, open_to_look
from kiosk.records.upsert import Upserts
from kiosk.rows.kinds import Entry, ExportRow

if TYPE_CHECKING:
    from sqlite_utils import Database

PATIENCE = Limits(busy_ms=5_000)


def note(data: Path, rows: Sequence[Entry], at: Instant, *, alone: bool = False) -> None:
    """Store ``rows`` in one transaction. All numbering is in the file itself, so a running kiosk's goes on from it.

    Raises StoreError where that is not possible: then nothing was stored. ``alone``: it is not possible while a kiosk
    runs there, which raises AlreadyRunning.
    """
    with _writing(data, alone=alone) as db:
        ledger = Upserts(db)
        for row in rows:
            ledger.put(row, at)
        staff_copy.follow(data, ledger, rows)


def claim(data: Path, row_at: Callable[[int], ExportRow], least: int, at: Instant) -> int:
    """The number of an export that begins, ``least`` or more: its row is stored as well, so nobody else gets it.

    ``row_at`` makes the row of a number. Raises StoreError as ``note``: then no number was taken.
    """
    with _writing(data) as db:
        (newest,) = db.execute("SELECT coalesce(max(seq), 0) FROM exports").fetchone()
        number = max(least, int(newest) + 1)
        Upserts(db).put(row_at(number), at)
    return number


@contextlib.contextmanager
def _writing(data: Path, *, alone: bool = False) -> Iterator[Database]:
    """One transaction. Raises StoreError, AlreadyRunning as ``note``."""
    folder = Folder(data)
    try:
        with contextlib.suppress(*(() if alone else (AlreadyRunning,))):
            folder.hold()
        if folder.held:
            folder.take_over()
        if not folder.held:
            _same_schema(folder)
        # While a kiosk runs it looks the record through itself.
        with contextlib.closing(open_database(folder, PATIENCE, later=not folder.held)) as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{folder.database}: this could not be noted in the record ({error})") from error
    finally:
        folder.let_go()


def _same_schema(folder: Folder) -> None:
    """A running kiosk's tables are not changed under it."""
    from kiosk.records.migrations import SCHEMA

    with contextlib.closing(open_to_look(folder.database)) as looking:
        found = looking.connection.execute("PRAGMA user_version").fetchone()[0]
    if found != SCHEMA:
        raise StoreError(
            f"{folder.database}: the kiosk that is running is of another version (schema {found}, this one knows "
            f"{SCHEMA}); restart it first"
        )
