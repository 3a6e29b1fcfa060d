"""``make bench``: what ``kiosk bench`` measures, how others do it, and today's build beside f456959's; writes FILE.

``python -m tests.bench FILE [NAME ...]``; with names of `tests.bench.against` only those. Ends with 1 when a ratio
misses its limit. `tests.bench.against` says how a measure of both builds is added.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import click

from kiosk.bench.bench import Bench, opened, told
from kiosk.bench.draw import STRETCH, mirror_draw, pictures, timed
from kiosk.bench.loop import Rounds
from kiosk.bench.rows import BenchRow, RatioTarget, interleaved, median_ratio, row
from tests.bench.late import late_rows
from tests.bench.merging import merge_rows
from tests.bench.peers import photobooth_draw, pillow, tutorial_draw
from tests.bench.side import (
    EARLIER,
    MODELS,
    Side,
    SideError,
    SideRow,
    as_json,
    as_text,
    builds,
    from_bench,
    measured,
    names,
    own_bench,
    unknown,
)

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


def bench_rows(say: Callable[[str], None]) -> list[BenchRow]:
    """What is held against a peer within one process: the rows of ``kiosk bench``, how others draw, and merging."""
    with opened(MODELS) as bench:
        rows = list(bench.rows(say))
        words = "how others do it"
        say(words)
        rows += peer_rows(bench, lambda: say(words))
        words = "pictures while something goes on beside them"
        say(words)
        rows += late_rows(Rounds(bench.screen, bench.painter), lambda: say(words))
        words = "packages at the clinic"
        say(words)
        with tempfile.TemporaryDirectory() as here:
            rows += merge_rows(Path(here), lambda: say(words))
    return rows


def beside_earlier(rows: Sequence[BenchRow], say: Callable[[str], None]) -> list[SideRow]:
    """Those rows beside f456959's own answers to the same questions, where it can be had and asks them."""
    say(f"what {EARLIER} says of itself")
    there, why = builds()
    before: dict[str, BenchRow] = {}
    if EARLIER in there:
        why = f"{EARLIER} has no such row"
        try:
            before = {_question(row): row for row in own_bench(there[EARLIER])}
        except SideError as wrong:
            why = f"{EARLIER}: {wrong}"
    return [from_bench(row, before.get(_question(row)), why) for row in rows]


def _question(row: BenchRow) -> str:
    """A row's name without the figures in it: "while 15 a second are looked at" asks what "while 14 ..." asks."""
    return re.sub(r"[\d.]+", "#", row.name)


def main(file: Path, only: Sequence[str] = ()) -> int:
    """Measure, show the rows, write ``file``; the exit code."""
    if wrong := unknown(only):
        click.echo(wrong, err=True)
        return 2
    terminal = sys.stderr.isatty()
    say = told(terminal)
    side = Side(load=[os.getloadavg()[0]])
    if not only:
        side.rows += beside_earlier(bench_rows(say), say)
    measured(only or names(), say, side)
    if terminal:
        click.echo(err=True)
    click.echo(as_text(side))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(as_json(side) + "\n", encoding="utf-8")
    return side.code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
