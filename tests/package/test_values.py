"""What a cell may hold: the schema says it once; a writer leaves out what it forbids, and a reader refuses it."""

from __future__ import annotations

import csv
import dataclasses
import json
import random
import re
import shutil
import sqlite3
import time
from codecs import BOM_UTF8
from collections.abc import Callable
from contextlib import closing
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from kiosk.care.model import Side, Stage, ViewMode
from kiosk.care.person import Cause, OnsetBand
from kiosk.clinic.database import open_clinic
from kiosk.clinic.merge import MergeOutcome, merge
from kiosk.clock import ClockStatus
from kiosk.errors import PackageError
from kiosk.face.model import Quality
from kiosk.package import csv_cells
from kiosk.package.csv_cells import read_csv, reading
from kiosk.package.protection import Keys
from kiosk.package.schema import TABLES, CellKind, Column, Table
from kiosk.package.verify import verify
from kiosk.rows import row as row_types
from kiosk.rows.kinds import RepetitionRow
from kiosk.session.model import EndReason
from tests.package import sample
from tests.package.made import exported, lived, record
from tests.package.mutants import a_value_outside, members, misfits, retold, rows_of, written
from tests.usb.parcels import parcel

BEFORE = Path(__file__).parent / "before" / "FK_CLIN_05E0B6C3_ALL_000001"
"""A package of an earlier version: what a kiosk of then made of ``sample``."""


def fitting(column: Column, number: int) -> str:
    """A cell that fits; another one for each number where that is possible."""
    if column.kind in (CellKind.WHOLE, CellKind.NUMBER):
        return str(min(max(number, column.least or 0), number if column.most is None else column.most))
    hashed, drawn = "ab" * 32, "f1/-12,40:15,41"
    of_pattern = drawn if re.fullmatch(column.pattern, drawn) else hashed
    filler = column.words[0] if column.words else of_pattern if column.pattern else f"w{number}"
    kinds = {CellKind.FLAG: "1", CellKind.MOMENT: "2026-03-02T08:00:00.000Z", CellKind.DAY: "2026-03-02"}
    return kinds.get(column.kind, filler)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_cell_outside_the_schema_is_refused_and_named(table: Table) -> None:
    """By file, row and column, with the value made harmless; whole rows of cells that fit are read."""
    names = list(table.names)
    good = [[fitting(column, number) for column in table.columns] for number in range(3)]
    assert sum(map(len, read_csv(table, iter([written([names, *good])])))) == 3
    for at, column in enumerate(table.columns):
        for cell in misfits(column, key=column.name in table.key):
            rows = [list(row) for row in good]
            rows[1][at] = cell
            with pytest.raises(PackageError) as caught:
                list(read_csv(table, iter([written([names, *rows])])))
            told = str(caught.value)
            assert told.startswith(f"{table.name}.csv, row 2"), (column.name, cell)
            assert column.name in told
            assert told.isprintable()
            assert len(told) < 300


@settings(max_examples=300)
@given(st.data())
def test_numbers_are_refused_exactly_outside_their_range(data: st.DataObject) -> None:
    """Whatever the number is: not one too many, and not one too few."""
    table = data.draw(st.sampled_from(list(TABLES.values())))
    column = data.draw(st.sampled_from([c for c in table.columns if c.kind is CellKind.WHOLE]))
    assert column.least is not None
    assert column.most is not None
    near = [column.least - 1, column.least, column.most, column.most + 1]
    number = data.draw(st.sampled_from(near) | st.integers(-(10**19), 10**19))
    row = [fitting(other, 0) for other in table.columns]
    row[table.names.index(column.name)] = str(number)
    raw = written([list(table.names), row])
    if column.least <= number <= column.most:
        assert len(next(iter(read_csv(table, iter([raw]))))) == 1
    else:
        with pytest.raises(PackageError, match=column.name):
            list(read_csv(table, iter([raw])))


