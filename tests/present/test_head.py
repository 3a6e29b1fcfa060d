"""The drawn head: of every exercise, at its place, side, pace and size; and never a movement that nobody asked for."""

from __future__ import annotations

from dataclasses import fields
from math import hypot
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.care.model import Exercise, Family, Movement, Region, Side, Step, StepKind, ViewMode
from kiosk.care.showing import TouchGrip, TouchPath, TouchPress, TouchSpot, TouchWay
from kiosk.drawn.figure import LEANS, REGIONS, SPOTS, Figure, HandAt
from kiosk.drawn.hands import tips_mm
from kiosk.drawn.pose import LID_OPEN_MM, Pose
from kiosk.present import head
from kiosk.present.head import figure_at
from kiosk.present.session import Around, next_change_ms, present
from kiosk.screens.scene import HeadScene, StepScene
from kiosk.session.machine import seen_at
from kiosk.session.timeline import Stretch, StretchPace, length_ms, stretches
from kiosk.signals import Button, DecodedPicture
from tests.care.people import shipped
from tests.drawn.strips import steps_of
from tests.pictures.made import halves, own, shown_as
from tests.present.test_look import scene_of, walked
from tests.session.plans import movement, relax, release
from tests.session.walk import Walk

EXERCISES = list(shipped().exercises.values())
STEPS = [step for exercise in EXERCISES for step in steps_of(exercise)]
TOUCH = [step for step in STEPS if step.show is not None and step.show.spot is not None]
MOVEMENTS = [step for step in STEPS if step.kind is StepKind.MOVEMENT]
REST = Pose()
MOVES = {
    Movement.SMILE: {"corner_right_mm", "corner_left_mm"},
    Movement.LIPS: {"corner_right_mm", "corner_left_mm"},
    Movement.LIDS: {"lid_right", "lid_left", "gaze_y_mm"},
    Movement.BROW: {"brow_right_mm", "brow_left_mm"},
    Movement.NOSE: {"nose_mm"},
}


def name(value: Step | Exercise) -> str:
    return f"{value.exercise}-{value.side or 'middle'}" if isinstance(value, Step) else value.id


def at(step: Step, pace: StretchPace, share: float = 0.5, repetition: int = 0) -> Figure:
    """The drawing in the first stretch of this pace, when this share of it is gone."""
    return figure_at(step, place(step, pace, share, repetition))


def stretch_of(step: Step, pace: StretchPace, repetition: int = 0) -> Stretch:
    return next(s for s in stretches(step) if s.pace is pace and s.repetition == repetition)


def place(step: Step, pace: StretchPace, share: float, repetition: int = 0) -> int:
    stretch = stretch_of(step, pace, repetition)
    return stretch.start_ms + round(share * (stretch.end_ms - stretch.start_ms))


def moving(pose: Pose) -> set[str]:
    return {field.name for field in fields(Pose) if getattr(pose, field.name) != getattr(REST, field.name)}


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
def test_every_exercise_that_ships_has_a_drawing(exercise: Exercise) -> None:
    """In work it shows something that the bare head does not, and it is not called reviewed by anybody."""
    assert exercise.show is not None
    assert exercise.show.reviewed_by == ""
    for step in steps_of(exercise):
        figure = at(step, StretchPace.HOLD, 0.05)
        assert figure != Figure(side=figure.side, tone=figure.tone)


def test_every_place_region_and_grip_can_be_drawn() -> None:
    """What a file may say, the drawing knows."""
    assert {spot.value for spot in TouchSpot} == SPOTS.keys() == LEANS.keys()
    assert {region.value for region in Region} == REGIONS.keys()
    assert all(tips_mm(grip.value) for grip in TouchGrip)


