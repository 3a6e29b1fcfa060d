"""What is made of a record that was read page by page: each row once, no reference to nothing, one numbering."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from kiosk.clock import SimClock, instant
from kiosk.records.append import note
from kiosk.records.migrations import migrations
from kiosk.records.salvage import UNKNOWN, Salvaged, salvage
from kiosk.rows.kinds import (
    EventRow,
    ExportRow,
    InboxRow,
    InboxSeen,
    PersonRow,
    PinTriesRow,
    ReplayRow,
    StaffRow,
    StateRow,
)
from kiosk.sqlite_pages import PAGE
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, repetition, session, step

TABLES = (
    "sessions",
    "steps",
    "repetitions",
    "replays",
    "persons",
    "state",
    "staff",
    "events",
    "inbox",
    "inbox_seen",
    "pin_tries",
)


@pytest.fixture
def into(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A new record without a row."""
    connection = sqlite3.connect(tmp_path / "new.db")
    migrations.apply(Database(connection))
    yield connection
    connection.close()


def lived(data: Path) -> Path:
    store = open_small(data, SimClock())
    store.put(StateRow("device_id", "x"), StateRow("screen", '{"ä": 1}'), PersonRow("AB12", profile='{"a": "ä"}'))
    store.put(session("a"), session("b", resumes_session_id="a", end_reason="stopped"))
    store.put(step(0, "a"), repetition(0, 0, "a"), ReplayRow("a", 0, 0, b"\x00\xff" * 9))
    store.put(
        InboxRow("k", "AB12", "red_flag"), InboxSeen("nurse-1", "k"), StaffRow("nurse-1", "nurse", "Ä", "ab", "cd")
    )
    store.put(EventRow("info", "card", "x", "AB12"), PinTriesRow("nurse-1", 1))
    assert store.close(PATIENCE_S)
    return data / "kiosk.db"


def changed(database: Path, *statements: str) -> Path:
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return database


def spoilt(database: Path, table: str, place: int, *, owned: bool) -> Path:
    """One byte of the table's first row is 0: ``place`` 0 is its length, from 3 on come the kinds of its columns.

    Without ``owned`` the schema does not name the table any more.
    """
    connection = sqlite3.connect(database)
    (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    connection.close()
    if not owned:
        changed(database, "PRAGMA writable_schema = ON", f"DELETE FROM sqlite_master WHERE tbl_name = '{table}'")  # noqa: S608
    whole = bytearray(database.read_bytes())
    page = (root - 1) * PAGE
    whole[page + int.from_bytes(whole[page + 8 : page + 10]) + place] = 0
    database.write_bytes(whole)
    return database


def rows(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    return sorted(connection.execute(f'SELECT * FROM "{table}"').fetchall(), key=repr)  # noqa: S608


def test_a_whole_record_comes_over_whole(tmp_path: Path, into: sqlite3.Connection) -> None:
    """Row by row, cell by cell, with its numbering; counted, and nothing is said to be missing."""
    database = changed(lived(tmp_path / "data"))
    before = sqlite3.connect(database)
    found = salvage(database, into)
    for table in TABLES:
        assert rows(into, table) == rows(before, table), table
    assert found == Salvaged(sum(len(rows(before, table)) for table in (*TABLES, "boots", "clock_anchors")), True, ())
    (seq,) = before.execute("SELECT value FROM counters WHERE name = 'seq'").fetchone()
    before.close()
    assert rows(into, "counters") == [("seq", seq)]
    assert rows(into, "session_changes") == [("a", seq), ("b", seq)]
    assert rows(into, "person_changes") == [("AB12", seq)]
    assert rows(into, "set_aside") == []
    assert into.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert into.row_factory is None


def test_children_of_lost_parents(tmp_path: Path, into: sqlite3.Connection) -> None:
    """A reference is emptied, a line for staff gets its event back, the rest is kept aside, bytes by their number."""
    database = changed(lived(tmp_path / "data"), "DELETE FROM sessions WHERE session_id = 'a'", "DELETE FROM events")
    source = sqlite3.connect(database)
    source.row_factory = sqlite3.Row
    expected = {}
    for table in ("steps", "repetitions", "replays"):
        row = dict(source.execute(f"SELECT * FROM {table}").fetchone())  # noqa: S608
        expected[table] = {name: "18 bytes" if isinstance(value, bytes) else value for name, value in row.items()}
    (line,) = map(tuple, rows(source, "inbox"))
    source.close()
    salvage(database, into)
    aside = into.execute("SELECT table_name, content, reason, boot_id, t_boot_ms FROM set_aside").fetchall()
    assert {table: json.loads(content) for table, content, *_ in aside} == expected
    assert {row[2:] for row in aside} == {("parent-lost", "", 0)}
    assert [rows(into, table) for table in expected] == [[], [], []]
    assert into.execute("SELECT session_id, resumes_session_id FROM sessions").fetchall() == [("b", None)]
    assert rows(into, "inbox") == [line]
    into.row_factory = sqlite3.Row
    (event,) = map(dict, into.execute("SELECT * FROM events").fetchall())
    (told,) = map(dict, into.execute("SELECT * FROM inbox").fetchall())
    assert event == {**{name: value for name, value in told.items() if name != "key"}, "level": "notice"}
    assert into.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE sessions SET end_reason = 'cured' WHERE session_id = 'b'", "sessions"),
        ("UPDATE events SET code = CAST(x'ff' AS TEXT) WHERE code = 'card'", "events"),
        ("UPDATE state SET value = CAST(x'ff' AS TEXT) WHERE key = 'screen'", "state"),
        ("UPDATE persons SET stage = 'well'", "persons"),
        ("UPDATE repetitions SET t_boot_ms = -1", "repetitions"),
    ],
)
def test_a_row_that_is_none_is_missing(tmp_path: Path, into: sqlite3.Connection, statement: str, table: str) -> None:
    """Its table is named; all others come over."""
    database = changed(lived(tmp_path / "data"), statement)
    before = sqlite3.connect(database)
    before.text_factory = bytes
    counts = {name: len(rows(before, name)) for name in TABLES}
    before.close()
    found = salvage(database, into)
    lost = {name: counts[name] - len(rows(into, name)) for name in TABLES}
    assert {name for name, count in lost.items() if count} >= {table}
    assert lost[table] == 1
    assert found.missing == (table,)
    assert found.seq_known


