"""The workbook for people: every table as a typed sheet."""

from __future__ import annotations

from typing import BinaryIO, Protocol

from kiosk.handover.tables import Snapshot


class WriteWorkbook(Protocol):
    """Writes ``sessions.xlsx`` of ``snapshot`` into ``stream``; ``password`` None: it opens without one."""

    def __call__(self, snapshot: Snapshot, stream: BinaryIO, password: str | None) -> None: ...
