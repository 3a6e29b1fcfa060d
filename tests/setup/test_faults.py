"""The table of faults names tests that exist, is complete, and types no figure."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Literal

import pytest

from tests import figures
from tests.setup.fault_rows import PRODUCT, Fault
from tests.setup.fault_rows_installed import APPLIANCE
from tests.setup.faults import DEVICE, ON_A_PI, Node, faults_page, nodes, with_figures

EVERY = [*PRODUCT, *APPLIANCE]


@pytest.mark.parametrize("fault", EVERY, ids=lambda fault: fault.number)
def test_every_fault_is_held_by_tests_that_exist(fault: Fault) -> None:
    """A row whose test is gone shows nothing; a test of the virtual device counts once its file is there."""
    missing = [test for test in fault.tests if not (Node.of(test).there or Node.of(test).planned)]
    assert missing == []
    assert fault.what
    assert fault.behaviour
    assert set(fault.on_a_pi) <= set(ON_A_PI)
    assert nodes(fault) or all(test.startswith(DEVICE) for test in fault.tests)


def test_the_rows_are_numbered_and_every_procedure_is_needed() -> None:
    """Those of the product, and 11 of the first real installation; a procedure that no row asks for is stale."""
    assert [fault.number for fault in PRODUCT] == [str(n) for n in range(1, len(PRODUCT) + 1)]
    assert [fault.number for fault in APPLIANCE] == [f"a{n}" for n in range(1, 12)]
    assert {letter for fault in EVERY for letter in fault.on_a_pi} == set(ON_A_PI)


def test_a_name_that_is_no_test_is_noticed() -> None:
    """The check itself can fail: a wrong name, a wrong file, a helper that is no test."""
    assert not Node.of("tests/setup/test_faults.py::test_that_was_never_written").there
    assert not Node.of("tests/setup/test_gone.py::test_anything").there
    assert not Node.of("tests/setup/faults.py::nodes").there
    assert not Node.of("tests/setup/test_gone.py::test_anything").planned
    assert Node.of("tests/setup/test_faults.py::test_a_name_that_is_no_test_is_noticed").there


def test_every_figure_is_one_that_a_test_found() -> None:
    """The column holds what figures.json holds, and that holds only tests which are there."""
    kept = figures.read()
    assert kept
    for test in kept:
        assert Node.of(test.partition("[")[0]).there, f"{test} is gone: run `make faults`"
    said = {f"{one['figure']} ({one['on']})" for one in kept.values()}
    cells = {
        figure
        for row in re.findall(r"^\| a?\d+ \|.*\|$", faults_page(), re.MULTILINE)
        for figure in row.split(" | ")[4].split("<br>")
        if figure != "–"
    }
    assert cells
    assert cells <= said


def test_what_is_run_for_figures_is_the_table() -> None:
    """`make faults` runs what the page names, without the virtual device."""
    run = with_figures()
    assert run
    assert not [test for test in run if test.startswith(DEVICE)]
    assert all(Node.of(test).there for test in run)


def told(
    test: str, when: Literal["setup", "call", "teardown"], outcome: Literal["passed", "failed"], *said: str
) -> pytest.TestReport:
    """What pytest says of one phase of a test."""
    properties: list[tuple[str, object]] = [("figure", one) for one in said]
    return pytest.TestReport(test, ("f", 1, "t"), {}, outcome, None, when, user_properties=properties)


def test_figures_are_those_of_tests_that_passed(tmp_path: Path) -> None:
    """A failed run keeps what an earlier one found; a fixture may add to what its test said. No end is waited for."""
    kept = tmp_path / "figures.json"
    kept.write_text(json.dumps({"a": {"figure": "of before", "on": "x"}, "c": {"figure": "of before", "on": "x"}}))
    run = figures.Figures(kept)
    run.pytest_runtest_logreport(told("a", "call", "failed", "of a failure"))
    run.pytest_runtest_logreport(told("a", "teardown", "passed", "of a failure"))
    run.pytest_runtest_logreport(told("b", "call", "passed", "first"))
    run.pytest_runtest_logreport(told("b", "teardown", "passed", "first", "of its fixture"))
    run.pytest_runtest_logreport(told("d", "call", "passed"))
    run.pytest_runtest_logreport(told("d", "teardown", "passed"))
    found = {test: one["figure"] for test, one in figures.read(kept).items()}
    assert found == {"a": "of before", "b": "first; of its fixture", "c": "of before"}


def test_a_figure_says_of_which_commit_it_is(tmp_path: Path) -> None:
    """A page that keeps figures of several runs says which state of the kiosk each is true of."""
    assert figures.commit(tmp_path) == "", "no checkout"
    as_somebody = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@t.invalid"]
    (tmp_path / "file").write_text("one", encoding="utf-8")
    for words in (["init", "-q"], ["add", "file"], ["commit", "-q", "-m", "t"]):
        subprocess.run([*as_somebody, *words], check=True)
    head = subprocess.run([*as_somebody, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
    found = figures.commit(tmp_path)
    assert len(found) >= 7
    assert head.startswith(found)
    (tmp_path / "file").write_text("two", encoding="utf-8")
    assert figures.commit(tmp_path) == f"{found} with changes"
