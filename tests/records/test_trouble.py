"""Full, locked, read-only, failing and doubly used storage: nothing acknowledged is lost, and staff read why."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.clock import SimClock
from kiosk.errors import AlreadyRunning
from kiosk.records import opening
from kiosk.records.folder import Folder, Limits
from kiosk.records.store import Store
from kiosk.rows.kinds import EventRow, StateRow
from tests.patience import PATIENCE_S
from tests.records.helpers import SMALL, Ear, open_small, repetition, rows_in, session, sound, step

MIB = 1 << 20


@pytest.fixture
def stick(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB."""
    place = tmp_path / "stick"
    place.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mount.returncode:
        pytest.skip("mounting a small file system needs root; test_files_that_may_not_grow covers it without")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill_up(place: Path) -> Path:
    """Take all the room that is left."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        size = 64 << 10
        while size >= 4_096:
            try:
                file.write(bytes(size))
            except OSError:
                size //= 2
    return filler


def test_a_full_disk_uses_its_reserve_and_comes_back(stick: Path) -> None:
    """The reserve lets the running session be stored; beyond it rows wait, acknowledged rows stay, room heals all."""
    data = stick / "data"
    store = Store.open(data, SimClock(), replace(SMALL, ballast_bytes=512 << 10, floor_bytes=32 << 10))
    ear = Ear(store)
    ear.until_stored(store.put(session(), step()))
    assert store.problem == ""
    filler = fill_up(stick)
    numbers: dict[int, int] = {}

    def practise_while(going_on: Callable[[], bool]) -> None:
        while going_on():
            for n in range(len(numbers), len(numbers) + 40):
                numbers[store.put(repetition(n), EventRow("info", "tick", "x" * 120))] = n

    practise_while(lambda: store.flush(PATIENCE_S) and (data / "ballast.bin").exists())
    given_up_at = len(numbers)
    ear.until_stored(max(numbers))
    assert store.problem == "disk_full"
    assert any("nearly full" in notice for notice in store.notices)
    practise_while(lambda: store.flush(0.5))
    ear.until(lambda: True)
    ear.heard += store.drain(0)
    # The reserve is eaten as well: what was acknowledged can be read, the rest is not claimed.
    assert given_up_at < len(store.read().repetitions("s1")) < len(numbers)
    acknowledged = {numbers[token] for token in numbers if token <= ear.stored}
    assert acknowledged <= {row.repetition for row in store.read().repetitions("s1")}
    filler.unlink()
    ear.until_stored(max(numbers))
    ear.until_problem("")
    store.close(PATIENCE_S)
    repetitions = [n for (n,) in rows_in(data, "SELECT repetition FROM repetitions ORDER BY 1")]
    assert repetitions == list(range(len(numbers)))
    sound(data)


def test_the_reserve_is_made_again_when_there_is_room(stick: Path) -> None:
    """A second full disk finds the kiosk as well prepared as the first."""
    data = stick / "data"
    store = Store.open(data, SimClock(), replace(SMALL, ballast_bytes=256 << 10, floor_bytes=32 << 10))
    ear = Ear(store)
    for _ in range(2):
        assert (data / "ballast.bin").stat().st_blocks * 512 >= 256 << 10
        filler = fill_up(stick)
        for n in range(60):
            ear.until_stored(store.put(EventRow("info", "tick", f"{n}-" + "x" * 100)))
        ear.until_problem("disk_full")
        filler.unlink()
        ear.until_problem("")
    assert store.notices == ()
    store.close(PATIENCE_S)
    sound(data)


LIMITED = """
import resource, sys
from dataclasses import replace
from pathlib import Path
from kiosk.clock import SimClock
from kiosk.records.store import Store
from tests.records.helpers import SMALL, Ear, repetition, session, step
store = Store.open(Path(sys.argv[1]), SimClock(), replace(SMALL, checkpoint_pages=8))
ear = Ear(store)
ear.until_stored(store.put(session(), step()))
size = (Path(sys.argv[1]) / "kiosk.db").stat().st_size
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40_000, hard))
last, n = 0, 0
while not store.problem:
    last = store.put(*(repetition(n + k) for k in range(20)))
    n += 20
    store.flush(0.05)
    ear.heard += store.drain(0)
