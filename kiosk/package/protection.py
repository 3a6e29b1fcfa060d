"""The ways to protect a package: five random words, keys of the clinic, or none; and the keys that open it."""

from __future__ import annotations

import codecs
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyrage

from kiosk import paths
from kiosk.errors import HandoverError, PackageError, marked

WORDS, LEAST_WORDS = 5, 7_776
"""Five words of 7,776 are 64 bits: enough for a password whose every guess costs, and short enough to write down."""
LONGEST = 32
"""poppler's tools read no more characters of a password, and somebody has to write them down: one set of five words in
28 is short enough, which leaves 59.8 of the 64.6 bits."""
_DRAWS = 10_000
WORD_LIST = Path("words") / "eff-long.txt"
KEYS = Path("keys") / "recipients.txt"
LEAST_KEYS, MOST_KEYS = 2, 20
"""One key that is lost with its computer would lose everything: a second one lies in a safe."""
KEY = re.compile(r"age1[02-9ac-hj-np-z]{58}")
MOST_KEY_BYTES = 16 << 10


class ProtectionMethod(StrEnum):
    """The method by which a package is protected."""

    PASSPHRASE = "passphrase"  # noqa: S105 the name of a way, not a secret
    RECIPIENTS = "recipients"
    NONE = "none"


@dataclass(frozen=True, slots=True, repr=False)
class Protection:
    """The protection of one package: a ``passphrase``, the ``keys`` of those who may read it, or (neither) none."""

    passphrase: str = ""
    keys: tuple[str, ...] = ()

    @property
    def way(self) -> ProtectionMethod:
        """Its name."""
        return (
            ProtectionMethod.RECIPIENTS
            if self.keys
            else ProtectionMethod.PASSPHRASE
            if self.passphrase
            else ProtectionMethod.NONE
        )

    @property
    def suffix(self) -> str:
        """Ending of the names of personal files."""
        return ".age" if self.keys else ""

    @property
    def password(self) -> str | None:
        """The password that the PDF, the workbook and the zip files get of their own."""
        return self.passphrase or None


def protection(way: ProtectionMethod, data: Path, assets: Path | None = None) -> Protection:
    """A new protection: fresh words, or the keys of ``data``. Raises HandoverError where there are not enough keys."""
    if way is ProtectionMethod.PASSPHRASE:
        return Protection(passphrase=new_passphrase(assets))
    return Protection(keys=recipients(data)) if way is ProtectionMethod.RECIPIENTS else Protection()


def new_passphrase(assets: Path | None = None) -> str:
    """Five words that nobody can guess, ``LONGEST`` characters in all at most.

    Raises HandoverError when the list is not what it should be.
    """
    path = (assets or paths.assets()) / WORD_LIST
    try:
        words = tuple(dict.fromkeys(path.read_text(encoding="ascii").split()))
    except (OSError, UnicodeDecodeError) as why:
        raise HandoverError(
            "{path}: the list of words cannot be read ({why}); install the kiosk again", path=path, why=why
        ) from None
    if len(words) < LEAST_WORDS:
        raise HandoverError(
            "{path}: {n} words; {least} are needed; install the kiosk again", path=path, n=len(words), least=LEAST_WORDS
        )
    for _ in range(_DRAWS):
        # Drawn anew as a whole: each set of five that is short enough stays as likely as any other.
        passphrase = " ".join(secrets.choice(words) for _ in range(WORDS))
        if len(passphrase) <= LONGEST:
            return passphrase
    raise HandoverError(
        "{path}: its words are too long to make {longest} characters of five; install the kiosk again",
        path=path,
        longest=LONGEST,
    )


def tidy(passphrase: str) -> str:
    """A passphrase as somebody typed it, as it was made: small letters, one space between words."""
    return " ".join(passphrase.lower().split())


