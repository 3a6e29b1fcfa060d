"""Sessions as the record has them: those that were led, their steps, measures, films, drawings and answers."""

from __future__ import annotations

from kiosk.records.asking import Asking
from kiosk.rows.kinds import (
    ClipRow,
    RatingRow,
    RepetitionRow,
    ReplayRow,
    SessionRow,
    SetItemRow,
    StepRow,
)

LOOK_BACK = 60
"""Sessions among which earlier measures are looked for: days of practice, whatever else was done in between."""
RESUMABLE = ("power_loss", "fault", "timeout")
DRAWN_AMONG = 1_000
"""Sessions among which those with line drawings are looked for [D]: half a year and more of five a day."""


class SessionReader(Asking):
    """The questions about sessions; see ``Asking`` for what all of them have in common."""

    def session(self, session_id: str) -> SessionRow | None:
        """The session of this name."""
        return self._one(SessionRow, "WHERE session_id = ?", session_id)

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
