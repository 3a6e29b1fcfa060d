"""Readings kept for the present task, and whether a face is there: sight and its twin share it. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from kiosk.face.model import Reading, Task

HERE_PICTURES = 2
AWAY_PICTURES, AWAY_MS = 3, 700
GAP_MS = 1_000
"""Time without a picture after which nothing that was counted counts any more: readings that come late tell nothing."""


@dataclass(frozen=True, slots=True)
class Presence:
    """The presence of a face as it was ``told`` (None: not yet), and what the newest pictures say.

    ``last_ms`` is the moment of the newest of them; ``against`` of them, from ``since_ms`` on, say otherwise than was
    told.
    """

    told: bool | None = None
    last_ms: int = 0
    since_ms: int = 0
    against: int = 0

    def look(self, present: bool, t_ms: int) -> Presence:
        """Return the presence after one more picture; ``told`` changes when enough of them agree."""
        if present == self.told:
            return Presence(self.told, t_ms)
        begun = self.against == 0 or t_ms - self.last_ms > GAP_MS
        since_ms, against = (t_ms, 1) if begun else (self.since_ms, self.against + 1)
        enough = against >= HERE_PICTURES if present else against >= AWAY_PICTURES and t_ms - since_ms >= AWAY_MS
        return Presence(present, t_ms) if enough else Presence(self.told, t_ms, since_ms, against)


FRESH_MS = 1_000
"""A reading that is older says nothing about now."""
KEPT_MS = 90_000
"""Time for which the readings of one task are kept: longer than any repetition with its rest."""


class KeptReadings:
    """The readings of one task, oldest first."""

    def __init__(self) -> None:
        self.task: Task | None = None
        """The task that is looked for; None: none."""
        self._readings: list[Reading] = []
        self._presence = Presence()

    def watch(self, task: Task | None) -> None:
        """Another key forgets what was seen; None keeps it, to be asked about."""
        known = self.task is not None and task is not None and task.key == self.task.key
        if not known:
            self.forget_face()
            if task is not None:
                self._readings.clear()
        self.task = task

    def forget_face(self) -> None:
        """Forget whether a face is there: it has to be found out, and told, anew."""
        self._presence = Presence()

    def take(self, key: str, reading: Reading) -> bool | None:
        """Keep ``reading``, which was asked for under ``key``; whether a face is there, where that is news."""
        if self.task is None or self.task.key != key or (self._readings and reading.t_ms <= self._readings[-1].t_ms):
            return None
        del self._readings[: bisect_left(self._readings, reading.t_ms - KEPT_MS, key=_taken_ms)]
        self._readings.append(reading)
        before, self._presence = self._presence.told, self._presence.look(reading.present, reading.t_ms)
        return reading.present if self._presence.told != before else None

    def latest(self, now_ms: int) -> Reading | None:
        """The newest reading, or None when it is older than a second."""
        if not self._readings or now_ms - self._readings[-1].t_ms > FRESH_MS:
            return None
        return self._readings[-1]

    def between(self, from_ms: int, to_ms: int) -> tuple[Reading, ...]:
        """The readings from ``from_ms`` to ``to_ms``, oldest first."""
        begin = bisect_left(self._readings, from_ms, key=_taken_ms)
        return tuple(self._readings[begin : bisect_right(self._readings, to_ms, key=_taken_ms)])


def _taken_ms(reading: Reading) -> int:
    return reading.t_ms
