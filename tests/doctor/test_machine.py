"""Each check, shown machines that it is not running on, says what it found and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.clock import ClockStatus, SimClock
from kiosk.doctor import machine
from kiosk.doctor.check import CheckState, Tried, tried
from kiosk.settings import CameraSettings, SoundSettings


def says(worked: bool, said: str) -> machine.Try:
    return lambda *_args, **_kwargs: Tried(worked, said)


def dev(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_python() -> None:
    """Too old is a fault, 32 bits a warning, and the interpreter is named."""
    assert machine.python((3, 10), "x86_64").state is CheckState.FAULT
    assert machine.python((3, 11), "armv7l").state is CheckState.WARNING
    good = machine.python((3, 13), "aarch64")
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
    check = machine.vision(says(worked, said))
    assert check.state is state
    assert step in check.next_step


def test_vision_here() -> None:
    """The real libraries of this checkout load."""
    assert machine.vision().state is CheckState.OK


def test_camera_of_a_pi(tmp_path: Path) -> None:
    """On a Pi only picamera2 counts: apt's, loading, and seeing a camera."""
    apt = "/usr/lib/python3/dist-packages/picamera2/__init__.py"
    places = dev(tmp_path, "video10", "video11")

    def look(said: str, *, worked: bool = True, backend: CameraSettings | None = None) -> tuple[CheckState, str]:
        check = machine.camera(backend or CameraSettings(), says(worked, said), places, pi=True)
        return check.state, check.found + check.next_step

    assert look(f"{apt}|imx708")[0] is CheckState.OK
    state, words = look(f"{apt}|")
    assert state is CheckState.WARNING
    assert "no camera" in words
    assert look(f"{apt}|", backend=CameraSettings(backend="picamera"))[0] is CheckState.FAULT
    state, words = look("/opt/venv/lib/picamera2/__init__.py|imx708")
    assert (state, "pip uninstall" in words) == (CheckState.WARNING, True)
    state, words = look("ModuleNotFoundError: No module named 'libcamera'", worked=False)
    assert (state, "--system-site-packages" in words) == (CheckState.FAULT, True)


def test_webcams(tmp_path: Path) -> None:
    """Away from a Pi a webcam is welcome, its absence no fault, and a wrong number is named."""
    never = says(False, "picamera2 must not be asked here")
    assert machine.camera(CameraSettings(), never, tmp_path, pi=False).state is CheckState.WARNING
    places = dev(tmp_path, "video2")
    assert machine.camera(CameraSettings(), never, places, pi=False).state is CheckState.OK
    wrong = machine.camera(CameraSettings(backend="webcam", device=0), never, places, pi=False)
    assert wrong.state is CheckState.FAULT
    assert "video2" in wrong.found
    assert machine.camera(CameraSettings(backend="picamera"), never, places, pi=False).state is CheckState.FAULT


def test_camera_by_setting(tmp_path: Path) -> None:
    """No camera by choice is fine; a recorded video must be there."""
    never = says(False, "")
    assert machine.camera(CameraSettings(backend="none"), never).state is CheckState.OK
    assert machine.camera(CameraSettings(backend="recorded"), never).state is CheckState.OK
    missing = machine.camera(CameraSettings(backend="recorded", video=str(tmp_path / "no.mp4")), never)
    assert missing.state is CheckState.FAULT
    assert "no.mp4" in missing.found


def test_gpio(tmp_path: Path) -> None:
    """No chip is a warning; a chip without a working lgpio is a fault on a Pi, and the empty package is recognised."""
    works = says(True, "/usr/lib/python3/dist-packages/lgpio.py")
    assert machine.gpio({"GPIOZERO_PIN_FACTORY": "mock"}, works, tmp_path).state is CheckState.WARNING
    assert machine.gpio({}, works, tmp_path).state is CheckState.WARNING
    places = dev(tmp_path, "gpiochip0", "gpiochip4")
    good = machine.gpio({}, works, places)
    assert good.state is CheckState.OK
    assert "gpiochip4" in good.found
    absent = says(False, "ModuleNotFoundError: No module named 'lgpio'")
    assert machine.gpio({}, absent, places, pi=True).state is CheckState.FAULT
    assert machine.gpio({}, absent, places, pi=False).state is CheckState.WARNING
    empty = machine.gpio({}, says(False, "AttributeError: module 'lgpio' has no attribute 'gpiochip_open'"), places)
    assert empty.state is CheckState.FAULT
    assert "pip uninstall lgpio" in empty.next_step


