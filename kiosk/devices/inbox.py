"""News from other threads, as the one wait wants it: a queue with a descriptor, readable while it holds something."""

from __future__ import annotations

import os
import weakref
from collections import deque

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
        # The count is cleared first: what arrives between here and the end of the loop wakes once for nothing at worst.
        try:
            os.eventfd_read(self._fd)
        except BlockingIOError:
            return []
        taken: list[Signal] = []
        while self._news:
            taken.append(self._news.popleft())
        return taken

    def close(self) -> None:
        """Give the descriptor back. The threads that put must have been stopped before."""
        self._open = False
        self._closing()
