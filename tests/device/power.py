"""Power cuts, replayed: a disk's log of writes (QEMU's blklogwrites), and what is on the disk if the power goes at a
moment of it.

At a cut everything up to the last flush is on the disk, and of what was written after it any part. Writes are kept or
lost whole: torn sectors are not shown.
"""

from __future__ import annotations

import contextlib
import os
import random
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.device.machine import Machine

MARK = b"ROWSTORE"
FLUSH, FUA, DISCARD = 1, 2, 4
BOOTED = int(os.environ.get("DEVICE_BOOTED", "10"))
"""On how many cuts of a kind the kiosk is started in the device."""
ON = "/data"
"""Where a logged disk, or one that a cut has left, is mounted in the device."""
HEAD = struct.Struct("<QQQI")
ENTRY = struct.Struct("<QQQQ")


def mark_at(megabytes: int) -> int:
    """Behind the file system of a logged disk of this size: where a mark is written."""
    return (megabytes - 4) << 20


def logged_disk(place: Path, megabytes: int) -> tuple[Path, Path]:
    """An empty file system, and an empty log of writes."""
    disk, log = place / "data.raw", place / "data.log"
    for file, size in ((disk, f"{megabytes}M"), (log, "4G")):
        subprocess.run(["truncate", "-s", size, str(file)], check=True)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-b", "4096", str(disk), f"{(megabytes - 8) * 256}"], check=True)
    return disk, log


def mark(machine: Machine, device: str, number: int, at: int) -> None:
    """Write a mark past the cache: a moment that is found again in the log."""
    machine.put("/run/mark", (MARK + struct.pack("<Q", number)).ljust(512, b"\0"))
    machine.run(f"dd if=/run/mark of={device} bs=512 count=1 seek={at // 512} oflag=direct conv=notrunc 2>/dev/null")


@contextlib.contextmanager
def as_cut(machine: Machine, image: bytes, held: Path) -> Iterator[None]:
    """A disk as a cut has left it, mounted at ``ON``."""
    held.write_bytes(image)
    device = machine.attach("cut", held)
    machine.run(f"mkdir -p {ON} && mount -t ext4 -o noatime {device} {ON}", 60)
    try:
        yield
    finally:
        machine.run(f"umount {ON}", 60)
        machine.detach("cut")


class Write(NamedTuple):
    """One entry of the log."""

    sector: int
    sectors: int
    flags: int
    at: int
    """Where its data begin in the log."""


class DiskLog:
    """The log of one disk. ``marks``: (number of the entry, number of the row that was acknowledged there)."""

    def __init__(self, path: Path, mark_offset: int) -> None:
        self._file = path.open("rb")
        _, _, _, self.sector_bytes = HEAD.unpack(self._file.read(HEAD.size))
        self.writes: list[Write] = []
        at = self.sector_bytes
        while True:
            self._file.seek(at)
            head = self._file.read(ENTRY.size)
            if len(head) < ENTRY.size:
                break
            sector, sectors, flags, _ = ENTRY.unpack(head)
            if (sector, sectors, flags) == (0, 0, 0):
                break
            self.writes.append(Write(sector, sectors, flags, at + self.sector_bytes))
            at += self.sector_bytes * (1 + (0 if flags & DISCARD else sectors))
        self.marks: list[tuple[int, int]] = []
        for number, write in enumerate(self.writes):
            if write.sector * self.sector_bytes == mark_offset and write.sectors:
                data = self._data(write)
                if data.startswith(MARK):
                    self.marks.append((number, struct.unpack_from("<Q", data, len(MARK))[0]))

    def _data(self, write: Write) -> bytes:
        self._file.seek(write.at)
        return self._file.read(write.sectors * self.sector_bytes)

    def _apply(self, image: bytearray, write: Write) -> None:
        if write.sectors and not write.flags & DISCARD:
            start = write.sector * self.sector_bytes
            image[start : start + write.sectors * self.sector_bytes] = self._data(write)

    def cuts(self, initial: bytes, count: int, seed: int) -> Iterator[tuple[int, int, bytes]]:
        """Cuts of the power at random moments from the first mark to the last, in the order of time.

        Each: (number of the entry, last row acknowledged before it, what is then on the disk).
        """
        chance = random.Random(seed)
        first, last = self.marks[0][0] + 1, self.marks[-1][0] + 1
        settled, done = bytearray(initial), 0
        for moment in sorted(chance.randrange(first, last) for _ in range(count)):
            flush = max((n for n in range(done, moment) if self.writes[n].flags & FLUSH), default=done)
            while done < flush:
                self._apply(settled, self.writes[done])
                done += 1
            image = bytearray(settled)
            kept = chance.choice((0.0, 0.5, 1.0))
            for write in self.writes[done:moment]:
                if write.flags & FUA or chance.random() < kept:
                    self._apply(image, write)
            acknowledged = max((row for entry, row in self.marks if entry < moment), default=0)
            yield moment, acknowledged, bytes(image)

    def close(self) -> None:
        """Let go of the log."""
        self._file.close()
