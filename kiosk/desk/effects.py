"""The effects of the staff desk: all that it asks of the world. Words are codes; presenters have sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk.booth.model import BoothEffect
from kiosk.care.person import Person, Role
from kiosk.care.scales import Scale, Score
from kiosk.desk.shown import Begun
from kiosk.settings import Value
from kiosk.signals import PedalMeaning

# ``by`` is the staff slot that did it.


class StaffEffect:
    """An effect of the staff desk."""

    __slots__ = ()


class StickEffect(StaffEffect):
    """A wish of the desk that concerns the stick."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class CheckPin(StaffEffect):
    """Compare ``pin`` with the hash of ``slot``, away from the screen's thread; answer with ``PinChecked(attempt)``."""

    slot: str
    pin: str = field(repr=False)
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class SaveTries(StaffEffect):
    """Wrong ``tries`` of ``slot`` so far, and the lock.

    The lock is ``lock_ms`` long from ``from_ms`` of the present boot; 0: no lock. It is handed over *before* the PIN is
    compared, so that pulling the plug gives no free try.
    """

    slot: str
    tries: int
    lock_ms: int = 0
    from_ms: int = 0


@dataclass(frozen=True, slots=True)
class SaveStaff(StaffEffect):
    """Create or change the staff ``slot``, its ``role`` and its ``label``, as the slot ``by`` did.

    ``pin`` is to be kept as salt and hash only.
    """

    slot: str
    role: Role
    label: str
    pin: str = field(repr=False)
    by: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawPin(StaffEffect):
    """The staff ``slot`` with this ``role`` and ``label`` opens nothing any more, as the slot ``by`` said.

    What it has signed keeps its name.
    """

    slot: str
    role: Role
    label: str
    by: str


@dataclass(frozen=True, slots=True)
class Change:
    """One ``item`` that was changed for a person, its new ``value``, and the ``reason`` where one is asked for."""

    item: str
    value: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SavePerson(StaffEffect):
    """Keep ``person``; ``before`` is what was kept until now (None: a new person).

    ``changes`` are the differences of the two. ``by``: the staff slot. ``undo``: a save is taken back.
    """

    person: Person
    before: Person | None
    changes: tuple[Change, ...]
    by: str
    undo: bool = False


@dataclass(frozen=True, slots=True)
class KeepBegun(StaffEffect):
    """Keep the plan that was ``begun`` over a power cut; None: there is none any more."""

    begun: Begun | None


@dataclass(frozen=True, slots=True)
class ConfirmPlan(StaffEffect):
    """A therapist (``by``) has looked at the whole plan of the person ``code``: nothing lost puts it in doubt now."""

    code: str
    by: str


@dataclass(frozen=True, slots=True)
class Bind(StaffEffect):
    """From now on this is the kiosk of ``code``; empty: of nobody (a new person was taken back). ``by``: who did it."""

    code: str
    by: str


@dataclass(frozen=True, slots=True)
class Discharge(StaffEffect):
    """The person ``code`` goes, as the slot ``by`` did: nothing of theirs is on the screen. The records stay."""

    code: str
    by: str


@dataclass(frozen=True, slots=True)
class Acknowledge(StaffEffect):
    """``slot`` has seen the lines of the inbox whose keys are ``keys``."""

    slot: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerQuestion(StaffEffect):
    """The slot ``by`` answered the question of the person ``code`` about ``topic``; ``day``: today, None: unknown."""

    code: str
    topic: str
    by: str
    day: date | None


@dataclass(frozen=True, slots=True)
class SaveScore(StaffEffect):
    """Keep a ``score`` of the person ``code`` on ``scale``, as ``by`` entered it; ``withdrawn``: take it back."""

    code: str
    score: Score
    scale: Scale
    by: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class GrantScale(StaffEffect):
    """The slot ``by`` says that the clinic may use ``scale``; ``day``: today, None: unknown."""

    scale: str
    by: str
    day: date | None


@dataclass(frozen=True, slots=True)
class BeginSet(StaffEffect):
    """Begin the standard set ``programme`` (its id) with the person ``code``; the slot ``by`` leads it and stays."""

    code: str
    programme: str
    by: str


@dataclass(frozen=True, slots=True)
class ChangeSetting(StaffEffect):
    """The setting ``key`` (``section.name``) gets a new ``value`` from the slot ``by``.

    ``whose``: the person whom it suits, for whom an empty value is that of the place; empty: it is of the place.
    """

    key: str
    value: Value
    by: str
    whose: str = ""


