"""The camera, supervised: open from check-in to check-out, restarted when it stops, never a picture that is not true.

The device belongs to a child process (``camera_child``), because camera libraries can hang for ever and a process can
be killed. This side starts it, hears it, takes the newest picture out of shared memory, and never waits: everything
happens in ``drain(now)``, when the descriptor is readable or the deadline has come.
"""

from __future__ import annotations

import logging
import select
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.clock import Clock
from kiosk.devices.camera_frame import NAMES, STALE_MS, Frame, Plan
from kiosk.devices.camera_link import ChildLink, Failed, Link, News, Opened, Rejected, Trying
from kiosk.devices.camera_memory import Seen, Slots
from kiosk.errors import CameraError
from kiosk.signals import CameraState, FrameReady, Signal

__all__ = ["OFF", "Camera", "Frame", "Liveness"]

log = logging.getLogger(__name__)

START_MS = 15_000
"""A child that says nothing for so long while it opens a camera hangs. (picamera2 takes seconds to load on a Pi.)"""
BACKOFF_MS, BACKOFF_MOST_MS = 2_000, 20_000
STEADY_MS = 10_000
"""A camera that has delivered for so long starts again at the shortest backoff."""
GRACE_MS = 1_000
"""How long a child may take to give the device back when it is asked to."""
REAP_MS = 20
OFF = "the camera is turned off in the settings"


@dataclass(frozen=True, slots=True)
class Liveness:
    """Whether the pictures that arrive come from a living camera. Pure: times are passed in."""

    t_ms: int
    """When the newest picture was taken."""
    stamp: int = 0
    content: int = 0
    fresh_ms: int = 0
    """When the pictures last differed."""

    def look(self, seen: Seen, now_ms: int) -> Liveness:
        """After one more picture."""
        frozen = (seen.stamp != 0 and seen.stamp == self.stamp) or (seen.content != 0 and seen.content == self.content)
        return Liveness(seen.frame.t_ms, seen.stamp, seen.content, self.fresh_ms if frozen else now_ms)

    def deadline_ms(self) -> int:
        """When it must be called dead unless something happens."""
        return min(self.t_ms, self.fresh_ms) + STALE_MS + 1

    def cause(self, now_ms: int) -> str | None:
        """What is wrong with the camera, or None."""
        if now_ms - self.t_ms > STALE_MS:
            return f"no new picture for {(now_ms - self.t_ms) / 1000:.1f} s"
        if now_ms - self.fresh_ms > STALE_MS:
            return f"the same picture for {(now_ms - self.fresh_ms) / 1000:.1f} s: the camera is frozen"
        return None


@dataclass(slots=True)
class _Leaving:
    link: Link
    kill_ms: int
    """When it is killed."""
    look_ms: int
    killed: bool = False


