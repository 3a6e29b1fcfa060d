"""Which rows of a whole file cannot be read: SQLite's answer is held against that of the row's own class."""

from __future__ import annotations

import contextlib
import math
import re
import sqlite3
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from kiosk.records import readable
from kiosk.records.migrations import SCHEMA
from kiosk.records.opening import text_of
from kiosk.records.readable import OF_NO_RULE, RULING, TELLING, closes, is_whole, surely_whole, unread
from kiosk.rows.kinds import ROWS, PersonRow, RatingRow, Row, SetItemRow, name_of
from kiosk.rows.row import MOST, MOST_MS, WORD, columns_of
from tests.records.test_checking import of

MOMENT = "2026-03-02T08:00:00.000Z"
NASTY: tuple[object, ...] = (
    *(None, -1, 0, 1, 2, 3, 4, 961, 10_000, 10_001, 1_000_001, MOST_MS, MOST_MS + 1, -MOST_MS - 1, MOST, MOST + 1),
    *((1 << 63) - 1, -(1 << 63), 0.0, 0.5, 1.0, 1.5, 3.5, -1000.5, 1e5, 1e13, -1e300, math.inf, -math.inf),
    *(
        "",
        "0",
        "5",
        "1.5",
        "word",
        "a" * 120,
        "a" * 121,
        "not a word",
        "eye",
        "good",
        "left",
        "ntp",
        "0_3",
        "Ü",
        "]",
        "^",
    ),
    *("a\0b", "a\0\xff", "\0", "a\nb", "{}", '{"broken', "~ {}", "'", "[a]", "a-b", "therapist", "completed", "audit"),
    *(MOMENT, "2026-02-30T08:00:00.000Z", "2026-03-02T24:00:00.000Z", "2026-03-02T08:00:60.000Z", "2026-03-02"),
    *("0000-03-02T08:00:00.000Z", "2026-03-02T08:00:00+02:00", "2026-03-02T08:00:00", "2026-03-02T08:00:00.000Z\0"),
    *("2026-03-02T08:00:00.999Z", "9999-12-31T23:59:59.999Z", "-001-03-02T08:00:00.000Z", "08:00", "now"),
    *(b"", b"ab", b"\xff"),
)
"""What a cell of a damaged page may hold, whatever the type of its column is."""
ILL = (b"\xff", b"a\xff", b"\xc0\x80", b"\xc1\xa1", b"\x80", b"a\0\xff", b"\xed\xa0\x80", b"\xe2\x82")
"""Texts that are no UTF-8."""


def good(kind: type[Row], number: int) -> dict[str, Any]:
    """A row that can be read, with a key of its own."""
    found: dict[str, Any] = {}
    for name, column in columns_of(kind).items():
        words = column.extra.get("words", ())
        texts = words[0] if words else MOMENT if name.endswith("_utc") else "w"
        found[name] = {int: 1, float: 1.0, bool: 1, bytes: b"lines", str: texts}[column.base]
    free = next(name for name in kind.KEY if columns_of(kind)[name].base in (str, int))
    found[free] = number if columns_of(kind)[free].base is int else f"k{number}"
    found |= {"seq": number} if "seq" in found else {}  # no two sessions have the same
    return found | ({"digest": ""} if kind is PersonRow else {"lines": ""} if kind is SetItemRow else {})


def of_any_type(place: Path, kind: type[Row], *, loose: bool) -> sqlite3.Connection:
    """The table takes cells of any type while it is ``loose``, as a damaged page has them; else as it was made."""
    connection = sqlite3.connect(place)
    connection.text_factory = text_of
    ((made,),) = of(SCHEMA).execute("SELECT sql FROM sqlite_master WHERE name = ?", (kind.TABLE,)).fetchall()
    if loose:
        made = re.sub(
            r" (TEXT|REAL|BLOB|INTEGER(?! PRIMARY)|NOT NULL|DEFAULT '')\b|DEFAULT ''|NOT NULL|\) STRICT$", "", made
        )
        made += ")" * (made.count("(") - made.count(")"))
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (made, kind.TABLE))
    connection.commit()
    connection.close()
    connection = sqlite3.connect(place)
    connection.text_factory = text_of
    return connection


