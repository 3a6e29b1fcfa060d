"""What a compiled session looks like, for any person and day."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from assets.tools.care_sentences import catalogue
from kiosk.care.caps import plan_breaks, work_ms
from kiosk.care.families import PACKS
from kiosk.care.library import Library
from kiosk.care.model import (
    Dose,
    Family,
    Line,
    Movement,
    Permission,
    Plan,
    Programme,
    Region,
    Side,
    Stage,
    Step,
    StepKind,
    ViewMode,
)
from kiosk.care.person import Person
from kiosk.care.plan import compile_plan, pick_regions, prompts
from kiosk.care.rules import offered
from kiosk.care.today import Today
from kiosk.errors import RuleError
from tests.care.people import (
    DAY,
    FLACCID,
    PARETIC,
    SYNKINETIC,
    TICKS,
    likely,
    ordinary,
    persons,
    shipped,
    today,
    todays,
)

PROMPTS = prompts(shipped())
SENTENCES = frozenset(catalogue(shipped()))
REGIONS = st.lists(st.sampled_from(PACKS), max_size=2, unique=True).map(tuple)


def compiled(person: Person, name: str, **choices: object) -> Plan:
    return compile_plan(shipped(), person, shipped().programmes[name], today(), **choices)  # type: ignore[arg-type]


def check(plan: Plan, person: Person) -> None:
    """Everything that must hold for any plan whatever."""
    assert plan_breaks(plan, person.stage) == []
    assert not any(step.active for step in plan.relax)
    steps = (*plan.steps, *plan.relax)
    assert steps
    for step in steps:
        for prompt in (step.prompt_start, step.prompt_middle, step.prompt_end):
            assert not prompt or prompt in PROMPTS
        assert step.prompt_start
        said = PROMPTS[step.prompt_start]
        if step.other_side:
            assert said == "Now the other side."
        else:
            assert said in (step.sentence, step.sentence.replace("softly open", "softly closed"))
        assert step.phases
        assert {f"{phase}." for phase in step.phases} >= {PROMPTS[prompt] for prompt in step.prompt_phases}
        assert not step.prompt_middle or (PROMPTS[step.prompt_middle] == step.feel and step.duration_ms > 20_000)
        assert {step.sentence, step.title, *step.phases} <= SENTENCES
        assert not step.feel or step.feel in SENTENCES
        assert len(step.sentence) <= 45
        assert len(step.feel) <= 60
        assert "{" not in step.sentence + step.feel
        assert not step.eyes_closed or PROMPTS[step.prompt_end].endswith("Open your eyes.")
        assert step.active or step.view is ViewMode.FEEL
        assert not (step.active and step.prompt_middle)
    assert not plan.why or plan.why in SENTENCES
    check_lead_ins(plan.steps)
    check_hands(plan.steps)
    check_glasses(plan.steps)
    check_blocks(plan.steps)


def check_lead_ins(steps: tuple[Step, ...]) -> None:
    """Five seconds, and longer only where the step before has last words of its own to be heard."""
    said = False
    for step in steps:
        service = step.kind in (StepKind.GLASSES, StepKind.ARM_REST) or step.exercise == "quiet"
        assert step.lead_in_ms == (0 if service else 6_500 if said and not step.hands else 5_000)
        if step.kind is not StepKind.ARM_REST and step.exercise != "quiet":
            said = bool(step.prompt_end)


def check_hands(steps: tuple[Step, ...]) -> None:
    """Hands go up in their own time, work for a minute at most, and rest only when the next step would be too long."""
    up_ms = 0
    for step, following in pairwise((*steps, steps[-1])):
        if step.kind is StepKind.ARM_REST:
            assert up_ms + 5_000 + work_ms(following) > 60_000
        if not step.hands:
            assert step.hands_up_ms == 0
            up_ms = 0
            continue
        assert step.hands_up_ms in ((0,) if up_ms else (5_000, 10_000))
        up_ms += work_ms(step) + (5_000 if up_ms else 0)
        assert up_ms <= 60_000


def check_glasses(steps: tuple[Step, ...]) -> None:
    off = [i for i, step in enumerate(steps) if step.glasses_off]
    notes = [i for i, step in enumerate(steps) if step.exercise in ("glasses-off", "glasses-on")]
    if not off:
        assert notes == []
        return
    assert [steps[i].exercise for i in notes] == ["glasses-off", "glasses-on"]
    between = steps[notes[0] + 1 : notes[1]]
    assert all(step.glasses_off or step.kind is StepKind.ARM_REST for step in between)
    assert sum(step.glasses_off for step in between) == len(off)


def check_blocks(steps: tuple[Step, ...]) -> None:
    """No block of movement, pauses inside it included, is longer than two minutes; 30 s of quiet lie between."""
    blocks: dict[int, list[int]] = {}
    for index, step in enumerate(steps):
        assert bool(step.block) == step.active
        if step.active:
            blocks.setdefault(step.block, []).append(index)
    assert list(blocks) == list(range(1, len(blocks) + 1))
    for indices in blocks.values():
        assert sum(step.duration_ms for step in steps[indices[0] : indices[-1] + 1]) <= 120_000
    for before, after in pairwise(blocks.values()):
        assert sum(step.duration_ms for step in steps[before[-1] + 1 : after[0]]) >= 30_000


@given(person=persons | likely, at=todays | ordinary, short=st.booleans(), regions=REGIONS, sound=st.booleans())
def test_plans_of_any_person_on_any_day_keep_the_rules(
    person: Person, at: Today, short: bool, regions: tuple[Region, ...], sound: bool
) -> None:
    """What is offered compiles within all caps; what is closed does not compile; a flaccid plan never moves."""
    for programme, verdict in offered(shipped(), person, at):
        try:
            plan = compile_plan(shipped(), person, programme, at, short=short, regions=regions, sound=sound)
        except RuleError:
            assert not verdict.open
            continue
        assert verdict.open or {reason.code for reason in verdict.reasons} <= {"per-day", "gap"}
        check(plan, person)
        assert not (person.stage is Stage.FLACCID and any(step.active for step in plan.steps))
        moved = {need for step in plan.steps if step.active for need in shipped().exercises[step.exercise].needs}
        assert moved <= {tick.movement for tick in person.ticks}


doses = st.builds(
    Dose,
    hold_s=st.floats(0.5, 5),
    in_s=st.floats(1, 10),
    out_s=st.floats(1, 10),
    rest_s=st.floats(5, 60),
    repetitions=st.integers(1, 10),
    source=st.just("D"),
)
MOVES = [e for e in shipped().exercises.values() if e.kind is StepKind.MOVEMENT]
RESTS = [e for e in shipped().exercises.values() if e.kind is StepKind.RELAX]
moves = st.builds(Line, exercise=st.sampled_from([e.id for e in MOVES]), dose=doses)
rests = st.builds(
    Line,
    exercise=st.sampled_from([e.id for e in RESTS]),
    dose=st.builds(Dose, hold_s=st.floats(0.5, 60), source=st.just("D")),
)


SMALLEST = Line(exercise="small-smile", dose=Dose(hold_s=1, in_s=1, out_s=1, rest_s=5, repetitions=1, source="D"))
JUST_FITS = replace(SMALLEST, dose=Dose(hold_s=1.75, in_s=6, out_s=10, rest_s=14.5, repetitions=4, source="D"))
"""Just under a block by itself, before the words that a rest in front of it ends with make its lead-in longer."""
SAYS_OPEN = Line(exercise="relax-eyes", dose=Dose(hold_s=1, source="D"))


@given(lines=st.lists(moves | rests, min_size=1, max_size=12), one_hand=st.booleans(), side=st.sampled_from(Side))
@example(lines=[SMALLEST, SAYS_OPEN, JUST_FITS], one_hand=False, side=Side.LEFT)
def test_any_clinic_programme_of_movements_is_split_or_refused(lines: list[Line], one_hand: bool, side: Side) -> None:
    """However a clinic mixes doses, a plan is cut into blocks of two minutes, or refused for its total."""
    programme = replace(shipped().programmes["quiet-control"], lines=tuple(lines), line_needs=())
    person = replace(SYNKINETIC, one_hand=one_hand, side=side)
    moving = sum(line.exercise in {e.id for e in MOVES} for line in lines)
    try:
        check(compile_plan(shipped(), person, programme, today()), person)
    except RuleError as error:
        why = str(error)
    else:
        why = "in one session" if moving else ""
    assert "in one session" in why or not moving


touches = st.builds(
    Line,
    exercise=st.sampled_from([e.id for e in shipped().exercises.values() if e.kind is StepKind.MASSAGE]),
    dose=st.builds(
        Dose,
        hold_s=st.floats(0.5, 300),
        in_s=st.floats(0, 10),
        out_s=st.floats(0, 10),
        rest_s=st.floats(5, 60),
        repetitions=st.integers(1, 10),
        source=st.just("D"),
    ),
)


@given(lines=st.lists(touches, min_size=1, max_size=4), one_hand=st.booleans())
def test_arms_rest_whatever_the_massage(lines: list[Line], one_hand: bool) -> None:
    """Hands are never at the face for more than a minute at a stretch, however long the clinic's massage."""
    programme = replace(shipped().programmes["gentle-care"], lines=tuple(lines))
    person = replace(SYNKINETIC, one_hand=one_hand, permissions=(Permission.NECK,))
    check(compile_plan(shipped(), person, programme, today()), person)


