"""How the record's file is opened: to look, on any medium and without a trace; to write, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest

from kiosk.errors import NewerSchema
from kiosk.records import opening
from kiosk.records.folder import Folder, Limits
from kiosk.records.migrations import SCHEMA
from kiosk.records.opening import Damaged, OpenRecord, open_database, open_to_look, open_unwritten
from kiosk.records.reader import Reader

SCHEMAS = Path(__file__).with_name("schemas")
LIMITS = Limits()


def made(data: Path, schema: int = SCHEMA) -> Path:
    """A record of a schema, with one row."""
    data.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(data / "kiosk.db")
    connection.executescript((SCHEMAS / f"{schema}.sql").read_text(encoding="utf-8"))
    connection.execute("INSERT OR REPLACE INTO state (key, value) VALUES ('k', 'v')")
    connection.commit()
    connection.close()
    return data / "kiosk.db"


def value(looking: OpenRecord) -> str:
    (found,) = looking.connection.execute("SELECT value FROM state WHERE key = 'k'").fetchone()
    looking.close()
    return str(found)


def readonly(monkeypatch: pytest.MonkeyPatch, *, strict: bool = True) -> None:
    """A medium that takes no new file, so that SQLite cannot open a record of its own there."""
    monkeypatch.setattr(opening, "writable", lambda _folder: False)
    real = sqlite3.connect

    def refused(place: Any, **how: Any) -> Any:
        if str(place).endswith("?mode=ro") and strict:
            raise sqlite3.OperationalError("unable to open database file")
        return real(place, **how)

    monkeypatch.setattr(sqlite3, "connect", refused)


def test_looking_changes_nothing(tmp_path: Path) -> None:
    """Rows by their names, from any thread, no write; texts that are no UTF-8 stay bytes."""
    database = made(tmp_path)
    looking = open_to_look(database)
    assert looking.connection.execute("SELECT value AS found FROM state WHERE key = 'k'").fetchone()["found"] == "v"
    raw = looking.connection.execute("SELECT CAST(x'ff' AS TEXT), CAST(x'c3a4' AS TEXT)").fetchone()
    assert tuple(raw) == (b"\xff", "ä")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        looking.connection.execute("DELETE FROM state")
    assert looking.copy is None
    assert looking.connection.execute("PRAGMA busy_timeout").fetchone()[0] == 250
    looking.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        looking.connection.execute("SELECT 1")
    with pytest.raises(sqlite3.OperationalError):
        open_to_look(tmp_path / "nothing.db")
    assert not (tmp_path / "nothing.db").exists()
    (tmp_path / "garbage.db").write_bytes(b"x" * 5_000)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        open_to_look(tmp_path / "garbage.db")


def test_where_no_file_can_be_made_beside_it_a_copy_is_read_for_one_question(tmp_path: Path) -> None:
    """As on a disk that is full for whoever reads: SQLite cannot make its small file; what is written later is seen."""
    database = made(tmp_path)
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    database.with_name("kiosk.db-shm").symlink_to(tmp_path / "nowhere" / "shm")
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True).execute("SELECT * FROM state")
    looking = open_to_look(database)
    assert looking.passing
    assert value(looking) == "v"
    with contextlib.closing(Reader(tmp_path)) as reader:
        assert reader.state("k") == "v"
        database.with_name("kiosk.db-shm").unlink()
        connection = sqlite3.connect(database)
        connection.execute("UPDATE state SET value = 'later' WHERE key = 'k'")
        connection.commit()
        connection.close()
        assert reader.state("k") == "later"


def test_a_name_that_means_something_in_an_address(tmp_path: Path) -> None:
    """Folders may be called anything."""
    assert value(open_to_look(made(tmp_path / "a b?c#d%20"))) == "v"


def test_an_address_is_said_to_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's SQLite takes a name that begins with ``file:`` for an address anyway; others do when they are told."""
    database, real = made(tmp_path), sqlite3.connect

    def told(place: str, *, uri: bool = False, **how: Any) -> Any:
        return real(place if uri else f"./{place}", uri=uri, **how)

    monkeypatch.setattr(sqlite3, "connect", told)
    assert value(open_to_look(database)) == "v"


def test_a_medium_that_takes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place where there is no journal; where there is one from a copy with it, which is gone afterwards."""
    database = made(tmp_path / "data")
    readonly(monkeypatch)
    in_place = open_to_look(database)
    assert in_place.copy is None
    assert value(in_place) == "v"
    wal = database.with_name("kiosk.db-wal")
    wal.touch()
    empty = open_to_look(database)
    assert empty.copy is None
    empty.close()
    wal.unlink()
    writing = sqlite3.connect(database)
    writing.execute("PRAGMA journal_mode = WAL")
    writing.execute("UPDATE state SET value = 'newer' WHERE key = 'k'")
    writing.commit()
    assert wal.stat().st_size > 0
    shutil.copytree(database.parent, tmp_path / "card")
    writing.close()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    before = {path.name: path.read_bytes() for path in (tmp_path / "card").iterdir()}
    copied = open_to_look(tmp_path / "card" / "kiosk.db")
    assert [path.name.startswith("kiosk-read-") for path in (tmp_path / "temporary").iterdir()] == [True]
    assert value(copied) == "newer"
    assert list((tmp_path / "temporary").iterdir()) == []
    assert {path.name: path.read_bytes() for path in (tmp_path / "card").iterdir()} == before
    (tmp_path / "card" / "kiosk.db").write_bytes(b"x" * 5_000)
    with pytest.raises(sqlite3.DatabaseError):
        open_to_look(tmp_path / "card" / "kiosk.db")
    assert list((tmp_path / "temporary").iterdir()) == []


def test_sqlites_own_way_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where that fails is there another one."""
    database = made(tmp_path)
    readonly(monkeypatch, strict=False)
    monkeypatch.setattr(opening, "open_unwritten", lambda _database: pytest.fail("not asked"))
    assert value(open_to_look(database)) == "v"
    monkeypatch.undo()
    assert value(open_unwritten(database)) == "v"


