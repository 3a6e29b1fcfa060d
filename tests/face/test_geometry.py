"""Geometry: what carries points where, and how a head's turn is found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.geometry import (
    EYE_LEFT,
    EYE_RIGHT,
    USUAL,
    Floats,
    angles,
    eye_centres,
    face_frame,
    fit_rigid,
    similarity,
    turned,
)
from kiosk.face.model import PUPILS_MM

few = settings(max_examples=40)
small = st.floats(-6, 6)


def posed(points: Floats, yaw: float = 0, pitch: float = 0, roll: float = 0) -> Floats:
    """The face (n, 3) turned, degrees, with the signs that readings have."""
    x, y, z = np.radians((pitch, -yaw, roll))
    return points @ (turned(np.array([0, 0, z])) @ turned(np.array([0, y, 0])) @ turned(np.array([x, 0, 0]))).T


@few
@given(scale=st.floats(0.2, 5), roll=st.floats(-180, 180), x=st.floats(-500, 500), y=st.floats(-500, 500))
def test_a_similarity_is_found_again(scale: float, roll: float, x: float, y: float) -> None:
    """Every crop and every midline rests on this one: points carried over, and back, end where they began."""
    rng = np.random.default_rng(4)
    a = rng.normal(size=(20, 2)) * 40
    c, s = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    b = scale * a @ np.array([[c, s], [-s, c]]) + (x, y)
    found = similarity(a, b)
    assert found(a) == pytest.approx(b, abs=1e-6)
    assert found.inverse()(b) == pytest.approx(a, abs=1e-6)
    assert found.matrix[:, :2] @ a[0] + found.matrix[:, 2] == pytest.approx(b[0], abs=1e-6)


@few
@given(yaw=small, pitch=small, roll=small)
def test_a_turn_is_read_with_the_signs_that_readings_promise(yaw: float, pitch: float, roll: float) -> None:
    """Gates stand on these angles: to the person's own left, chin down and clockwise are positive."""
    found = angles(similarity(USUAL, posed(USUAL, yaw, pitch, roll)).rotation)
    assert found.yaw == pytest.approx(yaw, abs=0.7)
    assert found.pitch == pytest.approx(pitch, abs=0.7)
    assert found.roll == pytest.approx(roll, abs=0.7)
    nose_ahead = posed(np.array([[0.0, 0, -1]]), yaw=10)[0]
    assert nose_ahead[0] > 0, "turned to the own left, the nose points to the right of an unmirrored picture"
    assert posed(np.array([[0.0, 0, -1]]), pitch=10)[0, 1] > 0, "a nod takes the nose down"


@few
@given(roll=st.floats(-40, 40), scale=st.floats(0.5, 6))
def test_in_the_face_frame_a_face_is_upright_and_in_millimetres(roll: float, scale: float) -> None:
    """Excursions in millimetres mean what they say, wherever and however large the face is in the picture."""
    points = posed(USUAL, roll=roll) * scale + (640, 360, 0)
    right, left = eye_centres(face_frame(points)(points))
    assert np.hypot(*(left - right)) == pytest.approx(PUPILS_MM, abs=0.01)
    assert left[0] > 0 > right[0]
    assert (left + right) / 2 == pytest.approx((0, 0), abs=0.01)
    assert abs(left[1] - right[1]) < 1.0


@few
@given(yaw=st.floats(-3, 3), pitch=small, roll=small)
def test_the_head_is_found_though_some_skin_moved(yaw: float, pitch: float, roll: float) -> None:
    """A brow that helps along with the mouth must not be taken for a turn of the head: it is outvoted."""
    rest = USUAL[::6]
    seen = posed(rest, yaw, pitch, roll)[:, :2] * 1.03 + (2.0, -1.5)
    moved = seen.copy()
    moved[:12, 1] -= 4.0
    fit = fit_rigid(rest, moved, np.array([pitch, yaw]))
    assert np.abs(fit(rest)[12:] - seen[12:]).max() < 0.35
    assert fit.residual_mm[:12].min() > 3.0


def test_a_movement_is_told_in_the_face_frame() -> None:
    """A leaning head that comes nearer does not change what a movement is."""
    rest = USUAL[::6]
    seen = posed(rest, roll=20)[:, :2] * 1.2
    fit = fit_rigid(rest, seen, np.zeros(2))
    leaning = posed(np.array([[3.0, -2.0, 0]]), roll=20)[0, :2] * 1.2
    assert fit.undo(leaning) == pytest.approx((3.0, -2.0), abs=0.05)


def test_the_corners_of_the_eyes_are_on_the_sides_they_are_named_for() -> None:
    """Left and right are the person's own: in an unmirrored picture the own right eye lies on the left."""
    assert USUAL[list(EYE_RIGHT), 0].max() < 0 < USUAL[list(EYE_LEFT), 0].min()
