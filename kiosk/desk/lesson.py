"""Teaching a pedal, key by key: pure. Red comes first and is proved by a stop; three equal presses teach a key.

One key has one meaning. Keys that mean something already (those of the plate, of keyboards, those taught before) keep
it, and what a keyboard repeats while a key is held is no press: neither ever gets here as an unread key.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.signals import Button, PedalKey, PedalMeaning

ORDER = (Button.RED, Button.GREEN, Button.AMBER)
PRESSES = 3
MOST = 12
"""Taught keys that are kept: four sets of three."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """The teaching of a pedal as it stands."""

    known: tuple[PedalMeaning, ...] = ()
    """All that is taught, the key that is being proved included."""
    wanted: Button | None = Button.RED
    """The button that is taught now; None: all three are."""
    heard: tuple[str, str] | None = None
    """Device and key of the last press that counts."""
    presses: int = 0
    """Number of presses of that key in a row."""
    proving: bool = False
    """Red was taught: now it has to stop, or it is forgotten."""
    taken: bool = False
    """The last key that was pressed means something already."""
    follows: Button | None = None
    """A taught key was pressed: the press of this button that follows is its own."""

    @property
    def proved(self) -> tuple[PedalMeaning, ...]:
        """The meanings that may be kept: without the one that is being proved."""
        return self.known[:-1] if self.proving else self.known


def key_down(lesson: Lesson, pressed: PedalKey) -> Lesson:
    """Return the lesson after a key that is no built-in one went down."""
    key = (pressed.device, pressed.key)
    if pressed.button is not None:
        own = lesson.proving and key == lesson.heard and pressed.button is Button.RED
        return replace(lesson, presses=0, taken=not own, follows=pressed.button)
    if lesson.wanted is None or lesson.proving or len(lesson.known) >= MOST:
        return lesson
    presses = lesson.presses + 1 if key == lesson.heard else 1
    if presses < PRESSES:
        return replace(lesson, heard=key, presses=presses, taken=False, follows=None)
    known = (*lesson.known, PedalMeaning(*key, lesson.wanted))
    if lesson.wanted is Button.RED:
        return replace(lesson, known=known, heard=key, presses=0, proving=True, taken=False)
    return _next(replace(lesson, known=known))


def button_pressed(lesson: Lesson, button: Button) -> tuple[Lesson, bool]:
    """Return the lesson after a press of a button, and whether a taught key did it: then it is answered here only."""
    if lesson.follows is not button:
        return lesson, False
    if lesson.proving and not lesson.taken:
        return _next(lesson), True
    return replace(lesson, follows=None), True


def _next(lesson: Lesson) -> Lesson:
    """The button that was taught is done."""
    at = ORDER.index(lesson.wanted) + 1 if lesson.wanted is not None else len(ORDER)
    return Lesson(lesson.known, ORDER[at] if at < len(ORDER) else None)
