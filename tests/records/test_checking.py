"""The shape of a record: what SQLite makes of each schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.records import checking
from kiosk.records.checking import (
    NEWEST,
    OURS,
    STEPS,
    columns,
    digest_of_shape,
    is_newer,
    is_of,
    shape,
    shape_of,
    tables,
)
from kiosk.records.migrations import SCHEMA

SCHEMAS = Path(__file__).with_name("schemas")


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    """What is kept for the whole run is made again here."""
    shape_of.cache_clear()
    columns.cache_clear()
    yield
    shape_of.cache_clear()
    columns.cache_clear()


def of(schema: int) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript((SCHEMAS / f"{schema}.sql").read_text(encoding="utf-8"))
    return connection


@pytest.mark.parametrize("schema", range(1, SCHEMA + 1))
def test_each_schema_has_its_shape(schema: int) -> None:
    """As a kiosk of then left it; another number, an index less, another column: it is not of that schema."""
    connection = of(schema)
    assert {line for line in shape(connection) if line[0] != STEPS} == shape_of(schema)
    assert {line[0] for line in shape_of(schema)} == tables(schema)
    assert STEPS not in tables(schema)
    for version in range(SCHEMA + 1):
        assert is_of(connection, version) is (shape_of(version) == shape_of(schema))
    assert len({shape_of(version) for version in range(SCHEMA + 1)}) > SCHEMA // 2
    connection.execute("CREATE TABLE others (a)")
    assert is_of(connection, schema)
    connection.execute("ALTER TABLE state ADD COLUMN more TEXT")
    assert not is_of(connection, schema)
    assert shape_of(0) == frozenset()


def test_the_newest_shape_is_known_by_its_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made to compare with; after a new step of the schema the line to change is named."""
    assert tables(SCHEMA) == OURS
    assert digest_of_shape(shape_of(SCHEMA)) == NEWEST, "a step was added: NEWEST in kiosk/records/checking.py follows"
    connection = of(SCHEMA)

    def made(_: int) -> frozenset[object]:
        raise AssertionError("tables were made")

    monkeypatch.setattr(checking, "shape_of", made)
    assert is_of(connection, SCHEMA)


@pytest.mark.parametrize("kind", ["index", "trigger"])
def test_what_is_less_is_seen(kind: str) -> None:
    """An index or a trigger that is gone, or is another one."""
    connection = of(SCHEMA)
    asked = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL AND tbl_name <> ?"
    (name, table, sql), *_ = connection.execute(asked, (kind, STEPS)).fetchall()
    connection.execute(f'DROP {kind} "{name}"')
    assert not is_of(connection, SCHEMA)
    connection.execute(sql.replace("\n", " \n  "))
    assert is_of(connection, SCHEMA)
    connection.execute(f'DROP {kind} "{name}"')
    other = {
        "index": f'CREATE INDEX "{name}" ON "state" (value)',
        "trigger": f'CREATE TRIGGER "{name}" AFTER DELETE ON "{table}" BEGIN SELECT 1; END',
    }
    connection.execute(other[kind])
    assert not is_of(connection, SCHEMA)


def test_a_file_that_a_later_version_has_worked_on() -> None:
    """It has had a step that nobody here knows."""
    connection = of(SCHEMA)
    assert is_newer(connection) is False
    connection.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('kiosk', 'm999_later')")
    assert is_newer(connection) is True
    assert is_newer(sqlite3.connect(":memory:")) is False


def test_the_columns_of_every_table() -> None:
    """Names and kinds in the order of the file, which may be empty, which one is the number of the row."""
    connection = of(SCHEMA)
    assert columns().keys() == tables(SCHEMA)
    for name, known in columns().items():
        info = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
        assert known.names == tuple(line[1] for line in info)
        assert known.kinds == tuple(line[2] for line in info)
        keys = [line[1] for line in info if line[5]]
        assert known.maybe == {line[1] for line in info if not line[3] and line[1] not in keys}
        whole = len(keys) == 1 and dict(zip(known.names, known.kinds, strict=True))[keys[0]] == "INTEGER"
        assert known.number == (keys[0] if whole else "")
        before = [n for n, line in enumerate(info) if line[4] is not None]
        assert known.least == min(before, default=len(info))
    assert columns()["events"].number == "seq"
    assert columns()["state"].number == ""
