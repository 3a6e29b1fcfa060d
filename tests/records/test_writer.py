"""The writer by itself: what it logs, tells and stores of each trouble, and when it tries again."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.clock import Instant, SimClock, instant
from kiosk.records import opening, rescue, writer
from kiosk.records.folder import Folder, Limits, Problem, free_bytes
from kiosk.records.queue import Queue
from kiosk.records.writer import Writer
from kiosk.rows.kinds import Entry, Erase, EventRow, StateRow
from tests.records.helpers import SMALL, repetition, rows_in, session, step

PAUSES = replace(SMALL, retry_first_ms=2, retry_most_ms=9)


class Heard:
    """All that a writer told."""

    def __init__(self) -> None:
        self.tokens: list[int] = []
        self.states: list[str] = []
        self.notices: list[str] = []
        self.openings = 0
        self.inspections: list[bool] = []

    def stored(self, token: int) -> None:
        self.tokens.append(token)

    def state(self, problem: Problem) -> None:
        self.states.append(problem.value)

    def notice(self, sentence: str) -> None:
        self.notices.append(sentence)

    def opened(self) -> None:
        self.openings += 1

    def inspected(self, whole: bool) -> None:
        self.inspections.append(whole)


class Pausing(Queue):
    """A queue that keeps in mind how long it was to wait."""

    def __init__(self, most_rows: int = 99) -> None:
        super().__init__(most_rows)
        self.pauses: list[float] = []

    def wait_for_close(self, timeout_s: float) -> None:
        self.pauses.append(timeout_s)


class Run:
    """One run of a writer in this thread, to its end, with rows that were all handed over before."""

    def __init__(self, data: Path, *puts: Entry | tuple[Entry, ...], limits: Limits = PAUSES, **more: Any) -> None:
        self.clock: SimClock = more.pop("clock", None) or SimClock()
        self.queue, self.heard = Pausing(more.pop("most_rows", 99)), Heard()
        self.folder = Folder(data)
        self.at: Instant = instant(self.clock)
        for rows in puts:
            self.queue.put(rows if isinstance(rows, tuple) else (rows,), instant(self.clock))
            self.clock.advance(more.get("step_ms", 0))
        self.queue.close()
        self.writer = Writer(self.folder, limits, self.queue, self.heard, self.at)
        self.writer.run()
        self.folder.let_go()


WELL = (0, "")


class Failing(sqlite3.Connection):
    """A connection on which some statements fail, so many times."""

    plan: dict[str, list[tuple[int, str]]] = {}  # noqa: RUF012 shared by all connections of a test, on purpose

    def _fail(self, what: str) -> None:
        waiting = Failing.plan.get(what)
        code, said = waiting.pop(0) if waiting else (0, "")
        if code:
            error = sqlite3.OperationalError(said)
            error.sqlite_errorcode = code
            raise error

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        self._fail(sql)
        return super().execute(sql, parameters)

    def close(self) -> None:
        super().close()
        self._fail("close")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[tuple[int, str]]]]:
    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *how, **named: real(*how, **{"factory": Failing, **named}))
    Failing.plan = {}
    yield Failing.plan
    Failing.plan = {}


def log(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    of = ("kiosk.records.writer", "kiosk.records.tidying")
    return [(record.levelno, record.getMessage()) for record in caplog.records if record.name in of]


def events(data: Path) -> list[tuple[str, str, str]]:
    return rows_in(data, "SELECT level, code, detail_code FROM events ORDER BY seq")


def test_a_quiet_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Everything in one transaction, told once; nothing else is said, and the folder is closed."""
    caplog.set_level(logging.DEBUG)
    run = Run(tmp_path, StateRow("a", "1"), (StateRow("b", "2"), StateRow("c", "3")))
    assert (run.heard.tokens, run.heard.states, run.heard.notices, run.heard.openings) == ([2], [], [], 1)
    assert rows_in(tmp_path, "SELECT value FROM state WHERE key IN ('a', 'b', 'c') ORDER BY 1") == [
        *(("1",), ("2",), ("3",))
    ]
    assert (run.writer.failure, run.writer.condemned, run.writer.unread, log(caplog)) == (None, False, [], [])
    assert run.writer.opened.is_set()
    assert rows_in(tmp_path, "SELECT ordinal, last_ms FROM boots") == [(1, run.at.t_boot_ms)]
    assert run.folder.has_ballast


