"""The disk that the record lies on, and the record.

Rooms are imported by the check that needs them: one that is broken must not hide the others.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk.doctor.check import Check, CheckedPart, fault, ok, warning

PLACE = 80
FORGETFUL = frozenset({"overlay", "overlayfs", "tmpfs", "ramfs", "squashfs", "aufs"})
"""File systems that forget, or cannot keep, what is written."""
MOUNTS = Path("/proc/self/mountinfo")
COMFORTABLE = 10
"""Times the floor of free space below which staff should think of making room."""


def disk(data: Path, floor_mb: int, mounts: Path = MOUNTS) -> Check:
    """The data folder lies on a file system that keeps what is written, and there is room."""
    from kiosk.records.folder import free_bytes

    name = "Disk"
    place = next(p for p in (data.absolute(), *data.absolute().parents) if p.exists())
    kind, mount = file_system(place.resolve(), mounts.read_text(encoding="utf-8", errors="replace"))
    room = os.statvfs(place)
    free_mb = free_bytes(place) // 2**20
    found = f"{data} on {kind} ({mount}), {free_mb} MB free"
    if kind in FORGETFUL:
        step = "records there are lost when the power goes: put the data folder on a disk, or name one with --data"
        return fault(name, found, step)
    if room.f_flag & os.ST_RDONLY or not os.access(place, os.W_OK | os.X_OK):
        return fault(name, f"{found}, but nothing may be written", "check the memory card and whose folder it is")
    if free_mb < floor_mb:
        return fault(name, found, "copy the records away, then make room: below this nothing may be stored any more")
    if free_mb < COMFORTABLE * floor_mb:
        return warning(name, found, "make room on the disk soon")
    return ok(name, found)


def file_system(place: Path, mountinfo: str) -> tuple[str, str]:
    """Kind and mount point of the file system that holds ``place``, from the text of ``/proc/self/mountinfo``."""
    best = ("unknown", "")
    for line in mountinfo.splitlines():
        before, separator, after = line.partition(" - ")
        if separator:
            mount = before.split()[4].encode().decode("unicode_escape")  # a space is written \040
            # A later line for the same place covers the earlier one.
            if place.is_relative_to(mount) and len(mount) >= len(best[1]):
                best = (after.split()[0], mount)
    return best


def database(data: Path) -> Check:
    """The database, if there is one yet, is whole and of a version that this kiosk knows."""
    from kiosk.records.checking import is_of
    from kiosk.records.folder import DATABASE, QUARANTINE
    from kiosk.records.migrations import SCHEMA
    from kiosk.records.opening import open_to_look, open_unwritten
    from kiosk.records.readable import unread
    from kiosk.rows.kinds import ROWS

    name = "Database"
    file = data / DATABASE
    if not file.exists():
        return ok(name, f"none yet in {data}; the first start makes it")
    try:
        # Without a journal nobody is writing, and SQLite need not leave its helper files.
        quiet = not file.with_name(f"{DATABASE}-wal").exists()
        with closing(open_unwritten(file) if quiet else open_to_look(file)) as looking:
            result = looking.connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            schema = looking.connection.execute("PRAGMA user_version").fetchone()[0]
            lost = schema <= SCHEMA and not is_of(looking.connection, schema)
            bad = [] if lost else [row for names in unread(looking.connection, ROWS) for row in names]
    except (sqlite3.Error, OSError, UnicodeDecodeError) as why:
        return fault(name, f"{file} cannot be read: {why}", _next_start(data))
    if result == "ok" and lost:
        result = f"its tables are not those of version {schema}"
    if result != "ok":
        return fault(name, f"{file} is damaged: {result}", _next_start(data))
    if schema > SCHEMA:
        return fault(name, f"{file} was written by a newer kiosk (tables of version {schema})", "install that version")
    aside = sorted(p.name for p in (data / QUARANTINE).glob("*") if not p.name.endswith(("-wal", "-shm")))
    found = f"{file}, {file.stat().st_size // 1024} kB, whole, tables of version {schema} of {SCHEMA}"
    if bad:
        told = f"{found}; {len(bad)} row(s) cannot be read: {', '.join(bad[:5])}"
        return warning(name, told, "they are left out everywhere; a therapist confirms the plan at the desk")
    if aside:
        step = f"hand {data / QUARANTINE} to support"
        return warning(name, f"{found}; set aside earlier: {', '.join(aside[:5])}", step)
    return ok(name, found)


def _next_start(data: Path) -> str:
    """Return the next step with a damaged record."""
    from kiosk.records.folder import writable

    if not writable(data):
        return f"nothing can be written to {data}: put the record right on a copy of the folder that can be written to"
    return "start the kiosk: it sets the damaged file aside, keeps what can be read, and says so"


PARTS = (
    CheckedPart("Disk", lambda kiosk: disk(kiosk.data, kiosk.settings.storage.floor_mb)),
    CheckedPart("Database", lambda kiosk: database(kiosk.data)),
)
