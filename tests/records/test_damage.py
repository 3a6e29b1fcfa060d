"""A damaged record never stops the kiosk, is never thrown away, and gives back what can be read of it."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlite_utils import Database

from kiosk.clock import SimClock
from kiosk.records.migrations import migrations
from kiosk.records.salvage import salvage
from kiosk.rows.kinds import ExportRow, InboxRow, InboxSeen, PersonRow, StateRow
from tests.patience import PATIENCE_S
from tests.records.helpers import Ear, open_small, repetition, rows_in, session, sound, step

PAGE = 4_096


def fill(data: Path, sessions: int = 60) -> bytes:
    """A record of some fifty pages; its bytes."""
    store = open_small(data)
    store.put(StateRow("device_id", "FK-7Q2M"))
    for n in range(sessions):
        name = f"s{n:04}"
        store.put(session(name, end_reason="completed", end_boot_ms=9_000))
        store.put(*(step(order, name, end_boot_ms=9_000) for order in range(5)))
        store.put(*(repetition(number, order, name) for order in range(5) for number in range(3)))
        store.event("info", "tick", name)
    store.close(PATIENCE_S)
    return (data / "kiosk.db").read_bytes()


def kept(data: Path) -> list[str]:
    place = data / "quarantine"
    return sorted(path.name for path in place.iterdir()) if place.exists() else []


def works(data: Path, clock: SimClock | None = None) -> tuple[str, ...]:
    """The kiosk starts, stores, and reads back; what it has to tell staff."""
    store = open_small(data, clock)
    ear = Ear(store)
    ear.until_stored(store.put(session("after", end_reason="stopped")))
    assert store.read().sessions("AB12", 1)[0].session_id == "after"
    notices = store.notices
    assert store.problem == ""
    assert store.close(PATIENCE_S)
    assert rows_in(data, "PRAGMA integrity_check") == [("ok",)]
    assert rows_in(data, "PRAGMA foreign_key_check") == []
    return notices


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda whole: b"garbage!" * 64 + whole[512:], id="header"),
        pytest.param(lambda _: b"this is no database at all" * 99, id="nothing of it left"),
        pytest.param(lambda whole: whole[: len(whole) // 2 + 100], id="half of it"),
        pytest.param(lambda whole: whole[:50], id="fifty bytes"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda whole: b"\0" * len(whole), id="zeros"),
        pytest.param(lambda whole: whole[:PAGE] + b"\xff" * (len(whole) - PAGE), id="all pages but the first"),
    ],
)
def test_the_kiosk_starts_and_the_damaged_file_is_kept(tmp_path: Path, spoil: object) -> None:
    """Whatever became of the file, it lies unchanged in the quarantine, staff are told, and the record goes on."""
    whole = fill(tmp_path)
    assert callable(spoil)
    spoilt = spoil(whole)
    (tmp_path / "kiosk.db").write_bytes(spoilt)
    notices = works(tmp_path)
    assert any("was damaged" in notice and "kiosk.db.corrupt-1" in notice for notice in notices)
    assert "kiosk.db.corrupt-1" in kept(tmp_path)
    assert (tmp_path / "quarantine" / "kiosk.db.corrupt-1").read_bytes() == spoilt
    assert rows_in(tmp_path, "SELECT code, detail_code FROM inbox") == [("database_damaged", "kiosk.db.corrupt-1")]
    assert works(tmp_path) == ()


def test_a_record_that_has_vanished_is_noticed(tmp_path: Path) -> None:
    """Beginning anew in silence would look as if nothing had ever been practised."""
    fill(tmp_path)
    (tmp_path / "kiosk.db").unlink()
    assert any("was damaged" in notice for notice in works(tmp_path))


def test_a_new_folder_is_no_damage(tmp_path: Path) -> None:
    """The first start has nothing to complain about."""
    assert works(tmp_path) == ()
    assert kept(tmp_path) == []


def test_shredded_pages_cost_only_what_was_on_them(tmp_path: Path) -> None:
    """Two shredded pages in the middle: most rows come back, and the numbering never meets itself."""
    whole = bytearray(fill(tmp_path))
    before = dict(rows_in(tmp_path, "SELECT session_id, seq FROM sessions"))
    dice = random.Random(7)
    leaves = [n for n in range(20, len(whole) // PAGE) if whole[n * PAGE] == 13]
    for page in dice.sample(leaves, 2):
        whole[page * PAGE : (page + 1) * PAGE] = dice.randbytes(PAGE)
    (tmp_path / "kiosk.db").write_bytes(whole)
    works(tmp_path)
    after = dict(rows_in(tmp_path, "SELECT session_id, seq FROM sessions WHERE session_id <> 'after'"))
    assert after.items() <= before.items()
    assert len(after) > 40
    ((newest,),) = rows_in(tmp_path, "SELECT seq FROM sessions WHERE session_id = 'after'")
    assert newest > 120
    ((repetitions,),) = rows_in(tmp_path, "SELECT count(*) FROM repetitions")
    assert repetitions > 500


@pytest.mark.parametrize(
    "runs", [pytest.param(range(12), id="few"), pytest.param(range(12, 300), id="many", marks=pytest.mark.slow)]
)
def test_shredded_anywhere_it_starts(
    tmp_path: Path, runs: range, record_property: Callable[[str, object], None]
) -> None:
    """One to four pages or single sectors shredded at any place: always starts, never loses the file."""
    whole = fill(tmp_path / "first", 25)
    started = damaged = 0
    for run in runs:
        dice = random.Random(run)
        data = tmp_path / str(run)
        open_small(data).close(PATIENCE_S)
        spoilt = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            size = dice.choice([512, PAGE])
            place = dice.randrange(0, len(whole) - size, size)
            spoilt[place : place + size] = dice.randbytes(size)
        (data / "kiosk.db").write_bytes(spoilt)
        works(data)
        started += 1
        if kept(data):
            damaged += 1
            assert (data / "quarantine" / "kiosk.db.corrupt-1").read_bytes() == bytes(spoilt)
    assert started == len(runs)
    assert damaged > len(runs) // 2
    record_property("figure", f"{started} of {len(runs)} shredded records start, {damaged} of them were set aside")


def test_damage_that_shows_while_writing(tmp_path: Path) -> None:
    """The file goes bad under the running kiosk: rows in memory are stored in the new one, and the session goes on."""
    fill(tmp_path)
    store = open_small(tmp_path)
    ear = Ear(store)
    ear.until_stored(store.put(session("running"), step(0, "running")))
    other = sqlite3.connect(tmp_path / "kiosk.db")  # what it writes makes the writer look at the file anew
    other.execute("INSERT INTO state VALUES ('other', '1')")
    other.commit()
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    size = (tmp_path / "kiosk.db").stat().st_size
    with (tmp_path / "kiosk.db").open("r+b") as file:
        file.seek(PAGE)
        file.write(random.Random(3).randbytes(size - PAGE))
    for n in range(40):
        ear.until_stored(store.put(StateRow(f"n{n}", "1")))
    assert "kiosk.db.corrupt-1" in kept(tmp_path)
    assert store.read().state("n39") == "1"
    assert store.problem == ""
    store.close(PATIENCE_S)
    assert rows_in(tmp_path, "PRAGMA integrity_check") == [("ok",)]


def test_children_of_lost_parents_are_kept(tmp_path: Path) -> None:
    """Repetitions of a session whose row was lost are set aside, staff lines stay, nothing refers to nothing."""
    store = open_small(tmp_path)
    store.put(session("a"), session("b", resumes_session_id="a"), step(0, "a"), repetition(0, 0, "a"))
    store.put(InboxRow("k", "AB12", "red_flag"), InboxSeen("1", "k"))
    store.close(PATIENCE_S)
    connection = sqlite3.connect(tmp_path / "kiosk.db")
    connection.execute("DELETE FROM sessions WHERE session_id = 'a'")
    connection.execute("DELETE FROM events")
    connection.commit()
    connection.close()
    whole = bytearray((tmp_path / "kiosk.db").read_bytes())
    whole[36:40] = b"\0\0\0\x09"  # free pages that are not there: not whole, and yet readable
    (tmp_path / "kiosk.db").write_bytes(whole)
    works(tmp_path)
    assert kept(tmp_path) != []
    assert rows_in(tmp_path, "SELECT resumes_session_id FROM sessions WHERE session_id = 'b'") == [(None,)]
    assert rows_in(tmp_path, "SELECT table_name, reason FROM set_aside ORDER BY 1") == [
        ("repetitions", "parent-lost"),
        ("steps", "parent-lost"),
    ]
    assert rows_in(tmp_path, "SELECT count(*) FROM inbox WHERE key = 'k'") == [(1,)]
    assert rows_in(tmp_path, "SELECT key FROM inbox_seen") == [("k",)]


def test_a_schema_that_is_no_text_any_more_is_damage(tmp_path: Path) -> None:
    """SQLite's own words about it cannot be decoded then: the kiosk starts all the same."""
    fill(tmp_path, 2)
    connection = sqlite3.connect(tmp_path / "kiosk.db")
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET name = CAST(x'dd28' AS TEXT), sql = 'garbage' WHERE name = 'clips'")
    connection.commit()
    connection.close()
    works(tmp_path)
    assert kept(tmp_path) != []


