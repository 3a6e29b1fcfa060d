"""The tables that leave the kiosk, column by column: CSV headers, dictionaries, sheets and checks come from here.

What a column means, its unit, range and words stand at its field in ``kiosk.rows.kinds``; here is only which rows
leave, in which order, and what an export adds. The format has a number of its own. Whoever changes a name, a type or a
key counts it up: a reader refuses a newer one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from msgspec import Meta, Struct

from kiosk.rows.kinds import (
    AnchorRow,
    ClipRow,
    EventRow,
    InjectionRow,
    PermissionRow,
    PersonRow,
    RatingRow,
    RepetitionRow,
    ReplayRow,
    ScoreRow,
    SessionRow,
    SetItemRow,
    StepRow,
)
from kiosk.rows.row import Declared, Revision, Seq, Size, columns_of
from kiosk.rows.standard import SETS as SETS

FORMAT = 1
"""The version of everything below."""
ALL = "ALL"
"""The selection of a package, and its word in the name, when nobody is left out."""
BUNDLE = "fhir/bundle.json"
"""The place of the FHIR bundle in the bag, below ``data/``."""


class CellKind(StrEnum):
    """The content of a cell. Empty always means: not recorded."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"
    """1 or 0."""
    MOMENT = "moment"
    """ISO 8601 in UTC, ``2026-03-02T08:00:00.000Z``."""
    DAY = "day"
    """``2026-03-02``."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column, by its ``name``, and the ``kind`` of its cells.

    ``unit`` is UCUM, empty where there is none; ``about`` one sentence for whoever reads the file. ``least`` and
    ``most``: what a number may be; None: anything. ``words``: what a text may be; empty: any word that fits
    ``pattern``, if any. ``later``: packages of earlier versions have no such column, and its cells are empty then.
    """

    name: str
    kind: CellKind
    about: str
    unit: str = ""
    least: int | None = None
    most: int | None = None
    words: tuple[str, ...] = ()
    pattern: str = ""
    later: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table, by its ``name``: a CSV file, a sheet, a table at the clinic, with its ``columns``.

    ``about``: a sentence for whoever reads it. ``key`` tells one row from another. ``parent`` is the table whose
    ``parent_key`` columns (same order) this table's ``parent_columns`` name.
    """

    name: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    parent: str = ""
    parent_columns: tuple[str, ...] = ()
    parent_key: tuple[str, ...] = ()
    later: bool = False
    """Packages of earlier versions have no such table, and it is empty then."""

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def earlier(self) -> Table:
        """The table as earlier versions had it."""
        return replace(self, columns=tuple(column for column in self.columns if not column.later))


KINDS: Mapping[object, CellKind] = {
    str: CellKind.TEXT,
    int: CellKind.WHOLE,
    float: CellKind.NUMBER,
    bool: CellKind.FLAG,
}


class Added(Struct, frozen=True):
    """Columns that an export adds to rows of the record."""

    device_id: Annotated[str, Meta(description="The kiosk that this row comes from.")]
    revision: Revision


class FilmAdded(Struct, frozen=True):
    """The place of a row's film."""

    archive: Annotated[str, Meta(description="The zip file of this package that holds the film; empty: it is in none.")]
    path: Annotated[str, Meta(description="Where in that zip file, below data/.")]


class DrawingAdded(Struct, frozen=True):
    """The place of a row's line drawing."""

    archive: Annotated[str, Meta(description="The zip file of this package that holds the drawing.")]
    path: Annotated[str, Meta(description="Where in that zip file, below data/.")]
    size_bytes: Annotated[Size, Meta(description="Its size.")]


class RangeRow(Struct, frozen=True):
    """A run of the kiosk's one numbering, which a package holds or leaves out."""

    package_seq: Annotated[Seq, Meta(description="The number of this package among all of this kiosk.")]
    package: Annotated[str, Meta(description="The name of this package's folder.")]
    selection: Annotated[str, Meta(description="ALL, or the code of the one person whose rows are in it.")]
    since_seq: Annotated[
        Seq,
        Meta(description="Rows up to this number were left out because an earlier package holds them; 0: none."),
    ]
    state: Annotated[
        str,
        Meta(
            description="covered: the rows of these numbers are here; withheld: left out on purpose.",
            extra={"words": ("covered", "withheld")},
        ),
    ]
    reason: Annotated[
        str,
        Meta(
            description="Why they are withheld: selection (another person), earlier (another package), erased.",
            extra={"words": ("selection", "earlier", "erased", "unreadable")},
        ),
    ]
    seq_from: Annotated[Seq, Meta(description="First number of the range.")]
    seq_to: Annotated[Seq, Meta(description="Last number of the range.")]


