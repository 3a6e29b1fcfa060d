"""The store keeps what it is given, in order, once, and says so only when it is true."""

from __future__ import annotations

import json
import select
import sqlite3
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.clock import ClockStatus, SimClock
from kiosk.records import opening, writer
from kiosk.records.store import Limits, Store
from kiosk.rows.kinds import (
    EventRow,
    InboxRow,
    InboxSeen,
    InjectionRow,
    PermissionRow,
    PersonRow,
    RatingRow,
    Row,
    StateRow,
)
from kiosk.signals import Stored
from tests.patience import PATIENCE_S
from tests.records.helpers import SMALL, Ear, open_small, repetition, rows_in, session, sound, step


def test_a_new_folder_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    """What is remembered of a person is nobody else's to read on the machine."""
    data = tmp_path / "a" / "b"
    open_small(data).close(PATIENCE_S)
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "kiosk.db").stat().st_mode & 0o777 == 0o600


def test_stored_comes_after_the_row_is_in_the_file(tmp_path: Path) -> None:
    """The acknowledgement means that another process can read the row, in WAL mode with full synchronisation."""
    store = open_small(tmp_path)
    ear = Ear(store)
    ear.until_stored(store.put(session(), step(), repetition(0)))
    assert rows_in(tmp_path, "SELECT count(*) FROM repetitions") == [(1,)]
    assert rows_in(tmp_path, "PRAGMA journal_mode") == [("wal",)]
    assert store.problem == ""
    assert store.close(PATIENCE_S)
    sound(tmp_path)


def test_tokens_count_up_and_stored_covers_all_before(tmp_path: Path) -> None:
    """Stored(n) means everything up to n; news never goes backwards."""
    store = open_small(tmp_path)
    ear = Ear(store)
    tokens = [store.event("info", "tick", str(n)) for n in range(300)]
    ear.until_stored(tokens[-1])
    heard = [signal.token for signal in ear.heard if isinstance(signal, Stored)]
    assert heard == sorted(set(heard))
    assert tokens == list(range(tokens[0], tokens[0] + 300))
    ticks = [d for (d,) in rows_in(tmp_path, "SELECT detail_code FROM events WHERE code = 'tick' ORDER BY seq")]
    assert ticks == [str(n) for n in range(300)]
    store.close(PATIENCE_S)
    sound(tmp_path)


def test_a_session_that_resumes_none_may_say_so_with_an_empty_word(tmp_path: Path) -> None:
    """An empty name is no session that is missing."""
    store = open_small(tmp_path)
    store.put(session(resumes_session_id=""))
    assert store.flush(PATIENCE_S)
    assert rows_in(tmp_path, "SELECT resumes_session_id FROM sessions") == [(None,)]
    store.close(PATIENCE_S)


def test_the_same_row_again_changes_nothing_and_a_change_is_a_revision(tmp_path: Path) -> None:
    """The merge at the clinic takes the highest revision: it counts changes, not puts."""
    store = open_small(tmp_path)
    rating = RatingRow("s1", "pain-before", 1, "0_3")
    injection = InjectionRow("AB12", "2026-02-01", "cheeks", "2026-02-15")
    for _ in range(3):
        store.put(session(), rating, injection)
    store.put(session(done_steps_count=2), RatingRow("s1", "pain-before", 2, "0_3"))
    store.put(InjectionRow("AB12", "2026-02-01", "cheeks", withdrawn=True))
    assert store.flush(PATIENCE_S)
    assert rows_in(tmp_path, "SELECT seq, done_steps_count, revision FROM sessions") == [(1, 2, 2)]
    assert rows_in(tmp_path, "SELECT value, revision FROM ratings") == [(2.0, 2)]
    assert rows_in(tmp_path, "SELECT revision FROM injections") == [(2,)]
    assert store.read().injections("AB12") == []
    store.close(PATIENCE_S)


def test_persons_and_permissions_keep_their_history(tmp_path: Path) -> None:
    """A change of the plan never erases what was true when a session was done."""
    clock = SimClock()
    store = open_small(tmp_path, clock)
    for stage in ("flaccid", "flaccid", "paretic"):
        clock.advance(60_000)
        store.put(PersonRow("AB12", stage=stage), PermissionRow("AB12", "neck", stage, "slot-1", reason="seen"))
    assert store.flush(PATIENCE_S)
    assert rows_in(tmp_path, "SELECT revision, stage, valid_from_utc FROM persons ORDER BY 1") == [
        (1, "flaccid", "2026-03-02T08:01:00.000Z"),
        (2, "paretic", "2026-03-02T08:03:00.000Z"),
    ]
    assert [(p.item, p.value, p.revision) for p in store.read().permissions("AB12")] == [("neck", "paretic", 2)]
    store.close(PATIENCE_S)


