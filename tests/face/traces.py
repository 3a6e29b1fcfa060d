"""Readings of repetitions that never were: a known movement as the looker would read it, with its noise and gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kiosk.face.model import Reading, UnseenReason, Zone
from tests.bench.face.clips import FRAME_MS
from tests.bench.face.noise import SWAYING, Noise

LENGTH_S = 9.0
"""A repetition as the programme plans it: 3 s in, 3 s held, 3 s out."""
OUTWARDS = {Zone.MOUTH: (0.8, -0.6), Zone.BROW: (0.1, -0.995)}
"""Where a side goes: outwards, down. Of length 1."""


GAIN = 0.05
"""By how much a whole movement is read too large or too small besides, as a share; of each side, standard deviation."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One repetition, as it truly was: how far the sides went (mm), and in which time they got there (s)."""

    zone: Zone
    affected_mm: float
    other_mm: float
    in_s: float = 3.0
    late_s: float = 0.0
    """How much later the affected side began than the other."""


def readings(
    movement: Movement, affected: str, rng: np.random.Generator, noise: Noise = SWAYING
) -> tuple[Reading, ...]:
    """What one repetition looks like to the coach's side of the looker. Times in boot milliseconds from 0."""
    begin_s = float(rng.uniform(0.1, 0.5))
    gains = 1 + rng.normal(0, GAIN, 2)
    times = np.arange(float(rng.uniform(0, FRAME_MS)), LENGTH_S * 1000, FRAME_MS)
    wrong = _wrong(len(times), rng, noise)
    out: list[Reading] = []
    for t_ms, (one, two) in zip(times, wrong, strict=True):
        if rng.uniform() < noise.silent:
            out.append(Reading(t_ms=int(t_ms), present=True, neutral=True, reason=UnseenReason.TURNED))
            continue
        found = {}
        for side, mm, late_s, gain, error in (
            (affected, movement.affected_mm, movement.late_s, gains[0], one),
            (_other(affected), movement.other_mm, 0.0, gains[1], two),
        ):
            far = share(t_ms / 1000 - begin_s - late_s, movement.in_s, max(movement.in_s, LENGTH_S - 3.5))
            mirror = 1 if side == "left" else -1
            x, y = mm * gain * far * np.array(OUTWARDS[movement.zone]) + error
            found[side] = (float(mirror * x), float(y))
        out.append(
            Reading(t_ms=int(t_ms), present=True, neutral=True, left=found["left"], right=found["right"], ok=0.9)
        )
    return tuple(out)


def _wrong(count: int, rng: np.random.Generator, noise: Noise) -> npt.NDArray[np.float64]:
    """(count, 2 sides, 2) mm, outwards and down: each side in part like the other, each moment like the last.

    The noise was measured along the movement; across it as much is supposed.
    """
    alike, alone = rng.normal(size=(count, 1, 2)), rng.normal(size=(count, 2, 2))
    new: npt.NDArray[np.float64] = (
        np.sqrt(noise.sides_correlation) * alike + np.sqrt(1 - noise.sides_correlation) * alone
    )
    for i in range(1, count):
        new[i] = noise.autocorrelation * new[i - 1] + np.sqrt(1 - noise.autocorrelation**2) * new[i]
    new *= noise.excursion_sd_mm
    return new


def share(t_s: float, in_s: float, until_s: float) -> float:
    """How far a movement has gone, 0..1: as quick out as in, and held from ``in_s`` until ``until_s``."""
    out_s = t_s - until_s
    gone = min(max(t_s, 0.0) / in_s, 1.0) if out_s < 0 else 1 - min(out_s / in_s, 1.0)
    return float((1 - np.cos(np.pi * gone)) / 2)


def _other(side: str) -> str:
    return "right" if side == "left" else "left"
