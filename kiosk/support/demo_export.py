"""What the demo's staff carried away: the package on the simulated stick, opened with the words they wrote down."""

from __future__ import annotations

from pathlib import Path

from kiosk.handover.keys import Keys
from kiosk.handover.verify import verify

EXPORT = "export"
"""The folder that stands in for the stick."""


def look_at(out: Path, words: str) -> tuple[dict[str, object], str]:
    """What the summary says of the package in ``out/export``, and what is wrong with it (empty: nothing)."""
    packages = sorted((out / EXPORT).iterdir()) if (out / EXPORT).is_dir() else []
    if len(packages) != 1:
        return {}, f"there are {len(packages)} things on the stick instead of one package"
    found = verify(packages[0], Keys((words,)))
    told: dict[str, object] = {
        "package": packages[0].name,
        # The people are made up: whoever looks at the demo shall be able to open it.
        "passphrase": words,
        "rows": sum(found.rows.values()),
        "verified": found.passed,
    }
    return told, "" if found.passed else f"the export does not verify: {found.reason}"
