"""Each check, shown machines that it is not running on, says what it found and what to do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk import config
from kiosk.clock import ClockStatus, SimClock
from kiosk.devices.sound import RATE
from kiosk.doctor.check import CheckState, Examined, Tried, Try, tried
from kiosk.doctor.checks import buttons, camera, clock, libraries, screen, sound
from kiosk.settings import CameraSettings, SoundSettings


def says(worked: bool, said: str) -> Try:
    return lambda *_args, **_kwargs: Tried(worked, said)


def dev(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_python() -> None:
    """Too old is a fault, 32 bits a warning, and the interpreter is named."""
    assert libraries.python((3, 10), "x86_64").state is CheckState.FAULT
    assert libraries.python((3, 11), "armv7l").state is CheckState.WARNING
    good = libraries.python((3, 13), "aarch64")
    assert good.state is CheckState.OK
    assert "aarch64" in good.found


@pytest.mark.parametrize(
    ("worked", "said", "state", "step"),
    [
        (True, "2.4.6 4.14.0", CheckState.OK, ""),
        (True, "2.4.6 5.0.0", CheckState.FAULT, "OpenCV 5"),
        (False, "ImportError: libGL.so.1: cannot open shared object file", CheckState.FAULT, "from its lock file"),
        (
            False,
            "ValueError: numpy.dtype size changed, may indicate binary incompatibility",
            CheckState.FAULT,
            "do not fit",
        ),
        (False, "ModuleNotFoundError: No module named 'cv2'", CheckState.FAULT, "install the kiosk again"),
        (False, "it crashed (signal 11)", CheckState.FAULT, "install the kiosk again"),
    ],
)
def test_vision(worked: bool, said: str, state: CheckState, step: str) -> None:
    """The ways in which numpy and OpenCV go wrong each have their own next step."""
    check = libraries.vision(says(worked, said))
    assert check.state is state
    assert step in check.next_step


def test_vision_here() -> None:
    """The real libraries of this checkout load."""
    assert libraries.vision().state is CheckState.OK


def test_camera_of_a_pi() -> None:
    """On a Pi only picamera2 counts: apt's, loading, and seeing a camera."""
    apt = "/usr/lib/python3/dist-packages/picamera2/__init__.py"

    def look(said: str, *, worked: bool = True, backend: str = "auto") -> tuple[CheckState, str]:
        settings = CameraSettings(backend=backend)  # type: ignore[arg-type]

        def attempt(code: str, *_: object, **__: object) -> Tried:
            return Tried(worked, said) if "picamera2" in code else Tried(True, '[[], true, ""]')

        check = camera.camera(settings, attempt, pi=True)
        return check.state, check.found + check.next_step

    assert look(f"{apt}|imx708")[0] is CheckState.OK
    state, words = look(f"{apt}|")
    assert state is CheckState.WARNING, "a Pi's decoders are no cameras"
    assert "no camera" in words
    assert look(f"{apt}|", backend="picamera")[0] is CheckState.FAULT
    state, words = look("/opt/venv/lib/picamera2/__init__.py|imx708")
    assert (state, "pip uninstall" in words) == (CheckState.WARNING, True)
    state, words = look("ModuleNotFoundError: No module named 'libcamera'", worked=False)
    assert (state, "--system-site-packages" in words) == (CheckState.FAULT, True)


@pytest.mark.parametrize(
    ("found", "backend", "state", "says"),
    [
        ('[[], false, "/dev/video0 does not exist"]', "auto", CheckState.WARNING, "no webcam"),
        ('[["/dev/video0"], true, ""]', "auto", CheckState.OK, "webcam /dev/video0"),
        (
            '[["/dev/video2"], false, "/dev/video0 does not exist"]',
            "auto",
            CheckState.WARNING,
            "camera.device to 2",
        ),
        (
            '[["/dev/video2"], false, "/dev/video0 does not exist"]',
            "webcam",
            CheckState.FAULT,
            "camera.device to 2",
        ),
        ('[["/dev/video0"], true, "/dev/video0 may not be opened"]', "auto", CheckState.FAULT, "may not be opened"),
        ('[[], true, ""]', "webcam", CheckState.OK, "webcam /dev/video0"),
        ('[[], true, "/dev/video0 cannot be opened"]', "auto", CheckState.FAULT, "cannot be opened"),
        ('[[], false, "/dev/video0 does not exist"]', "picamera", CheckState.FAULT, "not a Raspberry Pi"),
    ],
)
def test_webcams(found: str, backend: str, state: CheckState, says: str) -> None:
    """The device of the settings, which is the one that the kiosk opens: another webcam used to be called well."""
    settings = CameraSettings(backend=backend)  # type: ignore[arg-type]
    check = camera.camera(settings, lambda *_args, **_kwargs: Tried(True, found), pi=False)
    assert (check.state, says in f"{check.found} {check.next_step}") == (state, True)


