"""What a day closed stays closed until that day is over, whatever the clock does and whenever the power was away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.bedside.sessions import today
from kiosk.care.person import PainAt, Person
from kiosk.care.rules import may, pain_locked
from kiosk.care.today import Today
from kiosk.clock import ClockStatus, SimClock, instant, local_day
from kiosk.records.store import Store
from tests.care.people import LONG_AGO, PARETIC, TICKS, shipped
from tests.patience import PATIENCE_S
from tests.records.helpers import SMALL, session

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
WHO = replace(PARETIC, onset=replace(LONG_AGO, on=LONG_AGO.on and LONG_AGO.on - timedelta(weeks=200)))


class Bed:
    """A kiosk's record and clock, and somebody who practises there."""

    def __init__(self, data: Path, trust: ClockStatus = ClockStatus.NTP) -> None:
        self.data, self.person, self.count = data, WHO, 0
        self.clock = SimClock(t_ms=HOUR_MS, trust=trust)
        self.store = Store.open(data, self.clock, SMALL)

    @property
    def today(self) -> Today:
        self.store.look_at_clock()
        assert self.store.flush(PATIENCE_S)
        return today(self.store.read(), shipped(), self.person, instant(self.clock))

    @property
    def closed_by(self) -> set[str]:
        """Why first movements are closed."""
        verdict = may(self.person, shipped().programmes["first-movements"], self.today)
        return {reason.code for reason in verdict.reasons}

    def hurts(self) -> None:
        """As a session does that a sharp pain ends."""
        at = PainAt(boot_id=self.clock.boot_id, t_boot_ms=self.clock.now_ms())
        self.person = replace(self.person, pain_locked=True, pain_locked_on=self.today.day, pain_at=at)

    def practises(self, times: int = 1, programme: str = "first-movements") -> None:
        for _ in range(times):
            self.store.look_at_clock()
            start, self.count = self.clock.now_ms(), self.count + 1
            self.clock.advance(600_000)
            who = {"patient_code": self.person.code, "programme": programme, "end_reason": "completed"}
            self.store.put(
                session(f"s{self.count}", self.clock, start_boot_ms=start, end_boot_ms=self.clock.now_ms(), **who)
            )
            self.clock.advance(HOUR_MS)

    def steps(self, trust: ClockStatus, **by: float) -> None:
        self.store.look_at_clock()
        self.clock.advance(5_000)
        self.clock.wall, self.clock.trust = self.clock.wall + timedelta(**by), trust

    def reboots(self, off_ms: int = 0, trust: ClockStatus = ClockStatus.NTP, **by: float) -> None:
        self.store.look_at_clock()
        assert self.store.close(PATIENCE_S)
        self.clock.reboot(f"boot-{off_ms}-{len(self.clock.boot_id)}", off_ms)
        self.clock.wall, self.clock.trust = self.clock.wall + timedelta(**by), trust
        self.store = Store.open(self.data, self.clock, SMALL)


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[Bed]:
    made = Bed(tmp_path)
    yield made
    made.store.close(PATIENCE_S)


@pytest.mark.parametrize("before", [ClockStatus.NTP, ClockStatus.STAFF, ClockStatus.RTC])
def test_a_step_of_the_clock_does_not_end_the_day_of_a_pain(bed: Bed, before: ClockStatus) -> None:
    """Rule 5: the network sets the clock a day on, five seconds after a sharp pain."""
    bed.clock.trust = before
    bed.hurts()
    for _ in range(3):
        bed.steps(ClockStatus.NTP, days=1)
        assert "pain" in bed.closed_by
    bed.clock.advance(DAY_MS)
    assert bed.closed_by == set()


def test_a_step_over_midnight_ends_no_day(bed: Bed) -> None:
    """It was a second to midnight by the new clock: by the old one the day goes on."""
    bed.hurts()
    bed.practises(3)
    ahead = 16 * HOUR_MS - 3 * (HOUR_MS + 600_000) - 5_000  # eight in the morning, and what has gone by since
    bed.steps(ClockStatus.NTP, milliseconds=ahead + 1)
    assert local_day(bed.clock.wall) > local_day(bed.clock.wall - timedelta(seconds=6))
    assert bed.closed_by == {"pain", "per-day"}


