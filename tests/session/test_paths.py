"""The side paths of a session: what was closed stays closed, and what nobody saw being done does not count."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.care.model import Family, Plan, Step, StepKind
from kiosk.session.effects import Flagged, Hush, Leave, Noted, RepetitionDone, Say, UseCamera
from kiosk.session.model import Answer, Flag, Gap, SessionPhase
from kiosk.session.questions import answers
from kiosk.signals import Button, Press, Stuck
from tests.session.plans import context, movement, plan, relax
from tests.session.walk import Walk

QUIET = relax(kind=StepKind.QUIET, hold_ms=30_000, exercise="quiet", lead_in_ms=0)
ARM_REST = relax(kind=StepKind.ARM_REST, hold_ms=10_000, exercise="arm-rest")
TWO_BLOCKS = (relax(), movement(), QUIET, movement(block=2, exercise="lips"))


def started(*steps: Step, family: Family = Family.FIRST_MOVEMENTS, **changes: Any) -> Walk:
    """A walk whose check-in is behind it, by default through two blocks of movement."""
    walk = Walk.begin(two_blocks(*steps, family=family), context(**changes))
    walk.check_in()
    return walk


def two_blocks(*steps: Step, family: Family = Family.FIRST_MOVEMENTS) -> Plan:
    return plan(*(steps or TWO_BLOCKS), family=family)


def in_first_movement(**changes: Any) -> Walk:
    walk = started(**changes)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP and s.step == 1)
    return walk


def to_check_out(walk: Walk) -> None:
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)


def single_switch() -> Walk:
    """A walk with a single switch, in its first step."""
    walk = Walk.begin(two_blocks(), context(single_switch=True))
    for wanted in (Answer.YES, Answer.NONE, Answer.NONE, Answer.FRESH, Answer.NO):
        walk.choose(wanted)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    return walk


def practised(walk: Walk) -> list[tuple[int, int]]:
    """Step and number of every repetition that counted."""
    return [(e.step, e.repetition) for e in walk.of(RepetitionDone) if isinstance(e, RepetitionDone)]


def movements_practised(walk: Walk) -> set[int]:
    """Places of the movement steps of which something counted."""
    return {step for step, _ in practised(walk) if walk.session.plan.steps[step].active}


def flags(walk: Walk) -> list[Flag]:
    return [e.flag for e in walk.of(Flagged) if isinstance(e, Flagged)]


# Movement that was closed stays closed.


def test_movement_closed_for_pain_stays_closed_after_a_stop_by_mistake() -> None:
    """Rule 5: taking back a stop must not take back the pain."""
    walk = in_first_movement()
    walk.press(Button.AMBER)
    walk.answer(Answer.PAIN)
    walk.answer(Answer.SHARP)
    assert walk.session.pain_locked
    walk.press(Button.RED)
    walk.answer(Answer.MISTAKE)
    walk.answer(Answer.GO_ON)
    to_check_out(walk)
    assert movements_practised(walk) == set()


@pytest.mark.parametrize("where", ["check-in", "eye-care", "warm-up"])
def test_red_stuck_before_the_first_movement_leaves_out_every_movement(where: str) -> None:
    """Nobody moves while the button that stops does not work, whenever that began."""
    walk = Walk.begin(two_blocks(), context())
    if where == "check-in":
        walk.send(Stuck(Button.RED, True, walk.now))
    walk.check_in()
    if where == "warm-up":
        walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    walk.send(Stuck(Button.RED, True, walk.now))
    to_check_out(walk)
    assert movements_practised(walk) == set()
    assert practised(walk) == [(0, 0), (2, 0)]


def test_red_stuck_in_a_movement_leaves_out_the_later_blocks_too() -> None:
    """A quiet stretch in between opens nothing again."""
    walk = in_first_movement()
    walk.send(Stuck(Button.RED, True, walk.now))
    walk.answer(Answer.GO_ON)
    to_check_out(walk)
    assert movements_practised(walk) == set()
    assert (2, 0) in practised(walk)


def test_a_pause_with_red_stuck_offers_to_stop() -> None:
    """In a pause amber moves the cursor: without its own answer nothing could stop the session."""
    walk = in_first_movement()
    walk.press(Button.AMBER)
    assert Answer.STOP not in answers(walk.session)
    walk.answer(Answer.GO_ON)
    walk.send(Stuck(Button.RED, True, walk.now))
    assert walk.at(SessionPhase.PAUSED)
    walk.answer(Answer.STOP)
    assert walk.at(SessionPhase.STOP_REASON)


def test_tired_leaves_out_the_whole_block_across_an_arm_rest_but_not_the_next() -> None:
    """An arm rest inside a block is no end of it."""
    lips = movement(exercise="lips")
    walk = started(movement(), ARM_REST, lips, QUIET, movement(block=2))
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    walk.press(Button.AMBER)
    walk.answer(Answer.TIRED)
    walk.answer(Answer.GO_ON)
    to_check_out(walk)
    assert movements_practised(walk) == {4}


# Check-in.


def test_answering_the_flags_while_they_are_read_silences_the_list() -> None:
    """The list holds the voice: left running, it would keep out the words that say whom to call."""
    walk = Walk.begin(two_blocks(), context())
    walk.answer(Answer.YES)
    walk.wait(3_000)
    assert Hush() in walk.press(Button.AMBER)


def test_one_of_these_never_becomes_none_of_these_under_the_finger() -> None:
    """Rule 7 with a single switch: when the list is through, what was lit is lit no more."""
    walk = Walk.begin(two_blocks(), context(single_switch=True, flag_reading_ms=14_000, scan_ms=2_500))
    walk.choose(Answer.YES)
    walk.wait(13_900)
    assert walk.session.cursor is not None
    assert answers(walk.session)[walk.session.cursor] is Answer.YES
    walk.now += 200
    walk.press(Button.GREEN)
    assert walk.at(SessionPhase.RED_FLAGS)
    walk.choose(Answer.NONE)
    assert walk.at(SessionPhase.PAIN_BEFORE)


@pytest.mark.parametrize("how", ["resumed", "relaxing instead"])
def test_the_eye_care_reminder_is_spoken_in_every_kind_of_session(how: str) -> None:
    """Rule 12: an eye that does not close dries out in a resumed session as in any other."""
    if how == "resumed":
        walk = started(resumes="s0", start_step=1)
    else:
        walk = Walk.begin(two_blocks(), context())
        walk.answer(Answer.YES)
        walk.wait(14_000)
        for wanted in (Answer.NONE, Answer.NONE, Answer.TIRED, Answer.RELAX):
            walk.answer(wanted)
    assert walk.at(SessionPhase.EYE_CARE)
    assert walk.of(Say)[-1] == Say("eye-care")
    if how == "resumed":
        walk.wait_until(lambda s: s.phase is SessionPhase.PAUSED)
        walk.answer(Answer.GO_ON)
    to_check_out(walk)
    assert walk.of(Say).count(Say("eye-care")) == 1


# Nobody there.


def test_not_me_goes_to_the_neutral_home() -> None:
    """Rule 16: whoever else is at the bed sees nothing of the person."""
    walk = Walk.begin(two_blocks(), context())
    walk.answer(Answer.NO)
    walk.answer(Answer.FINISH)
    assert walk.of(Leave) == [Leave(asleep=True)]


@pytest.mark.parametrize("where", ["check-in", "pause", "check-out"])
def test_three_silent_minutes_lead_to_the_neutral_home(where: str) -> None:
    """Rule 16: a screen that nobody answers shows no personal data."""
    walk = Walk.begin(two_blocks(), context())
    if where != "check-in":
        walk.check_in()
        walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    if where == "pause":
        walk.press(Button.AMBER)
    elif where == "check-out":
        to_check_out(walk)
    walk.wait(179_999)
    assert not walk.of(Leave)
    walk.wait(1)
    assert walk.of(Leave) == [Leave(asleep=True, unanswered=True)]


def test_a_press_of_red_goes_home_awake() -> None:
    """Somebody pressed, so somebody is there: the neutral home would hide their own from them."""
    walk = Walk.begin(two_blocks(), context())
    walk.press(Button.RED)
    assert walk.of(Leave) == [Leave(asleep=False)]


# Time.


@given(seen_for=st.integers(0, 40_000), gap=st.integers(5_001, 3_600_000))
def test_a_machine_that_stood_still_pauses_where_it_was_last_seen(seen_for: int, gap: int) -> None:
    """Rule 11: what nobody led does not count, however long the stretch around it is."""
    walk = started(relax())
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    walk.wait(seen_for)
    since = walk.now
    walk.now += gap
    walk.send(Gap(since))
    assert walk.at(SessionPhase.PAUSED)
    assert (walk.session.since_ms, walk.session.paused_at_ms) == (since, since)
    assert walk.session.practice_ms == seen_for
    assert practised(walk) == []
    assert any(isinstance(e, Noted) and e.code == "gap" for e in walk.of(Noted))


def test_a_repetition_that_ended_inside_a_gap_is_led_again() -> None:
    """A movement counts only when it was led from its beginning to its end."""
    walk = in_first_movement()
    walk.wait(10_000)
    since = walk.now
    walk.now += 6_000  # the first repetition would have ended 4 s into this
    walk.send(Gap(since))
    assert practised(walk) == [(0, 0)]
    walk.answer(Answer.GO_ON)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    again = walk.now
    walk.wait_until(lambda s: s.repetition == 1)
    assert walk.now - again == 9_000


def test_a_gap_while_a_question_waits_changes_nothing() -> None:
    """Questions wait anyway: there is nothing to pause."""
    walk = in_first_movement()
    walk.press(Button.AMBER)
    before, since = walk.session.paused_at_ms, walk.now
    walk.now += 10_000
    walk.send(Gap(since))
    assert walk.at(SessionPhase.PAUSED)
    assert walk.session.paused_at_ms == before
    assert not any(isinstance(e, Noted) and e.code == "gap" for e in walk.of(Noted))


@pytest.mark.parametrize("told", [False, True])
def test_a_single_switch_pressed_while_the_machine_stood_still_stops(told: bool) -> None:
    """The person saw a running step, in which every press stops: it must not answer a pause they never saw."""
    walk = single_switch()
    pressed = walk.now + 60_000
    if told:
        since = walk.now
        walk.now += 120_000
        walk.send(Gap(since))
        walk.send(Press(Button.GREEN, pressed))
    else:
        walk.now += 120_000
        walk.press(Button.GREEN)
    assert walk.at(SessionPhase.STOP_REASON)


def test_after_a_gap_a_single_switch_finds_the_first_answer_lit_for_its_whole_time() -> None:
    """The cursor must not have raced through the answers while nobody could see it."""
    walk = single_switch()
    since = walk.now
    walk.now += 120_000
    walk.send(Gap(since))
    assert walk.session.cursor is None
    walk.choose(Answer.GO_ON)
    heard_ms = walk.session.context.hears("ask.paused")
    assert walk.now == since + 120_000 + heard_ms + walk.session.context.scan_ms
    assert walk.at(SessionPhase.LEAD_BACK)


def test_easier_in_a_resumed_session_begins_exactly_at_its_repetition() -> None:
    """Shorter holds move every repetition: the last one must neither be skipped nor missed."""
    ten = movement(in_ms=1_000, hold_ms=5_000, out_ms=1_000, rest_ms=5_000, repetitions=10)
    walk = Walk.begin(plan(ten, family=Family.QUIET_CONTROL), context(resumes="s0", start_step=0, start_repetition=9))
    walk.answer(Answer.YES)
    walk.wait(14_000)
    for wanted in (Answer.NONE, Answer.NONE, Answer.FRESH, Answer.YES, Answer.GO_ON):
        walk.answer(wanted)
    assert walk.session.easier
    walk.wait_until(lambda s: s.phase is SessionPhase.PAUSED)
    walk.answer(Answer.GO_ON)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    began = walk.now
    walk.wait_until(lambda s: s.phase is not SessionPhase.STEP)
    assert walk.now - began == 1_000 + 2_500 + 1_000
    assert practised(walk) == [(0, 9)]


def test_the_pause_before_relaxing_instead_counts_as_pause() -> None:
    """The record must not call a minute of thinking practice."""
    walk = in_first_movement()
    walk.press(Button.AMBER)
    walk.wait(60_000)
    walk.answer(Answer.TIRED)
    walk.answer(Answer.RELAX)
    assert walk.session.paused_ms == 60_000


def test_a_rest_for_the_eyes_that_was_skipped_does_not_come_back_after_every_step() -> None:
    """Skipping means until it is due again."""
    steps = [relax(hold_ms=100_000, exercise=f"r{n}") for n in range(4)]
    walk = started(*steps, family=Family.RELAX, look_away_after_ms=180_000)
    walk.wait_until(lambda s: s.phase is SessionPhase.LOOK_AWAY)
    assert walk.session.step == 2
    walk.press(Button.AMBER)
    walk.answer(Answer.SKIP)
    walk.wait_until(lambda s: s.step == 3)
    assert walk.at(SessionPhase.STEP)


def test_the_camera_stays_closed_when_a_stop_is_taken_back_while_relaxing() -> None:
    """Nobody is watched who has no movement to come."""
    walk = in_first_movement()
    walk.press(Button.AMBER)
    walk.answer(Answer.TIRED)
    walk.answer(Answer.RELAX)
    walk.press(Button.RED)
    walk.answer(Answer.MISTAKE)
    assert walk.at(SessionPhase.PAUSED)
    assert walk.of(UseCamera)[-1] == UseCamera(False)
