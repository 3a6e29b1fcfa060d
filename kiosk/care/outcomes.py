"""One table of what follows from an answer in a session; screen, voice, inbox, log and report all speak from it.

``docs/outcomes.md`` shows all of it; a test runs the session for every row and compares what came out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from kiosk.care.model import Family, Stage


class Practice(StrEnum):
    """Meaning of a session for the question whether more may move: its movements, or the stage where it has none."""

    FIRST_MOVEMENTS = "first-movements"
    QUIET_CONTROL = "quiet-control"
    STILL_PARETIC = "no movement, paretic"
    STILL = "no movement, any other stage"


class SaidAt(StrEnum):
    """Moment of a session at which something was said."""

    CHECK_IN = "check-in"
    PAUSE = "pause"
    STOP = "stop"
    CHECK_OUT = "check-out"


class Finding(StrEnum):
    """Something that a person said of themselves."""

    NOT_ME = "this is not me"
    RED_FLAG = "a red flag"
    RED_FLAG_AGAIN = "a red flag again, before staff have looked"
    EYE = "it is the eye"
    TAKEN_BACK = "a red flag taken back"
    PAIN = "pain that rules movement out"
    LINKED = "other muscles pull along"
    HANDS = "hands not clean"


class Flag(StrEnum):
    """Something that staff are told: the code of a line in the inbox and of the event in the log."""

    RED_FLAG = "red-flag"
    RED_FLAG_EYE = "red-flag-eye"
    PAIN_LOCK = "pain-lock"
    CONSTANT_PAIN = "constant-pain"
    LINKED_PAUSE = "linked-pause"
    LINKED_SMALLER = "linked-smaller"
    LINKED_STOPPED = "linked-stopped"
    LINKED_AFTER = "linked-after"
    LINKED_STILL = "linked-still"
    EYE_STOPPED = "eye-stopped"
    NOT_ME = "not-me"


UNLOOKED = "inbox.unlooked"
"""The event that a package leaves with a line of the inbox that nobody has looked at for a week."""


@dataclass(frozen=True, slots=True)
class Told:
    """The words about one flag."""

    inbox: str
    """The line at the staff desk."""
    report: str
    """The same in the report, looked back upon."""


TOLD: Mapping[Flag, Told] = MappingProxyType(
    {
        Flag.RED_FLAG: Told(
            "A warning sign was reported; no session", "A warning sign was reported before a session: no session"
        ),
        Flag.RED_FLAG_EYE: Told(
            "An eye problem was reported; no session", "A red, sore or light-sensitive eye was reported: no session"
        ),
        Flag.PAIN_LOCK: Told("Pain: movement is closed for today", "Pain grew: no more movement that day"),
        Flag.CONSTANT_PAIN: Told(
            "Moderate or severe pain already at check-in", "Moderate or severe pain before a session: no movement"
        ),
        Flag.LINKED_PAUSE: Told(
            "Linked movement is new or more: review it", "More pulled along: first movements wait for a review"
        ),
        Flag.LINKED_SMALLER: Told(
            "Linked movement is more: it went on, smaller", "More pulled along: quiet control went on, smaller"
        ),
        Flag.LINKED_STOPPED: Told(
            "Linked movement is more: the person stopped", "More pulled along: quiet control was stopped"
        ),
        Flag.LINKED_AFTER: Told(
            "Linked movement is more, said after the session", "More pulled along, said after quiet control"
        ),
        Flag.LINKED_STILL: Told(
            "Muscles pulled along without any movement: look at it",
            "Muscles pulled along without any movement",
        ),
        Flag.EYE_STOPPED: Told("Stopped because of the eye: look at it", "A session was stopped because of the eye"),
        Flag.NOT_ME: Told("Somebody said: this is not my plan", "Somebody else was at the kiosk: no session"),
    }
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The consequences of one answer."""

    said: str
    """The words that are shown and spoken at once, by their id in ``kiosk.session.prompts``."""
    flag: Flag | None = None
    """The flag that staff get; None: none."""


