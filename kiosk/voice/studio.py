"""The world of the recording booth: the microphone, the judging, the loudspeaker, and the folder of recordings.

What was recorded is in this process's memory alone until somebody keeps it, and nowhere afterwards. Judging and keeping
take their time on a thread; nothing here blocks.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import date
from functools import partial

import numpy as np

from kiosk.booth.machine import opened
from kiosk.booth.model import (
    Booth,
    BoothEffect,
    BoothEvent,
    BoothSentence,
    CloseMicrophone,
    FetchSentences,
    ForgetTake,
    JudgeTake,
    KeepTake,
    MicrophoneTold,
    OpenMicrophone,
    PlayTake,
    TakeJudged,
    TakeKept,
    TakePlayed,
)
from kiosk.clock import Clock
from kiosk.devices.inbox import InboxSource
from kiosk.devices.sound import RECORDING, Speaker
from kiosk.microphone.port import RATE, Microphone
from kiosk.signals import MicrophoneState, Signal, Spoken, TakeMoved
from kiosk.voice.judge import RawVoice, assessed
from kiosk.voice.kept import OwnRecording, VoiceShelf, keep, wav_bytes
from kiosk.voice.prepare import clipped, resampled
from kiosk.voice.slots import Sentence

log = logging.getLogger(__name__)

FULL_SCALE = 32_768


class VoiceStudio(InboxSource):
    """Does what the booth asks for. With ``aside`` False slow work is done on the spot, for simulated days."""

    def __init__(
        self, clock: Clock, microphone: Microphone, sound: Speaker, shelf: VoiceShelf, *, aside: bool = True
    ) -> None:
        super().__init__()
        self._clock, self._microphone, self._sound, self._shelf, self._aside = clock, microphone, sound, shelf, aside
        self._answers: deque[BoothEvent] = deque()
        # Of the take that was judged last and found good: its words, and the file as it would be kept.
        self._judged: tuple[JudgeTake, bytes] | None = None
        self._latest = 0
        self._writing = threading.Lock()

    @property
    def listening(self) -> bool:
        """Whether the microphone is open."""
        return self._microphone.is_open

    @property
    def usable(self) -> bool:
        """Whether recordings of this site are heard at all: in safe mode none is."""
        return self._shelf.folder is not None

    def booth(self, wish: FetchSentences, now_ms: int) -> Booth | None:
        """Return the booth as it is opened; None where the kiosk says nothing in this language."""
        said = self._shelf.sentences(wish.language)
        found = (BoothSentence(prompt, one.text, one.limit_ms) for prompt, one in said.items())
        return opened(wish.language, found, self._shelf.files(wish.language), now_ms, anew=wish.anew)

    def ask(self, effect: BoothEffect, by: str, today: date | None) -> None:
        """Carry out an ``effect`` of the booth. ``by``: the name of whoever speaks, as it is kept."""
        if isinstance(effect, OpenMicrophone):
            self._microphone.start(effect.most_ms)
        elif isinstance(effect, CloseMicrophone):
            self._microphone.stop()
        elif isinstance(effect, JudgeTake):
            self._latest, recorded = effect.take, self._microphone.take()
            self._give(partial(self._judge, effect, recorded), TakeJudged(effect.take, 0))
        elif isinstance(effect, PlayTake) and self._judged is not None:
            self._sound.play(self._judged[1], self._clock.now_ms())
        elif isinstance(effect, KeepTake) and self._judged is not None:
            judge, wav = self._judged
            entry = OwnRecording(judge.sentence.text, by, today.isoformat() if today else "")
            self._give(partial(self._keep, judge, wav, entry), TakeKept(effect.take, False))
        elif isinstance(effect, ForgetTake):
            self._sound.hush()
            self._microphone.take()
            self._judged, self._latest = None, 0

    def hear(self, signal: Signal) -> list[BoothEvent]:
        """Return what a piece of news means for the booth."""
        if isinstance(signal, MicrophoneState):
            return [MicrophoneTold(signal.hears, signal.trouble)]
        if isinstance(signal, Spoken) and signal.prompt == RECORDING:
            return [TakePlayed()]
        if not isinstance(signal, TakeMoved):
            return []
        answers = [self._answers.popleft() for _ in range(len(self._answers))]
        if any(isinstance(answer, TakeKept) and answer.ok for answer in answers):
            self._shelf.look_again()
        return answers

    def close(self) -> None:
        """Nobody hears any more."""
        self._microphone.stop()
        super().close()

    # -- on the worker's thread

    def _give(self, work: Callable[[], BoothEvent], broken: BoothEvent) -> None:
        """Have ``work`` done; ``broken`` is its answer where it breaks, for somebody waits for one."""
        if self._aside:
            threading.Thread(target=self._do, args=(work, broken), name="studio", daemon=True).start()
        else:
            self._do(work, broken)

    def _do(self, work: Callable[[], BoothEvent], broken: BoothEvent) -> None:
        try:
            answer = work()
        except Exception:
            log.exception("a recording could not be worked on")
            answer = broken
        self._answers.append(answer)
        self._inbox.put(TakeMoved(self._clock.now_ms()))

    def _judge(self, wanted: JudgeTake, recorded: bytes) -> BoothEvent:
        taken = np.frombuffer(recorded[: len(recorded) // 2 * 2], "<i2").astype(np.float32)
        taken *= np.float32(1 / FULL_SCALE)
        heard = RawVoice(resampled(taken, RATE) if len(taken) else taken, clipped(taken))
        fit, flaws = assessed(heard, Sentence(wanted.sentence.text, wanted.sentence.limit_ms))
        if fit is None or flaws:
            return TakeJudged(wanted.take, 0, flaws)
        if wanted.take == self._latest:
            self._judged = (wanted, wav_bytes(fit.samples))
        return TakeJudged(wanted.take, fit.ms)

    def _keep(self, judge: JudgeTake, wav: bytes, entry: OwnRecording) -> BoothEvent:
        folder = self._shelf.folder
        try:
            if folder is not None:
                with self._writing:
                    keep(folder / judge.language, {judge.sentence.prompt: (wav, entry)})
        except OSError as why:
            log.warning("the recording of %s was not kept: %s", judge.sentence.prompt, why)
            return TakeKept(judge.take, False)
        return TakeKept(judge.take, folder is not None)
