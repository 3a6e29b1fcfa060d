"""The mirror: true, exact, and gone from the surface's lock when it returns."""

from __future__ import annotations

import logging
from dataclasses import replace

import cv2
import numpy as np
import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import ScreenError
from kiosk.face.goodside import Reflection
from kiosk.face.model import Midline, UnseenReason
from kiosk.paths import assets
from kiosk.screens import paint
from kiosk.screens.fit import Box, TextRole
from kiosk.screens.mirror import MirrorPainter, MirrorPixels, cut_of
from kiosk.screens.paint import Painter
from kiosk.screens.scene import Menu, PictureScene, Scene, Strip
from tests.screens.paint_samples import (
    CUE,
    FILMED,
    GOOD_SIDE,
    GUIDE,
    LIVE,
    MISSING,
    SIZES,
    TURNED,
    canvas,
    drawn,
    noise,
    painter,
    rgb,
)

WHOLE = Box(0, 0, 1280, 720)


def place(scene: Scene = LIVE, size: tuple[int, int] = (1280, 720)) -> Box:
    """Where the mirror is."""
    return next(item.box for item in painter().layout(scene, size) if item.role is TextRole.PICTURE)


def test_a_mirror_is_left_right_reversed_exactly() -> None:
    """Byte for byte what a mirror shows: the person's left at the left of the screen."""
    frame, surface = noise(), canvas()
    MirrorPainter().draw(surface, frame, WHOLE)
    assert np.array_equal(rgb(surface), frame[:, ::-1, 2::-1])


@pytest.mark.parametrize("size", SIZES)
def test_the_mirror_is_the_screen(size: tuple[int, int]) -> None:
    """52 % of it at least, with nothing on it, whatever the step has to say."""
    for scene in (LIVE, GOOD_SIDE, TURNED, CUE, GUIDE, *FILMED[:5]):
        box = place(scene, size)
        assert box.w * box.h >= 0.52 * size[0] * size[1]
        others = [item for item in painter().layout(scene, size) if item.role is not TextRole.PICTURE]
        assert not any(item.box.overlaps(box) for item in others)


def test_a_live_step_shows_every_pixel_of_the_mirror() -> None:
    """At the screen's own size none is left out and none drawn over: the middle of the camera's picture, reversed."""
    frame, box = noise(), place()
    got = rgb(drawn(LIVE, frame))[box.y : box.bottom, box.x : box.right]
    cut = cut_of((1280, 720), box, 1.0, None)
    assert (cut.w, cut.h) == (box.w, box.h)
    assert (cut.x + cut.w / 2, cut.y + cut.h / 2) == pytest.approx((640, 360), abs=1)
    assert np.array_equal(got, frame[cut.y : cut.y + cut.h, cut.x : cut.x + cut.w][:, ::-1, 2::-1])


@given(
    at=st.tuples(st.floats(-500, 2000), st.floats(-500, 2000)),
    size=st.sampled_from([(1280, 720), (640, 480), (1920, 1080)]),
    scale=st.sampled_from([0.625, 0.75, 1.0, 1.5]),
    screen=st.sampled_from(SIZES),
)
def test_the_part_that_is_shown_lies_in_the_picture(
    at: tuple[float, float], size: tuple[int, int], scale: float, screen: tuple[int, int]
) -> None:
    """Around any middle, and of the shape of its place: nothing is stretched."""
    box = place(LIVE, screen)
    cut = cut_of(size, box, scale, at)
    assert 0 <= cut.x <= cut.x + cut.w <= size[0]
    assert 0 <= cut.y <= cut.y + cut.h <= size[1]
    assert cut.w / cut.h == pytest.approx(box.w / box.h, rel=0.01)
    free = cut.x > 0 and cut.x + cut.w < size[0]
    assert not free or cut.x + cut.w / 2 == pytest.approx(at[0], abs=1)


def test_a_centre_moves_the_picture_and_nothing_else() -> None:
    """The mirror follows a face to the side by whole pixels; the words beside it stay."""
    frame, box = noise(), place()
    one, other = (rgb(drawn(replace(LIVE, centre=(x, 360.0)), frame)) for x in (600.0, 640.0))
    left, right = (got[box.y : box.bottom, box.x : box.right] for got in (one, other))
    assert np.array_equal(left[:, :-40], right[:, 40:])
    one[box.y : box.bottom, box.x : box.right] = other[box.y : box.bottom, box.x : box.right] = 0
    assert np.array_equal(one, other)


