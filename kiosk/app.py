"""The composition: everything is built here, started in order and stopped in reverse. Nothing is decided here.

The first thing a person sees is a calm screen; the record, the camera and the voice come after it.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING

from kiosk import __version__, config, paths
from kiosk.clock import SystemClock
from kiosk.devices.console import Console
from kiosk.errors import CameraError
from kiosk.settings import Settings
from kiosk.signals import Button

if TYPE_CHECKING:
    from kiosk.devices.buttons import ButtonSource
    from kiosk.devices.camera import Camera
    from kiosk.devices.camera_frame import Frame
    from kiosk.devices.lights import Lights
    from kiosk.devices.stick import Sticks
    from kiosk.nursery.nursery import Nursery
    from kiosk.screens.paint import Painter
    from kiosk.screens.scene import Scene
    from kiosk.screens.window import Screen
    from kiosk.signals import Signal, SignalSource

log = logging.getLogger(__name__)

CLOSE_S = 5.0
SAFE_MODE = (
    "safe mode, because the kiosk failed to start several times: no camera, none of the site's own programmes and "
    "recordings; run `kiosk doctor`, look at the journal, then switch the kiosk off and on"
)
NURSED = (
    "kiosk.devices.camera_child",
    "kiosk.devices.camera_recorded",
    "kiosk.sight.child",
    "kiosk.face.looker",
    "kiosk.face.net",
    "ai_edge_litert.interpreter",
    "av",
)
"""Modules that the processes of the camera and of sight begin with. None that starts a thread: they are forks."""
LOOKS = 2
"""The loop asks its sources before it draws: at the second time there is a picture."""
ORDER = ("picamera", "webcam", "none")
"""Cameras tried when the settings leave it open. At a bedside nobody is ever shown a face that is not theirs."""
WINDOW_ORDER = ("picamera", "webcam", "recorded")
"""In a window, for whoever tries the kiosk out: a recorded face stands in for a camera, and the screen says so."""


class Painted:
    """The screen with its painter: what the loop shows a scene on."""

    def __init__(self, screen: Screen, painter: Painter) -> None:
        self.screen, self._painter = screen, painter

    @property
    def problems(self) -> tuple[str, ...]:
        """Sentences for staff about the screen: a font that is missing, letters that are small for a distance."""
        near = self._painter.nearer(self.screen.surface.get_size())
        return (*self._painter.problems, near) if near else tuple(self._painter.problems)

    def use_width(self, width_mm: int) -> None:
        """The longer side of the picture is so long."""
        self._painter.use_width(width_mm)

    def near_m(self, width_mm: int) -> float:
        """Return the distance, m, from which the person's letters are large enough on a screen of that width."""
        return self._painter.near_m(self.screen.surface.get_size(), width_mm)

    def show(self, scene: Scene, frame: Frame | None) -> None:
        """Draw into the screen's surface and flip."""
        self._painter.draw(self.screen.surface, scene, None if frame is None else frame.pixels)
        self.screen.present()


