"""The coach: one calm word about a movement, for the rest after it, where it would help; most often there is none.

The rules of a cue: at most one for a repetition and two in a block of movement, only where a rest follows, *smaller*
before *together*, nothing about symmetry above a ratio of 0.75 or where a known weakness explains it, and nothing that
was not measured. The limits below are our own defaults [D]: no published figure says where a tiny, slow movement ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from kiosk.face.model import Measure, Quality, UnseenReason, Zone


class Cue(StrEnum):
    """A cue, said in one to five words; the words are the session's (``cue.<value>``)."""

    SLOWER = "slower"
    SMALLER = "smaller"
    TOGETHER = "together"
    STRONG_WAITS = "strong-waits"
    SOFTEN_EYE = "soften-eye"
    REST = "rest"


BIG_MM = {Zone.MOUTH: 7.0, Zone.BROW: 5.0}
"""A movement beyond this is no longer tiny [D]: at two or three of ten of one's effort, half of what a mouth corner
(about 14 mm) or a brow (about 10 mm) travels at full effort is too much. Lids have no such limit."""
HURRY = 0.4
"""Whoever takes less than this share of the planned time hurries [D]."""
SLOW_MM_S = 4.5
"""Speed below which nothing is called fast [D]: the biggest movement that is still tiny peaks at 3.7 mm/s in the
planned 3 s, and the peak of many slopes errs upwards."""
UNEVEN = 0.65
"""A symmetry ratio below this is worth a word [D]: 0.75, above which nothing is said, less the error of a
measurement in movement."""
LATE_MS = 400
"""The affected side begins later than the other by at least this: four pictures at 10 a second [D]."""
CLEAR = 1.25
"""A cue changes to another only where the other is this much beyond its limit: cues that alternate help nobody [D]."""
CLEARLY_UNEVEN = 0.5
GROWN_MM = 1.5
"""Growth of a movement, besides a quarter, from which on it is called bigger than before [D]."""

