"""Scores in the record: kept, newest first, withdrawn, and the word of who may use a scale."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kiosk.bedside.scored import permission_rows, permitted, score_rows, scores_of
from kiosk.care.scales import Score
from kiosk.desk.effects import GrantScale, SaveScore
from tests.care.people import shipped
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, rows_in

FACE = shipped().scales["face-total"]


def save(day: str, value: float | None, *, withdrawn: bool = False) -> SaveScore:
    return SaveScore("AB12", Score("face-total", 1, day, "nurse-1", value), FACE, "therapist-1", withdrawn=withdrawn)


def test_scores_come_back_newest_day_first_and_not_when_withdrawn(tmp_path: Path) -> None:
    """One day and rater is one score: entered again it is the newer one; another person has none of it."""
    store = open_small(tmp_path)
    for effect in (save("2026-03-01", 40), save("2026-03-08", 48), save("2026-03-08", 47.5), save("2026-03-05", 1)):
        store.put(*score_rows(effect))
    store.put(*score_rows(save("2026-03-05", 1, withdrawn=True)))
    store.close(PATIENCE_S)
    reader = open_small(tmp_path).read()
    assert [(s.scored_on, s.value, s.by) for s in scores_of(reader, "AB12")] == [
        ("2026-03-08", 47.5, "nurse-1"),
        ("2026-03-01", 40, "nurse-1"),
    ]
    assert scores_of(reader, "CD34") == ()
    (row,) = (row for row in reader.scores("AB12", 1))
    assert (row.lowest, row.highest, row.smallest_change, row.entered_by) == (0, 100, 17.6, "therapist-1")


def test_who_may_use_a_scale_is_kept_with_slot_and_day(tmp_path: Path) -> None:
    """Of the scales that are asked about."""
    store = open_small(tmp_path)
    store.put(*permission_rows(GrantScale("smile", "therapist-1", date(2026, 3, 2))))
    store.close(PATIENCE_S)
    reader = open_small(tmp_path).read()
    assert permitted(reader, ("smile", "other")) == {"smile"}
    assert reader.state("scale.smile") == "therapist-1:2026-03-02"


def test_a_score_is_a_change_in_what_is_known_of_the_person(tmp_path: Path) -> None:
    """Also when it is taken back: who is erased only once all was handed over is not erased before it."""
    store = open_small(tmp_path)
    store.put(*score_rows(save("2026-03-01", 40)))
    store.close(PATIENCE_S)
    (entered,) = rows_in(tmp_path, "SELECT patient_code, seq FROM person_changes")
    store = open_small(tmp_path)
    store.put(*score_rows(save("2026-03-01", 40, withdrawn=True)))
    store.close(PATIENCE_S)
    ((code, seq),) = rows_in(tmp_path, "SELECT patient_code, seq FROM person_changes")
    assert (entered[0], code) == ("AB12", "AB12")
    assert seq > entered[1]
