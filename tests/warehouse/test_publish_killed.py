"""Whenever a publication is killed, readers have the tables of before or the new ones, and the next one tidies up."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

from kiosk.clinic.database import open_clinic
from kiosk.warehouse.publish import publish
from tests.warehouse.years import years


@pytest.mark.parametrize("every", [23, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_anywhere_it_leaves_the_old_or_the_new(tmp_path: Path, every: int) -> None:
    """Every file is whole, the two are never mixed, and it turns from one to the other once."""
    database = tmp_path / "clinic.db"
    years(database, [0, 20], days=3)
    with open_clinic(database) as clinic:
        publish(clinic, tmp_path / "before", lambda *_: None)
    years(database, [1], days=3)
    (tmp_path / "work").mkdir()
    arguments = (str(database), str(tmp_path / "before"), str(tmp_path / "work"), str(every))
    ran = subprocess.run(
        [sys.executable, "-m", "tests.warehouse.killer", *arguments], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert [what for what, _ in groupby(seen)] == ["old", "new"]
    assert len(seen) > 60 / every
