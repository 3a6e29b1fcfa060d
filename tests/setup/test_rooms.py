"""The arrows between rooms point the way docs/design.md says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KIOSK = ROOT / "kiosk"
LEAVES = {"errors", "signals", "choosing", "paths", "faults", "clock", "safefiles"}
MAY = {
    "care": {"errors", "faults", "paths"},
    "session": {"care", "choosing", "errors", "signals"},
    "desk": {"care", "choosing", "errors", "signals"},
    "face": {"errors"},
    "records": LEAVES,
    "handover": {"records", "care", "devices"} | LEAVES,
    "devices": LEAVES,
    "sight": {"face", "devices"} | LEAVES,
    "screens": {"session", "desk", "care", "face", "choosing", "errors", "signals", "paths", "words"},
    "shell": {"screens", "session", "desk", "care", "face", "sight", "records", "handover", "devices"}
    | {"settings", "config", "words"}
    | LEAVES,
    "errors": {"faults"},
    "faults": set(),
    "signals": set(),
    "choosing": {"signals"},
    "paths": {"errors"},
    "clock": set(),
    "safefiles": set(),
    "settings": set(),
    "config": {"faults", "settings"},
    "words": {"paths", "care", "session"},
}
"""What each room may import; ``app``, ``cli`` and ``support`` may import all (not each other's callers)."""


def imports(path: Path) -> set[str]:
    """The rooms that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "kiosk":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("kiosk.")}
    return found - {"__version__"}


def rooms() -> list[tuple[str, Path]]:
    """Every module with the room it lies in."""
    found = []
    for path in sorted(KIOSK.rglob("*.py")):
        parts = path.relative_to(KIOSK).parts
        found.append((parts[0].removesuffix(".py"), path))
    return found


@pytest.mark.parametrize("room", sorted(MAY))
def test_a_room_imports_only_what_lies_below_it(room: str) -> None:
    """One arrow upwards, and nothing can be moved any more."""
    seen = [(path, name) for here, path in rooms() if here == room for name in imports(path)]
    wrong = {f"{path.relative_to(ROOT)} imports {name}" for path, name in seen if name not in MAY[room] | {room}}
    assert not wrong


def test_every_room_has_its_place_in_the_plan() -> None:
    """A room that the plan does not know would be free of all rules."""
    known = set(MAY) | {"app", "cli", "support", "__init__", "__main__"}
    assert {here for here, _ in rooms()} <= known


def test_nobody_imports_the_top_of_the_house() -> None:
    """Nothing but the commands may know the composition or the support tools."""
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for here, path in rooms()
        for name in imports(path)
        if name in {"app", "cli", "support"} and here not in {name, "cli", "__main__", "support"}
    }
    assert not wrong


def test_only_the_clock_asks_what_time_it_is() -> None:
    """Durations and dates enter as arguments everywhere else (a worker's own waits aside)."""
    wrong = set()
    for _, path in rooms():
        if path == KIOSK / "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                called = f"{node.value.id}.{node.attr}"
                if called in {"time.time", "time.sleep", "datetime.now", "date.today", "datetime.utcnow"}:
                    wrong.add(f"{path.relative_to(ROOT)}: {called}")
    assert not wrong


HANDOVER = {
    "report": "documents report report_axis report_bands report_canvas report_details report_model report_practice "
    "report_words scratch source workbook",
    "clinic": "account burying clinic clinic_report clinic_schema gathered merge ranges",
    "usb": "bringing carrying errand installing outcomes parcel stick_target",
}
"""The rooms into which ``handover`` falls apart, by its modules; all others are of ``package``."""
BELOW: dict[str, set[str]] = {
    "package": set(),
    "report": {"package"},
    "clinic": {"package", "report"},
    "usb": {"package", "report"},
}


def test_handing_over_can_be_parted_into_rooms() -> None:
    """Writing and reading a package knows neither report nor clinic nor stick, and nothing in it turns in a circle."""
    of = {module: room for room, modules in HANDOVER.items() for module in modules.split()}
    arrows: dict[str, set[str]] = {}
    for path in sorted((KIOSK / "handover").glob("*.py")):
        seen = arrows.setdefault(path.stem, set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kiosk.package"):
                parts = (node.module or "").split(".")
                seen |= {parts[2]} if len(parts) > 2 else {alias.name for alias in node.names}
    assert of.keys() <= arrows.keys()
    rooms_of = [(of.get(here, "package"), of.get(there, "package")) for here, seen in arrows.items() for there in seen]
    assert not {(here, there) for here, there in rooms_of if here != there and there not in BELOW[here]}
    while arrows:
        ends = {module for module, seen in arrows.items() if not seen & arrows.keys()}
        assert ends, f"a circle among {sorted(arrows)}"
        arrows = {module: seen for module, seen in arrows.items() if module not in ends}
