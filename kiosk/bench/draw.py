"""The cost of a picture: the mirror with everything that lies on it, held against the cheapest thing that shows one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import cos, pi, sin
from statistics import median

import numpy as np
import numpy.typing as npt
import pygame
from msgspec import structs

from kiosk.bench.rows import BenchRow, RatioTarget, interleaved, median_ratio, row
from kiosk.clock import thread_cpu_ns
from kiosk.drawn.figure import LEANS, SPOTS, DirectionArrow, Figure, HandAt
from kiosk.face.goodside import Reflection
from kiosk.face.model import Midline, UnseenReason
from kiosk.screens.paint import Painter
from kiosk.screens.paint_head import HeadPictures
from kiosk.screens.paint_picture import PicturePlace
from kiosk.screens.scene import Choice, Mark, Menu, PictureScene, Ring, RingPace, StepScene, Strip
from kiosk.signals import DecodedPicture

Pixels = npt.NDArray[np.uint8]
Draw = Callable[[int], None]
"""Draws the picture of this number."""

BATCH = 20
ROUNDS = 40
PICTURES = 5
"""Number of pictures, as many as the camera's memory has slots: nobody copies one for ever out of the fastest cache."""
STRETCH = 150
"""Pictures of one movement of five seconds: the ring goes once round in them."""

STEP = StepScene(
    "mirror",
    strip=Strip("Hide picture", "Pause", "Stop"),
    title="Small smile",
    sentence="Let both corners of the mouth rise a little.",
    then="Lip rounding",
    ring=Ring(0.0, 5, RingPace.MOVE_IN, "Slowly in", 2, 3),
    picture=PictureScene.LIVE,
    side=Mark.FACE_LEFT,
)
FACE = Reflection(
    healthy="right", midline=Midline(640.0, 306.0, 0.0), eyes_px=142.0, amount=1.0, reason=UnseenReason.NONE
)
"""A face that fills the picture well: 63 mm between the pupils are 142 pixels."""
LEAN_DEG = 8.0
LARGE = (1920, 1080)
HEAD_PX = 480
"""Width of the drawn head where it has the most room."""
FILM = (386, 482)
"""Width and height of a film of twelve seconds, decoded."""
HOME = Menu(
    "home",
    strip=Strip("Start", "Next"),
    clock="09:41",
    title="Hello",
    choices=(Choice("Gentle care", "Last practised yesterday"), Choice("Relax"), Choice("Cards", mark=Mark.HEART)),
    index=0,
)


def pictures(size: tuple[int, int] = (1280, 720)) -> list[Pixels]:
    """Pictures of ``size``, B,G,R,X, in which no two neighbours are alike."""
    noise = np.random.default_rng(7)
    return [noise.integers(0, 256, (size[1], size[0], 4), np.uint8) for _ in range(PICTURES)]


