"""What the doctor says of a kiosk with each fault that docs/troubleshooting tells of: the checks themselves say it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import msgspec

from kiosk import config
from kiosk.clock import ClockStatus, SimClock
from kiosk.doctor.check import Check, Examined, Tried
from kiosk.doctor.checks import buttons, camera, clock, record, screen, service, sound, sticks, update
from kiosk.doctor.doctor import as_table
from kiosk.records.migrations import SCHEMA
from kiosk.settings import CameraSettings, SoundSettings
from kiosk.update.notes import LastUpdate
from kiosk.update.places import LAST, Places
from kiosk.update.probation import UpdateEnding

DATA = Path("/var/lib/facial-rehab-kiosk")
RUNNING = {"LoadState": "loaded", "ActiveState": "active", "UnitFileState": "enabled", "NRestarts": "0"}


def _says(said: str, worked: bool = True) -> Callable[..., Tried]:
    return lambda *_args, **_kwargs: Tried(worked, said)


def _service(journal: str, *, safe: bool = False, **state: str) -> Check:
    shown = "\n".join(f"{name}={value}" for name, value in (RUNNING | state).items())
    with _folder() as folder:
        (folder / "flags").write_text("RUN_FLAGS=--safe\n" if safe else "")
        return service.service(
            lambda command, *_args, **_kwargs: Tried(True, journal if command == "journalctl" else shown),
            folder / "flags",
        )


def _compositor(seat: str) -> Check:
    with _folder("dri/card0") as dev:
        return screen.compositor({}, _says("[]"), dev, Path(seat), "/usr/bin/cage")


def _screen(said: str) -> Check:
    with _folder("dri/card0") as dev, mock.patch.object(os, "geteuid", return_value=990):
        return screen.screen(DATA / "kiosk.toml", {}, _says(said, worked=False), dev, "/usr/bin/cage")


def _no_camera() -> Check:
    def attempt(code: str, *_: object, **__: object) -> Tried:
        apt = "/usr/lib/python3/dist-packages/picamera2/__init__.py"
        return Tried(True, f"{apt}|" if "picamera2" in code else '[[], false, "/dev/video0 does not exist"]')

    return camera.camera(CameraSettings(), attempt, pi=True)


def _gpio(said: str, worked: bool) -> Check:
    with _folder("gpiochip0") as dev:
        return buttons.gpio({}, _says(said, worked), dev, pi=True)


def _pedals(said: str) -> Check:
    with _folder("input/event0") as dev:
        return buttons.pedals("auto", _says(said), dev)


def _any_button() -> Check:
    settings, faults = config.load(DATA / "none.toml", {}, keep=False)
    kiosk = Examined(DATA, DATA / "none.toml", {}, settings, faults, installed=True)
    with _folder() as dev:
        return buttons.any_button(kiosk, _says("[]"), dev)


def _disk(free_mb: int, kind: str = "ext4") -> Check:
    with _folder() as folder:
        (folder / "mounts").write_text(f"1 2 8:1 / / rw - {kind} /dev/root rw\n")
        with mock.patch("kiosk.records.folder.free_bytes", return_value=free_mb << 20):
            return _at_home(record.disk(folder, 64, folder / "mounts"), folder)


def _database(damage: Callable[[Path], None]) -> Check:
    from tests.doctor.test_data import database

    with _folder() as folder:
        database(folder, SCHEMA)
        damage(folder)
        return _at_home(record.database(folder), folder)


def _garbage(folder: Path) -> None:
    (folder / "kiosk.db").write_bytes(b"not a database" * 1000)


def _update(last: LastUpdate) -> Check:
    with _folder() as folder:
        (folder / LAST).write_bytes(msgspec.json.encode(last))
        return update.update(Places(state=folder))


def _at_home(check: Check, folder: Path) -> Check:
    """The check as it would speak of an appliance's own folder."""
    said = (text.replace(str(folder), str(DATA)) for text in (check.found, check.next_step))
    return Check(check.name, check.state, *said)


@contextlib.contextmanager
def _folder(*names: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        for inside in names:
            (Path(name) / inside).parent.mkdir(parents=True, exist_ok=True)
            (Path(name) / inside).touch()
        yield Path(name)


KEYS = '"KEY_SPACE", "KEY_TAB", "KEY_ESC"'
ENDS = "facial-rehab-kiosk.service: Failed with result '{}'.\n"
NO_EGL = "kiosk: the screen driver wayland cannot scale (EGL not initialized)\n"
SHOWN: dict[str, tuple[Callable[[], Check], ...]] = {
    "black-screen.md": (
        lambda: _service("INFO kiosk: ended in order\n", ActiveState="inactive"),
        lambda: _compositor("/run/no-seat.sock"),
        lambda: _screen("the screen needs libwayland-egl.so.1: apt-get install libwayland-egl1"),
    ),
    "starts-again.md": (
        lambda: _service(ENDS.format("watchdog") + ENDS.format("watchdog"), NRestarts="2"),
        lambda: _service(NO_EGL + ENDS.format("exit-code"), ActiveState="activating", SubState="auto-restart"),
    ),
    "simple-mode.md": (lambda: _service(NO_EGL + 3 * ENDS.format("exit-code"), safe=True),),
    "no-sound.md": (
        lambda: sound.sound(
            SoundSettings(), _says("no sound can be made: ALSA: Couldn't open audio device", worked=False)
        ),
    ),
    "no-picture.md": (
        _no_camera,
        lambda: camera.camera(
            CameraSettings(), _says("ModuleNotFoundError: No module named 'picamera2'", worked=False), pi=True
        ),
        lambda: camera.camera(
            CameraSettings(), _says('[["/dev/video2"], false, "/dev/video0 does not exist"]'), pi=False
        ),
    ),
    "buttons.md": (
        _any_button,
        lambda: _gpio("no way to reach GPIO pins (lgpio: No module named 'lgpio')", worked=False),
        lambda: _pedals('[["FS1-P", ["KEY_F13"], false]]'),
    ),
    "keyboard.md": (lambda: _pedals(f'[["USB Keyboard", [{KEYS}], true]]'),),
    "stick.md": (
        lambda: sticks.sticks(True, _says("no D-Bus", worked=False)),
        lambda: sticks.sticks(True, _says("ntfs")),
        lambda: sticks.rights(True, _says('["org.freedesktop.udisks2.filesystem-mount"]'), user="kiosk"),
        lambda: sticks.rights(
            True, _says("polkit does not answer (org.freedesktop.DBus.Error.ServiceUnknown)", worked=False)
        ),
    ),
    "update.md": (
        lambda: _update(LastUpdate(UpdateEnding.WENT_BACK, "1.2.0", "1.1.0")),
        lambda: _update(LastUpdate(UpdateEnding.INTERRUPTED, "1.2.0", "1.1.0")),
    ),
    "date.md": (
        lambda: clock.clock(SimClock(trust=ClockStatus.UNSET), DATA / "none"),
        lambda: clock.clock(SimClock(trust=ClockStatus.UNSET), Path("/")),
    ),
    "disk.md": (
        lambda: _disk(40),
        lambda: _disk(400),
        lambda: _disk(9_000, "overlay"),
        lambda: _database(_garbage),
    ),
}
"""By page, in the order of the page: what the doctor says there."""


def lines(check: Check) -> str:
    """The check as it stands in the doctor's table."""
    return as_table([check]).rpartition("\n\n")[0]
