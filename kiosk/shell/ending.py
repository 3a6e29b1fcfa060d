"""A stop from outside (systemd, Ctrl+C), heard like any other news: what runs is closed in order, nothing is cut."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from types import FrameType

from kiosk.devices.inbox import Inbox
from kiosk.signals import Closed, Signal


class Ending:
    """A source of one ``Closed`` for each SIGTERM or SIGINT."""

    def __init__(self) -> None:
        self._inbox = Inbox()

    def listen(self) -> None:
        """Take the signals over for the rest of this process; main thread only."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)

    def fileno(self) -> int:
        return self._inbox.fileno()

    def drain(self, now_ms: int) -> Sequence[Signal]:  # noqa: ARG002 (there is only one thing to tell)
        return self._inbox.take()

    def deadline_ms(self) -> int | None:
        return None

    def close(self) -> None:
        self._inbox.close()

    def _end(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 (as Python calls handlers)
        self._inbox.put(Closed())
