"""The machine under the kiosk: interpreter, libraries, camera, pins, screen, sound, clock.

The places to look are arguments, so that the tests can show each check a machine that it is not running on.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from kiosk.clock import RTC, Clock, ClockStatus
from kiosk.devices.buttons_keys import button_of, is_typing
from kiosk.doctor.check import Check, Tried, fault, ok, tried, warning
from kiosk.settings import CameraSettings, SoundSettings

DEV = Path("/dev")
MODEL = Path("/proc/device-tree/model")
Try = Callable[..., Tried]

TRY_VISION = "import numpy, cv2; cv2.flip(numpy.ones((2, 2), 'u1'), 1); print(numpy.__version__, cv2.__version__)"
TRY_PICAMERA = (
    "import picamera2; found = picamera2.Picamera2.global_camera_info();"
    "print(picamera2.__file__ + '|' + ', '.join(c.get('Model', 'camera') for c in found))"
)
TRY_LGPIO = "import lgpio; lgpio.gpiochip_open; print(lgpio.__file__)"
TRY_PEDALS = (
    "import json, evdev; from evdev.ecodes import EV_KEY, KEY; devices = map(evdev.InputDevice, evdev.list_devices());"
    "names = lambda d: [KEY[c] for c in d.capabilities().get(EV_KEY, ()) if isinstance(KEY.get(c), str)];"
    "print(json.dumps([(d.name, names(d)) for d in devices]))"
)
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
TRY_SOUND = "import pygame; pygame.mixer.init(); print(*pygame.mixer.get_init())"


def on_a_pi(model: Path = MODEL) -> bool:
    """Whether this is a Raspberry Pi."""
    try:
        return b"Raspberry Pi" in model.read_bytes()
    except OSError:
        return False


def python(version: tuple[int, int] = sys.version_info[:2], machine: str = platform.machine()) -> Check:
    """New enough, and of a kind that the libraries are made for."""
    found = f"{platform.python_version()} on {machine} ({sys.executable})"
    if version < (3, 11):
        return fault("Python", found, "install Python 3.11 or newer and set the kiosk up again")
    if machine not in ("x86_64", "aarch64"):
        return warning("Python", found, "use a 64-bit system: there are no ready-made libraries for this one")
    return ok("Python", found)


def vision(attempt: Try = tried) -> Check:
    """numpy and OpenCV load, fit each other, and are of a generation that has what the kiosk uses."""
    name = "Picture library"
    got = attempt(TRY_VISION)
    if not got.worked:
        if "libGL.so" in got.said or "libgthread" in got.said:
            # opencv-python (with windows) in the place of the -headless one: nothing here needs what it needs.
            step = (
                "the OpenCV with windows was installed over the one without: set the kiosk up again from its lock file"
            )
        elif "numpy" in got.said and ("size changed" in got.said or "multiarray" in got.said or "ABI" in got.said):
            step = (
                "numpy and OpenCV do not fit each other: remove .venv (or install the service again) to get both anew"
            )
        else:
            step = "install the kiosk again"
        return fault(name, f"numpy and OpenCV do not load: {got.said}", step)
    numpy_version, cv2_version = got.said.split()
    found = f"numpy {numpy_version}, OpenCV {cv2_version}"
    if int(cv2_version.split(".")[0]) >= 5:
        return fault(name, found, "OpenCV 5 lacks what the kiosk uses: install the kiosk again from its lock file")
    return ok(name, found)


def camera(settings: CameraSettings, attempt: Try = tried, dev: Path = DEV, pi: bool | None = None) -> Check:
    """The camera that the settings ask for can be seen (it is not opened: the light would go on)."""
    name = "Camera"
    if settings.backend == "none":
        return ok(name, "switched off in the settings")
    if settings.backend == "recorded":
        if settings.video and not Path(settings.video).is_file():
            return fault(name, f"there is no video {settings.video}", "correct camera.video in the settings")
        return ok(name, f"a recorded video ({settings.video or 'the drawn demo face'})")
    webcams = sorted(path.name for path in dev.glob("video*"))
    found = []
    if settings.backend != "webcam" and (on_a_pi() if pi is None else pi):
        got = attempt(TRY_PICAMERA)
        place, _, models = got.said.partition("|")
        if not got.worked:
            step = "apt-get install python3-picamera2, and a virtual environment made with --system-site-packages"
            return fault(name, f"picamera2 and libcamera do not load: {got.said}", step)
        if not place.startswith("/usr/"):
            step = "picamera2 must be apt's, to fit libcamera: pip uninstall picamera2 in the kiosk's environment"
            return warning(name, f"picamera2 comes from {place}", step)
        if models:
            return ok(name, f"picamera2 sees {models}")
        found.append("picamera2 sees no camera")
        webcams = []  # a Pi always has /dev/video* for its codecs
    if settings.backend == "picamera":
        step = "switch off, press the camera's flat cable into its connector, switch on"
        return fault(name, "; ".join(found) or "this is not a Raspberry Pi", step)
    if not webcams:
        step = "connect one; until then sessions run without a picture"
        return warning(name, "; ".join([*found, "no webcam"]), step)
    if settings.backend == "webcam" and f"video{settings.device}" not in webcams:
        return fault(name, f"no /dev/video{settings.device}; there is {', '.join(webcams)}", "set camera.device to it")
    if not all(os.access(dev / webcam, os.R_OK | os.W_OK) for webcam in webcams):
        return fault(name, f"{', '.join(webcams)} may not be opened", "add the kiosk's user to the group video")
    return ok(name, f"webcam {', '.join(webcams)}")


def gpio(env: Mapping[str, str], attempt: Try = tried, dev: Path = DEV, pi: bool | None = None) -> Check:
    """A GPIO chip that this user may use, and a library that reaches it."""
    name = "Buttons and lights"
    chosen = env.get("GPIOZERO_PIN_FACTORY", "")
    if chosen == "mock":
        return warning(name, "simulated pins (GPIOZERO_PIN_FACTORY=mock)", "unset the variable for real buttons")
    chips = sorted(dev.glob("gpiochip*"))
    if not chips:
        return warning(name, "no GPIO chip here", "use a keyboard or a foot pedal, or a Raspberry Pi")
    names = ", ".join(chip.name for chip in chips)
    if not any(os.access(chip, os.R_OK | os.W_OK) for chip in chips):
        return fault(name, f"{names} may not be opened", "add the kiosk's user to the group gpio, then log in again")
    got = attempt(TRY_LGPIO)
    if got.worked:
        return ok(name, f"{names} by {chosen or 'lgpio'}")
    step = "apt-get install python3-lgpio, and a virtual environment made with --system-site-packages"
    if "has no attribute" in got.said:
        # On Python 3.13 pip finds only an empty lgpio 0.0.0.2.
        return fault(name, f"{names}, but lgpio is an empty package", f"pip uninstall lgpio; then {step}")
    found = f"{names}, but lgpio does not load: {got.said}"
    return fault(name, found, step) if (on_a_pi() if pi is None else pi) else warning(name, found, step)


def pedals(where: str, attempt: Try = tried, dev: Path = DEV) -> Check:
    """Each pedal and keyboard, and which buttons are among its keys. Which key one sends shows on the status page."""
    name = "Pedals and keys"
    if not where:
        return ok(name, "not read (buttons.pedal in the settings is empty)")
    nodes = sorted((dev / "input").glob("event*"))
    if not nodes:
        return warning(name, "nothing is plugged in", "plug in a pedal or a keyboard, unless there is a button plate")
    if not any(os.access(node, os.R_OK) for node in nodes):
        return fault(name, "none may be read", "add the kiosk's user to the group input, then log in again")
    got = attempt(TRY_PEDALS)
    if not got.worked:
        step = "install the kiosk with its [pi] extra, or apt-get install python3-evdev"
        return warning(name, f"they cannot be read: {got.said}", step)
    found = [(str(device), {key for key in keys if is_typing(key)}) for device, keys in json.loads(got.said)]
    typing = {device: {b for key in keys if (b := button_of(key)) is not None} for device, keys in found if keys}
    told = "; ".join(f"{device}: {', '.join(sorted(buttons)) or 'no button'}" for device, buttons in typing.items())
    if not told or not all(typing.values()):
        step = "set the pedal to send F14, F15, F16, or SPACE, TAB, ESC (docs/wiring.md)"
        return warning(name, told or "none of what is plugged in has keys", step)
    return ok(name, told)


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


def sound(settings: SoundSettings, attempt: Try = tried) -> Check:
    """A sound output opens. The kiosk never depends on it."""
    name = "Sound"
    if settings.volume == 0:
        return ok(name, "switched off in the settings")
    got = attempt(TRY_SOUND, patience_s=10.0)
    if not got.worked:
        step = "connect a loudspeaker, add the user to the group audio, see `aplay -l`; light and text go on without"
        return warning(name, f"no output opens: {got.said}", step)
    rate, _, channels = got.said.split()
    driver = os.environ.get("SDL_AUDIODRIVER", "")
    if driver == "dummy":
        return warning(name, "the driver dummy is silent", "unset SDL_AUDIODRIVER to hear the kiosk")
    return ok(name, f"{rate} Hz, {channels} channel(s)")


def clock(here: Clock, chip: Path = RTC) -> Check:
    """Check that somebody vouches for the date."""
    name = "Clock"
    now = f"{here.wall_utc():%Y-%m-%d %H:%M} UTC"
    match here.status():
        case ClockStatus.UNSET if chip.exists():
            step = "give the clock module a battery, or a new one, and set the date on the staff screen"
            return warning(name, f"{now}, but the clock module has lost the time", step)
        case ClockStatus.UNSET:
            step = "set the date on the staff screen after each start, or fit a clock module (DS3231) or a network"
            return warning(name, f"{now}, but nothing vouches for it", step)
        case status:
            words = {ClockStatus.NTP: "the network", ClockStatus.RTC: "a clock module", ClockStatus.STAFF: "staff"}
            return ok(name, f"{now}, from {words[status]}")
