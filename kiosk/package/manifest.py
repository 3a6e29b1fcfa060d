"""Lists of hashes in the format of ``sha256sum``, written and read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kiosk.errors import PackageError

FILE = "MANIFEST.sha256"
MOST_LINES = 200_000
LINE = re.compile(r"([0-9a-f]{64}) [ *](.{1,300})")


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
