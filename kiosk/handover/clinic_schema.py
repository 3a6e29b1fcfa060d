"""How are the rows of many kiosks kept? Tables as the CSVs have them, and a statement by which the newest row wins."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from types import MappingProxyType

from kiosk.handover.schema import FORMAT, TABLES, Kind

APPLICATION = 0x464B434C
"""``FKCL``: what SQLite keeps in the head of the file, so that no other database is taken for ours."""
AFFINITY = MappingProxyType({Kind.WHOLE: "INTEGER", Kind.FLAG: "INTEGER", Kind.NUMBER: "REAL"})
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
    "CREATE INDEX merged_by_kiosk ON merged (device_id, package_seq)",
    "CREATE INDEX sessions_by_seq ON sessions (device_id, seq)",
    "CREATE INDEX sessions_by_person ON sessions (patient_code, device_id, seq)",
    "CREATE INDEX events_by_person ON events (patient_code) WHERE patient_code IS NOT NULL",
    "CREATE INDEX package_by_range ON package (device_id, state, reason, seq_from, seq_to, selection)",
)

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
def upsert(name: str, rows: int) -> str:
    """Put so many rows of the table ``name`` in; where the key is there, only what is newer.

    Two rows of the same key and revision should not differ. Should they, one of them wins that does not depend on
    which came first, and something wins over nothing: the order of packages must never matter.
    """
    table = TABLES[name]
    cells = f"({', '.join('?' * len(table.columns))})"
    rest = _quoted([column for column in table.names if column not in table.key])
    into = f'INSERT INTO "{name}" AS held VALUES {", ".join([cells] * rows)} ON CONFLICT'  # noqa: S608 our own names
    news = ", ".join(f"{column} = excluded.{column}" for column in rest)
    sides = (", ".join(f"coalesce({side}.{column}, -9e999)" for column in rest) for side in ("excluded", "held"))
    newer = "({}) > ({})".format(*sides)
    if "revision" not in table.key:
        newer = f"excluded.revision > held.revision OR excluded.revision = held.revision AND {newer}"
    return f"{into} ({', '.join(_quoted(table.key))}) DO UPDATE SET {news} WHERE {newer}"


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in names]