def pragma(db: object, name: str) -> object:
    return db.execute(f"PRAGMA {name}").fetchone()[0]  # type: ignore[attr-defined]


def test_the_writing_connection(tmp_path: Path) -> None:
    """A new file for its owner alone, with every promise kept; the bounds are those that were given."""
    limits = Limits(busy_ms=70, checkpoint_pages=9, journal_bytes=12_345)
    db = open_database(Folder(tmp_path), limits)
    names = ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint", "journal_size_limit", "secure_delete")
    assert [pragma(db, name) for name in names] == ["wal", 2, 1, 9, 12_345, 1]
    assert (pragma(db, "busy_timeout"), pragma(db, "user_version")) == (70, SCHEMA)
    assert db.execute("SELECT CAST(x'ff' AS TEXT)").fetchone()[0] == b"\xff"
    for path in tmp_path.glob("kiosk.db*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    db.close()
    assert not (tmp_path / "quarantine").exists()


def test_without_a_shared_journal_every_name_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems cannot share memory: then it is the rollback journal, at its most careful."""

    class Plain(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
            return super().execute(sql.replace("journal_mode = WAL", "journal_mode = DELETE"), parameters)

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *how, **named: real(*how, **named, factory=Plain))
    db = open_database(Folder(tmp_path), LIMITS)
    assert (pragma(db, "journal_mode"), pragma(db, "synchronous")) == ("delete", 3)
    db.close()


@pytest.mark.parametrize("schema", range(1, SCHEMA))
def test_an_older_record_is_kept_and_brought_up_to_date(
    tmp_path: Path, schema: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One copy a schema, for its owner alone, whole; the folder's names are made durable."""
    database = made(tmp_path, schema)
    synced: list[Path] = []
    monkeypatch.setattr(opening, "sync_folder", synced.append)
    db = open_database(Folder(tmp_path), LIMITS)
    assert pragma(db, "user_version") == SCHEMA
    db.close()
    aside = tmp_path / "quarantine"
    assert synced == [aside, tmp_path]
    (backup,) = aside.iterdir()
    assert (backup.name, stat.S_IMODE(backup.stat().st_mode)) == (f"kiosk.db.schema{schema}", 0o600)
    kept = sqlite3.connect(backup)
    assert kept.execute("PRAGMA user_version").fetchone() == (schema,)
    assert kept.execute("SELECT value FROM state WHERE key = 'k'").fetchone() == ("v",)
    kept.close()
    assert value(open_to_look(database)) == "v"
    synced.clear()
    open_database(Folder(tmp_path), LIMITS).close()
    assert synced == []


def test_a_backup_that_finds_no_room_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the record is as it was."""
    made(tmp_path, 1)

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        open_database(Folder(tmp_path), LIMITS)
    assert list((tmp_path / "quarantine").iterdir()) == []
    looking = open_to_look(tmp_path / "kiosk.db")
    assert looking.connection.execute("PRAGMA user_version").fetchone()[0] == 1
    looking.close()


def test_what_this_version_must_not_touch(tmp_path: Path) -> None:
    """A newer record is named; one of other tables than its schema has, or of a number that none had, is damage."""
    database = made(tmp_path)
    connection = sqlite3.connect(database)
    connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    connection.commit()
    with pytest.raises(Damaged, match=rf"kiosk\.db: its tables are not those of schema {SCHEMA + 1}$"):
        open_database(Folder(tmp_path), LIMITS)
    connection.execute("CREATE TABLE IF NOT EXISTS _sqlite_migrations (migration_set TEXT, name TEXT, applied_at TEXT)")
    connection.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('kiosk', 'later')")
    connection.commit()
    with pytest.raises(NewerSchema) as caught:
        open_database(Folder(tmp_path), LIMITS)
    assert str(caught.value) == (
        f"{database}: written by a newer kiosk (schema {SCHEMA + 1}, this one knows {SCHEMA}); "
        "install that version again, or name another folder with --data"
    )
    for version in (-1, 0, 1):
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
        with pytest.raises(Damaged) as damaged:
            open_database(Folder(tmp_path), LIMITS)
        assert str(damaged.value) == f"{database}: its tables are not those of schema {version}"
        assert damaged.value.sqlite_errorcode == sqlite3.SQLITE_CORRUPT
        assert damaged.value.sqlite_errorname == "SQLITE_CORRUPT"
    connection.close()


def test_a_suspect_file_is_settled_first(tmp_path: Path) -> None:
    """What lies in the journal is written once more; not while somebody reads."""
    open_database(Folder(tmp_path), LIMITS).close()
    other = sqlite3.connect(tmp_path / "kiosk.db", isolation_level=None)
    other.execute("INSERT INTO state (key, value) VALUES ('k', 'v')")
    assert (tmp_path / "kiosk.db-wal").stat().st_size > 0
    other.execute("BEGIN")
    other.execute("SELECT * FROM state").fetchall()
    quick = Limits(busy_ms=5)
    open_database(Folder(tmp_path), quick).close()
    with pytest.raises(sqlite3.OperationalError, match=r"^the journal cannot be emptied while another program reads$"):
        open_database(Folder(tmp_path), quick, suspect=True)
    other.execute("ROLLBACK")
    open_database(Folder(tmp_path), quick, suspect=True).close()
    assert not (tmp_path / "kiosk.db-wal").exists() or (tmp_path / "kiosk.db-wal").stat().st_size == 0
    other.close()
