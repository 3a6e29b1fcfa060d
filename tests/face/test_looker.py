"""The looker: one picture in, one honest reading out, on faces whose truth is known."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from kiosk.drawn.person import DrawnFace
from kiosk.drawn.pose import Pose
from kiosk.errors import ModelError
from kiosk.face.lid_scale import LidScale
from kiosk.face.looker import LIDS_EVERY_MS, Looker
from kiosk.face.model import Reading, Task, UnseenReason, Zone
from kiosk.face.nets import MESH, MODELS, Nets

Picture = npt.NDArray[np.uint8]

REST_MS = 800
STEP_MS = 80


@pytest.fixture(scope="module")
def nets(models_folder: Path) -> Nets:
    cv2.setNumThreads(1)
    return Nets(models_folder)


@pytest.fixture(scope="module")
def face() -> DrawnFace:
    return DrawnFace(size=(640, 480), texture=2)


def picture(face: DrawnFace, pose: Pose, seed: int = 0) -> Picture:
    """A picture with the noise of a camera."""
    pixels = face.draw(pose).pixels
    noise = np.random.default_rng(seed).normal(0, 2.5, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def task(zone: Zone | None = Zone.MOUTH, key: str = "a", points: bool = False) -> Task:
    return Task(key=key, zone=zone, neutral_from_ms=0, neutral_to_ms=REST_MS, points=points)


class Sitting:
    """A person in front of a looker, at rest until the neutral face was taken."""

    def __init__(
        self, nets: Nets | None, face: DrawnFace, zone: Zone | None = Zone.MOUTH, lids: LidScale | None = None
    ) -> None:
        self.looker, self.face, self.t_ms = Looker(nets), face, 0
        self.task = msgspec.structs.replace(task(zone), lids=lids)
        rest = face.draw(Pose()).pixels
        for seed in range(REST_MS // STEP_MS + 1):
            noise = np.random.default_rng(seed).normal(0, 2.5, rest.shape)
            self.last = self.show(np.clip(rest + noise, 0, 255).astype(np.uint8))

    def show(self, frame: Picture) -> Reading:
        self.last = self.looker.look(frame, self.t_ms, self.task)
        self.t_ms += STEP_MS
        return self.last

    def closing(self) -> Reading:
        """The left eye half closed, once the lids are looked at again."""
        self.t_ms += LIDS_EVERY_MS
        return self.pose(Pose(lid_left=0.5))

    def pose(self, pose: Pose) -> Reading:
        return self.show(picture(self.face, pose, self.t_ms))


@pytest.fixture
def sitting(nets: Nets, face: DrawnFace) -> Sitting:
    return Sitting(nets, face)


def apart(reading: Reading) -> float:
    """How far the sides differ, mm."""
    assert reading.left is not None
    assert reading.right is not None
    return math.hypot(reading.left[0] + reading.right[0], reading.left[1] - reading.right[1])


def test_a_face_at_rest_is_found_and_does_not_move(sitting: Sitting) -> None:
    """The zero of every measure: at rest both sides stay within 0.3 mm, and the face is where it is drawn."""
    reading = sitting.last
    truth = sitting.face.draw(Pose())
    assert reading.present
    assert reading.neutral
    assert reading.reason is UnseenReason.NONE
    assert reading.score > 0.9
    assert apart(reading) <= 0.3
    middle = np.mean([truth.landmarks["pupil_right"], truth.landmarks["pupil_left"]], 0)
    assert np.hypot(*np.subtract(reading.centre, middle)) < 5
    assert reading.eyes_px == pytest.approx(63 * truth.px_per_mm, rel=0.06)
    assert reading.light is not None
    assert 0.2 < reading.light < 0.9


@pytest.mark.parametrize("affected", ["left", "right"])
def test_a_lopsided_smile_is_measured_as_lopsided_as_it_is(sitting: Sitting, affected: str) -> None:
    """The honest measure: 6 mm on one side and 1.5 on the other are read so, on the person's own sides."""
    other = "right" if affected == "left" else "left"
    reading = sitting.pose(Pose(**{f"corner_{affected}_mm": 1.5, f"corner_{other}_mm": 6.0}))
    size = {"left": math.hypot(*reading.left or (0, 0)), "right": math.hypot(*reading.right or (0, 0))}
    assert size[affected] == pytest.approx(1.5, abs=0.4)
    assert size[other] == pytest.approx(6.0, abs=0.8)
    assert reading.left is not None
    assert reading.left[0] > 0, "the left corner goes towards the own left"
    assert reading.left[1] < 0, "and up"
    assert reading.corner_left == reading.left


