"""A clinic's own pictures, decoded under supervision: the few that are wanted now, and each once to see whether it can.

A child decodes one file at a time, into memory that cannot be cut short. One file that lets it crash or hang is named
and never tried again; the next one gets a new child. When nothing is left to do the child is let go.
"""

from __future__ import annotations

import fcntl
import logging
import mmap
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kiosk.care.model import OwnPicture
from kiosk.clock import Clock
from kiosk.devices.supervised import START_MS, ChildProcess, Link, Run, Supervised, decoded
from kiosk.errors import ChildError
from kiosk.faults import Fault
from kiosk.pictures.bounds import (
    DECODED_BYTES,
    FRAME_MS,
    MOST_COUNT,
    MOST_H,
    MOST_W,
    REASONS,
    Refusal,
    decoded_bytes,
)
from kiosk.pictures.messages import ENCODER, NEWS, DecodeOrder, DecoderReady, PictureDecoded, PictureRefused
from kiosk.signals import DecodedPicture, PictureState, Signal

log = logging.getLogger(__name__)

DECODE_MS = 40_000
"""A child that has not decoded a file by then hangs: the longest film takes a Raspberry Pi a quarter of that."""
GRACE_MS = 500
READY = 2
"""The most pictures that lie decoded in memory: the present one and the next."""
STARTS = 3
"""So often in a row a child may fail before it is ready; then nothing is decoded until something new is asked for."""

OpenFile = Callable[[OwnPicture], int]
"""A descriptor of a picture's file, to read from. Raises OSError."""


def start_child() -> Link:
    """The real one. Raises OSError."""
    return ChildProcess("picture", "kiosk.pictures.child", lambda link: (str(link),))


