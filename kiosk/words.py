"""Every word the kiosk shows: gettext for the screens."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from pathlib import Path

from kiosk import paths

Words = Callable[[str], str]
"""Looks a text up in the person's language; the text itself where there is no translation."""

DOMAIN = "kiosk"


def words(language: str, assets: Path | None = None) -> Words:
    """The catalogue of ``language`` (a code such as ``en``); English needs none, and stands in where one is missing."""
    folder = (assets or paths.assets()) / "locale"
    try:
        return gettext.translation(DOMAIN, localedir=str(folder), languages=[language]).gettext
    except OSError:
        return gettext.NullTranslations().gettext


def reviewed_by(language: str, assets: Path | None = None) -> str:
    """The person who has read and heard all of ``language``, as its folder names them; empty: nobody has yet."""
    try:
        file = (assets or paths.assets()) / "locale" / language / "reviewed_by.txt"
        return file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""
