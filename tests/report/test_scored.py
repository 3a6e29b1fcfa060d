"""Scores of the clinic on the report: on the time line, with the smallest detectable change beside every change."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.rows.kinds import InjectionRow, Row, ScoreRow
from tests.package.made import code, record
from tests.report.test_report import known, made, on, text_of, told_by


def score(day: str, value: float | None, scale: str = "face-total", **more: object) -> Row:
    ends = {"lowest": 0.0, "highest": 100.0, "smallest_change": 17.6}
    return ScoreRow(patient_code=code(0), scale=scale, scored_on=day, by="therapist-1", value=value, **{**ends, **more})  # type: ignore[arg-type]


PRACTICE = (on(0, 1), on(8, 2), InjectionRow(code(0), "2026-03-04", "eyes", by="therapist-1"))


def test_each_change_has_what_may_be_chance_beside_it(tmp_path: Path) -> None:
    """A number as it is, its change, and the smallest one of one person; what was withdrawn is not there."""
    rows = [
        score("2026-03-03", 40.5),
        score("2026-03-10", 48.0),
        score("2026-03-11", 99.0, withdrawn=True),
        score("2026-03-05", 3.0, "house-brackmann", lowest=1.0, highest=6.0, smallest_change=None),
        score("2026-03-12", 3.0, "house-brackmann", lowest=1.0, highest=6.0, smallest_change=None),
    ]
    pdf = made(record(tmp_path / "data", known(*PRACTICE, *rows)), tmp_path / "report.pdf")
    text = text_of(pdf)
    assert "The clinic's own scales" in text
    assert "10 Mar 2026, therapist-1: 48 of 100; change since 3 Mar 2026: +7.5" in text
    assert "+7.5 (in one person less than 17.6 may be chance)." in text
    assert "change since 5 Mar 2026: ±0 (how much may be chance is not known)" in text
    assert "99" not in text
    assert "FaCE total. 3 Mar 2026: 40.5; 10 Mar 2026: 48." in told_by(pdf)


@pytest.mark.parametrize("rows", [(), (score("2026-03-03", 1.0, withdrawn=True),)])
def test_without_a_score_there_is_no_heading(rows: tuple[Row, ...], tmp_path: Path) -> None:
    """Nothing is said of what nobody entered."""
    pdf = made(record(tmp_path / "data", known(*PRACTICE, *rows)), tmp_path / "report.pdf")
    assert "The clinic's own scales" not in text_of(pdf)


def test_a_score_without_a_number_or_practice_is_told_in_words(tmp_path: Path) -> None:
    """Without a session there is no time line; a scale that is not here is called by its id."""
    rows = [score("2026-03-03", None, "smile-comfort"), score("2026-03-04", 2.0, "smile-comfort", highest=2.0)]
    text = text_of(made(record(tmp_path / "data", known(*rows)), tmp_path / "report.pdf"))
    assert "smile-comfort" in text
    assert "3 Mar 2026, therapist-1: no number of 100" in text
    assert "4 Mar 2026, therapist-1: 2 of 2." in text
