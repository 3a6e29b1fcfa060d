"""The coach says little: once in a rest, twice in a block, smaller before together, and never what was not measured."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from msgspec.structs import replace

from kiosk.face.model import Measure, Quality, UnseenReason, Zone
from kiosk.sight.coach import APART_MS, IN_A_BLOCK, CoachState, Cue, Facts, consider, weakness_explains

REST_MS, REPETITION_MS = 8_000, 9_000
STRONG = (0.4, 0.45, 0.42)
"""A ratio that has been the same for three sessions."""
ABOUT_SIDES = {Cue.TOGETHER, Cue.STRONG_WAITS}


def facts(**changes: Any) -> Facts:
    """A small smile as the programme of first movements has it, with a rest to come."""
    values: dict[str, Any] = {
        "zone": Zone.MOUTH,
        "step": 3,
        "repetition": 0,
        "block": 1,
        "in_ms": 3_000,
        "out_ms": 3_000,
        "rest_ms": REST_MS,
        "one_sided": True,
        "paretic": True,
    }
    return Facts(**{**values, **changes})


def measure(**changes: Any) -> Measure:
    """A tiny, slow, even smile: 4 mm on either side."""
    values: dict[str, Any] = {
        "excursion_left_mm": 4.0,
        "excursion_right_mm": 4.0,
        "symmetry": 1.0,
        "onset_lag_ms": 0,
        "peak_speed_mm_s": 2.2,
        "linked": "none",
        "quality": Quality.GOOD,
        "reason": UnseenReason.NONE,
    }
    return Measure(**{**values, **changes})


FAST = measure(peak_speed_mm_s=9.0)
BIG = measure(excursion_left_mm=10.0, excursion_right_mm=10.0, peak_speed_mm_s=5.2)
UNEVEN = measure(symmetry=0.4, excursion_left_mm=1.6)


def block(*measures: Measure, **changes: Any) -> list[Cue | None]:
    """What is said after each of ``measures``, repetitions of one step with rests between (also after the last)."""
    state, said, now = CoachState(), [], 100_000
    for repetition, done in enumerate(measures):
        state, cue = consider(state, done, facts(repetition=repetition, **changes), now)
        said.append(cue)
        now += REPETITION_MS + REST_MS
    return said


@pytest.mark.parametrize(
    ("done", "cue"),
    [
        (measure(), None),
        (FAST, Cue.SLOWER),
        (BIG, Cue.SMALLER),
        (measure(linked="eye"), Cue.SOFTEN_EYE),
        (measure(linked="mouth"), Cue.SMALLER),
        (UNEVEN, Cue.SMALLER),
        (measure(symmetry=0.75), None),
    ],
    ids=["even", "fast", "big", "eye-pulls", "mouth-pulls", "uneven", "healthy-difference"],
)
def test_one_repetition_has_at_most_one_word(done: Measure, cue: Cue | None) -> None:
    """What the programme asks for (tiny, slow, together) is what the words are about."""
    assert block(done) == [cue]


def test_smaller_comes_before_together_and_then_silence() -> None:
    """A weak side stays weak however often it is told."""
    assert block(UNEVEN, UNEVEN, UNEVEN, UNEVEN) == [Cue.SMALLER, Cue.TOGETHER, None, None]


def test_the_strong_side_waits_only_where_the_other_one_is_late() -> None:
    """ "Let your strong side wait" is for first movements whose sides begin apart."""
    late = measure(symmetry=0.4, onset_lag_ms=600)
    assert block(late, late) == [Cue.SMALLER, Cue.STRONG_WAITS]
    assert block(late, late, paretic=False) == [Cue.SMALLER, Cue.TOGETHER]


def test_a_weakness_that_staff_know_is_no_reason_for_a_word() -> None:
    """Paretic, and the same in the last sessions: nothing. Much less than it was, or hurried: a word may come."""
    assert block(UNEVEN, UNEVEN, history=STRONG) == [None, None]
    assert block(measure(symmetry=0.05), history=STRONG) == [Cue.SMALLER]
    assert block(UNEVEN, paretic=False, history=STRONG) == [Cue.SMALLER]
    assert block(FAST, history=STRONG) == [Cue.SLOWER]
    assert not weakness_explains(0.4, (0.4, 0.4))
    assert not weakness_explains(0.4, (0.4, 0.7, 0.3))


@pytest.mark.parametrize("done", [FAST, BIG, UNEVEN], ids=["fast", "big", "uneven"])
@pytest.mark.parametrize(
    "changes", [{"rest_ms": 0}, {"zone": None}, {"allowed": False}], ids=["no-rest", "no-zone", "cues-off"]
)
def test_where_nothing_may_be_said_nothing_is(done: Measure, changes: dict[str, Any]) -> None:
    """Only in a rest, never in massage and releases, never where staff turned cues off."""
    assert block(done, done, **changes) == [None, None]


def test_both_sides_affected_hear_nothing_about_sides() -> None:
    """Rule 13: no ratio, no side words; too fast and too big can still be said."""
    assert block(UNEVEN, UNEVEN, one_sided=False) == [None, None]
    assert block(FAST, BIG, one_sided=False) == [Cue.SLOWER, Cue.SMALLER]


def test_what_is_absent_says_nothing() -> None:
    """Absent rather than doubtful: no figure, no word; of a measure in part only the part that is there."""
    assert block(replace(FAST, quality=Quality.NONE)) == [None]
    assert block(Measure(), Measure()) == [None, None]
    nothing = float("nan")
    assert block(measure(symmetry=nothing, peak_speed_mm_s=nothing, excursion_left_mm=nothing)) == [None]
    part = measure(quality=Quality.PARTIAL, reason=UnseenReason.SMALL, symmetry=None, peak_speed_mm_s=9.0)
    assert block(part) == [Cue.SLOWER]


def test_what_is_too_large_to_be_measured_is_asked_to_be_smaller() -> None:
    """There is no figure, and the word for it is known: a full grin is never met with silence."""
    assert block(Measure(reason=UnseenReason.LARGE)) == [Cue.SMALLER]
    assert block(Measure(reason=UnseenReason.NOT_FOLLOWED)) == [None]


def test_cues_do_not_alternate_at_the_edge() -> None:
    """Just too fast, then just too big: the second is no new subject; clearly too big is."""
    edge = measure(excursion_left_mm=7.5, excursion_right_mm=7.5, peak_speed_mm_s=3.9)
    assert block(edge) == [Cue.SMALLER]
    assert block(FAST, edge) == [Cue.SLOWER, None]
    assert block(FAST, BIG) == [Cue.SLOWER, Cue.SMALLER]
    assert block(FAST, measure(symmetry=0.6)) == [Cue.SLOWER, None]


def test_a_movement_that_grows_after_a_cue_is_let_rest() -> None:
    """Repeated cues invite effort: where the first one did, the second asks for rest."""
    bigger = measure(excursion_left_mm=13.0, excursion_right_mm=13.0, peak_speed_mm_s=6.5)
    assert block(BIG, bigger) == [Cue.SMALLER, Cue.REST]
    assert block(BIG, measure()) == [Cue.SMALLER, None]


def test_a_big_movement_in_the_planned_time_is_not_called_fast() -> None:
    """Bigger means faster at the same pace: what is asked for is smaller, not slower."""
    assert block(measure(excursion_left_mm=14.0, excursion_right_mm=14.0, peak_speed_mm_s=7.3)) == [Cue.SMALLER]


def test_a_plan_without_a_way_in_has_no_pace() -> None:
    """Where nothing is planned, nothing is too fast."""
    assert block(FAST, in_ms=0, out_ms=0) == [None]


MEASURES = st.builds(
    Measure,
    excursion_left_mm=st.none() | st.floats(0, 20),
    excursion_right_mm=st.none() | st.floats(0, 20),
    symmetry=st.none() | st.floats(-1, 2),
    onset_lag_ms=st.none() | st.integers(-1_000, 1_000),
    peak_speed_mm_s=st.none() | st.floats(0, 60),
    linked=st.sampled_from(("", "none", "eye", "mouth")),
    quality=st.sampled_from(Quality),
)


class CoachWalk(RuleBasedStateMachine):
    """Any measures in any plan: steps and blocks of any length, in any order of rests."""

    @initialize(one_sided=st.booleans(), paretic=st.booleans(), allowed=st.sampled_from((True, True, False)))
    def begin(self, one_sided: bool, paretic: bool, allowed: bool) -> None:
        self.person = {"one_sided": one_sided, "paretic": paretic, "allowed": allowed}
        self.state, self.now = CoachState(), 0
        self.block, self.step, self.repetition = 1, 0, -1
        self.in_block: list[Cue] = []
        self.in_step: list[Cue] = []
        self.last_ms = -APART_MS

    @rule(block=st.booleans())
    def next_step(self, block: bool) -> None:
        """The next movement, in the same block or the next."""
        self.step, self.repetition = self.step + 1, -1
        self.in_step = []
        if block:
            self.block += 1
            self.in_block = []

    @rule(
        done=MEASURES,
        zone=st.sampled_from((Zone.MOUTH, Zone.MOUTH, Zone.BROW, Zone.EYE, None)),
        rest_ms=st.sampled_from((0, 5_000, 8_000)),
        waited_ms=st.sampled_from((0, 3_000, 14_000)),
        history=st.lists(st.floats(-0.2, 1.2), max_size=6),
    )
    def repetition_done(
        self, done: Measure, zone: Zone | None, rest_ms: int, waited_ms: int, history: list[float]
    ) -> None:
        """A repetition is over: whatever is said keeps the rules."""
        self.now += waited_ms
        self.repetition += 1
        known = facts(
            zone=zone,
            step=self.step,
            repetition=self.repetition,
            block=self.block,
            rest_ms=rest_ms,
            history=tuple(history),
            **self.person,
        )
        self.state, cue = consider(self.state, done, known, self.now)
        assert consider(self.state, done, known, self.now + 60_000)[1] is None, "one cue for a repetition"
        if cue is None:
            return
        assert rest_ms > 0
        assert zone is not None
        assert self.person["allowed"]
        assert done.quality is not Quality.NONE
        assert self.now - self.last_ms >= APART_MS
        self.in_block.append(cue)
        assert len(self.in_block) <= IN_A_BLOCK
        if cue in ABOUT_SIDES:
            assert Cue.SMALLER in self.in_step, "smaller before together"
            assert self.person["one_sided"]
            assert done.symmetry is not None
            assert done.symmetry < 0.75
            assert not (self.person["paretic"] and weakness_explains(done.symmetry, history))
        if cue is Cue.STRONG_WAITS:
            assert self.person["paretic"], "the words about the strong side are for first movements"
        self.in_step.append(cue)
        self.last_ms = self.now


CoachWalk.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
TestCoachWalk = CoachWalk.TestCase


@given(done=MEASURES, ratio=st.floats(0.75, 3), one_sided=st.booleans())
def test_an_even_tiny_slow_movement_never_hears_anything(done: Measure, ratio: float, one_sided: bool) -> None:
    """Nothing about symmetry from 0.75 on, whatever else was measured, as long as it is small, slow and alone."""
    calm = replace(
        done,
        symmetry=ratio,
        excursion_left_mm=min(done.excursion_left_mm or 0, 5),
        excursion_right_mm=min(done.excursion_right_mm or 0, 5),
        peak_speed_mm_s=min(done.peak_speed_mm_s or 0, 3),
        linked="none",
    )
    assert block(calm, calm, one_sided=one_sided) == [None, None]
