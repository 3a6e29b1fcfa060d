"""The effects of a session: its requests to the world, and its records to be remembered. All plain values."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.care.outcomes import Flag
from kiosk.session.model import EndReason

# What a session asks of the world.


@dataclass(frozen=True, slots=True)
class Say:
    """Speak ``prompt``. Without a flag it is said late rather than not at all, unless a newer one takes its place."""

    prompt: str
    hold: bool = False
    """It is heard to its end, and what follows waits for it: the red flags, what ends a step."""
    droppable: bool = False
    """A cue or a count: what is late is not said, and nothing else is cut for it."""
    at_ms: int | None = None
    """The moment of a cue as it was planned, ms of boot time; None: now."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Be silent now."""


@dataclass(frozen=True, slots=True)
class Tone:
    """Sound the tone called ``kind``: ``start``, ``end``, or ``danger`` where a red flag was told."""

    kind: str


@dataclass(frozen=True, slots=True)
class UseCamera:
    """Open (``on``) or close the camera; it is open only from check-in to check-out."""

    on: bool


@dataclass(frozen=True, slots=True)
class Alert:
    """Light (``on``) or darken the alert lamp."""

    on: bool


@dataclass(frozen=True, slots=True)
class SofterVoice:
    """One level quieter from now on."""


# What it hands over to be remembered. ``key`` grows by one with each; ``signals.Stored(key)`` acknowledges it.


@dataclass(frozen=True, slots=True)
class Began:
    """Check-in is over at ``t_ms``: there is a session to record. ``key`` counts the records, as in all that follow."""

    key: int
    t_ms: int


@dataclass(frozen=True, slots=True)
class StepBegan:
    """The ``step`` of the plan (from 0) has begun at ``t_ms``; ``key``: see ``Began``."""

    key: int
    t_ms: int
    step: int


@dataclass(frozen=True, slots=True)
class RepetitionDone:
    """One repetition was done to its end. ``key``: see ``Began``.

    ``repetition`` of ``step``, both from 0, ended at ``t_ms``; ``hold_ms``: how long it was held.
    """

    key: int
    t_ms: int
    step: int
    repetition: int
    hold_ms: int


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step is over: ``done`` of its repetitions were done. ``key``: see ``Began``.

    ``step`` (from 0) lasted from ``began_ms`` to ``t_ms``. ``skipped``: it was left early, for the ``reason``.
    """

    key: int
    t_ms: int
    step: int
    began_ms: int
    done: int
    skipped: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Rated:
    """The person gave ``item`` a ``value`` on a verbal scale 0..3; ``key``: see ``Began``."""

    key: int
    item: str
    value: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over (or its outcome changed: a stop reason, a rating after it). ``key``: see ``Began``.

    It ended at ``t_ms`` for the ``reason``; ``stop_reason``: the person's word for why they stopped, empty: none.
    """

    key: int
    t_ms: int
    reason: EndReason
    stop_reason: str


@dataclass(frozen=True, slots=True)
class Reopened:
    """A stop was pressed by mistake: at ``t_ms`` the session that had ended goes on; ``key``: see ``Began``."""

    key: int
    t_ms: int


@dataclass(frozen=True, slots=True)
class Flagged:
    """The line ``flag`` in the staff inbox; ``kiosk.runtime.session_mode`` closes what it closes for the person.

    ``key``: see ``Began``.
    """

    key: int
    flag: Flag


@dataclass(frozen=True, slots=True)
class Noted:
    """Something happened that is written to the event log; ``key``: see ``Began``.

    ``code`` and ``detail`` are words of a vocabulary, never free text.
    """

    key: int
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """The session is closed: go home, to the ``card`` of that id where there is one.

    ``asleep``: to the neutral home, because nobody seems to be there. ``unanswered``: a question was never answered.
    """

    card: str = ""
    asleep: bool = False
    unanswered: bool = False


Record = Began | StepBegan | RepetitionDone | StepEnded | Rated | Ended | Reopened | Flagged | Noted
Effect = Say | Hush | Tone | UseCamera | Alert | SofterVoice | Record | Leave
