"""The real microphone: ``arecord`` of alsa-utils in a process of its own, which may hang with its device.

The first sound card that can record is used. A process that the kiosk does not end ends by itself: it has a longest
time, and it writes into a pipe that nobody reads once the kiosk is gone.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import re
import select
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from kiosk.clock import Clock
from kiosk.faults import harmless
from kiosk.microphone.port import FRAME_BYTES, RATE
from kiosk.signals import MicrophoneState, MicrophoneTrouble, Signal

log = logging.getLogger(__name__)

CARDS = Path("/proc/asound/pcm")
"""The kernel's list of sound devices: a line each, ``CARD-DEVICE: id : name : playback N : capture N``."""
DEVICE = re.compile(r"(\d+)-(\d+):.*\bcapture [1-9]", re.ASCII)
SPARE_MS = 1_000
"""The process may record so much longer than it is asked to: it counts in whole seconds."""
OPEN_MS, SILENCE_MS = 4_000, 2_000
"""One from which nothing came so long after it was started, or since it last said something, hangs."""
END_MS, REAP_MS = 500, 20
"""Time for which a process may take its leave before it is killed; its end is looked for so often."""
PIPE_BYTES = 1 << 20
"""Ten seconds of sound: a loop that is held up for a moment loses none of it."""
_READ_BYTES = 1 << 16
_TOLD_BYTES = 4_096
REASONS: tuple[tuple[str, MicrophoneTrouble], ...] = (
    ("Device or resource busy", MicrophoneTrouble.BUSY),
    ("No such file or directory", MicrophoneTrouble.ABSENT),
    ("No such device", MicrophoneTrouble.ABSENT),
    ("Cannot get card index", MicrophoneTrouble.ABSENT),
)
"""The words of ``arecord`` in English, and their meaning. (alsa-lib words of ``strerror``.)"""


@dataclass(slots=True)
class _Recorder:
    """One run of the program. ``heard``: the bytes so far; ``told``: what it complained of."""

    process: subprocess.Popen[bytes]
    out: IO[bytes]
    complaints: IO[bytes]
    since_ms: int
    last_ms: int
    most_bytes: int
    heard: bytearray = field(default_factory=bytearray)
    told: bytearray = field(default_factory=bytearray)
    kill_ms: int = 0


