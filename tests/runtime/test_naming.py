"""A kiosk has a name of its own, also after its record was damaged while it ran."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk.care.consent import new_code
from kiosk.rows.kinds import StateRow
from kiosk.rows.names import reads_as_number
from tests.records.helpers import rows_in
from tests.runtime.test_protection import Kiosk
from tests.usb.test_service import AtStick

NAME = "SELECT value FROM state WHERE key = 'device_id'"


def test_a_record_that_lost_its_name_gets_another_at_once(tmp_path: Path) -> None:
    """Salvaged without its numbering the record has none; a package of it could be read by nobody. Once is enough."""
    kiosk = Kiosk(tmp_path, "boot-1", 2)
    try:
        (first,) = rows_in(tmp_path, NAME)
        assert first[0].startswith("k"), "no program that guesses types takes it for a number"
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


def test_a_new_code_is_taken_for_a_number_by_nobody(tmp_path: Path) -> None:
    """Chance gives the desk 92222D, which is a number to Java: the one after it is shown."""
    assert new_code(7) == "92222D"
    desk = AtStick(tmp_path)
    try:
        assert desk.gather().new_code == new_code(8)
        assert not reads_as_number(new_code(8))
    finally:
        desk.close()
