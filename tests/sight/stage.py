"""Sight on a stage: a clock that is told the time, and children whose every word the test says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from kiosk.clock import SimClock
from kiosk.devices.camera_frame import Slots
from kiosk.face.model import Midline, Reading, Task, Zone
from kiosk.sight.clips import FilmOrder
from kiosk.sight.messages import ASKED, ENCODER, Asked, LookOrder, Ready, SightMessage, SightSeen
from kiosk.sight.sight import Sight
from kiosk.signals import SightState, Signal

SIZE = (1280, 720)
TASK = Task(key="a", zone=Zone.MOUTH)
FILM = FilmOrder("film", 1_000)


def seen(t_ms: int, **more: object) -> Reading:
    """A face in the middle of the picture."""
    usual: dict[str, object] = {
        "present": True,
        "score": 0.9,
        "eyes_px": 140.0,
        "centre": (640.0, 300.0),
        "midline": Midline(640.0, 300.0, 1.0),
        "light": 0.5,
        "left": (1.0, -1.0),
        "right": (-2.0, -2.0),
        "ok": 0.9,
    }
    return Reading(t_ms=t_ms, **{**usual, **more})  # type: ignore[arg-type]


class Played:
    """A child as the test plays it."""

    def __init__(self) -> None:
        self.ended = self.killed = self.hung_up = self.dead = False
        self.says: list[bytes] = []
        self.heard: list[Asked] = []
        self.fds: list[int] = []
        self.deaf = False
        self._fd = os.eventfd(0, os.EFD_CLOEXEC)

    def tell(self, *told: SightMessage) -> None:
        self.says += [ENCODER.encode(each) for each in told]

    @property
    def looks(self) -> int:
        """How often it was asked to look."""
        return sum(isinstance(asked, LookOrder) for asked in self.heard)

    def fileno(self) -> int:
        return self._fd

    def messages(self) -> list[bytes]:
        said, self.says = self.says, []
        return said

    def say(self, message: bytes, fds: Sequence[int] = ()) -> bool:
        if self.deaf:
            return False
        self.heard.append(ASKED.decode(message))
        self.fds += fds
        return True

    def hang_up(self) -> None:
        self.hung_up = True

    def kill(self) -> None:
        self.killed = self.dead = True

    def gone(self) -> bool:
        return self.dead

    def epitaph(self) -> str:
        return "the sight program was stopped by SIGSEGV"

    def __del__(self) -> None:
        os.close(self._fd)


class Stage:
    """A sight, its clock, the camera's memory, and every child it ever had."""

    def __init__(self) -> None:
        self.clock = SimClock()
        self.children: list[Played] = []
        self.memory: Slots | None = Slots.create(SIZE)
        self.refused: OSError | None = None
        self.sight = Sight(self.clock, Path("models"), lambda: self.memory, self._start)

    def _start(self, _models: Path) -> Played:
        if self.refused is not None:
            raise self.refused
        self.children.append(Played())
        return self.children[-1]

    @property
    def child(self) -> Played:
        return self.children[-1]

    @property
    def now(self) -> int:
        return self.clock.now_ms()

    def after(self, ms: int) -> list[Signal]:
        """Let time pass, as the one wait does: it also wakes at deadlines."""
        end = self.now + ms
        news: list[Signal] = []
        for _ in range(1_000):
            if (due := self.sight.deadline_ms()) is None or due > end:
                break
            self.clock.advance(max(0, due - self.now))
            news += self.sight.drain(self.now)
        else:
            raise AssertionError("what is due is never done: the one wait would be a busy loop")
        self.clock.advance(end - self.now)
        return [*news, *self.sight.drain(self.now)]

    def begin(self, task: Task | None = TASK) -> list[Signal]:
        """Open, with a child that is ready and has something to look for."""
        self.sight.open()
        self.sight.offer(self.now)
        self.child.tell(Ready("mesh"))
        self.sight.watch(task)
        return self.after(1)

    def frame(self, *, cost_ms: float = 20.0, wait_ms: int = 100, **more: object) -> list[Signal]:
        """A frame, looked at and answered at once by a face with ``more``; then time passes."""
        before = self.child.looks
        self.sight.offer(self.now)
        if self.child.looks > before:
            self.child.tell(SightSeen(seen(self.now, **more), cost_ms))
        return [*self.sight.drain(self.now), *self.after(wait_ms)]


def states(news: Sequence[Signal]) -> list[SightState]:
    return [each for each in news if isinstance(each, SightState)]
