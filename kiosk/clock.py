"""The only file that may ask what time it is.

Durations come from ``CLOCK_BOOTTIME`` (never steps, counts suspend). Civil time is aware UTC, and every use of it
carries how far it can be trusted: a Pi has no battery clock, and offline its time repeats.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from zoneinfo import TZPATH, ZoneInfo, ZoneInfoNotFoundError

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")
RTC = Path("/sys/class/rtc/rtc0/since_epoch")
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Nobody practised before this program was written. A clock chip without a battery (a Pi 5 has one) begins in 1970."""
LOCALTIME = Path("/etc/localtime")
GREENWICH = ZoneInfo("Etc/UTC")
"""UTC as a zone that has a name."""
JUMP_MS = 2_000
"""A difference between wall and boot time that changes by more than this is a jump of the wall clock."""


class ClockStatus(StrEnum):
    """The one who vouches for the wall clock."""

    NTP = "ntp"
    RTC = "rtc"
    STAFF = "staff"
    UNSET = "unset"


OFF_BY_S = {ClockStatus.NTP: 1.0, ClockStatus.STAFF: 60.0}
"""Most that the wall clock is off, seconds: a network keeps it within one, staff read minutes from a watch [D]. Nobody
knows when a battery clock was last set, and an unset one says nothing."""


def off_by_s(status: str) -> float | None:
    """Return the most that a moment is off, seconds, for which ``status`` vouches; None: unknown."""
    return OFF_BY_S.get(ClockStatus(status)) if status in set(ClockStatus) else None


@dataclass(frozen=True, slots=True)
class Instant:
    """One moment, as it is written into a record.

    ``t_boot_ms`` of boot ``boot_id``; ``wall_utc`` is what the wall clock said, and ``status`` tells who vouches for
    that.
    """

    boot_id: str
    t_boot_ms: int
    wall_utc: datetime
    status: ClockStatus


class Clock(Protocol):
    """The surface of a clock that the kiosk uses. ``now_ms`` is milliseconds since boot."""

    @property
    def boot_id(self) -> str: ...

    def now_ms(self) -> int: ...

    def wall_utc(self) -> datetime: ...

    def status(self) -> ClockStatus: ...

    def zone(self) -> tzinfo:
        """The time zone in which the kiosk stands just now, by its IANA name where it has one."""


def instant(clock: Clock) -> Instant:
    """The present moment of ``clock``."""
    # Who vouches is asked first: a clock that is set just now is then called less sure than it is, never surer.
    status = clock.status()
    return Instant(clock.boot_id, clock.now_ms(), clock.wall_utc(), status)


class SystemClock:
    """The machine's own clocks. Staff may vouch for the wall clock until the network does, or the next boot."""

    def __init__(self) -> None:
        self._staff_offset: timedelta | None = None
        self._battery = False
        try:
            self._boot_id = BOOT_ID.read_text(encoding="ascii").strip()
        except OSError:
            # Where /proc hides it, each start counts as a boot of its own: never wrong, only coarser.
            self._boot_id = f"start-{time.time_ns():x}"

    @property
    def boot_id(self) -> str:
        return self._boot_id

    def now_ms(self) -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    def wall_utc(self) -> datetime:
        if self._staff_offset is not None:
            return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=self.now_ms()) + self._staff_offset
        return datetime.now(UTC)

    def status(self) -> ClockStatus:
        if SYNCHRONIZED.exists():
            # Only here, so that a moment that is called the staff's is also told by their watch.
            self._staff_offset = None
            return ClockStatus.NTP
        if self._staff_offset is not None:
            return ClockStatus.STAFF
        # The chip is asked as well: the system may have moved the wall clock on to when it was last switched off. Once
        # it has kept the time it is not asked again, a look at it takes a millisecond.
        self._battery = self._battery or _chip_kept_time()
        return ClockStatus.RTC if self._battery and self.wall_utc() >= FIRST_DAY else ClockStatus.UNSET

    def zone(self) -> tzinfo:
        return named_zone()

    def set_by_staff(self, wall_utc: datetime) -> None:
        """Staff read the time off their watch: it holds from now until the network knows better, or the next boot."""
        self._staff_offset = wall_utc - datetime.fromtimestamp(0, UTC) - timedelta(milliseconds=self.now_ms())


def _chip_kept_time() -> bool:
    """Whether there is a battery clock that was not lately set back to its beginning."""
    try:
        return int(RTC.read_text(encoding="ascii")) >= FIRST_DAY.timestamp()
    except (OSError, ValueError):
        return False


