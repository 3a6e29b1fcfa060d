"""Scores of the clinic on the report: on the time line of practice, with what may be chance beside each change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kiosk.care.words import number_words
from kiosk.report.axis import PANEL_GAP, START, Axis
from kiosk.report.canvas import BODY, GREY, LEFT, MM, RIGHT, SMALL, Canvas
from kiosk.report.practice import section
from kiosk.report.scores import ScoreGiven
from kiosk.report.vocabulary import Vocabulary

MOST_SCALES, MOST_TOLD = 6, 4
HEIGHT_MM = 9.0
LABEL_GAP = 1.6
NAME_MM = START - LEFT - 9
"""Room for the name of a scale, beside the numbers at its ends."""


def scored(canvas: Canvas, said: Vocabulary, scores: Sequence[ScoreGiven], axis: Axis | None, y: float) -> float:
    """A panel for each scale, where there is a time line, and its last scores in words; the y below."""
    _ = said.words
    y = section(canvas, y, _("The clinic's own scales"))
    scales = dict.fromkeys(score.scale for score in sorted(scores, key=lambda score: score.day, reverse=True))
    for name in list(scales)[:MOST_SCALES]:
        mine = [score for score in scores if score.scale == name]
        shown = [score for score in mine if axis is not None and axis.holds(score.day) and score.value is not None]
        if axis is not None and shown:
            with canvas.figure(_told(said, name, shown)):
                y = _panel(canvas, said, name, shown, axis, y)
        else:
            canvas.text(LEFT, y, said.scale(name), bold=True)
            y += BODY * MM * 1.45
        for line in _lines(said, mine):
            y = canvas.paragraph(START, y, line, RIGHT - START, SMALL, ink=GREY)
        y += PANEL_GAP
    return y + 3.0


def _panel(canvas: Canvas, said: Vocabulary, name: str, shown: Sequence[ScoreGiven], axis: Axis, y: float) -> float:
    top, low, high = y + 1.2, shown[-1].lowest, shown[-1].highest
    canvas.paragraph(LEFT, top + 2.6, said.scale(name), NAME_MM, bold=True)
    axis.ground(y, HEIGHT_MM + 2.4)
    for at, end in ((top + HEIGHT_MM, low), (top, high)):
        canvas.rule(START, at, axis.end, at)
        canvas.text(START - 3, at + 0.8, number_words(end, said.words), 6.5, ink=GREY, align="right")
    places = []
    for score in shown:
        share = 0.5 if high <= low or score.value is None else (score.value - low) / (high - low)
        places.append((axis.x(score.day), top + HEIGHT_MM * (1 - min(1.0, max(0.0, share)))))
    canvas.dots(places, axis.dot_mm)
    for score, (x, at) in zip(shown, places, strict=True):
        value = "" if score.value is None else number_words(score.value, said.words)
        right = x + LABEL_GAP + canvas.width(value, SMALL) <= RIGHT
        place = x + LABEL_GAP if right else x - LABEL_GAP
        canvas.text(place, at + SMALL * MM * 0.36, value, SMALL, align="left" if right else "right")
    return y + HEIGHT_MM + 6.0


def _told(said: Vocabulary, name: str, shown: Sequence[ScoreGiven]) -> str:
    days = (f"{said.day(score.day)}: {_value(said, score)}" for score in shown)
    return f"{said.scale(name)}. {'; '.join(days)}."


def _value(said: Vocabulary, score: ScoreGiven) -> str:
    _ = said.words
    return _("no number") if score.value is None else number_words(score.value, _)


def _lines(said: Vocabulary, mine: Sequence[ScoreGiven]) -> Iterator[str]:
    """The last scores, newest first, each with its change since the one before and how much of it may be chance."""
    _ = said.words
    for at in range(len(mine) - 1, max(-1, len(mine) - 1 - MOST_TOLD), -1):
        score = mine[at]
        line = _("{day}, {who}: {value} of {high}").format(
            day=said.day(score.day), who=score.by, value=_value(said, score), high=number_words(score.highest, _)
        )
        before = next((s for s in reversed(mine[:at]) if s.value is not None), None)
        if before is None or before.value is None or score.value is None:
            yield f"{line}."
            continue
        change = score.value - before.value
        sign = "+" if change > 0 else "−" if change < 0 else "±"
        line += _("; change since {day}: {change}").format(
            day=said.day(before.day), change=f"{sign}{number_words(abs(change), _)}"
        )
        if score.smallest_change is None:
            yield line + _(" (how much may be chance is not known).")
        else:
            n = number_words(score.smallest_change, _)
            yield line + _(" (in one person less than {n} may be chance).").format(n=n)