Key = tuple[Practice, SaidAt, Finding]
STOPPING_FOR_EYE = Outcome("told.eye-stopped", Flag.EYE_STOPPED)
PAUSED_MOVEMENTS = Outcome("told.linked-pause", Flag.LINKED_PAUSE)
NO_MORE_TODAY = Outcome("told.pain-lock", Flag.PAIN_LOCK)
"""Its words go on with what stays open for this person."""


def practice_of(family: Family, stage: Stage | None) -> Practice:
    """Return the rows of the table that hold for a session of ``family`` by a person in ``stage``."""
    if family is Family.STANDARD_SET:
        return Practice.QUIET_CONTROL if stage is Stage.SYNKINETIC else Practice.FIRST_MOVEMENTS
    if family is Family.FIRST_MOVEMENTS:
        return Practice.FIRST_MOVEMENTS
    if family is Family.QUIET_CONTROL:
        return Practice.QUIET_CONTROL
    return Practice.STILL_PARETIC if stage is Stage.PARETIC else Practice.STILL


def _table() -> dict[Key, Outcome]:
    moving = (Practice.FIRST_MOVEMENTS, Practice.QUIET_CONTROL)
    first, control, paretic, still = Practice
    everywhere = {
        (SaidAt.CHECK_IN, Finding.NOT_ME): Outcome("told.not-me", Flag.NOT_ME),
        (SaidAt.CHECK_IN, Finding.RED_FLAG): Outcome("told.red-flag", Flag.RED_FLAG),
        (SaidAt.CHECK_IN, Finding.RED_FLAG_AGAIN): Outcome("told.red-flag-again", Flag.RED_FLAG),
        (SaidAt.CHECK_IN, Finding.EYE): Outcome("told.red-flag-eye", Flag.RED_FLAG_EYE),
        (SaidAt.CHECK_IN, Finding.HANDS): Outcome("told.hands"),
        (SaidAt.PAUSE, Finding.PAIN): NO_MORE_TODAY,
        (SaidAt.STOP, Finding.PAIN): NO_MORE_TODAY,
        (SaidAt.STOP, Finding.EYE): STOPPING_FOR_EYE,
        (SaidAt.CHECK_OUT, Finding.PAIN): NO_MORE_TODAY,
    }
    rows = {(practice, *rest): outcome for practice in Practice for rest, outcome in everywhere.items()}
    for practice in moving:
        rows[practice, SaidAt.CHECK_IN, Finding.PAIN] = Outcome("told.pain-before", Flag.CONSTANT_PAIN)
        rows[practice, SaidAt.CHECK_IN, Finding.TAKEN_BACK] = Outcome("told.taken-back")
    rows[first, SaidAt.CHECK_IN, Finding.LINKED] = PAUSED_MOVEMENTS
    rows[first, SaidAt.STOP, Finding.LINKED] = PAUSED_MOVEMENTS
    rows[first, SaidAt.CHECK_OUT, Finding.LINKED] = PAUSED_MOVEMENTS
    rows[paretic, SaidAt.STOP, Finding.LINKED] = PAUSED_MOVEMENTS
    rows[control, SaidAt.CHECK_IN, Finding.LINKED] = Outcome("told.linked-smaller", Flag.LINKED_SMALLER)
    rows[control, SaidAt.STOP, Finding.LINKED] = Outcome("told.linked-stopped", Flag.LINKED_STOPPED)
    rows[control, SaidAt.CHECK_OUT, Finding.LINKED] = Outcome("told.linked-after", Flag.LINKED_AFTER)
    rows[still, SaidAt.STOP, Finding.LINKED] = Outcome("told.linked-still", Flag.LINKED_STILL)
    return rows


OUTCOMES: Mapping[Key, Outcome] = MappingProxyType(_table())
"""A key that is not in it leads to nothing but the next question."""
