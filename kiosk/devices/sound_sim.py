"""A voice without a loudspeaker: it knows what would have been heard, and when, by the injected clock."""

from __future__ import annotations

import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from kiosk.clock import Clock
from kiosk.devices.inbox import InboxSource
from kiosk.devices.sound import FADE_MS, RECORDING
from kiosk.devices.sound_queue import Playlist, SoundKind, SoundOrder
from kiosk.errors import SoundError
from kiosk.signals import Signal, Spoken

TONE_MS = 400


@dataclass(frozen=True, slots=True)
class Heard:
    """A sound (``kind`` and ``name``) that was heard from ``start_ms`` to ``end_ms``; ``cut``: it was cut short."""

    kind: SoundKind
    name: str
    start_ms: int
    end_ms: int
    cut: bool = False


class SimSound(InboxSource):
    """It opens in no time; ``woken`` counts the presses, ``kept`` is what ``keep_open`` said last.

    ``heard`` is everything so far, oldest first. What is playing counts as heard when it ends.

    ``lengths`` tells how long a prompt lasts (None: there is no such file); ``VoiceFiles(...).duration_ms`` knows the
    real lengths.
    """

    def __init__(self, clock: Clock, lengths: Callable[[str], int | None] = lambda _prompt_id: 2_000) -> None:
        super().__init__()
        self._clock, self._lengths = clock, lengths
        self._list = Playlist()
        self._level = 2
        self._recording_ms: int | None = None
        self._start_ms = self._end_ms = self._free_ms = self._asked_ms = 0
        self.heard: list[Heard] = []
        self.missing: list[str] = []
        self.woken, self.kept = 0, True
        self.language = "en"

    @property
    def problem(self) -> SoundError | None:
        return SoundError(f"there is no sound file for {self.missing[0]!r}") if self.missing else None

    @property
    def audible(self) -> bool:
        return self._level > 0

    def say(self, prompt_id: str, now_ms: int, *, hold: bool = False, droppable: bool = False) -> None:
        self._ask(SoundOrder(SoundKind.PROMPT, prompt_id, now_ms, hold, droppable))

    def play(self, recording: bytes, now_ms: int) -> None:
        with wave.open(BytesIO(recording)) as file:
            self._recording_ms = file.getnframes() * 1_000 // file.getframerate()
        self.say(RECORDING, now_ms)

    def tone(self, kind: str) -> None:
        self._ask(SoundOrder(SoundKind.TONE, kind, self._clock.now_ms()))

    def wake(self) -> None:
        self.woken += 1

    def keep_open(self, kept: bool) -> None:
        self.kept = kept

    def hush(self) -> None:
        self._advance(self._clock.now_ms())
        self._list.hush()
        self._advance(self._clock.now_ms())

    def set_volume(self, level: int) -> None:
        self._level = max(0, min(level, 3))
        if self._level == 0:
            self.hush()

    def set_language(self, language: str) -> None:
        self.language = language

    def duration_ms(self, prompt_id: str) -> int | None:
        return self._lengths(prompt_id)

    def drain(self, now_ms: int) -> Sequence[Signal]:
        self._advance(now_ms)
        return super().drain(now_ms)

    def deadline_ms(self) -> int | None:
        return self._end_ms if self._list.playing is not None else None

    def close(self) -> None:
        self.hush()
        super().close()

    def _ask(self, order: SoundOrder) -> None:
        if self._level == 0:
            return
        now_ms = self._clock.now_ms()
        self._advance(now_ms)
        self._list.ask(order)
        self._asked_ms = now_ms
        self._advance(now_ms)

    def _advance(self, now_ms: int) -> None:
        """Let everything happen that happens until ``now_ms``."""
        while True:
            playing = self._list.playing
            if playing is None:
                start_ms = max(self._free_ms, self._asked_ms)
                order = self._list.next(start_ms)
                if order is None:
                    return
                self._begin(order, start_ms)
            elif self._end_ms <= now_ms:
                self._finish(playing, self._end_ms, cut=False)
            elif self._list.must_end():
                # A sound that waits for a fade to end may be taken back before it began.
                self._finish(playing, max(now_ms, self._start_ms) + FADE_MS, cut=True)
            else:
                return

    def _begin(self, order: SoundOrder, start_ms: int) -> None:
        length_ms = TONE_MS if order.kind is SoundKind.TONE else self._length_ms(order.name)
        if length_ms is None:
            self.missing.append(order.name)
            self._list.finished(start_ms)
            return
        self._start_ms, self._end_ms = start_ms, start_ms + length_ms

    def _length_ms(self, name: str) -> int | None:
        return self._recording_ms if name == RECORDING else self._lengths(name)

    def _finish(self, playing: SoundOrder, end_ms: int, cut: bool) -> None:
        if not cut or end_ms > self._start_ms + FADE_MS:
            self.heard.append(Heard(playing.kind, playing.name, self._start_ms, min(end_ms, self._end_ms), cut))
            self._free_ms = min(end_ms, self._end_ms)
        self._list.finished(self._free_ms)
        if not cut and playing.kind is SoundKind.PROMPT:
            self._inbox.put(Spoken(playing.name, end_ms))
