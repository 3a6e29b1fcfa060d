"""Everything that an update changes on a disk, in one place, so that a test can let any of it fail, or lose it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from kiosk.safefiles import QUIET, open_file, sync_folder

PIECE = 1 << 20
PART = ".part"
"""UpdateEnding of the name of what is not whole yet."""


class UpdateDisk:
    """The steps that change something. All raise OSError, and none follows a link in the last part of a name."""

    def create(self, path: Path, pieces: Iterable[bytes], *, mode: int = 0o644) -> None:
        """A file that was not there. It lasts once it was synchronized."""
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | QUIET, 0o600)
        with open(fd, "wb") as file:
            for piece in pieces:
                file.write(piece)
            os.fchmod(fd, mode)

    def sync_file(self, path: Path) -> None:
        fd = open_file(path)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def sync_folder(self, path: Path) -> None:
        sync_folder(path)

    def sync_all(self) -> None:
        """Everything that was written until now lasts: for thousands of files, which one by one take minutes."""
        os.sync()

    def mkdir(self, path: Path, mode: int = 0o755) -> None:
        path.mkdir(mode)

    def rename(self, old: Path, new: Path) -> None:
        old.rename(new)

    def link(self, path: Path, target: str) -> None:
        path.symlink_to(target)

    def unlink(self, path: Path) -> None:
        path.unlink()

    def rmdir(self, path: Path) -> None:
        path.rmdir()

    def compile(self, folder: Path) -> None:
        """Translate the programs of a release, which nobody could store later: it is root's."""
        import compileall  # only a helper that takes an update in needs it

        compileall.compile_dir(folder, quiet=2, workers=1)


def replace_file(disk: UpdateDisk, path: Path, raw: bytes, *, mode: int = 0o644) -> None:
    """A small file, whole and lasting when this returns; before that the old one. Raises OSError."""
    part = path.with_name(path.name + PART)
    remove(disk, part)
    disk.create(part, [raw], mode=mode)
    disk.sync_file(part)
    disk.rename(part, path)
    disk.sync_folder(path.parent)


def point(disk: UpdateDisk, link: Path, target: str) -> None:
    """Let ``link`` name ``target``; at no moment does it name nothing. Raises OSError."""
    part = link.with_name(f".{link.name}{PART}")
    remove(disk, part)
    disk.link(part, target)
    disk.rename(part, link)
    disk.sync_folder(link.parent)


def remove(disk: UpdateDisk, path: Path) -> None:
    """A file, a link, or a folder with all that is in it; nothing where there is none. Raises OSError."""
    if path.is_symlink() or path.is_file():
        disk.unlink(path)
    elif path.is_dir():
        for inner in sorted(path.iterdir()):
            remove(disk, inner)
        disk.rmdir(path)


def pieces_of(fd: int) -> Iterator[bytes]:
    """The content of an open file, piece by piece. Raises OSError."""
    while piece := os.read(fd, PIECE):
        yield piece


def sha256_of(path: Path) -> str:
    """The hash of a plain file as the medium holds it, as far as the system forgets what it keeps of it in memory.

    Raises OSError.
    """
    fd = open_file(path)
    try:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        found = hashlib.sha256()
        for piece in pieces_of(fd):
            found.update(piece)
        return found.hexdigest()
    finally:
        os.close(fd)
