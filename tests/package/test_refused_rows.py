"""Every sentence about the descriptor, the rows and the cells, whole, with the file, row, column and value it names."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from kiosk.errors import PackageError
from kiosk.package import read, read_bag
from kiosk.package.csv_cells import read_csv, reading
from kiosk.package.protection import Keys, ProtectionMethod
from kiosk.package.read import Package, Relations
from kiosk.package.schema import TABLES
from kiosk.package.verify import verify
from tests.package.mutants import members, rezip
from tests.package.spoilt import DEVICE, HASH, RANGE, RATING, ROWS, TOP, Cells, Change, describe, made, opened, reason


@pytest.fixture(autouse=True)
def _asked_anew() -> None:
    """What is kept for the whole run is made again here."""
    reading.cache_clear()


def head(**fields: object) -> Change:
    return lambda place: describe(place, lambda told: told["kiosk"].update(fields))


def resource(number: int, **fields: object) -> Change:
    return lambda place: describe(place, lambda told: told["resources"][number].update(fields))


def padded(place: Path, size: int) -> None:
    files = members(place)
    name = f"{TOP}/data/datapackage.json"
    rezip(place, {**files, name: files[name] + b" " * (size - len(files[name]))})


NEWER = "use the kiosk program that is as new as the kiosk"
ANOTHER = "it speaks of another package than the one it lies in"
TABLE_LIST = "datapackage.json: it lists other tables than this version has"
DESCRIBED: dict[str, tuple[Change, str]] = {
    "large": (
        lambda place: padded(place, (1 << 20) + 1),
        f"data.zip: data/datapackage.json has {(1 << 20) + 1} bytes; at most {1 << 20} are right",
    ),
    "newer": (head(format=2), f"datapackage.json: made by another version (format 2, this one reads 1); {NEWER}"),
    "other": (head(profile="x"), f"datapackage.json: made by another version (format 1, this one reads 1); {NEWER}"),
    "seq": (head(package_seq=2), f"datapackage.json: {ANOTHER}"),
    "device": (head(device_id="bbbb0000"), f"datapackage.json: {ANOTHER}"),
    "odd device": (head(device_id=f"{DEVICE}\n"), f"datapackage.json: {ANOTHER}"),
    "name": (head(package=TOP.replace("ALL", "ANNA")), f"datapackage.json: {ANOTHER}"),
    "no seq": (
        head(package_seq=-1),
        "datapackage.json: Expected `int` >= 0 - at `$.kiosk.package_seq`; this is no package of ours",
    ),
    "table": (resource(0, name="x"), TABLE_LIST),
    "path": (resource(0, path="x.csv"), TABLE_LIST),
    "less": (lambda place: describe(place, lambda told: told["resources"].pop()), TABLE_LIST),
    "twice": (lambda place: describe(place, lambda told: told["resources"].append(told["resources"][0])), TABLE_LIST),
    "rows": (
        lambda place: describe(place, lambda told: of(told, "ratings").update(rows=2)),
        "ratings.csv: 1 rows and {size} bytes, but datapackage.json says 2 rows and {size} bytes, or another hash",
    ),
    "bytes": (
        lambda place: describe(place, lambda told: of(told, "ratings").update(bytes=2)),
        "ratings.csv: 1 rows and {size} bytes, but datapackage.json says 1 rows and 2 bytes, or another hash",
    ),
    "hash": (
        lambda place: describe(place, lambda told: of(told, "ratings").update(hash=f"sha256:{HASH}")),
        "ratings.csv: 1 rows and {size} bytes, but datapackage.json says 1 rows and {size} bytes, or another hash",
    ),
}


def of(told: dict[str, Any], table: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in told["resources"] if one["name"] == table)
    return found


@pytest.mark.parametrize("how", DESCRIBED)
def test_what_is_wrong_with_the_descriptor(tmp_path: Path, how: str) -> None:
    """Another version, another package, other tables, and other files than there are."""
    place = made(tmp_path)
    size = len(members(place)[f"{TOP}/data/ratings.csv"])
    change, sentence = DESCRIBED[how]
    change(place)
    assert reason(place) == sentence.format(size=size)


def test_a_descriptor_may_be_so_large(tmp_path: Path) -> None:
    """1 MiB, spaces and all."""
    place = made(tmp_path)
    padded(place, 1 << 20)
    opened(place, "none")


def events(count: int, **last: Any) -> list[Cells]:
    rows = [{"seq": number + 2, "code": "card", "revision": 1} for number in range(count)]
    return [*rows[:-1], {**rows[-1], **last}]


def ratings(count: int, **last: Any) -> list[Cells]:
    rows = [{**RATING, "item": f"x{number}"} for number in range(count)]
    return [*rows[:-1], {**rows[-1], **last}]


def sessions(count: int, **last: Any) -> list[Cells]:
    rows = [{"session_id": f"s{number}", "seq": number + 1, "revision": 1} for number in range(count)]
    return [*rows[:-1], {**rows[-1], **last}]


FAR = 60
"""So many rows come in several batches where a file is read in pieces of 1,000 bytes."""
TWICE = "this row stands there twice"
NOWHERE = "its session is not in sessions.csv, or its rows stand in two places"
ORDER = "this row stands there twice, or not in its order"
KEYS: dict[str, tuple[dict[str, list[Cells]], str]] = {
    "twice": ({"ratings": ratings(3, item="x1")}, f"ratings.csv, row 3, session_id 's', item 'x1': {TWICE}"),
    "twice at once": ({"ratings": ratings(2, item="x0")}, f"ratings.csv, row 2, session_id 's', item 'x0': {TWICE}"),
    "twice far away": (
        {"ratings": ratings(FAR, item="x1")},
        f"ratings.csv, row {FAR}, session_id 's', item 'x1': {TWICE}",
    ),
    "of nothing": (
        {"ratings": ratings(2, session_id="t")},
        f"ratings.csv, row 2, session_id 't', item 'x1': {NOWHERE}",
    ),
    "of nothing far away": (
        {"ratings": ratings(FAR, session_id="t")},
        f"ratings.csv, row {FAR}, session_id 't', item 'x{FAR - 1}': {NOWHERE}",
    ),
    "in two places": (
        {
            "sessions": [*ROWS["sessions"], {"session_id": "t", "seq": 2, "revision": 1}],
            "ratings": [*ratings(3, session_id="t"), {**RATING, "item": "y"}],
        },
        f"ratings.csv, row 4, session_id 's', item 'y': {NOWHERE}",
    ),
    "number twice": ({"events": events(2, seq=2)}, f"events.csv, row 2, seq 2: {ORDER}"),
    "numbers fall": ({"events": events(3, seq=1)}, f"events.csv, row 3, seq 1: {ORDER}"),
    "numbers fall far away": ({"events": events(FAR, seq=1)}, f"events.csv, row {FAR}, seq 1: {ORDER}"),
    "session twice": (
        {"sessions": [*ROWS["sessions"], *sessions(2, session_id="s")]},
        f"sessions.csv, row 3, session_id 's': {TWICE}",
    ),
    "session twice far away": (
        {"sessions": [*ROWS["sessions"], *sessions(FAR, session_id="s")]},
        f"sessions.csv, row {FAR + 1}, session_id 's': {TWICE}",
    ),
    "another kiosk": (
        {"ratings": ratings(2, device_id="bbbb0000")},
        "ratings.csv: rows of another kiosk than the one that made the package",
    ),
    "another package": ({"package": [{**RANGE, "package": "x"}]}, f"package.csv: {ANOTHER}"),
    "another number": ({"package": [{**RANGE, "package_seq": 2}]}, f"package.csv: {ANOTHER}"),
    "another selection": ({"package": [{**RANGE, "selection": "ANNA"}]}, f"package.csv: {ANOTHER}"),
    "no selection": ({"package": [{**RANGE, "selection": None}]}, f"package.csv: {ANOTHER}"),
}


@pytest.fixture
def _in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_bag, "PIECE", 1_000)


@pytest.mark.usefixtures("_in_pieces")
@pytest.mark.parametrize("how", KEYS)
def test_rows_are_named_by_their_keys(tmp_path: Path, how: str) -> None:
    """Table, row and key, however far down: what is there twice, what belongs to nothing, and what is not in order."""
    tables, sentence = KEYS[how]
    assert reason(made(tmp_path, tables)) == sentence


@pytest.mark.usefixtures("_in_pieces")
def test_where_two_batches_meet(tmp_path: Path) -> None:
    """The last row of one and the first of the next are compared as any two."""
    place = made(
        tmp_path,
        {"events": events(FAR), "ratings": ratings(FAR), "sessions": [*ROWS["sessions"], *sessions(FAR)]},
    )
    with Package(place, Keys()) as package:
        first = {name: len(next(package.batches(name))[0]) for name in ("events", "ratings", "sessions")}
        assert package.counts == {name: len(list(package.rows(name))) for name in TABLES}
    for name, key in (("events", "seq"), ("ratings", "item"), ("sessions", "session_id")):
        at = first[name]
        rows = {"events": events, "ratings": ratings, "sessions": sessions}[name](FAR)
        assert 0 < at < FAR
        rows[at] = {**rows[at], key: rows[at - 1][key]}
        other = {**ROWS, "sessions": [*rows] if name == "sessions" else ROWS["sessions"]}
        found = reason(made(tmp_path / name, {**other, "ratings": [], name: rows}))
        assert found.startswith(f"{name}.csv, row {at + 1}, ")


@pytest.mark.usefixtures("_in_pieces")
def test_a_table_without_numbers_has_so_many_rows_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their keys are kept in memory: counted over all batches."""
    place = made(tmp_path, {"sessions": [*ROWS["sessions"], *sessions(FAR)]})
    monkeypatch.setattr(read, "MOST_KEYS", FAR + 1)
    assert verify(place, Keys()).passed
    monkeypatch.setattr(read, "MOST_KEYS", FAR)
    assert reason(place) == f"sessions.csv: more than {FAR} rows: that is no table of ours"
    table = TABLES["persons"]
    columns = [[f"{name}{number}" for number in range(4)] for name in table.names]
    monkeypatch.setattr(read, "MOST_KEYS", 3)
    watch = Relations().watch(table)
    watch([cells[:2] for cells in columns])
    watch([cells[2:3] for cells in columns])
    for take, batch in ((watch, [cells[3:] for cells in columns]), (Relations().watch(table), columns)):
        with pytest.raises(PackageError, match=r"^persons\.csv: more than 3 rows: that is no table of ours$"):
            take(batch)


