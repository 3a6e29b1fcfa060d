"""Somebody says at the first question: this is not my plan. They are asked to tell staff, who find a line."""

from __future__ import annotations

from pathlib import Path

from kiosk import paths
from kiosk.care import library
from kiosk.clock import SimClock
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.lights_sim import SimLights
from kiosk.devices.sound_sim import SimSound
from kiosk.records.rows import BOUND, StateRow
from kiosk.records.store import Store
from kiosk.settings import Settings
from kiosk.shell.people import person_row
from kiosk.shell.ports import Ports
from kiosk.shell.shell import Shell
from kiosk.shell.workshop import Workshop
from kiosk.signals import Button, Press
from tests.care.people import PARETIC
from tests.records.helpers import PATIENCE_S, rows_in


def test_no_at_the_first_question_is_answered(tmp_path: Path) -> None:
    """It used to fall back to "Ready when you are" without a word."""
    clock = SimClock()
    store = Store.open(tmp_path, clock)
    store.put(person_row(PARETIC), StateRow(BOUND, PARETIC.code))
    assert store.flush(PATIENCE_S)
    camera = SimCamera(clock, paths.assets() / "demo" / "face.mp4", kept=1)
    workshop = Workshop(aside=False)
    ports = Ports(clock=clock, store=store, sound=SimSound(clock), camera=camera, lights=SimLights(), workshop=workshop)
    shell = Shell(ports, Settings(), library.load(paths.assets() / "programmes"), paths.assets(), data=tmp_path)

    def press(button: Button) -> str:
        clock.advance(700)
        shell.hear(Press(button, clock.now_ms()), clock.now_ms())
        assert store.flush(PATIENCE_S)
        return shell.scene(clock.now_ms()).name

    for _ in range(2):
        press(Button.AMBER)
    assert press(Button.GREEN) == "session-identity"
    assert press(Button.AMBER) == "session-told"
    assert "Please tell staff" in str(shell.scene(clock.now_ms()))
    assert press(Button.RED) == "home-asleep"
    assert rows_in(tmp_path, "SELECT code FROM inbox") == [("not-me",)]
    assert store.close(PATIENCE_S)
