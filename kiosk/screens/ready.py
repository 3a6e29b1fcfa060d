"""The ready picture: three dots on the kiosk's ground, on the screen before any library but the display is loaded.

It says no word and names no button, because nothing listens yet and no language is known. The window that it stands in
is the kiosk's own from then on (``taken``).
"""

from __future__ import annotations

import gc
import os
import sys

from kiosk.early import SETTINGS, data_folder

TYPE_CHECKING = False  # as in typing, which takes longer to load than the display
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kiosk.screens.opening import OpenedWindow

SPARED = ("pygame.surfarray", "pygame.sndarray", "pygame.mixer_music", "pygame.scrap", "pkg_resources")
"""Modules that pygame loads although nothing here uses them; numpy comes with them: the first screen would wait."""
SETTING = "fullscreen"
"""The setting that decides between the whole screen and a window."""
MOST_BYTES = 1 << 20

_opened: tuple[bool, OpenedWindow] | None = None


def wanted(arguments: Sequence[str], env: Mapping[str, str]) -> bool | None:
    """Whether ``kiosk`` with these arguments will open the whole screen (True) or a window; None: that is not sure yet.

    Not sure is every command but ``run``, an option that has to be checked first, and settings that speak of it.
    """
    given: dict[str, str] = {}
    left = list(arguments)
    if left[:1] == ["--debug"]:
        del left[0]
    if left[:1] != ["run"]:
        return None
    del left[0]
    while left:
        name, equals, value = left.pop(0).partition("=")
        if name in ("--data", "--config"):
            if not equals and not left:
                return None
            given[name] = value if equals else left.pop(0)
        elif name in ("--window", "--safe") and not equals:
            given[name] = ""
        else:
            return None
    if "--window" in given:
        return False
    file = given.get("--config") or env.get("KIOSK_CONFIG")
    if not file:
        file = os.path.join(given.get("--data") or env.get("KIOSK_DATA") or data_folder(), SETTINGS)
    if f"KIOSK_SCREEN_{SETTING.upper()}" in env or _says(file, SETTING.encode()):
        return None
    return True


def _says(file: str, word: bytes) -> bool:
    """Whether ``word`` stands in a file; no file and one that cannot be read say nothing."""
    try:
        if not os.path.isfile(file):  # a pipe would be waited for
            return False
        with open(file, "rb") as settings:
            return word in settings.read(MOST_BYTES)
    except OSError:
        return False


def show(fullscreen: bool) -> None:
    """Open the window and show the ready picture. Where that fails nothing is shown, and ``open_screen`` says why."""
    global _opened
    gc.disable()  # nothing of what is loaded now is garbage: looking for some would only delay the first screen
    os.environ.setdefault("SDL_VIDEO_X11_WMCLASS", "kiosk")
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    _bare_pygame()
    try:
        from kiosk.screens.opening import draw_moment, open_window, opening

        with opening():
            opened = open_window(fullscreen)
            draw_moment(opened[1])
            present()
        _opened = fullscreen, opened
    except (ImportError, OSError, RuntimeError):
        return  # it is tried again, and then it is said
    finally:
        _whole_pygame()


def present() -> None:
    """Show what was drawn."""
    sys.modules["pygame.display"].flip()


def taken(fullscreen: bool) -> OpenedWindow | None:
    """The window with the ready picture, once; None: there is none of that kind."""
    global _opened
    opened, _opened = _opened, None
    return opened[1] if opened is not None and opened[0] == fullscreen else None


def load_pygame() -> None:
    """Import pygame without what it would load beside."""
    with _Spared():
        import pygame  # noqa: F401


class _Spared:
    """Inside, ``SPARED`` cannot be imported, which pygame does not mind."""

    def __enter__(self) -> None:
        self._names = [name for name in SPARED if name not in sys.modules]
        for name in self._names:
            sys.modules[name] = None  # type: ignore[assignment]

    def __exit__(self, *_why: object) -> None:
        for name in self._names:
            del sys.modules[name]


def _bare_pygame() -> None:
    """Put the package ``pygame`` in its place without running it, which would import its forty modules."""
    spec = next((found for finder in sys.meta_path if (found := finder.find_spec("pygame", None)) is not None), None)
    if spec is None or "pygame" in sys.modules:
        return
    module = type(sys)("pygame")
    module.__spec__, module.__loader__, module.__package__ = spec, spec.loader, "pygame"
    module.__file__, module.__path__ = spec.origin, list(spec.submodule_search_locations or ())
    sys.modules["pygame"] = module


def _whole_pygame() -> None:
    """Run the package, in place: what was imported of it stays what it is."""
    module = sys.modules.get("pygame")
    if module is None or hasattr(module, "Surface"):
        return
    try:
        with _Spared():
            module.__spec__.loader.exec_module(module)  # type: ignore[union-attr]
    except ImportError:
        # Whoever needs it next is told what is missing.
        for name in [name for name in sys.modules if name.partition(".")[0] == "pygame"]:
            del sys.modules[name]
