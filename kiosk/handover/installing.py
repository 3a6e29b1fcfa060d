"""Keys and programmes that were brought become the kiosk's own: each file is there whole, or as it was before."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from kiosk.handover.protect import KEYS
from kiosk.handover.target import PART

PROGRAMMES = "programmes"


def install_keys(data: Path, keys: tuple[str, ...]) -> None:
    """Put ``keys`` in the place of those of ``data``; durable when it returns. Raises OSError."""
    _put(data / KEYS, "".join(f"{key}\n" for key in keys).encode("ascii"))


def install_programmes(data: Path, files: Mapping[str, bytes]) -> None:
    """Put programme files, by their plain names, into ``data``; durable when it returns. Raises OSError."""
    for name, raw in files.items():
        _put(data / PROGRAMMES / name, raw)


def _put(path: Path, raw: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part = path.with_name(path.name + PART)
    part.unlink(missing_ok=True)
    try:
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(file, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    for folder in (path.parent, path.parent.parent):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
