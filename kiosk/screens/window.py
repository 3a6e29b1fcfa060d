"""The window or the whole screen: opening it, showing what was drawn, and what the keyboard says meanwhile.

Everything is drawn at the screen's own size. A screen of more than two million pixels is drawn at half of it, or a
third, and scaled smoothly: by the driver (``SCALED``), and where it cannot, by us.
"""

from __future__ import annotations

import ctypes
import faulthandler
import logging
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import IO

import pygame

from kiosk.errors import NoScreen, ScreenError
from kiosk.screens.theme import GROUND, HEIGHT, WIDTH
from kiosk.signals import ASKING, Closed, Edge, Signal, Typed

log = logging.getLogger(__name__)

WINDOW = (WIDTH, HEIGHT)
MOST = 1920 * 1200
"""Pixels that are drawn at most: a board without a graphics chip of its own would be late with more."""
ROOM = 0.9
"""Part of a small desktop that a window takes: bars and frames need the rest."""
WITHOUT_SCREEN = ("dummy", "offscreen")
PUMP_MS = 20
"""Interval at which keys are looked for where the display gives no descriptor to wait on."""
CLOSE_MS = 500
"""Interval for a screen that can only tell that it was closed: nobody types there."""
OPEN_S = 30
"""A display that has not shown a picture by then will not: a Pi needs one to five seconds."""
SPEAK = 'read -r word; case "$word" in Timeout* | "") echo "$0" >&2 ;; esac'
"""For a shell at the pipe that faulthandler writes to: by its first word its timer spoke, or it was cut off by a crash.
Where the process was asked to end, the word is another."""
WAYLAND_PARTS = {
    "libxkbcommon.so.0": "libxkbcommon0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libEGL.so.1": "libegl1",
}
"""Libraries that SDL loads by name on Wayland, with their Debian packages: without one it crashes or never returns."""

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
        typed = keys is not None and driver not in WITHOUT_SCREEN
        self._pump_ms = PUMP_MS if typed else CLOSE_MS
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
        self._keys, self._pump_ms = None, CLOSE_MS

    def close(self) -> None:
        """Give the screen back."""
        pygame.display.quit()


def open_screen(fullscreen: bool, size: tuple[int, int] | None = None, keys: KeyTable | None = None) -> Screen:
    """Open the whole screen, or a window of ``size`` (default 1280x720, less on a smaller screen).

    Raises NoScreen, with what to do, when there is none, and ScreenError when it does not open. SDL's drivers that show
    nothing are taken only when SDL_VIDEODRIVER names one.
    """
    _before_wayland()
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


@contextmanager
def opening(patience_s: float = OPEN_S) -> Iterator[None]:
    """While a screen opens, inside: crashes are said in a sentence, and longer than ``patience_s`` ends in exit code 1.

    A display that does not answer holds SDL in C, and the interpreter's lock with it, so that neither a thread nor a
    signal handler of ours would run: faulthandler's own timer ends the process, and a shell on its pipe says why.
    Whoever asks the process to end is not made to wait for that: nothing is begun yet that would have to be tidied up.
    """
    sentence = (
        f"kiosk: the screen did not open within {patience_s:g} s, or its driver crashed, so the kiosk ends. The "
        "display does not answer, or EGL does not work here (Debian: libegl1, libegl-mesa0); `kiosk doctor` looks at it"
    )
    command = ["/bin/sh", "-c", SPEAK, sentence]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, bufsize=0) as speaker:
        assert speaker.stdin is not None  # noqa: S101 (asked for)
        faulthandler.dump_traceback_later(patience_s, exit=True, file=speaker.stdin)
        try:
            with _ended_when_asked(speaker.stdin):
                yield
        finally:
            faulthandler.cancel_dump_traceback_later()
            speaker.stdin.write(b"open\n")


@contextmanager
def _ended_when_asked(said: IO[bytes]) -> Iterator[None]:
    """Inside, each signal of ``ASKING`` ends the process at once, by the system's own way and with its exit status.

    faulthandler's handler runs without the interpreter's lock, and SDL puts its own only where there is none.
    """
    before = {number: handler for number in ASKING if (handler := signal.getsignal(number)) is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, signal.SIG_DFL)
        faulthandler.register(number, said, all_threads=False, chain=True)
    try:
        yield
    finally:
        for number, handler in before.items():
            faulthandler.unregister(number)
            signal.signal(number, handler)


