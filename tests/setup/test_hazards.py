"""The page of hazards names tests that exist: a hazard whose test is gone stands against nothing."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "hazards.md"
HAZARD = re.compile(r"^\| (\d+) \|(.+)\|$", re.MULTILINE)
COLUMNS = 5


def test_every_hazard_is_held_by_a_test_that_exists() -> None:
    """Each row has all of its columns, and each test that it names is one of this folder."""
    rows = HAZARD.findall(PAGE.read_text(encoding="utf-8"))
    assert [int(number) for number, _ in rows] == list(range(1, len(rows) + 1))
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    there = set(re.findall(r"^(?:def|class) (\w+)", written, re.MULTILINE))
    there |= set(re.findall(r"^(Test\w+) = ", written, re.MULTILINE))
    for number, row in rows:
        cells = [cell.strip() for cell in row.split("|")]
        assert len(cells) == COLUMNS, f"hazard {number} has {len(cells)} columns after its number"
        assert all(cells), f"hazard {number} leaves a column empty"
        named = set(re.findall(r"`((?:test|Test)\w+)`", cells[3]))
        assert named, f"hazard {number} names no test"
        assert named <= there, f"hazard {number} names tests that are not there: {sorted(named - there)}"