def lines_of(raw: bytes) -> Iterator[tuple[int, str]]:
    """The lines of a file of words or keys, with their numbers from 1, as any editor saves it; without comments (#).

    A byte order mark and characters that nobody sees are no part of a line. What is not UTF-8 is in a code page of
    Windows. Raises UnicodeError with what to do for UTF-16.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or 3 * raw.count(0) > len(raw):
        raise UnicodeError(marked('it is saved as UTF-16 (in some editors: "Unicode"); save it again as UTF-8'))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    for number, line in enumerate(text.splitlines(), 1):
        told = "".join(" " if char.isspace() else char for char in line if unicodedata.category(char) != "Cf").strip()
        if told and not told.startswith("#"):
            yield number, told


def recipients(data: Path) -> tuple[str, ...]:
    """The keys that are installed in ``data``. Raises HandoverError, saying what to do, where they are not right."""
    path = data / KEYS
    try:
        raw = path.read_bytes()[: MOST_KEY_BYTES + 1]
    except FileNotFoundError:
        raise HandoverError(
            "{path}: no keys are installed; write at least {least} age keys there, one a line, "
            "or choose the protection passphrase",
            path=path,
            least=LEAST_KEYS,
        ) from None
    return read_recipients(raw, str(path))


def read_recipients(raw: bytes, what: str) -> tuple[str, ...]:
    """The keys of a file: one a line; what follows a # says nothing. Raises HandoverError with place and reason.

    Only X25519 keys (``age1…``): they can be read aloud, and nothing else must be installed to use them.
    """
    if len(raw) > MOST_KEY_BYTES:
        raise HandoverError(
            "{what}: a file of keys has at most {most} bytes; write only the keys", what=what, most=MOST_KEY_BYTES
        )
    found: list[str] = []
    try:
        lines = list(lines_of(raw))
    except UnicodeError as why:
        raise HandoverError("{what}: {why}", what=what, why=str(why)) from None
    for number, line in lines:
        key = line.partition("#")[0].strip()
        if key.upper().startswith("AGE-SECRET-KEY"):
            raise HandoverError(
                "{what}, line {number}: this is a SECRET key; it must not be here. Put the public key (age1…) there, "
                "and make new keys, because this one has been shown",
                what=what,
                number=number,
            )
        if not KEY.fullmatch(key) or not _usable(key):
            wrong = marked("{what}, line {number}: this is no age key (age1 and 58 characters); copy it again")
            raise HandoverError(wrong, what=what, number=number)
        if key in found:
            wrong = marked("{what}, line {number}: this key stands there twice; the second must be another one")
            raise HandoverError(wrong, what=what, number=number)
        found.append(key)
    if not LEAST_KEYS <= len(found) <= MOST_KEYS:
        raise HandoverError(
            "{what}: {n} keys; from {least} to {most} are needed, so that one that is lost is not the end of all data",
            what=what,
            n=len(found),
            least=LEAST_KEYS,
            most=MOST_KEYS,
        )
    return tuple(found)


def fingerprint(key: str) -> str:
    """A public key in sixteen figures, in groups of four, to be compared by eye."""
    text = hashlib.sha256(key.encode("ascii")).hexdigest()[:16]
    return " ".join(text[at : at + 4] for at in range(0, 16, 4))


def _usable(key: str) -> bool:
    try:
        pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        return False
    return True


def seal(chunks: Iterable[bytes], write: Callable[[bytes], Any], keys: tuple[str, ...]) -> None:
    """Encrypt ``chunks`` to every one of ``keys``, as a stream. What goes wrong in either end is raised as it was."""
    source, sink = _Source(iter(chunks)), _Sink(write)
    failure: BaseException | None = None
    try:
        pyrage.encrypt_io(source, sink, [pyrage.x25519.Recipient.from_str(key) for key in keys])
    except Exception as why:
        failure = why
    # pyrage changes an error of its ends into one of its own, or swallows it: what they raised is kept by them.
    failure = source.trouble or sink.trouble or failure
    if failure is not None:
        raise failure


class _Source:
    """A file to read from, made of pieces; ``trouble`` is what went wrong."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._left = chunks, b""
        self.trouble: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._left:
                self._left = next(self._chunks)
        except StopIteration:
            return b""
        except BaseException as trouble:  # an interrupt too: pyrage would swallow it
            self.trouble = trouble
            raise
        if size < 0:
            size = len(self._left)
        piece, self._left = self._left[:size], self._left[size:]
        return piece


class _Sink:
    """A file to write to, made of a function; ``trouble`` is what went wrong."""

    def __init__(self, write: Callable[[bytes], Any]) -> None:
        self._write = write
        self.trouble: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            self._write(bytes(data))
        except BaseException as trouble:  # an interrupt too: pyrage would swallow it
            self.trouble = trouble
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Everything that may open a package, ``passphrases`` and ``identities``; whatever fits is used.

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
