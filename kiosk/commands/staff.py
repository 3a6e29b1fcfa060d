"""``kiosk staff reset``: nobody knows a PIN any more, so whoever owns the machine has the kiosk ask for a first one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from kiosk.clock import SystemClock, instant
from kiosk.errors import AlreadyRunning, StoreError
from kiosk.records.append import note
from kiosk.records.folder import DATABASE
from kiosk.records.reader import Reader
from kiosk.rows.kinds import EventRow, ResetStaff

BY = "command"


def run_reset(data: Path) -> int:
    """Remove every staff slot and PIN of the kiosk in ``data``; 0. Raises StoreError, AlreadyRunning."""
    if not (data / DATABASE).is_file():
        raise StoreError(f"{data}: there is no record ({DATABASE}) in this folder: name a data folder with --data")
    with _as_owner(data):
        with closing(Reader(data)) as reader:
            slots = len(reader.staff())
        rows = (ResetStaff(BY), EventRow("audit", "staff.reset", f"{BY}:{slots}"))
        try:
            note(data, rows, instant(SystemClock()), alone=True)
        except AlreadyRunning:
            raise AlreadyRunning(
                f"{data}: a kiosk is running on this data folder; stop it (sudo systemctl stop kiosk), run this again, "
                "and start it (sudo systemctl start kiosk)"
            ) from None
    click.echo(
        f"{slots} staff slots and their PINs are gone; this is written down in the record. Persons, plans and sessions "
        "are as they were. Start the kiosk: whoever holds green and amber then sets the PIN of the first therapist, so "
        "stay beside it until that is done."
    )
    return 0


@contextmanager
def _as_owner(data: Path) -> Iterator[None]:
    """Work as whoever the folder belongs to: files that root leaves there would lock the kiosk out of its record.

    Raises StoreError for everybody but that user and root.
    """
    found, me, group = data.stat(), os.geteuid(), os.getegid()
    if me == found.st_uid:
        yield
        return
    if me != 0:
        raise StoreError(f"{data} belongs to the user {found.st_uid}: only they and root may do this (sudo kiosk …)")
    os.setegid(found.st_gid)
    os.seteuid(found.st_uid)
    try:
        yield
    finally:
        os.seteuid(me)
        os.setegid(group)
