"""News from other threads, as the one wait wants it: a queue with a descriptor, readable while it holds something."""

from __future__ import annotations

import os
import weakref
from collections import deque
from collections.abc import Sequence

from kiosk.signals import Signal


class Inbox:
    """Any thread may ``put``; one thread takes all. Never blocks, never drops."""

    def __init__(self) -> None:
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._closing = weakref.finalize(self, os.close, self._fd)
        self._news: deque[Signal] = deque()
        self._open = True

    def fileno(self) -> int:
        """Readable while there is news."""
        return self._fd

    def put(self, signal: Signal) -> None:
        """Hand in ``signal``; after ``close`` it is forgotten."""
        self._news.append(signal)
        if self._open:
            os.eventfd_write(self._fd, 1)

    def take(self) -> list[Signal]:
        """Everything so far, oldest first."""
        # Each signal is queued before it is counted. So an empty queue has a count of zero, which need not be asked
        # for many times a second, and as many as were counted are there to be taken.
        if not self._news:
            return []
        try:
            counted = os.eventfd_read(self._fd)
        except BlockingIOError:
            return []
        return [self._news.popleft() for _ in range(counted)]

    def close(self) -> None:
        """Give the descriptor back. The threads that put must have been stopped before."""
        self._open = False
        self._closing()


class InboxSource:
    """A source of signals that any thread hands in, each with its own time."""

    def __init__(self) -> None:
        self._inbox = Inbox()

    def fileno(self) -> int:
        return self._inbox.fileno()

    def drain(self, now_ms: int) -> Sequence[Signal]:  # noqa: ARG002 (every source is asked with the time)
        return self._inbox.take()

    def deadline_ms(self) -> int | None:
        return None

    def close(self) -> None:
        self._inbox.close()
