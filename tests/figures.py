"""What tests have found out in numbers, kept for the pages of docs/: a figure there is a test's own, never typed.

A test hands it over by ``record_property("figure", "…")``. ``pytest --figures FILE`` keeps those of tests that passed,
with the machine and the commit that they were found on.
"""

from __future__ import annotations

import json
import platform
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "figures.json"


def commit(checkout: Path = ROOT) -> str:
    """The commit of a checkout, and whether its files differ from it; empty where git knows of none."""
    ask = ["git", "-C", str(checkout), "describe", "--always", "--exclude=*", "--dirty= with changes"]
    try:
        return subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        return ""


class Figures:
    """A pytest plugin: merges the figures of this run into the file, under the name of each test."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._passed: set[str] = set()
        # Asked now: the file itself may be one that git knows, and changes the checkout.
        self._where = ", ".join(filter(None, (platform.machine(), f"Python {platform.python_version()}", commit())))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hear of each test that passed, once it is over: a fixture may have the last word."""
        if report.when == "call" and report.passed:
            self._passed.add(report.nodeid)
        elif report.when == "teardown" and report.nodeid in self._passed:
            said = [str(value) for name, value in report.user_properties if name == "figure"]
            if said:
                self._keep(report.nodeid, said)

    def _keep(self, test: str, said: list[str]) -> None:
        """Keep what was found at once, beside what other tests found before: a long run may be broken off."""
        kept = read(self._path) | {test: {"figure": "; ".join(said), "on": self._where}}
        self._path.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n", encoding="utf-8")


def read(path: Path = FIGURES) -> dict[str, dict[str, str]]:
    """The figures that are kept; none where there is no file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
