"""Late pictures while a record of five years is looked through, beside a record that is left alone.

``python -m tests.bench.looked_through`` prints both, and the time until movement no longer waits.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median

import click

from kiosk import paths
from kiosk.bench.loop import Rounds, RoundSeen
from kiosk.clock import SystemClock
from kiosk.records.store import Store
from kiosk.screens.paint import Painter
from kiosk.screens.window import open_screen
from tests.bench.growing import grown

SESSIONS = 9_125
ROUNDS = 3
ROUND_S = 6.0
PATIENCE_S = 120.0


class Asking:
    """Lets the record be looked through with the first turn, and keeps when movement no longer waited for it."""

    def __init__(self, store: Store, *, asks: bool) -> None:
        self._store, self._asks, self._begun_s = store, asks, time.monotonic()
        self.waited_s: float | None = None

    def __call__(self) -> None:
        if self._asks:
            self._asks, self._begun_s = False, time.monotonic()
            self._store.look_through()
        elif self.waited_s is None and not self._store.unchecked:
            self.waited_s = time.monotonic() - self._begun_s


def measured(rounds: Rounds, data: Path, *, asks: bool) -> tuple[RoundSeen, Asking]:
    """One round of the kiosk's own loop with a live mirror, with the record in ``data``."""
    store = Store.open(data, SystemClock(), wait=False)
    try:
        while not store.begun:
            time.sleep(0.001)
        store.begin()
        asking = Asking(store, asks=asks)
        return rounds.waiting(ROUND_S, store, asking), asking
    finally:
        store.close(PATIENCE_S)


def main() -> None:
    """Print what came late."""
    seen: dict[bool, list[RoundSeen]] = {True: [], False: []}
    waited: list[float] = []
    with tempfile.TemporaryDirectory(prefix="kiosk-late-") as folder, closing(open_screen(False)) as screen:
        whole = grown(Path(folder) / "whole", SESSIONS)
        rounds = Rounds(screen, Painter(paths.assets()))
        for number in range(ROUNDS):
            for asks in (True, False):
                data = Path(folder) / f"{number}-{asks}"
                shutil.copytree(whole, data, ignore=shutil.ignore_patterns("*.lock"))
                found, asking = measured(rounds, data, asks=asks)
                seen[asks].append(found)
                waited += [] if asking.waited_s is None or not asks else [asking.waited_s]
                shutil.rmtree(data)
    for asks, name in ((True, "while it is looked through"), (False, "left alone")):
        told = ", ".join(
            f"{found.late} of {len(found.pictures_ms)} late (half within {found.picture_p50_ms:.1f} ms, other programs"
            f" kept the loop waiting {found.waited_ms:.0f} ms)"
            for found in seen[asks]
        )
        click.echo(f"{name}: {told}")
    click.echo(f"movement waited {median(waited):.1f} s" if waited else f"movement waited longer than {ROUND_S:g} s")


if __name__ == "__main__":
    main()