IN_A_BLOCK = 2
APART_MS = 5_000
"""Cues are at least this far apart; the shortest rest that the rules allow."""
SESSIONS, STEADY = 3, 0.25
"""A weakness is known when the ratios of at least so many sessions lie within this of each other [D]."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """The plan's facts about the repetition that was just done.

    It is the one of this number in its ``step`` (``repetition``), of a movement of this ``zone``; ``block`` numbers the
    block. ``rest_ms`` is the rest that follows before the next repetition (0: none). ``in_ms``/``out_ms``: the planned
    way in and out. ``one_sided``: one side is affected, so there are sides to speak of. ``paretic``: first movements.
    ``history``: this movement's ratio in each of the last sessions, newest first. ``allowed``: staff let cues be given.
    """

    zone: Zone | None
    step: int
    repetition: int
    block: int
    in_ms: int
    out_ms: int
    rest_ms: int
    one_sided: bool
    paretic: bool
    allowed: bool = True
    history: tuple[float, ...] = ()


class CoachState(msgspec.Struct, frozen=True, kw_only=True):
    """The cues so far: ``given`` of them in ``block``, last ``standing`` at ``said_ms`` about a movement of
    ``size_mm``. ``smaller``: *smaller* was already said in ``step``. ``repetition`` was the last one looked at."""

    block: int = 0
    given: int = 0
    step: int = -1
    repetition: int = -1
    smaller: bool = False
    standing: Cue | None = None
    size_mm: float = 0.0
    said_ms: int | None = None


def consider(state: CoachState, measure: Measure, facts: Facts, now_ms: int) -> tuple[CoachState, Cue | None]:
    """The cue for the rest that begins now, or None; call once when a repetition is done."""
    again = (facts.block, facts.step, facts.repetition) == (state.block, state.step, state.repetition)
    state = _opened(state, facts)
    soon = state.said_ms is not None and now_ms - state.said_ms < APART_MS
    if again or soon or not facts.allowed or facts.zone is None or facts.rest_ms <= 0 or state.given >= IN_A_BLOCK:
        return state, None
    told = measure.quality is not Quality.NONE or measure.reason is UnseenReason.LARGE
    cue = _fitting(state, measure, facts) if told else None
    if cue is None:
        return state, None
    said = msgspec.structs.replace(
        state,
        given=state.given + 1,
        smaller=state.smaller or cue is Cue.SMALLER,
        standing=cue,
        size_mm=_size_mm(measure) or 0.0,
        said_ms=now_ms,
    )
    return said, cue


def weakness_explains(ratio: float, history: Sequence[float]) -> bool:
    """Whether ``ratio`` is how this movement has been for several sessions (newest first): then no word changes it."""
    last = history[: SESSIONS + 2]
    steady = len(last) >= SESSIONS and max(last) - min(last) <= STEADY
    return steady and ratio >= sorted(last)[len(last) // 2] - STEADY


def _opened(state: CoachState, facts: Facts) -> CoachState:
    """``state`` as this repetition finds it: a new block counts from none, a new step has its own *smaller*."""
    if facts.block != state.block:
        state = CoachState(block=facts.block, said_ms=state.said_ms)
    if facts.step != state.step:
        state = msgspec.structs.replace(state, step=facts.step, smaller=False, standing=None)
    return msgspec.structs.replace(state, repetition=facts.repetition)


def _fitting(state: CoachState, measure: Measure, facts: Facts) -> Cue | None:
    if (hurry := _hurry(measure, facts)) is not None and hurry > _limit(state, Cue.SLOWER):
        return Cue.SLOWER
    cue = _about_size(state, measure, facts) or _about_sides(state, measure, facts)
    return Cue.REST if cue is not None and _grew(state, measure) else cue


def _about_size(state: CoachState, measure: Measure, facts: Facts) -> Cue | None:
    big_mm = BIG_MM.get(facts.zone) if facts.zone is not None else None
    size_mm = _size_mm(measure)
    if big_mm is not None and size_mm is not None and size_mm > big_mm * _limit(state, Cue.SMALLER):
        return Cue.SMALLER
    if measure.reason is UnseenReason.LARGE:
        return Cue.SMALLER
    if measure.linked == "mouth":
        return Cue.SMALLER
    return Cue.SOFTEN_EYE if measure.linked == "eye" else None


def _about_sides(state: CoachState, measure: Measure, facts: Facts) -> Cue | None:
    ratio = measure.symmetry
    if ratio is None or not facts.one_sided:
        return None
    same = state.standing in (None, Cue.SMALLER, Cue.TOGETHER, Cue.STRONG_WAITS)
    uneven = ratio < (UNEVEN if same else CLEARLY_UNEVEN)
    if not uneven or (facts.paretic and weakness_explains(ratio, facts.history)):
        return None
    if not state.smaller:
        return Cue.SMALLER
    late = facts.paretic and measure.onset_lag_ms is not None and measure.onset_lag_ms >= LATE_MS
    return Cue.STRONG_WAITS if late else Cue.TOGETHER


def _limit(state: CoachState, cue: Cue) -> float:
    return 1.0 if state.standing in (None, cue) else CLEAR


def _grew(state: CoachState, measure: Measure) -> bool:
    """Whether the movement became bigger although it was to be smaller: then a further word invites effort."""
    size_mm = _size_mm(measure)
    if size_mm is None or state.standing is not Cue.SMALLER or not state.size_mm:
        return False
    return size_mm >= max(state.size_mm * CLEAR, state.size_mm + GROWN_MM)


def _hurry(measure: Measure, facts: Facts) -> float | None:
    """The peak speed over that of the same movement in the shortest time that is still slow; above 1 it hurried."""
    planned = [ms for ms in (facts.in_ms, facts.out_ms) if ms > 0]
    size_mm, speed = _size_mm(measure), measure.peak_speed_mm_s
    if not planned or size_mm is None or speed is None:
        return None
    # A smooth movement of s mm in t seconds is fastest in its middle, with pi/2 * s/t.
    quick = math.pi / 2 * size_mm / (min(planned) / 1000 * HURRY)
    return speed / max(SLOW_MM_S, quick)


def _size_mm(measure: Measure) -> float | None:
    sides = (measure.excursion_left_mm, measure.excursion_right_mm)
    return max((abs(side) for side in sides if side is not None), default=None)
