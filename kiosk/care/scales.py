"""A scale of a clinic: a number that somebody gave elsewhere, or a list of items that come to one. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MISSING = "-"
"""An item without an answer, in the text of a score."""
BETWEEN = ","


class Total(StrEnum):
    """The way from the answers of a scale to one number."""

    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class ScaleAnswer:
    """One answer: its ``text``, and the ``value`` that it counts."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class ScaleItem:
    """One item: its ``text``, and the ``answers`` to choose from."""

    text: str
    answers: tuple[ScaleAnswer, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale. Without ``items`` its number is entered as it was found elsewhere, from ``lowest`` to ``highest``."""

    id: str
    """Its name in files and records."""
    version: int
    """The version of its file."""
    title: str
    """Its name for people."""
    lowest: float
    """The lowest number that it can come to."""
    highest: float
    """The highest one."""
    places: int = 0
    """Digits behind the point of its number: 0 or 1."""
    items: tuple[ScaleItem, ...] = ()
    """Its items, in order."""
    total: Total = Total.SUM
    """The way to its number, where it has items."""
    missing: int = 0
    """Items that may stay without an answer; with more of them there is no number."""
    smallest_change: float | None = None
    """The smallest detectable change of one person: what is less may be chance. None: nobody has told."""
    source: str = ""
    """The publication of the smallest detectable change."""
    licence: str = ""
    """Its owner, and the terms under which it may be used."""
    permission: bool = False
    """Whether the clinic needs somebody's permission, and has to say that it has it."""


def total(scale: Scale, answers: Sequence[float | None]) -> float | None:
    """The number of a scale with items: the sum or the mean of ``answers``, one for each item (None: no answer).

    Where no more than ``scale.missing`` are missing, each of those counts as the mean of the others; with more, or
    without any answer, there is no number (None). Rounded to ``scale.places``.
    """
    given = [value for value in answers if value is not None]
    if len(answers) != len(scale.items) or not given or len(answers) - len(given) > scale.missing:
        return None
    mean = sum(given) / len(given)
    return round(mean * len(answers) if scale.total is Total.SUM else mean, scale.places)


def answers_text(answers: Sequence[float | None]) -> str:
    """``answers`` as a row keeps them: ``3,-,1``, in the order of the items."""
    return BETWEEN.join(MISSING if value is None else f"{value:g}" for value in answers)


@dataclass(frozen=True, slots=True)
class Score:
    """A score that was entered: on which ``scale``, of which ``version``, and ``by`` whom (the staff slot that rated,
    or that asked). ``scored_on``: the day, ``YYYY-MM-DD``.
    """

    scale: str
    version: int
    scored_on: str
    by: str
    value: float | None
    """None: too many items had no answer."""
    answers: str = ""
    """Those of its items, as ``answers_text`` writes them; empty: it has none."""
    withdrawn: bool = False
    """Whether it was entered by mistake."""


def points(scale: Scale) -> tuple[float, float]:
    """The lowest and the highest number that the answers of ``scale`` can come to."""
    ends = [(min(a.value for a in item.answers), max(a.value for a in item.answers)) for item in scale.items]
    if not ends:
        return scale.lowest, scale.highest
    low, high = sum(end[0] for end in ends), sum(end[1] for end in ends)
    return (low, high) if scale.total is Total.SUM else (low / len(ends), high / len(ends))
