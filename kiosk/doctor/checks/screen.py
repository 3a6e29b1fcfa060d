"""The screen: what shows the kiosk without a desktop, and whether the first screen opens."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from kiosk.doctor.check import DEV, Check, CheckedPart, Try, fault, ok, tried, warning

PLACE = 40
TRY_SCREEN = """
import os, pathlib, sys
from kiosk import app, config
from kiosk.errors import ScreenError
try:
    painted = app.first_screen(config.load(pathlib.Path(sys.argv[1]), os.environ, keep=False)[0], window=False)
except ScreenError as why:
    sys.exit(str(why))
print(painted.screen.how)
painted.screen.close()
"""
HEADLESS = {
    "WLR_BACKENDS": "headless",
    "WLR_RENDERER": "pixman",
    "WLR_LIBINPUT_NO_DEVICES": "1",
    "SDL_VIDEODRIVER": "wayland",
}
"""Environment, beside the service's own, for a cage that shows nothing and needs no seat."""
SCREEN_PATIENCE_S = 45.0
"""Longer than the kiosk itself waits for a display that does not answer."""


def screen(
    config_file: Path, env: Mapping[str, str], attempt: Try = tried, dev: Path = DEV, cage: str | None = "look"
) -> Check:
    """The first screen opens here as the kiosk opens it, or, where cage does it for the service, under a cage."""
    name = "Screen"
    if env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"):
        got = attempt(TRY_SCREEN, str(config_file.absolute()), patience_s=SCREEN_PATIENCE_S)
        if not got.worked:
            return fault(name, f"the first screen does not open: {got.said}", "check DISPLAY or WAYLAND_DISPLAY")
        if got.said.startswith(("dummy", "offscreen")):
            driver = got.said.partition(",")[0]
            return warning(name, f"the driver {driver} shows nothing", "unset SDL_VIDEODRIVER to see the kiosk")
        return ok(name, got.said)
    cards = ", ".join(sorted(path.name for path in (dev / "dri").glob("card*")))
    found_cage = shutil.which("cage") if cage == "look" else cage
    if not cards:
        return warning(name, "no screen here", "`kiosk demo` works without one; `kiosk run` needs one")
    if not found_cage:
        return fault(name, f"{cards}, but no cage", "apt-get install cage, or run in a desktop session")
    if os.geteuid() == 0:
        return ok(name, f"{cards}; the service shows the kiosk by {found_cage} (not tried: it never starts as root)")
    with TemporaryDirectory() as runtime:
        apart = {**HEADLESS, "XDG_RUNTIME_DIR": runtime}
        under = (found_cage, "-d", "--")
        got = attempt(TRY_SCREEN, str(config_file.absolute()), env=apart, patience_s=SCREEN_PATIENCE_S, under=under)
    if got.worked:
        return ok(name, f"{cards}; the service shows the kiosk by {found_cage} ({got.said})")
    step = "`sudo make install` brings what is missing; if it is all there, send this line to support"
    return fault(name, f"{cards}, but under {found_cage} the first screen does not open: {got.said}", step)


PARTS = (CheckedPart("Screen", lambda kiosk: screen(kiosk.config_file, kiosk.env)),)
