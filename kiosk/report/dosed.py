"""The repetitions of each exercise: done, of those planned, and how long each is held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ExerciseDose:
    """The repetitions of one ``exercise``, ``done`` of those ``planned``, and how long each was to be held.

    ``least_s`` and ``most_s``: seconds; 0 where nothing is held.
    """

    exercise: str
    done: int
    planned: int
    least_s: float
    most_s: float


class DoseCounter:
    """Counts steps as they come. A session that goes on with another has that one's steps again, with what was done."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._steps: dict[tuple[str, int], Mapping[str, Any]] = {}

    def session(self, session_id: str, resumes: str | None) -> None:
        """Hear of a session, in their order; ``resumes``: the one that it goes on with."""
        self._first[session_id] = self._first.get(resumes or "", session_id)

    def step(self, row: Mapping[str, Any]) -> None:
        """Count a step of a session that was heard of."""
        place = (self._first[row["session_id"]], row["order"])
        before = self._steps.get(place)
        if before is None or row["done_repetitions_count"] >= before["done_repetitions_count"]:
            self._steps[place] = row

    def doses(self) -> Iterator[ExerciseDose]:
        """Each exercise, in the order in which they were first done."""
        by_exercise: dict[str, list[Mapping[str, Any]]] = {}
        for row in self._steps.values():
            if row["planned_repetitions_count"]:
                by_exercise.setdefault(row["exercise"], []).append(row)
        for exercise, rows in by_exercise.items():
            holds = [row["hold_target_s"] for row in rows]
            done = sum(row["done_repetitions_count"] for row in rows)
            yield ExerciseDose(
                exercise, done, sum(row["planned_repetitions_count"] for row in rows), min(holds), max(holds)
            )
