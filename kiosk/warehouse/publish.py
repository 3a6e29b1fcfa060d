"""Publishes a clinic's database as Parquet, by site and month: incremental, and whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import msgspec

from kiosk import __version__
from kiosk.clinic.database import Clinic, saying
from kiosk.errors import ClinicError
from kiosk.warehouse.generations import HASHES, STATE, PublishedFolder, PublishedState, writing
from kiosk.warehouse.parquet import AT_ONCE, ZONE, Parquet
from kiosk.warehouse.questions import QUESTIONS
from kiosk.warehouse.tables import (
    OF_WEEK,
    OF_WEEK_NUMBER,
    PUBLISHED,
    SESSIONS,
    UNDATED,
    Published,
    schema_version,
    sites,
)

NOBODY = "s_none"
"""The site of the one file, without rows, of a table that has none: no engine takes a folder without files."""
MANY_LINKS = (errno.EMLINK, errno.EXDEV, errno.EPERM, errno.ENOTSUP)

Tell = Callable[[str, int, int], None]
"""Hears of each site before it is written, and which of how many it is."""


@dataclass(slots=True)
class Publication:
    """A publication: ``sites`` and ``kiosks`` in all; files that were ``written`` anew and ``kept``; ``rows`` by table.

    It is at ``current``. ``schema_version``: that of its columns. ``generation`` counts up with each change;
    ``fresh``: there was something new.
    """

    current: Path
    schema_version: str
    generation: int
    fresh: bool
    sites: int = 0
    kiosks: int = 0
    written: int = 0
    kept: int = 0
    rows: dict[str, int] = field(default_factory=dict)


def publish(clinic: Clinic, to: Path, tell: Tell) -> Publication:
    """Publish everything that ``clinic`` holds below the folder ``to``. Raises ClinicError, OSError."""
    parquet = Parquet()
    with saying(clinic.path):
        clinic.connection.execute("BEGIN")  # one moment of the database, whoever merges meanwhile
        try:
            with writing(to) as folder:
                return _publish(clinic.connection, folder, parquet, tell)
        except OSError as why:
            if why.errno == errno.ENOSPC:
                raise ClinicError(f"{to}: there is no room left; what was published before is still there") from None
            raise
        finally:
            clinic.connection.execute("ROLLBACK")


def _publish(connection: sqlite3.Connection, folder: PublishedFolder, parquet: Parquet, tell: Tell) -> Publication:
    kiosks = _kiosks(connection)
    before = folder.state()
    told = Publication(folder.current, schema_version(), before.generation if before else 0, fresh=False)
    told.kiosks, told.sites = len(kiosks), len({site for site, _ in kiosks.values()})
    if before and before.schema_version == told.schema_version and before.kiosks == kiosks:
        told.rows = before.rows
        told.kept = sum(1 for _ in folder.hashes())
        return told
    known = before.kiosks if before and before.schema_version == told.schema_version else {}
    told.generation, fresh = folder.begin()
    told.fresh = True
    with (fresh / HASHES).open("x", encoding="ascii") as hashes:
        making = _Making(connection, folder, fresh, parquet, hashes, told)
        for place, (site, devices) in enumerate(sorted(_by_site(kiosks).items()), 1):
            tell(site, place, told.sites)
            same = {device: kiosks[device] for device in devices} == {
                device: of for device, of in known.items() if of[0] == site
            }
            if not (same and making.keep(site)):
                making.write(site, devices)
        making.finish()
        hashes.flush()
        os.fsync(hashes.fileno())
    told.rows = dict(making.rows)
    (fresh / "questions").mkdir()
    for question in QUESTIONS:
        _put(fresh / "questions" / f"{question.name}.sql", f"{question.sql.strip()};\n".encode("ascii"))
    _say(fresh / STATE, told, kiosks)
    folder.show(fresh)
    return told


def _kiosks(connection: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """Site of each kiosk and digest of its packages: while both are as they were, so are its rows."""
    digests: dict[str, Any] = defaultdict(hashlib.sha256)
    for device, manifest in connection.execute("SELECT device_id, manifest_sha256 FROM merged ORDER BY 1, 2"):
        digests[device].update(f"{manifest}\n".encode())
    return {device: (site, digests[device].hexdigest()[:32]) for device, site in sites(connection).items()}


def _by_site(kiosks: dict[str, tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for device, (site, _) in kiosks.items():
        found[site].append(device)
    return found


def _say(path: Path, told: Publication, kiosks: dict[str, tuple[str, str]]) -> None:
    tables = {
        name: [{"name": c.name, "type": c.kind.value, "unit": c.unit, "about": c.about} for c in one.columns]
        for name, one in PUBLISHED.items()
    }
    state = PublishedState(
        schema_version=told.schema_version,
        app_version=__version__,
        zone=ZONE,
        generation=told.generation,
        kiosks=kiosks,
        rows=told.rows,
        tables=tables,
    )
    _put(path, msgspec.json.format(msgspec.json.encode(state), indent=1))


def _put(path: Path, raw: bytes) -> None:
    with path.open("xb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


class _Making:
    """One generation, site by site."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        folder: PublishedFolder,
        fresh: Path,
        parquet: Parquet,
        hashes: TextIOWrapper[Any],
        told: Publication,
    ) -> None:
        self._sql, self._folder, self._fresh = connection, folder, fresh
        self._parquet, self._hashes, self._told = parquet, hashes, told
        self.rows: Counter[str] = Counter(dict.fromkeys(PUBLISHED, 0))
        self._known: dict[str, list[tuple[str, str]]] | None = None

    def keep(self, site: str) -> bool:
        """Take all files of a site over from the current generation. False, and nothing is taken: one is not there."""
        linked: list[tuple[Path, str, int, str]] = []
        try:
            for path, digest in self._before().get(site, ()):
                old = self._folder.current / path
                linked.append((old, path, _rows_of(old), digest))
        except (OSError, ValueError):
            return False
        for old, path, rows, digest in linked:
            (self._fresh / path).parent.mkdir(parents=True, exist_ok=True)
            _link(old, self._fresh / path)
            self._note(path, digest, rows)
            self._told.kept += 1
        return True

    def _before(self) -> dict[str, list[tuple[str, str]]]:
        if self._known is None:
            self._known = defaultdict(list)
            for path, digest in self._folder.hashes():
                self._known[path.split("/")[1].removeprefix("site=")].append((path, digest))
        return self._known

    def write(self, site: str, devices: Sequence[str]) -> None:
        """Write every table of a site, month by month."""
        self._sql.execute("CREATE TEMP TABLE IF NOT EXISTS here (device_id TEXT PRIMARY KEY) WITHOUT ROWID")
        self._sql.execute("DELETE FROM temp.here")
        self._sql.executemany("INSERT INTO temp.here VALUES (?)", ((device,) for device in devices))
        for one in PUBLISHED.values():
            if not one.of_session:
                self._choose(one)
            of = PUBLISHED[SESSIONS] if one.of_session else one
            months = f'SELECT DISTINCT month FROM temp."chosen_{of.name}" ORDER BY 1'  # noqa: S608 our own names
            for (month,) in self._sql.execute(months).fetchall():
                self._partition(one, of, site, month)
        for one in PUBLISHED.values():
            if not one.of_session:
                self._sql.execute(f'DROP TABLE temp."chosen_{one.name}"')

    def _choose(self, one: Published) -> None:
        """The keys of a site's rows by month, with their days: so each row is read once, in order, and none is held."""
        keys = ", ".join(f'"{name}"' for name in one.table.key)
        code = ', "patient_code"' if one.name == SESSIONS else ""
        self._sql.execute(
            f'CREATE TEMP TABLE "chosen_{one.name}" (month TEXT{code}, {keys}, day TEXT, week TEXT,'
            f" week_number INTEGER, PRIMARY KEY (month, {keys})) WITHOUT ROWID"
        )
        self._sql.execute(
            f'INSERT INTO temp."chosen_{one.name}" SELECT coalesce(substr("day", 1, 7), \'{UNDATED}\'){code}, {keys},'  # noqa: S608 our own names
            f' "day", "week", {OF_WEEK_NUMBER} FROM (SELECT *, {OF_WEEK} AS "week" FROM'
            f' (SELECT {keys}{code}, {one.day} AS "day" FROM "{one.name}" JOIN temp.here USING (device_id)))'
        )

    def _partition(self, one: Published, of: Published, site: str, month: str) -> None:
        join = " AND ".join(f't."{key}" = c."{key}"' for key in of.table.key)
        order = ", ".join(f't."{key}"' for key in one.table.key)
        code = ", c.patient_code" if one.of_session else ""
        rows = self._sql.execute(
            f"SELECT {one.own}{code}, c.day, c.week, c.week_number"  # noqa: S608 our own names
            f' FROM temp."chosen_{of.name}" c CROSS JOIN "{one.name}" t ON {join} WHERE c.month = ? ORDER BY {order}',
            (month,),
        )
        first = rows.fetchmany(AT_ONCE)
        if first:
            self._file(one, site, month, _batches(first, rows))

    def _file(self, one: Published, site: str, month: str, batches: Iterator[Sequence[tuple[Any, ...]]]) -> None:
        folder = f"{one.name}/site={site}/month={month}"
        (self._fresh / folder).mkdir(parents=True)
        made = self._parquet.write(one, self._fresh / folder, batches)
        path = f"{folder}/{made.name}"
        old = self._folder.current / path
        if old.exists():  # the same name, so the same content: the older file stays the file
            (self._fresh / path).unlink()
            _link(old, self._fresh / path)
            self._told.kept += 1
        else:
            self._told.written += 1
        self._note(path, made.sha256, made.rows)

    def _note(self, path: str, digest: str, rows: int) -> None:
        self._hashes.write(f"{digest}  {path}\n")
        self.rows[path.partition("/")[0]] += rows

    def finish(self) -> None:
        """Give each table without rows a file without rows."""
        for name, one in PUBLISHED.items():
            if not (self._fresh / name).exists():
                self._file(one, NOBODY, UNDATED, iter(((),)))


def _batches(first: Sequence[tuple[Any, ...]], rows: sqlite3.Cursor) -> Iterator[Sequence[tuple[Any, ...]]]:
    while first:
        yield first
        first = rows.fetchmany(AT_ONCE)


def _rows_of(path: Path) -> int:
    import pyarrow.parquet

    count: int = pyarrow.parquet.read_metadata(path).num_rows
    return count


def _link(old: Path, new: Path) -> None:
    """The same file by another name; a copy where the file system has no such names."""
    try:
        os.link(old, new)
    except OSError as why:
        if why.errno not in MANY_LINKS:
            raise
        shutil.copyfile(old, new)
        with new.open("rb") as file:
            os.fsync(file.fileno())