@pytest.mark.parametrize("owned", [True, False])
@pytest.mark.parametrize("table", ["state", "events", "session_changes"])
def test_a_cell_that_is_no_row(tmp_path: Path, into: sqlite3.Connection, table: str, owned: bool) -> None:
    """Its table is named, by the rows around it where nothing else tells; of what is noted anew nothing is lost."""
    found = salvage(spoilt(lived(tmp_path / "data"), table, 0, owned=owned), into)
    assert found.missing == (() if table == "session_changes" else (table,))


@pytest.mark.parametrize("owned", [True, False])
@pytest.mark.parametrize("place", [0, 4])
@pytest.mark.parametrize("table", ["pin_tries", "boots"])
def test_a_row_of_no_table(tmp_path: Path, into: sqlite3.Connection, table: str, place: int, owned: bool) -> None:
    """A row or not: with nothing beside it only the schema can tell what it was of."""
    found = salvage(spoilt(lived(tmp_path / "data"), table, place, owned=owned), into)
    assert (found.missing, rows(into, table)) == ((table if owned else UNKNOWN,), [])


def test_without_its_numbering(tmp_path: Path, into: sqlite3.Connection) -> None:
    """It goes on behind everything that was seen, and the kiosk gives up its name."""
    database = changed(
        lived(tmp_path / "data"), "DELETE FROM counters", "UPDATE events SET seq = 77 WHERE code = 'card'"
    )
    found = salvage(database, into)
    assert not found.seq_known
    assert into.execute("SELECT key FROM state").fetchall() == [("screen",)]
    assert rows(into, "counters") == [("seq", 77)]


def test_a_number_that_a_package_holds_is_not_given_again(tmp_path: Path, into: sqlite3.Connection) -> None:
    """The highest of what was counted, seen and handed over."""
    database = lived(tmp_path / "data")
    handed = ExportRow(seq=1, package="p", selection="ALL", since_seq=0, seq_to=99, protection="none")
    note(database.parent, [handed], instant(SimClock()))
    salvage(changed(database), into)
    assert rows(into, "counters") == [("seq", 99)]
    assert ("a", 99) in rows(into, "session_changes")


def test_a_number_that_was_erased_is_not_given_again(tmp_path: Path, into: sqlite3.Connection) -> None:
    """A new row with it would be taken for the one that must be forgotten, and deleted at the clinic."""
    erased = "INSERT INTO erasures VALUES (66, 88, 'therapist-1', '2026-03-02T08:00:00.000Z', 1)"
    salvage(changed(lived(tmp_path / "data"), "DELETE FROM counters", erased), into)
    assert rows(into, "counters") == [("seq", 88)]


def test_reading_ends_when_it_is_enough(tmp_path: Path, into: sqlite3.Connection) -> None:
    """It is asked before each page; what was not looked at may be anything."""
    database = changed(lived(tmp_path / "data"))
    asked = []

    def enough() -> bool:
        asked.append(1)
        return len(asked) > 3

    found = salvage(database, into, enough)
    assert (len(asked), found.missing) == (4, (UNKNOWN,))


def test_no_file_at_all(tmp_path: Path, into: sqlite3.Connection) -> None:
    """Nothing is known, and nothing ends."""
    assert salvage(tmp_path / "nothing.db", into) == Salvaged(0, False, (UNKNOWN,))
    assert rows(into, "counters") == [("seq", 0)]
