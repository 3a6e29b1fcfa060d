"""The small values that every source of news turns into: one way in for buttons, keys, pedals, frames and storage.

``t_ms`` is when it happened, in whole milliseconds of a clock that never steps (see ``kiosk.clock``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Signal:
    """One piece of news, whatever it is of."""

    __slots__ = ()


class Button(StrEnum):
    """The three buttons on the plate at the hand, named as a person names them."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Edge(Signal):
    """A contact of ``button`` closed (``down``) or opened, as the hardware told it: nothing is debounced yet.

    ``found``: this is how the contact was found when listening began; nobody has pressed anything.
    """

    button: Button
    down: bool
    t_ms: int
    found: bool = False


@dataclass(frozen=True, slots=True)
class Press(Signal):
    """A person pressed ``button`` once."""

    button: Button
    t_ms: int


@dataclass(frozen=True, slots=True)
class Chord(Signal):
    """Green and amber have been held together long enough to mean it (staff entry, end of cleaning)."""

    t_ms: int


@dataclass(frozen=True, slots=True)
class Typed(Signal):
    """A staff member typed one ``digit`` on a keyboard."""

    digit: int
    t_ms: int


@dataclass(frozen=True, slots=True)
class Stuck(Signal):
    """A ``button`` has been down for so long that it is taken out of use (``stuck``), or it came free again."""

    button: Button
    stuck: bool
    t_ms: int


@dataclass(frozen=True, slots=True)
class PedalState(Signal):
    """A pedal or keyboard that pressed a button is unplugged (``there`` False), or is back; ``name`` is its own."""

    name: str
    there: bool
    t_ms: int


@dataclass(frozen=True, slots=True)
class PedalKey(Signal):
    """A key that is no built-in one went down; ``device`` and ``key`` by their own names, a held one only once."""

    device: str
    key: str
    button: Button | None
    """The button that it was taught to mean; None: none."""
    t_ms: int


@dataclass(frozen=True, slots=True)
class PedalMeaning:
    """A ``key`` of the pedal ``device``, both by their own names, that was taught to be ``button``."""

    device: str
    key: str
    button: Button


@dataclass(frozen=True, slots=True)
class FrameReady(Signal):
    """The camera has a newer frame; it is fetched, not carried."""

    t_ms: int


@dataclass(frozen=True, slots=True)
class CameraState(Signal):
    """The camera began (``ok``) or ceased to deliver; ``cause`` is a sentence for staff."""

    ok: bool
    cause: str
    t_ms: int


@dataclass(frozen=True, slots=True)
class FaceState(Signal):
    """A face is, or is no longer, in the picture (``present``)."""

    present: bool
    t_ms: int


@dataclass(frozen=True, slots=True)
class SightState(Signal):
    """Pictures are looked at (``ok``), or they are not and ``cause`` is a sentence for staff."""

    ok: bool
    cause: str
    t_ms: int


@dataclass(frozen=True, slots=True)
class Filmed(Signal):
    """A film is whole, or will never be; it is fetched, not carried."""

    t_ms: int


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPicture:
    """A clinic's own picture, or film of several, as it came out of the child that decoded it; equal to itself alone.

    ``pixels``: ``count`` pictures one after the other, each of ``width`` × ``height`` px (both even), I420: a byte of
    brightness for each pixel, row by row, then two planes of colour at half the width and height (ITU-R BT.601). Turned
    over as in a mirror. ``frame_ms``: the time from one picture of a film to the next; after the last comes the first.
    """

    pixels: memoryview
    width: int
    height: int
    count: int
    frame_ms: int


@dataclass(frozen=True, slots=True)
class PictureState(Signal):
    """A clinic's own picture was decoded, or another one is wanted; which ones there are is fetched, not carried.

    ``ok`` False: pictures cannot be decoded at all just now, and ``cause`` is a sentence for staff.
    """

    ok: bool
    cause: str
    t_ms: int


@dataclass(frozen=True, slots=True)
class Spoken(Signal):
    """The spoken ``prompt`` of this id came to its end."""

    prompt: str
    t_ms: int


class MicrophoneTrouble(StrEnum):
    """The reason for which nothing can be recorded."""

    ABSENT = "absent"
    """There is none."""
    BUSY = "busy"
    """Another program has it."""
    GONE = "gone"
    """It ended in the middle: it was unplugged."""
    REFUSED = "refused"
    """It may not be used, or it cannot record as it is asked to."""
    STUCK = "stuck"
    """It is open and nothing comes from it."""
    NO_PROGRAM = "no-program"
    """The system's program that records is missing."""


