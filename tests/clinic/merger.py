"""A process that merges all packages of a folder, or is killed.

``python -m tests.clinic.merger DATABASE FOLDER COUNT``, with the help of so many processes.

It says ``ready``, and at its end how many KiB of memory it has had at most.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk.clinic.database import open_clinic
from kiosk.clinic.merge import MergeOutcome, merge
from kiosk.package.protection import Keys


def main() -> None:
    into, folder, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    packages = sorted(folder.iterdir())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with open_clinic(into) as clinic:
        refused = [taken for taken in merge(clinic, packages, Keys(), count) if taken.outcome is MergeOutcome.REFUSED]
    assert not refused, refused
    sys.stdout.write(f"{most_kib()}\n")


def most_kib() -> int:
    """The most memory of this program itself; ru_maxrss would count whoever started it as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
