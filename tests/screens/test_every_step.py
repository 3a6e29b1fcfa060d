"""Every step of every programme as it ships, on every screen: it can be read, and nothing moves while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from msgspec.structs import replace as changed

from kiosk.care.model import Permission, ViewMode
from kiosk.care.person import Person
from kiosk.care.rules import may
from kiosk.drawn.figure import Figure
from kiosk.present.session import Around, present
from kiosk.screens.fit import Placed, TextRole
from kiosk.screens.scene import PictureScene, StepScene
from kiosk.session.model import SessionPhase
from kiosk.session.timed import TIMED
from kiosk.words import Words, languages, words
from tests.care.people import FLACCID, PARETIC, SYNKINETIC, led, today
from tests.screens.paint_samples import SIZES, painter, translated
from tests.session.walk import Walk

EVERYTHING = tuple(Permission)
PEOPLE = tuple(
    changed(person, permissions=EVERYTHING, view_mode=view, one_hand=one_hand)
    for person, view in (
        (FLACCID, None),
        (PARETIC, ViewMode.MIRROR),
        (PARETIC, ViewMode.GOOD_SIDE),
        (SYNKINETIC, ViewMode.MIRROR),
        (SYNKINETIC, None),
    )
    for one_hand in (False, True)
)
SAMPLE_MS = 900
"""Less than the shortest stretch of a step."""


def scenes(
    person: Person, programme: str, every_ms: int = SAMPLE_MS, _: Words = str
) -> Iterator[tuple[int, StepScene]]:
    """The number of the step in its session, and what stands on the screen in it, ``every_ms``."""
    walk = Walk.of_programme(person, programme)
    walk.check_in()
    while walk.session.phase in TIMED:
        scene = present(walk.session, Around(), _)
        assert isinstance(scene, StepScene)
        if walk.session.phase is SessionPhase.STEP:
            yield walk.session.step, scene
        walk.wait(every_ms)


def still(scene: StepScene) -> StepScene:
    """The same at no time in particular."""
    head = scene.head and replace(scene.head, figure=Figure())
    ring = replace(scene.ring, fraction=0.0, seconds=9, held=1.0)
    return replace(scene, ring=ring, band=scene.band and 0.0, dimmed=False, head=head)


@cache
def steps(language: str = "en") -> dict[str, tuple[StepScene, ...]]:
    """What each step shows in its course, by what it is; each once."""
    found: dict[tuple[object, ...], dict[StepScene, None]] = {}
    for person in PEOPLE:
        for programme in led():
            if may(person, programme, today()).open:
                for _, scene in scenes(person, programme.id, _=words(language)):
                    key = (scene.title, scene.picture, scene.sentence, scene.feel, scene.ring.words, scene.head is None)
                    found.setdefault(key, {})[replace(still(scene), then="")] = None
    return {f"{title}-{picture}-{n}": tuple(each) for n, ((title, picture, *_), each) in enumerate(found.items())}


def fixed(items: list[Placed], word: str) -> list[tuple[object, ...]]:
    """Where everything is but the word of the moment."""
    parts = [part for item in items for part in item.walk()]
    return [(part.role, part.box) for part in parts if not part.lines or " ".join(part.lines) != word]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_step_can_be_read_and_stands_still(size: tuple[int, int]) -> None:
    """In its own words and in ones 40 % longer: nothing clipped, nothing overlapping, and nothing moves."""
    assert len(steps()) > 40
    faults, moved = [], []
    for name, course in steps().items():
        for said in (course, tuple(translated(scene) for scene in course)):
            places = set()
            for scene in said:
                assert isinstance(scene, StepScene)
                faults += painter().fits(scene, size)
                items = painter().layout(scene, size)
                shown = any(part.role is TextRole.HEAD for item in items for part in item.walk())
                assert shown == (scene.head is not None) or said is not course, name
                places.add(str(fixed(items, scene.ring.word)))
            if len(places) > 1:
                moved.append(name)
    assert faults == []
    assert moved == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", sorted({*languages()} - {"en"}))
def test_every_step_can_be_read_in_each_language(language: str, size: tuple[int, int]) -> None:
    """As it is translated: nothing clipped, and while it runs nothing moves."""
    assert len(steps(language)) > 40
    faults, moved = [], []
    for name, course in steps(language).items():
        faults += [fault for scene in course for fault in painter().fits(scene, size)]
        if len({str(fixed(painter().layout(scene, size), scene.ring.word)) for scene in course}) > 1:
            moved.append(name)
    assert faults == []
    assert moved == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_drawing_of_one_side_has_the_name_of_that_side_at_it(size: tuple[int, int]) -> None:
    """Large or small, beside a mirror or alone (rule h)."""
    found = 0
    for name, (scene, *_) in steps().items():
        if scene.head is None or not scene.head.side_word:
            continue
        parts = [part for item in painter().layout(scene, size) for part in item.walk()]
        drawn = [part.box for part in parts if part.role is TextRole.HEAD]
        named = [part.box for part in parts if part.lines == (scene.head.side_word,)]
        assert len(drawn) == len(named) == 1, name
        (head,), (word,) = drawn, named
        assert head.y <= word.y < word.bottom <= head.bottom, name
        assert 0 < max(head.x - word.right, word.x - head.right) < head.w, name
        found += scene.picture is PictureScene.LIVE
    assert found > 0
