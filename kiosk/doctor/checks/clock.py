"""The clock, and who vouches for it."""

from __future__ import annotations

from pathlib import Path

from kiosk.clock import RTC, Clock, ClockStatus, SystemClock
from kiosk.doctor.check import Check, CheckedPart, ok, warning

PLACE = 90


def clock(here: Clock, chip: Path = RTC) -> Check:
    """Check that somebody vouches for the date."""
    name = "Clock"
    now = f"{here.wall_utc():%Y-%m-%d %H:%M} UTC"
    match here.status():
        case ClockStatus.UNSET if chip.exists():
            step = "give the clock module a battery, or a new one, and set the date on the staff screen"
            return warning(name, f"{now}, but the clock module has lost the time", step)
        case ClockStatus.UNSET:
            step = "set the date on the staff screen after each start, or fit a clock module (DS3231) or a network"
            return warning(name, f"{now}, but nothing vouches for it", step)
        case status:
            words = {ClockStatus.NTP: "the network", ClockStatus.RTC: "a clock module", ClockStatus.STAFF: "staff"}
            return ok(name, f"{now}, from {words[status]}")


PARTS = (CheckedPart("Clock", lambda _: clock(SystemClock())),)
