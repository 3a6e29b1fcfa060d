"""Jumps of the clock are noticed, and a day is counted only when it surely has begun."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import ClockStatus, Instant, SimClock
from kiosk.records.daytime import NEW_DAY_MS, exact_utc, is_new_day, known_time, powered_since_ms
from kiosk.records.rows import AnchorRow, BootRow, utc_text
from tests.records.helpers import PATIENCE_S, open_small

DAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOUR = 3_600_000
NOWHERE = datetime(1970, 1, 1, tzinfo=UTC)


def anchor(boot: str, t_ms: int, wall: datetime = DAY, source: str = "ntp") -> AnchorRow:
    return AnchorRow(boot, t_ms, utc_text(wall), source)


def unset(boot: str, t_ms: int) -> Instant:
    return Instant(boot, t_ms, NOWHERE, ClockStatus.UNSET)


BOOTS = [BootRow("b1", 1, 1_000, 2 * HOUR), BootRow("b2", 2, 2_000, 3 * HOUR), BootRow("b3", 3, 5_000, 6_000)]


def test_a_clock_that_is_vouched_for_is_believed() -> None:
    """With network time there is nothing to reckon, whatever older anchors say."""
    present = Instant("b3", 9_000, DAY, ClockStatus.NTP)
    known = known_time([anchor("b1", 1_000, DAY + timedelta(days=900))], BOOTS, present)
    assert (known.lower_bound_utc, known.certain, known.uncertainty) == (DAY, True, timedelta(0))


def test_an_anchor_dates_its_whole_boot() -> None:
    """Before and after it, to the millisecond."""
    anchors = [anchor("b3", 5_000_000)]
    assert exact_utc(anchors, "b3", 2_000_000) == DAY - timedelta(milliseconds=3_000_000)
    known = known_time(anchors, BOOTS, unset("b3", 5_000_250))
    assert (known.lower_bound_utc, known.certain) == (DAY + timedelta(milliseconds=250), True)
    assert exact_utc(anchors, "b2", 1) is None


def test_without_an_anchor_here_there_is_a_lower_bound() -> None:
    """Last known time and the power since: the rest of that boot, the boots between, and this one so far."""
    known = known_time([anchor("b1", HOUR)], BOOTS, unset("b3", 65_000))
    powered = HOUR + (3 * HOUR - 2_000) + 60_000
    assert known.lower_bound_utc == DAY + timedelta(milliseconds=powered)
    assert (known.certain, known.uncertainty) == (False, None)


def test_nothing_known_is_nothing_claimed() -> None:
    """A kiosk that never had a clock has no date."""
    known = known_time([], BOOTS, unset("b3", 65_000))
    assert (known.lower_bound_utc, known.certain, known.uncertainty) == (None, False, None)


def test_the_better_source_of_a_boot_counts() -> None:
    """Network time beats what staff typed a minute later."""
    anchors = [anchor("b3", 1_000), anchor("b3", 61_000, DAY + timedelta(days=3), "staff")]
    assert exact_utc(anchors, "b3", 1_000) == DAY


def test_a_battery_clock_that_stood_still_is_not_believed() -> None:
    """A clock behind what was known once has lost its time."""
    present = Instant("b3", 65_000, DAY - timedelta(days=30), ClockStatus.RTC)
    known = known_time([anchor("b2", HOUR)], BOOTS, present)
    assert not known.certain
    assert known.lower_bound_utc is not None
    assert known.lower_bound_utc > DAY


def test_a_new_day_needs_ten_hours_of_power() -> None:
    """The caps per day cannot be got round by pulling the plug."""
    here = "b3"
    assert not is_new_day(BOOTS, here, 1_000, unset(here, 1_000 + NEW_DAY_MS - 1))
    assert is_new_day(BOOTS, here, 1_000, unset(here, 1_000 + NEW_DAY_MS))
    assert not is_new_day(BOOTS, "b1", HOUR, unset(here, 5_000 + 6 * HOUR))
    assert is_new_day(BOOTS, "b1", HOUR, unset(here, 7_000 + 6 * HOUR))
    assert not is_new_day(BOOTS, "never-heard-of", 0, unset(here, 900 * HOUR))


@given(
    st.lists(st.tuples(st.integers(0, HOUR), st.integers(0, HOUR), st.integers(0, 100 * HOUR)), min_size=1, max_size=6),
    st.data(),
)
def test_the_bound_is_never_later_than_the_truth(lives: list[tuple[int, int, int]], data: st.DataObject) -> None:
    """Whatever boots there were, however long the power was away and wherever the anchor lies in the first one."""
    at = data.draw(st.integers(lives[0][0], lives[0][0] + lives[0][1]))
    truth_ms, boots = 0, []
    starts = []
    for number, (first, length, off) in enumerate(lives, 1):
        starts.append(truth_ms)
        boots.append(BootRow(f"b{number}", number, first, first + length))
        truth_ms += first + length + off
    last = boots[-1]
    present = unset(last.boot_id, last.last_ms)
    real_now = DAY + timedelta(milliseconds=starts[-1] + last.last_ms - at)
    known = known_time([anchor("b1", at)], boots, present)
    assert known.lower_bound_utc is not None
    assert DAY <= known.lower_bound_utc <= real_now
    powered = powered_since_ms(boots, "b1", at, present)
    assert powered is not None
    assert 0 <= powered <= starts[-1] + last.last_ms - at


@pytest.mark.parametrize(
    ("by", "word"),
    [
        (timedelta(seconds=30), "forward_seconds"),
        (-timedelta(minutes=5), "back_minutes"),
        (timedelta(hours=1), "forward_hours"),
        (-timedelta(days=40), "back_days"),
        (timedelta(days=4_000), "forward_years"),
        (-timedelta(days=9_000), "back_years"),
    ],
)
def test_a_jump_of_the_wall_clock_is_an_event_and_an_anchor(tmp_path: Path, by: timedelta, word: str) -> None:
    """A record whose clock was set can be told from one whose clock was right."""
    clock = SimClock()
    store = open_small(tmp_path, clock)
    for _ in range(3):
        clock.advance(1_000)
        store.look_at_clock()
    clock.wall += by
    for _ in range(3):
        clock.advance(1_000)
        store.look_at_clock()
    assert store.flush(PATIENCE_S)
    assert [(e.code, e.detail_code) for e in store.read().events(9)] == [("clock_step", word)]
    assert [a.t_boot_ms for a in store.read().anchors()] == [1_000, 5_000]
    store.close(PATIENCE_S)


def test_anchors_are_made_when_the_clock_becomes_trusted(tmp_path: Path) -> None:
    """None while nobody vouches, one when somebody does, another when a better source does."""
    clock = SimClock(trust=ClockStatus.UNSET)
    store = open_small(tmp_path, clock)
    for status in (ClockStatus.UNSET, ClockStatus.RTC, ClockStatus.RTC, ClockStatus.UNSET, ClockStatus.NTP):
        clock.advance(1_000)
        clock.trust = status
        store.look_at_clock()
    assert store.flush(PATIENCE_S)
    assert [(a.t_boot_ms, a.source) for a in store.read().anchors()] == [(3_000, "rtc"), (6_000, "ntp")]
    store.close(PATIENCE_S)


def test_power_is_counted_for_each_boot(tmp_path: Path) -> None:
    """The time with power survives the power cut, to within the minute between two notes."""
    clock = SimClock()
    for boot in ("boot-1", "boot-2"):
        store = open_small(tmp_path, clock)
        for _ in range(150):
            clock.advance(1_000)
            store.look_at_clock()
        assert store.flush(PATIENCE_S)
        last = store.read().boots()[-1]
        assert (last.boot_id, last.first_ms) == (boot, 1_000)
        assert 120_000 <= last.last_ms - last.first_ms <= 150_000
        store.close(PATIENCE_S)
        clock.reboot("boot-2")
    reader = open_small(tmp_path, clock)
    assert [boot.ordinal for boot in reader.read().boots()] == [1, 2]
    reader.close(PATIENCE_S)
