"""The kiosk's end of one camera child: start it, hear it, see its newest picture, end it. Nothing here waits."""

from __future__ import annotations

from typing import Protocol

import msgspec

from kiosk.devices.camera_frame import CameraPlan
from kiosk.devices.camera_memory import NewestFrame, Slots
from kiosk.devices.child import ChildProcess
from kiosk.devices.supervised import Link


class CameraLink(Link, Protocol):
    """One run of a camera child, seen from the kiosk."""

    @property
    def memory(self) -> Slots | None:
        """Where its pictures lie."""
        ...

    def newest(self, after: int) -> NewestFrame | None:
        """Its newest picture, if it is newer than the one with the number ``after``. Raises ChildError."""
        ...


class ChildLink(ChildProcess):
    """A real child. ``module`` is what it runs: the tests have children that misbehave."""

    def __init__(self, plan: CameraPlan, module: str = "kiosk.devices.camera_child") -> None:
        self.memory = Slots.create(plan.size)
        fd = self.memory.fd
        super().__init__("camera", module, lambda link: (msgspec.json.encode(plan), str(link), str(fd)), (fd,))

    def newest(self, after: int) -> NewestFrame | None:
        return self.memory.newest(after)
