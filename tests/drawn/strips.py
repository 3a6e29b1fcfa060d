"""Every drawing as a strip of pictures, to be looked at: ``python -m tests.drawn.strips FOLDER [WIDTH]``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from msgspec.structs import replace

from kiosk.care.model import Exercise, Side, Step, StepKind
from kiosk.drawn.figure import Figure
from kiosk.drawn.sketch import Sketch, SketchPixels
from kiosk.present.head import figure_at
from kiosk.screens.theme import GROUND
from kiosk.session.timeline import StretchPace, stretches
from tests.care.people import shipped

DOSES = {
    StepKind.MOVEMENT: (3_000, 3_000, 3_000, 8_000, 3),
    StepKind.BLINK: (2_000, 2_000, 2_000, 5_000, 5),
    StepKind.RELEASE: (0, 20_000, 0, 8_000, 2),
    StepKind.EASE: (0, 15_000, 0, 8_000, 2),
}
"""In, hold, out and rest in milliseconds, and repetitions, as the built-in programmes have them."""
IN_TURN: dict[str, tuple[Side | None, ...]] = {"both": (Side.BOTH, Side.LEFT), "middle": (None,)}


def steps_of(exercise: Exercise, *, reviewed: bool = True) -> Iterator[Step]:
    """The steps that this exercise can become: both sides at once, or one in turn, or the middle."""
    show = exercise.show
    if show is not None and reviewed:
        show = replace(show, reviewed_by="A. Reader")
    in_ms, hold_ms, out_ms, rest_ms, repetitions = DOSES.get(exercise.kind, (0, 60_000, 0, 0, 1))
    sides: tuple[Side | None, ...] = IN_TURN.get(exercise.sides, (Side.LEFT, Side.RIGHT))
    for side in sides if exercise.hands else sides[:1]:
        yield Step(
            exercise=exercise.id,
            kind=exercise.kind,
            region=exercise.region,
            side=side,
            title=exercise.title,
            sentence=exercise.do,
            phases=exercise.phases or (exercise.title,),
            hands_up_ms=10_000 if exercise.hands else 0,
            hands=exercise.hands,
            needs=exercise.needs,
            show=show,
            in_ms=in_ms,
            hold_ms=hold_ms,
            out_ms=out_ms,
            rest_ms=rest_ms,
            repetitions=repetitions,
        )


def moments(step: Step) -> list[int]:
    """Places on the step's timeline that are worth looking at: its first repetition and the rest after it."""
    found = []
    for stretch in stretches(step):
        length = stretch.end_ms - stretch.start_ms
        if stretch.repetition == 0 or stretch.pace in (StretchPace.HANDS_UP, StretchPace.LEAD_IN):
            shares = {StretchPace.MOVE_IN: (0.25, 0.6), StretchPace.MOVE_OUT: (0.5,), StretchPace.REST: (0.2,)}
            found += [stretch.start_ms + round(length * share) for share in shares.get(stretch.pace, (0.5,))]
            if stretch.pace is StretchPace.HOLD and not step.in_ms:
                found += [stretch.start_ms + ms for ms in (900, 2_000, 3_100, 5_200)]
    return sorted(found)


def strip(sketch: Sketch, step: Step, tone: int = 3) -> SketchPixels:
    """The moments of ``step`` side by side."""
    figures: list[Figure] = []
    for moment in moments(step):
        figure = figure_at(step, moment, tone=tone)
        if not figures or figure != figures[-1]:
            figures.append(figure)
    return np.concatenate([sketch.draw(figure)[..., :3].copy() for figure in figures], 1)


def main(folder: Path, width: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sketch = Sketch(width, GROUND)
    for exercise in shipped().exercises.values():
        for step in steps_of(exercise):
            name = f"{exercise.id}-{step.side.value if step.side else 'middle'}"
            cv2.imwrite(str(folder / f"{name}.png"), strip(sketch, step))
        if exercise.kind is StepKind.RELEASE:
            step = next(steps_of(exercise, reviewed=False))
            cv2.imwrite(str(folder / f"{exercise.id}-unreviewed.png"), strip(sketch, step))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 300)
