"""Which looker can this kiosk have: are the three models in its folder, and are they the right ones?"""

from __future__ import annotations

from pathlib import Path

from kiosk.errors import ModelError
from kiosk.face.nets import MODELS, Nets

FOLDER = "models"
"""Where a data folder keeps them."""


def absent(folder: Path) -> str:
    """A sentence that says what is not in ``folder`` and how to get it; empty where all three files lie there."""
    lacking = [name for name in MODELS if not (folder / name).is_file()]
    if not lacking:
        return ""
    what = "the face models are" if len(lacking) == len(MODELS) else f"{', '.join(lacking)} is"
    return f"{what} not in {folder}: run `kiosk models` once, with a network (36 MB)"


def read_models(folder: Path) -> tuple[Nets | None, str]:
    """The networks of ``folder``; else None and a sentence that says what is missing and how to get it."""
    if lacking := absent(folder):
        return None, lacking
    try:
        found = {name: (folder / name).read_bytes() for name in MODELS}
    except OSError as why:
        return None, f"the face models in {folder} cannot be read ({why}): run `kiosk models`"
    try:
        return Nets(found), ""
    except ModelError as why:
        return None, f"{folder}: {why}"
