"""Publishes and is killed at each step in turn: ``python -m tests.warehouse.killer DATABASE BEFORE WORK EVERY``.

``BEFORE`` is a published folder of an earlier state; a copy of it in ``WORK`` is published to and killed before the
first, the ``EVERY``-th further … change of the file system. It prints, as JSON, what `current` held after each.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from itertools import count
from pathlib import Path

from kiosk.clinic.database import open_clinic
from kiosk.warehouse.parquet import Parquet
from kiosk.warehouse.publish import publish

CHANGES = frozenset({"os.rename", "os.link", "os.symlink", "os.remove", "os.mkdir", "os.rmdir", "open"})
KILLED = 9


def held(place: Path) -> dict[str, str]:
    """Every file behind `current` with the hash of what is in it; each is as the manifest has it."""
    current = (place / "current").resolve()
    lines = (current / "MANIFEST.sha256").read_text(encoding="ascii").splitlines()
    wanted = {path: digest for digest, _, path in (line.partition("  ") for line in lines)}
    found = {
        str(path.relative_to(current)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in current.rglob("*.parquet")
    }
    assert found == wanted
    return found


def killed_at(number: int, database: Path, place: Path) -> bool:
    """Whether it was killed before change ``number``; else it came to its end."""
    child = os.fork()
    if child == 0:
        counter = count(1)

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            # Of a file that is opened, only where it may be written.
            read = event == "open" and not (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR))
            if event in CHANGES and not read and next(counter) == number:
                os._exit(KILLED)

        with open_clinic(database, make=False) as clinic:
            sys.addaudithook(hook)
            publish(clinic, place, lambda *_: None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, KILLED), code
    return code == KILLED


def main(database: Path, before: Path, work: Path, every: int) -> None:
    Parquet()  # imported once, before anything is forked
    old = held(before)
    seen = []
    for number in count(1, every):
        place = work / f"at-{number}"
        shutil.copytree(before, place, symlinks=True)
        again = killed_at(number, database, place)
        seen.append(held(place))
        if not again:
            break
        killed_at(10**9, database, place)
        assert held(place) != old
        left = sorted(entry.name for entry in place.iterdir())
        assert left == sorted(["current", os.readlink(place / "current")]), left
        shutil.rmtree(place)
    new = seen[-1]
    print(json.dumps(["old" if one == old else "new" if one == new else "neither" for one in seen]))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
