"""Which stick can take a package? How it is mounted, let go and switched off; each refusal has a name.

``stick_udisks`` is the real thing, ``stick_sim`` its twin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kiosk.errors import DeviceError
from kiosk.signals import Signal, StickState, StickStatus


class StickError(DeviceError):
    """A stick cannot be used, or not any longer; ``trouble`` says why. ``size_bytes`` of the stick, if there is one.

    Raises ValueError for a status that says a package is whole: an error that was told as "done" would be believed.
    """

    def __init__(self, trouble: StickStatus, detail: str = "", size_bytes: int = 0) -> None:
        if trouble.whole:
            raise ValueError(f"{trouble!r} is no trouble of a stick: it says that a package was proved")
        super().__init__(f"stick: {trouble}{': ' if detail else ''}{detail}")
        self.trouble, self.size_bytes = trouble, size_bytes


@dataclass(frozen=True, slots=True)
class Mounted:
    """Where a stick's files are. ``device``: the number that every file there must have as its ``st_dev``."""

    path: Path
    device: int


class Drive(Protocol):
    """One stick that is being used. Everything here may take a while, up to a limit, and raises StickError."""

    @property
    def size_bytes(self) -> int:
        """The size that it says it has."""
        ...

    def mount(self, *, read_only: bool = False) -> Mounted:
        """Make its files reachable; what an earlier try left mounted is unmounted first."""
        ...

    def unmount(self) -> None:
        """Everything is on the stick when this returns. Not mounted is fine."""
        ...

    def power_off(self) -> None:
        """Switch it off, as far as it can be."""
        ...

    def there(self) -> bool:
        """Whether it is still plugged in, as far as anybody knows. Raises nothing."""
        ...

    def close(self) -> None:
        """Let go of it. Raises nothing."""
        ...


class Sticks(Protocol):
    """A source of ``StickState``; each change of what is plugged in is told once."""

    @property
    def state(self) -> StickState:
        """What is known now."""
        ...

    def fileno(self) -> int: ...

    def drain(self, now_ms: int) -> Sequence[Signal]: ...

    def deadline_ms(self) -> int | None: ...

    def claim(self) -> Drive:
        """The one stick that can be used, looked for anew. May take a while; any thread may ask. Raises StickError."""
        ...

    def close(self) -> None: ...
