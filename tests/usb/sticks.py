"""Sticks that do everything a stick can do wrong, and packages for them."""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kiosk.clock import SimClock
from kiosk.devices.stick import Mounted, SimDrive, SimSticks, Sticks
from kiosk.errors import NameTaken
from kiosk.package.export import Exported
from kiosk.package.outer import FILE, manifest_bytes
from kiosk.package.progress import Stop, TellProgress, never
from kiosk.package.selection import Selection
from kiosk.package.target import Disk, Target
from kiosk.package.write import Made
from kiosk.signals import StickPhase
from kiosk.usb.transfer import Moved
from kiosk.usb.transfer_worker import Job, TransferEnd, delivering, travel
from tests.package.made import exported, unheard

NAME = "FK_CLIN_05E0B6C3_ALL_{:06d}"


class Flaky(Disk):
    """Counts the calls of the system; ``at`` says what happens at which (from 1), before it is carried out."""

    def __init__(self, at: Callable[[int], None] = unheard) -> None:
        self.calls, self._at = 0, at

    def _count(self) -> None:
        self.calls += 1
        self._at(self.calls)

    def mkdir(self, name: str, at: int) -> None:
        self._count()
        super().mkdir(name, at)

    def open(self, name: str, flags: int, at: int | None = None) -> int:
        if at is not None:
            self._count()
        return super().open(name, flags, at)

    def write(self, fd: int, data: bytes | memoryview) -> int:
        self._count()
        return super().write(fd, data)

    def fsync(self, fd: int) -> None:
        self._count()
        super().fsync(fd)

    def readinto(self, fd: int, buffer: mmap.mmap) -> int:
        self._count()
        return super().readinto(fd, buffer)

    def rename(self, old: str, new: str, at: int) -> None:
        self._count()
        super().rename(old, new, at)


def failing(errors: Mapping[int, int]) -> Callable[[int], None]:
    """The calls with these numbers fail, each with its error."""

    def at(call: int) -> None:
        if call in errors:
            raise OSError(errors[call], os.strerror(errors[call]))

    return at


def pulling(sticks: SimSticks, number: int) -> Callable[[int], None]:
    """From this call on there is no stick any more."""

    def at(call: int) -> None:
        if call == number:
            sticks.pull()
        if call >= number:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    return at


class Fake(Disk):
    """Smaller than it says: beyond ``capacity`` bytes are taken and lost, or (``wraps``) laid over the first ones."""

    def __init__(self, capacity: int, *, wraps: bool) -> None:
        self._capacity, self._wraps, self._written, self._first, self._laid = capacity, wraps, 0, "", False

    def write(self, fd: int, data: bytes | memoryview) -> int:
        path = os.readlink(f"/proc/self/fd/{fd}")
        self._first = self._first or path.removesuffix(".part")
        self._written += len(data)
        beyond = self._written > self._capacity
        if beyond and self._wraps and not path.startswith(self._first):
            if not self._laid:  # a byte that is turned twice is as it was
                flip(Path(self._first), 0)
            self._laid = True
        elif beyond:
            return super().write(fd, bytes(len(data)))
        return super().write(fd, data)


def flip(path: Path, place: int) -> None:
    """Turn one byte of a file."""
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 0x5A]))


class Rotting(SimSticks):
    """Something happens to the folder while it is not mounted, after the first time it was: ``rot``."""

    def __init__(self, rot: Callable[[Path], None]) -> None:
        super().__init__(SimClock())
        self.rot = rot

    def claim(self) -> SimDrive:
        drive = super().claim()
        assert self.folder is not None
        return _RottingDrive(self, self.folder, drive.size_bytes)


class _RottingDrive(SimDrive):
    def mount(self, *, read_only: bool = False) -> Mounted:
        mounted = super().mount(read_only=read_only)
        if read_only and isinstance(self._sticks, Rotting):
            self._sticks.rot(mounted.path)
        return mounted


class Misplaced(SimSticks):
    """The stick is on another device than the folder where it should be."""

    def claim(self) -> SimDrive:
        assert self.folder is not None
        return _MisplacedDrive(self, self.folder, 1 << 30)


class _MisplacedDrive(SimDrive):
    def mount(self, *, read_only: bool = False) -> Mounted:
        mounted = super().mount(read_only=read_only)
        return Mounted(mounted.path, mounted.device + 1)


def small(files: dict[str, bytes], number: int = 1) -> Job:
    """Writes a package of these files; it takes a millisecond where a real one takes fifty."""

    def job(target: Target, progress: TellProgress, stop: Stop) -> Exported:
        for seq in range(number, number + 5):
            name = NAME.format(seq)
            try:
                target.begin(name)
                digests = {}
                listed = manifest_bytes((file, hashlib.sha256(data).hexdigest()) for file, data in files.items())
                for file, data in {**files, FILE: listed}.items():
                    writer = target.create(file)
                    for start in range(0, len(data), 1 << 20):
                        writer.write(data[start : start + (1 << 20)])
                    digests[file] = writer.finish(unheard)
                    progress(1, 2)
                place = target.finish()
            except NameTaken:
                target.abandon()
                continue
            except BaseException:
                target.abandon()
                raise
            made = Made(name, place, seq, digests.pop(FILE).sha256, digests, 0, 0)
            return Exported(made, Selection(), True)
        raise AssertionError("no name was free")

    return job


def real(data: Path, **more: Any) -> Job:
    """An export of the record in ``data``."""

    def job(target: Target, progress: TellProgress, stop: Stop) -> Exported:
        return exported(data, data.parent / "unused", target=target, progress=progress, stop=stop, **more)

    return job


def sent(
    sticks: Sticks,
    job: Job,
    *,
    disk: Disk | None = None,
    stop: Stop = never,
    leftovers: Sequence[str] = (),
    moved: Callable[[Moved], None] = unheard,
) -> TransferEnd:
    return travel(sticks, delivering(job, leftovers, disk), moved, stop)


def plugged(folder: Path) -> SimSticks:
    """A good stick."""
    folder.mkdir(exist_ok=True)
    sticks = SimSticks(SimClock())
    sticks.plug(folder)
    return sticks


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


class Stopping:
    """Somebody stops it when it has come to ``phase`` for the ``nth`` time."""

    def __init__(self, phase: StickPhase, nth: int = 1) -> None:
        self._phase, self._left = phase, nth
        self.wanted = False

    def moved(self, moved: Moved) -> None:
        self._left -= moved.phase is self._phase
        self.wanted = self.wanted or self._left <= 0

    def stop(self) -> bool:
        return self.wanted


def rotted(chance: random.Random) -> Callable[[Path], None]:
    """One of the things that a medium does to a package: a byte turned, an end cut off, a file gone, all gone."""

    def rot(folder: Path) -> None:
        packages = [path for path in folder.iterdir() if path.suffix != ".part"]
        file = chance.choice(sorted(packages[0].iterdir()))
        what = chance.randrange(4)
        if what == 0:
            flip(file, chance.randrange(file.stat().st_size))
        elif what == 1:
            os.truncate(file, chance.randrange(file.stat().st_size))
        elif what == 2:
            file.unlink()
        else:
            packages[0].rename(folder / "FOUND.000")

    return rot
