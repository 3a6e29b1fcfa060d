"""Who looks at which films? Every looker sees the same frames."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.looker import Looker
from kiosk.face.model import Reading, Task
from kiosk.face.nets import Nets, read_models
from tests.bench.face.bare import BareMesh
from tests.bench.face.cases import PLAIN, Variation, cases
from tests.bench.face.clips import Stage, affected, films
from tests.bench.face.score import Errors, errors, together

BARE, OURS, FALLBACK = "bare mesh", "ours", "fallback"


class Looks(Protocol):
    """Whatever answers as ``kiosk.face.looker.Looker`` does."""

    def look(self, frame: npt.NDArray[np.uint8], t_ms: int, task: Task) -> Reading: ...


Makes = Callable[[], Looks]
Results = dict[str, dict[str, Errors]]
"""Looker → variation → errors."""


@dataclass(slots=True)
class Spent:
    """Where the time went, s."""

    drawing: float = 0.0
    looking: float = 0.0
    frames: int = 0


def lookers(nets: Nets) -> dict[str, Makes]:
    """The three rows. Each film is seen by a fresh one."""
    return {BARE: lambda: BareMesh(nets), OURS: lambda: Looker(nets), FALLBACK: lambda: Looker(None)}


def judged(makes: dict[str, Makes], variation: Variation, seed: int, full: bool, spent: Spent) -> dict[str, Errors]:
    """What each looker made of one person."""
    stage = Stage(variation, seed)
    found: dict[str, list[Errors]] = {name: [] for name in makes}
    for film in films(variation, seed, full):
        started = time.perf_counter()
        shown = list(stage.film(film))
        spent.drawing += time.perf_counter() - started
        spent.frames += len(shown)
        started = time.perf_counter()
        for name, make in makes.items():
            looker = make()
            seen = [(s, looker.look(s.frame, s.t_ms, film.task)) for s in shown]
            found[name].append(errors(seen, film.zone, affected(seed), gated=name != BARE))
        spent.looking += time.perf_counter() - started
    return {name: together(parts) for name, parts in found.items()}


def run(models: Path, held_out: bool, quick: bool, say: Callable[[str], None]) -> Results:
    """Every case, every looker; on one core."""
    cv2.setNumThreads(1)
    nets, why = read_models(models)
    if nets is None:
        raise SystemExit(why)
    makes = lookers(nets)
    results: Results = {name: {} for name in makes}
    spent = Spent()
    for variation, seed in cases(held_out, quick):
        say(f"{variation.name} (seed {seed})")
        for name, found in judged(makes, variation, seed, variation is PLAIN, spent).items():
            results[name].setdefault(variation.name, Errors()).add(found)
    say(f"{spent.frames} frames: drawing {spent.drawing:.0f} s, looking {spent.looking:.0f} s")
    return results
