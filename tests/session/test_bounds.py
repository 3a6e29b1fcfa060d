"""Both sides of every number of a session, and what is true of a session of which nothing was said."""

from __future__ import annotations

from dataclasses import fields

import msgspec
import pytest

from kiosk.care.families import RESTFUL
from kiosk.care.model import Family, Plan, Step, StepKind, ViewMode
from kiosk.care.person import Person
from kiosk.care.plan import compile_plan
from kiosk.care.rules import offered
from kiosk.session.delivered import Delivered
from kiosk.session.effects import Noted, Say
from kiosk.session.machine import begin
from kiosk.session.model import Answer, Context, EndReason, SessionPhase, SessionTick
from kiosk.session.prompts import PROMPTS, RED_FLAGS, reading_ms
from kiosk.session.questions import answers, flag_ms, flags_read
from kiosk.session.timed import phase_length_ms
from kiosk.session.timeline import (
    Stretch,
    StretchPace,
    length_ms,
    middle_ms,
    repetition_end_ms,
    repetition_start_ms,
    stretch_at,
    stretches,
)
from kiosk.signals import Button, FaceState
from tests.care.people import FLACCID, PARETIC, SYNKINETIC, shipped, today
from tests.session.plans import context, movement, plan, relax, release
from tests.session.walk import START, Walk

AFTER_THE_LEAD_IN = 5_000


def in_step(*steps: Step, family: Family = Family.FIRST_MOVEMENTS) -> Walk:
    """A walk at the very beginning of its first step."""
    walk = Walk.begin(plan(*steps, family=family), context())
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    return walk


# What nobody has said.


def test_of_a_person_of_whom_nothing_is_said_the_careful_answer_is_taken() -> None:
    """Rules 5, 7 and 12: the eye is cared for, no pain is cleared, all signs are read, eyes rest after 20 min."""
    nothing = Context(session_id="s1", person="AB3D7", stage=None, side=None)
    said = {one.name: getattr(nothing, one.name) for one in fields(Context)}
    assert said == {
        "session_id": "s1",
        "person": "AB3D7",
        "stage": None,
        "side": None,
        "eye_reminder": True,
        "constant_pain_cleared": False,
        "clean_hands": False,
        "single_switch": False,
        "scan_ms": 2_000,
        "flag_count": len(RED_FLAGS),
        "flag_reading_ms": 30_000,
        "hearing": {},
        "said": PROMPTS,
        "flags": 0,
        "last_week": True,
        "stay_open": (Family.RELEASES, Family.RELAX),
        "look_away_after_ms": 20 * 60 * 1_000,
        "screen_ms": 0,
        "camera": True,
        "resumes": "",
        "start_step": 0,
        "start_repetition": 0,
        "red_stuck": False,
        "eye_drops": True,
    }


def test_a_session_begins_with_nothing_done_and_nothing_said() -> None:
    """The whole of it: a counter that begins elsewhere would end up in the record."""
    made, known = plan(), context(hearing={"ask.identity.left": 3_000})
    session, effects = begin(made, known, START)
    assert msgspec.structs.asdict(session) == {
        **dict.fromkeys(("now_ms", "since_ms", "touched_ms"), START),
        **dict.fromkeys(("planned_steps", "step", "repetition", "anchor_ms", "step_began_ms"), 0),
        **dict.fromkeys(
            ("run_from_ms", "played_ms", "held_ms", "paused_at_ms", "face_pauses", "flags", "stopped_ms"), 0
        ),
        "practised": (),
        **dict.fromkeys(("times", "done_steps", "practice_ms", "paused_ms", "screen_from_ms", "sent", "stored"), 0),
        **dict.fromkeys(
            ("begun", "open", "unready", "easier", "amber_stops", "pain_locked", "linked", "stalled"), False
        ),
        **dict.fromkeys(("toned_ms", "cursor", "face_lost_at_ms", "pain_before", "pain_after", "tiredness"), None),
        **dict.fromkeys(("pending", "flag", "end"), None),
        **dict.fromkeys(("picture", "camera_ok", "sight_ok"), True),
        **dict.fromkeys(("refusal", "stop_reason"), ""),
        "plan": made,
        "context": known,
        "phase": SessionPhase.IDENTITY,
        "lit_ms": START + 3_000,
        "said": "ask.identity.left",
        "scan_at_ms": START + 2_000,
        "paused_in": SessionPhase.SETTLE_IN,
        "asked": SessionPhase.IDENTITY,
        "delivered": Delivered(),
    }
    assert effects == (Say("ask.identity.left", hold=False, droppable=False),)


