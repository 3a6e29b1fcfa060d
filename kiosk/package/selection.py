"""The rows of the record that a package is to hold, and the questions to the record for them.

Each goes from the new to what belongs to it: what an earlier package holds is passed over, however much that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kiosk.package.moment import Moment
from kiosk.package.schema import ALL

LAST = "FROM events WHERE seq <= :since ORDER BY seq DESC LIMIT 1"
LATER = f"boot_id = (SELECT boot_id {LAST}) AND t_boot_ms > (SELECT t_boot_ms {LAST})"
"""SQL condition for an anchor that came after the earlier package, in the boot in which that was made."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The selection of rows: of whom, and from when on. ``code`` None: everybody's.

    ``since_seq``: sessions and events up to this number are held by an earlier package, and are here again only where
    they have changed since. 0: nothing is left out.
    """

    code: str | None = None
    since_seq: int = 0

    @property
    def name(self) -> str:
        """The code, or ``ALL``."""
        return self.code or ALL

    def whose(self, column: str) -> tuple[str, dict[str, Any]]:
        """The SQL condition for rows of whoever is selected, by this column, and the values of a question."""
        values = {"code": self.code, "since": self.since_seq}
        return ("1" if self.code is None else f"{column} = :code"), values

    def query(self, moment: Moment, name: str, columns: str = "c.*") -> tuple[str, dict[str, Any]]:
        """The question for a table's rows; empty where this record has no such table yet."""
        if name not in moment.there:
            return "", {}
        mine, values = self.whose("patient_code")
        if name == "sessions":
            return f"SELECT s.* FROM sessions s WHERE {self._sessions(moment)} ORDER BY s.seq", values  # noqa: S608
        if name == "events":
            since = "seq > :since"
            if moment.one(f"SELECT 1 FROM clock_anchors WHERE {LATER} LIMIT 1", values):  # noqa: S608 our own words
                # It dates the lines of that boot anew. It comes so seldom that all lines may be looked through for it.
                since = f"({since} OR boot_id = (SELECT boot_id {LAST}))"
            whose = "1"
            if self.code is not None:
                # What the kiosk says of nobody is everybody's. Before there were doubts it could name somebody.
                whose = "patient_code IN (:code, '')" if "doubts" in moment.there else "patient_code = :code"
            return f"SELECT * FROM events WHERE {whose} AND {since} ORDER BY seq", values  # noqa: S608
        if name == "clock_anchors":
            return "SELECT * FROM clock_anchors ORDER BY _rowid_", {}
        if name in ("persons", "permissions", "injections", "scores"):
            return f'SELECT * FROM "{name}" WHERE {mine} ORDER BY _rowid_', values  # noqa: S608
        if name == "replays":
            drawing = "length(c.points) AS size_bytes, typeof(c.points) AS points_type"
            columns = f"c.session_id, c.step_order, c.repetition, {drawing}"
        order = {"steps": 'c."order"', "ratings": "c._rowid_", "set_items": "c._rowid_"}.get(
            name, "c.step_order, c.repetition"
        )
        return (
            f'SELECT {columns} FROM sessions s JOIN "{name}" c ON c.session_id = s.session_id'  # noqa: S608
            f" WHERE {self._sessions(moment)} ORDER BY s.seq, {order}",
            values,
        )

    def _sessions(self, moment: Moment) -> str:
        """Return the SQL condition for sessions ``s`` in the selection: new, or changed since the earlier package."""
        mine, _ = self.whose("s.patient_code")
        if not self.since_seq or "session_changes" not in moment.there:
            return mine
        new = "SELECT n.seq FROM sessions n WHERE n.seq > :since"
        changed = "session_changes g CROSS JOIN sessions n ON n.session_id = g.session_id WHERE g.seq >= :since"
        return f"{mine} AND s.seq IN ({new} UNION SELECT n.seq FROM {changed})"  # noqa: S608 our own words
