"""Listening to recordings one after the other, for whoever can wait: a command, or the worker that reads a stick.

A child decodes them. One at which it dies or hangs is named, and the next one gets a new child.
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from types import TracebackType

import numpy as np

from kiosk.devices.supervised import ChildProcess, Link, decoded
from kiosk.errors import ChildError
from kiosk.faults import Fault
from kiosk.voice.bounds import MOST_S, RATE
from kiosk.voice.judge import RawVoice
from kiosk.voice.messages import ENCODER, NEWS, UNHEARD, ListenOrder, SoundHeard, SoundUnheard, Unheard

WAIT_S = 40.0
"""A child that has not answered by then hangs: a Raspberry Pi decodes the longest recording in a second or two."""
END_S = 1.0
MEMORY_BYTES = (MOST_S + 1) * RATE * 4


def start_child() -> Link:
    """The real one. Raises OSError."""
    return ChildProcess("recording", "kiosk.voice.child", lambda link: (str(link),))


class VoiceListener:
    """Decodes recordings; a context manager that leaves no child behind."""

    def __init__(self, start: Callable[[], Link] = start_child) -> None:
        self._start = start
        self._link: Link | None = None

    def __enter__(self) -> VoiceListener:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def hear(self, name: str, file: int) -> RawVoice | Fault:
        """The recording behind the descriptor ``file``, which is closed; ``name`` is what a fault calls it."""
        try:
            memory = os.memfd_create("kiosk-recording", os.MFD_CLOEXEC)
            try:
                os.ftruncate(memory, MEMORY_BYTES)
                return self._ask(name, file, memory)
            finally:
                os.close(memory)
        except (ChildError, OSError):
            self._end()
            rule = "the program that decodes it stopped or hung"
            return Fault(name, "", "", rule, "save it again with another program")
        finally:
            os.close(file)

    def _ask(self, name: str, file: int, memory: int) -> RawVoice | Fault:
        if self._link is None:
            self._link = self._start()
        link = self._link
        if not link.say(ENCODER.encode(ListenOrder()), (file, memory)):
            raise ChildError("it takes no orders")
        ready = select.select([link], [], [], WAIT_S)[0]
        messages = link.messages() if ready else []
        if not messages:
            raise ChildError("it does not answer")
        news = decoded(NEWS.decode, messages[0])
        if isinstance(news, SoundUnheard):
            return _told(name, news)
        return _taken(news, memory)

    def _end(self) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        link.kill()
        for _ in range(round(END_S / 0.02)):
            if link.gone():
                return
            select.select([], [], [], 0.02)


def _taken(news: SoundHeard, memory: int) -> RawVoice:
    if not 0 < news.count <= MEMORY_BYTES // 4 or os.fstat(memory).st_size < news.count * 4:
        raise ChildError(f"it has heard {news.count} samples, which cannot be")
    samples = np.frombuffer(os.pread(memory, news.count * 4, 0), np.float32)
    if len(samples) != news.count or not np.isfinite(samples).all():
        raise ChildError("what it has heard are no samples")
    return RawVoice(samples, news.clipped)


def _told(name: str, news: SoundUnheard) -> Fault:
    try:
        rule, action = UNHEARD[Unheard(news.why)]
    except ValueError as why:
        raise ChildError("it gives a reason that is none") from why
    return Fault(name, "", "", rule, action)
