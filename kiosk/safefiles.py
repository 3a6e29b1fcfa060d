"""Files opened and written so that they survive: no link is followed; a power cut leaves the old file or the new."""

from __future__ import annotations

import os
from pathlib import Path

QUIET = os.O_NOFOLLOW | os.O_CLOEXEC
"""No link is followed, and no child inherits the descriptor."""


def open_folder(path: Path | str, at: int | None = None) -> int:
    """A descriptor of a folder, by its name in the folder ``at``. Raises OSError for a link or anything else."""
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | QUIET, dir_fd=at)


def open_file(path: Path | str, at: int | None = None) -> int:
    """A descriptor to read from, without waiting for a pipe or a device: look whether it is a plain file.

    Raises OSError, of a link with ELOOP.
    """
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | QUIET, dir_fd=at)


def write_new(path: Path, raw: bytes) -> None:
    """A file that was not there, for its owner alone; on the disk when this returns. Raises OSError."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | QUIET, 0o600)
    with open(fd, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(fd)


def sync_folder(path: Path) -> None:
    """Make the names in a folder as durable as the files behind them. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
