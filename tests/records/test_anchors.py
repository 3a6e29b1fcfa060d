"""The surest anchor of a boot dates all of that boot, also what was dated before and handed over before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import clock as clocks
from kiosk.clock import ClockStatus, SimClock, SystemClock, instant, off_by_s
from kiosk.records.daytime import anchor_of, dated
from kiosk.records.store import Store
from kiosk.rows.kinds import AnchorRow, InjectionRow, PermissionRow, PersonRow, SessionRow, utc_moment, utc_text
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, rows_in, session

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOWHERE = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000
DATES = "SELECT start_utc, end_utc, clock_status, wall_uncertainty_s, revision FROM sessions ORDER BY seq"


def begun(data: Path, trust: ClockStatus, wall: datetime) -> tuple[SimClock, Store]:
    """A store whose clock says ``wall``, and a session that was begun just now and lasted a minute."""
    clock = SimClock(t_ms=MINUTE, wall=wall, trust=trust)
    store = open_small(data, clock)
    store.put(session("s1", clock, wall_uncertainty_s=off_by_s(trust), end_boot_ms=2 * MINUTE, end_reason="completed"))
    return clock, store


def set_clock(store: Store, clock: SimClock, trust: ClockStatus, wall: datetime) -> None:
    """Ten minutes later somebody else vouches for the clock."""
    clock.advance(10 * MINUTE)
    clock.wall, clock.trust = wall, trust
    store.look_at_clock()


def test_network_time_dates_anew_what_a_watch_had_dated(tmp_path: Path) -> None:
    """Staff were five minutes off; the network comes later in the same boot and is surer: a new revision."""
    clock, store = begun(tmp_path, ClockStatus.STAFF, NOON)
    set_clock(store, clock, ClockStatus.NTP, NOON + timedelta(minutes=15))
    assert store.close(PATIENCE_S)
    expected = ("2026-03-02T12:05:00.000Z", "2026-03-02T12:06:00.000Z", "ntp", 1.0, 2)
    assert rows_in(tmp_path, DATES) == [expected]


def test_a_session_in_hand_does_not_bring_its_old_date_back(tmp_path: Path) -> None:
    """Whoever leads it hands it over as it was begun, and it keeps the date that the network gave it."""
    clock, store = begun(tmp_path, ClockStatus.STAFF, NOON)
    (kept,) = store.read().sessions("AB12", 1) if store.flush(PATIENCE_S) else []
    set_clock(store, clock, ClockStatus.NTP, NOON + timedelta(minutes=15))
    store.put(session("s1", boot_id=kept.boot_id, start_boot_ms=MINUTE, start_utc=kept.start_utc, clock_status="staff",
                      wall_uncertainty_s=60.0, end_boot_ms=3 * MINUTE, end_reason="completed"))  # fmt: skip
    assert store.close(PATIENCE_S)
    expected = ("2026-03-02T12:05:00.000Z", "2026-03-02T12:07:00.000Z", "ntp", 1.0, 3)
    assert rows_in(tmp_path, DATES) == [expected]


def test_a_watch_does_not_date_anew_what_the_network_had_dated(tmp_path: Path) -> None:
    """Nothing becomes less sure by what comes later."""
    clock, store = begun(tmp_path, ClockStatus.NTP, NOON)
    set_clock(store, clock, ClockStatus.STAFF, NOON + timedelta(days=400))
    assert store.close(PATIENCE_S)
    assert rows_in(tmp_path, DATES)[0][2:] == ("ntp", 1.0, 1)


def test_staff_correct_their_own_date(tmp_path: Path) -> None:
    """A year was mistyped: what was dated by it follows the second entry of the same boot, with its offset."""
    clock = SimClock(t_ms=MINUTE, wall=NOON.replace(month=7), trust=ClockStatus.STAFF)
    store = open_small(tmp_path, clock)
    store.put(session("s1", clock, tz="Europe/Berlin", utc_offset_min=120, wall_uncertainty_s=60.0))
    set_clock(store, clock, ClockStatus.STAFF, NOON)
    assert store.close(PATIENCE_S)
    assert rows_in(tmp_path, "SELECT start_utc, utc_offset_min, revision FROM sessions") == [
        ("2026-03-02T11:50:00.000Z", 60, 2)
    ]


@pytest.mark.parametrize("first", [ClockStatus.RTC, ClockStatus.STAFF])
def test_a_battery_clock_never_beats_a_watch(tmp_path: Path, first: ClockStatus) -> None:
    """Nobody knows when a battery clock was last set, so whoever comes first, the watch holds."""
    second = ClockStatus.STAFF if first is ClockStatus.RTC else ClockStatus.RTC
    clock, store = begun(tmp_path, first, NOON)
    set_clock(store, clock, second, NOON + timedelta(minutes=40))
    assert store.close(PATIENCE_S)
    start = "2026-03-02T12:00:00.000Z" if first is ClockStatus.STAFF else "2026-03-02T12:30:00.000Z"
    assert [(row[0], row[2], row[3]) for row in rows_in(tmp_path, DATES)] == [(start, "staff", 60.0)]


def test_a_battery_clock_alone_dates_and_says_that_nobody_knows_how_well(tmp_path: Path) -> None:
    """It is better than nothing, and claims nothing."""
    clock, store = begun(tmp_path, ClockStatus.UNSET, NOWHERE)
    set_clock(store, clock, ClockStatus.RTC, NOON)
    assert store.close(PATIENCE_S)
    assert rows_in(tmp_path, DATES)[0] == ("2026-03-02T11:50:00.000Z", "2026-03-02T11:51:00.000Z", "rtc", None, 2)


def test_an_anchor_of_the_same_telling_makes_no_new_revision(tmp_path: Path) -> None:
    """What an anchor does not change is not handed over again."""
    clock, store = begun(tmp_path, ClockStatus.NTP, NOON)
    set_clock(store, clock, ClockStatus.UNSET, NOON + timedelta(minutes=10))
    set_clock(store, clock, ClockStatus.NTP, NOON + timedelta(minutes=20))
    assert store.close(PATIENCE_S)
    assert len(rows_in(tmp_path, "SELECT * FROM clock_anchors")) == 2
    assert rows_in(tmp_path, DATES)[0][4] == 1


SOURCES = st.sampled_from(["ntp", "rtc", "staff", "unset", "moon"])
MS = st.integers(0, 10**10)
WALLS = st.integers(0, 4 * 10**9).map(lambda s: utc_text(datetime.fromtimestamp(s, UTC)))
ANCHORS = st.lists(st.builds(AnchorRow, st.sampled_from(["b1", "b2"]), MS, WALLS, SOURCES), max_size=8)


@given(ANCHORS, st.lists(MS, min_size=2, max_size=8), WALLS)
def test_times_of_a_boot_run_with_boot_time_and_are_no_surer_than_their_anchor(
    anchors: list[AnchorRow], moments: list[int], wrong: str
) -> None:
    """Whoever vouched, in whatever order: one difference dates a whole boot, and it claims what its anchor can."""
    best = anchor_of(anchors, "b1")
    found = [dated(session("s", boot_id="b1", start_boot_ms=ms, start_utc=wrong, clock_status="unset").columns(), best)
             for ms in sorted(moments)]  # fmt: skip
    vouched = [a for a in anchors if a.boot_id == "b1" and a.source in ("ntp", "rtc", "staff")]
    if not vouched:
        assert {(row["start_utc"], row["clock_status"], row["wall_uncertainty_s"]) for row in found} == {
            (wrong, "unset", None)
        }
        return
    starts = [utc_moment(row["start_utc"]) for row in found]
    assert all((b - a) // timedelta(milliseconds=1) == after - before for (a, b, before, after) in zip(
        starts, starts[1:], sorted(moments), sorted(moments)[1:], strict=False))  # fmt: skip
    surest = min(vouched, key=lambda a: ("ntp", "staff", "rtc").index(a.source)).source
    assert {(row["clock_status"], row["wall_uncertainty_s"]) for row in found} == {(surest, off_by_s(surest))}


def test_the_network_takes_over_from_staff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch holds until the network knows better; from then on its time is told, and called so."""
    synchronized = tmp_path / "synchronized"
    monkeypatch.setattr(clocks, "SYNCHRONIZED", synchronized)
    clock = SystemClock()
    clock.set_by_staff(NOON)
    at = instant(clock)
    assert (at.status, at.wall_utc - NOON < timedelta(minutes=1)) == (ClockStatus.STAFF, True)
    synchronized.touch()
    at = instant(clock)
    assert (at.status, abs(at.wall_utc - datetime.now(UTC)) < timedelta(minutes=1)) == (ClockStatus.NTP, True)


