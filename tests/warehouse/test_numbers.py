"""What docs/many-kiosks.md promises: a rate, memory that does not grow with the number of sites, Python that runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.warehouse.bench import ROOT, apart
from tests.warehouse.test_publish import published
from tests.warehouse.years import years

PAGE = (ROOT / "docs/many-kiosks.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_sites(tmp_path: Path) -> None:
    """Four sites of four kiosks need no more than one; a million rows take less than a minute of one core."""
    years(tmp_path / "one.db", range(4), days=90)
    years(tmp_path / "four.db", [site * 20 + number for site in range(4) for number in range(4)], days=90)
    one, four = (apart(tmp_path / f"{name}.db", tmp_path / name) for name in ("one", "four"))
    assert four["rows"] == 4 * one["rows"]
    assert four["kib"] < 1.15 * one["kib"]
    assert four["rows"] / four["cpu"] * 60 > 1e6


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_the_python_of_the_page_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str], engine: str) -> None:
    """As it stands there, but for the folder."""
    years(tmp_path / "c.db", [0], days=10)
    current = published(tmp_path / "c.db", tmp_path / "to").current
    (code,) = (
        block
        for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
        if f"import {engine}" in block or f", {engine}" in block
    )
    exec(code.replace("/data/kiosks/current", str(current)), {})  # noqa: S102 the page's own
    said = capsys.readouterr().out
    assert "s-007" in said
    assert "planned_steps" in said
