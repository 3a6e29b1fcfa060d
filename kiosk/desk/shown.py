"""Everything that the desk is shown: plain values from the record, from sticks, and from those who look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo

from kiosk.booth.model import Booth
from kiosk.care.library import Library
from kiosk.care.model import Side
from kiosk.care.own import NO_OWN_THINGS, OwnThings
from kiosk.care.person import Person, Role
from kiosk.care.reasons import Notice
from kiosk.care.rules import Verdict
from kiosk.care.scales import Score
from kiosk.care.standard import NotAsked, SetItem
from kiosk.care.today import Today
from kiosk.desk.pin import NO_TRIES, Tries
from kiosk.home.model import Offer
from kiosk.settings import Value
from kiosk.signals import PedalMeaning, StickPhase


@dataclass(frozen=True, slots=True)
class Slot:
    """One staff ``slot``, as it may be shown: its ``role``, its ``label``, and its wrong ``tries``.

    ``last``: the day on which it came in last, as it is to be read (empty: never). ``away``: that is long ago.
    ``gone``: its PIN was withdrawn; what it has signed keeps its name.
    """

    slot: str
    role: Role
    label: str
    tries: Tries = NO_TRIES
    last: str = ""
    away: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act in the log: its ``code`` and ``detail``, of which ``person``, and ``when`` as it is to be read."""

    code: str
    detail: str = ""
    person: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One line of the inbox; its words are codes."""

    key: str
    """Its name, by which it is acknowledged."""
    code: str
    """The word for what it is about."""
    detail: str = ""
    """Another word that belongs to it; empty: none."""
    person: str = ""
    """The code of the person it is about; empty: of nobody."""
    when: str = ""
    """Its date, as it is to be read."""
    title: str = ""
    """The title of the programme that ``detail`` names, if it names one."""
    seen_by: tuple[str, ...] = ()
    """Slots that acknowledged it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting, by its ``key`` (``section.name``), and its ``value``."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class StatusRow:
    """The condition of one part of the kiosk: its ``label``, the ``value`` that was found, and the ``state``.

    ``state`` is ``ok``, ``warning``, ``fault`` or empty.
    """

    label: str
    value: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class ReplayLine:
    """One repetition of the person that has a line drawing: its ``title``, and ``when`` as it is to be read.

    ``repetition`` counts from 1 and ``key`` names it to whoever has it.
    """

    key: str
    title: str
    when: str = ""
    repetition: int = 1


@dataclass(frozen=True, slots=True)
class TransferShown:
    """Progress of a package on its way to the stick, as it is told from outside."""

    phase: StickPhase = StickPhase.WAITING
    """The section of its way."""
    percent: int = 0
    """The part of it that is done, 0 to 100."""
    left_s: int | None = None
    """The seconds that it takes yet; None: unknown."""
    text: str = ""
    """The matter and the next step, in the site's words."""
    stopping: bool = False
    """Whether it was told to stop."""
    whole: bool = False
    """Whether it is on the stick and was proved; only then does ``text`` say that it can be taken out."""
    number: int = 0
    """The number of the package; 0: there is none."""
    lacks: str = ""
    """A sentence about what is not in it although it should be, and what to do."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Protection of the package of ``Prepare(attempt)``: ``way`` is passphrase, recipients or none.

    ``passphrase``: the words that open it. ``keys``: fingerprints of those who can open it. ``problem``: why there can
    be no package now, in words for staff.
    """

    attempt: int
    way: str
    passphrase: str = field(default="", repr=False)
    keys: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class BroughtProgramme:
    """A programme that was brought, as it would be here: its ``title`` and ``version``.

    Or a scale that was, with its ``licence``. Or a picture or film that was: the ``title`` of its exercise, its
    ``file``, and the ``side`` that it shows.
    ``state`` beside the one of its id that is here: ``new`` (there is none), ``same``, ``changed`` (the clinic's own
    one) or ``replaces`` (one that ships with the kiosk). ``reviewed_by`` empty: no therapist of the site has yet.
    """

    title: str
    version: int
    state: str
    reviewed_by: str = ""
    file: str = ""
    side: Side | None = None
    licence: str = ""


@dataclass(frozen=True, slots=True)
class BroughtVoice:
    """The recordings of one ``language`` that were brought: how many are ``new``, ``changed``, and the ``same``.

    ``by``: the names of those who speak.
    """

    language: str
    new: int
    changed: int
    same: int
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brought:
    """Progress of the search for ``FK-IMPORT.zip``, and what was in it."""

    phase: str
    """``waiting`` (for a stick that can be used), ``reading``, ``read`` or ``ended``."""
    text: str = ""
    """While waiting: what is the matter and what to do. Ended: why there is nothing, and what to do next. Read: why the
    last part that was accepted could not be stored."""
    keys: tuple[str, ...] = ()
    """Fingerprints of keys that were read."""
    person: Person | None = None
    """A plan that was read and checked, without consents to recording; None: there was none."""
    settings: tuple[Setting, ...] = ()
    """Those of the bedside that suit this person and come along with the plan."""
    programmes: tuple[BroughtProgramme, ...] = ()
    """Programmes that were read."""
    refused: tuple[str, ...] = ()
    """A sentence for each thing that was left out, and why."""
    taken: tuple[str, ...] = ()
    """Parts that are stored by now."""
    stick: str = ""
    """Whether the stick may be taken out, in words."""
    own: OwnThings = NO_OWN_THINGS
    """The person's own choices that come along with the plan."""
    voices: tuple[BroughtVoice, ...] = ()
    """Recordings of the clinic's own voice that were read."""


