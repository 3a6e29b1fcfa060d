"""The state of the home, what can happen to it, and what the rules of care offer there: plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import permutations

from kiosk.care.again import Again
from kiosk.care.agenda import Agenda
from kiosk.care.families import PACKS
from kiosk.care.library import Library
from kiosk.care.model import Card, Family, Region
from kiosk.care.own import NO_OWN_THINGS, OwnThings
from kiosk.care.person import Person
from kiosk.care.plan import PACKS_IN_SESSION
from kiosk.care.rules import Verdict, offered, suitable
from kiosk.care.today import Today
from kiosk.home.looking_back import NOTHING, LookedBack, Week
from kiosk.home.reminders import NextReminder
from kiosk.signals import Chord, Press

MINUTE_MS = 60_000


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
    regions: tuple[Region, ...] = ()
    """The packs that the person is asked about before it begins."""
    short: bool = False
    """Whether there is a short form to choose."""
    version: int = 1
    """Its version, for staff."""
    reviewed_by: str = ""
    """The therapist who reviewed it, for staff; empty: nobody."""
    done: int = 0
    """Number of times that it was done to its end today."""
    meant: int = 0
    """Number of times that it is meant for a day; 0: as often as one likes."""
    again: Again = Again.UNSAID
    """The next time that it may be done."""
    again_at: datetime | None = None
    """The time of day of that, where it is later today and the clock is known."""
    again_min: int = 0
    """Minutes until then."""
    minutes: int = 0
    """Length of a session in minutes, of the longest where the person first says which regions; 0: not known."""
    short_minutes: int = 0
    """Length of its short form."""
    regions_minutes: tuple[tuple[tuple[Region, ...], int], ...] = ()
    """Length of a session for each choice of regions that may follow from what the person says."""


SessionLength = Callable[[str, bool, tuple[Region, ...]], int]
"""Length in ms of a session of a programme, by its id, in its short form or not, for these regions; 0: not known."""


def offers(library: Library, person: Person | None, today: Today) -> tuple[Offer, ...]:
    """Every programme with its verdict, open ones first."""
    return tuple(
        Offer(
            programme=programme.id,
            title=programme.title,
            family=programme.family,
            verdict=verdict,
            regions=_regions(library, person, programme.id, today),
            short=any(line.short_hold_s is not None for line in programme.lines),
            version=programme.version,
            reviewed_by=programme.reviewed_by,
        )
        for programme, verdict in offered(library, person, today)
    )


def todays_offers(
    day: Agenda, found: tuple[Offer, ...], length: SessionLength, at: Callable[[int], datetime | None]
) -> tuple[Offer, ...]:
    """Those of ``found`` that the home shows: the plan of the ``day`` in its order, with minutes and the next time.

    ``at``: the time of day in so many ms from now; None where the clock is not known.
    """
    by_id = {offer.programme: offer for offer in found}
    return tuple(
        _with_length(
            replace(
                by_id[entry.programme],
                verdict=entry.verdict,
                done=entry.done,
                meant=entry.meant,
                again=entry.again,
                again_at=at(entry.after_ms) if entry.again is Again.LATER else None,
                again_min=minutes_of(entry.after_ms),
            ),
            length,
        )
        for entry in day.entries
    )


def minutes_of(length_ms: int) -> int:
    """Whole minutes, rounded up: nothing takes longer than it says."""
    return -(-length_ms // MINUTE_MS)


def _with_length(offer: Offer, length: SessionLength) -> Offer:
    """``offer`` with the minutes of each way in which it may begin now."""
    if not offer.verdict.open:
        return offer

    def minutes(short: bool, regions: tuple[Region, ...]) -> int:
        return minutes_of(length(offer.programme, short, regions))

    chosen = tuple((regions, minutes(False, regions)) for regions in _choices(offer.regions))
    return replace(
        offer,
        minutes=max((n for _, n in chosen), default=0) or minutes(False, ()),
        short_minutes=minutes(True, ()) if offer.short else 0,
        regions_minutes=chosen,
    )


def _choices(packs: tuple[Region, ...]) -> Iterator[tuple[Region, ...]]:
    """Every choice that ``pick_regions`` may make of ``packs``, the tightest first."""
    for count in range(1, PACKS_IN_SESSION + 1) if packs else ():
        yield from permutations(packs, count)


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
    LOOK = "looking-back"
    TELL = "tell"
    SAW = "new-movement"
    TOLD = "told"
    ASK = "question"
    ASKED = "asked"
    OWN = "own"
    WISH = "wish"
    WEEK = "new-week"
    REMIND = "reminders"
    CALLED = "reminder"
    LEARN = "buttons"


# Answers that are no id of a programme or card begin with a sign that ids do not have.
BACK = "@back"
RESUME = "@resume"
CARDS = "@cards"
LOOK = "@look"
TELL = "@tell"
OWN = "@own"
TRY = "@try"
FIRST_START = "@first-start"
FULL, SHORT = "full", "short"
START, AGAIN = "start", "again"
NEXT, PREVIOUS = "next", "previous"
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
    """The programmes on the day's plan, as they stand now."""
    next: str = ""
    """The id of the programme that comes next today; empty: nothing is meant now."""
    done: bool = False
    """Whether all that was meant for today is done."""
    back: bool = False
    """Whether the person comes back after some days."""
    weeks: tuple[Week, ...] = ()
    """The weeks to look back on, the newest first; none where the date is not sure, or nothing is known yet."""
    interrupted: InterruptedShown | None = None
    """A session that can be gone on with; None: there is none."""
    clock_line: str = ""
    """The day and time, or that they are not set."""
    day_line: str = ""
    """The day alone; empty where it is not known."""
    time_line: str = ""
    """The time alone, or that day and time are not set."""
    cards: tuple[Card, ...] = ()
    """The information cards."""
    own: OwnThings = NO_OWN_THINGS
    """All that the person chose for themselves."""
    today: date | None = None
    """The day, where it is sure; None: it is not."""
    hours: tuple[int, ...] = ()
    """Hours of the day at which a reminder may be chosen: those that are not quiet."""
    reminder: NextReminder | None = None
    """The next reminder; None: none is wanted, or nobody knows the time."""
    timed: bool = True
    """Whether the time of day is known."""
    new: bool = False
    """Whether the person has not practised yet, as far as is known."""
    keys: bool = False
    """Whether the kiosk runs in a window, where keys stand in for the buttons."""
    trial: bool = False
    """Whether it may be tried there with a made-up person."""
    first_start: bool = False
    """Whether the first start of the kiosk waits to be gone on with."""
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
    reminded: datetime | None = None
    """The moment of the last reminder that was given, or passed in silence; None: there was none here."""
    amber_ms: int | None = None
    """The moment of the last press, where that was amber; None: it was another button."""
    unanswered: bool = False
    """Whether it is shown because a question of a session was never answered."""
    chosen: str = ""
    """The programme or card that is looked at, by its id; empty: none."""
    page: int = 0
    """The page of the card, or of looking back, from 0."""
    past: LookedBack = NOTHING
    """All that is behind the person beside the weeks; gathered when they look back, and forgotten afterwards."""
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


@dataclass(frozen=True, slots=True)
class HomePast:
    """All that is behind the person was gathered: ``past``."""

    past: LookedBack


HomeEvent = HomeTick | HomeFresh | HomePast | Press | Chord
