"""What each row is, whole: tables, keys, stamps, and of each column its type, bounds, unit, words, sentence, default.

Clinics read these and older kiosks have written them. ``python -m tests.records.test_columns`` writes the list anew
after a change that was meant.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.errors import ContentError
from kiosk.rows.kinds import ROWS, Erase, PersonRow
from kiosk.rows.row import Row, columns_of
from tests.records.helpers import session

LIST = Path(__file__).with_name("columns.json")


def described(kind: type[Row]) -> dict[str, Any]:
    """One row's class as JSON can hold it."""
    columns = {
        name: {
            "type": column.base.__name__,
            "about": column.about,
            **column.limits,
            **{key: list(value) if isinstance(value, tuple) else value for key, value in column.extra.items()},
        }
        for name, column in columns_of(kind).items()
    }
    for field in msgspec.structs.fields(kind):
        if not field.required:
            columns[field.name]["default"] = field.default
    return {
        "key": list(kind.KEY),
        "keeping": kind.KEEPING.value,
        "stamps": list(kind.STAMPS),
        "text": list(kind.TEXT),
        "columns": columns,
    }


def test_every_row_is_as_it_was() -> None:
    """A bound that was moved, a word that was lost, another default: it is seen here, and then it is meant."""
    columns_of.cache_clear()
    known = json.loads(LIST.read_text(encoding="utf-8"))
    assert {kind.TABLE: described(kind) for kind in ROWS} == known


def test_what_nobody_says_is_as_the_list_says() -> None:
    """A row that is given only what it needs goes into its table with every default."""
    known = json.loads(LIST.read_text(encoding="utf-8"))
    said = {"session_id", "patient_code", "programme", "boot_id", "start_boot_ms", "start_utc", "clock_status"}
    for row in (PersonRow("AB12"), session()):
        columns = known[row.TABLE]["columns"]
        rest = {name: column["default"] for name, column in columns.items() if name not in said}
        assert {name: value for name, value in row.columns().items() if name not in said} == rest
    with pytest.raises(ContentError):
        Erase("AB12", "somebody of the ward")


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: kind.TABLE)
def test_a_row_cannot_be_changed(kind: type[Row]) -> None:
    """Rows go from thread to thread."""
    assert kind.__struct_config__.frozen


if __name__ == "__main__":
    told = {kind.TABLE: described(kind) for kind in ROWS}
    LIST.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
