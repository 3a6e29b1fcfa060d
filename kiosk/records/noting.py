"""A few rows into the record from beside the kiosk: a command notes what it did, whether a kiosk runs there or not."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from kiosk.clock import Instant
from kiosk.errors import AlreadyRunning, StoreError
from kiosk.records.folder import Folder, Limits
from kiosk.records.ledger import Ledger
from kiosk.records.looking import open_to_look
from kiosk.records.opening import open_database
from kiosk.records.rows import Row

PATIENCE = Limits(busy_ms=5_000)


def note(data: Path, rows: Sequence[Row], at: Instant, *, alone: bool = False) -> None:
    """Store ``rows`` in one transaction. All numbering is in the file itself, so a running kiosk's goes on from it.

    Raises StoreError where that is not possible: then nothing was stored. ``alone``: it is not possible while a kiosk
    runs there, which raises AlreadyRunning.
    """
    folder = Folder(data)
    try:
        with contextlib.suppress(*(() if alone else (AlreadyRunning,))):
            folder.hold()
        if not folder.held:
            _same_schema(folder)
        db = open_database(folder, PATIENCE)
        try:
            db.execute("BEGIN IMMEDIATE")
            ledger = Ledger(db)
            for row in rows:
                ledger.put(row, at)
            db.execute("COMMIT")
        finally:
            db.close()
    except (sqlite3.Error, OSError) as error:
        if isinstance(error, StoreError):
            raise
        raise StoreError(f"{folder.database}: this could not be noted in the record ({error})") from error
    finally:
        folder.let_go()


def _same_schema(folder: Folder) -> None:
    """A running kiosk's tables are not changed under it."""
    from kiosk.records.migrations import SCHEMA

    looking = open_to_look(folder.database)
    try:
        found = looking.connection.execute("PRAGMA user_version").fetchone()[0]
    finally:
        looking.close()
    if found != SCHEMA:
        raise StoreError(
            f"{folder.database}: the kiosk that is running is of another version (schema {found}, this one knows "
            f"{SCHEMA}); restart it first"
        )
