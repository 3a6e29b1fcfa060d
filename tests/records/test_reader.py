"""What is asked of the record comes back as rows, also from a medium that cannot be written."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.clock import SimClock
from kiosk.errors import StoreError
from kiosk.records.migrations import SCHEMA
from kiosk.records.reader import Reader
from kiosk.rows.kinds import PersonRow, PinTriesRow, RatingRow, StaffRow, StateRow
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, repetition, session, step

SCHEMAS = Path(__file__).with_name("schemas")


def test_nothing_there_is_nothing_remembered(tmp_path: Path) -> None:
    """A reader before the first run, or beside an unwritable folder, has answers and no errors."""
    reader = Reader(tmp_path / "none")
    assert reader.persons() == []
    assert reader.state("bound") is None
    assert reader.running_session() is None


def test_the_newest_of_each_person(tmp_path: Path) -> None:
    """Two persons' plans never mix, and the newest holds."""
    store = open_small(tmp_path)
    store.put(PersonRow("AB12", stage="flaccid"), PersonRow("CD34", stage="synkinetic"))
    store.put(PersonRow("AB12", stage="paretic", profile='{"code": "AB12"}'))
    assert store.flush(PATIENCE_S)
    reader = store.read()
    assert [(p.patient_code, p.stage) for p in reader.persons()] == [("AB12", "paretic"), ("CD34", "synkinetic")]
    person = reader.person("AB12")
    assert person is not None
    assert (person.revision, person.profile) == (2, '{"code": "AB12"}')
    assert reader.person("XX") is None
    store.close(PATIENCE_S)


def test_a_session_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    """Steps, repetitions and ratings come in order and only for their session."""
    store = open_small(tmp_path)
    for name in ("s1", "s2"):
        store.put(session(name), step(1, name), step(0, name), repetition(1, 0, name), repetition(0, 0, name))
    store.put(RatingRow("s1", "tiredness", 1, "0_3"), RatingRow("s1", "pain-before", 0, "0_3"))
    assert store.flush(PATIENCE_S)
    reader = store.read()
    assert [s.session_id for s in reader.sessions("AB12", 5)] == ["s2", "s1"]
    assert [s.session_id for s in reader.sessions("AB12", 1)] == ["s2"]
    assert [s.order for s in reader.steps("s1")] == [0, 1]
    assert [r.repetition for r in reader.repetitions("s2")] == [0, 1]
    assert [r.item for r in reader.ratings("s1")] == ["tiredness", "pain-before"]
    assert reader.ratings("s2") == []
    store.close(PATIENCE_S)


def test_the_ratios_of_the_last_sessions_that_measured_any(tmp_path: Path) -> None:
    """Whether a weakness is known is judged from this person's own sessions of this exercise, newest first."""
    store = open_small(tmp_path)
    for name, code, ratios in (
        ("s1", "AB12", (0.5, 0.6)),
        ("s2", "AB12", (None, None)),
        ("s3", "CD34", (0.9, 0.9)),
        ("s4", "AB12", (0.4, None)),
        ("s5", "AB12", (0.3, 0.2)),
    ):
        store.put(session(name, patient_code=code), step(0, name), replace(step(1, name), exercise="another"))
        store.put(*(replace(repetition(i, 0, name), symmetry_ratio=ratio) for i, ratio in enumerate(ratios)))
        store.put(replace(repetition(0, 1, name), symmetry_ratio=0.1))
    assert store.flush(PATIENCE_S)
    exercise = step(0).exercise
    assert store.read().ratios("AB12", exercise, 2) == [[0.3, 0.2], [0.4]]
    assert store.read().ratios("AB12", exercise, 9) == [[0.3, 0.2], [0.4], [0.5, 0.6]]
    assert store.read().ratios("AB12", "unknown", 9) == []
    store.close(PATIENCE_S)


