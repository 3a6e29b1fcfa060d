"""The outer check of a package, without a key: files and hashes as ``sha256sum`` writes them, all there, as written."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kiosk import safefiles
from kiosk.errors import PackageError
from kiosk.package.target import PART

FILE = "MANIFEST.sha256"
NO_SITE = "NOSITE"
MOST_LINES = 200_000
LINE = re.compile(r"([0-9a-f]{64}) [ *](.{1,300})")


def package_name(site: str, device_id: str, selection: str, seq: int) -> str:
    """The name of a package's folder; letters, digits, hyphens and underscores only."""
    parts = (site or NO_SITE, device_id, selection)
    clean = [re.sub(r"[^A-Z0-9-]", "-", part.upper())[:12] for part in parts]
    return f"FK_{'_'.join(clean)}_{seq:06d}"


def manifest_bytes(files: Iterable[tuple[str, str]]) -> bytes:
    """A list for ``sha256sum -c`` from (name, SHA-256 in hexadecimal), by name."""
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(files)).encode("utf-8")


def read_manifest(raw: bytes, what: str) -> dict[str, str]:
    """Name to hash. ``what`` names the list in messages. Raises PackageError for anything that is no such list."""
    try:
        lines = raw.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise PackageError(f"{what} is no list of hashes: the file was changed or is damaged") from None
    if len(lines) > MOST_LINES:
        raise PackageError(f"{what} has more than {MOST_LINES} lines: that is no list of ours")
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        match = LINE.fullmatch(line)
        if match is None:
            raise PackageError(
                f"{what}, line {number}: this is no hash with a name: the file was changed or is damaged"
            )
        sha256, name = match.groups()
        if not is_plain(name):
            raise PackageError(f"{what}, line {number}: a name that leads out of the package; do not open it")
        if name in found:
            raise PackageError(f"{what}, line {number}: a name stands there twice")
        found[name] = sha256
    return found


def is_plain(path: str) -> bool:
    """Whether a path stays below the folder it is told in, and means the same on every system."""
    parts = path.split("/")
    return (
        all(part not in ("", ".", "..") and not part.startswith("~") for part in parts)
        and not set(path) & set('\\:*?"<>|')
        and path.isprintable()
    )


MOST_FILES = 100
MOST_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Outer:
    """A package at ``path`` whose ``files`` (name → SHA-256) are as its list says, of the hash ``manifest_sha256``."""

    path: Path
    files: dict[str, str]
    manifest_sha256: str


def check_outer(path: Path) -> Outer:
    """Compare every file with the manifest. Raises PackageError with the first reason why not."""
    if path.name.endswith(PART):
        raise PackageError(f"{path.name}: this export was not finished; export again")
    if path.is_symlink() or not path.is_dir():
        raise PackageError("this is no package (a folder called FK_…)")
    try:
        return _check(path)
    except OSError as why:
        raise PackageError(f"{path}: cannot be read ({why.strerror or why}); the medium may be damaged") from None


def manifest_sha256(path: Path) -> str:
    """Return what tells this package from every other, without looking at its files. Raises PackageError."""
    return hashlib.sha256(_whole(path / FILE)).hexdigest()


def _check(path: Path) -> Outer:
    with os.scandir(path) as entries:
        there = {entry.name for entry, _ in zip(entries, range(MOST_FILES + 1), strict=False)}
    if len(there) > MOST_FILES:
        raise PackageError(f"{path.name}: more than {MOST_FILES} files: this is no package")
    if FILE not in there:
        raise PackageError(f"{FILE} is missing: the copy is not complete; copy it again")
    raw = _whole(path / FILE)
    listed = read_manifest(raw, FILE)
    for name in listed:
        if name not in there:
            raise PackageError(f"{name}: listed in {FILE} but not here: the copy is not complete; copy it again")
    strange = sorted(there - set(listed) - {FILE})
    if strange:
        raise PackageError(f"{strange[0]!r} is not of the package ({FILE} does not list it): remove it")
    for name, sha256 in listed.items():
        if _hash(path / name) != sha256:
            raise PackageError(
                f"{name}: not as it was written (its hash differs): it was changed or is damaged; copy it again"
            )
    return Outer(path, listed, hashlib.sha256(raw).hexdigest())


def open_file(path: Path) -> int:
    """A descriptor of a plain file. Raises PackageError for anything else, without waiting for a pipe or a device."""
    try:
        fd = safefiles.open_file(path)
    except OSError as why:
        if why.errno == errno.ELOOP:
            raise PackageError(f"{path.name}: this is a link that leads elsewhere; do not open it") from None
        raise PackageError(f"{path.name}: cannot be read ({why.strerror})") from None
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise PackageError(f"{path.name}: this is no plain file; do not open it")
    return fd


def _whole(path: Path) -> bytes:
    with os.fdopen(open_file(path), "rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise PackageError(f"{path.name}: too large to be a list of {MOST_FILES} files")
    return raw


def _hash(path: Path) -> str:
    with os.fdopen(open_file(path), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
