"""About a second of looking at lids: what is settled, and the true reason where nothing is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import SimClock
from kiosk.face.model import Reading, UnseenReason
from kiosk.sight.lid_taking import TAKE_MS, LidOpening, settled
from kiosk.sight.sight_sim import LASHES_MM, OPEN_MM, SimSight, Truth
from kiosk.sight.watching import LIDS

EVERY_MS = 80
LOOK_EVERY = 3
"""The lids are looked at in every third picture."""


def watched(change: Callable[[int], dict[str, Any]] = lambda _: {}) -> list[Reading]:
    """A second of a face at rest, picture by picture; ``change``: what is otherwise in the picture of this number."""
    readings = []
    for n in range(TAKE_MS // EVERY_MS + 1):
        look = {"lids_left": 9.0, "lids_right": 8.8} if n % LOOK_EVERY == 0 else {}
        facts: dict[str, Any] = {"present": True, "eyes_px": 120.0, "centre": (640.0, 300.0), "yaw_deg": 5.0, **look}
        readings.append(Reading(t_ms=n * EVERY_MS, **{**facts, **change(n)}))
    return readings


def test_a_settled_second_is_read_side_by_side() -> None:
    """A face that looks ahead as a mesh sees it, some 5° aside, is read; each side by itself."""
    assert settled(watched()) == LidOpening(9.0, 8.8)
    left_alone = settled(watched(lambda _: {"lids_right": None}))
    assert (left_alone.left, left_alone.right, left_alone.why) == (9.0, None, UnseenReason.NONE)


def test_a_blink_is_left_out() -> None:
    """One or two looks in a blink leave what the others say."""
    assert settled(watched(lambda n: {"lids_left": 2.0, "lids_right": 2.2} if n == 3 else {})).left == 9.0


REASONS = [
    ("nobody-looked", lambda _: None, UnseenReason.NOT_WATCHED),
    ("nobody-there", lambda _: {"present": False, "reason": UnseenReason.NO_FACE}, UnseenReason.NO_FACE),
    ("dark", lambda _: {"reason": UnseenReason.TOO_DARK}, UnseenReason.TOO_DARK),
    ("turned", lambda _: {"yaw_deg": 14.0}, UnseenReason.TURNED),
    ("nodded", lambda _: {"pitch_deg": -24.0}, UnseenReason.TURNED),
    ("head-goes", lambda n: {"centre": (640.0 + 8 * n, 300.0)}, UnseenReason.RESTLESS),
    ("head-turns", lambda n: {"yaw_deg": -6.0 + n}, UnseenReason.RESTLESS),
    ("eyes-closing", lambda n: {"lids_left": 9.0 - 0.5 * n, "lids_right": 8.8} if n % 3 == 0 else {}, "restless"),
    ("no-lashes", lambda _: {"lids_left": None, "lids_right": None, "reason": UnseenReason.LIDS}, UnseenReason.LIDS),
    ("hardly-looked", lambda n: {} if n < 4 else {"lids_left": None, "lids_right": None}, UnseenReason.TOO_FEW),
]


@pytest.mark.parametrize(("change", "why"), [case[1:] for case in REASONS], ids=[case[0] for case in REASONS])
def test_nothing_is_read_and_the_reason_is_the_true_one(
    change: Callable[[int], dict[str, Any] | None], why: UnseenReason
) -> None:
    """Turned, too dark, nobody there, restless: absent, with the one reason that says what to do about it."""
    readings = [] if change(0) is None else watched(change)  # type: ignore[arg-type]
    assert settled(readings) == LidOpening(why=UnseenReason(why))


@given(
    st.lists(
        st.builds(
            Reading,
            t_ms=st.integers(0, 10**6),
            present=st.booleans(),
            reason=st.sampled_from(UnseenReason),
            yaw_deg=st.floats(-90, 90),
            eyes_px=st.floats(0, 500),
            lids_left=st.none() | st.floats(0, 40),
            lids_right=st.none() | st.floats(0, 40),
        ),
        max_size=30,
    )
)
def test_there_is_a_reading_or_a_reason_and_never_both(readings: list[Reading]) -> None:
    """Whatever was seen."""
    found = settled(readings)
    assert (found.why is UnseenReason.NONE) is not (found.left is None and found.right is None)


def test_the_twin_reads_lids_as_far_apart_as_they_are() -> None:
    """Without a face at rest, for the desk alone: open, then gently closed on one side."""
    clock, closed = SimClock(), [0.0]
    sight = SimSight(clock, lambda _: Truth(aperture_left=1.0 - closed[0]))
    sight.open()
    sight.watch(LIDS)
    found = []
    for closed[0] in (0.0, 1.0):
        began = clock.now_ms()
        while clock.now_ms() < began + TAKE_MS:
            clock.advance(100)
            sight.offer(clock.now_ms())
        found.append(settled(sight.between(began + 1, clock.now_ms())))
    assert found == [LidOpening(OPEN_MM, OPEN_MM), LidOpening(LASHES_MM, OPEN_MM)]
