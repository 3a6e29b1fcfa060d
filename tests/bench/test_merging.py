"""The comparison measures what it says: both ways end with the same rows."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from kiosk.package.schema import TABLES
from tests.bench.merging import merge_rows


def test_both_ways_end_with_the_same_rows(tmp_path: Path) -> None:
    """A baseline that inserts something else would prove nothing."""
    calls: list[int] = []
    (found,) = merge_rows(tmp_path, lambda: calls.append(1), sessions=1, rounds=2)
    assert found.target == "≥ 0.4"
    assert found.ratio > 0
    assert len(calls) == 6
    ways = [sqlite3.connect(tmp_path / f"{name}.db") for name in ("merged", "raw")]
    for table in TABLES:
        one, other = (sorted(way.execute(f'SELECT * FROM "{table}"'), key=repr) for way in ways)  # noqa: S608
        assert one == other
    for way in ways:
        way.close()
