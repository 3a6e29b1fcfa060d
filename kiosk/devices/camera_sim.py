"""The camera's twin for the demo and the tests: in this process, from a video, ruled by the injected clock."""

from __future__ import annotations

import os
import weakref
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kiosk.clock import Clock
from kiosk.devices.camera_frame import STALE_MS, Frame, Pixels
from kiosk.devices.camera_recorded import Video
from kiosk.signals import CameraState, FrameReady, Signal

__all__ = ["SimCamera"]

_SLIP_S = 0.0005
"""The most that rounding changes in a time."""


class _Reel:
    """A loop of a few pictures out of a video, decoded in one pass as far as they are wanted, and kept from then on."""

    def __init__(self, path: Path, size: tuple[int, int], kept: int) -> None:
        self._video = Video(path, size)
        self._size = size
        times = self._video.times_s
        count = min(kept, len(times))
        self._wanted_s = [times[i * len(times) // count] for i in range(count)]
        self._kept: list[Pixels] = []

    def at(self, elapsed_ms: int) -> Pixels:
        """The picture of this moment of the loop."""
        index = bisect_right(self._wanted_s, elapsed_ms / 1000 % self._video.round_s + _SLIP_S) - 1
        while len(self._kept) <= index:
            self._kept.append(self._decode(self._wanted_s[len(self._kept)] - _SLIP_S))
        return self._kept[index]

    def _decode(self, wanted_s: float) -> Pixels:
        """The first picture from ``wanted_s`` on, none of which has been passed yet."""
        at_s = -1.0
        while (picture := self._video.take()).t_s < wanted_s and picture.t_s > at_s:
            at_s = picture.t_s
        pixels = np.empty((self._size[1], self._size[0], 4), np.uint8)
        self._video.put(picture, pixels)
        pixels.flags.writeable = False
        return pixels


class SimCamera:
    """Twin of ``Camera`` with its public surface; what it shows depends on the clock alone.

    ``kept`` bounds the memory: that many pictures of the loop are ever decoded (24 of 1280×720 are 88 MB).
    """

    def __init__(
        self,
        clock: Clock,
        video: Path,
        *,
        size: tuple[int, int] = (1280, 720),
        fps: int = 30,
        kept: int = 24,
    ) -> None:
        """Raises CameraError when ``video`` is no video."""
        self._clock, self._fps = clock, fps
        self._reel = _Reel(video, size, kept)
        self.rejections: dict[str, str] = {}
        self.active_name: str | None = None
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        weakref.finalize(self, os.close, self._fd)
        self._is_open = False
        self._open_ms = 0
        self._first_seq = self._told = 0
        self._lost: str | None = None
        self._frozen_ms: int | None = None
        self._ok: bool | None = None

    # -- faults

    def lose(self, cause: str) -> None:
        """The camera stops delivering, and is known to."""
        self._lost, self._frozen_ms = cause, None

    def freeze(self) -> None:
        """The camera delivers one picture again and again; that is noticed after two seconds."""
        if self._frozen_ms is None and self._lost is None:
            self._frozen_ms = self._clock.now_ms()

    def recover(self) -> None:
        """The camera works again."""
        self._lost = self._frozen_ms = None

    # -- the surface of Camera

    @property
    def is_open(self) -> bool:
        """Whether it is between ``open`` and ``close``."""
        return self._is_open

    @property
    def memory(self) -> None:
        """Its pictures lie in this process: whoever looks has a twin too."""
        return None

    def open(self) -> None:
        if not self._is_open:
            self._is_open, self._first_seq = True, self._told
            self._open_ms, self._ok, self.active_name = self._clock.now_ms(), None, "recorded"

    def close(self) -> None:
        self._is_open, self.active_name = False, None

    def latest(self) -> Frame | None:
        now = self._clock.now_ms()
        if not self._is_open or self._fault(now) is not None:
            return None
        at = now if self._frozen_ms is None else self._frozen_ms
        seq = self._seq(at)
        if seq <= self._first_seq:
            return None
        taken = self._taken_ms(seq)
        # Counted from the clock's own zero, not from opening: two runs over the same hours show the same pictures.
        return Frame(self._reel.at(taken), taken, seq)

    def next_frame_ms(self, now_ms: int) -> int | None:
        """Return the moment at which the next picture will be there, or None while none will come."""
        if not self._is_open or self._lost is not None or self._frozen_ms is not None:
            return None
        return self._taken_ms(self._seq(now_ms) + 1)

    def fileno(self) -> int:
        """A descriptor that is never readable: everything this camera does is a deadline."""
        return self._fd

    def drain(self, now_ms: int) -> Sequence[Signal]:
        if not self._is_open:
            return ()
        news: list[Signal] = []
        fault = self._fault(now_ms)
        if fault is not None:
            if self._ok is not False:
                self._ok = False
                news.append(CameraState(False, fault, now_ms))
            return news
        seq = self._seq(now_ms)
        if self._frozen_ms is None and seq > max(self._told, self._first_seq):
            self._told = seq
            if not self._ok:
                self._ok = True
                news.append(CameraState(True, "", now_ms))
            news.append(FrameReady(self._taken_ms(seq)))
        return news

    def deadline_ms(self) -> int | None:
        if not self._is_open:
            return None
        if self._lost is not None:
            return 0 if self._ok is not False else None
        if self._frozen_ms is not None:
            return self._frozen_ms + STALE_MS + 1 if self._ok is not False else None
        return self._taken_ms(max(self._told, self._first_seq) + 1)

    def _fault(self, now_ms: int) -> str | None:
        if self._lost is not None:
            return self._lost
        if self._frozen_ms is not None and now_ms - self._frozen_ms > STALE_MS:
            return f"the same picture for {(now_ms - self._frozen_ms) / 1000:.1f} s: the camera is frozen"
        return None

    def _seq(self, now_ms: int) -> int:
        """The number of the newest picture."""
        return self._first_seq + (now_ms - self._open_ms) * self._fps // 1000

    def _taken_ms(self, seq: int) -> int:
        """Return the first whole millisecond at which the picture of this number is there."""
        return self._open_ms - (-(seq - self._first_seq) * 1000 // self._fps)
