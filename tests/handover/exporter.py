"""A process that exports again and again until it is killed: ``python -m tests.handover.exporter DATA OUT``."""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk.clock import SystemClock, instant
from kiosk.records.noting import note
from tests.handover.made import exported


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        exported(data, out, note=lambda rows: note(data, rows, instant(SystemClock())))


if __name__ == "__main__":
    main()
