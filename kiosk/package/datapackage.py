"""``datapackage.json``: what the tables mean, for Frictionless and whoever reads without us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from kiosk import __version__
from kiosk.faults import shown
from kiosk.package.schema import FORMAT, CellKind, Column, Table

if TYPE_CHECKING:
    from kiosk.package.snapshot import LeftOut

FILE = "datapackage.json"
PROFILE = "facial-rehab-kiosk"
MOST_NAMED = 100
"""Rows that are named, of those that were left out."""
TYPES: Mapping[CellKind, dict[str, Any]] = {
    CellKind.TEXT: {"type": "string"},
    CellKind.WHOLE: {"type": "integer"},
    CellKind.NUMBER: {"type": "number"},
    CellKind.FLAG: {"type": "boolean", "trueValues": ["1"], "falseValues": ["0"]},
    CellKind.MOMENT: {"type": "datetime", "format": "%Y-%m-%dT%H:%M:%S.%fZ"},
    CellKind.DAY: {"type": "date"},
}


@dataclass(frozen=True, slots=True)
class Digest:
    """A file that has been written: its ``sha256`` in hexadecimal and its ``size`` in bytes."""

    sha256: str
    size: int


NOTHING: Mapping[str, Digest] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Written:
    """A ``table`` that has been written: the ``digest`` of its file and the number of its ``rows``."""

    table: Table
    digest: Digest
    rows: int


def file_of(table: Table) -> str:
    """The name of a table's CSV file."""
    return f"{table.name}.csv"


def describe(
    name: str,
    package_seq: int,
    device_id: str,
    written: Sequence[Written],
    beside: Mapping[str, Digest] = NOTHING,
    left_out: Sequence[LeftOut] = (),
) -> bytes:
    """The descriptor of the tables in ``written``. ``beside``: files of the package that lie beside this bag.

    ``left_out``: rows that could not be read; the first of them are named by table and key, never by their content.
    """
    there = {item.table.name for item in written}
    descriptor = {
        "name": name.lower().replace("_", "-"),
        "profile": "data-package",
        "title": f"Sessions of the kiosk {device_id}",
        "kiosk": {
            "format": FORMAT,
            "profile": PROFILE,
            "package": name,
            "package_seq": package_seq,
            "device_id": device_id,
            "app_version": __version__,
            "beside": {file: digest.sha256 for file, digest in beside.items()},
            **({"left_out": _named(left_out)} if left_out else {}),
        },
        "resources": [resource_of(item, there) for item in written],
    }
    return msgspec.json.format(msgspec.json.encode(descriptor), indent=1)


def _named(left_out: Sequence[LeftOut]) -> dict[str, Any]:
    rows = [{"table": left.table, "key": [shown(str(part)) for part in left.key]} for left in left_out[:MOST_NAMED]]
    return {"count": len(left_out), "rows": rows}


def resource_of(item: Written, there: set[str]) -> dict[str, Any]:
    """Describe one table; ``there``: the names of all, for what refers to a parent."""
    table = item.table
    schema: dict[str, Any] = {
        "fields": [_field(column, column.name in table.key) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    if table.parent in there:
        reference = {"resource": table.parent, "fields": list(table.parent_key)}
        schema["foreignKeys"] = [{"fields": list(table.parent_columns), "reference": reference}]
    return {
        "name": table.name,
        "description": table.about,
        "path": file_of(table),
        "profile": "tabular-data-resource",
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "hash": f"sha256:{item.digest.sha256}",
        "bytes": item.digest.size,
        "rows": item.rows,
        "schema": schema,
    }


def _field(column: Column, required: bool) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, **TYPES[column.kind], "description": column.about}
    if column.unit:
        field["unit"] = column.unit
    limits = {
        "required": required or None,
        "minimum": column.least,
        "maximum": column.most,
        "enum": list(column.words) or None,
        "pattern": column.pattern or None,
    }
    if constraints := {name: limit for name, limit in limits.items() if limit is not None}:
        field["constraints"] = constraints
    return field
