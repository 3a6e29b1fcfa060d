"""Codes of persons: short, unambiguous, and safe against slips."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.care.consent import ALPHABET, LENGTH, is_code, new_code

codes = st.integers(0, 2**64).map(new_code)


@given(code=codes)
def test_codes_are_codes(code: str) -> None:
    """Whatever the random bits, the code has six unambiguous characters and its check fits."""
    assert is_code(code)
    assert len(code) == LENGTH
    assert not set(code) & set("01OILSZBQYAEU")


@given(code=codes, place=st.integers(0, LENGTH - 1), other=st.sampled_from(ALPHABET))
def test_a_wrong_character_is_noticed(code: str, place: int, other: str) -> None:
    """Any single wrong character makes it no code."""
    wrong = code[:place] + other + code[place + 1 :]
    assert is_code(wrong) == (wrong == code)


@given(code=codes, place=st.integers(0, LENGTH - 2))
def test_two_swapped_characters_are_noticed(code: str, place: int) -> None:
    """Any two neighbours swapped make it no code, unless they are the same."""
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_code(swapped) == (swapped == code)


@given(text=st.text(max_size=8))
def test_other_texts_are_no_codes(text: str) -> None:
    """Anything may be typed; nothing raises, and small letters are not codes."""
    assert not is_code(text) or set(text) <= set(ALPHABET)
    assert not is_code(text.lower()) or text.lower() == text.upper()


def test_different_bits_give_different_codes() -> None:
    """The random bits are used: 1,000 numbers give 1,000 codes."""
    assert len({new_code(number) for number in range(1_000)}) == 1_000
