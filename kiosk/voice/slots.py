"""All that there is to say, and how long each sentence may take: one rule for the voice that ships and for others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from msgspec.structs import replace

from kiosk.care.caps import REST_S
from kiosk.care.drafts import LEAD_IN_MS, MIDDLE_AFTER_MS, drafts
from kiosk.care.library import Library
from kiosk.care.model import Exercise, Line, Side, Step, ViewMode
from kiosk.care.person import Person
from kiosk.care.plan import HANDS_UP_MS, prompts
from kiosk.care.texts import OTHER_SIDE_PROMPT
from kiosk.session.prompts import PROMPTS, prompts_in
from kiosk.session.timeline import WORD_MS, hold_ms, length_ms, middle_ms, phases, repetition_start_ms
from kiosk.voice.bounds import END_TONE_MS, MIDDLE_SPARE_MS, PHASE_SPARE_MS, START_SPARE_MS
from kiosk.words import languages, words

SLOWEST_MS = 1_000
"""Time for each word of a sentence that nothing waits for: slower than anybody speaks, so that it has an end."""
PAUSES_MS = 3_000
START_MS = LEAD_IN_MS - END_TONE_MS - START_SPARE_MS
"""The longest start of a step whose lead-in is the shortest."""
PHASE_MS = WORD_MS - PHASE_SPARE_MS
"""The longest word of the shortest phase that has one."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A prompt's ``text``, and ``limit_ms``, the longest that it may last."""

    text: str
    limit_ms: int


def sentences(library: Library, language: str) -> dict[str, Sentence]:
    """Prompt id → what is said in ``language``; nothing in a language that the kiosk does not speak."""
    if language not in languages():
        return {}
    _ = words(language)
    said = {**prompts_in(_), **prompts(library, _)}
    limits = slots(library)
    return {
        prompt: Sentence(text, limits.get(prompt, len(text.split()) * SLOWEST_MS + PAUSES_MS))
        for prompt, text in said.items()
    }


def slots(library: Library) -> dict[str, int]:
    """Prompt id → the longest that it may last, in ms, for each that has to fit into its place.

    Of several places, and of all that a person can be, the shortest counts.
    """
    found = {prompt: REST_S * 1_000 - MIDDLE_SPARE_MS for prompt in PROMPTS if prompt.startswith("cue.")}
    found[OTHER_SIDE_PROMPT] = START_MS
    for programme in library.programmes.values():
        for line in programme.lines:
            if (exercise := library.exercises.get(line.exercise)) is None:
                continue
            for step in _every_way(line, exercise):
                for room in rooms(step):
                    found[room.prompt] = min(room.ms, found.get(room.prompt, room.ms))
    return found


@dataclass(frozen=True, slots=True)
class Room:
    """``prompt`` has ``ms`` in its place of a step: ``where``."""

    prompt: str
    ms: int
    where: str


def rooms(step: Step) -> Iterator[Room]:
    """The time of everything that is said in ``step``, as it is and made easier.

    A start comes after the tone that ends the step before it, and ends ``START_SPARE_MS`` before its lead-in does; a
    middle ends ``MIDDLE_SPARE_MS`` before its hold or rest and before its step; the word for a phase ends
    ``PHASE_SPARE_MS`` before the next one, also where the hold is halved.
    """
    for easier in (False, True):
        begins_ms, ends_ms = repetition_start_ms(step, 0, easier), length_ms(step, easier)
        if step.prompt_start:
            if begins_ms:
                yield Room(step.prompt_start, begins_ms - END_TONE_MS - START_SPARE_MS, "its lead-in")
            else:
                yield Room(step.prompt_start, ends_ms - MIDDLE_SPARE_MS, "the whole step")
        for repetition in range(step.repetitions):
            spoken = phases(step, repetition, easier)
            last = repetition + 1 == step.repetitions
            after_ms = ends_ms if last else repetition_start_ms(step, repetition + 1, easier)
            for (at_ms, number), next_ms in zip(spoken, [*(at for at, _ in spoken[1:]), after_ms], strict=False):
                yield Room(step.prompt_phases[number], next_ms - at_ms - PHASE_SPARE_MS, "its phase")
        if step.prompt_middle and ends_ms > MIDDLE_AFTER_MS:
            if step.prompt_phases and step.repetitions > 1:
                yield Room(step.prompt_middle, step.rest_ms - MIDDLE_SPARE_MS, "its rest")
            else:
                yield Room(step.prompt_middle, hold_ms(step, easier=False) - MIDDLE_SPARE_MS, "the hold")
            yield Room(step.prompt_middle, ends_ms - middle_ms(step, easier) - MIDDLE_SPARE_MS, "what is left")


def _every_way(line: Line, exercise: Exercise) -> Iterator[Step]:
    """The steps of ``line`` for each sort of person, in the whole form and the short one."""
    either = (False, True)
    for side, one_hand, short, sound in product(Side, either, either, either):
        person = Person(code="", side=side, one_hand=one_hand)
        for step in drafts(person, line, exercise, ViewMode.FEEL, short=short, sound=sound):
            yield step
            if step.hands:
                # Longer by the hands going up, it may have a middle where it had none.
                yield replace(step, hands_up_ms=HANDS_UP_MS)
