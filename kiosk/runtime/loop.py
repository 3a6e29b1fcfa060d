"""One pass: one ``select`` for all news and deadlines, let the runtime decide, draw what changed, feed the watchdog.

Until the record is open ``Waking`` stands in for the runtime.
"""

from __future__ import annotations

import selectors
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from kiosk.clock import Clock
from kiosk.devices.camera_frame import STALE_MS, Frame
from kiosk.records.folder import Problem
from kiosk.records.store import Store
from kiosk.runtime.watchdog import Watchdog
from kiosk.screens.scene import NoteScene, PictureScene, Scene, StepScene
from kiosk.signals import Closed, FrameReady, Signal, SignalSource
from kiosk.words import Words


class Wait(Protocol):
    """The loop's one wait; the demo's twin lets simulated time pass instead."""

    def until(self, deadline_ms: int | None) -> None:
        """Return when any source has news, or at ``deadline_ms``; None: only for news."""

    def close(self) -> None: ...


class SelectWait:
    """Waits on the sources' descriptors. Descriptors are asked for once: a source keeps its own for life.

    A source without one (-1: a window of a display over TCP) has deadlines instead.
    """

    def __init__(self, clock: Clock, sources: Iterable[SignalSource]) -> None:
        self._clock = clock
        self._selector = selectors.DefaultSelector()
        for descriptor in (source.fileno() for source in sources):
            if descriptor >= 0:
                self._selector.register(descriptor, selectors.EVENT_READ)

    def until(self, deadline_ms: int | None) -> None:
        timeout = None if deadline_ms is None else max(0, deadline_ms - self._clock.now_ms()) / 1000
        self._selector.select(timeout)

    def close(self) -> None:
        self._selector.close()


SWITCH_S = 0.001
"""Time for which another thread may hold the interpreter while this one waits for it, as it does several times for each
picture: with Python's own 5 ms an export that is made beside a session would make pictures late."""
PRESENT_EVERY_MS = 5_000
"""Even a screen that does not change is presented this often: the watchdog is fed by nothing else."""


class Display(Protocol):
    """The screen: pictures go to it and keys come from it."""

    def show(self, scene: Scene, frame: Frame | None) -> None:
        """Draw and flip."""


class Steered(Protocol):
    """The surface of the runtime that the loop needs."""

    @property
    def closed(self) -> bool: ...

    @property
    def healthy(self) -> bool: ...

    def hear(self, signal: Signal, now_ms: int) -> None: ...

    def tick(self, now_ms: int) -> None: ...

    def scene(self, now_ms: int) -> Scene: ...

    def deadline_ms(self, now_ms: int) -> int | None: ...


class FrameSource(SignalSource, Protocol):
    """A camera, as far as the loop knows it."""

    def latest(self) -> Frame | None: ...


