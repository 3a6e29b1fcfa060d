"""Choosing one of several answers: by two buttons (amber moves on, green accepts), directly, or with a single switch.

A leaf beside ``signals``, because home, the staff's menus and the session all choose in this one way, and the session
may import nothing of the menus.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from kiosk.signals import Button

A = TypeVar("A")
"""An answer."""


def move(cursor: int | None, count: int, steps: int = 1) -> int | None:
    """The cursor ``steps`` answers on, round and round; the first step from None leads to the first answer."""
    if not count:
        return None
    return (steps - 1 if cursor is None else cursor + steps) % count


def moves(cursor: int | None, count: int) -> bool:
    """Whether moving on changes anything; only then its button may be lit."""
    return count > 0 and move(cursor, count) != cursor


def within(cursor: int | None, count: int) -> int | None:
    """The cursor as long as it points at an answer: what is gone is pointed at no more."""
    return cursor if cursor is not None and cursor < count else None


def press(button: Button, found: Sequence[A], cursor: int | None, *, direct: bool) -> tuple[A | None, int | None]:
    """The answer that green or amber gives (None: none), and where the cursor is afterwards.

    ``direct``: green is the first answer and amber the second; else amber moves the cursor and green accepts.
    """
    if direct:
        index = 0 if button is Button.GREEN else 1
        return (found[index] if index < len(found) else None), cursor
    if button is Button.AMBER:
        return None, move(cursor, len(found))
    at = within(cursor, len(found))
    return (None if at is None else found[at]), cursor


def scan(cursor: int | None, count: int, due_ms: int, every_ms: int, now_ms: int) -> tuple[int | None, int]:
    """The cursor of a single switch at ``now_ms`` and when it moves next: it moves by itself every ``every_ms``.

    ``due_ms`` is when it moves next as seen from before.
    """
    if not count or now_ms < due_ms:
        return cursor, due_ms
    steps = (now_ms - due_ms) // every_ms + 1
    return move(cursor, count, steps), due_ms + steps * every_ms