def test_children_are_read_before_their_sessions(tmp_path: Path) -> None:
    """Whoever asks for one table alone gets it checked against the sessions all the same."""
    with Package(made(tmp_path, {"ratings": ratings(3)}), Keys()) as package:
        assert [row[2] for row in package.rows("ratings")] == ["x0", "x1", "x2"]
        assert package.way is ProtectionMethod.NONE
        assert package.plans() == ()
    bad = made(tmp_path / "bad", {"ratings": ratings(2, session_id="t")})
    with Package(bad, Keys()) as package, pytest.raises(PackageError, match=r"ratings\.csv, row 2, "):
        list(package.rows("ratings"))


def test_small_files(tmp_path: Path) -> None:
    """What is not there is said, and how large it may be is up to whoever reads it."""
    with Package(made(tmp_path), Keys()) as package:
        raw = package.file("datapackage.json", 1 << 20)
        assert package.file("datapackage.json", len(raw)) == raw
        for path, most, said in (
            (
                "datapackage.json",
                len(raw) - 1,
                f"data/datapackage.json has {len(raw)} bytes; at most ",
            ),
            ("nothing", 9, "nothing is missing"),
        ):
            with pytest.raises(PackageError) as caught:
                package.file(path, most)
            assert str(caught.value).startswith(f"data.zip: {said}")