def test_gentle_care_keeps_the_published_minutes_and_halves_them_in_the_short_form() -> None:
    """Massage: forehead 120 s, temples 60, cheeks 180, chin 120, with two hands or one; the short form is half."""
    wanted = {"massage-forehead": 120, "massage-temples": 60, "massage-cheeks": 180, "massage-chin": 120}
    for one_hand in (False, True):
        for short in (False, True):
            plan = compiled(replace(FLACCID, one_hand=one_hand), "gentle-care", short=short)
            for name, seconds in wanted.items():
                held = sum(step.hold_ms for step in plan.steps if step.exercise == name)
                assert held == seconds * 1000 // (2 if short else 1)


def test_strong_side_ease_is_for_the_strong_side_before_linked_movement() -> None:
    """Ease is done on the strong side, in the flaccid and paretic stage, for one affected side only."""
    sides = {s.side for s in compiled(FLACCID, "gentle-care").steps if s.kind is StepKind.EASE}
    assert sides == {Side.RIGHT}
    for person in (SYNKINETIC, replace(FLACCID, side=Side.BOTH), replace(FLACCID, side=None)):
        assert not any(s.kind is StepKind.EASE for s in compiled(person, "gentle-care").steps)


@pytest.mark.parametrize(
    ("person", "exercise", "there"),
    [
        (SYNKINETIC, "massage-neck", False),
        (replace(SYNKINETIC, permissions=(Permission.NECK,)), "massage-neck", True),
        (replace(SYNKINETIC, permissions=(Permission.NECK,), carotid_disease=True), "massage-neck", False),
        (SYNKINETIC, "assisted-blink", True),
        (replace(SYNKINETIC, numb_eye=True), "assisted-blink", False),
        (replace(SYNKINETIC, eye_surgery=True), "assisted-blink", False),
        (replace(SYNKINETIC, numb_eye=None), "assisted-blink", False),
        (replace(SYNKINETIC, eye_surgery=None), "assisted-blink", False),
        (replace(SYNKINETIC, permissions=(Permission.NECK,), carotid_disease=None), "massage-neck", False),
    ],
)
def test_gentle_care_leaves_out_what_is_ruled_out(person: Person, exercise: str, there: bool) -> None:
    """Neck and helped blink appear only when nothing speaks against them."""
    assert (exercise in {step.exercise for step in compiled(person, "gentle-care").steps}) is there