def _before_wayland() -> None:
    """Set and check what SDL needs before it starts on Wayland. Raises ScreenError where a library is not there."""
    # SDL 2.32 as pygame-ce brings it does not come up under cage where it finds libdecor, which draws window frames.
    os.environ.setdefault("SDL_VIDEO_WAYLAND_ALLOW_LIBDECOR", "0")
    chosen = os.environ.get("SDL_VIDEODRIVER")
    by_itself = os.environ.get("WAYLAND_DISPLAY") and not os.environ.get("DISPLAY")  # SDL prefers X11
    if chosen != "wayland" and not (by_itself and not chosen):
        return
    for sentence in missing_parts():
        raise ScreenError(sentence)


def missing_parts() -> Iterator[str]:
    """A sentence, with the package to install, for each library that SDL would load by name on Wayland and cannot."""
    for part, package in WAYLAND_PARTS.items():
        try:
            ctypes.CDLL(part)
        except OSError as cause:
            yield f"the screen needs {part} ({cause}): apt-get install {package}"


def _no_screen(cause: str) -> NoScreen:
    return NoScreen(
        f"there is no screen to draw on ({cause}): switch the kiosk's own screen on, or start the kiosk in a desktop "
        "session, where DISPLAY or WAYLAND_DISPLAY is set. Without a screen, `kiosk demo --out DIR` works"
    )


OpenedWindow = tuple[pygame.Surface, pygame.Surface, str]
"""The surface to draw on, the one that the driver shows, and the way it is shown, in words."""


def _open(driver: str, fullscreen: bool, size: tuple[int, int] | None) -> OpenedWindow:
    shown = driver not in WITHOUT_SCREEN
    desktop = pygame.display.get_desktop_sizes()[0] if shown else None
    whole = desktop if fullscreen else None
    wanted = whole or size or _windowed(desktop)
    # The dummy driver's whole screen is 1024x768, whatever is asked for.
    flags = pygame.FULLSCREEN if fullscreen and shown else 0
    parts = _parts(wanted)
    drawn = wanted[0] // parts, wanted[1] // parts
    try:
        if parts > 1 and fullscreen and shown:
            os.environ.setdefault("SDL_RENDER_SCALE_QUALITY", "linear")  # SDL's default draws letters as squares
            try:
                surface = pygame.display.set_mode(drawn, flags | pygame.SCALED, 32, vsync=1)
            except pygame.error as cause:
                log.warning("the screen driver %s cannot scale (%s): scaling in software", driver, cause)
            else:
                return surface, surface, f"{drawn[0]}x{drawn[1]} scaled to {wanted[0]}x{wanted[1]} by the driver"
        window = pygame.display.set_mode(wanted, flags, 32)
    except pygame.error as cause:
        raise ScreenError(
            f"the screen of {wanted[0]}x{wanted[1]} does not open ({driver}: {cause}): "
            "check its cable and power, or run in a window"
        ) from cause
    own = window.get_size()
    if (parts := _parts(own)) == 1:
        return window, window, f"at its own size, {own[0]}x{own[1]}"
    drawn = own[0] // parts, own[1] // parts
    return pygame.Surface(drawn, 0, 32), window, f"{drawn[0]}x{drawn[1]} scaled to {own[0]}x{own[1]} by the kiosk"


def _parts(size: tuple[int, int]) -> int:
    """The number of pixels of the screen, across, that are drawn as one."""
    return next(parts for parts in count(1) if size[0] * size[1] <= MOST * parts * parts)


def _windowed(desktop: tuple[int, int] | None) -> tuple[int, int]:
    """The size of a window: smaller where the desktop would cut it at its sides."""
    if desktop is None:
        return WINDOW
    scale = min(1.0, ROOM * desktop[0] / WIDTH, ROOM * desktop[1] / HEIGHT)
    return round(WIDTH * scale), round(HEIGHT * scale)


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
