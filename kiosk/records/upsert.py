"""Rows into tables, in the caller's transaction: keys, revisions, the numbering; erasing; closing what was cut."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from kiosk.clock import ClockStatus, Instant
from kiosk.records.daytime import anchor_of, dated
from kiosk.records.readable import closes, is_whole
from kiosk.rows.kinds import (
    STAFF_LOST,
    WORD,
    AnchorRow,
    BootRow,
    Confirm,
    Doubt,
    DoubtRow,
    Entry,
    Erase,
    ErasureRow,
    EventRow,
    Forget,
    InboxRow,
    Keeping,
    Order,
    R,
    ReplayRow,
    ResetStaff,
    Row,
    SessionRow,
    StepRow,
    row_of,
    told_of,
    utc_moment,
    utc_text,
)
from kiosk.rows.row import MOST_MS

if TYPE_CHECKING:
    from sqlite_utils import Database

NAMELESS = "selection = 'ERASED', package = replace(package, :code, 'ERASED'), revision = revision + 1"
"""The change to the list of exports when somebody is erased: that something left the kiosk is not undone by it."""
OF_SESSIONS = "session_id IN (SELECT session_id FROM sessions WHERE patient_code = :code)"
BY_SESSION = ("set_items", "replays", "clips", "repetitions", "steps", "ratings", "session_changes")
"""Children first."""
BY_CODE = ("persons", "permissions", "injections", "scores", "person_changes", "doubts")
LINES = "patient_code = :code"
"""Lines of the log and the inbox that are about the person."""
THEIR_SEQS = f"SELECT seq FROM sessions WHERE patient_code = :code UNION SELECT seq FROM events WHERE {LINES}"  # noqa: S608
RUNS = (
    "SELECT min(seq), max(seq)"  # noqa: S608 our own names
    f" FROM (SELECT seq, seq - row_number() OVER (ORDER BY seq) AS run FROM ({THEIR_SEQS}))"
    " GROUP BY run ORDER BY run"
)
"""The numbers of the person's sessions and lines of the log, as runs without a gap."""


def is_running(db: Database, code: str) -> bool:
    """Whether a session of this person has begun and not ended."""
    asked = "SELECT 1 FROM sessions WHERE patient_code = ? AND end_reason IS NULL"
    return db.execute(asked, (code,)).fetchone() is not None


def erase(db: Database, code: str, by: str) -> list[ErasureRow]:
    """Delete this person's rows, inside the caller's transaction; the tombstones that are to be put up for them."""
    about = {"code": code}
    stones = [ErasureRow(low, high, by) for low, high in db.execute(RUNS, about).fetchall()]
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
    yield "UPDATE state SET value = '' WHERE value = :code"
    yield "UPDATE state SET value = '' WHERE key IN ('carried', 'begun') AND instr(value, :code) > 0"


SEQ, RUN, TOKEN = "seq", "run", "token"
CODES = "SELECT patient_code FROM persons UNION SELECT patient_code FROM sessions"
"""Everybody whose plan may be in doubt."""
TIDY = "tidy"
"""1 while what was erased may still lie in unused places of the file."""


