"""What can be wrong with the storage, in one word for the program and one sentence for staff."""

from __future__ import annotations

import errno
import os
import sqlite3
from enum import StrEnum
from pathlib import Path


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
"""What staff read; ``place`` is the data folder."""

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
