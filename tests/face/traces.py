"""Readings of repetitions that never were: a known movement as the looker would read it, with its noise and gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kiosk.face.model import Reading, Zone

LENGTH_S = 9.0
"""A repetition as the programme plans it: 3 s in, 3 s held, 3 s out."""
OUTWARDS = {Zone.MOUTH: (0.8, -0.6), Zone.BROW: (0.1, -1.0)}
"""Where the person's own left goes; the right mirrors it."""


@dataclass(frozen=True, slots=True)
class Noise:
    """How the looker errs. Lengths are standard deviations in mm, for each coordinate of each side."""

    every_ms: float = 80.0
    """Between two readings."""
    lost: float = 0.03
    """The share of pictures without a reading."""
    picture_mm: float = 0.15
    """From picture to picture."""
    drift_mm: float = 0.06
    """A step of the slow drift that a moving head leaves behind."""
    gain: float = 0.06
    """By how much a whole movement is read too large or too small, as a share."""


NOISE = Noise()


@dataclass(frozen=True, slots=True)
class Movement:
    """One repetition, as it truly was: how far the sides went (mm), and in which time they got there (s)."""

    zone: Zone
    affected_mm: float
    other_mm: float
    in_s: float = 3.0
    late_s: float = 0.0
    """How much later the affected side began than the other."""


def readings(movement: Movement, affected: str, rng: np.random.Generator, noise: Noise = NOISE) -> tuple[Reading, ...]:
    """What one repetition looks like to the coach's side of the looker. Times in boot milliseconds from 0."""
    begin_s = float(rng.uniform(0.1, 0.5))
    gains = 1 + rng.normal(0, noise.gain, 2)
    slow = np.zeros((2, 2))
    out: list[Reading] = []
    for t_ms in _times(rng, noise):
        slow += rng.normal(0, noise.drift_mm, (2, 2)) - slow * 0.05
        found = {}
        for row, (side, mm, late_s) in enumerate(
            ((affected, movement.affected_mm, movement.late_s), (_other(affected), movement.other_mm, 0.0))
        ):
            far = (
                mm
                * gains[row]
                * share(t_ms / 1000 - begin_s - late_s, movement.in_s, max(movement.in_s, LENGTH_S - 3.5))
            )
            along = np.array(OUTWARDS[movement.zone]) * (1 if side == "left" else -1, 1)
            along /= np.hypot(*along)
            x, y = far * along + slow[row] + rng.normal(0, noise.picture_mm, 2)
            found[side] = (float(x), float(y))
        out.append(Reading(t_ms=t_ms, present=True, neutral=True, left=found["left"], right=found["right"], ok=0.9))
    return tuple(out)


def _times(rng: np.random.Generator, noise: Noise) -> Iterator[int]:
    at = float(rng.uniform(0, noise.every_ms))
    while at < LENGTH_S * 1000:
        if rng.uniform() >= noise.lost:
            yield round(at)
        at += max(20.0, rng.normal(noise.every_ms, noise.every_ms * 0.2))


def share(t_s: float, in_s: float, until_s: float) -> float:
    """How far a movement has gone, 0..1: as quick out as in, and held from ``in_s`` until ``until_s``."""
    out_s = t_s - until_s
    gone = min(max(t_s, 0.0) / in_s, 1.0) if out_s < 0 else 1 - min(out_s / in_s, 1.0)
    return float((1 - np.cos(np.pi * gone)) / 2)


def _other(side: str) -> str:
    return "right" if side == "left" else "left"
