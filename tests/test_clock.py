"""A clock that nobody keeps vouches for nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import clock
from kiosk.clock import FIRST_DAY, ClockStatus, SystemClock, named_zone, offset_min, zone_name
from kiosk.planning.items import CLOCK_FROM_YEAR, moment_of

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


BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
ZONES = [
    ("Europe/Berlin", "Europe/Berlin"),
    (":Europe/Berlin", "Europe/Berlin"),
    ("/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
    (":/usr/share/zoneinfo/Australia/Lord_Howe", "Australia/Lord_Howe"),
    (BERLIN, ""),
    ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", ""),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", ""),
    ("EST5", ""),
    ("copy", ""),
    ("", "Etc/UTC"),
    (":", "Etc/UTC"),
    ("no zone at all", ""),
    ("../../etc/passwd", ""),
]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Its time zone may be set by ``use``; the C library's is put back afterwards."""
    shutil.copy("/usr/share/zoneinfo/Europe/Dublin", tmp_path / "copy")
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


def use(machine: pytest.MonkeyPatch, tz: str, folder: Path) -> None:
    machine.setenv("TZ", str(folder / tz) if tz == "copy" else tz)
    time.tzset()


@pytest.mark.parametrize(("tz", "name"), ZONES)
def test_the_zone_is_the_c_librarys_all_the_year(
    machine: pytest.MonkeyPatch, tmp_path: Path, tz: str, name: str
) -> None:
    """A path or a rule in TZ used to give today's offset to every day of the year."""
    use(machine, tz, tmp_path)
    zone = named_zone()
    assert zone_name(zone) == name

    @given(st.integers(0, 17 * 366 * 86_400))
    def at(seconds: int) -> None:
        moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        there = time.localtime(moment.timestamp())
        assert offset_min(moment, zone) == there.tm_gmtoff // 60
        assert moment.astimezone(zone).timetuple()[:6] == there[:6]
        assert moment.astimezone(zone).astimezone(UTC) == moment

    at()
    hour, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    while hour < end:
        assert offset_min(hour, zone) == time.localtime(hour.timestamp()).tm_gmtoff // 60
        assert hour.astimezone(zone).astimezone(UTC) == hour
        hour += timedelta(minutes=30)


@pytest.mark.parametrize("tz", ["Europe/Berlin", BERLIN])
def test_staff_set_a_clock_that_stands_in_another_season(machine: pytest.MonkeyPatch, tmp_path: Path, tz: str) -> None:
    """A clock that nobody set stands in January: the summer's hour on their watch was taken an hour wrong."""
    use(machine, tz, tmp_path)
    assert moment_of("010720261200", named_zone()) == datetime(2026, 7, 1, 10, tzinfo=UTC)