@dataclass(frozen=True, slots=True)
class UpdateShown:
    """Progress of a new version from the stick to the kiosk."""

    phase: str
    """``waiting`` (for a stick), ``reading``, ``read``, ``asked`` (it is being put in place) or ``ended``."""
    text: str = ""
    """While waiting: what is the matter. Ended: why there is no new version, and what to do next."""
    version: str = ""
    """The version that was read."""
    changes: tuple[str, ...] = ()
    """Sentences on what is new, as its maker wrote them."""
    minutes: int = 0
    """Minutes for which the kiosk cannot be used meanwhile, at most."""
    stick: str = ""
    """Whether the stick may be taken out, in words."""


@dataclass(frozen=True, slots=True)
class LidsSeen:
    """The distance between the lids, as it was just read."""

    left_mm: float | None = None
    """Of the left side; None: it could not be made out."""
    right_mm: float | None = None
    """Of the right side; None: it could not be made out."""
    why: str = ""
    """The reason why nothing was read, a word of those who look; empty: something was."""


@dataclass(frozen=True, slots=True)
class BoothOpened:
    """The ``booth`` in which the clinic's own voice is recorded; None: the kiosk says nothing in that language."""

    booth: Booth | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A plan that was begun and not saved, as it is kept over a power cut."""

    person: Person
    """The plan as far as it was set."""
    base: Person | None
    """The plan that was kept of the person when it was begun; None: somebody new."""
    by: str
    """The staff slot that began it."""
    item: str = ""
    """The item that was asked last; empty: none, the summary."""
    sequence: str = ""
    """The sequence that the item belongs to."""


@dataclass(frozen=True, slots=True)
class SetOffer:
    """The standard set as it stands for the person now."""

    programme: str = ""
    """Its id, or that of its form at rest."""
    verdict: Verdict = field(default_factory=lambda: Verdict(False))
    """Whether it may begin now, and why not."""
    left_out: tuple[tuple[SetItem, NotAsked], ...] = ()
    """The items that it would not ask, and why."""
    at_rest: bool = False
    """Whether it is closed and could be led at rest alone."""
    minutes: int = 0
    """About so many minutes with its questions; 0: it is closed."""
    draws: bool = False
    """Whether the person agrees that lines of their face are kept."""
    last: str = ""
    """The moment of the last one, as it is to be read; empty: there was none lately."""


@dataclass(frozen=True, slots=True)
class StaffData:
    """Everything the desk shows, by value."""

    slots: tuple[Slot, ...] = ()
    """The staff slots."""
    staff_lost: bool = False
    """There were PINs, and the record of them is lost: nobody may make the first one here."""
    person: Person | None = None
    """The person whom the kiosk is bound to; None: nobody."""
    former: tuple[Person, ...] = ()
    """Others whose plan it keeps."""
    begun: Begun | None = None
    """A plan that was begun and not saved; None: there is none."""
    doubted: tuple[str, ...] = ()
    """The codes of those whose plan a therapist has to confirm, because something was lost."""
    new_code: str = ""
    """A code that nobody has."""
    inbox: tuple[InboxLine, ...] = ()
    """The lines of the inbox."""
    audit: tuple[AuditLine, ...] = ()
    """The last acts at the desk and by the kiosk for it, newest first."""
    offers: tuple[Offer, ...] = ()
    """Every programme as it stands for the person now."""
    library: Library = field(default_factory=Library)
    """All programmes and exercises."""
    day: Today | None = None
    """The day as the rules know it."""
    notices: tuple[Notice, ...] = ()
    """Things about this person that staff should look at."""
    settings: tuple[Setting, ...] = ()
    """The settings that staff may change, and their values at this place."""
    suits: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    """The values that staff have set for a person instead, by code and key."""
    status: tuple[StatusRow, ...] = ()
    """The condition of the kiosk, part by part."""
    scores: tuple[Score, ...] = ()
    """The person's scores that hold, newest first."""
    standard: SetOffer | None = None
    """The standard set for the person; None: there is nobody, or no set."""
    permitted: frozenset[str] = frozenset()
    """Scales of which somebody has said that the clinic has the permission it needs."""
    replays: tuple[ReplayLine, ...] = ()
    """The person's last line drawings, newest first."""
    handed_over: str = ""
    """The day on which everything was last handed over whole, as it is to be read ("date not known" where nobody
    knows; empty: never)."""
    unfinished: str = ""
    """The code of a person whose session has begun and not ended; empty: of nobody."""
    carrying: bool = False
    """Whether a package or a file is on its way to or from a stick, also when nobody waits for it any more."""
    languages: tuple[str, ...] = ("en",)
    """The languages that the kiosk speaks."""
    language: str = "en"
    """The language of the site."""
    keys_installed: tuple[str, ...] = ()
    """Fingerprints of the clinic's keys, if there are as many as a package needs."""
    today: date | None = None
    """The day; None: it is not known."""
    zone: tzinfo = UTC
    """The kiosk's own time zone."""
    clock_line: str = ""
    """The day and time, or that they are not set."""
    clock_by_network: bool = False
    """Whether nobody has to set the clock, and what anybody set would not hold."""
    boot_id: str = ""
    """The present boot, for the locks of PINs."""
    sees: bool = False
    """Whether there is a camera, and somebody who looks at its pictures."""
    records_voice: bool = False
    """Whether the clinic's own voice can be recorded here: in safe mode it is not used."""
    pedals: tuple[PedalMeaning, ...] | None = None
    """Keys of pedals that were taught; None: no pedal is read here."""
    version: str = ""
    """The version that runs here; empty where none can be put in its place from a stick."""
    first_left: int = 0
    """Number of pages of the first start that are left; 0 also where it was never begun."""
    idle_ms: int = 180_000
    """Time without a press after which the desk leads home."""
    cleaning_ms: int = 180_000
    """Time for which cleaning mode lasts."""
