"""The pages by symptom tell the truth about the doctor: what they show is what its checks say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk import paths
from kiosk.doctor.doctor import parts
from tests.doctor.shown import SHOWN, lines

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {page.name: page.read_text(encoding="utf-8") for page in sorted((DOCS / "troubleshooting").glob("*.md"))}
INDEX = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
NOTICE = re.compile(r'"([A-Z][^"\n]+\.)"')


def blocks(page: str) -> list[str]:
    return re.findall(r"^```text\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_what_the_doctor_says(name: str) -> None:
    """Word for word, in the order of the page."""
    assert blocks(PAGES[name]) == [lines(check()) for check in SHOWN.get(name, ())]


def test_every_page_is_shown_and_listed() -> None:
    """A page that nothing leads to is read by nobody, and a check that no page has is tried for nothing."""
    assert set(re.findall(r"\(troubleshooting/([\w-]+\.md)\)", INDEX)) == PAGES.keys()
    assert SHOWN.keys() <= PAGES.keys()
    assert {check().name for checks in SHOWN.values() for check in checks} <= {part.name for part in parts()}


def test_what_the_screen_is_said_to_say_is_what_it_says() -> None:
    """Whoever looks a sentence up has read it on the screen."""
    texts = (paths.assets() / "locale" / "kiosk.pot").read_text(encoding="utf-8")
    texts = re.sub(r'"\n"', "", texts)
    for name, page in (*PAGES.items(), ("troubleshooting.md", INDEX)):
        titles = [line for line in page.splitlines() if line.startswith(("# ", "## ", "| "))]
        for sentence in NOTICE.findall("\n".join(titles)):
            for part in re.split(r"(?<=\.) ", sentence):
                assert part in texts, f"{name}: {part}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_is_to_be_done(name: str) -> None:
    """By staff, by a technician, or by both; other things are a list."""
    assert name == "other.md" or "**The technician.**" in PAGES[name]
    assert name in ("other.md", "keyboard.md", "pin.md") or "**Staff.**" in PAGES[name]
    assert name in ("other.md", "pin.md") or "**What you see.**" in PAGES[name]


def test_the_units_point_at_pages_that_are_there() -> None:
    """`systemctl status` names them: the package carries the whole folder docs/ beside the program."""
    units = sorted((DOCS.parent / "systemd").glob("*.service"))
    named = re.findall(r"^Documentation=file://(\S+)$", "".join(unit.read_text() for unit in units), re.MULTILINE)
    assert len(named) == len(units) > 0
    for place in named:
        assert (DOCS / place.removeprefix("/opt/facial-rehab-kiosk/current/docs/")).is_file(), place
    assert 'cp -r docs "$folder/docs"' in (DOCS.parent / "systemd" / "deb" / "tree.sh").read_text()
