"""Side by side: a measuring script runs in turns in the trees of today and of f456959, and what it said is judged.

``python -m tests.bench.side NAME ...`` measures some of `tests.bench.against` alone and shows their rows.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import isfinite
from pathlib import Path
from statistics import median

import click

from kiosk.bench.bench import told
from kiosk.bench.rows import WIDTH, BenchRow, RatioTarget, interleaved, median_ratio
from tests.bench import against
from tests.bench.against import Compared
from tests.bench.earlier import COMMIT, ROOT, EarlierError, own_python, short, tree

TODAY, EARLIER = "today", short(COMMIT)
MODELS = ROOT / "build" / "models"
BENCH_S = 900.0

Numbers = Mapping[str, float]


class SideError(Exception):
    """A measuring script gave no numbers; the message says what it said last."""


@dataclass(frozen=True, slots=True)
class Build:
    """A kiosk that can be measured: its tree, and the Python that has the libraries for it."""

    tree: Path
    python: Path


@dataclass(frozen=True, slots=True)
class SideRow:
    """One answer: today's number beside those of f456959 and of a peer, the ratio, and its limit.

    None: it was not measured, and ``why`` says why; a row with no ratio has no verdict (``ok`` None) where that is
    nobody's fault, such as a clone without history.
    """

    name: str
    unit: str
    today: float | None
    earlier: float | None
    peer: float | None
    peer_name: str
    ratio: float | None
    limit: str
    ok: bool | None
    why: str = ""


@dataclass(slots=True)
class Side:
    """All rows, and what was running beside them."""

    rows: list[SideRow] = field(default_factory=list)
    load: list[float] = field(default_factory=list)
    """The machine's load of one minute, before and after each measure: with the bench itself it is about 1."""

    @property
    def code(self) -> int:
        """The exit code: 1 when a row missed its limit. A row without a verdict has missed nothing."""
        return int(any(row.ok is False for row in self.rows))


def names() -> list[str]:
    """The measures that there are."""
    return sorted(found.name for found in pkgutil.iter_modules(against.__path__))


