"""All that there is to say, and how long each sentence may take: one rule for the voice that ships and for others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.care.caps import REST_S
from kiosk.care.library import Library
from kiosk.care.model import Exercise, Line, StepKind
from kiosk.care.plan import LEAD_IN_MS, prompts
from kiosk.care.texts import OTHER_SIDE_PROMPT, spoken, variants
from kiosk.session.prompts import PROMPTS, prompts_in
from kiosk.session.timeline import BREATH_IN_MS, BREATH_OUT_MS
from kiosk.voice.bounds import MIDDLE_SPARE_MS, START_SPARE_MS
from kiosk.words import languages, words

SLOWEST_MS = 1_000
"""Time for each word of a sentence that nothing waits for: slower than anybody speaks, so that it has an end."""
PAUSES_MS = 3_000
START_MS = LEAD_IN_MS - START_SPARE_MS


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

    A start ends ``START_SPARE_MS`` before its lead-in does, a middle ``MIDDLE_SPARE_MS`` before its hold or rest, and
    the word for a phase ends before the phase. Of several places the shortest counts.
    """
    found = {prompt: REST_S * 1_000 - MIDDLE_SPARE_MS for prompt in PROMPTS if prompt.startswith("cue.")}
    found[OTHER_SIDE_PROMPT] = START_MS
    for programme in library.programmes.values():
        for line in programme.lines:
            exercise = library.exercises.get(line.exercise)
            for prompt, limit in () if exercise is None else _places(exercise, line):
                found[prompt] = min(limit, found.get(prompt, limit))
    return found


def _places(exercise: Exercise, line: Line) -> Iterator[tuple[str, int]]:
    dose = line.dose
    hold_ms = round(1_000 * min(dose.hold_s, dose.hold_s if line.short_hold_s is None else line.short_hold_s))
    for variant in variants(exercise):
        said = spoken(exercise, variant)
        if said.prompt_start:
            yield said.prompt_start, START_MS
        if said.prompt_middle and exercise.kind is not StepKind.MOVEMENT:  # nothing is said while a face moves
            in_rest = bool(said.prompt_phases) and dose.repetitions > 1
            yield said.prompt_middle, (round(dose.rest_s * 1_000) if in_rest else hold_ms) - MIDDLE_SPARE_MS
        yield from zip(said.prompt_phases, _phases(exercise, line, hold_ms), strict=False)


def _phases(exercise: Exercise, line: Line, hold_ms: int) -> list[int]:
    """The shortest that each phase lasts, as ``session.timeline.phase_at`` places them."""
    if exercise.kind is StepKind.BREATHE:
        return [BREATH_IN_MS, BREATH_OUT_MS]
    lengths = [round(line.dose.in_s * 1_000), hold_ms, round(line.dose.out_s * 1_000)]
    count = len(exercise.phases)
    return [min((ms for n, ms in enumerate(lengths) if min(n, count - 1) == k and ms), default=hold_ms)
            for k in range(count)]  # fmt: skip
