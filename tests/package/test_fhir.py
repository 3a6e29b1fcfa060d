"""Every number of the bundle has its unit, and what is not over is not final."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.clock import SimClock
from kiosk.fhir.forms import SessionEntries, entry
from kiosk.fhir.resources import MEASURES, SessionResources
from kiosk.package.fhir import bundle_bytes
from kiosk.package.selection import Selection
from kiosk.package.snapshot import open_snapshot
from kiosk.rows.kinds import RatingRow, RepetitionRow, Row, StateRow
from tests.package.made import BERLIN, record
from tests.records.helpers import session, step

UNITS = {
    "active-duration": "s",
    "pain-before": "{score}",
    "pain-after": "{score}",
    "tiredness": "{score}",
    "done-repetitions": "{count}",
    "planned-repetitions": "{count}",
    "hold-target": "s",
    "excursion-left": "mm",
    "excursion-right": "mm",
    "symmetry-ratio": "1",
    "onset-lag": "ms",
    "peak-speed": "mm/s",
    "closure-left": "1",
    "closure-right": "1",
    "rating.tightness.eyes": "{score}",
}
"""UCUM, by what is told."""


def full(name: str, seq: int, end: str | None) -> list[Row]:
    """A session in which everything was asked, done and measured."""
    levels = {"pain_before_0_3": 1, "pain_after_0_3": 2, "tiredness_0_3": 3}
    repetition = RepetitionRow(
        session_id=name,
        step_order=0,
        repetition=0,
        t_boot_ms=2_000,
        hold_s=3.0,
        excursion_left_mm=4.0,
        excursion_right_mm=5.0,
        symmetry_ratio=0.8,
        onset_lag_ms=-40,
        peak_speed_mm_s=12.0,
        closure_left_ratio=0.4,
        closure_right_ratio=0.9,
        quality="good",
    )
    return [
        session(name, SimClock(), seq=seq, end_reason=end, **levels),
        step(0, name, planned_repetitions_count=1, done_repetitions_count=1, hold_target_s=3.0),
        repetition,
        RatingRow(name, "tightness.eyes", 2.0, "0_3"),
    ]


def observations(tmp_path: Path, *rows: Row) -> list[dict[str, Any]]:
    data = record(tmp_path / "data", [StateRow("device_id", "d1"), *rows])
    with open_snapshot(data, Selection(), BERLIN) as snapshot:
        bundle = json.loads(b"".join(bundle_bytes(snapshot)))
    found = [entry["resource"] for entry in bundle["entry"]]
    return [resource for resource in found if resource["resourceType"] == "Observation"]


def test_every_number_has_the_unit_of_its_measure(tmp_path: Path) -> None:
    """A speed in millimetres is no speed; whoever reads FHIR converts by the unit and never looks at our names."""
    units: dict[str, str] = {}
    for told in observations(tmp_path, *full("s1", 1, "completed")):
        for one in (told, *told.get("component", ())):
            if "valueQuantity" in one:
                value = one["valueQuantity"]
                assert value["system"] == "http://unitsofmeasure.org"
                assert value["unit"] == value["code"]
                units[one["code"]["text"]] = value["code"]
    assert units == UNITS


def test_what_a_running_session_says_is_not_final(tmp_path: Path) -> None:
    """An export while somebody practises: its numbers will change, and a reader must be told so."""
    told = observations(tmp_path, *full("s1", 1, None), *full("s2", 2, "stopped"))
    status = [one["status"] for one in told]
    assert status == ["preliminary"] * (len(told) // 2) + ["final"] * (len(told) // 2)


NUMBER = st.none() | st.floats(0, 1e9) | st.sampled_from((0.0, 1e-05, 1e-07, 5e-324, 3.0, 0.1 + 0.2, 1e16, 1.5e300))


@settings(max_examples=200, deadline=None)
@given(
    values=st.lists(NUMBER, min_size=len(MEASURES), max_size=len(MEASURES)).filter(any),
    clock=st.sampled_from(("ntp", "unset")),
    end=st.sampled_from(("completed", None)),
    quality=st.sampled_from(("good", "partial", "")),
    side=st.sampled_from(("both", "")),
)
def test_filled_forms_are_the_resources_to_the_letter(
    values: list[float | None], clock: str, end: str | None, quality: str, side: str
) -> None:
    """What is filled in says what the resource would, however small a number is, and whatever is not there."""
    session = {
        "session_id": "s%1",
        "patient_code": "P9232D",
        "clock_status": clock,
        "start_utc": "2026-03-02T08:00:00.000Z",
        "end_reason": end,
    }
    step = {"order": 3, "region": "mouth", "side": side, "exercise": "smile"}
    counts = {"planned_repetitions_count": 5, "done_repetitions_count": 4, "hold_target_s": values[0] or 0.5}
    row = {"step_order": 3, "repetition": 2, "quality": quality, **dict(zip(MEASURES, values, strict=True))}
    told, forms = SessionResources(session, "05e0b6c3"), dict[Any, str]()
    filled = SessionEntries(session, "05e0b6c3", forms)
    texts = ["" if value is None else str(value) for value in values]
    for _ in range(2):  # made, and then filled in again
        assert filled.step({**step, **counts}) == entry(told.step({**step, **counts}))
        found = filled.measured("3", "2", quality, texts, ("mouth", side, "smile"))
        assert found == entry(told.measured(row, step))
    assert len(forms) == 2
