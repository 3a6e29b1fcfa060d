"""Which films may still be made, and which must go? Pure: sizes, ages and consents in, words out.

A film goes when its person takes the consent back, or when it is too old. Room is never made by deleting what nobody
has looked at: where there is none, no new film is made, and staff are told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

PART = ".part"
"""How the name of a file ends that is not whole. Left behind by a crash, it is of no use to anybody."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file in the folder of clips: ``CODE/name``, whose it is, its size, its age (None: the date is not known)."""

    file: str
    code: str
    size: int
    age_days: float | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What films may take: each, all together, for how long, and what of the disk stays free for the record."""

    film_bytes: int
    total_bytes: int
    keep_days: int
    free_bytes: int


def refusal(bounds: Bounds, held: Sequence[Held], free_bytes: int) -> str:
    """Why no film may be begun now: ``total``, ``disk``, or empty where one may."""
    if sum(film.size for film in held) + bounds.film_bytes > bounds.total_bytes:
        return "total"
    # What is written next to a film is the record, and that comes first.
    return "disk" if free_bytes - bounds.film_bytes < bounds.free_bytes else ""


def doomed(held: Sequence[Held], refused: Collection[str], bounds: Bounds) -> list[tuple[Held, str]]:
    """What must go, and why: ``part``, ``withdrawn`` or ``age``. ``refused``: who is known not to agree (any more).

    Films of a person who is not known stay: a damaged record is no withdrawal.
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
