"""What is said fits the time it has: every prompt of every step, in every language, at every dose staff can set."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache

import pytest
from msgspec.structs import replace

from kiosk.care.caps import HELD_LONG, hold_limit_s
from kiosk.care.model import Family, Permission, Side, Stage, Step
from kiosk.care.person import Person
from kiosk.care.plan import compile_plan
from kiosk.devices.sound_files import VoiceFiles
from kiosk.errors import RuleError
from kiosk.paths import assets
from kiosk.voice.bounds import END_TONE_MS
from kiosk.voice.slots import rooms, slots
from tests.care.people import FLACCID, PARETIC, SYNKINETIC, led, shipped, today

LANGUAGES = sorted(folder.name for folder in (assets() / "voice").iterdir() if folder.is_dir())
SHORTEST_MOVE_S, SHORTEST_RELEASE_S = 2, 10
"""The shortest holds that make sense of a movement and of a release; what is shorter needs no words."""
ALLOWED = (Permission.NECK, Permission.INSIDE_CHEEK)
PEOPLE = {Stage.FLACCID: FLACCID, Stage.PARETIC: PARETIC, Stage.SYNKINETIC: SYNKINETIC}


def people(stage: Stage) -> Iterator[Person]:
    """Somebody of the stage on each side, with one hand and two."""
    for side in Side:
        for one_hand in (False, True):
            yield replace(PEOPLE[stage], side=side, one_hand=one_hand, permissions=ALLOWED)


def dosed(step: Step) -> Iterator[Step]:
    """The step at its own hold, and at the shortest and the longest one that staff can set."""
    yield step
    if step.active or step.kind in HELD_LONG:
        shortest_s = SHORTEST_MOVE_S if step.active else SHORTEST_RELEASE_S
        for seconds in (shortest_s, hold_limit_s(step.kind)):
            yield replace(step, hold_ms=seconds * 1_000)


@cache
def every_step(doses: bool = True) -> tuple[Step, ...]:
    """Each step that somebody can be led through, in the whole form and the short one, at each dose.

    Without ``doses`` as the programme has it.
    """
    found: dict[Step, None] = {}
    for programme in led():
        if programme.family is Family.CARDS:
            continue
        for stage in programme.stages:
            for person in people(stage):
                for line in programme.lines:
                    alone = replace(programme, lines=(line,), line_needs=())
                    for short in (False, True):
                        with suppress(RuleError):  # nothing of it is for this person
                            for step in compile_plan(shipped(), person, alone, today(), short=short).steps:
                                found |= dict.fromkeys(dosed(step) if doses else (step,))
    assert {step.exercise for step in found} >= set(shipped().exercises)
    return tuple(found)


def shipped_ms(language: str) -> Callable[[str], int]:
    """How long each prompt lasts that ships."""
    voice = VoiceFiles(language, assets() / "voice", None)

    def ms(prompt: str) -> int:
        found = voice.duration_ms(prompt)
        assert found is not None, f"{prompt} has no voice"
        return found

    return ms


def late(step: Step, ms: Callable[[str], int]) -> Iterator[str]:
    """Every prompt of ``step`` that is longer than its time, as a sentence; ``ms`` tells how long each lasts."""
    for room in rooms(step):
        if ms(room.prompt) > room.ms:
            yield f"{room.prompt}: {ms(room.prompt)} ms in {room.ms} ms, {room.where}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_prompt_of_every_step_fits_its_time(language: str) -> None:
    """All steps x all doses x easier or not; also where a hold is halved."""
    ms = shipped_ms(language)
    wrong = {why for step in every_step() for why in late(step, ms)}
    assert sorted(wrong) == []


def test_the_tone_before_a_start_is_as_long_as_is_counted_with() -> None:
    """Its length is a constant, so that nothing has to read a file to know how long a recording may be."""
    with wave.open(str(assets() / "tones" / "end.wav"), "rb") as file:
        assert file.getnframes() * 1_000 // file.getframerate() == END_TONE_MS


def test_what_a_clinic_may_record_fits_as_well() -> None:
    """A recording as long as it may be is in time in every step at its programme's own dose, easier or not."""
    limits = slots(shipped())
    wrong = {why for step in every_step(doses=False) for why in late(step, lambda prompt: limits.get(prompt, 0))}
    assert sorted(wrong) == []
    assert limits


def test_too_long_a_prompt_is_found() -> None:
    """The test above can fail: a step that is as short as nothing has no time for any words."""
    spoken = [step for step in every_step() if step.prompt_start and step.prompt_middle and not step.prompt_phases]
    wrong = list(
        late(replace(spoken[0], lead_in_ms=1_000, hands_up_ms=0, hold_ms=1_000, repetitions=9), shipped_ms("en"))
    )
    assert {why.rpartition(", ")[2] for why in wrong} >= {"its lead-in", "the hold"}
