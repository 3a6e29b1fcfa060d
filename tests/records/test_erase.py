"""One person's rows are gone for good, everybody else's are untouched, and whoever misses the numbers is told why."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from kiosk.bedside.begun import begun_row
from kiosk.care.person import Person
from kiosk.clock import SimClock
from kiosk.desk.shown import Begun
from kiosk.package.selection import Selection
from kiosk.package.snapshot import open_snapshot
from kiosk.records.store import Store
from kiosk.rows.kinds import (
    ROWS,
    ClipRow,
    Erase,
    EventRow,
    ExportRow,
    InboxRow,
    InboxSeen,
    InjectionRow,
    PermissionRow,
    PersonRow,
    RatingRow,
    ReplayRow,
    Row,
    ScoreRow,
    SessionRow,
    SetItemRow,
    StateRow,
)
from tests.package.made import BERLIN
from tests.patience import PATIENCE_S
from tests.records.helpers import SMALL, Ear, open_small, repetition, rows_in, session, step

GONE, KEPT = "C2D3FH", "23456X"
FACE = b"the-shape-of-a-face" * 2_000
"""So large that deleting it leaves empty pages."""
FEW_PAGES = 64 << 10
"""What one row takes in a journal that was emptied before it."""


def theirs(code: str) -> list[Row]:
    """Everything that the record can hold of somebody."""
    s1, s2 = f"s1-{code.lower()}", f"s2-{code.lower()}"
    return [
        PersonRow(code, stage="paretic", profile=f'{{"code":"{code}"}}'),
        PermissionRow(code, "permission.clips", "yes", "therapist-1"),
        InjectionRow(code, "2026-03-01", "cheeks", by="therapist-1"),
        ScoreRow(patient_code=code, scale="saq", scored_on="2026-03-01", by="therapist-1", value=60.5),
        StateRow("bound", code),
        EventRow("audit", "person.saved", "therapist-1", code),
        session(s1, patient_code=code, end_reason="power_loss"),
        step(0, s1),
        repetition(0, 0, s1),
        RatingRow(s1, "pain_before", 1.0, "0_3"),
        ClipRow(s1, 0, 0, f"{code}/{s1}-0-0.mp4", 5, "ab", False),
        ReplayRow(s1, 0, 0, FACE + code.encode()),
        SetItemRow(session_id=s1, item="rest", asked=True, lines="f1/-12,40:15,41", by="therapist-1"),
        EventRow("info", "clock_step", "forward_seconds"),
        session(s2, patient_code=code, resumes_session_id=s1, end_reason="completed"),
        InboxRow(f"red-flag.{code}", code, "red-flag"),
        InboxSeen("nurse-1", f"red-flag.{code}"),
        EventRow("audit", "clip.removed", f"age:{code}/{s1}-0-0.mp4", code),
        repetition(0, 7, s2),  # of a step that is not there: it fits no table
        session(f"s3-{code.lower()[::-1]}", patient_code=code, resumes_session_id="no-such"),  # nor does this one
        ExportRow(
            seq=1 if code == GONE else 2,
            package=f"FK_X_Y_{code}_000001",
            selection=code,
            since_seq=0,
            seq_to=9,
            protection="none",
            manifest_sha256="ab12",
            verified=True,
        ),
    ]


def numbered(data: Path) -> set[int]:
    return {n for (n,) in rows_in(data, "SELECT seq FROM events UNION ALL SELECT seq FROM sessions")}


def of_table(data: Path, code: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every line of every table that has ``code`` somewhere in it."""
    found = {}
    for table in {*(kind.TABLE for kind in ROWS), "set_aside", "session_changes", "person_changes"}:
        lines = rows_in(data, f'SELECT * FROM "{table}"')  # noqa: S608 our own names
        found[table] = [line for line in lines if code.lower() in str(line).lower()]
    return {table: lines for table, lines in found.items() if lines}


@pytest.fixture
def clock() -> SimClock:
    return SimClock()


@pytest.fixture
def store(tmp_path: Path, clock: SimClock) -> Store:
    store = open_small(tmp_path, clock)
    for number, row in enumerate(theirs(GONE)):
        assert store.put(row)
        assert store.put(theirs(KEPT)[number])  # their numbers take turns
    assert store.flush(PATIENCE_S)
    return store


def test_erasing_leaves_nothing_of_one_person_and_all_of_the_others(store: Store, tmp_path: Path) -> None:
    """Not in a table, nor in the lines that only mention them, nor in the bytes of the file and its journal."""
    kept, before = of_table(tmp_path, KEPT), of_table(tmp_path, GONE)
    assert set(before) >= {kind.TABLE for kind in (PersonRow, SessionRow, ReplayRow, ExportRow)} | {"set_aside"}
    Ear(store).until_stored(store.put(Erase(GONE, "therapist-1")))
    assert store.close(PATIENCE_S)
    assert of_table(tmp_path, GONE) == {}
    assert of_table(tmp_path, KEPT) == kept
    assert GONE.encode() not in written(tmp_path)
    assert rows_in(tmp_path, "PRAGMA integrity_check") == [("ok",)]
    assert rows_in(tmp_path, "PRAGMA foreign_key_check") == []


def test_a_plan_that_was_begun_goes_with_its_person_and_no_other(store: Store, tmp_path: Path) -> None:
    """It was never saved, so that it stands in no row of theirs."""
    begun = begun_row(Begun(Person(code=KEPT), None, "therapist-1", "", ""))
    store.put(begun)
    Ear(store).until_stored(store.put(Erase(GONE, "therapist-1")))
    assert rows_in(tmp_path, "SELECT value FROM state WHERE key = 'begun'") == [(begun.value,)]
    Ear(store).until_stored(store.put(Erase(KEPT, "therapist-1")))
    assert rows_in(tmp_path, "SELECT value FROM state WHERE key = 'begun'") == [("",)]
    assert store.close(PATIENCE_S)


