"""Names look like numbers to nobody: a program that guesses the type of a column reads the text that is there."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.package.schema import TABLES, CellKind
from kiosk.rows import names
from tests.readers.made import DIGITS, libreoffice, named, unpacked
from tests.readers.place import by_python, sees, version_of

pytestmark = pytest.mark.slow
GUESSING = ("pandas", "polars", "duckdb")
Record = Callable[[str, object], None]
Cells = dict[str, list[list[str]]]


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A package of a kiosk to whose name and sessions chance gave nothing but digits and an e."""
    with pytest.MonkeyPatch.context() as chance:
        chance.setattr("secrets.token_hex", lambda length: {4: DIGITS, 8: "00000000"}[length])
        device, session = names.device_name(), names.session_name()
    return unpacked(named(device, session), tmp_path_factory.mktemp("new"))


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same of a kiosk that an earlier version has named."""
    return unpacked(named(DIGITS, "0000"), tmp_path_factory.mktemp("old"))


def filled(data: Path) -> list[Path]:
    """The tables that have rows."""
    tables = [table for table in sorted(data.glob("*.csv")) if len(table.read_bytes().splitlines()) > 1]
    assert len(tables) > 5
    return tables


def as_written(table: Path) -> dict[str, set[str]]:
    """Column → its distinct cells that are not empty, of the text columns."""
    texts = {column.name for column in TABLES[table.stem].columns if column.kind is CellKind.TEXT}
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: {row[name] for row in rows} - {""} for name in texts}


def differ(table: Path, seen: Cells) -> dict[str, list[list[str]]]:
    """The text columns that a reader did not read as the texts that are there, with what it read."""
    return {
        name: seen[name]
        for name, cells in as_written(table).items()
        if {tuple(cell) for cell in seen[name]} != {("str", cell) for cell in cells}
    }


@pytest.mark.parametrize("library", GUESSING)
def test_a_library_that_guesses_reads_texts(library: str, new: tuple[Path, Path], record_property: Record) -> None:
    """Every text of every table, without being told a type."""
    tables = sorted(new[1].glob("*.csv"))
    for table in tables:
        assert not differ(table, by_python("tables.py", library, table)), table.name
    what = f"every text as it is, types guessed ({len(tables)} tables; names {DIGITS} with their letter before)"
    record_property("figure", sees(f"{library} {version_of(library)}", "CSV", what))


@pytest.mark.parametrize("library", GUESSING)
def test_names_of_an_earlier_version_keep_their_meaning_where_types_are_told(
    library: str, old: tuple[Path, Path], record_property: Record
) -> None:
    """Guessed they are lost, which is why names begin with a letter now; told by the descriptor they stay."""
    table, descriptor = old[1] / "sessions.csv", old[1] / "datapackage.json"
    guessed = differ(table, by_python("tables.py", library, table))
    assert {"device_id"} <= set(guessed) <= {"device_id", "session_id"}
    ((kind, seen),) = guessed["device_id"]
    for each in sorted(old[1].glob("*.csv")):
        assert not differ(each, by_python("tables.py", library, each, descriptor)), each.name
    what = f"names of an earlier version: {DIGITS} becomes {seen} ({kind}) when guessed; as it is with the types told"
    record_property("figure", sees(f"{library} {version_of(library)}", "CSV, datapackage.json", what))


def test_libreoffice_opens_a_table_with_texts_in_it(
    new: tuple[Path, Path], old: tuple[Path, Path], tmp_path: Path, record_property: Record
) -> None:
    """By itself, as after a double click; an earlier version's digits become numbers there, in the workbook never."""
    for table in filled(new[1]):
        seen = by_python("tables.py", "openpyxl", libreoffice(table, tmp_path), "")
        assert not differ(table, seen), table.name
    before = libreoffice(old[1] / "sessions.csv", tmp_path)
    lost = sorted(differ(old[1] / "sessions.csv", by_python("tables.py", "openpyxl", before, "")))
    assert lost == ["session_id"]
    book = libreoffice(old[0] / "sessions.xlsx", tmp_path)
    assert not differ(old[1] / "sessions.csv", by_python("tables.py", "openpyxl", book, "sessions"))
    what = "every text as it is; of an earlier version 0000… loses its zeros in the CSV, and is text in the workbook"
    record_property("figure", sees("LibreOffice Calc", "CSV, sessions.xlsx", what))


@pytest.mark.parametrize("which", ["new", "old"])
def test_the_workbook_has_texts_in_cells_of_text(
    which: str, request: pytest.FixtureRequest, record_property: Record
) -> None:
    """Whatever a name looks like: its cell has a type."""
    place, data = request.getfixturevalue(which)
    for table in filled(data):
        assert not differ(table, by_python("tables.py", "openpyxl", place / "sessions.xlsx", table.stem)), table.name
    what = "every text in a cell of text, names of an earlier version too"
    record_property("figure", sees(f"openpyxl {version_of('openpyxl')}", "sessions.xlsx", what))
