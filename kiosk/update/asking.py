"""The kiosk's own part of an update: it looks into a staged file, asks for it, says "it works"."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kiosk.safefiles import open_file
from kiosk.update.disk import UpdateDisk, replace_file
from kiosk.update.notes import ItWorks, UpdateWish
from kiosk.update.places import CONFIRM, FILE, FOLDER, REQUEST, WAITS, Places

if TYPE_CHECKING:
    from kiosk.update.bundle import TellShare
    from kiosk.update.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Offered:
    """A staged update, as a kiosk sees it before anybody accepts it."""

    manifest: Manifest
    """Its manifest, whose signature holds."""
    digest: str
    """The hash that stands for all of it."""
    key: str
    """The fingerprint of the key that signed it."""


def staging(data: Path) -> Path:
    """The place of a staged file, in a folder that is there now. Raises OSError."""
    folder = data / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / FILE


def unstage(data: Path) -> None:
    """Nobody wants the staged file any more."""
    with contextlib.suppress(OSError):
        (data / FOLDER / FILE).unlink(missing_ok=True)


def look_into(places: Places, version: str, told: TellShare) -> Offered:
    """The staged file, proved to its last byte, for the kiosk of ``version``. Raises UpdateError, OSError."""
    from kiosk.update.bundle import Bundle  # signatures take a while to load, and few starts need them
    from kiosk.update.keys import read_keys
    from kiosk.update.manifest import check_fits, this_machine

    keys, _wrong = read_keys(places.keys)
    fd = open_file(staging(places.data))
    with os.fdopen(fd, "rb") as file, Bundle(file, keys) as bundle:
        check_fits(bundle.manifest, this_machine(version))
        bundle.prove(told)
        return Offered(bundle.manifest, bundle.digest, bundle.key.fingerprint)


def ask_for(data: Path, digest: str, by: str) -> None:
    """Ask the helper to take in what is staged, and wait for it; lasting when it returns. Raises OSError."""
    wish = UpdateWish(digest, by)
    _leave(data, WAITS, wish)
    _leave(data, REQUEST, wish)


def heard(data: Path) -> bool:
    """Whether the helper has taken the note of ``ask_for``."""
    return not (data / FOLDER / REQUEST).exists()


def withdraw(data: Path) -> None:
    """Nobody asks or waits any more, and nobody wants the staged file.

    A kiosk that starts says so too: from then on somebody may practise, whom no helper may cut off.
    """
    for name in (REQUEST, WAITS):
        with contextlib.suppress(OSError):
            (data / FOLDER / name).unlink(missing_ok=True)
    unstage(data)


def say_works(data: Path, token: str) -> None:
    """Tell the helper that the release on probation works; lasting when it returns. Raises OSError."""
    _leave(data, CONFIRM, ItWorks(token))


def _leave(data: Path, name: str, note: msgspec.Struct) -> None:
    path = staging(data).with_name(name)
    replace_file(UpdateDisk(), path, msgspec.json.encode(note), mode=0o600)
