"""Killed at any moment of an export: what has a package's name is a whole package, and the record is whole."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk.handover.keys import Keys
from kiosk.handover.verify import verify
from tests.handover.made import exported, lived, record
from tests.records.helpers import sound

KILLS, LONGEST_S = 200, 0.25


def kill_once(data: Path, out: Path, after_s: float) -> None:
    out.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.handover.exporter", str(data), str(out)], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(after_s)  # a moment of the other process: there is nothing to wait for
    finally:
        process.kill()
        process.wait()


def held(data: Path, out: Path) -> int:
    """How many packages there are under their final names; all of them pass."""
    whole = [path for path in out.iterdir() if not path.name.endswith(".part")]
    for path in whole:
        assert verify(path, Keys()).passed, path
    sound(data)
    return len(whole)


def test_a_killed_export_leaves_no_wrong_package(tmp_path: Path) -> None:
    """A few moments; the next export clears away what the killed one left and is whole."""
    data, out = record(tmp_path / "data", lived(sessions=5)), tmp_path / "out"
    for after_s in (0.005, 0.02, 0.06):
        kill_once(data, out, after_s)
        held(data, out)
    assert verify(exported(data, out).made.place, Keys()).passed


@pytest.mark.slow
def test_two_hundred_kills(tmp_path: Path) -> None:
    """200 random moments: no package under its final name that fails, no row lost or doubled."""
    data, out = record(tmp_path / "data", lived(sessions=5)), tmp_path / "out"
    chance = random.Random(4)
    packages = unfinished = 0
    for _ in range(KILLS):
        kill_once(data, out, chance.uniform(0, LONGEST_S))
        packages += held(data, out)
        unfinished += sum(path.name.endswith(".part") for path in out.iterdir())
        shutil.rmtree(out)
    assert packages > 20
    assert unfinished > 20
