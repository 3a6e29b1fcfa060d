"""The languages of the kiosk, for Status; and the site's own words on whom to call, in the person's language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from kiosk.desk.shown import StatusRow
from kiosk.words import Words, has_voice, languages, plural, reviewed_by, words

MARKED = re.compile(r"^([a-z]{2}(?:_[A-Z]{2})?):\s+(?=\S)")
"""The language of a line of the site's call text, in front of it: ``de: Rufen Sie 1234``."""

MOST_LINES = 4
"""The most lines of a call text in one language: below the heading there is room for no more."""


def call_text(lines: Sequence[str], site: str, language: str) -> tuple[str, ...]:
    """Return the site's own lines on whom to call that are in ``language``; a line without a mark is in ``site``'s."""
    parted = [(found[1], line[found.end() :]) if (found := MARKED.match(line)) else (site, line) for line in lines]
    return tuple(line for code, line in parted if code == language)[:MOST_LINES]


@lru_cache(maxsize=4)
def call_lines(lines: tuple[str, ...], site: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the site's own lines on whom to call that stand before the built-in text, and those behind it.

    Where the site has written none in this language, the built-in text comes first, and the site's own in its own
    language after it.
    """
    own = call_text(lines, site, language)
    return (own, ()) if own else ((), call_text(lines, site, site))


def language_rows(lines: Sequence[str], site: str, _: Words, assets: Path | None = None) -> tuple[StatusRow, ...]:
    """Return the rows of Status on the call text and on each language: not written, not reviewed, no voice, not whole.

    ``lines``: the site's call text; ``site``: its language.
    """
    offered = languages(assets)
    rows = []
    unwritten = [language for language in offered if not call_text(lines, site, language)]
    if site in unwritten or not lines:
        told = _("not written yet whom to call: your technician writes it into the settings file")
        rows.append(StatusRow(_("Call text"), told, "warning"))
    elif unwritten:
        told = _("not written in: {languages}. There the kiosk's own words come first.")
        rows.append(StatusRow(_("Call text"), told.format(languages=", ".join(unwritten)), "warning"))
    unreviewed = [language for language in offered if not reviewed_by(language, assets)]
    if unreviewed:
        told = _("not yet reviewed by a person: {languages}").format(languages=", ".join(unreviewed))
        rows.append(StatusRow(_("Language"), told, "warning"))
    if silent := [language for language in offered if not has_voice(language, assets)]:
        told = _("no voice in: {languages}. There the screen shows every sentence.").format(languages=", ".join(silent))
        rows.append(StatusRow(_("Language"), told, "warning"))
    for language in offered:
        if gaps := len(words(language, assets).missing(assets)):
            told = plural(_, "{language}: 1 text stands in English", "{language}: {n} texts stand in English", gaps)
            rows.append(StatusRow(_("Language"), told.format(language=language, n=gaps), "warning"))
    return tuple(rows)
