"""The data folder: who holds it, every word for what is wrong with the storage, its reserve, and what lies aside."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.errors import AlreadyRunning
from kiosk.records.folder import SENTENCES, Folder, Limits, Problem, free_bytes, problem_of, writable


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def holds(folder: Folder) -> bool:
    return folder.held


def granting(rights: int) -> Callable[[Path, int], bool]:
    """An ``os.access`` that grants these and no others."""
    return lambda _path, asked: asked & rights == asked


@pytest.mark.parametrize(("rights", "can"), [(os.W_OK | os.X_OK, True), (os.W_OK, False), (os.X_OK, False), (0, False)])
def test_writable_by_its_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rights: int, can: bool) -> None:
    """To write, and to enter."""
    monkeypatch.setattr(os, "access", granting(rights))
    assert writable(tmp_path) is can


@pytest.mark.parametrize(("flags", "can"), [(0, True), (os.ST_NOSUID, True), (os.ST_RDONLY | os.ST_NOSUID, False)])
def test_writable_by_its_mount(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: int, can: bool) -> None:
    """A read-only mount forbids it to root as well."""
    there = os.statvfs(tmp_path)
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result((*there[:8], flags, *there[9:])))
    assert writable(tmp_path) is can
    assert not writable(tmp_path / "nothing")


def test_free_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left for us, not for root, in bytes; an error where nothing is."""
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result((4_096, 512, 1_000, 90, 80, 0, 0, 0, 0, 255)))
    assert free_bytes(tmp_path) == 80 * 512
    monkeypatch.undo()
    with pytest.raises(OSError, match="nothing"):
        free_bytes(tmp_path / "nothing")


def failed(code: int | None) -> sqlite3.Error:
    error = sqlite3.OperationalError("x")
    if code is not None:
        error.sqlite_errorcode = code
    return error


WORDS = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_READONLY_DBMOVED: "read_only",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_BUSY_SNAPSHOT: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_CORRUPT_INDEX: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
    sqlite3.SQLITE_IOERR: "io_error",
    sqlite3.SQLITE_IOERR_FSYNC: "io_error",
    sqlite3.SQLITE_CANTOPEN: "io_error",
    sqlite3.SQLITE_PERM: "io_error",
    sqlite3.SQLITE_MISUSE: "io_error",
    None: "io_error",
}