def test_what_nobody_foresaw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """It does not pass; the first 200 characters of what went wrong are told, all of it in the log."""
    place = made(tmp_path)

    def stumble(_self: object) -> None:
        raise ZeroDivisionError("z" * 201)

    monkeypatch.setattr(Package, "check", stumble)
    assert reason(place) == f"it made the reader stumble (ZeroDivisionError: {'z' * 200}); do not open it"
    (told,) = caplog.records
    assert told.getMessage() == f"{place}: reading ended"
    assert told.exc_info is not None
    assert told.exc_info[0] is ZeroDivisionError


def table_of(*lines: str, name: str = "ratings") -> Iterator[bytes]:
    yield (",".join(TABLES[name].names) + "\r\n" + "".join(lines)).encode()


def refused(pieces: Iterator[bytes], name: str = "ratings") -> str:
    with pytest.raises(PackageError) as caught:
        list(read_csv(TABLES[name], pieces))
    return str(caught.value)


GOOD_LINE = f"{DEVICE},s,x,1.5,0_3,1\r\n"


def test_a_table_that_is_none(tmp_path: Path) -> None:
    """What it begins with, its columns, what its rows are made of, and after which row."""
    names = ",".join(TABLES["ratings"].names)
    columns = "ratings.csv: its columns are not those of this version"
    damaged = "the file was changed or is damaged"
    assert list(read_csv(TABLES["ratings"], iter([names.encode()]))) == [[]]
    assert refused(iter([])) == columns
    assert refused(iter([names.encode()[:-1]])) == columns
    assert refused(iter([names.encode()[:-1] + b"\r\n"])) == columns
    marked = b"\xef\xbb\xbf" + names.encode() + b"\r\n"
    assert list(read_csv(TABLES["ratings"], iter([marked[:2], marked[2:]]))) == [[]] * 2, "as earlier versions wrote it"
    assert refused(iter([b"\xef\xbb\xbf" + marked])) == columns
    broken = [*table_of(GOOD_LINE * 2), b"\xff\r\n"]
    assert refused(iter(broken)).startswith("ratings.csv, after row 2: 'utf-8' codec can't decode byte 0xff")
    assert refused(iter(broken)).endswith(f"; {damaged}")
    open_quote = [*table_of(GOOD_LINE * 2), b'"a\r\n']
    assert refused(iter(open_quote)) == f"ratings.csv, after row 2: unexpected end of data; {damaged}"


