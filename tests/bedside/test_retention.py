"""Erased by themselves are only discharged persons whose time is known to be over, and who were handed over whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from kiosk.bedside.persons import expired, person_row
from kiosk.clock import ClockStatus, SimClock
from kiosk.records.store import Store
from kiosk.rows.kinds import (
    BOUND,
    ClipRow,
    EventRow,
    ExportRow,
    InjectionRow,
    PermissionRow,
    RatingRow,
    ReplayRow,
    Row,
    SessionRow,
    StateRow,
    utc_text,
)
from tests.care.people import PARETIC
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, repetition, session, step

CODE, DAY_MS = PARETIC.code, 86_400_000


@pytest.fixture
def clock() -> SimClock:
    return SimClock(trust=ClockStatus.NTP)


@pytest.fixture
def store(tmp_path: Path, clock: SimClock) -> Iterator[Store]:
    made = open_small(tmp_path, clock)
    made.put(person_row(PARETIC), session("s1", clock, patient_code=CODE, end_reason="completed"))
    assert made.flush(PATIENCE_S)
    yield made
    assert made.close(PATIENCE_S)


def handed_over(store: Store, selection: str = "ALL", **changes: object) -> None:
    row = {"seq": 1, "package": "FK", "since_seq": 0, "seq_to": 999, "protection": "none", "verified": True} | changes
    store.put(ExportRow(selection=selection, **row))  # type: ignore[arg-type]
    assert store.flush(PATIENCE_S)


def test_off_by_default_and_only_when_the_time_is_over(store: Store, clock: SimClock) -> None:
    """The last session and the last change of plan both count; a day too early is too early."""
    handed_over(store)
    clock.advance(30 * DAY_MS)
    assert expired(store.read(), clock, 30) == ()
    clock.advance(1)
    assert expired(store.read(), clock, 30) == (CODE,)
    assert expired(store.read(), clock, 0) == ()
    store.put(session("s2", clock, patient_code=CODE, end_reason="stopped"))
    assert store.flush(PATIENCE_S)
    assert expired(store.read(), clock, 30) == ()


@pytest.mark.parametrize("selection", ["ALL", CODE])
def test_nothing_goes_that_was_not_handed_over_whole(store: Store, clock: SimClock, selection: str) -> None:
    """An export that was begun only, of somebody else, or from before the last session, is none."""
    clock.advance(31 * DAY_MS)
    assert expired(store.read(), clock, 30) == ()
    handed_over(store, selection, verified=False)
    assert expired(store.read(), clock, 30) == ()
    handed_over(store, "23456X")
    assert expired(store.read(), clock, 30) == ()
    handed_over(store, selection, seq_to=0)
    assert expired(store.read(), clock, 30) == ()
    handed_over(store, selection)
    assert expired(store.read(), clock, 30) == (CODE,)


def newest(store: Store) -> int:
    """How far the one numbering is: what a package of this moment holds."""
    lines = [line.seq for line in store.read().events(1)]
    return max([*lines, *(found.seq for found in store.read().sessions(CODE, 1))])


def kept(store: Store, *rows: Row) -> None:
    store.put(*rows)
    assert store.flush(PATIENCE_S)


LATER: tuple[Row, ...] = (
    msgspec.structs.replace(person_row(PARETIC), cause="other"),
    PermissionRow(CODE, "neck", "yes", "therapist-1"),
    InjectionRow(CODE, "2026-01-06", "eyes", "2026-02-01", "therapist-1"),
    EventRow("audit", "plan.brought", "therapist-1", CODE),
    EventRow("audit", "clip.removed", f"age:{CODE}/s1-0-0.mp4", CODE),
    step(0, done_repetitions_count=1),
    step(1),
    repetition(1),
    msgspec.structs.replace(repetition(0), quality="good"),
    ReplayRow("s1", 0, 0, b"points"),
    ClipRow("s1", 0, 0, f"{CODE}/s1-0-0.mp4", 5, "ab" * 32, encrypted=False),
    RatingRow("s1", "tightness.eyes", 2.0, "0_3"),
)


@pytest.mark.parametrize("row", LATER, ids=lambda row: f"{row.TABLE}-{LATER.index(row)}")
def test_what_came_after_the_last_package_is_not_erased(store: Store, clock: SimClock, row: Row) -> None:
    """Whatever table it went into, with a number or without: only a package that holds it sets the person free."""
    kept(store, step(0), repetition(0), EventRow("audit", "discharge", "therapist-1", CODE))
    handed_over(store, seq_to=newest(store))
    kept(store, row)
    clock.advance(31 * DAY_MS)
    assert expired(store.read(), clock, 30) == ()
    kept(store, EventRow("audit", "person.saved", "therapist-1", CODE))
    handed_over(store, seq=2, seq_to=newest(store))
    kept(store, EventRow("audit", "export.made", "2:none:therapist-1", CODE))
    assert expired(store.read(), clock, 30) == (CODE,)


def test_who_was_set_up_after_the_last_package_is_in_none(store: Store, clock: SimClock) -> None:
    """Somebody without a session has no number: they are not held by a package of everybody before them."""
    kept(store, EventRow("audit", "discharge", "therapist-1", CODE))
    handed_over(store, seq_to=newest(store))
    other = "23456X"
    kept(store, msgspec.structs.replace(person_row(PARETIC), patient_code=other))
    clock.advance(31 * DAY_MS)
    assert expired(store.read(), clock, 30) == (CODE,)
    kept(store, EventRow("info", "card"))
    handed_over(store, seq=2, seq_to=newest(store))
    assert set(expired(store.read(), clock, 30)) == {CODE, other}


def test_a_package_that_was_made_in_the_session_does_not_hold_its_end(store: Store, clock: SimClock) -> None:
    """The session's number is in that package; how it went is not."""
    running: SessionRow = session("s2", clock, patient_code=CODE)
    kept(store, running)
    handed_over(store, seq_to=newest(store))
    kept(store, msgspec.structs.replace(running, end_reason="completed"))
    clock.advance(31 * DAY_MS)
    assert expired(store.read(), clock, 30) == ()


def test_whose_kiosk_it_is_stays(store: Store, clock: SimClock) -> None:
    """However long they have not practised: staff discharge, not the calendar."""
    handed_over(store)
    store.put(StateRow(BOUND, CODE))
    assert store.flush(PATIENCE_S)
    clock.advance(400 * DAY_MS)
    assert expired(store.read(), clock, 30) == ()


def test_a_date_that_is_not_known_ends_nothing(tmp_path: Path, store: Store, clock: SimClock) -> None:
    """Neither today's nor that of the last session."""
    handed_over(store)
    unset = SimClock(trust=ClockStatus.UNSET)
    unset.advance(400 * DAY_MS)
    assert expired(store.read(), unset, 30) == ()
    ago = utc_text(clock.wall_utc() - timedelta(days=1))
    undated = session("s2", clock, patient_code=CODE, end_reason="completed", clock_status="unset", start_utc=ago)
    other = open_small(tmp_path / "other", SimClock(trust=ClockStatus.UNSET, boot_id="boot-9"))
    try:
        other.put(person_row(PARETIC), undated)
        handed_over(other)
        clock.advance(400 * DAY_MS)
        assert expired(other.read(), clock, 30) == ()
    finally:
        assert other.close(PATIENCE_S)
