'''Measures of today's build beside f456959's: one file each says what is run, what is compared, and the limit.

A file here is two things. Imported, it says its ``ROWS``. Run as a program, it measures the kiosk that it finds and
says numbers: `tests.bench.side` runs it in turns as ``python -P -m tests.bench.against.NAME``, in a new process and a
new empty folder (the working directory) each time, with ``PYTHONPATH`` so that ``import kiosk`` is today's tree or
f456959's and ``tests`` is today's in both. The ratio is taken in each round, and the median of the rounds is judged.

How to add one:

1. A file ``tests/bench/against/NAME.py`` like this (``python -m tests.bench.side NAME`` runs it alone)::

    """What is measured, in one sentence."""

    from tests.bench.against import Compared, answer, spending

    ROWS = (
        Compared("Export of a person-year", "cpu_s", "s of processor time", at_most=0.45),
        Compared("Export of a person-year", "wall_s", "s", at_most=0.3),
        Compared("Merging", "merge_s", "s", at_least=1.0, peer="executemany_s", peer_name="a raw executemany"),
    )
    ROUNDS = 5


    def measure() -> dict[str, float]:
        """Both trees: what does not stand under one name in both is asked for here, not above."""
        try:
            from kiosk.package.export import export  # today
        except ModuleNotFoundError:
            from kiosk.handover.exporting import export  # f456959
        prepare()  # not counted
        with spending() as spent:
            export(...)
        return spent.numbers()


    if __name__ == "__main__":
        answer(measure())

2. Above the functions only the standard library, this file and nothing of the kiosk: the module is imported beside a
   kiosk of another time. ``python -m tests.bench.side NAME`` (``make bench ONLY=NAME``) shows what it says of both.
3. A number that one tree has not got is left out of its answer; the row then says "not measured" for it.
4. Everything random from a seed; no network; what is prepared and not measured outside of ``spending()``.

Optional names of a file: ``ROUNDS`` (5), ``WARM_UP`` rounds that do not count (0), ``TIMEOUT_S`` of one run (600),
``OWN_LIBRARIES`` (False): True runs f456959 with the libraries that it locked, where they can be installed
(``EARLIER_PYTHON`` names a Python that has them); else both run with today's.
'''

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Compared:
    """One row: the number of the script's answer that is compared, and the limit of its ratio.

    The ratio is today's number over f456959's, or over that of the ``peer`` (another number of the same answer, from
    the same process). ``at_most`` is its limit; ``at_least`` turns the ratio over: how many times less than the other
    one today's is. Exactly one of the two.
    """

    name: str
    number: str
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    peer: str = ""
    """Which number of the answer is the peer's. Without one the row is judged against f456959."""
    peer_name: str = ""
    """What the peer is, in a few words."""
    beside: bool = False
    """True: the peer is only told, and the row is judged against f456959 all the same."""
    told: str = ""
    """Why the ratio is told and not judged, where what the two builds do is not the same; empty: it is judged."""

    def __post_init__(self) -> None:
        """A row with no limit, or with two, is refused: ValueError."""
        if (self.at_most is None) is (self.at_least is None):
            raise ValueError(f"{self.name}: give at_most or at_least, and not both")

    @property
    def limit(self) -> float:
        """The one limit that was given."""
        return next(limit for limit in (self.at_most, self.at_least) if limit is not None)


@dataclass(slots=True)
class Spent:
    """What a stretch of work took, once it is over: this process with its threads, and its ended children."""

    cpu_s: float = 0.0
    """Processor time, user and system."""
    wall_s: float = 0.0
    peak_mb: float = 0.0
    """The most memory (resident, 10^6 bytes) of this process since it began, or of its largest ended child."""

    def numbers(self, **more: float) -> dict[str, float]:
        """The numbers for `answer`, with ``more`` beside them."""
        return {"cpu_s": self.cpu_s, "wall_s": self.wall_s, "peak_mb": self.peak_mb, **more}


def _cpu_s() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def _own_peak_kb() -> int:
    """Not getrusage's for this process: that begins with what the parent had before ``exec``."""
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


@contextmanager
def spending() -> Iterator[Spent]:
    """Count what is spent inside; children count once they have been waited for."""
    spent = Spent()
    cpu_s, wall_s = _cpu_s(), time.perf_counter()
    yield spent
    spent.wall_s = time.perf_counter() - wall_s
    spent.cpu_s = _cpu_s() - cpu_s
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    spent.peak_mb = max(_own_peak_kb(), largest) * 1024 / 1e6


def answer(numbers: Mapping[str, float]) -> None:
    """Say the numbers, on the last line of stdout, as the runner reads them."""
    sys.stdout.write(json.dumps(dict(numbers)) + "\n")
    sys.stdout.flush()


def models() -> Path:
    """The folder of the models that look at a face; it may be empty."""
    return Path(os.environ["BENCH_MODELS"])
