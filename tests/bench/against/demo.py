"""Whole days on simulated hardware: ``kiosk demo``, in those chapters that f456959 has too."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.bench.against import Compared, answer, spending

NAME = "`kiosk demo`, the days that f456959 lives through too"
ROWS = (Compared(f"{NAME}, all in all", "cpu_s", "s of processor time", at_most=0.75),)
"""All in all, and not for each picture: how many are shown is no measure, the fewer for the same look the better."""
ROUNDS = 3
SINCE = ("own_places", "own_voice", "standard_set")
"""Chapters that came later: f456959 has nothing that they could be held against."""
SESSIONS_SINCE = ("standard-set",)
"""Programmes of sessions that are led in them."""


def measure() -> dict[str, float]:
    """The command, its imports included; how many pictures it showed and kept stands beside it."""
    with spending() as spent:
        demo: Any
        story: Any
        try:
            demo, story = import_module("kiosk.demo.demo"), import_module("kiosk.demo.story")
        except ModuleNotFoundError:
            demo, story = import_module("kiosk.support.demo"), import_module("kiosk.support.demo_story")
        story.EXPECTED[:] = [(programme, end) for programme, end in story.EXPECTED if programme not in SESSIONS_SINCE]
        demo.CHAPTERS = tuple(chapter for chapter in demo.CHAPTERS if chapter.part.__name__ not in SINCE)
        if demo.run_demo(Path("demo"), 1):
            raise RuntimeError("the demo did not go as its script says")
    summary = json.loads(Path("demo/summary.json").read_text(encoding="utf-8"))
    frames = summary["frames_shown"]
    shown = {"frames": frames, "screens": summary["screens"], "presses": summary["presses"]}
    return spent.numbers(frame_ms=1000 * spent.cpu_s / frames, **shown)


if __name__ == "__main__":
    answer(measure())
