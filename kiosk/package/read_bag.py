"""The bag in one zip file of a package as read: no file is believed beyond its size, its place and its hash."""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyrage
import pyzipper
from isal import isal_zlib
from pyzipper.zipfile_aes import AESZipExtFile

from kiosk.errors import PackageError, WrongKey
from kiosk.package import outer
from kiosk.package.bag import BAGIT
from kiosk.package.outer import open_file
from kiosk.package.protection import Keys, ProtectionMethod

PIECE = 64 << 10
"""Bytes that are read at a time: what is made of them stays in a processor's cache; twice as many cost a tenth more."""
MOST_MEMBERS = 100_000
MOST_RATIO, FREE_BYTES = 200, 16 << 20
"""A file, and all files together, may unpack to this many times their size; the first bytes are free. Tables of ours
come to 30; a bomb to 1,000 and more."""
MOST_TAG_BYTES = 32 << 20
"""Most bytes of a tag file."""
TAGS = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")
BROKEN: Any = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    pyzipper.BadZipFile,  # a class of its own
    pyzipper.LargeZipFile,
    zlib.error,
    isal_zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
    KeyError,
    OSError,
)
"""Errors of reading a zip file that is none, or no more."""


class _Member(AESZipExtFile):  # type: ignore[misc]
    """A file of a zip, unpacked by Intel's ISA-L (on ARM as well): in a third of zlib's time, with the same checks."""

    def get_decompressor(self, compress_type: int) -> Any:
        if compress_type == zipfile.ZIP_DEFLATED:
            return isal_zlib.decompressobj(-isal_zlib.MAX_WBITS)
        return super().get_decompressor(compress_type)

    _running_crc: int

    def _update_crc(self, newdata: bytes) -> None:
        self._running_crc = isal_zlib.crc32(newdata, self._running_crc)


class _Zip(pyzipper.AESZipFile):  # type: ignore[misc]
    zipextfile_cls = _Member


