"""Measures: what one repetition says, and what it keeps silent about."""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.face.metrics import LEAST_MM, lies_below_rest, measure
from kiosk.face.model import Measure, Quality, Reading, UnseenReason, Vector, Zone

STEP_MS = 80
few = settings(max_examples=25)
OUT = math.radians(38)


def toward(mm: float, side: str) -> Vector:
    """A corner that has gone out and up by ``mm`` on this side."""
    return (mm * math.cos(OUT) * (1 if side == "left" else -1), -mm * math.sin(OUT))


def repetition(
    left: float, right: float, speed: float = 4.0, late_left_ms: int = 0, noise: float = 0.0
) -> list[Reading]:
    """A movement out to ``left`` and ``right`` mm, held: the larger at ``speed`` mm/s, the other in the same time."""
    rng = np.random.default_rng(3)
    takes = max(abs(left), abs(right), 0.1) / speed

    def at(t_ms: int, mm: float, side: str, late_ms: int) -> Vector:
        share = min(1.0, max(0.0, ((t_ms - late_ms) / 1000 - 1.0) / takes))
        x, y = toward(mm * share, side)
        return x + float(rng.normal(0, noise)), y + float(rng.normal(0, noise))

    return [
        Reading(
            t_ms=t_ms,
            present=True,
            neutral=True,
            ok=1.0,
            left=at(t_ms, left, "left", late_left_ms),
            right=at(t_ms, right, "right", 0),
        )
        for t_ms in range(0, 5000, STEP_MS)
    ]


def swapped(reading: Reading) -> Reading:
    """The same in a mirror."""

    def mirrored(v: Vector | None) -> Vector | None:
        return None if v is None else (-v[0], v[1])

    return msgspec.structs.replace(
        reading,
        left=mirrored(reading.right),
        right=mirrored(reading.left),
        corner_left=mirrored(reading.corner_right),
        corner_right=mirrored(reading.corner_left),
        aperture_left=reading.aperture_right,
        aperture_right=reading.aperture_left,
    )


size = st.floats(0, 12)
reach = st.floats(3.2, 12)


@few
@given(other=reach, share=st.floats(-0.5, 1.2))
def test_the_ratio_is_the_affected_side_over_the_other_with_its_sign(other: float, share: float) -> None:
    """Staff read this number: it is the share of the other side's movement, negative in the wrong direction."""
    found = measure(repetition(other * share, other), Zone.MOUTH, "left")
    assert found.symmetry == pytest.approx(share, abs=0.02)
    assert found.excursion_right_mm == pytest.approx(other, rel=0.03)
    assert found.quality is Quality.GOOD


@few
@given(left=size, right=size, affected=st.sampled_from(["left", "right"]))
def test_a_mirror_changes_the_sides_and_nothing_else(left: float, right: float, affected: str) -> None:
    """Neither side is measured differently from the other."""
    straight = measure(repetition(left, right), Zone.MOUTH, affected)
    other = measure(
        [swapped(r) for r in repetition(left, right)], Zone.MOUTH, "right" if affected == "left" else "left"
    )
    assert other.symmetry == pytest.approx(straight.symmetry)
    assert other.excursion_left_mm == pytest.approx(straight.excursion_right_mm)
    assert other.onset_lag_ms == straight.onset_lag_ms
    assert other.peak_speed_mm_s == pytest.approx(straight.peak_speed_mm_s)


@few
@given(own=size, other=st.floats(0, LEAST_MM - 0.1))
def test_a_small_movement_has_no_ratio(own: float, other: float) -> None:
    """A ratio of two small numbers is noise: below 3 mm it is absent and says why."""
    found = measure(repetition(own, other), Zone.MOUTH, "left")
    assert found.symmetry is None
    assert found.reason is UnseenReason.SMALL


@few
@given(left=size, right=size, zone=st.sampled_from(list(Zone)))
def test_both_sides_affected_never_have_a_ratio(left: float, right: float, zone: Zone) -> None:
    """Rule 13: with both sides affected there is nothing to compare with."""
    assert measure(repetition(left, right), zone, "both").symmetry is None
    assert measure(repetition(left, right), zone, "").symmetry is None


