"""Life and end as systemd sees them: a ping only after a presented frame, and a stop from outside heard as news.

The protocol is a datagram to the socket in ``NOTIFY_SOCKET`` (see sd_notify(3)); without that variable nothing is sent.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Mapping
from types import FrameType

from kiosk.devices.inbox import InboxSource
from kiosk.early import ASKING
from kiosk.signals import Closed


class Ending(InboxSource):
    """A source of one ``Closed`` for each signal of ``ASKING``."""

    def listen(self) -> None:
        """Take the signals over for the rest of this process; main thread only."""
        for number in ASKING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup wants it
                signal.signal(number, self._end)

    def _end(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 (as Python calls handlers)
        self._inbox.put(Closed())
        # Whoever asks again with Ctrl+\ means at once: a way out of a kiosk that does not come to its end.
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)


PING_EVERY_MS = 1_000


class Watchdog:
    """``presented`` is called after each flip; it never blocks and never fails."""

    def __init__(self, env: Mapping[str, str] = os.environ) -> None:
        address = env.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) if address else None
        self._ready = False
        self._last_ms: int | None = None

    def presented(self, now_ms: int, healthy: bool) -> None:
        """A frame is on the screen. ``healthy``: rows handed over do get stored."""
        if self._socket is None or not healthy:
            return
        if not self._ready:
            self._ready = True
            self._send("READY=1\nWATCHDOG=1")
        elif self._last_ms is None or now_ms - self._last_ms >= PING_EVERY_MS:
            self._send("WATCHDOG=1")
        else:
            return
        self._last_ms = now_ms

    def stopping(self) -> None:
        """The kiosk ends by itself."""
        if self._socket is not None:
            self._send("STOPPING=1")
            self._socket.close()
            self._socket = None

    def _send(self, text: str) -> None:
        if self._socket is not None:
            try:
                self._socket.sendto(text.encode(), self._address)
            except OSError:
                # Nobody listens, or its queue is full: systemd will judge by what arrives.
                return
