"""What the report counts is what the tables hold, and what it leaves out it says."""

from __future__ import annotations

from pathlib import Path

from kiosk.package.selection import Selection
from kiosk.package.snapshot import open_snapshot
from kiosk.report.figures import Figures, figures
from kiosk.report.told import told
from kiosk.rows.kinds import RatingRow, RepetitionRow, Row
from tests.package import sample
from tests.package.made import BERLIN, code, record
from tests.records.helpers import step
from tests.report.test_report import DAY, known, made, on, text_of

UNSET = {"clock_status": "unset", "boot_id": "b2", "start_utc": "1970-01-01T00:00:10.000Z", "wall_uncertainty_s": None}
LEFT_OUT = "Measured repetitions without a known date, which are not counted here but are in sessions.xlsx: {}."


def of(data: Path, who: str) -> Figures:
    with open_snapshot(data, Selection(), BERLIN) as snapshot:
        return figures(snapshot, who, told(snapshot))


def measured(session: str, *qualities: str) -> list[Row]:
    """One step whose repetitions have these qualities."""
    rows: list[Row] = [step(0, session)]
    for number, quality in enumerate(qualities):
        reason = "" if quality == "good" else "turned"
        rows.append(
            RepetitionRow(
                session_id=session,
                step_order=0,
                repetition=number,
                t_boot_ms=2_000,
                hold_s=3.0,
                excursion_left_mm=4.0 if quality != "none" else None,
                quality=quality,
                quality_reason=reason,
            )
        )
    return rows


def test_measures_without_a_known_date_are_counted_as_left_out(tmp_path: Path) -> None:
    """Nobody knows whether they lie in the weeks drawn: n says so instead of being silently smaller than the table."""
    rows = [on(0, 1), *measured("s1", "good"), on(0, 2, **UNSET), *measured("s2", "good", "partial", "none")]
    data = record(tmp_path / "data", known(*rows))
    assert of(data, code(0)).seen_undated == 2
    assert LEFT_OUT.format(2) in text_of(made(data, tmp_path / "report.pdf"))


def test_measures_left_out_are_also_told_where_no_other_are(tmp_path: Path) -> None:
    """It would be wrong to say that nothing was measured."""
    data = record(tmp_path / "data", known(on(0, 1), on(0, 2, **UNSET), *measured("s2", "good")))
    text = text_of(made(data, tmp_path / "report.pdf"))
    assert LEFT_OUT.format(1) in text
    assert "Nothing was measured." not in text


def test_where_nothing_is_left_out_nothing_is_said(tmp_path: Path) -> None:
    """All dated, or none dated and so all counted: no line that only asks to be explained."""
    for name, unset in (("dated", {}), ("undated", UNSET)):
        data = record(tmp_path / name, known(on(0, 1, **unset), *measured("s1", "good", "good")))
        assert of(data, code(0)).seen_undated == 0
        assert [seen.measured for seen in of(data, code(0)).seen] == [2]
        assert LEFT_OUT[:40] not in text_of(made(data, tmp_path / "report.pdf"))


def test_seen_and_left_out_together_are_the_table(tmp_path: Path) -> None:
    """Over eight weeks with two days on which the clock was not set."""
    data = record(tmp_path / "data", sample.rows(sample.lives()[:1]))
    found = of(data, code(1))
    with open_snapshot(data, Selection(), BERLIN) as snapshot:
        trusted = sum(row["quality"] == "good" for row in snapshot.dicts("repetitions"))
    assert found.seen_undated > 0
    assert sum(seen.measured for seen in found.seen) + found.seen_undated == trusted


def test_tightness_is_the_highest_of_a_day(tmp_path: Path) -> None:
    """Releases may come twice on a day; afterwards a region is often looser, and the worse answer must not vanish."""
    answers = [(1, 3.0), (2, 1.0)]
    rows: list[Row] = [on(0, seq) for seq, _ in answers]
    rows += [RatingRow(f"s{seq}", "tightness.eyes", value, "0_3", 1) for seq, value in answers]
    assert of(record(tmp_path / "data", known(*rows)), code(0)).tightness == {"eyes": {DAY.date(): 3}}
