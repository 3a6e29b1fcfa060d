"""The drawn face: the picture does what the numbers say, and the truth that comes with it is true."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kiosk.drawn.person import LANDMARKS, DrawnFace
from kiosk.drawn.pose import Pose

HAAR = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"


@pytest.fixture(scope="module")
def face() -> DrawnFace:
    return DrawnFace(size=(1280, 720))


def grey(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY), np.uint8)


def seen(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8], point: tuple[float, float]) -> npt.NDArray[np.float32]:
    """Where optical flow finds ``point`` of picture a in picture b."""
    start = np.array([[point]], np.float32)
    found, ok, _ = cv2.calcOpticalFlowPyrLK(grey(a), grey(b), start, start.copy(), winSize=(31, 31), maxLevel=4)
    assert ok[0, 0]
    return np.asarray(found[0, 0] - start[0, 0], np.float32)


@pytest.mark.parametrize("side", ["right", "left"])
def test_a_corner_moves_in_the_picture_as_the_truth_says(face: DrawnFace, side: str) -> None:
    """An accuracy bench is worth as much as its truth: flow and truth agree within half a pixel, on the right side."""
    other = "left" if side == "right" else "right"
    rest = face.draw(Pose())
    smile = face.draw(Pose(**{f"corner_{side}_mm": 5.0}))
    name = f"corner_{side}"
    told = np.subtract(smile.landmarks[name], rest.landmarks[name])
    assert np.hypot(*told) == pytest.approx(5.0 * rest.px_per_mm, rel=0.01)
    assert (told[0] < 0) == (side == "right"), "the person's own right goes to the left of an unmirrored picture"
    assert np.abs(seen(rest.pixels, smile.pixels, rest.landmarks[name]) - told).max() < 0.8
    still = np.subtract(smile.landmarks[f"corner_{other}"], rest.landmarks[f"corner_{other}"])
    assert np.abs(still).max() < 0.1


@pytest.mark.parametrize(
    "pose",
    [
        Pose(roll_deg=3),
        Pose(yaw_deg=6),
        Pose(pitch_deg=3),
        Pose(shift_x_mm=9, shift_y_mm=-6, zoom=1.05),
        Pose(brow_right_mm=4, brow_left_mm=1),
    ],
)
def test_the_whole_face_moves_as_the_truth_says(face: DrawnFace, pose: Pose) -> None:
    """Roll, turn, nod, drift and brows: every landmark that flow can hold on to lies where it is said to lie."""
    rest, moved = face.draw(Pose()), face.draw(pose)
    for name in ("corner_right", "corner_left", "brow_right", "brow_left", "nostril_right", "eye_outer_left"):
        told = np.subtract(moved.landmarks[name], rest.landmarks[name])
        off = np.abs(seen(rest.pixels, moved.pixels, rest.landmarks[name]) - told)
        # A brow is a line: flow sees it move across itself, not along.
        assert (off[1] if "brow" in name else off.max()) < 1.0, name


@pytest.mark.parametrize("closure", [0.0, 0.25, 0.5, 0.9, 1.0])
def test_lids_close_by_the_share_that_is_asked_for(face: DrawnFace, closure: float) -> None:
    """The opening is exact, on the side that was meant, and can be seen: less and less iris and white."""
    drawing = face.draw(Pose(lid_left=closure))
    open_mm = drawing.aperture_mm[0]
    assert drawing.aperture_mm[1] == pytest.approx(open_mm * (1 - closure), abs=0.01)
    upper, lower = drawing.landmarks["lid_upper_left"], drawing.landmarks["lid_lower_left"]
    assert lower[1] - upper[1] == pytest.approx(open_mm * (1 - closure) * drawing.px_per_mm, abs=0.1)
    x, y = (round(v) for v in drawing.landmarks["pupil_left"])
    patch = drawing.pixels[y - 16 : y + 20, x - 36 : x + 36, :3].astype(int)
    # Green-grey iris, dark pupil and white are all less red than skin.
    eye = int((patch[..., 2] - patch[..., 0] < 25).sum())
    if closure == 1.0:
        assert eye < 350
    elif closure == 0.0:
        assert eye > 900


def test_the_picture_is_what_a_camera_gives(face: DrawnFace) -> None:
    """B, G, R, X of the size asked for, with skin that is redder than blue and a face that a detector finds."""
    drawing = face.draw(Pose())
    assert drawing.pixels.shape == (720, 1280, 4)
    assert (drawing.pixels[..., 3] == 255).all()
    x, y = (round(v) for v in drawing.landmarks["forehead"])
    blue, _, red, _ = drawing.pixels[y, x].astype(int)
    assert red > blue + 30
    assert set(LANDMARKS) <= set(drawing.landmarks)
    cascade = cv2.CascadeClassifier(str(HAAR))
    (box,) = cascade.detectMultiScale(cv2.resize(grey(drawing.pixels), None, fx=0.25, fy=0.25), 1.1, 5)
    left, top, width, height = (4 * int(v) for v in box)
    for name in ("pupil_right", "pupil_left", "nose_tip", "lip_lower"):
        px, py = drawing.landmarks[name]
        assert left < px < left + width, name
        assert top < py < top + height, name
