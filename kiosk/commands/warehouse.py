"""``kiosk clinic publish``, ``fhir`` and ``browse``: the clinic's database for engines, servers and browsers."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk.commands.options import FOLDER_PATH, database_argument


@click.command()
@click.option(
    "--to",
    type=FOLDER_PATH,
    required=True,
    help="Folder for the tables; `current` in it leads to the newest ones, whole.",
)
@database_argument
def publish(database: Path, to: Path) -> None:
    """Write what FILE holds (see `kiosk clinic merge`) as Parquet, by site and month, for DuckDB, Polars or Spark.

    Again is always safe: sites that have nothing new keep their files, and whoever reads sees the tables of before or
    the new ones, never some of each. Six questions in SQL lie beside them. Needs what `pip install '.[clinic]'` adds.
    """
    from kiosk.clinic.database import open_clinic
    from kiosk.warehouse.publish import publish as published

    with open_clinic(database, make=False) as clinic:
        told = published(clinic, to, lambda site, place, of: click.echo(f"{site} ({place} of {of})", err=True))
    if not told.fresh:
        click.echo(f"{told.current}: nothing is new since generation {told.generation}")
    else:
        click.echo(
            f"{told.current}: {told.kiosks} kiosks at {told.sites} sites, {told.written} files written, {told.kept}"
            f" kept (generation {told.generation}, schema {told.schema_version})"
        )
    for name, rows in told.rows.items():
        click.echo(f"  {name:14}{rows:>14}")


@click.command()
@click.option(
    "--out",
    type=FOLDER_PATH,
    required=True,
    help="Folder for the transactions; those of before are replaced.",
)
@database_argument
def fhir(database: Path, out: Path) -> None:
    """Write sessions and scores in FILE (see `kiosk clinic merge`) as FHIR R4 transactions for a server.

    A server may be given them again and again: each resource is put by its identifier. People are identifiers only.
    Nothing is sent from here; docs/many-kiosks.md says how to load them.
    """
    from kiosk.clinic.database import open_clinic
    from kiosk.warehouse.fhir import transactions

    with open_clinic(database, make=False) as clinic:
        made = transactions(clinic, out, lambda device: click.echo(device, err=True))
    gone = f"; {made.removed} files of before removed" if made.removed else ""
    held = f"{made.resources} resources of {made.sessions} sessions and {made.scores} scores"
    click.echo(f"{out}: {made.bundles} transactions, {held}{gone}")


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=0, show_default="one that is free", help="The port.")
@click.option("--open", "show", is_flag=True, help="Open it in this computer's browser.")
@database_argument
def browse(database: Path, port: int, show: bool) -> None:
    """Look at FILE (see `kiosk clinic merge`) in a browser on this computer, read-only, with six questions answered.

    It shows a copy, which is gone when this ends (Ctrl+C). The link opens once, for one browser; nothing is fetched
    from a network. Needs what `pip install '.[clinic]'` adds.
    """
    from kiosk.clinic.database import open_clinic
    from kiosk.warehouse.browse import browse as browsed

    def opened(address: str) -> None:
        click.echo(f"Open this once in your browser: {address}")
        click.echo("Ctrl+C ends it, and removes the copy.")
        if show:
            click.launch(address)

    with open_clinic(database, make=False) as clinic:
        browsed(clinic, port, opened)
