"""The three models that look at a face: where they lie for a kiosk, and whether they are all there and right."""

from __future__ import annotations

import shlex
from pathlib import Path

from kiosk.errors import ModelError
from kiosk.face.nets import MODELS, Nets
from kiosk.paths import default_data

FOLDER = "models"
"""Where a data folder keeps them."""


def folder_of(data: Path) -> Path:
    """Where the models for the kiosk of ``data`` lie: in it, or else where they were fetched for any kiosk here."""
    own, usual = data / FOLDER, default_data() / FOLDER
    return usual if absent(own) and not absent(usual) else own


def absent(folder: Path) -> str:
    """A sentence that says what is not in ``folder`` and how to get it; empty where all three files lie there."""
    lacking = [name for name in MODELS if not (folder / name).is_file()]
    if not lacking:
        return ""
    what = "the face models are" if len(lacking) == len(MODELS) else f"{', '.join(lacking)} is"
    return f"{what} not in {folder}: run `{command(folder)}` once, with a network (36 MB)"


def command(folder: Path) -> str:
    """What fetches them into ``folder``."""
    return "kiosk models" if folder == default_data() / FOLDER else f"kiosk models --to {shlex.quote(str(folder))}"


def read_models(folder: Path) -> tuple[Nets | None, str]:
    """The networks of ``folder``; else None and a sentence that says what is missing and how to get it."""
    if lacking := absent(folder):
        return None, lacking
    try:
        found = {name: (folder / name).read_bytes() for name in MODELS}
    except OSError as why:
        return None, f"the face models in {folder} cannot be read ({why}): run `{command(folder)}`"
    try:
        return Nets(found), ""
    except ModelError as why:
        return None, f"{folder}: {why}"
