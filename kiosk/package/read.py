"""A package as read: tables row by row, believed only as far as hashes, counts, types and keys allow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from pathlib import Path
from typing import Annotated, Any

import msgspec

from kiosk.care.person import Person
from kiosk.errors import PackageError
from kiosk.package import datapackage, outer
from kiosk.package.csv_cells import Columns, read_columns
from kiosk.package.outer import Outer, check_outer, package_name
from kiosk.package.protection import Keys, ProtectionMethod
from kiosk.package.read_bag import Bag
from kiosk.package.read_bundle import check_bundle
from kiosk.package.schema import BUNDLE, EVENTS, FORMAT, PACKAGE, PERSONS, SESSIONS, TABLES, Table
from kiosk.plans import plan
from kiosk.rows.names import reads_as_number
from kiosk.rows.row import MOST, WORD

MOST_KEYS = 1_000_000
"""Rows of a table that is not numbered: some for each person and start. Their keys are kept in memory."""
NUMBERED = (EVENTS, PACKAGE)
"""Tables whose rows stand in the order of their keys."""


class Relations:
    """The keys of one package. Rows of a session stand together in each table, in the order in which a kiosk writes."""

    def __init__(self) -> None:
        self.sessions: set[str] | None = None
        """Those of the package; None until they have been read."""

    def watch(self, table: Table) -> Callable[[Columns], None]:
        """Return a listener to ``table``'s rows in order; it raises PackageError, with the row, for a wrong key."""
        if table.parent:
            return _Children(table, self.sessions or set()).take
        if table in NUMBERED:
            return _Rising(table).take
        keys = _Keys(table)
        if table is not SESSIONS:
            return keys.take
        sessions = self.sessions = set[str]()

        def take(columns: Columns) -> None:
            keys.take(columns)
            sessions.update(columns[1])

        return take


class _RowCheck:
    """Common to all: where in the table it is, and the keys of rows (without the kiosk, which is the same in all)."""

    def __init__(self, table: Table) -> None:
        self.table, self.before = table, 0
        self._places = [table.names.index(name) for name in table.key[1:]]

    def keys(self, columns: Columns) -> list[Any]:
        """The key of each row."""
        first, *more = (columns[place] for place in self._places)
        return list(zip(first, *more, strict=True)) if more else first

    def wrong(self, at: int, columns: Columns, why: str) -> PackageError:
        """``at``: place of the row in this batch."""
        named = ", ".join(f"{self.table.names[place]} {columns[place][at]!r}" for place in self._places)
        return PackageError(f"{self.table.name}.csv, row {self.before + at + 1}, {named}: {why}")


class _Keys(_RowCheck):
    """A table whose rows come in any order."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._seen: set[Any] = set()

    def take(self, columns: Columns) -> None:
        keys = self.keys(columns)
        if self.before + len(keys) > MOST_KEYS:
            raise PackageError(f"{self.table.name}.csv: more than {MOST_KEYS} rows: that is no table of ours")
        if (at := _twice(keys, self._seen)) is not None:
            raise self.wrong(at, columns, "this row stands there twice")
        self._seen.update(keys)
        self.before += len(keys)


class _Rising(_RowCheck):
    """A table whose keys rise."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._last: list[Any] = []

    def take(self, columns: Columns) -> None:
        keys = self.keys(columns)
        first = 1 - len(self._last)
        for at, (one, other) in enumerate(pairwise(chain(self._last, keys)), first):
            if not one < other:
                raise self.wrong(at, columns, "this row stands there twice, or not in its order")
        self._last = keys[-1:] or self._last
        self.before += len(keys)


class _Children(_RowCheck):
    """A table below ``sessions``."""

    def __init__(self, table: Table, sessions: set[str]) -> None:
        super().__init__(table)
        self._left = set(sessions)
        """Sessions whose rows have not come yet."""
        self._session: str | None = None
        self._keys: set[Any] = set()
        """Keys of that session, the last that has come."""

    def take(self, columns: Columns) -> None:
        at, begins = 0, None
        for session, group in groupby(columns[1]):
            if session != self._session:
                if session not in self._left:
                    why = "its session is not in sessions.csv, or its rows stand in two places"
                    raise self.wrong(at, columns, why)
                self._left.discard(session)
                self._session, begins = session, at
            at += len(list(group))
        keys = self.keys(columns)
        if (twice := _twice(keys, self._keys)) is not None:
            raise self.wrong(twice, columns, "this row stands there twice")
        # Only of the last session can more rows come: those before it are known to stand nowhere else.
        self._keys = self._keys.union(keys) if begins is None else set(keys[begins:])
        self.before += len(keys)


