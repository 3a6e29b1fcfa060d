"""Where do plain rows lie while a workbook is made, and who clears them away when a kiosk was killed over it?"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kiosk.safefiles import open_folder

PREFIX = "kiosk-tables-"


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder for this process alone, gone at the end. What killed ones left is cleared away first. Raises OSError.

    The lock on a folder tells that somebody works in it: the kernel lets go of it with the process, however that ends.
    """
    sweep()
    place, lock = _locked()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(lock)


def sweep() -> None:
    """Remove folders of this user that have the prefix and that nobody works in; anything else stays."""
    with contextlib.suppress(OSError):
        for found in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            with contextlib.suppress(OSError):
                _remove(found)


def _remove(place: Path) -> None:
    lock = open_folder(place)
    try:
        if os.fstat(lock).st_uid == os.geteuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(place)
    finally:
        os.close(lock)


def _locked() -> tuple[Path, int]:
    """A new folder and its lock; once more where somebody swept it away before it was locked."""
    while True:
        place = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            lock = open_folder(place)
        except FileNotFoundError:
            continue
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if place.exists():
                return place, lock
        os.close(lock)
