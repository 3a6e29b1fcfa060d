"""Everything that tells of one person goes from the tables: what stays is which numbers are missing, not whose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kiosk.records.rows import ErasureRow

if TYPE_CHECKING:
    from sqlite_utils import Database

NAMELESS = "selection = 'ERASED', package = replace(package, :code, 'ERASED'), revision = revision + 1"
"""What the list of exports says afterwards: that something left the kiosk is not undone by erasing."""
OF_SESSIONS = "session_id IN (SELECT session_id FROM sessions WHERE patient_code = :code)"
BY_SESSION = ("replays", "clips", "repetitions", "steps", "ratings", "session_changes")
"""Children first."""
BY_CODE = ("persons", "permissions", "injections", "person_changes", "doubts")
LINES = "patient_code = :code"
"""Lines of the log and the inbox that are about the person."""


def is_running(db: Database, code: str) -> bool:
    """Whether a session of this person has begun and not ended."""
    asked = "SELECT 1 FROM sessions WHERE patient_code = ? AND end_reason IS NULL"
    return db.execute(asked, (code,)).fetchone() is not None


def erase(db: Database, code: str, by: str) -> list[ErasureRow]:
    """Delete this person's rows, inside the caller's transaction; the tombstones that are to be put up for them."""
    about = {"code": code}
    asked = f"SELECT seq FROM sessions WHERE patient_code = :code UNION SELECT seq FROM events WHERE {LINES} ORDER BY 1"  # noqa: S608
    stones = [ErasureRow(low, high, by) for low, high in _runs(seq for (seq,) in db.execute(asked, about).fetchall())]
    for statement in _statements():
        db.execute(statement, about)
    return stones


def _statements() -> Iterator[str]:
    # A row that fitted no table may name a session only, so these go while the sessions are still known.
    yield "DELETE FROM set_aside WHERE instr(content, :code) > 0"
    yield (
        "DELETE FROM set_aside WHERE EXISTS"
        " (SELECT 1 FROM sessions s WHERE s.patient_code = :code AND instr(content, s.session_id) > 0)"
    )
    yield from (f"DELETE FROM {table} WHERE {OF_SESSIONS}" for table in BY_SESSION)  # noqa: S608 our own names
    yield "DELETE FROM sessions WHERE patient_code = :code"
    keys = f"key IN (SELECT key FROM inbox WHERE {LINES} OR seq IN (SELECT seq FROM events WHERE {LINES}))"  # noqa: S608
    yield from (f"DELETE FROM {table} WHERE {keys}" for table in ("inbox_seen", "inbox"))  # noqa: S608 our own names
    yield f"DELETE FROM events WHERE {LINES}"  # noqa: S608 our own names
    yield from (f"DELETE FROM {table} WHERE patient_code = :code" for table in BY_CODE)  # noqa: S608 our own names
    # The numbers of packages go on, and their hashes can still be compared with what the clinic has.
    yield f"UPDATE exports SET {NAMELESS} WHERE selection = :code"  # noqa: S608 our own names
    yield "UPDATE state SET value = '' WHERE value = :code OR (key = 'carried' AND instr(value, :code) > 0)"


def _runs(numbers: Iterable[Any]) -> Iterator[tuple[int, int]]:
    """Numbers in order as runs without a gap."""
    low = high = None
    for number in map(int, numbers):
        if low is None or high is None:
            low = high = number
        elif number == high + 1:
            high = number
        else:
            yield low, high
            low = high = number
    if low is not None and high is not None:
        yield low, high
