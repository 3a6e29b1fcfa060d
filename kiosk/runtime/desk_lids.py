"""The desk's eyes: camera and looker while staff have a person's lids taken. At all other times neither runs there."""

from __future__ import annotations

from kiosk.menus.staff_model import LidsSeen
from kiosk.present.menu_lids import LidsView
from kiosk.runtime.ports import Ports
from kiosk.sight.framing import Framing, steady
from kiosk.sight.lid_taking import TAKE_MS, TASK, settled

PATIENCE_MS = 5_000
"""Time for which a first picture is waited for: camera and looker need seconds to begin."""


class DeskLids:
    """Reads the lids when it is asked to, from the pictures that come after that moment."""

    def __init__(self, ports: Ports) -> None:
        self._camera, self._sight = ports.camera, ports.sight
        self._asked_ms: int | None = None
        self._framing: Framing | None = None

    def watch(self, on: bool) -> None:
        """Let camera and looker run, or let them go."""
        self._asked_ms = self._framing = None
        if self._sight is None:
            return
        if on:
            self._camera.open()
            self._sight.open()
            self._sight.watch(TASK)
        else:
            self._sight.close()
            self._camera.close()

    def read(self, now_ms: int) -> None:
        """Begin to read."""
        self._asked_ms = now_ms

    def deadline_ms(self) -> int | None:
        """Return the moment at which what is being read is over; None: nothing is."""
        return None if self._asked_ms is None else self._over_ms(self._asked_ms)

    def tick(self, now_ms: int) -> LidsSeen | None:
        """Return what was read, once it is over."""
        if self._asked_ms is None or self._sight is None or now_ms < self._over_ms(self._asked_ms):
            return None
        seen, self._asked_ms = settled(self._sight.between(self._asked_ms, now_ms)), None
        return LidsSeen(seen.left, seen.right, seen.why.value)

    def view(self, now_ms: int) -> LidsView:
        """Return what is to be seen beside the words: whether there is a picture, and how to sit better before it."""
        frame = self._camera.latest()
        reading = self._sight.latest(now_ms) if self._sight is not None else None
        if frame is None or reading is None:
            self._framing = None
            return LidsView(frame is not None)
        height, width = frame.pixels.shape[:2]
        self._framing = steady(self._framing, reading, (width, height), now_ms)
        return LidsView(True, self._framing.advice.value)

    def _over_ms(self, asked_ms: int) -> int:
        first = next(iter(self._sight.between(asked_ms, asked_ms + PATIENCE_MS)), None) if self._sight else None
        return asked_ms + PATIENCE_MS if first is None else first.t_ms + TAKE_MS