def test_the_words_of_the_columns_are_those_of_the_kiosk() -> None:
    """A word that a kiosk writes and a reader does not know would lock its package up."""
    pairs: list[tuple[tuple[str, ...], list[str]]] = [
        (row_types.STAGES, list(Stage)),
        (row_types.SIDES, list(Side)),
        (row_types.BANDS, list(OnsetBand)),
        (row_types.CAUSES, list(Cause)),
        (row_types.VIEWS, list(ViewMode)),
        (row_types.ENDS, list(EndReason)),
        (row_types.QUALITIES, list(Quality)),
        ((*row_types.SOURCES, "unset"), list(ClockStatus)),
    ]
    for told, meant in pairs:
        assert sorted(told) == sorted(meant)


def test_a_package_of_an_earlier_version_passes_and_is_made_alike_today(tmp_path: Path) -> None:
    """Byte by byte but for columns that came later, and for sentences about columns: programs that read them go on."""
    found = verify(BEFORE, Keys())
    assert (found.passed, found.reason) == (True, "")
    rows_then = [
        changed(row, closure_left_ratio=None, closure_right_ratio=None) if isinstance(row, RepetitionRow) else row
        for row in sample.rows(sample.lives(2))
    ]
    now = exported(record(tmp_path / "data", rows_then), tmp_path / "out").made.place
    before, after = members(BEFORE), members(now)
    new_tables = {table.name for table in TABLES.values() if table.later}
    # What says which files lie beside the bag has become its last: they are made meanwhile.
    assert sorted(before) == sorted(name for name in after if Path(name).stem not in new_tables)
    later = {(table.name, column.name) for table in TABLES.values() for column in table.columns if column.later}
    assert later
    for table in (table for table in TABLES.values() if not table.later):
        (name,) = (name for name in before if name.endswith(f"/{table.name}.csv"))
        header, *rows = csv.reader(after[name].decode("ascii").splitlines())
        kept = [place for place, column in enumerate(header) if (table.name, column) not in later]
        assert [[row[place] for place in kept] for row in (header, *rows)] == list(
            csv.reader(before[name].decode("utf-8-sig").splitlines())
        )
        assert after[name] == before[name].removeprefix(BOM_UTF8) or len(kept) < len(header), name
    (bundle,) = (name for name in before if name.endswith("/bundle.json"))
    assert after[bundle] == before[bundle]
    (described,) = (name for name in before if name.endswith("datapackage.json"))
    told = json.loads(after[described])
    told["resources"] = [resource for resource in told["resources"] if resource["name"] not in new_tables]
    for resource in told["resources"]:
        if "schema" in resource:
            fields = resource["schema"]["fields"]
            resource["schema"]["fields"] = [one for one in fields if (resource["name"], one["name"]) not in later]
    asked = json.loads(before[described])
    for resource in (*told["resources"], *asked["resources"]):
        for alike in ("hash", "bytes"):
            resource.pop(alike, None)
        for field in resource.get("schema", {}).get("fields", ()):
            field.pop("description")  # A sentence may say more than it did,
            field.pop("constraints", None)  # and what a cell may be is said too.
        resource.pop("encoding")  # It was utf-8-sig, which not everybody knows.
    assert told == asked


def test_a_clinic_s_file_of_an_earlier_version_takes_newer_packages_too(tmp_path: Path) -> None:
    """A clinic updates its kiosks one by one, and keeps its file: what came later is empty in older rows."""
    now = exported(record(tmp_path / "data", lived(sessions=2, steps=2)), tmp_path / "out").made.place
    place = tmp_path / "clinic.db"
    with open_clinic(place) as clinic:
        taken = [one.outcome for one in merge(clinic, [BEFORE], Keys())]
    with closing(sqlite3.connect(place)) as db:
        for table in TABLES.values():
            if table.later:
                db.execute(f'DROP TABLE "{table.name}"')
            for column in () if table.later else table.columns:
                if column.later:
                    db.execute(f'ALTER TABLE "{table.name}" DROP COLUMN "{column.name}"')
        db.commit()
        before = db.execute("SELECT * FROM repetitions").fetchall()
    with open_clinic(place) as clinic:
        taken += [one.outcome for one in merge(clinic, [BEFORE, now], Keys())]
    assert taken == [MergeOutcome.MERGED, MergeOutcome.ALREADY, MergeOutcome.MERGED]
    with closing(sqlite3.connect(place)) as db:
        names = ", ".join(column.name for column in TABLES["repetitions"].columns if not column.later)
        assert set(before) <= set(db.execute(f"SELECT {names} FROM repetitions"))  # noqa: S608 our own names
        assert db.execute("SELECT count(*) FROM repetitions").fetchone()[0] > len(before)


