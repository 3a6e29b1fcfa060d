"""Knowledge that the first picture needs before any library is loaded."""

from __future__ import annotations

import os
import signal

ASKING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
"""The system's signals that ask a program to end: of them comes ``Closed``. (SIGPIPE is none: Python ignores it, and
writing into a closed pipe raises.)"""
SETTINGS = "kiosk.toml"
"""The settings file in the data folder."""


def data_folder() -> str:
    """The data folder when none is named: systemd's state directory, else the user's own data home."""
    state = os.environ.get("STATE_DIRECTORY")
    if state:
        return state.split(":")[0]
    home = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return os.path.join(home, "facial-rehab-kiosk")
