"""The state of the home, what can happen to it, and what it is shown: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.care.model import Card, Person, Region
from kiosk.menus.offering import Offer
from kiosk.signals import Chord, Press


class HomePlace(StrEnum):
    """Where in the home we are."""

    ASLEEP = "asleep"
    WELCOME = "welcome"
    LIST = "list"
    CLOSED = "closed"
    FORM = "form"
    RATE = "rate"
    PICKED = "picked"
    CARDS = "cards"
    CARD = "card"
    TELL = "tell"
    TOLD = "told"


# Answers that are no id of a programme or card begin with a sign that ids do not have.
BACK = "@back"
RESUME = "@resume"
CARDS = "@cards"
TELL = "@tell"
TRY = "@try"
FULL, SHORT = "full", "short"
START, AGAIN = "start", "again"
NEXT, PREVIOUS = "next", "previous"
YES, NO = "yes", "no"
OK = "ok"
TIGHTNESS = ("loose", "a-little-tight", "tight", "very-tight")
"""How tight a region feels, 0 to 3."""


@dataclass(frozen=True, slots=True)
class InterruptedShown:
    """A session that was cut short and can be gone on with."""

    session: str
    title: str


@dataclass(frozen=True, slots=True)
class HomeData:
    """Everything the home shows, by value.

    ``keys``: the kiosk runs in a window, where keys stand in for the buttons; ``trial``: and it may be tried there with
    a made-up person. ``clock_line``: the day and time, or that they are not set; ``time_line``: the time alone.
    """

    person: Person | None = None
    offers: tuple[Offer, ...] = ()
    interrupted: InterruptedShown | None = None
    last_practised: int | None = None
    clock_line: str = ""
    time_line: str = ""
    cards: tuple[Card, ...] = ()
    trouble: str = ""
    """Why nothing of anybody can be shown, for whoever stands there."""
    keys: bool = False
    trial: bool = False
    single_switch: bool = False
    scan_ms: int = 2_000
    idle_ms: int = 180_000


@dataclass(frozen=True, slots=True)
class Home:
    """The home at one moment. ``chosen``: the programme or card that is looked at; ``page`` counts from 0."""

    data: HomeData
    place: HomePlace
    now_ms: int
    touched_ms: int
    cursor: int | None = None
    scan_at_ms: int = 0
    amber_ms: int | None = None
    chosen: str = ""
    page: int = 0
    ratings: tuple[tuple[Region, int], ...] = ()

    @property
    def offer(self) -> Offer | None:
        """The programme that is looked at."""
        return next((offer for offer in self.data.offers if offer.programme == self.chosen), None)

    @property
    def card(self) -> Card | None:
        """The card that is looked at."""
        return next((card for card in self.data.cards if card.id == self.chosen), None)

    @property
    def region(self) -> Region | None:
        """The region that is asked about next."""
        left = self.offer.regions[len(self.ratings) :] if self.offer else ()
        return left[0] if left else None


@dataclass(frozen=True, slots=True)
class HomeTick:
    """Nothing happened but time."""


@dataclass(frozen=True, slots=True)
class HomeFresh:
    """What the home shows has changed."""

    data: HomeData


HomeEvent = HomeTick | HomeFresh | Press | Chord
