"""The middle of the mirror follows a face, and nobody sees it move."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.face.model import Reading, UnseenReason
from kiosk.sight.centring import AWAY_MS, EASE, SLACK_PX, SPEED_PX_S, THERE_PX, Centring, Point

SIZE = (1280, 720)
FRAME_MS = 33
PLACES = st.tuples(st.floats(0, 1280), st.floats(0, 720))


def seen(at: Point, t_ms: int = 0) -> Reading:
    return Reading(t_ms=t_ms, present=True, centre=at)


def far(a: Point, b: Point) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


def settled(centring: Centring, at: Point, seconds: float, start_ms: int = 0) -> list[Point]:
    """The middle at each picture of so many seconds in which the face stays there."""
    found = []
    for t_ms in range(start_ms, start_ms + round(1000 * seconds), FRAME_MS):
        point = centring.update(seen(at, t_ms), SIZE, False, t_ms)
        assert point is not None
        found.append(point)
    return found


@given(first=PLACES, then=PLACES)
def test_it_never_moves_so_that_anyone_notices(first: Point, then: Point) -> None:
    """Whatever a face does, from one picture to the next less than a pixel; at last it is in the middle."""
    centring = Centring()
    path = settled(centring, first, 1) + settled(centring, then, 120, 1_000)
    assert path[0] == first
    steps = [far(a, b) for a, b in pairwise(path)]
    assert max(steps) <= SPEED_PX_S * 2 * FRAME_MS / 1000
    assert far(path[-1], then) <= max(SLACK_PX, THERE_PX)
    left = [far(point, then) for point in path[31:]]
    assert all(b <= a + 1e-9 for a, b in pairwise(left))


@given(moves=st.lists(st.tuples(PLACES, st.booleans()), min_size=2, max_size=40))
def test_it_stands_while_the_face_moves(moves: list[tuple[Point, bool]]) -> None:
    """In a repetition nothing but the face moves, whatever is seen of it."""
    centring, before = Centring(), None
    for n, (at, moving) in enumerate(moves):
        point = centring.update(seen(at), SIZE, moving, n * FRAME_MS)
        assert not (moving and n) or point == before
        before = point


def test_a_trembling_face_is_left_where_it_is() -> None:
    """Nobody sits like a statue, and a picture that trembles along would be seen."""
    centring = Centring()
    found = settled(centring, (640.0, 360.0), 1)
    for n in range(200):
        found += settled(centring, (640 + 20 * math.sin(n), 360 + 20 * math.cos(n)), 0.1, 1_000 + n * 100)
    assert set(found) == {(640.0, 360.0)}


def test_without_a_face_it_stays() -> None:
    """Nobody there, or nobody who looks: the picture waits where it is; before the first face it is whole."""
    centring = Centring()
    assert centring.update(None, SIZE, False, 0) is None
    assert centring.update(Reading(t_ms=10, present=False), SIZE, False, 10) is None
    first = centring.update(seen((900.0, 300.0)), SIZE, False, 20)
    assert first is not None
    assert far(first, (640, 360)) < 1
    assert centring.update(None, SIZE, False, 40) == first
    assert centring.update(seen((math.nan, 300.0)), SIZE, False, 60) == first


def test_of_two_faces_it_follows_neither() -> None:
    """A visitor who leans in does not draw the picture away from the person."""
    centring = Centring()
    settled(centring, (640.0, 360.0), 1)
    for n in range(300):
        two = Reading(t_ms=n, present=True, centre=(200.0, 300.0), reason=UnseenReason.TWO_FACES)
        assert centring.update(two, SIZE, False, 1_000 + n * FRAME_MS) == (640.0, 360.0)


def test_after_another_page_it_is_there_at_once() -> None:
    """A jump between two pages is seen by nobody."""
    centring = Centring()
    settled(centring, (640.0, 360.0), 1)
    assert centring.update(seen((300.0, 300.0)), SIZE, False, 1_000 + AWAY_MS + 100) == (300.0, 300.0)


def test_it_comes_to_rest_softly() -> None:
    """Near its end it is slower than at its beginning."""
    centring = Centring()
    path = settled(centring, (640.0, 360.0), 1) + settled(centring, (740.0, 360.0), 30, 1_000)
    steps = [far(a, b) for a, b in pairwise(path) if a != b]
    assert max(steps) == pytest.approx(SPEED_PX_S * FRAME_MS / 1000)
    assert steps[-1] < 2 * EASE * THERE_PX * FRAME_MS / 1000
