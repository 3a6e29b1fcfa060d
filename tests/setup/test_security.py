"""The threat model names tests that exist, and a threat without one stands against nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
THREAT = re.compile(r"^\| (\d+) \|(.+)\|$", re.MULTILINE)
COLUMNS = 5


def test_every_threat_is_held_by_a_test_that_exists() -> None:
    """Each row has all of its columns, and each test that it names is one of this folder."""
    rows = THREAT.findall(PAGE.read_text(encoding="utf-8"))
    assert [int(number) for number, _ in rows] == list(range(1, len(rows) + 1))
    assert len(rows) > 10
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    there = set(re.findall(r"^def (test_\w+)", written, re.MULTILINE))
    for number, row in rows:
        cells = [cell.strip() for cell in row.split("|")]
        assert len(cells) == COLUMNS, f"threat {number} has {len(cells)} columns after its number"
        assert all(cells), f"threat {number} leaves a column empty"
        named = set(re.findall(r"`(test_\w+)`", cells[3]))
        assert named, f"threat {number} names no test"
        assert named <= there, f"threat {number} names tests that are not there: {sorted(named - there)}"


def test_no_private_key_is_kept_here() -> None:
    """Not in the project and not in its tests: those make their own."""
    mark = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\r?\n[A-Za-z0-9+/=]|AGE-SECRET-KEY-1[A-Z0-9]{20}")
    folders = ("kiosk", "systemd", "docs", "tests", "assets", "findings", ".ci")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    assert files
    assert [str(path) for path in files if mark.search(path.read_bytes())] == []


@pytest.mark.parametrize(
    "name", ["security.md", "privacy.md", "site-checklist.md", "downtime.md", "soup.md", "image.md"]
)
def test_no_page_of_the_site_claims_what_was_not_given(name: str) -> None:
    """Whoever decides by these pages reads on each that matters what this is not; none claims a mark or a standard."""
    said = " ".join((ROOT / "docs" / name).read_text(encoding="utf-8").split()).lower()
    for claim in ("gdpr compliant", "hipaa compliant", "ce mark", "is certified", "fulfils iec", "complies with"):
        assert claim not in said
    if name not in ("soup.md", "image.md"):
        assert "no medical device" in said


def test_the_downtime_sheet_quotes_what_the_screen_says() -> None:
    """Somebody looks for the sentence that they see, letter by letter."""
    sheet = (ROOT / "docs" / "downtime.md").read_text(encoding="utf-8")
    quoted = re.findall(r'^\| "([^"]+)" \|', sheet, re.MULTILINE)
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "kiosk").rglob("*.py"))
    assert len(quoted) >= 3
    assert [words for words in quoted if f'"{words}"' not in code] == []