def test_a_line_is_so_long_at_most() -> None:
    """64 KiB: what comes in pieces is not gathered for ever."""
    most = 64 << 10
    whole = list(table_of())
    said = f"ratings.csv: a row of more than {most} bytes"
    assert refused(iter([*whole, b"x" * most, b"x"])) == said
    assert refused(iter([*whole, b"x" * (most + 1)])) == said
    assert refused(iter([*whole, b"x" * most])) == "ratings.csv, row 1: 1 cells; 6 are right"


WRONG = {
    f"{DEVICE},s,x,1.5,0_3\r\n": "5 cells; 6 are right",
    f"{DEVICE},s,x,1.5,0_3,1,\r\n": "7 cells; 6 are right",
    f"{DEVICE},s,,1.5,0_3,1\r\n": "item is empty",
    f"{DEVICE},s,x y,1.5,0_3,1\r\n": "item: 'x y' is no word of a record",
    f"{DEVICE},s,{'ä' * 41},1.5,0_3,1\r\n": f"item: {'ä' * 40!r} is no word of a record",
    f"{DEVICE},s,x,{'9' * 41},0_3,1\r\n": f"value: {'9' * 40!r} is no number from ",
    f"{DEVICE},s,x,{'y' * 41},0_3,1\r\n": f"value: {'y' * 40!r} is no number from ",
    f"{DEVICE},s,x,1.5,0_3,1.5\r\n": "revision: '1.5' is no whole number from ",
    f"{DEVICE},s,x,1.5,0_3,\r\n": "",
}


