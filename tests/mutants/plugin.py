"""What pytest is told inside a run for mutants: which tests, in which order, how long, and what each passed through."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from coverage import Coverage

OPTIONS = [
    "-q",
    "-p",
    "no:cacheprovider",
    "-o",
    "faulthandler_timeout=0",
    "--assert=plain",
    "--tb=no",
    "-m",
    "not slow",
]
"""Nobody reads these runs: no rewritten asserts, no tracebacks."""
CPU_S, WALL_S, TIMES = 5.0, 20.0, 10.0
"""A test that takes this much longer than TIMES its usual time does not end: the fault is noticed."""


class Chosen:
    """Run only the chosen tests, in their order, each for a limited time."""

    def __init__(self, tests: dict[str, float]) -> None:
        self._tests = tests
        self._place = {name: place for place, name in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out the others."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._place), key=lambda item: self._place[item.nodeid]
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Let the two alarms end this process by signal if a test does not end."""
        usual = self._tests[item.nodeid] * TIMES
        signal.setitimer(signal.ITIMER_PROF, CPU_S + usual)
        signal.setitimer(signal.ITIMER_REAL, WALL_S + usual)
        return (yield)


class Traced:
    """Note which lines each test passes through, how long it takes and whether it passes."""

    def __init__(self, coverage: Coverage) -> None:
        self._coverage = coverage
        self.took: dict[str, float] = {}
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Count the lines from here on for this test."""
        self._coverage.switch_context(item.nodeid)
        began = time.monotonic()
        result = yield
        self.took[item.nodeid] = time.monotonic() - began
        self._coverage.switch_context("")
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails without a fault says nothing about one."""
        if report.failed:
            self.failed.add(report.nodeid)


def existing(tests: tuple[str, ...]) -> list[str]:
    """Those of the folders and files that are there."""
    return [name for name in tests if Path(name).exists()]