def test_a_plan_without_steps_is_named() -> None:
    empty = Plan(programme="x", version=1, title="", family=Family.RELAX, steps=())
    with pytest.raises(ValueError, match=r"^the plan of 'x' has no steps: nothing can be led$"):
        begin(empty, context(), 0)


def test_a_prompt_is_read_at_seventy_ms_a_letter_but_no_shorter_than_two_seconds() -> None:
    """Slow readers, tired eyes."""
    assert reading_ms("cue.slower") == 2_000
    assert reading_ms("ask.red-flags") == 70 * len(PROMPTS["ask.red-flags"])
    assert Context(session_id="", person="", stage=None, side=None).hears("cue.slower") == 2_000
    assert Context(session_id="", person="", stage=None, side=None, hearing={"cue.slower": 0}).hears("cue.slower") == 0


# How long.


@pytest.mark.parametrize(
    ("held_ms", "spoken"), [(20_000 - AFTER_THE_LEAD_IN, False), (20_001 - AFTER_THE_LEAD_IN, True)]
)
def test_a_word_in_the_middle_is_for_steps_longer_than_twenty_seconds(held_ms: int, spoken: bool) -> None:
    walk = in_step(relax(hold_ms=held_ms), family=Family.RELAX)
    walk.wait(held_ms + AFTER_THE_LEAD_IN - 1)
    prompts = [said.prompt for said in walk.of(Say) if isinstance(said, Say)]
    assert ("jaw-loose.middle" in prompts) is spoken


def test_a_cue_is_late_by_the_moment_it_was_planned_for() -> None:
    """However late the machine is called: whoever speaks can tell that it is too late for it."""
    walk = in_step(relax(hold_ms=45_000), family=Family.RELAX)
    walk.wait(45_000, late_ms=200)
    said = [(at, one) for at, one in walk.effects if isinstance(one, Say) and one.prompt == "jaw-loose.middle"]
    assert [(one.droppable, at - (one.at_ms or 0)) for at, one in said] == [(True, 200)]


def test_the_middle_lies_halfway_between_the_first_movement_and_the_end() -> None:
    """To the millisecond: hands up 10 s, lead-in 5 s, then 20 s, 8 s, 20 s."""
    assert middle_ms(release()) == 15_000 + 24_000
    assert middle_ms(release(), easier=True) == 15_000 + 14_000
    assert middle_ms(relax(hold_ms=45_001)) == 5_000 + 22_500


@pytest.mark.parametrize(("after_ms", "offered"), [(60_000, True), (60_001, False)])
def test_a_stop_can_be_taken_back_for_a_minute(after_ms: int, offered: bool) -> None:
    """Rule 4."""
    walk = in_step(movement())
    walk.press(Button.RED)
    walk.wait(after_ms)
    assert (Answer.MISTAKE in answers(walk.session)) is offered


@pytest.mark.parametrize(("late_ms", "phase"), [(5_000, SessionPhase.STEP), (5_001, SessionPhase.PAUSED)])
def test_five_silent_seconds_of_the_machine_are_no_practice(late_ms: int, phase: SessionPhase) -> None:
    """A call that comes later than that after what was planned pauses where it was last seen."""
    walk = in_step(movement())
    walk.now += AFTER_THE_LEAD_IN + late_ms
    walk.send(SessionTick())
    assert walk.session.phase is phase
    gaps = [one for one in walk.of(Noted) if isinstance(one, Noted) and one.code == "gap"]
    assert bool(gaps) is (phase is SessionPhase.PAUSED)


