"""The camera, supervised: open from check-in to check-out, restarted when it stops, never an untrue picture.

The device belongs to a child process (``camera_child``), because camera libraries can hang for ever and a process can
be killed. This side starts it, hears it, takes the newest picture out of shared memory, and never waits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from kiosk.clock import Clock
from kiosk.devices.camera_child import CameraFailed, CameraOpened, News, Rejected, Trying
from kiosk.devices.camera_frame import NAMES, STALE_MS, CameraPlan, Frame, NewestFrame, Slots
from kiosk.devices.supervised import (
    BACKOFF_MS,
    START_MS,
    BeginProcess,
    ChildProcess,
    Link,
    Run,
    Supervised,
    decoded,
    fresh,
)
from kiosk.errors import CameraError, ChildError
from kiosk.faults import harmless
from kiosk.signals import CameraState, FrameReady, Signal


class CameraLink(Link, Protocol):
    """One run of a camera child, seen from the kiosk."""

    @property
    def memory(self) -> Slots | None:
        """The memory in which its pictures lie."""

    def newest(self, after: int) -> NewestFrame | None:
        """Its newest picture, if it is newer than the one with the number ``after``. Raises ChildError."""


class ChildLink(ChildProcess):
    """A real child. ``module`` is what it runs: the tests have children that misbehave. ``begin``: how."""

    def __init__(
        self, plan: CameraPlan, module: str = "kiosk.devices.camera_child", begin: BeginProcess = fresh
    ) -> None:
        self.memory = Slots.create(plan.size)
        fd = self.memory.fd
        super().__init__("camera", module, lambda link: (msgspec.json.encode(plan), str(link), str(fd)), (fd,), begin)

    def newest(self, after: int) -> NewestFrame | None:
        return self.memory.newest(after)


__all__ = ["OFF", "Camera", "Frame", "Liveness"]

log = logging.getLogger(__name__)

GRACE_MS = 1_000
"""Time that a child may take to give the device back when it is asked to."""
OFF = "the camera is turned off in the settings"
_NEWS = msgspec.json.Decoder(News)


@dataclass(frozen=True, slots=True)
class Liveness:
    """Whether the pictures that arrive come from a living camera. Pure: times are passed in."""

    t_ms: int
    """The moment at which the newest picture was taken."""
    stamp: int = 0
    """The sensor's time stamp of the newest picture; 0: it has none."""
    content: int = 0
    """A checksum of it; 0 where a repeated picture means nothing."""
    fresh_ms: int = 0
    """The moment at which pictures last differed."""

    def look(self, seen: NewestFrame, now_ms: int) -> Liveness:
        """Return the state after one more picture."""
        frozen = (seen.stamp != 0 and seen.stamp == self.stamp) or (seen.content != 0 and seen.content == self.content)
        return Liveness(seen.frame.t_ms, seen.stamp, seen.content, self.fresh_ms if frozen else now_ms)

    def deadline_ms(self) -> int:
        """The moment at which it must be called dead unless something happens."""
        return min(self.t_ms, self.fresh_ms) + STALE_MS + 1

    def cause(self, now_ms: int) -> str | None:
        """Return the fault of the camera, or None."""
        if now_ms - self.t_ms > STALE_MS:
            return f"no new picture for {(now_ms - self.t_ms) / 1000:.1f} s"
        if now_ms - self.fresh_ms > STALE_MS:
            return f"the same picture for {(now_ms - self.fresh_ms) / 1000:.1f} s: the camera is frozen"
        return None


@dataclass(slots=True, kw_only=True)
class _CameraRun(Run[CameraLink]):
    """One camera child."""

    untried: list[str]
    """Backends that it has not tried yet, in their order."""
    trying: str | None = None
    """The backend that it is opening."""
    heard_ms: int
    """The moment at which it last came further on its way to the first picture."""
    base: int
    """Frames of the children before it: theirs are counted on."""
    alive: Liveness | None = None
    """The life in its pictures; None until the first one."""


