"""The file made anew after something was erased: nothing of it lies in unused places, and the journal is empty."""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING

from kiosk.clock import Instant
from kiosk.records.upsert import TIDY, Upserts

if TYPE_CHECKING:
    from sqlite_utils import Database

LOG = logging.getLogger(__name__)
TIDY_EVERY_MS = 60_000
"""Time between two tries, while something keeps us from it."""


class Tidying:
    """Deleted bytes are overwritten in any case (``secure_delete``); this gets at what lies in unused places.

    A full card or somebody who reads just now only puts it off.
    """

    def __init__(self) -> None:
        self._tried_ms: int | None = None
        self.underway = False
        """The file is being made anew, which takes its time."""

    def is_due(self, db: Database, at: Instant) -> bool:
        """Whether something was erased, and it was not tried just now."""
        waits = self._tried_ms is not None and at.t_boot_ms - self._tried_ms < TIDY_EVERY_MS
        return not waits and bool(Upserts(db).counter(TIDY))

    def tidy(self, db: Database, at: Instant) -> None:
        """Make the file anew; what fails is tried again. Raises sqlite3.Error where it cannot even be undone."""
        ledger = Upserts(db)
        self._tried_ms = at.t_boot_ms
        self.underway = True
        try:
            db.execute("VACUUM")
            ledger.set_counter(TIDY, 0)
            db.conn.commit()
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if busy:
                ledger.set_counter(TIDY, 1)
                db.conn.commit()
            else:
                self._tried_ms = None
        except (sqlite3.Error, OSError) as error:
            LOG.warning("what was erased may still lie in unused places of the file, tried again later: %s", error)
            db.rollback()
        finally:
            self.underway = False
