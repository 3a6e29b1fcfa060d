"""Verification of a package: is it whole, and opened by what was given. PASS or FAIL, and why; never who wrote it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.errors import PackageError, WrongKey
from kiosk.package.outer import manifest_sha256
from kiosk.package.protection import Keys
from kiosk.package.read import Package

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PackageVerdict:
    """The findings in the package at ``path``. ``passed`` only when everything was looked at and right.

    ``outer``: the hashes of its files are right (all that can be told without a key); ``inside``: it was opened.
    ``protection``: by what it was opened (``ProtectionMethod``). ``reason``: why it did not pass. ``name``,
    ``device_id``, ``package_seq`` and ``manifest_sha256`` tell which package it is, ``rows`` how many rows each table
    has. ``numberlike``: how many names of a column are made of digits, as those of earlier versions may be: a reader
    that guesses types takes them for numbers.
    """

    path: Path
    passed: bool
    outer: bool
    inside: bool
    reason: str = ""
    protection: str = ""
    name: str = ""
    device_id: str = ""
    package_seq: int = 0
    manifest_sha256: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    numberlike: Mapping[str, int] = field(default_factory=dict)


def verify(path: Path, keys: Keys) -> PackageVerdict:
    """Look at all of it. Without a key that fits, only the outer hashes: they are then right, and it does not pass.

    It never raises for what a package holds, and writes nothing.
    """
    try:
        return _verify(path, keys)
    except PackageError as why:
        return PackageVerdict(path, False, False, False, str(why))
    except Exception as why:
        return PackageVerdict(path, False, False, False, stumbled(path, why))


def stumbled(path: Path, why: Exception) -> str:
    """The reason when reading ended as nobody foresaw: whatever a package makes us stumble over, it is not trusted."""
    LOG.error("%s: reading ended", path, exc_info=why)
    return f"it made the reader stumble ({type(why).__name__}: {str(why)[:200]}); do not open it"


def _verify(path: Path, keys: Keys) -> PackageVerdict:
    try:
        with Package(path, keys) as package:
            package.check()
            head = package.head
            return PackageVerdict(
                path,
                passed=True,
                outer=True,
                inside=True,
                protection=package.way.value,
                name=head.name,
                device_id=head.device_id,
                package_seq=head.package_seq,
                manifest_sha256=head.manifest_sha256,
                rows=package.counts,
                numberlike=package.numberlike(),
            )
    except WrongKey as why:
        # Opening comes after the outer hashes: they have been found right.
        reason = f"the files are as they were written, but they were not opened: {why}"
        return PackageVerdict(path, False, True, False, reason, manifest_sha256=manifest_sha256(path))
