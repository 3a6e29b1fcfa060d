"""``kiosk measure``: a recording of a drawn person says what is known of it; anything else says why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from kiosk.cli import cli
from kiosk.commands.measure import measure_video
from kiosk.drawn.look import look_of
from kiosk.drawn.person import DrawnFace
from kiosk.drawn.pose import Pose
from kiosk.face.nets import read_models
from tests.commands.filmed import FPS, filmed, movement, rest, written

KEYS = {
    "video",
    "fps",
    "frames_total",
    "frames_measured",
    "frames_missing",
    "regions",
    "repetitions",
    "no_movement_asymmetry_mm",
}
REPETITION = {
    "start_s",
    "end_s",
    "region",
    "excursion_left_mm",
    "excursion_right_mm",
    "symmetry",
    "peak_speed_mm_s",
    "onset_lag_ms",
    "closure_left",
    "closure_right",
    "quality",
    "reason",
}


@pytest.fixture(scope="module")
def face() -> DrawnFace:
    return DrawnFace(look_of(31), (320, 240), 700, texture=2)


@pytest.fixture(scope="module")
def smile(face: DrawnFace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One smile, the left side half as far, and then the face is gone; 10 pictures a second."""
    poses = [*rest(1, 10), *movement(Pose(corner_right_mm=6, corner_left_mm=3), 0.8, 0.4, 10), *rest(0.4, 10)]
    gone = [np.full((240, 320, 3), 120, np.uint8)] * 8
    return written(tmp_path_factory.mktemp("video") / "smile.avi", [*filmed(face, poses), *gone], 10)


def measured(data: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["measure", "--data", str(data), *map(str, arguments)])


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_each_movement_is_found_on_its_own_side(tmp_path: Path, models_folder: Path, face: DrawnFace) -> None:
    """Three repetitions, in order, the smaller side on the person's own left, the ratio as drawn."""
    poses = rest(1.2)
    for top in (
        Pose(corner_right_mm=6, corner_left_mm=3),
        Pose(brow_right_mm=5, brow_left_mm=2.5),
        Pose(lid_right=1, lid_left=0.5),
    ):
        poses += [*movement(top, 0.6), *rest(0.5)]
    poses += rest(1.2)
    path = written(tmp_path / "session.avi", filmed(face, poses))
    found = answer(measured(models_folder.parent, path, "--affected", "left", "--json"))
    assert set(found) == KEYS
    assert (found["video"], found["fps"]) == (str(path), FPS)
    assert found["frames_measured"] == found["frames_total"] == len(poses)
    assert 0 <= found["no_movement_asymmetry_mm"] < 0.5
    assert [r["region"] for r in found["repetitions"]] == ["mouth", "brow", "eye"]
    assert all(set(r) == REPETITION for r in found["repetitions"])
    smile, brow, eye = found["repetitions"]
    unit = 63 / face.pupils_mm
    # So few pixels make a movement look up to a fifth smaller, on both sides alike.
    assert smile["excursion_right_mm"] == pytest.approx(6 * unit, rel=0.2)
    assert smile["excursion_left_mm"] == pytest.approx(3 * unit, rel=0.2)
    assert smile["symmetry"] == pytest.approx(0.5, abs=0.12)
    assert smile["peak_speed_mm_s"] == pytest.approx(6 / 0.6 * unit, rel=0.25)
    assert smile["start_s"] == pytest.approx(1.25, abs=0.25)
    assert smile["quality"] == "good"
    assert brow["symmetry"] == pytest.approx(0.5, abs=0.15)
    assert brow["excursion_right_mm"] > brow["excursion_left_mm"]
    assert eye["closure_right"] == pytest.approx(1.0, abs=0.12)
    assert eye["closure_left"] == pytest.approx(0.5, abs=0.15)
    assert eye["symmetry"] is None
    assert eye["excursion_left_mm"] is None


def test_people_get_a_table_that_claims_nothing(smile: Path, models_folder: Path) -> None:
    """Words for people; without an affected side the sides are not compared. A face that leaves is said."""
    result = measured(models_folder.parent, smile)
    assert result.exit_code == 0
    assert "This is no medical measure." in result.stdout
    (line,) = [line for line in result.stdout.splitlines() if line.startswith(("mouth", "brow", "eye"))]
    assert line.startswith("mouth")
    assert "the face leaves the picture" in result.stderr


def test_what_was_seen_counts_and_progress_is_told(smile: Path, models_folder: Path) -> None:
    """Whoever waits sees how far it is and how far there is to go; pictures without a face are not measured ones."""
    nets, _ = read_models(models_folder)
    told: list[tuple[int, int]] = []
    found = measure_video(smile, nets, "right", went_on=lambda done, of: told.append((done, of)))
    assert [done for done, _ in told] == list(range(1, found.frames_total + 1))
    assert told[-1] == (found.frames_total, found.frames_total)
    assert found.frames_total - 9 <= found.frames_measured <= found.frames_total - 8
    (only,) = found.repetitions
    # The other side hardly moved: too little to compare with.
    assert (only.symmetry, only.reason) == (None, "small-movement")


