"""The screen: all that shows the kiosk without a desktop, and the first screen itself."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Mapping
from contextlib import closing
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
for line in (painted.screen.how, *painted.problems):
    print(line)
painted.screen.close()
"""
TRY_PARTS = "import json; from kiosk.screens.opening import missing_parts; print(json.dumps(list(missing_parts())))"
SEAT = Path("/run/seatd.sock")
HEADLESS = {
    "WLR_BACKENDS": "headless",
    "WLR_RENDERER": "pixman",
    "WLR_LIBINPUT_NO_DEVICES": "1",
    "SDL_VIDEODRIVER": "wayland",
}
"""Environment, beside the service's own, for a cage that shows nothing and needs no seat."""
SCREEN_PATIENCE_S = 45.0
"""Longer than the kiosk itself waits for a display that does not answer."""


def compositor(
    env: Mapping[str, str],
    attempt: Try = tried,
    dev: Path = DEV,
    seat: Path = SEAT,
    cage: str | None = "look",
) -> Check:
    """All by which the service shows the kiosk: cage, the seat that gives it the screen, and what SDL loads by name."""
    name = "Compositor"
    if env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"):
        return ok(name, "the desktop's own")
    if not any((dev / "dri").glob("card*")):
        return ok(name, "not needed: no screen here")
    found_cage = shutil.which("cage") if cage == "look" else cage
    if not found_cage:
        return fault(name, "cage is not installed", "`sudo apt-get install cage`, or run in a desktop session")
    got = attempt(TRY_PARTS)
    missing = json.loads(got.said) if got.worked else [got.said]
    if missing:
        return fault(name, "; ".join(missing), "install it, then `sudo systemctl restart kiosk`")
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as link:
        try:
            link.connect(str(seat))
        except PermissionError:
            step = "add the kiosk's user to the group video, then `sudo systemctl restart kiosk`"
            return fault(name, f"seatd may not be asked by this user ({seat})", step)
        except OSError as why:
            step = "`sudo systemctl enable --now seatd`, then `sudo systemctl restart kiosk`"
            return fault(name, f"seatd, which gives the screen, does not answer ({seat}: {why.strerror})", step)
    return ok(name, f"{found_cage}, seatd answers, and all that SDL loads by name is there")


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
        how, *problems = got.said.splitlines()
        if problems:
            return warning(name, f"{how}; {'; '.join(problems)}", "place it so, or set `width_mm` under [screen]")
        return ok(name, how)
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
        how = got.said.partition("\n")[0]  # of a screen that is none: its size says nothing about the real one's
        return ok(name, f"{cards}; the service shows the kiosk by {found_cage} ({how})")
    step = "`sudo make install` brings what is missing; if it is all there, send this line to support"
    return fault(name, f"{cards}, but under {found_cage} the first screen does not open: {got.said}", step)


PARTS = (
    CheckedPart("Compositor", lambda kiosk: compositor(kiosk.env)),
    CheckedPart("Screen", lambda kiosk: screen(kiosk.config_file, kiosk.env)),
)
