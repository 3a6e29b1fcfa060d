"""A kiosk has a name of its own, also after its record was damaged while it ran."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk.rows.kinds import StateRow
from tests.records.helpers import rows_in
from tests.runtime.test_protection import Kiosk

NAME = "SELECT value FROM state WHERE key = 'device_id'"


def test_a_record_that_lost_its_name_gets_another_at_once(tmp_path: Path) -> None:
    """Salvaged without its numbering the record has none; a package of it could be read by nobody. Once is enough."""
    kiosk = Kiosk(tmp_path, "boot-1", 2)
    try:
        (first,) = rows_in(tmp_path, NAME)
        with closing(sqlite3.connect(tmp_path / "kiosk.db")) as connection, connection:
            connection.execute("DELETE FROM state WHERE key = 'device_id'")
        kiosk.store.put(StateRow("other", "1"))
        kiosk.settle()
        kiosk.settle()
        (second,) = rows_in(tmp_path, NAME)
        assert second != first
        kiosk.store.put(StateRow("other", "2"))
        kiosk.settle()
        kiosk.settle()
        assert rows_in(tmp_path, NAME) == [second]
    finally:
        kiosk.close()
