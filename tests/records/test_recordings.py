"""Films and line drawings in the record: bytes go through whole, and what is taken back is gone."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from kiosk.records.store import Store
from kiosk.rows.kinds import ClipRow, EventRow, Forget, PermissionRow, ReplayRow, SetItemRow
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, repetition, rows_in, session, sound, step

DRAWN = bytes(range(256)) * 50 + b"the shape of this face"


def record(store: Store, code: str, session_id: str) -> None:
    """A session with a film and two line drawings."""
    store.put(session(session_id, patient_code=code), step(0, session_id))
    store.put(repetition(0, 0, session_id), ReplayRow(session_id, 0, 0, DRAWN))
    store.put(repetition(1, 0, session_id), ReplayRow(session_id, 0, 1, DRAWN[::-1]))
    store.put(ClipRow(session_id, 0, 0, f"{code}/{session_id}-0-0.mp4", 4_711, "ab" * 32, encrypted=False))
    assert store.flush(PATIENCE_S)


def test_a_line_drawing_comes_back_as_it_went_in(tmp_path: Path) -> None:
    """Every byte value survives, and the list of drawings is read without them, newest first."""
    store = open_small(tmp_path)
    record(store, "AB12", "s1")
    record(store, "AB12", "s2")
    reader = store.read()
    kept = reader.replay("s1", 0, 0)
    assert kept is not None
    assert kept.points == DRAWN
    assert [(r.session_id, r.repetition) for r in reader.replayed("AB12", 3)] == [("s2", 1), ("s2", 0), ("s1", 1)]
    assert [clip.file for clip in reader.clips("AB12")] == ["AB12/s1-0-0.mp4", "AB12/s2-0-0.mp4"]
    store.close(PATIENCE_S)
    sound(tmp_path)


def test_what_is_taken_back_is_gone_from_the_file(tmp_path: Path) -> None:
    """A withdrawal deletes this person's drawings and nobody else's, in one transaction with who took it back."""
    store = open_small(tmp_path)
    record(store, "AB12", "s1")
    record(store, "CD34", "s2")
    store.put(
        PermissionRow("AB12", "permission.replays", "no", "nurse-1"),
        Forget("AB12", "replays"),
        Forget("AB12", "clips"),
        EventRow("audit", "consent.withdrawn", "nurse-1", "AB12"),
    )
    assert store.flush(PATIENCE_S)
    reader = store.read()
    assert reader.replayed("AB12", 9) == []
    assert reader.clips("AB12") == []
    assert len(reader.repetitions("s1")) == 2
    assert len(reader.replayed("CD34", 9)) == 2
    store.close(PATIENCE_S)
    assert rows_in(tmp_path, "SELECT file, removed, revision FROM clips WHERE session_id = 's1'") == [
        ("AB12/s1-0-0.mp4", "withdrawn", 2)
    ]
    sound(tmp_path)


def test_deleted_drawings_are_overwritten(tmp_path: Path) -> None:
    """Deleting in a database only forgets where something lay: here nothing of it is left in the record's files."""
    store = open_small(tmp_path)
    record(store, "AB12", "s1")
    store.put(Forget("AB12", "replays"))
    store.close(PATIENCE_S)
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        assert b"the shape of this face" not in content, path.name
        assert DRAWN[:64] not in content, path.name


def test_a_drawing_without_its_repetition_keeps_no_geometry(tmp_path: Path) -> None:
    """A row that fits no table is set aside as JSON, where a withdrawal would not find it: so without its bytes."""
    store = open_small(tmp_path)
    store.put(session(), step())
    store.put(ReplayRow("s1", 0, 7, DRAWN))
    store.close(PATIENCE_S)
    ((content,),) = rows_in(tmp_path, "SELECT content FROM set_aside WHERE table_name = 'replays'")
    assert json.loads(content) == {
        "session_id": "s1",
        "step_order": 0,
        "repetition": 7,
        "points": f"{len(DRAWN)} bytes",
    }


def test_the_lines_of_a_set_without_its_session_keep_no_geometry(tmp_path: Path) -> None:
    """Text as they are, they go the way of the bytes of a drawing."""
    store = open_small(tmp_path)
    store.put(SetItemRow(session_id="lost", item="smile", asked=True, lines="f1/-12,40:15,41"))
    store.close(PATIENCE_S)
    ((content,),) = rows_in(tmp_path, "SELECT content FROM set_aside WHERE table_name = 'set_items'")
    assert json.loads(content)["lines"] == "15 characters"
    assert json.loads(content)["asked"] is True
    assert "-12,40" not in content


def test_drawings_are_saved_from_a_damaged_record(tmp_path: Path) -> None:
    """Salvage carries bytes over like words; a drawing whose repetition was lost does not stop it."""
    store = open_small(tmp_path)
    record(store, "AB12", "s1")
    store.close(PATIENCE_S)
    database = tmp_path / "kiosk.db"
    _lose_repetition(database)
    database.write_bytes(_spoilt(database.read_bytes()))
    again = open_small(tmp_path)
    assert "was damaged" in again.notices[0]
    kept = again.read().replay("s1", 0, 0)
    assert kept is not None
    assert kept.points == DRAWN
    again.close(PATIENCE_S)
    ((content,),) = rows_in(tmp_path, "SELECT content FROM set_aside")
    assert "bytes" in json.loads(content)["points"]


def _lose_repetition(path: Path) -> None:
    """As if the page of one repetition could not be read."""
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM repetitions WHERE repetition = 1")
    connection.commit()
    connection.close()


def _spoilt(whole: bytes) -> bytes:
    """The free-list pointer of the header points beyond the file: SQLite finds it inconsistent, and can still read."""
    return whole[:32] + (0xFFFF).to_bytes(4) + (3).to_bytes(4) + whole[40:]
