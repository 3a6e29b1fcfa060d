"""The workbook says what the tables say, every cell by its type, and nothing in it is ever a formula."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from xml.etree import ElementTree

import msoffcrypto
import pytest
from msoffcrypto.exceptions import InvalidKeyError

from kiosk.package.archives import MOST_PARTS
from kiosk.package.schema import TABLES, CellKind
from kiosk.package.selection import Selection
from kiosk.package.snapshot import Snapshot, open_snapshot
from kiosk.report.cells import LAST_ROW
from kiosk.report.papers import BookPaper
from kiosk.rows.kinds import EventRow, StateRow
from tests.package import sample
from tests.package.made import BERLIN, code, lived, person_row, record

NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
HOSTILE = ("=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(1)", "\t=1", "007", "1e5", "http://x/", "<b>&\x01")
Cells = dict[str, tuple[str, Any]]
"""Column letter → type in the file, value."""


def made(data: Path, password: str | None = None, **options: Any) -> bytes:
    """The workbook of the record in ``data``."""
    stream = io.BytesIO()
    with open_snapshot(data, Selection(), BERLIN) as snapshot:
        BookPaper(**options)(snapshot, stream, password)
    return stream.getvalue()


def sheets(raw: bytes) -> dict[str, list[Cells]]:
    """Every sheet by its name, row by row, read from the XML."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 made here
        names = [sheet.attrib["name"] for sheet in book.iterfind(".//m:sheet", NAMES)]
        found = {}
        for number, name in enumerate(names, 1):
            sheet = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))  # noqa: S314
            found[name] = [_row(row) for row in sheet.iterfind(".//m:row", NAMES)]
    return found


def _row(row: ElementTree.Element) -> Cells:
    cells: Cells = {}
    for cell in row.iterfind("m:c", NAMES):
        kind = cell.attrib.get("t", "n")
        text = "".join(part.text or "" for part in cell.iter(f"{{{NAMES['m']}}}t"))
        value = cell.find("m:v", NAMES)
        shown = text if kind == "inlineStr" else value.text if value is not None else None
        cells[re.sub(r"\d", "", cell.attrib["r"])] = (kind, shown)
    return cells


