"""What has been seen for the present task, and is a face there? The memory that sight and its twin share. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from kiosk.face.model import Reading, Task
from kiosk.sight.presence import Presence

FRESH_MS = 1_000
"""A reading that is older says nothing about now."""
KEPT_MS = 90_000
"""How far back the readings of one task are kept: longer than any repetition with its rest."""


class KeptReadings:
    """The readings of one task, oldest first."""

    def __init__(self) -> None:
        self.task: Task | None = None
        """What is looked for; None: nothing."""
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
        """Whether a face is there has to be found out, and told, anew."""
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
