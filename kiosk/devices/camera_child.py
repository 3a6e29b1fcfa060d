"""The process that owns the camera: ``python -m kiosk.devices.camera_child PLAN SOCKET MEMORY``.

A camera library can hang for ever and a process can be killed, so nothing of it is loaded in the kiosk itself. The
child tries its backends in order, says by the socket which one it tries and why one is rejected, and then writes
pictures into shared memory until the socket closes.
"""

from __future__ import annotations

import logging
import select
import socket
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from kiosk.clock import SystemClock
from kiosk.devices.camera_frame import Backend, CameraPlan, Frame, Pause, Pixels, Slots
from kiosk.devices.supervised import die_with_the_kiosk
from kiosk.errors import CameraError

log = logging.getLogger(__name__)

_FLAT = 10
"""A picture whose values lie within this has nothing in it that could be frozen: a closed shutter, a dark room."""


class Trying(msgspec.Struct, frozen=True, tag="trying"):
    """The backend called ``name`` is being opened."""

    name: str


class Rejected(msgspec.Struct, frozen=True, tag="rejected"):
    """The backend called ``name`` could not be opened, because of this ``cause``."""

    name: str
    cause: str


class CameraOpened(msgspec.Struct, frozen=True, tag="opened"):
    """The backend called ``name`` is open."""

    name: str


class CameraPicture(msgspec.Struct, frozen=True, tag="picture"):
    """There is a newer picture in the shared memory."""


class CameraFailed(msgspec.Struct, frozen=True, tag="failed"):
    """The child ends because of this ``cause``."""

    cause: str


News = Trying | Rejected | CameraOpened | CameraPicture | CameraFailed
MakeBackend = Callable[[str, CameraPlan, Pause], Backend]

_PICTURE = msgspec.json.encode(CameraPicture())


def make_backend(name: str, plan: CameraPlan, pause: Pause) -> Backend:
    """The backend of this name. Nothing is opened and no library loaded before ``open``."""
    if name == "picamera":
        from kiosk.devices.camera_picamera import PicameraBackend

        return PicameraBackend(plan.size, plan.fps)
    if name == "webcam":
        from kiosk.devices.camera_opencv import WebcamBackend

        return WebcamBackend(plan.size, plan.fps, plan.device)
    if name == "recorded":
        from kiosk.devices.camera_recorded import RecordedBackend

        return RecordedBackend(plan.size, Path(plan.video), pause)
    raise ValueError(f"{name!r} is no camera: choose picamera, webcam, recorded or none")


def content_of(pixels: Pixels) -> int:
    """A checksum of some of the picture: a sensor's noise changes it every time. 0: nothing to be seen in it."""
    rows = np.ascontiguousarray(pixels[::24])
    green = rows[:, ::4, 1]
    if int(green.max()) - int(green.min()) <= _FLAT:
        return 0
    return zlib.crc32(rows.data) or 1


class CameraRun:
    """One run of the child, from the plan to the closed socket."""

    def __init__(self, plan: CameraPlan, link: socket.socket, slots: Slots, make: MakeBackend) -> None:
        self._plan, self._link, self._slots, self._make = plan, link, slots, make
        self._clock = SystemClock()

    def run(self) -> None:
        """Open the first backend that works and deliver until the kiosk hangs up."""
        if self._hung_up(0):
            return
        causes = []
        for name in self._plan.backends:
            self.say(Trying(name))
            if name == "none":
                self.say(CameraOpened(name))
                return
            backend = self._make(name, self._plan, self._pause)
            try:
                backend.open()
            except CameraError as err:
                causes.append(f"{name}: {err}")
                self.say(Rejected(name, str(err)))
                continue
            self.say(CameraOpened(name))
            try:
                self._deliver(backend)
            except CameraError as err:
                self.say(CameraFailed(f"{name}: {err}"))
            finally:
                backend.close()
            return
        self.say(CameraFailed("no camera could be opened; " + "; ".join(causes)))

    def _deliver(self, backend: Backend) -> None:
        seq = 0
        while not self._hung_up(0):
            shot = backend.wait()
            seq += 1
            # Only now: a slot that was held while the picture was waited for would be one more in memory.
            with self._slots.writing() as slot:
                if slot is None:
                    continue  # All are held, so this picture is dropped: never queued.
                into, publish = slot
                backend.fill(into)
                publish(Frame(into, shot.t_ms, seq), shot.stamp, content_of(into) if backend.is_sensor else 0)
            self._ring()

    def say(self, news: News) -> None:
        """Tell the kiosk; end when nobody is left to hear it."""
        try:
            self._link.send(msgspec.json.encode(news))
        except BrokenPipeError:
            raise SystemExit(0) from None

    def _ring(self) -> None:
        try:
            self._link.send(_PICTURE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass  # The kiosk has not looked for many pictures; it will find the newest when it does.
        except BrokenPipeError:
            raise SystemExit(0) from None

    def _hung_up(self, wait_ms: int) -> bool:
        readable, _, _ = select.select([self._link], [], [], wait_ms / 1000)
        return bool(readable) and not self._link.recv(64)

    def _pause(self, ms: int) -> None:
        if self._hung_up(max(0, ms)):
            raise SystemExit(0)


def serve(args: Sequence[str], make: MakeBackend = make_backend) -> None:
    """Run with the child's command line: plan as JSON, number of the socket, number of the memory."""
    plan = msgspec.json.decode(args[0], type=CameraPlan)
    with socket.socket(fileno=int(args[1])) as link:
        die_with_the_kiosk(link)  # The camera and its light would stay on.
        slots = Slots.join(int(args[2]), plan.size)
        child = CameraRun(plan, link, slots, make)
        try:
            child.run()
        except (ValueError, OSError, RuntimeError) as err:
            log.exception("camera child")
            child.say(CameraFailed(f"the camera program broke: {type(err).__name__}: {err}"))
            raise SystemExit(1) from err


def main(args: Sequence[str]) -> None:
    """The program."""
    logging.basicConfig(level=logging.INFO, format="camera: %(levelname)s %(message)s")
    serve(args)


if __name__ == "__main__":
    main(sys.argv[1:])