def test_sessions_and_events_share_one_numbering(tmp_path: Path) -> None:
    """A missing number is how a clinic sees that a package is missing: there may be no other reason for one."""
    store = open_small(tmp_path)
    store.event("info", "first")
    store.put(session("a"), session("b"))
    store.put(InboxRow("k", "AB12", "red_flag"))
    store.put(session("a", done_steps_count=1))
    store.event("info", "last")
    store.close(PATIENCE_S)
    assert rows_in(tmp_path, "SELECT session_id, seq FROM sessions ORDER BY seq") == [("a", 2), ("b", 3)]
    assert rows_in(tmp_path, "SELECT code, seq FROM events ORDER BY seq") == [
        ("first", 1),
        ("red_flag", 4),
        ("last", 5),
    ]
    sound(tmp_path)


def test_an_event_carries_the_moment_it_was_handed_over(tmp_path: Path) -> None:
    """Not the moment the writer came to it: order and times are those of the room."""
    clock = SimClock(trust=ClockStatus.STAFF)
    store = open_small(tmp_path, clock)
    clock.advance(500)
    store.event("warning", "camera_lost", "timeout", "AB12")
    clock.advance(90_000)
    assert store.flush(PATIENCE_S)
    (event,) = store.read().events(1)
    assert event == EventRow(
        "warning", "camera_lost", "timeout", "AB12", 1, "boot-1", 1_500, "2026-03-02T08:00:00.500Z", "staff"
    )
    store.close(PATIENCE_S)


def test_a_line_for_staff_is_told_once_and_seen_by_each(tmp_path: Path) -> None:
    """Telling a red flag twice is one line; one nurse's acknowledgement does not hide it from the next."""
    store = open_small(tmp_path)
    store.put(InboxRow("flag:s1", "AB12", "red_flag"))
    store.put(InboxRow("flag:s1", "AB12", "red_flag"), InboxRow("new:s1", "AB12", "new_movement"))
    store.put(InboxSeen("1", "flag:s1"))
    assert store.flush(PATIENCE_S)
    assert [line.key for line in store.read().inbox("1")] == ["new:s1"]
    assert [line.key for line in store.read().inbox("2")] == ["flag:s1", "new:s1"]
    assert [event.code for event in store.read().events(9)] == ["new_movement", "red_flag"]
    store.close(PATIENCE_S)
    sound(tmp_path)


@pytest.mark.parametrize(
    ("bad", "table"),
    [
        (step(session_id="nobody"), "steps"),
        (session("s9", planned_steps_count="many"), "sessions"),
        (session("s9", start_boot_ms=2**70), "sessions"),
        (RatingRow("s1", "pain", (1, 2), "0_3"), "ratings"),  # type: ignore[arg-type]
    ],
)
def test_a_row_that_fits_no_table_is_kept_aside_and_holds_nothing_up(tmp_path: Path, bad: Row, table: str) -> None:
    """One wrong row can neither vanish, nor block the rows around it, nor leave a gap in the numbering."""
    store = open_small(tmp_path)
    ear = Ear(store)
    ear.until_stored(store.put(session(), bad, StateRow("bound", "AB12")))
    assert rows_in(tmp_path, "SELECT count(*) FROM sessions") == [(1,)]
    assert store.read().state("bound") == "AB12"
    ((content,),) = rows_in(tmp_path, "SELECT content FROM set_aside WHERE table_name = ?", [table])
    assert set(json.loads(content)) == set(type(bad).__struct_fields__)
    assert [event.code for event in store.read().events(9)] == ["row_set_aside"]
    store.close(PATIENCE_S)
    sound(tmp_path)


def test_a_full_queue_refuses_and_says_so(tmp_path: Path) -> None:
    """Memory is not without end: what is not taken gets no token, a sentence for staff, and a line in the log."""
    held = Hold(tmp_path)
    store = Store.open(tmp_path, SimClock(), Limits(**{**_fields(SMALL), "queue_rows": 10}))
    ear = Ear(store)
    tokens = [store.event("info", "tick") for _ in range(15)]
    assert [token == 0 for token in tokens[-5:]] == [True] * 5
    assert any("could not be kept" in notice for notice in store.notices)
    held.release()
    ear.until_stored(max(tokens))
    ear.until(lambda: "rows_refused" in [event.code for event in store.read().events(50)])
    store.close(PATIENCE_S)
    sound(tmp_path)


