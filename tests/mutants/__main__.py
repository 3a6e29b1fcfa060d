"""``python -m tests.mutants [--room NAME …] [--size 500] [--seed 8] [--workers 2]``"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import click

from tests.mutants.rooms import PAGE, ROOMS
from tests.mutants.run import run
from tests.mutants.table import page


@click.command(help="Put a sample of small faults into copies of the program and count those that the tests notice.")
@click.option("--room", "names", multiple=True, type=click.Choice([room.name for room in ROOMS]), help="Only these.")
@click.option("--size", default=500, show_default=True, help="Faults for each.")
@click.option("--seed", default=8, show_default=True, help="Another seed, another sample.")
@click.option("--workers", default=os.cpu_count() or 1, show_default=True, help="At the same time.")
@click.option("--page/--no-page", "write", default=True, help="Write docs/mutants.md.")
def main(names: tuple[str, ...], size: int, seed: int, workers: int, write: bool) -> None:
    """Try each room and write the page."""
    chosen = [room for room in ROOMS if not names or room.name in names]
    figures = [run(room, size, seed, workers, click.echo) for room in chosen]
    for figure in figures:
        click.echo(figure.line())
    if write:
        PAGE.write_text(page(figures, datetime.now(UTC).date(), seed, PAGE.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
