"""The same smile in every film is measured as the same smile: sides, reach, ratio, speed, times."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from kiosk.cli import cli
from kiosk.commands.measure import Measured, measure_video
from kiosk.face.nets import read_models
from tests.films.kinds import KINDS
from tests.films.made import LEFT_MM, RESTS_S, RIGHT_MM, RISES_S, FilmKind, drawn, face_at, written

BY_NAME = {kind.name: kind for kind in KINDS}
REST_S = 0.7
"""The film that was trimmed rests no longer."""
QUICK = ("front camera mirrored upright", "anamorphic wide", "browser vp8", "trimmed by edit list")


def measured_rightly(kind: FilmKind, path: Path, models_folder: Path) -> Measured:
    """Measure, and hold against what was drawn."""
    nets, _ = read_models(models_folder)
    found = measure_video(path, nets, "left", REST_S)
    (smile,) = found.repetitions
    unit = 63 / drawn().pupils_mm
    assert smile.region == "mouth"
    # So few pixels make a movement look up to a quarter smaller, on both sides alike.
    assert smile.excursion_right_mm == pytest.approx(RIGHT_MM * unit, rel=0.25)
    assert smile.excursion_left_mm == pytest.approx(LEFT_MM * unit, rel=0.25)
    assert smile.symmetry == pytest.approx(LEFT_MM / RIGHT_MM, abs=0.12)
    assert smile.peak_speed_mm_s == pytest.approx(RIGHT_MM / RISES_S * unit, rel=0.25)
    begun_s = float(kind.times[kind.skipped] - kind.times[0])
    assert smile.start_s == pytest.approx(RESTS_S - begun_s, abs=0.25)
    assert found.frames_total == len(kind.right_times)
    assert found.frames_missing == 0
    return found


@pytest.mark.parametrize("name", QUICK)
def test_the_kinds_that_were_silently_wrong_are_measured(name: str, tmp_path: Path, models_folder: Path) -> None:
    """Mirrored and turned, with wide pixels, with a promised rate of 1000, trimmed."""
    measured_rightly(BY_NAME[name], written(BY_NAME[name], tmp_path), models_folder)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.replace(" ", "-"))
def test_each_kind_is_measured(
    kind: FilmKind, tmp_path: Path, models_folder: Path, record_property: Callable[[str, object], None]
) -> None:
    """Every film of the table."""
    path = written(kind, tmp_path)
    (smile,) = measured_rightly(kind, path, models_folder).repetitions
    record_property(
        "figure",
        f"right {smile.excursion_right_mm:.1f}, left {smile.excursion_left_mm:.1f} mm, "
        f"ratio {smile.symmetry:.2f}, {smile.peak_speed_mm_s:.1f} mm/s",
    )
    record_property("figure", by_opencv(kind, path))


def by_opencv(kind: FilmKind, path: Path) -> str:
    """OpenCV's reading of the film, in words."""
    reader = cv2.VideoCapture(str(path))
    times, pictures = [], []
    while reader.grab():
        times.append(reader.get(cv2.CAP_PROP_POS_MSEC) / 1000)
        pictures.append(reader.retrieve()[1])
    if not pictures:
        return "no picture"
    right, promised = kind.right_times, float(reader.get(cv2.CAP_PROP_FPS))
    said = []
    if len(pictures) != len(right):
        said.append(f"{len(pictures)} of {len(right)} pictures")
    elif (late := max(abs(a - (b - times[0])) for a, b in zip(right, times, strict=True))) > 0.002:
        said.append(f"times off by up to {late:.2f} s")
    if abs(promised / ((len(right) - 1) / right[-1]) - 1) > 0.05:
        said.append(f"promises {promised:.0f} a second")
    height, width = pictures[0].shape[:2]
    if abs(width / height / (kind.size[0] / kind.size[1]) - 1) > 0.01:
        said.append(f"{width} × {height}")
    elif float(np.abs(pictures[0].astype(np.int16) - kind.right_pictures([0])[0]).mean()) > kind.apart:
        turned = cv2.resize(cv2.rotate(face_at(0), cv2.ROTATE_180), (width, height)).astype(np.int16)
        mirrored = cv2.resize(cv2.flip(face_at(0), 1), (width, height)).astype(np.int16)
        apart = {
            how: float(np.abs(pictures[0] - other).mean())
            for how, other in (("mirrored", mirrored), ("upside down", cv2.flip(mirrored, -1)), ("turned", turned))
        }
        nearest = min(apart, key=lambda how: apart[how])
        said.append(nearest if apart[nearest] < kind.apart else "another picture")
    return ", ".join(said) or "the same"


def test_a_film_that_is_cut_is_measured_only_on_request(tmp_path: Path, models_folder: Path) -> None:
    """Half an exercise is not to pass for the whole: 1 and a sentence, unless somebody asks for what there is."""
    path = written(BY_NAME["webcam mjpeg"], tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: round(0.9 * len(content))])
    asked = ["measure", "--data", str(models_folder.parent), "--neutral", str(REST_S), str(path)]
    refused = CliRunner().invoke(cli, asked)
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert f"{path}: the file ends early: " in refused.stderr
    assert "--partial" in refused.stderr
    told = CliRunner().invoke(cli, [*asked, "--partial"])
    assert told.exit_code == 0, told.output
    assert "the file ends early: " in told.stderr
    assert "mouth" in told.stdout
