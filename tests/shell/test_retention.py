"""Erased by themselves are only discharged persons whose time is known to be over, and who were handed over whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.clock import ClockStatus, SimClock
from kiosk.records.rows import ExportRow, StateRow, utc_text
from kiosk.records.store import Store
from kiosk.shell.people import BOUND, person_row
from kiosk.shell.retention import expired
from tests.care.people import PARETIC
from tests.records.helpers import PATIENCE_S, open_small, session

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
