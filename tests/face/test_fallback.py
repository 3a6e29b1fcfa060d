"""Without the models: the face is found, what moves is measured, and what cannot be seen is absent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from kiosk.drawn.look import look_of
from kiosk.drawn.person import DrawnFace, DrawnPicture
from kiosk.drawn.pose import Pose
from kiosk.face.fallback import LOOK_AGAIN_MS, LOST_MS, HaarTracker
from kiosk.face.geometry import CORNER_LEFT, CORNER_RIGHT, eye_centres
from kiosk.face.looker import Looker
from kiosk.face.model import Reading, Task, UnseenReason, Zone

Pixels = npt.NDArray[np.uint8]
REST_MS = 1000
ROOM = np.full((360, 640, 3), 120, np.uint8)


@pytest.fixture(scope="module", params=[424, pytest.param(421, marks=pytest.mark.slow)])
def face(request: pytest.FixtureRequest) -> DrawnFace:
    return DrawnFace(look_of(request.param), size=(640, 360))


def frame(drawing: DrawnPicture) -> Pixels:
    noise = np.random.default_rng(1).normal(0, 2, drawing.pixels[..., :3].shape)
    return np.clip(drawing.pixels[..., :3] + noise, 0, 255).astype(np.uint8)


def watch(face: DrawnFace, zone: Zone, poses: Sequence[Pose]) -> list[Reading]:
    """What is read at each pose, twice a second each, after a second of rest."""
    looker = Looker(None)
    task = Task(key="once", zone=zone, neutral_from_ms=0, neutral_to_ms=REST_MS, points=True)
    rest = frame(face.draw(Pose()))
    for t_ms in range(0, REST_MS, 100):
        looker.look(rest, t_ms, task)
    readings = []
    for step, pose in enumerate(poses):
        picture = frame(face.draw(pose))
        for again in (0, 100):
            seen = looker.look(picture, REST_MS + 200 * step + again, task)
        readings.append(seen)
    return readings


def ratio(seen: Reading) -> float:
    """The symmetry ratio of the left against the right."""
    assert seen.left is not None
    assert seen.right is not None
    left, right = np.array(seen.left), np.array(seen.right) * (-1, 1)
    return float(left @ right / (right @ right))


def test_a_lopsided_smile_is_measured_as_lopsided(face: DrawnFace) -> None:
    """The fallback is the same flow: it must not flatter, nor invent a movement where only the head moved."""
    smile = {"corner_right_mm": 6.0, "corner_left_mm": 2.4}
    still, lopsided, even, leaned = watch(
        face,
        Zone.MOUTH,
        [
            Pose(roll_deg=5, shift_x_mm=2),
            Pose(**smile),
            Pose(corner_right_mm=5, corner_left_mm=5),
            Pose(**smile, roll_deg=3),
        ],
    )
    for seen in (still, lopsided, even, leaned):
        assert seen.reason is UnseenReason.NONE
        assert seen.neutral
    assert still.left is not None
    assert still.right is not None
    assert np.abs((still.left, still.right)).max() < 0.6
    assert still.roll_deg == pytest.approx(5, abs=0.6)
    assert ratio(lopsided) == pytest.approx(0.4, abs=0.1)
    assert ratio(leaned) == pytest.approx(0.4, abs=0.12)
    assert ratio(even) == pytest.approx(1.0, abs=0.1)
    assert lopsided.right is not None
    assert np.hypot(*lopsided.right) == pytest.approx(6, rel=0.25)


def test_what_takes_a_model_is_absent(face: DrawnFace) -> None:
    """No lids, no linked movement, no landmarks that are not the person's own: absent rather than doubtful."""
    (smile,) = watch(face, Zone.MOUTH, [Pose(corner_right_mm=5, corner_left_mm=5)])
    (closing,) = watch(face, Zone.EYE, [Pose(lid_left=1, lid_right=1)])
    for seen in (smile, closing):
        assert seen.present
        assert (seen.aperture_left, seen.aperture_right) == (None, None)
        assert (seen.corner_left, seen.corner_right) == (None, None)
        assert seen.points == b""
    assert closing.reason is UnseenReason.NO_MODEL
    assert (closing.left, closing.right) == (None, None)
    taken = Looker(None).look(face.draw(Pose()).pixels, 0, Task(key="lids", zone=Zone.EYE))
    assert (taken.reason, taken.lids_left) == (UnseenReason.NO_MODEL, None), "and none can be taken at the desk"


def test_a_turned_head_measures_nothing(face: DrawnFace) -> None:
    """Yaw makes false asymmetry: beyond the gate there is no figure, to either side."""
    for seen in watch(face, Zone.MOUTH, [Pose(yaw_deg=3), Pose(), Pose(yaw_deg=-3)])[::2]:
        assert seen.reason is UnseenReason.TURNED
        assert (seen.left, seen.right) == (None, None)


def test_the_face_is_found_where_it_is_and_followed(face: DrawnFace) -> None:
    """Eyes and mouth lie within some millimetres of the truth, also after a drift between two looks at the picture."""
    tracker = HaarTracker()
    for step, pose in enumerate(
        [Pose(), Pose(shift_x_mm=6, roll_deg=2), Pose(shift_x_mm=14, shift_y_mm=5, roll_deg=4)]
    ):
        drawing = face.draw(pose)
        seen = tracker.look(frame(drawing), 100 * step)
        assert seen is not None
        mm = seen.eyes_px / 63
        truth = [drawing.landmarks["pupil_right"], drawing.landmarks["pupil_left"]]
        assert np.abs(eye_centres(seen.points) - truth).max() < 6 * mm
        mouth = [drawing.landmarks["corner_right"], drawing.landmarks["corner_left"]]
        assert np.abs(seen.points[[CORNER_RIGHT, CORNER_LEFT], :2] - mouth).max() < 9 * mm
        assert seen.alone


def test_a_face_that_leaves_is_lost(face: DrawnFace) -> None:
    """An empty room is no face, at once or after the last one was followed; and whoever comes back is found."""
    tracker = HaarTracker()
    shown = frame(face.draw(Pose()))
    assert tracker.look(ROOM, 0) is None
    assert tracker.look(shown, 100) is not None
    assert tracker.look(ROOM, 200) is None
    assert tracker.look(shown, 300) is not None
    # Another size of picture: nothing can be followed, all is looked at anew.
    assert tracker.look(shown[:, 40:600], 400) is not None


def test_what_the_cascade_no_longer_finds_is_not_followed_for_ever(face: DrawnFace) -> None:
    """A cushion that flow holds on to is no person: what is not found as a face for some seconds is let go."""
    tracker = HaarTracker()
    shown = frame(face.draw(Pose()))
    assert tracker.look(shown, 0) is not None
    # A head that leans so far is followed, but the cascade does not know it for a face.
    for t_ms, roll in ((100, 8), (200, 16), (300, 24)):
        leaning = frame(face.draw(Pose(roll_deg=roll)))
        seen = tracker.look(leaning, t_ms)
    assert seen is not None
    assert seen.roll == pytest.approx(24, abs=3)
    found = [tracker.look(leaning, t_ms) is not None for t_ms in range(700, LOST_MS + 3 * LOOK_AGAIN_MS, 400)]
    assert found[0]
    assert not found[-1]


def test_two_faces_are_told(face: DrawnFace) -> None:
    """Whose movement would it be?"""
    shown = frame(face.draw(Pose()))
    pair = np.hstack([shown[:, 160:480], shown[:, 160:480]])
    seen = Looker(None).look(pair, 0, Task(zone=Zone.MOUTH))
    assert seen.present
    assert seen.reason is UnseenReason.TWO_FACES
