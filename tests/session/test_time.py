"""The person's time: what passes from Start to the first step, when every question is answered at once."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk.bedside.sessions import context_of
from kiosk.care.families import PACKS
from kiosk.care.model import Family, Permission, Side, StepKind
from kiosk.care.person import Person
from kiosk.care.plan import compile_plan
from kiosk.devices.sound_files import VoiceFiles
from kiosk.paths import assets
from kiosk.session.effects import StepEnded
from kiosk.session.model import Answer, Context, SessionPhase
from kiosk.session.prompts import PROMPTS
from kiosk.session.timed import EYE_CARE_MS, SHORT_SETTLE_MS, TIMED
from kiosk.settings import Settings
from kiosk.signals import Button
from tests.care.people import FLACCID, PARETIC, SYNKINETIC, shipped, today
from tests.session.plans import context, plan, relax
from tests.session.walk import START, Walk
from tests.session.world import GLASSES

MOST_MS, MOST_ACTIVE_MS = 60_000, 70_000
PRACTISED = sorted(p.id for p in shipped().programmes.values() if p.family is not Family.CARDS)
ALLOWED = (Permission.NECK, Permission.INSIDE_CHEEK)


class Speaker:
    """The shipped voice as the machine asks for it; ``muted``: nothing can be heard."""

    def __init__(self, muted: bool) -> None:
        self.audible = not muted
        self._voice = VoiceFiles("en", assets() / "voice", None)

    def duration_ms(self, prompt_id: str) -> int | None:
        return self._voice.duration_ms(prompt_id)


def to_first_step(walk: Walk) -> int:
    """Answer at once whatever is asked, as soon as it was heard; the time that passed until something is practised."""
    while walk.session.phase is not SessionPhase.STEP or walk.session.readying:
        if walk.session.phase is SessionPhase.EYE_CARE or walk.session.readying:
            place = (walk.session.phase, walk.session.step)
            walk.press(Button.GREEN)
            assert (walk.session.phase, walk.session.step) != place, "green says that it is done"
        elif walk.session.phase in TIMED:
            before = walk.session.phase
            walk.wait_until(lambda s, before=before: s.phase is not before)  # type: ignore[misc]
        elif walk.at(SessionPhase.TIREDNESS):
            walk.answer(Answer.FRESH)
        else:
            walk.hear_out()
            walk.press(Button.GREEN)
    return walk.now - START


def context_for(person: Person, name: str, *, muted: bool, regions: int) -> Walk:
    made = compile_plan(
        shipped(), person, shipped().programmes[name], today(), regions=(PACKS[regions],), sound=not muted
    )
    about: Context = context_of(
        shipped(), person, made, Settings(), Speaker(muted), today(),  # type: ignore[arg-type]
        red_stuck=False, last_week=True,
    )  # fmt: skip
    return Walk.begin(made, about)


@pytest.mark.parametrize("muted", [False, True], ids=["heard", "muted"])
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("name", PRACTISED)
def test_a_minute_is_enough_from_start_to_the_first_step(name: str, side: Side, muted: bool) -> None:
    """60 s, 70 with movement, whoever it is, whatever is tightest, with every question that there can be."""
    family = shipped().programmes[name].family
    base = {Family.QUIET_CONTROL: SYNKINETIC, Family.CARE: FLACCID}.get(family, PARETIC)
    for regions in range(len(PACKS)):
        for one_hand in (False, True):
            person = replace(base, side=side, permissions=ALLOWED, one_hand=one_hand)
            ms = to_first_step(context_for(person, name, muted=muted, regions=regions))
            assert ms <= (MOST_ACTIVE_MS if family.active else MOST_MS), (person.stage, regions, ms)


def test_done_ends_what_the_person_does_at_their_own_pace_and_nothing_else() -> None:
    """Drops and glasses: green says done, with the time that it really took; no settling is cut short by it."""
    walk = Walk.begin(plan(*GLASSES[:1], relax(), family=Family.RELAX), context())
    walk.check_in()
    assert walk.at(SessionPhase.EYE_CARE)
    walk.wait(1_000)
    walk.press(Button.GREEN)
    assert walk.at(SessionPhase.SETTLE_IN)
    walk.press(Button.GREEN)
    walk.wait(SHORT_SETTLE_MS - 1)
    assert walk.at(SessionPhase.SETTLE_IN)
    walk.wait(2_001)
    assert walk.session.readying
    walk.press(Button.GREEN)
    assert (walk.session.step, walk.session.current.kind) == (1, StepKind.RELAX)
    (ended,) = (e for e in walk.of(StepEnded) if isinstance(e, StepEnded))
    assert (ended.t_ms - ended.began_ms, ended.done, ended.skipped) == (2_000, 1, False)
    walk.press(Button.GREEN)
    assert walk.session.step == 1, "a step of practice is not done by saying so"


def test_eye_drops_have_all_the_time_they_take() -> None:
    """Amber waits; then green goes on to what follows, and the reminder is not begun anew."""
    walk = Walk.begin(plan(relax(), family=Family.RELAX), context())
    walk.check_in()
    walk.wait(2_000)
    walk.press(Button.AMBER)
    assert (walk.session.phase, walk.session.said) == (SessionPhase.PAUSED, "ask.drops")
    walk.wait(100_000)
    walk.press(Button.GREEN)
    assert walk.at(SessionPhase.SETTLE_IN)
    assert walk.session.paused_ms == 100_000


def test_who_says_nothing_has_the_whole_reminder() -> None:
    """Rule 12: twelve seconds, however little is pressed; also after a pause for another reason."""
    walk = Walk.begin(plan(relax(), family=Family.RELAX), context())
    walk.check_in()
    walk.wait(2_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.PAIN)
    walk.answer(Answer.MILD)
    walk.answer(Answer.GO_ON)
    assert walk.at(SessionPhase.EYE_CARE)
    walk.wait(EYE_CARE_MS - 1)
    assert walk.at(SessionPhase.EYE_CARE)
    walk.wait(1)
    assert walk.at(SessionPhase.SETTLE_IN)


def test_who_uses_no_drops_is_reminded_without_them() -> None:
    """Rule 12 stands; only what is not so is not said."""
    walk = Walk.begin(plan(relax(), family=Family.RELAX), context(eye_drops=False))
    walk.check_in()
    assert walk.session.said == "eye-care.blink"
    assert "drop" not in PROMPTS["eye-care.blink"].lower()
    walk.press(Button.AMBER)
    assert walk.session.said == "ask.paused"
