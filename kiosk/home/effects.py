"""The effects of the home: all that it asks of the world. Words are codes; presenters have sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kiosk.care.model import Region
from kiosk.care.own import QuestionTopic, WeeklyWish


@dataclass(frozen=True, slots=True)
class StartSession:
    """Begin ``programme``, by its id. ``short``: in its short form.

    ``regions``: the tightest, to work on; ``tightness`` 0 (loose) to 3, as the person said. ``led_by``: of a standard
    set, the staff slot that leads it.
    """

    programme: str
    short: bool = False
    regions: tuple[Region, ...] = ()
    tightness: tuple[tuple[Region, int], ...] = ()
    led_by: str = ""


@dataclass(frozen=True, slots=True)
class ResumeSession:
    """Go on with the interrupted session whose id is ``session``."""

    session: str


@dataclass(frozen=True, slots=True)
class OpenCard:
    """The information card of the id ``card`` was opened."""

    card: str


@dataclass(frozen=True, slots=True)
class ReadOut:
    """Speak ``prompt`` (a page of a card)."""

    prompt: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """Be silent now."""


@dataclass(frozen=True, slots=True)
class SawMovement:
    """The person saw a new movement ``where`` on their face: a line for staff. It opens nothing."""

    where: Region


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """The person has a question about ``topic`` for their therapist; ``day``: today, None where it is not known."""

    topic: QuestionTopic
    day: date | None


@dataclass(frozen=True, slots=True)
class KeepWish:
    """The person chose their weekly ``wish``, or it was said; None: they want none."""

    wish: WeeklyWish | None


@dataclass(frozen=True, slots=True)
class KeepReminders:
    """The person wants to be reminded at these ``hours`` of a day."""

    hours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Remind:
    """A reminder is due: a tone. The light is that of the screen."""


@dataclass(frozen=True, slots=True)
class LookBack:
    """The person looks back: what is behind them is to be gathered."""


@dataclass(frozen=True, slots=True)
class StartTrial:
    """Somebody wants to try the kiosk with a made-up person, away from its record."""


@dataclass(frozen=True, slots=True)
class GoOnSettingUp:
    """Somebody wants to go on with the first start of the kiosk."""


@dataclass(frozen=True, slots=True)
class EnterStaff:
    """Green and amber were held: staff want to come in."""


OwnEffect = SawMovement | AskQuestion | KeepWish | KeepReminders
"""Effects that leave a row of the person's own."""
HomeEffect = (
    StartSession
    | ResumeSession
    | OpenCard
    | ReadOut
    | Quiet
    | OwnEffect
    | Remind
    | LookBack
    | StartTrial
    | GoOnSettingUp
    | EnterStaff
)
