"""What every remembered row is: a frozen struct of words and numbers, read from a line of its table and told again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from kiosk.errors import ContentError

WORD = re.compile(r"[A-Za-z0-9_.:+/,@-]{0,120}")


def utc_text(moment: datetime) -> str:
    """An aware moment as the records write it: UTC, whole milliseconds, ``2026-03-02T08:00:00.000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc_moment(text: str) -> datetime:
    """The aware moment that ``utc_text`` wrote."""
    return datetime.fromisoformat(text)


class Keeping(StrEnum):
    """What happens when a key comes again."""

    LATEST = "latest"
    """The row is replaced in place; its revision counts up when something changed."""
    HISTORY = "history"
    """A row that differs from the newest revision is added as the next revision; the old ones stay."""
    LOG = "log"
    """Every row is a new line."""


class Row(msgspec.Struct, frozen=True):
    """What all rows share. ``KEY`` names the columns that tell one row from another (without the revision).

    ``GIVEN``: columns that the store fills in and a caller leaves alone. ``TEXT``: columns that may hold more than a
    word (JSON, a label). ``STAMPS``: columns that the store fills with the moment of ``put`` when they are empty.
    """

    TABLE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]
    KEEPING: ClassVar[Keeping] = Keeping.LATEST
    GIVEN: ClassVar[tuple[str, ...]] = ()
    STAMPS: ClassVar[tuple[str, ...]] = ()
    TEXT: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, str) and name not in self.TEXT and not WORD.fullmatch(value):
                raise ContentError(
                    f"{self.TABLE}.{name}: {value[:60]!r} is not a word of a vocabulary (letters, digits and _.:+/,@-, "
                    "at most 120): records hold no free text; pass a code"
                )

    def columns(self) -> dict[str, Any]:
        """Column to value, in the order of the table; words of an enum become plain text."""
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: str(value) if isinstance(value, StrEnum) else value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class Declared:
    """What a row's class says of one column: the type of a value that is there, its ``Meta`` as one, its sentence."""

    base: Any
    about: str
    limits: Mapping[str, Any]
    """``ge`` and ``le``, where there are any."""
    extra: Mapping[str, Any]
    """See ``kiosk.records.columns``."""


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


def told(value: object) -> str:
    """What JSON keeps of a value that it has no word for: of bytes only how many.

    The geometry of a face is kept in its own table, where it can be deleted, or not at all.
    """
    return f"{len(value)} bytes" if isinstance(value, bytes) else str(value)


def row_of(kind: type[R], found: Mapping[str, Any]) -> R:
    """The row that a table's line holds; columns that are not ours are left out.

    Raises ``msgspec.ValidationError`` for a value of the wrong type and for text that is no word.
    """
    truths = _truths(kind)
    values = {name: found[name] for name in kind.__struct_fields__}
    for name in truths & values.keys():
        values[name] = {0: False, 1: True}.get(values[name], values[name])
    return msgspec.convert(values, kind)


@cache
def _truths(kind: type[Row]) -> frozenset[str]:
    """The columns that are yes or no: SQLite keeps them as 1 and 0."""
    return frozenset(name for name, column in columns_of(kind).items() if column.base is bool)
