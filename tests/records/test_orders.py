"""What each order to the record changes and leaves in the log, whole; how far back measures are looked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kiosk.clock import SimClock
from kiosk.records.practised import LOOK_BACK
from kiosk.records.reader import Reader
from kiosk.rows.kinds import (
    ClipRow,
    Confirm,
    Doubt,
    Entry,
    Erase,
    Forget,
    InboxRow,
    PersonRow,
    PinTriesRow,
    RatingRow,
    RepetitionRow,
    ReplayRow,
    ResetStaff,
    StaffRow,
    StateRow,
)
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, rows_in, session, step

ANNA, BEN = "AB12", "CD34"


def put(data: Path, *rows: Entry, clock: SimClock | None = None) -> None:
    store = open_small(data, clock)
    for row in rows:
        store.put(row)
    assert store.close(PATIENCE_S)


def log(data: Path) -> list[tuple[Any, ...]]:
    return rows_in(data, "SELECT level, code, detail_code, patient_code, boot_id, t_boot_ms FROM events ORDER BY seq")


def at(clock: SimClock) -> tuple[str, int]:
    return clock.boot_id, clock.now_ms()


def lived(data: Path) -> None:
    """Two persons with a session each, a film and a drawing of both."""
    for name, code in (("s1", ANNA), ("s2", BEN)):
        put(
            data,
            PersonRow(code, stage="paretic"),
            session(name, patient_code=code, end_reason="completed"),
            step(0, name),
            RepetitionRow(session_id=name, step_order=0, repetition=0, t_boot_ms=1, hold_s=3.0),
            ClipRow(name, 0, 0, f"{code}/x.mp4", 5, "ab" * 32, encrypted=False),
            ReplayRow(name, 0, 0, b"points"),
            RatingRow(name, "tightness.eyes", 1.0, "0_3"),
        )


def test_erasing_one_person(tmp_path: Path) -> None:
    """Everything about them, of nobody else; a line says that and who, not whom."""
    lived(tmp_path)
    clock = SimClock()
    put(tmp_path, Erase(ANNA, "therapist-1"), clock=clock)
    assert log(tmp_path) == [("audit", "person.erased", "therapist-1", "", *at(clock))]
    assert rows_in(tmp_path, "SELECT seq_from, seq_to, by FROM erasures") == [(1, 1, "therapist-1")]
    for table in ("sessions", "steps", "repetitions", "clips", "replays", "ratings", "session_changes"):
        assert rows_in(tmp_path, f"SELECT DISTINCT session_id FROM {table}") == [("s2",)], table  # noqa: S608
    assert rows_in(tmp_path, "SELECT DISTINCT patient_code FROM persons") == [(BEN,)]
    assert rows_in(tmp_path, "SELECT DISTINCT patient_code FROM person_changes") == [(BEN,)]


def test_nobody_is_erased_while_they_practise(tmp_path: Path) -> None:
    """It is said that it was refused, and nothing is gone."""
    clock = SimClock()
    put(tmp_path, session("s1", clock), Erase(ANNA, "therapist-1"), clock=clock)
    assert log(tmp_path) == [("warning", "erase.refused", "therapist-1", "", *at(clock))]
    assert rows_in(tmp_path, "SELECT session_id FROM sessions") == [("s1",)]
    assert rows_in(tmp_path, "SELECT * FROM erasures") == []


@pytest.mark.parametrize(("what", "left"), [("replays", ("", 1, 1)), ("clips", ("withdrawn", 2, 2))])
def test_forgetting_films_or_drawings(tmp_path: Path, what: str, left: tuple[str, int, int]) -> None:
    """Of one person; a film's row says that it was taken back, once."""
    lived(tmp_path)
    put(tmp_path, Forget(ANNA, what), Forget(ANNA, what))
    removed, revision, drawings = left
    asked = "SELECT removed, revision FROM clips ORDER BY session_id"
    assert rows_in(tmp_path, asked) == [(removed, revision), ("", 1)]
    assert len(rows_in(tmp_path, "SELECT * FROM replays")) == drawings


def test_root_takes_all_pins_away(tmp_path: Path) -> None:
    """Slots, wrong tries, what was seen by whom, and that the slots were lost."""
    put(
        tmp_path,
        StaffRow("nurse-1", "nurse", "", "ab", "cd"),
        PinTriesRow("nurse-1", 2),
        StateRow("staff_lost", "1"),
        StateRow("other", "1"),
        ResetStaff("command"),
    )
    for table in ("staff", "pin_tries", "inbox_seen"):
        assert rows_in(tmp_path, f"SELECT * FROM {table}") == []  # noqa: S608
    assert rows_in(tmp_path, "SELECT key FROM state") == [("other",)]