@pytest.mark.parametrize("line", WRONG)
@pytest.mark.parametrize("before", [0, 1, 5])
def test_a_wrong_cell_is_named(line: str, before: int) -> None:
    """Row, column and value, cut short, wherever it stands."""
    pieces = table_of(GOOD_LINE * before, line, GOOD_LINE)
    if not WRONG[line]:
        assert len(next(read_csv(TABLES["ratings"], pieces))) == before + 2
        return
    more = "" if "cells" in WRONG[line] or "empty" in WRONG[line] else ","
    where = f"ratings.csv, row {before + 1}"
    told = refused(pieces)
    assert told.startswith(f"{where}, {WRONG[line]}" if more else f"{where}: {WRONG[line]}")


def test_rows_are_counted_over_batches() -> None:
    """The row that is wrong is that of the file, not of what was read at once."""
    pieces = [*table_of(GOOD_LINE * 3), (GOOD_LINE * 2).encode(), f"{DEVICE},s,,1.5,0_3,1\r\n".encode()]
    assert refused(iter(pieces)) == "ratings.csv, row 6: item is empty"


def test_lines_without_quotes_are_read_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a third of the cost; a quote, a line end within a cell or a row of another length goes the other way."""
    asked: list[object] = []
    reader = csv.reader

    def told(*lines: Any, **how: Any) -> Any:
        asked.append(lines)
        return reader(*lines, **how)

    monkeypatch.setattr(csv, "reader", told)
    expected = [(DEVICE, "s", "x", 1.5, "0_3", 1)] * 3
    assert list(chain.from_iterable(read_csv(TABLES["ratings"], table_of(GOOD_LINE * 3)))) == expected
    assert asked == []
    quoted = GOOD_LINE.replace(",x,", ',"x",')
    assert list(chain.from_iterable(read_csv(TABLES["ratings"], table_of(GOOD_LINE, quoted, GOOD_LINE)))) == expected
    assert len(asked) == 1
    unixes = GOOD_LINE.replace("\r", "")
    assert list(chain.from_iterable(read_csv(TABLES["ratings"], table_of(GOOD_LINE, unixes, GOOD_LINE)))) == expected
    assert len(asked) == 2


@pytest.mark.parametrize("form", ["{year}-06-30", "{year}-06-30T08:00:00.000Z"])
def test_dates_of_three_centuries(form: str) -> None:
    """A clock that nobody has set, or a date that was made up, can be neither shown nor counted with."""
    name, column = ("injections", "given_on") if len(form) < 20 else ("sessions", "start_utc")
    table = TABLES[name]
    known = {"device_id": DEVICE, "session_id": "s", "patient_code": "P", "region": "r", "given_on": "2026-03-02"}

    def dated(cell: str) -> Iterator[bytes]:
        cells = {key: known.get(key, "1" if key == "revision" else "") for key in table.names} | {column: cell}
        yield from table_of(",".join(cells.values()) + "\r\n", name=name)

    for year in (1900, 2199):
        (row,) = chain.from_iterable(read_csv(table, dated(form.format(year=year))))
        assert row[table.names.index(column)] == form.format(year=year)
    for year in (1899, 2200):
        cell = form.format(year=year)
        assert refused(dated(cell), name) == f"{name}.csv, row 1, {column}: {cell!r} is not from 1900 to 2199"
    kind = "day" if len(form) < 20 else "moment in UTC"
    for cell in (form.format(year=2026) + "x", "x" * 41):
        assert refused(dated(cell), name) == f"{name}.csv, row 1, {column}: {cell[:40]!r} is no {kind}"
