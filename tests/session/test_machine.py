"""A session from check-in to done, by presses and by time alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.care.model import Family, Plan, Step, ViewMode
from kiosk.session.effects import (
    Alert,
    Began,
    Ended,
    Flagged,
    Hush,
    Leave,
    Noted,
    Rated,
    Reopened,
    RepetitionDone,
    Say,
    StepEnded,
    UseCamera,
)
from kiosk.session.machine import begin, deadline_ms
from kiosk.session.model import Answer, EndReason, Flag, SessionPhase, SessionTick
from kiosk.session.prompts import PROMPTS
from kiosk.session.timed import EYE_CARE_MS, SETTLE_MS, SHORT_SETTLE_MS
from kiosk.signals import Button, CameraState, Closed, FaceState, SightState, Stored, Stuck
from tests.session.plans import context, movement, plan, relax, release
from tests.session.walk import Walk


def started(*steps: Step, family: Family = Family.FIRST_MOVEMENTS, **changes: Any) -> Walk:
    """A walk whose check-in is behind it."""
    walk = Walk.begin(plan(*steps, family=family), context(**changes))
    walk.check_in()
    return walk


def in_step(*steps: Step, **changes: Any) -> Walk:
    """A walk inside its first step, past the lead-in."""
    walk = started(*steps, **changes)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    walk.wait(walk.session.current.hands_up_ms + walk.session.current.lead_in_ms + 1_000)
    return walk


def reasons(walk: Walk) -> list[tuple[EndReason, str]]:
    return [(e.reason, e.stop_reason) for e in walk.of(Ended) if isinstance(e, Ended)]


def flags(walk: Walk) -> list[Flag]:
    return [e.flag for e in walk.of(Flagged) if isinstance(e, Flagged)]


def test_a_session_runs_hands_free_from_check_in_to_check_out() -> None:
    """After check-in no button is needed until check-out, and every repetition is handed over once."""
    walk = started()
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
    done = [(e.step, e.repetition) for e in walk.of(RepetitionDone) if isinstance(e, RepetitionDone)]
    assert done == [(0, 0), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2), (3, 0), (3, 1)]
    assert reasons(walk) == [(EndReason.COMPLETED, "")]
    walk.answer(Answer.NONE)
    walk.answer(Answer.NO)
    assert walk.at(SessionPhase.DONE)
    walk.press(Button.GREEN)
    assert walk.of(Leave) == [Leave()]


@given(late=st.integers(0, 3_000))
def test_ten_minutes_end_within_one_frame_of_plan_however_late_each_call_comes(late: int) -> None:
    """Lateness of one call is never carried into the next: only the very last one can be seen."""
    steps = [relax(hold_ms=145_000, exercise=f"r{n}") for n in range(4)]
    walk = started(*steps, family=Family.RELAX)
    began = next(e for e in walk.of(Began) if isinstance(e, Began)).t_ms
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER, late_ms=late)
    ended = next(e for e in walk.of(Ended) if isinstance(e, Ended)).t_ms
    assert ended - began == EYE_CARE_MS + SHORT_SETTLE_MS + SETTLE_MS + 4 * 150_000


def test_silence_at_the_red_flags_is_no_session_and_green_works_only_after_the_list() -> None:
    """Rule 7: a quick thumb cannot say "none" to what was not read out."""
    walk = Walk.begin(plan(), context())
    walk.answer(Answer.YES)
    walk.wait(13_999)
    walk.press(Button.GREEN)
    assert walk.at(SessionPhase.RED_FLAGS)
    walk.wait(1)
    walk.press(Button.GREEN)
    assert walk.at(SessionPhase.PAIN_BEFORE)
    silent = Walk.begin(plan(), context())
    silent.answer(Answer.YES)
    silent.wait(180_000)
    assert silent.at(SessionPhase.CLOSED)
    assert not silent.of(Began)


@pytest.mark.parametrize("how", ["it is the eye", "red"])
def test_any_red_flag_means_no_session_a_lamp_and_a_line_for_staff(how: str) -> None:
    """Rule 7; an eye flag keeps the eye card open."""
    walk = Walk.begin(plan(), context())
    walk.answer(Answer.YES)
    walk.press(Button.AMBER)
    assert walk.at(SessionPhase.FLAGGED)
    assert flags(walk) == [Flag.RED_FLAG]
    assert walk.of(Alert) == [Alert(True)]
    if how == "red":
        walk.press(Button.RED)
        assert walk.of(Leave) == [Leave("")]
    else:
        walk.answer(Answer.EYE)
        assert flags(walk) == [Flag.RED_FLAG, Flag.RED_FLAG_EYE]
        assert walk.session.said == "told.red-flag-eye"
        walk.answer(Answer.FINISH)
        assert walk.of(Leave) == [Leave("eye-care")]
    assert walk.of(Alert)[-1] == Alert(False)
    assert not walk.of(Began)


def test_somebody_else_at_the_bed_begins_nothing() -> None:
    """Rule 16: "Is this you?" answered with no."""
    walk = Walk.begin(plan(), context())
    walk.answer(Answer.NO)
    assert (walk.session.phase, walk.session.said) == (SessionPhase.TOLD, "told.not-me")
    walk.answer(Answer.FINISH)
    assert walk.at(SessionPhase.CLOSED)
    assert flags(walk) == [Flag.NOT_ME]
    assert not walk.of(Began)


@pytest.mark.parametrize("pain", [Answer.MODERATE, Answer.SEVERE])
def test_pain_at_check_in_keeps_movement_closed_and_offers_relaxing(pain: Answer) -> None:
    """Rule 5: only constant moderate pain that staff cleared once lets movement begin."""
    walk = Walk.begin(plan(), context())
    walk.answer(Answer.YES)
    walk.wait(14_000)
    walk.answer(Answer.NONE)
    walk.answer(pain)
    assert (walk.session.phase, walk.session.said) == (SessionPhase.TOLD, "told.pain-before")
    walk.answer(Answer.RELAX)
    assert not walk.session.current.active
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
    assert not any(isinstance(e, RepetitionDone) and e.step < 4 for e in walk.of(RepetitionDone))


def test_constant_moderate_pain_cleared_by_staff_lets_movement_begin() -> None:
    """Rule 5, the other half."""
    walk = Walk.begin(plan(), context(constant_pain_cleared=True))
    walk.answer(Answer.YES)
    walk.wait(14_000)
    walk.answer(Answer.NONE)
    walk.answer(Answer.MODERATE)
    assert walk.at(SessionPhase.TIREDNESS)


def test_linked_movement_pauses_first_movements_but_only_shrinks_quiet_control() -> None:
    """Rule 6."""
    paretic = Walk.begin(plan(), context())
    synkinetic = Walk.begin(plan(family=Family.QUIET_CONTROL), context())
    for walk in (paretic, synkinetic):
        walk.answer(Answer.YES)
        walk.wait(14_000)
        walk.answer(Answer.NONE)
        walk.answer(Answer.NONE)
        walk.answer(Answer.FRESH)
        walk.answer(Answer.YES)
    assert (paretic.session.said, synkinetic.session.said) == ("told.linked-pause", "told.linked-smaller")
    paretic.answer(Answer.RELAX)
    synkinetic.answer(Answer.GO_ON)
    assert (paretic.session.current.active, flags(paretic)) == (False, [Flag.LINKED_PAUSE])
    assert (synkinetic.session.easier, flags(synkinetic)) == (True, [Flag.LINKED_SMALLER])
    synkinetic.wait_until(lambda s: s.phase is SessionPhase.STEP and s.step == 1)


def test_red_stops_at_once_and_asks_why_afterwards() -> None:
    """Rule 4: one press, no "are you sure", the camera closes, and the record says stopped before any question."""
    walk = in_step(movement())
    effects = walk.press(Button.RED)
    assert any(isinstance(e, Ended) and e.reason is EndReason.STOPPED for e in effects)
    assert Hush() in effects
    assert UseCamera(False) in effects
    assert walk.at(SessionPhase.STOP_REASON)
    walk.answer(Answer.TIRED)
    assert reasons(walk)[-1] == (EndReason.STOPPED, "tired")
    assert walk.at(SessionPhase.DONE)
    ended = walk.of(StepEnded)[-1]
    assert isinstance(ended, StepEnded)
    assert (ended.skipped, ended.reason, ended.done) == (True, "tired", 0)


def test_a_stop_by_mistake_resumes_paused_but_only_for_a_minute() -> None:
    """Rule 4: "pressed by mistake" resumes, paused, within 60 s."""
    walk = in_step(movement())
    walk.press(Button.RED)
    walk.wait(59_000)
    walk.answer(Answer.MISTAKE)
    assert walk.at(SessionPhase.PAUSED)
    assert walk.session.end is None
    assert walk.of(Reopened)
    walk.answer(Answer.GO_ON)
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
    assert reasons(walk)[-1] == (EndReason.COMPLETED, "")
    late = in_step(movement())
    late.press(Button.RED)
    late.wait(61_000)
    with pytest.raises(AssertionError, match="cannot be answered"):
        late.answer(Answer.MISTAKE)


def test_a_movement_that_was_paused_begins_its_repetition_again() -> None:
    """Nothing counts as done that was not done in one go."""
    walk = in_step(movement())
    walk.wait(4_000)
    walk.press(Button.AMBER)
    walk.wait(30_000)
    assert not walk.of(RepetitionDone)
    walk.answer(Answer.GO_ON)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    begun_again = walk.now
    walk.wait_until(lambda s: s.repetition == 1)
    assert walk.now - begun_again == 9_000


def test_a_long_stretch_goes_on_where_it_was_paused() -> None:
    """Two minutes of massage are not asked for again because of a cough."""
    walk = in_step(relax())
    walk.wait(20_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.GO_ON)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    on_again = walk.now
    walk.wait_until(lambda s: s.phase is SessionPhase.SETTLE_OUT)
    assert walk.now - on_again == 45_000 - 21_000


@pytest.mark.parametrize(
    ("before", "level", "locked"),
    [
        (Answer.NONE, Answer.MILD, False),
        (Answer.NONE, Answer.MODERATE, True),
        (Answer.MILD, Answer.MODERATE, True),
        (Answer.MODERATE, Answer.MODERATE, False),
        (Answer.MODERATE, Answer.SEVERE, True),
        (Answer.MODERATE, Answer.SHARP, True),
        (Answer.NONE, Answer.SHARP, True),
    ],
)
def test_pain_ends_the_step_and_closes_movement_for_the_day(before: Answer, level: Answer, locked: bool) -> None:
    """Rule 5: sharp, or moderate or worse and worse than at check-in."""
    walk = Walk.begin(plan(), context(constant_pain_cleared=True))
    walk.check_in(pain=before)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP and s.step == 1)
    walk.press(Button.AMBER)
    walk.answer(Answer.PAIN)
    walk.answer(level)
    assert walk.session.pain_locked is locked
    assert (Flag.PAIN_LOCK in flags(walk)) is locked
    assert walk.session.phase is (SessionPhase.RELAX_OFFER if locked else SessionPhase.PAUSED)
    if locked:
        walk.answer(Answer.RELAX)
        walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
        done = [e.step for e in walk.of(RepetitionDone) if isinstance(e, RepetitionDone)]
        assert done == [0, 4]


def test_tired_skips_the_block_and_offers_relaxing() -> None:
    """Tired: this block is left out; going on goes on after it."""
    walk = in_step(movement(), movement(block=2, exercise="lips"))
    walk.press(Button.AMBER)
    walk.answer(Answer.TIRED)
    assert walk.at(SessionPhase.RELAX_OFFER)
    walk.answer(Answer.GO_ON)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    assert walk.session.current.exercise == "lips"
    skipped = [e for e in walk.of(StepEnded) if isinstance(e, StepEnded) and e.skipped]
    assert [(e.step, e.reason) for e in skipped] == [(0, "tired")]


def test_a_lost_face_pauses_only_movements_that_show_a_picture() -> None:
    """Gentle automatic pause: hands over the face during a release must not stop anything."""
    moving, touching = in_step(movement()), in_step(release())
    for walk in (moving, touching):
        walk.send(FaceState(False, walk.now))
        walk.wait(3_000)
    assert moving.at(SessionPhase.FACE_AWAY)
    assert touching.at(SessionPhase.STEP)
    moving.send(FaceState(True, moving.now))
    assert moving.at(SessionPhase.LEAD_BACK)
    moving.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)


def test_a_face_that_is_away_for_a_moment_is_no_reason_to_pause() -> None:
    """A blink of the tracker is not the person leaving."""
    walk = in_step(movement())
    walk.send(FaceState(False, walk.now))
    walk.wait(2_500)
    walk.send(FaceState(True, walk.now))
    walk.wait(2_000)
    assert walk.at(SessionPhase.STEP)


def test_a_face_that_left_an_earlier_step_is_not_missed_in_a_later_one() -> None:
    """What was seen half a minute ago says nothing about now: whoever looks finds out anew in each movement step."""
    walk = in_step(movement(repetitions=1), relax(), movement(block=2, exercise="lips"))
    walk.wait(7_000)
    walk.send(FaceState(False, walk.now))
    walk.wait_until(lambda s: s.step == 2)
    walk.wait(1_000)
    assert walk.at(SessionPhase.STEP)
    walk.send(FaceState(False, walk.now))
    walk.wait(3_000)
    assert walk.at(SessionPhase.FACE_AWAY)


def test_a_face_that_is_lost_again_and_again_does_not_hold_a_step_up() -> None:
    """A looker that loses a face that is there, in bad light perhaps, would pause each repetition and never end one."""
    walk = in_step(movement(), movement(block=2, exercise="lips"))
    for _ in range(2):
        walk.send(FaceState(False, walk.now))
        walk.wait(3_000)
        assert walk.at(SessionPhase.FACE_AWAY)
        walk.send(FaceState(True, walk.now))
        walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    walk.send(FaceState(False, walk.now))
    walk.wait_until(lambda s: s.step == 1)
    assert walk.at(SessionPhase.STEP)
    walk.send(FaceState(False, walk.now))
    walk.wait(3_000)
    assert walk.at(SessionPhase.FACE_AWAY), "the next step waits for a face again"


def test_without_a_camera_the_session_goes_on_to_its_end() -> None:
    """Rule 8: stop, timer, voice and text need no camera."""
    walk = in_step(movement())
    walk.send(CameraState(False, "unplugged", walk.now))
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
    assert reasons(walk) == [(EndReason.COMPLETED, "")]
    assert any(isinstance(e, Noted) and (e.code, e.detail) == ("camera", "lost") for e in walk.of(Noted))


def test_a_camera_lost_while_the_face_is_away_does_not_hold_the_session_up() -> None:
    """Waiting for a face that nobody can see would be for ever."""
    walk = in_step(movement())
    walk.send(FaceState(False, walk.now))
    walk.wait(3_000)
    walk.send(CameraState(False, "unplugged", walk.now))
    assert walk.at(SessionPhase.LEAD_BACK)


def test_nobody_who_looks_means_nobody_who_waits_for_a_face() -> None:
    """Rule 8: the looking died after it had lost the face; late news of a lost face from it pauses nothing."""
    walk = in_step(movement())
    walk.send(FaceState(False, walk.now))
    walk.wait(3_000)
    assert walk.at(SessionPhase.FACE_AWAY)
    walk.send(SightState(False, "killed", walk.now))
    assert walk.at(SessionPhase.LEAD_BACK)
    walk.send(FaceState(False, walk.now))
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
    assert reasons(walk) == [(EndReason.COMPLETED, "")]
    assert any(isinstance(e, Noted) and (e.code, e.detail) == ("sight", "lost") for e in walk.of(Noted))


def test_sight_that_dies_between_two_pictures_forgets_the_face_it_missed() -> None:
    """The grace of three seconds ends with the looking; once it is back, a face may be missed again."""
    walk = in_step(movement())
    walk.send(FaceState(False, walk.now))
    walk.send(SightState(False, "hangs", walk.now))
    walk.wait(4_000)
    assert walk.at(SessionPhase.STEP)
    walk.send(SightState(True, "", walk.now))
    walk.send(FaceState(False, walk.now))
    walk.wait(3_000)
    assert walk.at(SessionPhase.FACE_AWAY)


def test_a_face_that_is_away_where_nothing_waits_for_it_makes_no_busy_loop() -> None:
    """A deadline that stays in the past makes the one wait return at once, again and again."""
    walk = in_step(movement())
    walk.send(CameraState(False, "unplugged", walk.now))
    walk.send(FaceState(False, walk.now))
    while not walk.at(SessionPhase.PAIN_AFTER):
        due = deadline_ms(walk.session)
        assert due is not None
        assert due > walk.now
        walk.now = due
        walk.send(SessionTick())


def test_a_stuck_red_button_makes_amber_stop_and_closes_movement() -> None:
    """Buttons: red stuck means amber stops, and movement is locked."""
    walk = in_step(movement(), relax())
    walk.send(Stuck(Button.RED, True, walk.now))
    assert walk.at(SessionPhase.PAUSED)
    assert not walk.session.current.active
    walk.answer(Answer.GO_ON)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    walk.press(Button.AMBER)
    assert walk.at(SessionPhase.STOP_REASON)


def test_any_press_of_a_single_switch_stops_a_step_and_choices_are_scanned() -> None:
    """Single switch: everything is reachable with one button."""
    walk = Walk.begin(plan(movement()), context(single_switch=True))

    for wanted in (Answer.YES, Answer.NONE, Answer.NONE, Answer.FRESH, Answer.NO):
        walk.choose(wanted)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    walk.press(Button.GREEN)
    assert walk.at(SessionPhase.STOP_REASON)
    walk.choose(Answer.MISTAKE)
    walk.choose(Answer.GO_ON)
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)


def test_a_resumed_session_repeats_the_check_in_and_begins_paused() -> None:
    """Rule 11: it names the one it goes on with, and does nothing until the person says so."""
    walk = Walk.begin(plan(), context(resumes="s0", start_step=1, start_repetition=2))
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.PAUSED)
    walk.wait(60_000)
    assert walk.at(SessionPhase.PAUSED)
    walk.answer(Answer.GO_ON)
    walk.wait_until(lambda s: s.repetition == 3 or s.step == 2)
    done = [(e.step, e.repetition) for e in walk.of(RepetitionDone) if isinstance(e, RepetitionDone)]
    assert done == [(1, 2)]


def test_a_pause_nobody_ends_is_a_timeout_and_not_completed() -> None:
    """Rule 11 and rule 16: idle 3 minutes, home, and the record says so."""
    walk = in_step(movement())
    walk.press(Button.AMBER)
    walk.wait(180_000)
    assert walk.at(SessionPhase.CLOSED)
    assert reasons(walk) == [(EndReason.TIMEOUT, "")]


def test_a_machine_that_slept_has_not_practised() -> None:
    """A gap of minutes (suspend, a hang) pauses at the last moment that was seen."""
    walk = in_step(relax())
    walk.now += 600_000
    walk.press(Button.GREEN)
    assert walk.at(SessionPhase.PAUSED)
    assert not walk.of(RepetitionDone)


def test_saved_is_said_only_when_everything_was_acknowledged() -> None:
    """Acknowledged means stored."""
    walk = in_step(movement())
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
    assert not walk.session.all_stored
    walk.send(Stored(walk.session.sent - 1))
    assert not walk.session.all_stored
    walk.send(Stored(walk.session.sent))
    assert walk.session.all_stored


def test_twenty_minutes_of_screen_bring_a_rest_for_the_eyes() -> None:
    """Rule 12: look away after 20 minutes, between two steps."""
    walk = started(*[relax(hold_ms=400_000, exercise=f"r{n}") for n in range(5)], family=Family.RELAX)
    walk.wait_until(lambda s: s.phase is SessionPhase.LOOK_AWAY)
    assert walk.session.step == 3
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)


@pytest.mark.parametrize(("reminder", "phase"), [(True, SessionPhase.EYE_CARE), (False, SessionPhase.SETTLE_IN)])
def test_the_eye_care_reminder_comes_until_the_eye_closes_fully(reminder: bool, phase: SessionPhase) -> None:
    """Rule 12."""
    assert started(eye_reminder=reminder).session.phase is phase


def test_look_then_feel_shows_the_first_repetition_only_and_green_hides_it_at_any_time() -> None:
    """View modes: one press hides the picture."""
    walk = in_step(movement(view=ViewMode.LOOK_THEN_FEEL))
    seen = [walk.session.wants_picture]
    for _ in range(2):
        walk.press(Button.GREEN)
        seen.append(walk.session.wants_picture)
    walk.wait_until(lambda s: s.repetition == 1)
    seen.append(walk.session.wants_picture)
    before = walk.session
    walk.press(Button.GREEN)
    assert seen == [True, False, True, False]
    assert (walk.session.picture, walk.session.wants_picture) == (before.picture, False), (
        "nothing to hide, none to show"
    )
    assert not in_step(movement(view=ViewMode.FEEL)).session.wants_picture


def test_closing_the_kiosk_inside_a_session_leaves_it_interrupted() -> None:
    """Rule 11: never called complete."""
    walk = in_step(movement())
    walk.send(Closed())
    assert reasons(walk) == [(EndReason.FAULT, "")]


def test_everything_the_session_says_is_a_prompt_that_exists() -> None:
    """A prompt id without a text would be silence where help was promised."""
    exercises = {"jaw-loose", "closed-smile", "lips", "cheek-release", "rest"}
    walk = started()
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
    said = {e.prompt for e in walk.of(Say) if isinstance(e, Say)}
    assert {s for s in said if s.split(".")[0] not in exercises} <= set(PROMPTS)


def test_tiredness_at_check_in_offers_relaxing_before_movement() -> None:
    """Tired people relax; the choice stays theirs."""
    walk = Walk.begin(plan(), context())
    walk.answer(Answer.YES)
    walk.wait(14_000)
    walk.answer(Answer.NONE)
    walk.answer(Answer.NONE)
    walk.answer(Answer.TIRED)
    assert walk.at(SessionPhase.RELAX_OFFER)
    assert [(e.item, e.value) for e in walk.of(Rated) if isinstance(e, Rated)] == [("pain_before", 0), ("tiredness", 2)]
    walk.answer(Answer.GO_ON)
    assert walk.at(SessionPhase.LINKED)


def test_a_plan_without_steps_is_refused_by_name() -> None:
    """An empty session would end as completed although nothing was done."""
    with pytest.raises(ValueError, match="has no steps"):
        begin(Plan(programme="x", version=1, title="", family=Family.RELAX, steps=()), context(), 0)