def test_what_was_seen_to_pass_once_is_refused(tmp_path: Path) -> None:
    """Each of these was told PASS, or went into the clinic's file and took a person's report away."""
    data = record(tmp_path / "data", lived(sessions=2, steps=2))
    good = exported(data, tmp_path / "out").made.place
    wrongs = [
        ("sessions", "pain_before_0_3", "99", "'99' is no whole number from 0 to 3"),
        ("sessions", "end_reason", "cured", "'cured' is none of its words"),
        ("sessions", "start_boot_ms", "-1", "'-1' is no whole number from 0"),
        ("sessions", "utc_offset_min", f"{10**12}", "is no whole number from -960 to 960"),
        ("repetitions", "hold_s", "-3.0", "'-3.0' is no number from 0"),
    ]
    for number, (name, column, cell, said) in enumerate(wrongs):
        place = tmp_path / str(number) / good.name
        shutil.copytree(good, place)
        rows = rows_of(members(place), TABLES[name])
        rows[2][TABLES[name].names.index(column)] = cell
        retold(place, f"{name}.csv", lambda _, rows=rows: written(rows))  # type: ignore[misc]
        found = verify(place, Keys())
        assert not found.passed
        assert f"{name}.csv, row 2, {column}: " in found.reason
        assert said in found.reason
        with open_clinic(tmp_path / "clinic.db") as clinic:
            (taken,) = merge(clinic, [place], Keys())
        assert (taken.outcome, taken.reason) == (MergeOutcome.REFUSED, found.reason)


def test_a_session_that_stands_there_twice_is_named(tmp_path: Path) -> None:
    """By its row and its key; so is a row below a session that is not there."""
    twice = [{"session_id": "s", "revision": revision} for revision in (1, 2)]
    found = verify(parcel(tmp_path, "aaaa0000", 1, {"sessions": twice}), Keys())
    assert found.reason == "sessions.csv, row 2, session_id 's': this row stands there twice"
    ratings = [{"session_id": "t", "item": "x", "revision": 1}]
    found = verify(parcel(tmp_path, "aaaa0000", 2, {"sessions": twice[:1], "ratings": ratings}), Keys())
    assert "ratings.csv, row 1, session_id 't', item 'x': its session is not in sessions.csv" in found.reason


