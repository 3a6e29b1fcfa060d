"""A lit button does something, an unlit one nothing: in each moment of each programme, and on the way back into one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from kiosk.care.model import ViewMode
from kiosk.care.person import Person
from kiosk.care.rules import may
from kiosk.present.session import Around, present
from kiosk.session.machine import step
from kiosk.session.model import Answer, Session, SessionPhase
from kiosk.session.timed import TIMED
from kiosk.signals import Button, Press
from tests.care.people import FLACCID, PARETIC, SYNKINETIC, shipped, today
from tests.session.walk import Walk

PEOPLE = (
    FLACCID,
    replace(PARETIC, view_mode=ViewMode.MIRROR),
    replace(PARETIC, view_mode=ViewMode.LOOK_THEN_FEEL),
    replace(SYNKINETIC, view_mode=ViewMode.FEEL),
)
OFFERED = [
    (person, programme.id)
    for person in PEOPLE
    for programme in shipped().programmes.values()
    if may(person, programme, today()).open
]
SAMPLE_MS, PAUSE_EVERY = 1_300, 40


def moments(person: Person, programme: str, camera: bool) -> Iterator[tuple[Session, int]]:
    """A session from its first timed stretch on, paused and gone on with now and then."""
    walk = Walk.of_programme(person, programme, camera=camera)
    walk.check_in()
    number = 0
    while walk.session.phase in TIMED:
        yield walk.session, walk.now
        number += 1
        if number % PAUSE_EVERY == 0 and walk.session.phase is SessionPhase.STEP:
            walk.press(Button.AMBER)
            walk.answer(Answer.GO_ON)
        walk.wait(SAMPLE_MS)


@pytest.mark.parametrize("camera", [True, False], ids=["camera", "no camera"])
@pytest.mark.parametrize(("person", "programme"), OFFERED, ids=lambda part: str(getattr(part, "stage", part)))
def test_what_is_lit_works_and_what_is_not_does_nothing(person: Person, programme: str, camera: bool) -> None:
    """Green on every screen with a ring; amber and red always mean something there."""
    wrong, seen = set(), set()
    for session, now_ms in moments(person, programme, camera):
        scene = present(session, Around(), str)
        seen.add(session.phase)
        after, effects = step(session, Press(Button.GREEN, now_ms), now_ms)
        works = bool(effects) or present(after, Around(), str) != scene
        if works != bool(scene.strip.green):
            wrong.add((session.phase, session.current.exercise, scene.strip.green, works))
        assert scene.strip.amber
        assert scene.strip.red
    assert wrong == set()
    assert {SessionPhase.STEP, SessionPhase.LEAD_BACK} <= seen
