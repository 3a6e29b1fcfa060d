"""Names that this kiosk gives by chance: no program that guesses the type of a column takes one for a number."""

from __future__ import annotations

import re
import secrets

_NUMBER = re.compile(r"[0-9]+(e[0-9]+)?[df]?", re.IGNORECASE)
"""Digits, with or without an exponent, and the suffix that Java takes for a kind of number."""


def device_name() -> str:
    """A new name for a kiosk: ``k`` and eight hexadecimal digits."""
    return f"k{secrets.token_hex(4)}"


def session_name() -> str:
    """A new name for a session: ``s`` and sixteen hexadecimal digits."""
    return f"s{secrets.token_hex(8)}"


def reads_as_number(name: str) -> bool:
    """Whether a reader that guesses types may take ``name`` for a number: one of an earlier version may be so."""
    return _NUMBER.fullmatch(name) is not None
