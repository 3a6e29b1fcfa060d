"""What a person reads and hears asks for a reading age of about eleven, in each language."""

from __future__ import annotations

import pytest

from kiosk.words import languages
from tests.setup.reading import (
    FORMULAS,
    MOST_CARDS,
    MOST_SPOKEN,
    counted,
    grades,
    syllables_de,
    syllables_en,
    syllables_es,
)


@pytest.mark.parametrize("language", languages())
def test_the_reading_age_is_about_eleven(language: str) -> None:
    """Short sentences of short words; a language without a formula is not passed over in silence."""
    assert language in FORMULAS
    said, cards = grades(language)
    assert said <= MOST_SPOKEN
    assert cards <= MOST_CARDS


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Individuals experiencing involuntary contractions should immediately discontinue the procedure."),
        (
            "de",
            "Bei unwillkürlichen Muskelkontraktionen unterbrechen Sie unverzüglich die Übungsbehandlung.",
        ),
        (
            "es",
            "Las personas que experimenten contracciones involuntarias interrumpirán inmediatamente el procedimiento.",
        ),
    ],
)
def test_a_sentence_of_an_expert_is_too_hard(language: str, text: str) -> None:
    """The formulas tell what a leaflet says from what we say."""
    formula, syllables = FORMULAS[language]
    assert formula(counted([text], syllables)) > MOST_CARDS


def test_syllables_are_counted_as_they_are_spoken() -> None:
    """By hand, in each language."""
    assert [syllables_en(word) for word in ("face", "slowly", "gently", "eye")] == [1, 2, 2, 1]
    assert [syllables_de(word) for word in ("auge", "langsam", "bewegung", "gesicht", "weich")] == [2, 2, 3, 2, 1]
    assert [syllables_es(word) for word in ("cara", "suave", "siguiente", "oído", "movimiento", "muy")] == [
        2,
        2,
        3,
        3,
        4,
        1,
    ]
