"""The state of the staff desk, what can happen to it, and what it is shown: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from enum import StrEnum

from kiosk.care.model import Person, Role
from kiosk.care.reasons import Notice
from kiosk.menus.home_model import Offer
from kiosk.menus.lesson import Lesson
from kiosk.menus.pin import NO_TRIES, Tries
from kiosk.signals import Chord, PedalKey, PedalMeaning, Press, StickPhase, Typed


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
    ITEM = "item"
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
    DISCHARGE = "discharge"
    SETTINGS = "settings"
    SETTING = "setting"
    STATUS = "status"
    STAFF = "staff"
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
    BROUGHT_PLAN = "brought-plan"
    TAKING_IN = "taking-in"
    TAKEN_IN = "taken-in"
    NOT_TAKEN_IN = "not-taken-in"
    ERASE_WHO = "erase-who"
    ERASE = "erase"
    ERASE_SURE = "erase-sure"
    PEDALS = "pedals"
    LESSON = "lesson"


@dataclass(frozen=True, slots=True)
class Slot:
    """One staff slot, as it may be shown."""

    slot: str
    role: Role
    label: str
    tries: Tries = NO_TRIES


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One line of the inbox: codes, and ``when`` as it is to be read. ``seen_by``: slots that acknowledged it.

    ``title``: that of the programme that ``detail`` names, if it names one.
    """

    key: str
    code: str
    detail: str = ""
    person: str = ""
    when: str = ""
    title: str = ""
    seen_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting (``section.name``) and its value."""

    key: str
    value: int | bool | str


@dataclass(frozen=True, slots=True)
class StatusRow:
    """The condition of one part of the kiosk: ``state`` is ``ok``, ``warning``, ``fault`` or empty."""

    label: str
    value: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class ReplayLine:
    """One repetition of the person that has a line drawing: what it was, and ``when`` as it is to be read.

    ``repetition`` counts from 1 and ``key`` names it to whoever has it.
    """

    key: str
    title: str
    when: str = ""
    repetition: int = 1


@dataclass(frozen=True, slots=True)
class TransferShown:
    """Progress of a package on its way to the stick, as it is told from outside.

    ``text``: what is the matter and what to do next, in the site's words. ``whole``: the package called
    ``package`` is on the stick and was proved; only then does ``text`` say that the stick can be taken out.
    ``lacks``: what is not in it although it should be, and what to do.
    """

    phase: StickPhase = StickPhase.WAITING
    percent: int = 0
    left_s: int | None = None
    text: str = ""
    stopping: bool = False
    whole: bool = False
    number: int = 0
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Protection of the package of ``Prepare(attempt)``: ``way`` is passphrase, recipients or none.

    ``keys``: fingerprints of those who can open it. ``problem``: why there can be no package now, in words for staff.
    """

    attempt: int
    way: str
    passphrase: str = field(default="", repr=False)
    keys: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class BroughtProgramme:
    """A programme that was brought, as it would be here.

    ``state`` beside the one of its id that is here: ``new`` (there is none), ``same``, ``changed`` (the clinic's own
    one) or ``replaces`` (one that ships with the kiosk). ``reviewed_by`` empty: no therapist of the site has yet.
    """

    title: str
    version: int
    state: str
    reviewed_by: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """Progress of the search for ``FK-IMPORT.zip``, and what was in it.

    ``phase``: ``waiting`` (for a stick that can be used: ``text`` says what is the matter and what to do), ``reading``,
    ``read``, or ``ended`` (``text``: why there is nothing, and what to do next). Once it is ``read``: ``keys`` are
    fingerprints, ``person`` is a plan that was checked, without consents to recording, and ``settings`` are those of
    the bedside that suit this person and come along with the plan. ``refused``: a sentence for each
    thing that was left out, and why. ``taken``: parts that are stored by now; ``text`` says why the last part that was
    accepted could not be stored. ``stick``: whether the stick may be taken out.
    """

    phase: str
    text: str = ""
    keys: tuple[str, ...] = ()
    person: Person | None = None
    settings: tuple[Setting, ...] = ()
    programmes: tuple[BroughtProgramme, ...] = ()
    refused: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    stick: str = ""