@pytest.mark.parametrize("trust", [ClockStatus.NTP, ClockStatus.STAFF, ClockStatus.RTC, ClockStatus.UNSET])
def test_three_a_day_stay_three_when_the_clock_comes_back_earlier(bed: Bed, trust: ClockStatus) -> None:
    """Rules 3 and 15: a reboot with the clock set back; ten hours of power later they may begin anew."""
    bed.hurts()
    bed.practises(3)
    bed.reboots(trust=trust, days=-1)
    assert bed.closed_by == {"pain", "per-day"}
    bed.clock.advance(5 * HOUR_MS)
    assert bed.closed_by == {"pain", "per-day"}
    bed.clock.advance(4 * HOUR_MS)
    assert "per-day" not in bed.closed_by


def test_without_a_clock_the_day_of_a_pain_ends_when_a_day_is_known_again(tmp_path: Path) -> None:
    """Rules 5 and 15: while no day is known the lock stays; afterwards the moment of the pain has a day as well."""
    bed = Bed(tmp_path, ClockStatus.UNSET)
    bed.hurts()
    bed.practises(1, "relax")
    bed.clock.advance(11 * HOUR_MS)
    assert bed.person.pain_locked_on is None
    assert "pain" in bed.closed_by
    bed.clock.trust = ClockStatus.NTP
    assert "pain" in bed.closed_by, "by the clock it is still the same day"
    bed.clock.advance(12 * HOUR_MS)
    assert "pain" not in bed.closed_by
    bed.store.close(PATIENCE_S)


def test_the_morning_after_is_another_day(bed: Bed) -> None:
    """Rule 3: with a clock that is right nobody waits for ten hours of power, and nobody's pain lasts longer."""
    bed.practises(2)
    bed.hurts()
    assert bed.closed_by == {"pain"}
    bed.reboots(off_ms=15 * HOUR_MS)
    assert bed.closed_by == set()
    assert bed.today.active_begun_today == 0


@pytest.mark.parametrize("slept", [False, True])
def test_a_lock_of_before_its_moment_was_kept_goes_by_its_date_and_by_the_sessions_since(bed: Bed, slept: bool) -> None:
    """Rule 15: the lower bound passes midnight by itself; only when every session is ten hours ago is it a new day."""
    bed.hurts()
    bed.person = replace(bed.person, pain_at=None)
    bed.clock.advance(15 * HOUR_MS)
    bed.practises(1, "relax")
    bed.reboots(trust=ClockStatus.UNSET)
    bed.clock.advance(11 * HOUR_MS if slept else HOUR_MS)
    found = bed.today
    assert found.day is not None
    assert bed.person.pain_locked_on is not None
    assert found.day > bed.person.pain_locked_on
    assert found.new_day is slept
    assert pain_locked(bed.person, found) is not slept


def test_sessions_of_a_programme_that_is_gone_count_as_movement(bed: Bed) -> None:
    """Nobody knows any more what they were: a file taken away gives no fourth session."""
    bed.practises(3, "of-the-clinic")
    assert bed.closed_by == {"per-day"}


def test_an_hour_between_two_sessions_is_an_hour_of_every_clock(bed: Bed) -> None:
    """Rule 3: a step forward is no rest; time without power is, by a clock that is right."""
    bed.practises(1)
    bed.clock.advance(-HOUR_MS)
    bed.steps(ClockStatus.NTP, hours=3)
    assert bed.closed_by == {"gap"}
    bed.reboots(off_ms=50 * 60_000)
    assert bed.closed_by == {"gap"}, "by the clock of before it was three hours earlier"
    bed.reboots(off_ms=10 * 60_000)
    assert bed.closed_by == set()


CLOSED_BY_A_DATE: dict[str, Person] = {
    "paused": replace(WHO, pause_until=local_day(SimClock().wall) + timedelta(days=7)),
    "three-months": replace(WHO, onset=replace(LONG_AGO, on=local_day(SimClock().wall) - timedelta(weeks=12))),
    "review": replace(
        WHO, ticks=tuple(replace(t, seen_on=local_day(SimClock().wall) - timedelta(days=38)) for t in TICKS)
    ),
}


@pytest.mark.parametrize("reason", CLOSED_BY_A_DATE)
@pytest.mark.parametrize("reboot", [False, True])
def test_what_a_date_closes_is_opened_by_no_clock_that_contradicts_itself(bed: Bed, reason: str, reboot: bool) -> None:
    """Pauses, onset and reviews: of two clocks that are equally sure the stricter counts, in this boot."""
    bed.person = CLOSED_BY_A_DATE[reason]
    assert bed.closed_by == {reason}
    days = -20 if reason == "review" else 20
    if not reboot:
        bed.steps(ClockStatus.NTP, days=days)
        assert bed.closed_by == {reason}
    elif days < 0:
        bed.reboots(days=days)
        assert bed.closed_by == {reason}
