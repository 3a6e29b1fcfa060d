"""``make bench``: what ``kiosk bench`` measures, how others draw a picture, and merging; writes FILE for programs.

``python -m tests.bench FILE``; ends with 1 when a ratio misses its target.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import click

from kiosk.bench.bench import Bench, opened, told
from kiosk.bench.draw import STRETCH, mirror_draw, pictures, timed
from kiosk.bench.rows import BenchRow, RatioTarget, as_table, interleaved, median_ratio, row, to_json, verdict
from tests.bench.merging import merge_rows
from tests.bench.peers import photobooth_draw, pillow, tutorial_draw

MODELS = Path("build/models")
ROUNDS = 15
BATCH = 8


def peer_rows(bench: Bench, said: Callable[[], None]) -> list[BenchRow]:
    """Our frame with its flip, against theirs with theirs."""
    surface, frames, image = bench.screen.surface, pictures(), pillow()
    mirrored = mirror_draw(bench.painter, surface, frames)
    # They draw beside the screen, not onto it: there the kiosk leaves what stays the same from picture to picture.
    aside = surface.copy()

    def ours(number: int) -> None:
        mirrored(number)
        bench.screen.present()

    tutorial = tutorial_draw(aside, frames)

    def taught(number: int) -> None:
        tutorial(number)
        bench.screen.present()

    for number in range(STRETCH):
        ours(number)
    runs = {"ours": ours, "tutorial": taught, "photobooth": photobooth_draw(aside, frames, image)}
    found = interleaved({name: timed(draw, BATCH) for name, draw in runs.items()}, ROUNDS, 2, said)
    if image is not None:
        by, wanted = "with Pillow, as it does", 20
    else:
        by, wanted = "with OpenCV in place of Pillow, which is not installed here and slower", 5
    return [
        row(
            "Mirrored picture on the screen, against the tutorials' way",
            median(found["ours"]),
            "ms",
            f"cvtColor, rot90, make_surface, blit, words rendered anew, {median(found['tutorial']):.2f} ms",
            median_ratio(found["tutorial"], found["ours"]),
            RatioTarget(3, at_least=True),
        ),
        row(
            "Mirrored picture on the screen, against pibooth's steps",
            median(found["ours"]),
            "ms",
            f"a reconstruction of its preview frame, {by}, {median(found['photobooth']):.2f} ms",
            median_ratio(found["photobooth"], found["ours"]),
            RatioTarget(wanted, at_least=True),
        ),
    ]


def main(file: Path) -> int:
    """Measure, show the table, write ``file``; the exit code."""
    terminal = sys.stderr.isatty()
    say = told(terminal)
    with opened(MODELS) as bench:
        rows = list(bench.rows(say))
        words = "how others do it"
        say(words)
        rows += peer_rows(bench, lambda: say(words))
        words = "packages at the clinic"
        say(words)
        with tempfile.TemporaryDirectory() as here:
            rows += merge_rows(Path(here), lambda: say(words))
    if terminal:
        click.echo(err=True)
    click.echo(as_table(rows))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(to_json(rows) + "\n", encoding="utf-8")
    return verdict(rows)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
