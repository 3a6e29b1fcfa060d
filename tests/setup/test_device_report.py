"""The virtual device's report: a run takes an hour, is broken off and gone on with, and is one report in the end."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.device.report import Report

BEGAN = datetime(2026, 11, 30, 7, tzinfo=UTC)
COMMIT = "0cfe45c"
HOW = "from its folder"


def part(folder: Path, number: int, *found: tuple[str, str], commit: str = COMMIT, how: str = HOW) -> dict[str, Any]:
    """One part of a run, which found these outcomes; the whole report after it."""
    report = Report(folder, BEGAN + timedelta(minutes=number))
    report.about |= {"commit": commit, "installed": how}
    for name, outcome in found:
        entry = report.entry(name, f"what {name} is about")
        entry.outcome = outcome
        entry.figure("part", number)
        report.write()
    whole: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return whole


def seen(whole: dict[str, Any]) -> dict[str, tuple[str, int]]:
    """Each scenario's outcome, and the part that found it."""
    return {one["name"]: (one["outcome"], one["figures"]["part"]) for one in whole["scenarios"]}


def test_parts_of_one_commit_are_one_report(tmp_path: Path) -> None:
    """What was found stays, and what is tried again counts as it was found last."""
    part(tmp_path, 1, ("start", "passed"), ("sticks", "failed"))
    whole = part(tmp_path, 2, ("sticks", "passed"), ("camera", "passed"))
    assert seen(whole) == {"start": ("passed", 1), "sticks": ("passed", 2), "camera": ("passed", 2)}
    assert whole["about"]["passed"] == 3
    assert "failed" not in whole["about"]
    assert whole["about"]["run"] == "2026-11-30T07:01:00+00:00, 2026-11-30T07:02:00+00:00"
    page = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert all(f"| what {name} is about | passed |" in page for name in ("start", "sticks", "camera"))


def test_parts_at_the_same_time_lose_nothing_of_each_other(tmp_path: Path) -> None:
    """Each writes when a scenario of its own ends, whatever the other has written since."""
    one, two = (Report(tmp_path, BEGAN + timedelta(minutes=number)) for number in (1, 2))
    for report in (one, two):
        report.about |= {"commit": COMMIT, "installed": HOW}
    for report, name in ((one, "start"), (two, "camera"), (one, "sticks"), (two, "cage")):
        report.entry(name, name).outcome = "passed"
        report.write()
    whole = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert {scenario["name"] for scenario in whole["scenarios"]} == {"start", "camera", "sticks", "cage"}
    assert whole["about"]["passed"] == 4


@pytest.mark.parametrize(
    ("before", "after", "how"),
    [
        (COMMIT, "3ecf091", HOW),
        (COMMIT, COMMIT, "in a chroot"),
        (f"{COMMIT} with changes", f"{COMMIT} with changes", HOW),
        ("unknown", "unknown", HOW),
    ],
)
def test_another_state_begins_anew(tmp_path: Path, before: str, after: str, how: str) -> None:
    """What is true of one state is not said of another, nor of one that nobody can name."""
    part(tmp_path, 1, ("start", "passed"), commit=before)
    assert seen(part(tmp_path, 2, ("camera", "passed"), commit=after, how=how)) == {"camera": ("passed", 2)}


def test_a_part_that_installed_nothing_leaves_what_was_found(tmp_path: Path) -> None:
    """Its image could not be built: what the part before it found is still there."""
    part(tmp_path, 1, ("start", "passed"))
    report = Report(tmp_path, BEGAN + timedelta(minutes=2))
    report.about["commit"] = COMMIT
    report.entry("camera", "").outcome = "failed"
    report.write()
    whole = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert {one["name"]: one["outcome"] for one in whole["scenarios"]} == {"start": "passed", "camera": "failed"}
