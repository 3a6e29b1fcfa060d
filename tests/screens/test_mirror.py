"""The mirror: true, exact, and gone from the surface's lock when it returns."""

from __future__ import annotations

import logging
from dataclasses import replace

import cv2
import numpy as np
import pygame
import pytest

from kiosk.errors import ScreenError
from kiosk.face.goodside import Reflection
from kiosk.face.model import Midline, UnseenReason
from kiosk.paths import assets
from kiosk.screens import paint
from kiosk.screens.mirror import MirrorPixels, Pasted, mirror, overlay
from kiosk.screens.paint import Painter
from kiosk.screens.scene import Menu, PictureScene, Scene, Strip
from tests.screens.paint_samples import LIVE, MISSING, canvas, drawn, noise, painter, rgb


def test_a_mirror_is_left_right_reversed_exactly() -> None:
    """Byte for byte what a mirror shows: the person's left at the left of the screen."""
    frame, surface = noise(), canvas()
    mirror(surface, frame)
    assert np.array_equal(rgb(surface), frame[:, ::-1, 2::-1])


def test_a_live_step_shows_the_mirror_everywhere_outside_its_plates() -> None:
    """Nothing but the plates touches a pixel of the picture, and every other pixel is the mirror's."""
    frame = noise()
    got = rgb(drawn(LIVE, frame))
    free = np.ones((720, 1280), bool)
    for item in painter().layout(LIVE):
        free[item.box.y : item.box.bottom, item.box.x : item.box.right] = False
    assert free.mean() > 0.4
    assert np.array_equal(got[free], frame[:, ::-1, 2::-1][free])


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
        mirror(surface, np.zeros((10, 10, 4), np.uint8))
    assert not surface.get_locked()


def test_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the frame, no pixel is read twice and none that lies under a wide plate is read at all."""
    seen: list[int] = []
    flip = cv2.flip

    def counted(src: MirrorPixels, code: int, dst: MirrorPixels) -> object:
        assert code == 1
        seen.append(src.shape[0] * src.shape[1])
        return flip(src, code, dst=dst)

    monkeypatch.setattr(cv2, "flip", counted)
    drawn(LIVE, noise())
    wide = sum(item.box.w * item.box.h for item in painter().layout(LIVE) if item.box.w == 1280)
    assert 0 < sum(seen) <= 1280 * 720 - wide


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


def test_plates_past_the_edge_are_cut() -> None:
    """A plate that a text made too large is drawn as far as it goes."""
    pixels = np.full((100, 100), 0xFF102030, np.uint32)
    over = overlay([Pasted(-50, -50, pixels), Pasted(1230, 670, pixels), Pasted(2000, 0, pixels)], 1280, 720)
    surface = canvas()
    mirror(surface, noise(), over)
    assert surface.get_at((0, 0)) == surface.get_at((1279, 719)) == pygame.Color(0x10, 0x20, 0x30)
    assert [p.pixels.shape for p in over.plates] == [(50, 50), (50, 50)]


@pytest.mark.parametrize(
    "frame",
    [np.zeros((480, 640, 4), np.uint8), np.zeros((720, 1280, 3), np.uint8), np.zeros((720, 1280, 4), np.uint16)],
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
        mirror(pygame.Surface((1280, 720), 0, 24), noise())


def test_a_pitch_wider_than_the_picture_does_not_lean() -> None:
    """Rows of a part of a larger surface lie further apart than they are wide."""
    large = pygame.Surface((1400, 800), 0, 32)
    frame = noise()
    mirror(large.subsurface((60, 40, 1280, 720)), frame)
    assert np.array_equal(rgb(large)[40:760, 60:1340], frame[:, ::-1, 2::-1])


def test_what_stays_from_picture_to_picture_never_goes_stale() -> None:
    """Plates that are left alone and a ring that is drawn over: every picture is a new painter's, pixel by pixel."""
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


def test_what_somebody_else_draws_on_the_plates_is_gone_within_a_second() -> None:
    """A driver that loses the screen's memory must not take the words with it until they change."""
    kept, surface, whole, frame = Painter(assets()), canvas(), canvas(), noise()
    kept.draw(surface, LIVE, frame)
    whole.blit(surface, (0, 0))
    surface.fill((200, 0, 0))
    for _ in range(paint.AFRESH):
        kept.draw(surface, LIVE, frame)
    assert np.array_equal(rgb(surface), rgb(whole))