def test_the_neck_is_done_one_side_at_a_time() -> None:
    """Neck massage is never on both sides at once."""
    plan = compiled(replace(SYNKINETIC, permissions=(Permission.NECK,)), "gentle-care")
    assert [step.side for step in plan.steps if step.region is Region.NECK] == [Side.LEFT, Side.RIGHT]


def test_releases_take_the_two_tightest_regions_and_say_why() -> None:
    """A session of releases is the packs that the person rated tightest, tightest first, 20 s twice each."""
    ratings = {Region.CHIN_JAW: 3, Region.SCALP_FOREHEAD_BROW: 1, Region.CHEEK_MOUTH_CORNER: 2}
    regions, why = pick_regions(ratings)
    assert regions == (Region.CHIN_JAW, Region.CHEEK_MOUTH_CORNER)
    plan = compiled(SYNKINETIC, "releases", regions=regions)
    assert plan.why == why == "Tightest, you said: chin and jaw. Then: cheek and mouth corner."
    releases = [step for step in plan.steps if step.kind is StepKind.RELEASE]
    assert list(dict.fromkeys(step.region for step in releases)) == list(regions)
    assert {(s.hold_ms, s.repetitions, s.rest_ms) for s in releases} == {(20_000, 2, 8_000)}
    assert 6 * 60_000 <= sum(step.duration_ms for step in plan.steps) <= 8 * 60_000


