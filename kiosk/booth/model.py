"""The recording of a clinic's own voice as plain values: where it stands, what can happen to it, what it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.signals import MicrophoneTrouble


class BoothPhase(StrEnum):
    """The stages of recording the sentence that is shown."""

    READY = "ready"
    """It stands there; nothing is open."""
    OPENING = "opening"
    """The microphone is being opened: from here on it may hear something."""
    RECORDING = "recording"
    JUDGING = "judging"
    """The microphone is closed, and what it heard is looked at."""
    REFUSED = "refused"
    """It cannot be played; the flaws say why."""
    HEARING = "hearing"
    """It is played."""
    DECIDING = "deciding"
    """It was heard: keep it, hear it again, or take it again."""
    KEEPING = "keeping"


LISTENING = frozenset((BoothPhase.OPENING, BoothPhase.RECORDING))
"""The only phases in which the microphone may be open; the screen says "Recording" in both."""


class BoothAnswer(StrEnum):
    """The answers of staff."""

    RECORD = "record"
    ENOUGH = "enough"
    """The sentence was spoken to its end."""
    NEXT = "next"
    KEEP = "keep"
    LISTEN = "listen"
    AGAIN = "again"


class FlawKind(StrEnum):
    """A reason for which a recording cannot be played."""

    SILENT = "silent"
    CLIPPED = "clipped"
    QUIET = "quiet"
    LOUD = "loud"
    UNEVEN = "uneven"
    LONG = "long"
    FAST = "fast"


@dataclass(frozen=True, slots=True)
class VoiceFlaw:
    """A reason against a recording, its ``kind``: what was measured (``value``), and the ``bound`` that it passes.

    LUFS of a quiet or loud one, dB below the others of an uneven one, seconds of a long one, words a minute of a fast
    one.
    """

    kind: FlawKind
    value: float = 0.0
    bound: float = 0.0


class BoothTrouble(StrEnum):
    """Something besides the recording that did not work."""

    NOT_JUDGED = "not-judged"
    """The program that looks at it broke."""
    NOT_PLAYED = "not-played"
    """It could not be heard here."""
    NOT_KEPT = "not-kept"
    """It could not be written; nothing was changed."""


@dataclass(frozen=True, slots=True)
class BoothSentence:
    """One sentence to record: its ``prompt``, its ``text``, and ``limit_ms``, the longest that it may last."""

    prompt: str
    text: str
    limit_ms: int


@dataclass(frozen=True, slots=True)
class Booth:
    """The recording as it stands. Times are ms of boot time."""

    language: str
    """The language that is recorded."""
    sentences: tuple[BoothSentence, ...]
    """Everything that there is to say in it, in its order; one at least."""
    done: frozenset[str]
    """Prompts that have a recording which can be played."""
    at: int = 0
    """Index of the sentence that is shown."""
    anew: bool = False
    """Whether sentences that have a recording are recorded again; else they are passed over."""
    phase: BoothPhase = BoothPhase.READY
    """Its stage."""
    since_ms: int = 0
    """The moment at which the phase began."""
    take: int = 0
    """Number of recordings that were begun; what is said of an earlier one is not heard."""
    take_ms: int = 0
    """Length of the recording that is judged and stands for a decision."""
    flaws: tuple[VoiceFlaw, ...] = ()
    """The reasons why the last one was refused."""
    trouble: MicrophoneTrouble | BoothTrouble | None = None
    """Another thing that did not work; None: nothing."""
    kept: int = 0
    """Number of recordings that were kept since the booth was opened."""

    @property
    def sentence(self) -> BoothSentence:
        """The sentence that is shown."""
        return self.sentences[self.at]

    @property
    def recorded(self) -> int:
        """Number of the sentences that have a recording."""
        return sum(sentence.prompt in self.done for sentence in self.sentences)

    @property
    def listening(self) -> bool:
        """Whether the microphone may be open."""
        return self.phase in LISTENING


class BoothEvent:
    """Something that happens to the booth."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class MicrophoneTold(BoothEvent):
    """The microphone hears (``hears``), or it has closed; ``trouble`` None: its time was over."""

    hears: bool
    trouble: MicrophoneTrouble | None = None


@dataclass(frozen=True, slots=True)
class TakeJudged(BoothEvent):
    """The recording number ``take`` was looked at: it would last ``ms``, and ``flaws`` speak against it.

    0 ms and no flaw: it could not be looked at.
    """

    take: int
    ms: int
    flaws: tuple[VoiceFlaw, ...] = ()


@dataclass(frozen=True, slots=True)
class TakePlayed(BoothEvent):
    """The recording was heard to its end."""


@dataclass(frozen=True, slots=True)
class TakeKept(BoothEvent):
    """The recording number ``take`` is in its place; not ``ok``: it could not be written."""

    take: int
    ok: bool


@dataclass(frozen=True, slots=True)
class BoothTick(BoothEvent):
    """Time has passed."""


class BoothEffect:
    """Something that the booth asks of the world."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class FetchSentences(BoothEffect):
    """Tell what there is to record in ``language``; ``anew``: from the first sentence on."""

    language: str
    anew: bool


@dataclass(frozen=True, slots=True)
class OpenMicrophone(BoothEffect):
    """Record, for ``most_ms`` at the most; it is told by ``MicrophoneTold``."""

    most_ms: int


@dataclass(frozen=True, slots=True)
class CloseMicrophone(BoothEffect):
    """Close it now."""


@dataclass(frozen=True, slots=True)
class JudgeTake(BoothEffect):
    """Trim, level and judge what was recorded of ``sentence`` in ``language``; the answer is ``TakeJudged(take)``."""

    take: int
    language: str
    sentence: BoothSentence


@dataclass(frozen=True, slots=True)
class PlayTake(BoothEffect):
    """Let what was judged be heard, as it would be kept."""


@dataclass(frozen=True, slots=True)
class KeepTake(BoothEffect):
    """Put it into its place; it is answered with ``TakeKept(take)``."""

    take: int


@dataclass(frozen=True, slots=True)
class ForgetTake(BoothEffect):
    """Silence, and nothing of what was recorded is left in memory."""
