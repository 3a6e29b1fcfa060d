"""Each language keeps what English keeps: room on the screen, words that no step has, sides, colours, numbers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

import pytest

from assets.tools import catalogue
from kiosk import paths
from kiosk.care.plan import SERVICE
from kiosk.care.texts import spoken, variants
from kiosk.care.words import SIDE_WORDS
from kiosk.programmes import shelf
from kiosk.programmes.document import PAGE, PHASE, TITLE
from kiosk.programmes.validate import FEEL, SENTENCE, SUMMARY, WORD, longest_word
from kiosk.programmes.wording import Wording
from kiosk.session.prompts import TEXTS
from kiosk.words import Language, words

TRANSLATED = [language for language in catalogue.known_languages() if words(language).code != "en"]
DONE = [language for language in TRANSLATED if catalogue.translated(catalogue.read(language)) == 1.0]
PROGRAMMES = paths.assets() / "programmes"
SHIPPED = shelf.load(PROGRAMMES)
LISTS = tomllib.loads((PROGRAMMES / "words.toml").read_text(encoding="utf-8"))
WORDING = Wording(LISTS["forbidden"], LISTS["meaning"])
TERMS: Mapping[str, Mapping[str, str]] = {
    "en": {"left": "left", "right": "right(?! thing)", "green": "green", "amber": "amber", "red": r"\bred(?! or)"},
    "de": {"left": "link", "right": "recht(?!zeitig)", "green": "grün", "amber": "gelb", "red": r"\brot(?!es|e A| o)"},
    "es": {
        "left": "izquierd",
        "right": "derech",
        "green": "verde",
        "amber": "amarill|ámbar",
        "red": r"\broj(?!o [ou]|a [ou])",
    },
}
"""How the sides and the buttons are told in each language; "a red or sore eye" is no button."""


def steps() -> Iterator[tuple[str, str, int]]:
    """Every text of an exercise and of the steps that the kiosk adds: its part, the English text, the most letters."""
    for exercise in SHIPPED.exercises.values():
        yield "title", exercise.title, TITLE
        for variant in variants(exercise):
            said = spoken(exercise, variant)
            yield "do", said.sentence, SENTENCE
            yield "feel", said.feel, FEEL
            yield "end", said.end, FEEL
            yield from (("phase", phase, PHASE) for phase in exercise.phases)
    for _kind, _ms, title, sentence, phase in SERVICE.values():
        yield from (("title", title, TITLE), ("do", sentence, SENTENCE), ("phase", phase, PHASE))
    yield from (("feel", text, FEEL) for text in SIDE_WORDS.values())


def screens() -> Iterator[tuple[str, str, int]]:
    """The other texts of programmes and cards."""
    for programme in SHIPPED.programmes.values():
        yield from (("title", programme.title, TITLE), ("summary", programme.summary, SUMMARY))
    for card in SHIPPED.cards.values():
        yield "title", card.title, TITLE
        yield from (("page", page, PAGE) for page in card.pages)


def told(text: str, language: str) -> list[str]:
    """The sides and buttons in ``text``, sorted; and its digits."""
    low = text.lower()
    found = [name for name, pattern in TERMS[language].items() for _ in re.findall(pattern, low)]
    return sorted(found) + re.findall(r"\d+", text)


@pytest.fixture(params=DONE)
def language(request: pytest.FixtureRequest) -> Language:
    return words(str(request.param))


@pytest.mark.parametrize("code", TRANSLATED)
def test_nothing_is_untranslated(code: str) -> None:
    """A new sentence needs its translation: without one it stands in English in the middle of the other language."""
    made = catalogue.read(code)
    if code not in DONE and catalogue.translated(made) < catalogue.LEAST_TRANSLATED:
        pytest.skip(f"{code} has been begun and is not offered yet")
    assert not catalogue.untranslated(made)


def test_each_text_fits_where_it_is_shown(language: Language) -> None:
    """Room for a sentence of a step is what a clinic's own file is allowed, too: more would be cut off."""
    long = {
        f"{part}: {len(language(text))} > {most}: {language(text)}"
        for part, text, most in (*steps(), *screens())
        if len(language(text)) > most
    }
    wide = {
        f"{part}: {len(longest_word(language(text)))} > {WORD}: {longest_word(language(text))}"
        for part, text, _most in steps()
        if part in ("do", "phase") and len(longest_word(language(text))) > WORD
    }
    assert not sorted(long | wide)


def test_no_instruction_has_a_forbidden_word_of_any_language(language: Language) -> None:
    """Rule 3, for the words that are shown and spoken, whatever their language."""
    texts = {text for _part, text, _most in steps()} | {p.summary for p in SHIPPED.programmes.values()}
    texts |= {part for text in TEXTS.values() for part in text.parts}
    assert {"en", language.code} <= set(WORDING.languages)
    assert not {language(text): entry for text in texts if (entry := WORDING.found(language(text)))}


def test_a_translation_asks_for_no_other_movement(language: Language) -> None:
    """A word that asks more of the face than the therapist's own text would be another exercise."""
    more = {
        language(text): found - WORDING.asked(text, by_hand=True)
        for part, text, _most in steps()
        if part == "do" and (found := WORDING.asked(language(text), by_hand=True))
    }
    assert not {text: found for text, found in more.items() if found}


def test_sides_buttons_and_numbers_are_those_of_the_english_text(language: Language) -> None:
    """The left is never the right, and green never amber: in no sentence that a person reads or hears."""
    texts = {text for _part, text, _most in steps()} | {part for text in TEXTS.values() for part in text.parts}
    if language.code not in TERMS:
        pytest.fail(f"write into TERMS how {language.code} tells the sides and the buttons")
    differ = {text: language(text) for text in texts if told(text, "en") != told(language(text), language.code)}
    assert not differ