def test_a_doubt_and_its_end(tmp_path: Path) -> None:
    """A row that rules go by puts every plan in doubt, once a cause; a therapist ends it for one person."""
    lived(tmp_path)
    clock = SimClock()
    put(tmp_path, Doubt("persons:AB12,1"), Doubt("persons:AB12,1"), Doubt("steps:s1,0"), clock=clock)
    assert rows_in(tmp_path, "SELECT key, code, detail_code FROM inbox ORDER BY seq") == [
        ("unread:persons:AB12,1", "row_unread", "persons:AB12,1"),
        ("unread:steps:s1,0", "row_unread", "steps:s1,0"),
    ]
    doubts = "SELECT patient_code, cause, confirmed_by FROM doubts ORDER BY patient_code, cause"
    assert rows_in(tmp_path, doubts) == [(code, "persons:AB12,1", "") for code in (ANNA, BEN)]
    put(tmp_path, Confirm(BEN, "therapist-1"), Doubt("persons:AB12,1"), clock=clock)
    assert rows_in(tmp_path, doubts) == [
        (ANNA, "persons:AB12,1", ""),
        (BEN, "persons:AB12,1", "therapist-1"),
    ]
    assert log(tmp_path) == [
        ("notice", "row_unread", "persons:AB12,1", "", *at(clock)),
        ("notice", "row_unread", "steps:s1,0", "", *at(clock)),
        ("audit", "plan.confirmed", "therapist-1", BEN, *at(clock)),
    ]


def test_a_line_for_staff_is_a_line_of_the_log(tmp_path: Path) -> None:
    """With all that it says, and the same number; the second telling is none."""
    clock = SimClock()
    line = InboxRow("k", code="flag", detail_code="eye", patient_code=ANNA)
    put(tmp_path, line, line, clock=clock)
    assert log(tmp_path) == [("notice", "flag", "eye", ANNA, *at(clock))]
    assert rows_in(tmp_path, "SELECT seq, key, code, detail_code, patient_code, t_boot_ms FROM inbox") == [
        (1, "k", "flag", "eye", ANNA, clock.now_ms())
    ]


@pytest.mark.parametrize(("boot", "reason"), [("boot-1", "fault"), ("boot-2", "power_loss")])
def test_a_session_that_was_cut_is_told_of(tmp_path: Path, boot: str, reason: str) -> None:
    """Of whom, and why it ended; its counts are those of what was stored."""
    first = SimClock(boot_id="boot-1")
    kept = [RepetitionRow(session_id="s1", step_order=1, repetition=n, t_boot_ms=7_000 + n, hold_s=3.0) for n in (0, 1)]
    put(
        tmp_path,
        session("s1", first, start_boot_ms=1_000),
        step(0, end_boot_ms=5_000, planned_repetitions_count=3, done_repetitions_count=3),
        step(1, start_boot_ms=6_000, end_boot_ms=None),
        step(2, end_boot_ms=5_500, skipped=True),
        *kept,
        clock=first,
    )
    later = SimClock(boot_id=boot)
    put(tmp_path, clock=later)
    assert log(tmp_path) == [("warning", "session_interrupted", reason, ANNA, *at(later))]
    assert rows_in(tmp_path, "SELECT end_reason, end_boot_ms, done_steps_count FROM sessions") == [(reason, 7_001, 1)]
    assert rows_in(tmp_path, 'SELECT done_repetitions_count FROM steps ORDER BY "order"') == [(3,), (2,), (0,)]


def test_measures_are_looked_for_among_the_last_sessions(tmp_path: Path) -> None:
    """Of this person: days of practice. What lies further back is not compared with."""
    store = open_small(tmp_path)
    for number in range(LOOK_BACK + 1):
        name = f"s{number:03}"
        store.put(session(name, end_reason="completed"), step(0, name))
        if number in (0, 1, LOOK_BACK):
            measured = RepetitionRow(
                session_id=name, step_order=0, repetition=0, t_boot_ms=1, hold_s=3.0, symmetry_ratio=number / 100
            )
            store.put(measured)
    assert store.close(PATIENCE_S)
    reader = Reader(tmp_path)
    assert LOOK_BACK == 60
    assert reader.ratios(ANNA, "jaw-soft", 9) == [[LOOK_BACK / 100], [0.01]]
    assert reader.ratios(ANNA, "jaw-soft", 1) == [[LOOK_BACK / 100]]
    assert reader.ratios(ANNA, "other", 9) == reader.ratios(BEN, "jaw-soft", 9) == []
    reader.close()
