"""What is said fits the time it has: every prompt of every step, in every language, at every dose staff can set."""

from __future__ import annotations

import wave
from collections.abc import Iterator
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
from kiosk.session.steps import MIDDLE_AFTER_MS
from kiosk.session.timeline import hold_ms, length_ms, middle_ms, phases, repetition_start_ms
from kiosk.voice.bounds import MIDDLE_SPARE_MS, START_SPARE_MS
from tests.care.people import FLACCID, PARETIC, SYNKINETIC, shipped, today

LANGUAGES = sorted(folder.name for folder in (assets() / "voice").iterdir() if folder.is_dir())
BETWEEN_MS = 100
"""Quiet left between the word of a phase and that of the next one."""
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
def every_step() -> tuple[Step, ...]:
    """Each step that somebody can be led through, in the whole form and the short one, at each dose."""
    found: dict[Step, None] = {}
    for programme in shipped().programmes.values():
        if programme.family is Family.CARDS:
            continue
        for stage in programme.stages:
            for person in people(stage):
                for line in programme.lines:
                    alone = replace(programme, lines=(line,), line_needs=())
                    for short in (False, True):
                        with suppress(RuleError):  # nothing of it is for this person
                            for step in compile_plan(shipped(), person, alone, today(), short=short).steps:
                                found |= dict.fromkeys(dosed(step))
    assert {step.exercise for step in found} >= set(shipped().exercises)
    return tuple(found)


def tone_ms(kind: str) -> int:
    """The length of a tone."""
    with wave.open(str(assets() / "tones" / f"{kind}.wav"), "rb") as file:
        return file.getnframes() * 1_000 // file.getframerate()


def late(step: Step, voice: VoiceFiles, easier: bool) -> Iterator[str]:
    """Every prompt of ``step`` that is longer than its time, as a sentence."""

    def ms(prompt: str) -> int:
        found = voice.duration_ms(prompt)
        assert found is not None, f"{prompt} has no voice"
        return found

    def check(prompt: str, time_ms: int, where: str) -> Iterator[str]:
        if prompt and ms(prompt) > time_ms:
            yield f"{prompt}: {ms(prompt)} ms in {time_ms} ms, {where}"

    begins_ms, ends_ms = repetition_start_ms(step, 0, easier), length_ms(step, easier)
    if begins_ms:
        # The tone that ends the step before it comes first.
        yield from check(step.prompt_start, begins_ms - tone_ms("end") - START_SPARE_MS, "its lead-in")
    else:
        yield from check(step.prompt_start, ends_ms - MIDDLE_SPARE_MS, "the whole step")
    for repetition in range(step.repetitions):
        spoken = phases(step, repetition, easier)
        after = [at for at, _ in spoken[1:]] + [
            repetition_start_ms(step, repetition + 1, easier) if repetition + 1 < step.repetitions else ends_ms
        ]
        for (at, number), next_ms in zip(spoken, after, strict=False):
            yield from check(step.prompt_phases[number], next_ms - at - BETWEEN_MS, "its phase")
    if step.prompt_middle and ends_ms > MIDDLE_AFTER_MS:
        if not step.prompt_phases:
            yield from check(step.prompt_middle, hold_ms(step, False) - MIDDLE_SPARE_MS, "the hold")
        yield from check(step.prompt_middle, ends_ms - middle_ms(step, easier) - MIDDLE_SPARE_MS, "what is left")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_prompt_of_every_step_fits_its_time(language: str) -> None:
    """All steps x all doses x easier or not; also where a hold is halved."""
    voice = VoiceFiles(language, assets() / "voice", None)
    wrong = {why for step in every_step() for easier in (False, True) for why in late(step, voice, easier)}
    assert sorted(wrong) == []


def test_too_long_a_prompt_is_found() -> None:
    """The test above can fail: a step that is as short as nothing has no time for any words."""
    voice = VoiceFiles("en", assets() / "voice", None)
    spoken = [step for step in every_step() if step.prompt_start and step.prompt_middle and not step.prompt_phases]
    wrong = list(late(replace(spoken[0], lead_in_ms=1_000, hands_up_ms=0, hold_ms=1_000, repetitions=9), voice, False))
    assert {why.rpartition(", ")[2] for why in wrong} >= {"its lead-in", "the hold"}
