"""What a step shows of the face: the reflection only where it may be, words only in the rest, advice only before it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from kiosk.care.model import Family, Side, Stage, ViewMode
from kiosk.face.goodside import Reflection
from kiosk.face.model import Midline, UnseenReason
from kiosk.present.look import Findings, cue_words, guide_words
from kiosk.present.session import Around, present
from kiosk.programmes.wording import Wording
from kiosk.screens.scene import PictureScene, RingPace, StepScene
from kiosk.session.model import Answer, Session, SessionPhase
from kiosk.session.timeline import stretch_at
from kiosk.sight.coach import Cue
from kiosk.sight.framing import Advice
from kiosk.signals import Button, CameraState
from tests.care.people import BUILTIN
from tests.screens.paint_samples import LIVE, painter, translated
from tests.session.plans import context, movement, plan, release
from tests.session.walk import Walk

SHOWN = Reflection(
    healthy="right", midline=Midline(640.0, 306.0, 2.0), eyes_px=142.0, amount=1.0, reason=UnseenReason.NONE
)
GOOD = movement(view=ViewMode.GOOD_SIDE)
ALL = Findings(reflection=SHOWN, framing=Advice.NEARER, cue=Cue.SLOWER)
GUIDED = replace(ALL, reflection=msgspec.structs.replace(SHOWN, amount=0.0, reason=UnseenReason.NOT_WATCHED))


def plain(text: str) -> str:
    """English, as it is written."""
    return text


def walked(*steps: Any, family: Family = Family.FIRST_MOVEMENTS, **changes: Any) -> Walk:
    """A walk at the very beginning of its first step."""
    walk = Walk.begin(plan(*steps, family=family), context(eye_reminder=False, **changes))
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    return walk


def scene_of(session: Session, look: Findings = ALL) -> StepScene:
    scene = present(session, Around(look=look), plain)
    assert isinstance(scene, StepScene)
    return scene


def moments(walk: Walk, until: SessionPhase = SessionPhase.SETTLE_OUT, look: Findings = ALL) -> list[StepScene]:
    """What the screen shows, twice a second, until the session has come to ``until``."""
    seen = []
    while walk.session.phase is not until:
        seen.append(scene_of(walk.session, look))
        walk.wait(500)
    return seen


def test_a_cue_is_shown_in_the_rest_and_nowhere_else() -> None:
    """Words about a movement would be an order while the face moves."""
    seen = moments(walked(GOOD))
    assert {scene.ring.pace for scene in seen if scene.cue} == {RingPace.REST}
    assert {scene.cue for scene in seen if scene.ring.pace is RingPace.REST} == {"Slower"}


def test_advice_is_shown_before_the_movement_and_with_the_plain_mirror() -> None:
    """Who looks for their place before the camera must see where they are; the reflection fades first, named."""
    seen = moments(walked(GOOD), look=GUIDED)
    assert {scene.ring.pace for scene in seen if scene.guide} == {RingPace.LEAD_IN}
    assert all(scene.reflection is None and not scene.label for scene in seen if scene.guide)
    assert any(scene.reflection is not None for scene in seen)
    for amount in (1.0, 0.1):
        fading = msgspec.structs.replace(SHOWN, amount=amount, reason=UnseenReason.NOT_WATCHED)
        scene = scene_of(walked(GOOD).session, replace(ALL, reflection=fading))
        assert (scene.guide, scene.reflection, scene.label) == ("", fading, "Plain mirror")


def test_advice_comes_again_after_a_pause() -> None:
    """Somebody who has paused may have moved."""
    walk = walked(GOOD)
    walk.wait(9_000)
    assert not scene_of(walk.session, GUIDED).guide
    walk.press(Button.AMBER)
    walk.answer(Answer.GO_ON)
    assert walk.session.phase is SessionPhase.LEAD_BACK
    assert scene_of(walk.session, GUIDED).guide


def test_a_step_without_movement_says_nothing_about_the_face() -> None:
    """During massage and releases the hands cover the face."""
    for scene in moments(walked(release())):
        assert (scene.cue, scene.guide, scene.label, scene.reflection, scene.band) == ("", "", "", None, None)


def in_movement(walk: Walk) -> StepScene:
    walk.wait(walk.session.current.lead_in_ms + 1_500)
    return scene_of(walk.session)


@pytest.mark.parametrize(
    ("changes", "family", "view"),
    [
        ({"side": Side.BOTH}, Family.FIRST_MOVEMENTS, ViewMode.GOOD_SIDE),
        ({"side": None}, Family.FIRST_MOVEMENTS, ViewMode.GOOD_SIDE),
        ({"stage": Stage.SYNKINETIC}, Family.QUIET_CONTROL, ViewMode.GOOD_SIDE),
        ({}, Family.FIRST_MOVEMENTS, ViewMode.MIRROR),
    ],
)
def test_where_no_half_may_stand_for_the_other_none_does(
    changes: dict[str, Any], family: Family, view: ViewMode
) -> None:
    """Rule 13, and never quiet control: even a plan that slipped through shows the plain mirror."""
    scene = in_movement(walked(movement(view=view), family=family, **changes))
    assert scene.picture is PictureScene.LIVE
    assert (scene.reflection, scene.label) == (None, "")


@pytest.mark.parametrize(("affected", "healthy"), [(Side.LEFT, "right"), (Side.RIGHT, "left")])
def test_a_reflection_is_always_named(affected: Side, healthy: Any) -> None:
    """It is an illusion, and is never taken for the person's own movement."""
    walk = walked(GOOD, side=affected)
    walk.wait(walk.session.current.lead_in_ms + 1_500)
    look = Findings(reflection=msgspec.structs.replace(SHOWN, healthy=healthy))
    scene = scene_of(walk.session, look)
    assert scene.reflection is look.reflection
    assert scene.label == f"Your {healthy} side, twice"


