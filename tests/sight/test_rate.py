"""How often pictures are looked at, and whether a face is there: pure, times passed in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sight.kept import AWAY_MS, Presence
from kiosk.sight.sight import SLOWEST_MS, Rate


def rhythm(cost_ms: float, seconds: int = 10, every_ms: float = 1000 / 30) -> float:
    """Pictures a second that are looked at, of a camera with one each ``every_ms``, after the rate has settled."""
    rate, looked, free_ms = Rate(), 0, 0.0
    for number in range(round(seconds * 2_000 / every_ms)):
        t_ms = round(number * every_ms)
        if t_ms >= free_ms and rate.due(t_ms):
            rate = rate.asked(t_ms).answered(cost_ms)
            free_ms = t_ms + cost_ms
            looked += t_ms >= seconds * 1_000
    return looked / seconds


@pytest.mark.parametrize(
    ("cost_ms", "least", "most"), [(5, 14.5, 15.5), (48, 14.5, 15.5), (75, 9.5, 10.5), (150, 4.5, 5.5), (600, 1.1, 1.4)]
)
def test_the_rate_follows_what_looking_costs(cost_ms: float, least: float, most: float) -> None:
    """15 a second where the board can, 10 where it just can, and never more than three quarters of a core."""
    assert least <= rhythm(cost_ms) <= most


def test_a_camera_of_ten_a_second_has_each_of_its_pictures_looked_at() -> None:
    """A dim room makes a slow camera; no picture is left out for a beat that does not fit."""
    assert rhythm(20, every_ms=100) == 10


@given(st.lists(st.floats(0, 5_000), min_size=1, max_size=50))
def test_the_interval_is_always_sane(costs: list[float]) -> None:
    """Whatever a worker says that it cost: at least one picture a second, at most 15."""
    rate = Rate()
    for cost in costs:
        rate = rate.answered(cost)
        assert 66 <= rate.interval_ms <= SLOWEST_MS


def test_one_slow_picture_changes_little() -> None:
    """A card that stalls once does not halve the rate."""
    rate = Rate()
    for _ in range(20):
        rate = rate.answered(20)
    assert rate.answered(250).interval_ms < 100


def test_a_clock_that_began_again_does_not_stop_it() -> None:
    """Frames of an earlier time come from a camera (or a twin) that began anew."""
    assert Rate().asked(1_000_000).due(5)


@given(st.lists(st.booleans(), min_size=1, max_size=80), st.integers(1, 400))
def test_a_face_is_never_called_gone_before_its_time(present: list[bool], every_ms: int) -> None:
    """Gone means: no face in any picture of the last 0.7 s, three or more of them."""
    presence, last_ms = Presence(), None
    for number, here in enumerate(present):
        t_ms, before = number * every_ms, presence.told
        presence = presence.look(here, t_ms)
        if here:
            last_ms = t_ms
        elif presence.told is False and before is True:
            assert last_ms is not None
            assert t_ms - last_ms >= AWAY_MS


def test_a_gap_begins_the_count_anew() -> None:
    """Two pictures without a face, one before and one after a stall, are no absence."""
    presence = Presence().look(True, 0).look(True, 100)
    presence = presence.look(False, 200).look(False, 300).look(False, 5_000).look(False, 5_100)
    assert presence.told is True