def test_releases_without_ratings_begin_with_the_first_regions() -> None:
    """Nobody has to rate anything; all ratings of zero are no ratings."""
    assert pick_regions({}) == pick_regions(dict.fromkeys(PACKS, 0))
    regions, why = pick_regions({})
    assert regions == PACKS[:2]
    assert compiled(SYNKINETIC, "releases").why == why
    assert pick_regions({Region.CHIN_JAW: 1})[0] == (Region.CHIN_JAW,)


def test_unreviewed_releases_say_as_your_therapist_showed_you() -> None:
    """Until a therapist of the site has reviewed a release, the screen says whose way it is."""
    for step in compiled(SYNKINETIC, "releases").steps:
        assert (step.kind is StepKind.RELEASE) == ("The way your therapist showed you." in step.feel)
    reviewed = {name: replace(e, reviewed_by="F. Therapist") for name, e in shipped().exercises.items()}
    library = Library(programmes=shipped().programmes, exercises=reviewed, cards=shipped().cards)
    plan = compile_plan(library, SYNKINETIC, library.programmes["releases"], today())
    assert not any("therapist" in step.feel for step in plan.steps)


def test_inside_the_cheek_only_when_staff_tick_it() -> None:
    """Inside-the-cheek releases are off by default, and off with a swallowing risk."""
    asked = (Region.CHEEK_MOUTH_CORNER,)
    ticked = replace(SYNKINETIC, permissions=(Permission.INSIDE_CHEEK,))
    for person, there in ((SYNKINETIC, False), (ticked, True), (replace(ticked, swallowing_risk=True), False)):
        names = {step.exercise for step in compiled(person, "releases", regions=asked).steps}
        assert ("release-inside-cheek" in names) is there


def test_first_movements_take_at_most_four_ticked_ones() -> None:
    """D: a warm-up of 60 s, then only ticked movements, at most four, 3-3-3-8 three times, split at two minutes."""
    plan = compiled(PARETIC, "first-movements")
    assert sum(step.hold_ms for step in plan.steps if step.kind is StepKind.RELAX) == 60_000
    active = [step for step in plan.steps if step.active]
    assert [step.exercise for step in active] == ["small-smile", "small-lips", "small-lids", "small-brow"]
    assert [step.block for step in active] == [1, 1, 2, 2]
    assert {(s.in_ms, s.hold_ms, s.out_ms, s.rest_ms, s.repetitions) for s in active} == {(3000, 3000, 3000, 8000, 3)}
    one = compiled(replace(PARETIC, ticks=(TICKS[0],)), "first-movements")
    assert [step.exercise for step in one.steps if step.active] == ["small-smile"]


def test_quiet_control_is_two_releases_a_minute_of_rest_then_pairs() -> None:
    """E: releases of the tightest regions, 60 s of rest, then pairs held three seconds, side words with each."""
    plan = compiled(SYNKINETIC, "quiet-control", regions=(Region.CHIN_JAW, Region.SCALP_FOREHEAD_BROW))
    kinds = [step.kind for step in plan.steps if step.kind in (StepKind.RELEASE, StepKind.RELAX, StepKind.MOVEMENT)]
    assert kinds == [StepKind.RELEASE] * 2 + [StepKind.RELAX] * 3 + [StepKind.MOVEMENT] * 5
    assert [s.region for s in plan.steps if s.kind is StepKind.RELEASE] == [Region.CHIN_JAW, Region.SCALP_FOREHEAD_BROW]
    assert sum(step.hold_ms for step in plan.steps if step.kind is StepKind.RELAX) == 60_000
    active = [step for step in plan.steps if step.active]
    assert {step.hold_ms for step in active} == {3_000}
    assert {step.feel for step in active} == {"Let your affected side soften; it will not drop."}
    for asked in ((), (Region.CHIN_JAW,)):
        counted = compiled(SYNKINETIC, "quiet-control", regions=asked).steps
        assert sum(step.kind is StepKind.RELEASE for step in counted) == 2
    smile = compiled(replace(SYNKINETIC, ticks=(TICKS[0],)), "quiet-control")
    assert {TICKS[0].movement} == {Movement.SMILE}
    assert [step.exercise for step in smile.steps if step.active] == ["quiet-smile"]


