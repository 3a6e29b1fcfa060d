"""Sticks without hardware: a folder is the stick, plugged in and pulled by the test, the demo or a developer.

``kiosk run --window --stick FOLDER`` has one that is always plugged in.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kiosk.clock import Clock
from kiosk.devices.inbox import Inbox
from kiosk.devices.stick import Mounted, StickError
from kiosk.signals import Signal, StickState, StickStatus

SIZE = 16 << 30


class SimSticks:
    """``calls`` is what was asked of the stick, oldest first; ``refuse`` lets a call fail: "mount", "power_off", …"""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._inbox = Inbox()
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
        """Something that cannot be used."""
        self.folder = None
        self._tell(trouble, size_bytes)

    def pull(self) -> None:
        """Take the stick out."""
        self.show(StickStatus.NONE)

    def fileno(self) -> int:
        return self._inbox.fileno()

    def drain(self, now_ms: int) -> Sequence[Signal]:  # noqa: ARG002 (the stamps are those of the plugging)
        return self._inbox.take()

    def deadline_ms(self) -> int | None:
        return None

    def claim(self) -> SimDrive:
        if self.state.trouble is not None or self.folder is None:
            raise StickError(self.state.trouble or StickStatus.NONE)
        return SimDrive(self, self.folder, self.state.size_bytes)

    def close(self) -> None:
        self._inbox.close()

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
