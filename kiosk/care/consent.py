"""What a person agrees to before they are recorded: the words they hear, and which version of them it was.

Clips of the picture and line drawings (the geometry of the face) are two consents: a face can be known by either. Both
are off until given, end with one choice, and never decide whether somebody may practise.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kiosk.care.model import Permission, Person

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
"""What is read to the person, paragraph by paragraph, before they agree."""


def agreed(person: Person) -> tuple[Permission, ...]:
    """The recordings that this person agrees to."""
    return tuple(consent for consent in CONSENTS if consent in person.permissions)