def test_sessions_are_about_as_long_as_they_should_be() -> None:
    """D 6 to 8 and E 8 to 10 minutes with settling and a minute of check-in; B three minutes of rest."""
    minutes = {
        name: (sum(s.duration_ms for s in compiled(person, name).steps) + shell_ms) / 60_000
        for name, person, shell_ms in (("first-movements", PARETIC, 100_000), ("quiet-control", SYNKINETIC, 40_000))
    }
    assert 6 <= minutes["first-movements"] <= 8
    assert 8 <= minutes["quiet-control"] <= 10
    assert sum(step.hold_ms for step in compiled(FLACCID, "relax").steps) == 180_000


def test_one_hand_does_the_sides_in_turn() -> None:
    """The one-hand form does left and right one after the other, in words of its own; releases keep their full dose."""
    plan = compiled(replace(PARETIC, one_hand=True), "releases", regions=(Region.SCALP_FOREHEAD_BROW,))
    scalp = [step for step in plan.steps if step.exercise == "release-scalp"]
    assert [step.side for step in scalp] == [Side.LEFT, Side.RIGHT]
    assert [step.prompt_start for step in scalp] == ["release-scalp.start.one-hand.left", "other-side.start"]
    assert [step.other_side for step in scalp] == [False, True]
    assert {step.hold_ms * step.repetitions for step in scalp} == {40_000}


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("one_hand", [False, True])
def test_the_other_side_is_announced_once_and_has_as_much_time(side: Side, one_hand: bool) -> None:
    """Whatever is done on two sides in turn: "Now the other side", and both have equal time, arm rests left out."""
    for name, person in (("gentle-care", FLACCID), ("releases", SYNKINETIC), ("quiet-control", SYNKINETIC)):
        whom = replace(person, side=side, one_hand=one_hand, permissions=(Permission.NECK, Permission.INSIDE_CHEEK))
        for exercise, group in groupby(
            (step for step in compiled(whom, name).steps if step.kind not in (StepKind.ARM_REST, StepKind.QUIET)),
            key=lambda step: step.exercise,
        ):
            steps = list(group)
            sides = list(dict.fromkeys(step.side for step in steps))
            times = {one: sum(step.hold_ms * step.repetitions for step in steps if step.side is one) for one in sides}
            assert len(set(times.values())) == 1, exercise
            announced = [step.side for step in steps if step.other_side]
            assert announced == sides[1:], exercise


def test_without_sound_eyes_stay_softly_open() -> None:
    """Eyes close only where a voice can ask to open them again."""
    heard, silent = (compiled(FLACCID, "relax", sound=sound).steps for sound in (True, False))
    assert [s.eyes_closed for s in heard].count(True) == 2
    assert not any(s.eyes_closed for s in silent)
    assert any("softly open" in s.sentence for s in silent)
    assert not any("closed" in s.sentence for s in silent)


def test_tired_persons_are_offered_relaxation() -> None:
    """Every plan but relaxation itself carries relaxation as its way out."""
    rest = compiled(PARETIC, "relax")
    assert rest.relax == ()
    assert compiled(PARETIC, "first-movements").relax == rest.steps


def test_the_view_is_for_movement_only() -> None:
    """Staff's view shows in movement steps; hands cover the face in all others."""
    plan = compiled(replace(PARETIC, view_mode=ViewMode.MIRROR), "first-movements")
    assert {(step.active, step.view) for step in plan.steps} == {(True, ViewMode.MIRROR), (False, ViewMode.FEEL)}


