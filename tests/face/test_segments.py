"""When a movement begins and ends, on signals whose movements are known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.face.model import Zone
from kiosk.face.segments import LEVELS, MovementSpan, dominant, stretches

MOUTH = LEVELS[Zone.MOUTH]
HZ = 15


def signal(*parts: tuple[float, float], noise: float = 0.0) -> tuple[list[float], list[float | None]]:
    """Straight lines through (seconds, mm), from rest at 0."""
    times = [0.0]
    for seconds, _ in parts:
        times.append(times[-1] + seconds)
    t = np.arange(0, times[-1] + 1e-9, 1 / HZ)
    values = np.interp(t, times, [0.0, *[mm for _, mm in parts]])
    values = np.abs(values + np.random.default_rng(3).normal(0, noise, len(t)))
    return list(t), [float(v) for v in values]


def test_two_repetitions_are_two_with_their_times_and_tops() -> None:
    """The times of a repetition are what everything else about it is taken from."""
    t, v = signal((2, 0), (1, 6), (1, 6), (1, 0), (2, 0), (1, 4), (0.6, 4), (1, 0), (1, 0), noise=0.1)
    first, second = stretches(t, v, MOUTH)
    assert (first.start_s, first.end_s) == pytest.approx((2.1, 4.9), abs=0.2)
    assert (second.start_s, second.end_s) == pytest.approx((7.15, 9.4), abs=0.25)
    assert (first.top, second.top) == pytest.approx((6, 4), abs=0.3)


def test_a_tremor_at_the_threshold_is_not_many_movements() -> None:
    """Hysteresis: a value that hovers about one level must not begin a movement each time it passes."""
    t, v = signal((1, 0), (0.5, 2), *[(0.2, 1.3), (0.2, 1.9)] * 6, (0.5, 0), (1, 0))
    assert len(stretches(t, v, MOUTH)) == 1


def test_a_face_that_does_not_quite_come_back_ends_its_movement() -> None:
    """A little remains after most movements; it must not swallow the rest of the recording."""
    t, v = signal((1, 0), (1, 7), (1, 1.2), (3, 1.2), (1, 7), (1, 1.2), (2, 1.2))
    found = stretches(t, v, MOUTH)
    assert len(found) == 2
    assert found[0].end_s < 3.3


def test_a_blink_is_no_repetition_and_a_closed_eye_is_one() -> None:
    """Everybody blinks: only what lasts longer counts."""
    blinks = signal((1, 0), (0.1, 1), (0.1, 0), (2, 0), (0.1, 1), (0.15, 0), (1, 0))
    assert stretches(*blinks, LEVELS[Zone.EYE]) == []
    closed = signal((1, 0), (0.4, 0.9), (0.6, 0.9), (0.4, 0), (1, 0))
    assert len(stretches(*closed, LEVELS[Zone.EYE])) == 1


def test_one_bad_picture_begins_and_ends_nothing() -> None:
    """A single wrong reading is a fault of the picture, not a movement."""
    t, v = signal((1, 0), (1, 6), (1, 6), (1, 0), (3, 0))
    v[7], v[36], v[75] = 9.0, 0.0, 9.0
    (only,) = stretches(t, v, MOUTH)
    assert only.end_s > 3.6


def test_nothing_is_said_about_a_long_silence() -> None:
    """Where the face was not seen for a while, a movement ends; a short gap is bridged."""
    t, v = signal((1, 0), (1, 6), (3, 6), (1, 0), (1, 0))
    short = [None if 2.5 < s < 2.9 else value for s, value in zip(t, v, strict=True)]
    assert len(stretches(t, short, MOUTH)) == 1
    long = [None if 2.5 < s < 3.5 else value for s, value in zip(t, v, strict=True)]
    first, second = stretches(t, long, MOUTH)
    assert first.end_s <= 2.6
    assert second.start_s >= 3.4
    assert (first.begun, second.begun) == (True, False)


def test_of_movements_at_the_same_time_the_larger_for_its_region_was_meant() -> None:
    """A smile lifts the cheek and narrows the eye: it is one repetition of the mouth, not three."""
    smile, narrowed, later = MovementSpan(1, 3, 6.0), MovementSpan(1.1, 2.9, 0.35), MovementSpan(5, 7, 0.9)
    found = {Zone.MOUTH: [smile], Zone.EYE: [narrowed, later], Zone.BROW: [MovementSpan(5.1, 6.8, 1.6)]}
    assert dominant(found) == [(Zone.MOUTH, smile), (Zone.EYE, later)]


@given(st.lists(st.one_of(st.none(), st.floats(0, 12)), max_size=80))
def test_any_signal_gives_ordered_separate_movements(values: list[float | None]) -> None:
    """Whatever comes from a looker: movements have a length, are in order and do not overlap."""
    t = [k / HZ for k in range(len(values))]
    found = stretches(t, values, MOUTH)
    assert all(s.end_s - s.start_s >= MOUTH.least_s for s in found)
    assert all(a.end_s < b.start_s for a, b in pairwise(found))
    assert all(s.top >= MOUTH.begins for s in found)
