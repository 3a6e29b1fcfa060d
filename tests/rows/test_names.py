"""Names that chance gives: words of the record, different each time, and no number to anybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rows.names import device_name, reads_as_number, session_name
from kiosk.rows.row import WORD

DIGITS = st.text("0123456789", min_size=1, max_size=20)


@pytest.mark.parametrize("hexadecimal", ["12e45678", "00123456", "1234567d", "0000000f", "e1234567"])
def test_whatever_chance_gives_it_is_no_number(hexadecimal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first character is a letter that belongs to no number and to no month."""
    monkeypatch.setattr("secrets.token_hex", lambda length: (hexadecimal * 2)[: 2 * length])
    for name in (device_name(), session_name()):
        assert WORD.fullmatch(name)
        assert name[0] in "ks"
        assert not reads_as_number(name)
        with pytest.raises(ValueError, match="convert"):
            float(name)


def test_names_differ() -> None:
    """A thousand of each."""
    assert len({name() for name in (device_name, session_name) for _ in range(1_000)}) == 2_000


@given(DIGITS, st.none() | DIGITS, st.sampled_from(["", "d", "f", "D", "F"]))
def test_digits_are_a_number_with_exponent_and_suffix_too(whole: str, exponent: str | None, suffix: str) -> None:
    """As pandas, polars, DuckDB, LibreOffice and Java read them."""
    assert reads_as_number(whole + (f"e{exponent}" if exponent else "") + suffix)


@pytest.mark.parametrize("name", ["", "05e0b6c3", "e1234567", "12e", "1e2e3", "boot-1", "2:30", "3A4C5F", "0_3"])
def test_what_has_another_letter_is_none(name: str) -> None:
    """Most names of earlier versions are safe."""
    assert not reads_as_number(name)
