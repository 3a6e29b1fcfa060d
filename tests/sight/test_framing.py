"""Help in sitting well: one piece of advice, the most important one, and never a flicker."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.face.model import Reading, UnseenReason
from kiosk.sight.framing import HOLD_MS, STALE_MS, Advice, Framing, steady

SIZE = (640, 360)
WELL = Reading(t_ms=0, present=True, eyes_px=70, centre=(320, 155), light=0.5, light_lean=0.0)


def seen(t_ms: int = 0, **changes: object) -> Reading:
    return msgspec.structs.replace(WELL, t_ms=t_ms, **changes)


@pytest.mark.parametrize(
    ("reading", "advice"),
    [
        (seen(), Advice.OK),
        (Reading(t_ms=0, reason=UnseenReason.NO_FACE), Advice.NO_FACE),
        (seen(reason=UnseenReason.TWO_FACES), Advice.TWO_FACES),
        (seen(eyes_px=30), Advice.NEARER),
        (seen(reason=UnseenReason.TOO_FAR), Advice.NEARER),
        (seen(eyes_px=130), Advice.FARTHER),
        (seen(reason=UnseenReason.TOO_NEAR), Advice.FARTHER),
        (seen(centre=(450, 155)), Advice.MOVE_RIGHT),
        (seen(centre=(190, 155)), Advice.MOVE_LEFT),
        (seen(centre=(320, 300)), Advice.MOVE_UP),
        (seen(centre=(320, 40)), Advice.MOVE_DOWN),
        (seen(roll_deg=-14), Advice.LEVEL),
        (seen(yaw_deg=9), Advice.FACE_FRONT),
        (seen(pitch_deg=20), Advice.CHIN_UP),
        (seen(pitch_deg=-20), Advice.CHIN_DOWN),
        (seen(light=0.03), Advice.MORE_LIGHT),
        (seen(light=0.97), Advice.LESS_LIGHT),
        (seen(light=0.6, reason=UnseenReason.TOO_BRIGHT), Advice.LESS_LIGHT),
        (seen(light_lean=-0.4), Advice.LIGHT_FRONT),
        (seen(light=None, light_lean=None), Advice.OK),
        (seen(reason=UnseenReason.NO_NEUTRAL), Advice.OK),
    ],
)
def test_each_fault_has_its_advice(reading: Reading, advice: Advice) -> None:
    """Left and right are the ones of the person and of their mirror: who is seen at the right of the unmirrored
    picture sits too far to their own left."""
    framing = steady(None, reading, SIZE, reading.t_ms)
    assert framing.advice is advice


def test_the_most_important_advice_comes_first() -> None:
    """Who is too far away, off centre, tilted and badly lit hears one thing, and then the next."""
    faults: list[dict[str, object]] = [
        {"light_lean": 0.5},
        {"light": 0.02},
        {"pitch_deg": 30.0},
        {"yaw_deg": -20.0},
        {"roll_deg": 20.0},
        {"centre": (600.0, 155.0)},
        {"eyes_px": 20.0},
        {"reason": UnseenReason.TWO_FACES},
        {"present": False},
    ]
    order = list(Advice)
    reading, places = WELL, []
    for fault in faults:
        reading = msgspec.structs.replace(reading, **fault)
        places.append(order.index(steady(None, reading, SIZE, reading.t_ms).advice))
    assert places == sorted(places, reverse=True)
    assert len(set(places)) == len(faults)


def test_advice_is_kept_until_the_fault_is_gone_for_good() -> None:
    """A face that stands at the very limit does not make the words flicker: they go at a lower limit than they came."""
    framing = steady(None, seen(0, roll_deg=8.5), SIZE, 0)
    assert framing.advice is Advice.OK
    for t_ms in range(2000, 5000, 100):
        framing = steady(framing, seen(t_ms, roll_deg=11.5 if t_ms < 3000 else 8.5), SIZE, t_ms)
        assert framing.advice is (Advice.LEVEL if t_ms >= 2500 else Advice.OK)
    for t_ms in range(5000, 7000, 100):
        framing = steady(framing, seen(t_ms, roll_deg=4.0), SIZE, t_ms)
    assert framing.advice is Advice.OK


def test_a_moments_fault_says_nothing_and_a_lasting_one_is_said_soon() -> None:
    """One picture in which the face was missed is no "no face"; an empty chair is, within a second."""
    framing = steady(None, seen(0), SIZE, 0)
    for t_ms in range(100, 3000, 100):
        reading = Reading(t_ms=t_ms) if t_ms % 400 == 0 else seen(t_ms)
        framing = steady(framing, reading, SIZE, t_ms)
        assert framing.advice is Advice.OK
    for t_ms in range(3000, 4000, 100):
        framing = steady(framing, Reading(t_ms=t_ms), SIZE, t_ms)
    assert framing.advice is Advice.NO_FACE


def test_an_old_reading_is_no_reading() -> None:
    """A tracker that hangs must not leave its last advice, or its last "all is well", on the screen."""
    framing = steady(None, seen(0), SIZE, 0)
    framing = steady(framing, seen(0), SIZE, STALE_MS)
    assert framing.advice is Advice.OK
    framing = steady(framing, seen(0), SIZE, HOLD_MS)
    assert framing.advice is Advice.UNKNOWN
    assert steady(framing, seen(2 * HOLD_MS), SIZE, 2 * HOLD_MS).advice is Advice.OK


READINGS = st.builds(
    lambda present, eyes, x, roll, yaw, light, lean, reason: seen(
        present=present,
        eyes_px=eyes,
        centre=(x, 155.0),
        roll_deg=roll,
        yaw_deg=yaw,
        light=light,
        light_lean=lean,
        reason=reason,
    ),
    st.booleans(),
    st.sampled_from((20.0, 46.0, 50.0, 70.0, 107.0, 130.0)),
    st.floats(0, 640),
    st.floats(-20, 20),
    st.floats(-12, 12),
    st.none() | st.floats(0, 1),
    st.none() | st.floats(-0.5, 0.5),
    st.sampled_from(UnseenReason),
)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 1500), READINGS), min_size=2, max_size=60))
def test_never_more_than_one_change_a_second(seen_at: list[tuple[int, int, Reading]]) -> None:
    """Whatever is seen, however irregularly and late: words that change faster cannot be read."""
    framing: Framing | None = None
    now_ms, changes = 0, []
    for step_ms, age_ms, reading in seen_at:
        now_ms += step_ms
        before = framing
        framing = steady(framing, msgspec.structs.replace(reading, t_ms=now_ms - age_ms), SIZE, now_ms)
        if before is not None and framing.advice is not before.advice:
            changes.append(now_ms)
            assert framing.since_ms == now_ms
    assert all(later - earlier >= HOLD_MS for earlier, later in pairwise(changes))


@given(READINGS)
def test_what_lasts_is_said_in_the_end(reading: Reading) -> None:
    """Advice that no longer holds never stays for good."""
    framing = steady(None, seen(0), SIZE, 0)
    for t_ms in range(0, 3000, 100):
        framing = steady(framing, msgspec.structs.replace(reading, t_ms=t_ms), SIZE, t_ms)
    wanted = steady(None, reading, SIZE, reading.t_ms).advice
    assert framing.advice is wanted
