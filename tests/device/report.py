"""What a run of the scenarios leaves for people: figures and pictures, as JSON and as a Markdown page."""

from __future__ import annotations

import json
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Figure = str | int | float | bool


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
    """All scenarios of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.entries: list[Entry] = []
        self.about: dict[str, Figure] = {}
        self._started = datetime.now(UTC)

    def entry(self, name: str, about: str) -> Entry:
        """A new scenario."""
        self.entries.append(Entry(self.folder, name, about))
        return self.entries[-1]

    def write(self) -> Path:
        """Both forms; the Markdown page's path."""
        facts = {
            "run": self._started.isoformat(timespec="seconds"),
            "minutes": round((datetime.now(UTC) - self._started).total_seconds() / 60, 1),
            "host": f"{platform.system()} {platform.machine()}, emulation without hardware virtualisation",
            **self.about,
        }
        whole: dict[str, Any] = {"about": facts, "scenarios": [self._plain(entry) for entry in self.entries]}
        (self.folder / "report.json").write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
        page = self.folder / "report.md"
        page.write_text("\n".join(self._lines(facts)) + "\n", encoding="utf-8")
        return page

    @staticmethod
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

    def _lines(self, facts: dict[str, Figure]) -> list[str]:
        lines = ["# The virtual device's report", "", *(f"* {name}: {value}" for name, value in facts.items()), ""]
        lines += ["| scenario | outcome | seconds | figures |", "|---|---|---|---|"]
        for entry in self.entries:
            figures = " · ".join(f"{name} {value}" for name, value in entry.figures.items())
            lines.append(f"| {entry.about} | {entry.outcome} | {entry.seconds:.0f} | {figures} |")
        for entry in self.entries:
            lines += ["", f"## {entry.name}", "", entry.about]
            lines += [f"\n    {line}" for line in entry.why.splitlines()[-3:]]
            lines += [f"\n![{picture}]({picture})" for picture in entry.pictures]
        return lines
