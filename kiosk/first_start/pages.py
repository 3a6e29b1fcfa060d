"""The places of the first start: what can be answered in each, and where red leads."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.care.person import Role
from kiosk.first_start.calling import LENGTHS, NUMBERS, ways
from kiosk.first_start.model import (
    DIAGONALS_INCH,
    PAGES,
    CallWay,
    FirstPlace,
    FirstStart,
    fulfilled,
    needless,
    width_of,
)
from kiosk.signals import Button

LANGUAGE, WIDTH, VOLUME = "site.language", "screen.width_mm", "sound.volume"
"""The settings that are set here besides the call text."""
GO, LATER, OTHER = "go", "later", "other"
HEARD, LOUDER, SOFTER, AGAIN = "heard", "louder", "softer", "again"
BELL, OWN, KEEP = "bell", "own", "keep"
ENOUGH = "enough"
TOO_SMALL, NOT_THERAPIST, ZERO = "too-small", "not-therapist", "zero"
"""Messages: the text could not be read; a nurse wanted to go on; a number of noughts alone calls nobody."""
ORDER = (Button.GREEN, Button.AMBER, Button.RED)
LOUDEST = 3


def _fixed(*found: str) -> Callable[[FirstStart], tuple[str, ...]]:
    return lambda _: found


def _readable_answers(state: FirstStart) -> tuple[str, ...]:
    return (GO, LATER if state.message else OTHER)


def _sound_answers(state: FirstStart) -> tuple[str, ...]:
    volume = state.data.volume
    louder, softer = (LOUDER,) if volume < LOUDEST else (), (SOFTER,) if volume > 1 else ()
    if state.data.sound_problem:
        return (AGAIN, LATER)
    return (*((HEARD,) if volume else ()), *louder, *softer, AGAIN, LATER)


def _call_answers(state: FirstStart) -> tuple[str, ...]:
    return (*((KEEP,) if state.data.call_text else ()), BELL, *NUMBERS, OWN, LATER)


def _team_answers(state: FirstStart) -> tuple[str, ...]:
    if fulfilled(FirstPlace.TEAM, state.data):
        return (ENOUGH, Role.NURSE, Role.THERAPIST)
    return (Role.NURSE, Role.THERAPIST, ENOUGH, LATER)


ANSWERS: dict[FirstPlace, Callable[[FirstStart], tuple[str, ...]]] = {
    FirstPlace.RESUME: _fixed(GO),
    FirstPlace.LANGUAGE: lambda state: state.data.languages,
    FirstPlace.SCREEN: _fixed(*(str(width_of(d)) for d in DIAGONALS_INCH), LATER),
    FirstPlace.READABLE: _readable_answers,
    FirstPlace.BUTTONS: lambda state: (GO, OTHER) if state.asked is None else (),
    FirstPlace.CAMERA: lambda state: (GO, LATER) if state.live else (GO,),
    FirstPlace.SOUND: _sound_answers,
    FirstPlace.CALL: _call_answers,
    FirstPlace.CALL_LENGTH: _fixed(*LENGTHS),
    FirstPlace.CALL_WORDS: _fixed(GO, OTHER),
    FirstPlace.TEAM: _team_answers,
    FirstPlace.DATE: _fixed(GO, LATER),
    FirstPlace.PERSON: _fixed(GO, LATER),
    FirstPlace.NOT_STORED: _fixed(GO),
    FirstPlace.END: _fixed(GO),
}
"""Place → all that can be answered there."""
DIRECT = frozenset(
    (
        FirstPlace.RESUME,
        FirstPlace.READABLE,
        FirstPlace.BUTTONS,
        FirstPlace.CAMERA,
        FirstPlace.CALL_WORDS,
        FirstPlace.DATE,
        FirstPlace.PERSON,
        FirstPlace.NOT_STORED,
        FirstPlace.END,
    )
)
"""Places in which green and amber each give their own answer, without moving a cursor."""
PARENTS: dict[FirstPlace, FirstPlace] = {
    FirstPlace.READABLE: FirstPlace.SCREEN,
    FirstPlace.CALL_LENGTH: FirstPlace.CALL,
    FirstPlace.CALL_NUMBER: FirstPlace.CALL_LENGTH,
    FirstPlace.CALL_WORDS: FirstPlace.CALL,
    FirstPlace.SET_DATE: FirstPlace.DATE,
    FirstPlace.NEW_STAFF: FirstPlace.TEAM,
    FirstPlace.SET_UP: FirstPlace.PERSON,
}
"""Place → the place to which red leads, where it is no page of its own."""


def answers(state: FirstStart) -> tuple[str, ...]:
    """All that can be answered now; none while something is stored, at the desk, and where digits are given."""
    waits = state.finishing is not None and state.place is not FirstPlace.NOT_STORED
    return () if state.place not in ANSWERS or waits else ANSWERS[state.place](state)


def direct(state: FirstStart) -> bool:
    """Whether green and amber each give their own answer, without moving a cursor."""
    return state.place in DIRECT


def language_of(state: FirstStart) -> str:
    """The language whose words on whom to call are chosen now, the site's first."""
    others = (code for code in state.data.languages if code != state.data.language)
    return (state.data.language, *others)[len(state.call.chosen)]


def way_of(state: FirstStart) -> CallWay:
    """The words that are shown for it."""
    return ways(state.call.number)[state.cursor or 0]


def earlier(state: FirstStart) -> FirstPlace | None:
    """The page before the present one; None: it is the first."""
    before = reversed(PAGES[: PAGES.index(state.place)])
    return next((page for page in before if page in state.walk and not needless(page, state.data)), None)