def test_an_hour_between_sessions_does_not_hinder_going_on() -> None:
    """A session that goes on after an interruption compiles within the hour; pain still refuses it."""
    programme = shipped().programmes["first-movements"]
    soon = today(active_begun_today=3, last_active_ended_ms=today().now_ms)
    assert compile_plan(shipped(), PARETIC, programme, soon).steps
    with pytest.raises(RuleError, match="pain"):
        compile_plan(shipped(), replace(PARETIC, pain_locked_on=DAY), programme, soon)


def test_a_plan_with_nothing_left_is_refused() -> None:
    """When ticks leave no movement of a programme, it says so instead of playing an empty session."""
    programme = replace(shipped().programmes["quiet-control"], line_needs=())
    nose = replace(SYNKINETIC, ticks=(replace(TICKS[0], movement=Movement.NOSE),))
    with pytest.raises(RuleError, match="nothing of quiet-control is left"):
        compile_plan(shipped(), nose, programme, today())


def test_a_plan_beyond_the_caps_is_refused() -> None:
    """A programme made in memory, past every validator, still cannot break a cap."""
    movement = shipped().programmes["first-movements"]
    lines = tuple(replace(line, dose=replace(line.dose, hold_s=6.0)) for line in movement.lines)
    with pytest.raises(RuleError, match="a hold of 6 s"):
        compile_plan(shipped(), PARETIC, replace(movement, lines=lines), today())


def test_every_prompt_has_its_own_words() -> None:
    """Voice texts are at most two sentences and say the side or words that their id names."""
    for prompt, words in PROMPTS.items():
        assert words
        assert len(words) <= 160
        assert "{" not in words
        if prompt.endswith(".left"):
            assert "your left" in words
        if prompt.endswith(".right"):
            assert "your right" in words


def test_programmes_are_played_in_their_versions() -> None:
    """A plan names programme, version and family, so that the diary can."""
    programme: Programme = shipped().programmes["relax"]
    plan = compile_plan(shipped(), FLACCID, programme, today(day=DAY + timedelta(days=3)))
    assert (plan.programme, plan.version, plan.title, plan.family) == ("relax", 1, "Relax", Family.RELAX)


LENSES = "lenses-out"


def exercises(person: Person, name: str, **choices: object) -> list[str]:
    return [step.exercise for step in compiled(person, name, **choices).steps]


@pytest.mark.parametrize("worn", [True, None])
def test_glasses_are_asked_about_in_the_plan_and_not_in_every_session(worn: bool | None) -> None:
    """Whoever wears none is not asked again; whoever does, or was never asked, is reminded in every session."""
    reminded = exercises(replace(FLACCID, glasses=worn), "gentle-care")
    assert reminded.count("glasses-off") == reminded.count("glasses-on") == 1
    spared = exercises(replace(FLACCID, glasses=False), "gentle-care")
    assert set(reminded) - set(spared) == {"glasses-off", "glasses-on"}


@pytest.mark.parametrize(
    ("name", "person", "lid"),
    [
        ("gentle-care", FLACCID, "assisted-blink"),
        ("first-movements", PARETIC, "small-lids"),
        ("quiet-control", SYNKINETIC, "quiet-lids"),
        ("releases", SYNKINETIC, "release-lower-lid"),
    ],
)
def test_contact_lenses_come_out_before_the_lids(name: str, person: Person, lid: str) -> None:
    """Rule j, once in a session, unless staff wrote down that none are worn."""
    regions = (Region.LOWER_LID_NOSE_SIDE,) if name == "releases" else ()
    for worn in (True, None):
        found = exercises(replace(person, contact_lenses=worn), name, regions=regions)
        lids = [n for n, one in enumerate(found) if one in ("release-lower-lid", "assisted-blink", lid)]
        assert found.count(LENSES) == 1
        assert found.index(LENSES) < min(lids)
        assert "glasses-off" not in found[found.index(LENSES) + 2 : min(lids)], "before the hands go up, not between"
    assert LENSES not in exercises(replace(person, contact_lenses=False), name, regions=regions)


def test_nothing_at_the_lids_needs_no_lenses_out() -> None:
    """Relaxing closes the eyes softly: nothing touches them."""
    assert LENSES not in exercises(replace(FLACCID, contact_lenses=True), "relax")
