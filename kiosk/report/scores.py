"""Scores of the clinic as a report has them, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class ScoreGiven:
    """One score on ``scale``, on a ``day``, ``by`` a staff slot: ``value`` (None: too many items had no answer).

    ``lowest``, ``highest``: the ends of the scale. ``smallest_change``: the smallest detectable one of one person.
    """

    scale: str
    day: date
    by: str
    value: float | None
    lowest: float
    highest: float
    smallest_change: float | None


def scores_given(rows: Iterator[Mapping[str, Any]]) -> Iterator[ScoreGiven]:
    """The scores that hold, of which the day can be read, in the order of their days."""
    found = []
    for row in rows:
        try:
            day = date.fromisoformat(row["scored_on"])
        except ValueError:
            continue
        if not row["withdrawn"]:
            low, high = row["lowest"] or 0.0, row["highest"] or 0.0
            found.append(ScoreGiven(row["scale"], day, row["by"], row["value"], low, high, row["smallest_change"]))
    yield from sorted(found, key=lambda score: (score.scale, score.day, score.by))