class Loop:
    """Runs on the main thread, which alone touches the screen."""

    def __init__(
        self,
        clock: Clock,
        wait: Wait,
        sources: Sequence[SignalSource],
        camera: FrameSource,
        runtime: Steered,
        screen: Display,
        watchdog: Watchdog,
        offer: Callable[[int], None] = lambda _: None,
        looks: Callable[[], bool] = lambda: True,
    ) -> None:
        """``offer`` hears when each new frame was taken, once it has been drawn: the mirror comes first.

        ``looks``: whether what is shown may follow from what the camera sees; where not, a frame decides nothing.
        """
        self._clock, self._wait, self._sources, self._camera = clock, wait, tuple(sources), camera
        self._runtime, self._screen, self._watchdog, self._offer = runtime, screen, watchdog, offer
        self._looks = looks
        self._shown: Scene | None = None
        self._frame_seq: int | None = None
        self._presented_ms: int | None = None
        self._due_ms = 0

    def run(self) -> None:
        """Take turns until the runtime is closed."""
        before = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_S)
        try:
            while not self._runtime.closed:
                self._wait.until(self.deadline_ms())
                self.turn()
        finally:
            sys.setswitchinterval(before)

    def deadline_ms(self) -> int | None:
        """Return the moment at which the next pass is due even without news."""
        now = self._clock.now_ms()
        if self._presented_ms is None:
            return now
        times = [due for source in self._sources if (due := source.deadline_ms()) is not None]
        # What the last pass found still stands; only where drawing took longer than that is it asked for again.
        own = self._due_ms if now < self._due_ms else self._own_deadline_ms(now)
        return min((own, *times))

    def _own_deadline_ms(self, now: int) -> int:
        """Return the moment at which the screen is to be looked at again, whatever the sources want."""
        times = [(self._presented_ms or 0) + PRESENT_EVERY_MS]
        runtime = self._runtime.deadline_ms(now)
        if runtime is not None:
            times.append(runtime)
        if _live(self._shown) and (frame := self._camera.latest()) is not None:
            times.append(frame.t_ms + STALE_MS + 1)
        return min(times)

    def turn(self) -> None:
        """Hear everything, decide, and show it if it changed."""
        now = self._clock.now_ms()
        heard = False
        frame_ms: int | None = None
        for source in self._sources:
            for signal in source.drain(now):
                if isinstance(signal, FrameReady):
                    frame_ms = signal.t_ms
                else:
                    heard = True
                    self._runtime.hear(signal, now)
        early = not heard and self._presented_ms is not None and now < self._due_ms
        if early and (frame_ms is None or not self._looks()):
            # A window without a descriptor wakes 50 times a second to look for keys, a camera 30 times: where that
            # changes nothing it must cost next to nothing.
            if frame_ms is not None:
                self._offer(frame_ms)
            return
        self._runtime.tick(now)
        self._draw(frame_ms is not None, now)
        if frame_ms is not None:
            self._offer(frame_ms)
        self._due_ms = self._own_deadline_ms(now)

    def _draw(self, fresh: bool, now: int) -> None:
        scene = self._runtime.scene(now)
        frame = self._frame(scene, now)
        seq = frame.seq if frame is not None else None
        stale = self._presented_ms is None or now - self._presented_ms >= PRESENT_EVERY_MS
        changed = scene != self._shown or seq != self._frame_seq or (fresh and frame is not None)
        if changed or stale:
            self._screen.show(scene, frame)
            self._shown, self._frame_seq, self._presented_ms = scene, seq, self._clock.now_ms()
            self._watchdog.presented(self._presented_ms, self._runtime.healthy)

    def _frame(self, scene: Scene, now: int) -> Frame | None:
        if not _live(scene):
            return None
        frame = self._camera.latest()
        return frame if frame is not None and now - frame.t_ms <= STALE_MS else None


def _live(scene: Scene | None) -> bool:
    return isinstance(scene, StepScene) and scene.picture is PictureScene.LIVE


PATIENCE_MS = 300_000
"""A record that is not open by then will not open: the watchdog is not fed any more."""


class Waking:
    """Steers the screen in place of ``Runtime``, for as long as ``store`` has not begun. ``ended``: it never will."""

    def __init__(self, store: Store, words: Words, now_ms: int) -> None:
        self._store, self._words, self._since_ms, self._now_ms = store, words, now_ms, now_ms
        self.ended = False

    @property
    def closed(self) -> bool:
        """Whether something else comes next."""
        return self.ended or self._store.begun

    @property
    def healthy(self) -> bool:
        """Whether the record may still be on its way."""
        return self._now_ms - self._since_ms < PATIENCE_MS

    def hear(self, signal: Signal, now_ms: int) -> None:
        """Hear a stop, and nothing else."""
        self._now_ms = now_ms
        self.ended = self.ended or isinstance(signal, Closed)

    def tick(self, now_ms: int) -> None:
        """Let time pass."""
        self._now_ms = now_ms

    def deadline_ms(self, now_ms: int) -> int | None:  # noqa: ARG002 (every mode is asked with the time)
        """Tell that nothing changes by itself."""
        return None

    def scene(self, now_ms: int) -> Scene:  # noqa: ARG002
        """A calm screen that says what is being done."""
        _ = self._words
        lines: Sequence[str] = (_("The kiosk is starting."),)
        if self._store.problem == Problem.RESCUE:
            lines = (_("The record was damaged. What can be read of it is being kept."), _("Please leave it on."))
        return NoteScene(name="starting", title=_("One moment"), lines=tuple(lines))
