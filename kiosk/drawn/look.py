"""The look of a drawn person: colours, hair, glasses, and a face of their own.

``look_of(seed)`` gives another person for each seed, always the same one, and ``DrawnFace(look_of(12)).draw(Pose(…))``
a picture with the truth about it. Nobody real is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kiosk.drawn.paint import Paint


@dataclass(frozen=True, slots=True)
class Anatomy:
    """Departures of a face from the one that ``portrait`` paints, mm and shares of it; all zero is that face.

    ``mouth_low_mm``, ``brows_low_mm``: how much lower mouth and brows lie.
    """

    width: float = 0.0
    """Share by which the whole face is wider."""
    length: float = 0.0
    """Share by which it is longer."""
    eyes_mm: float = 0.0
    """Way by which each eye lies further out."""
    mouth_mm: float = 0.0
    """Way by which each mouth corner lies further out."""
    mouth_low_mm: float = 0.0
    brows_low_mm: float = 0.0
    lips: float = 0.0
    """Share by which the lips are fuller."""
    jaw: float = 0.0
    """Share by which the jaw is wider."""
    droop_mm: float = 0.0
    """Way by which the mouth corner of the person's own left hangs lower at rest; below 0, of the right."""
    brow_droop_mm: float = 0.0
    """Way by which the brow of the person's own left hangs lower; below 0, of the right."""
    nose: float = 1.0
    """Relief of the nose, as a share of the usual."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """The appearance of a drawn person, with glasses or without (``glasses``) and an ``anatomy`` of their own.

    ``skin``, ``hair``, ``iris``, ``lips`` and ``shirt`` are colours, (red, green, blue) from 0 to 1. ``age_lines``: how
    deep they are, from 0. ``seed``: the chance in hair and skin.
    """

    skin: Paint = (0.88, 0.69, 0.57)
    hair: Paint = (0.30, 0.20, 0.15)
    iris: Paint = (0.36, 0.42, 0.34)
    lips: Paint = (0.74, 0.41, 0.39)
    shirt: Paint = (0.42, 0.54, 0.58)
    side_light: float = 0.10
    """Surplus of light on the person's own right side over the left."""
    age_lines: float = 0.5
    seed: int = 7
    relief: float = 1.0
    """Relief of the face, as a share of the usual."""
    brows: float = 1.0
    """Strength of the brows: 0 bare."""
    beard: float = 0.0
    """Fullness of the beard: 0 none, 1 full."""
    glasses: bool = False
    fringe: float = 0.0
    """Reach of the hair over the forehead: 1 covers the brows."""
    anatomy: Anatomy = field(default_factory=Anatomy)


SKINS: tuple[Paint, ...] = (
    (0.95, 0.80, 0.71),
    (0.88, 0.69, 0.57),
    (0.78, 0.58, 0.44),
    (0.62, 0.43, 0.31),
    (0.45, 0.30, 0.22),
    (0.31, 0.20, 0.15),
)
"""Colours of skin, from light to dark."""
_HAIR: tuple[Paint, ...] = (
    (0.10, 0.08, 0.08),
    (0.30, 0.20, 0.15),
    (0.45, 0.30, 0.18),
    (0.72, 0.58, 0.38),
    (0.62, 0.61, 0.60),
    (0.86, 0.85, 0.83),
)
_IRIS: tuple[Paint, ...] = ((0.36, 0.42, 0.34), (0.30, 0.20, 0.13), (0.36, 0.48, 0.58), (0.20, 0.13, 0.09))


def mixed(colour: Paint, other: Paint, share: float) -> Paint:
    """``colour`` with a ``share`` of the other."""
    return tuple(a + (b - a) * share for a, b in zip(colour, other, strict=True))  # type: ignore[return-value]


def toned(colour: Paint, factor: float) -> Paint:
    """Lighter above 1, darker below."""
    return tuple(min(1.0, c * factor) for c in colour)  # type: ignore[return-value]


def anatomy_of(seed: int) -> Anatomy:
    """A face of its own for each seed: eyes 58–68 mm apart, a mouth, brows and a jaw of its own, a droop at rest."""
    rng = np.random.default_rng(seed + 500_000)

    def about(spread: float) -> float:
        return float(np.clip(rng.normal(0, spread), -2 * spread, 2 * spread))

    return Anatomy(
        width=about(0.03),
        length=about(0.04),
        eyes_mm=about(1.0),
        mouth_mm=about(1.6),
        mouth_low_mm=about(1.6),
        brows_low_mm=about(1.4),
        lips=about(0.12),
        jaw=about(0.04),
        droop_mm=about(1.5),
        brow_droop_mm=about(1.0),
        nose=1 + about(0.2),
    )


def look_of(seed: int) -> Appearance:
    """Another drawn person for each seed: skin, hair, brows, lines and anatomy; no glasses, beard or fringe."""
    rng = np.random.default_rng(seed)
    skin = mixed(SKINS[rng.integers(6)], SKINS[rng.integers(6)], 0.3 * float(rng.uniform()))
    dark = sum(skin) < 1.5
    hair = _HAIR[rng.integers(2 if dark else 6)]
    red = mixed(skin, (0.70, 0.25, 0.28), float(rng.uniform(0.30, 0.50)))
    return Appearance(
        skin=skin,
        hair=hair,
        iris=_IRIS[3 if dark else rng.integers(4)],
        lips=red,
        shirt=tuple(float(c) for c in rng.uniform(0.2, 0.8, 3)),  # type: ignore[arg-type]
        side_light=float(rng.uniform(-0.12, 0.12)),
        age_lines=float(rng.uniform(0, 1)),
        seed=seed,
        relief=float(rng.uniform(0.85, 1.15)),
        brows=float(rng.uniform(0.55, 1.1)),
        anatomy=anatomy_of(seed),
    )