def test_groups_are_one_transaction_each(tmp_path: Path) -> None:
    """At most so many rows: each group is told when it is stored, and the kiosk had power until then."""
    run = Run(tmp_path, *(StateRow(f"k{n}", "1") for n in range(5)), limits=replace(PAUSES, group_rows=2), step_ms=7)
    assert run.heard.tokens == [2, 4, 5]
    assert rows_in(tmp_path, "SELECT first_ms, last_ms FROM boots") == [(run.at.t_boot_ms, run.at.t_boot_ms + 28)]


def test_trouble_is_logged_once_and_tried_again_ever_later(
    tmp_path: Path, failing: dict[str, list[tuple[int, str]]], caplog: pytest.LogCaptureFixture
) -> None:
    """Twice as long each time, up to a bound; a warning when it begins, no more of it while it lasts."""
    caplog.set_level(logging.DEBUG)
    Run(tmp_path)
    failing["COMMIT"] = [(sqlite3.SQLITE_IOERR_FSYNC, "disk I/O error")] * 5
    run = Run(tmp_path, EventRow("info", "tick"), limits=replace(PAUSES, retry_first_ms=1))
    assert run.queue.pauses == [0.001, 0.002, 0.004, 0.008, 0.009]
    said = f"{tmp_path / 'kiosk.db'}: io_error: disk I/O error"
    assert log(caplog) == [(logging.WARNING, said), *[(logging.DEBUG, said)] * 4]
    assert run.heard.states == ["io_error", ""]
    assert run.heard.tokens == [1]
    assert run.heard.openings == 1
    assert events(tmp_path) == [
        ("info", "tick", ""),
        ("fault", "store_trouble", "io_error"),
        ("info", "store_well", ""),
    ]


def test_given_up_while_there_is_no_folder(tmp_path: Path) -> None:
    """Tried ever later from the first pause on; nothing is claimed, and whoever waits for the opening goes on."""
    (tmp_path / "file").touch()
    at, heard = instant(SimClock()), Heard()

    class Leaving(Pausing):
        def wait_for_close(self, timeout_s: float) -> None:
            super().wait_for_close(timeout_s)
            if len(self.pauses) == 3:
                absent.abandon()

    queue = Leaving()
    queue.put((StateRow("a", "1"),), at)
    limits = replace(PAUSES, retry_first_ms=1)
    absent = Writer(Folder(tmp_path / "file" / "data"), limits, queue, heard, at)
    absent.run()
    assert queue.pauses == [0.001, 0.002, 0.004]
    assert (heard.tokens, heard.states, heard.openings) == ([], ["io_error"], 1)


def test_a_lock_is_tried_again_soon(tmp_path: Path, failing: dict[str, list[tuple[int, str]]]) -> None:
    """Whoever holds it may let go at any moment."""
    Run(tmp_path)
    failing["BEGIN IMMEDIATE"] = [(sqlite3.SQLITE_BUSY, "database is locked")] * 4
    run = Run(tmp_path, EventRow("info", "tick"))
    assert run.queue.pauses == [0.002] * 4
    assert run.heard.states == ["locked", ""]


@pytest.mark.parametrize(("free", "state", "pauses"), [(64 << 10, "io_error", 1), ((64 << 10) - 1, "disk_full", 0)])
def test_an_io_error_on_a_starved_disk_is_a_full_one(
    tmp_path: Path,
    failing: dict[str, list[tuple[int, str]]],
    monkeypatch: pytest.MonkeyPatch,
    free: int,
    state: str,
    pauses: int,
) -> None:
    """Then the reserve is given up, and the next try is at once."""
    Run(tmp_path)
    monkeypatch.setattr(writer, "free_bytes", lambda _folder: free)
    failing["COMMIT"] = [(sqlite3.SQLITE_IOERR_FSYNC, "disk I/O error")]
    run = Run(tmp_path, EventRow("info", "tick"))
    assert len(run.queue.pauses) == pauses
    assert run.heard.states[0] == state
    assert run.folder.has_ballast is (state == "io_error")
    assert run.heard.tokens == [1]


