"""Try a sample of faults with several workers, keep what became of each, go on where it ended."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, cast

from tests.mutants.copies import BUILD, digest, environment, fresh, meaning, refused_by_types
from tests.mutants.grow import Mutant, drawn, mutants
from tests.mutants.rooms import PAGES, ROOT, Room
from tests.mutants.table import Figure, Result

BUDGET_S = 60.0
"""Seconds of tests for one fault; the tests that are quickest go first."""
EQUAL = Path(__file__).with_name("equal.toml")


class Worker:
    """A process in a copy of its own that answers jobs one by one."""

    def __init__(self, copy: Path) -> None:
        self.copy = copy
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.mutants.worker"],
            cwd=copy,
            env=environment(copy),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **job: Any) -> dict[str, Any]:
        """Give it one job and wait for its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return cast(dict[str, Any], json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """No more jobs."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


class Map:
    """Which tests pass through a line."""

    def __init__(self, room: Room, traced: dict[str, Any]) -> None:
        self._files = set(room.files())
        self._lines = {
            path: {int(line): tests for line, tests in lines.items()} for path, lines in traced["lines"].items()
        }
        self.took: dict[str, float] = traced["took"]
        self.failed: list[str] = traced["failed"]
        passing = {test for lines in self._lines.values() for tests in lines.values() for test in tests}
        self._looking = set(self.took) - passing - set(self.failed)

    @classmethod
    def of(cls, room: Room) -> Map:
        """From the last run if nothing changed since, else from a new one."""
        now = digest("kiosk", "tests", "assets")
        kept = BUILD / f"{room.name}-lines.json"
        if kept.is_file() and (known := json.loads(kept.read_text(encoding="utf-8")))["digest"] == now:
            return cls(room, known)
        worker = Worker(fresh("copy-0"))
        traced = worker.ask(do="trace", files=room.files(), tests=room.tests)
        worker.close()
        kept.write_text(json.dumps(traced | {"digest": now}), encoding="utf-8")
        return cls(room, traced)

    def tests(self, mutant: Mutant) -> list[str]:
        """Those through the changed statement, within the budget: the pages first, then the quickest.

        Where it runs on import only, all of the module's, and those that pass through no line of the room: they look at
        what is only data, as the pages of `make docs` do.
        """
        lines = self._lines[mutant.path]
        span = range(_statement(mutant), mutant.end + 1)
        known = [line for line in span if line in lines]
        found = {test for line in known for test in lines[line]}
        if known and not found:
            found = {test for tests in lines.values() for test in tests} | self._looking
        chosen: list[str] = []
        left = BUDGET_S
        for test in sorted(found, key=lambda name: (not name.startswith(PAGES), self.took[name])):
            left -= self.took[test]
            if left < 0 and chosen:
                break
            chosen.append(test)
        return chosen


def _statement(mutant: Mutant) -> int:
    """The first line of the innermost statement that the fault lies in."""
    source = (ROOT / mutant.path).read_text(encoding="utf-8")
    begins = [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt) and node.lineno <= mutant.line <= (node.end_lineno or node.lineno)
    ]
    return max(begins, default=mutant.line)


def equal() -> dict[str, str]:
    """Faults that were shown to change nothing, with the reason."""
    return {key: why for reasons in equal_by_module().values() for key, why in reasons.items()}


def equal_by_module() -> dict[str, dict[str, str]]:
    """The same under the module that each belongs to."""
    return cast(dict[str, dict[str, str]], tomllib.loads(EQUAL.read_text(encoding="utf-8")))


def run(room: Room, size: int, seed: int, workers: int, say: Callable[[str], None], skip: int = 0) -> Figure:
    """Try the faults ``skip`` to ``skip + size`` of the seed's order and remember each as soon as it is known."""
    BUILD.mkdir(parents=True, exist_ok=True)
    possible = [mutant for path in room.files() for mutant in mutants(ROOT, path)]
    sample = drawn(possible, seed)[skip : skip + size]
    kept = BUILD / f"{room.name}.json"
    known = {one["key"]: Result(**one) for one in json.loads(kept.read_text())} if kept.is_file() else {}
    code = {path: meaning(path) for path in room.files()}
    tests = digest("tests")
    left: SimpleQueue[Mutant] = SimpleQueue()
    ahead = [mutant for mutant in sample if not _holds(known.get(mutant.key), code[mutant.path], tests)]
    for mutant in sorted(ahead, key=lambda one: (one.path, one.line)):
        left.put(mutant)
    if ahead:
        lines = Map.of(room)
        say(f"{room.name}: {len(possible)} faults possible, {len(sample)} drawn, {len(ahead)} to try")
        if lines.failed:
            say(f"  not asked, because they fail without any fault: {len(lines.failed)}, {', '.join(lines.failed[:5])}")
        lock = threading.Lock()

        def work(number: int) -> None:
            worker = Worker(fresh(f"copy-{number}"))
            worker.ask(do="warm", tests=room.tests, took=lines.took)
            while (mutant := _next(left)) is not None:
                result = _try(worker, mutant, lines.tests(mutant), code[mutant.path], tests)
                with lock:
                    known[mutant.key] = result
                    kept.write_text(json.dumps([asdict(one) for one in known.values()], indent=0), encoding="utf-8")
                    if not result.by:
                        say(f"  {mutant.path}:{mutant.line}  {mutant.change}  ({mutant.key}, {result.seconds:.1f} s)")
            worker.close()

        began = time.monotonic()
        crew = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
        for one in crew:
            one.start()
        for one in crew:
            one.join()
        took = time.monotonic() - began
        say(f"  {took:.0f} s, {took / len(ahead):.2f} s for each with {workers} workers")
    found = tuple(_moved(known[mutant.key], mutant) for mutant in sample if mutant.key in known)
    return Figure(room.name, len(possible), found, equal())


def _next(left: SimpleQueue[Mutant]) -> Mutant | None:
    try:
        return left.get_nowait()
    except Empty:
        return None


def _holds(known: Result | None, code: str, tests: str) -> bool:
    """What was noticed stays noticed while its module is the same; what was not is tried again with other tests."""
    return known is not None and known.code_digest == code and (bool(known.by) or known.tests_digest == tests)


def _moved(known: Result, mutant: Mutant) -> Result:
    return Result(**(asdict(known) | {"line": mutant.line}))


def _try(worker: Worker, mutant: Mutant, names: Iterable[str], code: str, tests: str) -> Result:
    chosen = list(names)
    began = time.monotonic()
    by = ""
    if chosen:
        by = worker.ask(do="try", path=mutant.path, code=mutant.code, tests=chosen)["by"]
    if not by and refused_by_types(worker.copy, mutant.path, mutant.code):
        by = "types"
    return Result(mutant.key, mutant.path, mutant.line, mutant.change, by, time.monotonic() - began, code, tests)