def test_a_webcam_here() -> None:
    """The real question is asked of the kiosk's own module."""
    got = tried(camera.TRY_WEBCAM, "/dev/no-such-camera")
    assert got.worked, got.said
    cameras, there, why = json.loads(got.said)
    assert (there, "does not exist" in why) == (False, True)
    assert isinstance(cameras, list)


def test_camera_by_setting(tmp_path: Path) -> None:
    """No camera by choice is fine; a recorded video must be there."""
    never = says(False, "")
    assert camera.camera(CameraSettings(backend="none"), never).state is CheckState.OK
    assert camera.camera(CameraSettings(backend="recorded"), never).state is CheckState.OK
    missing = camera.camera(CameraSettings(backend="recorded", video=str(tmp_path / "no.mp4")), never)
    assert missing.state is CheckState.FAULT
    assert "no.mp4" in missing.found


def test_gpio(tmp_path: Path) -> None:
    """No chip is a warning; a chip without a working lgpio is a fault on a Pi, and the empty package is recognised."""
    works = says(True, '["lgpio", ""]')
    assert buttons.gpio({"GPIOZERO_PIN_FACTORY": "mock"}, works, tmp_path).state is CheckState.WARNING
    assert buttons.gpio({}, works, tmp_path).state is CheckState.WARNING
    places = dev(tmp_path, "gpiochip0", "gpiochip4")
    good = buttons.gpio({}, works, places)
    assert (good.state, good.found) == (CheckState.OK, "gpiochip0, gpiochip4 by lgpio")
    absent = says(False, "no way to reach GPIO pins (lgpio: No module named 'lgpio')")
    assert buttons.gpio({}, absent, places, pi=True).state is CheckState.FAULT
    assert buttons.gpio({}, absent, places, pi=False).state is CheckState.WARNING
    another = buttons.gpio({}, says(True, '["native", "lgpio: can not open gpiochip"]'), places, pi=True)
    assert (another.state, "by native" in another.found) == (CheckState.WARNING, True)
    empty = says(True, """["native", "lgpio: module 'lgpio' has no attribute 'SET_BIAS_DISABLE'"]""")
    check = buttons.gpio({}, empty, places)
    assert (check.state, "pip uninstall lgpio" in check.next_step) == (CheckState.FAULT, True)


LGPIO = """
import os
open(".lgd-nfy0", "w").close()
def gpiochip_open(number):
    if os.environ["CHIP"] != "works":
        raise RuntimeError("can not open gpiochip")
    return 0
def __getattr__(name):
    return lambda *_: 0
"""
"""What matters of lgpio here: it makes a pipe where it is imported, and the chip is opened later."""