@dataclass(frozen=True, slots=True)
class SetClock(StaffEffect):
    """Staff (``by``) read the time ``utc`` off their watch: it becomes an anchor."""

    utc: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Clean(StaffEffect):
    """Cleaning mode begins (``on``) or ends. ``why``: asked for or after a discharge; buttons held or time over."""

    on: bool
    why: str


@dataclass(frozen=True, slots=True)
class Prepare(StickEffect):
    """Get ready to hand over: everybody's rows, or those of ``code``; ``since_last``: only what is new.

    It is answered with ``Prepared(attempt)``; ``attempt`` counts.
    """

    attempt: int
    code: str = ""
    since_last: bool = False


@dataclass(frozen=True, slots=True)
class Carry(StickEffect):
    """Take what was prepared to the stick, as the slot ``by`` asked; how far it is comes as ``TransferShown``."""

    by: str


@dataclass(frozen=True, slots=True)
class StopCarrying(StickEffect):
    """The package shall not go to the stick after all; nothing that is half there may stay."""


@dataclass(frozen=True, slots=True)
class ForgetPrepared(StickEffect):
    """Forget what was prepared: a passphrase goes now."""


@dataclass(frozen=True, slots=True)
class LookForImport(StickEffect):
    """Wait for a stick and look for the one file that the kiosk reads there; what it finds comes as ``Brought``."""


@dataclass(frozen=True, slots=True)
class StopLooking(StickEffect):
    """Nobody waits for the file any more."""


@dataclass(frozen=True, slots=True)
class TakeIn(StickEffect):
    """Accept one ``part`` that is shown: ``keys``, ``plan`` or ``programmes``. ``by``: the slot that did.

    Stored parts come back in ``Brought``.
    """

    part: str
    by: str


@dataclass(frozen=True, slots=True)
class ForgetImport(StickEffect):
    """Forget what was read from the file."""


@dataclass(frozen=True, slots=True)
class LookForUpdate(StickEffect):
    """Wait for a stick and look for a new version there; what it finds comes as ``UpdateShown``."""


@dataclass(frozen=True, slots=True)
class AcceptUpdate(StickEffect):
    """Have the new version that is shown put in place of this one. ``by``: the slot that did."""

    by: str


@dataclass(frozen=True, slots=True)
class ForgetUpdate(StickEffect):
    """Nobody wants the new version that was read."""


@dataclass(frozen=True, slots=True)
class ErasePerson(StaffEffect):
    """Delete everything that tells of the person ``code``: rows, films, line drawings. ``by``: who asked for it."""

    code: str
    by: str


@dataclass(frozen=True, slots=True)
class WatchLids(StaffEffect):
    """From now on camera and looker run, for the lids of whoever sits there; not ``on``: they are let go."""

    on: bool


@dataclass(frozen=True, slots=True)
class ReadLids(StaffEffect):
    """Tell how far the lids stand apart now; it is answered with ``LidsSeen``."""


@dataclass(frozen=True, slots=True)
class AskStudio(StaffEffect):
    """Do the ``wish`` of the recording booth. ``by``: the slot of whoever speaks."""

    wish: BoothEffect
    by: str


@dataclass(frozen=True, slots=True)
class UsePedals(StaffEffect):
    """From now on the keys of pedals in ``meanings`` are buttons, beside the built-in ones; nothing is kept."""

    meanings: tuple[PedalMeaning, ...]


@dataclass(frozen=True, slots=True)
class KeepPedals(StaffEffect):
    """The keys of pedals in ``meanings`` are buttons, now and after the next start. ``by``: who taught them."""

    meanings: tuple[PedalMeaning, ...]
    by: str


@dataclass(frozen=True, slots=True)
class Logged(StaffEffect):
    """A line of the event log about what has no effect of its own.

    ``code`` and ``detail`` are words of a vocabulary, never free text. Every other effect writes its own line where it
    is carried out, so that no act is told twice.
    """

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GoThroughFirstStart(StaffEffect):
    """Go on with the first start for the therapist ``slot``, with what is left of it; ``again``: with all of it."""

    slot: str
    again: bool


@dataclass(frozen=True, slots=True)
class LeaveStaff(StaffEffect):
    """Staff work is over: home."""
