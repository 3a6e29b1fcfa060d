"""The state of the first start, what can happen to it, and what it is shown: plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from math import hypot

import msgspec

from kiosk.care.person import Role
from kiosk.signals import Button, Chord, Press, Typed

INCH_MM = 25.4
DIAGONALS_INCH = (7.0, 10.1, 13.3, 15.6, 18.5, 21.5, 24.0, 27.0, 32.0)
"""Diagonals of common screens, in inches."""


def width_of(inches: float) -> int:
    """The length in mm of the longer side of a 16:9 picture whose diagonal is so many inches long."""
    return round(inches * INCH_MM * 16 / hypot(16, 9))


class FirstPlace(StrEnum):
    """A place of the first start. Those of ``PAGES`` are kept as done or left for later; the others belong to one."""

    RESUME = "resume"
    """It was begun before: its progress, and the question whether it goes on."""
    LOGIN = "login"
    """Somebody has a PIN by now: the desk asks for it."""
    LANGUAGE = "language"
    SCREEN = "screen"
    """The size of the screen."""
    READABLE = "readable"
    """A text in the person's letters: can it be read from the pillow?"""
    BUTTONS = "buttons"
    CAMERA = "camera"
    SOUND = "sound"
    DATE = "date"
    SET_DATE = "set-date"
    PIN = "pin"
    CALL = "call"
    CALL_LENGTH = "call-length"
    """The number of digits that the number has."""
    CALL_NUMBER = "call-number"
    CALL_WORDS = "call-words"
    """The words in one language after the other."""
    TEAM = "team"
    NEW_STAFF = "new-staff"
    PERSON = "person"
    SET_UP = "set-up"
    NOT_STORED = "not-stored"
    END = "end"


PAGES = (
    FirstPlace.LANGUAGE,
    FirstPlace.SCREEN,
    FirstPlace.BUTTONS,
    FirstPlace.CAMERA,
    FirstPlace.SOUND,
    FirstPlace.DATE,
    FirstPlace.PIN,
    FirstPlace.CALL,
    FirstPlace.TEAM,
    FirstPlace.PERSON,
)
"""The pages, in their order."""
AT_DESK = frozenset((FirstPlace.LOGIN, FirstPlace.SET_DATE, FirstPlace.PIN, FirstPlace.NEW_STAFF, FirstPlace.SET_UP))
"""Places at which a page of the desk is shown and has the buttons."""


class CallWay(StrEnum):
    """One set of words on whom to call."""

    BELL = "bell"
    STAFF = "staff"
    BELL_OR_NUMBER = "bell-or-number"
    NUMBER = "number"
    NONE = "none"
    """None in this language: the kiosk's own words come first there."""


@dataclass(frozen=True, slots=True)
class CallChoice:
    """The words on whom to call: the ``number`` (empty: none), and the way ``chosen`` in each language so far."""

    number: str = ""
    chosen: tuple[tuple[str, CallWay], ...] = ()


@dataclass(frozen=True, slots=True)
class FirstProgress:
    """Progress of the first start: pages that are ``done``, and those that were left for ``later``.

    ``over``: it came to its end, or was told to be.
    """

    done: frozenset[FirstPlace] = frozenset()
    later: frozenset[FirstPlace] = frozenset()
    over: bool = False

    @property
    def begun(self) -> bool:
        """Whether any page was finished."""
        return bool(self.done or self.later)

    def after(self, page: FirstPlace, *, later: bool) -> FirstProgress:
        """Return it once ``page`` is finished."""
        done, left = self.done - {page}, self.later - {page}
        return FirstProgress(done, left | {page}, self.over) if later else FirstProgress(done | {page}, left, self.over)


class _KeptProgress(msgspec.Struct):
    done: list[str] = []
    later: list[str] = []
    over: bool = False


def text_of_progress(progress: FirstProgress) -> str:
    """Return it in the form in which the record keeps it."""
    return msgspec.json.encode(_KeptProgress(sorted(progress.done), sorted(progress.later), progress.over)).decode()


def progress_of(text: str | None) -> FirstProgress | None:
    """The progress that was kept so; None: there is none. Where it cannot be read it is over: it surprises nobody."""
    if text is None:
        return None
    try:
        kept = msgspec.json.decode(text, type=_KeptProgress)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return FirstProgress(over=True)
    return FirstProgress(_pages(kept.done), _pages(kept.later), kept.over)


def _pages(names: Iterable[str]) -> frozenset[FirstPlace]:
    """Pages by name; another version may have had others."""
    return frozenset(page for page in PAGES if page.value in names)


