"""Jumps of the clock are noticed, and a day is counted only when it surely has begun."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.clock import ClockStatus, Instant, SimClock, instant, local_day
from kiosk.records.daytime import NEW_DAY_MS, Times
from kiosk.rows.kinds import AnchorRow, BootRow, utc_text
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small

DAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOUR = 3_600_000
NOWHERE = datetime(1970, 1, 1, tzinfo=UTC)


def anchor(boot: str, t_ms: int, wall: datetime = DAY, source: str = "ntp") -> AnchorRow:
    return AnchorRow(boot, t_ms, utc_text(wall), source)


def unset(boot: str, t_ms: int) -> Instant:
    return Instant(boot, t_ms, NOWHERE, ClockStatus.UNSET)


def another_day(anchors: list[AnchorRow], boots: list[BootRow], boot: str, t_ms: int, present: Instant) -> bool:
    return Times(anchors, boots).lapse(boot, t_ms, present).other_day


BOOTS = [BootRow("b1", 1, 1_000, 2 * HOUR), BootRow("b2", 2, 2_000, 3 * HOUR), BootRow("b3", 3, 5_000, 6_000)]


def test_a_clock_that_is_vouched_for_is_believed() -> None:
    """With network time there is nothing to reckon, whatever older anchors say."""
    present = Instant("b3", 9_000, DAY, ClockStatus.NTP)
    known = Times([anchor("b1", 1_000, DAY + timedelta(days=900))], BOOTS).known(present)
    assert (known.lower_bound_utc, known.certain) == (DAY, True)


def test_an_anchor_dates_its_whole_boot() -> None:
    """Before and after it, to the millisecond."""
    anchors = [anchor("b3", 5_000_000)]
    assert Times(anchors, []).exact_utc("b3", 2_000_000) == DAY - timedelta(milliseconds=3_000_000)
    known = Times(anchors, BOOTS).known(unset("b3", 5_000_250))
    assert (known.lower_bound_utc, known.certain) == (DAY + timedelta(milliseconds=250), True)
    assert Times(anchors, []).exact_utc("b2", 1) is None


def test_without_an_anchor_here_there_is_a_lower_bound() -> None:
    """Last known time and the power since: the rest of that boot, the boots between, and this one so far."""
    known = Times([anchor("b1", HOUR)], BOOTS).known(unset("b3", 65_000))
    powered = HOUR + (3 * HOUR - 2_000) + 60_000
    assert known.lower_bound_utc == DAY + timedelta(milliseconds=powered)
    assert (known.certain, known.claims) == (False, ())


def test_nothing_known_is_nothing_claimed() -> None:
    """A kiosk that never had a clock has no date."""
    known = Times([], BOOTS).known(unset("b3", 65_000))
    assert (known.lower_bound_utc, known.certain, known.claims) == (None, False, ())


def test_the_better_source_of_a_boot_counts() -> None:
    """Network time beats what staff typed a minute later."""
    anchors = [anchor("b3", 1_000), anchor("b3", 61_000, DAY + timedelta(days=3), "staff")]
    assert Times(anchors, []).exact_utc("b3", 1_000) == DAY


def test_a_battery_clock_that_stood_still_is_not_believed() -> None:
    """A clock behind what was known once has lost its time."""
    present = Instant("b3", 65_000, DAY - timedelta(days=30), ClockStatus.RTC)
    known = Times([anchor("b2", HOUR)], BOOTS).known(present)
    assert not known.certain
    assert known.lower_bound_utc is not None
    assert known.lower_bound_utc > DAY


def test_a_new_day_needs_ten_hours_of_power() -> None:
    """The caps per day cannot be got round by pulling the plug."""
    here = "b3"
    assert not another_day([], BOOTS, here, 1_000, unset(here, 1_000 + NEW_DAY_MS - 1))
    assert another_day([], BOOTS, here, 1_000, unset(here, 1_000 + NEW_DAY_MS))
    assert not another_day([], BOOTS, "b1", HOUR, unset(here, 5_000 + 6 * HOUR))
    assert another_day([], BOOTS, "b1", HOUR, unset(here, 7_000 + 6 * HOUR))
    assert not another_day([], BOOTS, "never-heard-of", 0, unset(here, 900 * HOUR))


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
    known = Times([anchor("b1", at)], boots).known(present)
    assert known.lower_bound_utc is not None
    assert DAY <= known.lower_bound_utc <= real_now
    powered = Times([], boots).powered_since_ms("b1", at, present)
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


class Told:
    """A boot with a clock that steps: what the record holds of it, and each clock that was gone by since a moment."""

    def __init__(self) -> None:
        self.clock = SimClock(t_ms=1_000)
        self.anchors: list[AnchorRow] = []
        self.since: dict[datetime, None] = {}
        self.look()

    @property
    def present(self) -> Instant:
        return instant(self.clock)

    def look(self) -> None:
        """As the store does within a second of a step."""
        clock = self.clock
        self.since[clock.wall - timedelta(milliseconds=clock.t_ms)] = None
        self.anchors.append(AnchorRow(clock.boot_id, clock.t_ms, utc_text(clock.wall), clock.trust.value))


STEPS = st.tuples(
    st.integers(0, 20 * HOUR),
    st.integers(-60 * HOUR, 60 * HOUR) | st.just(0) | st.just(24 * HOUR),
    st.sampled_from([ClockStatus.NTP, ClockStatus.STAFF, ClockStatus.RTC]),
)


@given(before=st.lists(STEPS, max_size=2), after=st.lists(STEPS, min_size=1, max_size=5))
def test_within_a_boot_a_day_is_over_when_every_clock_since_says_so(
    before: list[tuple[int, int, ClockStatus]], after: list[tuple[int, int, ClockStatus]]
) -> None:
    """Whoever steps the clock however far: no sooner, and no later, by whatever clock was gone by since."""
    told = Told()
    for wait_ms, by_ms, trust in before:
        told.clock.advance(wait_ms)
        told.clock.wall, told.clock.trust = told.clock.wall + timedelta(milliseconds=by_ms), trust
        told.look()
    then = told.clock.t_ms
    told.since = {told.clock.wall - timedelta(milliseconds=then): None}
    for wait_ms, by_ms, trust in after:
        told.clock.advance(wait_ms + 1)
        told.clock.wall, told.clock.trust = told.clock.wall + timedelta(milliseconds=by_ms), trust
        told.look()
        now = told.clock.t_ms
        expected = all(
            local_day(offset + timedelta(milliseconds=then)) < local_day(offset + timedelta(milliseconds=now))
            for offset in told.since
        )
        found = Times(told.anchors, []).lapse(told.clock.boot_id, then, told.present)
        assert found.other_day is expected
        assert found.least_ms == now - then


@given(
    lives=st.lists(st.tuples(st.integers(0, 30 * HOUR), st.integers(60_000, 30 * HOUR)), min_size=1, max_size=5),
    at_ms=st.integers(1_000, 30 * HOUR),
)
def test_an_honest_clock_ends_the_day_at_midnight_whenever_the_power_was_away(
    lives: list[tuple[int, int]], at_ms: int
) -> None:
    """Whoever switches the kiosk off at night need not wait for ten hours of power in the morning."""
    clock, anchors, boots = SimClock(t_ms=at_ms), [], []
    begun = clock.wall
    anchors.append(anchor("boot-1", at_ms, clock.wall))
    for number, (off_ms, on_ms) in enumerate(lives, 2):
        boots.append(BootRow(clock.boot_id, number - 1, 1_000, clock.t_ms))
        clock.reboot(f"boot-{number}", off_ms)
        anchors.append(anchor(clock.boot_id, clock.t_ms, clock.wall))
        clock.advance(on_ms)
        here = [*boots, BootRow(clock.boot_id, number, 1_000, clock.t_ms)]
        found = Times(anchors, here).lapse("boot-1", at_ms, instant(clock))
        assert found.other_day is (local_day(begun) < local_day(clock.wall))
        assert found.least_ms == (clock.wall - begun) // timedelta(milliseconds=1)
        boots = here[:-1]


@given(
    back_ms=st.integers(300_000, 900 * HOUR),
    on_ms=st.integers(1_000, 30 * HOUR),
    trust=st.sampled_from([ClockStatus.NTP, ClockStatus.STAFF, ClockStatus.RTC, ClockStatus.UNSET]),
)
def test_after_a_reboot_that_sets_the_clock_back_a_day_needs_ten_hours_of_power(
    back_ms: int, on_ms: int, trust: ClockStatus
) -> None:
    """What was at a time that has not come yet was today, whoever says how late it is."""
    clock = SimClock(t_ms=HOUR)
    anchors, boots = [anchor("boot-1", HOUR, clock.wall)], [BootRow("boot-1", 1, 1_000, HOUR + 30_000)]
    clock.reboot("boot-2")
    clock.wall, clock.trust = clock.wall - timedelta(milliseconds=back_ms + on_ms), trust
    if trust is not ClockStatus.UNSET:
        anchors.append(anchor("boot-2", clock.t_ms, clock.wall, trust.value))
    clock.advance(on_ms)
    boots.append(BootRow("boot-2", 2, 1_000, clock.t_ms))
    found = Times(anchors, boots).lapse("boot-1", HOUR, instant(clock))
    assert found.other_day is (on_ms + 30_000 >= NEW_DAY_MS)
    assert found.least_ms == on_ms + 30_000


def test_a_battery_clock_that_lost_its_time_dates_nothing_in_any_boot() -> None:
    """Two boots at a wrong date, then the network: what was practised at the wrong date may have been today."""
    lost = DAY - timedelta(days=60)
    boots = [BootRow(f"b{n}", n, 1_000, 61_000) for n in (1, 2, 3, 4)]
    anchors = [
        anchor("b1", 1_000),
        anchor("b2", 1_000, lost, "rtc"),
        anchor("b3", 1_000, lost + timedelta(minutes=5), "rtc"),
        anchor("b4", 1_000, DAY + timedelta(minutes=10)),
    ]
    present = Instant("b3", 61_000, lost + timedelta(minutes=6), ClockStatus.RTC)
    assert not Times(anchors[:3], boots[:3]).known(present).certain
    present = Instant("b4", 61_000, DAY + timedelta(minutes=11), ClockStatus.NTP)
    assert not any(another_day(anchors, boots, boot, 1_000, present) for boot in ("b1", "b2", "b3", "b4"))


def test_clocks_that_contradict_each_other_all_count() -> None:
    """One that stepped within this boot, and what was known once where the present clock is behind it."""
    far = timedelta(days=9)
    anchors = [anchor("b1", 1_000, DAY), anchor("b2", 2_000, DAY + far), anchor("b2", 62_000, DAY - far)]
    known = Times(anchors, BOOTS[:2]).known(Instant("b2", 122_000, DAY - far, ClockStatus.NTP))
    assert known.lower_bound_utc == DAY - far
    assert {local_day(claim) for claim in known.claims} == {local_day(DAY + by) for by in (-far, far, timedelta(0))}


def test_a_date_that_staff_got_wrong_is_put_right_by_the_next_boot() -> None:
    """Somebody typed ten years too many; the network says otherwise once, and a battery clock may keep that."""
    anchors = [anchor("b1", 1_000, DAY + timedelta(days=3_650), "staff"), anchor("b2", 2_000, DAY)]
    present = Instant("b3", 6_000, DAY + timedelta(hours=4), ClockStatus.RTC)
    assert Times(anchors, BOOTS).known(present).certain
    assert not Times(anchors[:1], BOOTS).known(present).certain


@pytest.mark.parametrize(("behind_ms", "lost"), [(120_000, False), (120_001, True)])
def test_a_battery_clock_may_be_two_minutes_behind(behind_ms: int, lost: bool) -> None:
    """Of what was known before it: then it is only slow, in another boot or in this one; one more, and it is lost."""
    boots = [BootRow(f"b{number}", number, 0, 0) for number in (1, 2, 3)]
    slow = DAY - timedelta(milliseconds=behind_ms)
    before = [anchor("b1", 0), anchor("b2", 0, slow, "rtc")]
    known = Times(before, boots).known(unset("b3", 0))
    assert known.lower_bound_utc == (DAY if lost else slow)
    here = Times(before[:1], boots).known(Instant("b3", 0, slow, ClockStatus.RTC))
    assert (here.lower_bound_utc, here.certain) == ((DAY, False) if lost else (slow, True))
    network = Times(before[:1], boots).known(Instant("b3", 0, slow, ClockStatus.NTP))
    assert network.claims == ((slow, DAY) if lost else (slow,))


def of_the_newest(anchors: list[AnchorRow], boots: list[BootRow], most: int) -> Times:
    """The times as a reader has them: of the newest boots, and of more once they are asked for."""
    few = sorted(boots, key=lambda boot: boot.ordinal)[-most:]
    if len(few) < most:
        return Times(anchors, boots)
    theirs = [one for one in anchors if one.boot_id in {boot.boot_id for boot in few}]
    return Times(theirs, few, lambda: of_the_newest(anchors, boots, 2 * most))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, HOUR), st.integers(0, HOUR)), min_size=1, max_size=9),
    st.lists(
        st.tuples(
            st.integers(0, 10),
            st.integers(0, HOUR),
            st.integers(-40, 40),
            st.sampled_from(("ntp", "rtc", "staff", "unset")),
        ),
        max_size=6,
    )
    | st.lists(st.tuples(st.integers(0, 10), st.integers(0, HOUR), st.integers(-40, 40), st.just("rtc")), max_size=6),
    st.integers(1, 4),
    st.integers(0, 10),
    st.sampled_from((ClockStatus.UNSET, ClockStatus.RTC, ClockStatus.NTP)),
)
def test_what_the_newest_boots_do_not_know_is_asked_of_all(
    powered: list[tuple[int, int]],
    vouched: list[tuple[int, int, int, str]],
    most: int,
    here: int,
    status: ClockStatus,
) -> None:
    """Whatever is asked, before and after another boot has come: what all boots and anchors say."""
    boots = [BootRow(f"b{number}", number, first, first + long) for number, (first, long) in enumerate(powered)]
    anchors = [anchor(f"b{boot}", t_ms, DAY + timedelta(hours=hours), source) for boot, t_ms, hours, source in vouched]
    newest = of_the_newest(anchors, boots, most)

    def asked_of(times: Times) -> None:
        right = Times(anchors, boots)
        for present in (Instant(f"b{here}", HOUR, DAY, status), Instant(boots[-1].boot_id, HOUR, DAY, status)):
            assert times.known(present) == right.known(present)
            for number in range(11):
                assert times.anchor(f"b{number}") == right.anchor(f"b{number}")
                assert times.lapse(f"b{number}", 7, present) == right.lapse(f"b{number}", 7, present)
                assert times.powered_since_ms(f"b{number}", 7, present) == right.powered_since_ms(
                    f"b{number}", 7, present
                )

    asked_of(newest)
    boots.append(BootRow("new", len(boots), 5, HOUR))
    anchors.append(anchor("new", 10, DAY + timedelta(hours=50)))
    grown = newest.grown(anchors[-1:], boots[-2:])
    if grown is not None:
        asked_of(grown)


def test_of_years_of_boots_only_the_newest_are_looked_at() -> None:
    """As long as nothing older is asked for; then it is, and right."""
    boots = [BootRow(f"b{number}", number, 0, HOUR) for number in range(40)]
    anchors = [anchor(boot.boot_id, 0, DAY + timedelta(days=boot.ordinal)) for boot in boots]
    asked: list[None] = []

    def older() -> Times:
        asked.append(None)
        return Times(anchors, boots)

    times = Times(anchors[-10:], boots[-10:], older)
    present = unset("b39", HOUR)
    assert times.known(present).certain
    assert times.lapse("b31", 0, present).other_day
    assert times.exact_utc("b31", 0) == DAY + timedelta(days=31)
    assert asked == []
    assert times.exact_utc("b3", 0) == DAY + timedelta(days=3)
    assert times.powered_since_ms("b3", 0, present) == 37 * HOUR
    assert len(asked) == 1, "and once is enough"
