"""The table of faults names tests that exist, is complete, and types no figure."""

from __future__ import annotations

import re

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
