"""A process that exports with everything for people in it: ``python -m tests.package.booker DATA OUT [ROWS]``.

Under five words. It says how many KiB of memory it has had at most; with ROWS it kills itself once so many were read.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from kiosk.package.protection import Protection
from kiosk.package.snapshot import Snapshot
from kiosk.package.write import PeopleFile, Write
from kiosk.report.papers import documents
from tests.clinic.merger import most_kib
from tests.package.made import exported

WORDS = "five words that nobody knows"


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    papers = documents()
    if len(sys.argv) > 3:
        papers = (PeopleFile("sessions.xlsx", _killing(papers[1].write, int(sys.argv[3]))),)
    exported(data, out, Protection(WORDS), documents=papers)
    sys.stdout.write(f"{most_kib()}\n")


def _killing(write: Write, after: int) -> Write:
    def killed(snapshot: Snapshot, stream: object, password: str | None) -> None:
        left = after

        def heard(rows: int) -> None:
            nonlocal left
            left -= rows
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

        write(replace(snapshot, heard=heard), stream, password)  # type: ignore[arg-type]

    return killed


if __name__ == "__main__":
    main()
