"""A small package, what was done to it, and what is said about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kiosk.package.protection import Keys, Protection
from kiosk.package.schema import TABLES
from kiosk.package.verify import PackageVerdict, verify
from tests.package.mutants import members, relist, rezip
from tests.usb.parcels import parcel

DEVICE = "aaaa0000"
TOP = f"FK_CLIN_{DEVICE.upper()}_ALL_000001"
WORDS = "one two three four five"
LONG = "n" * 80
HASH = "0" * 64
Change = Callable[[Path], object]
Cells = dict[str, Any]
NONE: Mapping[str, list[Cells]] = MappingProxyType({})
OPEN = Protection()
RATING: Cells = {"session_id": "s", "item": "x", "value": 1.0, "revision": 1}
RANGE: Cells = {
    "package_seq": 1,
    "package": TOP,
    "selection": "ALL",
    "since_seq": 0,
    "state": "covered",
    "seq_from": 1,
    "seq_to": 2,
    "revision": 1,
}
ROWS: dict[str, list[Cells]] = {
    "sessions": [{"session_id": "s", "seq": 1, "revision": 1}],
    "ratings": [RATING],
    "events": [{"seq": 2, "code": "card", "revision": 1}],
    "package": [RANGE],
}


def made(here: Path, tables: Mapping[str, list[Cells]] = NONE, protection: Protection = OPEN) -> Path:
    """A package of a few rows, or of these in their place."""
    return parcel(here, DEVICE, 1, {**ROWS, **tables}, protection=protection)


def both(*changes: Change) -> Change:
    """One after the other."""
    return lambda place: [change(place) for change in changes]


def reason(place: Path, *keys: Any, **more: Any) -> str:
    found = verify(place, Keys(*keys, **more))
    assert found == PackageVerdict(place, False, False, False, found.reason)
    return found.reason


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def told_beside(place: Path, beside: dict[str, str]) -> None:
    describe(place, lambda told: told["kiosk"].update(beside=beside))


def describe(place: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    files = members(place)
    name = f"{TOP}/data/datapackage.json"
    told = json.loads(files[name])
    change(told)
    rezip(place, {**files, name: json.dumps(told).encode()})


def opened(place: Path, by: str, *keys: Any) -> None:
    """Everything that is told of a package that passes."""
    rows = {name: len(ROWS.get(name, ())) for name in TABLES}
    manifest = sha256_of(place / "MANIFEST.sha256")
    assert verify(place, Keys(*keys)) == PackageVerdict(place, True, True, True, "", by, TOP, DEVICE, 1, manifest, rows)


def locked(place: Path, said: str, *keys: Any) -> None:
    """Its files are right, and it was not opened."""
    whole = "the files are as they were written, but they were not opened: "
    manifest = sha256_of(place / "MANIFEST.sha256")
    wanted = PackageVerdict(place, False, True, False, whole + said, manifest_sha256=manifest)
    assert verify(place, Keys(*keys)) == wanted


def listed(place: Path, name: str) -> None:
    (place / name).write_bytes(b"x")
    relist(place)
