"""The state of the home, what can happen to it, and what the rules of care offer there: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.care.library import Library
from kiosk.care.model import Card, Family, Person, Region
from kiosk.care.rules import Today, Verdict, offered, suitable
from kiosk.care.validate import PACKS
from kiosk.signals import Chord, Press


@dataclass(frozen=True, slots=True)
class Offer:
    """One programme as it stands for the person now."""

    programme: str
    """Its id."""
    title: str
    """Its title."""
    family: Family
    """Its family."""
    verdict: Verdict
    """Whether it may begin now, and why not."""
    days_ago: int | None = None
    """Days since it was last practised; None: never, or nobody knows the date."""
    regions: tuple[Region, ...] = ()
    """The packs that the person is asked about before it begins."""
    short: bool = False
    """Whether there is a short form to choose."""
    version: int = 1
    """Its version, for staff."""
    reviewed_by: str = ""
    """The therapist who reviewed it, for staff; empty: nobody."""


def offers(library: Library, person: Person | None, today: Today) -> tuple[Offer, ...]:
    """Every programme with its verdict, open ones first."""
    return tuple(
        Offer(
            programme=programme.id,
            title=programme.title,
            family=programme.family,
            verdict=verdict,
            days_ago=_days_ago(programme.id, today),
            regions=_regions(library, person, programme.id, today),
            short=any(line.short_hold_s is not None for line in programme.lines),
            version=programme.version,
            reviewed_by=programme.reviewed_by,
        )
        for programme, verdict in offered(library, person, today)
    )


def _days_ago(programme: str, today: Today) -> int | None:
    last = today.last_practised.get(programme)
    if last is None or today.day is None or not today.certain:
        return None
    return max(0, (today.day - last).days)


def _regions(library: Library, person: Person | None, programme: str, today: Today) -> tuple[Region, ...]:
    """The packs that are left of the releases today; where only one or two are left there is nothing to choose."""
    found = library.programmes[programme]
    if person is None or found.family is not Family.RELEASES:
        return ()
    left = {line.pack for line, _ in suitable(library, person, found, today)}
    packs = tuple(pack for pack in PACKS if pack in left)
    return packs if len(packs) > 2 else ()


class HomePlace(StrEnum):
    """A place in the home."""

    ASLEEP = "asleep"
    WELCOME = "welcome"
    LIST = "list"
    CLOSED = "closed"
    FORM = "form"
    RATE = "tightness"
    PICKED = "picked"
    CARDS = "cards"
    CARD = "card"
    TELL = "new-movement"
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
"""Words for how tight a region feels, 0 to 3."""


@dataclass(frozen=True, slots=True)
class InterruptedShown:
    """A session that was cut short and can be gone on with: its id is ``session``, its programme's ``title``."""

    session: str
    title: str


@dataclass(frozen=True, slots=True)
class HomeData:
    """Everything the home shows, by value."""

    person: Person | None = None
    """The person whom the kiosk is bound to; None: nobody."""
    offers: tuple[Offer, ...] = ()
    """Every programme as it stands now."""
    interrupted: InterruptedShown | None = None
    """A session that can be gone on with; None: there is none."""
    clock_line: str = ""
    """The day and time, or that they are not set."""
    time_line: str = ""
    """The time alone."""
    cards: tuple[Card, ...] = ()
    """The information cards."""
    keys: bool = False
    """Whether the kiosk runs in a window, where keys stand in for the buttons."""
    trial: bool = False
    """Whether it may be tried there with a made-up person."""
    single_switch: bool = False
    """Whether one switch does everything."""
    scan_ms: int = 2_000
    """With a single switch: how long each answer is lit."""
    idle_ms: int = 180_000
    """Time without a press after which the neutral home comes."""


@dataclass(frozen=True, slots=True)
class Home:
    """The home at one moment. Times are ms of boot time."""

    data: HomeData
    """Everything it shows."""
    place: HomePlace
    """The present place."""
    now_ms: int
    """The latest moment that the machine has heard of."""
    touched_ms: int
    """The last moment at which a button did something."""
    cursor: int | None = None
    """Index of the answer that is pointed at; None: none yet."""
    scan_at_ms: int = 0
    """With a single switch: the moment at which the next answer is lit."""
    amber_ms: int | None = None
    """The moment of the last press, where that was amber; None: it was another button."""
    chosen: str = ""
    """The programme or card that is looked at, by its id; empty: none."""
    page: int = 0
    """The page of the card, from 0."""
    ratings: tuple[tuple[Region, int], ...] = ()
    """The tightness that the person has told so far, 0 to 3 for each region."""

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
    """The home's data have changed: ``data`` are the present ones."""

    data: HomeData


HomeEvent = HomeTick | HomeFresh | Press | Chord
