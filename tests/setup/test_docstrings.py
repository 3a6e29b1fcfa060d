"""Docstrings say what a thing is, in plain technical English, and every field of a public value has one line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATHS = sorted((ROOT / "kiosk").rglob("*.py"))
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in PATHS}
PUZZLE = re.compile(r"(?:What|Who|Whose|Whom|Which|How|Where|When|Why)\b")
"""A docstring that begins so asks its reader. "Whether" does not: it is how a yes or no is stated."""
SENTENCE = re.compile(r".*?[.?!:](?=\s|$)", re.DOTALL)
CODE = re.compile(r"``([^`]+)``")
PLACE = re.compile(r"``(kiosk(?:\.\w+)+)``")


def said(node: ast.stmt | None) -> str:
    """The text of a statement that is nothing but text; empty for any other."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value.strip()
    return ""


def bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """The statements of a module and of everything in it that may have a docstring, or fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.body


def asks(text: str) -> bool:
    """Whether a docstring asks, or begins with the word of a question."""
    first = SENTENCE.match(text)
    return PUZZLE.match(text) is not None or (first is not None and first[0].endswith("?"))


def structs() -> set[str]:
    """The names of all classes that are msgspec structs, by whatever class between."""
    bases = {
        node.name: {ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in node.bases}
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {"Struct"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def described() -> set[str]:
    """The names of types that bring a sentence of their own, as the columns of rows have them."""
    return {
        node.targets[0].id
        for tree in TREES.values()
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if "description=" in ast.unparse(node.value)
    }


STRUCTS, DESCRIBED = structs(), described()


def values(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """The public classes of a module that are values: dataclasses and structs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            marks = " ".join(ast.unparse(mark) for mark in node.decorator_list)
            if "dataclass" in marks or node.name in STRUCTS:
                yield node


def untold(tree: ast.Module, kind: ast.ClassDef) -> Iterator[str]:
    """The fields of a class that nothing describes.

    A field is described by a line under it, by the sentence in its type, or by its name as code (``name``, or
    ``name_*`` for several) in the docstring of its class or of the module.
    """
    told = " ".join((ast.get_docstring(tree) or "", ast.get_docstring(kind) or ""))
    names = {word for span in CODE.findall(told) for word in re.findall(r"[\w*]+", span)}
    for node, under in zip(kind.body, (*kind.body[1:], None), strict=True):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        name, of = node.target.id, ast.unparse(node.annotation)
        several = any(word.endswith("_*") and name.startswith(word[:-1]) for word in names)
        typed = "description=" in of or bool(DESCRIBED & set(re.findall(r"\w+", of)))
        if not (name.startswith("_") or "ClassVar" in of or said(under) or typed or name in names or several):
            yield name


def test_no_docstring_asks() -> None:
    """Say "Debounce one contact.", not "Which of them counts?": only the front of a room is its question."""
    asking = {
        f"{path}: {said(node)[:60]}"
        for path, tree in TREES.items()
        if not path.endswith("/__init__.py")
        for body in bodies(tree)
        for node in body
        if asks(said(node))
    }
    assert not asking


def test_a_docstring_stands_under_what_it_describes() -> None:
    """A line that was left behind when its constant moved describes nothing, or something else."""
    lost = {
        f"{path}: {said(node)[:60]}"
        for path, tree in TREES.items()
        for body in bodies(tree)
        for above, node in pairwise(body)
        if said(node) and not isinstance(above, ast.Assign | ast.AnnAssign | ast.AugAssign)
    }
    assert not lost


def test_every_field_of_a_public_value_has_a_line() -> None:
    """Whoever meets a state, a row, a scene or a signal reads there what each of its fields holds."""
    missing = {
        f"{path}: {kind.name}.{name}"
        for path, tree in TREES.items()
        for kind in values(tree)
        for name in untold(tree, kind)
    }
    assert not missing


def test_a_place_that_a_docstring_names_is_there() -> None:
    """Whoever follows ``kiosk.room.module.Thing`` finds it: modules move, and no import holds the words about them."""
    modules = {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in TREES}
    gone = set()
    for path, tree in TREES.items():
        for place in (found for body in bodies(tree) for node in body for found in PLACE.findall(said(node))):
            module, things = place, list[str]()
            while module not in modules:
                module, _, thing = module.rpartition(".")
                things.append(thing)
            text = (ROOT / modules[module]).read_text(encoding="utf-8")
            if not all(re.search(rf"\b{thing}\b", text) for thing in things):
                gone.add(f"{path}: {place}")
    assert not gone
