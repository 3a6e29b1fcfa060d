"""``kiosk check FILE``: tell whether the kiosk can use this file, and if not, why not."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from kiosk import config
from kiosk.clock import SystemClock
from kiosk.faults import Fault
from kiosk.pictures.look_through import faults_of, in_folder
from kiosk.programmes import shelf


def check_file(path: Path) -> tuple[list[Fault], tuple[str, ...]]:
    """Every reason why ``path`` cannot be used, as settings or as one of the clinic's own programme files.

    The pictures that it names are looked into as well. And remarks, which are no faults.
    """
    if _is_settings(path):
        return config.check_file(path), ()
    found = shelf.checked(path)
    opened = in_folder(path.parent)
    return [*found.faults, *faults_of(found.pictures, opened, SystemClock())], found.remarks


def to_json(path: Path, faults: Sequence[Fault], remarks: Sequence[str] = ()) -> str:
    """``{"file", "ok": bool, "faults": [{"file", "where", "value", "rule", "action"}], "remarks": [str]}``."""
    said = {"file": str(path), "ok": not faults, "faults": [asdict(f) for f in faults], "remarks": list(remarks)}
    return json.dumps(said, indent=2)


def _is_settings(path: Path) -> bool:
    """Whether it is a settings file, by its name or by a section heading; a pipe is never opened."""
    if path.name.startswith(config.FILE) or not path.is_file():
        return path.name.startswith(config.FILE)
    with contextlib.suppress(OSError), path.open("rb") as file:
        lines = file.read(config.LARGEST).decode("utf-8", "replace").splitlines()
        return any(line.strip() == f"[{section}]" for line in lines for section in config.SECTIONS)
    return False
