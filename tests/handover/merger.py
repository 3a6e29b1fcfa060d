"""A process that merges all packages of a folder, or is killed: ``python -m tests.handover.merger DATABASE FOLDER``.

It says ``ready``, and at its end how many KiB of memory it has had at most.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from kiosk.handover.clinic import open_clinic
from kiosk.handover.keys import Keys
from kiosk.handover.merge import Outcome, merge


def main() -> None:
    into, folder = Path(sys.argv[1]), Path(sys.argv[2])
    packages = sorted(folder.iterdir())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with open_clinic(into) as clinic:
        refused = [taken for taken in merge(clinic, packages, Keys()) if taken.outcome is Outcome.REFUSED]
    assert not refused, refused
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\n")


if __name__ == "__main__":
    main()
