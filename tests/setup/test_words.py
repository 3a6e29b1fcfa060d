"""Every word that is shown or spoken can be translated, and the English catalogue holds all of them."""

from __future__ import annotations

import gettext
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from assets.tools import catalogue
from kiosk.session.prompts import RED_FLAGS, TEXTS
from kiosk.words import words

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "assets" / "locale"


def test_the_catalogue_files_hold_every_text() -> None:
    """A text that a translator never sees would appear in English in the middle of another language."""
    script = [sys.executable, str(ROOT / "assets" / "tools" / "catalogue.py"), "--check"]
    ran = subprocess.run(script, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_english_catalogue_is_complete_and_compiled() -> None:
    """The compiled file is what runs; it must not lag behind its source."""
    english = gettext.translation("kiosk", localedir=str(LOCALE), languages=["en"])
    texts = english._catalog  # type: ignore[attr-defined]
    assert {*RED_FLAGS, *(part for text in TEXTS.values() for part in text.parts)} <= set(texts)
    assert all(texts[text] for text in texts if text)
    assert not words("en").missing()
    assert not words("en").wrong


def test_no_translation_has_other_placeholders_than_the_english_text() -> None:
    """It would end a screen, so it would not be shown at all."""
    wrong = {language: catalogue.misfits(catalogue.read(language)) for language in catalogue.known_languages()}
    assert not [f"{language}: {text}" for language, texts in wrong.items() for text in texts]


def test_a_language_without_a_catalogue_falls_back_to_english_texts() -> None:
    """A missing translation is shown in English, never as an empty line."""
    assert words("tlh")("Stop") == "Stop"


def test_a_language_from_right_to_left_is_refused_with_what_is_missing() -> None:
    """Half of such a language would be read in the wrong order; nothing is begun, and nothing is written."""
    before = catalogue.known_languages()
    ran = CliRunner().invoke(catalogue.main, ["--add", "ar"])
    assert ran.exit_code == 1
    assert "from right to left" in ran.output
    assert "docs/translating.md" in ran.output
    assert catalogue.known_languages() == before
