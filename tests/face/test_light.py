"""Light: how bright a face is, from which side, and when it is too much or too little."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from kiosk.face.light import LEANING, Light, light_on
from kiosk.face.model import UnseenReason

Pixels = npt.NDArray[np.uint8]


def lit(left: int, right: int, size: tuple[int, int] = (640, 360)) -> Pixels:
    """A picture whose right half, where the person's own left is, is ``left`` bright."""
    frame = np.full((size[1], size[0], 3), right, np.uint8)
    frame[:, size[0] // 2 :] = left
    return frame


def test_light_from_one_side_is_told_with_its_side() -> None:
    """The person's own left is at the right of an unmirrored picture; a lean of the head does not turn it round."""
    light = light_on(lit(180, 120), (320, 150), 70)
    assert light.lean == pytest.approx(0.2, abs=0.03)
    assert light.mean == pytest.approx(150 / 255, abs=0.02)
    assert light_on(lit(120, 180), (320, 150), 70).lean == pytest.approx(-0.2, abs=0.03)
    assert light_on(lit(180, 120), (320, 150), 70, roll_deg=8).lean > 0.15
    assert abs(light_on(lit(150, 150), (320, 150), 70).lean) < 0.01 < LEANING


def test_a_face_at_the_rim_is_not_lit_from_one_side() -> None:
    """What lies outside of the frame is neither dark nor light."""
    for x in (0.0, 20.0, 639.0):
        light = light_on(lit(150, 150), (x, 150), 90)
        assert light.lean == pytest.approx(0, abs=0.01)
        assert light.mean == pytest.approx(150 / 255, abs=0.01)
    assert light_on(lit(150, 150), (-5000, 150), 90) == Light(0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("grey", "reason"),
    [(5, UnseenReason.TOO_DARK), (40, UnseenReason.NONE), (200, UnseenReason.NONE), (253, UnseenReason.TOO_BRIGHT)],
)
def test_nothing_is_measured_in_the_dark_or_in_white(grey: int, reason: UnseenReason) -> None:
    """Dark skin in a dim room is not the dark: 40 of 255 can be measured. Every shape of picture gives the same."""
    frame = np.full((360, 640, 4), grey, np.uint8)
    assert light_on(frame, (320, 150), 70).reason is reason
    assert light_on(frame[..., 0].copy(), (320, 150), 70).reason is reason


def test_glare_on_part_of_the_face_is_too_bright() -> None:
    """A lamp that whitens two fifths of the skin leaves a mean that looks well."""
    frame = np.full((360, 640, 3), 90, np.uint8)
    frame[:, 325:] = 255
    light = light_on(frame, (320, 150), 70)
    assert light.mean < 0.8
    assert light.reason is UnseenReason.TOO_BRIGHT