@pytest.mark.parametrize(("trust", "known"), [(ClockStatus.UNSET, False), (ClockStatus.STAFF, True)])
def test_what_cannot_say_who_vouches_has_no_date_while_nobody_does(
    tmp_path: Path, trust: ClockStatus, known: bool
) -> None:
    """Without a clock a set-up, a permission and an injection would otherwise carry a date like any other."""
    store = open_small(tmp_path, SimClock(wall=NOON, trust=trust))
    store.put(
        PersonRow("AB12", stage="paretic"),
        PermissionRow("AB12", "stage", "paretic", "therapist-1"),
        InjectionRow("AB12", "2026-02-20", "eyes"),
    )
    assert store.close(PATIENCE_S)
    sql = "SELECT valid_from_utc FROM persons UNION ALL SELECT wall_utc FROM permissions UNION ALL SELECT wall_utc FROM injections"  # noqa: E501
    assert rows_in(tmp_path, sql) == [(utc_text(NOON) if known else "",)] * 3


def test_a_salvaged_row_that_is_surer_than_all_anchors_keeps_its_date() -> None:
    """The anchor of the network was lost: a watch does not overrule what the network had said."""
    row = session("s", boot_id="b1", clock_status="ntp", wall_uncertainty_s=1.0).columns()
    assert dated(row, AnchorRow("b1", 1, utc_text(NOON), "staff")) == row
    assert isinstance(SessionRow(**row), SessionRow)