@pytest.mark.parametrize("code", WORDS)
def test_the_word_for_an_error_of_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int | None) -> None:
    """By its code, whatever its extension; where nothing can be written that is the reason for what looks like more."""
    assert problem_of(failed(code), tmp_path) == WORDS[code]
    monkeypatch.setattr(os, "access", granting(0))
    asks = (None, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
    assert problem_of(failed(code), tmp_path) == ("read_only" if code in asks else WORDS[code])


@pytest.mark.parametrize(
    ("error", "word"),
    [
        *((OSError(code, "x"), "disk_full") for code in (errno.ENOSPC, errno.EDQUOT)),
        *((OSError(code, "x"), "read_only") for code in (errno.EROFS, errno.EACCES, errno.EPERM)),
        (OSError(errno.EIO, "x"), "io_error"),
        (OSError("without a number"), "io_error"),
        (RuntimeError("ours"), "io_error"),
    ],
)
def test_the_word_for_an_error_of_the_system(tmp_path: Path, error: Exception, word: str) -> None:
    """And for everything else."""
    assert problem_of(error, tmp_path) == word


def test_every_problem_has_its_sentence() -> None:
    """But health."""
    assert [problem.value for problem in Problem] == [
        *("", "disk_full", "read_only", "locked", "io_error", "corrupt", "rescue")
    ]
    assert set(SENTENCES) == set(Problem) - {Problem.NONE}
    assert all("{place}" in sentence for sentence in SENTENCES.values())


def test_what_the_store_allows_itself() -> None:
    """What a full disk, a hanging card and a power cut were measured with."""
    assert Limits() == Limits(4 << 20, 16 << 20, 20_000, 500, 1_000, 250, 20_000, 32, 256 << 10, 60_000)


def test_one_process_holds_it(tmp_path: Path) -> None:
    """Its number stands in the lock, for whoever comes second; let go, it is free."""
    folder = Folder(tmp_path / "a" / "data")
    folder.make()
    folder.make()
    assert mode(folder.path) == 0o700
    assert not holds(folder)
    folder.hold()
    folder.hold()
    assert holds(folder)
    lock = folder.path / "kiosk.lock"
    assert (lock.read_text(), mode(lock)) == (f"{os.getpid()}\n", 0o600)
    second = Folder(folder.path)
    with pytest.raises(AlreadyRunning) as caught:
        second.hold()
    assert str(caught.value) == (
        f"{folder.path}: another kiosk (process {os.getpid()}) is using this data folder; "
        "close that one (systemctl stop kiosk), or name another folder with --data"
    )
    assert not holds(second)
    lock.write_text("")
    with pytest.raises(AlreadyRunning, match="another kiosk is using this"):
        second.hold()
    lock.write_bytes(b"\xff" + b"1" * 30)
    with pytest.raises(AlreadyRunning, match=r"process \ufffd1{19}\)"):
        second.hold()
    folder.let_go()
    folder.let_go()
    assert not holds(folder)
    second.hold()
    assert lock.read_text() == f"{os.getpid()}\n"
    second.let_go()


def test_a_folder_that_takes_no_lock_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock file that is there, else the folder itself; one that is not there needs no lock."""
    opened = os.open

    def readonly(path: Path, flags: int, *more: int, **named: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.EROFS, "Read-only file system")
        return opened(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", readonly)
    missing = Folder(tmp_path / "nothing")
    missing.hold()
    assert not holds(missing)
    for _ in range(2):
        first, second = Folder(tmp_path), Folder(tmp_path)
        first.hold()
        assert holds(first)
        with pytest.raises(AlreadyRunning, match="another kiosk is using this"):
            second.hold()
        first.let_go()
        (tmp_path / "kiosk.lock").write_text("99\n")
    assert (tmp_path / "kiosk.lock").read_text() == "99\n"


def test_the_reserve(tmp_path: Path) -> None:
    """On the disk, for its owner alone; given up once; nothing is left where there is no room."""
    folder = Folder(tmp_path)
    assert not folder.free_ballast()
    folder.make_ballast(70_000)
    reserve = tmp_path / "ballast.bin"
    assert (reserve.stat().st_size, mode(reserve)) == (70_000, 0o600)
    assert reserve.stat().st_blocks * 512 >= 70_000
    assert folder.free_ballast()
    assert not reserve.exists()
    with pytest.raises(OSError, match=r"File too large|No space"):
        folder.make_ballast(1 << 62)
    assert not folder.has_ballast


def test_what_lies_aside(tmp_path: Path) -> None:
    """Damaged ones are numbered on, whatever lies beside; backups can be dropped, and nothing else goes with them."""
    folder = Folder(tmp_path)
    aside = tmp_path / "quarantine"
    assert folder.next_aside() == aside / "kiosk.db.corrupt-1"
    assert mode(aside) == 0o700
    for name in ("kiosk.db.corrupt-2", "kiosk.db.corrupt-9-wal", "kiosk.db.corrupt-x", "kiosk.db.schema12", "other"):
        (aside / name).touch()
    assert folder.next_aside() == aside / "kiosk.db.corrupt-10"
    (aside / "kiosk.db.schema3").touch()
    folder.drop_backups()
    folder.drop_backups()
    assert sorted(path.name for path in aside.iterdir()) == [
        *("kiosk.db.corrupt-2", "kiosk.db.corrupt-9-wal", "kiosk.db.corrupt-x", "other")
    ]
    Folder(tmp_path / "new").drop_backups()


@pytest.mark.parametrize("known", ["ballast.bin", "staff.json", ""])
def test_a_record_that_was_there_once(tmp_path: Path, known: str) -> None:
    """Its reserve or its staff say so; an empty file is no record."""
    if known:
        (tmp_path / known).touch()
    folder = Folder(tmp_path)
    assert folder.lost is bool(known)
    folder.database.touch()
    assert folder.lost is bool(known)
    folder.database.write_bytes(b"x")
    assert not folder.lost


def test_what_was_rescued_takes_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The damaged one and its companions go aside first, and all names are made durable; without one nothing moves."""
    folder = Folder(tmp_path)
    for name in ("kiosk.db", "kiosk.db-wal", "kiosk.db-shm"):
        (tmp_path / name).write_text(name)
    folder.take_over()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kiosk.db", "kiosk.db-shm", "kiosk.db-wal"]
    (tmp_path / "kiosk.db.rescued").write_text("read")
    synced: list[Path] = []
    monkeypatch.setattr("kiosk.records.folder.sync_folder", synced.append)
    folder.take_over()
    aside = tmp_path / "quarantine"
    assert synced == [aside, tmp_path, tmp_path]
    assert {path.name: path.read_text() for path in aside.iterdir()} == {
        f"kiosk.db.corrupt-1{companion}": f"kiosk.db{companion}" for companion in ("", "-wal", "-shm")
    }
    assert {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()} == {"kiosk.db": "read"}
