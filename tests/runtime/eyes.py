"""Whoever looks at the pictures, for the tests of the runtime: sees a face that moves as it was told, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, pi

from kiosk.face.model import Reading, Task, UnseenReason
from kiosk.sight.clips import ClipKept, ClipLost, FilmOrder
from kiosk.signals import Signal

EVERY_MS = 80

Shape = Callable[[float], float]
"""How far a movement has gone, 0..1, so many seconds after its repetition began."""


def slow(t_s: float) -> float:
    """As planned: 3 s in, 3 s held, 3 s out."""
    eased = min(t_s, 3.0, max(0.0, 9.0 - t_s)) / 3.0
    return (1 - cos(pi * eased)) / 2


def hasty(t_s: float) -> float:
    """In and out within half a second each."""
    eased = min(t_s, 0.5, max(0.0, 9.0 - t_s)) / 0.5
    return (1 - cos(pi * eased)) / 2


class Eyes:
    """A port of sight without a camera. ``left_mm``/``right_mm``: how far the corners go, outwards."""

    how = "mesh"
    lacking = ""

    def __init__(self, left_mm: float = 4.0, right_mm: float = 4.0, shape: Shape = slow) -> None:
        self.left_mm, self.right_mm, self.shape = left_mm, right_mm, shape
        self.tasks: list[Task | None] = []
        self.blind_from_ms: int | None = None
        self.reason = UnseenReason.NONE
        self.eyes_px = 120.0
        self.now_ms: Callable[[], int] = lambda: 0
        self._kept_from_ms = 0

    @property
    def task(self) -> Task | None:
        return self.tasks[-1] if self.tasks else None

    def record(self, wanted: FilmOrder) -> None: ...

    def finish(self) -> None: ...

    def films(self) -> tuple[ClipKept | ClipLost, ...]:
        return ()

    def settle(self, patience_ms: int) -> None:
        self.finish()

    def open(self) -> None: ...

    def close(self) -> None: ...

    def watch(self, task: Task | None) -> None:
        """Another task forgets what was seen, as the real one does."""
        self._kept_from_ms = self.now_ms()
        self.tasks.append(task)

    def offer(self, t_ms: int) -> None: ...

    def latest(self, now_ms: int) -> Reading | None:
        seen = self.between(now_ms - 1_000, now_ms)
        return seen[-1] if seen else None

    def between(self, from_ms: int, to_ms: int) -> tuple[Reading, ...]:
        times = range(-(-from_ms // EVERY_MS) * EVERY_MS, to_ms + 1, EVERY_MS)
        kept = (t for t in times if t > self._kept_from_ms)
        return tuple(self._reading(t) for t in kept if self.blind_from_ms is None or t < self.blind_from_ms)

    def fileno(self) -> int:
        return -1

    def drain(self, now_ms: int) -> Sequence[Signal]:
        return ()

    def deadline_ms(self) -> int | None:
        return None

    def _reading(self, t_ms: int) -> Reading:
        task = self.task
        began_ms = task.neutral_to_ms if task is not None else t_ms
        far = self.shape(max(0, t_ms - began_ms) / 1000)
        measured = self.reason is UnseenReason.NONE and task is not None and task.zone is not None and t_ms >= began_ms
        return Reading(
            t_ms=t_ms,
            present=True,
            reason=self.reason,
            neutral=measured,
            left=(self.left_mm * far, 0.0) if measured else None,
            right=(-self.right_mm * far, 0.0) if measured else None,
            ok=1.0,
            eyes_px=self.eyes_px,
            centre=(320.0, 160.0),
        )
