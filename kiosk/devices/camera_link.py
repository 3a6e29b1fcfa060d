"""The kiosk's end of one camera child: start it, hear it, see its newest picture, end it. Nothing here waits."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from typing import Protocol

import msgspec

from kiosk.devices.camera_child import Failed, News, Opened, Picture, Rejected, Trying
from kiosk.devices.camera_frame import Plan
from kiosk.devices.camera_memory import Seen, Slots

__all__ = ["ChildLink", "Failed", "Link", "News", "Opened", "Picture", "Rejected", "Trying"]

_DECODER = msgspec.json.Decoder(News)


class Link(Protocol):
    """One run of a camera child, seen from the kiosk."""

    @property
    def ended(self) -> bool:
        """The child has hung up."""
        ...

    def fileno(self) -> int:
        """Readable while there is news."""
        ...

    def news(self) -> list[News]:
        """All it has said so far."""
        ...

    def newest(self, after: int) -> Seen | None:
        """Its newest picture, if it is newer than the one with the number ``after``."""
        ...

    def hang_up(self) -> None:
        """Ask it to give the device back and end."""
        ...

    def kill(self) -> None:
        """End it now."""
        ...

    def gone(self) -> bool:
        """Whether the process has ended; it holds no device any more."""
        ...

    def epitaph(self) -> str:
        """How it ended, for staff."""
        ...


class ChildLink:
    """A real child. ``module`` is what it runs: the tests have children that misbehave."""

    def __init__(self, plan: Plan, module: str = "kiosk.devices.camera_child") -> None:
        self.ended = False
        self._slots = Slots.create(plan.size)
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.setblocking(False)
        # A fresh interpreter, not a fork: the kiosk has threads and a display that a copy of it must not own.
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, msgspec.json.encode(plan), str(theirs.fileno()), str(self._slots.fd)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), self._slots.fd),
            )

    @property
    def pid(self) -> int:
        """The process number of the child."""
        return self._process.pid

    def fileno(self) -> int:
        return self._socket.fileno()

    def news(self) -> list[News]:
        heard: list[News] = []
        while not self.ended:
            try:
                message = self._socket.recv(65_536)
            except BlockingIOError:
                break
            except ConnectionError:
                message = b""
            if not message:
                self.ended = True
                break
            news = _DECODER.decode(message)
            # One ring is enough for any number of pictures.
            if not (isinstance(news, Picture) and heard and isinstance(heard[-1], Picture)):
                heard.append(news)
        return heard

    def newest(self, after: int) -> Seen | None:
        return self._slots.newest(after)

    def hang_up(self) -> None:
        if not self.ended:
            self._socket.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        self._process.kill()

    def gone(self) -> bool:
        if self._process.poll() is None:
            return False
        self.ended = True
        self._socket.close()
        return True

    def epitaph(self) -> str:
        code = self._process.poll()
        if code is None or code == 0:
            return "the camera program ended by itself"
        if code < 0:
            return f"the camera program was stopped by {signal.Signals(-code).name}"
        return f"the camera program ended with exit code {code}"
