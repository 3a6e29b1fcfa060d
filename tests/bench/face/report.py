"""How is the answer of the bench written down? A table for people, JSON for programs."""

from __future__ import annotations

import json

from tests.bench.face.run import BARE, FALLBACK, OURS, Results
from tests.bench.face.score import Bar, Errors, bars, mean, together

R_BARS = 3
"""The first of the bars are about r."""


def bars_of(results: Results, name: str) -> list[Bar]:
    """The bars of one looker over all that it saw."""
    return bars(together(results[name].values()))


def hard_enough(results: Results) -> bool:
    """The bare mesh must miss a bar on r, or the bench is too easy to prove anything."""
    return not all(bar.ok for bar in bars_of(results, BARE)[:R_BARS])


def kept(results: Results) -> bool:
    """Whether ours keeps every bar on a bench that is hard enough."""
    return hard_enough(results) and all(bar.ok for bar in bars_of(results, OURS))


def _figure(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join([_line(head), "|" + "---|" * len(head), *map(_line, rows)])


def _bars(results: Results) -> str:
    ours = bars_of(results, OURS)
    rows = []
    for i, bar in enumerate(ours):
        others = [_figure(bars_of(results, name)[i].value) for name in (BARE, FALLBACK)]
        limit = f"{'≥' if bar.least else '≤'} {bar.limit:g}"
        rows.append([bar.name, limit, others[0], f"{_figure(bar.value)} {'ok' if bar.ok else '**missed**'}", others[1]])
    return _table(["", "bar", BARE, OURS, FALLBACK], rows)


def _variation(name: str, found: Errors) -> list[str]:
    both = [*found.r_still, *found.r_moving]
    answered = (len(both)) / found.asked if found.asked else None
    return [
        name,
        _figure(mean(found.r_still)),
        _figure(mean(found.r_moving)),
        _figure(max(both, default=None)),
        _figure(None if answered is None else 100 * answered, 0),
        _figure(mean(found.false_still)),
        _figure(mean(found.false_roll)),
        _figure(_percent(found.silent), 0),
        _figure(_percent(found.near), 0),
        _figure(mean(found.speed)),
        _figure(mean(found.closure)),
        _figure(mean(found.midline_deg)),
        _figure(mean(found.midline_mm)),
    ]


def _percent(values: list[float]) -> float | None:
    share = mean(values)
    return None if share is None else 100 * share


_HEAD = [
    "",
    "r still",
    "r moving",
    "r largest",
    "answered %",
    "false still mm",
    "false roll mm",
    "silent > 3° %",
    "answered at 2° %",
    "speed",
    "closure",
    "midline °",
    "midline mm",
]


def as_markdown(results: Results, held_out: bool) -> str:
    """The page ``docs/face-accuracy.md``."""
    people = "held-out people: seeds from 100 on" if held_out else "people used for tuning: seeds below 100"
    parts = [
        "# How well the kiosk sees a movement",
        "Written by `python -m tests.bench.face`; do not edit. Everything here was measured on **drawn** faces, whose\n"
        f"truth is known ({people}), in frames of 480 × 480 with 1.5 px/mm, camera\n"
        "at 70 cm. No real person, no real camera and no real light have been tried. All figures are errors unless\n"
        "a heading says otherwise; r is the affected side over the other (1, 0.8, 0.5 or 0.2 in truth); millimetres\n"
        "rest on 63 mm between the pupils.",
        "## Bars",
        _bars(results),
        "The bare mesh is what landmarks alone would say. It must miss a bar on r, or the bench is too easy:\n"
        f"{'it does' if hard_enough(results) else 'it **does not**'}. The fallback has no models and no bars.",
    ]
    for name, title in ((OURS, "Ours"), (BARE, "The bare mesh"), (FALLBACK, "The fallback")):
        rows = [_variation(variation, found) for variation, found in results[name].items()]
        parts += [f"## {title}, by variation", _table(_HEAD, rows)]
    return "\n\n".join(parts) + "\n"


def as_json(results: Results, held_out: bool, quick: bool) -> str:
    """``{"people", "quick", "hard_enough", "kept", "bars": {looker: …}, "variations": {looker: {name: …}}}``."""
    return json.dumps(
        {
            "people": "held-out" if held_out else "tuning",
            "quick": quick,
            "hard_enough": hard_enough(results),
            "kept": kept(results),
            "bars": {
                name: [{"bar": b.name, "limit": b.limit, "value": b.value, "ok": b.ok} for b in bars_of(results, name)]
                for name in results
            },
            "variations": {
                name: {
                    variation: dict(zip(_HEAD[1:], _variation(variation, found)[1:], strict=True))
                    for variation, found in by.items()
                }
                for name, by in results.items()
            },
        },
        indent=1,
        ensure_ascii=False,
    )
