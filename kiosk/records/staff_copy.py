"""The staff slots once more, apart from the record: whoever finds that lost finds the desk closed all the same.

The copy is written before the record is, so it is never older than that: where both can be read, it counts. It holds
what the record holds (salt and hash, no PIN), for the kiosk alone to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kiosk.errors import ContentError
from kiosk.records.folder import STAFF_COPY
from kiosk.rows.kinds import Entry, EventRow, ResetStaff, StaffRow
from kiosk.safefiles import sync_folder, write_new

if TYPE_CHECKING:
    from sqlite_utils import Database

    from kiosk.clock import Instant
    from kiosk.records.upsert import Upserts

PART = ".part"


class _StaffSlots(msgspec.Struct):
    slots: list[StaffRow]
    digest: str


def read(folder: Path) -> tuple[StaffRow, ...] | None:
    """The slots as last set; None where there is no copy, or it is not as it was written."""
    try:
        copy = msgspec.json.decode((folder / STAFF_COPY).read_bytes(), type=_StaffSlots)
    except (OSError, msgspec.MsgspecError, ContentError):
        return None
    return tuple(copy.slots) if copy.digest == _digest(copy.slots) else None


def write(folder: Path, slots: Sequence[StaffRow]) -> None:
    """Replace the copy, by one rename, synced. Raises OSError; then the old one stands."""
    kept = sorted(slots, key=lambda slot: slot.slot)
    if read(folder) == tuple(kept):
        return
    part = folder / (STAFF_COPY + PART)
    part.unlink(missing_ok=True)
    write_new(part, msgspec.json.encode(_StaffSlots(kept, _digest(kept))))
    part.rename(folder / STAFF_COPY)
    sync_folder(folder)


def follow(folder: Path, ledger: Upserts, rows: Sequence[Entry]) -> None:
    """Write the copy where ``rows``, just put and not committed yet, change the slots. Raises OSError."""
    if any(isinstance(row, StaffRow | ResetStaff) for row in rows):
        write(folder, tuple(ledger.all(StaffRow)))


def agree(folder: Path, db: Database, ledger: Upserts, at: Instant) -> None:
    """Bring record and copy to agree at an opening, in the caller's transaction: the record takes or gives the slots.

    Raises OSError where the copy cannot be written.
    """
    held = sorted(ledger.all(StaffRow), key=lambda slot: slot.slot)
    copy = read(folder)
    if copy is None:
        if db.execute("SELECT count(*) FROM staff").fetchone()[0] == len(held):
            write(folder, held)
    elif list(copy) != held:
        put(db, ledger, copy, at)
        ledger.put(EventRow("warning", "staff_restored", str(len(copy))), at)


def put(db: Database, ledger: Upserts, copy: Sequence[StaffRow], at: Instant) -> None:
    """The slots of the copy instead of those of the record, inside the caller's transaction."""
    db.execute("DELETE FROM staff")
    for slot in copy:
        ledger.put(slot, at)


def _digest(slots: Sequence[StaffRow]) -> str:
    return blake2b(msgspec.json.encode(list(slots)), digest_size=16).hexdigest()
