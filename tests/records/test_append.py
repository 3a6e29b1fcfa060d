"""Notes into the record from beside the kiosk: whole or not at all, numbered on, and never under a kiosk's feet."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from kiosk.clock import SimClock, instant
from kiosk.errors import AlreadyRunning, StoreError
from kiosk.records import append
from kiosk.records.append import claim, note
from kiosk.records.folder import Folder, Limits
from kiosk.records.migrations import SCHEMA
from kiosk.records.opening import open_database
from kiosk.rows.kinds import EventRow, ExportRow, StaffRow, StateRow
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, rows_in, step

AT = instant(SimClock())


def begun(data: Path) -> Path:
    open_small(data).close(PATIENCE_S)
    return data


def export(seq: int) -> ExportRow:
    return ExportRow(seq=seq, package=f"p{seq}", selection="ALL", since_seq=0, seq_to=0, protection="none")


def test_the_number_of_an_export(tmp_path: Path) -> None:
    """The next one, or a later one that was asked for; it is taken at once."""
    begun(tmp_path)
    claimed = [claim(tmp_path, export, least, AT) for least in (1, 1, 7, 2)]
    assert claimed == [1, 2, 7, 8]
    assert rows_in(tmp_path, "SELECT seq, package FROM exports ORDER BY 1") == [*((seq, f"p{seq}") for seq in claimed)]


def test_notes_go_on_in_the_numbering(tmp_path: Path) -> None:
    """Beside a running kiosk as well, but not where that was excluded; the slots are copied as by the kiosk."""
    store = open_small(tmp_path)
    token = store.event("info", "first")
    assert token
    assert store.flush(PATIENCE_S)
    note(tmp_path, [EventRow("info", "second"), EventRow("info", "third")], AT)
    with pytest.raises(AlreadyRunning):
        note(tmp_path, [EventRow("info", "never")], AT, alone=True)
    store.event("info", "fourth")
    assert store.close(PATIENCE_S)
    note(tmp_path, [EventRow("info", "fifth"), StaffRow("nurse-1", "nurse", "", "ab", "cd")], AT, alone=True)
    found = rows_in(tmp_path, "SELECT seq, code FROM events ORDER BY seq")
    assert found == list(enumerate(("first", "second", "third", "fourth", "fifth"), 1))
    assert b"nurse-1" in (tmp_path / "staff.json").read_bytes()
    folder = Folder(tmp_path)
    folder.hold()
    folder.let_go()


def test_all_of_them_or_none(tmp_path: Path) -> None:
    """A row that does not fit takes the others back, and says where."""
    begun(tmp_path)
    with pytest.raises(StoreError) as caught:
        note(tmp_path, [EventRow("info", "never"), step(0, "nowhere")], AT)
    said = "this could not be noted in the record (FOREIGN KEY constraint failed)"
    assert str(caught.value) == f"{tmp_path / 'kiosk.db'}: {said}"
    assert rows_in(tmp_path, "SELECT * FROM events") == []
    note(tmp_path, [EventRow("info", "then")], AT)
    with pytest.raises(StoreError, match="could not be noted in the record"):
        note(tmp_path / "nowhere" / "at all", [EventRow("info", "x")], AT)


def test_a_kiosk_of_another_version_is_running(tmp_path: Path) -> None:
    """Its tables are left as they are; without it they are brought up to date."""
    begun(tmp_path)
    connection = sqlite3.connect(tmp_path / "kiosk.db")
    connection.execute(f"PRAGMA user_version = {SCHEMA - 1}")
    connection.close()
    holder = Folder(tmp_path)
    holder.hold()
    with pytest.raises(StoreError) as caught:
        note(tmp_path, [EventRow("info", "x")], AT)
    holder.let_go()
    assert str(caught.value) == (
        f"{tmp_path / 'kiosk.db'}: the kiosk that is running is of another version (schema {SCHEMA - 1}, "
        f"this one knows {SCHEMA}); restart it first"
    )


def test_how_long_another_writer_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five seconds: longer than a kiosk needs for a group of rows."""
    asked: list[int] = []

    def opened(folder: Folder, limits: Limits, **more: Any) -> Any:
        asked.append(limits.busy_ms)
        return open_database(folder, limits, **more)

    monkeypatch.setattr(append, "open_database", opened)
    note(begun(tmp_path), [StateRow("a", "1")], AT)
    assert asked == [5_000]


def test_a_record_that_waits_for_its_place_is_taken_over_first(tmp_path: Path) -> None:
    """What was rescued before a power cut is the record from now on."""
    begun(tmp_path)
    note(tmp_path, [EventRow("info", "kept")], AT)
    (tmp_path / "kiosk.db").rename(tmp_path / "kiosk.db.rescued")
    (tmp_path / "kiosk.db").write_bytes(b"garbage" * 99)
    note(tmp_path, [EventRow("info", "more")], AT)
    assert rows_in(tmp_path, "SELECT code FROM events ORDER BY seq") == [("kept",), ("more",)]
