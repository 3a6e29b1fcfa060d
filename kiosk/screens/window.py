"""The window or the whole screen: showing what was drawn, and what the keyboard says meanwhile."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

import pygame

from kiosk.screens import ready
from kiosk.screens.opening import WITHOUT_SCREEN, open_window
from kiosk.signals import Closed, Edge, Signal, Typed

PUMP_MS = 20
"""Interval at which keys are looked for where the display gives no descriptor to wait on."""
CLOSE_MS = 500
"""Interval for a screen that can only tell that it was closed: nobody types there."""
UNSEEN_MS = 10_000
"""Interval for a screen that nobody sees, and so nobody closes."""
KeyTable = Callable[[int, bool, int], Edge | Typed | None]
"""Table of keys: what a key (pygame's constant) means that goes down (True) or up at a time; see
``kiosk.devices.buttons_keys``."""


class Screen:
    """An open screen; a ``kiosk.signals.SignalSource`` of what its keyboard and window frame say.

    ``surface`` is 32 bit, of the screen's own size, and stays the same object for as long as the screen is open.
    ``how`` says in words how it is shown.
    """

    def __init__(self, surface: pygame.Surface, window: pygame.Surface, how: str, keys: KeyTable | None) -> None:
        self.surface, self.how = surface, how
        self._window = window
        self._keys = keys
        driver = pygame.display.get_driver()
        seen = PUMP_MS if keys is not None else CLOSE_MS
        self._pump_ms = UNSEEN_MS if driver in WITHOUT_SCREEN else seen
        self._fd = _connection(driver)
        self._drained_ms = 0
        self._read_ahead = True

    def present(self) -> None:
        """Show what was drawn."""
        if self._window is not self.surface:
            # SDL's renderer would do this on the graphics chip; this is the way for drivers without one.
            pygame.transform.smoothscale(self.surface, self._window.get_size(), self._window)
        pygame.display.flip()
        # Waiting for the display's answer reads news into SDL's own queue, where no descriptor shows it.
        self._read_ahead = True

    def fileno(self) -> int:
        """Descriptor of the display connection, readable while there is news; -1: none, see ``deadline_ms``."""
        return self._fd

    def drain(self, now_ms: int) -> list[Signal]:
        """Return what keyboard and window said; never block."""
        self._drained_ms, self._read_ahead = now_ms, False
        found: list[Signal] = []
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                found.append(Closed())
            elif event.type in (pygame.KEYDOWN, pygame.KEYUP) and self._keys is not None:
                heard = self._keys(event.key, event.type == pygame.KEYDOWN, now_ms)
                if heard is not None:
                    found.append(heard)
            elif event.type == pygame.VIDEOEXPOSE:
                self.present()
        return found

    def deadline_ms(self) -> int | None:
        """The moment to call ``drain`` even without news: at once after a flip, over and over without a descriptor."""
        if self._read_ahead:
            return self._drained_ms
        return None if self._fd >= 0 else self._drained_ms + self._pump_ms

    def keys_elsewhere(self) -> None:
        """Keys are heard by another source (evdev on the appliance): here they would be heard twice, and cost."""
        self._keys, self._pump_ms = None, max(CLOSE_MS, self._pump_ms)

    def close(self) -> None:
        """Give the screen back."""
        pygame.display.quit()


def open_screen(fullscreen: bool, size: tuple[int, int] | None = None, keys: KeyTable | None = None) -> Screen:
    """Open the screen as ``kiosk.screens.opening.open_window`` does, or take over the one with the ready picture on it.

    Nobody listened so far: keys that were pressed until now are forgotten.
    """
    taken = ready.taken(fullscreen) if size is None else None
    surface, window, how = taken or open_window(fullscreen, size)
    pygame.event.set_blocked((pygame.MOUSEMOTION, pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP, pygame.MOUSEWHEEL))
    pygame.event.clear((pygame.KEYDOWN, pygame.KEYUP))
    return Screen(surface, window, f"{pygame.display.get_driver()}, {how}", keys)


def _connection(driver: str) -> int:
    """Descriptor of the display's socket, known by the address of its other end; -1 where it is not found.

    The window's handles would tell it too, but on Wayland pygame crashes when it is asked for them. Not found are a
    display over TCP (``ssh -X``) and a socket that was inherited (WAYLAND_SOCKET).
    """
    ends = {
        "x11": "/.X11-unix/X",
        "wayland": os.path.join(
            os.environ.get("XDG_RUNTIME_DIR", ""), os.environ.get("WAYLAND_DISPLAY") or "wayland-0"
        ),
    }
    if driver not in ends:
        return -1
    for name in os.listdir("/proc/self/fd"):
        try:
            with socket.socket(fileno=os.dup(int(name))) as probe:
                address = probe.getpeername()
        except OSError:
            continue  # no socket, or one without another end
        # X11's may be of Linux' abstract kind: bytes that begin with a zero.
        if ends[driver] in (os.fsdecode(address) if isinstance(address, str | bytes) else ""):
            return int(name)
    return -1
