"""The manifest of an update: which release it is, whom it is for, and each of its files with size and hash.

Its bytes are what is signed. Everything that is in it was written by whoever holds the release key, and is checked all
the same: a mistake at the maker's desk must not leave the folder of the release.
"""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.errors import UpdateError

KIND = "facial-rehab-kiosk-update"
FORMAT = 1
MANIFEST, SIGNATURE, PAYLOAD = "manifest.json", "manifest.sig", "payload/"
"""Entries of the zip file; every file of the release lies under the last one."""
MOST_MANIFEST = 16 << 20
MOST_FILES = 60_000
MOST_BYTES = 3 << 30
MOST_PATH = 400
VERSION = re.compile(r"(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){1,3}")
SHA256 = r"^[0-9a-f]{64}$"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""Names of processors: the system's → the packages'."""

MOST_LINE = 140
"""Letters of a sentence that still fits on a row of the desk."""

Line = Annotated[str, Meta(min_length=1, max_length=MOST_LINE)]


class ReleaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a release."""

    path: Annotated[str, Meta(min_length=1, max_length=MOST_PATH)]
    """Its place under the release's folder, with ``/`` between."""
    size: Annotated[int, Meta(ge=0, le=MOST_BYTES)]
    """Its bytes."""
    sha256: Annotated[str, Meta(pattern=SHA256)]
    """Their hash."""
    program: bool = False
    """Whether it may be started."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One release as its maker describes it."""

    kind: str
    """``KIND``: nothing else that the same key may have signed is an update."""
    format: int
    """The version of this format."""
    version: str
    """The release's own."""
    architecture: Annotated[str, Meta(max_length=20)]
    """The processor: ``amd64`` or ``arm64``."""
    python: Annotated[str, Meta(max_length=20)]
    """The Python that it is made for, as in ``3.13``."""
    comes_from: str
    """The oldest version that it can take the place of."""
    changes: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=12)]
    """Sentences on what is new, in plain words."""
    minutes: Annotated[int, Meta(ge=1, le=120)]
    """Minutes for which the kiosk cannot be used meanwhile, at most."""
    files: Annotated[tuple[ReleaseFile, ...], Meta(min_length=1, max_length=MOST_FILES)]
    """Every file."""

    @property
    def bytes(self) -> int:
        """The room that its files take."""
        return sum(file.size for file in self.files)


class Machine(msgspec.Struct, frozen=True):
    """A kiosk that an update would come to."""

    version: str
    """The release that it runs."""
    architecture: str
    """Its processor, as packages call it."""
    python: str
    """The system's Python."""


def this_machine(version: str) -> Machine:
    """This computer, with the release ``version`` on it."""
    found = platform.machine()
    return Machine(version, ARCHITECTURES.get(found, found), f"{sys.version_info.major}.{sys.version_info.minor}")


def number(version: str) -> tuple[int, ...]:
    """A version as numbers that can be compared; 1.2 and 1.2.0 are the same one. Raises UpdateError."""
    if not VERSION.fullmatch(version):
        raise UpdateError("The update names a version that is none: {version}.", version=version)
    numbers = [int(part) for part in version.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def read_manifest(raw: bytes) -> Manifest:
    """The manifest in ``raw``, whose signature was verified before. Raises UpdateError."""
    try:
        manifest = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as why:
        raise UpdateError("The list of files in FK-UPDATE.zip cannot be read ({why}).", why=str(why)) from why
    if manifest.kind != KIND or manifest.format != FORMAT:
        raise UpdateError("FK-UPDATE.zip is of a kind that this kiosk does not know. Ask whoever made it.")
    number(manifest.version)
    number(manifest.comes_from)
    for path in _unsafe(manifest):
        raise UpdateError("FK-UPDATE.zip names a file that would leave the release's folder: {path}.", path=path)
    seen: set[str] = set()
    for file in manifest.files:
        if file.path.casefold() in seen:
            raise UpdateError("FK-UPDATE.zip names a file twice: {path}.", path=file.path)
        seen.add(file.path.casefold())
    for file in manifest.files:
        if seen & {parent.as_posix() for parent in PurePosixPath(file.path.casefold()).parents}:
            raise UpdateError("In FK-UPDATE.zip a file lies in another file: {path}.", path=file.path)
    if manifest.bytes > MOST_BYTES:
        raise UpdateError("The files in FK-UPDATE.zip are too large: {n} GB at most.", n=MOST_BYTES >> 30)
    if not any(file.path == "bin/kiosk" and file.program for file in manifest.files):
        raise UpdateError("There is no program in FK-UPDATE.zip that could be started.")
    return manifest


def check_fits(manifest: Manifest, machine: Machine) -> None:
    """Raise UpdateError with a sentence where the release is not for this kiosk, or no newer one."""
    new, old = number(manifest.version), number(machine.version)
    if manifest.architecture != machine.architecture:
        raise UpdateError(
            "This update is for another kind of computer ({made}); this one is {here}.",
            made=manifest.architecture,
            here=machine.architecture,
        )
    if manifest.python != machine.python:
        raise UpdateError(
            "This update needs Python {wanted}, and this kiosk has {here}: its system has to be renewed first.",
            wanted=manifest.python,
            here=machine.python,
        )
    if new == old:
        raise UpdateError("Version {version} is here already.", version=machine.version)
    if new < old:
        raise UpdateError(
            "This update is older ({made}) than what is here ({here}): a kiosk does not go back by a stick.",
            made=manifest.version,
            here=machine.version,
        )
    if old < number(manifest.comes_from):
        raise UpdateError(
            "This update needs version {wanted} first; this is {here}.",
            wanted=manifest.comes_from,
            here=machine.version,
        )


def _unsafe(manifest: Manifest) -> Iterator[str]:
    for file in manifest.files:
        parts = file.path.split("/")
        plain = file.path.isprintable() and "\\" not in file.path and PurePosixPath(file.path).as_posix() == file.path
        if not plain or any(part in ("", ".", "..") for part in parts):
            yield file.path
