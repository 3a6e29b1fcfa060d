"""Targets of a package: folders that are whole or absent, files that count only once they were read back.

``Target`` is what a package is written to; ``FolderTarget`` is any folder. A stick is the same with more around it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import mmap
import os
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from kiosk.errors import HandoverError, NameTaken, ReadBackDiffers
from kiosk.package.datapackage import Digest
from kiosk.safefiles import open_folder

PART = ".part"
PIECE = 1 << 20
"""Bytes that are read back at a time."""
MODE = 0o600

TellShare = Callable[[float], None]
"""Hears how much of the file, from 0 to 1, has been read back."""


class FileWriter(Protocol):
    """One file while it is written."""

    def write(self, data: bytes) -> int: ...

    def finish(self, told: TellShare) -> Digest:
        """Make it durable, read it back past every cache, compare, and give it its name."""


class Target(Protocol):
    """Takes one package. Every method raises OSError, or HandoverError with a sentence for staff."""

    def room(self) -> int:
        """Bytes that are free there."""

    def begin(self, name: str) -> None:
        """Open the package called ``name``. Raises NameTaken."""

    def create(self, name: str) -> FileWriter:
        """The next file of the package."""

    def finish(self) -> Path:
        """All files are there: now the package has its name. Where it lies."""

    def abandon(self) -> None:
        """There will be no package: clear away what was written, as far as that is possible. Raises nothing.

        Also after a ``begin`` that raised.
        """


class Disk:
    """The system's part in a target, in one place, so that a test can let any of it fail."""

    def mkdir(self, name: str, at: int) -> None:
        os.mkdir(name, 0o700, dir_fd=at)

    def open(self, name: str, flags: int, at: int | None = None) -> int:
        return os.open(name, flags | os.O_CLOEXEC, MODE, dir_fd=at)

    def write(self, fd: int, data: bytes | memoryview) -> int:
        return os.write(fd, data)

    def fsync(self, fd: int) -> None:
        os.fsync(fd)

    def readinto(self, fd: int, buffer: mmap.mmap) -> int:
        return os.readv(fd, [buffer])

    def rename(self, old: str, new: str, at: int) -> None:
        os.rename(old, new, src_dir_fd=at, dst_dir_fd=at)