def test_a_ratio_is_not_moved_by_noise() -> None:
    """A ratio of lengths would grow with noise; this one does not, so a weak side is not flattered."""
    found = measure(repetition(0.0, 5.0, noise=0.3), Zone.MOUTH, "left")
    assert found.symmetry == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("speed", [2.0, 5.0, 10.0, 20.0])
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_speed_is_read_within_fifteen_percent(speed: float, noise: float) -> None:
    """ "Slower" is said on this number, from the slowest practice to a jerk, with the noise that tracking has."""
    found = measure(repetition(6.0, 6.0, speed, noise=noise), Zone.MOUTH, "left")
    assert found.peak_speed_mm_s == pytest.approx(speed, rel=0.15)


def test_the_side_that_begins_later_is_told() -> None:
    """The lag is the affected side's, and a smaller movement is not a later one."""
    assert measure(repetition(5, 5, late_left_ms=240), Zone.MOUTH, "left").onset_lag_ms == pytest.approx(240, abs=40)
    assert measure(repetition(5, 5, late_left_ms=240), Zone.MOUTH, "right").onset_lag_ms == pytest.approx(-240, abs=40)
    assert measure(repetition(2.5, 5), Zone.MOUTH, "left").onset_lag_ms == pytest.approx(0, abs=40)


def gated(readings: list[Reading], reason: UnseenReason, which: Callable[[int], bool]) -> list[Reading]:
    """Some readings without a movement."""
    return [
        msgspec.structs.replace(r, reason=reason, left=None, right=None) if which(i) else r
        for i, r in enumerate(readings)
    ]


def test_what_was_not_seen_is_absent_and_says_why() -> None:
    """Absent rather than doubtful: a turned head leaves no number behind, a few turned pictures leave a partial one."""
    readings = repetition(3, 6)
    none = measure(gated(readings, UnseenReason.TURNED, lambda _: True), Zone.MOUTH, "left")
    assert none == Measure(reason=UnseenReason.TURNED)
    some = measure(gated(readings, UnseenReason.TURNED, lambda i: i % 2 == 0), Zone.MOUTH, "left")
    assert some.symmetry == pytest.approx(0.5, abs=0.02)
    assert some.quality is Quality.PARTIAL
    assert measure([], Zone.MOUTH, "left") == Measure(reason=UnseenReason.NOT_WATCHED)


def with_lids(readings: list[Reading], left: float, right: float) -> list[Reading]:
    """Eyes that narrow in step with the movement, to these openings."""
    most = max(math.hypot(*r.right) for r in readings if r.right)
    out = []
    for r in readings:
        share = math.hypot(*r.right) / most if r.right else 0
        out.append(
            msgspec.structs.replace(r, aperture_left=1 - share * (1 - left), aperture_right=1 - share * (1 - right))
        )
    return out


def test_an_eye_that_narrows_with_the_lips_is_linked_if_the_other_does_not() -> None:
    """ "Soften the eye" is for the affected eye alone, and never for a smile, in which all eyes narrow."""
    lips = repetition(-4, -5)
    assert measure(with_lids(lips, 0.65, 0.95), Zone.MOUTH, "left").linked == "eye"
    assert measure(with_lids(lips, 0.75, 0.75), Zone.MOUTH, "left").linked == "none"
    assert measure(with_lids(lips, 0.95, 0.65), Zone.MOUTH, "left").linked == "none"
    assert measure(with_lids(lips, 0.65, 0.95), Zone.MOUTH, "left", smiling=True).linked == ""
    assert measure(lips, Zone.MOUTH, "left").linked == "", "without lids it cannot be told"


