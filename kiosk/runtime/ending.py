"""A stop from outside (systemd, Ctrl+C, a terminal that closes), heard like any other news: nothing is cut short."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from types import FrameType

from kiosk.devices.inbox import Inbox
from kiosk.signals import Closed, Signal

ASKING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
"""Signals that ask a program to end. (SIGPIPE is none: Python ignores it, and writing into a closed pipe raises.)"""


class Ending:
    """A source of one ``Closed`` for each signal of ``ASKING``."""

    def __init__(self) -> None:
        self._inbox = Inbox()

    def listen(self) -> None:
        """Take the signals over for the rest of this process; main thread only."""
        for number in ASKING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup wants it
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
        # Whoever asks again with Ctrl+\ means at once: a way out of a kiosk that does not come to its end.
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
