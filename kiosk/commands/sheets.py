"""``kiosk sheets``: what hangs at the bed and lies at the ward, to print."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kiosk.commands.options import FOLDER_PATH
from kiosk.paths import default_data


@click.command()
@click.option("--language", default="", help="One language, such as en.", show_default="each that the kiosk speaks")
@click.option(
    "--data",
    type=FOLDER_PATH,
    default=default_data,
    help="Data folder of the kiosk whose settings name it and say whom to call.",
)
@click.argument("folder", type=FOLDER_PATH)
def sheets(folder: Path, language: str, data: Path) -> None:
    """Write one page each for the person, for staff and for the technician into FOLDER, as PDF to print.

    The person's is in large print. Each says whom to call, in the site's own words where the settings file has them.
    """
    for path in write_sheets(folder, data, language):
        click.echo(str(path))


def write_sheets(folder: Path, data: Path, language: str) -> list[Path]:
    """Write each reader's sheet into ``folder``, in ``language`` or, where that is empty, in each; return the files.

    Label and call text are those of the settings file in ``data``. Raises ContentError for a language that is not there
    and for a call text that is too long, OSError.
    """
    from kiosk.config import FILE, load
    from kiosk.errors import ContentError
    from kiosk.present.languages import call_lines
    from kiosk.sheets.sheets import SheetPlace, pdf_of
    from kiosk.sheets.texts import SheetReader, built_in_call
    from kiosk.words import languages, words

    known = languages()
    if language and language not in known:
        raise ContentError(
            "there is no language {language}; known are {known}", language=language, known=", ".join(known)
        )
    settings, _ = load(data / FILE, os.environ, keep=False)
    site = settings.site
    made = []
    folder.mkdir(parents=True, exist_ok=True)
    for code in (language,) if language else known:
        said = words(code)
        before, behind = call_lines(site.emergency_text, site.language, code)
        place = SheetPlace(site.device_label, before or (built_in_call(said), *behind))
        for reader in SheetReader:
            path = folder / f"{reader}-{code}.pdf"
            path.write_bytes(pdf_of(reader, said, code, place))
            made.append(path)
    return made
