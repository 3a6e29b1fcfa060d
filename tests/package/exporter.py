"""Processes that export again and again until they are killed: ``python -m tests.package.exporter DATA OUT``.

For each line on standard input one is forked off: its number is said, and when it is dead, that. An interpreter started
for each would take ten times as long as what is tried.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kiosk.clock import SystemClock, instant
from kiosk.records.append import note
from tests.package.made import exported


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    for _ in sys.stdin:
        pid = os.fork()
        while not pid:
            exported(data, out, note=lambda rows: note(data, rows, instant(SystemClock())))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        os.waitpid(pid, 0)
        sys.stdout.write("dead\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