@pytest.mark.parametrize("size", [(1920, 1080), (800, 480), (720, 1280)])
def test_a_screen_of_another_size_shows_the_same_smoothly(size: tuple[int, int]) -> None:
    """As much of the person as at 1280x720, larger or smaller, and no pixel squares: a slope stays a slope."""
    slope = np.zeros((720, 1280, 4), np.uint8)
    slope[:, :, :3] = (np.arange(1280) * 255 // 1279).astype(np.uint8)[None, :, None]
    surface = pygame.Surface(size, 0, 32)
    painter().draw(surface, LIVE, slope)
    box = place(LIVE, size)
    row = rgb(surface)[box.y + box.h // 2, box.x : box.right, 0].astype(int)
    assert (np.diff(row) <= 0).all()
    assert row[0] > row[-1] + 100
    assert np.abs(np.diff(row)).max() <= 1
    stripes = np.zeros((720, 1280, 4), np.uint8)
    stripes[:, np.arange(1280) // 7 % 2 == 1] = 255
    painter().draw(surface, LIVE, stripes)
    row = rgb(surface)[box.y + box.h // 2, box.x : box.right, 0]
    assert ((row > 20) & (row < 235)).mean() > 0.05, "an edge is a shade, and no pixel square"


def test_an_enlarged_picture_is_interpolated_and_nothing_else_is_answered_otherwise() -> None:
    """Faster code may round a value a level otherwise; whoever asks OpenCV afterwards gets what they always got."""
    cv2.ipp.setUseIPP_NotExact(False)
    frame, size = noise(), (1920, 1080)
    box, before = place(LIVE, size), cv2.resize(noise(), size)
    surface = pygame.Surface(size, 0, 32)
    painter().draw(surface, LIVE, frame)
    cut = cut_of((1280, 720), box, 1.5, None)
    seen = cv2.resize(np.fliplr(frame)[cut.y : cut.y + cut.h, cut.x : cut.x + cut.w], (box.w, box.h))
    got = rgb(surface)[box.y : box.bottom, box.x : box.right].astype(int)
    assert np.abs(got - seen[..., 2::-1]).max() <= 1
    assert not cv2.ipp.useIPP_NotExact()
    assert np.array_equal(before, cv2.resize(noise(), size))


def test_two_frames_leave_nothing_of_the_first() -> None:
    """A second frame on the same surface is the second frame, not a mixture."""
    surface = canvas()
    painter().draw(surface, LIVE, noise())
    painter().draw(surface, LIVE, np.full((720, 1280, 4), 9, np.uint8))
    again = canvas()
    painter().draw(again, LIVE, np.full((720, 1280, 4), 9, np.uint8))
    assert np.array_equal(rgb(surface), rgb(again))


def test_the_surface_is_never_left_locked() -> None:
    """A view that outlived the call would make the next blit fail."""
    surface = canvas()
    painter().draw(surface, LIVE, noise())
    assert not surface.get_locked()
    surface.blit(canvas(), (0, 0))
    with pytest.raises(ScreenError):
        MirrorPainter().draw(surface, np.zeros((10, 10, 4), np.uint8), WHOLE)
    assert not surface.get_locked()


def test_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the frame, no pixel is read twice and none that is not shown is read at all."""
    seen: list[int] = []
    flip = cv2.flip

    def counted(src: MirrorPixels, code: int, dst: MirrorPixels) -> object:
        assert code == 1
        seen.append(src.shape[0] * src.shape[1])
        return flip(src, code, dst=dst)

    monkeypatch.setattr(cv2, "flip", counted)
    drawn(LIVE, noise())
    assert sum(seen) == place().w * place().h


def test_nothing_is_rendered_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames of one stretch cost no layout, no font and no drawing once each picture of the ring has been made."""
    surface, frame = canvas(), noise()
    steps = [replace(LIVE, ring=replace(LIVE.ring, fraction=i / 40, seconds=3 - i // 14)) for i in range(40)]
    for scene in steps:
        painter().draw(surface, scene, frame)
    made = painter().rendered
    monkeypatch.setattr(Painter, "layout", None)
    for scene in steps:
        painter().draw(surface, scene, frame)
    assert painter().rendered == made


@pytest.mark.parametrize(
    "frame",
    [np.zeros((40, 640, 4), np.uint8), np.zeros((720, 1280, 3), np.uint8), np.zeros((720, 1280, 4), np.uint16)],
)
def test_a_frame_that_cannot_be_shown_is_named_and_replaced(
    frame: MirrorPixels,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A camera with the wrong size stops neither the step nor the kiosk; staff find the size in the log, once."""
    with caplog.at_level(logging.ERROR):
        got = [drawn(LIVE, frame) for _ in range(3)]
    assert len(caplog.records) == 1
    assert str(frame.shape) in caplog.text
    assert np.array_equal(rgb(got[0]), rgb(drawn(replace(LIVE, picture=PictureScene.MISSING))))


def test_no_frame_yet_is_no_frozen_face() -> None:
    """Without a frame the picture's place says so, whatever was there before."""
    surface = canvas()
    painter().draw(surface, MISSING, noise())
    painter().draw(surface, replace(LIVE, notice=MISSING.notice), None)
    assert np.array_equal(rgb(surface), rgb(drawn(MISSING)))


def test_a_screen_of_another_depth_is_refused() -> None:
    """A 24-bit surface would be written past its end."""
    with pytest.raises(ScreenError, match="24 bit"):
        MirrorPainter().draw(pygame.Surface((1280, 720), 0, 24), noise(), WHOLE)


def test_a_pitch_wider_than_the_picture_does_not_lean() -> None:
    """Rows of a part of a larger surface lie further apart than they are wide."""
    large = pygame.Surface((1400, 800), 0, 32)
    frame = noise()
    MirrorPainter().draw(large.subsurface((60, 40, 1280, 720)), frame, WHOLE)
    assert np.array_equal(rgb(large)[40:760, 60:1340], frame[:, ::-1, 2::-1])


def test_what_stays_from_picture_to_picture_never_goes_stale() -> None:
    """A column that is left alone and a ring that is drawn over: every picture is a new painter's, pixel by pixel."""
    kept, surface, other, frame = Painter(assets()), canvas(), canvas(), noise()
    turned = replace(LIVE, ring=replace(LIVE.ring, fraction=0.7, seconds=1))
    reflection = Reflection(
        healthy="right", midline=Midline(640.0, 306.0, 3.0), eyes_px=142.0, amount=1.0, reason=UnseenReason.NONE
    )
    story: list[tuple[pygame.Surface, Scene, MirrorPixels | None]] = [
        (surface, LIVE, frame),
        (surface, LIVE, frame),
        (surface, turned, frame),
        (surface, replace(turned, sentence="Loslassen, ganz langsam."), frame),
        (surface, replace(turned, strip=Strip("Bild aus", "Pause", "Stopp")), frame),
        (surface, LIVE, frame),
        (surface, replace(LIVE, filming="Filming"), frame),
        (surface, LIVE, frame),
        (surface, replace(LIVE, reflection=reflection), frame),
        (surface, LIVE, frame),
        (surface, Menu("home", title="Hello"), None),
        (surface, LIVE, frame),
        (surface, LIVE, None),
        (surface, LIVE, frame),
        (surface, LIVE, np.zeros((10, 10, 4), np.uint8)),
        (surface, LIVE, frame),
        (other, LIVE, frame),
        (surface, replace(LIVE, strip=Strip("Less")), frame),
        (other, LIVE, frame),
    ]
    for number, (on, scene, picture) in enumerate(story):
        kept.draw(on, scene, picture)
        new = canvas()
        Painter(assets()).draw(new, scene, picture)
        assert np.array_equal(rgb(on), rgb(new)), number


def test_what_somebody_else_draws_on_the_column_is_gone_within_a_second() -> None:
    """A driver that loses the screen's memory must not take the words with it until they change."""
    kept, surface, whole, frame = Painter(assets()), canvas(), canvas(), noise()
    kept.draw(surface, LIVE, frame)
    whole.blit(surface, (0, 0))
    surface.fill((200, 0, 0))
    for _ in range(paint.AFRESH):
        kept.draw(surface, LIVE, frame)
    assert np.array_equal(rgb(surface), rgb(whole))