class Upserts:
    """Writes rows through ``db``. Every call must be inside a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, row: Entry, at: Instant) -> None:
        """Insert ``row``, or make it the newest of its key; an order is carried out. ``at``: when it was handed over.

        Raises ``sqlite3.IntegrityError`` for a row that breaks a rule of the schema, and other ``sqlite3.Error`` for
        trouble with the storage.
        """
        if isinstance(row, Order):
            self._obey(row, at)
            return
        values = _stamped(row, at)
        if isinstance(row, EventRow):
            self._insert(row.TABLE, {**values, "seq": self._next_seq()})
        elif isinstance(row, InboxRow):
            self._put_inbox(row, values)
        elif isinstance(row, BootRow):
            self.powered(row.boot_id, row.last_ms)
        elif isinstance(row, AnchorRow):
            self._put_latest(row, values)
            self._date_anew(row.boot_id)
        elif isinstance(row, SessionRow):
            known = self._one("SELECT seq FROM sessions WHERE session_id = ?", (row.session_id,))
            self._put_latest(row, {**self._dated(values), "seq": known["seq"] if known else self._next_seq()})
        elif row.KEEPING is Keeping.HISTORY:
            self._put_history(row, values)
        else:
            self._put_latest(row, values)

    def all(self, kind: type[R]) -> Iterator[R]:
        """The rows of a table that can be read."""
        cursor = self._db.execute(f'SELECT * FROM "{kind.TABLE}"')  # noqa: S608 our own names
        cursor.row_factory = sqlite3.Row
        for found in map(dict, cursor.fetchall()):
            with contextlib.suppress(msgspec.ValidationError):
                yield row_of(kind, found)

    def _obey(self, order: Order, at: Instant) -> None:
        if isinstance(order, Forget):
            self._forget(order)
        elif isinstance(order, Erase):
            self._erase(order, at)
        elif isinstance(order, ResetStaff):
            for table in ("staff", "pin_tries", "inbox_seen"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 our own names
            self._db.execute("DELETE FROM state WHERE key = ?", (STAFF_LOST,))
            self.set_counter(TIDY, 1)
        elif isinstance(order, Confirm):
            self._db.execute(
                "UPDATE doubts SET confirmed_by = ?, revision = revision + 1"
                " WHERE patient_code = ? AND confirmed_by = ''",
                (order.by, order.patient_code),
            )
            self.put(EventRow("audit", "plan.confirmed", order.by, order.patient_code), at)
        elif isinstance(order, Doubt):
            self.put(InboxRow(f"unread:{order.name}", code="row_unread", detail_code=order.name), at)
            if closes(order.name):
                self.doubt(order.name, at)

    def doubt(self, cause: str, at: Instant) -> None:
        """Everybody's plan is in doubt for this cause; where a therapist has confirmed it since, it stays so."""
        for (code,) in self._db.execute(CODES).fetchall():
            known = self._one("SELECT 1 FROM doubts WHERE patient_code = ? AND cause = ?", (code, cause))
            if known is None and isinstance(code, str) and WORD.fullmatch(code):
                self.put(DoubtRow(code, cause), at)

    def set_aside(self, row: Row, at: Instant, reason: str) -> None:
        """Keep a row that its own table does not take, and tell the log."""
        content = json.dumps(told_of(type(row), _stamped(row, at)), ensure_ascii=False)
        self._insert(
            "set_aside",
            {
                "table_name": row.TABLE,
                "content": content,
                "reason": reason,
                "boot_id": at.boot_id,
                "t_boot_ms": at.t_boot_ms,
            },
        )
        self.put(EventRow("fault", "row_set_aside", row.TABLE), at)

    def powered(self, boot_id: str, t_boot_ms: int) -> None:
        """The kiosk is known to be powered at this moment of this boot."""
        self._db.execute(
            "INSERT INTO boots (boot_id, ordinal, first_ms, last_ms)"
            " VALUES (?, (SELECT coalesce(max(ordinal), 0) + 1 FROM boots), ?, ?)"
            " ON CONFLICT (boot_id) DO UPDATE SET last_ms = max(last_ms, excluded.last_ms)",
            (boot_id, t_boot_ms, t_boot_ms),
        )

    def mark(self, run: int, token: int) -> None:
        """Note, in the same transaction, how far the rows of this run of the kiosk have come."""
        self.set_counter(RUN, run)
        self.set_counter(TOKEN, token)

    def stored_token(self, run: int) -> int:
        """The newest token of this run that is in the file; 0 when the file has not seen this run."""
        return self.counter(TOKEN) if self.counter(RUN) == run else 0

    def counter(self, name: str) -> int:
        found = self._one("SELECT value FROM counters WHERE name = ?", (name,))
        return int(found["value"]) if found else 0

    def set_counter(self, name: str, value: int) -> None:
        self._db.execute(
            "INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )

    def _next_seq(self) -> int:
        seq = self.counter(SEQ) + 1
        self.set_counter(SEQ, seq)
        return seq

    def _put_inbox(self, row: InboxRow, values: dict[str, Any]) -> None:
        """A line is told once; telling it writes the log, so that it has its place in the one numbering."""
        if self._one("SELECT 1 FROM inbox WHERE key = ?", (row.key,)):
            return
        seq = self._next_seq()
        stamps = {name: values[name] for name in EventRow.STAMPS}
        event = {"code": row.code, "detail_code": row.detail_code, "patient_code": row.patient_code, **stamps}
        self._insert(EventRow.TABLE, {"seq": seq, "level": "notice", **event})
        self._insert(row.TABLE, {**values, "seq": seq})

    def _forget(self, order: Forget) -> None:
        theirs = "session_id IN (SELECT session_id FROM sessions WHERE patient_code = ?)"
        if order.what == ReplayRow.TABLE:
            self._db.execute(f"DELETE FROM replays WHERE {theirs}", (order.patient_code,))  # noqa: S608 our own words
            self._db.execute(
                f"UPDATE set_items SET lines = '', revision = revision + 1 WHERE lines <> '' AND {theirs}",  # noqa: S608
                (order.patient_code,),
            )
        else:
            self._db.execute(
                f"UPDATE clips SET removed = 'withdrawn', revision = revision + 1 WHERE removed = '' AND {theirs}",  # noqa: S608
                (order.patient_code,),
            )

    def _erase(self, order: Erase, at: Instant) -> None:
        if is_running(self._db, order.patient_code):
            self.put(EventRow("warning", "erase.refused", order.by), at)
            return
        for stone in erase(self._db, order.patient_code, order.by):
            self.put(stone, at)
        self.set_counter(TIDY, 1)
        self.put(EventRow("audit", "person.erased", order.by), at)

    def _put_history(self, row: Row, values: dict[str, Any]) -> None:
        where = " AND ".join(f'"{name}" = :{name}' for name in row.KEY)
        sql = f'SELECT * FROM "{row.TABLE}" WHERE {where} ORDER BY revision DESC LIMIT 1'  # noqa: S608 our own names
        newest = self._one(sql, values)
        said = [name for name in values if name != "revision" and name not in row.STAMPS]
        if newest is None or any(newest[name] != values[name] for name in said):
            self._insert(row.TABLE, {**values, "revision": newest["revision"] + 1 if newest else 1})

    def _put_latest(self, row: Row, values: dict[str, Any]) -> None:
        """One row per key. Only a change is written, and it counts the revision up where the table has one."""
        if "revision" in values:
            values = {**values, "revision": 1}
        body = [name for name in values if name not in (*row.KEY, *row.STAMPS, "revision")]
        key = ", ".join(f'"{name}"' for name in row.KEY)
        if not body:
            self._insert(row.TABLE, values, f"ON CONFLICT ({key}) DO NOTHING")
            return
        sets = [f'"{name}" = excluded."{name}"' for name in values if name not in (*row.KEY, "revision")]
        if "revision" in values:
            sets.append("revision = revision + 1")
        differs = " OR ".join(f'"{name}" IS NOT excluded."{name}"' for name in body)
        self._insert(row.TABLE, values, f"ON CONFLICT ({key}) DO UPDATE SET {', '.join(sets)} WHERE {differs}")

    def _date_anew(self, boot_id: str) -> None:
        """An anchor came in: sessions of its boot, earlier ones too, that it dates otherwise are new revisions."""
        cursor = self._db.execute("SELECT * FROM sessions WHERE boot_id = ?", (boot_id,))
        cursor.row_factory = sqlite3.Row
        for found in map(dict, cursor.fetchall()):
            values = self._dated(found)
            changed = [name for name in values if values[name] != found[name]]
            if changed:
                sets = ", ".join(f"{name} = :{name}" for name in changed)
                self._db.execute(
                    f"UPDATE sessions SET {sets}, revision = revision + 1 WHERE session_id = :session_id",  # noqa: S608 our own names
                    values,
                )

    def _dated(self, values: dict[str, Any]) -> dict[str, Any]:
        """A session's columns, dated by the best anchor of its boot.

        Whoever keeps the session in hand does not learn of the anchor, and hands the row over as it was.
        """
        return dated(values, anchor_of(list(self.all(AnchorRow)), values["boot_id"]))

    def _insert(self, table: str, values: dict[str, Any], conflict: str = "") -> None:
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(f":{name}" for name in values)
        self._db.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks}) {conflict}', values)  # noqa: S608

    def _one(self, sql: str, parameters: Any) -> sqlite3.Row | None:
        cursor = self._db.execute(sql, parameters)
        cursor.row_factory = sqlite3.Row
        found: sqlite3.Row | None = cursor.fetchone()
        return found


def _stamped(row: Row, at: Instant) -> dict[str, Any]:
    """The row's columns, with what it leaves to the store filled in.

    A row that cannot say who vouches for its date has none while nobody does: it would look like any other.
    """
    moment = {
        "boot_id": at.boot_id,
        "t_boot_ms": at.t_boot_ms,
        "wall_utc": utc_text(at.wall_utc),
        "clock_status": at.status.value,
        "valid_from_utc": utc_text(at.wall_utc),
    }
    if at.status is ClockStatus.UNSET and "clock_status" not in row.STAMPS:
        moment |= {"wall_utc": "", "valid_from_utc": ""}
    values = row.columns()
    return {name: moment[name] if name in row.STAMPS and not value else value for name, value in values.items()}


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
