"""The timeline of a step: pure arithmetic that places each of its moments, so that nothing can drift."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from kiosk.care.model import Step, StepKind

BREATH_IN_MS, BREATH_OUT_MS = 4_000, 6_000
"""Length of breathing in, and of breathing out."""
WORD_MS = 1_500
"""A phase shorter than this is not spoken: the next one's word would cut its own."""


class StretchPace(StrEnum):
    """The sort of a stretch: what it asks of the person."""

    HANDS_UP = "hands-up"
    LEAD_IN = "lead-in"
    MOVE_IN = "in"
    HOLD = "hold"
    MOVE_OUT = "out"
    REST = "rest"


_DONE = (StretchPace.MOVE_IN, StretchPace.HOLD, StretchPace.MOVE_OUT)
"""The stretches of a repetition, in order."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of a step's timeline, of one ``pace``, for one ``repetition`` (from 0).

    It lasts from ``start_ms`` to ``end_ms``, in milliseconds from the step's anchor.
    """

    pace: StretchPace
    repetition: int
    start_ms: int
    end_ms: int


def hold_ms(step: Step, easier: bool) -> int:
    """The length of one hold of ``step``. ``easier`` halves that of a movement or a touch.

    Rest is never shortened (rule d): a shorter warm-up or quiet makes nothing easier.
    """
    return step.hold_ms // 2 if easier and (step.active or step.hands) else step.hold_ms


@lru_cache(maxsize=64)
def stretches(step: Step, easier: bool = False) -> tuple[Stretch, ...]:
    """The whole timeline of ``step``. ``easier`` halves each hold of a movement or a touch; nothing else changes."""
    # Kept, because it is asked for many times a second while a step runs.
    hold = hold_ms(step, easier)
    lengths: list[tuple[StretchPace, int, int]] = [
        (StretchPace.HANDS_UP, 0, step.hands_up_ms),
        (StretchPace.LEAD_IN, 0, step.lead_in_ms),
    ]
    for repetition in range(step.repetitions):
        lengths += [
            (StretchPace.MOVE_IN, repetition, step.in_ms),
            (StretchPace.HOLD, repetition, hold),
            (StretchPace.MOVE_OUT, repetition, step.out_ms),
        ]
        if repetition < step.repetitions - 1:
            lengths.append((StretchPace.REST, repetition, step.rest_ms))
    out: list[Stretch] = []
    at = 0
    for pace, repetition, length in lengths:
        if length > 0:
            out.append(Stretch(pace, repetition, at, at + length))
            at += length
    return tuple(out)


def stretch_at(step: Step, position_ms: int, easier: bool = False) -> Stretch:
    """The stretch that covers ``position_ms`` (the first before zero, the last beyond the end)."""
    line = stretches(step, easier)
    for stretch in line:
        if position_ms < stretch.end_ms:
            return stretch
    return line[-1]


def phase_at(step: Step, pace: StretchPace, gone_ms: int) -> int | None:
    """The index in ``step.phases`` of what is done ``gone_ms`` into a stretch of ``pace``; None: it is not done yet."""
    if pace not in _DONE:
        return None
    if step.kind is StepKind.BREATHE and pace is StretchPace.HOLD:
        number = int(gone_ms % (BREATH_IN_MS + BREATH_OUT_MS) >= BREATH_IN_MS)
    else:
        number = _DONE.index(pace)
    return min(number, len(step.phases) - 1)


def phases(step: Step, repetition: int, easier: bool = False) -> tuple[tuple[int, int], ...]:
    """Each phase of ``repetition`` that is spoken: its moment, and its index in ``step.phases``.

    Of breathing the first breath only: whoever has found its pace needs no more words. A hold that was set short, and
    then halved, is over before its word.
    """
    if not step.prompt_phases:
        return ()
    found = []
    for stretch in stretches(step, easier):
        if stretch.repetition != repetition or (number := phase_at(step, stretch.pace, 0)) is None:
            continue
        if stretch.end_ms - stretch.start_ms >= WORD_MS:
            found.append((stretch.start_ms, number))
        if step.kind is StepKind.BREATHE and stretch.pace is StretchPace.HOLD:
            found.append((stretch.start_ms + BREATH_IN_MS, phase_at(step, stretch.pace, BREATH_IN_MS) or 0))
    return tuple(found)


def length_ms(step: Step, easier: bool = False) -> int:
    """The time from the anchor to the end of the last stretch."""
    return stretches(step, easier)[-1].end_ms


def repetition_start_ms(step: Step, repetition: int, easier: bool = False) -> int:
    """Return the start of the movement of ``repetition``."""
    return next(
        s.start_ms
        for s in stretches(step, easier)
        if s.repetition == repetition and s.pace not in (StretchPace.HANDS_UP, StretchPace.LEAD_IN, StretchPace.REST)
    )


def repetition_end_ms(step: Step, repetition: int, easier: bool = False) -> int:
    """Return the end of ``repetition``: that of its way out, or of its hold."""
    return max(
        s.end_ms
        for s in stretches(step, easier)
        if s.repetition == repetition and s.pace in (StretchPace.MOVE_IN, StretchPace.HOLD, StretchPace.MOVE_OUT)
    )


def middle_ms(step: Step, easier: bool = False) -> int:
    """Return the moment of the one spoken word in the middle: halfway between the first movement and the end.

    Where each phase has a word of its own, it is said at the beginning of the rest that is nearest.
    """
    half_ms = (repetition_start_ms(step, 0, easier) + length_ms(step, easier)) // 2
    rests = [s.start_ms for s in stretches(step, easier) if s.pace is StretchPace.REST]
    return min(rests, key=lambda at_ms: abs(at_ms - half_ms)) if rests and step.prompt_phases else half_ms
