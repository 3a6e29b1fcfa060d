"""Whom to call is said in the person's language; staff read what is not written, not reviewed and not whole in each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kiosk.paths import assets
from kiosk.present.languages import call_lines, language_rows
from kiosk.present.session import Around, present
from kiosk.screens.scene import NoteScene
from kiosk.session.model import SessionPhase
from kiosk.session.prompts import TEXTS
from kiosk.words import words
from tests.test_rules import to

LINES = ("Ring 4711.", "Ask for Ward 3.", "de: Rufen Sie 4711 an.")


@pytest.mark.parametrize(
    ("language", "before", "behind"),
    [
        ("en", LINES[:2], ()),
        ("de", ("Rufen Sie 4711 an.",), ()),
        ("es", (), LINES[:2]),
    ],
)
def test_rule_p_the_call_text_has_one_text_per_language(
    language: str, before: tuple[str, ...], behind: tuple[str, ...]
) -> None:
    """A language without one shows the built-in text in that language first, and then what the site has written."""
    assert call_lines(LINES, "en", language) == (before, behind)
    session = to(SessionPhase.FLAGGED).session
    scene = present(session, Around("", before, behind), words(language))
    assert isinstance(scene, NoteScene)
    assert scene.lines == (*before, words(language)(TEXTS[session.said].text), *behind)


def test_a_line_with_a_colon_is_no_language() -> None:
    """Only a code of two small letters and a blank: a ward's name or a number stays what it is."""
    lines = ("Ward: 3", "Tel: 4711", "de:4711", "DE: 4711")
    assert call_lines(lines, "en", "en") == (lines, ())


def test_at_most_four_lines_of_a_language_are_shown() -> None:
    """Below the heading there is room for no more."""
    before, _ = call_lines(tuple(f"de: {n}" for n in range(6)), "en", "de")
    assert before == ("0", "1", "2", "3")


def test_status_names_the_languages_in_which_nobody_wrote_whom_to_call() -> None:
    """And says it of the whole site where nothing is written in its own language."""
    rows = {row.label: row.value for row in language_rows(LINES[:2], "en", str)}
    assert rows["Call text"].startswith("not written in: de")
    for lines, site in (((), "en"), (LINES[:1], "de")):
        rows = {row.label: row.value for row in language_rows(lines, site, str)}
        assert rows["Call text"].startswith("not written yet whom to call") is (site == "en")
    everywhere = [f"{language}: 4711" for language in ("de", "en", "es")]
    assert "Call text" not in {row.label for row in language_rows(everywhere, "en", str)}


def test_status_names_the_languages_without_a_voice(tmp_path: Path) -> None:
    """Whoever offers a language reads before the first session that it is shown and not spoken."""
    for language in ("de", "en"):
        shutil.copytree(assets() / "locale" / language, tmp_path / "locale" / language)
    (tmp_path / "voice" / "en").mkdir(parents=True)
    (tmp_path / "voice" / "en" / "index.json").touch()
    told = [row.value for row in language_rows(LINES, "en", str, tmp_path)]
    assert "no voice in: de. There the screen shows every sentence." in told
    (tmp_path / "voice" / "de").mkdir()
    (tmp_path / "voice" / "de" / "index.json").touch()
    assert not any("no voice" in value for value in (row.value for row in language_rows(LINES, "en", str, tmp_path)))
    assert not any("no voice" in row.value for row in language_rows(LINES, "en", str)), "all that ship have one"
