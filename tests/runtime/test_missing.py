"""Delete each asset in turn: the kiosk starts, shows a home, and leads what is left."""

from __future__ import annotations

import shutil
from pathlib import Path

import pygame
import pytest

from kiosk import paths
from kiosk.clock import SimClock
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.lights import SimLights
from kiosk.devices.sound_files import VoiceFiles
from kiosk.devices.sound_sim import SimSound
from kiosk.errors import StoreError
from kiosk.programmes import shelf
from kiosk.records.store import Store
from kiosk.runtime.known import Known
from kiosk.runtime.ports import Ports, Workshop
from kiosk.runtime.runtime import Runtime
from kiosk.screens.paint import Painter
from kiosk.screens.scene import Menu, NoteScene
from kiosk.settings import Settings
from tests.patience import PATIENCE_S

ASSETS = paths.assets()
WHOLE = {"voice", "fonts", "tones", "locale", "tools"}
"""Folders that are taken away as a whole as well; every file of programmes, fonts and tones goes alone."""


def each() -> list[str]:
    """What is deleted, one at a time."""
    files = [
        p.relative_to(ASSETS).as_posix() for name in ("programmes", "fonts", "tones") for p in (ASSETS / name).iterdir()
    ]
    return sorted([*files, *WHOLE, "voice/en/index.json", "voice/en/settle-in.ogg"])


@pytest.mark.parametrize("gone", each())
def test_the_kiosk_starts_without(gone: str, tmp_path: Path) -> None:
    """A missing file costs what it held, and nothing else."""
    assets = tmp_path / "assets"
    shutil.copytree(ASSETS, assets, ignore=shutil.ignore_patterns("*.ogg", "demo"))
    target = assets / gone
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    clock = SimClock()
    store = Store.open(tmp_path / "data", clock)
    try:
        known = shelf.load(assets / "programmes")
        assert bool(known.faults) == gone.startswith("programmes/")
        sound = SimSound(clock, VoiceFiles("en", assets / "voice").duration_ms)
        camera = SimCamera(clock, ASSETS / "demo" / "face.mp4", kept=1)
        lights, workshop = SimLights(), Workshop(aside=False)
        ports = Ports(clock=clock, store=store, sound=sound, camera=camera, lights=lights, workshop=workshop)
        runtime = Runtime(ports, Settings(), known, assets, tuple(map(str, known.faults)), data=tmp_path / "data")
        runtime.tick(clock.now_ms())
        scene = runtime.scene(clock.now_ms())
        surface = pygame.Surface((1280, 720), 0, 32)
        Painter(assets).draw(surface, scene, None)
        assert scene.name == "home-welcome"
        assert surface.get_bounding_rect().w > 0
    finally:
        store.close(PATIENCE_S)


def test_a_record_that_cannot_be_read_is_said_on_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside safe mode, too: nothing of anybody is shown, and staff are called."""

    def broken(*_: object) -> None:
        raise StoreError("kiosk.db: the record of persons cannot be read")

    clock = SimClock()
    store = Store.open(tmp_path, clock)
    try:
        sound = SimSound(clock, VoiceFiles("en", ASSETS / "voice").duration_ms)
        camera = SimCamera(clock, ASSETS / "demo" / "face.mp4", kept=1)
        lights, workshop = SimLights(), Workshop(aside=False)
        ports = Ports(clock=clock, store=store, sound=sound, camera=camera, lights=lights, workshop=workshop)
        monkeypatch.setattr(Known, "person", broken)
        runtime = Runtime(ports, Settings(), shelf.load(ASSETS / "programmes"), ASSETS, (), data=tmp_path, safe=True)
        scene = runtime.scene(clock.now_ms())
    finally:
        store.close(PATIENCE_S)
    assert isinstance(scene, Menu | NoteScene)
    assert scene.notice == "The record cannot be read. Please tell staff. Simple mode."
