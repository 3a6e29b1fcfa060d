"""A clinic's own picture on the screen: whole, where the drawn head stands, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pygame
import pytest

from kiosk.drawn.figure import Figure
from kiosk.screens.fit import Box, TextRole
from kiosk.screens.scene import HeadScene, PictureScene, StepScene
from kiosk.screens.theme import GROUND
from kiosk.signals import DecodedPicture
from tests.pictures.made import BLUE, RED, halves, shown_as
from tests.screens.paint_samples import LIVE, SIZES, canvas, noise, painter, rgb

HEAD = HeadScene(Figure())
TOUCH = replace(LIVE, picture=PictureScene.NONE, head=HEAD)
MIRROR = replace(LIVE, head=HEAD)
SHAPES = [(240, 320), (320, 240), (640, 64), (64, 640)]
NEAR = 30


def place(scene: StepScene, size: tuple[int, int]) -> Box:
    """Where the drawn head stands."""
    items = painter().layout(scene, size)
    return next(part.box for item in items for part in item.walk() if part.role is TextRole.HEAD)


def shown(scene: StepScene, picture: DecodedPicture, frame: int = 0) -> StepScene:
    assert scene.head is not None
    return replace(scene, head=replace(scene.head, picture=picture, frame=frame))


def paint(scene: StepScene, size: tuple[int, int] = (1280, 720)) -> np.ndarray:
    surface = pygame.Surface(size, 0, 32)
    painter().draw(surface, scene, noise())
    return rgb(surface)


def is_colour(pixels: np.ndarray, bgr: tuple[int, int, int]) -> np.ndarray:
    found: np.ndarray = (np.abs(pixels.astype(int) - np.array(bgr[::-1])) < NEAR).all(axis=-1)
    return found


@pytest.mark.parametrize("scene", [TOUCH, MIRROR], ids=["touch", "mirror"])
@pytest.mark.parametrize("size", SIZES)
def test_it_stands_where_the_drawn_head_stands_and_nothing_else_moves(scene: StepScene, size: tuple[int, int]) -> None:
    """Every pixel outside that place is the same, the stop strip first of all."""
    box = place(scene, size)
    before, after = paint(scene, size), paint(shown(scene, shown_as(halves())), size)
    differs = np.argwhere((before != after).any(axis=-1))
    (top, left), (bottom, right) = differs.min(axis=0), differs.max(axis=0)
    assert box.x <= left
    assert right < box.right
    assert box.y <= top
    assert bottom <= box.bottom  # the drawn head may be rounded to one more row
    inside = after[box.y : box.bottom, box.x : box.right]
    assert is_colour(inside, RED).sum() > 0.2 * box.w * box.h
    assert is_colour(inside, BLUE).sum() > 0.2 * box.w * box.h


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("scene", [TOUCH, MIRROR], ids=["touch", "mirror"])
def test_it_is_whole_and_never_stretched(scene: StepScene, shape: tuple[int, int]) -> None:
    """Its own proportions, as large as fits, in the middle; beside it the screen's ground."""
    box = place(scene, (1280, 720))
    pixels = paint(shown(scene, shown_as(halves(size=shape))))[box.y : box.bottom, box.x : box.right]
    seen = is_colour(pixels, RED) | is_colour(pixels, BLUE)
    rows, columns = np.flatnonzero(seen.mean(axis=1) > 0.05), np.flatnonzero(seen.mean(axis=0) > 0.05)
    high, wide = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert abs(wide / high - shape[0] / shape[1]) < 0.15 * shape[0] / shape[1]
    assert max(wide / box.w, high / box.h) > 0.95
    assert abs(rows[0] - (box.h - 1 - rows[-1])) <= 2
    assert abs(columns[0] - (box.w - 1 - columns[-1])) <= 2
    assert is_colour(pixels[:, :1] if wide < box.w - 4 else pixels[:1], GROUND[::-1]).all()


def test_each_picture_of_a_film_is_shown_and_nothing_of_the_one_before() -> None:
    """Also where another film has another shape."""
    film, other = shown_as(halves(), 3), shown_as(halves(size=(320, 240)), 2)
    surface, box = canvas(), place(TOUCH, (1280, 720))
    seen = []
    for own, frame in ((film, 0), (film, 1), (film, 2), (other, 0), (film, 0)):
        painter().draw(surface, shown(TOUCH, own, frame), None)
        seen.append(rgb(surface)[box.y : box.bottom, box.x : box.right].copy())
    middle = [int(pixels[box.h // 2, box.w // 4, 0]) for pixels in seen]
    assert middle[0] > middle[1] + NEAR > middle[2] + NEAR
    assert is_colour(seen[3][:2], GROUND[::-1]).all()
    assert np.array_equal(seen[4], seen[0])


def test_a_picture_gives_way_to_the_drawn_head_again() -> None:
    """As if it had never been there."""
    surface, before = canvas(), paint(TOUCH)
    painter().draw(surface, shown(TOUCH, shown_as(halves())), None)
    painter().draw(surface, TOUCH, None)
    assert np.array_equal(rgb(surface), before)


def test_one_that_stands_still_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a mirror it is put on the screen thirty times a second: each time that is a copy, and no more."""
    from kiosk.screens import paint_picture

    calls = []
    fill = paint_picture._fill
    monkeypatch.setattr(paint_picture, "_fill", lambda *args: calls.append(args[2]) or fill(*args))  # type: ignore[func-returns-value]
    surface, film = canvas(), shown_as(halves(), 3)
    for number in range(9):
        painter().draw(surface, shown(MIRROR, film, number // 3), noise())
    assert calls == [0, 1, 2]
