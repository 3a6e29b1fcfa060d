"""The lists of words, and looking a text through for them: a text says the same however it is spelled.

Texts and lists meet in one folded form: NFKC, small letters without accents, figures and signs that stand for letters
read as those letters, letters that look alike made one. A character that has no such form (another alphabet, a
pictogram) cannot be checked and is refused, so no table of look-alikes has to be complete. The lists of all languages
are looked through for every text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kiosk.care.model import Movement
from kiosk.faults import shown
from kiosk.programmes.reading import FileSheet

LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ß": "ss"}
)
"""Latin letters that Unicode does not take apart."""
SIGNS = str.maketrans("01345789@$|", "oieastbgasi")
"""Figures and signs that are read as letters inside a word."""
PLAIN = frozenset("°×→←↑↓")
"""Signs that stand for themselves."""
GAP = 3
"""The most other words between two words of a phrase."""
ENDINGS = re.compile(
    "a|ado|al|ally|ance|ant|ar|e|ed|eis|en|end|er|es|est|et|ez|ida|ido|ie|ies|in|ing|is|it|ly|o|on|s|t|te|um|ung|y"
)
"""Endings that may follow a stem whose letters stand apart: less is known of where such a word ends."""
ANYWHERE = 5
"""A stem of at least so many letters is found inside a longer word too."""
OTHER = "other"
"""Movements that staff cannot tick, so that no exercise may ask for them."""
MOVEMENTS = (*map(str, Movement), OTHER)
MEANINGS = (*MOVEMENTS, "fingers", "hands", "inside", "neck", "lid")


def unreadable(text: str) -> str | None:
    """The first character of ``text`` that cannot be checked; None: all can."""
    for char in "" if text.isascii() else unicodedata.normalize("NFKC", text):
        plain = _letters(char)
        if not plain.isascii() and unicodedata.category(char)[0] not in "PZ" and char not in PLAIN:
            return char
    return None


def _letters(text: str) -> str:
    """Small letters without accents."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold().translate(LETTERS))
    return "".join(char for char in folded if unicodedata.category(char) not in ("Mn", "Me", "Cf"))


def _skeleton(word: str) -> str:
    """One form for what looks the same: i and l, rn and m, vv and w, a letter once or twice."""
    alike = word.replace("l", "i").replace("rn", "m").replace("vv", "w")
    return alike if len(alike) < 3 else re.sub(r"(.)\1+", r"\1", alike)


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text in its folded form: its words, and ``flat``, all letters in a row, to see at once what cannot be there."""

    words: tuple[str, ...]
    flat: str


@lru_cache(4096)  # more than the texts of a library with three languages
def _folded(text: str) -> _Folded:
    letters = re.sub(r"!(?=\w)", "i", _letters(text))
    found = re.findall(r"[a-z0-9@$|]+", letters)
    words = tuple(word if word.isdecimal() else _skeleton(word.translate(SIGNS)) for word in found)
    row = "".join(words).translate(SIGNS)
    return _Folded(words, f"{row} {_skeleton(row)}")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a list: whole, or the stem of words."""

    text: str
    stem: bool

    def fits(self, word: str) -> bool:
        """Whether ``word`` is this word or made of this stem."""
        if not self.stem:
            return word == self.text
        return word.startswith(self.text) or (len(self.text) >= ANYWHERE and self.text in word)

    def length(self, words: Sequence[str], at: int) -> int:
        """Count the ``words`` from ``at`` on that are this word: several when its letters stand apart, 0 for none."""
        if self.fits(words[at]):
            return 1
        joined = words[at].translate(SIGNS)
        if not self.text.startswith(joined[:-1]):  # the last letter may grow together with the next
            return 0
        for count, piece in enumerate(words[at + 1 :], 2):
            joined += piece.translate(SIGNS)
            whole = _skeleton(joined)
            if len(whole) > len(self.text) + 4:
                return 0
            ending = whole[len(self.text) :]
            if whole.startswith(self.text) and (not ending or (self.stem and ENDINGS.fullmatch(ending))):
                return count
        return 0


