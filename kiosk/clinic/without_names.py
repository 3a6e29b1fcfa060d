"""The columns that may leave a clinic without telling whose they are, one by one, and their values made harmless.

It is a list of what is let out, not of what is kept back: a column that is added to a table stays at the clinic until
somebody adds it here as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from kiosk.package.schema import TABLES, CellKind, Column, Table

LET_OUT: Mapping[str, str] = MappingProxyType(
    {
        "persons": "stage affected_side onset_band cause",
        "sessions": "programme planned_steps_count done_steps_count active_duration_s pause_duration_s end_reason"
        " stop_reason view_mode camera_used pain_before_0_3 pain_after_0_3 tiredness_0_3 stage affected_side",
        "steps": "order exercise region side planned_repetitions_count done_repetitions_count hold_target_s skipped"
        " skip_reason",
        "repetitions": "step_order repetition hold_s excursion_left_mm excursion_right_mm symmetry_ratio onset_lag_ms"
        " peak_speed_mm_s linked_movement quality quality_reason closure_left_ratio closure_right_ratio",
        "ratings": "item value unit",
        "injections": "region",
    }
)
"""Table → the columns of which copies leave."""
PERSON = Column("person", CellKind.TEXT, "A code that chance gave for this folder alone; kept nowhere else.")
SESSION = Column("session", CellKind.WHOLE, "Which session of this person, from 1, in order.", least=1, most=10**6)
SINCE_ONSET = Column(
    "week_since_onset",
    CellKind.WHOLE,
    "Whole weeks since the palsy began; empty: one of the two days is not known, or would tell too much.",
    "wk",
    least=-5_200,
    most=5_200,
)
OF_PRACTICE = Column(
    "week_of_practice",
    CellKind.WHOLE,
    "Whole weeks since this person's first session; empty: the day is not known.",
    "wk",
    least=-5_200,
    most=5_200,
)
ADDED: Mapping[str, tuple[Column, ...]] = MappingProxyType(
    {
        "persons": (PERSON,),
        "sessions": (PERSON, SESSION, SINCE_ONSET, OF_PRACTICE),
        "steps": (PERSON, SESSION),
        "repetitions": (PERSON, SESSION),
        "ratings": (PERSON, SESSION),
        "injections": (PERSON, SINCE_ONSET, OF_PRACTICE),
    }
)
"""Table → the columns that stand in the place of names, days and kiosks."""
OWN, OTHER = "own", "other"
"""The words for a programme or an exercise of the clinic's own, since its name may name the clinic, and for any other
word that is none of ours."""
_OURS = ("programme", "exercise")
_PLAIN = re.compile(r"[a-z][a-z0-9.-]{0,39}|0_3")


def _left(name: str, columns: str) -> Table:
    table = TABLES[name]
    kept = {column.name: replace(column, later=False) for column in table.columns}
    key = tuple(column.name for column in ADDED[name] if column in (PERSON, SESSION))
    parent = ("sessions", ("person", "session"), ("person", "session")) if SESSION in ADDED[name][1:] else ()
    of = () if name in ("persons", "sessions") else parent
    return Table(name, table.about, key, (*ADDED[name], *(kept[column] for column in columns.split())), *of)


DEIDENTIFIED: Mapping[str, Table] = MappingProxyType({name: _left(name, columns) for name, columns in LET_OUT.items()})
"""The tables as they leave."""


def harmless(column: Column, value: Any, ours: Collection[str]) -> Any:
    """Return a value as it may leave: words are those of the schema or of this program, nothing that a clinic wrote.

    ``ours``: the ids of the programmes and exercises that come with this program.
    """
    if column.kind is not CellKind.TEXT or not value:
        return value if value != "" else None
    if column.name in _OURS:
        return value if value in ours else OWN
    known = value in column.words if column.words else _PLAIN.fullmatch(value)
    return value if known else OTHER