@dataclass(frozen=True, slots=True)
class StaffData:
    """Everything the desk shows, by value.

    ``person``: who the kiosk is bound to; ``former``: others whose plan it keeps. ``new_code``: a code that nobody has.
    ``replays``: the person's last line drawings, newest first.
    ``handed_over``: when everything was last handed over whole, as it is to be read ("date not known" where nobody
    knows, empty: never). ``unfinished``: the code of a person whose session has begun and not ended.
    ``carrying``: a package or a file is on its way to or from a stick, also when nobody waits for it any more.
    ``keys_installed``: fingerprints of the clinic's keys, if there are as many as a package needs.
    ``today`` None: the date is not known. ``zone`` is the kiosk's own time zone. ``clock_by_network``: nobody
    has to set the clock, and what anybody set would not hold.
    """

    slots: tuple[Slot, ...] = ()
    staff_lost: bool = False
    """There were PINs, and the record of them is lost: nobody may make the first one here."""
    person: Person | None = None
    former: tuple[Person, ...] = ()
    doubted: tuple[str, ...] = ()
    """The codes of those whose plan a therapist has to confirm, because something was lost."""
    new_code: str = ""
    inbox: tuple[InboxLine, ...] = ()
    offers: tuple[Offer, ...] = ()
    notices: tuple[Notice, ...] = ()
    settings: tuple[Setting, ...] = ()
    status: tuple[StatusRow, ...] = ()
    replays: tuple[ReplayLine, ...] = ()
    handed_over: str = ""
    unfinished: str = ""
    carrying: bool = False
    languages: tuple[str, ...] = ("en",)
    language: str = "en"
    keys_installed: tuple[str, ...] = ()
    today: date | None = None
    zone: tzinfo = UTC
    clock_line: str = ""
    clock_by_network: bool = False
    boot_id: str = ""
    pedals: tuple[PedalMeaning, ...] | None = None
    """Keys of pedals that were taught; None: no pedal is read here."""
    idle_ms: int = 180_000
    cleaning_ms: int = 180_000


@dataclass(frozen=True, slots=True)
class StaffPage:
    """One screen of the desk; those below it are where red leads back to.

    ``about``: what it is about (an item, a programme, a date …), in the terms of its place. ``digits`` were given,
    ``turning`` is the one that amber turns. ``message`` is a code of what to say besides.
    """

    place: StaffPlace
    about: tuple[str, ...] = ()
    cursor: int | None = None
    fresh: bool = True
    digits: str = field(default="", repr=False)
    turning: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """The last save can be taken back: to ``before`` (None: nobody was bound), from ``after``.

    ``kept`` is what was kept of ``after`` until then (None: the person was new), ``settings`` what held before those
    that came along.
    """

    before: Person | None
    after: Person
    kept: Person | None = None
    settings: tuple[Setting, ...] = ()


@dataclass(frozen=True, slots=True)
class Staff:
    """The desk at one moment. While it is open, what staff change is its own: ``StaffFresh`` data does not replace it.

    ``slot`` is who stands there, ``entered`` whether their PIN was right. ``person`` is as saved, ``draft`` as being
    set up; ``spent`` is a code that was given to a new person. ``prepared``: how a package will be protected, only
    while that is on the screen; ``transfer``: how far it is, while one is on its way. ``brought``: what a stick
    brought, until its screens are left. ``seed`` is the secret from which the digits of PIN entry are drawn.
    """

    data: StaffData
    now_ms: int
    touched_ms: int
    frames: tuple[StaffPage, ...]
    seed: int = field(default=0, repr=False)
    rolls: int = 0
    slots: tuple[Slot, ...] = ()
    slot: str = ""
    entered: bool = False
    attempt: int = 0
    first_pin: str = field(default="", repr=False)
    person: Person | None = None
    draft: Person | None = None
    undo: Undo | None = None
    spent: str = ""
    prepared: Prepared | None = None
    transfer: TransferShown | None = None
    brought: Brought | None = None
    lesson: Lesson | None = None
    """The teaching of a pedal, while it is on the screen."""
    seen: frozenset[str] = frozenset()
    clean_until_ms: int = 0
    left: bool = False

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
    """The desk's data have changed: here are the present ones."""

    data: StaffData


@dataclass(frozen=True, slots=True)
class PinChecked:
    """The PIN of ``CheckPin(attempt)`` was compared."""

    attempt: int
    right: bool


StaffEvent = StaffTick | StaffFresh | Press | Typed | Chord | PinChecked | Prepared | TransferShown | Brought | PedalKey
