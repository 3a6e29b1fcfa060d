"""Buttons without hardware: the demo's hand, and the tests'."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.clock import Clock
from kiosk.devices.inbox import Inbox
from kiosk.signals import Button, Edge, Signal, Typed


class SimButtons:
    """A source of edges that are stamped with ``clock`` at the moment of the call.

    Two presses of one button need the refractory time between them, as a real hand does: advance the clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._inbox = Inbox()

    def press(self, button: Button) -> None:
        """A short touch: down and up in the same millisecond."""
        self.hold(button)
        self.release(button)

    def hold(self, button: Button) -> None:
        """Put a finger on ``button`` and leave it there."""
        self._inbox.put(Edge(button, True, self._clock.now_ms()))

    def release(self, button: Button) -> None:
        """Take the finger away."""
        self._inbox.put(Edge(button, False, self._clock.now_ms()))

    def type(self, digit: int) -> None:
        """A staff member types ``digit``."""
        self._inbox.put(Typed(digit, self._clock.now_ms()))

    def fileno(self) -> int:
        return self._inbox.fileno()

    def drain(self, now_ms: int) -> Sequence[Signal]:  # noqa: ARG002 (edges carry their own time)
        return self._inbox.take()

    def deadline_ms(self) -> int | None:
        return None

    def close(self) -> None:
        self._inbox.close()
