"""Scenarios (b) and (d): a camera that comes late shows a drawn face that moves, and the mirror shows that face."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pygame
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray

from kiosk.care.model import ViewMode
from kiosk.care.person import SeenTick
from kiosk.drawn.person import DrawnFace
from kiosk.drawn.pose import Pose
from kiosk.screens.scene import StepScene
from kiosk.signals import Button
from tests.care.people import PARETIC
from tests.device.bedside import CLOCK, NEAR, PINS, SHARE, Bedside, filled, give, journal, main_pid
from tests.device.machine import BUSY, POLL_S, Machine
from tests.device.report import Entry
from tests.device.wire import DeviceError
from tests.somebody import answer_until, choose
from tests.twin import Twin

GUEST = Path(__file__).resolve().parent / "guest"
SETTINGS = '[camera]\nbackend = "webcam"\n'
WIDTH, HEIGHT, RATE = 640, 480, 4
MOVES = 12
MIRROR_S = 240.0
ANSWER_S = 20.0
ALIKE = 0.8
"""Correlation of the face that was sent with the screen; without a mirror, beside the drawn head, 0.73 was seen."""
Picture = NDArray[np.uint8]
TODAY = datetime.now(UTC).date()
SEEN = tuple(SeenTick(movement=tick.movement, seen_on=TODAY, by=tick.by) for tick in PARETIC.ticks)
EYES_AT_EASE = {"full_eye_closure": True, "contact_lenses": False}
PERSON = replace(PARETIC, stiffer=False, ticks=SEEN, view_mode=ViewMode.MIRROR, **EYES_AT_EASE)
"""Somebody who may do first movements, and has a mirror in all of them."""


def poses() -> list[Pose]:
    """A head that goes from side to side, and smiles on one side."""
    ways = np.linspace(0, 2 * np.pi, MOVES, endpoint=False)
    return [Pose(shift_x_mm=25 * float(np.sin(way)), corner_right_mm=4 - 4 * float(np.cos(way))) for way in ways]


def film(to: Path) -> list[Picture]:
    """The pictures as grey values; as YUYV they lie one after another in the file."""
    face = DrawnFace(size=(WIDTH, HEIGHT), texture=2)
    shown = []
    with to.open("wb") as file:
        for pose in poses():
            colours = np.ascontiguousarray(np.clip(face.draw(pose).pixels[..., :3], 0, 255).astype(np.uint8))
            yuv = cv2.cvtColor(colours, cv2.COLOR_BGR2YUV)
            packed = np.empty((HEIGHT, WIDTH, 2), np.uint8)
            packed[..., 0] = yuv[..., 0]
            packed[:, 0::2, 1], packed[:, 1::2, 1] = yuv[:, 0::2, 1], yuv[:, 0::2, 2]
            file.write(packed.tobytes())
            shown.append(np.asarray(yuv[..., 0], np.uint8))
        file.truncate((file.tell() + 511) // 512 * 512)
    return shown


def alike(screen: Path, sent: Sequence[Picture]) -> tuple[float, int]:
    """How much the best place of a screen's picture is like the mirrored face that was sent, and which one it is."""
    seen = cv2.imread(str(screen), cv2.IMREAD_GRAYSCALE)
    assert seen is not None
    small = cv2.resize(seen, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    best = (0.0, 0)
    for number, picture in enumerate(sent):
        face = cv2.flip(picture[HEIGHT // 8 : HEIGHT * 3 // 4, WIDTH // 3 : WIDTH * 2 // 3], 1)
        for height in range(150, 361, 15):
            scale = height / HEIGHT
            wanted = cv2.resize(face, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            if wanted.shape[0] < small.shape[0] and wanted.shape[1] < small.shape[1]:
                best = max(best, (float(cv2.matchTemplate(small, wanted, cv2.TM_CCOEFF_NORMED).max()), number))
    return best


@pytest.fixture
def machine(bed: Machine) -> Iterator[Machine]:
    """The camera's driver and its film are gone afterwards."""
    yield bed
    bed.ask("systemctl stop film kiosk; modprobe -r v4l2loopback", 60)


def plug_camera(machine: Machine, disk: str) -> None:
    """The driver comes, and pictures."""
    machine.run("modprobe v4l2loopback devices=1 video_nr=0 card_label=Drawn && udevadm settle", 60)
    machine.put("/opt/film.py", (GUEST / "film.py").read_bytes())
    numbers = f"{WIDTH} {HEIGHT} {MOVES} {RATE}"
    machine.run(f"systemd-run --unit film --collect python3 /opt/film.py /dev/video0 {disk} {numbers}")


def buttons(screen: NDArray[np.uint8]) -> NDArray[np.int16]:
    """The lowest part of a screen, where the three buttons are named."""
    return screen[:, -screen.shape[1] // 8 :].astype(np.int16)


class Watcher:
    """Somebody who watches the mirror. Where the emulation stood still the kiosk has paused: they press green."""

    def __init__(self, seat: Bedside, sent: Sequence[Picture]) -> None:
        self._machine, self._sent = seat.machine, sent
        seat.twin.press(Button.AMBER)
        seat.twin.until(lambda scene: bool(scene.strip.green))
        self._paused = buttons(pygame.surfarray.array3d(seat.twin.pictures()[0]))
        self.went_on = 0

    def shot(self, file: Path) -> Path:
        """What is on the screen; a pause is ended."""
        if self._pauses(file):
            self._machine.press(PINS[Button.GREEN])
            self.went_on += 1
            # Green once more, before a busy machine has answered the first, would put the picture away for good.
            until = time.monotonic() + ANSWER_S * BUSY
            while self._pauses(file) and time.monotonic() < until:
                time.sleep(POLL_S)
        return file

    def _pauses(self, file: Path) -> bool:
        """Whether it can be gone on with, in a new picture of the screen."""
        shown = pygame.surfarray.array3d(pygame.image.load(str(self._machine.picture(file))))
        return bool(np.mean(np.abs(buttons(shown) - self._paused) > NEAR) <= SHARE)

    def until(self, right: Callable[[float, int], bool], file: Path) -> tuple[float, int]:
        """Wait until what is in the mirror is right, by its likeness and by which picture it is; both."""
        started, seen = time.monotonic(), []
        while time.monotonic() - started < MIRROR_S * BUSY:
            seen.append(alike(self.shot(file), self._sent))
            if right(*seen[-1]):
                return seen[-1]
        raise DeviceError(f"the face in the mirror is alike from {min(seen)} to {max(seen)}")


def there(likeness: float, number: int) -> bool:
    """Whether it is the face that was sent."""
    return likeness >= ALIKE


def gone(likeness: float, number: int) -> bool:
    """Whether it is not."""
    return likeness < ALIKE


def test_the_mirror_shows_the_face_that_the_camera_sees(machine: Machine, entry: Entry, tmp_path: Path) -> None:
    """(b, d) A camera that comes late: its drawn face is in the mirror, moves, is gone with it, and comes back."""
    sent = film(tmp_path / "film.raw")
    disk = machine.attach("film", tmp_path / "film.raw")
    give(machine, filled(tmp_path / "device", SETTINGS, PERSON))
    twin = Twin(filled(tmp_path / "twin", SETTINGS, PERSON), trust=CLOCK)
    seat = Bedside(machine, twin, entry)
    try:
        pid = main_pid(machine)
        seat.look()
        plug_camera(machine, disk)
        choose(seat, "First movements")
        answer_until(seat, lambda scene: isinstance(scene, StepScene))
        watcher = Watcher(seat, sent)
    finally:
        twin.close()
    likeness, first = watcher.until(there, entry.picture("mirror"))
    entry.figure("likeness of the face in the mirror", likeness)
    lamp = seat.lamps(("camera",))
    # It moves: another of the pictures that were sent is seen soon.
    likeness, _ = watcher.until(lambda like, number: there(like, number) and number != first, entry.picture("moved"))
    entry.figure("likeness once it has moved", likeness)
    machine.run("systemctl stop film", 60)
    entry.figure("likeness while the camera is gone", watcher.until(gone, entry.picture("gone"))[0])
    machine.until("modprobe -r v4l2loopback", 60, "the camera is let go")
    plug_camera(machine, disk)
    entry.figure("likeness once it is back", watcher.until(there, entry.picture("back"))[0])
    machine.press(PINS[Button.RED])
    entry.figure("times that a standstill of the emulation paused the session", watcher.went_on)
    assert lamp == {"camera": True}
    assert main_pid(machine) == pid, "the session went on in the same kiosk"
    assert "Traceback" not in journal(machine)
