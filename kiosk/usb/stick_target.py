"""A stick that takes a package: mounted, written, let go, read once more from a fresh mount, and switched off.

Nothing on the stick is listed, opened or followed but files of ours, by names that are fixed beforehand.
"""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.devices.stick import Drive, Mounted
from kiosk.errors import HandoverError, NameTaken, ReadBackDiffers, StickError
from kiosk.package import archives, outer
from kiosk.package.archives import MOST_PARTS, part_name
from kiosk.package.datapackage import Digest
from kiosk.package.target import PART, Disk, FileWriter, FolderTarget, TellShare, read_back
from kiosk.signals import StickPhase, StickStatus

MOST_ARCHIVES = 40
"""Most archives, of 3 GiB each: more than the largest stick that FAT32 is formatted on takes."""
SYNC_BYTES = 8 << 20
"""The kernel would take hundreds of MB into memory and then be silent for minutes."""

_AGE = ".age"
_PLAIN = (
    "report.pdf",
    *(part_name("sessions.xlsx", number) for number in range(MOST_PARTS)),
    *(part_name("data.zip", number) for number in range(MOST_ARCHIVES)),
)
OURS = (*_PLAIN, *(name + _AGE for name in _PLAIN), archives.README, outer.FILE)
"""Every name that a file of a package can have."""

Reached = Callable[[StickPhase, float], None]
"""Hears how far it is; raises Cancelled where somebody wants it to end."""


class StickTarget:
    """One way of one package to one stick. ``off``: the stick was proved, unmounted and switched off."""

    def __init__(self, drive: Drive, reached: Reached, leftovers: Sequence[str] = (), disk: Disk | None = None) -> None:
        """Mounts it, and clears away what earlier packages called ``leftovers`` may have left half-written.

        Raises StickError, HandoverError.
        """
        self.proved = self.off = False
        self._drive, self._reached = drive, reached
        self._disk = _Steady(disk or Disk())
        self._folder: FolderTarget | None = None
        self._name = ""
        self._named = False
        self._digests: dict[str, Digest] = {}
        folder = self._open(drive.mount())
        for name in leftovers:
            with contextlib.suppress(OSError):
                sweep(name + PART, folder.fileno(), self._disk)

    def room(self) -> int:
        return self._there().room()

    def begin(self, name: str) -> None:
        folder = self._there()
        if not sweep(name + PART, folder.fileno(), self._disk):
            raise NameTaken(
                "{name}{part}: there is something that is not ours; it is not touched", name=name, part=PART
            )
        self._name = name
        folder.begin(name)

    def create(self, name: str) -> FileWriter:
        if name not in OURS:
            raise HandoverError("{name}: no file of a package has this name", name=name)
        return _Remembered(self._there().create(name), name, self._digests)

    def finish(self) -> Path:
        """Give it its name, prove it, switch the stick off. Only when this returns, there is a package."""
        try:
            self._there().finish()
        except NameTaken:
            raise  # That name is another's: it must not be taken back.
        except BaseException:  # an interrupt too: it may have its name already, and that is taken back
            self._named = True
            raise
        self._named = True
        self._release()
        self._drive.unmount()
        self._prove(self._open(self._drive.mount(read_only=True)))
        self._release()
        self._drive.unmount()
        self._reached(StickPhase.LEAVING, 0.0)
        self.proved = True
        with contextlib.suppress(StickError):
            self._drive.power_off()
            self.off = True
        return Path(self._name)

    def abandon(self) -> None:
        with contextlib.suppress(OSError, HandoverError):
            if self._named:
                self._take_back()
            elif self._folder is not None and self._name:
                sweep(self._name + PART, self._folder.fileno(), self._disk)
        if self._folder is not None:
            self._folder.leave()
        self._digests.clear()

    def close(self) -> None:
        """Let go of the stick, as far as that is possible. Raises nothing."""
        if self._folder is not None:
            self._release()
            with contextlib.suppress(OSError):
                self._drive.unmount()

    def _prove(self, folder: FolderTarget) -> None:
        """Read everything from the medium once more. Raises ReadBackDiffers, Cancelled."""
        total = sum(digest.size for digest in self._digests.values())
        seen = 0

        def read(count: int) -> None:
            nonlocal seen
            seen += count
            self._reached(StickPhase.PROVING, min(1.0, seen / total))

        self._reached(StickPhase.PROVING, 0.0)
        try:
            inside = self._disk.open(self._name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, folder.fileno())
            try:
                for name, digest in self._digests.items():
                    if read_back(self._disk, inside, name, read) != digest:
                        raise ReadBackDiffers("{name}: after a new mount it is not what was written", name=name)
            finally:
                os.close(inside)
        except (FileNotFoundError, NotADirectoryError) as why:
            raise ReadBackDiffers("{filename}: after a new mount it is not there", filename=why.filename) from why

    def _take_back(self) -> None:
        """It has its name, and must not keep it."""
        self._release()
        self._drive.unmount()
        folder = self._open(self._drive.mount())
        for name in (self._name, self._name + PART):
            sweep(name, folder.fileno(), self._disk)

    def _open(self, mounted: Mounted) -> FolderTarget:
        """Raises StickError when the stick cannot be written to, or when something else is where it should be."""
        folder = FolderTarget(mounted.path, self._disk)
        if os.fstat(folder.fileno()).st_dev != mounted.device:
            folder.close()
            raise StickError(StickStatus.NONE, "it was taken out while it was being mounted")
        self._folder = folder
        return folder

    def _there(self) -> FolderTarget:
        if self._folder is None:
            raise HandoverError("the stick was let go of")
        return self._folder

    def _release(self) -> None:
        """A descriptor that is open would keep it from being unmounted."""
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.close()


