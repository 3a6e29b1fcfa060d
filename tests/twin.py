"""The same kiosk in the test's own process, at a clock of the test's: it says what a real one should show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pygame

from kiosk import app, config, paths
from kiosk.care.words import clock_words, time_words, weekday_words
from kiosk.clock import ClockStatus, SimClock, SystemClock, local_moment
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.lights import SimLights
from kiosk.devices.sound_sim import SimSound
from kiosk.programmes import shelf
from kiosk.records.store import Store
from kiosk.runtime.ports import Ports, Workshop
from kiosk.runtime.runtime import Runtime
from kiosk.screens.paint import Painter
from kiosk.screens.scene import Menu, NoteScene, Scene
from kiosk.signals import Button, Chord, Press
from tests.patience import PATIENCE_S

SIZE = (1280, 720)
"""The size of a screen that nobody says anything about."""
CLOCKS = (lambda moment: clock_words(moment, str), time_words)
"""The forms in which a screen shows what time it is."""
THINK_MS = 700
"""From seeing to pressing: longer than green after amber is taken for a slip."""


def day_of(wall: datetime) -> str:
    """The day as it stands on the home."""
    return weekday_words(local_moment(wall).date(), str)


class Twin:
    """A kiosk without a screen, on simulated devices, with the data folder it is given.

    ``trust``: who vouches for its clock; else whoever does on this machine. ``size``: that of the screen to be drawn.
    """

    def __init__(self, data: Path, *, safe: bool = False, trust: ClockStatus | None = None) -> None:
        here = SystemClock()
        self.clock = SimClock(here.now_ms(), here.wall_utc(), trust or here.status(), here.boot_id, here.zone())
        self.started = self.clock.wall
        self._store = Store.open(data, self.clock)
        settings, _ = config.load(data / "kiosk.toml", {}, keep=False)
        if safe:
            settings = config.safe(settings)
        ports = Ports(
            clock=self.clock,
            store=self._store,
            sound=SimSound(self.clock),
            camera=SimCamera(self.clock, paths.assets() / "demo" / "face.mp4", kept=1),
            lights=SimLights(),
            workshop=Workshop(aside=False),
        )
        sentences = (app.SAFE_MODE,) if safe else ()
        known = shelf.load(paths.assets() / "programmes")
        self._shell = Runtime(ports, settings, known, paths.assets(), sentences, data=data, safe=safe, first_start=True)
        self._shell.tick(self.clock.now_ms())
        self.size = SIZE
        self._painter = Painter(paths.assets(), settings.screen.width_mm)
        self.settle()

    def settle(self) -> None:
        assert self._store.flush(PATIENCE_S)
        for news in self._store.drain(self.clock.now_ms()):
            self._shell.hear(news, self.clock.now_ms())

    def press(self, button: Button) -> None:
        self.clock.advance(THINK_MS)
        self._shell.hear(Press(button, self.clock.now_ms()), self.clock.now_ms())
        self.settle()

    def hold(self) -> None:
        """Green and amber together, until they mean it."""
        self.clock.advance(THINK_MS)
        self._shell.hear(Chord(self.clock.now_ms()), self.clock.now_ms())
        self.settle()

    @property
    def scene(self) -> Scene:
        return self._shell.scene(self.clock.now_ms())

    def until(self, seen: Callable[[Scene], bool]) -> None:
        """Let time pass until the screen shows what is waited for."""
        while not seen(self.scene):
            due = self._shell.deadline_ms(self.clock.now_ms())
            assert due is not None
            self.clock.advance(max(0, due - self.clock.now_ms()))
            self._shell.tick(self.clock.now_ms())
            self.settle()

    def pictures(self, *walls: datetime) -> list[pygame.Surface]:
        """What the scene looks like at these times of day. The real one may have read its clock a minute later."""
        found = []
        for wall in (self.started, *walls, datetime.now(self.started.tzinfo)):
            scene = self.scene
            if isinstance(scene, NoteScene | Menu):
                shown = {form(local_moment(self.clock.wall_utc())): form(local_moment(wall)) for form in CLOCKS}
                shown |= {day_of(self.clock.wall_utc()): day_of(wall)}
                clock, title = shown.get(scene.clock, scene.clock), shown.get(scene.title, scene.title)
                scene = replace(scene, clock=clock, title=title)
            surface = pygame.Surface(self.size, 0, 32)
            self._painter.draw(surface, scene, None)
            found.append(surface)
        return found

    def close(self) -> None:
        self._shell.close()
        assert self._store.close(PATIENCE_S)
