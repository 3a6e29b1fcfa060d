"""The signs of the kiosk: its condition, from the news about its devices, and the lamps that go with a scene."""

from __future__ import annotations

from kiosk.devices.lights import Glow, Lamp
from kiosk.runtime.condition import Condition
from kiosk.runtime.ports import Ports
from kiosk.screens.scene import NoteScene, Scene, StepScene
from kiosk.signals import CameraState, PedalState, SightState, Signal, StoreState, Stuck


def heed(condition: Condition, signal: Signal, ports: Ports) -> None:
    """Change ``condition`` by what ``signal`` says of a device, and write down what staff will want to know."""
    if isinstance(signal, StoreState):
        condition.store_problem = signal.problem
    elif isinstance(signal, CameraState):
        condition.camera_ok, condition.camera_cause = signal.ok, signal.cause
    elif isinstance(signal, SightState):
        condition.sight_cause = signal.cause
    elif isinstance(signal, Stuck):
        before = condition.stuck
        condition.stuck = before | {signal.button} if signal.stuck else before - {signal.button}
        ports.store.event("warning", "button", f"{signal.button}-{'stuck' if signal.stuck else 'free'}")
    elif isinstance(signal, PedalState):
        name = {signal.name}
        condition.lost = condition.lost - name if signal.there else condition.lost | name
        ports.store.event("warning", "pedal", "back" if signal.there else "lost")


def light(scene: Scene, alert: Glow, ports: Ports) -> None:
    """Let the lamps follow ``scene``, and say with one of them that the camera or the microphone is open."""
    strip, studio = scene.strip, ports.studio
    open_now = ports.camera.is_open or (studio is not None and studio.listening)
    lit = {Lamp.GREEN: strip.green, Lamp.AMBER: strip.amber, Lamp.RED: strip.red}
    # Sound plus light, always both: where a tone sounds the buttons' lamps dim for a moment.
    bright = Glow.DIM if isinstance(scene, StepScene) and scene.dimmed else Glow.ON
    bright = Glow.PULSE if isinstance(scene, NoteScene) and scene.calls else bright
    plan = {lamp: bright if on else Glow.OFF for lamp, on in lit.items()}
    ports.lights.show({**plan, Lamp.CAMERA: Glow.ON if open_now else Glow.OFF, Lamp.ALERT: alert})
