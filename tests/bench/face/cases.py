"""Which people are filmed, and how? Seeds below 100 are for tuning, from 100 on they are held out: never both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kiosk.drawn.look import SKINS, Appearance, look_of, mixed
from kiosk.drawn.pose import Pose
from tests.bench.face.shot import Shot

FIRST_HELD_OUT = 100


@dataclass(frozen=True, slots=True)
class Variation:
    """One thing that is different about the person or the picture."""

    name: str
    shot: Shot = field(default_factory=Shot)
    base: Pose = field(default_factory=Pose)
    """How the head is held all the time."""
    skin: int | None = None
    """An index into ``SKINS``."""
    age_lines: float | None = None
    glasses: bool = False
    beard: float = 0.0
    fringe: float = 0.0
    plain_features: bool = False
    """Lips and brows that hardly differ from the skin."""

    def look(self, seed: int) -> Appearance:
        """The person of this seed, as this variation has them."""
        look = look_of(seed)
        skin = look.skin if self.skin is None else mixed(SKINS[self.skin], look.skin, 0.15)
        lips = mixed(skin, (0.70, 0.25, 0.28), 0.12) if self.plain_features else mixed(skin, (0.70, 0.25, 0.28), 0.4)
        return replace(
            look,
            skin=skin,
            lips=look.lips if self.skin is None and not self.plain_features else lips,
            brows=0.35 if self.plain_features else look.brows,
            age_lines=look.age_lines if self.age_lines is None else self.age_lines,
            glasses=self.glasses,
            beard=self.beard,
            fringe=self.fringe,
        )


PLAIN = Variation("plain")
VARIATIONS = (
    PLAIN,
    Variation("light skin", skin=0),
    Variation("dark skin", skin=5),
    Variation("faint features", plain_features=True),
    Variation("age lines", age_lines=1.6),
    Variation("smooth skin", age_lines=0.0),
    Variation("glasses", glasses=True),
    Variation("beard", beard=1.0),
    Variation("hair over the brow", fringe=1.0),
    Variation("side light 25 %", Shot(side_light=0.25)),
    Variation("side light 50 %", Shot(side_light=0.50)),
    Variation("dark picture", Shot(exposure=0.35, noise=2.5)),
    Variation("bright picture", Shot(exposure=1.35)),
    Variation("low contrast", Shot(contrast=0.45)),
    Variation("reclined", base=Pose(pitch_deg=-14, roll_deg=9)),
    Variation("far", base=Pose(zoom=0.72)),
    Variation("near", base=Pose(zoom=1.15)),
    Variation("half resolution", Shot(half=True)),
    Variation("blur", Shot(blur_px=1.6)),
    Variation("noise", Shot(noise=7.0)),
)
QUICK = ("plain", "glasses")


def cases(held_out: bool, quick: bool) -> Iterator[tuple[Variation, int]]:
    """(variation, seed): one person for each variation and one more for ``PLAIN``; quick: a few of them."""
    first = FIRST_HELD_OUT if held_out else 1
    if not quick:
        yield PLAIN, first + 40
    for i, variation in enumerate(VARIATIONS):
        if not quick or variation.name in QUICK:
            yield variation, first + i
