"""The reader of the record: whom it knows and what holds for them, the staff and their inbox, the log, the times."""

from __future__ import annotations

from pathlib import Path

from kiosk.records.daytime import SURE, Times
from kiosk.records.practised import SessionReader
from kiosk.records.readable import LAST, closes
from kiosk.rows.kinds import (
    STAFF_LOST,
    AnchorRow,
    BootRow,
    DoubtRow,
    EventRow,
    ExportRow,
    InboxRow,
    InjectionRow,
    PermissionRow,
    PersonRow,
    PinTriesRow,
    ScoreRow,
    StaffRow,
    StateRow,
)

RECENT = 100
"""Boots whose times are read at a start [D]: months of a boot a day, and nearly all that a home asks about."""
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
NUMBERED = "SELECT coalesce((SELECT max(_rowid_) FROM boots), 0), coalesce((SELECT max(_rowid_) FROM clock_anchors), 0)"
"""SQL query for the last boot and anchor by the tables' own numbers: to count the rows of years takes longer."""
SURELY_DATED = (
    "SELECT b.ordinal FROM (SELECT min(ordinal) AS first, max(ordinal) AS last FROM boots)"
    " CROSS JOIN clock_anchors a CROSS JOIN boots b ON b.boot_id = a.boot_id"
    " WHERE a.source IN (?, ?) AND b.ordinal BETWEEN (first + last) / 2 AND last - ?"
    " ORDER BY a._rowid_ DESC LIMIT 1"
)
"""SQL query for the last boot of the newer half that a sure clock dated and that so many boots came after."""
UNLOOKED = "key NOT IN (SELECT s.key FROM inbox_seen s)"
"""SQL condition for a line of the inbox that no staff slot has acknowledged."""


class Reader(SessionReader):
    """All questions to the record; those about sessions stand in ``SessionReader``, how they are put in ``Asking``."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self._times: Times | None = None
        self._mark = 0, 0
        """The tables' own numbers of the last boot and anchor that ``_times`` know; one written since is not read yet.
        """

    def _replaced(self) -> None:
        super()._replaced()
        self._times = None

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

    def anchors(self, last: int = LAST) -> list[AnchorRow]:
        """Return the anchors, moments at which somebody vouched for the wall clock, as they were written.

        ``last`` is the table's own number of the last one that counts.
        """
        return self._ask(AnchorRow, "WHERE _rowid_ <= ? ORDER BY _rowid_", last)

    def boots(self, last: int = LAST) -> list[BootRow]:
        """Return the boots with how long the kiosk had power in each, oldest first; ``last`` as for ``anchors``."""
        return self._ask(BootRow, "WHERE _rowid_ <= ? ORDER BY ordinal", last)

    def times(self) -> Times:
        """The times that are known: all anchors and boots, read anew only once there is another one.

        The newest boot goes on, but its end says nothing: whoever asks lives in it, or it has ended.
        """
        lines = self._lines(BootRow.TABLE, NUMBERED, ())
        before, self._mark = self._mark, (lines[0][0], lines[0][1]) if lines else (0, 0)
        if self._times is None or self._mark != before:
            self._times = self._grown(before) or self._newest(RECENT)
        return self._times

    def _newest(self, most: int) -> Times:
        """The times from a boot on that a sure clock dated, of ``most`` boots or more; older ones once asked for.

        All at once where those would be more than half: so nothing, or less than half of it, is read twice.
        """
        boots_to, anchors_to = self._mark
        since = self._lines(BootRow.TABLE, SURELY_DATED, (*sorted(SURE), most))
        if not since:
            return Times(self.anchors(anchors_to), self.boots(boots_to))
        first = since[0][0]
        boots = self._ask(BootRow, "WHERE ordinal >= ? AND _rowid_ <= ? ORDER BY ordinal", first, boots_to)
        theirs = "boot_id IN (SELECT boot_id FROM boots WHERE ordinal >= ?)"
        anchors = self._ask(AnchorRow, f"WHERE {theirs} AND _rowid_ <= ? ORDER BY _rowid_", first, anchors_to)
        return Times(anchors, boots, lambda: self._newest(4 * max(most, len(boots))))

    def _grown(self, before: tuple[int, int]) -> Times | None:
        """The times that were known, and what is new: of years of boots none is read twice."""
        (boots, anchors), (boots_to, anchors_to) = before, self._mark
        if self._times is None or boots_to < boots or anchors_to < anchors:
            return None
        since = self._ask(BootRow, "WHERE _rowid_ BETWEEN ? AND ? ORDER BY ordinal", boots, boots_to)
        vouched = self._ask(AnchorRow, "WHERE _rowid_ > ? AND _rowid_ <= ? ORDER BY _rowid_", anchors, anchors_to)
        return self._times.grown(vouched, since)
