"""Rows to put and ways to wait for what the store says about them; time comes from a SimClock throughout."""

from __future__ import annotations

import select
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kiosk.clock import SimClock
from kiosk.records.store import Limits, Store
from kiosk.rows.kinds import RepetitionRow, SessionRow, StepRow, utc_text
from kiosk.signals import Signal, Stored, StoreState
from tests.patience import PATIENCE_S

SMALL = Limits(ballast_bytes=64 << 10, floor_bytes=0, retry_first_ms=5, retry_most_ms=40, busy_ms=50)
"""A store that tries again at once, so that faults are over quickly."""


class Ear:
    """Listens to a store and keeps all it said."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.heard: list[Signal] = []

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for signals until ``true``."""
        end = time.monotonic() + PATIENCE_S
        while not true():
            left = end - time.monotonic()
            assert left > 0, f"heard only {self.heard}"
            select.select([self.store.fileno()], [], [], min(left, 0.2))
            self.heard += self.store.drain(0)

    def until_stored(self, token: int) -> None:
        self.until(lambda: self.stored >= token)

    def until_problem(self, problem: str) -> None:
        self.until(lambda: self.states[-1:] == [problem])

    @property
    def stored(self) -> int:
        return max((signal.token for signal in self.heard if isinstance(signal, Stored)), default=0)

    @property
    def states(self) -> list[str]:
        return [signal.problem for signal in self.heard if isinstance(signal, StoreState)]


def open_small(data: Path, clock: SimClock | None = None) -> Store:
    """The record in ``data``, looked through."""
    store = Store.open(data, clock or SimClock(), SMALL)
    store.looked_through(PATIENCE_S)
    return store


def session(session_id: str = "s1", clock: SimClock | None = None, **more: Any) -> SessionRow:
    at = clock or SimClock()
    given: dict[str, Any] = {
        "session_id": session_id,
        "patient_code": "AB12",
        "programme": "relax",
        "boot_id": at.boot_id,
        "start_boot_ms": at.now_ms(),
        "start_utc": utc_text(at.wall_utc()),
        "clock_status": at.status().value,
    }
    return SessionRow(**{**given, **more})


def step(order: int = 0, session_id: str = "s1", **more: Any) -> StepRow:
    return StepRow(session_id=session_id, order=order, exercise="jaw-soft", **more)


def repetition(number: int, order: int = 0, session_id: str = "s1", t_boot_ms: int = 2_000) -> RepetitionRow:
    return RepetitionRow(session_id=session_id, step_order=order, repetition=number, t_boot_ms=t_boot_ms, hold_s=3.0)


def rows_in(data: Path, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """What an outsider sees, with Python's own sqlite3."""
    connection = sqlite3.connect(data / "kiosk.db")
    try:
        return connection.execute(sql, parameters).fetchall()
    finally:
        connection.close()


def sound(data: Path) -> None:
    """The database is whole, its references hold, and its one numbering has no gap."""
    assert rows_in(data, "PRAGMA integrity_check") == [("ok",)]
    assert rows_in(data, "PRAGMA foreign_key_check") == []
    numbers = [n for (n,) in rows_in(data, "SELECT seq FROM events UNION ALL SELECT seq FROM sessions ORDER BY 1")]
    assert numbers == list(range(1, len(numbers) + 1))