def test_the_interrupted_session_is_offered_until_it_is_resumed(tmp_path: Path) -> None:
    """Resume is offered for one's own newest interrupted session, once, and never for a stopped one."""
    store = open_small(tmp_path)
    store.put(session("old", end_reason="fault"), session("cut", end_reason="power_loss"))
    store.put(session("stop", end_reason="stopped"), session("other", patient_code="CD34", end_reason="timeout"))
    assert store.flush(PATIENCE_S)
    found = store.read().interrupted_session("AB12")
    assert found is not None
    assert found.session_id == "cut"
    store.put(session("again", resumes_session_id="cut", end_reason="completed"))
    assert store.flush(PATIENCE_S)
    left = store.read().interrupted_session("AB12")
    assert left is not None
    assert left.session_id == "old"
    store.close(PATIENCE_S)


def test_the_running_session_is_the_one_without_an_end(tmp_path: Path) -> None:
    """It is there while it runs and gone when it ends."""
    store = open_small(tmp_path)
    store.put(session("s1"))
    assert store.flush(PATIENCE_S)
    running = store.read().running_session()
    assert running is not None
    assert running.session_id == "s1"
    store.put(session("s1", end_reason="completed", end_boot_ms=9_000))
    assert store.flush(PATIENCE_S)
    assert store.read().running_session() is None
    store.close(PATIENCE_S)


def test_staff_slots_and_their_tries(tmp_path: Path) -> None:
    """PIN locks survive a restart."""
    store = open_small(tmp_path)
    tries = PinTriesRow("1", 5, 60_000, "boot-1", 1_000)
    store.put(StaffRow("1", "nurse", "Nurse 1", "00ff", "abcd"), PinTriesRow("1", 4), tries)
    store.close(PATIENCE_S)
    reader = Reader(tmp_path)
    assert reader.staff() == [StaffRow("1", "nurse", "Nurse 1", "00ff", "abcd")]
    assert reader.pin_tries("1") == tries
    assert reader.pin_tries("2") is None
    reader.close()


def test_the_reader_follows_a_new_file(tmp_path: Path) -> None:
    """When a damaged database is set aside while the kiosk runs, questions go to the new one."""
    for name, value in (("a", "old"), ("b", "new")):
        store = open_small(tmp_path / name)
        store.put(StateRow("bound", value))
        store.close(PATIENCE_S)
    reader = Reader(tmp_path / "a")
    assert reader.state("bound") == "old"
    shutil.move(tmp_path / "b" / "kiosk.db", tmp_path / "a" / "kiosk.db")
    assert reader.state("bound") == "new"
    reader.close()


@pytest.mark.parametrize("statements", ["", "CREATE TABLE state (key TEXT);"])
@pytest.mark.parametrize("schema", range(SCHEMA + 1))
def test_a_table_that_came_later_is_empty_before(tmp_path: Path, schema: int, statements: str) -> None:
    """A record that is just made or not yet brought up to date has no such rows; in one of today it is damage."""
    data = tmp_path / "data"
    data.mkdir()
    connection = sqlite3.connect(data / "kiosk.db")
    if schema:
        connection.executescript((SCHEMAS / f"{schema}.sql").read_text(encoding="utf-8"))
        statements = "DROP TABLE IF EXISTS doubts;"
    connection.executescript(f"PRAGMA journal_mode = WAL; {statements}")
    connection.close()
    reader = Reader(data)
    if schema >= 5 or (schema == 0 and statements):
        with pytest.raises(StoreError, match=r"the record of doubts cannot be read .* run .kiosk doctor."):
            reader.doubted("AB12")
    else:
        assert reader.doubted("AB12") is False
    reader.close()


def test_a_file_that_is_no_record_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    """Damage under a reader is named, not answered with nothing."""
    (tmp_path / "kiosk.db").write_bytes(b"not a database" * 600)
    with pytest.raises(StoreError, match="kiosk doctor"):
        Reader(tmp_path).persons()


def test_a_reader_of_its_own_beside_the_running_kiosk(tmp_path: Path) -> None:
    """Export and support read while the kiosk writes."""
    store = open_small(tmp_path, SimClock())
    reader = Reader(tmp_path)
    for n in range(20):
        store.put(StateRow("n", str(n)))
        assert store.flush(PATIENCE_S)
        assert reader.state("n") == str(n)
    reader.close()
    store.close(PATIENCE_S)
