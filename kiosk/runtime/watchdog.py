"""Tells systemd that the kiosk lives: only after a presented frame, and only while the store gets on.

The protocol is a datagram to the socket in ``NOTIFY_SOCKET`` (see sd_notify(3)); without that variable nothing is sent.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

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
