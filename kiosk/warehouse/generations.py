"""A published folder: one generation after the other, whole behind the link ``current``, or not there at all.

```
DIR/current -> g000002
DIR/g000002/published.json          what it is; MANIFEST.sha256: every file, for sha256sum -c
DIR/g000002/sessions/site=s-007/month=2026-03/part-….parquet
```

What a site had before and has still is the same file, by a hard link. A name stands for its content, so that whoever
copies the folder elsewhere copies what is new.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from kiosk.errors import ClinicError
from kiosk.safefiles import sync_folder

CURRENT = "current"
STATE = "published.json"
HASHES = "MANIFEST.sha256"
PART = ".part"
GENERATION = re.compile(r"g([0-9]{6,})")
OURS = re.compile(rf"{GENERATION.pattern}({re.escape(PART)})?|{CURRENT}{re.escape(PART)}")


class PublishedState(msgspec.Struct, frozen=True, kw_only=True):
    """A generation's words on itself: a ``format``, its number (``generation``), the program (``app_version``).

    ``schema_version``: that of the columns, which ``tables`` describes; ``zone``: that of all moments. ``kiosks``: site
    and digest of the merged packages of each; ``rows`` of each table.
    """

    format: str = "facial-rehab-kiosk published tables"
    schema_version: str
    app_version: str
    zone: str
    generation: int
    kiosks: dict[str, tuple[str, str]]
    rows: dict[str, int]
    tables: dict[str, list[dict[str, Any]]]


class PublishedFolder:
    """The folder ``place``, for as long as nobody else writes to it (see ``writing``)."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.current = place / CURRENT

    def state(self) -> PublishedState | None:
        """Return the words of the current generation; None where there is none that can be read."""
        try:
            return msgspec.json.decode((self.current / STATE).read_bytes(), type=PublishedState)
        except (OSError, msgspec.DecodeError):
            return None

    def hashes(self) -> Iterator[tuple[str, str]]:
        """Each file of the current generation with its SHA-256. Raises OSError."""
        with (self.current / HASHES).open(encoding="ascii") as lines:
            for line in lines:
                digest, _, path = line.rstrip("\n").partition("  ")
                yield path, digest

    def begin(self) -> tuple[int, Path]:
        """A new generation: its number, and the folder to fill."""
        found = [int(m[1]) for entry in self.place.iterdir() if (m := GENERATION.fullmatch(entry.name))]
        number = max(found, default=0) + 1
        fresh = self.place / f"g{number:06d}{PART}"
        fresh.mkdir()
        return number, fresh

    def show(self, fresh: Path) -> None:
        """Make a filled generation the current one, at once, and let go of those of before: they may hold persons that
        have been erased. Raises OSError.
        """
        whole = fresh.with_name(fresh.name.removesuffix(PART))
        sync_tree(fresh)
        os.rename(fresh, whole)
        link = self.place / f"{CURRENT}{PART}"
        os.symlink(whole.name, link)
        sync_folder(self.place)
        os.replace(link, self.current)
        sync_folder(self.place)
        self.tidy()

    def tidy(self) -> None:
        """Remove what the link ``current`` does not lead to: unfinished and earlier generations."""
        kept = os.readlink(self.current) if self.current.is_symlink() else ""
        for entry in list(self.place.iterdir()):
            if not OURS.fullmatch(entry.name) or entry.name == kept:
                continue
            if entry.is_symlink():
                entry.unlink()
            elif entry.is_dir():
                shutil.rmtree(entry)


@contextmanager
def writing(place: Path) -> Iterator[PublishedFolder]:
    """The folder, made where there is none; nobody else writes to it meanwhile, and nothing half-made is in it after.

    Raises ClinicError where another program does, or something that is not ours is in the way; OSError.
    """
    place.mkdir(parents=True, exist_ok=True)
    folder = PublishedFolder(place)
    if folder.current.exists() and not folder.current.is_symlink():
        raise ClinicError(f"{folder.current}: this was not published by this program; name another folder")
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ClinicError(f"{place}: somebody else publishes to it just now; try again when that is done") from None
        folder.tidy()
        try:
            yield folder
        finally:
            folder.tidy()
    finally:
        os.close(descriptor)


def sync_tree(top: Path) -> None:
    """Make all names below a folder as durable as the files behind them. Raises OSError."""
    for here, _, _ in os.walk(top):
        sync_folder(Path(here))
