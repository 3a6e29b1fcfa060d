"""Keys and programmes that were brought become the kiosk's own: all of what was accepted, or nothing of it.

Programmes may lean on each other, so they come in as one set: all are written into a folder of their own, which one
rename makes the accepted one; then each file is moved to its place. A cut in between is made good at the next start.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from kiosk.errors import Unsure
from kiosk.safefiles import sync_folder, write_new

PROGRAMMES = "programmes"
PART = ".coming"
"""Ending of the name of a file that is being written; it is no file yet."""
ACCEPTED = ".accepted"
"""A set on its way to its place, beside the programmes: whole, or not there. The library reads nothing in it."""


def install_keys(data: Path, keys: tuple[str, ...]) -> None:
    """Put ``keys`` in the place of those of ``data``; durable when it returns.

    Raises Unsure where they are in their place, but may not last; any other OSError where nothing was changed.
    """
    from kiosk.package.protection import KEYS  # the way into a package is not loaded at every start

    path = data / KEYS
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part = path.with_name(path.name + PART)
    try:
        part.unlink(missing_ok=True)
        write_new(part, "".join(f"{key}\n" for key in keys).encode("ascii"))
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    with _unsure():
        sync_folder(path.parent)
        sync_folder(data)


def install_programmes(data: Path, files: Mapping[str, bytes]) -> None:
    """Put a set of programme files, by their plain names, into ``data``; durable when it returns.

    Raises Unsure where the set was accepted, but is not in its place; any other OSError where nothing was changed.
    """
    place = data / PROGRAMMES
    place.mkdir(mode=0o700, exist_ok=True)
    settle(data)
    part = place / (ACCEPTED + PART)
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(mode=0o700)
        for name, raw in files.items():
            write_new(part / name, raw)
        sync_folder(part)
        part.rename(place / ACCEPTED)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        raise
    with _unsure():
        sync_folder(place)
        sync_folder(data)
        settle(data)


def settle(data: Path) -> None:
    """Put a set that was accepted into its place, where a power cut came between. Raises OSError."""
    place = data / PROGRAMMES
    accepted = place / ACCEPTED
    if not accepted.is_dir():
        return
    for file in sorted(accepted.iterdir()):
        file.replace(place / file.name)
    sync_folder(place)
    accepted.rmdir()
    sync_folder(place)


@contextlib.contextmanager
def _unsure() -> Iterator[None]:
    try:
        yield
    except OSError as why:
        raise Unsure(*why.args) from why
