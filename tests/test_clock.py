"""A clock that nobody keeps vouches for nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk import clock
from kiosk.clock import FIRST_DAY, ClockStatus, SystemClock
from kiosk.desk.dates import CLOCK_FROM_YEAR

POWERED = 37
"""What a chip without a battery says so many seconds after the power came."""
LATER = FIRST_DAY + timedelta(days=300)


@pytest.fixture
def chip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the clock chip tells its time; no network, and a wall clock that looks right."""
    monkeypatch.setattr(clock, "SYNCHRONIZED", tmp_path / "synchronized")
    monkeypatch.setattr(clock, "RTC", tmp_path / "since_epoch")
    wall(monkeypatch, LATER)
    return tmp_path / "since_epoch"


def wall(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(SystemClock, "wall_utc", lambda _: moment)


@pytest.mark.parametrize("said", [f"{POWERED}\n", "", "not a number\n", None])
def test_a_chip_that_lost_the_time_does_not_vouch_for_it(chip: Path, said: str | None) -> None:
    """A Pi 5 has a clock chip without a battery; the system may still have moved the wall clock on to a likely day."""
    if said is not None:
        chip.write_text(said)
    assert SystemClock().status() is ClockStatus.UNSET


def test_a_wall_clock_that_did_not_take_the_chips_time(chip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chip may be right and come too late: records are stamped by the wall clock."""
    chip.write_text(f"{LATER.timestamp():.0f}\n")
    here = SystemClock()
    wall(monkeypatch, datetime(1970, 1, 1, 0, 0, POWERED, tzinfo=UTC))
    assert here.status() is ClockStatus.UNSET
    wall(monkeypatch, LATER)
    assert here.status() is ClockStatus.RTC


def test_a_chip_with_a_battery_vouches_from_the_first_day_on(chip: Path) -> None:
    """A module that kept the time is what a kiosk without a network is dated by."""
    chip.write_text(f"{FIRST_DAY.timestamp():.0f}\n")
    assert SystemClock().status() is ClockStatus.RTC


def test_staff_and_chip_agree_on_the_first_year() -> None:
    """What staff may enter begins where a clock is believed; the desk knows no clock, so both say it."""
    assert FIRST_DAY.year == CLOCK_FROM_YEAR