assert ear.stored < last, "nothing failed"
stored = len(store.read().repetitions("s1"))
assert stored < n
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
ear.until_stored(last)
ear.until_problem("")
assert len(store.read().repetitions("s1")) == n
assert store.close(120)
"""


def test_files_that_may_not_grow(tmp_path: Path) -> None:
    """The system refuses every write beyond a size: the store says so, waits, and stores all when it may."""
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], check=False, capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert run.returncode == 0, run.stderr
    sound(tmp_path)


HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""


@pytest.mark.parametrize("held_s", [0.4, pytest.param(10.0, marks=pytest.mark.slow)])
def test_locked_by_another_process(tmp_path: Path, held_s: float) -> None:
    """While another program holds the file, presses are not delayed, rows wait, and then all are stored in order."""
    open_small(tmp_path).close(PATIENCE_S)
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "kiosk.db")]
    store = open_small(tmp_path)
    ear = Ear(store)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        # Were an event to wait for the file, this would not come back: the holder lets go only when it is told to.
        tokens = [store.event("info", "tick", str(n)) for n in range(200)]
        ear.until_problem("locked")
        assert ear.stored < tokens[0]
        assert any("Another program" in notice for notice in store.notices)
        time.sleep(held_s)  # another process holds it: there is nothing to wait for
        holder.communicate(b"let go\n", PATIENCE_S)
    ear.until_stored(tokens[-1])
    ear.until_problem("")
    store.close(PATIENCE_S)
    ticks = [d for (d,) in rows_in(tmp_path, "SELECT detail_code FROM events WHERE code = 'tick' ORDER BY seq")]
    assert ticks == [str(n) for n in range(200)]
    sound(tmp_path)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder with a record in it, part of which still lies in the journal, and nothing can be written any more."""
    place = tmp_path / "card"
    place.mkdir()
    root = os.geteuid() == 0
    if (
        root
        and subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(place)], check=False, capture_output=True).returncode
    ):
        pytest.skip("root is not stopped by permissions, and this root may not mount: run the tests as a user")
    store = open_small(place)
    store.put(session(end_reason="completed"), StateRow("bound", "AB12"))
    store.close(PATIENCE_S)
    connection = sqlite3.connect(place / "kiosk.db")
    connection.execute("UPDATE state SET value = 'CD34'")
    connection.commit()
    assert (place / "kiosk.db-wal").stat().st_size > 0
    copies = {name: (place / name).read_bytes() for name in ("kiosk.db", "kiosk.db-wal")}
    connection.close()
    for name, content in copies.items():
        (place / name).write_bytes(content)
    if root:
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    else:
        for path in place.iterdir():
            path.chmod(0o400)
        place.chmod(0o500)
    yield place
    if root:
        subprocess.run(["umount", "-l", str(place)], check=True)
    else:
        place.chmod(0o700)


def test_a_read_only_folder_is_read_and_said(read_only: Path) -> None:
    """The kiosk opens, knows its person (also from the journal), and says that nothing is recorded."""
    store = open_small(read_only)
    assert store.problem == "read_only"
    assert any("Nothing can be written" in notice for notice in store.notices)
    assert store.read().state("bound") == "CD34"
    assert len(store.read().sessions("AB12", 5)) == 1
    assert store.event("info", "tick") > 0
    ear = Ear(store)
    ear.until(lambda: ear.states != [])
    assert ear.stored == 0
    assert store.close(0.1) is False


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """Even a data folder that is a file does not stop the kiosk."""
    (tmp_path / "data").write_text("no folder", encoding="utf-8")
    store = open_small(tmp_path / "data")
    assert store.problem != ""
    assert store.notices != ()
    assert store.close(0.1) is False


def test_the_writing_connection_promises_what_the_design_measured(tmp_path: Path) -> None:
    """FULL lost nothing in 20,000 crash images, NORMAL rows in half of them; a large journal eats the disk."""
    db = opening.open_database(Folder(tmp_path), Limits())
    found = {
        name: db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint", "journal_size_limit")
    }
    db.close()
    assert found["journal_mode"] == "wal"
    assert found["synchronous"] == 2
    assert found["foreign_keys"] == 1
    assert found["wal_autocheckpoint"] <= 64
    assert 0 < found["journal_size_limit"] <= MIB


def test_a_second_kiosk_is_told_who_is_there(tmp_path: Path) -> None:
    """Two writers would mix two sessions: the second ends with 75 and a sentence, the first notices nothing."""
    store = open_small(tmp_path)
    with pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}.*--data") as caught:
        open_small(tmp_path)
    assert caught.value.exit_code == 75
    Ear(store).until_stored(store.event("info", "tick"))
    store.close(PATIENCE_S)
    open_small(tmp_path).close(PATIENCE_S)


class Lying(sqlite3.Connection):
    """A connection whose commits fail as the disk would make them fail, before or after the fact."""

    plan: list[str] = []  # noqa: RUF012 shared by all connections of a test, on purpose
    commits = 0

    def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
        if sql == "COMMIT":
            Lying.commits += 1
            how = Lying.plan.pop(0) if Lying.plan else "well"
            if how == "after":
                super().execute(sql)
            if how != "well":
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
                raise error
        return super().execute(sql, *parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_commit_that_fails_is_never_success_and_never_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """An fsync error leaves open whether the rows are there: the store reopens, looks, and writes what is missing."""
    monkeypatch.setattr(opening, "connect", lambda path, _: sqlite3.connect(path, factory=Lying))
    Lying.plan, Lying.commits = [], 0
    store = open_small(tmp_path)
    ear = Ear(store)
    ear.until_stored(store.event("info", "tick", "first"))
    Lying.plan = [how] * 3
    token = store.event("info", "tick", "second")
    ear.until_problem("io_error")
    assert ear.stored < token or not Lying.plan
    ear.until_stored(token)
    ear.until_problem("")
    store.close(PATIENCE_S)
    assert Lying.plan == []
    ticks = [d for (d,) in rows_in(tmp_path, "SELECT detail_code FROM events WHERE code = 'tick' ORDER BY seq")]
    assert ticks == ["first", "second"]
    assert ("store_trouble", "io_error") in rows_in(tmp_path, "SELECT code, detail_code FROM events")
    sound(tmp_path)
