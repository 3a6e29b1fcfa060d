"""Places of files: the shipped assets and the data folder."""

from __future__ import annotations

import os
from pathlib import Path

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
    state = os.environ.get("STATE_DIRECTORY")
    if state:
        return Path(state.split(":")[0])
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "facial-rehab-kiosk"
