"""The arrows between rooms point the way docs/design.md says, none run in a circle, and a room shows only its front."""

from __future__ import annotations

import ast
import builtins
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KIOSK = ROOT / "kiosk"
LEAVES = {"early", "errors", "signals", "choosing", "paths", "faults", "clock", "safefiles"}
SET = {"settings", "config", "words"}
MAY: dict[str, set[str]] = {
    "care": {"errors", "faults"},
    "programmes": {"care", "faults", "paths", "safefiles"},
    "session": {"care", "choosing", "errors", "signals"},
    "booth": {"signals"},
    "home": {"care", "choosing", "errors", "signals"},
    "desk": {"booth", "home", "care", "settings", "signals"},
    "planning": {"desk", "care", "settings"},
    "menus": {"booth", "desk", "planning", "home", "care", "choosing", "settings", "signals"},
    "first_start": {"desk", "menus", "home", "care", "choosing", "signals"},
    "face": {"errors", "paths"},
    "drawn": {"face"},
    "rows": {"errors"},
    "records": {"rows", "sqlite_pages"} | LEAVES,
    "bedside": {"home", "session", "desk", "menus", "plans", "records", "rows", "care", "devices", "settings"} | LEAVES,
    "films": {"errors"},
    "devices": {"films"} | LEAVES,
    "microphone": {"devices"} | LEAVES,
    "nursery": {"devices"} | LEAVES,
    "fhir": {"records"},
    "plans": {"care", "settings", "rows"} | LEAVES,
    "beside": set(),
    "package": {"ranges", "plans", "beside", "fhir", "records", "care", "settings", "rows"} | LEAVES,
    "report": {"programmes", "plans", "package", "beside", "records", "care", "words", "rows"} | LEAVES,
    "sheets": {"report", "errors", "paths", "words"},
    "reading": {"package", "errors"},
    "clinic": {"ranges", "report", "reading", "package", "plans", "records", "care", "rows"} | LEAVES,
    "warehouse": {"clinic", "fhir", "package"} | LEAVES,
    "update": {"records", "config"} | LEAVES,
    "usb": {
        "programmes",
        "pictures",
        "voice",
        "update",
        "report",
        "plans",
        "package",
        "records",
        "care",
        "devices",
        "desk",
        "menus",
        "settings",
        "words",
        "rows",
    }
    | LEAVES,
    "sight": {"face", "devices"} | LEAVES,
    "pictures": {"programmes", "care", "devices", "films"} | LEAVES,
    "voice": {"booth", "microphone", "programmes", "care", "session", "devices", "words"} | LEAVES,
    "screens": {"drawn", "face", "early", "errors", "signals", "paths"},
    "present": {
        "home",
        "screens",
        "session",
        "desk",
        "care",
        "drawn",
        "face",
        "words",
        "choosing",
        "signals",
    },
    "desk_pages": {
        "present",
        "booth",
        "first_start",
        "screens",
        "session",
        "desk",
        "planning",
        "menus",
        "care",
        "words",
        "choosing",
        "signals",
    },
    "runtime": {
        "booth",
        "home",
        "first_start",
        "programmes",
        "present",
        "desk_pages",
        "screens",
        "session",
        "desk",
        "menus",
        "care",
        "face",
        "sight",
        "pictures",
        "voice",
        "records",
        "plans",
        "package",
        "usb",
        "update",
        "devices",
        "rows",
        "bedside",
    }
    | SET
    | LEAVES,
    "doctor": {"programmes", "care", "pictures", "face", "package", "records", "screens", "devices", "update", "rows"}
    | SET
    | LEAVES,
    "commands": {
        "present",
        "sheets",
        "programmes",
        "care",
        "pictures",
        "voice",
        "face",
        "films",
        "package",
        "reading",
        "report",
        "clinic",
        "warehouse",
        "usb",
        "update",
        "records",
        "runtime",
        "rows",
        "bedside",
    }
    | SET
    | LEAVES,
    "demo": {
        "care",
        "devices",
        "microphone",
        "package",
        "programmes",
        "records",
        "rows",
        "runtime",
        "screens",
        "sight",
        "usb",
        "voice",
    }
    | SET
    | LEAVES,
    "bench": {"devices", "drawn", "face", "sight", "records", "screens", "runtime", "rows"} | SET | LEAVES,
    "bench_child": {
        "__main__",
        "programmes",
        "app",
        "cli",
        "bench",
        "care",
        "devices",
        "face",
        "sight",
        "records",
        "screens",
        "runtime",
    }
    | LEAVES,
    "app": {
        "programmes",
        "care",
        "devices",
        "face",
        "microphone",
        "nursery",
        "pictures",
        "voice",
        "sight",
        "records",
        "runtime",
        "screens",
        "usb",
        "update",
        "bedside",
    }
    | SET
    | LEAVES,
    "cli": {"app", "bench", "commands", "demo", "doctor", "face", "package"} | SET | LEAVES,
    "__main__": {"cli", "screens"},
    "choosing": {"signals"},
    "early": set(),
    "errors": {"faults", "signals"},
    "faults": set(),
    "signals": set(),
    "paths": {"early", "errors"},
    "safefiles": set(),
    "ranges": set(),
    "clock": set(),
    "sqlite_pages": set(),
    "settings": {"faults"},
    "config": {"early", "faults", "settings"},
    "words": {"paths"},
}
"""What each room may import. ``bench_child`` is a program like ``__main__``: the bench starts it, nobody imports it."""


