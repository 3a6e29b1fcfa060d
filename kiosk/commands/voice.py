"""``kiosk voice``: a site's own recordings."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kiosk.commands.options import json_option
from kiosk.paths import default_data

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_data,
    help="Data folder of the kiosk whose words count.",
)


@click.group()
def voice() -> None:
    """Look after a site's own recordings of what the kiosk says."""


@voice.command()
@json_option
@data_option
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
def check(folder: Path | None, data: Path, as_json: bool) -> None:
    """Listen to every recording in FOLDER, or to those of this kiosk where none is named.

    FOLDER holds a folder for each language, such as en, as `kiosk voice sheet` makes it: its recordings are looked at
    as they will be when they are brought on a stick. Names what is missing, silent, clipped, too loud or too quiet, too
    long, too fast, or says other words than the kiosk does now. Ends with 1 when one has to be left out; a missing one
    is no fault, the kiosk's own voice says it.
    """
    from kiosk.commands.recordings import checked, to_json, told

    found = checked(folder, data)
    if as_json:
        click.echo(to_json(found))
    else:
        click.echo("\n".join(told(found)))
    sys.exit(1 if any(one.faults for one in found) else 0)


@voice.command()
@click.option("--language", default="en", show_default=True, help="The language that is recorded.")
@click.option("--by", "by", default="", metavar="NAME", help="Who speaks; it is kept beside each recording.")
@data_option
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def sheet(folder: Path, language: str, by: str, data: Path) -> None:
    """Write what there is to say into FOLDER: a table to read from, and the index that goes with the recordings.

    sheet.csv has a line for each sentence: the name of its file, the words, and how long it may last. Put the
    recordings beside it, look at them with `kiosk voice check FOLDER`, and bring FOLDER on a stick as the folder
    `voice` of FK-IMPORT.zip.
    """
    from kiosk.commands.recordings import SHEET, spoken, write_sheet

    said = spoken(data, language)
    if not said:
        raise click.UsageError(f"--language {language}: the kiosk does not speak it")
    count = write_sheet(folder / language, said, by)
    click.echo(f"{folder / language}: {count} sentences to record, in {SHEET}.")
