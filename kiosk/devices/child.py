"""A process of ours at the other end of a socket: start it, hear it, end it, say how it ended. Nothing here waits."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence

_PR_SET_PDEATHSIG = 1
_MOST_BYTES = 65_536
MOST_MESSAGES = 1_000
"""Several times what a socket can hold: whoever has said so much in one go says it faster than it can be heard."""
_FRUGAL = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
    "OPENBLAS_NUM_THREADS": "1",
}
"""glibc else learns from the first big picture that is let go to hold on to all that come later: ten megabytes while a
face is looked at. numpy's threads would never be given anything to do."""


def die_with_the_kiosk(link: socket.socket) -> None:
    """Called in a child first: if the kiosk dies, it must not go on, not even when it hangs in a driver."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if select.select([link], [], [], 0)[0] and not link.recv(1, socket.MSG_PEEK):
        raise SystemExit(0)  # It has died, or hung up, before it could be agreed on.
    # The SIGTERM that systemd sends to all of a service, and whatever a terminal sends, belong to the kiosk: it ends
    # its children itself.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)


class ChildProcess:
    """One run of a child. ``what`` names it for staff: "camera"."""

    def __init__(
        self, what: str, module: str, arguments: Callable[[int], Sequence[str | bytes]], fds: Sequence[int] = ()
    ) -> None:
        """``arguments`` of ``python -m module``, given the number of the child's socket; ``fds`` are passed on too.

        Raises OSError when it cannot be started.
        """
        self.ended = False
        """The child has hung up."""
        self._what = what
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.setblocking(False)
        # A fresh interpreter, not a fork: the kiosk has threads and a display that a copy of it must not own.
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **_FRUGAL},
                pass_fds=(theirs.fileno(), *fds),
                start_new_session=True,  # no terminal, so nothing is sent from there before it can refuse it
            )

    @property
    def pid(self) -> int:
        """The process number of the child."""
        return self._process.pid

    def fileno(self) -> int:
        """Readable while there is news."""
        return self._socket.fileno()

    def messages(self) -> list[bytes]:
        """All it has said so far, ``MOST_MESSAGES`` at most."""
        heard: list[bytes] = []
        while not self.ended and len(heard) < MOST_MESSAGES:
            try:
                message = self._socket.recv(_MOST_BYTES)
            except BlockingIOError:
                break
            except OSError:
                message = b""
            if message:
                heard.append(message)
            else:
                self.ended = True
        return heard

    def say(self, message: bytes, fds: Sequence[int] = ()) -> bool:
        """Tell it something, with descriptors of ours; False when it cannot take it now, or is gone."""
        try:
            socket.send_fds(self._socket, [message], fds)
        except OSError:
            return False
        return True

    def hang_up(self) -> None:
        """Ask it to end."""
        with contextlib.suppress(OSError):  # it has ended already
            self._socket.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        """End it now."""
        self._process.kill()

    def gone(self) -> bool:
        """Whether the process has ended; it holds nothing any more."""
        if self._process.poll() is None:
            return False
        self.ended = True
        self._socket.close()
        return True

    def epitaph(self) -> str:
        """Return the way in which it ended, a sentence for staff."""
        code = self._process.poll()
        if code is None or code == 0:
            return f"the {self._what} program ended by itself"
        if code < 0:
            known = {number.value: number.name for number in signal.Signals}  # not those of real time
            return f"the {self._what} program was stopped by {known.get(-code, f'signal {-code}')}"
        return f"the {self._what} program ended with exit code {code}"
