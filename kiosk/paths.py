"""Places of files: the shipped assets and the data folder."""

from __future__ import annotations

from pathlib import Path

from kiosk.early import data_folder
from kiosk.errors import AssetError

PACKAGE = Path(__file__).resolve().parent


def assets() -> Path:
    """The folder of shipped assets: inside an installed package, beside it in a checkout."""
    for place in (PACKAGE / "assets", PACKAGE.parent / "assets"):
        if place.is_dir():
            return place
    raise AssetError(f"no folder {PACKAGE / 'assets'} and none at {PACKAGE.parent / 'assets'}: install the kiosk again")


def release() -> Path:
    """The folder of an installed release, in which the program lies in ``lib/``."""
    return PACKAGE.parent.parent


def default_data() -> Path:
    """The data folder when none is named: systemd's state directory, else the user's own data home."""
    return Path(data_folder())
