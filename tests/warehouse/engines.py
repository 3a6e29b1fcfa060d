"""Engines that read a published folder, each in its own way, and their answers to the six questions."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow.dataset

from kiosk.warehouse.questions import QUESTIONS
from kiosk.warehouse.tables import PUBLISHED

ROOT = Path(__file__).resolve().parents[2]
SPARK = ROOT / "build/spark/.venv/bin/python"
Answer = list[tuple[Any, ...]]


def plain(value: Any) -> Any:
    """A cell as text, number, truth or None, whatever the engine calls it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value.isoformat() if isinstance(value, date) else value


def rows_of(rows: Iterable[Sequence[Any]]) -> Answer:
    return [tuple(plain(value) for value in row) for row in rows]


def files(current: Path, name: str) -> str:
    return f"{current}/{name}/*/*/*.parquet"


def by_duckdb(current: Path) -> dict[str, Answer]:
    """Each question, asked of DuckDB."""
    with duckdb.connect() as engine:
        for name in PUBLISHED:
            source = f"read_parquet('{files(current, name)}', hive_partitioning = true)"
            engine.execute(f"CREATE VIEW {name} AS SELECT * FROM {source}")  # noqa: S608
        return {one.name: rows_of(engine.execute(one.sql).fetchall()) for one in QUESTIONS}


def by_polars(current: Path) -> dict[str, Answer]:
    """Each question, asked of Polars."""
    frames = {name: polars.scan_parquet(current / name, hive_partitioning=True) for name in PUBLISHED}
    engine = polars.SQLContext(frames)
    return {one.name: rows_of(engine.execute(one.sql).collect().rows()) for one in QUESTIONS}


def by_sqlite(database: Path) -> dict[str, Answer]:
    """Each question, asked of a copy for `kiosk clinic browse`."""
    connection = sqlite3.connect(database)
    try:
        return {one.name: rows_of(connection.execute(one.sql)) for one in QUESTIONS}
    finally:
        connection.close()


def by_spark(current: Path, zone: str = "UTC") -> dict[str, Any]:
    """What Spark says, in a process of its own: ``answers``, ``types`` of the columns, ``moments``."""
    env = {**os.environ, "TZ": zone, "SPARK_LOCAL_IP": "127.0.0.1"}
    command = [SPARK, ROOT / "tests/warehouse/spark_child.py", current]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3_000:]
    said: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return said


def by_arrow(current: Path, name: str) -> Any:
    """A table as PyArrow's own reader of folders has it."""
    return pyarrow.dataset.dataset(current / name, partitioning="hive").to_table()


def alike(one: Answer, other: Answer) -> bool:
    """Equal, but that sums and means of floats may differ in their last digits, by the order of adding."""
    return len(one) == len(other) and all(
        len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
        for a, b in zip(one, other, strict=True)
    )


def _same(x: Any, y: Any) -> bool:
    if isinstance(x, float) or isinstance(y, float):
        return x is not None and y is not None and abs(x - y) <= 1e-9 * max(1.0, abs(x))
    return bool(x == y)