def test_without_models_it_measures_and_says_what_is_missing(smile: Path, tmp_path: Path) -> None:
    """A clinic without a network still gets an answer, and hears how to get a better one."""
    result = measured(tmp_path, smile, "--affected", "left", "--json")
    found = answer(result)
    assert "kiosk models" in result.stderr
    assert found["frames_measured"] > 0
    assert all(r["closure_left"] is None for r in found["repetitions"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"this is no video, but a letter about one\n" * 50, "not a video that can be read"),
        (b"RIFF\x00\x10\x00\x00AVI LIST" + bytes(4096), "the place where it says what is in it is damaged"),
    ],
)
def test_what_is_no_video_says_so(content: bytes, words: str, tmp_path: Path, models_folder: Path) -> None:
    """A wrong or broken file ends with 1 and one sentence that names it."""
    path = tmp_path / "broken.avi"
    path.write_bytes(content)
    result = measured(models_folder.parent, path, "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert words in result.stderr
    assert str(path) in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_missing_file_and_a_single_picture_say_so(tmp_path: Path, models_folder: Path, face: DrawnFace) -> None:
    """Neither moves."""
    assert "no such file" in measured(models_folder.parent, tmp_path / "none.mp4").stderr
    picture = tmp_path / "face.png"
    cv2.imwrite(str(picture), face.draw(Pose()).pixels)
    result = measured(models_folder.parent, picture)
    assert result.exit_code == 1
    assert "a picture, not a video" in result.stderr
    still = written(tmp_path / "still.avi", [face.draw(Pose()).pixels[..., :3]])
    assert "only 1 picture" in measured(models_folder.parent, still).stderr


def test_a_recording_without_a_face_says_so(tmp_path: Path, models_folder: Path) -> None:
    """An empty room measures nothing."""
    noise = np.random.default_rng(1).integers(90, 110, (240, 320, 3)).astype(np.uint8)
    result = measured(models_folder.parent, written(tmp_path / "room.avi", [noise] * 20), "--json")
    assert result.exit_code == 1
    assert "there is no face to be found" in result.stderr


def test_a_mouth_that_cannot_be_followed_is_never_called_still(
    tmp_path: Path, models_folder: Path, face: DrawnFace
) -> None:
    """Something comes before the mouth for half of the time: that is said, the eyes are told apart from it, and 1."""
    still = face.draw(Pose()).pixels[..., :3]
    x, y = (round(v) for v in np.mean([face.draw(Pose()).landmarks[f"corner_{s}"] for s in ("left", "right")], 0))
    noise = np.random.default_rng(5)
    hidden = []
    for _ in range(10):
        frame = still.copy()
        hand = cv2.GaussianBlur(noise.integers(60, 220, (30, 90, 1)).astype(np.float32), (0, 0), 1.5)
        frame[y - 15 : y + 15, x - 45 : x + 45] = hand[..., None]
        hidden.append(frame)
    path = written(tmp_path / "hand.avi", [*[still] * 15, *hidden, *[still] * 10], 10)
    result = measured(models_folder.parent, path, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    mouth, eye = found["regions"]["mouth"], found["regions"]["eye"]
    assert (mouth["known"], eye["known"]) == (False, True)
    assert mouth["frames_not_measured"] == pytest.approx(10, abs=1)
    assert mouth["frames_measured"] == found["frames_total"] - mouth["frames_not_measured"] == found["frames_measured"]
    assert mouth["reason"] in ("not-followed", "large-movement")
    assert [r["excursion_left_mm"] for r in found["repetitions"] if r["region"] == "mouth"] == [None]
    told = measured(models_folder.parent, path)
    assert told.exit_code == 1
    assert "Whether anything else moved is not known of: mouth." in told.stdout
    assert "No movement" not in told.stdout
    assert "mouth: " in told.stderr


def test_a_grin_through_all_of_the_rest_is_told_once_it_goes(
    tmp_path: Path, models_folder: Path, face: DrawnFace
) -> None:
    """Nobody can know it while it lasts; the face that then lies below it shows what it was, and no figure stays."""
    grin = Pose(corner_right_mm=6, corner_left_mm=5)
    back = movement(grin, 0.5, 0, 10)[6:]
    path = written(tmp_path / "grin.avi", filmed(face, [*[grin] * 12, *back, *rest(2, 10)]), 10)
    result = measured(models_folder.parent, path, "--json", "--affected", "left")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    mouth = found["regions"]["mouth"]
    assert (mouth["known"], mouth["reason"], mouth["frames_measured"]) == (False, "no-neutral", 0)
    moved = [r for r in found["repetitions"] if r["region"] == "mouth"]
    assert all((r["symmetry"], r["excursion_left_mm"], r["reason"]) == (None, None, "no-neutral") for r in moved)
    assert moved
    assert found["no_movement_asymmetry_mm"] is None
    assert "mouth: for most of the time it lies below where it was in the first 1 s: that was no rest" in result.stderr


def test_two_faces_say_so(tmp_path: Path, models_folder: Path, face: DrawnFace) -> None:
    """Nobody knows whose movement it would be."""
    one = face.draw(Pose(zoom=0.9)).pixels[:, 40:280, :3]
    both = np.concatenate([one, one[:, ::-1]], axis=1)
    result = measured(models_folder.parent, written(tmp_path / "two.avi", [both] * 24))
    assert result.exit_code == 1
    assert "two faces" in result.stderr


def test_a_phone_s_rate_and_codec_change_nothing(tmp_path: Path, models_folder: Path, face: DrawnFace) -> None:
    """30 pictures a second in MPEG-4: the reach, the speed and the times are those of the movement."""
    poses = [*rest(1.1, 30), *movement(Pose(corner_right_mm=5, corner_left_mm=5), 0.8, 0.2, 30), *rest(0.2, 30)]
    path = written(tmp_path / "rate.mp4", filmed(face, poses), 30, "mp4v")
    found = answer(measured(models_folder.parent, path, "--affected", "right", "--json"))
    assert found["fps"] == 30
    (smile,) = found["repetitions"]
    assert (smile["start_s"], smile["end_s"]) == pytest.approx((1.2, 2.8), abs=0.3)
    assert smile["symmetry"] == pytest.approx(1.0, abs=0.12)
    assert smile["peak_speed_mm_s"] == pytest.approx(5 / 0.8 * 63 / face.pupils_mm, rel=0.25)
