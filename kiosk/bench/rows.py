"""The arithmetic of the bench: who measures in which turn, medians of ratios, and the verdict on a row. Pure."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil, inf, isfinite
from statistics import median
from typing import TypeVar

WIDTH = 100
"""Characters a line of the table may have."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RatioTarget:
    """The target of a ratio: at most ``limit``, or (``at_least``) no less."""

    limit: float
    at_least: bool = False

    def holds(self, ratio: float) -> bool:
        """Whether ``ratio`` is good enough; what is not a number never is."""
        if not isfinite(ratio):
            return False
        return ratio >= self.limit if self.at_least else ratio <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One answer, by its ``name``.

    ``value`` (in ``unit``) is only told; ``ok`` is the verdict on ``ratio``, which is held ``against`` something that
    was measured on the same machine at the same time. ``target`` says what it has to be.
    """

    name: str
    value: float
    unit: str
    against: str
    ratio: float
    target: str
    ok: bool


def row(
    name: str, value: float, unit: str, against: str, ratio: float, target: RatioTarget, *, valid: bool = True
) -> BenchRow:
    """A row with its verdict. ``valid`` False: the comparison measured nothing, so it cannot be good."""
    shown = round(ratio, 4) if isfinite(ratio) else 0.0
    return BenchRow(name, round(value, 3), unit, against, shown, str(target), valid and target.holds(ratio))


def median_ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """Median of the ratios of each round: a disturbed round disturbs both sides, or is outvoted.

    Raises ValueError when the two have not been measured equally often.
    """
    if not over or len(over) != len(under):
        raise ValueError(f"{len(over)} rounds of one and {len(under)} of the other: measure both in every round")
    return median(a / b if b else inf for a, b in zip(over, under, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of ``values`` that at least ``share`` (0..1) of them do not exceed. Raises ValueError on none."""
    if not values:
        raise ValueError("nothing was measured, so there is no percentile: let the round run longer")
    ranked = sorted(values)
    return ranked[max(0, ceil(share * len(ranked)) - 1)]


def interleaved(
    runs: Mapping[str, Callable[[], T]], rounds: int, warm_up: int = 1, said: Callable[[], None] = lambda: None
) -> dict[str, list[T]]:
    """Every run once a round, and each round begins with another one; the first ``warm_up`` rounds do not count.

    ``said`` is called after each run, so that somebody who watches sees it move.
    """
    names = list(runs)
    found: dict[str, list[T]] = {name: [] for name in names}
    for turn in range(-warm_up, rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            result = runs[name]()
            if turn >= 0:
                found[name].append(result)
            said()
    return found


def verdict(rows: Sequence[BenchRow]) -> int:
    """The exit code: 1 when a ratio misses its target, else 0."""
    return int(not all(row.ok for row in rows))


def to_json(rows: Sequence[BenchRow]) -> str:
    """``{"ok": bool, "rows": [{"name", "value", "unit", "against", "ratio", "target", "ok"}]}``."""
    return json.dumps({"ok": not verdict(rows), "rows": [asdict(row) for row in rows]}, indent=2, ensure_ascii=False)


def as_table(rows: Sequence[BenchRow]) -> str:
    """A paragraph for each row, and a closing sentence."""
    lines: list[str] = []
    for row in rows:
        head = "ok      " if row.ok else "MISSED  "
        lines += textwrap.wrap(f"{head}{row.name}: {row.value:g} {row.unit}", WIDTH, subsequent_indent=" " * len(head))
        told = f"ratio {row.ratio:.3g}, wanted {row.target}; against {row.against}"
        lines += textwrap.wrap(told, WIDTH, initial_indent=" " * len(head), subsequent_indent=" " * len(head))
    missed = sum(not row.ok for row in rows)
    if missed:
        end = (
            f"{missed} of {len(rows)} miss their target. Run it again with nothing else running; if it stays so, this "
            "machine, or this version of the kiosk, is too slow for a live mirror."
        )
    else:
        end = "This machine is fast enough."
    return "\n".join([*lines, "", *textwrap.wrap(end, WIDTH)])