def test_gpio_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chip that this user may not open names the group."""
    monkeypatch.setattr("os.access", lambda *_: False)
    check = machine.gpio({}, says(True, ""), dev(tmp_path, "gpiochip0"))
    assert check.state is CheckState.FAULT
    assert "group gpio" in check.next_step


def test_screen(tmp_path: Path) -> None:
    """A window, cage on the console, or none at all: each is told apart."""
    window, file = {"DISPLAY": ":0"}, tmp_path / "kiosk.toml"
    assert machine.screen(file, window, says(True, "x11, at its own size")).found == "x11, at its own size"
    assert machine.screen(file, window, says(True, "dummy, at its own size")).state is CheckState.WARNING
    assert machine.screen(file, window, says(False, "it crashed (signal 11)")).state is CheckState.FAULT
    assert machine.screen(file, {}, says(True, ""), tmp_path, cage="/usr/bin/cage").state is CheckState.WARNING
    places = dev(tmp_path, "dri/card1")
    assert machine.screen(file, {}, says(True, ""), places, cage="/usr/bin/cage").state is CheckState.OK
    assert "apt-get install cage" in machine.screen(file, {}, says(True, ""), places, cage=None).next_step


def test_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sound is never a fault; a silent driver is named."""
    monkeypatch.delenv("SDL_AUDIODRIVER", raising=False)
    assert machine.sound(SoundSettings(volume=0), says(False, "")).state is CheckState.OK
    assert machine.sound(SoundSettings(), says(False, "no answer within 10 s")).state is CheckState.WARNING
    assert machine.sound(SoundSettings(), says(True, "44100 -16 2")).state is CheckState.OK
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    assert machine.sound(SoundSettings(), says(True, "44100 -16 2")).state is CheckState.WARNING


@pytest.mark.parametrize("trust", list(ClockStatus))
def test_clock(trust: ClockStatus) -> None:
    """Only a clock that nobody vouches for needs somebody."""
    state = machine.clock(SimClock(trust=trust)).state
    assert state is (CheckState.WARNING if trust is ClockStatus.UNSET else CheckState.OK)


def test_clock_module_with_an_empty_battery(tmp_path: Path) -> None:
    """A clock module that does not vouch for the time needs a battery; without one there is nothing to put it in."""
    unset = SimClock(trust=ClockStatus.UNSET)
    chip = tmp_path / "since_epoch"
    assert "lost the time" not in machine.clock(unset, chip).found
    chip.write_text("37")
    check = machine.clock(unset, chip)
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
    assert machine.pedals("", says(False, ""), tmp_path).state is CheckState.OK
    assert machine.pedals("auto", says(False, ""), tmp_path).state is CheckState.WARNING
    places = dev(tmp_path, "input/event0")
    both = '[["Foot\\u001bSwitch", ["KEY_F14", "KEY_F16"]], ["Power Button", ["KEY_POWER"]]]'
    good = machine.pedals("auto", says(True, both), places)
    assert (good.state, good.found) == (CheckState.OK, "Foot\\x1bSwitch: green, red")
    other = machine.pedals("auto", says(True, '[["FS1", ["KEY_F13"]]]'), places)
    assert (other.state, other.found) == (CheckState.WARNING, "FS1: no button")
    assert "F14" in other.next_step
    assert machine.pedals("auto", says(True, "[]"), places).state is CheckState.WARNING
    assert "evdev" in machine.pedals("auto", says(False, "No module named 'evdev'"), places).next_step
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "group input" in machine.pedals("auto", says(True, both), places).next_step


def test_whatever_is_tried_is_tried_in_a_folder_of_its_own() -> None:
    """lgpio makes a pipe where it is imported: where that is not allowed, doctor cried wolf about GPIO."""
    here = tried("import os; open('pipe', 'w').close(); print(os.getcwd())")
    assert here.worked
    assert Path(here.said) != Path.cwd()
    assert not Path(here.said).exists()