@pytest.mark.parametrize(("chip", "state"), [("works", CheckState.OK), ("busy", CheckState.WARNING)])
def test_pins_are_reached_as_the_kiosk_reaches_them(
    chip: str, state: CheckState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a folder where nobody can write, and through gpiozero: that lgpio can be imported says nothing yet."""
    (tmp_path / "lgpio.py").write_text(LGPIO)
    (tmp_path / "sitecustomize.py").write_text(
        "import gpiozero.pins.local as of\nof.get_pi_revision = lambda: 0xC03115\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("CHIP", chip)
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)
    monkeypatch.chdir("/proc")
    check = buttons.gpio({}, tried, dev(tmp_path, "gpiochip0"), pi=False)
    assert check.state is state, check.found
    assert ("can not open gpiochip" in check.found) == (chip == "busy")
    assert not list(tmp_path.glob(".lgd*"))


def test_gpio_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chip that this user may not open names the group."""
    monkeypatch.setattr("os.access", lambda *_: False)
    check = buttons.gpio({}, says(True, ""), dev(tmp_path, "gpiochip0"))
    assert check.state is CheckState.FAULT
    assert "group gpio" in check.next_step


def test_screen(tmp_path: Path) -> None:
    """A window, cage on the console, or none at all: each is told apart."""
    window, file = {"DISPLAY": ":0"}, tmp_path / "kiosk.toml"
    assert screen.screen(file, window, says(True, "x11, at its own size")).found == "x11, at its own size"
    assert screen.screen(file, window, says(True, "dummy, at its own size")).state is CheckState.WARNING
    small = screen.screen(file, window, says(True, "x11, at its own size\nletters are small: place it within 0.35 m"))
    assert small.state is CheckState.WARNING
    assert "0.35 m" in small.found
    assert screen.screen(file, window, says(False, "it crashed (signal 11)")).state is CheckState.FAULT
    assert screen.screen(file, {}, says(True, ""), tmp_path, cage="/usr/bin/cage").state is CheckState.WARNING
    places = dev(tmp_path, "dri/card1")
    assert screen.screen(file, {}, says(True, ""), places, cage="/usr/bin/cage").state is CheckState.OK
    assert "apt-get install cage" in screen.screen(file, {}, says(True, ""), places, cage=None).next_step


def test_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sound is never a fault; a silent driver is named."""
    monkeypatch.delenv("SDL_AUDIODRIVER", raising=False)
    assert sound.sound(SoundSettings(volume=0), says(False, "")).state is CheckState.OK
    assert sound.sound(SoundSettings(), says(False, "no answer within 10 s")).state is CheckState.WARNING
    busy = sound.sound(SoundSettings(), says(False, "no sound can be made: ALSA: Device or resource busy"))
    assert (busy.state, "in use" in busy.found) == (CheckState.OK, True), "the running kiosk has it"
    assert sound.sound(SoundSettings(), says(True, "44100 -16 2")).state is CheckState.OK
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    assert sound.sound(SoundSettings(), says(True, "44100 -16 2")).state is CheckState.WARNING


def test_sound_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real question opens the output as the voice does: one channel at its own rate."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    assert tried(sound.TRY_SOUND).said == f"{RATE} -16 1"
    monkeypatch.setenv("SDL_AUDIODRIVER", "none-such")
    assert tried(sound.TRY_SOUND).said.startswith("no sound can be made")


@pytest.mark.parametrize("trust", list(ClockStatus))
def test_clock(trust: ClockStatus) -> None:
    """Only a clock that nobody vouches for needs somebody."""
    state = clock.clock(SimClock(trust=trust)).state
    assert state is (CheckState.WARNING if trust is ClockStatus.UNSET else CheckState.OK)


def test_clock_module_with_an_empty_battery(tmp_path: Path) -> None:
    """A clock module that does not vouch for the time needs a battery; without one there is nothing to put it in."""
    unset = SimClock(trust=ClockStatus.UNSET)
    chip = tmp_path / "since_epoch"
    assert "lost the time" not in clock.clock(unset, chip).found
    chip.write_text("37")
    check = clock.clock(unset, chip)
    assert check.state is CheckState.WARNING
    assert "lost the time" in check.found
    assert "battery" in check.next_step


def test_tried_survives_everything() -> None:
    """A library that answers, fails, crashes or hangs leaves the doctor alive with a word about it."""
    assert tried("print('first'); print('last')") == Tried(True, "last")
    assert "boom" in tried("raise RuntimeError('boom')").said
    assert tried("import os; os.abort()") == Tried(False, "it crashed (signal 6)")
    assert tried("import os; os.abort()", under=("/usr/bin/env",)) == Tried(False, "it crashed (signal 6)")
    assert tried("import sys; print(sys.argv[1])", "7", under=("/usr/bin/env",)) == Tried(True, "7")
    assert tried("import threading; threading.Event().wait()", patience_s=0.2) == Tried(False, "no answer within 0.2 s")


def test_pedals_and_their_buttons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each device that has keys is named with the buttons among them; one without any says how to set it."""
    assert buttons.pedals("", says(False, ""), tmp_path).state is CheckState.OK
    assert buttons.pedals("auto", says(False, ""), tmp_path).state is CheckState.WARNING
    places = dev(tmp_path, "input/event0")
    both = '[["Foot\\u001bSwitch", ["KEY_F14", "KEY_F16"], false], ["USB", ["KEY_SPACE"], true], ["USB", [], true]]'
    good = buttons.pedals("auto", says(True, both), places)
    assert (good.state, good.found) == (CheckState.OK, "Foot\\x1bSwitch: green, red; USB (keyboard): green")
    other = buttons.pedals("auto", says(True, '[["FS1", ["KEY_F13"], false]]'), places)
    assert (other.state, other.found) == (CheckState.WARNING, "FS1: no button")
    assert "F14" in other.next_step
    assert "plug in" in buttons.pedals("auto", says(True, "[]"), places).next_step
    assert "evdev" in buttons.pedals("auto", says(False, "No module named 'evdev'"), places).found
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "group input" in buttons.pedals("auto", says(True, both), places).next_step


def test_pedals_are_looked_for_as_the_kiosk_does(tmp_path: Path) -> None:
    """The real question is asked of the kiosk's own source: a device that is not there has the kiosk's own sentence."""
    pytest.importorskip("evdev", reason="pedals need the [pi] extra")
    got = tried(buttons.TRY_PEDALS, str(tmp_path / "event9"))
    assert not got.worked
    assert "cannot be read as a pedal or keyboard" in got.said
    assert "by-id" in got.said
    auto = tried(buttons.TRY_PEDALS, "auto")
    assert auto.worked, auto.said
    assert isinstance(json.loads(auto.said), list)


@pytest.mark.parametrize(
    ("settings", "env", "chip", "seen", "state", "says"),
    [
        ('[buttons]\npedal = "auto"\n', {}, False, "[]", CheckState.FAULT, "nothing here can be pressed"),
        ('[buttons]\npedal = "auto"\n', {}, False, '[["FS", ["KEY_F13"], false]]', CheckState.FAULT, "nothing"),
        ('[buttons]\npedal = "auto"\n', {}, False, '[["FS", ["KEY_F16"], false]]', CheckState.OK, "FS"),
        ('[buttons]\npedal = "auto"\n', {}, True, '[["FS", ["KEY_F16"], false]]', CheckState.OK, "pins and FS"),
        ('[buttons]\npedal = ""\n', {}, False, '[["FS", ["KEY_F16"], false]]', CheckState.FAULT, "nothing"),
        ('[buttons]\npedal = ""\n', {"DISPLAY": ":0"}, False, "[]", CheckState.OK, "window"),
        ("", {"GPIOZERO_PIN_FACTORY": "mock"}, True, "[]", CheckState.FAULT, "nothing here can be pressed"),
    ],
)
def test_any_button(
    settings: str, env: dict[str, str], chip: bool, seen: str, state: CheckState, says: str, tmp_path: Path
) -> None:
    """A kiosk that nobody can press is a fault, whichever way is missing: each alone was only a warning."""
    file = tmp_path / "kiosk.toml"
    file.write_text(settings)
    kiosk = Examined(tmp_path, file, env, *config.load(file, {}, keep=False), installed=True)

    def attempt(code: str, *_: object, **__: object) -> Tried:
        return Tried(True, seen if "PedalButtons" in code else '["lgpio", ""]')

    check = buttons.any_button(kiosk, attempt, dev(tmp_path / "dev", *(["gpiochip0"] if chip else [])))
    assert (check.state, says in check.found) == (state, True)
    elsewhere = buttons.any_button(replace(kiosk, installed=False), attempt, tmp_path / "nothing")
    assert elsewhere.state is not CheckState.FAULT, "it is no kiosk yet"


def test_whatever_is_tried_is_tried_in_a_folder_of_its_own() -> None:
    """lgpio makes a pipe where it is imported: where that is not allowed, doctor cried wolf about GPIO."""
    here = tried("import os; open('pipe', 'w').close(); print(os.getcwd())")
    assert here.worked
    assert Path(here.said) != Path.cwd()
    assert not Path(here.said).exists()
