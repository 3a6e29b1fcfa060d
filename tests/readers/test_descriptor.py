"""``datapackage.json`` is read by those for whom it is written: types, ranges, words, keys, and each row."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from frictionless import Package as Frictionless
from frictionless import system

from kiosk.package.protection import Keys
from kiosk.package.verify import verify
from tests.package import sample
from tests.readers.made import unpacked
from tests.readers.place import by_node, sees, version_of

pytestmark = pytest.mark.slow
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A package of two people over eight weeks, and the folder ``data`` of its bag."""
    return unpacked(sample.rows(sample.lives()), tmp_path_factory.mktemp("descriptor"))


def spoilt(data: Path, to: Path) -> Path:
    """The same tables with a pain of 99 in the first session."""
    for file in data.iterdir():
        if file.is_file():
            (to / file.name).write_bytes(file.read_bytes())
    header, row, *more = (to / "sessions.csv").read_text(encoding="ascii").split("\n")
    cells = row.split(",")
    cells[header.split(",").index("pain_before_0_3")] = "99"
    (to / "sessions.csv").write_text("\n".join([header, ",".join(cells), *more]), encoding="ascii", newline="")
    return to


def test_frictionless_finds_nothing_wrong(package: tuple[Path, Path], tmp_path: Path, record_property: Record) -> None:
    """Python's implementation: every cell, key and relation; and a value outside of its range by its place."""
    with system.use_context(trusted=True):
        report = Frictionless(str(package[1] / "datapackage.json")).validate()
        wrong = Frictionless(str(spoilt(package[1], tmp_path) / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "message"])
    told = wrong.flatten(["rowNumber", "fieldName", "type"])
    assert [2, "pain_before_0_3", "constraint-error"] in told
    rows = sum(verify(package[0], Keys()).rows.values())
    what = f"valid, {rows} rows, no error; a pain of 99 by table, row and column"
    record_property("figure", sees(f"frictionless {version('frictionless')} (Python)", "datapackage.json", what))


def test_npm_reads_every_row(package: tuple[Path, Path], tmp_path: Path, record_property: Record) -> None:
    """The implementation for JavaScript: an encoding that it knows, and no mark in the first name."""
    found = by_node("package.js", package[1] / "datapackage.json")
    assert (found["valid"], found["errors"]) == (True, [])
    assert found["rows"] == verify(package[0], Keys()).rows
    wrong = by_node("package.js", spoilt(package[1], tmp_path) / "datapackage.json")
    assert any(error.startswith("sessions: ") for error in wrong["errors"])
    what = f"valid, {sum(found['rows'].values())} rows, no error; a pain of 99 by its table"
    record_property("figure", sees(f"datapackage {version_of('datapackage')} (npm)", "datapackage.json", what))