@dataclass(frozen=True, slots=True)
class FirstData:
    """Everything that the first start shows and goes by, by value."""

    progress: FirstProgress | None = None
    """Its progress; None: it was never begun here."""
    languages: tuple[str, ...] = ("en",)
    """The languages of the kiosk."""
    language: str = "en"
    """That of the site."""
    keys: bool = False
    """Whether keys stand in for the buttons, in a window."""
    width_mm: int = 531
    """Length of the picture's longer side, as set."""
    near_m: float = 1.2
    """Distance in m from which the person's letters are as large to the eye as they have to be."""
    volume: int = 2
    """Loudness of the place, 0 to 3."""
    sound_problem: str = ""
    """The reason why nothing can be heard; empty: nothing is known against it."""
    camera_problem: str = ""
    """The reason why no picture comes; empty: nothing is known against it."""
    call_text: tuple[str, ...] = ()
    """The site's own words on whom to call, in its language."""
    slots: tuple[tuple[str, Role], ...] = ()
    """Whoever has a PIN, by slot and role."""
    clock_known: bool = False
    """Whether date and time are known."""
    clock_by_network: bool = False
    """Whether nobody has to set the clock."""
    bound: bool = False
    """Whether the kiosk has its person."""
    problem: str = ""
    """The trouble with the record, a word of those who keep it; empty: none."""
    idle_ms: int = 180_000
    """Time without a press after which nobody is there."""


def pages_left(data: FirstData) -> tuple[FirstPlace, ...]:
    """The pages that are left to do, in their order; none where the first start was never begun."""
    if data.progress is None:
        return ()
    return tuple(page for page in PAGES if page not in data.progress.done and not fulfilled(page, data))


def fulfilled(page: FirstPlace, data: FirstData) -> bool:
    """Whether what ``page`` asks for is there already, whoever brought it."""
    roles = {role for _slot, role in data.slots}
    return {
        FirstPlace.DATE: data.clock_known,
        FirstPlace.PIN: bool(data.slots),
        FirstPlace.CALL: bool(data.call_text),
        FirstPlace.TEAM: Role.NURSE in roles,
        FirstPlace.PERSON: data.bound,
    }.get(page, False)


def needless(page: FirstPlace, data: FirstData) -> bool:
    """Whether ``page`` has nothing to ask, even of whoever goes through all of it again."""
    closed = {FirstPlace.DATE: data.clock_by_network, FirstPlace.PIN: bool(data.slots), FirstPlace.PERSON: data.bound}
    return closed.get(page, False)


def comes_by_itself(data: FirstData, *, fresh: bool) -> bool:
    """Whether a kiosk that starts shows it unasked: a new one, and one that was cut off before anybody was set up.

    ``fresh``: its record has never held a PIN, a person or a session, and nothing of it is lost.
    """
    if data.bound:
        return False
    return fresh and not data.slots if data.progress is None else not data.progress.over


@dataclass(frozen=True, slots=True)
class Finishing:
    """A ``page`` that is finished, and since ``since_ms`` not stored yet."""

    page: FirstPlace
    since_ms: int
    kept: bool = True
    """Whether its progress was handed over; not yet, while the desk is still storing."""


@dataclass(frozen=True, slots=True)
class FirstStart:
    """The first start at one moment. Times are ms of boot time."""

    data: FirstData
    """Everything it shows."""
    now_ms: int
    """The latest moment that the machine has heard of."""
    touched_ms: int
    """The last moment at which a button was pressed."""
    walk: tuple[FirstPlace, ...]
    """The pages of this run, in their order."""
    progress: FirstProgress
    """Its progress."""
    place: FirstPlace = FirstPlace.RESUME
    """The present place."""
    slot: str = ""
    """The slot of whoever stands there; empty: nobody has entered."""
    cursor: int | None = None
    """Index of the answer that is pointed at; None: none yet."""
    message: str = ""
    """A code of what to say besides; empty: nothing."""
    asked: Button | None = Button.GREEN
    """The button that is to be pressed; None: all were, and the lamps are asked about."""
    wrong: Button | None = None
    """Another one that was pressed instead."""
    wrongs: int = 0
    """Number of times in a row."""
    dead: frozenset[Button] = frozenset()
    """Buttons that did not answer."""
    digits: str = field(default="", repr=False)
    """The digits of a number so far."""
    turning: int = 0
    """The digit that amber turns."""
    length: int = 0
    """The number of digits that it has."""
    call: CallChoice = CallChoice()
    """The words on whom to call, as chosen so far."""
    live: bool = False
    """Whether a picture of the camera was seen on its page."""
    watching: bool = False
    """Whether the camera was asked to run."""
    listening: bool = False
    """Whether a sound was asked for that may still be heard."""
    finishing: Finishing | None = None
    """A page that is being stored; None: none is."""
    wanted: FirstPlace | None = None
    """The page that follows once somebody has entered; None: none waits."""
    amber_ms: int | None = None
    """The moment of the last press, where that was amber; None: it was another button."""
    left: bool = False
    """Whether the first start was left, or is over."""


@dataclass(frozen=True, slots=True)
class FirstTick:
    """Nothing happened but time."""


@dataclass(frozen=True, slots=True)
class FirstFresh:
    """The data have changed: ``data`` are the present ones."""

    data: FirstData


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """A picture of the camera is there."""


@dataclass(frozen=True, slots=True)
class FirstStored:
    """All that was handed over survives a power cut now."""


@dataclass(frozen=True, slots=True)
class DeskDone:
    """The page of the desk that was open is answered, by the slot ``slot``; ``stored``: and that is stored."""

    slot: str = ""
    stored: bool = True


@dataclass(frozen=True, slots=True)
class DeskLeft:
    """It was left without an answer."""


FirstEvent = FirstTick | FirstFresh | FirstSeen | FirstStored | DeskDone | DeskLeft | Press | Typed | Chord
