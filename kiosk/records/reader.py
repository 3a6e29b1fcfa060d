"""The reader of the record: rows, by a connection of its own that writes nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import msgspec

from kiosk.errors import StoreError
from kiosk.records.daytime import Times
from kiosk.records.folder import DATABASE
from kiosk.records.opening import OpenRecord, open_to_look
from kiosk.records.readable import closes
from kiosk.rows.kinds import (
    STAFF_LOST,
    AnchorRow,
    BootRow,
    ClipRow,
    DoubtRow,
    EventRow,
    ExportRow,
    InboxRow,
    InjectionRow,
    PermissionRow,
    PersonRow,
    PinTriesRow,
    R,
    RatingRow,
    RepetitionRow,
    ReplayRow,
    ScoreRow,
    SessionRow,
    SetItemRow,
    StaffRow,
    StateRow,
    StepRow,
    name_of,
    row_of,
)

LOOK_BACK = 60
"""Sessions among which earlier measures are looked for: days of practice, whatever else was done in between."""
RESUMABLE = ("power_loss", "fault", "timeout")
EVERYBODY = (
    "WITH RECURSIVE everybody(code) AS (SELECT min(patient_code) FROM persons UNION ALL"
    " SELECT (SELECT min(n.patient_code) FROM persons n WHERE n.patient_code > everybody.code)"
    " FROM everybody WHERE everybody.code IS NOT NULL)"
    " SELECT (SELECT n._rowid_ FROM persons n WHERE n.patient_code = everybody.code"
    " ORDER BY n.revision DESC LIMIT 1) FROM everybody WHERE everybody.code IS NOT NULL"
)
"""SQL query for the newest set-up of each person: it goes from one to the next, and passes years of revisions over."""
HOLDING = (
    "WITH RECURSIVE items(item) AS (SELECT min(item) FROM permissions WHERE patient_code = ?1 UNION ALL"
    " SELECT (SELECT min(n.item) FROM permissions n WHERE n.patient_code = ?1 AND n.item > items.item)"
    " FROM items WHERE items.item IS NOT NULL)"
    " SELECT (SELECT n._rowid_ FROM permissions n WHERE n.patient_code = ?1 AND n.item = items.item"
    " ORDER BY n.revision DESC LIMIT 1) FROM items WHERE items.item IS NOT NULL"
)
"""SQL query for the newest permission of each item of a person, made likewise."""
DRAWN_AMONG = 1_000
"""Sessions among which those with line drawings are looked for [D]: half a year and more of five a day."""
UNLOOKED = "key NOT IN (SELECT s.key FROM inbox_seen s)"
"""SQL condition for a line of the inbox that no staff slot has acknowledged."""


class Reader:
    """Questions to the record in the folder ``data``. Every method raises StoreError when the record cannot be read.

    Where there is no record yet nothing is remembered: the answers are empty. One row that cannot be read is left out
    of the answer and named in ``unread``. On a read-only medium it reads all the
    same. When the file is replaced (a damaged one was set aside) the next question goes to the new one.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / DATABASE
        self._looking: OpenRecord | None = None
        self._identity: tuple[int, int] | None = None
        self._times: tuple[tuple[Any, ...], Times] | None = None
        self.unread: set[str] = set()
        """The names (see ``rows.name_of``) of rows that were asked for and cannot be read."""

    def close(self) -> None:
        """Let go of the file."""
        if self._looking is not None:
            self._looking.close()
            self._looking = None

    def state(self, key: str) -> str | None:
        """The small fact under ``key``, or None."""
        found = self._one(StateRow, "WHERE key = ?", key)
        return found.value if found else None

    def person(self, code: str) -> PersonRow | None:
        """The newest set-up of this person that can be read; where a newer one cannot, it is in doubt."""
        newest = self._one(PersonRow, "WHERE patient_code = ? ORDER BY revision DESC LIMIT 1", code)
        return newest or next(iter(self.set_ups(code)), None)

    def set_ups(self, code: str) -> list[PersonRow]:
        """Every set-up of this person that can be read, newest first."""
        return self._ask(PersonRow, "WHERE patient_code = ? ORDER BY revision DESC", code)

    def persons(self) -> list[PersonRow]:
        """The newest set-up of everybody that can be read, by code."""
        found = self._ask(PersonRow, f"WHERE _rowid_ IN ({EVERYBODY}) ORDER BY patient_code")
        if any(name.startswith(PersonRow.TABLE) for name in self.unread):
            # Where the newest of somebody cannot be read, the one before it holds.
            found = self._ask(PersonRow, "ORDER BY patient_code, revision")
        return list({row.patient_code: row for row in found}.values())

    def doubted(self, code: str) -> bool:
        """Whether something that rules go by was lost, and no therapist has confirmed this person's plan since."""
        doubts = self._ask(DoubtRow, "")
        told = {row.cause for row in doubts}
        waiting = any(row.patient_code == code and not row.confirmed_by for row in doubts)
        return waiting or any(closes(name) and name not in told for name in self.unread)

    def staff_lost(self) -> bool:
        """Whether there were PINs and nobody knows them any more: then nobody may make the first one here."""
        return not self.staff() and (
            self.state(STAFF_LOST) is not None or any(name.startswith(StaffRow.TABLE) for name in self.unread)
        )

    def running_session(self) -> SessionRow | None:
        """The session that has begun and not ended."""
        return self._one(SessionRow, "WHERE end_reason IS NULL ORDER BY seq DESC LIMIT 1")

    def interrupted_session(self, code: str) -> SessionRow | None:
        """The newest session of this person that power, a fault or a timeout cut short and no session resumes.

        Among the last ``LOOK_BACK``.
        """
        recent = "SELECT _rowid_ FROM sessions WHERE patient_code = ? ORDER BY seq DESC LIMIT ?"
        later = "SELECT 1 FROM sessions later WHERE later.resumes_session_id = sessions.session_id"
        cut = f"_rowid_ IN ({recent}) AND end_reason IN (?, ?, ?)"
        where = f"WHERE {cut} AND NOT EXISTS ({later}) ORDER BY seq DESC LIMIT 1"
        return self._one(
            SessionRow,
            where,
            code,
            LOOK_BACK,
            *RESUMABLE,
        )

    def sessions(self, code: str, limit: int) -> list[SessionRow]:
        """Sessions of this person, newest first."""
        return self._ask(SessionRow, "WHERE patient_code = ? ORDER BY seq DESC LIMIT ?", code, limit)

    def steps(self, session_id: str) -> list[StepRow]:
        """Steps of a session, in order."""
        return self._ask(StepRow, 'WHERE session_id = ? ORDER BY "order"', session_id)

    def repetitions(self, session_id: str) -> list[RepetitionRow]:
        """Repetitions of a session, in order."""
        return self._ask(RepetitionRow, "WHERE session_id = ? ORDER BY step_order, repetition", session_id)

    def clips(self, code: str) -> list[ClipRow]:
        """Films of this person whose files should be there, oldest session first."""
        theirs = "EXISTS (SELECT 1 FROM sessions s WHERE s.session_id = clips.session_id AND s.patient_code = ?)"
        seq = "(SELECT s.seq FROM sessions s WHERE s.session_id = clips.session_id)"
        return self._ask(ClipRow, f"WHERE removed = '' AND {theirs} ORDER BY {seq}, step_order, repetition", code)

    def replayed(self, code: str, limit: int) -> list[RepetitionRow]:
        """The repetitions of this person's last ``DRAWN_AMONG`` sessions that have a line drawing, newest first."""
        of = "p.session_id = repetitions.session_id AND p.step_order = repetitions.step_order"
        drawn = f"EXISTS (SELECT 1 FROM replays p WHERE {of} AND p.repetition = repetitions.repetition)"  # noqa: S608
        # So many sessions with a drawing have at least so many drawings; where there is none, none is looked at.
        recent = "SELECT session_id, seq FROM sessions WHERE patient_code = ? ORDER BY seq DESC LIMIT ?"
        newest = (
            f"SELECT s.session_id FROM ({recent}) s WHERE EXISTS"  # noqa: S608 our own words
            " (SELECT 1 FROM replays p WHERE p.session_id = s.session_id) ORDER BY s.seq DESC LIMIT ?"
        )
        seq = "(SELECT s.seq FROM sessions s WHERE s.session_id = repetitions.session_id)"
        order = f"ORDER BY {seq} DESC, step_order DESC, repetition DESC LIMIT ?"
        where = f"WHERE session_id IN ({newest}) AND {drawn} {order}"
        return self._ask(RepetitionRow, where, code, DRAWN_AMONG, limit, limit)

    def replay(self, session_id: str, step_order: int, repetition: int) -> ReplayRow | None:
        """The line drawing of one repetition."""
        return self._one(
            ReplayRow,
            "WHERE session_id = ? AND step_order = ? AND repetition = ?",
            session_id,
            step_order,
            repetition,
        )

    def ratios(self, code: str, exercise: str, limit: int) -> list[list[float]]:
        """The symmetry ratios that practice of this person measured in ``exercise``: a list each, newest first.

        At most ``limit`` of the last ``LOOK_BACK`` sessions. A standard set is no practice.
        """
        apart = "EXISTS (SELECT 1 FROM set_items i WHERE i.session_id = sessions.session_id)"
        recent = (
            f"SELECT session_id, seq FROM sessions WHERE patient_code = ? AND NOT {apart} ORDER BY seq DESC LIMIT ?"  # noqa: S608
        )
        of = 'SELECT 1 FROM steps p JOIN repetitions r ON r.session_id = p.session_id AND r.step_order = p."order"'
        measured = f"{of} WHERE p.session_id = n.session_id AND p.exercise = ? AND r.symmetry_ratio IS NOT NULL"
        newest = f"SELECT n.session_id FROM ({recent}) n WHERE EXISTS ({measured}) ORDER BY n.seq DESC LIMIT ?"  # noqa: S608
        practised = (
            "EXISTS (SELECT 1 FROM steps p WHERE p.session_id = repetitions.session_id"
            ' AND p."order" = repetitions.step_order AND p.exercise = ?)'
        )
        seq = "(SELECT s.seq FROM sessions s WHERE s.session_id = repetitions.session_id)"
        where = f"WHERE symmetry_ratio IS NOT NULL AND session_id IN ({newest}) AND {practised}"
        order = f"ORDER BY {seq} DESC, step_order, repetition"
        found: dict[str, list[float]] = {}
        for row in self._ask(RepetitionRow, f"{where} {order}", code, LOOK_BACK, exercise, limit, exercise):
            if row.symmetry_ratio is not None:
                found.setdefault(row.session_id, []).append(row.symmetry_ratio)
        return list(found.values())

    def set_items(self, session_id: str) -> list[SetItemRow]:
        """The items of a standard set, in its order; none of another session."""
        return self._ask(SetItemRow, "WHERE session_id = ? ORDER BY _rowid_", session_id)

    def ratings(self, session_id: str) -> list[RatingRow]:
        """Return the person's answers in a session, as first asked."""
        return self._ask(RatingRow, "WHERE session_id = ? ORDER BY _rowid_", session_id)

    def answers(self, code: str, items: str, limit: int) -> list[RatingRow]:
        """Answers of this person in their last ``limit`` sessions to what is called so (``items``: a GLOB pattern)."""
        recent = "SELECT session_id FROM sessions WHERE patient_code = ? ORDER BY seq DESC LIMIT ?"
        return self._ask(RatingRow, f"WHERE session_id IN ({recent}) AND item GLOB ?", code, limit, items)

    def permissions(self, code: str) -> list[PermissionRow]:
        """Return the permissions that hold for this person now, an item each."""
        found = self._ask(PermissionRow, f"WHERE _rowid_ IN ({HOLDING}) ORDER BY item", code)
        if any(name.startswith(PermissionRow.TABLE) for name in self.unread):
            # Where the newest of an item cannot be read, the one before it holds.
            found = self._ask(PermissionRow, "WHERE patient_code = ? ORDER BY item, revision", code)
        return list({row.item: row for row in found}.values())

    def own(self, code: str) -> list[PermissionRow]:
        """Return what holds of the person's own choices (see ``kiosk.care.own``), an item each."""
        theirs = "(item GLOB 'own.*' OR item GLOB 'question.*')"
        return self._ask(PermissionRow, f"WHERE _rowid_ IN ({HOLDING}) AND {theirs}", code)

    def injections(self, code: str) -> list[InjectionRow]:
        """Injections of this person, newest day first, without those entered by mistake."""
        return self._ask(InjectionRow, "WHERE patient_code = ? AND NOT withdrawn ORDER BY given_on DESC, region", code)

    def scores(self, code: str, most: int) -> list[ScoreRow]:
        """The ``most`` newest scores of this person, newest day first, without those entered by mistake."""
        order = "ORDER BY scored_on DESC, wall_utc DESC LIMIT ?"
        return self._ask(ScoreRow, f"WHERE patient_code = ? AND NOT withdrawn {order}", code, most)

    def inbox(self, slot: str) -> list[InboxRow]:
        """Lines that this staff slot has not acknowledged, oldest first."""
        return self._ask(
            InboxRow,
            "WHERE NOT EXISTS (SELECT 1 FROM inbox_seen s WHERE s.key = inbox.key AND s.slot = ?) ORDER BY seq",
            slot,
        )

    def told(self, person: str, code: str, limit: int) -> list[InboxRow]:
        """Lines of that kind that this person told staff, newest first."""
        return self._ask(InboxRow, "WHERE patient_code = ? AND code = ? ORDER BY seq DESC LIMIT ?", person, code, limit)

    def unlooked(self) -> list[InboxRow]:
        """Lines that no staff slot has acknowledged, oldest first."""
        return self._ask(InboxRow, f"WHERE {UNLOOKED} ORDER BY seq")

    def anything_unlooked(self) -> bool:
        """Whether there is a line that no staff slot has acknowledged."""
        return bool(self._ask(InboxRow, f"WHERE {UNLOOKED} LIMIT 1"))

    def staff(self) -> list[StaffRow]:
        """All staff slots."""
        return self._ask(StaffRow, "ORDER BY slot")

    def pin_tries(self, slot: str) -> PinTriesRow | None:
        """Wrong tries of a slot, or None when there never were any."""
        return self._one(PinTriesRow, "WHERE slot = ?", slot)

    def audit(self, limit: int) -> list[EventRow]:
        """Acts that were done, newest first."""
        return self._ask(EventRow, "WHERE level = 'audit' ORDER BY seq DESC LIMIT ?", limit)

    def last_entered(self) -> list[EventRow]:
        """The last time that each staff slot that there is came in; ``detail_code`` is the slot."""
        newest = (
            "SELECT (SELECT max(e.seq) FROM events e WHERE e.code = 'staff.entered' AND e.detail_code = staff.slot)"
            " FROM staff"
        )
        return self._ask(EventRow, f"WHERE seq IN ({newest})")

    def events(self, limit: int) -> list[EventRow]:
        """The log, newest first."""
        return self._ask(EventRow, "ORDER BY seq DESC LIMIT ?", limit)

    def exports(self, limit: int) -> list[ExportRow]:
        """Packages that left the kiosk or were begun, newest first."""
        return self._ask(ExportRow, "ORDER BY seq DESC LIMIT ?", limit)

    def last_export(self, selection: str) -> ExportRow | None:
        """The newest package that is whole and holds everything of this selection (``ALL`` holds everybody)."""
        return self._one(
            ExportRow, "WHERE verified AND selection IN ('ALL', ?) ORDER BY seq_to DESC, seq DESC LIMIT 1", selection
        )

    def held_by(self, code: str, seq: int) -> bool:
        """Whether a whole package that was made at this number of the one numbering holds all there is of a person.

        A change is noted under the newest number there was, so one at ``seq`` itself may have come after the package.
        What is said of the handing over comes after every package, and does not count.
        """
        # Each session has its entry from the moment it begins, so only what changed since is looked at.
        newer = (
            "SELECT 1 FROM sessions s WHERE s.patient_code = ?1 AND s.seq > ?2 UNION ALL"
            " SELECT 1 FROM session_changes c CROSS JOIN sessions s ON s.session_id = c.session_id"
            " WHERE c.seq >= ?2 AND s.patient_code = ?1"
        )
        later = "SELECT 1 FROM events e WHERE e.seq > ?2 AND substr(e.code, 1, 7) <> 'export.' AND e.patient_code = ?1"
        known = "EXISTS (SELECT 1 FROM person_changes p WHERE p.patient_code = ?1 AND p.seq < ?2)"
        where = f"WHERE patient_code = ?1 AND {known} AND NOT EXISTS ({newer}) AND NOT EXISTS ({later}) LIMIT 1"
        # Asked for what shows that it is so: where a table is not there yet, it is not.
        return bool(self._ask(PersonRow, where, code, seq))

    def anchors(self) -> list[AnchorRow]:
        """Return the anchors, moments at which somebody vouched for the wall clock, as they were written."""
        return self._ask(AnchorRow, "ORDER BY _rowid_")

    def boots(self) -> list[BootRow]:
        """Return the boots with how long the kiosk had power in each, oldest first."""
        return self._ask(BootRow, "ORDER BY ordinal")

    def times(self) -> Times:
        """The times that are known: all anchors and boots, read anew only once there is another one.

        The newest boot goes on, but its end says nothing: whoever asks lives in it, or it has ended.
        """
        # By the tables' own numbers: to count the rows of years takes longer than to ask for the last.
        asked = "SELECT (SELECT max(_rowid_) FROM boots), (SELECT max(_rowid_) FROM clock_anchors)"
        mark = tuple(tuple(line) for line in self._lines(BootRow.TABLE, asked, ()))
        if self._times is None or self._times[0] != mark:
            self._times = mark, self._grown(mark) or Times(self.anchors(), self.boots())
        return self._times[1]

    def _grown(self, mark: tuple[Any, ...]) -> Times | None:
        """The times that were known, and what is new: of years of boots none is read twice."""
        if self._times is None:
            return None
        ((boots, anchors),), ((boots_now, anchors_now),) = self._times[0], mark
        if None in (boots, anchors) or boots_now < boots or anchors_now < anchors:
            return None
        since = self._ask(BootRow, "WHERE _rowid_ >= ? ORDER BY ordinal", boots)
        return self._times[1].grown(self._ask(AnchorRow, "WHERE _rowid_ > ? ORDER BY _rowid_", anchors), since)

    def _one(self, kind: type[R], where: str, *parameters: object) -> R | None:
        return next(iter(self._ask(kind, where, *parameters)), None)

    def _ask(self, kind: type[R], where: str, *parameters: object) -> list[R]:
        """The rows that can be read; of the others only the names are kept."""
        sql = f'SELECT "{kind.TABLE}".* FROM "{kind.TABLE}" {where}'  # noqa: S608 our own words
        rows = []
        for line in map(dict, self._lines(kind.TABLE, sql, parameters)):
            try:
                rows.append(row_of(kind, line))
            except msgspec.ValidationError:
                self.unread.add(name_of(kind, line))
        return rows

    def _lines(self, table: str, sql: str, parameters: tuple[object, ...]) -> list[sqlite3.Row]:
        try:
            connection = self._connected()
            lines = connection.execute(sql, parameters).fetchall() if connection else []
        except (sqlite3.Error, OSError) as error:
            if isinstance(error, sqlite3.OperationalError) and self._is_young(table):
                return []
            self.close()
            raise StoreError(
                f"{self._path}: the record of {table} cannot be read ({error}); run `kiosk doctor`"
            ) from error
        if self._looking is not None and self._looking.passing:
            self.close()
        return lines

    def _is_young(self, table: str) -> bool:
        """Whether the file is of a schema without this table: just made, or not yet brought up to date."""
        from kiosk.records.checking import tables  # not sooner: what makes the tables takes long to load
        from kiosk.records.migrations import SCHEMA

        try:
            connection = self._connected()
            found = int(connection.execute("PRAGMA user_version").fetchone()[0]) if connection else 0
            empty = connection is None or not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        except (sqlite3.Error, OSError):
            return False
        return empty if found == 0 else 0 < found <= SCHEMA and table not in tables(found)

    def _connected(self) -> sqlite3.Connection | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self.close()
            return None
        identity = (found.st_dev, found.st_ino)
        if self._looking is None or identity != self._identity:
            self.close()
            self.unread.clear()
            self._times = None
            self._looking = open_to_look(self._path)
            self._identity = identity
        return self._looking.connection