class PartFile:
    """A file called ``NAME.part`` until it has been read back. ``folder`` is the descriptor of its folder."""

    def __init__(self, disk: Disk, folder: int, name: str) -> None:
        self._disk, self._folder, self._name = disk, folder, name
        self._sha256, self._size = hashlib.sha256(), 0
        self._fd = disk.open(name + PART, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, folder)

    def write(self, data: bytes) -> int:
        left = memoryview(data)
        while left:
            done = self._disk.write(self._fd, left)
            if done <= 0:
                raise OSError(errno.EIO, f"{self._name}: nothing more can be written")
            left = left[done:]
        self._sha256.update(data)
        self._size += len(data)
        return len(data)

    def finish(self, told: TellShare) -> Digest:
        """Raises ReadBackDiffers when the medium gives back other bytes than it was given."""
        self._disk.fsync(self._fd)
        self.close()
        digest = Digest(self._sha256.hexdigest(), self._size)
        seen = 0

        def read(count: int) -> None:
            nonlocal seen
            seen += count
            told(min(1.0, seen / digest.size))

        if read_back(self._disk, self._folder, self._name + PART, read) != digest:
            raise ReadBackDiffers(
                "{name}: what was read back is not what was written: the medium is damaged or is not as large "
                "as it says; use another one",
                name=self._name,
            )
        self._disk.rename(self._name + PART, self._name, self._folder)
        self._disk.fsync(self._folder)
        return digest

    def close(self) -> None:
        """Let go of the file as it is."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


def read_back(disk: Disk, folder: int, name: str, read: Callable[[int], None]) -> Digest:
    """Return the digest of what lies on the medium: the cache is dropped, and passed by where the system lets us.

    ``read`` hears how many more bytes were read.
    """
    fd = disk.open(name, os.O_RDONLY | os.O_NOFOLLOW, folder)
    try:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        with contextlib.suppress(OSError):  # tmpfs and some others have no direct reading
            direct = disk.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECT, folder)
            os.close(fd)
            fd = direct
        sha256, size = hashlib.sha256(), 0
        with mmap.mmap(-1, PIECE) as buffer:  # direct reading wants memory that begins with a page
            while True:
                try:
                    count = disk.readinto(fd, buffer)
                except OSError as why:
                    if why.errno != errno.EINVAL or size:
                        raise
                    os.close(fd)  # opened, but not able to read so
                    fd = disk.open(name, os.O_RDONLY | os.O_NOFOLLOW, folder)
                    continue
                if not count:
                    return Digest(sha256.hexdigest(), size)
                with memoryview(buffer) as view:
                    sha256.update(view[:count])
                size += count
                read(count)
    finally:
        os.close(fd)


class FolderTarget:
    """A folder that takes packages."""

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        """Raises HandoverError where there is no such folder."""
        self._path, self._disk = folder, disk or Disk()
        self._parent = self._inside = -1
        self._name = ""
        self._file: PartFile | None = None
        try:
            self._parent = self._disk.open(str(folder), os.O_RDONLY | os.O_DIRECTORY)
        except OSError as why:
            raise HandoverError(
                "{folder}: this folder cannot be used ({why}); name another one", folder=folder, why=why.strerror
            ) from why
        self._closing = weakref.finalize(self, os.close, self._parent)

    def fileno(self) -> int:
        """The descriptor of the folder, until ``close``."""
        return self._parent

    def room(self) -> int:
        found = os.fstatvfs(self._parent)
        return found.f_bavail * found.f_frsize

    def clear_leftovers(self, names: Iterable[str]) -> None:
        """Clear away what earlier packages called ``names`` have left half-written, unless it is written just now."""
        for name in names:
            if not _in_use(name + PART, self._parent):
                with contextlib.suppress(OSError):  # it keeps nothing back
                    clear(name + PART, self._parent)

    def begin(self, name: str) -> None:
        if _exists(name, self._parent):
            raise NameTaken("{path}: this package is there already", path=self._path / name)
        if _in_use(name + PART, self._parent):
            raise NameTaken("{path}: another export is writing this package now", path=self._path / name)
        clear(name + PART, self._parent)
        self._name = name
        self._disk.mkdir(name + PART, self._parent)
        self._inside = self._disk.open(name + PART, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, self._parent)
        _lock(self._inside)

    def create(self, name: str) -> PartFile:
        self._file = PartFile(self._disk, self._inside, name)
        return self._file

    def finish(self) -> Path:
        self._disk.fsync(self._inside)
        # A rename would replace an empty folder of this name, so look once more.
        if _exists(self._name, self._parent):
            raise NameTaken("{path}: another package took this name meanwhile; try again", path=self._path / self._name)
        self._disk.rename(self._name + PART, self._name, self._parent)
        self._disk.fsync(self._parent)
        self.leave()  # not before: until it has its name nobody else may take it for a leftover
        return self._path / self._name

    def leave(self) -> None:
        """Let go of the package as it is."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        if self._inside >= 0:
            os.close(self._inside)
            self._inside = -1

    def abandon(self) -> None:
        self.leave()
        if self._name:
            with contextlib.suppress(OSError):
                clear(self._name + PART, self._parent)

    def close(self) -> None:
        """Let go of the folder; whoever forgets it, and a process that goes on, loses nothing."""
        self._closing()
        self._parent = -1


def clear(name: str, at: int) -> None:
    """Remove what an unfinished export has left: the files of one folder. Nothing else; no link is followed."""
    try:
        inside = open_folder(name, at)
    except FileNotFoundError:
        return
    try:
        for entry in os.listdir(inside):
            os.unlink(entry, dir_fd=inside)
    finally:
        os.close(inside)
    os.rmdir(name, dir_fd=at)


def _lock(folder: int) -> bool:
    """Whether nobody else is writing into this folder; until its descriptor is closed nobody else will."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # a file system without locks
    return True


def _in_use(name: str, at: int) -> bool:
    try:
        inside = open_folder(name, at)
    except OSError:
        return False  # nothing there, or nothing of ours: clearing it away will say what
    try:
        return not _lock(inside)
    finally:
        os.close(inside)


def _exists(name: str, at: int) -> bool:
    try:
        os.stat(name, dir_fd=at, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
