"""The words that instructions may not contain, one list per language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from kiosk.care.reading import Sheet
from kiosk.faults import shown


class Wording:
    """The lists, ready to look a text through."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = {language: [_words(entry) for entry in entries] for language, entries in lists.items()}

    @property
    def languages(self) -> list[str]:
        return sorted(self._lists)

    def found(self, text: str, language: str = "en") -> str | None:
        """The first forbidden entry in ``text``, even negated; English is always looked for."""
        have = _words(text)
        for entry in (*self._lists.get("en", ()), *self._lists.get(language, ())):
            if any(have[i : i + len(entry)] == entry for i in range(len(have) - len(entry) + 1)):
                return " ".join(entry)
        return None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def read_wording(sheet: Sheet, data: Mapping[str, Any]) -> Wording:
    """The file ``words.toml``: a table ``forbidden`` with a list of words and phrases per language."""
    table = data.get("forbidden")
    if not isinstance(table, dict) or "en" not in table:
        sheet.fault("forbidden", shown(table), "a table with a list of words for en", "install the kiosk again")
        return Wording({})
    lists: dict[str, list[str]] = {}
    for language, entries in table.items():
        if isinstance(entries, list) and entries and all(isinstance(entry, str) and _words(entry) for entry in entries):
            lists[language] = entries
        else:
            sheet.fault(f"forbidden.{language}", shown(entries), "a list of words", "install the kiosk again")
    for key in data:
        if key != "forbidden":
            sheet.fault(key, shown(data[key]), "no such key", "install the kiosk again")
    return Wording(lists)
