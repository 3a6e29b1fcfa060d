"""Whole days on simulated hardware: ``kiosk demo``, in those chapters that f456959 has too."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.bench.against import Compared, answer, spending

NAME = "The days of `kiosk demo` that f456959 lives through too"
ROWS = (Compared(NAME, "cpu_s", "s of processor time", at_most=0.75),)
ROUNDS = 3
SINCE = ("own_places", "own_voice")
"""Chapters that came later: f456959 has nothing that they could be held against."""


def measure() -> dict[str, float]:
    """The command, its imports included; how many pictures it showed and kept stands beside it."""
    with spending() as spent:
        demo: Any
        try:
            demo = import_module("kiosk.demo.demo")
        except ModuleNotFoundError:
            demo = import_module("kiosk.support.demo")
        demo.CHAPTERS = tuple(chapter for chapter in demo.CHAPTERS if chapter.part.__name__ not in SINCE)
        if demo.run_demo(Path("demo"), 1):
            raise RuntimeError("the demo did not go as its script says")
    summary = json.loads(Path("demo/summary.json").read_text(encoding="utf-8"))
    return spent.numbers(frames=summary["frames_shown"], screens=summary["screens"], presses=summary["presses"])


if __name__ == "__main__":
    answer(measure())
