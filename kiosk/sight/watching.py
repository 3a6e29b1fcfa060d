"""Camera and looker while staff watch a face at the desk, with the advice that helps to sit well before them."""

from __future__ import annotations

from typing import Protocol

from kiosk.devices.camera_frame import Frame
from kiosk.face.model import Reading, Task, Zone
from kiosk.sight.framing import Framing, steady

LIDS = Task(key="desk/lids", zone=Zone.EYE)
"""Look at the lids of whoever sits there, and at no movement."""


class WatchCamera(Protocol):
    """The camera, as far as a face is watched before it."""

    def open(self) -> None: ...

    def close(self) -> None: ...

    def latest(self) -> Frame | None: ...


class WatchLooker(Protocol):
    """Whoever looks at its pictures."""

    def open(self) -> None: ...

    def close(self) -> None: ...

    def watch(self, task: Task | None) -> None: ...

    def latest(self, now_ms: int) -> Reading | None: ...

    def between(self, from_ms: int, to_ms: int) -> tuple[Reading, ...]: ...


class FaceWatch:
    """Lets camera and looker run, and go. ``sight`` None: nobody looks at pictures, and there is no advice."""

    def __init__(self, camera: WatchCamera, sight: WatchLooker | None) -> None:
        self._camera, self._sight = camera, sight
        self._framing: Framing | None = None

    def watch(self, on: bool) -> None:
        """Let camera and looker run, or let them go."""
        self._framing = None
        if on:
            self._camera.open()
        if self._sight is not None and on:
            self._sight.open()
            self._sight.watch(LIDS)
        elif self._sight is not None:
            self._sight.close()
        if not on:
            self._camera.close()

    def advice(self, now_ms: int) -> str | None:
        """Return the advice how to sit better, a word of ``sight.framing``, empty: none; None: there is no picture."""
        frame = self._camera.latest()
        reading = self._sight.latest(now_ms) if self._sight is not None else None
        if frame is None or reading is None:
            self._framing = None
            return None if frame is None else ""
        height, width = frame.pixels.shape[:2]
        self._framing = steady(self._framing, reading, (width, height), now_ms)
        return self._framing.advice.value
