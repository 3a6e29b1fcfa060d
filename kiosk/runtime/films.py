"""The folder of films: what lies there, what may still be made, what must go. Films are deleted here, never made.

A film goes when its person takes the consent back, or when it is too old. Room is never made by deleting what nobody
has looked at: where there is none, no new film is made, and staff are told.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk.errors import ContentError, HandoverError
from kiosk.rows.row import WORD
from kiosk.safefiles import sync_folder

PART = ".part"
"""Ending of the name of a file that is not whole. Left behind by a crash, it is of no use to anybody."""


@dataclass(frozen=True, slots=True)
class Held:
    """A ``file`` in the folder of clips, called ``CODE/name``: the ``code`` of its person, its ``size`` in bytes.

    ``age_days``: its age; None: the date is not known.
    """

    file: str
    code: str
    size: int
    age_days: float | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of films."""

    film_bytes: int
    """Most of one film."""
    total_bytes: int
    """Most of all films together."""
    keep_days: int
    """Age at which a film is deleted."""
    free_bytes: int
    """Room on the disk that stays free for the record."""


def refusal(bounds: Bounds, held: Sequence[Held], free_bytes: int) -> str:
    """Return the reason for which no film may be begun now: ``total``, ``disk``, or empty where one may."""
    if sum(film.size for film in held) + bounds.film_bytes > bounds.total_bytes:
        return "total"
    # What is written next to a film is the record, and that comes first.
    return "disk" if free_bytes - bounds.film_bytes < bounds.free_bytes else ""


def doomed(held: Sequence[Held], refused: Collection[str], bounds: Bounds) -> list[tuple[Held, str]]:
    """Return the films that must go, each with its reason: ``part``, ``withdrawn`` or ``age``.

    ``refused``: the codes of those known not to agree (any more). Films of a person who is not known stay: a damaged
    record is no withdrawal.
    """
    found = []
    for film in held:
        if film.file.endswith(PART):
            found.append((film, "part"))
        elif film.code in refused:
            found.append((film, "withdrawn"))
        elif film.age_days is not None and film.age_days > bounds.keep_days:
            found.append((film, "age"))
    return found


FOLDER = "clips"
DAY_S = 86_400
ENCRYPTED = ".age"
_PLACE = re.compile(r"[^/]+/[^/-]+-(\d{1,4})-(\d{1,4})\.mp4(?:\.age)?")


def name_of(code: str, session_id: str, step_order: int, repetition: int, *, encrypted: bool) -> str:
    """Return the place of a step's film, below the folder of clips."""
    return f"{code}/{session_id}-{step_order}-{repetition}.mp4{ENCRYPTED if encrypted else ''}"


def session_of(file: str) -> str:
    """The session whose film ``file`` is, as ``name_of`` called it."""
    return file.rpartition("/")[2].partition("-")[0]


def code_of(file: str) -> str:
    """Return the code of the person whose film ``file`` is, as ``name_of`` called it."""
    return file.partition("/")[0]


def place_of(file: str) -> tuple[int, int] | None:
    """The step and the repetition of a whole film, as ``name_of`` called it; None: it is none."""
    found = _PLACE.fullmatch(file)
    return None if found is None else (int(found[1]), int(found[2]))


def seal(data: Path, file: str) -> tuple[int, str]:
    """Size and SHA-256 of a film. Raises OSError."""
    with (data / FOLDER / file).open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        return content.tell(), sha256


def held(data: Path, now: datetime | None) -> tuple[Held, ...]:
    """Everything in the folder of clips; ``now`` None: the clock cannot be trusted, and nothing has an age.

    Raises OSError where the folder cannot be read; no folder is an empty one.
    """
    found = []
    folder = data / FOLDER
    for path in sorted(folder.glob("*/*")):
        try:
            seen = path.lstat()
        except FileNotFoundError:
            continue  # renamed or deleted since: the film before is being written just now, or an old one swept
        code = path.parent.name if WORD.fullmatch(path.parent.name) else ""  # whoever put that there was no kiosk
        age = None if now is None else (now.timestamp() - seen.st_mtime) / DAY_S
        found.append(Held(f"{path.parent.name}/{path.name}", code, seen.st_size, age))
    return tuple(found)


def remove(data: Path, files: Iterable[str]) -> list[str]:
    """Delete these files, and folders that are empty then; those that are still there although they should not be.

    On flash memory the bytes may outlive their name until the card writes over them.
    """
    left, folders = [], set()
    for file in files:
        path = data / FOLDER / file
        try:
            path.unlink(missing_ok=True)
        except OSError:
            left.append(file)
        folders.add(path.parent)
    for folder in folders:
        try:
            if any(folder.iterdir()):
                sync_folder(folder)
            else:
                folder.rmdir()
                sync_folder(folder.parent)
        except OSError:
            continue  # what counts is whether the films are gone
    return left


def erase(data: Path, code: str) -> list[str]:
    """Delete everything in the folder of ``code``; what is still there although it should not be."""
    return remove(data, [f"{code}/{path.name}" for path in sorted((data / FOLDER / code).glob("*"))])


def recipients(data: Path) -> tuple[str, ...]:
    """The clinic's keys, as packages have them; empty: no file, films are not encrypted.

    Raises ContentError where the file is there and does not hold good keys: then no film may be made at all.
    """
    from kiosk.package.protection import KEYS, recipients

    if not (data / KEYS).exists():
        return ()
    try:
        return recipients(data)
    except (HandoverError, OSError) as why:
        raise ContentError(f"{data / KEYS}: no clips are made until it is right: {why}") from why