DAMAGE = {
    "pain": ("sessions", "UPDATE sessions SET pain_before_0_3 = 99 WHERE seq = 1"),
    "word": ("sessions", "UPDATE sessions SET end_reason = 'cured' WHERE seq = 1"),
    "not utf-8": ("sessions", "UPDATE sessions SET stop_reason = CAST(x'ff1b5b' AS TEXT) WHERE seq = 1"),
    "event": ("events", "UPDATE events SET code = CAST(x'1b5b' AS TEXT) WHERE seq = 2"),
    "moment": ("persons", "UPDATE persons SET valid_from_utc = 'x' WHERE rowid = 1"),
    "time": ("repetitions", "UPDATE repetitions SET t_boot_ms = -5 WHERE rowid = 1"),
    "number": ("repetitions", "UPDATE repetitions SET hold_s = -9e99 WHERE rowid = 1"),
    "permission": ("permissions", "UPDATE permissions SET reason = 'two words' WHERE rowid = 1"),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_one_bad_row_keeps_nobody_in(tmp_path: Path, how: str) -> None:
    """It is left out, counted and named by table and key; all others are there, and the package passes."""
    table, sql = DAMAGE[how]
    whole = exported(record(tmp_path / "whole", lived(2, 2, steps=2)), tmp_path / "out").made
    data = record(tmp_path / "data", lived(2, 2, steps=2))
    with sqlite3.connect(data / "kiosk.db") as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(sql)
    made = exported(data, tmp_path / "out2").made
    assert made.left_out == 1
    assert verify(made.place, Keys()).passed
    files = members(made.place)
    (described,) = (json.loads(raw) for name, raw in files.items() if name.endswith("datapackage.json"))
    told = described["kiosk"]["left_out"]
    assert (told["count"], [row["table"] for row in told["rows"]]) == (1, [table])
    assert "1 rows could not be read" in (made.place / "READ-ME.txt").read_text(encoding="utf-8")
    counts = {name: resource["rows"] for resource in described["resources"] for name in [resource["name"]]}
    before = {name: len(rows_of(members(whole.place), TABLES[name])) - 1 for name in TABLES}
    lost = {name: before[name] - counts[name] for name in TABLES if name != "package" and before[name] != counts[name]}
    below = {"steps": 2, "repetitions": 10, "ratings": 1} if table == "sessions" else {}
    assert lost == {table: 1, **below}
    if table in ("sessions", "events"):
        # Its number is told as one that cannot be read: at the clinic it is neither lost nor awaited.
        rows = rows_of(files, TABLES["package"])
        assert ["withheld", "unreadable"] in [row[5:7] for row in rows]
    for raw in files.values():
        assert b"cured" not in raw
        assert b"\x1b[" not in raw


def test_a_text_that_is_none_in_the_middle_takes_no_other_row_with_it(tmp_path: Path) -> None:
    """Rows are read many at a time, as quickly as they can be: where that fails in one, all others are there once."""
    data = record(tmp_path / "data", lived(sessions=30))
    with closing(sqlite3.connect(data / "kiosk.db")) as connection, connection:
        asked = "SELECT _rowid_ FROM repetitions ORDER BY session_id, step_order, repetition LIMIT 1 OFFSET 1234"
        (row,) = connection.execute(asked).fetchone()
        connection.execute("UPDATE repetitions SET quality_reason = CAST(x'66ff' AS TEXT) WHERE _rowid_ = ?", (row,))
    made = exported(data, tmp_path / "out").made
    assert made.left_out == 1
    names = TABLES["repetitions"].names
    key = itemgetter(*(names.index(name) for name in TABLES["repetitions"].key))
    there = [key(row) for row in rows_of(members(made.place), TABLES["repetitions"])[1:]]
    assert len(there) == len(set(there)) == 30 * 10 * 5 - 1
    assert verify(made.place, Keys()).passed


@pytest.mark.slow
def test_a_thousand_random_cells_are_all_refused(tmp_path: Path) -> None:
    """In whole packages, where everything else is told as it then is."""
    good = exported(record(tmp_path / "data", lived(sessions=2, steps=2)), tmp_path / "out").made.place
    for seed in range(1_000):
        place = tmp_path / "mutant" / good.name
        shutil.copytree(good, place)
        a_value_outside(place, random.Random(seed))
        found = verify(place, Keys())
        assert not found.passed, seed
        assert ".csv, row " in found.reason, (seed, found.reason)
        shutil.rmtree(place)


@pytest.mark.slow
def test_to_look_at_every_value_costs_a_fifth_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    """Against the same reader without ranges, words and patterns, both in one run, the quickest of seven each."""
    place = exported(record(tmp_path / "data", lived(people=2, sessions=150)), tmp_path / "out").made.place

    def seconds() -> float:
        begun = time.process_time()
        assert verify(place, Keys()).passed
        return time.process_time() - begun

    @cache
    def unlimited(column: Column) -> Any:
        return reading(dataclasses.replace(column, least=None, most=None, words=(), pattern=""))

    checked, free = [], []
    for _ in range(7):
        checked.append(seconds())
        with monkeypatch.context() as without:
            without.setattr(csv_cells, "reading", unlimited)
            free.append(seconds())
    ratio = min(checked) / min(free)
    record_property("figure", f"verify with the checks of values: {ratio:.2f} of the time without")
    assert ratio <= 1.2
