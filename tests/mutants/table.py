"""The page that says how many faults the tests noticed, and which not."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

Z = 1.959963984540054
"""Two-sided 95 % of a normal distribution."""


def wilson(hits: int, of: int, z: float = Z) -> tuple[float, float]:
    """Wilson's interval of a share, of 95 % unless ``z`` says otherwise."""
    if not of:
        return 0.0, 1.0
    share, z2 = hits / of, z * z / of
    middle = (share + z2 / 2) / (1 + z2)
    half = z / (1 + z2) * math.sqrt(share * (1 - share) / of + z2 / (4 * of))
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
    """Of what the module does without the fault."""
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

    @property
    def noticed(self) -> int:
        """How many were noticed."""
        return len(self.judged) - len(self.survivors)

    def line(self) -> str:
        """One line of the table."""
        judged = self.judged
        low, high = wilson(self.noticed, len(judged))
        types = sum(one.by == "types" for one in judged)
        share = self.noticed / len(judged) if judged else 0.0
        alike = len(self.results) - len(judged)
        return (
            f"| {self.room} | {self.possible} | {len(judged)} | {alike} | {self.noticed - types} | {types} "
            f"| {share:.1%} | {low:.1%} to {high:.1%} |"
        )

    def part(self, day: date, seed: int) -> str:
        """What the page says about the room."""
        lines = [f"## {self.room}", "", f"{day.isoformat()}, seed {seed}:", "", HEAD, RULE, self.line()]
        if self.survivors:
            lines += ["", "Nobody noticed:", ""]
            lines += [f"* `{one.path}:{one.line}` `{_code(one.change)}` ({one.key})" for one in self.survivors]
        if alike := [one for one in self.results if one.key in self.equal]:
            lines += ["", "No fault at all, the changed program does the same:", ""]
            lines += [f"* `{one.path}:{one.line}` `{_code(one.change)}`: {self.equal[one.key]}" for one in alike]
        return "\n".join(lines) + "\n"


ABOUT = """A sample of small faults (a comparison turned round, a number one higher, an argument left out: the operators
of mutmut, without its misspelt words) is put into copies of the program, one at a time. The tests that pass through the
changed line are run until one fails, then mypy is asked. A test that takes more than ten times its usual time has
noticed too. `make mutants` tries what is new or was not noticed, and writes this page.

Where this sample showed a kind of fault that no test noticed, a test was written for the kind, so another sample is a
fairer judge: each day the slow tests try other faults of one room, and fail when they notice significantly fewer than
this page says (faults that are none included: in another sample nobody has looked for them)."""


HEAD = "| what | possible | tried | no fault at all | noticed by tests | by types | share | 95 % interval (Wilson) |"
RULE = "|---|---|---|---|---|---|---|---|"


def page(figures: Iterable[Figure], day: date, seed: int, before: str = "") -> str:
    """docs/mutants.md: these rooms anew, the others as they stand in the page of ``before``."""
    parts = {part.split("\n", 1)[0]: f"## {part}" for part in re.split(r"^## ", before, flags=re.MULTILINE)[1:]}
    parts |= {figure.room: figure.part(day, seed) for figure in figures}
    about = f"# Faults put in on purpose\n\n{ABOUT}\n"
    return "\n".join([about, *(f"{parts[room].rstrip()}\n" for room in sorted(parts))])


def recorded(text: str, room: str) -> tuple[int, int]:
    """How many faults of a room were noticed, of how many, as the page says; 0 of 0 if it says nothing.

    Those that are none count: in another sample there are as many, which nobody has looked at yet.
    """
    row = re.search(rf"^\| {re.escape(room)} \| \d+ \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", text, re.MULTILINE)
    tried, none, tests, types = (int(number) for number in row.groups()) if row else (0, 0, 0, 0)
    return tests + types, tried + none


def _code(change: str, most: int = 200) -> str:
    text = change.replace("`", "'")
    return text if len(text) <= most else text[: most - 1] + "…"
