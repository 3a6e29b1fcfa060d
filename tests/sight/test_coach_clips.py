"""From drawn pictures to the word: twelve films of one repetition each, looked at, measured and coached."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.drawn.pose import Pose
from kiosk.face.looker import Looker
from kiosk.face.metrics import measure
from kiosk.face.model import Zone
from kiosk.face.nets import read_models
from kiosk.sight.coach import CoachState, Cue, Facts, consider
from tests.bench.face.cases import FIRST_HELD_OUT, PLAIN
from tests.bench.face.clips import FRAME_MS, NEUTRAL_FRAMES, Film, Moment, Stage, affected
from tests.face.traces import Movement, share

HOLD_S = 1.0
FACTS = Facts(
    zone=Zone.MOUTH,
    step=0,
    repetition=0,
    block=1,
    in_ms=3_000,
    out_ms=3_000,
    rest_ms=8_000,
    one_sided=True,
    paretic=True,
)
KINDS: dict[str, tuple[Cue | None, tuple[tuple[Zone, float, float, float], ...]]] = {
    "calm": (None, ((Zone.MOUTH, 4.6, 1.0, 3.0), (Zone.MOUTH, 4.0, 0.92, 2.6), (Zone.BROW, 3.6, 1.0, 3.0))),
    "big": (Cue.SMALLER, ((Zone.MOUTH, 10.0, 1.0, 3.0), (Zone.MOUTH, 11.0, 0.9, 2.6), (Zone.BROW, 7.0, 1.0, 3.0))),
    "fast": (Cue.SLOWER, ((Zone.MOUTH, 5.0, 1.0, 0.7), (Zone.MOUTH, 4.5, 0.9, 0.5), (Zone.BROW, 4.0, 1.0, 0.5))),
    "uneven": (Cue.SMALLER, ((Zone.MOUTH, 5.0, 0.4, 3.0), (Zone.MOUTH, 5.5, 0.2, 2.6), (Zone.BROW, 4.0, 0.3, 3.0))),
}
"""Of each kind the word that fits, and three repetitions: zone, mm of the other side, ratio, seconds on the way in."""


def film(movement: Movement, seed: int) -> Film:
    """The face at rest, then the movement at the looker's pace."""
    length_s = 2 * movement.in_s + HOLD_S
    moments = [Moment(Pose())] * NEUTRAL_FRAMES
    for frame in range(round((length_s + 0.4) * 1000 / FRAME_MS)):
        far = share(frame * FRAME_MS / 1000, movement.in_s, movement.in_s + HOLD_S)
        own, other = movement.affected_mm * far, movement.other_mm * far
        right, left = (other, own) if affected(seed) == "left" else (own, other)
        brow = movement.zone is Zone.BROW
        pose = (
            Pose(brow_right_mm=right, brow_left_mm=left) if brow else Pose(corner_right_mm=right, corner_left_mm=left)
        )
        moments.append(Moment(pose))
    return Film(movement.zone, tuple(moments))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_twelve_drawn_repetitions_hear_the_word_that_fits(kind: str, models_folder: Path) -> None:
    """No step between the picture and the word is left out; people and faces that nothing was tuned on."""
    nets, why = read_models(models_folder)
    assert nets is not None, why
    word, repetitions = KINDS[kind]
    for number, (zone, other_mm, ratio, in_s) in enumerate(repetitions):
        seed = FIRST_HELD_OUT + 40 + number
        shot = film(Movement(zone, other_mm * ratio, other_mm, in_s), seed)
        looker = Looker(nets)
        seen = [looker.look(shown.frame, shown.t_ms, shot.task) for shown in Stage(PLAIN, seed).film(shot)]
        found = measure(seen[NEUTRAL_FRAMES:], zone, affected(seed))
        _, cue = consider(CoachState(), found, replace(FACTS, zone=zone), 60_000)
        assert cue is word, found
