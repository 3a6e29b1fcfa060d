"""Killed at any moment of a merge: a package is in whole or not at all, and the next merge goes on from there."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk.package.schema import TABLES
from tests.clinic.test_merge import content, merged
from tests.usb.parcels import PEOPLE, Counting

KILLS = 200
MANY, FEW = 1_000, 10
MOST_KIB, MORE_KIB = 150 << 10, 24 << 10
"""With ten packages not even SQLite's cache of 16 MiB is full."""


def kiosks(to: Path, numbers: range, repetitions: int) -> Path:
    """A folder of packages, each of another kiosk."""
    for number in numbers:
        kiosk = Counting(f"{number:08x}")
        for person in PEOPLE:
            kiosk.practise(person, repetitions)
        kiosk.export(to)
    return to


def merger(into: Path, folder: Path, count: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.clinic.merger", str(into), str(folder), str(count)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def kill_once(into: Path, folder: Path, after_s: float, count: int) -> None:
    process = merger(into, folder, count)
    time.sleep(after_s)  # a moment of the other process: there is nothing to wait for
    process.kill()
    process.wait()


def held(into: Path) -> int:
    """How many packages are in; each with all of its rows, once, and nothing else is there."""
    connection = sqlite3.connect(into)
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return 0  # killed before it had begun the file
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    wanted = dict(connection.execute("SELECT device_id, rows FROM merged"))
    every = " UNION ALL ".join(f"SELECT device_id FROM {name}" for name in TABLES)  # noqa: S608
    assert dict(connection.execute(f"SELECT device_id, count(*) FROM ({every}) GROUP BY 1")) == wanted  # noqa: S608
    connection.close()
    return len(wanted)


def keep_killing(here: Path, kills: int, processes: int) -> tuple[int, int]:
    """Kill, look, go on with the same file, and begin a new one when it is full; how often it was found half full."""
    folder = kiosks(here / "packages", range(12), 150)
    merged(sorted(folder.iterdir()), here / "wanted.db")
    wanted = content(here / "wanted.db")
    with merger(here / "timed.db", folder, processes) as process:
        began = time.perf_counter()
        process.wait()
    longest_s = time.perf_counter() - began
    into, chance = here / "clinic.db", random.Random(6)
    half = full = 0
    for _ in range(kills):
        kill_once(into, folder, chance.uniform(0, longest_s), processes)
        count = held(into)
        half += 0 < count < 12
        if count == 12:
            full += 1
            assert content(into) == wanted
            into.unlink()
    merged(sorted(folder.iterdir()), into)
    assert content(into) == wanted
    return half, full


@pytest.mark.parametrize("processes", [0, 2])
def test_a_killed_merge_goes_on(tmp_path: Path, processes: int) -> None:
    """A few moments; afterwards the same command brings in what is missing, and nothing is there twice."""
    keep_killing(tmp_path, 3, processes)


@pytest.mark.slow
@pytest.mark.parametrize("processes", [0, 2])
def test_two_hundred_killed_merges(tmp_path: Path, processes: int) -> None:
    """200 random moments: no row lost or doubled, and the kills did hit the middle of it."""
    half, full = keep_killing(tmp_path, KILLS, processes)
    assert half > 20
    assert full > 2


@pytest.mark.slow
@pytest.mark.parametrize("processes", [0, 2])
def test_a_thousand_packages_in_flat_memory(tmp_path: Path, processes: int) -> None:
    """From ten packages to a thousand, memory stays where it is; the second time they are all passed over."""
    used = {}
    for first, count in ((0, FEW), (FEW, MANY)):
        folder = kiosks(tmp_path / "packages", range(first, count), 40)
        into = tmp_path / f"{count}.db"
        process = merger(into, folder, processes)
        assert process.stdout is not None
        used[count] = int(process.stdout.read())
        assert process.wait() == 0
        assert held(into) == count
    assert used[MANY] < MOST_KIB
    assert used[MANY] < used[FEW] + MORE_KIB
    taken = merged(sorted(folder.iterdir()), tmp_path / f"{MANY}.db")
    assert {item.outcome.value for item in taken} == {"already"}