def test_a_movement_is_the_same_on_a_head_that_does_not_keep_still(sitting: Sitting) -> None:
    """Nobody holds the head still for the camera: lean, drift and nearness are taken out."""
    moved = Pose(corner_right_mm=6, corner_left_mm=3, roll_deg=4, yaw_deg=1.2, shift_x_mm=6, zoom=1.03)
    reading = sitting.pose(moved)
    assert reading.reason is UnseenReason.NONE
    assert math.hypot(*reading.right or (0, 0)) == pytest.approx(6, abs=0.9)
    assert math.hypot(*reading.left or (0, 0)) == pytest.approx(3, abs=0.6)
    assert reading.roll_deg == pytest.approx(4, abs=0.4)


def test_a_head_that_moves_is_no_movement_of_the_face(sitting: Sitting) -> None:
    """Within the gates the turn of the head is taken out: left in, it would make 1.5 to 3.5 mm here."""
    for pose in (Pose(yaw_deg=-2), Pose(yaw_deg=1.5, pitch_deg=-3, roll_deg=4), Pose(zoom=1.1, roll_deg=6)):
        reading = sitting.pose(pose)
        assert reading.reason is UnseenReason.NONE
        assert apart(reading) < 0.6


def test_a_brow_is_measured_against_nose_and_cheeks(nets: Nets, face: DrawnFace) -> None:
    """For the brows other skin stays still; the corners of the mouth come along in the reading."""
    reading = Sitting(nets, face, Zone.BROW).pose(Pose(brow_left_mm=5, brow_right_mm=1))
    assert math.hypot(*reading.left or (0, 0)) == pytest.approx(5, abs=0.8)
    assert math.hypot(*reading.right or (0, 0)) == pytest.approx(1, abs=0.5)
    assert math.hypot(*reading.corner_left or (9, 9)) < 0.4
    assert reading.aperture_left is None, "nobody asks how the eyes do while a brow rises"


def test_eyes_that_close_are_read_now_and_then(nets: Nets, face: DrawnFace) -> None:
    """Lids are read on some pictures and absent on the others; which side is closed is told from the other."""
    sitting = Sitting(nets, face, Zone.EYE)
    readings = [sitting.pose(Pose(lid_left=0.8, lid_right=0.2)) for _ in range(3)]
    seen = [r for r in readings if r.aperture_left is not None]
    assert len(seen) == 1
    assert seen[0].aperture_left == pytest.approx(0.2, abs=0.2)
    assert seen[0].aperture_right == pytest.approx(0.8, abs=0.2)
    assert seen[0].left is None
    assert seen[0].corner_left is not None


def test_beside_a_mouth_the_lids_are_asked_half_as_often(nets: Nets, face: DrawnFace) -> None:
    """They take longer than all the rest; where they are asked of the same pictures for the eyes they cost nothing."""
    frame = picture(face, Pose())

    def read(zones: Sequence[Zone]) -> list[int]:
        looker, tasks = Looker(nets), [task(zone) for zone in zones]
        seen = [looker.look_for(frame, t_ms, tasks) for t_ms in range(0, 3000, STEP_MS)]
        return [sum(reading.aperture_left is not None for reading in of) for of in zip(*seen, strict=True)]

    (mouth,), (eyes,) = read([Zone.MOUTH]), read([Zone.EYE])
    assert mouth == pytest.approx(eyes / 2, abs=1)
    assert read([Zone.MOUTH, Zone.EYE]) == [eyes, eyes]


def test_mouth_and_eyes_read_together_as_each_alone(nets: Nets, face: DrawnFace) -> None:
    """They leave the same skin still: one look says of each what a look for it alone would."""
    poses = [
        *[Pose()] * 11,
        *[Pose(corner_left_mm=4, corner_right_mm=2, lid_left=share) for share in (0.2, 0.4, 0.4, 0.6)],
    ]
    frames = [picture(face, pose, seed) for seed, pose in enumerate(poses)]

    def read(zones: Sequence[Zone]) -> list[list[Reading]]:
        looker, tasks = Looker(nets), [task(zone) for zone in zones]
        seen = [looker.look_for(frame, i * STEP_MS, tasks) for i, frame in enumerate(frames)]
        return [list(of) for of in zip(*seen, strict=True)]

    mouth, eyes = read([Zone.MOUTH, Zone.EYE])
    (mouth_alone,), (eyes_alone,) = read([Zone.MOUTH]), read([Zone.EYE])
    assert eyes == eyes_alone
    assert any(reading.aperture_left is not None for reading in eyes)
    lids = ("aperture_left", "aperture_right", "lids_left", "lids_right")
    without = [msgspec.structs.replace(reading, **dict.fromkeys(lids)) for reading in mouth]
    assert without == [msgspec.structs.replace(reading, **dict.fromkeys(lids)) for reading in mouth_alone]
    assert mouth[-1].left is not None


