"""Rows carry every column of the export and nothing that a person wrote freely."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from kiosk.errors import ContentError
from kiosk.rows import kinds as rows
from kiosk.rows.kinds import EventRow, PersonRow, StateRow, name_of, row_of, utc_moment, utc_text
from kiosk.rows.row import columns_of
from kiosk.session.model import EndReason
from tests.records.helpers import session

EXPORTED = {
    "persons": "patient_code valid_from_utc stage affected_side onset_band cause one_hand reviewed_by",
    "sessions": "session_id resumes_session_id patient_code seq programme programme_version boot_id start_boot_ms"
    " end_boot_ms start_utc end_utc clock_status wall_uncertainty_s tz utc_offset_min planned_steps_count"
    " done_steps_count active_duration_s pause_duration_s end_reason stop_reason view_mode camera_used clip_consent"
    " pain_before_0_3 pain_after_0_3 tiredness_0_3 stage affected_side app_version",
    "steps": "session_id order exercise region side planned_repetitions_count done_repetitions_count hold_target_s"
    " skipped skip_reason start_boot_ms end_boot_ms",
    "repetitions": "session_id step_order repetition t_boot_ms hold_s excursion_left_mm excursion_right_mm"
    " symmetry_ratio onset_lag_ms peak_speed_mm_s linked_movement quality quality_reason"
    " closure_left_ratio closure_right_ratio",
    "ratings": "session_id item value unit",
    "permissions": "patient_code item value by wall_utc reason",
    "events": "seq boot_id t_boot_ms wall_utc clock_status level code detail_code",
    "clock_anchors": "boot_id t_boot_ms wall_utc source",
}


@pytest.mark.parametrize("table", EXPORTED)
def test_every_exported_column_has_its_place(table: str) -> None:
    """The export can name no column that the record does not keep."""
    kind = next(kind for kind in rows.ROWS if table == kind.TABLE)
    assert set(EXPORTED[table].split()) <= set(kind.__struct_fields__)


@pytest.mark.parametrize("text", ["hello there", "line\nbreak", "caf\xe9", "x" * 121, "a;b", "=1+1"])
def test_free_text_is_refused(text: str) -> None:
    """No sentence about a person can slip into a column of words, and the error names the column."""
    with pytest.raises(ContentError, match=r"events\.detail_code"):
        EventRow("info", "code", text)


@pytest.mark.parametrize("kind", rows.ROWS)
def test_what_is_not_said_is_empty(kind: type[rows.Row]) -> None:
    """None where a column may be without a value, else no word, no number and no yes: nothing is made up."""
    for field in msgspec.structs.fields(kind):
        if field.required or field.name == "profile":
            continue
        try:
            empty = msgspec.convert(None, field.type)
        except msgspec.ValidationError:
            empty = columns_of(kind)[field.name].base()
        assert field.default == empty, field.name
    assert PersonRow("AB12").profile == "{}"


def test_a_plan_is_as_it_was_written_or_none() -> None:
    """Whose it is is told; what it says is not."""
    profile = '{"code": "AB12"}'
    assert PersonRow("AB12", profile=profile, digest=rows.digest_of(profile)).profile == profile
    for digest, other in ((rows.digest_of(profile), '{"code": "AB13"}'), ("00", profile)):
        with pytest.raises(ContentError, match=r"^persons: the plan of AB12 is not as it was written$"):
            PersonRow("AB12", profile=other, digest=digest)


def test_named_text_columns_take_text() -> None:
    """JSON in a state or a profile is no vocabulary, and is welcome."""
    assert StateRow("screen", '{"a b": 1}').value == '{"a b": 1}'


def test_utc_goes_there_and_back() -> None:
    """A moment with any offset is written as UTC with a Z, and read back as the same moment."""
    moment = datetime(2026, 10, 25, 2, 30, 0, 123_000, tzinfo=timezone(timedelta(hours=2)))
    assert utc_text(moment) == "2026-10-25T00:30:00.123Z"
    assert utc_moment(utc_text(moment)) == moment
    assert utc_moment(utc_text(moment)).tzinfo == UTC


def test_row_of_gives_truths_back_and_refuses_wrong_types() -> None:
    """SQLite's 1 is True again; a value that damage has changed is an error and not a row."""
    values = session(camera_used=True).columns()
    assert row_of(rows.SessionRow, {**values, "camera_used": 1}).camera_used is True
    with pytest.raises(msgspec.ValidationError):
        row_of(rows.SessionRow, {**values, "camera_used": 7})
    with pytest.raises(msgspec.ValidationError):
        row_of(rows.SessionRow, {**values, "programme": "\ufffd\ufffd"})


def test_a_key_is_told_as_far_as_it_is_short_and_a_word() -> None:
    """At most 89 characters; of any other the table alone. A history's key has its revision."""
    for key, told in (("k" * 89, f"state:{'k' * 89}"), ("k" * 90, "state"), ("two words", "state"), ("", "state:")):
        assert name_of(StateRow, {"key": key, "value": "never told"}) == told
    assert name_of(rows.PersonRow, {"patient_code": "AB12", "revision": 3}) == "persons:AB12,3"
    assert name_of(rows.RatingRow, {"session_id": "s", "item": "x", "revision": 3}) == "ratings:s,x"


def test_a_face_is_told_by_its_size() -> None:
    """Its geometry is written nowhere but in its own table, whether it is bytes or text."""
    told = rows.told_of(rows.ReplayRow, {"points": b"face", "session_id": "s", "t": 1.5, "none": None})
    assert told == {"points": "4 bytes", "session_id": "s", "t": 1.5, "none": None}
    assert rows.told_of(rows.SetItemRow, {"lines": "f1/1,2:3,4", "item": "oo"}) == {
        "lines": "10 characters",
        "item": "oo",
    }
    assert rows.told_of(rows.SetItemRow, {"lines": ""}) == {"lines": ""}
    assert rows.told_of(rows.SessionRow, {"end_reason": EndReason.STOPPED})["end_reason"] == "stopped"


def test_what_may_stand_in_a_row() -> None:
    """Times of three centuries at most, moments that are some, words that are known: all else was never given."""
    good = {**session().columns(), "start_boot_ms": 10**13, "end_reason": "stopped", "end_utc": "2026-03-02T08:00:00Z"}
    assert row_of(rows.SessionRow, good).start_boot_ms == 10**13
    for name, value in (
        ("start_boot_ms", 10**13 + 1),
        ("start_boot_ms", -1),
        ("start_utc", "2026-03-02T08:00:00"),
        ("start_utc", "yesterday"),
        ("start_utc", ""),
        ("end_utc", "yesterday"),
        ("end_reason", "cured"),
        ("clock_status", ""),
        ("camera_used", None),
    ):
        with pytest.raises(msgspec.ValidationError):
            row_of(rows.SessionRow, {**good, name: value})
    for name in ("end_utc", "end_reason"):
        assert getattr(row_of(rows.SessionRow, {**good, name: None}), name) is None
    assert row_of(rows.SessionRow, {**good, "unheard_of": 1}) == row_of(rows.SessionRow, good)
