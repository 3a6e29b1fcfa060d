"""A window or the whole screen is opened: the way that the driver shows it, and what is said when it does not come up.

Everything is drawn at the screen's own size. A screen of more than two million pixels is drawn at half of it, or a
third, and scaled smoothly: by the driver (``SCALED``), and where it cannot, by us.

The first picture waits for this module, so it loads nothing of pygame but the display, and of Python next to nothing.
"""

from __future__ import annotations

import faulthandler
import os
import signal
from itertools import count

import pygame.display
import pygame.mouse
from pygame.base import error
from pygame.constants import FULLSCREEN, SCALED
from pygame.surface import Surface

from kiosk.early import ASKING

TYPE_CHECKING = False  # as in typing, which takes longer to load than the display
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.errors import NoScreen

WIDTH, HEIGHT = 1280, 720
"""The logical pixels of a 16:9 screen; another screen has more of them, never fewer (``fit.Sheet``)."""
GROUND = (17, 26, 33)
"""The colour of the ground: dark, and not pure black."""
DOTS = (110, 130, 142)
"""The colour of the three dots that stand for a moment."""
MOST = 1920 * 1200
"""Pixels that are drawn at most: a board without a graphics chip of its own would be late with more."""
ROOM = 0.9
"""Part of a small desktop that a window takes: bars and frames need the rest."""
WITHOUT_SCREEN = ("dummy", "offscreen")
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

OpenedWindow = tuple[Surface, Surface, str]
"""The surface to draw on, the one that the driver shows, and the way it is shown, in words."""


class opening:  # noqa: N801 (used like a function; contextlib would cost more than all that is in here)
    """While a screen opens, inside: crashes are said in a sentence, and longer than ``patience_s`` ends in exit code 1.

    A display that does not answer holds SDL in C, and the interpreter's lock with it, so that neither a thread nor a
    signal handler of ours would run: faulthandler's own timer ends the process, and a shell on its pipe says why.
    Whoever asks the process to end is not made to wait for that: nothing is begun yet that would have to be tidied up.
    Each signal of ``ASKING`` then ends it by the system's own way and with its exit status: faulthandler's handler runs
    without the interpreter's lock, and SDL puts its own only where there is none.
    """

    def __init__(self, patience_s: float = OPEN_S) -> None:
        self._patience_s = patience_s

    def __enter__(self) -> None:
        sentence = (
            f"kiosk: the screen did not open within {self._patience_s:g} s, or its driver crashed, so the kiosk ends. "
            "The display does not answer, or EGL does not work here (Debian: libegl1, libegl-mesa0); `kiosk doctor` "
            "looks at it"
        )
        theirs, self._said = os.pipe()
        actions = ((os.POSIX_SPAWN_DUP2, theirs, 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0))
        self._speaker = os.posix_spawn("/bin/sh", ["/bin/sh", "-c", SPEAK, sentence], os.environ, file_actions=actions)
        os.close(theirs)
        faulthandler.dump_traceback_later(self._patience_s, exit=True, file=self._said)
        self._before = {
            number: handler for number in ASKING if (handler := signal.getsignal(number)) is not signal.SIG_IGN
        }
        for number in self._before:
            signal.signal(number, signal.SIG_DFL)
            faulthandler.register(number, self._said, all_threads=False, chain=True)

    def __exit__(self, *_why: object) -> None:
        for number, handler in self._before.items():
            faulthandler.unregister(number)
            signal.signal(number, handler)
        faulthandler.cancel_dump_traceback_later()
        os.write(self._said, b"open\n")
        os.close(self._said)
        os.waitpid(self._speaker, 0)


def open_window(fullscreen: bool, size: tuple[int, int] | None = None) -> OpenedWindow:
    """Open the whole screen, or a window of ``size`` (default 1280x720, less on a smaller screen), and clear it.

    Raises NoScreen, with what to do, when there is none, and ScreenError when it does not open. SDL's drivers that show
    nothing are taken only when SDL_VIDEODRIVER names one.
    """
    _before_wayland()
    try:
        pygame.display.init()
    except error as cause:
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
    # Without one of ours pygame looks for its own picture, through more libraries than all others here.
    icon = Surface((64, 64), 0, 32)
    draw_moment(icon)
    pygame.display.set_icon(icon)
    opened = _open(driver, fullscreen, size)
    pygame.mouse.set_visible(False)
    pygame.display.set_caption("Kiosk")
    opened[0].fill(GROUND)
    return opened