@pytest.mark.parametrize(("away_ms", "phase"), [(2_999, SessionPhase.STEP), (3_000, SessionPhase.FACE_AWAY)])
def test_a_face_is_missed_after_three_seconds(away_ms: int, phase: SessionPhase) -> None:
    walk = in_step(movement())
    walk.send(FaceState(False, walk.now))
    walk.wait(away_ms)
    assert walk.session.phase is phase


@pytest.mark.parametrize(("spare_ms", "phase"), [(1, SessionPhase.STEP), (0, SessionPhase.LOOK_AWAY)])
def test_eyes_rest_exactly_when_it_is_time(spare_ms: int, phase: SessionPhase) -> None:
    """Rule 12: after 20 min of screen, those before the session included; looked at where a step ends."""
    seen_ms = 12_000 + 8_000 + 50_000
    walk = Walk.begin(
        plan(relax(), relax(exercise="again"), family=Family.RELAX), context(screen_ms=20 * 60_000 - seen_ms - spare_ms)
    )
    walk.check_in()
    walk.wait_until(lambda s: s.step == 1)
    assert walk.session.phase is phase
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)


def test_warning_signs_are_read_one_after_the_other_in_equal_times() -> None:
    """Rule 7: a sign is read once its whole time is over; the last with the list; before and after there is none."""
    walk = Walk.begin(plan(), context(flag_reading_ms=14_000))
    assert flags_read(walk.session) == 0
    walk.answer(Answer.YES)
    assert flag_ms(walk.session) == 2_000
    seen = []
    for _ in range(7):
        walk.wait(1_999)
        seen.append(flags_read(walk.session))
        walk.wait(1)
    assert seen == [0, 1, 2, 3, 4, 5, 6]
    assert flags_read(walk.session) == 7
    walk.wait(10_000)
    assert flags_read(walk.session) == 7


def test_a_list_without_any_time_takes_a_millisecond_each() -> None:
    """A voice that says it takes no time must not divide by nothing."""
    at_once = Walk.begin(plan(), context(flag_reading_ms=0)).session
    assert flag_ms(at_once) == 1
    assert flag_ms(Walk.begin(plan(), context(flag_reading_ms=14_000, flag_count=0)).session) == 14_000


def test_how_long_each_stretch_is() -> None:
    """What the ring is drawn by; those that only a walk leads to stand in docs/sessions.md."""
    walk = Walk.begin(plan(movement()), context())
    walk.check_in()
    found = {}
    while not walk.at(SessionPhase.PAIN_AFTER):
        found[walk.session.phase] = phase_length_ms(walk.session)
        walk.wait_until(lambda s, was=walk.session.phase: s.phase is not was)  # type: ignore[misc]
    assert found == {
        SessionPhase.EYE_CARE: 12_000,
        SessionPhase.SETTLE_IN: 20_000,
        SessionPhase.STEP: 5_000 + 3 * 9_000 + 2 * 8_000,
        SessionPhase.SETTLE_OUT: 20_000,
    }


# Where a moment lies in a step.

SMILE = movement(hands_up_ms=10_000, lead_in_ms=5_000, in_ms=1_000, hold_ms=3_000, out_ms=2_000, rest_ms=6_000,
                 repetitions=2)  # fmt: skip
LINE = (
    Stretch(StretchPace.HANDS_UP, 0, 0, 10_000),
    Stretch(StretchPace.LEAD_IN, 0, 10_000, 15_000),
    Stretch(StretchPace.MOVE_IN, 0, 15_000, 16_000),
    Stretch(StretchPace.HOLD, 0, 16_000, 19_000),
    Stretch(StretchPace.MOVE_OUT, 0, 19_000, 21_000),
    Stretch(StretchPace.REST, 0, 21_000, 27_000),
    Stretch(StretchPace.MOVE_IN, 1, 27_000, 28_000),
    Stretch(StretchPace.HOLD, 1, 28_000, 31_000),
    Stretch(StretchPace.MOVE_OUT, 1, 31_000, 33_000),
)


