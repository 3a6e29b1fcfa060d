"""Values of a drawn head at one moment: the pose of the face, the places of fingers, the region that is lit.

Places are millimetres of ``anatomy``. Sides are the person's own: 1 is left, -1 is right. No pictures here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.drawn.pose import Pose

Mm = tuple[float, float]

WIDE_MM, HIGH_MM, TOP_MM = 244.0, 276.0, -116.0
"""The part of the anatomy that is in a picture: as wide, as high, and from where on."""
ARROW_MM, TURN_MM = 24.0, 25.0
"""Length of an arrow, and radius of one that goes round: the same however far that goes which they stand for."""

SPOTS: Mapping[str, Mm] = {
    "scalp": (34, -76),
    "forehead": (31, -46),
    "brow": (24, -23.5),
    "temple": (62, -14),
    "upper-lid": (31.5, -7),
    "eye-rim": (31, 17),
    "nose-side": (18, 14),
    "nostril": (20, 40),
    "cheekbone": (43, 30),
    "cheek": (42, 42),
    "inside-cheek": (36, 68),
    "mouth-corner": (29, 69),
    "upper-lip": (19, 56),
    "below-corner": (25, 80),
    "chin": (0, 101),
    "jaw": (59, 52),
    "neck": (40, 100),
}
"""The place of the middle of the fingertips, on the person's own left."""

LEANS: Mapping[str, float] = {
    "scalp": 48,
    "forehead": 56,
    "brow": 84,
    "temple": 40,
    "upper-lid": 84,
    "eye-rim": 52,
    "nose-side": 46,
    "nostril": 44,
    "cheekbone": 36,
    "cheek": 34,
    "inside-cheek": 50,
    "mouth-corner": 46,
    "upper-lip": 50,
    "below-corner": 36,
    "chin": 12,
    "jaw": 24,
    "neck": 58,
}
"""Lean of the hand at each place, outwards from hanging straight down, degrees."""

REGIONS: Mapping[str, tuple[Mm, ...]] = {
    "forehead": ((0, -66), (30, -61), (52, -42), (55, -30), (36, -33), (15, -27), (0, -25)),
    "temples": ((50, -32), (64, -20), (67, 8), (56, 4), (51, -10)),
    "eyes": ((13, 1), (20, -10), (33, -14), (47, -9), (51, 1), (44, 11), (31, 14), (18, 10)),
    "nose": ((0, -8), (6, 0), (9, 20), (18, 38), (15, 48), (0, 51)),
    "cheeks": ((22, 20), (42, 16), (62, 16), (63, 40), (55, 66), (40, 64), (30, 52), (20, 36)),
    "mouth": ((0, 58), (14, 58), (28, 62), (34, 70), (28, 80), (14, 86), (0, 87)),
    "chin": ((0, 89), (14, 89), (24, 96), (20, 110), (0, 116)),
    "neck": ((26, 118), (44, 108), (45, 130), (52, 146), (24, 152)),
    "whole-face": ((0, -68), (34, -62), (54, -40), (64, -10), (65, 18), (61, 44), (53, 68), (40, 92), (0, 115)),
    "scalp-forehead-brow": (
        (0, -100),
        (40, -94),
        (68, -70),
        (66, -42),
        (56, -20),
        (48, -17),
        (33, -22),
        (15, -16),
        (0, -22),
    ),
    "lower-lid-nose-side": ((9, 6), (18, 11), (31, 14), (46, 10), (52, 18), (36, 26), (24, 34), (24, 48), (17, 46)),
    "cheek-mouth-corner": ((24, 30), (44, 24), (62, 24), (60, 46), (52, 70), (38, 80), (20, 74), (17, 54)),
    "chin-jaw": (
        (0, 84),
        (16, 82),
        (32, 82),
        (48, 62),
        (56, 36),
        (65, 34),
        (61, 58),
        (53, 78),
        (40, 98),
        (20, 113),
        (0, 117),
    ),
}
"""The outline of each region on the person's own left, from the middle line outwards; the right is its mirror."""


@dataclass(frozen=True, slots=True)
class HandAt:
    """A hand of the person's own ``side`` (1 left, -1 right), its fingertips around (``x``, ``y``).

    ``grip``: the fingers; ``lean``: how far it leans outwards, degrees.
    """

    side: int
    grip: str
    x: float
    y: float
    lean: float


@dataclass(frozen=True, slots=True)
class DirectionArrow:
    """An arrow at (``x``, ``y``) along (``dx``, ``dy``), of one length whatever it stands for; ``turns``: round.

    ``of_mm``: how far that goes which it stands for; it is left out where so much can be seen. 0: never left out.
    """

    x: float
    y: float
    dx: float = 0.0
    dy: float = 0.0
    turns: bool = False
    of_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn head at one moment.

    ``pose``: the face; ``hands`` on it, and ``arrows`` that say which way things go. ``tone``: its skin, 1 (light) to
    6 (dark). ``lit``: the region that is meant, on ``side`` (0: both); ``soft``: the region that stays soft.
    ``breath``: how large the disc of breath is, 0..1; None: there is none.
    """

    pose: Pose = field(default_factory=Pose)
    hands: tuple[HandAt, ...] = ()
    arrows: tuple[DirectionArrow, ...] = ()
    lit: str = ""
    side: int = 0
    soft: str = ""
    breath: float | None = None
    tone: int = 2
