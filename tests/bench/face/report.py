"""How is the answer of the bench written down? A table for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.bench.face.aside import Aside
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


def _columns(found: Errors) -> dict[str, tuple[float | None, int, float | None, bool]]:
    """Heading → figure, digits, the bar that it should keep, and whether the bar is a least one."""
    both = [*found.r_still, *found.r_moving]
    return {
        "r still": (mean(found.r_still), 2, 0.05, False),
        "r moving": (mean(found.r_moving), 2, 0.12, False),
        "r largest": (max(both, default=None), 2, 0.25, False),
        "answered": (len(both) / found.asked if found.asked else None, 2, 0.8, True),
        "reach": (mean(found.reach), 2, None, False),
        "false still mm": (mean(found.false_still), 2, 0.3, False),
        "false roll mm": (mean(found.false_roll), 2, 0.3, False),
        "silent > 3°": (mean(found.silent), 2, 0.95, True),
        "answered at 2°": (mean(found.near), 2, None, False),
        "speed": (mean(found.speed), 2, 0.15, False),
        "closure": (mean(found.closure), 2, 0.15, False),
        "midline °": (mean(found.midline_deg), 2, 0.5, False),
        "midline mm": (mean(found.midline_mm), 1, None, False),
    }


def _cells(found: Errors) -> list[str]:
    """Figures; what misses a bar by itself is bold."""
    cells = []
    for value, digits, limit, least in _columns(found).values():
        text = _figure(value, digits)
        missed = value is not None and limit is not None and (value < limit if least else value > limit)
        cells.append(f"**{text}**" if missed else text)
    return cells


def _aside(found: Mapping[int, Aside]) -> str:
    rows = [
        [
            f"{degrees}°",
            f"{one.taken} of {one.asked}",
            _figure(mean(one.r)),
            _figure(max(one.r, default=None)),
        ]
        for degrees, one in found.items()
    ]
    return _table(["true yaw at rest", "taken", "r, mean error", "r, largest"], rows)


def as_markdown(results: Results, held_out: bool, aside: Mapping[int, Aside]) -> str:
    """The page ``docs/face-accuracy.md`` from its bars on."""
    people = "held-out people: seeds from 100 on" if held_out else "people used for tuning: seeds below 100"
    parts = [
        "## Bars",
        f"Drawn faces, whose truth is known ({people}), in frames of 480 × 480 with\n"
        "1.5 px/mm, camera at 70 cm; r is 1, 0.8, 0.5 or 0.2 in truth.",
        _bars(results),
        "The bare mesh is what landmarks alone would say. It must miss a bar on r, or the bench is too easy:\n"
        f"{'it does' if hard_enough(results) else 'it **does not**'}. The fallback has no models and no bars.",
        "## Looking aside at rest",
        "A face that is turned while it rests is foreshortened on one side from then on. Other drawn people, turned\n"
        "to either side while they rest and smile: how many are taken for a face at rest, and how far off r is then.",
        _aside(aside),
    ]
    for name, title in ((OURS, "Ours"), (BARE, "The bare mesh"), (FALLBACK, "The fallback")):
        head = ["", *_columns(Errors())]
        rows = [[variation, *_cells(found)] for variation, found in results[name].items()]
        parts += [f"## {title}, by variation", _table(head, rows)]
    parts.append(
        "Bold misses, by itself, the bar for all. *Answered*, *silent* and *answered at 2°* are shares: of movements,\n"
        "of frames turned by 4°, 6° or 10°, of frames turned by 2°. *Reach* and *speed* are errors as shares of the\n"
        "truth."
    )
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
                    variation: {head: value for head, (value, *_) in _columns(found).items()}
                    for variation, found in by.items()
                }
                for name, by in results.items()
            },
        },
        indent=1,
        ensure_ascii=False,
    )
