"""The bench for a live mirror: everything is held against something else that runs on this machine here and now."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk import paths
from kiosk.bench.rows import BenchRow, as_table, to_json, verdict

if TYPE_CHECKING:
    from kiosk.screens.paint import Painter
    from kiosk.screens.window import Screen

__all__ = ["Bench", "opened", "run_bench", "told"]

log = logging.getLogger(__name__)

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


class Bench:
    """A screen, a painter and a painter's picture caches, warm: what all rows are measured with."""

    def __init__(self, screen: Screen, painter: Painter, models: Path) -> None:
        """``models``: the folder of the models that look at a face."""
        self.screen, self.painter, self.models = screen, painter, models

    def rows(self, said: Callable[[str], None]) -> Iterator[BenchRow]:
        """Every row, in the order of the table; about two minutes. ``said`` hears what is being measured."""
        from kiosk.bench import draw, loop, sight, start

        def saying(words: str) -> Callable[[], None]:
            said(words)
            return lambda: said(words)

        # The children come first: what this process has kept in memory until then does not slow their start.
        yield start.first_picture_row(saying("time to the first picture"))
        yield start.memory_row(self.models, saying("memory"))
        yield from start.idle_rows(self.screen, self.painter, saying("the home screen at rest"))
        yield draw.mirror_row(self.painter, self.screen.surface, saying("the mirror"))
        yield draw.large_row(self.painter, self.screen.surface, saying("the mirror on a large screen"))
        yield draw.good_side_row(self.painter, self.screen.surface, saying("the good side"))
        yield draw.head_row(self.screen.surface, saying("the drawn head"))
        yield draw.film_row(self.screen.surface, saying("a clinic's film"))
        rounds = loop.Rounds(self.screen, self.painter)
        rounds.waiting(1.0)
        # As the kiosk does: a full collection would else be measured as part of some unlucky frame.
        gc.collect()
        gc.freeze()
        yield from loop.delay_rows(rounds, saying("pictures and presses on their way to the screen"))
        yield loop.late_row(rounds, saying("a storage that stalls"))
        yield from sight.mirror_rows(rounds, self.models, saying("the mirror while somebody looks and films"))
        yield from sight.measure_rows(self.models, saying("what looking costs"))


@contextmanager
def opened(models: Path) -> Iterator[Bench]:
    """A bench on this machine's screen, or on none: without a desktop, SDL draws into memory.

    One processor core for OpenCV, as in the kiosk.
    """
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    if not any(os.environ.get(name) for name in DISPLAYS):
        os.environ["SDL_VIDEODRIVER"] = "dummy"
    import cv2

    from kiosk.screens.paint import Painter
    from kiosk.screens.window import open_screen

    cv2.setNumThreads(1)
    with closing(open_screen(False)) as screen:
        log.debug("measuring on %s", screen.how)
        yield Bench(screen, Painter(paths.assets()), models)


def told(terminal: bool) -> Callable[[str], None]:
    """Says on a terminal what is being measured, and a dot more each time; elsewhere nothing."""
    last = ""

    def say(words: str) -> None:
        nonlocal last
        if not terminal:
            return
        if words != last:
            click.echo(("\n" if last else "") + f"measuring {words} ", nl=False, err=True)
            last = words
        else:
            click.echo(".", nl=False, err=True)

    return say


def run_bench(as_json: bool, models: Path) -> int:
    """Measure, answer on stdout, and return the exit code: 1 when a ratio misses its target.

    Raises ScreenError when there is a desktop whose screen does not open, and BenchError when a kiosk that was to be
    measured did not start.
    """
    terminal = sys.stderr.isatty()
    with opened(models) as bench:
        rows = list(bench.rows(told(terminal)))
    if terminal:
        click.echo(err=True)
    click.echo(to_json(rows) if as_json else as_table(rows))
    return verdict(rows)
