"""A world for the loop that is measured: a camera and a hand that keep their own time, and know when they acted.

Times here are nanoseconds of ``kiosk.clock.ticks_ns``; the loop itself goes by the kiosk's clock, as always.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from kiosk.bench.draw import Pixels, moment
from kiosk.clock import SystemClock, ticks_ns
from kiosk.devices.camera_frame import Frame
from kiosk.screens.paint import Painter
from kiosk.screens.scene import Scene
from kiosk.screens.window import Screen
from kiosk.signals import Button, FrameReady, Press, Signal

FPS = 30
FRAME_NS = 1_000_000_000 // FPS
HELD_NS = 50_000_000
"""Time for which a finger stays on the button: a loop that looks 30 times a second has to see it."""
APART_NS = (70_000_000, 130_000_000)
"""Time between two presses of one button: longer than the refractory time, and never in step with the camera."""
FILMING = "filming"
"""Made in its data folder by the kiosk that films for the bench, once it does."""
FILM_BYTES = 8 << 20
"""The limit of a film that is made while something is measured: half a minute, which no row takes."""
PINS = {Button.GREEN: 17, Button.AMBER: 27, Button.RED: 22}

Action = Callable[[], None]


class BenchCamera:
    """A source of pictures that come when ``take`` is called, from another thread."""

    def __init__(self, frames: Sequence[Pixels]) -> None:
        self._frames, self._clock = frames, SystemClock()
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._frame: Frame | None = None
        self.taken_ns: list[int] = []
        """The time of each picture; its place is its number less one."""

    def take(self) -> None:
        """A picture is there now."""
        self.taken_ns.append(ticks_ns())
        seq = len(self.taken_ns)
        self._frame = Frame(self._frames[seq % len(self._frames)], self._clock.now_ms(), seq)
        os.eventfd_write(self._fd, 1)

    def latest(self) -> Frame | None:
        return self._frame

    def fileno(self) -> int:
        return self._fd

    def drain(self, now_ms: int) -> Sequence[Signal]:
        try:
            os.eventfd_read(self._fd)
        except BlockingIOError:
            return ()
        return (FrameReady(now_ms),)

    def deadline_ms(self) -> int | None:
        return None

    def close(self) -> None:
        os.close(self._fd)


class PinHand:
    """Presses buttons on ``PINS`` of gpiozero's mock, as electricity would."""

    def __init__(self, factory: Any) -> None:
        self._pins = {button: factory.pin(number) for button, number in PINS.items()}
        self.pressed_ns: list[int] = []

    def press(self, button: Button) -> None:
        self.pressed_ns.append(ticks_ns())
        self._pins[button].drive_low()

    def release(self, button: Button) -> None:
        self._pins[button].drive_high()


class World:
    """One thread on which things happen at their time, whatever the loop does."""

    def __init__(self, plan: Sequence[tuple[int, Action]]) -> None:
        """``plan``: nanoseconds from the start, and what happens then; in the order of time."""
        self._plan = plan
        self._begun_ns = ticks_ns()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bench-world", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Nothing more happens."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        for due_ns, action in self._plan:
            left_ns = self._begun_ns + due_ns - ticks_ns()
            if self._over.wait(max(0, left_ns) / 1e9):
                return
            action()


def plan_of(camera: BenchCamera, hand: PinHand, seconds: float, seed: int) -> list[tuple[int, Action]]:
    """Pictures at 30 a second, and presses at any moment between them, by a finger on each button.

    The first picture comes anywhere within the first period: a loop with a beat of its own must not be met always at
    the same point of it.
    """
    end_ns, chance = round(seconds * 1e9), random.Random(seed)  # noqa: S311 a schedule, no secret
    plan: list[tuple[int, Action]] = [(at, camera.take) for at in range(chance.randrange(FRAME_NS), end_ns, FRAME_NS)]
    for button in PINS:
        at = chance.randrange(FRAME_NS)
        while at + HELD_NS < end_ns:
            plan += [(at, partial(hand.press, button)), (at + HELD_NS, partial(hand.release, button))]
            at += HELD_NS + chance.randrange(*APART_NS)
    return sorted(plan, key=lambda entry: entry[0])


@dataclass
class BenchRuntime:
    """Shows a step with a live picture; a press changes its words. Ends by itself at ``end_ns``.

    ``each_turn`` is called in each turn of the loop; ``presses`` counts those that were heard.
    """

    end_ns: int
    each_turn: Callable[[], None] = lambda: None
    presses: int = 0

    @property
    def closed(self) -> bool:
        return ticks_ns() >= self.end_ns

    @property
    def healthy(self) -> bool:
        return True

    def hear(self, signal: Signal, now_ms: int) -> None:  # noqa: ARG002 nothing here depends on the time
        self.presses += isinstance(signal, Press)

    def tick(self, now_ms: int) -> None:  # noqa: ARG002
        self.each_turn()

    def scene(self, now_ms: int) -> Scene:
        return scene_after(self.presses, now_ms)

    def deadline_ms(self, now_ms: int) -> int | None:  # noqa: ARG002
        return None


def scene_after(presses: int, now_ms: int) -> Scene:
    """The step at a time; every other press says something else on it."""
    step = moment(now_ms * FPS // 1000)
    return replace(step, sentence="Let go, slowly.") if presses % 2 else step


@dataclass
class BenchScreen:
    """Draws with its ``painter`` and flips its ``screen`` like the kiosk's own, and notes what was on it when."""

    screen: Screen
    painter: Painter
    shown_ns: dict[int, int] = field(default_factory=dict)
    """Number of a picture → when its first flip was over."""
    heard: Callable[[], int] = lambda: 0
    """The number of presses that what is drawn now has heard."""
    answered_ns: list[int] = field(default_factory=list)
    """The end of the first flip after each press."""

    def show(self, scene: Scene, frame: Frame | None) -> None:
        self.painter.draw(self.screen.surface, scene, None if frame is None else frame.pixels)
        self.screen.present()
        now = ticks_ns()
        self.answered_ns += [now] * (self.heard() - len(self.answered_ns))
        if frame is not None:
            self.shown_ns.setdefault(frame.seq, now)