def environment(build: Build, models: Path = MODELS) -> dict[str, str]:
    """What a script starts with: no screen, no pins, no loudspeaker, no setting of this machine; that tree's kiosk."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("KIOSK_", "PYTHON"))}
    return own | {
        "PYTHONPATH": os.pathsep.join(dict.fromkeys((str(build.tree), str(ROOT)))),
        "PYTHONHASHSEED": "0",
        "SDL_VIDEODRIVER": "dummy",
        "SDL_AUDIODRIVER": "dummy",
        "GPIOZERO_PIN_FACTORY": "mock",
        "GPIOZERO_MOCK_PIN_CLASS": "mockpwmpin",
        "PYGAME_HIDE_SUPPORT_PROMPT": "1",
        "BENCH_MODELS": str(models.resolve()),
    }


def run(build: Build, module: str, timeout_s: float) -> Numbers:
    """One run of a measuring script in a new process and an empty folder. Raises SideError."""
    with tempfile.TemporaryDirectory(prefix="kiosk-side-", ignore_cleanup_errors=True) as here:
        done = _run(build, [module], Path(here), timeout_s)
    last = done.stdout.strip().splitlines()[-1:]
    if done.returncode or not last:
        raise _failed(done)
    try:
        return {name: float(value) for name, value in json.loads(last[0]).items()}
    except (ValueError, AttributeError, TypeError):
        raise SideError(f"its last line is no object of numbers: {last[0]}") from None


def own_bench(build: Build, timeout_s: float = BENCH_S) -> list[BenchRow]:
    """What ``kiosk bench`` of that build says of itself. Raises SideError."""
    with tempfile.TemporaryDirectory(prefix="kiosk-side-", ignore_cleanup_errors=True) as here:
        (Path(here) / "models").symlink_to(MODELS.resolve(), target_is_directory=True)
        done = _run(build, ["kiosk", "bench", "--json", "--data", here], Path(here), timeout_s)
    try:
        return [BenchRow(**row) for row in json.loads(done.stdout)["rows"]]
    except (ValueError, KeyError, TypeError):
        raise _failed(done) from None


def _run(build: Build, words: list[str], here: Path, timeout_s: float) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [str(build.python), "-P", "-m", *words],
            cwd=here,
            env=environment(build),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as why:
        raise SideError(f"it took longer than {timeout_s:g} s") from why


def _failed(done: subprocess.CompletedProcess[str]) -> SideError:
    said = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["it said nothing"]
    return SideError(f"it ended with {done.returncode}: {said[0]}")


def builds(own_libraries: bool = False) -> tuple[dict[str, Build], str]:
    """Today's build and, where it can be had, f456959's; and why not."""
    there = {TODAY: Build(ROOT, Path(sys.executable))}
    try:
        place = tree()
        there[EARLIER] = Build(place, own_python() if own_libraries else Path(sys.executable))
    except EarlierError as why:
        return there, str(why)
    return there, ""


def side_by_side(name: str, said: Callable[[], None] = lambda: None) -> list[SideRow]:
    """Measure ``tests.bench.against.NAME``. A script that fails gives rows that say so, and no exception."""
    module = f"{against.__name__}.{name}"
    measure = importlib.import_module(module)
    rounds, warm_up = getattr(measure, "ROUNDS", 5), getattr(measure, "WARM_UP", 0)
    timeout_s = getattr(measure, "TIMEOUT_S", 600.0)
    there, absent = builds(getattr(measure, "OWN_LIBRARIES", False))
    wrong: dict[str, str] = {}
    tried: dict[str, Callable[[], Numbers]] = {}
    for build_name, build in there.items():
        runs = partial(run, build, module, timeout_s)
        tried[build_name] = partial(_kept, runs, build_name, wrong)
    found = interleaved(tried, rounds, warm_up, said)
    return [judged(row, found, wrong, absent) for row in measure.ROWS]


def _kept(run: Callable[[], Numbers], build: str, wrong: dict[str, str]) -> Numbers:
    """A run, or no numbers once one has failed: it would fail again, and the others are still worth having."""
    if build in wrong:
        return {}
    try:
        return run()
    except SideError as why:
        wrong[build] = str(why)
        return {}


def judged(
    row: Compared, found: Mapping[str, Sequence[Numbers]], wrong: Mapping[str, str] = {}, absent: str = ""
) -> SideRow:
    """The verdict on the numbers of all rounds, by build. ``wrong``: the builds whose script failed, and how."""
    limit = RatioTarget(row.limit, row.at_most is None)
    by_peer = bool(row.peer) and not row.beside
    today, before = _all(row.number, found.get(TODAY, ())), _all(row.number, found.get(EARLIER, ()))
    peer = _all(row.peer, found.get(TODAY, ())) if row.peer else None
    other = peer if by_peer else before
    ratio = None
    if today is not None and other is not None:
        ratio = median_ratio(other, today) if limit.at_least else median_ratio(today, other)
    excused = not by_peer and today is not None and not wrong and bool(absent)
    excused = excused or bool(row.told and not wrong)
    told = [f"{build}: {why}" for build, why in wrong.items()] + [why for why in (absent, row.told) if why]
    if ratio is None and not told:
        told = [f"{row.peer or row.number!r} was not among what the script said"]
    return SideRow(
        row.name,
        row.unit,
        _middle(today),
        _middle(before),
        _middle(peer),
        row.peer_name,
        ratio if ratio is not None and isfinite(ratio) else None,
        f"{limit} {'of the peer' if by_peer else 'of ' + EARLIER}" if not limit.at_least else _times(limit, by_peer),
        None if excused else ratio is not None and limit.holds(ratio),
        "; ".join(told),
    )


def _times(limit: RatioTarget, by_peer: bool) -> str:
    return f"{limit} times better than {'the peer' if by_peer else EARLIER}"


def _all(number: str, answers: Sequence[Numbers]) -> list[float] | None:
    """That number of every round, or None where one has not got it."""
    if not answers or not all(number in answer for answer in answers):
        return None
    return [answer[number] for answer in answers]


def _middle(values: Sequence[float] | None) -> float | None:
    return None if not values else median(values)


def from_bench(row: BenchRow, before: BenchRow | None, why: str) -> SideRow:
    """A row of ``kiosk bench`` as it stands beside f456959's own answer to the same question: there the peer judges."""
    return SideRow(
        row.name,
        row.unit,
        row.value,
        None if before is None else before.value,
        None,
        row.against + ("" if before is None else f"; {EARLIER}'s ratio was {before.ratio:.3g}"),
        row.ratio,
        row.target,
        row.ok,
        why if before is None else "",
    )