def test_a_disk_that_is_gone_is_no_full_one(
    tmp_path: Path, failing: dict[str, list[tuple[int, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody can tell how much room there is, it stays an error."""
    Run(tmp_path)
    real, asked = free_bytes, []

    def gone(folder: Path) -> int:
        asked.append(folder)
        if len(asked) == 1:
            raise OSError(5, "Input/output error")
        return real(folder)

    monkeypatch.setattr(writer, "free_bytes", gone)
    failing["COMMIT"] = [(sqlite3.SQLITE_IOERR_FSYNC, "disk I/O error")]
    assert Run(tmp_path, EventRow("info", "tick")).heard.states == ["io_error", ""]


@pytest.mark.parametrize(("free", "made", "state"), [(69, False, ["disk_full"]), (70, True, []), (50, True, [])])
def test_the_reserve_is_made_where_there_is_room_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, made: bool, state: list[str]
) -> None:
    """Both together at first; what is left counts afterwards."""
    limits = replace(PAUSES, ballast_bytes=20, floor_bytes=50)
    if free == 50:
        Run(tmp_path, limits=limits)
    monkeypatch.setattr(writer, "free_bytes", lambda _folder: free)
    run = Run(tmp_path, limits=limits)
    assert run.folder.has_ballast is made
    assert run.heard.states == state


def test_below_the_floor_it_goes_on_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reserve alone is not enough."""
    limits = replace(PAUSES, ballast_bytes=20, floor_bytes=50)
    Run(tmp_path, limits=limits)
    monkeypatch.setattr(writer, "free_bytes", lambda _folder: 49)
    run = Run(tmp_path, EventRow("info", "tick"), limits=limits)
    assert (run.heard.states, run.heard.tokens) == (["disk_full"], [1])
    assert events(tmp_path)[-1] == ("fault", "store_trouble", "disk_full")


def test_a_reserve_that_cannot_be_given_up(
    tmp_path: Path,
    failing: dict[str, list[tuple[int, str]]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says why; the kiosk tries again later as with any trouble."""
    Run(tmp_path)

    def stuck(_folder: Folder) -> bool:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Folder, "free_ballast", stuck)
    failing["COMMIT"] = [(sqlite3.SQLITE_FULL, "database or disk is full")]
    run = Run(tmp_path, EventRow("info", "tick"))
    assert (logging.WARNING, "the reserve cannot be given up: [Errno 5] Input/output error") in log(caplog)
    assert run.queue.pauses == [0.002]


def test_what_cannot_be_undone_or_closed_is_logged(
    tmp_path: Path, failing: dict[str, list[tuple[int, str]]], caplog: pytest.LogCaptureFixture
) -> None:
    """The first error is the one that counts; another connection goes on."""
    Run(tmp_path)
    failing["COMMIT"] = [WELL, (sqlite3.SQLITE_BUSY, "database is locked")]
    failing["ROLLBACK"] = [(sqlite3.SQLITE_IOERR, "no way back")]
    failing["close"] = [(sqlite3.SQLITE_IOERR, "no way out")]
    run = Run(tmp_path, EventRow("info", "tick"))
    assert log(caplog) == [
        (logging.WARNING, "rolling back failed: no way back"),
        (logging.WARNING, "closing failed: no way out"),
        (logging.WARNING, f"{tmp_path / 'kiosk.db'}: locked: database is locked"),
    ]
    assert run.heard.tokens == [1]
    assert [event[1] for event in events(tmp_path)].count("tick") == 1


def test_a_file_is_suspect_from_an_io_error_to_the_next_opening(
    tmp_path: Path, failing: dict[str, list[tuple[int, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it has been written anew: whoever reads it does not hold up the one after that."""
    Run(tmp_path)
    suspects: list[bool] = []
    real = opening.open_database

    def noted(folder: Folder, limits: Limits, *, suspect: bool = False, later: bool = False) -> Any:
        suspects.append(suspect)
        return real(folder, limits, suspect=suspect, later=later)

    monkeypatch.setattr(writer, "open_database", noted)
    failing["COMMIT"] = [WELL, (sqlite3.SQLITE_IOERR_FSYNC, "disk I/O error"), WELL, (sqlite3.SQLITE_BUSY, "locked")]
    failing["ROLLBACK"] = [WELL, (sqlite3.SQLITE_IOERR, "no way back")]
    run = Run(tmp_path, EventRow("info", "tick"))
    assert suspects == [False, True, False]
    assert (run.heard.tokens, run.heard.states) == ([1], ["io_error", "locked", ""])


def test_a_row_that_does_not_fit(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is kept aside with its reason and its moment, and told; the other rows of its put are stored."""
    run = Run(tmp_path, (StateRow("a", "1"), step(0, "nowhere"), StateRow("b", "2")))
    assert run.heard.tokens == [1]
    aside = rows_in(tmp_path, "SELECT table_name, content, reason, boot_id, t_boot_ms FROM set_aside")
    assert [(row[0], *row[2:]) for row in aside] == [
        ("steps", "SQLITE_CONSTRAINT_FOREIGNKEY", run.at.boot_id, run.at.t_boot_ms)
    ]
    assert json.loads(aside[0][1]) == step(0, "nowhere").columns()
    assert log(caplog) == [
        (logging.WARNING, "a row does not fit its table; the rows of its put are stored one by one"),
        (logging.ERROR, "steps: a row was set aside: FOREIGN KEY constraint failed"),
    ]
    assert events(tmp_path) == [("fault", "row_set_aside", "steps")]
    assert rows_in(tmp_path, "SELECT key FROM state WHERE key IN ('a', 'b')") == [("a",), ("b",)]


def test_rows_that_were_refused_are_told_once_each(tmp_path: Path) -> None:
    """How many there were so far, each time there are more."""
    queue, heard, folder = Pausing(2), Heard(), Folder(tmp_path)
    at = instant(SimClock())
    queue.put((StateRow("a", "1"),), at)
    queue.put((StateRow("a", "1"),) * 3, at)
    queue.close()
    Writer(folder, PAUSES, queue, heard, at).run()
    folder.let_go()
    assert events(tmp_path) == [("fault", "rows_refused", "3")]


def test_a_fault_of_our_own_ends_it_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With its traceback; nothing is claimed, and whoever waits for the opening goes on."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(writer, "open_database", broken)
    run = Run(tmp_path, EventRow("info", "tick"))
    assert isinstance(run.writer.failure, ZeroDivisionError)
    (record,) = (record for record in caplog.records if record.name == "kiosk.records.writer")
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "the writer ended")
    assert record.exc_info is not None
    assert (run.heard.tokens, run.heard.states, run.heard.openings) == ([], ["io_error"], 1)


def damage(data: Path) -> None:
    raw = bytearray((data / "kiosk.db").read_bytes())
    raw[:100] = bytes(100)
    (data / "kiosk.db").write_bytes(raw)


def test_a_damaged_record_is_told_whole(tmp_path: Path) -> None:
    """To staff, in the events and in the inbox: how much was kept, of what something is missing, where it lies."""
    Run(tmp_path, StateRow("device_id", "x"), session(), step(), *(repetition(n) for n in range(3)))
    damage(tmp_path)
    run = Run(tmp_path)
    aside = tmp_path / "quarantine" / "kiosk.db.corrupt-1"
    (kept,) = [int(event[2]) for event in events(tmp_path) if event[1] == "rows_salvaged"]
    missing = [event[2] for event in events(tmp_path) if event[1] == "rows_missing"]
    lost = f"Something is missing in: {', '.join(missing)}. " if missing else ""
    assert run.heard.notices == [
        f"The record was damaged. {kept} of its rows could be read and were kept. {lost}The damaged file is "
        f"{aside}. Keep it, and tell whoever looks after this kiosk."
    ]
    assert kept >= 6
    assert ("fault", "database_quarantined", aside.name) in events(tmp_path)
    assert ("notice", "database_damaged", aside.name) in events(tmp_path)
    assert rows_in(tmp_path, "SELECT key, code, detail_code FROM inbox") == [
        (f"database-damaged:{aside.name}", "database_damaged", aside.name)
    ]
    assert run.heard.states == ["corrupt", "rescue", ""] or run.heard.states == ["rescue", ""]
    assert not run.writer.condemned


def test_a_medium_that_spoils_every_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: dict[str, list[tuple[int, str]]]
) -> None:
    """Three in one run are enough: then it waits, and says that it is damaged."""
    Run(tmp_path, StateRow("a", "1"))
    tries = []
    real = opening.open_database

    def spoilt(folder: Folder, limits: Limits, *, suspect: bool = False, later: bool = False) -> Any:
        tries.append(suspect)
        if len(tries) <= 5:
            raise opening.Damaged("x")
        return real(folder, limits, suspect=suspect, later=later)

    monkeypatch.setattr(writer, "open_database", spoilt)
    run = Run(tmp_path, EventRow("info", "tick"))
    assert not failing
    assert len(list((tmp_path / "quarantine").glob("kiosk.db.corrupt-*"))) == 3
    assert "corrupt" in run.heard.states
    assert run.heard.states[-1] == ""
    assert run.heard.tokens == [1]


def test_a_rescue_that_finds_its_new_file_spoilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three tries one after the other, then a pause before each; nothing is set aside before one has succeeded."""
    Run(tmp_path, StateRow("a", "1"))
    damage(tmp_path)
    real, left = rescue.rescue, iter(range(5))

    def spoilt(*how: Any) -> rescue.Rescued:
        if next(left, None) is not None:
            assert not (tmp_path / "quarantine").exists()
            raise opening.Damaged("x")
        return real(*how)

    monkeypatch.setattr(rescue, "rescue", spoilt)
    run = Run(tmp_path, EventRow("info", "tick"))
    assert run.queue.pauses == [0.002, 0.004, 0.008]
    assert (run.heard.tokens, len(run.heard.notices), run.heard.states[-1]) == ([1], 1, "")
    assert len(list((tmp_path / "quarantine").iterdir())) == 1


def erased(data: Path) -> None:
    Run(data, session(end_reason="completed"))


def tidy(data: Path) -> int:
    (found,) = rows_in(data, "SELECT value FROM counters WHERE name = 'tidy'")
    return int(found[0])


def test_after_erasing_the_file_is_made_anew(
    tmp_path: Path, failing: dict[str, list[tuple[int, str]]], caplog: pytest.LogCaptureFixture
) -> None:
    """A failure is logged and put off; the next start makes good."""
    erased(tmp_path)
    failing["VACUUM"] = [(sqlite3.SQLITE_FULL, "database or disk is full")]
    run = Run(tmp_path, Erase("AB12", "therapist-1"))
    said = "what was erased may still lie in unused places of the file, tried again later: database or disk is full"
    assert log(caplog) == [(logging.WARNING, said)]
    assert not run.writer.tidying
    assert tidy(tmp_path) == 1
    Run(tmp_path)
    assert tidy(tmp_path) == 0
    assert (tmp_path / "kiosk.db").read_bytes().count(b"AB12") == 0


def test_who_reads_puts_it_off(tmp_path: Path) -> None:
    """The journal cannot be emptied then: it is noted that it must be, and tried again a minute later."""
    erased(tmp_path)
    reading = sqlite3.connect(tmp_path / "kiosk.db", isolation_level=None)
    reading.execute("BEGIN")
    reading.execute("SELECT * FROM state").fetchall()
    Run(tmp_path, Erase("AB12", "therapist-1"))
    assert tidy(tmp_path) == 1
    reading.execute("ROLLBACK")
    reading.close()
    Run(tmp_path)
    assert tidy(tmp_path) == 0


@pytest.mark.parametrize(("after_ms", "tries"), [(59_999, 1), (60_000, 2)])
def test_the_next_try_is_a_minute_later(
    tmp_path: Path, failing: dict[str, list[tuple[int, str]]], after_ms: int, tries: int
) -> None:
    """Counted in the time of the rows: what comes sooner does not ask for it."""
    erased(tmp_path)
    failing["VACUUM"] = [(sqlite3.SQLITE_FULL, "database or disk is full")] * 2
    order = Erase("AB12", "therapist-1")
    Run(tmp_path, order, StateRow("a", "1"), limits=replace(PAUSES, group_rows=1), step_ms=after_ms)
    assert 2 - len(failing["VACUUM"]) == tries
