"""How hard the texts for a person are to read, as a school grade, by a formula that was made for each language.

A grade is about the age less six. Formulas are made for whole pages; here hundreds of short sentences are one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kiosk.care.plan import prompts
from kiosk.care.words import Translate
from kiosk.session.prompts import prompts_in
from kiosk.words import words
from tests.care.people import shipped

MOST_SPOKEN, MOST_CARDS = 5.0, 7.0
"""The highest grades: of what is said in a session (about eleven years), and of the cards, read at leisure."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Of a text: words per sentence, syllables per word, and the share of words of three and more syllables."""

    sentence: float
    syllables: float
    long: float


def english(text: Counts) -> float:
    """The Flesch-Kincaid grade (Kincaid and others 1975)."""
    return 0.39 * text.sentence + 11.8 * text.syllables - 15.59


def german(text: Counts) -> float:
    """The fourth Wiener Sachtextformel (Bamberger and Vanecek 1984), for texts for children: a school grade."""
    return 0.2656 * text.sentence + 27.44 * text.long - 1.693


def spanish(text: Counts) -> float:
    """The grade by Crawford (1989), for Spanish of primary schools."""
    return -20.5 / text.sentence + 4.9 * text.syllables - 3.407


def syllables_en(word: str) -> int:
    return max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word))))


def syllables_de(word: str) -> int:
    return max(1, len(re.findall(r"[aeiouyäöü]{1,2}", word)))


def syllables_es(word: str) -> int:
    """Each strong or accented vowel, and weak ones that stand beside none of them."""
    sounded = re.sub(r"([gq])u(?=[eiéí])", r"\1", word)
    return max(1, len(re.findall(r"[aeoáéíóú]|(?<![aeoáéíóúiuü])[iuü]+(?![aeoáéíóúiuü])", sounded)))


FORMULAS: Mapping[str, tuple[Callable[[Counts], float], Callable[[str], int]]] = MappingProxyType(
    {"en": (english, syllables_en), "de": (german, syllables_de), "es": (spanish, syllables_es)}
)


def counted(texts: Iterable[str], syllables: Callable[[str], int]) -> Counts:
    """The counts of all texts together."""
    found = list(texts)
    sentences = sum(max(1, len(re.findall(r"[.!?:;]+(?:\s|$)", text))) for text in found)
    sounds = [syllables(word.lower()) for text in found for word in re.findall(r"[^\W\d_]+", text)]
    return Counts(len(sounds) / sentences, sum(sounds) / len(sounds), sum(n > 2 for n in sounds) / len(sounds))


def spoken_texts(_: Translate) -> list[str]:
    """All that is said in a session."""
    said = {**prompts(shipped(), _), **prompts_in(_)}
    return [text for prompt, text in said.items() if not prompt.startswith("card.")]


def card_texts(_: Translate) -> list[str]:
    """All pages of the cards."""
    return [_(page) for card in shipped().cards.values() for page in card.pages]


def grades(language: str) -> tuple[float, float]:
    """The grades of what is said and of the cards in a language."""
    formula, syllables = FORMULAS[language]
    said = words(language)
    return formula(counted(spoken_texts(said), syllables)), formula(counted(card_texts(said), syllables))