def as_json(side: Side) -> str:
    """``{"ok", "load", "rows": [{"name", "unit", "today", "f456959", "peer", …, "ratio", "limit", "ok"}]}``."""
    rows = [
        {
            "name": row.name,
            "unit": row.unit,
            "today": row.today,
            EARLIER: row.earlier,
            "peer": row.peer,
            "peer_name": row.peer_name,
            "ratio": row.ratio,
            "limit": row.limit,
            "ok": row.ok,
            "why": row.why,
        }
        for row in side.rows
    ]
    return json.dumps({"ok": not side.code, "load": side.load, "rows": rows}, indent=2, ensure_ascii=False)


def as_text(side: Side) -> str:
    """A paragraph for each row: the verdict, today's figure, f456959's, the peer's, and the limit."""
    lines: list[str] = []
    for row in side.rows:
        head = {True: "ok      ", False: "MISSED  ", None: "        "}[row.ok]
        figures = [f"today {_figure(row.today)}", f"{EARLIER} {_figure(row.earlier)}"]
        if row.peer_name:
            figures.append(row.peer_name + (f" {_figure(row.peer)}" if row.peer is not None else ""))
        ratio = "no ratio" if row.ratio is None else f"ratio {row.ratio:.3g}"
        told = f"{', '.join(figures)} ({row.unit}); {ratio}, wanted {row.limit}" + (f"; {row.why}" if row.why else "")
        lines += textwrap.wrap(head + row.name, WIDTH, subsequent_indent=" " * len(head))
        lines += textwrap.wrap(told, WIDTH, initial_indent=" " * len(head), subsequent_indent=" " * len(head))
    missed = sum(row.ok is False for row in side.rows)
    open_ = sum(row.ok is None for row in side.rows)
    end = f"{missed} of {len(side.rows)} miss their limit" + (f", {open_} could not be judged" if open_ else "")
    if side.load:
        end += f"; load {min(side.load):.1f} to {max(side.load):.1f}"
    return "\n".join([*lines, "", end + "."])


def _figure(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.4g}"


def unknown(wanted: Sequence[str]) -> str:
    """What is wrong with these names of measures; empty when they all are there."""
    strange = sorted(set(wanted) - set(names()))
    return f"no such measure: {', '.join(strange)}. There are: {', '.join(names())}" if strange else ""


def measured(wanted: Sequence[str], said: Callable[[str], None], side: Side) -> None:
    """Add the rows of some measures to ``side``, one measure after another."""
    for name in wanted:
        words = f"{name}, today's and {EARLIER}'s in turns"
        said(words)
        side.rows += side_by_side(name, partial(said, words))
        side.load.append(os.getloadavg()[0])


def main(arguments: Sequence[str]) -> int:
    """The measures that are named, or all; the exit code."""
    if wrong := unknown(arguments):
        click.echo(wrong, err=True)
        return 2
    terminal, side = sys.stderr.isatty(), Side(load=[os.getloadavg()[0]])
    measured(list(arguments) or names(), told(terminal), side)
    if terminal:
        click.echo(err=True)
    click.echo(as_text(side))
    return side.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