@pytest.mark.parametrize("zone", [Zone.MOUTH, Zone.BROW])
def test_a_turned_head_is_not_measured(nets: Nets, face: DrawnFace, zone: Zone) -> None:
    """Yaw makes a false difference of a millimetre and more: beyond 3° there is silence, and it says why."""
    sitting = Sitting(nets, face, zone)
    for yaw in (3.2, -3.2, 5.0, -8.0):
        reading = sitting.pose(Pose(yaw_deg=yaw))
        assert reading.reason is UnseenReason.TURNED, yaw
        assert reading.left is None
        assert reading.corner_left is None
        assert math.copysign(1, reading.yaw_deg) == math.copysign(1, yaw)
    assert sitting.pose(Pose(yaw_deg=1.5)).reason is UnseenReason.NONE
    assert sitting.pose(Pose(pitch_deg=9)).reason is UnseenReason.TURNED


def test_a_leaning_head_is_measured_and_its_midline_leans_with_it(sitting: Sitting) -> None:
    """Roll is no reason to be silent: no false difference at ±5°, and a midline within half a degree at 8°."""
    for roll in (-8.0, -5.0, 5.0, 8.0):
        reading = sitting.pose(Pose(roll_deg=roll))
        if abs(roll) == 5:
            assert apart(reading) <= 0.3
        assert reading.reason is UnseenReason.NONE
        assert reading.midline is not None
        assert reading.midline.roll_deg == pytest.approx(roll, abs=0.5)
        truth = sitting.face.draw(Pose(roll_deg=roll))
        x, y = np.subtract(truth.landmarks["nose_bridge"], (reading.midline.x, reading.midline.y)) / truth.px_per_mm
        lean = math.radians(reading.midline.roll_deg)
        assert abs(x * math.cos(lean) + y * math.sin(lean)) < 0.6


def test_a_smile_does_not_drag_the_midline_along(sitting: Sitting) -> None:
    """The reflection is folded at this line: a one-sided movement may not bend it."""
    rest = sitting.last.midline
    smiling = sitting.pose(Pose(corner_left_mm=10)).midline
    assert rest is not None
    assert smiling is not None
    assert smiling.roll_deg == pytest.approx(rest.roll_deg, abs=0.3)
    assert smiling.x == pytest.approx(rest.x, abs=0.8)


def test_two_faces_are_not_told_apart_and_so_not_measured(nets: Nets, face: DrawnFace) -> None:
    """A visitor beside the bed: nobody's movement is written down as the other's."""
    one = face.draw(Pose(zoom=0.8)).pixels[:, 130:510]
    both = np.concatenate([one, one], axis=1)
    looker = Looker(nets)
    reading = looker.look(both, 0, task())
    assert reading.reason is UnseenReason.TWO_FACES
    assert reading.left is None
    again = [looker.look(face.draw(Pose()).pixels, t, task()) for t in (1100, 1200)]
    assert again[-1].reason is not UnseenReason.TWO_FACES, "once the visitor is gone it goes on"


def test_another_key_forgets_the_face_at_rest(sitting: Sitting) -> None:
    """Another stretch begins with its own neutral face, or with none."""
    assert sitting.last.neutral
    sitting.task = task(key="b")
    reading = sitting.pose(Pose())
    assert not reading.neutral
    assert reading.reason is UnseenReason.NO_NEUTRAL
    assert reading.left is None
    assert sitting.looker.refused is UnseenReason.TOO_FEW