@dataclass
class SimClock:
    """A clock that moves only when it is told to.

    ``t_ms`` since the boot ``boot_id``, ``wall`` time for which ``trust`` vouches, and the time zone it ``stands_in``.
    """

    t_ms: int = 1_000
    wall: datetime = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    trust: ClockStatus = ClockStatus.NTP
    boot_id: str = "boot-1"
    stands_in: tzinfo = GREENWICH

    def now_ms(self) -> int:
        return self.t_ms

    def wall_utc(self) -> datetime:
        return self.wall

    def status(self) -> ClockStatus:
        return self.trust

    def zone(self) -> tzinfo:
        return self.stands_in

    def set_by_staff(self, wall_utc: datetime) -> None:
        self.wall, self.trust = wall_utc, ClockStatus.STAFF

    def advance(self, ms: int) -> None:
        """Let ``ms`` milliseconds pass on both clocks."""
        self.t_ms += ms
        self.wall += timedelta(milliseconds=ms)

    def reboot(self, boot_id: str, off_ms: int = 0) -> None:
        """Power was away for ``off_ms``; boot time starts again."""
        self.wall += timedelta(milliseconds=off_ms)
        self.t_ms, self.boot_id = 1_000, boot_id


@dataclass(frozen=True, slots=True)
class JumpWatch:
    """Notices when the wall clock steps against boot time. ``offset_ms`` is their difference; None: not looked yet."""

    offset_ms: int | None = None

    def look(self, at: Instant) -> tuple[JumpWatch, int]:
        """The watch to use next, and by how many milliseconds the wall clock jumped (0: it did not)."""
        offset = round(at.wall_utc.timestamp() * 1000) - at.t_boot_ms
        if self.offset_ms is None:
            return JumpWatch(offset), 0
        delta = offset - self.offset_ms
        return (replace(self, offset_ms=offset), delta) if abs(delta) > JUMP_MS else (self, 0)


def local_day(moment: datetime) -> date:
    """The calendar day of ``moment`` where this kiosk stands (the machine's time zone)."""
    return moment.astimezone().date()


def local_moment(moment: datetime) -> datetime:
    """``moment`` as a clock on the wall shows it where this kiosk stands (the machine's time zone)."""
    return moment.astimezone()


def ticks_ns() -> int:
    """Nanoseconds since boot, the same in every process: how long something took, never part of a record."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def cpu_ns(pid: int | None = None) -> int:
    """Processor time that all threads of this process, or of the process ``pid``, have used, in nanoseconds.

    Raises OSError when there is no such process.
    """
    if pid is None:
        return time.process_time_ns()
    # What clock_getcpuclockid(3) answers; Python has it for threads alone.
    return time.clock_gettime_ns((~pid << 3) | 2)


def thread_cpu_ns() -> int:
    """Processor time that the calling thread has used, in nanoseconds."""
    return time.thread_time_ns()


def offset_min(moment: datetime, zone: tzinfo) -> int:
    """Minutes from UTC to the local time of ``zone`` at that moment."""
    there = moment.astimezone(UTC).astimezone(zone).utcoffset()
    return (there or timedelta(0)) // timedelta(minutes=1)


def zone_name(zone: tzinfo) -> str:
    """The IANA name of ``zone``; empty where it has none."""
    return str(getattr(zone, "key", ""))


def zone_called(name: str) -> tzinfo | None:
    """The zone with this IANA name; None: there is none here."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


class _MachineZone(tzinfo):
    """The machine's zone where it has no name, by the rules of the C library: a rule in ``TZ``, a file of its own."""

    def fromutc(self, dt: datetime) -> datetime:
        there = dt.replace(tzinfo=UTC).astimezone()
        local = there.replace(tzinfo=self)
        # Of an hour that comes twice, the C library's offset tells which one it is.
        return local if local.utcoffset() == there.utcoffset() else local.replace(fold=1)

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return None if dt is None else dt.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, dt: datetime | None) -> timedelta | None:  # noqa: ARG002 (not told apart by anybody)
        return None

    def tzname(self, dt: datetime | None) -> str | None:
        return None if dt is None else dt.replace(tzinfo=None).astimezone().tzname()


def named_zone() -> tzinfo:
    """The time zone of this kiosk with its past and future summers, by its IANA name where it has one.

    It is the C library's, which every local day and time here go by: ``TZ`` may be a name, a file or a rule.
    """
    wanted = os.environ.get("TZ")
    name = str(LOCALTIME) if wanted is None else wanted.removeprefix(":")
    if name.startswith("/"):
        file = Path(name).resolve()
        name = next((str(file.relative_to(r)) for r in map(_resolved, TZPATH) if file.is_relative_to(r)), "")
    elif not name:
        return GREENWICH  # as the C library takes a variable that is there and empty
    return zone_called(name) or _MachineZone()


def _resolved(place: str) -> Path:
    return Path(place).resolve()
