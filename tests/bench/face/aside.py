"""Drawn people who look aside while their face is to rest: who is taken, and how far off is r then?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.drawn.pose import Pose
from kiosk.face.looker import Looker
from kiosk.face.model import UnseenReason
from kiosk.face.nets import Nets
from tests.bench.face.cases import FIRST_HELD_OUT, Variation
from tests.bench.face.clips import NEUTRAL_FRAMES, Stage, affected, resting_aside
from tests.bench.face.score import errors

DEGREES = (0, 5, 6, 7, 8, 10)
PEOPLE = 4


@dataclass(slots=True)
class Aside:
    """Those who looked aside by so many degrees, to either side: how many ``taken`` of ``asked``, and errors of r."""

    asked: int = 0
    taken: int = 0
    r: list[float] = field(default_factory=list)


def aside(nets: Nets, held_out: bool, say: Callable[[str], None]) -> dict[int, Aside]:
    """By degrees of true yaw."""
    found = {degrees: Aside() for degrees in DEGREES}
    first = FIRST_HELD_OUT + 60 if held_out else 1
    for seed in range(first, first + PEOPLE):
        say(f"looking aside (seed {seed})")
        for degrees in DEGREES:
            for yaw in {degrees, -degrees}:
                _one(nets, seed, yaw, found[degrees])
    return found


def _one(nets: Nets, seed: int, yaw: float, found: Aside) -> None:
    stage, film, looker = Stage(Variation("aside", base=Pose(yaw_deg=yaw)), seed), resting_aside(seed), Looker(nets)
    found.asked += 1
    seen = []
    for number, shown in enumerate(stage.film(film)):
        seen.append((shown, looker.look(shown.frame, shown.t_ms, film.task)))
        if number == NEUTRAL_FRAMES and looker.refused is not UnseenReason.NONE:
            return
    found.taken += 1
    found.r += errors(seen, film.zone, affected(seed)).r_still
