"""Are the files of a package all there, and are they as they were written? No key is needed for that."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from kiosk import safefiles
from kiosk.errors import PackageError
from kiosk.package import manifest
from kiosk.package.target import PART

MOST_FILES = 100
MOST_BYTES = 64 << 10
PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Outer:
    """A package whose files are as its manifest says. ``files``: name to SHA-256."""

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
    """What tells this package from every other, without looking at its files. Raises PackageError where it is none."""
    return hashlib.sha256(_whole(path / manifest.FILE)).hexdigest()


def _check(path: Path) -> Outer:
    with os.scandir(path) as entries:
        there = {entry.name for entry, _ in zip(entries, range(MOST_FILES + 1), strict=False)}
    if len(there) > MOST_FILES:
        raise PackageError(f"{path.name}: more than {MOST_FILES} files: this is no package")
    if manifest.FILE not in there:
        raise PackageError(f"{manifest.FILE} is missing: the copy is not complete; copy it again")
    raw = _whole(path / manifest.FILE)
    listed = manifest.read_manifest(raw, manifest.FILE)
    for name in listed:
        if name not in there:
            raise PackageError(
                f"{name}: listed in {manifest.FILE} but not here: the copy is not complete; copy it again"
            )
    strange = sorted(there - set(listed) - {manifest.FILE})
    if strange:
        raise PackageError(f"{strange[0]!r} is not of the package ({manifest.FILE} does not list it): remove it")
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
    sha256 = hashlib.sha256()
    with os.fdopen(open_file(path), "rb", buffering=0) as file:
        while piece := file.read(PIECE):
            sha256.update(piece)
    return sha256.hexdigest()
