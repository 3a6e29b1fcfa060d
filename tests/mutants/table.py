"""The page that says how many faults the tests noticed, and which not."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

Z = 1.959963984540054
"""Two-sided 95 % of a normal distribution."""


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not of:
        return 0.0, 1.0
    share, z2 = hits / of, Z * Z / of
    middle = (share + z2 / 2) / (1 + z2)
    half = Z / (1 + z2) * math.sqrt(share * (1 - share) / of + z2 / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Result:
    """What became of one fault."""

    key: str
    path: str
    line: int
    change: str
    by: str
    """The test that noticed, "types" for mypy, empty if nobody did."""
    seconds: float
    code_digest: str
    """Of the module without the fault."""
    tests_digest: str
    """Of all tests, for faults that nobody noticed: with others they are tried again."""


@dataclass(frozen=True)
class Figure:
    """A room's figures."""

    room: str
    possible: int
    results: tuple[Result, ...]
    equal: dict[str, str]
    """Faults that change nothing anybody could see, by key, with the reason."""

    @property
    def judged(self) -> list[Result]:
        """Those that are faults."""
        return [result for result in self.results if result.key not in self.equal]

    @property
    def survivors(self) -> list[Result]:
        """Those that nobody noticed."""
        return sorted((one for one in self.judged if not one.by), key=lambda one: (one.path, one.line))

    def line(self) -> str:
        """One line of the table."""
        judged = self.judged
        noticed = len(judged) - len(self.survivors)
        low, high = wilson(noticed, len(judged))
        types = sum(one.by == "types" for one in judged)
        share = noticed / len(judged) if judged else 0.0
        alike = len(self.results) - len(judged)
        return (
            f"| {self.room} | {self.possible} | {len(judged)} | {alike} | {noticed - types} | {types} "
            f"| {share:.1%} | {low:.1%} to {high:.1%} |"
        )


ABOUT = """A sample of small faults (a comparison turned round, a number one higher, an argument left out: the operators
of mutmut, without its misspelt words) is put into copies of the program, one at a time. The tests that pass through the
changed line are run until one fails, then mypy is asked. A test that takes more than ten times its usual time has
noticed too. `make mutants` tries what is new or was not noticed, and writes this page."""


def page(figures: Iterable[Figure], day: date, seed: int) -> str:
    """docs/mutants.md."""
    rows = list(figures)
    lines = [
        "# Faults put in on purpose",
        "",
        ABOUT,
        "",
        f"{day.isoformat()}, seed {seed}:",
        "",
        "| what | possible | tried | no fault at all | noticed by tests | by types | share | 95 % interval (Wilson) |",
        "|---|---|---|---|---|---|---|---|",
        *(figure.line() for figure in rows),
    ]
    for figure in rows:
        if figure.survivors:
            lines += ["", f"## Nobody noticed in {figure.room}", ""]
            lines += [f"* `{one.path}:{one.line}` `{_code(one.change)}` ({one.key})" for one in figure.survivors]
    none = [(one, figure.equal[one.key]) for figure in rows for one in figure.results if one.key in figure.equal]
    if none:
        lines += ["", "## No fault at all", "", "The changed program does the same:", ""]
        lines += [f"* `{one.path}:{one.line}` `{_code(one.change)}`: {why}" for one, why in none]
    return "\n".join(lines) + "\n"


def _code(change: str, most: int = 200) -> str:
    text = change.replace("`", "'")
    return text if len(text) <= most else text[: most - 1] + "…"
