"""The README's pictures and its moving one, out of the demo: ``make pictures``. No real face is in any of them."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pygame
from PIL import Image

from kiosk.demo.demo import CHAPTERS, Days
from kiosk.demo.simulated import SimScreen
from kiosk.devices.camera import Frame
from kiosk.paths import assets
from kiosk.screens.paint import Painter
from kiosk.screens.scene import PictureScene, RingPace, Scene, StepScene

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
STILLS = ("home.chosen", "session-step.hands-up.none", "staff-programmes.chosen")
"""Screens by the demo's names: the day's plan, a release, the desk."""
MOVING = "movement.webp"
SIZE = (640, 360)
EVERY, PICTURES = 2, 110
"""The moving picture has each second one of the demo's ten a second, for twenty-two seconds."""
SPEED_MS = 200
QUALITY = 55


class FilmedScreen(SimScreen):
    """Keeps what stands on the screen from the first movement before the mirror on."""

    def __init__(self, painter: Painter, folder: Path) -> None:
        super().__init__(painter, folder)
        self.film: list[Image.Image] = []
        self._turns = 0

    def show(self, scene: Scene, frame: Frame | None) -> None:
        """Draw as the demo does, and one picture more for the film."""
        super().show(scene, frame)
        if not isinstance(scene, StepScene) or len(self.film) == PICTURES:
            return
        if scene.picture is not PictureScene.LIVE:
            self.film.clear()
            return
        if not self.film and scene.ring.pace is not RingPace.MOVE_IN:
            return
        self._turns += 1
        if self._turns % EVERY:
            return
        surface = pygame.Surface((1280, 720), 0, 32)
        self._painter.draw(surface, scene, None if frame is None else frame.pixels)
        self.film.append(_picture(surface))


def _picture(surface: pygame.Surface) -> Image.Image:
    raw = pygame.image.tobytes(surface, "RGB")
    return Image.frombytes("RGB", surface.get_size(), raw).resize(SIZE, Image.Resampling.LANCZOS)


def main() -> int:
    """Live through the first chapters of the demo, and write what was seen."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        days = Days(Path(scratch), 1)
        screen = FilmedScreen(Painter(assets()), Path(scratch) / "screens")
        days.screen, days.bedside = screen, replace(days.bedside, screen=screen)
        for chapter in CHAPTERS:
            if len(screen.film) < PICTURES or not screen.saved.keys() >= set(STILLS):
                days.live(chapter)
        for name in STILLS:
            with Image.open(screen.saved[name]) as still:
                still.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS).save(FOLDER / f"{name}.webp", quality=85)
        first, *rest = screen.film
        first.save(
            FOLDER / MOVING, save_all=True, append_images=rest, duration=SPEED_MS, loop=0, quality=QUALITY, method=4
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