def test_rescued_rows_are_held_by_no_package_that_was_made_before(tmp_path: Path) -> None:
    """Where the numbering is lost it goes on behind what packages are believed to hold, and everything has changed."""
    store = open_small(tmp_path)
    store.put(session("a"), PersonRow("AB12"), step(0, "a"))
    store.put(ExportRow(seq=1, package="FK", selection="ALL", since_seq=0, seq_to=50, protection="none", verified=True))
    store.close(PATIENCE_S)
    connection = sqlite3.connect(tmp_path / "kiosk.db")
    for sql in ("DELETE FROM counters", "INSERT INTO session_changes VALUES ('lost', 1)"):
        connection.execute(sql)
    connection.commit()
    connection.close()
    (tmp_path / "new").mkdir()
    into = sqlite3.connect(tmp_path / "new" / "kiosk.db")
    migrations.apply(Database(into))
    salvage(tmp_path / "kiosk.db", into)
    into.close()
    assert rows_in(tmp_path / "new", "SELECT value FROM counters WHERE name = 'seq'") == [(50,)]
    assert rows_in(tmp_path / "new", "SELECT * FROM session_changes") == [("a", 50)]
    assert rows_in(tmp_path / "new", "SELECT * FROM person_changes") == [("AB12", 50)]


def test_without_its_numbering_the_kiosk_takes_a_new_identity(tmp_path: Path) -> None:
    """Numbers that begin again under an old device_id would overwrite other rows at the clinic."""
    fill(tmp_path, 5)
    (tmp_path / "kiosk.db").write_bytes(b"garbage!" * 9_000)
    store = open_small(tmp_path)
    assert store.read().state("device_id") is None
    store.close(PATIENCE_S)
    sound(tmp_path)
