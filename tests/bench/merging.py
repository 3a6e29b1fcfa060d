"""How fast is a package merged, against the fastest that Python's sqlite3 does with the same rows?"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from kiosk.bench.rows import BenchRow, RatioTarget, interleaved, median_ratio, row
from kiosk.clinic.database import open_clinic
from kiosk.clinic.merge import MergeOutcome, merge
from kiosk.package.protection import Keys
from kiosk.package.read import Package
from kiosk.package.schema import TABLES
from tests.package.made import exported, lived, record

SESSIONS, ROUNDS = 500, 9
LEAST = 0.4
"""Of one package, which one process reads, verifies and writes; `tests.bench.against.merge` has many on all cores."""

Rows = dict[str, list[tuple[Any, ...]]]


def merge_rows(here: Path, said: Callable[[], None], sessions: int = SESSIONS, rounds: int = ROUNDS) -> list[BenchRow]:
    """Reading, verifying and merging, against rows that lie in memory and go into empty tables with the same keys."""
    package = exported(record(here / "data", lived(sessions=sessions)), here / "out").made.place
    with Package(package, Keys()) as opened:
        rows = {name: list(opened.rows(name)) for name in TABLES}
    runs = {"merge": lambda: _merged(here / "merged.db", package), "raw": lambda: _inserted(here / "raw.db", rows)}
    found = interleaved(runs, rounds, 1, said)
    count = sum(map(len, rows.values()))
    took, raw = median(found["merge"]), median(found["raw"])
    return [
        row(
            "Merging a package at the clinic",
            count / took / 1_000,
            "thousand rows a second",
            f"executemany of the same {count} rows, not verified, {count / raw / 1_000:.0f} thousand rows a second",
            median_ratio(found["raw"], found["merge"]),
            RatioTarget(LEAST, at_least=True),
        )
    ]


def _merged(into: Path, package: Path) -> float:
    into.unlink(missing_ok=True)
    with open_clinic(into) as clinic:
        began = time.perf_counter()
        (taken,) = merge(clinic, [package], Keys())
        took = time.perf_counter() - began
    assert taken.outcome is MergeOutcome.MERGED
    return took


def _inserted(into: Path, rows: Rows) -> float:
    into.unlink(missing_ok=True)
    connection = sqlite3.connect(into)
    for table in TABLES.values():
        columns, key = (", ".join(f'"{name}"' for name in names) for names in (table.names, table.key))
        connection.execute(f'CREATE TABLE "{table.name}" ({columns}, PRIMARY KEY ({key}))')
    began = time.perf_counter()
    with connection:
        for name, some in rows.items():
            marks = ", ".join("?" * len(TABLES[name].columns))
            connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', some)  # noqa: S608 our own names
    took = time.perf_counter() - began
    connection.close()
    return took
