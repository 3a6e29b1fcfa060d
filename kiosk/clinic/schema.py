"""How are the rows of many kiosks kept? Tables as the CSVs have them, and statements by which the newest row wins."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from types import MappingProxyType

from kiosk.package.schema import FORMAT, TABLES, CellKind

APPLICATION = 0x464B434C
"""``FKCL``: what SQLite keeps in the head of the file, so that no other database is taken for ours."""
AFFINITY = MappingProxyType({CellKind.WHOLE: "INTEGER", CellKind.FLAG: "INTEGER", CellKind.NUMBER: "REAL"})
BESIDE = (
    """CREATE TABLE merged (
        manifest_sha256 TEXT PRIMARY KEY, package TEXT, device_id TEXT, package_seq INTEGER, app_version TEXT,
        whole INTEGER, rows INTEGER
    ) WITHOUT ROWID""",
    # Who is set up, by the newest package of each kiosk that leaves nobody out.
    "CREATE TABLE present (device_id TEXT, patient_code TEXT, PRIMARY KEY (device_id, patient_code)) WITHOUT ROWID",
    # How each person is set up, as JSON: there is more to it than the table of persons says.
    """CREATE TABLE plans (
        device_id TEXT, patient_code TEXT, package_seq INTEGER, manifest_sha256 TEXT, plan TEXT,
        PRIMARY KEY (device_id, patient_code)
    ) WITHOUT ROWID""",
    # Keys of which two rows say different things: one was kept. ``key`` is a list as JSON, without the kiosk.
    "CREATE TABLE conflicts (device_id TEXT, table_name TEXT, key TEXT, PRIMARY KEY (device_id, table_name, key))"
    " WITHOUT ROWID",
    "CREATE INDEX merged_by_kiosk ON merged (device_id, package_seq)",
    "CREATE INDEX sessions_by_seq ON sessions (device_id, seq)",
    "CREATE INDEX sessions_by_person ON sessions (patient_code, device_id, seq)",
    "CREATE INDEX events_by_person ON events (patient_code) WHERE patient_code IS NOT NULL",
    "CREATE INDEX package_by_range ON package (device_id, state, reason, seq_from, seq_to, selection)",
)
LATER = MappingProxyType(
    {
        "sessions": ("start_utc", "end_utc", "clock_status", "wall_uncertainty_s", "tz", "utc_offset_min"),
        "events": ("wall_utc", "clock_status"),
        "clips": ("archive", "path"),
        "replays": ("archive", "path"),
    }
)
"""What an export fills in. It may differ from one package to the next and says nothing of two kiosks."""
STEADY = ("events", "clock_anchors", "replays", "package")
"""Rows of which a kiosk changes nothing else, so that two must be alike whatever their revisions are."""

PUT_CONFLICT = "INSERT OR IGNORE INTO conflicts VALUES (?, ?, ?)"
PUT_PLAN = """
    INSERT INTO plans AS held VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
    SET package_seq = excluded.package_seq, manifest_sha256 = excluded.manifest_sha256, plan = excluded.plan
    WHERE (excluded.package_seq, excluded.manifest_sha256) > (held.package_seq, held.manifest_sha256)
"""


def begin(connection: sqlite3.Connection) -> None:
    """Make everything, inside the caller's transaction."""
    for table in TABLES.values():
        columns = ", ".join(f'"{column.name}" {AFFINITY.get(column.kind, "TEXT")}' for column in table.columns)
        key = ", ".join(_quoted(table.key))
        connection.execute(f'CREATE TABLE "{table.name}" ({columns}, PRIMARY KEY ({key})) WITHOUT ROWID')
    for statement in BESIDE:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")


@cache
def insert(name: str, rows: int) -> str:
    """Put so many rows of the table ``name`` in; one whose key is there is passed over."""
    return f"{_into(name, rows)} DO NOTHING"


@cache
def differing(name: str, rows: int) -> str:
    """Which of so many rows differ from those that are there under their keys? Their cells, and whether they may not.

    They may where one is a newer revision of the other.
    """
    table = TABLES[name]
    columns = ", ".join(_quoted(table.names))
    rest = [column for column in table.names if column not in table.key]
    same = [column for column in rest if column not in (*LATER.get(name, ()), "revision")]
    conflict = _unlike(same)
    if name not in STEADY:
        conflict = f"fresh.revision = held.revision AND {conflict}"
    keys = " AND ".join(f"held.{column} = fresh.{column}" for column in _quoted(table.key))
    return (
        f"WITH fresh ({columns}) AS (VALUES {_cells(name, rows)})"  # noqa: S608 our own names
        f' SELECT fresh.*, {conflict} FROM fresh CROSS JOIN "{name}" held WHERE {keys} AND {_unlike(rest)}'
    )


@cache
def upsert(name: str) -> str:
    """Put a row of the table ``name`` in; where the key is there, only if it is newer.

    Two rows of the same key and revision should not differ. Should they, one of them wins that does not depend on
    which came first, and something wins over nothing: the order of packages must never matter.
    """
    table = TABLES[name]
    rest = _quoted([column for column in table.names if column not in table.key])
    news = ", ".join(f"{column} = excluded.{column}" for column in rest)
    sides = (", ".join(f"coalesce({side}.{column}, -9e999)" for column in rest) for side in ("excluded", "held"))
    newer = "({}) > ({})".format(*sides)
    if "revision" not in table.key:
        newer = f"excluded.revision > held.revision OR excluded.revision = held.revision AND {newer}"
    return f"{_into(name, 1)} ({', '.join(_quoted(table.key))}) DO UPDATE SET {news} WHERE {newer}"


def _into(name: str, rows: int) -> str:
    return f'INSERT INTO "{name}" AS held VALUES {_cells(name, rows)} ON CONFLICT'  # noqa: S608 our own names


def _cells(name: str, rows: int) -> str:
    return ", ".join([f"({', '.join('?' * len(TABLES[name].columns))})"] * rows)


def _unlike(columns: Sequence[str]) -> str:
    held, fresh = (", ".join(f"{side}.{column}" for column in _quoted(columns)) for side in ("held", "fresh"))
    return f"(({held}) IS NOT ({fresh}))"


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in names]