class Camera(Supervised[_CameraRun]):
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
        start: Callable[[CameraPlan], CameraLink] = ChildLink,
    ) -> None:
        unknown = [name for name in backends if name not in NAMES]
        if unknown or not backends:
            raise CameraError(f"{', '.join(unknown) or 'nothing'!r} is no camera: choose among {', '.join(NAMES)}")
        if "recorded" in backends and video is None:
            raise CameraError("the recorded camera needs a video file: name one in the settings (camera.video)")
        super().__init__(clock, "no camera", GRACE_MS)
        self._backends = tuple(backends)
        self._order = self._backends
        self._start_child = start
        self._size, self._fps, self._device, self._video = size, fps, device, str(video or "")
        self.rejections: dict[str, str] = {}
        """Backend → why it could not be opened, since ``open``."""
        self.active_name: str | None = None
        """The backend that is open."""
        self._frame: Frame | None = None
        self._seq = self._told = 0

    # -- what the kiosk does with it

    @property
    def is_open(self) -> bool:
        """Whether a process may hold the device: what the camera's light tells."""
        return self._run is not None or bool(self._leaving)

    @property
    def memory(self) -> Slots | None:
        """The memory of the present child's pictures, for whoever else looks at them; another child has another."""
        return None if self._run is None else self._run.link.memory

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
        else:
            self._begin(now)

    def close(self) -> None:
        """Give the device back. Returns at once; the child is killed if it does not go by itself."""
        self.active_name = None
        self._news.clear()
        super().close()

    def latest(self) -> Frame | None:
        """The newest picture, or None when there is none that is true now."""
        run, now = self._run, self._clock.now_ms()
        if run is not None:
            try:
                self._look(run, now)
            except ChildError as why:
                self._fault(str(why), now)
        if self._frame is None or now - self._frame.t_ms > STALE_MS:
            return None
        return self._frame

    def drain(self, now_ms: int) -> Sequence[Signal]:
        """Return the news; also do what is due: kill, restart, give up on a dead picture."""
        news = list(super().drain(now_ms))
        if self._frame is not None and self._frame.seq > self._told:
            self._told = self._frame.seq
            news.append(FrameReady(self._frame.t_ms))
        return news

    # -- one child

    def _set_up(self, now_ms: int) -> _CameraRun:
        link = self._start_child(CameraPlan(self._order, self._size, self._fps, self._video, self._device))
        return _CameraRun(link=link, since_ms=now_ms, heard_ms=now_ms, untried=list(self._order), base=self._seq)

    def _take(self, run: _CameraRun, message: bytes, now_ms: int) -> None:
        match decoded(_NEWS.decode, message):
            case Trying(name) if name in run.untried:
                run.untried.remove(name)
                run.trying = name
            case Rejected(name, cause) if name == run.trying:
                self.rejections[name] = harmless(cause)
                log.warning("camera %s: %s", name, self.rejections[name])
            case CameraOpened(name) if name == run.trying:
                run.trying, self.active_name = None, name
                log.info("camera %s is open", name)
                if name == "none":
                    raise ChildError("no camera: " + "; ".join(f"{k}: {v}" for k, v in self.rejections.items()))
            case CameraFailed(cause):
                raise ChildError(cause)
            case Trying(name) | Rejected(name) | CameraOpened(name):
                raise ChildError(f"the camera program speaks of {name!r} when it cannot")
            case _:
                return  # there is a newer picture, which is looked for anyway
        run.heard_ms = now_ms

    def _look(self, run: _CameraRun, now_ms: int) -> None:
        """Take over the newest picture."""
        seen = self._newest(run)
        if seen is None:
            return
        self._seq = run.base + seen.frame.seq
        self._frame = Frame(seen.frame.pixels, seen.frame.t_ms, self._seq)
        if run.alive is None:
            run.alive = Liveness(seen.frame.t_ms, seen.stamp, seen.content, now_ms)
            self._good(run, now_ms)
        else:
            run.alive = run.alive.look(seen, now_ms)

    def _newest(self, run: _CameraRun) -> NewestFrame | None:
        try:
            seen = run.link.newest(self._seq - run.base)
        except OSError as why:
            raise ChildError(f"{self.active_name or 'camera'}: {why}") from why
        if seen is not None and seen.frame.t_ms > (now := self._clock.now_ms()):
            raise ChildError(f"{self.active_name or 'camera'}: a picture of {seen.frame.t_ms} ms at {now} ms")
        return seen

    def _due_ms(self, run: _CameraRun) -> int:
        return run.alive.deadline_ms() if run.alive is not None else run.heard_ms + START_MS

    def _silence(self, run: _CameraRun, now_ms: int) -> str:
        if run.alive is None:
            return self._ended(run, f"it did not answer for {START_MS // 1000} s")
        return f"{self.active_name or 'camera'}: {run.alive.cause(now_ms)}"

    # -- its end

    def _ended(self, run: _CameraRun, how: str) -> str:
        """Note an end: a backend that was just being tried is tried last from now on. Return it for staff."""
        name = run.trying
        if name is not None:
            self.rejections[name] = how
            others = [n for n in self._order if n not in (name, "none")]
            self._order = (*others, name, *(n for n in self._order if n == "none"))
        return f"{name or self.active_name or 'camera'}: {how}"

    def _fault(self, cause: str, now_ms: int) -> None:
        super()._fault(cause, now_ms)
        if self.active_name != "none":
            self.active_name = None

    def _let_go(self, run: _CameraRun, now_ms: int, kill_ms: int) -> None:
        super()._let_go(run, now_ms, kill_ms)
        self._frame = None

    def _state(self, ok: bool, cause: str, now_ms: int) -> Signal:
        return CameraState(ok, cause, now_ms)