def draw_moment(surface: Surface) -> None:
    """Three dots in the middle of ``surface``: wait a moment, in every language."""
    width, height = surface.get_size()
    radius = max(2, min(width, height) // 48)
    side = 2 * radius + 2
    dot = Surface((side, side), 0, surface)
    for x in range(side):
        for y in range(side):
            away = ((x + 0.5 - side / 2) ** 2 + (y + 0.5 - side / 2) ** 2) ** 0.5
            share = min(1.0, max(0.0, radius + 0.5 - away))
            dot.set_at((x, y), [round(back + share * (ink - back)) for back, ink in zip(GROUND, DOTS, strict=True)])
    surface.fill(GROUND)
    for place in (-1, 0, 1):
        surface.blit(dot, ((width - side) // 2 + 4 * radius * place, (height - side) // 2))


def _before_wayland() -> None:
    """Set and check what SDL needs before it starts on Wayland. Raises ScreenError where a library is not there."""
    # SDL 2.32 as pygame-ce brings it does not come up under cage where it finds libdecor, which draws window frames.
    os.environ.setdefault("SDL_VIDEO_WAYLAND_ALLOW_LIBDECOR", "0")
    chosen = os.environ.get("SDL_VIDEODRIVER")
    by_itself = os.environ.get("WAYLAND_DISPLAY") and not os.environ.get("DISPLAY")  # SDL prefers X11
    if chosen != "wayland" and not (by_itself and not chosen):
        return
    for sentence in missing_parts():
        from kiosk.errors import ScreenError

        raise ScreenError(sentence)


def missing_parts() -> Iterator[str]:
    """A sentence, with the package to install, for each library that SDL would load by name on Wayland and cannot."""
    import ctypes

    for part, package in WAYLAND_PARTS.items():
        try:
            ctypes.CDLL(part)
        except OSError as cause:
            yield f"the screen needs {part} ({cause}): apt-get install {package}"


def _no_screen(cause: str) -> NoScreen:
    from kiosk.errors import NoScreen

    return NoScreen(
        f"there is no screen to draw on ({cause}): switch the kiosk's own screen on, or start the kiosk in a desktop "
        "session, where DISPLAY or WAYLAND_DISPLAY is set. Without a screen, `kiosk demo --out DIR` works"
    )


def _open(driver: str, fullscreen: bool, size: tuple[int, int] | None) -> OpenedWindow:
    shown = driver not in WITHOUT_SCREEN
    desktop = pygame.display.get_desktop_sizes()[0] if shown else None
    whole = desktop if fullscreen else None
    wanted = whole or size or _windowed(desktop)
    # The dummy driver's whole screen is 1024x768, whatever is asked for.
    flags = FULLSCREEN if fullscreen and shown else 0
    parts = _parts(wanted)
    drawn = wanted[0] // parts, wanted[1] // parts
    try:
        if parts > 1 and fullscreen and shown:
            os.environ.setdefault("SDL_RENDER_SCALE_QUALITY", "linear")  # SDL's default draws letters as squares
            try:
                surface = pygame.display.set_mode(drawn, flags | SCALED, 32, vsync=1)
            except error as cause:
                import logging

                log = logging.getLogger(__name__)
                log.warning("the screen driver %s cannot scale (%s): scaling in software", driver, cause)
            else:
                return surface, surface, f"{drawn[0]}x{drawn[1]} scaled to {wanted[0]}x{wanted[1]} by the driver"
        window = pygame.display.set_mode(wanted, flags, 32)
    except error as cause:
        from kiosk.errors import ScreenError

        raise ScreenError(
            f"the screen of {wanted[0]}x{wanted[1]} does not open ({driver}: {cause}): "
            "check its cable and power, or run in a window"
        ) from cause
    own = window.get_size()
    if (parts := _parts(own)) == 1:
        return window, window, f"at its own size, {own[0]}x{own[1]}"
    drawn = own[0] // parts, own[1] // parts
    return Surface(drawn, 0, 32), window, f"{drawn[0]}x{drawn[1]} scaled to {own[0]}x{own[1]} by the kiosk"


def _parts(size: tuple[int, int]) -> int:
    """The number of pixels of the screen, across, that are drawn as one."""
    return next(parts for parts in count(1) if size[0] * size[1] <= MOST * parts * parts)


def _windowed(desktop: tuple[int, int] | None) -> tuple[int, int]:
    """The size of a window: smaller where the desktop would cut it at its sides."""
    if desktop is None:
        return WIDTH, HEIGHT
    scale = min(1.0, ROOM * desktop[0] / WIDTH, ROOM * desktop[1] / HEIGHT)
    return round(WIDTH * scale), round(HEIGHT * scale)
