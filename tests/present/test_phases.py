"""What stands under the ring is what is done now, in every exercise that ships, and the voice says the same words."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from babel.messages import pofile
from msgspec.structs import replace

from kiosk.care.model import Permission, Side, Stage, Step, StepKind
from kiosk.care.plan import compile_plan, prompts
from kiosk.devices.sound_files import VoiceFiles
from kiosk.paths import assets
from kiosk.present.session import Around, present
from kiosk.programmes.validate import SENTENCE, WORD, longest_word
from kiosk.screens.scene import RingPace, StepScene
from kiosk.session.effects import Say
from kiosk.session.model import SessionPhase
from kiosk.session.prompts import TEXTS
from kiosk.session.timeline import BREATH_IN_MS
from tests.care.people import FLACCID, PARETIC, SYNKINETIC, led, shipped, today
from tests.session.plans import context, movement, plan
from tests.session.walk import Walk

PROMPTS = prompts(shipped())
VOICE = VoiceFiles("en", assets() / "voice", None)
ALLOWED = (Permission.NECK, Permission.INSIDE_CHEEK)
PEOPLE = {
    Stage.FLACCID: replace(FLACCID, permissions=ALLOWED),
    Stage.PARETIC: replace(PARETIC, permissions=ALLOWED),
    Stage.SYNKINETIC: replace(SYNKINETIC, permissions=ALLOWED),
}
DONE = (RingPace.MOVE_IN, RingPace.HOLD, RingPace.MOVE_OUT)


@cache
def every_step() -> dict[str, Step]:
    """Each step that the programmes can lead somebody through, with one hand and on both sides, under its words."""
    found: dict[str, Step] = {}
    for programme in led():
        for line in programme.lines:
            exercise = shipped().exercises[line.exercise]
            if programme.family.active and exercise.kind is not StepKind.MOVEMENT:
                continue  # in another programme too
            stages = exercise.stages or programme.stages
            person = PEOPLE[next(stage for stage in programme.stages if stage in stages)]
            alone = replace(programme, lines=(line,), line_needs=())
            for one in (person, replace(person, one_hand=True), replace(person, side=Side.BOTH)):
                if exercise.sides == "strong" and one.side is Side.BOTH:
                    continue
                for step in compile_plan(shipped(), one, alone, today()).steps:
                    found.setdefault(f"{step.exercise}: {step.sentence} {step.other_side * '(other side)'}", step)
    assert {step.exercise for step in found.values()} >= set(shipped().exercises)
    return found


def shown(walk: Walk) -> tuple[RingPace, str]:
    scene = present(walk.session, Around(), lambda text: text)
    assert isinstance(scene, StepScene)
    return scene.ring.pace, scene.ring.word


@pytest.mark.parametrize("name", sorted(every_step()))
def test_the_word_under_the_ring_is_the_exercise_s_own_and_so_is_the_voice_s(name: str) -> None:
    """Phase by phase, twice a second: its own words while it is done, and spoken just when they appear."""
    step = every_step()[name]
    walk = Walk.begin(plan(step), context(eye_reminder=False))
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    begun, before = len(walk.effects), shown(walk)
    if step.other_side:
        assert before[1] == "Now the other side"
    words: list[str] = []
    told = [(walk.now, before[1])]
    while walk.session.phase is SessionPhase.STEP:
        pace, word = shown(walk)
        if pace in DONE:
            words.append(word)
            assert word in step.phases
            if len(step.phases) == len(DONE):
                assert word == step.phases[DONE.index(pace)]
        else:
            assert word in ("Hands up", "Ready", "Rest", "Now the other side")
        if word != told[-1][1]:
            told.append((walk.now, word))
        walk.wait(500)
    assert set(words) == set(step.phases)
    said = [(at, PROMPTS[e.prompt]) for at, e in walk.effects[begun:] if isinstance(e, Say) and e.droppable
            and e.prompt in step.prompt_phases]  # fmt: skip
    if step.kind in (StepKind.MOVEMENT, StepKind.BLINK):
        assert said == [(at, f"{word}.") for at, word in told if word in step.phases]
    elif step.kind is StepKind.BREATHE:
        assert [word for _, word in told[1:3]] == ["Breathe in", "Breathe out"]
        assert [(at, f"{word}.") for at, word in told if word in step.phases][:2] == said, "the first breath"
    else:
        assert said == []


def test_no_word_takes_longer_to_say_than_its_phase_lasts() -> None:
    """What is said of a phase is over before the next begins."""
    for step in every_step().values():
        lengths = (step.in_ms or BREATH_IN_MS, step.hold_ms, step.out_ms)
        for prompt, length_ms in zip(step.prompt_phases, lengths, strict=False):
            heard_ms = VOICE.duration_ms(prompt)
            assert heard_ms is not None
            assert heard_ms < length_ms, prompt


def test_what_begins_a_step_is_said_before_the_step_begins() -> None:
    """The sentence, or "Now the other side", fits into the time of the hands and the lead-in."""
    for step in every_step().values():
        if step.lead_in_ms:
            heard_ms = VOICE.duration_ms(step.prompt_start)
            assert heard_ms is not None
            assert heard_ms <= step.hands_up_ms + step.lead_in_ms, step.sentence


BETWEEN = ("eye-care", "settle-in", "settle-out", "look-away", "break", "ready.glasses", "ready.hands")
"""What stands in the place of a step's sentence while no step runs."""
LANGUAGES = sorted((assets() / "locale").glob("*/LC_MESSAGES/kiosk.po"))


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.parts[-3])
def test_no_sentence_of_a_session_is_too_long_in_any_language(path: Path) -> None:
    """At most 45 characters and no word of more than 14 letters, beside the mirror as well as between the steps."""
    with path.open("rb") as file:
        words = {message.id: message.string for message in pofile.read_po(file)}
    sentences = {step.sentence for step in every_step().values()} | {TEXTS[name].text for name in BETWEEN}
    for sentence in sentences:
        said = str(words[sentence] or sentence)
        assert len(said) <= SENTENCE, said
        assert len(longest_word(said)) <= WORD, said


@pytest.mark.parametrize(("drops", "word"), [(True, "Drops"), (False, "Blink")])
def test_nothing_says_rest_while_eyes_are_looked_after(drops: bool, word: str) -> None:
    """Between the steps too, what stands under the ring does not contradict the sentence beside it."""
    walk = Walk.begin(plan(movement()), context(eye_drops=drops))
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.EYE_CARE)
    assert shown(walk)[1] == word
    walk.wait_until(lambda s: s.phase is SessionPhase.SETTLE_IN)
    assert shown(walk)[1] == "Rest"