class ArecordMicrophone:
    """``program``: what records. ``cards``: the list of sound devices."""

    def __init__(self, clock: Clock, program: str = "arecord", cards: Path = CARDS) -> None:
        self._clock, self._program, self._cards = clock, program, cards
        self._poll = select.epoll()
        self._run: _Recorder | None = None
        self._leaving: list[_Recorder] = []
        self._news: list[Signal] = []
        self._recorded = b""

    @property
    def is_open(self) -> bool:
        return self._run is not None or bool(self._leaving)

    def start(self, most_ms: int) -> None:
        self.stop()
        self._recorded = b""
        now_ms = self._clock.now_ms()
        device = self._device()
        if device is None:
            self._tell(MicrophoneTrouble.ABSENT, now_ms)
            return
        seconds = -(-(most_ms + SPARE_MS) // 1_000)
        form = ("-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE))
        try:
            process = subprocess.Popen(
                (self._program, "-q", "-D", device, *form, "-d", str(seconds)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "LC_ALL": "C"},
                start_new_session=True,
            )
        except FileNotFoundError:
            self._tell(MicrophoneTrouble.NO_PROGRAM, now_ms)
            return
        except OSError as why:
            log.warning("the microphone cannot be opened: %s", why)
            self._tell(MicrophoneTrouble.REFUSED, now_ms)
            return
        assert process.stdout is not None  # noqa: S101 (pipes were asked for)
        assert process.stderr is not None  # noqa: S101
        with contextlib.suppress(OSError):  # a smaller pipe does as well
            fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        for pipe in (process.stdout, process.stderr):
            os.set_blocking(pipe.fileno(), False)
            self._poll.register(pipe.fileno(), select.EPOLLIN)
        most_bytes = most_ms * RATE // 1_000 * FRAME_BYTES
        self._run = _Recorder(process, process.stdout, process.stderr, now_ms, now_ms, most_bytes)

    def stop(self) -> None:
        run = self._run
        if run is None:
            return
        now_ms = self._clock.now_ms()
        self._read(run, now_ms)
        self._recorded = bytes(run.heard[: run.most_bytes])
        self._let_go(run, now_ms)

    def take(self) -> bytes:
        recorded, self._recorded = self._recorded, b""
        return recorded

    # -- kiosk.signals.SignalSource

    def fileno(self) -> int:
        return self._poll.fileno()

    def drain(self, now_ms: int) -> Sequence[Signal]:
        self._reap(now_ms)
        run = self._run
        if run is not None:
            silent = not run.heard
            over = self._read(run, now_ms)
            if silent and run.heard:
                self._news.append(MicrophoneState(True, None, now_ms))
            if len(run.heard) >= run.most_bytes:
                self.stop()
                self._news.append(MicrophoneState(False, None, now_ms))
            elif over:
                self._ended(run, now_ms)
            elif now_ms >= self._due_ms(run):
                self._let_go(run, now_ms)
                self._tell(MicrophoneTrouble.STUCK, now_ms)
        news, self._news = self._news, []
        return news

    def deadline_ms(self) -> int | None:
        if self._news:
            return 0
        due = [self._clock.now_ms() + REAP_MS] if self._leaving else []
        due += [] if self._run is None else [self._due_ms(self._run)]
        return min(due, default=None)

    def close(self) -> None:
        self.stop()
        for run in self._leaving:
            run.process.kill()
            run.process.wait()
        self._leaving.clear()
        self._poll.close()

    # -- one run

    def _device(self) -> str | None:
        """The first device that records, as ALSA calls it; rate and channels are converted where it has others."""
        try:
            listed = self._cards.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        found = DEVICE.search(listed)
        return f"plughw:{int(found[1])},{int(found[2])}" if found else None

    def _due_ms(self, run: _Recorder) -> int:
        return run.last_ms + SILENCE_MS if run.heard else run.since_ms + OPEN_MS

    def _read(self, run: _Recorder, now_ms: int) -> bool:
        """Take over what it has said; whether it has ended."""
        over = self._heard_all(run, now_ms)
        # What it complains of was said before it ended, so it is asked for after that.
        with contextlib.suppress(BlockingIOError):
            while len(run.told) < _TOLD_BYTES and (part := os.read(run.complaints.fileno(), _TOLD_BYTES)):
                run.told += part
        return over

    def _heard_all(self, run: _Recorder, now_ms: int) -> bool:
        try:
            while len(run.heard) < run.most_bytes:
                part = os.read(run.out.fileno(), _READ_BYTES)
                if not part:
                    return True
                run.heard += part
                run.last_ms = now_ms
        except BlockingIOError:
            pass
        return False

    def _ended(self, run: _Recorder, now_ms: int) -> None:
        """It has closed its side by itself, and too early."""
        told = harmless(run.told.decode("utf-8", "replace"), 300)
        log.warning("the microphone closed: %s", told or "it said nothing")
        heard = bool(run.heard)
        self._let_go(run, now_ms)
        reason = next((trouble for words, trouble in REASONS if words in told), MicrophoneTrouble.REFUSED)
        self._tell(MicrophoneTrouble.GONE if heard else reason, now_ms)

    def _let_go(self, run: _Recorder, now_ms: int) -> None:
        self._run = None
        for pipe in (run.out, run.complaints):
            self._poll.unregister(pipe.fileno())
            pipe.close()
        run.process.terminate()
        run.kill_ms = now_ms + END_MS
        self._leaving.append(run)

    def _reap(self, now_ms: int) -> None:
        for run in list(self._leaving):
            if run.process.poll() is not None:
                self._leaving.remove(run)
            elif now_ms >= run.kill_ms:
                run.process.kill()

    def _tell(self, trouble: MicrophoneTrouble, now_ms: int) -> None:
        self._news.append(MicrophoneState(False, trouble, now_ms))
