"""The data folder: who holds it, how much room is left, what can be wrong with the storage, and what is set aside."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kiosk.errors import AlreadyRunning
from kiosk.safefiles import sync_folder


class Problem(StrEnum):
    """The state of the store; the empty word is health."""

    NONE = ""
    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"
    LOCKED = "locked"
    IO_ERROR = "io_error"
    CORRUPT = "corrupt"
    RESCUE = "rescue"


SENTENCES = {
    Problem.DISK_FULL: "The storage is nearly full. Ask support to copy the records and make room in {place}.",
    Problem.READ_ONLY: "Nothing can be written to {place}: sessions are not recorded. Have the memory card checked.",
    Problem.LOCKED: "Another program holds {place}/kiosk.db: records wait in memory. Close that program.",
    Problem.IO_ERROR: "Writing to {place} fails: records wait in memory. Leave it switched on, and "
    "have the memory card replaced.",
    Problem.CORRUPT: "{place}/kiosk.db is damaged and could not be set aside. Ask support to look at the memory card.",
    Problem.RESCUE: "{place}/kiosk.db is damaged. What can be read of it is being copied: records wait in memory. "
    "Leave it switched on.",
}
"""Sentences for staff; ``place`` is the data folder."""

_BY_CODE = {
    sqlite3.SQLITE_FULL: Problem.DISK_FULL,
    sqlite3.SQLITE_READONLY: Problem.READ_ONLY,
    sqlite3.SQLITE_BUSY: Problem.LOCKED,
    sqlite3.SQLITE_LOCKED: Problem.LOCKED,
    sqlite3.SQLITE_CORRUPT: Problem.CORRUPT,
    sqlite3.SQLITE_NOTADB: Problem.CORRUPT,
}
_BY_ERRNO = {
    errno.ENOSPC: Problem.DISK_FULL,
    errno.EDQUOT: Problem.DISK_FULL,
    errno.EROFS: Problem.READ_ONLY,
    errno.EACCES: Problem.READ_ONLY,
    errno.EPERM: Problem.READ_ONLY,
}


def writable(folder: Path) -> bool:
    """Whether something new may be written into ``folder``: a read-only mount forbids it to root as well."""
    try:
        return os.access(folder, os.W_OK | os.X_OK) and not os.statvfs(folder).f_flag & os.ST_RDONLY
    except OSError:
        return False


def free_bytes(folder: Path) -> int:
    """Room that is left for us on the file system of ``folder``. Raises OSError when that is gone."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def problem_of(error: Exception, folder: Path) -> Problem:
    """The word for an error of SQLite or of the system, raised while working in ``folder``."""
    if isinstance(error, sqlite3.Error):
        code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_IOERR) & 0xFF
        known = _BY_CODE.get(code)
        # SQLite says "cannot open" and "disk I/O error" for a medium that has become read-only under it.
        if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM) and not writable(folder):
            return Problem.READ_ONLY
        return known or Problem.IO_ERROR
    if isinstance(error, OSError) and error.errno is not None:
        return _BY_ERRNO.get(error.errno, Problem.IO_ERROR)
    return Problem.IO_ERROR


DATABASE = "kiosk.db"
LOCK = "kiosk.lock"
BALLAST = "ballast.bin"
QUARANTINE = "quarantine"
STAFF_COPY = "staff.json"
RESCUED = "kiosk.db.rescued"
"""The whole content read from a damaged record, on its way to its place. With ``.part`` behind it: not whole yet."""
COMPANIONS = ("-wal", "-shm")
"""SQLite's own files beside a database: they belong to it and go wherever it goes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the store: bytes, rows and milliseconds.

    ``ballast_bytes`` is kept in reserve and given up once when the disk is full: at some 200 bytes a row it lets
    running sessions be stored for days. Below ``floor_bytes`` of free space the store says ``disk_full`` but goes on.
    At most ``queue_rows`` wait, and ``group_rows`` go in one transaction. A busy file is waited for ``busy_ms``; a
    write that failed is tried again after ``retry_first_ms``, doubling to ``retry_most_ms``. The journal is tidied
    every ``checkpoint_pages`` and cut to ``journal_bytes``. That there is power is noted every ``powered_every_ms``.
    """

    ballast_bytes: int = 4 << 20
    floor_bytes: int = 16 << 20
    queue_rows: int = 20_000
    group_rows: int = 500
    busy_ms: int = 1_000
    retry_first_ms: int = 250
    retry_most_ms: int = 20_000
    checkpoint_pages: int = 32
    journal_bytes: int = 256 << 10
    powered_every_ms: int = 60_000


