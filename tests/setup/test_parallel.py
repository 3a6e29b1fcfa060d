"""The suite runs on all cores: every process collects the same tests in the same order, by names that are not drawn."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_tests_have_the_same_names_in_the_same_order_whatever_the_hashes() -> None:
    """A name drawn at random, or the order of a set, would part the workers of ``make test`` in some runs only."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-o", "addopts=", "-p", "no:cacheprovider"]
    running = [
        subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True
        )
        for seed in ("1", "4711")
    ]
    first, second = ([line for line in each.communicate()[0].splitlines() if "::" in line] for each in running)
    assert len(first) > 1_000
    assert first == second


@pytest.mark.slow
def test_the_doctors_tests_do_not_know_how_deep_they_run(tmp_path: Path) -> None:
    """Where a line is broken, or how long a socket's name may be, must not decide in somebody's longer folder."""
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 4)
    deep.mkdir(parents=True)
    command = [sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", "-m", "not slow and not device"]
    where = [
        "--basetemp",
        str(deep / "temp"),
        "tests/doctor",
        "tests/devices/test_stick.py",
        "tests/runtime/test_loop.py",
    ]
    done = subprocess.run([*command, *where], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3_000:]