def closing(closure: float, corner_mm: float) -> list[Reading]:
    """Eyes that close softly while the left corner is pulled along."""
    readings = []
    for t_ms in range(0, 4000, STEP_MS):
        share = min(1.0, max(0.0, (t_ms - 800) / 1500))
        seen = t_ms % (3 * STEP_MS) == 0
        opening = 1 - closure * share if seen else None
        readings.append(
            Reading(
                t_ms=t_ms,
                present=True,
                neutral=True,
                aperture_left=opening,
                aperture_right=opening,
                corner_left=toward(corner_mm * share, "left"),
                corner_right=(0.0, 0.0),
            )
        )
    return readings


def test_eyes_that_close_are_measured_and_a_corner_that_goes_along_is_told() -> None:
    """The eye-care reminder ends with full closure, and a pulled corner is what quiet control practises against."""
    found = measure(closing(0.9, 3.0), Zone.EYE, "left")
    assert found.closure_left == pytest.approx(0.9, abs=0.05)
    assert found.linked == "mouth"
    assert found.symmetry is None
    assert measure(closing(0.9, 1.0), Zone.EYE, "left").linked == "none"
    assert measure(closing(0.9, 3.0), Zone.EYE, "right").linked == "none", "the other corner is not the affected one"


def test_an_eye_that_could_not_be_made_out_is_a_reason_and_hides_no_other() -> None:
    """One eye behind a rim of glasses: the other one's closure stands, and the record says why there is one alone."""
    readings = [msgspec.structs.replace(r, aperture_left=None) for r in closing(0.9, 0.0)]
    found = measure(readings, Zone.EYE, "left")
    assert (found.closure_left, found.quality, found.reason) == (None, Quality.PARTIAL, UnseenReason.LIDS)
    assert found.closure_right == pytest.approx(0.9, abs=0.05)
    unseen = [msgspec.structs.replace(r, aperture_right=None) for r in readings]
    assert measure(unseen, Zone.EYE, "left").reason is UnseenReason.LIDS
    assert measure(unseen, Zone.EYE, "left").quality is Quality.NONE


vectors = st.none() | st.tuples(st.floats(-30, 30), st.floats(-30, 30))
shares = st.none() | st.floats(0, 1)
any_reading = st.builds(
    Reading,
    t_ms=st.integers(0, 5000),
    present=st.booleans(),
    neutral=st.just(True),
    reason=st.sampled_from(
        [UnseenReason.NONE, UnseenReason.NONE, UnseenReason.NONE, UnseenReason.TURNED, UnseenReason.COVERED]
    ),
    left=vectors,
    right=vectors,
    corner_left=vectors,
    corner_right=vectors,
    aperture_left=shares,
    aperture_right=shares,
)


@few
@given(
    readings=st.lists(any_reading, max_size=25),
    zone=st.sampled_from(list(Zone)),
    affected=st.sampled_from(["left", ""]),
)
def test_no_reading_makes_a_number_that_is_none(readings: list[Reading], zone: Zone, affected: str) -> None:
    """Whatever was seen, in whatever order, nothing is raised and nothing that is not a number is stored."""
    found = measure(readings, zone, affected)
    for value in msgspec.structs.astuple(found):
        assert not isinstance(value, float) or math.isfinite(value)


def silent(readings: list[Reading], reason: UnseenReason, from_s: float, to_s: float) -> list[Reading]:
    """Nothing is told of a movement from one moment to another."""
    return [
        msgspec.structs.replace(r, reason=reason, left=None, right=None) if from_s <= r.t_ms / 1000 <= to_s else r
        for r in readings
    ]


