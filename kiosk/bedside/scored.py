"""Scores of the clinic as rows of the record, and those that the record has."""

from __future__ import annotations

from kiosk.care.scales import Score
from kiosk.desk.effects import GrantScale, SaveScore
from kiosk.records.reader import Reader
from kiosk.rows.kinds import EventRow, Row, ScoreRow, StateRow

PERMITTED = "scale."
"""Beginning of the key of a state row that keeps who said that the clinic may use a scale, and when."""
SHOWN = 200
"""So many of the newest scores of a person are gone through for the desk."""


def score_rows(effect: SaveScore) -> tuple[Row, ...]:
    """A score as it is kept, and the line of the audit trail."""
    score, scale = effect.score, effect.scale
    row = ScoreRow(
        patient_code=effect.code,
        scale=score.scale,
        scored_on=score.scored_on,
        by=score.by,
        scale_version=score.version,
        value=score.value,
        lowest=scale.lowest,
        highest=scale.highest,
        smallest_change=scale.smallest_change,
        answers=score.answers,
        entered_by=effect.by,
        withdrawn=effect.withdrawn,
    )
    code = "score.withdrawn" if effect.withdrawn else "score"
    return (row, EventRow("audit", code, f"{score.scale}:{effect.by}", effect.code))


def permission_rows(effect: GrantScale) -> tuple[Row, ...]:
    """The slot that said that the clinic may use a scale, and the day."""
    day = effect.day.isoformat() if effect.day is not None else ""
    told = EventRow("audit", "scale.permitted", f"{effect.scale}:{effect.by}")
    return (StateRow(PERMITTED + effect.scale, f"{effect.by}:{day}"), told)


def scores_of(reader: Reader, code: str) -> tuple[Score, ...]:
    """The person's scores that hold, newest day first."""
    return tuple(
        Score(row.scale, row.scale_version, row.scored_on, row.by, row.value, row.answers)
        for row in reader.scores(code, SHOWN)
    )


def permitted(reader: Reader, scales: tuple[str, ...]) -> frozenset[str]:
    """Those of ``scales`` of which somebody said that the clinic may use them."""
    return frozenset(scale for scale in scales if reader.state(PERMITTED + scale))
