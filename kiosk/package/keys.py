"""What opens a package: passphrases and age identities, read from the files in which the clinic keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage

from kiosk.errors import PackageError
from kiosk.package.protection import lines_of, tidy

MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Everything that may open a package; whatever fits is used.

    ``plain``: a package that nothing protects is taken although there are keys; else it is refused.
    """

    passphrases: tuple[str, ...] = ()
    identities: tuple[Any, ...] = ()
    plain: bool = False

    def __bool__(self) -> bool:
        return bool(self.passphrases or self.identities)


def read_passphrases(path: Path) -> Keys:
    """One passphrase a line; lines that begin with # say nothing. Raises PackageError where there is none."""
    found = tuple(dict.fromkeys(tidy(line) for line in _lines(path)))
    if not found:
        raise PackageError(f"{path}: no passphrase in it; write the five words in one line")
    return Keys(passphrases=found)


def read_identities(path: Path) -> Keys:
    """Age identities (``AGE-SECRET-KEY-1…``), one a line. Raises PackageError with the line that is none."""
    found = []
    for number, line in enumerate(_lines(path), 1):
        try:
            found.append(pyrage.x25519.Identity.from_str(line))
        except pyrage.IdentityError:
            raise PackageError(f"{path}: key {number} is no age identity (AGE-SECRET-KEY-1…)") from None
    if not found:
        raise PackageError(f"{path}: no age identity in it (AGE-SECRET-KEY-1…)")
    return Keys(identities=tuple(found))


def read_keys(passphrases: Path | None, identities: Path | None, *, plain: bool = False) -> Keys:
    """The keys of the files that were named, if any. Raises PackageError when one cannot be read."""
    words = read_passphrases(passphrases).passphrases if passphrases else ()
    return Keys(words, read_identities(identities).identities if identities else (), plain)


def _lines(path: Path) -> Sequence[str]:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as why:
        raise PackageError(f"{path}: cannot be read ({why.strerror})") from None
    if len(raw) > MOST_BYTES:
        raise PackageError(f"{path}: more than {MOST_BYTES} bytes: this is no file of keys")
    try:
        return [line for _, line in lines_of(raw)]
    except UnicodeError as why:
        raise PackageError(f"{path}: {why}") from None
