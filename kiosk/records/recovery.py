"""What an interrupted run leaves behind is closed at the next start: as interrupted, never as complete."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kiosk.clock import Instant
from kiosk.records.checking import is_whole
from kiosk.records.columns import MOST_MS
from kiosk.records.rows import EventRow, Row, SessionRow, StepRow, row_of, utc_moment, utc_text
from kiosk.records.upsert import Upserts

if TYPE_CHECKING:
    from sqlite_utils import Database

POWER_LOSS, FAULT = "power_loss", "fault"


def close_interrupted(db: Database, ledger: Upserts, at: Instant) -> int:
    """Close every session without an end that can be read, inside the caller's transaction; how many there were.

    Another boot than ``at``'s means that power was lost, the same boot that the kiosk fell over. A session ends with
    the last thing that was stored of it, and a step counts the repetitions that were stored.
    """
    unended = _rows(db, SessionRow, "SELECT * FROM sessions WHERE end_reason IS NULL ORDER BY seq", ())
    for found in unended:
        session = row_of(SessionRow, found)
        last_ms = _close_steps(db, ledger, session, at)
        end = utc_moment(session.start_utc) + timedelta(milliseconds=last_ms - session.start_boot_ms)
        reason = FAULT if session.boot_id == at.boot_id else POWER_LOSS
        (done,) = db.execute(
            "SELECT count(*) FROM steps WHERE session_id = ? AND end_boot_ms IS NOT NULL AND NOT skipped",
            (session.session_id,),
        ).fetchone()
        changes = {"end_boot_ms": last_ms, "end_utc": utc_text(end), "end_reason": reason, "done_steps_count": done}
        ledger.put(row_of(SessionRow, {**found, **changes}), at)
        ledger.put(EventRow("warning", "session_interrupted", reason, session.patient_code), at)
    return len(unended)


def _close_steps(db: Database, ledger: Upserts, session: SessionRow, at: Instant) -> int:
    """Let unfinished steps count their stored repetitions; when the last stored thing of the session happened."""
    last_ms = session.start_boot_ms
    for found in _rows(db, StepRow, "SELECT * FROM steps WHERE session_id = ?", (session.session_id,)):
        step = row_of(StepRow, found)
        count, newest = db.execute(
            "SELECT count(*), max(t_boot_ms) FROM repetitions"
            " WHERE session_id = ? AND step_order = ? AND t_boot_ms <= ?",
            (step.session_id, step.order, MOST_MS),
        ).fetchone()
        last_ms = max(last_ms, step.start_boot_ms or 0, step.end_boot_ms or 0, newest or 0)
        if step.end_boot_ms is None and count > step.done_repetitions_count:
            ledger.put(row_of(StepRow, {**found, "done_repetitions_count": count}), at)
    return last_ms


def _rows(db: Database, kind: type[Row], sql: str, parameters: tuple[object, ...]) -> list[dict[str, Any]]:
    """The lines that can be read; of the others whoever checks the record tells."""
    cursor = db.execute(sql, parameters)
    cursor.row_factory = sqlite3.Row
    return [found for found in map(dict, cursor.fetchall()) if is_whole(kind, found)]
