"""Each finding is a script that anybody can run: it stands alone, cleans up, and pins what it installs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2] / "findings"
SCRIPTS = sorted(HERE.glob("*.sh"))
PINNED = {"pip": re.compile(r"[a-z0-9.-]+==\d[\w.]*"), "npm": re.compile(r"(@[a-z-]+/)?[a-z0-9.-]+@\d[\w.]*")}
INSTALL = re.compile(r"^\S*(pip|npm)\"? install (?P<what>.*?) \|\| exit 2$", re.MULTILINE)


def installed(text: str) -> list[tuple[str, str]]:
    """What is installed: (pip or npm, what was asked for)."""
    return [(m[1], word) for m in INSTALL.finditer(text) for word in m["what"].split() if not word.startswith("--")]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_finding_has_the_form(script: Path) -> None:
    """A head that says what happens, a folder that is gone afterwards, pinned public packages, and no kiosk."""
    text = script.read_text(encoding="utf-8")
    assert script.stat().st_mode & 0o111
    shebang, first, *_ = lines = text.splitlines()
    assert shebang == "#!/bin/sh"
    head = text.partition("\nset -eu\n")[0].splitlines()
    assert re.fullmatch(r"# .+ \d[\w.]*: .+\.", first), "the tool, its version, what happens"
    for part in ("Behaviour", "Seen", "Here"):
        assert sum(line.startswith(f"# {part}: ") for line in head) == 1, part
    assert all(line.startswith("#") for line in head)
    after = lines.index("set -eu")
    assert lines[after + 1 : after + 3] == ["work=$(mktemp -d)", "trap 'rm -rf \"$work\"' EXIT"]
    body = "\n".join(lines[after:])
    wanted = installed(body)
    assert wanted
    assert len(INSTALL.findall(body)) == len(re.findall(r"\b(?:pip\"?|npm) install\b", body))
    for tool, word in wanted:
        assert PINNED[tool].fullmatch(word), f"{word} is not pinned"
    assert not re.search(r"\b(import|from) kiosk\b|python -m kiosk|https?://|/(home|root|work|opt|tmp)/", text)
    assert subprocess.run(["sh", "-n", script], capture_output=True, check=False).returncode == 0
    assert max(map(len, lines)) <= 122


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_finding_names_the_versions_that_it_installs(script: Path) -> None:
    """The head's versions are among those that it installs, or are of a tool of the system's."""
    text = script.read_text(encoding="utf-8")
    versions = {word.partition("==")[2] or word.rpartition("@")[2] for _, word in installed(text)}
    first = text.splitlines()[1].partition(": ")[0]
    named = re.findall(r"\b\d+\.[\w.]*\d\b", first)
    assert named
    assert set(named) <= versions or "command -v" in text


def test_there_are_findings() -> None:
    """A folder that was moved would pass every test above."""
    assert len(SCRIPTS) >= 10
