"""What a recogniser heard is compared fairly: digits are words, decoys are near, and what must be right is counted."""

from __future__ import annotations

from pathlib import Path

from assets.tools.read_voice import (
    MUST,
    OPPOSITES,
    choices,
    critical,
    decoys,
    once,
    sounds,
    total,
    understood,
    windows,
    words_of,
)


def test_words_are_compared_whatever_the_recogniser_writes_them_like() -> None:
    """Capitals, signs and digits are the recogniser's own; a missed word is one, not all that follow."""
    found = understood("Touch your LEFT cheek. Two out of ten.", "touch your left cheek, 2 out of 10", "en")
    assert (found.right, found.words, found.wrong) == (8, 8, ())
    assert understood("Ámbar: sí.", "ambar si", "es").kept == 1
    assert understood("Ihre linke Wange.", "ihre linkewange", "de").kept == 1
    missed = understood("Touch your left cheek and stay.", "such your left cheek and stay", "en")
    assert (missed.right, missed.words, missed.kept, missed.must) == (5, 6, 1, 1)


def test_a_side_that_was_misheard_is_named() -> None:
    """Left for right is the one mistake that may not be."""
    found = understood("Ease your right cheek.", "ease your left cheek", "en")
    assert (found.kept, found.must) == (0, 1)
    assert found.wrong == ("ease your right cheek",)


def test_all_windows_count_together() -> None:
    """A language has one line."""
    found = total([["Grün: nein.", "grün nein"], ["Gelb: ja.", "geld ja"]], "de")
    assert (found.words, found.right, found.must, found.kept) == (4, 3, 2, 1)


def test_decoys_differ_by_the_word_that_matters() -> None:
    """Each sentence with its side, colour or number exchanged; one without any has none."""
    assert list(decoys("Above your left brow.")) == ["Above your right brow."]
    assert list(decoys("Green: no. Amber: yes.")) == ["amber: no. Amber: yes.", "Green: no. green: yes."]
    assert list(decoys("Let your face rest.")) == []


def test_what_must_be_right_is_found_in_every_language() -> None:
    """Sides, colours, flags and the text of whom to call; not the rest."""
    texts = {"a": "Wange links.", "told.red-flag": "Klingel.", "b": "Ruhig."}
    assert critical(texts, "de") == ["a", "told.red-flag"]
    assert critical({"a": "Mejilla izquierda."}, "es") == ["a"]


def test_prompts_are_packed_into_windows_in_their_order() -> None:
    """Whisper hears 30 s at once: none is left out, none cut in two."""
    names = [f"p{n}" for n in range(9)]
    packed = list(windows(names, dict.fromkeys(names, 9_000)))
    assert [name for group in packed for name in group] == names
    assert all(len(group) == 2 for group in packed[:-1])


def test_each_word_that_matters_is_held_against_its_opposites() -> None:
    """One choice for each: the sentence as it is first, then with another side, colour or number, written alike."""
    assert list(choices("Plan für Ihre LINKE Seite.", "de")) == [
        ["Plan für Ihre LINKE Seite.", "Plan für Ihre RECHTE Seite."]
    ]
    assert list(choices("Verde: no. Ámbar: sí.", "es")) == [
        ["Verde: no. Ámbar: sí.", "Ámbar: no. Ámbar: sí.", "Rojo: no. Ámbar: sí."],
        ["Verde: no. Ámbar: sí.", "Verde: no. Verde: sí.", "Verde: no. Rojo: sí."],
    ]
    assert list(choices("Let your face rest.", "en")) == []


def test_every_word_that_must_be_heard_has_opposites() -> None:
    """Otherwise one of them would be told from nothing."""
    for language, groups in OPPOSITES.items():
        grouped = {word for group in groups for word in words_of(group, language)}
        assert {*MUST[language].split()} <= grouped


def test_the_same_sound_is_heard_once(tmp_path: Path) -> None:
    """Two prompts with the same words, one after the other, are written down once by a recogniser."""
    for name, content in (("a", b"one"), ("b", b"two"), ("c", b"one")):
        (tmp_path / f"{name}.ogg").write_bytes(content)
    assert once(["a", "b", "c"], tmp_path) == ["a", "b"]
    assert sounds(["b", "a"], tmp_path).keys() == {"a", "b"}
