"""One Parquet file of a published table: written row group by row group, each file with the one schema of its table."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.errors import ClinicError
from kiosk.package.schema import CellKind
from kiosk.warehouse.tables import PUBLISHED, Published, schema_version

AT_ONCE = 16_384
"""Rows that are held in memory, and of one row group."""
ZONE = "UTC"
NAME = "part-{}.parquet"
MISSING = (
    "this needs {package}, which is not installed: a clinic's computer installs this program with "
    "`pip install '.[clinic]'`, a kiosk has no use for it"
)

Rows = Iterator[Sequence[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """A file that was written: its ``name``, which its content decides, with so many ``rows``, and its ``sha256``."""

    name: str
    rows: int
    sha256: str


class Parquet:
    """Writes the files of published tables. Raises ClinicError where pyarrow is not installed."""

    def __init__(self) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            raise ClinicError(MISSING, package="pyarrow") from None
        self._arrow = pyarrow
        self.schemas = {name: self._schema(one) for name, one in PUBLISHED.items()}
        """The schema of each table, the same in every file: also where a column is empty from top to bottom."""

    def _schema(self, one: Published) -> Any:
        arrow = self._arrow
        kinds = {
            CellKind.TEXT: arrow.string(),
            CellKind.WHOLE: arrow.int64(),
            CellKind.NUMBER: arrow.float64(),
            CellKind.FLAG: arrow.bool_(),
            CellKind.MOMENT: arrow.timestamp("ms", tz=ZONE),
            CellKind.DAY: arrow.date32(),
        }
        fields = [
            arrow.field(column.name, kinds[column.kind], metadata={"about": column.about, "unit": column.unit})
            for column in one.columns
        ]
        return arrow.schema(fields, metadata={"table": one.name, "schema_version": schema_version(), "zone": ZONE})

    def write(self, one: Published, folder: Path, batches: Rows) -> ParquetFile:
        """Write ``batches`` (cells as SQLite has them) into a new file in ``folder``; it is on the disk afterwards.

        Raises ClinicError for a cell that is not of its column's kind, OSError.
        """
        schema = self.schemas[one.name]
        part = folder / "new.part"
        rows = 0
        with self._arrow.parquet.ParquetWriter(part, schema, compression="zstd") as writer:
            for batch in batches:
                rows += len(batch)
                writer.write_batch(self._batch(one, schema, batch))
        digest = synced(part)
        name = NAME.format(digest[:16])
        os.rename(part, folder / name)
        return ParquetFile(name, rows, digest)

    def _batch(self, one: Published, schema: Any, rows: Sequence[tuple[Any, ...]]) -> Any:
        cells = zip(*rows, strict=True) if rows else ((),) * len(schema)
        columns = []
        for field, column, values in zip(schema, one.columns, cells, strict=True):
            try:
                if column.kind in (CellKind.MOMENT, CellKind.DAY):
                    made = self._arrow.array(values, self._arrow.string()).cast(field.type)
                elif column.kind is CellKind.FLAG:
                    made = self._arrow.array([None if value is None else value != 0 for value in values], field.type)
                else:
                    made = self._arrow.array(values, field.type)
            except (self._arrow.ArrowException, ValueError, TypeError) as why:
                raise ClinicError(
                    "{table}.{column}: {why}; the database was changed by hand: merge the packages into a new file",
                    table=one.name,
                    column=column.name,
                    why=str(why)[:200],
                ) from None
            columns.append(made)
        return self._arrow.record_batch(columns, schema=schema)


def synced(path: Path) -> str:
    """The SHA-256 of a file that is on the disk when this returns. Raises OSError."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()
