"""Places of files, the shipped assets and the data folder; and files opened and written there so that they survive.

No link is followed, and a power cut leaves the old file or the new.
"""

from __future__ import annotations

import os
from pathlib import Path

from kiosk.errors import AssetError

PACKAGE = Path(__file__).resolve().parent


def assets() -> Path:
    """The folder of shipped assets: inside an installed package, beside it in a checkout."""
    for place in (PACKAGE / "assets", PACKAGE.parent / "assets"):
        if place.is_dir():
            return place
    raise AssetError(f"no folder {PACKAGE / 'assets'} and none at {PACKAGE.parent / 'assets'}: install the kiosk again")


def default_data() -> Path:
    """The data folder when none is named: systemd's state directory, else the user's own data home."""
    state = os.environ.get("STATE_DIRECTORY")
    if state:
        return Path(state.split(":")[0])
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "facial-rehab-kiosk"


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
