"""A USB stick that can take a package: which one, how it is mounted and let go; each refusal has a name.

``stick_udisks`` is the real thing. Its twin is a folder, plugged in and pulled by a test, the demo or a developer:
``kiosk run --window --stick FOLDER`` has one that is always plugged in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kiosk.clock import Clock
from kiosk.devices.inbox import InboxSource
from kiosk.errors import StickError
from kiosk.signals import SignalSource, StickState, StickStatus


@dataclass(frozen=True, slots=True)
class Mounted:
    """A stick's files lie at ``path``. ``device``: the number that every file there must have as its ``st_dev``."""

    path: Path
    device: int


class Drive(Protocol):
    """One stick that is being used. Everything here may take a while, up to a limit, and raises StickError."""

    @property
    def size_bytes(self) -> int:
        """The size that it says it has."""

    def mount(self, *, read_only: bool = False) -> Mounted:
        """Make its files reachable; what an earlier try left mounted is unmounted first."""

    def unmount(self) -> None:
        """Everything is on the stick when this returns. Not mounted is fine."""

    def power_off(self) -> None:
        """Switch it off, as far as it can be."""

    def there(self) -> bool:
        """Whether it is still plugged in, as far as anybody knows. Raises nothing."""

    def close(self) -> None:
        """Let go of it. Raises nothing."""


class Sticks(SignalSource, Protocol):
    """A source of ``StickState``; each change of what is plugged in is told once."""

    @property
    def state(self) -> StickState:
        """The present condition of the sticks, as far as it is known."""

    def claim(self) -> Drive:
        """The one stick that can be used, looked for anew. May take a while; any thread may ask. Raises StickError."""

    def close(self) -> None: ...


BLOCK = "org.freedesktop.UDisks2.Block"
DRIVE = "org.freedesktop.UDisks2.Drive"
FILESYSTEM = "org.freedesktop.UDisks2.Filesystem"
PARTITION = "org.freedesktop.UDisks2.Partition"
TABLE = "org.freedesktop.UDisks2.PartitionTable"

KINDS = ("vfat", "exfat")
"""File systems that a hospital PC reads and the kiosk may write: each further one is a parser for hostile bytes."""
LINUX = ("ext2", "ext3", "ext4")
SYSTEM_PLACES = ("/boot", "/etc", "/home", "/opt", "/srv", "/usr", "/var")
"""A drive with a mount at ``/`` or below these carries the kiosk itself, which may have started from USB."""

Objects = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Object path → interface → property → value, as ``GetManagedObjects`` tells it, without the variants' signatures."""


@dataclass(frozen=True, slots=True)
class Stick:
    """The one stick, with a file system of this ``kind``, of ``size_bytes``.

    ``drive`` and ``block``: object paths; ``device``: number of the block device.
    """

    drive: str
    block: str
    kind: str
    size_bytes: int
    device: int


def judge(objects: Objects) -> Stick:
    """Raises StickError for everything but one removable USB drive with one file system of ``KINDS``."""
    sticks = {}
    for drive, interfaces in objects.items():
        blocks = _blocks(objects, drive)
        if _is_stick(interfaces.get(DRIVE, {})) and blocks and not any(map(_is_of_the_system, blocks.values())):
            sticks[drive] = blocks
    if not sticks:
        raise StickError(StickStatus.NONE)
    if len(sticks) > 1:
        raise StickError(StickStatus.SEVERAL, f"{len(sticks)} are plugged in")
    ((drive, blocks),) = sticks.items()
    return _candidate(drive, blocks, objects[drive][DRIVE])


def is_there(objects: Objects, stick: Stick) -> bool:
    """Whether this stick is still plugged in, whatever else is."""
    block = objects.get(stick.block, {}).get(BLOCK, {})
    ours = block.get("Drive") == stick.drive and block.get("DeviceNumber", 0) == stick.device
    return ours and _is_stick(objects.get(stick.drive, {}).get(DRIVE, {}))


def _blocks(objects: Objects, drive: str) -> dict[str, Mapping[str, Mapping[str, Any]]]:
    return {path: all_of for path, all_of in objects.items() if all_of.get(BLOCK, {}).get("Drive") == drive}


def _is_stick(drive: Mapping[str, Any]) -> bool:
    """A card reader without a card has no medium, and is no stick."""
    usb = drive.get("ConnectionBus") == "usb" and drive.get("Removable") is True
    return usb and drive.get("MediaAvailable") is True and drive.get("Size", 0) > 0