@pytest.mark.parametrize("exercise", [e for e in EXERCISES if e.fingers], ids=name)
def test_the_drawing_says_what_the_words_say(exercise: Exercise) -> None:
    """Fingers, way and pressure, read from the sentences of the exercise by nothing but their words."""
    show = exercise.show
    assert show is not None
    fingers, direction = exercise.fingers.lower(), exercise.direction.lower()
    grips = {
        TouchGrip.ONE_FINGER: "one" in fingers and "hand" not in fingers,
        TouchGrip.TWO_FINGERS: fingers.startswith("two ") or "pads of two" in fingers,
        TouchGrip.THREE_FINGERS: "three" in fingers,
        TouchGrip.FOUR_FINGERS: "both hands" in fingers and "spread" not in fingers,
        TouchGrip.SPREAD: "spread" in fingers,
        TouchGrip.PINCH: "thumb below" in fingers,
        TouchGrip.THUMB_AND_TWO: "thumb and two" in fingers,
        TouchGrip.THUMB_INSIDE: "thumb inside" in fingers,
        TouchGrip.PALM: "hand," in fingers and "flat hand" in fingers,
    }
    assert show.grip is not None
    assert grips[show.grip]
    ways = {
        TouchWay.UP: ("up,", "back,"),
        TouchWay.DOWN: ("down,",),
        TouchWay.OUT: ("outward,",),
        TouchWay.IN: ("towards the nose", "towards the middle"),
    }
    if show.path is TouchPath.CIRCLE:
        assert "circles" in direction
    elif show.path is TouchPath.STAY:
        assert direction.startswith("none")
    else:
        assert show.way is not None
        assert direction.startswith(ways[show.way])
    said = f"{exercise.do} {exercise.feel} {exercise.fingers}".lower()
    light = any(word in said for word in ("very light", "without weight", "resting"))
    wanted = TouchPress.FIRM if "firm" in said else TouchPress.VERY_LIGHT if light else TouchPress.EASY
    assert show.press is wanted


@pytest.mark.parametrize("step", TOUCH, ids=name)
def test_hands_are_on_the_side_that_is_meant(step: Step) -> None:
    """The person's own left is where x grows; the middle is touched by one hand."""
    hands = at(step, StretchPace.LEAD_IN).hands
    sides = {Side.LEFT: [1], Side.RIGHT: [-1], Side.BOTH: [1, -1], None: [-1]}[step.side]
    assert [hand.side for hand in hands] == sides
    assert [hand.grip for hand in hands] == [step.show.grip.value for _ in sides] if step.show and step.show.grip else 0
    for hand in hands:
        assert hand.x * hand.side > 0 or step.side is None


def way(step: Step, hand: HandAt, start: HandAt) -> float:
    return hypot(hand.x - start.x, hand.y - start.y)