class Camera:
    """A source of ``FrameReady`` and ``CameraState``. All methods belong to one thread.

    ``backends`` are tried in order: ``picamera``, ``webcam``, ``recorded``, ``none``. When ``none`` is
    reached because the others were rejected, they are tried again after the backoff: a camera may be plugged in.
    """

    def __init__(
        self,
        backends: Sequence[str],
        clock: Clock,
        *,
        size: tuple[int, int] = (1280, 720),
        fps: int = 30,
        video: Path | None = None,
        device: str = "",
        start: Callable[[Plan], Link] = ChildLink,
    ) -> None:
        unknown = [name for name in backends if name not in NAMES]
        if unknown or not backends:
            raise CameraError(f"{', '.join(unknown) or 'nothing'!r} is no camera: choose among {', '.join(NAMES)}")
        if "recorded" in backends and video is None:
            raise CameraError("the recorded camera needs a video file: name one in the settings (camera.video)")
        self._backends = tuple(backends)
        self._order = self._backends
        self._clock, self._start_child = clock, start
        self._size, self._fps, self._device, self._video = size, fps, device, str(video or "")
        self.rejections: dict[str, str] = {}
        """Backend → why it could not be opened, since ``open``."""
        self.active_name: str | None = None
        """The backend that is open."""
        # One descriptor for ever, whichever child is behind it.
        self._poll = select.epoll()
        self._wanted = False
        self._link: Link | None = None
        self._leaving: list[_Leaving] = []
        self._news: list[Signal] = []
        self._trying: str | None = None
        self._silent_ms = 0
        self._ended_ms: int | None = None
        self._look_ms = 0
        self._start_ms: int | None = None
        self._backoff_ms = BACKOFF_MS
        self._alive: Liveness | None = None
        self._since_ms = 0
        self._ok: bool | None = None
        self._frame: Frame | None = None
        self._base = self._seq = self._told = 0

    # -- what the kiosk does with it

    @property
    def is_open(self) -> bool:
        """Whether a process may hold the device: what the camera's light tells."""
        return self._link is not None or bool(self._leaving)

    @property
    def memory(self) -> Slots | None:
        """Where the pictures of the present child lie, for whoever else looks at them; another child has another."""
        return None if self._link is None else self._link.memory

    def open(self) -> None:
        """Begin to look for a camera. Faults are told by ``CameraState``, never raised."""
        if self._wanted:
            return
        self._wanted, self._ok = True, None
        self._order, self._backoff_ms = self._backends, BACKOFF_MS
        self.rejections.clear()
        now = self._clock.now_ms()
        if self._backends == ("none",):
            self.active_name = "none"
            self._tell(False, OFF, now)
            return
        self._start_ms = now
        self._start_if_due(now)

    def close(self) -> None:
        """Give the device back. Returns at once; the child is killed if it does not go by itself."""
        self._wanted, self._start_ms, self.active_name = False, None, None
        self._news.clear()
        if self._link is not None:
            now = self._clock.now_ms()
            self._link.hang_up()
            self._let_go(now, now + GRACE_MS)

    def latest(self) -> Frame | None:
        """The newest picture, or None when there is none that is true now."""
        now = self._clock.now_ms()
        self._look(now)
        if self._frame is None or now - self._frame.t_ms > STALE_MS:
            return None
        return self._frame

    # -- kiosk.signals.Source

    def fileno(self) -> int:
        """Readable while the child has news; the same number for ever."""
        return self._poll.fileno()

    def drain(self, now_ms: int) -> Sequence[Signal]:
        """What has happened; also does what is due: kills, restarts, gives up on a dead picture."""
        self._reap(now_ms)
        self._start_if_due(now_ms)
        if self._link is not None:
            self._hear(self._link, now_ms)
        news, self._news = self._news, []
        if self._frame is not None and self._frame.seq > self._told:
            self._told = self._frame.seq
            news.append(FrameReady(self._frame.t_ms))
        return news

    def deadline_ms(self) -> int | None:
        """When ``drain`` has something to do even without news."""
        if self._news:
            return 0
        due = [leaving.look_ms for leaving in self._leaving]
        if self._start_ms is not None and not self._leaving:
            due.append(self._start_ms)
        if self._ended_ms is not None:
            due.append(self._look_ms)
        elif self._link is not None:
            due.append(self._alive.deadline_ms() if self._alive else self._silent_ms + START_MS)
        return min(due, default=None)

    # -- one child

    def _start_if_due(self, now_ms: int) -> None:
        if self._start_ms is None or now_ms < self._start_ms:
            return
        # The one before may still hold the device; one that cannot even be killed is not waited for.
        if any(now_ms < leaving.kill_ms + GRACE_MS for leaving in self._leaving):
            return
        self._start_ms = self._trying = self._alive = self._ended_ms = None
        self._base, self._silent_ms = self._seq, now_ms
        try:
            self._link = self._start_child(Plan(self._order, self._size, self._fps, self._video, self._device))
        except OSError as err:
            self._fault(f"the camera program cannot be started: {err}", now_ms)
            return
        self._poll.register(self._link.fileno(), select.EPOLLIN)

    def _hear(self, link: Link, now_ms: int) -> None:
        for news in link.news():
            self._silent_ms = now_ms
            cause = self._take(news)
            if cause is not None:
                self._fault(cause, now_ms)
                return
        self._look(now_ms)
        if link.ended:
            # The socket closes a moment before the process can be asked how it ended.
            if self._ended_ms is None:
                self._ended_ms = now_ms
                self._poll.unregister(link.fileno())
            self._look_ms = now_ms + REAP_MS
            if link.gone() or now_ms - self._ended_ms >= GRACE_MS:
                self._hung(link.epitaph(), now_ms)
        elif self._alive is not None:
            dead = self._alive.cause(now_ms)
            if dead is not None:
                self._fault(f"{self.active_name or 'camera'}: {dead}", now_ms)
        elif now_ms - self._silent_ms >= START_MS:
            self._hung(f"it did not answer for {START_MS // 1000} s", now_ms)

    def _take(self, news: News) -> str | None:
        """Note what the child said; returns a cause if it means that there is no camera."""
        match news:
            case Trying(name):
                self._trying = name
            case Rejected(name, cause):
                self.rejections[name] = cause
                log.warning("camera %s: %s", name, cause)
            case Opened(name):
                self._trying, self.active_name = None, name
                log.info("camera %s is open", name)
                if name == "none":
                    return "no camera: " + "; ".join(f"{k}: {v}" for k, v in self.rejections.items())
            case Failed(cause):
                return cause
        return None

    def _look(self, now_ms: int) -> None:
        """Take over the newest picture."""
        seen = self._link.newest(self._seq - self._base) if self._link is not None else None
        if seen is None:
            return
        self._seq = self._base + seen.frame.seq
        self._frame = Frame(seen.frame.pixels, seen.frame.t_ms, self._seq)
        if self._alive is None:
            self._since_ms = now_ms
            self._alive = Liveness(seen.frame.t_ms, seen.stamp, seen.content, now_ms)
            self._tell(True, "", now_ms)
        else:
            self._alive = self._alive.look(seen, now_ms)

    # -- its end

    def _hung(self, how: str, now_ms: int) -> None:
        """The child ended or hangs without a word: while it tried a backend, that backend is tried last from now on."""
        name = self._trying
        if name is not None:
            self.rejections[name] = how
            others = [n for n in self._order if n not in (name, "none")]
            self._order = (*others, name, *(n for n in self._order if n == "none"))
        self._fault(f"{name or self.active_name or 'camera'}: {how}", now_ms)

    def _fault(self, cause: str, now_ms: int) -> None:
        log.warning("no camera: %s", cause)
        if self._link is not None:
            self._link.kill()
            if self._alive is not None and now_ms - self._since_ms >= STEADY_MS:
                self._backoff_ms = BACKOFF_MS
            self._let_go(now_ms, now_ms)
        if self.active_name != "none":
            self.active_name = None
        self._start_ms = now_ms + self._backoff_ms
        self._backoff_ms = min(2 * self._backoff_ms, BACKOFF_MOST_MS)
        self._tell(False, cause, now_ms)

    def _let_go(self, now_ms: int, kill_ms: int) -> None:
        link, self._link = self._link, None
        heard, self._ended_ms = self._ended_ms is None, None
        self._frame = self._alive = None
        if link is not None:
            if heard:
                self._poll.unregister(link.fileno())
            # Gone within milliseconds as a rule; its end has no descriptor of its own.
            self._leaving.append(_Leaving(link, kill_ms, now_ms + REAP_MS))

    def _reap(self, now_ms: int) -> None:
        for leaving in list(self._leaving):
            leaving.link.news()
            if leaving.link.gone():
                self._leaving.remove(leaving)
                continue
            if now_ms >= leaving.kill_ms and not leaving.killed:
                leaving.link.kill()
                leaving.killed = True
            stubborn = now_ms > leaving.kill_ms + GRACE_MS
            leaving.look_ms = now_ms + (GRACE_MS if stubborn else REAP_MS)

    def _tell(self, ok: bool, cause: str, now_ms: int) -> None:
        if ok != self._ok:
            self._ok = ok
            self._news.append(CameraState(ok, cause, now_ms))
