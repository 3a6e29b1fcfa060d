"""Standard sets as a report has them, before anything is drawn: what was asked and seen, and the lines of the face."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.report.bands import TRUSTED
from kiosk.rows.standard import ITEMS, FaceLines, lines_of


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """One item of a set, ``asked`` or not. ``why``: the reason why it was not, or why nothing was measured.

    ``left_mm``, ``right_mm``: the reach of the person's own sides, mm; None: not measured. ``measured``: something was.
    ``lines``: those of the face in it; none without the consent to line drawings.
    """

    asked: bool
    why: str
    left_mm: float | None
    right_mm: float | None
    measured: bool
    lines: FaceLines


@dataclass(frozen=True, slots=True)
class SetTaken:
    """One set, with the ``items`` that the record has of it, by name. ``day`` None: nobody knows.

    ``whole``: it was led to its end.
    """

    day: date | None
    whole: bool
    items: Mapping[str, ItemSeen]


def sets_taken(
    sessions: Sequence[tuple[Mapping[str, Any], date | None]], rows: Iterable[Mapping[str, Any]]
) -> Iterator[SetTaken]:
    """The sets among ``sessions`` (rows with their days), in their order; ``rows`` are those of ``set_items``."""
    items: dict[str, dict[str, ItemSeen]] = defaultdict(dict)
    for row in rows:
        items[row["session_id"]][row["item"]] = _item(row)
    for session, day in sessions:
        found = items.get(session["session_id"], {})
        ordered = {item: found[item] for item in ITEMS if item in found}
        yield SetTaken(day, session["end_reason"] == "completed", ordered)


def compared(sets: Sequence[SetTaken], item: str) -> tuple[SetTaken | None, SetTaken | None]:
    """The first set and the latest one that asked for ``item``; the latest is None where there is only one."""
    asked = [taken for taken in sets if item in taken.items and taken.items[item].asked]
    drawn = [taken for taken in asked if taken.items[item].lines] or asked
    return (drawn[0] if drawn else None), (drawn[-1] if len(drawn) > 1 else None)


def _item(row: Mapping[str, Any]) -> ItemSeen:
    measured = row["quality"] in TRUSTED
    return ItemSeen(
        bool(row["asked"]),
        row["quality_reason"] if row["asked"] else row["not_asked_reason"],
        row["excursion_left_mm"] if measured else None,
        row["excursion_right_mm"] if measured else None,
        measured,
        lines_of(row["lines"] or ""),
    )