def letters(count: int) -> list[str]:
    """A, B, … Z, AA, …"""
    return [(chr(64 + at // 26) if at >= 26 else "") + chr(65 + at % 26) for at in range(count)]


def unescaped(text: str) -> str:
    """What ``_x0009_`` in a cell stands for."""
    return re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people over two weeks."""
    return record(tmp_path_factory.mktemp("book") / "data", sample.rows(sample.lives(weeks=2)))


def test_every_table_is_a_sheet_of_typed_cells_that_say_the_same(data: Path) -> None:
    """What a person reads in the workbook is what a program reads in the CSVs: same rows, same columns, true types."""
    found = sheets(made(data))
    assert list(found) == ["Read me", *TABLES]
    with open_snapshot(data, Selection(), BERLIN) as snapshot:
        for name, table in TABLES.items():
            head, *rows = found[name]
            assert [value for _, value in head.values()] == list(table.names)
            for cells, row in zip(rows, snapshot.rows(name), strict=True):
                for letter, column, value in zip(letters(len(row)), table.columns, row, strict=True):
                    assert _same(cells.get(letter), column.kind, value), (name, column.name, value)


def _same(cell: tuple[str, Any] | None, kind: CellKind, value: Any) -> bool:
    if value is None or value == "":
        return cell is None
    assert cell is not None
    of, shown = cell
    if kind is CellKind.TEXT:
        return of == "inlineStr" and shown == value
    if kind is CellKind.FLAG:
        return of == "b" and shown == str(int(value))
    if kind in (CellKind.MOMENT, CellKind.DAY):
        moment = datetime.fromisoformat(value)
        there = DAY_ZERO + timedelta(days=float(shown))
        return of == "n" and abs(there - moment.replace(tzinfo=moment.tzinfo or UTC)) < timedelta(milliseconds=1)
    return of == "n" and float(shown) == pytest.approx(value, rel=1e-15)  # a sheet has 16 digits


def test_nothing_is_a_formula_whatever_the_record_holds(tmp_path: Path) -> None:
    """A code that a spreadsheet would run as a formula, follow as a link or read as a number stays the text it is."""
    record(tmp_path / "data", [StateRow("device_id", "d1")])
    hostile(tmp_path / "data")
    raw = made(tmp_path / "data")
    found = sheets(raw)["events"][1:]
    column = letters(20)[TABLES["events"].names.index("code")]
    assert [(row[column][0], unescaped(row[column][1])) for row in found] == [("inlineStr", text) for text in HOSTILE]
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            assert not re.search(rb"<f[ >/]|<hyperlink|externalLink|oleObject", archive.read(name)), name


def hostile(data: Path) -> None:
    """Events with codes that no kiosk writes, put into the record past every check."""
    columns = EventRow("info", "code").columns()
    with closing(sqlite3.connect(data / "kiosk.db")) as connection, connection:
        for seq, text in enumerate(HOSTILE, 1):
            values = {**columns, "seq": seq, "code": text, "boot_id": "b", "wall_utc": "x", "clock_status": "unset"}
            names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
            connection.execute(f"INSERT INTO events ({names}) VALUES ({marks})", values)  # noqa: S608


def test_a_moment_that_is_none_stays_visible(tmp_path: Path) -> None:
    """What cannot be read as a date is shown as it was written, never as a wrong date."""
    record(tmp_path / "data", [StateRow("device_id", "d1")])
    hostile(tmp_path / "data")
    found = sheets(made(tmp_path / "data"))["events"]
    column = letters(20)[TABLES["events"].names.index("wall_utc")]
    assert found[1][column] == ("inlineStr", "x")


def test_an_empty_record_is_a_workbook_of_headers(tmp_path: Path) -> None:
    """No rows is an answer too: the sheets are there."""
    found = sheets(made(record(tmp_path / "data", [StateRow("device_id", "d1")])))
    assert all(len(found[name]) == 1 for name in TABLES)


@pytest.mark.parametrize("rows", [1, 2, 4, 5, 6])
def test_a_long_table_goes_on_in_a_further_file(tmp_path: Path, rows: int) -> None:
    """None is lost, doubled or out of order, no file is without rows, and each says which rows of how many it has."""
    data = record(tmp_path / "data", lived(people=1, sessions=5, steps=1))
    with open_snapshot(data, Selection(), BERLIN) as snapshot:
        longest = max(snapshot.count(name) for name in TABLES)
        volumes = BookPaper(rows=rows).split(snapshot, most=longest)
        files = [sheets(written(volume, snapshot)) for volume in volumes]
        assert len(files) == -(-longest // rows)
        for name, table in TABLES.items():
            assert all(len(file[name]) <= 1 + rows and file[name][0] == files[0][name][0] for file in files)
            found = [row for file in files for row in file[name][1:]]
            (whole,) = BookPaper(rows=longest).split(snapshot)
            assert found == sheets(written(whole, snapshot))[table.name][1:]
    assert all(any(len(file[name]) > 1 for name in TABLES) for file in files)
    told = [file["Read me"][1]["A"][1] for file in files]
    assert told[1].startswith(f"Part 2 of {len(files)}: rows {rows + 1} to {2 * rows} ")


def written(volume: BookPaper, snapshot: Snapshot) -> bytes:
    """One file."""
    stream = io.BytesIO()
    volume(snapshot, stream, None)
    return stream.getvalue()


def test_a_year_is_one_file_and_no_record_is_too_large_for_a_sheet(tmp_path: Path) -> None:
    """Past the last row of a sheet XlsxWriter drops rows and only says -1; and a stick knows so many names only."""
    with open_snapshot(record(tmp_path / "data", lived()), Selection(), BERLIN) as snapshot:
        for longest, files, rows in (
            (64_000, 1, 65_000),
            (65_001, 2, 65_000),
            (65_000 * MOST_PARTS, MOST_PARTS, 65_000),
            (80_000 * MOST_PARTS, MOST_PARTS, 80_000),
            (2_000_000 * MOST_PARTS, -(-2_000_000 * MOST_PARTS // (LAST_ROW - 1)), LAST_ROW - 1),
        ):
            with patch.object(Snapshot, "count", return_value=longest):
                volumes = BookPaper().split(snapshot)
            assert [(volume.part, volume.parts, volume.rows) for volume in volumes] == [
                (part, files, rows) for part in range(1, files + 1)
            ]
    assert LAST_ROW == 1_048_576


def test_the_first_sheet_explains_every_column(data: Path) -> None:
    """Whoever opens it years later can tell what each column means and in which unit."""
    told = {value for row in sheets(made(data))["Read me"] for _, value in row.values()}
    for table in TABLES.values():
        assert {table.name, table.about} <= told
        assert {column.name for column in table.columns} | {column.about for column in table.columns} <= told
    assert any("not a medical device" in text for text in told)


def test_headers_stay_in_view_and_columns_are_wide_enough(data: Path) -> None:
    """A table of thirty columns is read only with its header in view."""
    with zipfile.ZipFile(io.BytesIO(made(data))) as archive:
        for number, table in enumerate(TABLES.values(), 2):
            text = archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            assert 'topLeftCell="A2" activePane="bottomLeft" state="frozen"' in text, table.name
            widths = [float(found) for found in re.findall(r'<col min="\d+" max="\d+" width="([\d.]+)"', text)]
            assert min(widths) >= 8


def test_its_password_is_excels_own(data: Path) -> None:
    """It opens on a hospital PC with nothing installed; without the words it is no zip file and tells nothing."""
    right, wrong = "five words that nobody knows", "five words that somebody knows"
    raw = made(data, right)
    assert not zipfile.is_zipfile(io.BytesIO(raw))
    assert code(1).encode() not in raw
    locked = msoffcrypto.OfficeFile(io.BytesIO(raw))
    with pytest.raises(InvalidKeyError):
        locked.load_key(password=wrong, verify_password=True)
    locked.load_key(password=right, verify_password=True)
    opened = io.BytesIO()
    locked.decrypt(opened, verify_integrity=True)
    assert sheets(opened.getvalue()) == sheets(made(data))


def as_libreoffice_reads_it(workbook: Path, to: Path) -> Mapping[str, list[list[str]]]:
    """Every sheet as LibreOffice writes it out again: a foreign reader of the whole file."""
    profile = f"-env:UserInstallation={(to / 'profile').as_uri()}"
    # Comma, quote, UTF-8, from row 1, cells as shown; -1: every sheet in a file of its own.
    convert = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", convert, "--outdir", str(to), str(workbook)],
        check=True,
        capture_output=True,
        timeout=240,
    )
    return {path.stem.partition("-")[2]: list(_lines(path)) for path in to.glob("*.csv")}


def _lines(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


@pytest.mark.slow
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    """What staff open it with reads every sheet and row, and the texts and dates are what they are."""
    rows = [StateRow("device_id", "d1"), person_row(code(0))]
    data = record(tmp_path / "data", rows)
    hostile(data)
    (tmp_path / "book.xlsx").write_bytes(made(data))
    out = tmp_path / "out"
    out.mkdir()
    found = as_libreoffice_reads_it(tmp_path / "book.xlsx", out)
    assert set(found) == {"Read me", *TABLES}
    names, *events = found["events"]
    assert names == list(TABLES["events"].names)
    told = [row[names.index("code")] for row in events]
    assert [text.strip() for text in told] == [text.strip() for text in HOSTILE[:-1]] + ["<b>&\x01"]
    persons = dict(zip(*found["persons"][:2], strict=True))
    assert persons["valid_from_utc"] == "2026-01-05 08:00:00"
    assert persons["one_hand"] == "FALSE"
