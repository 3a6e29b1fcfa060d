"""The one wait: presses, frames, stored rows, spoken prompts and deadlines, all in one ``select``."""

from __future__ import annotations

import selectors
from collections.abc import Iterable
from typing import Protocol

from kiosk.clock import Clock
from kiosk.signals import SignalSource


class Wait(Protocol):
    """What the loop waits with; the demo's twin lets simulated time pass instead."""

    def until(self, deadline_ms: int | None) -> None:
        """Return when any source has news, or at ``deadline_ms``; None: only for news."""
        ...

    def close(self) -> None: ...


class SelectWait:
    """Waits on the sources' descriptors. Descriptors are asked for once: a source keeps its own for life.

    A source without one (-1: a window of a display over TCP) has deadlines instead.
    """

    def __init__(self, clock: Clock, sources: Iterable[SignalSource]) -> None:
        self._clock = clock
        self._selector = selectors.DefaultSelector()
        for descriptor in (source.fileno() for source in sources):
            if descriptor >= 0:
                self._selector.register(descriptor, selectors.EVENT_READ)

    def until(self, deadline_ms: int | None) -> None:
        timeout = None if deadline_ms is None else max(0, deadline_ms - self._clock.now_ms()) / 1000
        self._selector.select(timeout)

    def close(self) -> None:
        self._selector.close()
