"""What the scenarios leave for people: figures and pictures, as JSON and as a Markdown page.

A run in parts is one report: what a part finds joins what other parts have found, where they tried the same commit,
installed in the same way. Parts may run at the same time. Another commit begins a new report.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Figure = str | int | float | bool
SAME = ("commit", "installed")
"""What parts of one report have in common."""
DIRTY = " with changes"
"""How a commit ends whose files were changed: such a state is not the same twice."""


class Entry:
    """One scenario: its figures, its pictures, its outcome."""

    def __init__(self, folder: Path, name: str, about: str) -> None:
        self._folder = folder
        self.name = name
        self.about = about
        self.outcome = "not finished"
        self.why = ""
        self.seconds = 0.0
        self.figures: dict[str, Figure] = {}
        self.pictures: list[str] = []

    def figure(self, name: str, value: Figure) -> None:
        """Keep a number or a word, with the unit in its name."""
        self.figures[name] = round(value, 2) if isinstance(value, float) else value

    def picture(self, name: str) -> Path:
        """The place for a picture of the screen."""
        file = f"{self.name}-{name}.png"
        self.pictures.append(file)
        return self._folder / file


class Report:
    """All scenarios of one run, and of other parts of it."""

    def __init__(self, folder: Path, started: datetime | None = None) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.entries: list[Entry] = []
        self.about: dict[str, Figure] = {}
        self._started = started or datetime.now(UTC)

    def entry(self, name: str, about: str) -> Entry:
        """A new scenario."""
        self.entries.append(Entry(self.folder, name, about))
        return self.entries[-1]

    def write(self) -> Path:
        """Both forms; the Markdown page's path."""
        file = self.folder / "report.json"
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            other = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
            whole = self._joined(other)
            for path, text in ((file, json.dumps(whole, indent=2)), (self.folder / "report.md", _page(whole))):
                part = path.with_suffix(".part")
                part.write_text(text + "\n", encoding="utf-8")
                os.replace(part, path)
        return self.folder / "report.md"

    def _joined(self, other: dict[str, Any]) -> dict[str, Any]:
        """This part's own, with what other parts have left."""
        mine = self._started.isoformat(timespec="seconds")
        minutes = round((datetime.now(UTC) - self._started).total_seconds() / 60, 1)
        scenarios = [_plain(entry) for entry in self.entries]
        parts: dict[str, float] = {}
        if self._goes_with(other):
            own = {entry.name for entry in self.entries}
            scenarios = [entry for entry in other["scenarios"] if entry["name"] not in own] + scenarios
            parts = dict(other["parts"])
        parts[mine] = minutes
        outcomes = Counter(entry["outcome"] for entry in scenarios)
        facts = {
            "run": ", ".join(sorted(parts)),
            "minutes": round(sum(parts.values()), 1),
            "host": f"{platform.system()} {platform.machine()}, emulation without hardware virtualisation",
            **self.about,
            **{outcome: outcomes[outcome] for outcome in sorted(outcomes)},
        }
        return {"about": facts, "parts": parts, "scenarios": scenarios}

    def _goes_with(self, other: dict[str, Any]) -> bool:
        commit = str(self.about.get("commit", ""))
        if not commit or commit == "unknown" or commit.endswith(DIRTY) or "parts" not in other:
            return False
        return all(other["about"].get(name) == self.about[name] for name in SAME if name in self.about)


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "about": entry.about,
        "outcome": entry.outcome,
        "why": entry.why,
        "seconds": round(entry.seconds, 1),
        "figures": entry.figures,
        "pictures": entry.pictures,
    }


def _page(whole: dict[str, Any]) -> str:
    facts, scenarios = whole["about"], whole["scenarios"]
    lines = ["# The virtual device's report", "", *(f"* {name}: {value}" for name, value in facts.items()), ""]
    lines += ["| scenario | outcome | seconds | figures |", "|---|---|---|---|"]
    for entry in scenarios:
        figures = " · ".join(f"{name} {value}" for name, value in entry["figures"].items())
        lines.append(f"| {entry['about']} | {entry['outcome']} | {entry['seconds']:.0f} | {figures} |")
    for entry in scenarios:
        lines += ["", f"## {entry['name']}", "", entry["about"]]
        lines += [f"\n    {line}" for line in entry["why"].splitlines()[-3:]]
        lines += [f"\n![{picture}]({picture})" for picture in entry["pictures"]]
    return "\n".join(lines)