@pytest.mark.parametrize("reason", [reason for reason in UnseenReason if reason is not UnseenReason.NONE])
def test_a_plain_mirror_is_named_too(reason: UnseenReason) -> None:
    """Softly, and with what helps where something does."""
    walk = walked(GOOD)
    walk.wait(walk.session.current.lead_in_ms + 1_500)
    look = Findings(reflection=msgspec.structs.replace(SHOWN, reason=reason, amount=0.0))
    assert scene_of(walk.session, look).label.startswith("Plain mirror")


@pytest.mark.parametrize("view", [ViewMode.MIRROR, ViewMode.GOOD_SIDE, ViewMode.LOOK_THEN_FEEL])
def test_one_press_hides_the_picture_and_what_lies_on_it(view: ViewMode) -> None:
    """In every mode that has a picture, at once; a second press brings it back."""
    walk = walked(movement(view=view))
    seen = [in_movement(walk)]
    for _ in range(2):
        walk.press(Button.GREEN)
        seen.append(scene_of(walk.session))
    assert [scene.picture for scene in seen] == [PictureScene.LIVE, PictureScene.NONE, PictureScene.LIVE]
    assert (seen[1].reflection, seen[1].label, seen[1].band) == (None, "", None)
    assert [scene.strip.green for scene in seen] == ["Hide picture", "Show picture", "Hide picture"]


def test_after_the_first_look_green_promises_no_picture() -> None:
    """Look, then feel: in the second repetition there is none to hide, and green says nothing."""
    walk = walked(movement(view=ViewMode.LOOK_THEN_FEEL))
    in_movement(walk)
    walk.wait_until(lambda s: s.repetition == 1)
    scene = scene_of(walk.session)
    assert (scene.picture, scene.strip.green) == (PictureScene.NONE, "")


@pytest.mark.parametrize("view", [ViewMode.MIRROR, ViewMode.GOOD_SIDE, ViewMode.FEEL])
def test_who_is_filmed_can_read_it(view: ViewMode) -> None:
    """In each view, also without a picture; and nobody reads it who is not."""
    walk = walked(movement(view=view))
    in_movement(walk)
    seen = [present(walk.session, Around(filming=filming), plain) for filming in (True, False)]
    assert [scene.filming for scene in seen if isinstance(scene, StepScene)] == ["Filming", ""]


def test_a_failed_camera_shows_no_reflection() -> None:
    """Where the mirror was there is a panel, and no label that speaks of one."""
    walk = walked(GOOD)
    in_movement(walk)
    walk.send(CameraState(False, "", walk.now))
    scene = scene_of(walk.session)
    assert scene.picture is PictureScene.MISSING
    assert (scene.reflection, scene.label, scene.band) == (None, "", None)


def test_the_band_follows_the_plan_and_nothing_else() -> None:
    """Up on the way in, whole in the hold, down on the way out, empty in the rest. The face has no part in it."""
    walk, last = walked(GOOD), -1.0
    walk.wait(walk.session.current.lead_in_ms)
    for _ in range(60):
        scene = scene_of(walk.session)
        position = walk.session.now_ms - walk.session.anchor_ms
        pace = stretch_at(walk.session.current, position).pace.value
        assert scene.band is not None
        assert scene.band == scene_of(walk.session, Findings()).band
        level = {
            "in": scene.band >= last,
            "hold": scene.band == 1.0,
            "out": scene.band <= last,
            "rest": scene.band == 0,
        }
        assert level[pace]
        last = scene.band
        walk.wait(200)


def test_every_cue_and_every_advice_has_words() -> None:
    """A word that somebody adds to ``face`` later is not silently left out."""
    assert set(cue_words(context(), plain)) == set(Cue)
    assert set(guide_words(plain)) == set(Advice) - {Advice.OK, Advice.UNKNOWN}


def test_words_fit_the_stage_and_the_sides() -> None:
    """Synkinetic: the affected side softens. Both sides affected: there is no strong one to speak of."""
    assert cue_words(context(), plain)["strong-waits"] == "Let the strong side wait"
    assert cue_words(context(stage=Stage.SYNKINETIC), plain)["strong-waits"] == "Let your affected side soften"
    assert "strong-waits" not in cue_words(context(side=Side.BOTH), plain)


@pytest.mark.parametrize("stage", [Stage.PARETIC, Stage.SYNKINETIC])
def test_all_words_fit_beside_the_face_and_ask_for_no_effort(stage: Stage) -> None:
    """In English and in a language 40 % longer, with the longest of them, over the picture and without it."""
    cues, guides = cue_words(context(stage=stage), plain).values(), guide_words(plain).values()
    wording = Wording(tomllib.loads((BUILTIN / "words.toml").read_text(encoding="utf-8"))["forbidden"])
    assert [wording.found(text) for text in (*cues, *guides, "Squeeze")] == [None] * (len(cues) + len(guides)) + [
        "squeez…"
    ]
    for picture in PictureScene:
        for scene in (
            *(replace(LIVE, picture=picture, cue=cue, band=0.0) for cue in cues),
            *(replace(LIVE, picture=picture, guide=guide, band=0.0) for guide in guides),
        ):
            assert painter().fits(scene) == []
            assert painter().fits(translated(scene)) == []