class NotYet(ModuleType):
    """A module that is loaded when something of it is asked for, not where it is imported."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # the import system's own questions
            raise AttributeError(name)
        del sys.modules[self.__name__]
        vars(self).update(vars(importlib.import_module(self.__name__)))
        self.__class__ = ModuleType  # type: ignore[assignment]
        return getattr(self, name)


class Afterwards:
    """A source without news: at its second look the first picture is out, and what that could do without is done.

    ``begin``: what is called then.
    """

    def __init__(self, *begin: Callable[[], None]) -> None:
        self._looks, self._begin = 0, begin

    def fileno(self) -> int:
        """No descriptor."""
        return -1

    def drain(self, now_ms: int) -> tuple[Signal, ...]:  # noqa: ARG002 (every source is asked with the time)
        """Nothing is new."""
        self._looks += 1
        if self._looks == LOOKS:
            import cv2  # what the mirror will need at once

            cv2.setNumThreads(1)  # the mirror is one pass; threads of its own would only disturb the loop
            gc.enable()
            gc.collect()
            gc.freeze()
            for begin in self._begin:
                begin()
        return ()

    def deadline_ms(self) -> int | None:
        """Return that it is due at once, until it is done."""
        return 0 if self._looks < LOOKS else None


def run(data: Path, config_path: Path, *, window: bool = False, safe: bool = False, stick: Path | None = None) -> int:
    """Run the kiosk until its window is closed or the service is stopped; the exit code.

    ``stick``: a folder that stands in for a USB stick, always plugged in.
    In a window somebody may want to try it with a made-up person: that is another kiosk, with a record of its own that
    is gone afterwards, which begins when this one has closed its record.
    Raises AlreadyRunning when another kiosk holds ``data``, and ScreenError when there is no screen.
    """
    console = Console()  # now, while the compositor that started us is surely in front
    gc.disable()  # as for the ready picture, which not every start has
    settings, faults = config.load(config_path, os.environ)
    if safe:
        settings = config.safe(settings)
    with ExitStack() as stack:
        painted = first_screen(settings, window=window)
        stack.callback(painted.screen.close)
        said = (*map(str, faults), *painted.problems)
        if _live(data, painted, settings, said, console, window=window, safe=safe, stick=stick):
            from kiosk.face.nets import folder_of

            _one_moment(painted, settings)
            with TemporaryDirectory(prefix="kiosk-trial-") as folder:
                _live(Path(folder), painted, settings, (), console, window=True, trial=folder_of(data))
    return 0


def _live(
    data: Path,
    painted: Painted,
    settings: Settings,
    faults: tuple[str, ...],
    console: Console,
    *,
    window: bool = False,
    safe: bool = False,
    stick: Path | None = None,
    trial: Path | None = None,
) -> bool:
    """One kiosk from its first screen to its end; whether somebody wants to try it with a made-up person.

    ``trial``: this is that kiosk, and the models that look at a face are in this folder.
    """
    clock = SystemClock()
    with ExitStack() as stack:
        sys.modules.setdefault("cv2", NotYet("cv2"))
        from kiosk.bedside.kept_settings import hand_of, of_place, taught_pedals
        from kiosk.bedside.persons import settle
        from kiosk.devices.buttons import Debounced
        from kiosk.devices.buttons_pedal import PedalButtons
        from kiosk.devices.sound import Sound
        from kiosk.face.nets import folder_of
        from kiosk.microphone.arecord import ArecordMicrophone
        from kiosk.nursery.nursery import Nursery
        from kiosk.pictures.look_through import in_folder
        from kiosk.pictures.pictures import Pictures
        from kiosk.programmes import shelf
        from kiosk.records.store import Limits, Store
        from kiosk.runtime.loop import Loop, SelectWait, Steered, Waking
        from kiosk.runtime.ports import Ports, Workshop
        from kiosk.runtime.proving import TOLD, Proving, ending_rows
        from kiosk.runtime.runtime import Runtime
        from kiosk.runtime.watchdog import Ending, Watchdog
        from kiosk.sight.sight import Sight, start_child
        from kiosk.update.asking import withdraw
        from kiosk.update.notes import last_of, on_probation
        from kiosk.update.places import Places
        from kiosk.usb.service import StickService
        from kiosk.voice.kept import VoiceShelf
        from kiosk.voice.studio import VoiceStudio
        from kiosk.words import words

        assets = paths.assets()
        storage = settings.storage
        limits = Limits(ballast_bytes=storage.ballast_mb << 20, floor_bytes=storage.floor_mb << 20)
        store = Store.open(data, clock, limits, wait=False)
        stack.callback(store.close, CLOSE_S)
        withdraw(data)
        ending = Ending()
        stack.callback(ending.close)
        ending.listen()
        watchdog = Watchdog()
        nursery = Nursery(NURSED)
        stack.callback(nursery.close)
        camera = _camera(settings, clock, assets, nursery, window=window)
        stack.callback(camera.close)
        early: tuple[SignalSource, ...] = (painted.screen, store, ending)

        def alone(mode: Steered) -> None:
            """Let ``mode`` have the screen before there is a runtime."""
            with closing(SelectWait(clock, early)) as wait:
                Loop(clock, wait, early, camera, mode, painted, watchdog).run()

        if not store.begun:
            waking = Waking(store, words(settings.site.language), clock.now_ms())
            alone(waking)
            if waking.ended:
                watchdog.stopping()
                return False
        store.begin()
        places = Places(data=data)
        if not window and (tried := on_probation(places, __version__)) is not None:
            proving = Proving(store, places, tried, words(settings.site.language))
            alone(proving)
            if proving.ended:
                watchdog.stopping()
                return False
            proving.check()
        if not window:
            store.put(*ending_rows(last_of(places), store.read().state(TOLD)))
        if trial is not None:
            settle(store)
        # What staff changed counts more than the file, in safe mode too; the runtime adds what suits the person.
        settings = of_place(settings, store.read())
        late = () if safe else _settled(data)
        known = shelf.load(assets / "programmes", None if safe else data / "programmes")
        voice = VoiceShelf(None if safe else data / "voice", known)
        sound = Sound(clock, assets, settings.site.language, voice.files)
        stack.callback(sound.close)
        microphone = ArecordMicrophone(clock)
        stack.callback(microphone.close)
        studio = VoiceStudio(clock, microphone, sound, voice)
        stack.callback(studio.close)
        sight = Sight(
            clock, trial or folder_of(data), lambda: camera.memory, start=partial(start_child, begin=nursery.start)
        )
        stack.callback(sight.close)
        pictures = Pictures(clock, in_folder(data / "programmes"))
        stack.callback(pictures.close)
        lights = _lights(settings)
        stack.callback(lights.close)
        buttons, rejected = _buttons(settings, clock, console, stack, window=window)
        pedals = next((source for source in buttons if isinstance(source, PedalButtons)), None)
        if pedals is not None:
            pedals.learn(taught_pedals(store.read()))
            painted.screen.keys_elsewhere()
        presses = [Debounced(source, hand_of(settings)) for source in (*buttons, painted.screen)]
        workshop = Workshop()
        stack.callback(workshop.close)
        # What a made-up person did is handed over to nobody.
        stick_service = None if trial else StickService(clock, store, data, settings, lambda: _sticks(clock, stick))
        if stick_service is not None:
            stack.callback(stick_service.close)
        ports = Ports(
            clock=clock,
            store=store,
            sound=sound,
            camera=camera,
            lights=lights,
            workshop=workshop,
            sight=sight,
            pictures=pictures,
            voice=voice,
            studio=studio,
            stick_service=stick_service,
            buttons=tuple(presses),
            pedals=pedals,
            painted=painted,
        )
        sentences = (
            *faults,
            *map(str, (*known.faults, *known.left_out)),
            *late,
            *rejected,
            *((SAFE_MODE,) if safe else ()),
        )
        runtime = Runtime(
            ports,
            settings,
            known,
            assets,
            sentences,
            data=data,
            safe=safe,
            keys=window,
            trial=trial is not None,
            first_start=True,
        )
        stack.callback(runtime.close)
        sources: tuple[SignalSource, ...] = (*presses, store, sound, camera, sight, pictures)
        sources = (*sources, microphone, studio, workshop, ending, Afterwards(nursery.warm, store.look_through))
        if stick_service is not None:
            sources = (*sources, stick_service)
        waiting = SelectWait(clock, sources)
        stack.callback(waiting.close)
        stack.callback(watchdog.stopping)
        Loop(clock, waiting, sources, camera, runtime, painted, watchdog, sight.offer, runtime.looks).run()
        return runtime.wants_trial


def first_screen(settings: Settings, *, window: bool) -> Painted:
    """The screen, with something calm on it already. Raises ScreenError; never waits for a display for ever."""
    from kiosk.screens import ready

    ready.load_pygame()
    from kiosk.devices.buttons_keys import edge_from_key
    from kiosk.screens.opening import opening
    from kiosk.screens.paint import Painter
    from kiosk.screens.window import open_screen

    with opening():
        screen = open_screen(settings.screen.fullscreen and not window, None, edge_from_key)
        right = settings.screen.column == "right"
        painted = Painted(screen, Painter(paths.assets(), settings.screen.width_mm, column_right=right))
    _one_moment(painted, settings)
    return painted


def _one_moment(painted: Painted, settings: Settings) -> None:
    from kiosk.screens.scene import NoteScene
    from kiosk.words import words

    _ = words(settings.site.language)
    painted.show(NoteScene(name="starting", title=_("One moment"), lines=(_("The kiosk is starting."),)), None)


def _settled(data: Path) -> tuple[str, ...]:
    """Programmes whose way to their place was cut off are put there; what to do where that fails."""
    from kiosk.usb.import_install import settle

    try:
        settle(data)
    except OSError as why:
        log.warning("programmes that were taken in are not in their place: %s", why)
        return (f"Programmes that were taken in are not in use ({why.strerror}); take them in again.",)
    return ()


def _camera(settings: Settings, clock: SystemClock, assets: Path, nursery: Nursery, *, window: bool) -> Camera:
    from kiosk.devices.camera import Camera, ChildLink

    chosen = settings.camera.backend
    video = Path(settings.camera.video) if settings.camera.video else assets / "demo" / "face.mp4"
    automatic = WINDOW_ORDER if window else ORDER
    order: tuple[str, ...] = automatic if chosen == "auto" else tuple(dict.fromkeys((chosen, "none")))
    try:
        device = f"/dev/video{settings.camera.device}"
        return Camera(order, clock, video=video, device=device, start=partial(ChildLink, begin=nursery.start))
    except CameraError as why:
        log.warning("no camera: %s", why)
        return Camera(("none",), clock)


def _sticks(clock: SystemClock, folder: Path | None) -> Sticks:
    from kiosk.devices.stick import SimSticks
    from kiosk.devices.stick_udisks import UdisksSticks

    if folder is None:
        return UdisksSticks(clock)
    sticks = SimSticks(clock)
    sticks.stays = True
    sticks.plug(folder)
    return sticks


def _lights(settings: Settings) -> Lights:
    from kiosk.devices.gpio import GpioLights
    from kiosk.devices.lights import Lamp, SimLights

    if not _has_gpio():
        return SimLights()
    pins = settings.lights
    wired = {
        Lamp.GREEN: pins.green,
        Lamp.AMBER: pins.amber,
        Lamp.RED: pins.red,
        Lamp.CAMERA: pins.camera,
        Lamp.ALERT: pins.alert,
    }
    return GpioLights(wired)


def _buttons(
    settings: Settings, clock: SystemClock, console: Console, stack: ExitStack, *, window: bool
) -> tuple[list[ButtonSource], tuple[str, ...]]:
    from kiosk.devices.buttons_gpio import open_buttons

    wanted = settings.buttons
    pins = {Button.GREEN: wanted.green, Button.AMBER: wanted.amber, Button.RED: wanted.red}
    # In a window the desktop's own keyboard is heard through the window; reading it twice would press twice.
    found, rejected = open_buttons(
        clock,
        pins=pins if _has_gpio() else None,
        pedal="" if window else wanted.pedal,
        grab=not window,
        console=console,
    )
    for source in found:
        stack.callback(source.close)
    return found, tuple(rejected)


def _has_gpio() -> bool:
    """Whether this machine has pins at all; a desktop without them is no fault."""
    return "GPIOZERO_PIN_FACTORY" in os.environ or any(Path("/dev").glob("gpiochip*"))
