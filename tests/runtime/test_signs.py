"""The lamps tell of what is open, whatever stands on the screen (rules 9 and m)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from kiosk.devices.lights import Glow, Lamp, SimLights
from kiosk.runtime.ports import Ports
from kiosk.runtime.signs import light
from kiosk.screens.scene import NoteScene


@pytest.mark.parametrize(("camera", "microphone"), [(False, None), (False, False), (True, None), (False, True)])
def test_the_lamp_is_lit_while_camera_or_microphone_is_open(camera: bool, microphone: bool | None) -> None:
    """And out as soon as neither is; a kiosk without a microphone has only the camera's."""
    lights = SimLights()
    studio = None if microphone is None else SimpleNamespace(listening=microphone)
    ports = SimpleNamespace(lights=lights, studio=studio, camera=SimpleNamespace(is_open=camera))
    light(NoteScene("note", title="Rest"), Glow.DIM, cast("Ports", ports))
    assert lights.now[Lamp.CAMERA] is (Glow.ON if camera or microphone else Glow.OFF)
    assert lights.now[Lamp.ALERT] is Glow.DIM