class Phrase:
    """An entry of a list: words that follow each other, ``*`` after a stem, ``&`` before those in any order."""

    def __init__(self, entry: str) -> None:
        self.entry = entry
        self._any_order = "&" in entry
        parts = re.split(r"[\s&-]+", entry)
        self._words = tuple(_Word(_skeleton(_letters(part.rstrip("*"))), part.endswith("*")) for part in parts if part)

    @property
    def longest(self) -> str:
        """Its longest word, folded."""
        return max((word.text for word in self._words), key=len)

    @property
    def single(self) -> bool:
        """Whether it is one word."""
        return len(self._words) == 1

    def stands_in(self, text: _Folded) -> bool:
        """Whether it stands in a text."""
        words = text.words
        if not all(word.text in text.flat for word in self._words):
            return False
        if self._any_order:
            return all(any(word.length(words, at) for at in range(len(words))) for word in self._words)
        return any(self._from(words, at) for at in range(len(words)))

    def _from(self, words: Sequence[str], at: int) -> bool:
        length = self._words[0].length(words, at)
        if not length:
            return False
        place = at + length
        for word in self._words[1:]:
            found = [(i, n) for i in range(place, min(place + GAP + 1, len(words))) if (n := word.length(words, i))]
            if not found:
                return False
            place = sum(found[0])
        return True


class _List:
    """Entries, and a pattern that most texts are seen by to have none of them."""

    def __init__(self, entries: Sequence[str]) -> None:
        self.phrases = tuple(Phrase(entry) for entry in entries)
        self._may = re.compile("|".join(re.escape(phrase.longest) for phrase in self.phrases) or "(?!)")

    def find(self, text: _Folded) -> Iterator[Phrase]:
        """The entries that stand in ``text``."""
        return (p for p in self.phrases if p.stands_in(text)) if self._may.search(text.flat) else iter(())


NOTHING = _List(())


class Wording:
    """The lists, ready to look a text through.

    ``forbidden``: entries by language. ``meanings``: entries of all languages by what they mean: a movement's name,
    ``other``, ``fingers`` (at the face), ``hands`` (anywhere), ``inside`` (cheek or mouth), ``neck``, ``lid``.
    """

    def __init__(
        self, forbidden: Mapping[str, Sequence[str]], meanings: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.languages = sorted(forbidden)
        self._forbidden = _List([entry for language in self.languages for entry in forbidden[language]])
        self._meanings = {name: _List(entries) for name, entries in (meanings or {}).items()}

    def found(self, text: str) -> str | None:
        """The first forbidden entry in ``text``, even negated; "…" stands for any ending."""
        # The letters of a word may stand apart over what looks like the end of a sentence; a phrase does not.
        words = (phrase for phrase in self._forbidden.find(_folded(text)) if phrase.single)
        phrases = (phrase for part in sentences(text) for phrase in self._forbidden.find(_folded(part)))
        first = next(words, None) or next(phrases, None)
        return None if first is None else first.entry.replace("*", "…")

    def means(self, text: str, meaning: str, *, single: bool = False) -> bool:
        """Whether a sentence of ``text`` has an entry of ``meaning``; ``single``: only of those of one word."""
        found = (
            phrase for part in sentences(text) for phrase in self._meanings.get(meaning, NOTHING).find(_folded(part))
        )
        return any(phrase.single or not single for phrase in found)

    def asked(self, text: str, *, by_hand: bool = False) -> set[str]:
        """The movements, by name, that ``text`` asks of the face, and ``other`` ones.

        ``by_hand``: what a sentence says of fingers is their doing ("Lay a finger on the brow. Lift it.").
        """
        return {
            name
            for sentence in sentences(text)
            for name in MOVEMENTS
            if self.means(sentence, name, single=by_hand and self.means(sentence, "hands"))
        }


@lru_cache(4096)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of ``text``; dots between single letters end none."""
    return tuple(re.split(r"(?<=\w\w)[.!?:;…]+(?=\s|$)", text))


def read_wording(sheet: FileSheet, data: Mapping[str, Any]) -> Wording:
    """The file ``words.toml``: a table ``forbidden`` with a list per language, and ``meaning`` with a list for each."""
    tables: dict[str, dict[str, list[str]]] = {"forbidden": {}, "meaning": {}}
    for key, value in data.items():
        if key not in tables:
            sheet.fault(key, shown(value), "no such key", "install the kiosk again")
    for key, kept in tables.items():
        table = data.get(key)
        needed = ("en",) if key == "forbidden" else MEANINGS
        if not isinstance(table, dict) or not set(needed) <= set(table):
            sheet.fault(key, shown(table), f"a table with lists of words for {', '.join(needed)}", "install it again")
            return Wording({})
        for name, entries in table.items():
            if isinstance(entries, list) and entries and all(isinstance(e, str) and _folded(e).words for e in entries):
                kept[name] = entries
            else:
                sheet.fault(f"{key}.{name}", shown(entries), "a list of words", "install the kiosk again")
    return Wording(tables["forbidden"], tables["meaning"])
