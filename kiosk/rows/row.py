"""A remembered row, a frozen struct, and the types of its columns: range, unit, words, shared sentences.

``Meta.extra`` holds what msgspec does not check by itself: ``unit`` in UCUM, ``words`` of a closed vocabulary, ``kind``
(``moment``, ``day``) and ``pattern`` of a text. A text without either is any word (``WORD``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from hashlib import blake2b
from typing import Annotated, Any, ClassVar, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from kiosk.errors import ContentError

MOST = 10**18 - 1
"""No number of ours is larger: it fits into 64 bits, and into a whole number of every spreadsheet's file."""
MOST_MS = 10**13
"""Three hundred years in milliseconds."""
STAGES = ("flaccid", "paretic", "synkinetic")
SIDES = ("left", "right", "both")
BANDS = ("under_2_weeks", "2_to_6_weeks", "6_to_12_weeks", "3_to_6_months", "6_to_12_months", "over_1_year", "unknown")
CAUSES = (
    *("bell", "ramsay_hunt", "surgery", "trauma", "tumour", "infection", "born_with", "stroke", "other", "unknown"),
)
ENDS = ("completed", "stopped", "timeout", "power_loss", "fault")
VIEWS = ("mirror", "good-side", "feel", "look-then-feel")
LINKED = ("eye", "mouth", "none")
QUALITIES = ("good", "partial", "none")
SOURCES = ("ntp", "rtc", "staff")
BOOT_MS = "Milliseconds since the start of the machine: right within one boot_id."
SEEN = "Seen by the camera and approximate: 63 mm are taken to lie between the pupils."
RATIO = (
    "The movement of the affected side by that of the other one, mirrored: 1 alike, more than 1 the affected side moved"
    " further, negative the other way; empty where both or none are set as affected."
)
CLOSURE = (
    "in eye movements: 0 is as open as when staff had the lids taken, else as at rest, 1 is closed; smaller closures "
    "than 0.3 are rough. Empty: not measured, or an eye that does not close."
)
LAG = (
    "How much later the affected side began, negative: earlier; where both or none are set as affected, the left side"
    " after the right."
)
AS_WRITTEN = "What the wall clock of the kiosk said when this was entered; empty: nobody vouched for it."

Count = Annotated[int, Meta(ge=0, le=10_000, extra={"unit": "{count}"})]
Place = Annotated[int, Meta(ge=0, le=1_000_000)]
"""A place in a list, from 0."""
Seq = Annotated[int, Meta(ge=0, le=MOST)]
BootMs = Annotated[int, Meta(ge=0, le=MOST_MS, extra={"unit": "ms"})]
Seconds = Annotated[float, Meta(ge=0, le=10_000_000, extra={"unit": "s"})]
Level = Annotated[int, Meta(ge=0, le=3, extra={"unit": "{score}"})]
"""A level of a scale of four words, 0 to 3."""
Millimetres = Annotated[float, Meta(ge=-1_000, le=1_000, extra={"unit": "mm"})]
Closure = Annotated[float, Meta(ge=0, le=1, extra={"unit": "1"})]
Ratio = Annotated[float, Meta(ge=-10_000, le=10_000, extra={"unit": "1"})]
LagMs = Annotated[int, Meta(ge=-600_000, le=600_000, extra={"unit": "ms"})]
Speed = Annotated[float, Meta(ge=0, le=100_000, extra={"unit": "mm/s"})]
Rated = Annotated[float, Meta(ge=0, le=3)]
Uncertain = Annotated[float, Meta(ge=0, le=10**12, extra={"unit": "s"})]
OffsetMin = Annotated[int, Meta(ge=-960, le=960, extra={"unit": "min"})]
"""No place has ever been 16 hours from UTC."""
Size = Annotated[int, Meta(ge=0, le=1 << 40, extra={"unit": "By"})]
Moment = Annotated[str, Meta(extra={"kind": "moment"})]
Day = Annotated[str, Meta(extra={"kind": "day"})]
Stage = Annotated[str, Meta(extra={"words": STAGES})]
Side = Annotated[str, Meta(extra={"words": SIDES})]

Revision = Annotated[
    int,
    Meta(ge=0, le=MOST, description="How often this row has changed; of one key the highest revision holds."),
]
Patient = Annotated[
    str,
    Meta(description="The code of the person, with a check character. The kiosk knows no names."),
]
SessionId = Annotated[str, Meta(description="The session that this row belongs to.")]
StepOrder = Annotated[Place, Meta(description="The step, by its place in the session.")]
BootId = Annotated[str, Meta(description="One start of the machine; times in boot milliseconds count from it.")]
Numbered = Annotated[Seq, Meta(description="Its place in the kiosk's one numbering of sessions and events.")]
Status = Annotated[
    str,
    Meta(
        description="Who vouches for the wall clock: ntp, rtc, staff; unset: nobody, so the moment may be wrong.",
        extra={"words": (*SOURCES, "unset")},
    ),
]

WORD = re.compile(r"[A-Za-z0-9_.:+/,@-]{0,120}")
MOST_KEY = 90
"""Characters of a key that is still told."""


