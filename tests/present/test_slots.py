"""What the voice says in a step has ended before it says the next thing (FAULTS B13): each prompt has its slot."""

from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace

from kiosk import paths
from kiosk.care.model import Permission, Side
from kiosk.care.person import Person
from kiosk.care.rules import may
from kiosk.devices.sound_files import VoiceFiles
from kiosk.session.effects import Say
from kiosk.session.model import SessionPhase
from kiosk.session.timed import TIMED
from tests.care.people import FLACCID, PARETIC, SYNKINETIC, led, today
from tests.session.walk import Walk

VOICE = VoiceFiles("en", paths.assets() / "voice")
PLANS = [
    (person, programme.id)
    for base in (FLACCID, PARETIC, SYNKINETIC)
    for one_hand in (False, True)
    for side in (base.side, Side.BOTH)
    for person in [replace(base, permissions=tuple(Permission), one_hand=one_hand, side=side)]
    for programme in led()
    if may(person, programme, today()).open
]


def walked(person: Person, programme: str) -> Walk:
    """A whole session in which nobody presses anything."""
    walk = Walk.of_programme(person, programme)
    walk.check_in()
    walk.wait_until(lambda session: session.phase not in TIMED and session.phase is not SessionPhase.STEP)
    return walk


@pytest.mark.parametrize(("person", "programme"), PLANS, ids=lambda part: str(getattr(part, "stage", part)))
def test_nothing_is_said_over_something_else(person: Person, programme: str) -> None:
    """By the lengths of the recordings that ship, and the moments at which a session asks for them."""
    walk = walked(person, programme)
    plan = walk.session.plan
    said = [(t_ms, effect) for t_ms, effect in walk.effects if isinstance(effect, Say)]
    names = {step.prompt_start for step in plan.steps} | {step.prompt_middle for step in plan.steps}
    names |= {name for step in plan.steps for name in (*step.prompt_phases, step.prompt_end)}
    over, free_ms = [], 0
    for (t_ms, effect), (next_ms, following) in pairwise(said):
        length_ms = VOICE.duration_ms(effect.prompt)
        assert length_ms is not None, effect.prompt
        begins_ms = max(t_ms, free_ms)  # what is held to its end lets the next one wait
        free_ms = begins_ms + length_ms if effect.hold else 0
        if effect.prompt in names and begins_ms + length_ms > next_ms and not effect.hold:
            over.append((effect.prompt, begins_ms + length_ms - next_ms, following.prompt))
    assert over == []
