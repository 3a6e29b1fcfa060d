"""The record of what happened: rows go in at any time, and ``Stored`` comes back once a power cut cannot undo them."""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from kiosk.clock import Clock, ClockStatus, JumpWatch, instant
from kiosk.errors import StoreError
from kiosk.records.folder import SENTENCES, Folder, Limits, Problem
from kiosk.records.queue import Queue
from kiosk.records.reader import Reader
from kiosk.records.writer import Writer
from kiosk.rows.kinds import AnchorRow, Doubt, Entry, EventRow, utc_text
from kiosk.signals import Inspected, Signal, Stored, StoreState

__all__ = ["Limits", "Problem", "Store"]

LOG = logging.getLogger(__name__)
TIDY_MS = 120_000
"""Time for which the writer may be busy making the file anew before that counts as hanging."""
STEPS_OF_TIME = ((60_000, "seconds"), (3_600_000, "minutes"), (86_400_000, "hours"), (31_557_600_000, "days"))


class Store:
    """One kiosk's memory, and a ``signals.Source``. Made by ``Store.open``.

    ``put``, ``event`` and ``flush`` may be called from any thread; all else belongs to the thread that opened it.
    """

    def __init__(self, folder: Folder, clock: Clock, limits: Limits) -> None:
        self._folder, self._clock, self._limits = folder, clock, limits
        self._queue = Queue(limits.queue_rows)
        self._news: deque[Signal] = deque()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._problem = Problem.NONE
        self._lasting: list[str] = []
        self._watch = JumpWatch()
        self._trusted: ClockStatus | None = None
        self._beat_ms = clock.now_ms()
        self._reader: Reader | None = None
        self._told: set[str] = set()
        self._writer = Writer(folder, limits, self._queue, _StoreNews(self), instant(clock))
        self._thread = threading.Thread(target=self._writer.run, name="records", daemon=True)

    @classmethod
    def open(cls, data: Path, clock: Clock, limits: Limits | None = None, *, wait: bool = True) -> Store:
        """The record in the folder ``data``, made where it is not there.

        Without ``wait`` it is not open yet: a damaged record takes its time. Then ``begun`` says when it is, and
        ``begin`` is to be called, and ``look_through`` once the kiosk is ready. Raises AlreadyRunning when another
        kiosk holds the folder and NewerSchema when a newer version wrote it. Any other trouble opens it all the same:
        ``problem`` and ``notices`` say what is wrong, rows wait in memory, and the store goes on trying.
        """
        folder = Folder(data)
        try:
            folder.make()
        except OSError as error:
            LOG.warning("%s cannot be made: %s", data, error)
        folder.hold()
        store = cls(folder, clock, limits or Limits())
        store._thread.start()
        if wait:
            store._writer.opened.wait()
            store.begin()
            store.look_through()
        return store

    @property
    def begun(self) -> bool:
        """Whether the record is open, or it is known why it is not."""
        return self._writer.opened.is_set()

    def begin(self) -> None:
        """Let it be read from now on, once ``begun``. Raises NewerSchema as ``open``."""
        failure = self._writer.failure
        if isinstance(failure, StoreError):
            self.close(self._limits.busy_ms / 1000)  # the writer is about to end, and only then is the folder let go
            raise failure
        self.look_at_clock()

    def look_through(self) -> None:
        """Have the whole record looked through, beside everything else; ``Inspected`` says how that went."""
        self._writer.look_through()

    def looked_through(self, timeout_s: float = 0) -> bool:
        """Whether the whole record has been looked through; a damaged one also replaced. Waits for at most so long."""
        return self._writer.whole.wait(timeout_s)

    @property
    def unchecked(self) -> bool:
        """Whether the record has still to be looked through since the kiosk began: until then D and E wait."""
        return self._writer.unchecked

    @property
    def unread(self) -> tuple[str, ...]:
        """The names of rows that cannot be read: table and key."""
        met = self._reader.unread if self._reader is not None else ()
        return tuple(sorted({*self._writer.unread, *met}))

    @property
    def doubtful(self) -> bool:
        """Whether the record is damaged and still in its place: what it says may be old or not so."""
        return self._writer.condemned

    @property
    def problem(self) -> str:
        """A word of ``Problem``: empty when all is well."""
        return self._problem.value

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for staff: what is wrong now, and what went wrong since the kiosk started."""
        now = [SENTENCES[self._problem].format(place=self._folder.path)] if self._problem else []
        if self._queue.refused:
            now.append(
                f"{self._queue.refused} rows could not be kept: the storage has been away for too long. "
                "What was practised since then is not in the record."
            )
        return (*now, *self._lasting)

    def put(self, *rows: Entry) -> int:
        """Hand rows over; they are stored together or not at all, each by its key, after everything handed over before.

        The token comes back in ``Stored`` once they survive a power cut. 0: they were not taken (the queue in memory
        is full, or the store is closed), ``notices`` says so, and they will never be stored. Never blocks.
        """
        token = self._queue.put(rows, instant(self._clock))
        if not token:
            LOG.error("%d rows were refused", len(rows))
            self._ring()
        return token

    def event(self, level: str, code: str, detail_code: str = "", patient_code: str = "") -> int:
        """Write a line of the log; a token as of ``put``. ``level``: info, notice, warning, fault, audit."""
        return self.put(EventRow(level, code, detail_code, patient_code))

    def look_at_clock(self) -> None:
        """Note clock jumps, anchors, and how long there has been power; to be called about once a second."""
        at = instant(self._clock)
        self._watch, jump_ms = self._watch.look(at)
        if jump_ms:
            self.event("warning", "clock_step", _size(jump_ms))
        if at.status is ClockStatus.UNSET:
            self._trusted = None
        elif jump_ms or at.status is not self._trusted:
            self._trusted = at.status
            self.put(AnchorRow(at.boot_id, at.t_boot_ms, utc_text(at.wall_utc), at.status.value))
        for name in sorted(self._reader.unread - self._told) if self._reader is not None else ():
            # Met while it was asked for: what this closes stays closed after the next start as well.
            if self.put(Doubt(name)):
                self._told.add(name)
        if at.t_boot_ms - self._beat_ms >= self._limits.powered_every_ms:
            self._beat_ms = at.t_boot_ms
            self.put()

    def read(self) -> Reader:
        """Return a reader of what is stored, for the thread that asks; it sees what ``Stored`` has acknowledged."""
        if self._reader is None:
            self._reader = Reader(self._folder.path)
        return self._reader

    def backlog_ms(self, now_ms: int) -> int:
        """Return the time for which the oldest row has waited to be stored; 0 when none waits.

        With a ``problem`` it grows until that is over; without one it means that the writer hangs.
        """
        oldest = self._queue.oldest_ms()
        patience = TIDY_MS if self._writer.tidying or self._writer.condemned else 0
        return 0 if oldest is None else max(0, now_ms - oldest - patience)

    def flush(self, timeout_s: float) -> bool:
        """Wait until all rows so far are stored; for commands and the end of things. False: not in time."""
        return self._queue.wait_until_empty(timeout_s)

    def close(self, timeout_s: float) -> bool:
        """Store what waits, for at most ``timeout_s``, and let go of the folder. False: rows were left behind."""
        self._queue.close()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        left = self._queue.oldest_ms() is not None
        if self._thread.is_alive():
            self._writer.abandon()
            self._thread.join(self._limits.busy_ms / 1000 if timeout_s else 0)
        if self._reader is not None:
            self._reader.close()
        if not self._thread.is_alive() and self._wake != -1:
            os.close(self._wake)
            self._wake = -1
            # A writer that hangs in the kernel still has the file open: then the lock goes with the process.
            self._folder.let_go()
        return not left

    def fileno(self) -> int:
        return self._wake

    def drain(self, now_ms: int) -> Sequence[Signal]:  # noqa: ARG002 every source is asked with the time
        """The news since the last call, in order; several ``Stored`` in a row come as the last of them."""
        try:
            os.eventfd_read(self._wake)
        except BlockingIOError:
            return ()
        news: list[Signal] = []
        while self._news:
            signal = self._news.popleft()
            if news and isinstance(signal, Stored) and isinstance(news[-1], Stored):
                news.pop()
            news.append(signal)
        return news

    def deadline_ms(self) -> int | None:
        return None

    def _tell(self, signal: Signal) -> None:
        self._news.append(signal)
        self._ring()

    def _ring(self) -> None:
        if self._wake != -1:
            os.eventfd_write(self._wake, 1)


class _StoreNews:
    """The writer's news, from its thread into the store's queue of signals."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def stored(self, token: int) -> None:
        self._store._tell(Stored(token))

    def state(self, problem: Problem) -> None:
        self._store._problem = problem
        self._store._tell(StoreState(problem.value))

    def notice(self, sentence: str) -> None:
        self._store._lasting.append(sentence)

    def opened(self) -> None:
        self._store._ring()

    def inspected(self, whole: bool) -> None:
        self._store._tell(Inspected(whole))


def _size(jump_ms: int) -> str:
    """A jump in a word: which way and how far."""
    way = "forward" if jump_ms > 0 else "back"
    return f"{way}_{next((word for most, word in STEPS_OF_TIME if abs(jump_ms) < most), 'years')}"