def fresh_memory() -> int:
    """A descriptor of memory for one picture; whoever has it cannot make it shorter. Raises OSError."""
    fd = os.memfd_create("kiosk-picture", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(fd, DECODED_BYTES)
    # A child that cuts it short would end the kiosk by SIGBUS at the next look.
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    return fd


@dataclass(slots=True, kw_only=True)
class _PictureRun(Run[Link]):
    """One child while it is used, or while it is leaving."""

    ready: bool = False
    """Whether it takes orders."""
    job: OwnPicture | None = None
    """The picture that it is decoding."""
    job_ms: int = 0
    """The moment at which it was asked."""
    memory: int = -1
    """The descriptor of the memory that it decodes into."""

    def forget(self) -> None:
        """The order is over."""
        self.job = None
        if self.memory >= 0:
            os.close(self.memory)
            self.memory = -1


class Pictures(Supervised[_PictureRun]):
    """A source of ``PictureState``. All methods belong to one thread; nothing here waits."""

    def __init__(self, clock: Clock, open_file: OpenFile, start: Callable[[], Link] = start_child) -> None:
        super().__init__(clock, "a clinic's pictures are not decoded", GRACE_MS)
        self._open, self._start_child = open_file, start
        self._wanting: tuple[OwnPicture, ...] = ()
        self._proving: list[OwnPicture] = []
        self._ready: dict[OwnPicture, DecodedPicture] = {}
        self._refused: dict[OwnPicture, Fault] = {}
        self._failed_starts = 0

    # -- what the kiosk does with it

    @property
    def ready(self) -> Mapping[OwnPicture, DecodedPicture]:
        """The wanted pictures that can be shown now."""
        return self._ready

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The pictures that cannot be shown, as far as they were looked into, and why."""
        return tuple(self._refused.values())

    @property
    def busy(self) -> bool:
        """Whether there is something left to look into, and a way to do it."""
        return self._next() is not None and self._failed_starts < STARTS

    @property
    def unproved(self) -> tuple[OwnPicture, ...]:
        """The pictures that are still to be looked into."""
        return tuple(self._proving)

    @property
    def gone(self) -> bool:
        """Whether no child is left."""
        return self._run is None and not self._leaving

    def want(self, pictures: Sequence[OwnPicture]) -> None:
        """Have these decoded, the first first, and let go of all others."""
        wanted = tuple(dict.fromkeys(pictures))[:READY]
        if wanted == self._wanting:
            return
        self._wanting, self._failed_starts = wanted, 0
        self._ready = {picture: shown for picture, shown in self._ready.items() if picture in wanted}
        self._go_on(self._clock.now_ms())

    def prove(self, pictures: Sequence[OwnPicture]) -> None:
        """Look once into each of these, whenever nothing is wanted, and forget all that is not among them."""
        known = set(pictures)
        self._proving = [picture for picture in dict.fromkeys(pictures) if picture not in self._refused]
        self._refused = {picture: fault for picture, fault in self._refused.items() if picture in known}
        self._failed_starts = 0
        self._go_on(self._clock.now_ms())

    def close(self) -> None:
        """Let everything go."""
        self._wanting, self._proving = (), []
        self._ready = {}
        if self._run is not None:
            self._run.forget()
        super().close()

    # -- one child

    def _next(self) -> OwnPicture | None:
        wanted = (p for p in self._wanting if p not in self._ready and p not in self._refused)
        return next(wanted, None) or next(iter(self._proving), None)

    def _go_on(self, now_ms: int) -> None:
        """Give the next order to a child, start one for it, or let it go where there is nothing to do."""
        run, wanted = self._run, self._next()
        if wanted is None:
            self._start_ms = None
            if run is not None and run.ready and run.job is None:
                run.link.hang_up()
                self._let_go(run, now_ms, now_ms + GRACE_MS)
        elif run is None:
            if self._start_ms is None and self._failed_starts < STARTS:
                self._begin(now_ms)
        elif run.ready and run.job is None:
            self._order(run, wanted, now_ms)

    def _order(self, run: _PictureRun, picture: OwnPicture, now_ms: int) -> None:
        try:
            file = self._open(picture)
        except OSError as why:
            rule = f"the file cannot be read ({why.strerror})"
            self._refuse(picture, Fault(picture.file, "", "", rule, "put it into its place again"), now_ms)
            self._go_on(now_ms)
            return
        try:
            run.memory = fresh_memory()
            said = run.link.say(ENCODER.encode(DecodeOrder(picture.mirrored)), (file, run.memory))
        except OSError as why:  # not the picture's fault: it is tried again with the next child
            raise ChildError(f"there is no memory for a picture ({why.strerror})") from why
        finally:
            os.close(file)
        run.job, run.job_ms = picture, now_ms
        if not said:
            raise ChildError("it takes no orders")

    def _set_up(self, now_ms: int) -> _PictureRun:
        return _PictureRun(link=self._start_child(), since_ms=now_ms)

    def _take(self, run: _PictureRun, message: bytes, now_ms: int) -> None:
        news = decoded(NEWS.decode, message)
        if isinstance(news, DecoderReady):
            if run.ready:
                raise ChildError("it says twice that it is ready")
            run.ready, self._failed_starts = True, 0
            self._good(run, now_ms)
        elif run.job is None:
            raise ChildError("it answers what nobody has asked")
        elif isinstance(news, PictureDecoded):
            self._take_in(run, run.job, news, now_ms)
        else:
            self._refuse(run.job, _told(run.job, news), now_ms)
        if run.job is not None:
            run.forget()
        self._go_on(now_ms)

    def _take_in(self, run: _PictureRun, picture: OwnPicture, news: PictureDecoded, now_ms: int) -> None:
        width, height, count = news.width, news.height, news.count
        size = decoded_bytes(width, height, count)
        even = width % 2 == 0 and height % 2 == 0
        if not (even and 0 < width <= MOST_W and 0 < height <= MOST_H and 0 < count <= MOST_COUNT):
            raise ChildError(f"it has decoded {count} pictures of {width}x{height}, which cannot be")
        if size > DECODED_BYTES:
            raise ChildError(f"it has decoded {size} bytes, more than there are")
        self._proving = [other for other in self._proving if other != picture]
        if picture in self._wanting:
            pixels = memoryview(mmap.mmap(run.memory, size, prot=mmap.PROT_READ))
            self._ready[picture] = DecodedPicture(pixels, width, height, count, FRAME_MS)
        self._news.append(PictureState(True, "", now_ms))

    def _refuse(self, picture: OwnPicture, fault: Fault, now_ms: int) -> None:
        log.warning("%s", fault)
        self._refused[picture] = fault
        self._proving = [other for other in self._proving if other != picture]
        self._news.append(PictureState(True, "", now_ms))

    def _fault(self, cause: str, now_ms: int) -> None:
        run = self._run
        if run is not None and run.job is not None:
            rule = "the program that decodes it stopped or hung"
            self._refuse(run.job, Fault(run.job.file, "", "", rule, "save it again with another program"), now_ms)
            run.forget()
        elif run is None or not run.ready:
            self._failed_starts += 1
        super()._fault(cause, now_ms)
        if not self.busy:
            self._start_ms = None

    def _due_ms(self, run: _PictureRun) -> int | None:
        if not run.ready:
            return run.since_ms + START_MS
        return run.job_ms + DECODE_MS if run.job is not None else None

    def _silence(self, run: _PictureRun, now_ms: int) -> str:  # noqa: ARG002 (others tell how long)
        what = run.job.file if run.job is not None else "its start"
        return f"the picture program hangs at {what}"

    def _state(self, ok: bool, cause: str, now_ms: int) -> Signal:
        return PictureState(ok, cause, now_ms)


def _told(picture: OwnPicture, news: PictureRefused) -> Fault:
    """The reason of a refusal. Raises ChildError when it is none."""
    try:
        rule, action = REASONS[Refusal(news.why)]
    except ValueError as why:
        raise ChildError("it gives a reason that is none") from why
    return Fault(picture.file, "", "", rule, action)