def _twice(keys: list[Any], seen: set[Any]) -> int | None:
    """The place of the first of ``keys`` that has stood before it, or is one of ``seen``; None: there is none."""
    if len(set(keys)) == len(keys) and seen.isdisjoint(keys):
        return None
    before = set(seen)
    for at, key in enumerate(keys):
        if key in before:
            return at
        before.add(key)
    return None


ARCHIVE = re.compile(r"data(-[0-9]{1,4})?\.zip(\.age)?")
MOST_DESCRIPTOR, MOST_PLANS = 1 << 20, 16 << 20


class _Head(msgspec.Struct, frozen=True):
    """Our own part of the descriptor."""

    format: int
    profile: str
    package: str
    package_seq: Annotated[int, msgspec.Meta(ge=0, le=MOST)]
    device_id: str
    app_version: str
    beside: dict[str, str]


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
    """A package's ``name``, ``package_seq`` and ``manifest_sha256``, its kiosk's ``device_id`` and ``app_version``."""

    name: str
    package_seq: int
    device_id: str
    app_version: str
    manifest_sha256: str


class Package:
    """An open package. Every method raises PackageError; nothing is written anywhere.

    Rows may be used while they come, but count only once ``batches`` has ended and ``check_rest`` has passed: whoever
    puts them into a database does so in one transaction.
    """

    def __init__(self, path: Path, keys: Keys) -> None:
        """Check the outer hashes, then open every bag. Raises WrongKey when only the key is missing or wrong."""
        self.outer: Outer = check_outer(path)
        self._bags: dict[str, Bag] = {}
        self._relations = Relations()
        try:
            self._open(keys)
            self.head, self._resources = self._described()
        except BaseException:  # an interrupt too: nobody else has the package to close it
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
    def way(self) -> ProtectionMethod:
        """The protection of all of it."""
        return self._first.way

    @property
    def counts(self) -> Mapping[str, int]:
        """Table → the number of rows that it says it has."""
        return {name: resource.rows for name, resource in self._resources.items()}

    def batches(self, name: str) -> Iterator[Columns]:
        """The rows of a table of the schema, many at a time, as columns in its order; None is empty.

        int for WHOLE and FLAG (0 or 1), float for NUMBER, str for the others.
        """
        if name not in self._resources:  # of a version that had no such table
            return
        resource = self._resources[name]
        size = 0

        def counted() -> Iterator[bytes]:
            nonlocal size
            for piece in self._first.chunks(resource.path):
                size += len(piece)
                yield piece

        if TABLES[name].parent and self._relations.sessions is None:
            for _ in self.batches(TABLES[name].parent):
                pass
        watch = self._relations.watch(TABLES[name])
        count = 0
        for columns in read_columns(TABLES[name], counted()):
            count += len(columns[0])
            watch(columns)
            if not set(columns[0]) <= {self.head.device_id}:
                raise PackageError(f"{resource.path}: rows of another kiosk than the one that made the package")
            if name == PACKAGE.name and not all(map(self._speaks_of_this, zip(*columns, strict=True))):
                raise PackageError(f"{resource.path}: it speaks of another package than the one it lies in")
            yield columns
        expected = f"sha256:{self._first.payload[f'data/{resource.path}']}"
        if (count, size, expected) != (resource.rows, resource.bytes, resource.hash):
            raise PackageError(
                f"{resource.path}: {count} rows and {size} bytes, but {datapackage.FILE} says {resource.rows} rows and "
                f"{resource.bytes} bytes, or another hash"
            )

    def rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table one by one, cells in the order of its columns, as ``batches``."""
        return (row for columns in self.batches(name) for row in zip(*columns, strict=True))

    def file(self, path: str, most: int) -> bytes:
        """A small file of the first bag, by its path below ``data/``."""
        return self._first.whole(path, most)

    def check_rest(self) -> None:
        """Hash everything that is no table; what is to be read by programs must be what it should be."""
        tables = {f"data/{resource.path}" for resource in self._resources.values()}
        for bag in self._bags.values():
            for path in bag.payload:
                if bag is self._first and path in tables:
                    continue
                chunks = bag.chunks(path.removeprefix("data/"))
                if bag is self._first and path == f"data/{BUNDLE}":
                    check_bundle(chunks)
                for _ in chunks:
                    pass
        self.plans()

    def everything(self) -> Iterator[tuple[str, Columns]]:
        """Yield each table's name and rows, as ``batches``, and check the rest: they count once this has ended."""
        for name in TABLES:
            for columns in self.batches(name):
                yield name, columns
        self.check_rest()

    def plans_as_json(self) -> Iterator[tuple[str, str]]:
        """Yield the code of each person, and their set-up as JSON, as ``plans``."""
        for person in self.plans():
            yield person.code, msgspec.json.encode(person).decode()

    def plans(self) -> tuple[Person, ...]:
        """Return everybody's set-up, by the newest of their plans; nobody where the package has no such file."""
        if f"data/{plan.FILE}" not in self._first.payload:
            return ()
        return plan.everybody(self.file(plan.FILE, MOST_PLANS))

    def check(self) -> None:
        """All of it, without giving any of it away."""
        for _ in self.everything():
            pass

    def numberlike(self) -> Mapping[str, int]:
        """Count the names, by their column, that a reader may take for numbers if it guesses types."""
        names = {
            "device_id": {self.head.device_id},
            "session_id": self._relations.sessions or set(),
            "patient_code": {row[1] for row in self.rows(PERSONS.name)},
        }
        counts = {column: sum(map(reads_as_number, found)) for column, found in names.items()}
        return {column: count for column, count in counts.items() if count}

    def _speaks_of_this(self, row: tuple[Any, ...]) -> bool:
        cells = dict(zip(PACKAGE.names, row, strict=True))
        head = self.head
        return cells["package"] == head.name and _is_called(
            head.name, head.device_id, cells["selection"] or "", cells["package_seq"]
        )

    def _open(self, keys: Keys) -> None:
        names = sorted(name for name in self.outer.files if ARCHIVE.fullmatch(name))
        first = [name for name in names if name.startswith("data.zip")]
        if len(first) != 1:
            raise PackageError(f"{self.outer.path.name}: it must hold one data.zip or data.zip.age")
        for name in names:
            self._bags[name] = Bag(self.outer.path / name, keys)
        if len({bag.way for bag in self._bags.values()}) > 1:
            raise PackageError(f"{self.outer.path.name}: only some of its zip files are encrypted; do not open it")
        self._first = self._bags[first[0]]
        self._beside = {name: sha256 for name, sha256 in self.outer.files.items() if name not in first}

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
        if not (
            WORD.fullmatch(head.device_id)
            and WORD.fullmatch(head.package)
            and head.package == self._first.top
            and _is_called(head.package, head.device_id, "".join(head.package.split("_")[3:4]), head.package_seq)
        ):
            raise PackageError(f"{datapackage.FILE}: it speaks of another package than the one it lies in")
        _check_beside(self._beside, head.beside)
        tops = {bag.top.removeprefix(head.package) for bag in self._bags.values()}
        if any(top and not re.fullmatch(r"-[0-9]{1,4}", top) for top in tops) or len(tops) != len(self._bags):
            raise PackageError(f"{self.outer.path.name}: its zip files are of different packages")
        resources = {resource.name: resource for resource in found.resources}
        files = {resource.name: resource.path for resource in found.resources}
        ours = {name: datapackage.file_of(table) for name, table in TABLES.items()}
        needed = {name for name, table in TABLES.items() if not table.later}
        if not (files.items() <= ours.items() and needed <= files.keys() and len(resources) == len(found.resources)):
            raise PackageError(f"{datapackage.FILE}: it lists other tables than this version has")
        told = Head(head.package, head.package_seq, head.device_id, head.app_version, self.outer.manifest_sha256)
        return told, resources


def _is_called(name: str, device_id: str, selection: str, seq: int | None) -> bool:
    """Whether a package of this kiosk, selection and number is called so, whatever the name of the clinic."""
    site = "".join(name.split("_")[1:2])
    return seq is not None and name == package_name(site, device_id, selection, seq)


def _check_beside(there: Mapping[str, str], told: Mapping[str, str]) -> None:
    """The list of hashes outside can be changed by everybody; the bag knows which files the kiosk wrote beside it."""
    for name in sorted(there.keys() | told.keys()):
        if name not in there:
            raise PackageError(f"{name[:60]!r} is missing, and its line in {outer.FILE} too: copy the package again")
        if name not in told:
            raise PackageError(f"{name[:60]!r}: the kiosk wrote no such file with this package; do not open it")
        if there[name] != told[name]:
            raise PackageError(f"{name}: not the file that the kiosk wrote with this package; do not open it")
