"""Everybody can practise: each programme from its beginning to its end, whatever a person lacks.

With one switch only, muted and without the picture, by ear alone, with one hand, with both sides affected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.care.model import Side, Stage, StepKind, ViewMode
from kiosk.care.person import Person
from kiosk.care.plan import prompts
from kiosk.care.rules import may
from kiosk.present.session import Around, answer_words, present
from kiosk.screens.scene import Listing, Mark, Menu, NoteScene, PictureScene, Scene, StepScene
from kiosk.session.effects import Say
from kiosk.session.model import Answer, EndReason, SessionPhase
from kiosk.session.prompts import PROMPTS
from kiosk.session.questions import choices
from kiosk.session.timed import TIMED
from kiosk.signals import Button
from tests.care.people import FLACCID, PARETIC, SYNKINETIC, led, shipped, today
from tests.session.walk import Walk

CALM: Mapping[SessionPhase, Answer] = {
    SessionPhase.IDENTITY: Answer.YES,
    SessionPhase.RED_FLAGS: Answer.NONE,
    SessionPhase.PAIN_BEFORE: Answer.NONE,
    SessionPhase.TIREDNESS: Answer.FRESH,
    SessionPhase.LINKED: Answer.NO,
    SessionPhase.CLEAN_HANDS: Answer.YES,
    SessionPhase.PAIN_AFTER: Answer.NONE,
    SessionPhase.LINKED_AFTER: Answer.NO,
}
"""Phase → the answer of a person to whom nothing is new."""
PEOPLE = {
    Stage.FLACCID: FLACCID,
    Stage.PARETIC: replace(PARETIC, view_mode=ViewMode.MIRROR),
    Stage.SYNKINETIC: replace(SYNKINETIC, view_mode=ViewMode.MIRROR),
}
OFFERED = [
    (stage, programme.id)
    for stage, person in PEOPLE.items()
    for programme in led()
    if may(person, programme, today()).open
]
EACH = pytest.mark.parametrize(("stage", "programme"), OFFERED, ids=str)
EVERY_PROMPT = {**PROMPTS, **prompts(shipped())}
"""Prompt → what the voice says."""


def begun(person: Person, programme: str, *, sound: bool = True, **about: Any) -> Walk:
    return Walk.of_programme(
        person, programme, sound=sound, hearing=dict.fromkeys(PROMPTS, 2_000) if sound else {}, **about
    )


def through(walk: Walk, answer: Callable[[Walk], None], each_ms: int = 1_500) -> Iterator[Scene]:
    """The screens of a whole session, one at least for each stretch of a step; ``answer`` is asked at each question."""
    for _ in range(5_000):
        if walk.session.phase is SessionPhase.DONE:
            break
        yield present(walk.session, Around(), str)
        if walk.session.phase in TIMED:
            walk.wait(each_ms)
        else:
            answer(walk)
    else:
        pytest.fail(f"no end in sight: {walk.session.phase}")
    yield present(walk.session, Around(), str)
    assert walk.session.end is EndReason.COMPLETED


def calm(walk: Walk) -> None:
    walk.answer(CALM[walk.session.phase])


def read(scene: Scene) -> str:
    """Everything on the screen that can be read."""
    parts = [scene.strip.green, scene.strip.amber, scene.strip.red, scene.notice]
    if isinstance(scene, StepScene):
        parts += [scene.title, scene.sentence, scene.feel, scene.then, scene.ring.word, scene.cue, scene.label]
    elif isinstance(scene, Menu):
        parts += [scene.title, scene.text, *(choice.label for choice in scene.choices)]
    elif isinstance(scene, Listing):
        parts += [scene.title, scene.question, *scene.lines]
    elif isinstance(scene, NoteScene):
        parts += [scene.title, *scene.lines]
    return " ".join(parts)


@EACH
def test_with_one_switch_only(stage: Stage, programme: str) -> None:
    """Every answer is lit in its turn and taken by the only button there is; no other is ever named."""
    walk = begun(PEOPLE[stage], programme, single_switch=True)
    for scene in through(walk, calm):
        assert scene.strip.amber == ""
        assert scene.strip.green or scene.strip.red or not isinstance(scene, Menu | Listing)


@EACH
def test_muted_and_with_the_picture_hidden(stage: Stage, programme: str) -> None:
    """Nothing is heard and no face is shown: the words say all of it, and nobody is asked to close their eyes."""
    walk = begun(PEOPLE[stage], programme, sound=False)
    assert not any(step.eyes_closed for step in walk.session.plan.steps)
    hidden = 0
    for scene in through(walk, calm, 700):
        if isinstance(scene, StepScene):
            assert scene.sentence
            assert scene.ring.word
            assert scene.ring.seconds or scene.ring.fraction
        if isinstance(scene, StepScene) and scene.picture is PictureScene.LIVE:
            assert scene.strip.green == "Hide picture"
            walk.press(Button.GREEN)
            hidden += 1
            shown = present(walk.session, Around(), str)
            assert isinstance(shown, StepScene)
            assert (shown.picture, shown.strip.green) == (PictureScene.NONE, "Show picture")
            assert shown.sentence == scene.sentence
    assert bool(hidden) == any(step.view is not ViewMode.FEEL and step.active for step in walk.session.plan.steps)


@EACH
def test_by_ear_alone(stage: Stage, programme: str) -> None:
    """The screen could be dark: each question and its answers are spoken, each step when it begins."""
    walk = begun(PEOPLE[stage], programme)
    said: list[str] = []

    def listening(walk: Walk) -> None:
        prompt = next(effect.prompt for _, effect in reversed(walk.effects) if isinstance(effect, Say))
        said.append(prompt)
        spoken = EVERY_PROMPT[prompt].lower()
        wanted = CALM[walk.session.phase]
        if choices(walk.session):
            names = [answer_words(str)[answer].lower() for answer in choices(walk.session)]
            assert "amber moves on, green chooses" in spoken or all(name in spoken for name in names)
        else:
            assert "green" in spoken or "is this" in spoken or spoken.rstrip().endswith("?"), spoken
        walk.answer(wanted)

    for _ in through(walk, listening):
        pass
    heard = [effect.prompt for effect in walk.of(Say) if isinstance(effect, Say)]
    assert all(prompt in EVERY_PROMPT for prompt in heard)
    begun_steps = [step.prompt_start for step in walk.session.plan.steps if step.prompt_start]
    assert [prompt for prompt in heard if prompt in set(begun_steps)] == begun_steps
    for step in walk.session.plan.steps:
        assert not step.eyes_closed or "open your eyes" in EVERY_PROMPT[step.prompt_end].lower()


@EACH
def test_with_one_hand(stage: Stage, programme: str) -> None:
    """No step needs two; sides that are worked on in turn get as much time each."""
    person = replace(PEOPLE[stage], one_hand=True)
    walk = begun(person, programme)
    times: dict[str, dict[Side | None, int]] = {}
    for step in walk.session.plan.steps:
        if step.hands:
            assert not re.search(r"\bboth hands\b|\bhands on\b|\beach hand\b", f"{step.sentence} {step.feel}".lower())
            times.setdefault(step.exercise, {}).setdefault(step.side, 0)
            times[step.exercise][step.side] += step.hold_ms * step.repetitions
    for sides in times.values():
        assert len(set(sides.values())) == 1
    for _ in through(walk, calm):
        pass


@pytest.mark.parametrize(
    ("stage", "programme"),
    [
        (stage, programme)
        for stage, programme in OFFERED
        if may(replace(PEOPLE[stage], side=Side.BOTH), next(one for one in led() if one.id == programme), today()).open
    ],
    ids=str,
)
def test_with_both_sides_affected(stage: Stage, programme: str) -> None:
    """No word and no drawing of a side, but where fingers are told which of the two comes now; no half is reflected."""
    person = replace(PEOPLE[stage], side=Side.BOTH)
    walk = begun(person, programme)
    for scene in through(walk, calm):
        assert "affected side" not in read(scene).lower()
        assert "strong side" not in read(scene).lower()
        if isinstance(scene, StepScene):
            step = walk.session.current
            assert scene.reflection is None
            assert step.hands or step.kind is StepKind.RELEASE or scene.side is Mark.NONE