def test_a_head_that_moves_about_gives_no_neutral_face(nets: Nets, face: DrawnFace) -> None:
    """A zero that was taken from a moving or averted head would make every later number a lie."""
    about, averted = Looker(nets), Looker(nets)
    poses = [Pose(roll_deg=8 * (-1) ** k, shift_x_mm=25 * (-1) ** k) for k in range(2)]
    frames = [picture(face, pose) for pose in poses]
    away = picture(face, Pose(yaw_deg=22))
    for k in range(REST_MS // STEP_MS + 1):
        last = about.look(frames[k % 2], k * STEP_MS, task())
        turned = averted.look(away, k * STEP_MS, task())
    for looker, reading, why in ((about, last, UnseenReason.RESTLESS), (averted, turned, UnseenReason.TURNED)):
        assert not reading.neutral
        assert reading.reason is UnseenReason.NO_NEUTRAL
        assert looker.refused is why


@pytest.mark.parametrize("zone", [Zone.MOUTH, Zone.BROW])
def test_features_that_move_give_no_neutral_face(nets: Nets, face: DrawnFace, zone: Zone) -> None:
    """A still head is not enough: a mouth or a brow on its way would be the zero of what is measured then."""
    looker, part = Looker(nets), "corner" if zone is Zone.MOUTH else "brow"
    for k in range(REST_MS // STEP_MS + 1):
        far = 0.4 * k
        pose = Pose(**{f"{part}_right_mm": far, f"{part}_left_mm": 0.3 * far})
        last = looker.look(picture(face, pose, k), k * STEP_MS, task(zone))
    assert not last.neutral
    assert last.reason is UnseenReason.NO_NEUTRAL
    assert looker.refused is UnseenReason.NO_NEUTRAL


@pytest.mark.parametrize("grin", [range(2, 9), range(7), range(4, 11)], ids=["between", "first", "last"])
def test_a_grin_in_most_of_the_pictures_is_no_rest(nets: Nets, face: DrawnFace, grin: range) -> None:
    """It is what the face mostly does then, held as still as a rest: the pictures before or after it tell."""
    looker, smile = Looker(nets), Pose(corner_right_mm=5, corner_left_mm=5)
    for k in range(11):
        last = looker.look(picture(face, smile if k in grin else Pose(), k), k * STEP_MS, task())
    assert not last.neutral
    assert looker.refused is UnseenReason.NO_NEUTRAL


def test_a_twitch_a_blink_and_wandering_eyes_are_no_restlessness(nets: Nets, face: DrawnFace) -> None:
    """Linked muscles twitch and eyes wander without end: such a face has a zero too, and the twitch is not in it."""
    looker = Looker(nets)
    poses = [Pose(gaze_x_mm=1.5 * (-1) ** k) for k in range(10)]
    poses[2] = poses[3] = Pose(lid_left=1, lid_right=1)
    poses[5] = poses[6] = Pose(corner_left_mm=2.5, lid_left=0.3)
    for k, pose in enumerate([*poses, Pose()]):
        last = looker.look(picture(face, pose, k), k * STEP_MS, task())
    assert last.neutral
    assert apart(last) <= 0.3


def test_a_face_that_looks_aside_is_no_zero_however_still_it_is(nets: Nets, face: DrawnFace) -> None:
    """What is turned from the beginning would count as straight from then on, foreshortened on one side."""
    for yaw, straight in ((8.0, False), (-8.0, False), (10.0, False), (-10.0, False), (2.0, True)):
        looker, frame = Looker(nets), picture(face, Pose(yaw_deg=yaw))
        for k in range(REST_MS // STEP_MS + 1):
            last = looker.look(frame, k * STEP_MS, task())
        assert last.neutral is straight, yaw
        assert looker.refused is (UnseenReason.NONE if straight else UnseenReason.TURNED)


def test_points_are_given_only_when_asked_for(sitting: Sitting) -> None:
    """A face's geometry is personal: it leaves the looker only with its own consent."""
    assert sitting.last.points == b""
    sitting.task = task(points=True)
    assert sitting.pose(Pose()).points


@pytest.mark.parametrize("with_nets", [True, False])
def test_no_picture_is_too_odd_to_be_looked_at(nets: Nets, with_nets: bool) -> None:
    """Whatever a camera sends: no face is seen in it, and nothing is raised."""
    looker = Looker(nets if with_nets else None)
    rng = np.random.default_rng(1)
    shapes = [(1, 1, 3), (16, 16, 3), (17, 400, 4), (400, 17, 3), (90, 160, 4), (90, 160), (0, 0, 3), (64, 64, 2)]
    for i, shape in enumerate(shapes):
        for frame in (np.zeros(shape), np.full(shape, 255), rng.integers(0, 256, shape)):
            reading = looker.look(frame.astype(np.uint8), 100 * i, task())
            assert reading.reason is not UnseenReason.NONE
            assert reading.left is None
    assert looker.look(np.zeros((100, 100, 3), np.float32), 0, task()).reason is UnseenReason.NO_FACE


def test_a_dark_picture_and_a_covered_mouth_say_so(sitting: Sitting) -> None:
    """Silence has a reason that the screen can tell."""
    still = sitting.face.draw(Pose()).pixels
    assert sitting.show((still * 0.04).astype(np.uint8)).reason in (UnseenReason.TOO_DARK, UnseenReason.NO_FACE)
    sitting.pose(Pose())
    covered = still.copy()
    x, y = (round(v) for v in sitting.face.draw(Pose()).landmarks["corner_left"])
    hand = np.random.default_rng(5).integers(90, 200, (70, 70, 1)).astype(np.float32)
    covered[y - 35 : y + 35, x - 35 : x + 35, :3] = cv2.GaussianBlur(hand, (0, 0), 2.0)[..., None]
    reading = sitting.show(covered)
    assert reading.reason is UnseenReason.NOT_FOLLOWED
    assert reading.left is None


def test_without_models_the_same_movement_is_measured(face: DrawnFace) -> None:
    """Offline on the first day the mirror still works: Haar and flow, and no lids."""
    sitting = Sitting(None, face)
    assert sitting.looker.how == "fallback"
    reading = sitting.pose(Pose(corner_right_mm=6, corner_left_mm=1.5))
    assert math.hypot(*reading.right or (0, 0)) == pytest.approx(6, abs=1.2)
    assert math.hypot(*reading.left or (0, 0)) == pytest.approx(1.5, abs=0.6)
    assert reading.aperture_left is None


def test_bytes_that_are_not_the_pinned_model_are_refused(models_folder: Path, tmp_path: Path) -> None:
    """A model that was swapped or cut short would see something, and nobody would know what."""
    for name in MODELS:
        (tmp_path / name).write_bytes((models_folder / name).read_bytes())
    os.truncate(tmp_path / MESH, (tmp_path / MESH).stat().st_size - 1)
    with pytest.raises(ModelError, match="not the pinned"):
        Nets(tmp_path)
    (tmp_path / MESH).unlink()
    with pytest.raises(ModelError, match="missing"):
        Nets(tmp_path)


def test_the_size_of_the_picture_does_not_matter(nets: Nets) -> None:
    """Millimetres are millimetres in a small picture too."""
    small = DrawnFace(size=(400, 300), texture=2)
    reading = Sitting(nets, small).pose(replace(Pose(), corner_right_mm=6, corner_left_mm=3))
    assert math.hypot(*reading.right or (0, 0)) == pytest.approx(6, abs=0.9)
    assert math.hypot(*reading.left or (0, 0)) == pytest.approx(3, abs=0.7)


def lids_of(looker: Looker, frame: Picture, lids: Task) -> tuple[float, float]:
    """What the desk's task reads in one picture, mm."""
    reading = looker.look(frame, 0, lids)
    assert (reading.reason, reading.neutral, reading.aperture_left) == (UnseenReason.NONE, False, None)
    assert reading.lids_left is not None
    assert reading.lids_right is not None
    return reading.lids_left, reading.lids_right


def test_lids_are_read_without_a_face_at_rest_and_become_the_scale_of_a_movement(nets: Nets, face: DrawnFace) -> None:
    """Staff have them taken; then closure counts from there, and eyes that rest unlike them have no figure."""
    opened, closed = (
        lids_of(Looker(nets), picture(face, pose), Task(key=str(pose), zone=Zone.EYE))
        for pose in (Pose(), Pose(lid_left=1.0, lid_right=1.0))
    )
    half = Sitting(nets, face, Zone.EYE, LidScale(*opened, *closed)).closing()
    assert (half.reason, half.neutral) == (UnseenReason.NONE, True)
    assert half.aperture_left == pytest.approx(0.5, abs=0.15)
    assert half.aperture_right == pytest.approx(1.0, abs=0.1)
    wide = LidScale(2.5 * opened[0], 2.5 * opened[1], *closed)
    unlike = Sitting(nets, face, Zone.EYE, wide).closing()
    assert (unlike.reason, unlike.aperture_left, unlike.aperture_right) == (UnseenReason.LIDS_UNLIKE, None, None)
    mouth = Sitting(nets, face, Zone.MOUTH, wide).closing()
    assert (mouth.reason, mouth.aperture_left) == (UnseenReason.NONE, None), "the mouth is measured all the same"
