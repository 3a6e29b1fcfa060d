"""One power-on of the simulated kiosk: the runtime, the loop and the store are the real ones, what they reach is not.

The demo and the soak live through many of them, one after the other, at one bedside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.care.library import Library
from kiosk.clock import SimClock
from kiosk.demo.simulated import Hand, Part, SimScreen, SimWait
from kiosk.devices.buttons import ButtonSettings, Debounced, SimButtons
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.lights import SimLights
from kiosk.devices.sound_files import VoiceFiles
from kiosk.devices.sound_sim import SimSound
from kiosk.devices.stick import SimSticks
from kiosk.microphone.port import SimMicrophone
from kiosk.records.store import Store
from kiosk.runtime.loop import Loop
from kiosk.runtime.ports import Ports, Workshop
from kiosk.runtime.runtime import Runtime
from kiosk.runtime.watchdog import Watchdog
from kiosk.settings import Settings
from kiosk.sight.sight_sim import Film, SimSight
from kiosk.usb.service import StickService
from kiosk.voice.kept import VoiceShelf
from kiosk.voice.studio import VoiceStudio

FPS, PICTURES = 10, 12
"""Pictures a second of the simulated camera, enough to be drawn as a mirror, and different ones of the film: few
enough to live through days."""
CLOSE_S = 5.0
LOOKED_S = 30.0
"""Most time that a start waits until the record was looked through."""


@dataclass(frozen=True, slots=True)
class Bedside:
    """The place of many power-ons: ``clock`` and ``screen`` stay, and ``seed`` draws the digits.

    One ``camera`` for all, so that its pictures are decoded once, and one ``film`` that says what is true of them;
    ``known`` are the programmes of the ``assets``.
    """

    clock: SimClock
    screen: SimScreen
    camera: SimCamera
    film: Film
    known: Library
    assets: Path
    seed: int


class Boot:
    """The kiosk of ``bedside`` from this power-on to the next, with its record in ``data``."""

    def __init__(
        self,
        bedside: Bedside,
        data: Path,
        sticks: SimSticks,
        store: Store | None = None,
        *,
        first_start: bool = False,
    ) -> None:
        clock, camera = bedside.clock, bedside.camera
        self._clock, self._screen, self.camera, self.sticks = clock, bedside.screen, camera, sticks
        self.buttons = SimButtons(clock)
        self.hand = Hand(clock, self.buttons, bedside.screen)
        self.store = store if store is not None else Store.open(data, clock)
        self.store.looked_through(LOOKED_S)  # in the time of this machine, of which a simulated day knows nothing
        self._stick_service = StickService(clock, self.store, data, Settings(), lambda: sticks, aside=False)
        self.sight = SimSight(clock, bedside.film.at)
        self.sound = SimSound(clock, VoiceFiles("en", bedside.assets / "voice").duration_ms)
        self.microphone = SimMicrophone(clock)
        shelf = VoiceShelf(data / "voice", bedside.known)
        studio = VoiceStudio(clock, self.microphone, self.sound, shelf, aside=False)
        workshop = Workshop(aside=False)
        ports = Ports(
            clock=clock,
            store=self.store,
            sound=self.sound,
            camera=camera,
            lights=SimLights(),
            workshop=workshop,
            sight=self.sight,
            voice=shelf,
            studio=studio,
            stick_service=self._stick_service,
        )
        self._runtime = Runtime(
            ports,
            Settings(),
            bedside.known,
            bedside.assets,
            data=data,
            seed=bedside.seed,
            tells_recorded=False,
            first_start=first_start,
        )
        plate = Debounced(self.buttons, ButtonSettings())
        recording = (self.microphone, studio)
        self._sources = (plate, self.store, self.sound, camera, self.sight, *recording, workshop, self._stick_service)

    def live(self, part: Part, turn: Callable[[Loop], None] = Loop.turn) -> None:
        """Let time pass until ``part`` is played; ``turn`` takes each turn of the loop. Raises ScriptError."""
        waiting = SimWait(self._clock, self.store, self.camera, self._screen, part)
        loop = Loop(
            self._clock,
            waiting,
            self._sources,
            self.camera,
            self._runtime,
            self._screen,
            Watchdog({}),
            self.sight.offer,
            self._runtime.looks,
        )
        while not waiting.ended:
            waiting.until(loop.deadline_ms())
            turn(loop)

    def close(self) -> None:
        """A cut leaves what was handed over, and nothing more: no end of the session, no farewell."""
        self.camera.close()
        self._stick_service.close()
        self.store.close(CLOSE_S)
        self.buttons.close()