def _is_of_the_system(block: Mapping[str, Mapping[str, Any]]) -> bool:
    if block[BLOCK].get("HintSystem") is True:
        return True
    places = (bytes(raw).rstrip(b"\0").decode("utf-8", "replace") for raw in _mounts(block))
    return any(place == "/" or place.startswith(SYSTEM_PLACES) for place in places)


def _mounts(block: Mapping[str, Mapping[str, Any]]) -> list[bytes]:
    found: list[bytes] = block.get(FILESYSTEM, {}).get("MountPoints", [])
    return found


def _candidate(drive: str, blocks: Mapping[str, Mapping[str, Mapping[str, Any]]], whole: Mapping[str, Any]) -> Stick:
    size = int(whole["Size"])
    divided = any(TABLE in block for block in blocks.values())
    parts = {
        path: block
        for path, block in blocks.items()
        if block[BLOCK].get("HintIgnore") is not True
        and TABLE not in block
        and (PARTITION in block) == divided
        and not block.get(PARTITION, {}).get("IsContainer", False)
    }
    if not parts:
        raise StickError(StickStatus.BLANK, "it has no partition", size)
    if len(parts) > 1:
        raise StickError(StickStatus.PARTITIONS, f"it has {len(parts)}", size)
    ((path, block),) = parts.items()
    kind = block[BLOCK].get("IdType", "")
    trouble = _trouble_of(kind, FILESYSTEM in block)
    if trouble is None and block[BLOCK].get("ReadOnly") is True:
        trouble = StickStatus.READ_ONLY
    if trouble is not None:
        raise StickError(trouble, kind, size)
    return Stick(drive, path, kind, size, int(block[BLOCK].get("DeviceNumber", 0)))


def _trouble_of(kind: str, mountable: bool) -> StickStatus | None:
    if not kind:
        return StickStatus.BLANK
    if kind in LINUX:
        return StickStatus.LINUX
    if kind == "ntfs":
        return StickStatus.NTFS
    if kind not in KINDS:
        return StickStatus.OTHER
    return None if mountable else StickStatus.DAMAGED


SIZE = 16 << 30


class SimSticks(InboxSource):
    """``calls`` is what was asked of the stick, oldest first; ``refuse`` lets a call fail: "mount", "power_off", …"""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.folder: Path | None = None
        """The folder of the stick's files, while one is plugged in."""
        self.stays = False
        """Switched off, it is plugged in again at once: nobody stands at a folder to do it."""
        self.state = StickState(StickStatus.NONE, 0, clock.now_ms())
        self.calls: list[str] = []
        self.refuse: dict[str, StickStatus] = {}

    def plug(self, folder: Path, size_bytes: int = SIZE) -> None:
        """A good stick, whose files lie in ``folder``."""
        self.folder = folder
        self._tell(None, size_bytes)

    def show(self, trouble: StickStatus, size_bytes: int = 0) -> None:
        """Show something that cannot be used."""
        self.folder = None
        self._tell(trouble, size_bytes)

    def pull(self) -> None:
        """Take the stick out."""
        self.show(StickStatus.NONE)

    def claim(self) -> SimDrive:
        if self.state.trouble is not None or self.folder is None:
            raise StickError(self.state.trouble or StickStatus.NONE)
        return SimDrive(self, self.folder, self.state.size_bytes)

    def _tell(self, trouble: StickStatus | None, size_bytes: int) -> None:
        self.state = StickState(trouble, size_bytes, self._clock.now_ms())
        self._inbox.put(self.state)


class SimDrive:
    """A folder that is mounted, unmounted and switched off."""

    def __init__(self, sticks: SimSticks, folder: Path, size_bytes: int) -> None:
        self._sticks, self._folder, self.size_bytes = sticks, folder, size_bytes

    def mount(self, *, read_only: bool = False) -> Mounted:
        self._called("mount-ro" if read_only else "mount")
        return Mounted(self._folder, self._folder.stat().st_dev)

    def unmount(self) -> None:
        self._called("unmount")

    def power_off(self) -> None:
        self._called("power_off")
        if not self._sticks.stays:
            self._sticks.pull()

    def there(self) -> bool:
        return self._sticks.folder == self._folder

    def close(self) -> None:
        pass

    def _called(self, what: str) -> None:
        self._sticks.calls.append(what)
        if not self.there():
            raise StickError(StickStatus.NONE)
        if what in self._sticks.refuse:
            raise StickError(self._sticks.refuse[what])
