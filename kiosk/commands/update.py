"""``kiosk update``: making signed releases at the maker's desk, and what root's units call on a kiosk."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import click

from kiosk.errors import UpdateError

FOLDER_PATH = click.Path(file_okay=False, exists=True, path_type=Path)
FILE_PATH = click.Path(dir_okay=False, path_type=Path)
SERVICE = "facial-rehab-kiosk.service"
STOP_S = 60
MINUTES = 10


class SystemdService:
    """The kiosk's unit."""

    def stop(self) -> None:
        """Stop it; it has ended when this returns. Raises UpdateError."""
        try:
            subprocess.run(["systemctl", "stop", SERVICE], check=True, timeout=STOP_S, capture_output=True)
        except (OSError, subprocess.SubprocessError) as why:
            raise UpdateError("The kiosk does not stop, so its data cannot be copied. Try again.") from why

    def start(self) -> None:
        """Have it start, without waiting for that: systemd goes on trying."""
        subprocess.run(["systemctl", "start", "--no-block", SERVICE], check=False, capture_output=True)


@click.group()
def update() -> None:
    """Make signed updates, and look after the keys that sign them."""


@update.command()
@click.option("--tree", type=FOLDER_PATH, required=True, help="Folder of the release, with bin/kiosk in it.")
@click.option("--key", type=FILE_PATH, required=True, help="The maker's private key; it never comes near a kiosk.")
@click.option(
    "--changes", type=FILE_PATH, required=True, help="A text file: a sentence in plain words on each line, 12 at most."
)
@click.option("--architecture", type=click.Choice(["amd64", "arm64"]), required=True, help="The processor it is for.")
@click.option("--python", default="3.13", show_default=True, help="The Python of the system that it is for.")
@click.option("--from", "comes_from", required=True, help="The oldest version that it can take the place of.")
@click.option(
    "--minutes",
    type=click.IntRange(1, 120),
    default=MINUTES,
    show_default=True,
    help="For how long the kiosk cannot be used meanwhile, at most.",
)
@click.option("--to", type=FILE_PATH, required=True, help="The update; on the stick it is called FK-UPDATE.zip.")
def make(
    tree: Path, key: Path, changes: Path, architecture: str, python: str, comes_from: str, minutes: int, to: Path
) -> None:
    """Make an update of a release's folder, signed with the release key.

    The version is that of the folder's program. A key that is protected asks for its words. Ends with 1 when a kiosk
    would not take it.
    """
    from kiosk.update.keys import read_private
    from kiosk.update.make import make_update

    try:
        lines = [line.strip() for line in changes.read_text(encoding="utf-8").splitlines() if line.strip()]
        words = click.prompt("Words of the key", hide_input=True) if b"ENCRYPTED" in key.read_bytes() else None
        made = make_update(
            tree,
            read_private(key, words),
            to,
            version=version_of(tree),
            architecture=architecture,
            python=python,
            comes_from=comes_from,
            changes=lines,
            minutes=minutes,
        )
    except OSError as why:
        raise UpdateError("{path} cannot be read or written: {why}", path=why.filename, why=why.strerror) from why
    click.echo(f"{to}: version {made.version} for {architecture}, {len(made.files)} files, {made.bytes >> 20} MB.")


def version_of(tree: Path) -> str:
    """The version of the program in a release's folder. Raises UpdateError."""
    place = tree / "lib" / "kiosk" / "__init__.py"
    try:
        found = re.search(r'^__version__ = "([^"]*)"$', place.read_text(encoding="utf-8"), re.MULTILINE)
    except (OSError, UnicodeDecodeError):
        found = None
    if found is None:
        raise UpdateError("{place} names no version: this is no folder of a release.", place=place)
    return found[1]


@update.command("new-key")
@click.option("--in", "folder", type=FOLDER_PATH, required=True, help="Folder for both files.")
@click.argument("name")
def new_key(folder: Path, name: str) -> None:
    """Make a pair of release keys: NAME.key is for the maker alone, NAME.pub for every kiosk.

    Do this on a computer that is no kiosk, and keep NAME.key off the network. It replaces nothing.
    """
    from kiosk.update.make import make_key

    private, public = make_key(folder, name)
    click.echo(f"{private} is the private key: whoever has it can put any program on the kiosks.")
    click.echo(f"{public} goes to every kiosk, into /etc/facial-rehab-kiosk/release-keys/.")


@update.command()
def keys() -> None:
    """List the release keys that this kiosk believes. Ends with 1 when there is none."""
    from kiosk.update.keys import read_keys
    from kiosk.update.make import known_keys
    from kiosk.update.places import Places

    folder = Places().keys
    for line in known_keys(folder):
        click.echo(line)
    if not read_keys(folder)[0]:
        raise UpdateError("There is no release key in {folder}: this kiosk takes no update.", folder=folder)


@update.command()
@click.argument("why", type=click.Choice(["asked", "starting"]))
def attend(why: str) -> None:
    """Do what root's units ask for on a kiosk: it has asked for something, or is about to start."""
    from kiosk.update.helper import UpdateHelper
    from kiosk.update.places import Places

    if os.geteuid() != 0:
        raise UpdateError("Only root may do this; the kiosk's units do it by themselves.")
    helper = UpdateHelper(Places(), SystemdService())
    if why == "asked":
        helper.asked()
    else:
        helper.starting()