def utc_text(moment: datetime) -> str:
    """An aware moment as the records write it: UTC, whole milliseconds, ``2026-03-02T08:00:00.000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc_moment(text: str) -> datetime:
    """The aware moment that ``utc_text`` wrote."""
    return datetime.fromisoformat(text)


def check_words(values: msgspec.Struct, where: str, free: Collection[str] = ()) -> None:
    """Raise ContentError for a text that is no word of a vocabulary, but in the fields named in ``free``."""
    for name in values.__struct_fields__:
        value = getattr(values, name)
        if isinstance(value, str) and name not in free and not WORD.fullmatch(value):
            raise ContentError(
                f"{where}.{name}: {value[:60]!r} is not a word of a vocabulary (letters, digits and _.:+/,@-, "
                "at most 120): records hold no free text; pass a code"
            )


def digest_of(profile: str) -> str:
    """The digest under which a plan is kept."""
    return blake2b(profile.encode(), digest_size=8).hexdigest()


class Keeping(StrEnum):
    """The treatment of a row whose key is there already."""

    LATEST = "latest"
    """The row is replaced in place; its revision counts up when something changed."""
    HISTORY = "history"
    """A row that differs from the newest revision is added as the next revision; the old ones stay."""
    LOG = "log"
    """Every row is a new line."""


class Row(msgspec.Struct, frozen=True):
    """Base of all rows. ``KEY`` names the columns that tell one row from another (without the revision).

    ``TEXT``: columns that may hold more than a word (JSON, a label). ``FACE``: texts with the geometry of a face, which
    are kept in their own table alone, where they can be deleted. ``STAMPS``: columns that the store fills with the
    moment of ``put`` when they are empty. ``seq``, ``ordinal`` and ``revision`` are the store's: callers leave them.
    """

    TABLE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]
    KEEPING: ClassVar[Keeping] = Keeping.LATEST
    STAMPS: ClassVar[tuple[str, ...]] = ()
    TEXT: ClassVar[tuple[str, ...]] = ()
    FACE: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        check_words(self, self.TABLE, self.TEXT)

    def columns(self) -> dict[str, Any]:
        """Column to value, in the order of the table; words of an enum become plain text."""
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: str(value) if isinstance(value, StrEnum) else value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class Declared:
    """The declaration of one column by its row's class: the type of a value that is there (``base``), its ``Meta``.

    ``about``: its sentence for whoever reads a package.
    """

    base: Any
    about: str
    limits: Mapping[str, Any]
    """``ge`` and ``le``, where there are any."""
    extra: Mapping[str, Any]
    """See ``kiosk.rows.row``."""


@cache
def columns_of(kind: type[msgspec.Struct]) -> Mapping[str, Declared]:
    """Every column of a row's class, in order."""
    return {
        name: _declared(hint)
        for name, hint in get_type_hints(kind, include_extras=True).items()
        if name in set(kind.__struct_fields__)
    }


def _declared(hint: Any) -> Declared:
    about = ""
    limits: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    while get_origin(hint) is Annotated or type(None) in get_args(hint):
        if get_origin(hint) is not Annotated:
            (hint,) = (arg for arg in get_args(hint) if arg is not type(None))
            continue
        hint, *metas = get_args(hint)
        for meta in metas:
            about = meta.description or about
            limits |= {name: bound for name in ("ge", "le") if (bound := getattr(meta, name)) is not None}
            extra |= meta.extra or {}
    return Declared(hint, about, limits, extra)


R = TypeVar("R", bound=Row)


def told_of(kind: type[Row], found: Mapping[str, Any]) -> dict[str, Any]:
    """A line as JSON may keep it: of bytes, and of the lines of a face, only how many.

    The geometry of a face is kept in its own table, where it can be deleted, or not at all.
    """
    return {name: _told(value, face=name in kind.FACE) for name, value in found.items()}


def _told(value: object, *, face: bool) -> object:
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if face and isinstance(value, str):
        return f"{len(value)} characters" if value else ""
    return value if value is None or isinstance(value, str | int | float) else str(value)


def row_of(kind: type[R], found: Mapping[str, Any]) -> R:
    """The row that a table's line holds; columns that are not ours are left out, those of later schemas may be missing.

    Raises ``msgspec.ValidationError`` for a value of the wrong type or outside its column's bounds, a text that is no
    word or not of its vocabulary, and a moment that is none. Its message may hold what the line says: it is for
    nobody's log.
    """
    values = {name: found[name] for name in kind.__struct_fields__ if name in found}
    for name in _truths(kind) & values.keys():
        values[name] = {0: False, 1: True}.get(values[name], values[name])
    for name, value in values.items():
        if (value or name in _needed(kind)) and not _may_be(value, name, columns_of(kind)[name].extra.get("words", ())):
            raise msgspec.ValidationError(f"{kind.TABLE}.{name} holds what it never was given")
    return msgspec.convert(values, kind)


def name_of(kind: type[Row], found: Mapping[str, Any]) -> str:
    """The table and the key of a line that cannot be read: of what else it says, nothing."""
    numbered = ("revision",) if kind.KEEPING is Keeping.HISTORY else ()
    key = ",".join(str(found[name]) for name in (*kind.KEY, *numbered))
    return f"{kind.TABLE}:{key}" if WORD.fullmatch(key) and len(key) < MOST_KEY else kind.TABLE


def _may_be(value: object, name: str, words: Collection[str]) -> bool:
    if isinstance(value, int):
        return not name.endswith("_ms") or abs(value) <= MOST_MS
    if words:
        return value in words
    return not name.endswith("_utc") or _is_moment(value)


def _is_moment(value: object) -> bool:
    try:
        return isinstance(value, str) and utc_moment(value).tzinfo is not None
    except ValueError:
        return False


@cache
def _needed(kind: type[Row]) -> frozenset[str]:
    """Moments and words of a vocabulary that a row cannot be without."""
    checked = {name for name, column in columns_of(kind).items() if name.endswith("_utc") or "words" in column.extra}
    return frozenset(field.name for field in msgspec.structs.fields(kind) if field.required and field.name in checked)


@cache
def _truths(kind: type[Row]) -> frozenset[str]:
    """The columns that are yes or no: SQLite keeps them as 1 and 0."""
    return frozenset(name for name, column in columns_of(kind).items() if column.base is bool)
