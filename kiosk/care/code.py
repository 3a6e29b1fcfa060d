"""The code that stands for a person: short, said easily, with a check character that catches slips."""

from __future__ import annotations

ALPHABET = "23456789CDFGHJKMNPRTVWX"
"""Of look-alikes (5 S, 8 B, V Y) only one, of 0 O and 1 I L none; no vowels, so no words. 23 is prime: with weights
below it, every single wrong character and every swap of two neighbours changes the check character."""
LENGTH = 6


def new_code(random_bits: int) -> str:
    """A code made of ``random_bits`` (32 or more are enough); the caller sees to it that no two persons share one."""
    bits = abs(random_bits)
    body = ""
    for _ in range(LENGTH - 1):
        bits, index = divmod(bits, len(ALPHABET))
        body += ALPHABET[index]
    return body + _check(body)


def is_code(text: str) -> bool:
    """Whether ``text`` is a code as ``new_code`` makes them."""
    return len(text) == LENGTH and all(c in ALPHABET for c in text) and _check(text[:-1]) == text[-1]


def _check(body: str) -> str:
    total = sum(weight * ALPHABET.index(c) for weight, c in enumerate(body, 2))
    return ALPHABET[-total % len(ALPHABET)]
