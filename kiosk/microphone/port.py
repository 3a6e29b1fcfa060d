"""A microphone, and one without hardware. It is open from ``start`` until it says otherwise, and at no other time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kiosk.clock import Clock
from kiosk.devices.inbox import InboxSource
from kiosk.signals import MicrophoneState, MicrophoneTrouble, Signal, SignalSource

RATE = 48_000
"""Samples a second: every USB microphone and every codec has it."""
FRAME_BYTES = 2
"""One channel of 16 bits, little-endian."""
Heard16 = npt.NDArray[np.int16]
"""(count,), one channel, at ``RATE``."""


class Microphone(SignalSource, Protocol):
    """A microphone, real or simulated; tells by ``MicrophoneState``. Nothing here blocks, and nothing raises."""

    @property
    def is_open(self) -> bool:
        """Whether somebody could be heard now."""

    def start(self, most_ms: int) -> None:
        """Open it and record, for so long at the most. What was recorded before is forgotten."""

    def stop(self) -> None:
        """Close it now; nothing is told. Stopping twice is fine."""

    def take(self) -> bytes:
        """The sound since the last start, as it comes; afterwards it is forgotten here."""

    def close(self) -> None:
        """Close it, and give everything back."""


class SimMicrophone(InboxSource):
    """A microphone in a quiet room: it hears ``speak``, and the noise of the room while nobody speaks.

    ``trouble``: it cannot be opened, and why; set while it is open, it is gone. ``starts`` counts how often it was
    opened.
    """

    OPEN_MS = 120
    """A real one takes some time until it hears."""
    ROOM = 12
    """Noise of the room, the largest sample: some -69 dB."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._words: Heard16 = np.zeros(0, np.int16)
        self._since_ms: int | None = None
        self._most_ms = 0
        self._told = False
        self._recorded = b""
        self.trouble: MicrophoneTrouble | None = None
        self.starts = 0

    @property
    def is_open(self) -> bool:
        return self._since_ms is not None

    def speak(self, words: Heard16) -> None:
        """Somebody says ``words`` in the next recording, from the moment at which it hears."""
        self._words = words

    def start(self, most_ms: int) -> None:
        now_ms = self._clock.now_ms()
        self._recorded, self._told, self.starts = b"", False, self.starts + 1
        if self.trouble is not None:
            self._inbox.put(MicrophoneState(False, self.trouble, now_ms))
            return
        self._since_ms, self._most_ms = now_ms, most_ms

    def stop(self) -> None:
        if self._since_ms is not None:
            self._recorded = self._heard(self._clock.now_ms())
            self._since_ms = None

    def take(self) -> bytes:
        recorded, self._recorded = self._recorded, b""
        return recorded

    def drain(self, now_ms: int) -> Sequence[Signal]:
        self._advance(now_ms)
        return super().drain(now_ms)

    def deadline_ms(self) -> int | None:
        if self._since_ms is None:
            return None
        return self._since_ms + self.OPEN_MS + (self._most_ms if self._told else 0)

    def close(self) -> None:
        self.stop()
        super().close()

    def _advance(self, now_ms: int) -> None:
        if self._since_ms is None:
            return
        if self.trouble is not None:
            self._since_ms = None
            self._inbox.put(MicrophoneState(False, self.trouble, now_ms))
            return
        if not self._told and now_ms >= self._since_ms + self.OPEN_MS:
            self._told = True
            self._inbox.put(MicrophoneState(True, None, now_ms))
        if now_ms >= self._since_ms + self.OPEN_MS + self._most_ms:
            self.stop()
            self._inbox.put(MicrophoneState(False, None, now_ms))

    def _heard(self, now_ms: int) -> bytes:
        """All that it heard until now: the words, as far as they were spoken, in the noise of the room."""
        ms = min(max(0, now_ms - (self._since_ms or 0) - self.OPEN_MS), self._most_ms)
        count = ms * RATE // 1_000
        room = np.random.default_rng(self.starts).integers(-self.ROOM, self.ROOM, count, np.int32, endpoint=True)
        spoken = self._words[:count].astype(np.int32)
        room[: len(spoken)] += spoken
        return bytes(np.clip(room, -32_768, 32_767).astype("<i2").tobytes())
