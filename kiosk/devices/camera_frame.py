"""The common language of cameras: a frame, a backend that fills it, and shared memory that hands it on untorn.

A memfd holds a page of bookkeeping and ``SLOTS`` pictures. The kernel decides who may touch a slot: the child writes
under an exclusive lock on one byte of the file, the kiosk reads under a shared one (open-file-description locks, so a
killed child leaves none behind). The child never waits for a lock: it takes another slot, or drops the picture.
"""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
import struct
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from kiosk.errors import ChildError

Pixels = npt.NDArray[np.uint8]

STALE_MS = 2_000
"""A picture older than this is taken off the screen: nothing hides a failed camera."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture, unmirrored. While anybody holds ``pixels`` (or a view of them) nobody overwrites them."""

    pixels: Pixels
    """uint8 (height, width, 4) in B, G, R, X order; read-only."""
    t_ms: int
    """The moment at which it was taken, boot milliseconds."""
    seq: int
    """Counts up by one for every picture of one opening; a gap is a picture that was superseded before it was seen."""


@dataclass(frozen=True, slots=True)
class FrameShot:
    """A backend's facts about the picture that it has waited for, which was taken at ``t_ms``."""

    t_ms: int
    stamp: int = 0
    """The sensor's own time stamp, or 0 where there is none."""


class CameraPlan(msgspec.Struct, frozen=True):
    """Orders for a camera child: try these ``backends`` in order, at ``fps`` pictures a second.

    ``video``: the file that a recorded camera plays.
    """

    backends: tuple[str, ...]
    size: tuple[int, int]
    """Width, height."""
    fps: int
    video: str = ""
    device: str = ""
    """A V4L2 device such as ``/dev/video0``; empty: the first USB camera."""


class Backend(Protocol):
    """One way to get pictures. Lives in the camera child; every wait in it has an end."""

    is_sensor: bool
    """Whether pictures come from a sensor, whose noise makes each one different: a repeated one is then a fault."""

    def open(self) -> None:
        """Take the device. Raises CameraError with the cause and what to do."""

    def wait(self) -> FrameShot:
        """Wait for the next picture; one that nobody took is let go. Raises CameraError when there is none in time."""

    def fill(self, into: Pixels) -> None:
        """Write the picture that was waited for, once, into all of ``into``."""

    def close(self) -> None:
        """Give the device back."""


Pause = Callable[[int], None]
"""Waits this many milliseconds, or less when the kiosk wants the child to end."""


NAMES = ("picamera", "webcam", "recorded", "none")


class Letterbox:
    """Fits B, G, R pictures of one size into B, G, R, X frames of another; black bars where their shapes differ."""

    def __init__(self, given: tuple[int, int], wanted: tuple[int, int]) -> None:
        self._same = given == wanted
        scale = min(wanted[0] / given[0], wanted[1] / given[1])
        self._size = (max(1, round(given[0] * scale)), max(1, round(given[1] * scale)))
        left, top = (wanted[0] - self._size[0]) // 2, (wanted[1] - self._size[1]) // 2
        self._rows = slice(top, top + self._size[1])
        self._columns = slice(left, left + self._size[0])
        self._smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR

    def put(self, bgr: Pixels, into: Pixels) -> None:
        """Fill all of ``into``."""
        if self._same:
            cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA, dst=into)
            return
        into[:] = (0, 0, 0, 255)
        inside = cv2.resize(bgr, self._size, interpolation=self._smooth)
        into[self._rows, self._columns] = cv2.cvtColor(inside, cv2.COLOR_BGR2BGRA)


SLOTS = 5
"""Newest, being written, held by the screen, held by face tracking, and one to spare."""
IDLE_MS = 5_000
"""A slot that no picture was written into for so long is given back to the system: mostly three are enough."""

_PAGE = mmap.PAGESIZE
_RECORD = struct.Struct("=QqQI")  # seq, t_ms, stamp, content
_RECORD_SPACE = 64
_NEWEST = _PAGE - 1
_LOCK = struct.Struct("@hhqqi4x")


@dataclass(frozen=True, slots=True)
class NewestFrame:
    """A ``frame`` and what tells whether its camera is alive."""

    frame: Frame
    stamp: int
    """The sensor's time stamp, 0 if it has none."""
    content: int
    """A checksum of the picture, 0 where a repeated picture means nothing."""


