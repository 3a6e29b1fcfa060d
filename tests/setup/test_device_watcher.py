"""Who watches the mirror in the virtual device: on a busy host its screen answers late, and green does two things."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pygame
import pytest

from kiosk.signals import Button
from tests.device import test_camera
from tests.device.bedside import PINS

PAUSED, STEP = (40, 40, 40), (90, 20, 20)


def picture(file: Path, colour: tuple[int, int, int]) -> Path:
    """A screen of one colour."""
    surface = pygame.Surface((64, 64))
    surface.fill(colour)
    pygame.image.save(surface, str(file))
    return file


class Screen:
    """A device whose screen shows these colours, one after another, and the last one for ever."""

    def __init__(self, folder: Path, *colours: tuple[int, int, int]) -> None:
        self._shown = [picture(folder / f"{number}.png", colour) for number, colour in enumerate(colours)]
        self.pressed: list[int] = []

    def picture(self, file: Path) -> Path:
        """What it shows now."""
        shutil.copy(self._shown.pop(0) if len(self._shown) > 1 else self._shown[0], file)
        return file

    def press(self, pin: int) -> None:
        """A button of the header."""
        self.pressed.append(pin)


class Twin:
    """Draws what a pause looks like."""

    def press(self, button: Button) -> None: ...

    def until(self, *_: object) -> None: ...

    def pictures(self) -> list[pygame.Surface]:
        """One, of one colour."""
        surface = pygame.Surface((64, 64))
        surface.fill(PAUSED)
        return [surface]


@pytest.mark.parametrize(("shown", "presses"), [((STEP,), 0), ((PAUSED, STEP), 1), ((PAUSED, PAUSED, PAUSED, STEP), 1)])
def test_green_is_pressed_once_for_a_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shown: tuple[tuple[int, int, int], ...], presses: int
) -> None:
    """A second press, while the first is not answered yet, is "No picture": the mirror would never come again."""
    monkeypatch.setattr(test_camera, "POLL_S", 0.0)
    screen = Screen(tmp_path, *shown)
    seat = SimpleNamespace(machine=screen, twin=Twin())
    watcher = test_camera.Watcher(seat, [])  # type: ignore[arg-type]
    for _ in range(len(shown)):
        watcher.shot(tmp_path / "shot.png")
    assert screen.pressed == [PINS[Button.GREEN]] * presses
    assert watcher.went_on == presses
    assert np.array_equal(pygame.surfarray.array3d(pygame.image.load(str(tmp_path / "shot.png")))[0, 0], STEP), (
        "what is looked at is no pause"
    )
