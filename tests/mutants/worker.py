"""One worker in its own copy of the folder: everything imported once, then one fork for each fault.

It reads jobs from its standard input and answers on its standard output, a line of JSON each.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import shutil
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.plugin import OPTIONS, Chosen, Traced, existing

MEMORY = 6 * 2**30
SCRATCH = Path(".scratch").resolve()


def _quiet() -> None:
    """No word of the tests may get between the answers."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)


def _settle() -> None:
    """The same examples each time, nothing kept, nothing made smaller: a failure is enough."""
    from hypothesis import HealthCheck, Phase, settings

    settings.register_profile(
        "mutants",
        database=None,
        derandomize=True,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutants")


def _forget() -> None:
    """Everything of the product and its tests is to be imported anew; what others wrote stays."""
    mine = [name for name in sys.modules if name.split(".")[0] in {"kiosk", "tests"} and "mutants" not in name]
    for name in mine:
        if name not in {"tests", "tests.mutants"}:
            del sys.modules[name]
    for name in [name for name in vars(sys.modules["tests"]) if not name.startswith("_") and name != "mutants"]:
        delattr(sys.modules["tests"], name)


def trace(files: list[str], tests: tuple[str, ...]) -> dict[str, Any]:
    """Run the tests once without a fault: the tests of each line, the time of each test."""
    from coverage import Coverage

    coverage = Coverage(data_file=None, include=[str(Path(name).resolve()) for name in files], config_file=False)
    coverage.start()
    traced = Traced(coverage)
    pytest.main([*OPTIONS, f"--basetemp={SCRATCH}/trace", *existing(tests)], plugins=[traced])
    coverage.stop()
    data = coverage.get_data()
    lines: dict[str, dict[int, list[str]]] = {}
    for name in files:
        contexts = data.contexts_by_lineno(str(Path(name).resolve()))
        lines[name] = {
            line: sorted(test for test in passing if test and test not in traced.failed)
            for line, passing in contexts.items()
        }
    return {"lines": lines, "took": traced.took, "failed": sorted(traced.failed)}


def _child(batches: list[list[str]], took: dict[str, float], answer: int) -> int:
    """Import the fault and run its tests until one fails; 0 if none does."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _quiet()
    for batch in batches:
        files = list(dict.fromkeys(name.split("::")[0] for name in batch))
        chosen = {name: took[name] for name in batch}
        options = [*OPTIONS, "-x", f"--basetemp={SCRATCH}/{os.getpid()}"]
        noted = _Failed()
        if pytest.main([*options, *files], plugins=[Chosen(chosen), noted]) != 0:
            os.write(answer, (noted.first or files[0]).encode())
            return 1
    return 0


class _Failed:
    """The first test that failed."""

    def __init__(self) -> None:
        self.first = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.first:
            self.first = report.nodeid


class Runner:
    """Try one fault after another."""

    def __init__(self) -> None:
        self._killers: dict[str, Counter[str]] = {}
        """How many faults of a module each test file noticed: those go first."""

    def try_one(self, path: str, code: str, tests: list[str], took: dict[str, float]) -> dict[str, Any]:
        """``by`` which test it was noticed: the wait status if its process ended before it could say so."""
        batches = self._batches(path, tests, took)
        good = Path(path).read_bytes()
        Path(path).write_text(code, encoding="utf-8")
        try:
            status, by = self._fork(batches, took)
        finally:
            Path(path).write_bytes(good)
            shutil.rmtree(SCRATCH, ignore_errors=True)
            SCRATCH.mkdir(exist_ok=True)
        if by:
            self._killers.setdefault(path, Counter())[by.split("::")[0]] += 1
        return {"by": by or (f"wait status {status}" if status else "")}

    def _batches(self, path: str, tests: list[str], took: dict[str, float]) -> list[list[str]]:
        """By file, one, two, four … at a time: those that noticed most of this module before, then the quickest."""
        killers = self._killers.get(path, Counter())
        files: dict[str, list[str]] = {}
        for test in sorted(tests, key=lambda name: took[name]):
            files.setdefault(test.split("::")[0], []).append(test)
        order = sorted(files, key=lambda name: (-killers[name], sum(took[test] for test in files[name])))
        batches: list[list[str]] = []
        while order:
            size = 2 ** len(batches)
            batches.append([test for name in order[:size] for test in files[name]])
            order = order[size:]
        return batches

    def _fork(self, batches: list[list[str]], took: dict[str, float]) -> tuple[int, str]:
        SCRATCH.mkdir(exist_ok=True)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            code = 3
            try:
                code = _child(batches, took, writing)
            except BaseException:
                code = 2
            finally:
                os._exit(code)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        with os.fdopen(reading, "rb") as pipe:
            os.set_blocking(reading, False)
            return status, (pipe.read() or b"").decode()


def main() -> None:
    """Answer jobs until there are none."""
    jobs, answers = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    _quiet()
    _settle()
    SCRATCH.mkdir(exist_ok=True)
    runner = Runner()
    took: dict[str, float] = {}
    for line in jobs:
        job = json.loads(line)
        if job["do"] == "trace":
            answer = trace(job["files"], tuple(job["tests"]))
        elif job["do"] == "warm":
            took = job["took"]
            pytest.main([*OPTIONS, "--collect-only", *existing(tuple(job["tests"]))])
            _forget()
            gc.collect()
            gc.freeze()
            answer = {}
        else:
            answer = runner.try_one(job["path"], job["code"], job["tests"], took)
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