@pytest.mark.parametrize("step", TOUCH, ids=name)
def test_a_path_is_as_long_as_it_says_and_goes_its_way(step: Step) -> None:
    """At its true size, and with the pace of the step: from where the hands were laid, to where they stay."""
    show = step.show
    assert show is not None
    start = at(step, StretchPace.LEAD_IN).hands
    hold = stretch_of(step, StretchPace.HOLD)
    figures = [figure_at(step, ms) for ms in range(hold.start_ms, hold.end_ms, head.NOTCH_MS)]
    ways = [max(way(step, hand, first) for hand, first in zip(f.hands, start, strict=True)) for f in figures if f.hands]
    if show.path is TouchPath.CIRCLE:
        # From one end of the circle to the other.
        assert max(ways) == pytest.approx(2 * show.size_mm, abs=0.1)
        assert figures[0] == figures[head.CIRCLE_MS // head.NOTCH_MS]
    elif show.path is TouchPath.STAY:
        assert max(ways) == 0
    else:
        assert max(ways) == pytest.approx(show.size_mm, rel=0.01)
        last = max((f for f in figures if f.hands), key=lambda f: way(step, f.hands[0], start[0])).hands[0]
        out, down = (last.x - start[0].x) * last.side, last.y - start[0].y
        wanted = {TouchWay.UP: (0, -1), TouchWay.DOWN: (0, 1), TouchWay.IN: (-1, 0), TouchWay.OUT: (1, 0)}
        assert show.way is not None
        assert (out / show.size_mm, down / show.size_mm) == pytest.approx(wanted[show.way], abs=0.01)


@pytest.mark.parametrize("step", MOVEMENTS, ids=name)
def test_only_what_was_ticked_moves_and_as_far_as_it_says(step: Step) -> None:
    """Nothing but the step's needs, alike on both sides, and not a hair further than the exercise says."""
    assert step.show is not None
    allowed = set().union(*(MOVES[need] for need in step.needs))
    figures = [figure_at(step, ms) for ms in range(0, length_ms(step), head.NOTCH_MS)]
    assert moving(at(step, StretchPace.HOLD).pose)
    for figure in figures:
        pose = figure.pose
        assert moving(pose) <= allowed
        assert (pose.corner_left_mm, pose.lid_left, pose.brow_left_mm) == (
            pose.corner_right_mm,
            pose.lid_right,
            pose.brow_right_mm,
        )
        most = max(abs(pose.corner_left_mm), LID_OPEN_MM * pose.lid_left, pose.brow_left_mm, pose.nose_mm)
        assert most <= step.show.size_mm + 1e-9
    held = at(step, StretchPace.HOLD).pose
    most = max(abs(held.corner_left_mm), LID_OPEN_MM * held.lid_left, held.brow_left_mm, held.nose_mm)
    assert most == pytest.approx(step.show.size_mm)


@pytest.mark.parametrize("step", STEPS, ids=name)
def test_it_rests_when_the_person_rests(step: Step) -> None:
    """Before the first repetition and between two, nothing moves; in the rest there is no arrow either."""
    for stretch in stretches(step):
        if stretch.pace not in (StretchPace.HANDS_UP, StretchPace.LEAD_IN, StretchPace.REST):
            continue
        figures = [figure_at(step, ms) for ms in range(stretch.start_ms, stretch.end_ms, head.NOTCH_MS)]
        assert {figure.pose for figure in figures} == {REST}
        assert len({figure.hands for figure in figures if figure.hands}) <= 1
        assert {figure.breath for figure in figures} <= {None, 0.0}
        if stretch.pace is StretchPace.REST:
            assert not any(figure.arrows for figure in figures)
            assert not (figures[0].hands and not step.active)


@pytest.mark.parametrize("step", MOVEMENTS, ids=name)
def test_it_keeps_the_pace_of_the_timeline(step: Step) -> None:
    """In its time it is on the way, in the hold it stays, and it has let go when the timeline has."""
    ends = [at(step, pace, share).pose for pace, share in ((StretchPace.MOVE_IN, 0), (StretchPace.MOVE_OUT, 1))]
    assert ends == [REST, REST]
    hold = stretch_of(step, StretchPace.HOLD)
    held = {figure_at(step, ms).pose for ms in range(hold.start_ms + head.NOTCH_MS, hold.end_ms, head.NOTCH_MS)}
    assert len(held) == 1
    assert at(step, StretchPace.MOVE_IN, 0.25).pose not in held | {REST}
    easier = [figure_at(step, place(step, StretchPace.HOLD, 0.9), easier=True), at(step, StretchPace.HOLD)]
    assert easier[0] != easier[1], "with half the hold it has let go by then"


def test_breath_grows_four_seconds_and_shrinks_six() -> None:
    """The disc of the breathing step."""
    (step,) = steps_of(shipped().exercises["breathe"])
    start = stretch_of(step, StretchPace.HOLD).start_ms
    breaths = [figure_at(step, start + ms).breath or 0.0 for ms in range(0, 10_000, head.NOTCH_MS)]
    top = 4_000 // head.NOTCH_MS
    assert breaths[top] == max(breaths) == 1.0
    assert breaths[0] == 0.0
    assert breaths[: top + 1] == sorted(breaths[: top + 1])
    assert breaths[top:] == sorted(breaths[top:], reverse=True)
    assert figure_at(step, start + 10_000) == figure_at(step, start)


@pytest.mark.parametrize("exercise", [e for e in EXERCISES if e.kind is StepKind.RELEASE], ids=name)
def test_an_unreviewed_release_shows_only_its_region(exercise: Exercise) -> None:
    """No finger, no arrow; the region, on the side that is meant."""
    for step in steps_of(exercise, reviewed=False):
        side = {Side.LEFT: 1, Side.RIGHT: -1}.get(step.side or Side.BOTH, 0)
        figures = {figure_at(step, ms) for ms in range(0, length_ms(step), head.NOTCH_MS)}
        assert figures == {Figure(lit=exercise.region.value, side=side, tone=3)}


# In a session


def shown(step: Step, exercise: str) -> Step:
    """A step of a test's plan that is drawn as ``exercise`` is, by somebody who reviewed it."""
    show = shipped().exercises[exercise].show
    assert show is not None
    return replace(step, show=replace(show, reviewed_by="A. Reader"))


SMILE = shown(movement(needs=(Movement.SMILE,)), "small-smile")
CHEEK = shown(release(), "release-cheek")


def head_of(walk: Walk) -> HeadScene | None:
    return scene_of(walk.session).head


def test_green_hides_the_drawing_and_shows_it_again() -> None:
    """In touch too, where there is no mirror to hide; the button says so."""
    walk = walked(CHEEK, family=Family.RELEASES)
    seen = []
    for _press in range(3):
        scene = scene_of(walk.session)
        seen.append((scene.head is not None, scene.strip.green))
        walk.press(Button.GREEN)
    assert seen == [(True, "Hide picture"), (False, "Show picture"), (True, "Hide picture")]


def test_resting_and_feeling_are_picture_free() -> None:
    """Relaxing has no drawing; a movement has one where the face may be seen, and only then."""
    assert head_of(walked(shown(relax(), "relax-jaw"), family=Family.RELAX)) is None
    assert head_of(walked(shown(relax(), "relax-jaw"), family=Family.CARE)) is not None
    assert head_of(walked(replace(SMILE, view=ViewMode.FEEL))) is None
    assert head_of(walked(replace(SMILE, view=ViewMode.MIRROR))) is not None
    assert head_of(walked(replace(SMILE, view=ViewMode.MIRROR), camera=False)) is not None
    looking = walked(replace(SMILE, view=ViewMode.LOOK_THEN_FEEL))
    assert head_of(looking) is not None
    looking.wait_until(lambda s: s.repetition == 1)
    assert head_of(looking) is None


def test_a_step_without_a_drawing_has_none() -> None:
    """A clinic's own exercise need not have one, and is never shown with somebody else's."""
    walk = walked(release())
    assert head_of(walk) is None
    assert scene_of(walk.session).strip.green == ""


def test_its_side_is_named() -> None:
    """One side has its word; both have none."""
    left, both = head_of(walked(CHEEK)), head_of(walked(SMILE))
    assert left is not None
    assert both is not None
    assert (left.side_word, both.side_word) == ("Left", "")


def test_the_pressure_is_said_once() -> None:
    """Before what to feel, unless that says it already; nobody presses where only a region is shown."""

    def says(exercise: str, **changes: Any) -> str:
        feel = shipped().exercises[exercise].feel
        return scene_of(
            walked(replace(shown(release(feel=feel), exercise), **changes), family=Family.RELEASES).session
        ).feel

    assert says("release-cheek") == "A slow, easy stretch."
    assert says("ease-mouth", kind=StepKind.EASE).startswith("Slow, easy. ")
    assert says("massage-chin", kind=StepKind.MASSAGE).lower().count("firm") == 1
    walk = walked(release(feel="Easy.", show=shipped().exercises["release-cheek"].show), family=Family.RELEASES)
    assert scene_of(walk.session).feel == "Easy."


def test_the_screen_is_drawn_when_something_moves_and_not_otherwise() -> None:
    """A slide in notches; while the fingers stay, as rarely as ever."""
    walk = walked(CHEEK)
    hold = stretch_of(CHEEK, StretchPace.HOLD)

    def waits(into_ms: int) -> int:
        now = walk.session.anchor_ms + hold.start_ms + into_ms
        change = next_change_ms(walk.session, now)
        assert change is not None
        return change - now

    assert waits(1_000) <= head.NOTCH_MS
    assert waits(8_010) > head.NOTCH_MS
    heads = {head_of_at(walk, hold.start_ms + ms) for ms in range(0, 4_000, 20)}
    assert 45 <= len(heads) <= 51


@pytest.mark.parametrize("step", STEPS, ids=name)
def test_no_move_of_any_exercise_is_slept_through(step: Step) -> None:
    """Wherever the drawing differs from one notch to the next, that notch is when it is drawn."""
    family = Family.FIRST_MOVEMENTS if step.kind is StepKind.MOVEMENT else Family.RELEASES
    view = ViewMode.MIRROR if step.kind is StepKind.MOVEMENT else step.view
    walk = walked(replace(step, view=view), family=family)
    session, anchor = walk.session, walk.session.anchor_ms
    assert session.wants_head
    for stretch in stretches(session.current):
        for at_ms in range(stretch.start_ms, stretch.end_ms - head.NOTCH_MS, head.NOTCH_MS):
            coming = at_ms + head.NOTCH_MS
            if figure_at(session.current, at_ms) != figure_at(session.current, coming):
                assert head.next_move_ms(session, anchor + at_ms + 1) == anchor + coming


def head_of_at(walk: Walk, position_ms: int) -> HeadScene | None:
    scene = present(seen_at(walk.session, walk.session.anchor_ms + position_ms), Around(), str)
    assert isinstance(scene, StepScene)
    return scene.head


@pytest.mark.parametrize("tone", [1, 6])
def test_the_skin_is_that_of_the_setting(tone: int) -> None:
    """Whoever sees the head may want it to look like theirs."""
    scene = present(walked(SMILE).session, Around(tone=tone), str)
    assert isinstance(scene, StepScene)
    assert scene.head is not None
    assert scene.head.figure.tone == tone


# A clinic's own picture or film


FILM = shown_as(halves(), count=5)
OWN = own("film.mp4", "release-cheek", Side.LEFT)
TOUCHED = replace(CHEEK, picture=OWN)


def own_at(walk: Walk, position_ms: int, film: DecodedPicture = FILM) -> HeadScene:
    session = seen_at(walk.session, walk.session.anchor_ms + position_ms)
    scene = present(session, Around(pictures={OWN: film}), str)
    assert isinstance(scene, StepScene)
    assert scene.head is not None
    return scene.head


def test_a_film_runs_with_the_repetition_and_stands_while_the_person_waits() -> None:
    """At its own pace, round and round, from its beginning each time; still wherever the drawn head would rest."""
    walk = walked(TOUCHED)
    for repetition in (0, 1):
        hold = stretch_of(TOUCHED, StretchPace.HOLD, repetition)
        frames = [own_at(walk, hold.start_ms + ms).frame for ms in range(0, 1_000, 40)]
        assert frames == [ms // 80 % 5 for ms in range(0, 1_000, 40)]
    for pace in (StretchPace.HANDS_UP, StretchPace.LEAD_IN, StretchPace.REST):
        stretch = stretch_of(TOUCHED, pace)
        assert {own_at(walk, ms).frame for ms in range(stretch.start_ms, stretch.end_ms, 130)} == {0}
    assert own_at(walk, length_ms(TOUCHED)).frame == 0
    assert own_at(walk, stretch_of(TOUCHED, StretchPace.HOLD).start_ms).picture is FILM


def test_a_film_of_a_movement_runs_through_in_hold_and_out() -> None:
    """What a therapist filmed is one repetition: nothing begins anew in the middle of it."""
    step = replace(SMILE, picture=OWN)
    walk = walked(step)
    begin = stretch_of(step, StretchPace.MOVE_IN).start_ms
    assert [own_at(walk, begin + ms).frame for ms in (0, 2_990, 3_090, 6_100)] == [0, 37 % 5, 38 % 5, 76 % 5]
    assert own_at(walk, begin + 9_100).frame == 0


def test_the_screen_is_drawn_for_each_picture_of_a_film_and_no_oftener() -> None:
    """A picture that stands still costs nothing; a film wakes the screen where its next picture begins."""
    walk = walked(TOUCHED)
    hold = stretch_of(TOUCHED, StretchPace.HOLD)

    def wait(into_ms: int, film: DecodedPicture = FILM, pace: StretchPace = StretchPace.HOLD) -> int:
        start = stretch_of(TOUCHED, pace).start_ms
        now = walk.session.anchor_ms + start + into_ms
        move = head.next_move_ms(walk.session, now, {OWN: film})
        return 0 if move is None else move - now

    assert (wait(8_010), wait(8_079), wait(8_080)) == (70, 1, 80)
    assert wait(8_010, shown_as(halves())) == 0
    assert wait(3_000, pace=StretchPace.LEAD_IN) == 0
    now = walk.session.anchor_ms + hold.start_ms + 8_010
    due = next_change_ms(walk.session, now, {OWN: FILM})
    assert due is not None
    assert due - now <= 70


def test_a_picture_that_cannot_be_shown_leaves_the_drawn_head() -> None:
    """Not decoded yet, not to be decoded, or somebody else's: the person sees what they saw before."""
    walk = walked(TOUCHED)
    for pictures in ({}, {own("film.mp4", "release-cheek", Side.RIGHT): FILM}):
        scene = present(walk.session, Around(pictures=pictures), str)
        assert isinstance(scene, StepScene)
        assert scene.head is not None
        assert scene.head == head_of(walked(CHEEK))
        assert scene.head.picture is None


def test_a_picture_goes_wherever_the_drawn_head_goes() -> None:
    """Hidden by green, never where the face is felt, never in relaxing; its side is named."""
    walk, pictures = walked(TOUCHED, family=Family.RELEASES), {OWN: FILM}
    around = Around(pictures=pictures)

    def seen(walk: Walk) -> HeadScene | None:
        scene = present(walk.session, around, str)
        assert isinstance(scene, StepScene)
        return scene.head

    first = seen(walk)
    assert first is not None
    assert (first.picture, first.side_word) == (FILM, "Left")
    walk.press(Button.GREEN)
    assert seen(walk) is None
    assert seen(walked(replace(shown(relax(), "relax-jaw"), picture=OWN), family=Family.RELAX)) is None
    assert seen(walked(replace(SMILE, picture=OWN, view=ViewMode.FEEL))) is None
    looking = walked(replace(SMILE, picture=OWN, view=ViewMode.LOOK_THEN_FEEL))
    assert seen(looking) is not None
    looking.wait_until(lambda s: s.repetition == 1)
    assert seen(looking) is None
