"""Camera children that misbehave: ``python -m tests.devices.camera_children PLAN SOCKET MEMORY``.

The plan's ``device`` says how. Everything but the backend is the real child.
"""

from __future__ import annotations

import os
import sys
import threading

from kiosk.clock import SystemClock
from kiosk.devices.camera_child import serve
from kiosk.devices.camera_frame import Backend, CameraPlan, FrameShot, Pause, Pixels
from kiosk.errors import CameraError


def hang() -> None:
    """What a driver does that has lost its camera."""
    threading.Event().wait()


class Naughty:
    """Delivers a few good pictures and then does what it is told."""

    is_sensor = True

    def __init__(self, how: str, pause: Pause) -> None:
        self._how, self._pause = how, pause
        self._clock = SystemClock()
        self._count = 0
        self.is_sensor = how != "hammer"

    def open(self) -> None:
        if self._how == "hang-open":
            hang()
        if self._how == "raise-open":
            raise CameraError("the lens cap is welded on: take it off")
        if self._how == "break-open":
            raise RuntimeError("a bug in a library")
        if self._how == "exit-open":
            os._exit(3)

    def wait(self) -> FrameShot:
        self._count += 1
        if self._how != "hammer":
            self._pause(400 if self._how == "slow" else 15)
        return FrameShot(self._clock.now_ms())

    def fill(self, into: Pixels) -> None:
        if self._how == "hammer":
            into[:] = self._count % 251
            return
        into[:] = 0
        if self._how != "dark":
            # Something to see, that moves unless the camera is frozen.
            into[:, : into.shape[1] // 2] = 200
            if self._how != "repeat":
                into[0, 0] = self._count % 251
        if self._count > 3:
            if self._how == "hang-read":
                hang()
            if self._how == "raise-read":
                raise CameraError("the cable fell out: push it back in")
            if self._how == "exit-read":
                os._exit(4)

    def close(self) -> None:
        pass


def make(name: str, plan: CameraPlan, pause: Pause) -> Backend:
    """With a plan ``how@backend`` only that backend misbehaves and the others are good."""
    how, _, where = plan.device.partition("@")
    return Naughty(how if where in ("", name) else "good", pause)


if __name__ == "__main__":
    serve(sys.argv[1:], make)
