"""Faults of a module: mutmut's operators on every line that runs."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation import mutators

LEFT_OUT = {mutators.operator_string}
"""Words and keys get no faults of spelling: tests hold the words of screens and voice as a whole, and an error's
sentence may be put better without a test having to agree."""
OPERATORS = [pair for pair in mutators.mutation_operators if pair[1] not in LEFT_OUT]


@dataclass(frozen=True)
class Mutant:
    """One fault in one module."""

    key: str
    """The same for the same fault in the same line, wherever the line moves to."""
    path: str
    """The module, from the root."""
    line: int
    """Where the changed expression begins, from 1."""
    end: int
    """Where it ends."""
    change: str
    """The changed lines, ``before → after``."""
    code: str
    """The module with the fault in it."""


class _Places(cst.CSTVisitor):
    """Collect what may be replaced by what, outside annotations, imports and type-checking blocks."""

    def __init__(self) -> None:
        self.found: list[tuple[cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Note the faults of one node; say whether to look inside it."""
        if isinstance(node, cst.Annotation | cst.Import | cst.ImportFrom | cst.Decorator):
            return False
        if isinstance(node, cst.If) and cst.Module([]).code_for_node(node.test) == "TYPE_CHECKING":
            return False
        if isinstance(node, cst.Assign) and any(_is_dunder(target.target) for target in node.targets):
            return False
        self.found += [(node, new) for kind, operator in OPERATORS if isinstance(node, kind) for new in operator(node)]
        return True


def _is_dunder(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) and node.value.startswith("__")


def _change(before: list[str], after: list[str]) -> str:
    """The lines that differ, without the ones around them, on one line."""
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    return " → ".join(" ".join(" ".join(lines).split()) for lines in (before, after))


def mutants(root: Path, path: str) -> Iterator[Mutant]:
    """Every fault of one module that compiles and means something else."""
    wrapper = MetadataWrapper(cst.parse_module((root / path).read_text(encoding="utf-8")), unsafe_skip_copy=True)
    module, positions = wrapper.module, wrapper.resolve(PositionProvider)
    parts = [module.with_changes(body=[]).code_for_node(line) for line in module.header]
    first = len(parts)
    parts += [module.code_for_node(statement) for statement in module.body]
    alike: dict[str, int] = {}
    for place, statement in enumerate(module.body, first):
        places = _Places()
        statement.visit(places)
        meaning = {ast.dump(ast.parse(parts[place]))}
        for old, new in places.found:
            after = module.code_for_node(cast(cst.CSTNode, statement.deep_replace(old, new)))
            try:
                meant = ast.dump(ast.parse(after))
            except SyntaxError:
                continue
            if meant in meaning:
                continue
            meaning.add(meant)
            change = _change(parts[place].splitlines(), after.splitlines())
            alike[change] = alike.get(change, 0) + 1
            key = hashlib.sha256(f"{path}\n{change}\n{alike[change]}".encode()).hexdigest()[:12]
            where = positions[old]
            code = "".join([*parts[:place], after, *parts[place + 1 :]])
            yield Mutant(key, path, where.start.line, where.end.line, change, code)


def drawn(room_mutants: list[Mutant], seed: int) -> list[Mutant]:
    """All faults in the order of one seed: the first n are a sample, the same one when other lines change."""
    return sorted(room_mutants, key=lambda mutant: hashlib.sha256(f"{seed} {mutant.key}".encode()).digest())
