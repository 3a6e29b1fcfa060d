"""What does a package say? Its tables, row by row, believed only as far as hashes, counts and types allow."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import msgspec

from kiosk.errors import PackageError
from kiosk.handover import datapackage, plan
from kiosk.handover.bagged import Bag
from kiosk.handover.csvs import BOM, unguarded
from kiosk.handover.keys import Keys
from kiosk.handover.outer import Outer, check_outer
from kiosk.handover.schema import FORMAT, TABLES, Kind, Table

ARCHIVE = re.compile(r"data(-[0-9]{1,4})?\.zip(\.age)?")
MOST_DESCRIPTOR = 1 << 20
MOST_TEXT = 200
MOST_LINE = 64 << 10
"""Bytes of one row, about: ours have a few hundred."""
WORD = re.compile(r"[A-Za-z0-9_.:+/,@-]{0,120}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,25})?(e[+-]?[0-9]{1,3})?", re.ASCII)


class _Head(msgspec.Struct, frozen=True):
    """Our own part of the descriptor."""

    format: int
    profile: str
    package: str
    package_seq: int
    device_id: str
    app_version: str


class _Resource(msgspec.Struct, frozen=True):
    name: str
    path: str
    hash: str
    bytes: int
    rows: int


class _Descriptor(msgspec.Struct, frozen=True):
    kiosk: _Head
    resources: list[_Resource]


@dataclass(frozen=True, slots=True)
class Head:
    """Which package it is."""

    name: str
    package_seq: int
    device_id: str
    app_version: str
    manifest_sha256: str


class Package:
    """An open package. Every method raises PackageError; nothing is written anywhere.

    Rows may be used while they come, but count only once ``rows`` has ended and ``check_rest`` has passed: whoever puts
    them into a database does so in one transaction.
    """

    def __init__(self, path: Path, keys: Keys) -> None:
        """Check the outer hashes, then open every bag. Raises WrongKey when only the key is missing or wrong."""
        self.outer: Outer = check_outer(path)
        self._bags: dict[str, Bag] = {}
        try:
            self._open(keys)
            self.head, self._resources = self._described()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the files."""
        for bag in self._bags.values():
            bag.close()

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows each table says it has."""
        return {name: resource.rows for name, resource in self._resources.items()}

    def rows(self, name: str) -> Iterator[list[Any]]:
        """The rows of a table of the schema, cells typed in the order of its columns; empty cells are None.

        int for WHOLE and FLAG (0 or 1), float for NUMBER, str for the others.
        """
        table, resource = TABLES[name], self._resources[name]
        size = 0

        def counted() -> Iterator[bytes]:
            nonlocal size
            for piece in self._first.chunks(resource.path):
                size += len(piece)
                yield piece

        count = 0
        for row in _read_csv(table, counted()):
            count += 1
            yield row
        expected = f"sha256:{self._first.payload[f'data/{resource.path}']}"
        if (count, size, expected) != (resource.rows, resource.bytes, resource.hash):
            raise PackageError(
                f"{resource.path}: {count} rows and {size} bytes, but {datapackage.FILE} says {resource.rows} rows and "
                f"{resource.bytes} bytes, or another hash"
            )

    def file(self, path: str, most: int) -> bytes:
        """A small file of the first bag, by its path below ``data/``."""
        return self._first.whole(path, most)

    def check_rest(self) -> None:
        """Hash everything that is no table."""
        tables = {f"data/{resource.path}" for resource in self._resources.values()}
        for bag in self._bags.values():
            for path in bag.payload:
                if bag is self._first and path in tables:
                    continue
                for _ in bag.chunks(path.removeprefix("data/")):
                    pass

    def check(self) -> None:
        """All of it, without giving any of it away."""
        for name in TABLES:
            for _ in self.rows(name):
                pass
        self.check_rest()

    def _open(self, keys: Keys) -> None:
        names = sorted(name for name in self.outer.files if ARCHIVE.fullmatch(name))
        first = [name for name in names if name.startswith("data.zip")]
        if len(first) != 1:
            raise PackageError(f"{self.outer.path.name}: it must hold one data.zip or data.zip.age")
        for name in names:
            self._bags[name] = Bag(self.outer.path / name, keys)
        self._first = self._bags[first[0]]

    def _described(self) -> tuple[Head, dict[str, _Resource]]:
        raw = self.file(datapackage.FILE, MOST_DESCRIPTOR)
        try:
            found = msgspec.json.decode(raw, type=_Descriptor)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as why:
            raise PackageError(f"{datapackage.FILE}: {why}; this is no package of ours") from None
        head = found.kiosk
        if head.profile != datapackage.PROFILE or head.format != FORMAT:
            raise PackageError(
                f"{datapackage.FILE}: made by another version (format {head.format}, this one reads {FORMAT}); "
                "use the kiosk program that is as new as the kiosk"
            )
        if not (WORD.fullmatch(head.device_id) and WORD.fullmatch(head.package) and head.package == self._first.top):
            raise PackageError(f"{datapackage.FILE}: it speaks of another package than the one it lies in")
        tops = {bag.top.removeprefix(head.package) for bag in self._bags.values()}
        if any(top and not re.fullmatch(r"-[0-9]{1,4}", top) for top in tops) or len(tops) != len(self._bags):
            raise PackageError(f"{self.outer.path.name}: its zip files are of different packages")
        resources = {resource.name: resource for resource in found.resources}
        files = {resource.name: resource.path for resource in found.resources}
        if files != {name: datapackage.file_of(table) for name, table in TABLES.items()} or len(resources) != len(
            found.resources
        ):
            raise PackageError(f"{datapackage.FILE}: it lists other tables than this version has")
        told = Head(head.package, head.package_seq, head.device_id, head.app_version, self.outer.manifest_sha256)
        return told, resources


def read_plan_of(package: Package, code: str | None = None) -> Any:
    """The plan in a package: see ``plan.read_plan``."""
    return plan.read_plan(package.file(plan.FILE, plan.MOST_BYTES), code)


def _read_csv(table: Table, pieces: Iterator[bytes]) -> Iterator[list[Any]]:
    lines = _lines(table, pieces)
    convert = [CONVERT[column.kind] for column in table.columns]
    keys = [place for place, column in enumerate(table.columns) if column.name in table.key]
    number = 0
    try:
        reader = csv.reader(lines, strict=True)
        header = next(reader, [])
        if tuple(header) != table.names:
            raise PackageError(f"{table.name}.csv: its columns are not those of this version")
        for number, cells in enumerate(reader, 1):
            if len(cells) != len(convert):
                raise PackageError(f"{table.name}.csv, row {number}: {len(cells)} cells; {len(convert)} are right")
            row = [None if cell == "" else make(cell) for make, cell in zip(convert, cells, strict=True)]
            for place in keys:
                if row[place] is None:
                    raise PackageError(f"{table.name}.csv, row {number}: {table.names[place]} is empty")
            yield row
    except (csv.Error, ValueError, UnicodeDecodeError) as why:
        if isinstance(why, PackageError):
            raise
        raise PackageError(f"{table.name}.csv, row {number + 1}: {why}") from None


def _lines(table: Table, pieces: Iterator[bytes]) -> Iterator[str]:
    """The lines of a CSV; none is longer than ours can be, so that nothing large is ever held."""
    text = io.TextIOWrapper(io.BufferedReader(_Pieces(pieces)), encoding="utf-8", errors="strict", newline="")
    first = text.readline(MOST_LINE)
    if not first.startswith(BOM.decode("utf-8")):
        raise PackageError(f"{table.name}.csv: it does not begin as a table of ours does")
    yield first[1:]
    while line := text.readline(MOST_LINE):
        if len(line) == MOST_LINE:
            raise PackageError(f"{table.name}.csv: a row of more than {MOST_LINE} characters")
        yield line


class _Pieces(io.RawIOBase):
    """A file to read from, made of pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def _text(cell: str) -> str:
    text = unguarded(cell)
    if len(text) > MOST_TEXT or not text.isprintable():
        raise ValueError(f"{text[:40]!r} is no word of a record")
    return text


