"""kill -9 at any moment: what was acknowledged is there, what was put together is there together."""

from __future__ import annotations

import random
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.records.helpers import rows_in, sound


def one_life(data: Path, run: int) -> int:
    """Start the putter, let it come to a random place, kill it; up to where it had been told that all is safe."""
    dice = random.Random(run)
    lines = dice.choice([0, 0, 1, 3, 10, 40])
    command = [sys.executable, "-m", "tests.records.putter", str(data), str(run)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        acknowledged = 0
        for _ in range(lines):
            acknowledged = int(child.stdout.readline())
        # Somewhere inside opening, inside a commit, between two: not only right after an acknowledgement.
        select.select([], [], [], dice.random() * (0.4 if lines == 0 else 0.01))
        child.kill()
        rest = child.stdout.read().split(b"\n")[:-1]
        assert child.wait() == -9
    return int(rest[-1]) if rest else acknowledged


def check(data: Path, run: int, acknowledged: int) -> int:
    """0 acknowledged rows lost, none twice, none torn; how many rows of this run there are."""
    if not (data / "kiosk.db").exists() or not rows_in(data, "SELECT 1 FROM sqlite_master WHERE name = 'set_aside'"):
        assert acknowledged == 0
        return 0
    sound(data)
    mark = f"{run}.%"
    stored = rows_in(data, "SELECT detail_code, count(*) FROM events WHERE detail_code LIKE ? GROUP BY 1", [mark])
    assert all(count == 2 for _, count in stored)
    numbers = sorted(int(detail.split(".")[1]) for detail, _ in stored)
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= acknowledged
    repetitions = rows_in(data, "SELECT repetition FROM repetitions WHERE session_id = ? ORDER BY 1", [f"run-{run}"])
    assert [n for (n,) in repetitions] == numbers
    return len(numbers)


@pytest.mark.parametrize(
    "runs", [pytest.param(range(8), id="8 lives"), pytest.param(range(8, 128), id="120 lives", marks=pytest.mark.slow)]
)
def test_no_acknowledged_row_is_lost_by_kill_9(
    tmp_path: Path, runs: range, record_property: Callable[[str, object], None]
) -> None:
    """One record through many violent ends: whole, without a gap, every earlier life closed as cut short."""
    total = acknowledged = 0
    for run in runs:
        told = one_life(tmp_path, run)
        total += check(tmp_path, run, told)
        acknowledged += told
    assert acknowledged > 0
    record_property("figure", f"{len(runs)} lives, {total} puts stored, {acknowledged} acknowledged, 0 lost")
    ends = rows_in(tmp_path, "SELECT end_reason FROM sessions ORDER BY seq")
    assert [reason for (reason,) in ends[:-1]] == ["power_loss"] * (len(ends) - 1)
    assert rows_in(tmp_path, "SELECT count(*) FROM set_aside") == [(0,)]
    assert not (tmp_path / "quarantine").exists()
