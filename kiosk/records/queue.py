"""Rows that wait in memory for the writer, in the order in which they were handed over."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from kiosk.clock import Instant
from kiosk.rows.kinds import Entry


@dataclass(frozen=True, slots=True)
class Handed:
    """The ``rows`` of one ``put``, handed over ``at`` a moment: one transaction, one ``token``."""

    token: int
    rows: tuple[Entry, ...]
    at: Instant


class Queue:
    """Any thread puts, one thread takes. Rows stay here until the writer says that they are stored."""

    def __init__(self, most_rows: int) -> None:
        self._most_rows = most_rows
        self._news = threading.Condition()
        self._waiting: deque[Handed] = deque()
        self._rows = 0
        self._token = 0
        self._closing = self._nudged = False
        self.refused = 0
        """Rows that were not taken for want of room. They are lost, and whoever reads this has to say so."""

    def put(self, rows: tuple[Entry, ...], at: Instant) -> int:
        """The token of these rows, or 0 when they were refused: the queue is full or closed."""
        with self._news:
            if self._closing or self._rows + len(rows) > self._most_rows:
                self.refused += len(rows)
                return 0
            self._token += 1
            self._waiting.append(Handed(self._token, rows, at))
            self._rows += len(rows)
            self._news.notify()
            return self._token

    def group(self, most_rows: int) -> list[Handed]:
        """The oldest that wait, ``most_rows`` together or one put at least. They stay in the queue."""
        with self._news:
            group: list[Handed] = []
            rows = 0
            for handed in self._waiting:
                rows += len(handed.rows)
                if group and rows > most_rows:
                    break
                group.append(handed)
            return group

    def stored(self, token: int) -> None:
        """Everything up to ``token`` is safe and may be forgotten here."""
        with self._news:
            while self._waiting and self._waiting[0].token <= token:
                self._rows -= len(self._waiting.popleft().rows)
            self._news.notify_all()

    def wait_for_rows(self, timeout_s: float | None) -> None:
        """Wait until something waits, or somebody nudges, or the queue closes, or the time is over."""
        with self._news:
            self._news.wait_for(lambda: bool(self._waiting) or self._nudged or self._closing, timeout_s)
            self._nudged = False

    def nudge(self) -> None:
        """Let whoever waits for rows look around: there is other news."""
        with self._news:
            self._nudged = True
            self._news.notify_all()

    def wait_for_close(self, timeout_s: float) -> None:
        """A pause before the next try; new rows do not shorten it, closing does."""
        with self._news:
            self._news.wait_for(lambda: self._closing, timeout_s)

    def wait_until_empty(self, timeout_s: float) -> bool:
        """Whether everything that waited was stored in time."""
        if not self._waiting:
            return True
        with self._news:
            return self._news.wait_for(lambda: not self._waiting, timeout_s)

    def close(self) -> None:
        """No more rows are taken; those that wait may still be stored."""
        with self._news:
            self._closing = True
            self._news.notify_all()

    @property
    def closing(self) -> bool:
        return self._closing

    def oldest_ms(self) -> int | None:
        """Return the moment at which the oldest that waits was handed over."""
        with self._news:
            return self._waiting[0].at.t_boot_ms if self._waiting else None
