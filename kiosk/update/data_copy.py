"""The kiosk's data before a release is tried: copied byte by byte while nothing runs, and put back the same way.

The record, the copy of the staff slots beside it, and the settings file: all that a kiosk writes before anybody can
press a button. Nothing of the data is parsed here, because whoever copies is root.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from kiosk.config import FILE as SETTINGS
from kiosk.errors import UpdateError
from kiosk.records.folder import COMPANIONS, DATABASE, LOCK, STAFF_COPY
from kiosk.safefiles import open_file
from kiosk.update.disk import UpdateDisk, pieces_of, remove, sha256_of
from kiosk.update.probation import CopiedFile

JOURNALS = tuple(DATABASE + companion for companion in COMPANIONS)
NAMES = (DATABASE, JOURNALS[0], STAFF_COPY, SETTINGS)
"""Files that are copied, where they are there. SQLite makes the memory of its journal (``-shm``) anew."""
RETURNED = ".returned"


@contextlib.contextmanager
def held(data: Path) -> Iterator[None]:
    """The data folder to ourselves, as a kiosk holds it. Raises UpdateError where somebody has it."""
    try:
        fd = open_file(data / LOCK)
    except FileNotFoundError:
        yield
        return
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as why:
            raise UpdateError("Another program uses the kiosk's record. Try again later.") from why
        yield
    finally:
        os.close(fd)


def size_of(data: Path) -> int:
    """The bytes of what would be copied. Raises OSError."""
    return sum((data / name).lstat().st_size for name in NAMES if (data / name).exists())


def copy_data(disk: UpdateDisk, data: Path, copy: Path) -> tuple[CopiedFile, ...]:
    """Copy into ``copy``, which takes the place of an older one; lasting, read back. Raises OSError, UpdateError."""
    remove(disk, copy)
    disk.mkdir(copy, 0o700)
    found: list[CopiedFile] = []
    for name in NAMES:
        try:
            fd = open_file(data / name)
        except FileNotFoundError:
            continue
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise UpdateError("{name} in the kiosk's data folder is no plain file.", name=name)
            disk.create(copy / name, pieces_of(fd), mode=0o600)
        finally:
            os.close(fd)
        disk.sync_file(copy / name)
        found.append(CopiedFile(name, sha256_of(data / name)))
    disk.sync_folder(copy)
    disk.sync_folder(copy.parent)
    _compare(copy, tuple(found))
    return tuple(found)


def return_data(disk: UpdateDisk, copy: Path, copied: tuple[CopiedFile, ...], data: Path) -> None:
    """Put the copy in the place of what is there. Can be done again and again. Raises OSError, UpdateError.

    A journal of the newer record must not lie beside the older one, so it goes first. The files are root's then: who
    puts them back may not give them away; ``kiosk-starting.sh`` does, before each start of the kiosk.
    """
    _compare(copy, copied)
    for file in copied:
        part = data / f".{file.name}{RETURNED}"
        remove(disk, part)
        fd = open_file(copy / file.name)
        try:
            disk.create(part, pieces_of(fd), mode=0o600)
        finally:
            os.close(fd)
        disk.sync_file(part)
    for name in JOURNALS:
        remove(disk, data / name)
    disk.sync_folder(data)
    for file in copied:
        disk.rename(data / f".{file.name}{RETURNED}", data / file.name)
    for name in NAMES:
        if name not in {file.name for file in copied}:
            remove(disk, data / name)
    disk.sync_folder(data)


def _compare(copy: Path, copied: tuple[CopiedFile, ...]) -> None:
    for file in copied:
        if sha256_of(copy / file.name) != file.sha256:
            raise UpdateError("The copy of the kiosk's data is damaged: {name}.", name=file.name)
