"""A small drawing of an answer, as SVG: lines over weeks, bars of words. No script, no font, nothing from outside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from kiosk.warehouse.questions import ClinicQuestion

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 28, 30
BAR, LABEL = 22, 190
MOST_BARS = 30
COLOURS = ("#0b5394", "#b45f06", "#38761d")
DASHES = ("", "6 4", "2 3")
"""Lines differ also where colours do not."""
SCALE = "_0_3"
"""The end of a name of what was answered from 0 to 3: drawn on the whole scale."""
OVER_TIME = ("week", "weeks_since", "weeks_since_first")

Row = Mapping[str, Any]
Line = tuple[str, dict[Any, float]]
"""The name of a line, and its value at each place along ``x``."""


def svg(question: ClinicQuestion, rows: Sequence[Row]) -> str:
    """The drawing of ``rows`` by column; empty where there is nothing to draw."""
    lines = _split(question, rows) if question.lines else _added(question, rows)
    if not lines or not lines[0][1]:
        return ""
    drawn = _lines(question, lines) if question.x in OVER_TIME else _bars(question, lines[0])
    height = HEIGHT if question.x in OVER_TIME else TOP + BAR * min(len(lines[0][1]), MOST_BARS) + 8
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(question.title)}"'
        f' font-family="sans-serif" font-size="12">{drawn}</svg>'
    )


def _added(question: ClinicQuestion, rows: Sequence[Row]) -> list[Line]:
    """A line for each of ``y``: the values at each place along ``x``, over all sites."""
    lines: list[Line] = [(name, {}) for name in question.y]
    for row in rows:
        x, values = row[question.x], [row[name] for name in question.y]
        if x is not None and None not in values:
            for (_, held), value in zip(lines, values, strict=True):
                held[x] = held.get(x, 0.0) + value
    return lines


def _split(question: ClinicQuestion, rows: Sequence[Row]) -> list[Line]:
    """A line for each value of ``lines``, as many as there are colours: those with the most places."""
    lines: dict[str, dict[Any, float]] = {}
    for row in rows:
        if row[question.x] is not None and row[question.y[0]] is not None:
            lines.setdefault(str(row[question.lines]), {})[row[question.x]] = row[question.y[0]]
    longest = sorted(lines.items(), key=lambda line: (-len(line[1]), line[0]))[: len(COLOURS)]
    return sorted(longest)


def _lines(question: ClinicQuestion, lines: Sequence[Line]) -> str:
    scale = question.y[0].endswith(SCALE)
    values = [value for _, held in lines for value in held.values()]
    most = 3.0 if scale else _round(max(values))
    along_x = sorted({x for _, held in lines for x in held})
    first = _place(along_x[0])
    across = (WIDTH - LEFT - RIGHT) / max(1, _place(along_x[-1]) - first)
    up = (HEIGHT - TOP - BOTTOM) / most

    def along(x: Any) -> float:
        return LEFT + across * (_place(x) - first)

    def at(x: Any, value: float) -> str:
        return f"{along(x):.1f},{HEIGHT - BOTTOM - up * value:.1f}"

    parts = []
    steps = 3 if scale else 4
    for step in range(steps + 1):
        value = most * step / steps
        y = HEIGHT - BOTTOM - up * value
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,g}</text>')
    for place in sorted({0, (len(along_x) - 1) // 2, len(along_x) - 1}):
        anchor = "start" if place == 0 else "end" if place == len(along_x) - 1 else "middle"
        x = along(along_x[place])
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 10}" text-anchor="{anchor}">{escape(str(along_x[place]))}</text>')
    for number, (name, held) in enumerate(lines):
        stroke = f'stroke="{COLOURS[number]}" stroke-width="2" stroke-dasharray="{DASHES[number]}"'
        line = " ".join(at(x, held[x]) for x in sorted(held))
        parts.append(f'<polyline fill="none" {stroke} points="{line}"/>')
        parts.extend(
            f'<circle cx="{x}" cy="{y}" r="3" fill="{COLOURS[number]}"/>'
            for x, y in (p.split(",") for p in line.split())
        )
        x = LEFT + 170 * number
        parts.append(f'<line x1="{x}" x2="{x + 24}" y1="14" y2="14" {stroke}/>')
        parts.append(f'<text x="{x + 30}" y="18">{escape(_words(name))}</text>')
    return "".join(parts)


def _bars(question: ClinicQuestion, values: Line) -> str:
    longest = sorted(values[1].items(), key=lambda point: (-point[1], str(point[0])))[:MOST_BARS]
    most = max(1.0, longest[0][1])
    parts = [f'<text x="{LABEL}" y="18">{escape(_words(question.y[0]))}</text>']
    for place, (label, value) in enumerate(longest):
        y = TOP + BAR * place
        length = (WIDTH - LABEL - 70) * value / most
        parts.append(f'<text x="{LABEL - 8}" y="{y + 14}" text-anchor="end">{escape(str(label))}</text>')
        parts.append(f'<rect x="{LABEL}" y="{y + 2}" width="{length:.1f}" height="{BAR - 6}" fill="{COLOURS[0]}"/>')
        parts.append(f'<text x="{LABEL + length + 6:.1f}" y="{y + 14}">{value:,g}</text>')
    return "".join(parts)


def _place(x: Any) -> int:
    """A place in time, so that a week without an answer is a gap: days of a date, or weeks."""
    return x if isinstance(x, int) else date.fromisoformat(x).toordinal()


def _round(most: float) -> float:
    """A round number that is not less."""
    if most <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(most))
    return next(unit * step for step in (1, 2, 4, 8, 10) if unit * step >= most)


def _words(name: str) -> str:
    return name.removesuffix(SCALE).replace("_", " ")
