"""Which movements a run of readings holds, and that silence is never "no movement"."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kiosk.face.model import Reading, UnseenReason, Zone
from kiosk.face.regions import RegionSeen, movements_in

STEP_MS = 80
LOST, LARGE = UnseenReason.NOT_FOLLOWED, UnseenReason.LARGE


def smile(seconds: float, silent: Callable[[float, float], UnseenReason]) -> list[Reading]:
    """The corners rise by 9 mm, both alike, and come back; ``silent``: (s, mm) → why a picture says nothing."""
    readings = []
    for t_ms in range(0, round(1000 * seconds), STEP_MS):
        t = t_ms / 1000
        mm = float(np.interp(t, [1, 2, 3, 4], [0, 9, 9, 0]))
        reason = silent(t, mm)
        seen = reason is UnseenReason.NONE
        readings.append(
            Reading(
                t_ms=t_ms,
                present=True,
                neutral=True,
                reason=reason,
                left=(mm, 0.0) if seen else None,
                right=(-mm, 0.0) if seen else None,
            )
        )
    return readings


def test_the_parts_of_a_movement_that_was_lost_at_its_top_are_one() -> None:
    """The way up, the silence and the way back: one movement, not two small ones and nothing between."""
    (whole,) = movements_in(smile(6, lambda _, mm: LOST if mm > 5 else UnseenReason.NONE), Zone.MOUTH)
    assert (whole.start_s, whole.end_s) == pytest.approx((1.1, 4.0), abs=0.2)
    assert (whole.begun, whole.ended) == (True, True)


def test_a_short_silence_in_a_movement_is_part_of_it() -> None:
    """Half a second at its top, bridged by what is seen on both sides: still one movement."""
    (whole,) = movements_in(smile(6, lambda t, _: LOST if 2.3 < t < 2.8 else UnseenReason.NONE), Zone.MOUTH)
    assert (whole.begun, whole.ended) == (True, True)


def test_a_movement_that_was_lost_at_once_is_one_all_the_same() -> None:
    """A quick grin is lost in the first picture: nothing of it was measured, and it was there."""
    (grin,) = movements_in(smile(6, lambda t, _: LARGE if 0.9 < t < 4 else UnseenReason.NONE), Zone.MOUTH)
    assert (grin.start_s, grin.end_s) == pytest.approx((0.9, 4.0), abs=0.2)
    assert grin.top > 5


def test_a_movement_that_ends_with_the_recording_is_not_whole() -> None:
    """Nobody knows how far it went."""
    (cut,) = movements_in(smile(2.5, lambda *_: UnseenReason.NONE), Zone.MOUTH)
    assert (cut.begun, cut.ended) == (True, False)
    (turned,) = movements_in(smile(6, lambda t, _: UnseenReason.TURNED if t > 1.8 else UnseenReason.NONE), Zone.MOUTH)
    assert not turned.ended


def test_a_slip_of_the_looker_is_no_movement() -> None:
    """One or two pictures that could not be followed are nothing; a turned head is no movement of the mouth."""
    still = smile(0.9, lambda t, _: LOST if 0.3 < t < 0.5 else UnseenReason.NONE)
    assert movements_in(still, Zone.MOUTH) == []
    away = smile(6, lambda t, _: UnseenReason.TURNED if 0.9 < t < 4.1 else UnseenReason.NONE)
    assert movements_in(away, Zone.MOUTH) == []


@pytest.mark.parametrize(("silent", "known"), [(20, True), (21, False)])
def test_a_fifth_of_silence_is_the_limit(silent: int, known: bool) -> None:
    """Beyond it, "no movement" would be a guess."""
    assert RegionSeen(Zone.MOUTH, 80, 100, silent, LOST).known is known
