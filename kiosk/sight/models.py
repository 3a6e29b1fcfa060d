"""Which looker can this kiosk have: are the three models in its folder, and are they the right ones?"""

from __future__ import annotations

from pathlib import Path

from kiosk.errors import ModelError
from kiosk.face.nets import MODELS, Nets

FOLDER = "models"
"""Where a data folder keeps them."""


def read_models(folder: Path) -> tuple[Nets | None, str]:
    """The networks of ``folder``; else None and a sentence that says what is missing and how to get it."""
    found: dict[str, bytes] = {}
    try:
        for name in MODELS:
            if (folder / name).is_file():
                found[name] = (folder / name).read_bytes()
    except OSError as why:
        return None, f"the face models in {folder} cannot be read ({why}): run `kiosk models`"
    if not found:
        return None, f"the face models are not in {folder}: run `kiosk models` once, with a network (36 MB)"
    try:
        return Nets(found), ""
    except ModelError as why:
        return None, f"{folder}: {why}"