def _whole(cell: str) -> int:
    if not WHOLE.fullmatch(cell):
        raise ValueError(f"{cell[:40]!r} is no whole number")
    return int(cell)


def _number(cell: str) -> float:
    value = float(cell) if NUMBER.fullmatch(cell) else math.nan
    if not math.isfinite(value):
        raise ValueError(f"{cell[:40]!r} is no number")
    return value


def _flag(cell: str) -> int:
    if cell not in ("0", "1"):
        raise ValueError(f"{cell[:40]!r} is neither 1 nor 0")
    return int(cell)


def _moment(cell: str) -> str:
    if not MOMENT.fullmatch(cell):
        raise ValueError(f"{cell[:40]!r} is no moment in UTC")
    datetime.fromisoformat(cell)
    return cell


def _day(cell: str) -> str:
    if not DAY.fullmatch(cell):
        raise ValueError(f"{cell[:40]!r} is no day")
    date.fromisoformat(cell)
    return cell


CONVERT: Mapping[Kind, Callable[[str], Any]] = cast(
    "Mapping[Kind, Callable[[str], Any]]",
    MappingProxyType(
        {
            Kind.TEXT: _text,
            Kind.WHOLE: _whole,
            Kind.NUMBER: _number,
            Kind.FLAG: _flag,
            Kind.MOMENT: _moment,
            Kind.DAY: _day,
        }
    ),
)
