"""Options that several commands have in common, each with one name and one meaning."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from kiosk.config import FILE
from kiosk.faults import harmless
from kiosk.paths import default_data

FOLDER_PATH = click.Path(file_okay=False, path_type=Path)
FILE_PATH = click.Path(dir_okay=False, path_type=Path)
ANY_PATH = click.Path(path_type=Path)


class DataFolder(click.Path):
    """A data folder. That of an appliance belongs to the kiosk's own user, and somebody else is told how to ask."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if os.path.isdir(value) and not os.access(value, os.R_OK):
            self.fail(f"{harmless(str(value))} is not yours to read: try again with `sudo kiosk …`", param, ctx)
        return super().convert(value, param, ctx)


data_option = click.option(
    "--data",
    type=DataFolder(file_okay=False, path_type=Path),
    default=default_data,
    envvar="KIOSK_DATA",
    show_default="systemd's state directory, else ~/.local/share/facial-rehab-kiosk",
    help="Data folder of this kiosk.",
)
config_option = click.option(
    "--config",
    type=FILE_PATH,
    envvar="KIOSK_CONFIG",
    show_default=f"{FILE} in the data folder",
    help="Settings file.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON, for programs.")
passphrases_option = click.option(
    "--passphrases", type=FILE_PATH, help="A file with the five words of each package, one package a line."
)
identity_option = click.option("--identity", type=FILE_PATH, help="A file with an age identity (AGE-SECRET-KEY-1…).")
database_argument = click.argument("database", metavar="FILE", type=ANY_PATH)
