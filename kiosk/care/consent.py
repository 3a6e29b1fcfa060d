"""The code that stands for a person, and what they agree to before they are recorded: the words and their version.

Clips of the picture and line drawings (the geometry of the face) are two consents: a face can be known by either. Both
are off until given, end with one choice, and never decide whether somebody may practise.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kiosk.care.model import Permission
from kiosk.care.person import Person

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


CONSENTS = (Permission.CLIPS, Permission.REPLAYS)
"""The permissions that are a person's own consent to being recorded."""

WORDING = "wording-1"
"""The version of the words below, kept with each consent. Whoever changes their meaning counts it up."""

WORDINGS: Mapping[Permission, tuple[str, ...]] = MappingProxyType(
    {
        Permission.CLIPS: (
            "The kiosk would keep short films of your face while you practise movements. No sound.",
            "Your clinic's staff may look at them and copy them. The kiosk deletes them after some weeks.",
            "You practise just the same if you say no. You can take it back at any time.",
        ),
        Permission.REPLAYS: (
            "The kiosk would keep how about a hundred places of your face move. No picture.",
            "The shape of a face is personal too. Your clinic's staff may look at it as a moving drawing, and copy it.",
            "You practise just the same if you say no. You can take it back at any time.",
        ),
    }
)
"""The wording that is read to the person, paragraph by paragraph, before they agree."""


def agreed(person: Person) -> tuple[Permission, ...]:
    """The recordings that this person agrees to."""
    return tuple(consent for consent in CONSENTS if consent in person.permissions)
