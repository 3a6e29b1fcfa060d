"""The window or the whole screen: opening it, showing what was drawn, and what the keyboard says meanwhile.

Everything is drawn at 1280x720. Where the screen has another size, the driver scales (``SCALED``); where the
driver cannot, we do.
"""

from __future__ import annotations

import ctypes
import logging
import os
from collections.abc import Callable

import pygame

from kiosk.errors import ScreenError
from kiosk.screens.theme import GROUND, HEIGHT, WIDTH
from kiosk.signals import Closed, Edge, Signal, Typed

log = logging.getLogger(__name__)

LOGICAL = (WIDTH, HEIGHT)
WITHOUT_SCREEN = ("dummy", "offscreen")
PUMP_MS = 20
"""How often keys are looked for where the display gives no descriptor to wait on."""
CLOSE_MS = 500
"""How often a screen is looked at that can only tell that it was closed: nobody types there."""

Keys = Callable[[int, bool, int], Edge | Typed | None]
"""What a key (pygame's constant) going down (True) or up means at a time: ``kiosk.devices.buttons_keys``."""


class Screen:
    """An open screen; a ``kiosk.signals.Source`` of what its keyboard and window frame say.

    ``surface`` is 1280x720, 32 bit, and stays the same object for as long as the screen is open. ``how`` says in words
    how it is shown.
    """

    def __init__(self, surface: pygame.Surface, window: pygame.Surface, how: str, keys: Keys | None) -> None:
        self.surface, self.how = surface, how
        self._window = window
        self._keys = keys
        typed = keys is not None and pygame.display.get_driver() not in WITHOUT_SCREEN
        self._pump_ms = PUMP_MS if typed else CLOSE_MS
        self._fd = _connection()
        self._drained_ms = 0
        self._read_ahead = True
        self._place = _letterbox(window.get_size())

    def present(self) -> None:
        """Show what was drawn."""
        if self._window is not self.surface:
            # SDL's renderer would do this on the graphics chip; this is the way for drivers without one.
            part = self._window.subsurface(self._place)
            pygame.transform.smoothscale(self.surface, self._place.size, part)
        pygame.display.flip()
        # Waiting for the display's answer reads news into SDL's own queue, where no descriptor shows it.
        self._read_ahead = True

    def fileno(self) -> int:
        """Descriptor of the display connection, readable while there is news; -1: none, see ``deadline_ms``."""
        return self._fd

    def drain(self, now_ms: int) -> list[Signal]:
        """What keyboard and window said; never blocks."""
        self._drained_ms, self._read_ahead = now_ms, False
        found: list[Signal] = []
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                found.append(Closed())
            elif event.type in (pygame.KEYDOWN, pygame.KEYUP) and self._keys is not None:
                signal = self._keys(event.key, event.type == pygame.KEYDOWN, now_ms)
                if signal is not None:
                    found.append(signal)
            elif event.type == pygame.VIDEOEXPOSE:
                self.present()
        return found

    def deadline_ms(self) -> int | None:
        """When to call ``drain`` even without news: at once after a present, and over and over without a descriptor."""
        if self._read_ahead:
            return self._drained_ms
        return None if self._fd >= 0 else self._drained_ms + self._pump_ms

    def keys_elsewhere(self) -> None:
        """Keys are heard by another source (evdev on the appliance): here they would be heard twice, and cost."""
        self._keys, self._pump_ms = None, CLOSE_MS

    def close(self) -> None:
        """Give the screen back."""
        pygame.display.quit()


def open_screen(fullscreen: bool, size: tuple[int, int] | None = None, keys: Keys | None = None) -> Screen:
    """Open the whole screen, or a window of ``size`` (default 1280x720).

    Raises ScreenError, with what to do, when there is no screen. SDL's drivers that show nothing are taken only when
    SDL_VIDEODRIVER names one.
    """
    try:
        pygame.display.init()
    except pygame.error as cause:
        raise _no_screen(str(cause)) from cause
    driver = pygame.display.get_driver()
    if driver in WITHOUT_SCREEN and os.environ.get("SDL_VIDEODRIVER") != driver:
        # With neither X11, Wayland nor KMS, SDL draws into the void and says that all is well.
        pygame.display.quit()
        raise _no_screen(f"SDL found only its driver '{driver}'")
    if driver == "x11":
        # SDL's default takes a plain surface through OpenGL: 13 to 18 times slower than shared memory without a
        # graphics chip, and trying both costs the window a second opening.
        os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
    surface, window, how = _open(driver, fullscreen, size)
    pygame.mouse.set_visible(False)
    pygame.display.set_caption("Kiosk")
    pygame.event.set_blocked((pygame.MOUSEMOTION, pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP, pygame.MOUSEWHEEL))
    surface.fill(GROUND)
    return Screen(surface, window, f"{driver}, {how}", keys)


def _no_screen(cause: str) -> ScreenError:
    return ScreenError(
        f"there is no screen to draw on ({cause}): start the kiosk on its own screen or in a desktop session, where "
        "DISPLAY or WAYLAND_DISPLAY is set. Without a screen, `kiosk demo --out DIR` works"
    )


Opened = tuple[pygame.Surface, pygame.Surface, str]
"""What to draw on, what the driver shows, and how, in words."""


def _open(driver: str, fullscreen: bool, size: tuple[int, int] | None) -> Opened:
    whole = pygame.display.get_desktop_sizes()[0] if fullscreen and driver not in WITHOUT_SCREEN else None
    wanted = whole or size or LOGICAL
    # The dummy driver's whole screen is 1024x768, whatever is asked for.
    flags = pygame.FULLSCREEN if fullscreen and driver not in WITHOUT_SCREEN else 0
    try:
        if wanted == LOGICAL:
            surface = pygame.display.set_mode(LOGICAL, flags, 32)
            if surface.get_size() == LOGICAL:
                return surface, surface, "at its own size"
            wanted = surface.get_size()
        if fullscreen and driver not in WITHOUT_SCREEN:
            try:
                surface = pygame.display.set_mode(LOGICAL, flags | pygame.SCALED, 32, vsync=1)
            except pygame.error as cause:
                log.warning("the screen driver %s cannot scale (%s): scaling in software", driver, cause)
            else:
                return surface, surface, f"scaled to {wanted[0]}x{wanted[1]} by the driver"
        window = pygame.display.set_mode(wanted, flags, 32)
    except pygame.error as cause:
        raise ScreenError(
            f"the screen of {wanted[0]}x{wanted[1]} does not open ({driver}: {cause}): "
            "check its cable and power, or run in a window"
        ) from cause
    return pygame.Surface(LOGICAL, 0, 32), window, f"scaled to {wanted[0]}x{wanted[1]} by the kiosk"


def _letterbox(size: tuple[int, int]) -> pygame.Rect:
    """The largest 16:9 rectangle in the middle of a screen of ``size``."""
    scale = min(size[0] / WIDTH, size[1] / HEIGHT)
    w, h = round(WIDTH * scale), round(HEIGHT * scale)
    return pygame.Rect((size[0] - w) // 2, (size[1] - h) // 2, w, h)


def _connection() -> int:
    """Descriptor of the X11 connection, or -1. SDL tells the address of its Display; Xlib knows the descriptor."""
    display = pygame.display.get_wm_info().get("display")
    if pygame.display.get_driver() != "x11" or display is None:
        return -1
    try:
        xlib = ctypes.CDLL("libX11.so.6")
    except OSError:
        return -1
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    number = xlib.XConnectionNumber
    number.restype, number.argtypes = ctypes.c_int, (ctypes.c_void_p,)
    return int(number(pointer(display, b"display")))
