"""Drawn people differ from each other, and what is true of them stays true whoever they are."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kiosk.drawn.look import Appearance, look_of
from kiosk.drawn.person import DrawnFace, DrawnPicture
from kiosk.drawn.pose import Pose
from kiosk.face.model import PUPILS_MM

SIZE = (360, 360)


def drawn(look: Appearance) -> DrawnFace:
    return DrawnFace(look, SIZE, 700, texture=1)


@pytest.fixture(scope="module")
def adorned() -> DrawnFace:
    """A person with a face of their own, a beard, and glasses and hair in front of it."""
    return drawn(replace(look_of(12), beard=0.8, glasses=True, fringe=0.7))


def grey(drawing: DrawnPicture) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(drawing.pixels, cv2.COLOR_BGRA2GRAY), np.uint8)


def followed(a: DrawnPicture, b: DrawnPicture, points: list[tuple[float, float]]) -> npt.NDArray[np.float32]:
    """How far flow says that ``points`` of a went until b, px (n, 2)."""
    start = np.array(points, np.float32).reshape(-1, 1, 2)
    found, ok, _ = cv2.calcOpticalFlowPyrLK(grey(a), grey(b), start, start.copy(), winSize=(17, 17), maxLevel=3)
    assert ok.all()
    return np.asarray((found - start)[:, 0], np.float32)


def test_each_seed_is_another_person_and_always_the_same_one() -> None:
    """Held-out people must really be others, and a bench that is run again must see the same ones."""
    looks = [look_of(seed) for seed in range(40)]
    assert looks == [look_of(seed) for seed in range(40)]
    assert len({look.anatomy for look in looks}) == 40
    assert max(sum(look.skin) for look in looks) > 2.2
    assert min(sum(look.skin) for look in looks) < 0.9
    a, b = (drawn(look_of(seed)).draw(Pose()) for seed in (1, 2))
    distances = [np.subtract(d.landmarks["corner_left"], d.landmarks["corner_right"])[0] / d.px_per_mm for d in (a, b)]
    assert abs(distances[0] - distances[1]) > 1


def test_the_truth_holds_for_a_face_of_its_own(adorned: DrawnFace) -> None:
    """Anatomy, perspective and pose together: corners are where they are said to be, and went as far as is said."""
    rest = adorned.draw(Pose())
    moved = adorned.draw(Pose(corner_right_mm=5, corner_left_mm=2, yaw_deg=2, roll_deg=3, pitch_deg=-2))
    names = ["corner_right", "corner_left"]
    told = np.array([np.subtract(moved.landmarks[n], rest.landmarks[n]) for n in names])
    assert np.abs(followed(rest, moved, [rest.landmarks[n] for n in names]) - told).max() < 0.8
    unit = PUPILS_MM / adorned.pupils_mm
    assert np.hypot(*moved.moved_mm["corner_right"]) == pytest.approx(5 * unit, rel=0.01)
    assert np.hypot(*moved.moved_mm["corner_left"]) == pytest.approx(2 * unit, rel=0.01)
    assert moved.moved_mm["corner_right"][0] < 0 < moved.moved_mm["corner_left"][0]
    assert 57 < adorned.pupils_mm < 69


def test_glasses_and_hair_do_not_move_with_the_brow(adorned: DrawnFace) -> None:
    """If they did, a looker that follows a rim would be told that it is right."""
    rest, lifted = adorned.draw(Pose()), adorned.draw(Pose(brow_right_mm=5, brow_left_mm=5))
    x, y = rest.landmarks["pupil_left"]
    rim = (x + 6 * rest.px_per_mm, y - 14 * rest.px_per_mm)
    # A rim is a line: flow sees it move across itself, not along.
    ((_, across),) = followed(rest, lifted, [rim])
    assert abs(across) < 0.3


def test_what_a_person_wears_can_be_seen() -> None:
    """A variation that changes no pixel would be reported as one that does no harm."""
    plain = look_of(9)
    before = DrawnFace(plain, (180, 180), texture=1).draw(Pose()).pixels.astype(int)
    for look in (
        replace(plain, beard=1.0),
        replace(plain, glasses=True),
        replace(plain, fringe=1.0),
        replace(plain, brows=0.2),
    ):
        after = DrawnFace(look, (180, 180), texture=1).draw(Pose()).pixels
        changed = np.abs(before - after).max(-1) > 12
        assert 0.001 < changed.mean() < 0.2, look


def test_what_is_nearer_to_the_camera_looks_larger() -> None:
    """Perspective: turned, the near half of the face is wider than it would be from far away."""
    widths = []
    for distance in (400.0, 4000.0):
        marks = DrawnFace(Appearance(), (180, 180), distance, texture=1).draw(Pose(yaw_deg=20)).landmarks
        bridge = marks["nose_bridge"][0]
        widths.append((bridge - marks["eye_outer_right"][0]) / (marks["eye_outer_left"][0] - bridge))
    assert widths[0] > widths[1] * 1.03
