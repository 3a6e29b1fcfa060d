"""One look through a whole record, beside whoever writes it: by a thread and a connection of its own that only read."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from kiosk.records.folder import Problem, problem_of
from kiosk.records.opening import Damaged, open_to_look
from kiosk.records.readable import RULING, TELLING, unread

NICE = 19
"""Politeness of the thread in which SQLite looks through the file."""
PAUSE_S = 0.002
"""Rest between two slices of the rows that movement waits for [D]: whoever draws is never behind a row of slices."""
LONG_PAUSE_S = 0.01
"""The same for all other rows, for which nobody waits."""
FIRST_S, MOST_S = 1.0, 60.0
"""Time to the next try where the medium cannot be read just now, doubling from the first to the most [D]."""


class Inspection:
    """Looks through the file ``database`` from now on. ``news`` is called, in its thread, when there is some.

    ``structure``: whether the file itself is looked through, before its rows. What it found is fetched with ``take``.
    """

    def __init__(self, database: Path, news: Callable[[], None], *, structure: bool = True) -> None:
        self._database, self._news, self._structure = database, news, structure
        self._found: deque[tuple[str, ...]] = deque()
        self._told: set[str] = set()
        self._looking: sqlite3.Connection | None = None
        self._ended = threading.Event()
        self.damage: sqlite3.Error | None = None
        """The damage that ended it."""
        self.trouble: Exception | None = None
        """The reason why the record cannot be read just now; it is tried again."""
        self.ruled = self.over = False
        """The file, and all rows that rules go by, were looked through; and everything was."""
        self._thread = threading.Thread(target=self._run, name="records-inspection", daemon=True)
        self._thread.start()

    def take(self) -> tuple[str, ...]:
        """The names (see ``rows.name_of``) of rows that cannot be read, found since the last call."""
        names: list[str] = []
        while self._found:
            names += self._found.popleft()
        return tuple(names)

    def stop(self, timeout_s: float) -> None:
        """End it. One long question to SQLite may outlast ``timeout_s``: it reads, and holds nobody up."""
        self._ended.set()
        if self._looking is not None:
            self._looking.interrupt()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        pause_s = FIRST_S
        while not self._ended.is_set():
            try:
                self._look()
                return
            except UnicodeDecodeError:
                # SQLite names what it cannot make sense of, and Python cannot read the name.
                self.damage = Damaged(f"{self._database}: the schema is damaged")
            except sqlite3.Error as error:
                if problem_of(error, self._database.parent) is Problem.CORRUPT:
                    self.damage = error
                else:
                    self.trouble = error
            except OSError as error:
                self.trouble = error
            if self._ended.is_set():
                return
            self._news()
            if self.damage is not None:
                return
            self._ended.wait(pause_s)
            pause_s = min(MOST_S, pause_s * 2)

    def _look(self) -> None:
        if not self._database.exists():
            self._reached()
            return
        looking = open_to_look(self._database)
        self._looking = looking.connection
        try:
            if self._structure:
                self._look_at_structure(self._looking)
            for kinds, pause_s in ((RULING, PAUSE_S), (TELLING, LONG_PAUSE_S)):
                for names in unread(self._looking, kinds):
                    if self._ended.wait(pause_s):
                        return
                    self._tell(names)
                self._reached(kinds is TELLING)
        finally:
            self._looking = None
            looking.close()

    def _look_at_structure(self, looking: sqlite3.Connection) -> None:
        """One long question, in a thread of its own that lets everybody go first: it holds nothing that they need."""
        found: list[object] = []

        def ask() -> None:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
            try:
                found.append(looking.execute("PRAGMA integrity_check(1)").fetchone()[0])
            except (sqlite3.Error, UnicodeDecodeError) as error:
                found.append(error)

        aside = threading.Thread(target=ask, name="records-structure", daemon=True)
        aside.start()
        aside.join()
        (verdict,) = found
        if isinstance(verdict, Exception):
            raise verdict
        if verdict != "ok":
            raise Damaged(f"{self._database}: {verdict!s}")

    def _tell(self, names: tuple[str, ...]) -> None:
        fresh = tuple(name for name in names if name not in self._told)
        if fresh:
            self._told.update(fresh)
            self._found.append(fresh)
            self._news()

    def _reached(self, over: bool = True) -> None:
        self.trouble = None
        self.ruled, self.over = True, over
        self._news()