def test_backlog_is_the_age_of_the_oldest_row(tmp_path: Path) -> None:
    """The watchdog can tell a writer that hangs."""
    held = Hold(tmp_path)
    clock = SimClock()
    store = open_small(tmp_path, clock)
    clock.advance(100)
    store.event("info", "tick")
    assert store.backlog_ms(clock.now_ms() + 7_000) == 7_100
    held.release()
    assert store.flush(PATIENCE_S)
    assert store.backlog_ms(clock.now_ms() + 7_000) == 0
    store.close(PATIENCE_S)


def test_close_is_bounded_and_tells_that_rows_were_left(tmp_path: Path) -> None:
    """Shutting down never waits for a disk that does not answer, and never pretends."""
    held = Hold(tmp_path)
    store = open_small(tmp_path)
    store.event("info", "tick")
    began = time.monotonic()
    assert store.close(0.2) is False
    assert time.monotonic() - began < 5
    held.release()


def test_close_stores_what_waits_and_frees_the_folder(tmp_path: Path) -> None:
    """The end of a run loses nothing, and the next one can begin at once."""
    store = open_small(tmp_path)
    for n in range(50):
        store.event("info", "tick", str(n))
    assert store.close(PATIENCE_S) is True
    assert store.put(StateRow("late", "1")) == 0
    again = open_small(tmp_path)
    assert store.close(PATIENCE_S) is True, "once more changes nothing, and lets go of nothing that is somebody else's"
    assert store.fileno() == -1
    assert len(again.read().events(100)) == 50
    assert again.read().state("late") is None
    again.close(PATIENCE_S)


def test_it_rings_when_there_is_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before the record is open: whoever waits for that is not woken for nothing."""
    go, real = threading.Event(), opening.open_database

    def held(*how: Any, **more: Any) -> Any:
        assert go.wait(PATIENCE_S)
        return real(*how, **more)

    monkeypatch.setattr(writer, "open_database", held)
    store = Store.open(tmp_path, SimClock(), SMALL, wait=False)
    assert "records" in [thread.name for thread in threading.enumerate()], "whoever looks inside sees whose it is"
    assert not store.begun
    assert select.select([store.fileno()], [], [], 0)[0] == []
    go.set()
    Ear(store).until(lambda: store.begun)
    store.begin()
    assert store.close(PATIENCE_S)


@settings(max_examples=15)
@given(st.lists(st.lists(st.integers(1, 4), max_size=12), min_size=2, max_size=3))
def test_interleaved_puts_keep_their_order(batches: list[list[int]]) -> None:
    """Rows from several threads lie in the order of their tokens, and the rows of one put lie side by side."""
    with TemporaryDirectory() as folder:
        store = open_small(Path(folder))
        given_tokens: dict[int, tuple[int, int, int]] = {}

        def hand_over(thread: int) -> None:
            for number, size in enumerate(batches[thread]):
                code = [EventRow("info", "tick", f"{thread}.{number}.{part}") for part in range(size)]
                given_tokens[store.put(*code)] = (thread, number, size)

        threads = [threading.Thread(target=hand_over, args=(n,)) for n in range(len(batches))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.close(PATIENCE_S)
        stored = [d for (d,) in rows_in(Path(folder), "SELECT detail_code FROM events WHERE code='tick' ORDER BY seq")]
        expected = [
            f"{thread}.{number}.{part}"
            for _, (thread, number, size) in sorted(given_tokens.items())
            for part in range(size)
        ]
        assert stored == expected
        sound(Path(folder))


class Hold:
    """Another program that keeps the database to itself."""

    def __init__(self, data: Path) -> None:
        open_small(data).close(PATIENCE_S)
        self._connection = sqlite3.connect(data / "kiosk.db", isolation_level=None)
        self._connection.execute("BEGIN IMMEDIATE")

    def release(self) -> None:
        self._connection.execute("ROLLBACK")
        self._connection.close()


def _fields(limits: Limits) -> dict[str, int]:
    return {name: getattr(limits, name) for name in Limits.__dataclass_fields__}
