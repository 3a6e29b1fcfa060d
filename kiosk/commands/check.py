"""``kiosk check FILE``: tell whether the kiosk can use this file, and if not, why not."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from kiosk import config
from kiosk.care import library
from kiosk.faults import Fault


def check_file(path: Path) -> list[Fault]:
    """Every reason why ``path`` cannot be used, as settings or as one of the clinic's own programme files."""
    return config.check_file(path) if _is_settings(path) else library.check_file(path)


def to_json(path: Path, faults: Sequence[Fault]) -> str:
    """``{"file", "ok": bool, "faults": [{"file", "where", "value", "rule", "action"}]}``."""
    return json.dumps({"file": str(path), "ok": not faults, "faults": [asdict(f) for f in faults]}, indent=2)


def _is_settings(path: Path) -> bool:
    """Whether it is a settings file, by its name or by a section heading; a pipe is never opened."""
    if path.name.startswith(config.FILE) or not path.is_file():
        return path.name.startswith(config.FILE)
    with contextlib.suppress(OSError), path.open("rb") as file:
        lines = file.read(config.LARGEST).decode("utf-8", "replace").splitlines()
        return any(line.strip() == f"[{section}]" for line in lines for section in config.SECTIONS)
    return False
