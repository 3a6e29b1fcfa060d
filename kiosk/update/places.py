"""Places and names of an update, on an appliance and, under another root, in a test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FILE = "FK-UPDATE.zip"
"""The one name that is looked for on a stick."""
CURRENT, PROVEN = "current", "proven"
"""Links beside the releases: the release that starts, and the last one that was confirmed, whose helper is run."""
COMING, GOING = ".coming", ".going"
"""Folders beside the releases: one that is being unpacked, and one that is being removed. Neither is a release."""
STARTER = Path("bin", "kiosk")
FOLDER = "update"
"""The folder in the data folder through which the kiosk asks."""
REQUEST, CONFIRM = "request.json", "confirm.json"
"""Files in it: take in what is staged beside this; the release that is tried works."""
WAITS = "waits.json"
"""File in it, for as long as the desk waits and nobody can begin a session: the kiosk may be stopped."""
PROBATION, LAST = "probation.json", "last.json"
"""Files of the helper: how far an update is (absent: none is under way), and how the last one ended."""
INCOMING, COPY = "incoming.zip", "copy"
"""In the helper's folder: the file that is judged, and the data as they were before a release was tried."""
LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Places:
    """Folders: ``releases`` side by side, ``state`` of the helper, ``data`` of the kiosk, and public ``keys``.

    All but ``data`` belong to root, and nobody else may write there.
    """

    releases: Path = Path("/opt/facial-rehab-kiosk")
    state: Path = Path("/var/lib/facial-rehab-kiosk-update")
    data: Path = Path("/var/lib/facial-rehab-kiosk")
    keys: Path = Path("/etc/facial-rehab-kiosk/release-keys")

    def release(self, version: str) -> Path:
        """The folder of the release ``version``."""
        return self.releases / version

    def named(self, link: str = CURRENT) -> str:
        """The version that a link names; empty where it names none."""
        try:
            found = (self.releases / link).readlink()
        except OSError:
            return ""
        return found.name if found.parent in (Path(), self.releases) else ""
