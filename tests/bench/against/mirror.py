"""The picture of a person on the screen: mirrored, enlarged, and with the good side over the other half."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from tests.bench.against import Compared, answer, models

COPY = "one copy of a picture"
ROWS = (
    Compared("Mirror with words and ring", "mirror_ms", "ms", at_most=1.5, peer="copy_ms", peer_name=COPY),
    Compared("Mirror with the good side", "good_ms", "ms", at_most=0.75, peer="copy_ms", peer_name=COPY, beside=True),
    Compared("The good side alone", "reflected_ms", "ms", at_most=0.75),
)
ROUNDS = 7
BATCH, TURNS = 20, 15
"""Pictures in one go, and how often each draws; the middle counts."""


def measure() -> dict[str, float]:
    """Milliseconds of processor time a picture takes, each way in turns."""
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    bench: Any
    draw: Any
    try:
        bench, draw = import_module("kiosk.bench.bench"), import_module("kiosk.bench.draw")
    except ModuleNotFoundError:
        bench, draw = import_module("kiosk.support.bench"), import_module("kiosk.support.bench_draw")
    from statistics import median

    from kiosk.face.reflect import Reflector

    with bench.opened(models()) as opened:
        frames, surface = draw.pictures(), opened.screen.surface
        reflector, into = Reflector(), [frame[:, ::-1].copy() for frame in frames]

        def reflect(number: int) -> None:
            at = number % draw.PICTURES
            reflector.draw(frames[at], draw.reflected(number).reflection, into[at])

        ways = {
            "mirror_ms": draw.mirror_draw(opened.painter, surface, frames),
            "copy_ms": draw.copy_draw(surface.copy(), frames),
            "good_ms": draw.mirror_draw(opened.painter, surface, frames, draw.reflected),
            "reflected_ms": reflect,
        }
        for name in ("mirror_ms", "good_ms"):
            for number in range(draw.STRETCH):
                ways[name](number)
        runs = {name: draw.timed(way, BATCH) for name, way in ways.items()}
        found: dict[str, list[float]] = {name: [] for name in runs}
        for turn in range(-1, TURNS):
            for name, run in runs.items():
                spent = run()
                if turn >= 0:
                    found[name].append(spent)
    return {name: median(spent) for name, spent in found.items()}


if __name__ == "__main__":
    answer(measure())
