"""The report for people: one or two pages per person."""

from __future__ import annotations

from typing import BinaryIO, Protocol

from kiosk.handover.tables import Snapshot


class WriteReport(Protocol):
    """Writes ``report.pdf`` of ``snapshot`` into ``stream``; ``password`` None: it opens without one."""

    def __call__(self, snapshot: Snapshot, stream: BinaryIO, password: str | None) -> None: ...
