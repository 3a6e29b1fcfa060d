"""What a picture costs: the mirror with everything that lies on it, held against the cheapest thing that shows one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from statistics import median

import numpy as np
import numpy.typing as npt
import pygame

from kiosk.clock import thread_cpu_ns
from kiosk.screens.paint import Painter
from kiosk.screens.scene import Choice, Mark, Menu, Pace, Picture, Ring, Step, Strip
from kiosk.support.bench_rows import Row, Target, interleaved, median_ratio, row

Pixels = npt.NDArray[np.uint8]
Draw = Callable[[int], None]
"""Draws the picture of this number."""

BATCH = 20
ROUNDS = 40
PICTURES = 5
"""As many as the camera's memory has slots: nobody copies one picture for ever out of the fastest cache."""
STRETCH = 150
"""Pictures of one movement of five seconds: the ring goes once round in them."""

STEP = Step(
    "mirror",
    strip=Strip("Hide picture", "Pause", "Stop"),
    title="Small smile",
    sentence="Let both corners of the mouth rise a little.",
    then="Lip rounding",
    ring=Ring(0.0, 5, Pace.MOVE_IN, "Slowly in", 2, 3),
    picture=Picture.LIVE,
    side=Mark.FACE_LEFT,
    side_word="Left",
)
HOME = Menu(
    "home",
    strip=Strip("Start", "Next"),
    clock="09:41",
    title="Hello",
    choices=(Choice("Gentle care", "Last practised yesterday"), Choice("Relax"), Choice("Cards", mark=Mark.HEART)),
    index=0,
)


def pictures() -> list[Pixels]:
    """Pictures of 1280x720, B,G,R,X, in which no two neighbours are alike."""
    noise = np.random.default_rng(7)
    return [noise.integers(0, 256, (720, 1280, 4), np.uint8) for _ in range(PICTURES)]


def moment(number: int) -> Step:
    """The step as it stands when the camera's picture of this number comes."""
    gone = number % STRETCH / STRETCH
    return replace(STEP, ring=replace(STEP.ring, fraction=gone, seconds=5 - int(5 * gone)))


def mirror_draw(painter: Painter, surface: pygame.Surface, frames: list[Pixels]) -> Draw:
    """The kiosk's way: mirrored picture, plates, ring."""

    def draw(number: int) -> None:
        painter.draw(surface, moment(number), frames[number % PICTURES])

    return draw


def copy_draw(surface: pygame.Surface, frames: list[Pixels]) -> Draw:
    """The floor: one copy of a picture into the surface, by numpy; nothing mirrored, nothing on it."""
    width, height = surface.get_size()

    def draw(number: int) -> None:
        buffer = memoryview(surface.get_buffer())  # type: ignore[arg-type]
        view: Pixels = np.ndarray((height, width, 4), np.uint8, buffer, strides=(surface.get_pitch(), 4, 1))
        np.copyto(view, frames[number % PICTURES])
        del view, buffer

    return draw


def timed(draw: Draw, batch: int = BATCH) -> Callable[[], float]:
    """Milliseconds of processor time a picture takes; the numbers run on from call to call."""
    number = 0

    def run() -> float:
        nonlocal number
        begun = thread_cpu_ns()
        for _ in range(batch):
            draw(number)
            number += 1
        return (thread_cpu_ns() - begun) / batch / 1e6

    return run


def mirror_row(painter: Painter, surface: pygame.Surface, said: Callable[[], None]) -> Row:
    """A mirrored picture with everything on it, against one copy of a picture."""
    frames = pictures()
    ours, copy = mirror_draw(painter, surface, frames), copy_draw(surface, frames)
    for number in range(STRETCH):
        ours(number)
    found = interleaved({"ours": timed(ours), "copy": timed(copy)}, ROUNDS, 2, said)
    return row(
        "Mirrored picture with words and ring on it",
        median(found["ours"]),
        "ms",
        f"one copy of a picture into the screen's memory, {median(found['copy']):.3f} ms",
        median_ratio(found["ours"], found["copy"]),
        Target(1.5),
    )