class _Remembered:
    """A file whose hash is kept for the proof."""

    def __init__(self, file: FileWriter, name: str, digests: dict[str, Digest]) -> None:
        self._file, self._name, self._digests = file, name, digests

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def finish(self, told: TellShare) -> Digest:
        digest = self._digests[self._name] = self._file.finish(told)
        return digest


class _Steady(Disk):
    """Has bytes reach the medium as they come: progress is then true, and stopping does not wait for a full cache."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._owed = 0

    def mkdir(self, name: str, at: int) -> None:
        self._disk.mkdir(name, at)

    def open(self, name: str, flags: int, at: int | None = None) -> int:
        return self._disk.open(name, flags, at)

    def write(self, fd: int, data: bytes | memoryview) -> int:
        done = self._disk.write(fd, data)
        self._owed += done
        if self._owed >= SYNC_BYTES:
            self._owed = 0
            self._disk.fsync(fd)
        return done

    def fsync(self, fd: int) -> None:
        self._disk.fsync(fd)

    def readinto(self, fd: int, buffer: mmap.mmap) -> int:
        return self._disk.readinto(fd, buffer)

    def rename(self, old: str, new: str, at: int) -> None:
        self._disk.rename(old, new, at)


def sweep(name: str, at: int, disk: Disk) -> bool:
    """Remove a folder of ours, without looking what is in it; whether nothing has this name now.

    What is not ours (a link, a file, a folder with more in it) stays as it is. Raises OSError where the medium fails.
    """
    try:
        inside = disk.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, at)
    except FileNotFoundError:
        return True
    except OSError as why:
        if why.errno in (errno.ENOTDIR, errno.ELOOP):
            return False
        raise
    try:
        for file in OURS:
            for spelled in (file, file + PART):
                with contextlib.suppress(FileNotFoundError, IsADirectoryError, PermissionError):
                    os.unlink(spelled, dir_fd=inside)
    finally:
        os.close(inside)
    try:
        os.rmdir(name, dir_fd=at)
    except OSError as why:
        if why.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        raise
    return True
