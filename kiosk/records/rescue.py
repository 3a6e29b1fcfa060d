"""A damaged record makes way for what could be read of it: whole or not at all, whenever the power goes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.clock import Instant, ticks_ns
from kiosk.records import staff_copy
from kiosk.records.folder import RESCUED, Folder
from kiosk.records.salvage import salvage
from kiosk.records.upsert import Upserts
from kiosk.rows.kinds import STAFF_LOST, EventRow, InboxRow, StateRow

if TYPE_CHECKING:
    from sqlite_utils import Database

READING_NS = 120_000_000_000
"""Time for which a damaged file may be read; what is further back in it then counts as lost."""


@dataclass(frozen=True, slots=True)
class Rescued:
    """A rescue: the damaged file lies ``aside``, so many ``rows`` were kept; ``missing`` as of ``Salvaged``."""

    aside: Path
    rows: int
    missing: tuple[str, ...]


def rescue(folder: Folder, at: Instant, given_up: Callable[[], bool]) -> Rescued:
    """Read what can be read of the folder's database into a new one, and put that in its place.

    It also says what happened: in the log, in the inbox, and that nobody's plan is beyond doubt. Raises sqlite3.Error
    and OSError for trouble with the storage: then nothing has changed.
    """
    from sqlite_utils import Database

    from kiosk.records.migrations import migrations
    from kiosk.records.moved import move_rows
    from kiosk.records.opening import connect

    rescued = folder.path / RESCUED
    part = rescued.with_name(rescued.name + ".part")
    for left in (part, part.with_name(part.name + "-journal")):
        left.unlink(missing_ok=True)
    os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    db = Database(connect(part, 0), execute_plugins=False)
    try:
        db.execute("PRAGMA synchronous = EXTRA")
        db.execute("PRAGMA secure_delete = ON")
        migrations.apply(db)
        until_ns = ticks_ns() + READING_NS
        found = salvage(folder.database, db.conn, lambda: given_up() or ticks_ns() > until_ns)
        aside = folder.next_aside()
        with db.atomic():
            move_rows(db)
            ledger = Upserts(db)
            _staff(db, ledger, folder.path, at)
            ledger.doubt(aside.name, at)
            ledger.put(EventRow("fault", "database_quarantined", aside.name), at)
            ledger.put(EventRow("info", "rows_salvaged", str(found.rows)), at)
            for table in found.missing:
                ledger.put(EventRow("fault", "rows_missing", table), at)
            line = f"database-damaged:{aside.name}"
            ledger.put(InboxRow(line, code="database_damaged", detail_code=aside.name), at)
    finally:
        db.close()
    if given_up():
        raise OSError("the reading of the damaged record was given up")
    part.rename(rescued)
    folder.take_over()
    return Rescued(aside, found.rows, found.missing)


def _staff(db: Database, ledger: Upserts, folder: Path, at: Instant) -> None:
    """The slots of the copy, which is never older; without one, those that were read. With neither, nobody gets in."""
    copy = staff_copy.read(folder)
    if copy is not None:
        staff_copy.put(db, ledger, copy, at)
    elif not db.execute("SELECT 1 FROM staff").fetchone():
        ledger.put(StateRow(STAFF_LOST, "1"), at)