def test_the_file_is_made_anew_while_the_kiosk_runs(store: Store, tmp_path: Path) -> None:
    """Erasing does not wait for the next start: the journal is emptied, and unused pages are given back."""
    store.put(Erase(GONE, "therapist-1"))
    assert store.flush(PATIENCE_S)
    store.put(EventRow("info", "later"))  # behind the tidying
    assert store.flush(PATIENCE_S)
    assert GONE.encode() not in written(tmp_path)
    assert (tmp_path / "kiosk.db-wal").stat().st_size < FEW_PAGES
    assert rows_in(tmp_path, "PRAGMA freelist_count") == [(0,)]
    assert rows_in(tmp_path, "SELECT value FROM counters WHERE name = 'tidy'") == [(0,)]
    assert store.close(PATIENCE_S)


def test_numbers_that_are_missing_are_explained(store: Store, tmp_path: Path) -> None:
    """A clinic that merges sees erased numbers as erased, not as lost; tombstones say when and by whom, not whose."""
    old = numbered(tmp_path)
    store.put(Erase(GONE, "therapist-1"))
    assert store.close(PATIENCE_S)
    gone = old - numbered(tmp_path)
    with open_snapshot(tmp_path, Selection(), BERLIN) as snapshot:
        runs = list(snapshot.numbers)
    erased = {n for run in runs if run.reason == "erased" for n in range(run.seq_from, run.seq_to + 1)}
    assert erased == gone
    assert not {run.reason for run in runs} - {"", "erased"}
    assert [runs[i].seq_to + 1 for i in range(len(runs) - 1)] == [run.seq_from for run in runs[1:]]
    assert {by for (by,) in rows_in(tmp_path, "SELECT by FROM erasures")} == {"therapist-1"}
    assert rows_in(tmp_path, "SELECT level, detail_code FROM events WHERE code = 'person.erased'") == [
        ("audit", "therapist-1")
    ]


def test_what_left_the_kiosk_is_still_told_without_saying_whose(store: Store, tmp_path: Path) -> None:
    """The numbers of packages go on, and a package at the clinic can still be found by its hash."""
    store.put(Erase(GONE, "therapist-1"))
    assert store.close(PATIENCE_S)
    told = rows_in(tmp_path, "SELECT seq, package, selection, manifest_sha256 FROM exports ORDER BY seq")
    assert told[0] == (1, "FK_X_Y_ERASED_000001", "ERASED", "ab12")
    assert told[1][2] == KEPT


def test_an_unfinished_session_keeps_its_person(tmp_path: Path) -> None:
    """Nobody is erased while they practise: rows that come after would have nothing to belong to."""
    store = open_small(tmp_path)
    for row in (PersonRow(GONE), session("s9", patient_code=GONE), Erase(GONE, "therapist-1")):
        store.put(row)
    assert store.close(PATIENCE_S)
    assert rows_in(tmp_path, "SELECT patient_code FROM persons") == [(GONE,)]
    assert rows_in(tmp_path, "SELECT code FROM events WHERE level = 'warning'") == [("erase.refused",)]
    assert rows_in(tmp_path, "SELECT count(*) FROM erasures") == [(0,)]


def written(data: Path) -> bytes:
    """The file and its journal, as somebody finds them who takes the card out."""
    return b"".join(path.read_bytes() for path in data.glob("kiosk.db*"))


def test_somebody_who_reads_only_puts_the_tidying_off(store: Store, tmp_path: Path, clock: SimClock) -> None:
    """An export that runs keeps the journal from being emptied: nothing stands still, and a minute later it is done."""
    reading = sqlite3.connect(tmp_path / "kiosk.db")
    reading.execute("BEGIN")
    reading.execute("SELECT count(*) FROM sessions").fetchone()
    for row in (Erase(GONE, "therapist-1"), EventRow("info", "later")):  # the second is behind the first try
        store.put(row)
        assert store.flush(PATIENCE_S)
    assert store.problem == ""
    assert GONE.encode() in written(tmp_path)
    reading.close()
    clock.advance(61_000)
    for _ in range(2):  # the second is behind the tidying
        store.put(EventRow("info", "later"))
        assert store.flush(PATIENCE_S)
    assert GONE.encode() not in written(tmp_path)
    assert (tmp_path / "kiosk.db-wal").stat().st_size < FEW_PAGES
    assert store.close(PATIENCE_S)


def test_a_plug_that_is_pulled_before_the_tidying_only_puts_it_off(tmp_path: Path, clock: SimClock) -> None:
    """The next start makes the file anew, with nobody asking again."""
    store = open_small(tmp_path, clock)
    store.put(StateRow("k", "v"))
    assert store.close(PATIENCE_S)
    with sqlite3.connect(tmp_path / "kiosk.db") as connection:
        connection.execute("INSERT INTO counters (name, value) VALUES ('tidy', 1)")
        connection.execute("CREATE TABLE t (x)")
        connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
        connection.execute("DELETE FROM t")
    connection.close()
    again = Store.open(tmp_path, SimClock(boot_id="boot-2"), SMALL)
    again.put(EventRow("info", "later"))
    assert again.close(PATIENCE_S)
    assert rows_in(tmp_path, "SELECT value FROM counters WHERE name = 'tidy'") == [(0,)]
    assert rows_in(tmp_path, "PRAGMA freelist_count") == [(0,)]
