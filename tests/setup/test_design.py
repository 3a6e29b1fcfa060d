"""Every place that the plan of the house names is there: a walk that leads to a wall helps nobody."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
STOPS = sorted(set(re.findall(r"`((?:kiosk|assets|tests)/[\w/]+\.py):(\w+)`", PAGE)))
PLACES = sorted(set(re.findall(r"`((?:kiosk|assets|tests|docs)/[\w/.-]+\.\w+)(?::\w+)?`", PAGE)))
WALKS = 3
LEAST_STOPS = 30


def test_the_walks_are_there() -> None:
    """Three of them, so that the patterns above cannot come to find nothing."""
    assert len(re.findall(r"^\*\*A .+ to .+\*\*$", PAGE, re.MULTILINE)) == WALKS
    assert len(STOPS) >= LEAST_STOPS


@pytest.mark.parametrize(("file", "function"), STOPS)
def test_each_stop_of_a_walk_is_a_function_of_its_file(file: str, function: str) -> None:
    """A renamed function is renamed in the plan as well."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_page_is_listed() -> None:
    """A page that nothing leads to is read by nobody."""
    listed = set(re.findall(r"\(([\w-]+\.md)\)", (ROOT / "docs" / "README.md").read_text(encoding="utf-8")))
    assert listed == {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}


@pytest.mark.parametrize("place", PLACES)
def test_each_place_exists(place: str) -> None:
    """A moved file is moved in the plan as well."""
    assert (ROOT / place).is_file()


def test_what_to_change_where_names_things_that_are_there() -> None:
    """The names in the table of changes: a class with its field, a constant."""
    named = re.findall(r"\| `([\w/.]+\.py)`, `(\w+)(?:\.(\w+))?`", PAGE)
    assert named
    for file, name, member in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"^(?:class {name}\b|{name}\b[^\n]*=)", text, re.MULTILINE), f"{file} has no {name}"
        assert not member or re.search(rf"^\s+{member}:", text, re.MULTILINE), f"{file}: {name} has no {member}"
