"""The state of the staff desk, and what can happen to it: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.booth.model import Booth, BoothEvent
from kiosk.care.person import LidsTaken, Person, Role
from kiosk.desk.lesson import Lesson
from kiosk.desk.pin import NO_TRIES, Tries
from kiosk.desk.shown import (
    Begun,
    BoothOpened,
    Brought,
    LidsSeen,
    Prepared,
    Setting,
    Slot,
    StaffData,
    TransferShown,
    UpdateShown,
)
from kiosk.signals import Chord, PedalKey, Press, Typed


class StaffPlace(StrEnum):
    """A place at the desk. The table of what each one answers to is in ``kiosk.menus.staff``."""

    FIRST = "first"
    LOST = "lost"
    SLOTS = "slots"
    PIN = "pin"
    CHECKING = "checking"
    LOCKED = "locked"
    MENU = "menu"
    INBOX = "inbox"
    PERSON = "person"
    FORMER = "former"
    BEGUN = "begun"
    MERGED = "merged"
    ITEM = "item"
    SEEN = "seen"
    TOUCH = "touch"
    WHO = "who"
    WHEN = "when"
    REGIONS = "regions"
    UNTIL = "until"
    DATE = "date"
    REVIEW = "review"
    DISCARD = "discard"
    SAVED = "saved"
    PROGRAMMES = "programmes"
    PROGRAMME = "programme"
    REASON = "reason"
    DOSES = "doses"
    DOSE = "dose"
    DOSE_VALUE = "dose-value"
    DISCHARGE = "discharge"
    SETTINGS = "settings"
    SETTING = "setting"
    STATUS = "status"
    STAFF = "staff"
    STAFF_ONE = "staff-one"
    LOG = "log"
    ROLE = "role"
    NEW_PIN = "new-pin"
    NEW_PIN_AGAIN = "new-pin-again"
    CLEANING = "cleaning"
    CONSENT = "consent"
    WORDING = "wording"
    RECORDED = "recorded"
    REPLAYS = "replays"
    REPLAY = "replay"
    HAND_OVER = "hand-over"
    HAND_OVER_WHO = "hand-over-who"
    PROTECTION = "hand-over-protection"
    STICK = "hand-over-stick"
    CARRYING = "hand-over-carrying"
    CARRIED = "hand-over-done"
    NOT_CARRIED = "hand-over-ended"
    BRING = "bring"
    NOT_BROUGHT = "bring-ended"
    BROUGHT = "brought"
    BROUGHT_KEYS = "brought-keys"
    BROUGHT_PROGRAMMES = "brought-programmes"
    BROUGHT_VOICE = "brought-voice"
    BROUGHT_PLAN = "brought-plan"
    TAKING_IN = "taking-in"
    TAKEN_IN = "taken-in"
    NOT_TAKEN_IN = "not-taken-in"
    UPDATE_STICK = "update-stick"
    UPDATE = "update"
    UPDATING = "updating"
    NOT_UPDATED = "update-ended"
    ERASE_WHO = "erase-who"
    ERASE = "erase"
    ERASE_SURE = "erase-sure"
    LIDS_OPEN = "lids-open"
    LIDS_CLOSED = "lids-closed"
    LIDS_WHICH = "lids-which"
    LIDS_TAKEN = "lids-taken"
    VOICE = "voice"
    VOICE_FROM = "voice-from"
    VOICE_SENTENCE = "voice-sentence"
    VOICE_TAKE = "voice-take"
    SCORES = "scores"
    SCORE = "score"
    SCORE_PERMISSION = "score-permission"
    SCORE_DAY = "score-day"
    SCORE_BY = "score-by"
    SCORE_ITEM = "score-item"
    SCORE_NUMBER = "score-number"
    SCORE_DIGITS = "score-digits"
    SCORE_SUM = "score-sum"
    STANDARD_SET = "standard-set"
    PEDALS = "pedals"
    LESSON = "lesson"


@dataclass(frozen=True, slots=True)
class StaffPage:
    """One screen of the desk; those below it are where red leads back to."""

    place: StaffPlace
    """Its place."""
    about: tuple[str, ...] = ()
    """Its subject (an item, a programme, a date …), in the terms of its place."""
    cursor: int | None = None
    """Index of the answer that is pointed at; None: none yet."""
    fresh: bool = True
    """Whether it was just opened, so that its cursor and its digit have yet to be set."""
    digits: str = field(default="", repr=False)
    """The digits that were given."""
    turning: int = 0
    """The digit that amber turns."""
    message: str = ""
    """A code of what to say besides; empty: nothing."""


@dataclass(frozen=True, slots=True)
class DeskPart:
    """The one ``page`` of the desk that somebody else shows (None: its entry), for ``slot``, who has entered elsewhere.

    An empty ``slot``: nobody has.
    """

    page: StaffPage | None = None
    slot: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """The last save can be taken back: to ``before`` (None: nobody was bound), from ``after``.

    ``kept`` is what was kept of ``after`` until then (None: the person was new), ``settings`` what was set for them of
    those that came along (an empty value: nothing).
    """

    before: Person | None
    after: Person
    kept: Person | None = None
    settings: tuple[Setting, ...] = ()


@dataclass(frozen=True, slots=True)
class Staff:
    """The desk at one moment. Times are ms of boot time."""

    data: StaffData
    """Everything it shows; while the desk is open, new data do not replace what staff change there."""
    now_ms: int
    """The latest moment that the machine has heard of."""
    touched_ms: int
    """The last moment at which a button did something."""
    frames: tuple[StaffPage, ...]
    """The screens, the one that is shown last."""
    part: DeskPart | None = None
    """The part that it is of something else; None: it is the whole desk."""
    seed: int = field(default=0, repr=False)
    """The secret from which the digits of PIN entry are drawn."""
    rolls: int = 0
    """Number of digits that were drawn from it."""
    slots: tuple[Slot, ...] = ()
    """The staff slots as they are by now."""
    slot: str = ""
    """The slot of whoever stands there; empty: not chosen yet."""
    entered: bool = False
    """Whether their PIN was right."""
    attempt: int = 0
    """Number of the last question to the world, which its answer carries."""
    first_pin: str = field(default="", repr=False)
    """A new PIN, until it was given a second time."""
    person: Person | None = None
    """The person whom the kiosk is bound to, as saved."""
    draft: Person | None = None
    """The person as being set up; None: nobody is."""
    begun: Begun | None = None
    """The plan that is kept although it was not saved; None: there is none."""
    going_on: bool = False
    """Whether ``draft`` is the one that ``begun`` keeps."""
    undo: Undo | None = None
    """Everything that takes the last save back; None: nothing can be taken back."""
    spent: str = ""
    """A code that was given to a new person."""
    prepared: Prepared | None = None
    """The protection of a package, only while that is on the screen."""
    transfer: TransferShown | None = None
    """The progress of a package, while one is on its way."""
    brought: Brought | None = None
    """The content of a stick, until its screens are left."""
    update: UpdateShown | None = None
    """The progress of a new version, until its screens are left."""
    lids: LidsTaken | None = None
    """The lids as they were read last, while they are being taken."""
    watching: bool = False
    """Whether camera and looker were asked to run."""
    booth: Booth | None = None
    """The recording of the clinic's own voice, until its screens are left."""
    lesson: Lesson | None = None
    """The teaching of a pedal, while it is on the screen."""
    seen: frozenset[str] = frozenset()
    """Lines of the inbox that were acknowledged here, by their keys."""
    clean_until_ms: int = 0
    """The end of cleaning mode."""
    left: bool = False
    """Whether staff work is over."""

    @property
    def frame(self) -> StaffPage:
        """The screen that is shown."""
        return self.frames[-1]

    @property
    def place(self) -> StaffPlace:
        """The present place."""
        return self.frames[-1].place

    @property
    def role(self) -> Role:
        """The role of who stands there; a nurse's until somebody has entered."""
        return next((s.role for s in self.slots if s.slot == self.slot and self.entered), Role.NURSE)

    def tries(self, slot: str) -> Tries:
        """Wrong tries of ``slot``."""
        return next((s.tries for s in self.slots if s.slot == slot), NO_TRIES)


@dataclass(frozen=True, slots=True)
class StaffTick:
    """Nothing happened but time."""


@dataclass(frozen=True, slots=True)
class StaffFresh:
    """The desk's data have changed: ``data`` are the present ones."""

    data: StaffData


@dataclass(frozen=True, slots=True)
class PinChecked:
    """The PIN of ``CheckPin(attempt)`` was compared; ``right``: it is the one."""

    attempt: int
    right: bool


StaffEvent = (
    StaffTick
    | StaffFresh
    | Press
    | Typed
    | Chord
    | PinChecked
    | Prepared
    | TransferShown
    | Brought
    | UpdateShown
    | PedalKey
    | LidsSeen
    | BoothOpened
    | BoothEvent
)
