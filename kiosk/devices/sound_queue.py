"""What is heard next: pure. Newest wins, nothing overlaps, nothing comes late."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

STALE_MS = 400
"""Words that come later than this after the picture they belong to would be about something else."""


class Kind(StrEnum):
    PROMPT = "prompt"
    TONE = "tone"


@dataclass(frozen=True, slots=True)
class Order:
    """Something to be heard, asked for at ``t_ms``. ``hold``: it has to be heard to its end."""

    kind: Kind
    name: str
    t_ms: int
    hold: bool = False


class Playlist:
    """One thing is heard at a time. At most one tone and one prompt wait, the tone first: it is short.

    A held prompt gives way to silence and to another held prompt only, and is never too late.
    """

    def __init__(self) -> None:
        self.playing: Order | None = None
        self._tone: Order | None = None
        self._prompt: Order | None = None
        self._hushed = False

    def ask(self, order: Order) -> None:
        """Put ``order`` in line, in the place of the one of its kind that was waiting."""
        if order.kind is Kind.TONE:
            self._tone = order
        elif order.hold or self._prompt is None or not self._prompt.hold:
            self._prompt = order

    def hush(self) -> None:
        """Silence: what is heard ends now, what waits is forgotten."""
        self._tone = self._prompt = None
        self._hushed = self.playing is not None

    def must_end(self) -> bool:
        """What is playing has to be faded out now."""
        if self.playing is None:
            return False
        if self._hushed:
            return True
        if self.playing.hold:
            return self._prompt is not None and self._prompt.hold
        if self.playing.kind is Kind.TONE:
            return self._tone is not None
        return self._tone is not None or self._prompt is not None

    def next(self, now_ms: int) -> Order | None:
        """What begins now; it is playing from here on. None while something plays, and when nothing waits."""
        if self.playing is not None:
            return None
        tone, self._tone = self._tone, None
        if tone is not None and now_ms - tone.t_ms <= STALE_MS:
            self.playing = tone
            return tone
        prompt, self._prompt = self._prompt, None
        if prompt is not None and (prompt.hold or now_ms - prompt.t_ms <= STALE_MS):
            self.playing = prompt
        return self.playing

    def finished(self, now_ms: int) -> None:
        """What was playing has ended, of itself or not."""
        # Waiting for its own tone makes no prompt late.
        if self.playing is not None and self.playing.kind is Kind.TONE and self._prompt is not None:
            self._prompt = replace(self._prompt, t_ms=now_ms)
        self.playing, self._hushed = None, False
