"""The small files by which kiosk and helper tell each other how it stands."""

from __future__ import annotations

import os
import stat
from typing import TypeVar

import msgspec

from kiosk.errors import KioskError, UpdateError
from kiosk.safefiles import open_file
from kiosk.update.places import LAST, PROBATION, Places
from kiosk.update.probation import IDLE, Probation, ProbationPhase, UpdateEnding

MOST_NOTE = 64 << 10

Note = TypeVar("Note", bound=msgspec.Struct)


class UpdateWish(msgspec.Struct, frozen=True):
    """Wish for the staged update whose manifest has the hash ``digest``. ``by``: the slot that accepted it."""

    digest: str
    by: str = ""


class ItWorks(msgspec.Struct, frozen=True):
    """Word of the release that is tried: ``token`` is the probation's."""

    token: str


class LastUpdate(msgspec.Struct, frozen=True):
    """The end of the last update, for staff."""

    ending: UpdateEnding
    """The way in which it ended."""
    version: str = ""
    """The release that was to come; empty: it was never known."""
    before: str = ""
    """The release that was there before."""
    template: str = ""
    """A sentence with ``fields``, where it was refused: as of ``KioskError``."""
    fields: dict[str, str] = {}
    """Its fields."""
    token: str = ""
    """The token of its probation; empty: there was none."""


def sentence_of(why: KioskError | OSError) -> UpdateError:
    """The reason for which an update is not taken, as it is said."""
    if isinstance(why, UpdateError):
        return why
    said = why.strerror if isinstance(why, OSError) and why.strerror else str(why)
    return UpdateError("The kiosk's disk did not do what this update needs ({why}).", why=said)


def read_note(place: str | os.PathLike[str], kind: type[Note], at: int | None = None) -> Note | None:
    """A small file that was written whole; None where there is none, or something else."""
    try:
        fd = open_file(os.fspath(place), at)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return None
        return msgspec.json.decode(os.read(fd, MOST_NOTE), type=kind)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    finally:
        os.close(fd)


def probation_of(places: Places) -> Probation:
    """The update that is under way; idle where there is none."""
    return read_note(places.state / PROBATION, Probation) or IDLE


def last_of(places: Places) -> LastUpdate | None:
    """The end of the last one; None: there was none."""
    return read_note(places.state / LAST, LastUpdate)


def last_written(places: Places) -> int:
    """A number that changes whenever the end of an update is written down; 0: there was none."""
    try:
        return (places.state / LAST).stat().st_mtime_ns
    except OSError:
        return 0


def on_probation(places: Places, version: str) -> Probation | None:
    """The probation of the release ``version``, which is not confirmed yet; None: it is not tried."""
    probation = probation_of(places)
    tried = probation.phase in (ProbationPhase.TRYING, ProbationPhase.RETURNING) and probation.version == version
    return probation if tried else None
