"""What "Start" says it takes is what the session takes: the machine is led to its end and the clock is read."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk.care.families import PACKS
from kiosk.care.person import Person
from kiosk.care.plan import compile_plan
from kiosk.session.length import planned_ms
from kiosk.session.model import SessionPhase
from tests.care.people import FLACCID, PARETIC, SYNKINETIC, shipped, today
from tests.session.plans import context
from tests.session.walk import START, Walk

CLOSES = replace(SYNKINETIC, full_eye_closure=True, one_hand=True, glasses=False)


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize(
    ("person", "programme"),
    [
        (FLACCID, "gentle-care"),
        (FLACCID, "relax"),
        (PARETIC, "releases"),
        (PARETIC, "first-movements"),
        (SYNKINETIC, "quiet-control"),
        (CLOSES, "gentle-care"),
        (CLOSES, "releases"),
    ],
)
@pytest.mark.parametrize("screen_ms", [0, 10 * 60_000])
def test_the_session_takes_as_long_as_it_says(person: Person, programme: str, short: bool, screen_ms: int) -> None:
    """To the millisecond, for whoever answers at once; eyes that have looked long already rest once more."""
    plan = compile_plan(shipped(), person, shipped().programmes[programme], today(), short=short, regions=PACKS[1:3])
    about = context(stage=person.stage, side=person.side, eye_reminder=not person.full_eye_closure, screen_ms=screen_ms)
    walk = Walk.begin(plan, about)
    walk.check_in()
    walk.wait_until(lambda session: session.phase is SessionPhase.PAIN_AFTER)
    assert planned_ms(plan, about) == walk.now - START
