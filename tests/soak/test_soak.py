"""The soak holds its bounds, and each of them can fail: leaks, lies and losses that are put in are told."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.package.protection import Keys
from kiosk.package.verify import PackageVerdict, verify
from kiosk.records.folder import DATABASE
from tests.soak import days
from tests.soak.days import Soak
from tests.soak.measure import MOST_MB_PER_H, Report, Sample, page, slope, told

HOURS, SHORT_HOURS = 24, 4


@pytest.mark.slow
def test_a_simulated_day_holds_all_bounds(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """No leak, no late picture, no acknowledged row lost, no "done" that was not so; and enough of all was tried."""
    report = Soak(tmp_path, HOURS, 1).run()
    assert report.wrong() == []
    assert min(report.cuts, report.carried, report.saved, report.frames, report.acknowledged) > 0
    assert {"power cut", "clock", "camera lost"} <= report.faults.keys()
    assert "All bounds hold." in page(report)
    record_property("figure", told(report))


@pytest.mark.slow
def test_what_is_put_in_on_purpose_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leak of each kind, sessions that are taken out of the record, packages that are spoilt once they are "done"."""
    kept: list[bytes] = []
    stop = threading.Event()
    looks: list[int] = []

    def spoilt(package: Path, keys: Keys) -> PackageVerdict:
        newest = max((path for path in package.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
        newest.write_bytes(newest.read_bytes()[:-1])
        return verify(package, keys)

    monkeypatch.setattr(days, "verify", spoilt)

    def mischief(soak: Soak) -> None:
        looks.append(1)
        kept.append(os.urandom(4 << 20))
        looks.append(os.open(os.devnull, os.O_RDONLY))
        threading.Thread(target=stop.wait, daemon=True).start()
        if soak.report.saved:
            with sqlite3.connect(soak.data / DATABASE) as db:
                db.execute("DELETE FROM sessions")

    try:
        wrong = " ".join(Soak(tmp_path, SHORT_HOURS, 2, mischief).run().wrong())
    finally:
        stop.set()
        for number in looks[1::2]:
            os.close(number)
    leaks = ("memory grows", "descriptors grow", "threads grow")
    for sentence in (*leaks, "acknowledged and lost: sessions", "done, and it was not"):
        assert sentence in wrong, sentence


def test_the_slope_is_that_of_the_line() -> None:
    """Two megabytes an hour are two megabytes an hour, whatever wobbles around them evenly."""
    points = [(hour / 4, 100 + 2 * hour / 4 + (-1) ** hour) for hour in range(400)]
    assert slope(points) == pytest.approx(2, abs=0.01)
    assert slope([(1, 5), (1, 9)]) == 0


@pytest.mark.parametrize("by_h", [0.5 * MOST_MB_PER_H, 2 * MOST_MB_PER_H])
def test_the_bound_of_memory(by_h: float) -> None:
    """Below it nothing is said, above it the slope is."""
    report = Report(24, 1, samples=[Sample(h, h * 60, 200 + by_h * h, 0, 40, 2, 400, h, 10, 5.0) for h in range(24)])
    assert bool(report.wrong()) is (by_h > MOST_MB_PER_H)
    assert ("memory grows" in " ".join(report.wrong())) is (by_h > MOST_MB_PER_H)


def test_a_short_run_says_that_it_is_short() -> None:
    """Nobody takes one step of a cache in two hours for a leak, or its absence for proof."""
    for hours, said in ((2, True), (24, False)):
        samples = [Sample(hours * part / 8, part, 200, 0, 40, 2, 400, part, 10, 5.0) for part in range(9)]
        assert ("says little about a slope" in page(Report(hours, 1, samples=samples))) is said


def test_a_late_picture_and_a_slow_end_are_told() -> None:
    """Each of the bounds that a real run seldom touches."""
    samples = [Sample(h, h * 60, 200, 0, 40, 2, 400, h, 10, 5.0 if h < 12 else 50.0) for h in range(24)]
    wrong = " ".join(Report(24, 1, frames=10, late=1, samples=samples).wrong())
    assert "1 of 10 mirror pictures were late" in wrong
    assert "costs 10.0 times as much" in wrong
