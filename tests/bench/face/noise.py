"""How much does a looker's answer shake while the truth does not? The figures that made-up motion traces are given.

Measured by ``python -m tests.bench.face.noise`` on 24 clips of 12 drawn people (tuning seeds 1–12, twelve variations,
each with the head still and swaying), 12.5 readings a second, zone mouth, ``Looker`` with the three networks. Drawn
people, no real camera: real noise may be larger.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.drawn.pose import Pose
from kiosk.face.looker import Looker
from kiosk.face.model import Zone
from kiosk.face.nets import read_models
from tests.bench.face.cases import VARIATIONS, Variation
from tests.bench.face.clips import FRAME_MS, NEUTRAL_FRAMES, Film, Moment, Stage

Floats = npt.NDArray[np.float64]

SPEED_FRAMES = 5
"""A slope over so many readings is a speed: 0.32 s."""


@dataclass(frozen=True, slots=True)
class Noise:
    """How far |e| of a mouth corner is off while it rests, smiles to 5 mm within 1.6 s, holds, and comes back."""

    excursion_sd_mm: float
    """Of the whole clip: mostly slow, because a turn and the scale are misread for longer than one picture."""
    step_sd_mm: float
    """From one reading to the next."""
    speed_sd_mm_s: float
    autocorrelation: float
    """Of a reading with the next."""
    sides_correlation: float
    """Of the left with the right."""
    silent: float
    """Share of readings without an answer."""


STILL = Noise(0.146, 0.062, 0.26, 0.91, 0.90, 0.0)
SWAYING = Noise(0.205, 0.084, 0.40, 0.92, 0.58, 0.001)
"""Roll to 1.5°, yaw to 1.2°, pitch to 0.8°, drift to 4 mm, at 0.2 to 0.35 Hz."""


def clip(seed: int, swaying: bool) -> Film:
    """Rest, 1.6 s of it watched, then a smile of both sides of 5 mm within 1.6 s, held, and back."""
    rng = np.random.default_rng(seed)
    phases = rng.uniform(0, 2 * math.pi, 4)
    smile = [0.0] * 20 + [5 * k / 20 for k in range(21)] + [5.0] * 8 + [5 * k / 10 for k in range(9, -1, -1)]
    moments = [Moment(Pose())] * NEUTRAL_FRAMES
    for i, mm in enumerate(smile):
        pose = Pose(corner_right_mm=mm, corner_left_mm=mm)
        if swaying:
            t = i * FRAME_MS / 1000
            roll, yaw, pitch, drift = (
                math.sin(2 * math.pi * hz * t + p) for hz, p in zip((0.35, 0.25, 0.3, 0.2), phases, strict=True)
            )
            pose = replace(pose, roll_deg=1.5 * roll, yaw_deg=1.2 * yaw, pitch_deg=0.8 * pitch, shift_x_mm=4 * drift)
        moments.append(Moment(pose, "noise"))
    return Film(Zone.MOUTH, tuple(moments))


def shaking(models: Path, variation: Variation, seed: int, swaying: bool) -> tuple[Floats, int]:
    """(n, 2) mm by which |e| was wrong: left, right; and how many of the readings said nothing."""
    nets, why = read_models(models)
    if nets is None:
        raise SystemExit(why)
    looker, film = Looker(nets), clip(seed, swaying)
    wrong, silent = [], 0
    for shown in Stage(variation, seed).film(film):
        reading = looker.look(shown.frame, shown.t_ms, film.task)
        if shown.moment.kind != "noise":
            continue
        if reading.left is None or reading.right is None:
            silent += 1
            continue
        wrong.append(
            [
                math.hypot(*seen) - math.hypot(*true)
                for seen, true in ((reading.left, shown.left), (reading.right, shown.right))
            ]
        )
    return np.array(wrong).reshape(-1, 2), silent


def noise_of(clips: list[Floats], silent: float) -> Noise:
    """The figures of clips (n, 2) mm."""
    slow = np.concatenate([c - c.mean(0) for c in clips])
    steps = np.concatenate([np.diff(c, axis=0) for c in clips])
    first = np.concatenate([(c - c.mean(0))[:-1] for c in clips]).ravel()
    then = np.concatenate([(c - c.mean(0))[1:] for c in clips]).ravel()
    t = np.arange(SPEED_FRAMES) * FRAME_MS / 1000
    slope = (t - t.mean()) / ((t - t.mean()) ** 2).sum()
    speeds = np.concatenate([np.convolve(c[:, side], slope[::-1], "valid") for c in clips for side in (0, 1)])
    return Noise(
        float(slow.std()),
        float(steps.std()),
        float(speeds.std()),
        float(np.corrcoef(first, then)[0, 1]),
        float(np.corrcoef(slow[:, 0], slow[:, 1])[0, 1]),
        silent,
    )


def main() -> None:
    """Measure, and print what the constants should say."""
    cv2.setNumThreads(1)
    for swaying in (False, True):
        clips, silent = [], 0
        for i, variation in enumerate(VARIATIONS[:12]):
            wrong, nothing = shaking(Path("build/models"), variation, 1 + i, swaying)
            silent += nothing
            if len(wrong) > SPEED_FRAMES:
                clips.append(wrong)
        total = silent + sum(len(c) for c in clips)
        told = asdict(noise_of(clips, silent / total))
        print("SWAYING" if swaying else "STILL", {name: round(value, 3) for name, value in told.items()})  # noqa: T201


if __name__ == "__main__":
    main()