def test_a_step_is_its_stretches_without_a_rest_at_last() -> None:
    assert stretches(SMILE) == LINE
    assert length_ms(SMILE) == 33_000
    assert [(one.start_ms, one.end_ms) for one in stretches(SMILE, easier=True) if one.pace is StretchPace.HOLD] == [
        (16_000, 17_500),
        (26_500, 28_000),
    ]
    assert length_ms(SMILE, easier=True) == 30_000
    assert stretches(relax(lead_in_ms=0)) == (Stretch(StretchPace.HOLD, 0, 0, 45_000),), (
        "what has no length is not there"
    )


@pytest.mark.parametrize("person", [FLACCID, PARETIC, SYNKINETIC], ids=lambda person: str(person.stage))
def test_easier_halves_work_and_never_rest(person: Person) -> None:
    """Of every step that ships: a shorter warm-up, quiet or breath makes nothing easier (rule d)."""
    steps = [
        step
        for programme, verdict in offered(shipped(), person, today())
        if verdict.open
        for step in compile_plan(shipped(), person, programme, today()).steps
    ]
    assert {StepKind.RELAX, StepKind.MASSAGE} <= {step.kind for step in steps}
    for step in steps:
        work = step.kind not in (*RESTFUL, StepKind.GLASSES, StepKind.ARM_REST)
        lost = length_ms(step) - length_ms(step, easier=True)
        assert lost == (step.hold_ms - step.hold_ms // 2) * step.repetitions * work, step


def test_each_moment_of_a_step_belongs_to_one_stretch() -> None:
    """The first millisecond belongs to what begins; before zero lies the first, beyond the end the last."""
    for one in LINE:
        assert stretch_at(SMILE, one.start_ms) == stretch_at(SMILE, one.end_ms - 1) == one
    assert stretch_at(SMILE, -1) == LINE[0]
    assert stretch_at(SMILE, 33_000) == stretch_at(SMILE, 99_000) == LINE[-1]
    assert stretch_at(SMILE, 17_500, easier=True).pace is StretchPace.MOVE_OUT


def test_a_repetition_is_its_movement_without_what_lies_around_it() -> None:
    assert [repetition_start_ms(SMILE, at) for at in (0, 1)] == [15_000, 27_000]
    assert [repetition_end_ms(SMILE, at) for at in (0, 1)] == [21_000, 33_000]
    assert [repetition_start_ms(SMILE, at, easier=True) for at in (0, 1)] == [15_000, 25_500]
    assert [repetition_end_ms(SMILE, at, easier=True) for at in (0, 1)] == [19_500, 30_000]
    held = release()
    assert [(repetition_start_ms(held, at), repetition_end_ms(held, at)) for at in (0, 1)] == [
        (15_000, 35_000),
        (43_000, 63_000),
    ]


# What is shown.


@pytest.mark.parametrize(
    ("view", "seen"),
    [
        (ViewMode.MIRROR, [True, True]),
        (ViewMode.GOOD_SIDE, [True, True]),
        (ViewMode.LOOK_THEN_FEEL, [True, False]),
        (ViewMode.FEEL, [False, False]),
    ],
)
def test_the_picture_by_view_mode_and_repetition(view: ViewMode, seen: list[bool]) -> None:
    walk = in_step(movement(view=view, repetitions=2))
    first = walk.session.may_show, walk.session.wants_picture
    walk.wait_until(lambda s: s.repetition == 1)
    assert [first, (walk.session.may_show, walk.session.wants_picture)] == [(one, one) for one in seen]


def test_no_picture_where_nothing_moves_or_no_camera_is() -> None:
    """In touch and rest the face needs none."""
    resting = in_step(relax(), family=Family.RELAX).session
    assert not resting.may_show
    blind = Walk.begin(plan(movement()), context(camera=False))
    blind.check_in()
    blind.wait_until(lambda s: s.phase is SessionPhase.STEP)
    assert not blind.session.wants_picture


def test_the_end_of_a_session_in_the_words_of_the_export() -> None:
    assert [reason.value for reason in EndReason] == ["completed", "stopped", "timeout", "power_loss", "fault"]