@dataclass(frozen=True, slots=True)
class MicrophoneState(Signal):
    """The microphone hears (``hears``), or it has closed by itself: its time was over, or ``trouble`` says why.

    What it heard is fetched, not carried.
    """

    hears: bool
    trouble: MicrophoneTrouble | None
    t_ms: int


@dataclass(frozen=True, slots=True)
class TakeMoved(Signal):
    """A recording was judged or kept; what came of it is fetched, not carried."""

    t_ms: int


@dataclass(frozen=True, slots=True)
class Stored(Signal):
    """Everything handed over under this ``token``, and before it, survives a power cut now."""

    token: int


@dataclass(frozen=True, slots=True)
class StoreState(Signal):
    """The store works, or it does not and ``problem`` says why (a word of ``records.store.Problem``)."""

    problem: str


@dataclass(frozen=True, slots=True)
class Inspected(Signal):
    """The record was looked through, so far that rules may go by it, or to its end; ``whole`` False: it is damaged."""

    whole: bool


class StickStatus(StrEnum):
    """Condition of a stick: the reason why it cannot be used just now, or how the way to it or from it ended."""

    NONE = "none"
    """No stick is plugged in."""
    SEVERAL = "several"
    PARTITIONS = "partitions"
    """It is divided into several parts."""
    BLANK = "blank"
    """It has no file system, or one that is destroyed."""
    LINUX = "linux"
    """ext2, ext3 or ext4."""
    NTFS = "ntfs"
    OTHER = "other"
    """Another file system, or an encrypted one."""
    READ_ONLY = "read_only"
    DAMAGED = "damaged"
    """Its file system cannot be mounted, or it fails while it is read or written."""
    STUCK = "stuck"
    """It does not answer in time, or does not let go."""
    NOT_ALLOWED = "not_allowed"
    """The system does not let the kiosk use sticks."""
    NO_SERVICE = "no_service"
    """The system's service for sticks does not run."""
    DONE = "done"
    """On the stick, read back twice, and the stick is off; or read from it."""
    STILL_ON = "still_on"
    """The same, but the stick could not be switched off. It is unmounted."""
    CANCELLED = "cancelled"
    PULLED = "pulled"
    FULL = "full"
    TOO_SMALL = "too_small"
    UNSOUND = "unsound"
    """It gives back other bytes than it was given: damaged, or smaller than it says."""
    RECORD = "record"
    """The kiosk's own record cannot be read."""
    FAILED = "failed"
    NO_FILE = "no_file"
    """Of the way from a stick: what shall be brought is not on it, is no plain file, or is too large."""
    NOT_A_FILE = "not_a_file"
    TOO_LARGE = "too_large"

    @property
    def whole(self) -> bool:
        """Whether there is a package on the stick that was proved."""
        return self in (StickStatus.DONE, StickStatus.STILL_ON)


class StickPhase(StrEnum):
    """Section of the way of a package, or of a file that is brought."""

    WAITING = "waiting"
    """For a stick that can be used."""
    CHECKING = "checking"
    WRITING = "writing"
    PROVING = "proving"
    LEAVING = "leaving"
    """The stick is switched off."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class StickState(Signal):
    """A stick can be used (``trouble`` None), or why none can. ``size_bytes`` of the one stick that is there, or 0."""

    trouble: StickStatus | None
    size_bytes: int
    t_ms: int


@dataclass(frozen=True, slots=True)
class TransferMoved(Signal):
    """An export to the stick has come further; how far is fetched, not carried."""

    t_ms: int


@dataclass(frozen=True, slots=True)
class Done(Signal):
    """Slow work that was given away under ``token`` is done, with this ``answer``."""

    token: int
    answer: bool


@dataclass(frozen=True, slots=True)
class Closed(Signal):
    """The window was closed, or the service asks the kiosk to end."""


class SignalSource(Protocol):
    """Something the one wait listens to."""

    def fileno(self) -> int:
        """A descriptor that is readable while there is news."""

    def drain(self, now_ms: int) -> Sequence[Signal]:
        """All news so far; never blocks. Also called when ``deadline_ms`` has passed."""

    def deadline_ms(self) -> int | None:
        """Return the moment at which ``drain`` wants to be called even without news, or None."""
