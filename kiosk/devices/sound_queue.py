"""The queue of sounds: pure. Newest wins, nothing overlaps; what may be dropped comes in time or not at all."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum

CUE_LATE_MS = 80
"""A cue that begins later than this after its moment is dropped: it would be heard as belonging to what follows."""
TONE_LATE_MS = 400
"""A tone marks where something begins or ends; later than this it would mark something else."""


START, END = "start", "end"
"""Tones by whose names it is told which of two that come at once is heard."""


class SoundKind(StrEnum):
    PROMPT = "prompt"
    TONE = "tone"


@dataclass(frozen=True, slots=True)
class SoundOrder:
    """Something to be heard: a prompt or a tone (``kind``) by its ``name``. Tones are always droppable."""

    kind: SoundKind
    name: str
    t_ms: int
    """The moment at which it was asked for."""
    hold: bool = False
    """It is heard to its end; those that are held come one after the other."""
    droppable: bool = False
    """A cue or a count: late it is not said at all, and it takes nobody's place."""


class Playlist:
    """The order of play. One tone, the newest prompt that is not held, and every held prompt may wait.

    A tone goes first: it is short. The newest is heard, but no start in the place of an end of the same moment: a step
    without a lead-in begins when another one ends, and its words say so. Held prompts follow, oldest first; only
    silence, or the same prompt asked for again, ends one. Then comes the newest other prompt: it takes the place of one
    that plays or waits, and is said late rather than not at all, unless it is droppable.
    """

    def __init__(self) -> None:
        self.playing: SoundOrder | None = None
        self._since_ms = 0
        self._tone: SoundOrder | None = None
        self._held: deque[SoundOrder] = deque()
        self._prompt: SoundOrder | None = None
        self._excused = False
        self._ended = False

    def ask(self, order: SoundOrder) -> None:
        """Put ``order`` in line."""
        if order.kind is SoundKind.TONE:
            if not self._ends_just_now(order):
                self._tone = order
        elif order.hold:
            self._prompt = None
            self._held = deque(held for held in self._held if held.name != order.name)
            self._held.append(order)
            self._ended |= self.playing is not None and self.playing.name == order.name
        elif not order.droppable or self._prompt is None or self._prompt.droppable:
            self._prompt, self._excused = order, False

    def excuse(self, ms: int) -> None:
        """The device was not open, and that took so long: it makes no tone late. A cue would still be."""
        if self._tone is not None:
            self._tone = replace(self._tone, t_ms=self._tone.t_ms + ms)

    @property
    def waits(self) -> bool:
        """Whether anything is to be said."""
        return self._tone is not None or self._prompt is not None or bool(self._held)

    def _ends_just_now(self, begins: SoundOrder) -> bool:
        """Whether ``begins`` is a start, and the end of the same moment waits or is heard."""
        ends = next((one for one in (self._tone, self.playing) if one is not None and one.kind is SoundKind.TONE), None)
        if ends is None or (begins.name, ends.name) != (START, END):
            return False
        return begins.t_ms - ends.t_ms <= TONE_LATE_MS

    def hush(self) -> None:
        """Silence: what is heard ends now, what waits is forgotten."""
        self._tone = self._prompt = None
        self._held.clear()
        self._ended = self.playing is not None

    def must_end(self) -> bool:
        """Tell whether what is playing has to be faded out now."""
        playing = self.playing
        if playing is None or self._ended or playing.hold:
            return playing is not None and self._ended
        if playing.kind is SoundKind.TONE:
            return self._tone is not None
        newer = self._prompt is not None and (playing.droppable or not self._prompt.droppable)
        return newer or self._tone is not None or bool(self._held)

    def next(self, now_ms: int) -> SoundOrder | None:
        """Begin the next sound; it is playing from here on. None while something plays, and when nothing waits."""
        if self.playing is not None:
            return None
        tone, self._tone = self._tone, None
        if tone is not None and not _late(tone, now_ms):
            self.playing = tone
        elif self._held:
            self.playing = self._held.popleft()
        else:
            prompt, self._prompt = self._prompt, None
            if prompt is not None and not _late(prompt, now_ms):
                self.playing = prompt
        self._since_ms = now_ms
        return self.playing

    def too_late(self, now_ms: int) -> bool:
        """Tell whether what was begun is not to be heard any more: it has not sounded yet."""
        return self.playing is not None and _late(self.playing, now_ms)

    def finished(self, now_ms: int) -> None:
        """Note that what was playing has ended, of itself or not."""
        if self.playing is not None and self.playing.kind is SoundKind.TONE and self._prompt is not None:
            # Waiting for its own tone makes no cue late; waiting for one after the other does.
            waited_ms = 0 if self._excused else now_ms - self._since_ms
            self._prompt, self._excused = replace(self._prompt, t_ms=self._prompt.t_ms + waited_ms), True
        self.playing, self._ended = None, False


def _late(order: SoundOrder, now_ms: int) -> bool:
    """Whether ``order`` would be heard as belonging to what follows."""
    if order.kind is SoundKind.TONE:
        return now_ms - order.t_ms > TONE_LATE_MS
    return order.droppable and now_ms - order.t_ms > CUE_LATE_MS
