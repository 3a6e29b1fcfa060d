"""What a session shows where practice begins and ends: light beside each tone, and never a flash."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kiosk.present.session import DIM_MS, MIRROR_MS, SLOW_MS, Around, next_change_ms, present, ring
from kiosk.screens.paint_ring import DISC_STEPS, disc_step
from kiosk.screens.scene import PictureScene, RingPace, StepScene
from kiosk.session.effects import Tone
from kiosk.session.machine import seen_at
from kiosk.session.model import SessionPhase
from kiosk.session.timed import TIMED
from tests.session.plans import context, movement, plan, relax, release
from tests.session.walk import Walk


def shown(walk: Walk, at_ms: int) -> StepScene:
    scene = present(seen_at(walk.session, at_ms), Around(), str)
    assert isinstance(scene, StepScene)
    return scene


def in_step(*steps: object) -> Walk:
    walk = Walk.begin(plan(*steps), context())  # type: ignore[arg-type]
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    return walk


@pytest.mark.parametrize(
    "steps", [(relax(),), (release(),), (movement(), relax())], ids=["relax", "release", "movement"]
)
def test_the_light_of_a_step_comes_and_goes_slowly(steps: tuple[object, ...]) -> None:
    """No flash at an eye that may be dry: the disc never jumps, wherever the screen is drawn when it asks to be."""
    walk = in_step(*steps)
    levels = []
    while walk.session.phase in TIMED:
        session = walk.session
        change = next_change_ms(session, walk.now)
        assert change is not None
        assert change > walk.now
        timer = ring(session, str)
        levels.append((disc_step(timer), timer.pace))
        walk.wait(change - walk.now)
    assert max(level for level, _ in levels) == DISC_STEPS
    for (before, _), (after, _) in pairwise(levels):
        assert abs(after - before) <= DISC_STEPS // 6
    assert {level for level, pace in levels if pace in (RingPace.LEAD_IN, RingPace.REST, RingPace.SETTLE)} == {0}


@pytest.mark.parametrize(("hold_ms", "pictures"), [(45_000, 45), (60_000, 60), (20_000, 60), (7_000, 63), (3_000, 31)])
def test_the_ring_moves_with_the_seconds(hold_ms: int, pictures: int) -> None:
    """About sixty steps, whole ones a second, or those of the light: a second and a step are one picture."""
    walk = in_step(relax(hold_ms=hold_ms))
    walk.wait_until(lambda s: s.toned_ms is not None)
    begun, seen = walk.now, {walk.now: ring(walk.session, str)}
    while walk.now < begun + hold_ms - 1:
        change = next_change_ms(walk.session, walk.now)
        assert change is not None
        walk.wait(min(change, begun + hold_ms - 1) - walk.now)
        seen[walk.now] = ring(walk.session, str)
    moves = [now for (_, a), (now, b) in pairwise(seen.items()) if a.fraction != b.fraction]
    assert len(moves) == pictures - 1
    ticks = {now for (_, a), (now, b) in pairwise(seen.items()) if a.seconds != b.seconds}
    assert ticks - {begun + hold_ms - 1} <= set(moves)
    assert [r.fraction for r in seen.values()] == sorted(r.fraction for r in seen.values())


def test_beside_a_mirror_nothing_is_drawn_between_its_pictures() -> None:
    """Thirty pictures a second bring ring, band and head along; where none comes they move ten times a second."""
    walk = in_step(movement())
    waits = []
    while walk.session.phase is SessionPhase.STEP:
        change = next_change_ms(walk.session, walk.now)
        assert change is not None
        if shown(walk, walk.now).picture is PictureScene.LIVE and walk.session.toned_ms is None:
            waits.append(change - walk.now)
        walk.wait(change - walk.now)
    assert waits
    assert min(waits) >= MIRROR_MS
    assert MIRROR_MS <= 100, "a ring that waits for the camera is late by no more"
    assert max(waits) <= 1_000


def test_a_hold_is_lit_after_two_seconds_and_until_two_seconds_before_its_end() -> None:
    """The light marks its start and end for whoever hears no tone."""
    walk = in_step(relax(hold_ms=10_000))
    walk.wait_until(lambda s: s.toned_ms is not None)
    held = [shown(walk, walk.now + ms).ring.held for ms in (0, SLOW_MS // 2, SLOW_MS, 8_000, 9_000, 9_999)]
    assert held == [0.0, 0.5, 1.0, 1.0, 0.5, 0.0]
    walk = in_step(movement())
    walk.wait_until(lambda s: s.toned_ms is not None)
    assert [shown(walk, walk.now + ms).ring.held for ms in (3_000, 4_500, 5_999)] == [1.0] * 3


def test_lamps_are_dim_for_a_moment_with_each_tone_and_at_no_other_time() -> None:
    """Sound plus light, always both: muted, the lamps are what is left."""
    walk = in_step(relax(), movement())
    while walk.session.phase in TIMED:
        tones = [at for at, effect in walk.effects if isinstance(effect, Tone)]
        assert shown(walk, walk.now).dimmed is bool(tones and walk.now < tones[-1] + DIM_MS)
        change = next_change_ms(walk.session, walk.now)
        assert change is not None
        walk.wait(change - walk.now)
    assert len(walk.of(Tone)) == 4