def film() -> DecodedPicture:
    """A film as large as the longest one is when it is decoded, of noise."""
    wide, high, count = *FILM, PICTURES
    noise = np.random.default_rng(7).integers(0, 256, wide * high * 3 // 2 * count, np.uint8)
    return DecodedPicture(memoryview(noise.tobytes()), wide, high, count, 80)


def moment(number: int) -> StepScene:
    """The step as it stands when the camera's picture of this number comes."""
    gone = number % STRETCH / STRETCH
    return replace(STEP, ring=replace(STEP.ring, fraction=gone, seconds=5 - int(5 * gone)))


def reflected(number: int) -> StepScene:
    """A step with the good side on it, of a head that leans slowly from one side to the other."""
    lean = LEAN_DEG * (2 * (number % STRETCH) / STRETCH - 1)
    reflection = structs.replace(FACE, midline=Midline(FACE.midline.x, FACE.midline.y, lean))
    still = moment(number)
    return replace(still, reflection=reflection, label="Your right side, twice", band=still.ring.planned)


def massaged(number: int) -> Figure:
    """A drawn head at the moment of this number: both cheeks in slow circles, a notch further each time."""
    turn = 2 * pi * (number % STRETCH) / STRETCH
    x, y = SPOTS["cheek"]
    out, down, lean = x + 6 * cos(turn), y - 6 * sin(turn), LEANS["cheek"]
    hands = tuple(HandAt(s, "four-fingers", s * out, down, lean) for s in (1, -1))
    return Figure(hands=hands, arrows=tuple(DirectionArrow(s * x, y, dx=s, turns=True) for s in (1, -1)))


def mirror_draw(
    painter: Painter, surface: pygame.Surface, frames: list[Pixels], step: Callable[[int], StepScene] = moment
) -> Draw:
    """The kiosk's way: mirrored picture, plates, ring; and what else the ``step`` of this number shows."""

    def draw(number: int) -> None:
        painter.draw(surface, step(number), frames[number % PICTURES])

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


def mirror_row(painter: Painter, surface: pygame.Surface, said: Callable[[], None]) -> BenchRow:
    """A mirrored picture with everything beside it, against one copy of a picture."""
    return _row("Mirrored picture with words and ring beside it", painter, surface, moment, RatioTarget(1.5), said)


def large_row(painter: Painter, surface: pygame.Surface, said: Callable[[], None]) -> BenchRow:
    """The same on a large screen, where the picture is enlarged, against one copy of a picture as large."""
    large = pygame.Surface(LARGE, 0, surface)
    return _row("Mirrored picture, enlarged for 1920x1080", painter, large, moment, RatioTarget(3.0), said)


def good_side_row(painter: Painter, surface: pygame.Surface, said: Callable[[], None]) -> BenchRow:
    """The same with the healthy half reflected over the other."""
    return _row("Mirrored picture with the good side reflected", painter, surface, reflected, RatioTarget(12.0), said)


def head_row(surface: pygame.Surface, said: Callable[[], None]) -> BenchRow:
    """The drawn head as large as it gets, two hands going round on it, against one copy of a picture."""
    heads = HeadPictures()

    def ours(number: int) -> None:
        heads.show(surface, (0, 0), HEAD_PX, massaged(number))

    for number in range(STRETCH):
        ours(number)
    copy = copy_draw(surface.copy(), pictures())
    found = interleaved({"ours": timed(ours), "copy": timed(copy)}, ROUNDS, 2, said)
    return row(
        "Drawn head with two hands that move",
        median(found["ours"]),
        "ms",
        f"one copy of a picture into memory like the screen's, {median(found['copy']):.3f} ms",
        median_ratio(found["ours"], found["copy"]),
        RatioTarget(3.0),
    )


def film_row(surface: pygame.Surface, said: Callable[[], None]) -> BenchRow:
    """A clinic's film where the drawn head is largest, a new picture each time, against one copy of a picture."""
    place, own = PicturePlace(), film()
    box = (0, 0, *HeadPictures().size(HEAD_PX))

    def ours(number: int) -> None:
        place.show(surface, box, own, number % own.count)

    copy = copy_draw(surface.copy(), pictures())
    found = interleaved({"ours": timed(ours), "copy": timed(copy)}, ROUNDS, 2, said)
    return row(
        "A clinic's film in the place of the drawn head",
        median(found["ours"]),
        "ms",
        f"one copy of a picture into memory like the screen's, {median(found['copy']):.3f} ms",
        median_ratio(found["ours"], found["copy"]),
        RatioTarget(3.0),
    )


def _row(
    name: str,
    painter: Painter,
    surface: pygame.Surface,
    step: Callable[[int], StepScene],
    target: RatioTarget,
    said: Callable[[], None],
) -> BenchRow:
    ours = mirror_draw(painter, surface, pictures(), step)
    copy = copy_draw(surface.copy(), pictures(surface.get_size()))
    # Copied beside the screen, not onto it: there the kiosk leaves what stays the same from picture to picture.
    for number in range(STRETCH):
        ours(number)
    found = interleaved({"ours": timed(ours), "copy": timed(copy)}, ROUNDS, 2, said)
    return row(
        name,
        median(found["ours"]),
        "ms",
        f"one copy of a picture into memory like the screen's, {median(found['copy']):.3f} ms",
        median_ratio(found["ours"], found["copy"]),
        target,
    )
