"""Which modules are mutated together, and which tests are asked to notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "mutants.md"


@dataclass(frozen=True)
class Room:
    """Modules whose faults are counted together."""

    name: str
    """What the figure is called."""
    modules: tuple[str, ...]
    """Glob patterns of the mutated files, from the root."""
    tests: tuple[str, ...]
    """Folders or files whose tests must notice; a fault that only others would notice counts as survived."""

    def files(self) -> list[str]:
        """The mutated files, from the root."""
        found = {path for pattern in self.modules for path in ROOT.glob(pattern)}
        return sorted(str(path.relative_to(ROOT)) for path in found if path.name != "__init__.py")


PAGES = "tests/setup/test_docs.py"
"""The pages of words and rows that `make docs` writes: without them a lost sentence is noticed by no test."""

ROOMS = (
    Room(
        "care",
        ("kiosk/care/*.py", "kiosk/programmes/*.py"),
        (
            "tests/care",
            "tests/programmes",
            "tests/session",
            "tests/menus",
            "tests/planning",
            "tests/test_rules.py",
            "tests/package/test_plan.py",
            PAGES,
        ),
    ),
    Room("session", ("kiosk/session/*.py",), ("tests/session", "tests/runtime", "tests/test_rules.py", PAGES)),
    Room("records", ("kiosk/records/*.py",), ("tests/records", "tests/runtime", "tests/package/test_dating.py")),
    Room(
        "package",
        (
            "kiosk/package/read.py",
            "kiosk/package/read_bag.py",
            "kiosk/package/read_bundle.py",
            "kiosk/package/csv_cells.py",
            "kiosk/clinic/erasures.py",
            "kiosk/package/outer.py",
            "kiosk/package/verify.py",
            "kiosk/usb/import_read.py",
            "kiosk/clinic/merge.py",
            "kiosk/reading/many.py",
            "kiosk/clinic/database.py",
            "kiosk/ranges.py",
        ),
        ("tests/package", "tests/clinic", "tests/usb"),
    ),
)
