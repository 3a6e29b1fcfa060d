"""Papers of tests that are asked to be made in another process, and what that does there."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import BinaryIO

from kiosk.beside.jobs import Asked, Heard
from kiosk.package.snapshot import Snapshot


@dataclass(frozen=True)
class Odd:
    """A paper whose other process does what ``how`` says: ``raise``, ``die``, ``hang``; ``there`` is written before."""

    how: str
    there: Path

    @property
    def modules(self) -> Sequence[str]:
        return ()

    def __call__(self, snapshot: Snapshot, stream: BinaryIO, password: str | None) -> None:
        stream.write(b"made here")

    def asked(self, snapshot: Snapshot, password: str | None) -> Asked | None:
        return Asked(self, tempfile.TemporaryFile())

    def make(self, source: BinaryIO, stream: BinaryIO, heard: Heard) -> None:
        stream.write(b"half of it")
        stream.flush()
        self.there.write_text(str(os.getpid()))
        if self.how == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.how == "hang":
            Event().wait()
        raise ValueError("P9232D")
