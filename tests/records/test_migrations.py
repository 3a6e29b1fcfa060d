"""Every schema that was ever released opens in every later version, and a newer one is left alone.

``schemas/N.sql`` are dumps of real records as version N of the schema left them. They are never edited: a new migration
brings a new dump.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from kiosk.clock import SimClock
from kiosk.errors import NewerSchema
from kiosk.records import migrations as ours
from kiosk.rows.kinds import ROWS, StateRow
from kiosk.sqlite_pages import PAGE
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, rows_in, session, sound

DUMPS = sorted((Path(__file__).parent / "schemas").glob("*.sql"), key=lambda path: int(path.stem))
SHAPE = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"


def load(dump: Path, data: Path) -> None:
    connection = sqlite3.connect(data / "kiosk.db")
    connection.executescript(dump.read_text(encoding="utf-8"))
    connection.close()


@pytest.fixture
def one_more_step(monkeypatch: pytest.MonkeyPatch) -> Migrations:
    """Our migrations and one more, as a later version would have."""
    later = Migrations("kiosk")
    for known in ours.migrations._migrations:
        later(name=known.name)(known.fn)
    monkeypatch.setattr(ours, "migrations", later)
    monkeypatch.setattr(ours, "SCHEMA", ours.SCHEMA + 1)
    return later


def test_there_is_a_dump_of_every_schema() -> None:
    """Nobody adds a migration without the dump that later versions are held to."""
    assert [int(dump.stem) for dump in DUMPS] == list(range(1, ours.SCHEMA + 1))


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_an_old_record_opens_and_goes_on(dump: Path, tmp_path: Path) -> None:
    """Its rows are all there, its numbering goes on without a gap, and its tables are those of a new record."""
    load(dump, tmp_path)
    known = {name for (name,) in rows_in(tmp_path, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    tables = [kind.TABLE for kind in ROWS if kind.TABLE in known]
    before = {table: rows_in(tmp_path, f'SELECT count(*) FROM "{table}"') for table in tables}  # noqa: S608
    store = open_small(tmp_path, SimClock(boot_id="boot-9"))
    assert store.notices == ()
    reader = store.read()
    assert reader.state("device_id") == "FK-7Q2M"
    assert reader.sessions("AB12", 1)[0].stop_reason == "tired"
    assert len(reader.repetitions("s1")) == 2
    store.put(session("s2"))
    store.close(PATIENCE_S)
    sound(tmp_path)
    after = {table: rows_in(tmp_path, f'SELECT count(*) FROM "{table}"') for table in tables}  # noqa: S608
    grown = {table for table in before if after[table] != before[table]}
    assert grown == {"sessions", "boots", "clock_anchors"}
    open_small(tmp_path / "new").close(PATIENCE_S)
    assert rows_in(tmp_path, SHAPE) == rows_in(tmp_path / "new", SHAPE)


@pytest.mark.parametrize("dump", DUMPS[:3], ids=lambda dump: dump.stem)
def test_what_an_old_record_cannot_tell_counts_as_just_changed(dump: Path, tmp_path: Path) -> None:
    """Before the fourth step nothing noted a late row: the next package holds all, and nobody is erased before it."""
    load(dump, tmp_path)
    newest = rows_in(tmp_path, "SELECT value FROM counters WHERE name = 'seq'")[0]
    open_small(tmp_path, SimClock(boot_id="boot-9")).close(PATIENCE_S)
    assert rows_in(tmp_path, "SELECT session_id, seq FROM session_changes") == [("s1", *newest)]
    assert rows_in(tmp_path, "SELECT patient_code, seq FROM person_changes") == [("AB12", *newest)]


def test_every_table_is_strict_and_has_the_columns_of_its_row() -> None:
    """A column that a row names and the table lacks, or the other way round, would lose data."""
    db = Database(memory=True)
    ours.migrations.apply(db)
    for kind in ROWS:
        assert db.table(kind.TABLE).strict
        assert set(db.table(kind.TABLE).columns_dict) == set(kind.__struct_fields__)
    assert db.execute("PRAGMA user_version").fetchone() == (ours.SCHEMA,)


def test_a_newer_record_is_refused_and_not_touched(tmp_path: Path) -> None:
    """An older kiosk must not write into tables that it does not know."""
    open_small(tmp_path).close(PATIENCE_S)
    connection = sqlite3.connect(tmp_path / "kiosk.db")
    connection.execute("PRAGMA user_version = 99")
    connection.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('kiosk', 'm099_later')")
    connection.commit()
    connection.close()
    before = (tmp_path / "kiosk.db").read_bytes()
    with pytest.raises(NewerSchema, match="schema 99"):
        open_small(tmp_path)
    assert (tmp_path / "kiosk.db").read_bytes() == before
    assert not (tmp_path / "quarantine").exists()
    with pytest.raises(NewerSchema):  # and the folder was let go
        open_small(tmp_path)


def test_before_a_migration_the_old_record_is_kept(tmp_path: Path, one_more_step: Migrations) -> None:
    """Whatever a migration does, the record as it was lies beside it, whole."""

    newest = ours.SCHEMA - 1

    @one_more_step()
    def forget_states(db: Database) -> None:
        db.execute("DELETE FROM state")
        db.execute(f"PRAGMA user_version = {newest + 1}")

    load(DUMPS[-1], tmp_path)
    store = open_small(tmp_path)
    assert store.read().state("device_id") is None
    store.close(PATIENCE_S)
    (backup,) = (tmp_path / "quarantine").iterdir()
    assert backup.name == f"kiosk.db.schema{newest}"
    connection = sqlite3.connect(backup)
    assert connection.execute("SELECT value FROM state WHERE key = 'device_id'").fetchone() == ("FK-7Q2M",)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, one_more_step: Migrations) -> None:
    """Half a migration never stays; the kiosk runs, says what is wrong, and keeps what it could not store."""

    newest = ours.SCHEMA - 1

    @one_more_step()
    def break_off(db: Database) -> None:
        db.execute("DELETE FROM state")
        db.execute("INSERT INTO no_such_table VALUES (1)")

    load(DUMPS[-1], tmp_path)
    store = open_small(tmp_path)
    assert store.problem == "io_error"
    token = store.put(StateRow("bound", "AB12"))
    assert token > 0
    assert store.close(0.2) is False
    assert rows_in(tmp_path, "SELECT value FROM state WHERE key = 'device_id'") == [("FK-7Q2M",)]
    assert rows_in(tmp_path, "PRAGMA user_version") == [(newest,)]
    assert [path.name for path in (tmp_path / "quarantine").iterdir()] == [f"kiosk.db.schema{newest}"]


@pytest.mark.parametrize("bound", ["AB12", ""])
def test_settings_of_the_bedside_went_to_whoever_was_there(bound: str, tmp_path: Path) -> None:
    """They stay theirs; where nobody was set up they were nobody's. Those of the place stay at the place."""
    load(DUMPS[4], tmp_path)
    kept = {"setting.sound.volume": "3", "setting.buttons.single_switch": "1", "setting.handover.protection": "none"}
    connection = sqlite3.connect(tmp_path / "kiosk.db")
    connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", [*kept.items(), ("bound", bound)])
    connection.commit()
    connection.close()
    store = open_small(tmp_path)
    held = {row.item: row.value for row in store.read().permissions("AB12") if row.item.startswith("setting.")}
    assert held == ({key: value for key, value in kept.items() if "handover" not in key} if bound else {})
    there = {key: store.read().state(key) for key in kept}
    assert there == dict.fromkeys(kept, None) | {"setting.handover.protection": "none"}
    assert store.notices == ()
    store.close(PATIENCE_S)
    sound(tmp_path)


def test_a_record_that_is_damaged_at_its_first_start_is_moved_on_as_well(tmp_path: Path) -> None:
    """Rows of an older schema come back from a damaged file: a switch that nobody reads is no switch."""
    load(DUMPS[3], tmp_path)
    connection = sqlite3.connect(tmp_path / "kiosk.db")
    kept = [("setting.buttons.single_switch", "1"), ("setting.handover.protection", "none"), ("bound", "AB12")]
    connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", kept)
    connection.execute("UPDATE inbox SET patient_code = '', detail_code = 'undone:AB12'")
    connection.commit()
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'repetitions'").fetchone()
    connection.close()
    with (tmp_path / "kiosk.db").open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)
    store = open_small(tmp_path)
    try:
        assert any("was damaged" in notice for notice in store.notices)
        held = {row.item: row.value for row in store.read().permissions("AB12") if row.item.startswith("setting.")}
        assert held == dict(kept[:1])
        assert [store.read().state(key) for key, _value in kept] == [None, "none", "AB12"]
    finally:
        store.close(PATIENCE_S)
    told = rows_in(tmp_path, "SELECT DISTINCT patient_code FROM inbox WHERE detail_code = 'undone:AB12'")
    assert told == [("AB12",)]
    sound(tmp_path)