def spoilt(place: Path, kind: type[Row]) -> sqlite3.Connection:
    """A record in which each column of the table holds each thing that it may not hold, and those that it may."""
    with contextlib.closing(sqlite3.connect(place)) as whole:
        whole.executescript((Path(__file__).with_name("schemas") / f"{SCHEMA}.sql").read_text(encoding="utf-8"))
        for name in [name for (name,) in whole.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
            whole.execute(f"DROP TRIGGER {name}")
    numbers = count(10)
    with contextlib.closing(of_any_type(place, kind, loose=True)) as loose, loose:
        for name in kind.__struct_fields__:
            for cell in (*NASTY, *ILL):
                row = good(kind, next(numbers)) | {name: cell}
                names = ", ".join(f'"{column}"' for column in row)
                marks = ", ".join("CAST(? AS TEXT)" if c == name and cell in ILL else "?" for c in row)
                with contextlib.suppress(sqlite3.IntegrityError, sqlite3.OperationalError):
                    loose.execute(f'INSERT INTO "{kind.TABLE}" ({names}) VALUES ({marks})', tuple(row.values()))  # noqa: S608
    return of_any_type(place, kind, loose=False)


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: kind.TABLE)
def test_what_sqlite_takes_for_whole_is_whole(kind: type[Row], tmp_path: Path) -> None:
    """Whatever a cell holds, of whatever type: the same rows are named as by looking at each by itself."""
    connection = spoilt(tmp_path / "kiosk.db", kind)
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    lines = [dict(line) for line in cursor.execute(f'SELECT * FROM "{kind.TABLE}"').fetchall()]  # noqa: S608
    assert len(lines) > 40
    wanted = Counter(name_of(kind, line) for line in lines if not is_whole(kind, line))
    assert wanted.total() > 10
    assert Counter(name for names in unread(connection, (kind,)) for name in names) == wanted
    connection.close()


def test_of_a_whole_record_no_row_is_looked_at_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Years of rows cost nobody the interpreter; but for those whose class checks more than its columns."""
    connection = of(SCHEMA)
    looked: Counter[str] = Counter()
    monkeypatch.setattr(readable, "is_whole", lambda kind, _: bool(looked.update([kind.TABLE])) or True)
    for kind in ROWS:
        for number in range(50, 60):
            row = good(kind, number)
            names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
            connection.execute(f'INSERT INTO "{kind.TABLE}" ({names}) VALUES ({marks})', tuple(row.values()))  # noqa: S608
    assert not any(names for names in unread(connection, ROWS))
    assert {name for name in looked if looked[name] >= 10} == {"persons", "set_items"}
    assert {kind for kind in ROWS if surely_whole(kind) == "0"} == {PersonRow, SetItemRow}


def test_every_word_of_a_vocabulary_is_a_word() -> None:
    """SQLite is asked for the vocabulary alone."""
    assert all(
        WORD.fullmatch(word) for kind in ROWS for c in columns_of(kind).values() for word in c.extra.get("words", ())
    )


def test_every_table_rules_or_tells() -> None:
    """One of both, and what cannot be read closes the plans only where rules ask."""
    assert sorted((*RULING, *TELLING), key=str) == sorted(ROWS, key=str)
    assert {kind.TABLE for kind in TELLING} == OF_NO_RULE
    assert [closes(name) for name in ("persons:AB12,1", "persons", "steps:s,1", "events")] == [True, True, False, False]


def test_rows_that_cannot_be_read_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batch after batch, each row once, wherever it lies; an empty table has none, nor one that is not there."""
    connection = of(SCHEMA)
    connection.execute("DELETE FROM persons")
    connection.execute("DELETE FROM ratings")
    connection.execute("DELETE FROM sessions")
    connection.execute("PRAGMA foreign_keys = OFF")
    for number in range(7):
        connection.execute(
            "INSERT INTO ratings (session_id, item, value, unit, revision) VALUES ('s', ?, ?, '0_3', 1)",
            (f"i{number}", 9.0 if number in (0, 3, 6) else 1.0),
        )
    monkeypatch.setattr(readable, "BATCH", 2)
    monkeypatch.setattr(readable, "SLICE", 5)
    found = list(unread(connection, (PersonRow, RatingRow)))
    assert found == [("ratings:s,i0", "ratings:s,i3"), ("ratings:s,i6",)]
    connection.execute("DROP TABLE ratings")
    assert list(unread(connection, (PersonRow, RatingRow))) == []


def test_a_file_that_is_made_anew_meanwhile_is_looked_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows may have other numbers then, and one could be passed over."""
    connection = of(SCHEMA)
    connection.isolation_level = None
    connection.execute("DELETE FROM ratings")
    for number in range(9):
        value = 9.0 if number == 6 else 1.0
        connection.execute("INSERT INTO ratings VALUES ('s', ?, ?, '0_3', 1)", (f"i{number}", value))
    connection.execute("DELETE FROM ratings WHERE item < 'i5'")
    monkeypatch.setattr(readable, "SLICE", 1)
    looking = unread(connection, (RatingRow,))
    assert next(looking) == ()
    connection.execute("VACUUM")
    assert ("ratings:s,i6",) in list(looking)


def test_a_record_of_an_older_schema_is_looked_through_as_well() -> None:
    """A column that came later is missed by nobody, and what is there is judged."""
    connection = of(2)
    connection.execute("PRAGMA foreign_keys = OFF")
    before = [name for names in unread(connection, ROWS) for name in names]
    connection.execute("UPDATE repetitions SET hold_s = -1.0")
    after = [name for names in unread(connection, ROWS) for name in names]
    assert before == []
    assert {name.split(":")[0] for name in after} == {"repetitions"}
