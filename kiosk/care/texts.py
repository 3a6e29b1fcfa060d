"""The texts of a step: one place makes the screen's sentence and the voice's words, so they cannot differ.

A text of an exercise may hold ``{side}`` ("your left"), ``{sides}`` (the words about sides that fit the person) and
``{eyes}`` ("eyes softly closed"; open when there is no sound to end it). Each placeholder makes variants, and each
variant has a prompt id of its own: ``exercise.start``, ``exercise.start.left``, ``exercise.start.one-hand.left``,
``exercise.start.strong``. The words for what is done just now (``exercise.phase-1`` …) stand under the ring as well.
Exercises of a clinic's own files begin with ``site.``: recordings that ship with the kiosk
say other words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from kiosk.care.model import Card, Exercise, Side, StepKind
from kiosk.care.words import SIDE_WORDS, SideWords, Translate

SIDE_NAMES: Mapping[Side, str] = {Side.LEFT: "your left", Side.RIGHT: "your right"}
EYES_CLOSED = "eyes softly closed"
EYES_OPEN = "eyes softly open"
OPEN_EYES = "Open your eyes."
AS_SHOWN = "The way your therapist showed you."
OTHER_SIDE = "Now the other side"
OTHER_SIDE_PROMPT = "other-side.start"


@dataclass(frozen=True, slots=True)
class Variant:
    """The form of an exercise's texts that is meant."""

    side: Side | None = None
    """The side that is done, or both; None: the middle."""
    words: SideWords = SideWords.BOTH
    """The words about sides that fit the person."""
    one_hand: bool = False
    """Whether the person uses one hand."""
    sound: bool = True
    """Whether a sound tells when closed eyes may open."""


@dataclass(frozen=True, slots=True)
class SpokenStep:
    """The texts of one step and the prompt ids that go with them; an empty id says nothing."""

    sentence: str
    """The sentence that says what to do."""
    feel: str
    """The sentence that says what to feel."""
    end: str
    """The words at its end."""
    prompt_start: str
    """The prompt at its start."""
    prompt_middle: str
    """The prompt in its middle."""
    prompt_end: str
    """The prompt at its end."""
    phases: tuple[str, ...] = ()
    """The words for what is done just now."""
    prompt_phases: tuple[str, ...] = ()
    """The prompts that say them; none where there is only one, which the sentence says."""


def spoken(exercise: Exercise, variant: Variant) -> SpokenStep:
    """The texts of ``exercise`` in the form that ``variant`` names."""
    do = exercise.one_hand if variant.one_hand and exercise.one_hand else exercise.do
    feel = _feel(exercise)
    end = " ".join(text for text in (exercise.finish, OPEN_EYES if exercise.eyes_closed else "") if text)
    return SpokenStep(
        sentence=_fill(do, variant),
        feel=_fill(feel, variant),
        end=end,
        prompt_start=_prompt(exercise, "start", do, variant, one_hand=do != exercise.do),
        prompt_middle=_prompt(exercise, "middle", feel, variant),
        prompt_end=_prompt(exercise, "end", end, variant),
        phases=exercise.phases or (exercise.title,),
        prompt_phases=_phase_prompts(exercise),
    )


def variants(exercise: Exercise) -> Iterator[Variant]:
    """Every form of ``exercise`` that a plan can contain."""
    texts = exercise.do + exercise.feel + exercise.one_hand
    sides: tuple[Side | None, ...] = (Side.LEFT, Side.RIGHT) if "{side}" in texts else (None,)
    words = tuple(SideWords) if "{sides}" in texts else (SideWords.BOTH,)
    hands = (False, True) if exercise.one_hand and exercise.one_hand != exercise.do else (False,)
    sound = (True, False) if "{eyes}" in texts else (True,)
    for side, word, hand, heard in product(sides, words, hands, sound):
        if side is None or "{side}" in (exercise.one_hand if hand else exercise.do):
            yield Variant(side=side, words=word, one_hand=hand, sound=heard)
        else:
            yield Variant(side=None, words=word, one_hand=hand, sound=heard)


def exercise_prompts(exercise: Exercise, _: Translate = str) -> dict[str, str]:
    """Prompt id to words in the language of ``_``, for everything the voice can say in ``exercise``."""
    prompts: dict[str, str] = {}
    for variant in variants(exercise):
        if variant.sound:
            said = spoken(exercise, variant)
            prompts |= {
                said.prompt_start: _(said.sentence),
                said.prompt_middle: _(said.feel),
                said.prompt_end: _(said.end),
                **{name: f"{_(phase)}." for name, phase in zip(said.prompt_phases, said.phases, strict=False)},
            }
    prompts.pop("", None)
    return prompts


def card_prompts(card: Card, _: Translate = str) -> dict[str, str]:
    """Prompt id ``card.<id>.<page from 1>`` to the words of that page, in the language of ``_``."""
    return {f"card.{card.id}.{number}": _(page) for number, page in enumerate(card.pages, 1)}


def _feel(exercise: Exercise) -> str:
    if exercise.kind is StepKind.RELEASE and not exercise.reviewed_by:
        return f"{exercise.feel} {AS_SHOWN}".strip()
    return exercise.feel


def _fill(text: str, variant: Variant) -> str:
    if variant.side is not None and variant.side in SIDE_NAMES:
        text = text.replace("{side}", SIDE_NAMES[variant.side])
    text = text.replace("{sides}", SIDE_WORDS[variant.words])
    return text.replace("{eyes}", EYES_CLOSED if variant.sound else EYES_OPEN)


def _phase_prompts(exercise: Exercise) -> tuple[str, ...]:
    if len(exercise.phases) < 2:
        return ()
    return tuple(
        _prompt(exercise, f"phase-{number}", phase, Variant()) for number, phase in enumerate(exercise.phases, 1)
    )


def _prompt(exercise: Exercise, part: str, text: str, variant: Variant, *, one_hand: bool = False) -> str:
    if not text:
        return ""
    parts = ["site", exercise.id, part] if exercise.site else [exercise.id, part]
    if one_hand:
        parts.append("one-hand")
    if "{side}" in text and variant.side is not None:
        parts.append(variant.side.value)
    if "{sides}" in text:
        parts.append(variant.words.value)
    return ".".join(parts)
