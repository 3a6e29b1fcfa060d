"""The process that the bench starts and measures: ``python -m kiosk.bench_child lazy|eager|mirror DATA``.

``lazy`` and ``eager`` say so when their first picture is on the screen, and end; ``mirror`` is the whole kiosk with its
camera open and the face looked at and filmed, and runs until it is ended.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # as in typing, which takes longer to load than the display
if TYPE_CHECKING:
    from kiosk.screens.scene import Scene


FILM = "bench.mp4"
"""The film that ``mirror`` makes in the data folder; whole only once the kiosk has ended."""


def _told() -> None:
    """The first picture is on the screen: say so to the process that started this one, and leave without tidying up."""
    os.write(1, b"shown\n")
    os._exit(0)


def lazy(data: str) -> None:
    """``kiosk run``, as it is. Nothing is loaded here that it would load later, or in another way."""
    from kiosk.screens import ready

    usual = ready.present

    def present() -> None:
        usual()
        _told()

    ready.present = present
    sys.argv = ["kiosk", "run", "--window", "--data", data]
    from kiosk.__main__ import main

    main()


def eager(_data: str) -> None:
    """The usual order: load and start everything, find a font of the system, then show something."""
    import cv2  # noqa: F401
    import gpiozero  # noqa: F401
    import pygame
    import sqlite_utils  # noqa: F401

    import kiosk.app
    import kiosk.cli
    import kiosk.devices.buttons_gpio
    import kiosk.devices.camera
    import kiosk.devices.sound
    import kiosk.programmes.shelf
    import kiosk.records.store
    import kiosk.runtime.runtime  # noqa: F401

    pygame.init()
    screen = pygame.display.set_mode((1280, 720), 0, 32)
    screen.fill((17, 26, 33))
    font = pygame.font.SysFont("sans", 48)
    screen.blit(font.render("One moment", True, (255, 255, 255)), (80, 80))
    pygame.display.flip()
    _told()


def mirror(data: str) -> None:
    """``kiosk run``, except that it shows a step with a live picture, films who looks, and nothing ends it."""
    from kiosk.bench.world import FILM_BYTES, FILMING, scene_after
    from kiosk.cli import cli
    from kiosk.face.model import Task, Zone
    from kiosk.runtime import runtime
    from kiosk.sight.clips import FilmOrder

    class Mirroring(runtime.Runtime):
        """The kiosk's own runtime behind a picture that stays."""

        filming = False

        def tick(self, now_ms: int) -> None:
            camera, sight = self._ports.camera, self._ports.sight
            if sight is not None and not camera.is_open:
                sight.open()
                # Long enough for the first of the process that looks, which loads while the face rests.
                sight.watch(Task(key="bench", zone=Zone.MOUTH, neutral_from_ms=now_ms, neutral_to_ms=now_ms + 4_000))
            camera.open()
            if sight is not None and sight.how and not self.filming:
                self.filming = True
                sight.record(FilmOrder(os.path.join(data, FILM), FILM_BYTES))
                open(os.path.join(data, FILMING), "x").close()
            super().tick(now_ms)

        def scene(self, now_ms: int) -> Scene:
            super().scene(now_ms)
            return scene_after(0, now_ms)

    runtime.Runtime = Mirroring  # type: ignore[misc]
    cli(["run", "--window", "--data", data])


if __name__ == "__main__":
    {"lazy": lazy, "eager": eager, "mirror": mirror}[sys.argv[1]](sys.argv[2])