def back(readings: list[Reading]) -> list[Reading]:
    """The same movement, and the way back."""
    last = readings[-1].t_ms + STEP_MS
    return [
        *readings,
        *[
            msgspec.structs.replace(r, t_ms=last + i * STEP_MS)
            for i, r in enumerate(reversed(readings[: len(readings) // 2]))
        ],
    ]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (UnseenReason.NOT_FOLLOWED, UnseenReason.LARGE),
        (UnseenReason.LARGE, UnseenReason.LARGE),
        (UnseenReason.TURNED, UnseenReason.TURNED),
    ],
)
def test_a_silence_at_the_top_leaves_no_figure(reason: UnseenReason, told: UnseenReason) -> None:
    """A grin is followed up to where it is lost: what was seen of it is not its reach."""
    grin = back(repetition(6, 9))
    assert measure(grin, Zone.MOUTH, "left").quality is Quality.GOOD
    assert measure(silent(grin, reason, 2.6, 6.5), Zone.MOUTH, "left") == Measure(reason=told)
    assert measure(silent(grin, reason, 2.6, 99), Zone.MOUTH, "left") == Measure(reason=told)
    assert measure(silent(grin, reason, -1, 4.0), Zone.MOUTH, "left") == Measure(reason=told)


def test_a_movement_that_was_lost_at_once_is_not_called_small() -> None:
    """All that is seen of a quick grin is the rest before and after it: that is no movement of half a millimetre."""
    lost = silent(repetition(0.4, 0.5), UnseenReason.NOT_FOLLOWED, 1.5, 3.0)
    assert measure(lost, Zone.MOUTH, "left") == Measure(reason=UnseenReason.NOT_FOLLOWED)
    brief = silent(repetition(3, 6), UnseenReason.NOT_FOLLOWED, 1.5, 1.6)
    assert measure(brief, Zone.MOUTH, "left").symmetry == pytest.approx(0.5, abs=0.02), "two pictures hide nothing"
    away = silent(repetition(3, 6), UnseenReason.TURNED, 0.1, 0.7)
    assert measure(away, Zone.MOUTH, "left").symmetry == pytest.approx(0.5, abs=0.02), "it did not yet move"


def test_a_figure_over_a_few_pictures_is_none() -> None:
    """Nine pictures of the top of a movement are no measure of it."""
    top = repetition(3, 6)[-40:]
    assert measure(top[:9], Zone.MOUTH, "left") == Measure(reason=UnseenReason.TOO_FEW)
    assert measure(top[:10], Zone.MOUTH, "left").excursion_left_mm == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize(("left", "right"), [(-5.0, -5.0), (-0.4, -5.0), (-5.0, 0.3)])
def test_a_smile_that_only_goes_back_did_not_rest_before(left: float, right: float) -> None:
    """Who grinned while the face was to rest: what follows leads inward and down, and no figure of it is one."""
    readings = repetition(left, right)
    assert measure(readings, Zone.MOUTH, "left", smiling=True) == Measure(reason=UnseenReason.NO_NEUTRAL)
    assert measure(readings, Zone.MOUTH, "left").excursion_right_mm == pytest.approx(abs(right), abs=0.2)
    assert measure(repetition(-left, -right), Zone.MOUTH, "left", smiling=True).reason is not UnseenReason.NO_NEUTRAL


@pytest.mark.parametrize(
    ("zone", "left", "below"),
    [
        (Zone.MOUTH, (-4.0, 3.0), True),
        (Zone.MOUTH, (-0.7, 0.5), False),
        (Zone.MOUTH, (-6.0, 0.3), False),
        (Zone.MOUTH, (-2.0, 6.0), False),
        (Zone.MOUTH, (4.0, -3.0), False),
        (Zone.BROW, (0.2, 3.0), True),
        (Zone.BROW, (-3.0, 3.0), False),
        (Zone.BROW, (0.0, -4.0), False),
        (Zone.EYE, (-4.0, 3.0), False),
    ],
    ids=["relaxing", "hardly", "rounding", "opening", "smiling", "sinking", "frowning", "lifting", "eyes"],
)
def test_what_lies_below_rest_is_told_from_other_movements(zone: Zone, left: Vector, below: bool) -> None:
    """Lips that round, a mouth that opens and a frown lead elsewhere; either side may show it."""
    for one, other in ((left, (0.1, 0.0)), ((0.1, 0.0), left)):
        mirrored = (-other[0], other[1])
        reading = Reading(t_ms=0, present=True, neutral=True, left=one, right=mirrored)
        assert lies_below_rest(reading, zone) is below
