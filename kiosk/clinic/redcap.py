"""REDCap's two files: a data dictionary of 18 columns, and rows to import, with sessions and injections repeating."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kiosk.care.model import Region
from kiosk.clinic.without_names import DEIDENTIFIED, PERSON
from kiosk.package.schema import CellKind, Column

HEADER = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
RECORD, INSTRUMENT, INSTANCE = "record_id", "redcap_repeat_instrument", "redcap_repeat_instance"
FORMS: Mapping[str, tuple[str, str]] = {
    "persons": ("person", "per"),
    "sessions": ("session", "ses"),
    "injections": ("injection", "inj"),
}
"""Table → its form, and what its variables begin with: they share one name space."""
IMPORTED = (*FORMS, "ratings")
"""The tables that the import is made of: answers about regions are variables of their session."""
Rows = Mapping[str, Sequence[tuple[Any, ...]]]
"""Table → rows of one person, cells in the order of its columns."""
TIGHTNESS = "tightness."
REGIONS = tuple(region.value for region in Region)


def dictionary() -> bytes:
    """The data dictionary: every form's variables together, the record's own first."""
    rows = [_line(RECORD, "person", "text", PERSON.about)]
    for table, (form, short) in FORMS.items():
        rows += [_described(form, short, column) for column in _columns(table)]
        if table == "sessions":
            for region in REGIONS:
                label = f"How tight the region {region} felt: 0 loose, 1 a little, 2 tight, 3 very tight."
                rows.append(_line(_tightness(region), form, "text", label, valid=("integer", "0", "3")))
    return _csv([HEADER, *rows])


def imported(people: Iterable[Rows]) -> Iterator[bytes]:
    """The file to import, piece by piece, from each person's rows of the tables in ``IMPORTED``."""
    names = [_name(short, column.name) for table, (_, short) in FORMS.items() for column in _columns(table)]
    header = [RECORD, INSTRUMENT, INSTANCE, *names, *map(_tightness, REGIONS)]
    yield _csv([header])
    for rows in people:
        yield _csv([[line.get(name, "") for name in header] for line in _lines(rows)])


def _lines(rows: Rows) -> Iterator[dict[str, Any]]:
    """Of one person: their own line, one for each session, one for each injection."""
    tight: dict[int, dict[str, int]] = defaultdict(dict)
    for row in _named(rows, "ratings"):
        if row["item"].startswith(TIGHTNESS) and (region := row["item"].removeprefix(TIGHTNESS)) in REGIONS:
            tight[row["session"]][_tightness(region)] = round(row["value"])
    for table, (form, short) in FORMS.items():
        for number, row in enumerate(_named(rows, table), 1):
            line = {RECORD: row["person"]}
            if table != "persons":
                line |= {INSTRUMENT: form, INSTANCE: row.get("session", number)}
            if table == "sessions":
                line |= tight[row["session"]]
            yield line | {_name(short, column.name): _cell(column, row[column.name]) for column in _columns(table)}


def _named(rows: Rows, table: str) -> Iterator[dict[str, Any]]:
    for row in rows[table]:
        yield dict(zip(DEIDENTIFIED[table].names, row, strict=True))


def _columns(table: str) -> list[Column]:
    """Those that are no part of what REDCap counts by itself."""
    return [column for column in DEIDENTIFIED[table].columns if column.name not in ("person", "session")]


def _described(form: str, short: str, column: Column) -> list[str]:
    label, name = column.about, _name(short, column.name)
    note = f"unit: {column.unit}" if column.unit else ""
    if column.kind is CellKind.FLAG:
        return _line(name, form, "yesno", label, note=note)
    if column.words:
        choices = " | ".join(f"{_code(word)}, {word}" for word in column.words)
        return _line(name, form, "dropdown", label, choices=choices, note=note)
    if column.kind is CellKind.TEXT:
        return _line(name, form, "text", label, note=note)
    kind = "integer" if column.kind is CellKind.WHOLE else "number"
    bounds = ("" if column.least is None else str(column.least), "" if column.most is None else str(column.most))
    return _line(name, form, "text", label, note=note, valid=(kind, *bounds))


def _line(
    name: str,
    form: str,
    kind: str,
    label: str,
    *,
    choices: str = "",
    note: str = "",
    valid: tuple[str, str, str] = ("", "", ""),
) -> list[str]:
    return [name, form, "", kind, label, choices, note, *valid, *[""] * 8]


def _name(short: str, column: str) -> str:
    return f"{short}_{column}"


def _tightness(region: str) -> str:
    return f"ses_tight_{_code(region)}"


def _code(word: str) -> str:
    """A choice's code: letters, digits and underscores."""
    return word.replace("-", "_")


def _cell(column: Column, value: Any) -> Any:
    return "" if value is None else _code(value) if column.words else value


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("ascii")