class Folder:
    """One data folder. Making it is no promise that it can be written: errors come from the methods that write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / DATABASE
        self._ballast = path / BALLAST
        self._lock = -1

    def make(self) -> None:
        """Create the folder for its owner alone. Raises OSError where that is impossible."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def hold(self) -> None:
        """Take the folder for this process until ``let_go``. Raises AlreadyRunning when another one has it.

        A folder that cannot be written needs a lock as well, so its lock file is opened for reading where it exists,
        and else the folder itself is locked. A folder that is not there at all has nothing to protect.
        """
        if self._lock >= 0:
            return
        lock = self.path / LOCK
        mine = False
        try:
            fd = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            mine = True
        except OSError:
            try:
                fd = os.open(lock if lock.exists() else self.path, os.O_RDONLY | os.O_CLOEXEC)
            except OSError:
                return
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(fd, 20, 0).decode("ascii", "replace").strip() if mine else ""
            os.close(fd)
            raise AlreadyRunning(
                f"{self.path}: another kiosk{f' (process {holder})' if holder else ''} is using this data folder; "
                "close that one (systemctl stop kiosk), or name another folder with --data"
            ) from None
        self._lock = fd
        if mine:
            with contextlib.suppress(OSError):  # a full disk: the lock holds without a name in it
                os.ftruncate(fd, 0)
                os.pwrite(fd, f"{os.getpid()}\n".encode("ascii"), 0)

    @property
    def held(self) -> bool:
        """Whether this process has the folder to itself."""
        return self._lock >= 0

    def let_go(self) -> None:
        """Give the folder free for the next process."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    @property
    def has_ballast(self) -> bool:
        """Whether the reserve is still there."""
        return self._ballast.exists()

    def make_ballast(self, size: int) -> None:
        """Put ``size`` bytes of disk aside. Raises OSError, and leaves nothing behind, when there is no room."""
        fd = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(fd, 0, size)
            os.fsync(fd)
        except OSError:
            self._ballast.unlink()
            raise
        finally:
            os.close(fd)

    def free_ballast(self) -> bool:
        """Give the reserve up. False when there was none."""
        if not self.has_ballast:
            return False
        self._ballast.unlink()
        return True

    def quarantine(self) -> Path:
        """The folder of what is kept but no longer used. Raises OSError where it cannot be made."""
        place = self.path / QUARANTINE
        place.mkdir(mode=0o700, exist_ok=True)
        return place

    def drop_backups(self) -> None:
        """Delete the copies from before the tables changed: whoever is erased must not go on in them. Raises OSError.

        A damaged record that was set aside stays: it may hold what nothing else holds any more.
        """
        place = self.path / QUARANTINE
        copies = list(place.glob(f"{DATABASE}.schema*"))
        for copy in copies:
            copy.unlink()
        if copies:
            sync_folder(place)

    @property
    def new(self) -> bool:
        """Whether there was never a database here."""
        return not self.database.exists() and not self.lost

    @property
    def lost(self) -> bool:
        """Whether there was a database here once (reserve or staff say so) and there is none now, or an empty one."""
        known = self.has_ballast or (self.path / STAFF_COPY).exists()
        return known and (not self.database.exists() or self.database.stat().st_size == 0)

    def next_aside(self) -> Path:
        """Return the place that a damaged database gets next. Raises OSError."""
        place, stem = self.quarantine(), f"{DATABASE}.corrupt-"
        numbers = [path.name.removeprefix(stem).split("-")[0] for path in place.glob(f"{stem}*")]
        return place / f"{stem}{1 + max((int(number) for number in numbers if number.isdigit()), default=0)}"

    def take_over(self) -> None:
        """Put what was rescued in the place of the damaged database, which goes into the quarantine. Raises OSError.

        A power cut at any moment leaves the one or the other in its place, or the rescued one for the next start.
        """
        rescued = self.path / RESCUED
        if not rescued.exists():
            return
        target = self.next_aside()
        for companion in (*COMPANIONS, ""):
            beside = self.database.with_name(DATABASE + companion)
            if beside.exists():
                beside.rename(target.with_name(target.name + companion))
        for folder in (target.parent, self.path):
            sync_folder(folder)
        rescued.rename(self.database)
        sync_folder(self.path)