def _table(
    name: str,
    about: str,
    key: tuple[str, ...],
    *sources: type[Struct],
    columns: str = "",
    of_session: bool = False,
    later: bool = False,
) -> Table:
    """A table whose columns are those of ``sources``, or of them those named in ``columns``, in that order."""
    declared = {name: column for source in (Added, *sources) for name, column in columns_of(source).items()}
    inner = columns.split() or [name for name in declared if name not in columns_of(Added)]
    names = ("device_id", *(name for name in inner if name != "revision"), "revision")
    parent = ("sessions", ("device_id", "session_id"), ("device_id", "session_id")) if of_session else ()
    made = tuple(_column(name, declared[name]) for name in names)
    return replace(Table(name, about, ("device_id", *key), made, *parent), later=later)


def _column(name: str, said: Declared) -> Column:
    kind = CellKind(said.extra["kind"]) if "kind" in said.extra else KINDS[said.base]
    bounds = (said.limits.get("ge"), said.limits.get("le"))
    more = said.extra
    unit, words, pattern = more.get("unit", ""), more.get("words", ()), more.get("pattern", "")
    return Column(name, kind, said.about, unit, *bounds, words, pattern, more.get("later", False))


PACKAGE = _table(
    "package",
    "Which numbers of the kiosk's one numbering this package holds, and which it leaves out on purpose.",
    ("package_seq", "seq_from"),
    RangeRow,
)
PERSONS = _table(
    "persons",
    "How each person was set up, and from when; a row for each change.",
    ("patient_code", "revision"),
    PersonRow,
    columns="patient_code valid_from_utc stage affected_side onset_band cause one_hand reviewed_by",
)
SESSIONS = _table(
    "sessions", "Each session that was begun, in the order in which they were.", ("session_id",), SessionRow
)
STEPS = _table("steps", "The steps of each session.", ("session_id", "order"), StepRow, of_session=True)
REPETITIONS = _table(
    "repetitions",
    "The repetitions of each step; what was not measured is empty.",
    ("session_id", "step_order", "repetition"),
    RepetitionRow,
    of_session=True,
)
RATINGS = _table("ratings", "What the person answered on a scale.", ("session_id", "item"), RatingRow, of_session=True)
SET_ITEMS = _table(
    "set_items",
    "What a standard set asked, item by item, apart from practice; what was not measured is empty.",
    ("session_id", "item"),
    SetItemRow,
    of_session=True,
    later=True,
)
CLIPS = _table(
    "clips",
    "Films of movement steps that the person had agreed to.",
    ("session_id", "step_order", "repetition"),
    ClipRow,
    FilmAdded,
    columns="session_id step_order repetition archive path size_bytes sha256 encrypted cut removed",
    of_session=True,
)
REPLAYS = _table(
    "replays",
    "Line drawings of repetitions that the person had agreed to.",
    ("session_id", "step_order", "repetition"),
    ReplayRow,
    DrawingAdded,
    columns="session_id step_order repetition archive path size_bytes",
    of_session=True,
)
PERMISSIONS = _table(
    "permissions",
    "What staff allowed, locked or set for a person; a row for each change.",
    ("patient_code", "item", "revision"),
    PermissionRow,
)
INJECTIONS = _table(
    "injections",
    "Botulinum toxin that staff entered, a row for each day and region.",
    ("patient_code", "given_on", "region"),
    InjectionRow,
)
SCORES = _table(
    "scores",
    "What the clinic scored on its own scales, a row for each person, scale, day and rater.",
    ("patient_code", "scale", "scored_on", "by"),
    ScoreRow,
    later=True,
)
EVENTS = _table(
    "events",
    "The log of the kiosk, in order and without gaps.",
    ("seq",),
    EventRow,
    columns="seq boot_id t_boot_ms wall_utc clock_status level code detail_code patient_code",
)
ANCHORS = _table(
    "clock_anchors",
    "When somebody vouched for the wall clock: each dates its whole boot.",
    ("boot_id", "t_boot_ms"),
    AnchorRow,
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            PERSONS,
            SESSIONS,
            STEPS,
            REPETITIONS,
            RATINGS,
            SET_ITEMS,
            PERMISSIONS,
            INJECTIONS,
            SCORES,
            EVENTS,
            ANCHORS,
            CLIPS,
            REPLAYS,
            PACKAGE,
        )
    }
)
"""Every table, a parent before its children; ``package`` last, because it says what the others hold."""
