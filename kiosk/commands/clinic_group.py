"""``kiosk clinic``: packages of many kiosks become one database, and what is in it goes on from there."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kiosk.commands.options import (
    ANY_PATH,
    FOLDER_PATH,
    database_argument,
    identity_option,
    json_option,
    passphrases_option,
)
from kiosk.commands.warehouse import browse, fhir, publish


@click.group()
def clinic() -> None:
    """Bring the packages of many kiosks together, on a computer of the clinic."""


@clinic.command()
@click.option("--into", type=ANY_PATH, required=True, help="The clinic's SQLite file; it is made where there is none.")
@passphrases_option
@identity_option
@click.option("--plain", is_flag=True, help="Take packages that nothing protects, although words or a key are given.")
@json_option
@click.argument("packages", metavar="PACKAGE…", type=ANY_PATH, nargs=-1, required=True)
def merge(
    into: Path,
    passphrases: Path | None,
    identity: Path | None,
    plain: bool,
    as_json: bool,
    packages: tuple[Path, ...],
) -> None:
    """Read every PACKAGE into one database; say what was refused, what is missing and what is there twice.

    Any order will do, and a package that was merged before is passed over, so after an interruption the same command
    goes on. What fails verification is refused; ends with 1 when anything was, or when one that was merged before is a
    damaged copy.
    """
    from kiosk.commands.clinic import run_merge

    if passphrases and identity:
        raise click.UsageError("--passphrases and --identity exclude each other")
    sys.exit(run_merge(packages, into, passphrases, identity, plain=plain, as_json=as_json))


@clinic.command()
@click.option("--out", type=FOLDER_PATH, required=True, help="Folder for the reports; those of before are replaced.")
@database_argument
def report(out: Path, database: Path) -> None:
    """Write a PDF for each person in FILE, which `kiosk clinic merge` has made.

    The same pages as in a package, over everything that was merged, and without a password.
    """
    from kiosk.commands.clinic import run_report

    sys.exit(run_report(database, out))


@clinic.command()
@click.option("--to", type=FOLDER_PATH, required=True, help="Folder to make; it must not be there yet.")
@click.option(
    "--k", type=click.IntRange(1, 1_000), default=5, show_default=True, help="Fewest people of one cause and onset."
)
@click.option(
    "--rare",
    type=click.Choice(["merge", "name"]),
    default="merge",
    show_default=True,
    help="Whether smaller groups lose their cause, then their onset, or are only named.",
)
@database_argument
def deidentify(to: Path, k: int, rare: str, database: Path) -> None:
    """Write what FILE holds for research: no codes, kiosks, places, days or times; CSV, and files for REDCap.

    Only columns of a list leave. People get codes by chance, days become weeks since the onset, programmes of your own
    are called "own". Films and line drawings stay. Ends with 1 when a group of fewer than K people is in the folder.
    """
    from kiosk.commands.clinic import run_deidentify

    sys.exit(run_deidentify(database, to, k, merge=rare == "merge"))


clinic.add_command(browse)
clinic.add_command(fhir)
clinic.add_command(publish)