class Bag:
    """The bag in one zip file. Every method raises PackageError; WrongKey when that alone is the reason.

    ``way``: how it was protected, as far as it was really opened so.
    """

    def __init__(self, path: Path, keys: Keys) -> None:
        self.name = path.name
        self._file: IO[bytes] = _opened(path, keys)
        try:
            with self._reading(self.name):
                self._zip: Any = _Zip(self._file)
            self._members = self._checked()
            self.top = next(iter(self._members)).partition("/")[0]
            self.way = self._unlocked(keys, sealed=path.suffix == ".age")
            self.payload = self._listed()
        except BaseException:  # an interrupt too: nobody else has the bag to close it
            self._file.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of a payload file, by its path below ``data/``; at their end they are as the bag says."""
        expected = self.payload.get(f"data/{path}")
        if expected is None:
            raise PackageError(f"{self.name}: {path} is missing")
        yield from self._hashed(f"data/{path}", expected)

    def whole(self, path: str, most: int) -> bytes:
        """A small payload file."""
        self._not_above(f"data/{path}", most)
        return b"".join(self.chunks(path))

    def _hashed(self, path: str, expected: str) -> Iterator[bytes]:
        sha256 = hashlib.sha256()
        for piece in self._pieces(path):
            sha256.update(piece)
            yield piece
        if sha256.hexdigest() != expected:
            raise PackageError(f"{self.name}: {path} is not as it was written (its hash differs)")

    def _pieces(self, path: str) -> Iterator[bytes]:
        """Yield the content of a member; never more than its directory entry says. Raises PackageError."""
        member = self._members.get(f"{self.top}/{path}")
        if member is None:
            raise PackageError(f"{self.name}: {path} is missing")
        left = member.file_size
        with self._reading(f"{self.name}: {path}"), self._zip.open(member) as file:
            while piece := file.read(PIECE):
                left -= len(piece)
                yield piece
        if left:
            raise PackageError(f"{self.name}: {path} is shorter than it says: the file is damaged")

    def _checked(self) -> dict[str, Any]:
        """The members by name. Nothing has been read of them yet."""
        found: dict[str, Any] = {}
        members = self._zip.infolist()
        if not 0 < len(members) <= MOST_MEMBERS:
            raise PackageError(f"{self.name}: {len(members)} files in it: this is no bag of ours")
        folded: set[str] = set()
        unpacked = packed = 0
        for member in members:
            name = member.filename
            if not outer.is_plain(name) or stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
                raise PackageError(
                    f"{self.name}: {name[:60]!r} is a name or kind of file that no kiosk writes: do not open it"
                )
            # Where small and large letters are the same, the second would be unpacked over the first.
            if name.casefold() in folded:
                raise PackageError(f"{self.name}: {name[:60]!r} is in it twice: do not open it")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise PackageError(f"{self.name}: {name[:60]!r} is packed in a way that no kiosk uses")
            _not_a_bomb(self.name, member.file_size, member.compress_size)
            unpacked, packed = unpacked + member.file_size, packed + member.compress_size
            found[name] = member
            folded.add(name.casefold())
        _not_a_bomb(self.name, unpacked, packed)
        if packed > os.fstat(self._file.fileno()).st_size:
            raise PackageError(f"{self.name}: its files overlap: do not open it")
        if len({name.partition("/")[0] for name in found}) != 1:
            raise PackageError(f"{self.name}: a bag is one top folder; this is no bag of ours")
        return found

    def _unlocked(self, keys: Keys, *, sealed: bool) -> ProtectionMethod:
        """Find the passphrase that opens it, where one is needed. ``sealed``: an identity has opened it already."""
        first = self._members.get(f"{self.top}/bagit.txt")
        if first is None:
            raise PackageError(f"{self.name}: bagit.txt is missing: this is no bag of ours")
        locked = sum(member.flag_bits & 1 for member in self._members.values())
        if not locked and sealed:
            return ProtectionMethod.RECIPIENTS
        if not locked:
            # Whoever has no words can still write a package without any, and call it as the real one.
            if keys and not keys.plain:
                raise PackageError(
                    f"{self.name}: this package is not protected, although words or a key were given: somebody else "
                    "may have made it; if this kiosk's setting is none, verify it without them, or merge with --plain"
                )
            return ProtectionMethod.NONE
        if locked < len(self._members):
            raise PackageError(
                f"{self.name}: only some of its files are encrypted: no kiosk writes that; do not open it"
            )
        if not keys.passphrases:
            raise WrongKey(f"{self.name}: it opens with a passphrase only, and none was given")
        for passphrase in keys.passphrases:
            self._zip.setpassword(passphrase.encode("utf-8"))
            try:
                with self._zip.open(first) as file:
                    file.read(1)
            except BROKEN:
                continue
            return ProtectionMethod.PASSPHRASE
        raise WrongKey(f"{self.name}: the words do not open it; look at each word once more")

    def _listed(self) -> dict[str, str]:
        """The payload by the bag's own manifest, after everything around it was found right."""
        tags = {name: self._tag(name) for name in TAGS}
        if tags["bagit.txt"].replace(b"\r\n", b"\n") != BAGIT:
            raise PackageError(f"{self.name}: bagit.txt is of another version than 1.0")
        listed = outer.read_manifest(tags["tagmanifest-sha256.txt"], f"{self.name}: tagmanifest-sha256.txt")
        if set(listed) != set(TAGS[:3]):
            raise PackageError(f"{self.name}: tagmanifest-sha256.txt lists other files than there are")
        for name, sha256 in listed.items():
            if hashlib.sha256(tags[name]).hexdigest() != sha256:
                raise PackageError(f"{self.name}: {name} is not as it was written (its hash differs)")
        payload = outer.read_manifest(tags["manifest-sha256.txt"], f"{self.name}: manifest-sha256.txt")
        there = {name.partition("/")[2] for name in self._members} - set(TAGS)
        for name in sorted(there ^ set(payload)):
            wrong = "not listed" if name in there else "missing"
            raise PackageError(f"{self.name}: {name[:60]!r} is {wrong}")
        return payload

    def _tag(self, name: str) -> bytes:
        self._not_above(name, MOST_TAG_BYTES)
        return b"".join(self._pieces(name))

    def _not_above(self, path: str, most: int) -> None:
        member = self._members.get(f"{self.top}/{path}")
        if member is not None and member.file_size > most:
            raise PackageError(f"{self.name}: {path} has {member.file_size} bytes; at most {most} are right")

    @contextmanager
    def _reading(self, what: str) -> Iterator[None]:
        try:
            yield
        except PackageError:
            raise
        except BROKEN as why:
            raise PackageError(f"{what} cannot be read: the file is damaged or cut off ({why})") from None


def _not_a_bomb(name: str, unpacked: int, packed: int) -> None:
    if unpacked > FREE_BYTES + MOST_RATIO * packed:
        raise PackageError(f"{name}: it would unpack to {unpacked} bytes from {packed}: do not open it")


def _opened(path: Path, keys: Keys) -> IO[bytes]:
    """The zip file; what is encrypted to keys is decrypted into a file that has no name."""
    sealed = os.fdopen(open_file(path), "rb")
    if path.suffix != ".age":
        return sealed
    with sealed:
        if not keys.identities:
            raise WrongKey(f"{path.name}: it is encrypted to the keys of the clinic, and no identity was given")
        plain = tempfile.TemporaryFile()  # noqa: SIM115 handed to the caller
        try:
            pyrage.decrypt_io(sealed, plain, list(keys.identities))
        except (pyrage.DecryptError, OSError, ValueError) as why:
            plain.close()
            if "matching keys" in str(why):
                raise WrongKey(f"{path.name}: it is encrypted to other keys than the identity that was given") from None
            raise PackageError(f"{path.name} cannot be decrypted: the file is damaged or cut off ({why})") from None
        plain.seek(0)
        return plain
