"""What the demo's staff carry: the package on one stick, opened with their words; what the clinic sends on another."""

from __future__ import annotations

import zipfile
from pathlib import Path

from kiosk.package.keys import Keys
from kiosk.package.verify import verify

EXPORT = "export"
"""The folder that stands in for the stick."""
IMPORT = "import"
"""The same for the stick that the clinic sends."""
PROGRAMME = """\
id = "evening"
version = 1
title = "Evening"
family = "relax"
summary = "Rest before the night."
order = 25
stages = ["flaccid", "paretic", "synkinetic"]

[[line]]
exercise = "relax-jaw"
hold_s = 45
source = "D"
"""


def pack(stick: Path) -> None:
    """What a clinic would zip on its PC: two keys (nobody keeps their other halves here) and a programme."""
    import pyrage

    from kiosk.package.protection import LEAST_KEYS
    from kiosk.usb.import_read import FILE

    stick.mkdir(exist_ok=True)
    keys = [str(pyrage.x25519.Identity.generate().to_public()) for _ in range(LEAST_KEYS)]
    with zipfile.ZipFile(stick / FILE, "w") as packed:
        packed.writestr("recipients.txt", "\n".join(keys))
        packed.writestr("programmes/evening.toml", PROGRAMME)


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