def modules() -> dict[str, Path]:
    """Every module but the fronts of rooms, by its dotted name."""
    found = {}
    for path in sorted(KIOSK.rglob("*.py")):
        if path.name != "__init__.py":
            found[".".join(path.relative_to(ROOT).with_suffix("").parts)] = path
    return found


MODULES = modules()


def imports(path: Path) -> set[str]:
    """The modules of the house that a module imports, wherever in it, for the type checker only included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            found |= names or {node.module} & MODULES.keys()
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & MODULES.keys()
    return found


def room(module: str) -> str:
    """The room that a module lies in; a module at the top is a room of its own."""
    return module.split(".")[1]


IMPORTS = {module: imports(path) for module, path in MODULES.items()}
ROOMS = sorted({room(module) for module in MODULES if module.count(".") == 2})


def front(name: str) -> tuple[str, list[str]]:
    """What a room's ``__init__`` says: its question, and the modules that others may import."""
    tree = ast.parse((KIOSK / name / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.get_docstring(tree) or "", ast.literal_eval(node.value)
    return ast.get_docstring(tree) or "", []


def test_every_room_has_its_place_in_the_plan() -> None:
    """A room that the plan does not know would be free of all rules."""
    assert {room(module) for module in MODULES} == MAY.keys()


@pytest.mark.parametrize("name", sorted(MAY))
def test_a_room_imports_only_what_lies_below_it(name: str) -> None:
    """One arrow upwards, and nothing can be moved any more."""
    wrong = {
        f"{module} imports {other}"
        for module, others in IMPORTS.items()
        for other in others
        if room(module) == name and room(other) not in MAY[name] | {name}
    }
    assert not wrong


def test_the_plan_has_no_circle() -> None:
    """The arrows that are allowed run one way."""
    TopologicalSorter(MAY).prepare()


@pytest.mark.parametrize("name", ROOMS)
def test_no_circle_inside_a_room(name: str) -> None:
    """Modules that import each other are one module in two files."""
    inside = {
        module: {other for other in others if room(other) == name}
        for module, others in IMPORTS.items()
        if room(module) == name
    }
    try:
        TopologicalSorter(inside).prepare()
    except CycleError as why:
        pytest.fail(" → ".join(why.args[1]))


@pytest.mark.parametrize("name", ROOMS)
def test_others_import_only_what_a_room_offers(name: str) -> None:
    """The front says so in its ``__all__``, and offers nothing that nobody outside wants."""
    question, offered = front(name)
    assert question
    wanted = {
        other.split(".")[2]
        for module, others in IMPORTS.items()
        for other in others
        if room(other) == name and room(module) != name
    }
    assert offered == sorted(offered)
    assert wanted == set(offered)


@pytest.mark.parametrize("name", ROOMS)
def test_no_room_is_too_large(name: str) -> None:
    """More than 4,000 lines answer more than one question."""
    paths = [path for module, path in MODULES.items() if room(module) == name]
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths) <= 4000


def test_no_class_name_has_two_meanings() -> None:
    """One name, one thing."""
    found: dict[str, list[str]] = {}
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(module)
    assert not {name: places for name, places in found.items() if len(places) > 1}


def test_only_the_clock_asks_what_time_it_is() -> None:
    """Durations and dates enter as arguments everywhere else (a worker's own waits aside)."""
    wrong = set()
    for path in MODULES.values():
        if path == KIOSK / "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                called = f"{node.value.id}.{node.attr}"
                if called in {"time.time", "time.sleep", "datetime.now", "date.today", "datetime.utcnow"}:
                    wrong.add(f"{path.relative_to(ROOT)}: {called}")
    assert not wrong


ELSEWHERE = {
    "kiosk.records.opening.Damaged": "an error of SQLite to whoever asks for its code; it is set aside, not told",
    "kiosk.sqlite_pages.Torn": "it leaves no page: a cell that is no row is counted",
}
"""Public errors that do not stand in ``kiosk/errors.py``, with the reason."""


def test_every_error_that_leaves_its_module_stands_in_the_one_tree() -> None:
    """What may reach a screen or a command is found in one place, and can be said in another language."""
    errors = {name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)}
    found = set()
    for module, path in modules().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and module != "kiosk.errors":
                bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
                if bases & errors or any(base.endswith("Error") for base in bases):
                    found.add(f"{module}.{node.name}")
    assert found == set(ELSEWHERE)