class Slots:
    """The shared pictures, as one of the two processes sees them."""

    def __init__(self, fd: int, size: tuple[int, int]) -> None:
        """``fd`` is the memfd and belongs to this object from now on; ``size`` is width, height."""
        self.fd, self.size, self._shape = fd, size, (size[1], size[0], 4)
        self._bytes = size[0] * size[1] * 4
        self._stride = -(-self._bytes // _PAGE) * _PAGE
        self._map = mmap.mmap(fd, _PAGE + SLOTS * self._stride)
        weakref.finalize(self, os.close, fd)
        # A lease may end in any thread, and, through the garbage collector, in the middle of any line here.
        self._guard = threading.RLock()
        self._leased: set[int] = set()
        self._written_ms: dict[int, int] = {}

    @classmethod
    def create(cls, size: tuple[int, int]) -> Slots:
        """Fresh shared memory."""
        fd = os.memfd_create("kiosk-camera", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        stride = -(-size[0] * size[1] * 4 // _PAGE) * _PAGE
        os.ftruncate(fd, _PAGE + SLOTS * stride)
        # A child that cuts it short would end the kiosk by SIGBUS at the next look.
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        return cls(fd, size)

    @classmethod
    def join(cls, fd: int, size: tuple[int, int]) -> Slots:
        """The same memory from the inherited ``fd``, opened anew: locks belong to the opening, not to the process."""
        own = os.open(f"/proc/self/fd/{fd}", os.O_RDWR | os.O_CLOEXEC)
        os.close(fd)
        return cls(own, size)

    def _lock(self, slot: int, kind: int) -> bool:
        try:
            fcntl.fcntl(self.fd, fcntl.F_OFD_SETLK, _LOCK.pack(kind, os.SEEK_SET, slot, 1, 0))
        except BlockingIOError:
            return False
        return True

    def _release(self, slot: int) -> None:
        self._lock(slot, fcntl.F_UNLCK)

    def _pixels(self, slot: int) -> tuple[Pixels, object]:
        # An owner of its own for every view: when the last array over it goes, the lease can end.
        owner = (ctypes.c_ubyte * self._bytes).from_buffer(self._map, _PAGE + slot * self._stride)
        return np.frombuffer(memoryview(owner), np.uint8).reshape(self._shape), owner

    @contextmanager
    def writing(self) -> Iterator[tuple[Pixels, Callable[[Frame, int, int], None]] | None]:
        """A slot nobody looks at, and how to publish it; None when all are held. Unpublished means never seen."""
        newest = self._map[_NEWEST]
        for slot in range(SLOTS):
            # 0 says that nothing has been published yet, so slots count from 1 there.
            if slot + 1 != newest and self._lock(slot, fcntl.F_WRLCK):
                break
        else:
            yield None
            return
        done = False

        def publish(frame: Frame, stamp: int, content: int) -> None:
            nonlocal done
            _RECORD.pack_into(self._map, slot * _RECORD_SPACE, frame.seq, frame.t_ms, stamp, content)
            self._written_ms[slot] = frame.t_ms
            done = True

        try:
            yield self._pixels(slot)[0], publish
        finally:
            self._release(slot)
        if done:
            self._map[_NEWEST] = slot + 1
            self._give_back(self._written_ms[slot])

    def _give_back(self, now_ms: int) -> None:
        """Let the memory of the slots go that have not been needed lately; it comes again with the next picture there.

        The lowest free slot is written into, so that it is the highest that lie idle.
        """
        for slot, at_ms in list(self._written_ms.items()):
            if now_ms - at_ms > IDLE_MS and self._lock(slot, fcntl.F_WRLCK):
                # Whoever still believes that the newest picture lies here finds one that is older than any.
                _RECORD.pack_into(self._map, slot * _RECORD_SPACE, 0, 0, 0, 0)
                with suppress(OSError):
                    self._map.madvise(mmap.MADV_REMOVE, _PAGE + slot * self._stride, self._stride)
                self._release(slot)
                del self._written_ms[slot]

    def newest(self, after: int) -> NewestFrame | None:
        """The newest picture if its ``seq`` is above ``after``. It stays as it is while anybody holds its pixels.

        Raises ChildError when the camera's process has written what cannot be.
        """
        for _ in range(SLOTS):
            slot = self._map[_NEWEST] - 1
            if slot >= SLOTS:
                raise ChildError(f"its newest picture would be in slot {slot} of {SLOTS}")
            with self._guard:
                if slot < 0 or slot in self._leased:
                    return None  # Nothing yet, or nothing newer than what we hold already.
                if not self._lock(slot, fcntl.F_RDLCK):
                    continue  # The child has published a newer one since and is already writing here.
                seq, t_ms, stamp, content = _RECORD.unpack_from(self._map, slot * _RECORD_SPACE)
                if seq <= after:
                    self._release(slot)
                    return None
                self._leased.add(slot)
                pixels, owner = self._pixels(slot)
                weakref.finalize(owner, self._end_lease, slot)
            pixels.flags.writeable = False
            return NewestFrame(Frame(pixels, t_ms, seq), stamp, content)
        return None

    def _end_lease(self, slot: int) -> None:
        with self._guard:
            self._release(slot)
            self._leased.discard(slot)
