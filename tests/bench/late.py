"""Does anything that goes on beside a session make the mirror late? A package on its way out, a merge, the late check.

Each goes on for the whole of a round, again and again where it is shorter, as the kiosk does it: an export on a thread
of the kiosk's own process, a clinic's merge as another program on the same machine.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from kiosk.bench.loop import LATE_ROUNDS, ROUND_S, Rounds, RoundSeen, busy
from kiosk.bench.rows import BenchRow, RatioTarget, interleaved, row
from kiosk.clock import SystemClock
from kiosk.errors import Cancelled
from kiosk.package.protection import Protection
from kiosk.records.folder import Limits
from kiosk.records.store import Store
from kiosk.report.papers import documents
from tests.bench.earlier import ROOT
from tests.bench.side import Build, environment
from tests.package.made import exported, lived, record

SESSIONS = 300
"""A third of a person's year: some seconds of work."""
WORDS = Protection("one two three four five six")
END_S = 60.0


@contextmanager
def _over_and_over(work: Callable[[threading.Event], bool]) -> Iterator[Callable[[], int]]:
    """Do ``work`` again and again on a thread; what is handed out says how often it was done, or is being done.

    0 once it has failed: then nothing may have gone on at all.
    """
    over = threading.Event()
    done, failed = 0, False

    def run() -> None:
        nonlocal done, failed
        while not over.is_set():
            worked = work(over)
            done += worked
            failed = failed or not (worked or over.is_set())

    worker = threading.Thread(target=run, name="beside", daemon=True)
    worker.start()
    try:
        yield lambda: 0 if failed else done + worker.is_alive()
    finally:
        over.set()
        worker.join(END_S)


def exporting(data: Path, to: Path) -> AbstractContextManager[Callable[[], int]]:
    """A package for everybody with a passphrase, report and workbook included, on a thread as a stick's."""

    def work(over: threading.Event) -> bool:
        shutil.rmtree(to, ignore_errors=True)
        try:
            exported(data, to, WORDS, documents=documents(), stop=over.is_set)
        except Cancelled:
            return False
        return True

    return _over_and_over(work)


def merging(packages: Sequence[Path], into: Path) -> AbstractContextManager[Callable[[], int]]:
    """``kiosk clinic merge`` of some packages into a new database, as another program."""
    env = environment(Build(ROOT, Path(sys.executable)))
    words = [sys.executable, "-m", "kiosk", "clinic", "merge", "--into", str(into), *map(str, packages)]

    def work(over: threading.Event) -> bool:
        into.unlink(missing_ok=True)
        with subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and not over.wait(0.02):
                pass
            process.terminate()
            return process.wait() == 0

    return _over_and_over(work)


def looking_through(data: Path) -> AbstractContextManager[Callable[[], int]]:
    """The look through a whole record that the store takes once the kiosk is ready."""

    def work(over: threading.Event) -> bool:
        store = Store.open(data, SystemClock(), Limits(ballast_bytes=64 << 10, floor_bytes=0))
        try:
            store.look_through()
            while not (looked := store.looked_through(0.02)) and not over.is_set():
                pass
            return looked
        finally:
            store.close(END_S)

    return _over_and_over(work)


Beside = Callable[[], AbstractContextManager[Callable[[], int]]]
"""Begins what goes on beside a round; what it hands out says how often it was done, or whether it is being done."""


def _round(rounds: Rounds, beside: Beside | None) -> tuple[RoundSeen, int]:
    with ExitStack() as stack:
        worked = stack.enter_context(beside()) if beside is not None else lambda: 1
        # Begun before the round: its first moments are as heavy as any.
        return rounds.waiting(ROUND_S), worked()


def late_rows(rounds: Rounds, said: Callable[[], None]) -> list[BenchRow]:
    """Rows about late pictures, each beside rounds in which nothing went on."""
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as place:
        here = Path(place)
        data = record(here / "data", lived(sessions=SESSIONS))
        packages = [exported(data, here / "packages").made.place]
        beside: dict[str, Beside | None] = {
            "a package is made": partial(exporting, data, here / "out"),
            "packages are merged": partial(merging, packages, here / "clinic.db"),
            "the record is looked through": partial(looking_through, data),
            "": None,
        }
        runs = {name: partial(_round, rounds, each) for name, each in beside.items()}
        return judged(interleaved(runs, LATE_ROUNDS, 0, said))


def judged(found: Mapping[str, Sequence[tuple[RoundSeen, int]]]) -> list[BenchRow]:
    """The rows, from rounds by what went on beside them; under the empty name nothing did."""
    quiet = [seen for seen, _ in found[""]]
    rows = []
    for name, each in found.items():
        if not name:
            continue
        rounds = [seen for seen, _ in each]
        disturbed = busy(median(seen.waited_ms for seen in rounds), ROUND_S)
        p95 = median(seen.picture_p95_ms for seen in rounds)
        rows.append(
            row(
                f"Late pictures while {name}",
                median(seen.late for seen in rounds),
                f"of {median(len(seen.pictures_ms) for seen in rounds):g}",
                f"with nothing beside it {median(seen.late for seen in quiet):g}; 95 of 100 within {p95:.1f} ms, "
                f"alone {median(seen.picture_p95_ms for seen in quiet):.1f} ms{disturbed}",
                median(seen.late / len(seen.pictures_ms) for seen in rounds),
                RatioTarget(0),
                valid=all(worked for _, worked in each),
            )
        )
    return rows
