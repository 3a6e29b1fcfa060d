"""Whoever looks at the camera's pictures, supervised: newest picture only, checked answers, never one that is old.

Looking is done by a child process (``child``), because it takes longer than a picture may wait and because a library
that hangs or goes wrong can be killed there. This side gives it one picture at a time when it is idle and the rate
allows, checks every answer, and never waits: everything happens in ``drain(now)`` or by ``deadline_ms``.
"""

from __future__ import annotations

import logging
import select
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Protocol

import msgspec

from kiosk.clock import Clock
from kiosk.devices.camera_memory import Slots
from kiosk.devices.child import ChildProcess
from kiosk.face.model import Reading, Task
from kiosk.sight.clips import ClipKept, ClipLost, FilmOrder
from kiosk.sight.kept import Kept
from kiosk.sight.messages import ENCODER, TOLD, Asked, Failed, Finish, LookOrder, Memory, Ready, Seen, Told
from kiosk.sight.models import absent
from kiosk.sight.rate import Rate
from kiosk.sight.sane import nonsense
from kiosk.signals import FaceState, Filmed, SightState, Signal

log = logging.getLogger(__name__)

START_MS = 15_000
"""A child that is not ready by then hangs. (OpenCV and the networks take seconds to load on a Pi.)"""
ANSWER_MS = 2_000
BAD_IN_A_ROW = 3
BACKOFF_MS, BACKOFF_MOST_MS = 2_000, 20_000
STEADY_MS = 10_000
"""A child that has answered for so long starts again at the shortest backoff."""
GRACE_MS = 4_000
"""How long a child may take to end when it is asked to: it may have a film to write."""
REAP_MS = 50
KILLED_MS = 200
"""How long the end of a killed child is waited for."""
LOGGED_CHANGE = 1.25


class Link(Protocol):
    """One run of the child, seen from the kiosk: ``devices.child.ChildProcess``."""

    ended: bool

    def fileno(self) -> int: ...

    def messages(self) -> list[bytes]: ...

    def say(self, message: bytes, fds: Sequence[int] = ()) -> bool: ...

    def hang_up(self) -> None: ...

    def kill(self) -> None: ...

    def gone(self) -> bool: ...

    def epitaph(self) -> str: ...


def start_child(models: Path) -> Link:
    """The real one. Raises OSError."""
    return ChildProcess("sight", "kiosk.sight.child", lambda link: (str(link), str(models)))


@dataclass(frozen=True, slots=True)
class _Question:
    """What the child was asked and has not answered."""

    key: str
    t_ms: int
    """Of the frame that was offered."""
    at_ms: int
    size: tuple[int, int]


@dataclass(slots=True)
class _Run:
    """One child while it is used, or while it is leaving."""

    link: Link
    since_ms: int
    how: str = ""
    memory: Slots | None = None
    """The one it was given."""
    question: _Question | None = None
    answered_ms: int | None = None
    """When its first good answer came."""
    bad: int = 0
    films: list[str] = field(default_factory=list)
    """Begun, and not told about yet."""
    kill_ms: int = 0
    look_ms: int = 0
    """When it is looked after next, once it is leaving."""


class Sight:
    """A source of ``FaceState``, ``SightState`` and ``Filmed``. One thread's alone; only ``settle`` waits."""

    def __init__(
        self,
        clock: Clock,
        models: Path,
        memory: Callable[[], Slots | None],
        start: Callable[[Path], Link] = start_child,
    ) -> None:
        """``models``: their folder. ``memory`` says where the camera's pictures lie just now."""
        self._clock, self._models, self._memory, self._start_child = clock, models, memory, start
        # One descriptor for ever, whichever child is behind it.
        self._poll = select.epoll()
        self._wanted = False
        self._lacking: str | None = None
        self._run: _Run | None = None
        self._leaving: list[_Run] = []
        self._news: list[Signal] = []
        self._start_ms: int | None = None
        self._backoff_ms = BACKOFF_MS
        self._ok: bool | None = None
        self._kept = Kept()
        self._films: list[ClipKept | ClipLost] = []
        self._rate = Rate()
        self._logged_ms = self._rate.interval_ms

    # -- what the kiosk does with it

    @property
    def how(self) -> str:
        """``mesh`` or ``fallback``; empty while nobody looks."""
        return self._run.how if self._run is not None else ""

    @property
    def lacking(self) -> str:
        """What the looker lacks, a sentence for staff; empty where it has all. Before the first one: what it will."""
        return absent(self._models) if self._lacking is None else self._lacking

    def open(self) -> None:
        """Begin with the first frame: without a camera no child is needed. Faults are told by ``SightState``."""
        if not self._wanted:
            self._wanted, self._ok = True, None
            self._backoff_ms, self._rate = BACKOFF_MS, Rate()

    def close(self) -> None:
        """Let the child go, once it has written its films. Returns at once."""
        self._wanted, self._start_ms = False, None
        self.watch(None)
        if self._run is not None:
            now = self._clock.now_ms()
            self._run.link.hang_up()
            self._let_go(now, now + GRACE_MS)

    def watch(self, task: Task | None) -> None:
        """What to look for from now on; another key forgets what was seen. None: nothing, and no news of a face."""
        self._kept.watch(task)

    def offer(self, t_ms: int) -> None:
        """The camera has a frame of ``t_ms``. It is given away if the child is idle and it is time; else forgotten."""
        if self._wanted and self._run is None and self._start_ms is None:
            self._start(self._clock.now_ms())
        run, task = self._run, self._kept.task
        if run is None or task is None or not run.how or run.question is not None or not self._rate.due(t_ms):
            return
        memory = self._memory()
        if memory is None:
            return
        if memory is not run.memory:
            if not self._ask(run, Memory(memory.size), (memory.fd,)):
                return
            run.memory = memory
        if self._ask(run, LookOrder(task)):
            run.question = _Question(task.key, t_ms, self._clock.now_ms(), memory.size)
            self._rate = self._rate.asked(t_ms)

    def latest(self, now_ms: int) -> Reading | None:
        """The newest reading, or None when it is older than a second."""
        return self._kept.latest(now_ms)

    def between(self, from_ms: int, to_ms: int) -> tuple[Reading, ...]:
        """The readings of this task from ``from_ms`` to ``to_ms``, oldest first."""
        return self._kept.between(from_ms, to_ms)

    def record(self, wanted: FilmOrder) -> None:
        """Begin a film of what is looked at; one that runs is finished first. ``Filmed`` tells when one is over."""
        run = self._run
        if run is None or not run.how or not self._ask(run, wanted):
            self._filmed(ClipLost(wanted.path, "stopped"))
        else:
            run.films.append(wanted.path)

    def finish(self) -> None:
        """The film that runs is over."""
        if self._run is not None and self._run.films:
            self._ask(self._run, Finish())

    def films(self) -> tuple[ClipKept | ClipLost, ...]:
        """What became of films since the last call: of each that was begun, once."""
        films, self._films = tuple(self._films), []
        return films

    def settle(self, patience_ms: int) -> None:
        """At the kiosk's own end: close, and wait until every film is over. Whoever takes longer is killed.

        The one place that waits, and by turns that are counted: a clock that stands still holds up no end.
        """
        self.close()
        for _ in range(patience_ms // REAP_MS):
            self._reap(self._clock.now_ms())
            filming = [run.link for run in self._leaving if run.films]
            if not filming:
                return
            select.select([link for link in filming if not link.ended], [], [], REAP_MS / 1000)
        for run in self._leaving:
            run.link.kill()
        for _ in range(KILLED_MS // REAP_MS):
            self._reap(self._clock.now_ms())
            if not any(run.films for run in self._leaving):
                return
            select.select([], [], [], REAP_MS / 1000)

    # -- kiosk.signals.Source

    def fileno(self) -> int:
        """Readable while the child has news; the same number for ever."""
        return self._poll.fileno()

    def drain(self, now_ms: int) -> Sequence[Signal]:
        """What has happened; also does what is due: restarts, and kills a child that hangs."""
        self._reap(now_ms)
        if self._start_ms is not None and now_ms >= self._start_ms:
            self._start(now_ms)
        if self._run is not None:
            self._hear(self._run, now_ms)
        news, self._news = self._news, []
        return news

    def deadline_ms(self) -> int | None:
        """When ``drain`` has something to do even without news."""
        if self._news:
            return 0
        due = [run.look_ms for run in self._leaving]
        if self._start_ms is not None:
            due.append(self._start_ms)
        if self._run is not None and (silent_ms := _silent_ms(self._run)) is not None:
            due.append(silent_ms)
        return min(due, default=None)

    # -- one child

    def _start(self, now_ms: int) -> None:
        self._start_ms = None
        try:
            link = self._start_child(self._models)
        except OSError as why:
            self._fault(f"the sight program cannot be started: {why}", now_ms)
            return
        self._run = _Run(link, now_ms)
        self._poll.register(link.fileno(), select.EPOLLIN)

    def _ask(self, run: _Run, asked: Asked, fds: Sequence[int] = ()) -> bool:
        # One that cannot be told anything has ended, and that is heard, or hangs, and its silence is noticed.
        return run.link.say(ENCODER.encode(asked), fds)

    def _hear(self, run: _Run, now_ms: int) -> None:
        for message in run.link.messages():
            try:
                wrong = self._take(run, TOLD.decode(message), now_ms)
            except msgspec.DecodeError as why:
                run.question = None
                wrong = str(why)
            if self._run is not run:
                return  # it failed, by its own words
            run.bad = run.bad + 1 if wrong else run.bad
            if wrong:
                log.warning("sight said something that cannot be: %s", wrong)
            if run.bad >= BAD_IN_A_ROW:
                self._fault(f"it said {run.bad} things in a row that cannot be: {wrong}", now_ms)
                return
        silent_ms = _silent_ms(run)
        if run.link.ended:
            self._fault("the sight program ended", now_ms)
        elif silent_ms is not None and now_ms >= silent_ms:
            waited_ms = ANSWER_MS if run.how else START_MS
            self._fault(f"the sight program did not answer for {waited_ms // 1000} s", now_ms)

    def _take(self, run: _Run, told: Told, now_ms: int) -> str:
        """Note what the child said; returns what is wrong with it, or nothing."""
        match told:
            case Ready(how, lacking):
                run.how, self._lacking = how, lacking
                log.info("pictures are looked at by the %s%s", how, f": {lacking}" if lacking else "")
            case Failed(cause):
                self._fault(cause, now_ms)
            case ClipKept() | ClipLost():
                self._film_ended(run, told)
            case Seen(reading, cost_ms):
                question, run.question = run.question, None
                if question is None:
                    return "an answer that nobody asked for"
                if reading is None:
                    return ""
                wrong = nonsense(reading, question.size, question.t_ms, now_ms)
                if wrong or not (isfinite(cost_ms) and cost_ms >= 0):
                    return wrong or "a cost that is none"
                self._believe(run, question.key, reading, cost_ms, now_ms)
        return ""

    def _believe(self, run: _Run, key: str, reading: Reading, cost_ms: float, now_ms: int) -> None:
        run.bad = 0
        if run.answered_ms is None:
            run.answered_ms = now_ms
            self._tell(True, "", now_ms)
        self._rate = self._rate.answered(cost_ms)
        change = self._rate.interval_ms / self._logged_ms
        if not 1 / LOGGED_CHANGE < change < LOGGED_CHANGE:
            self._logged_ms = self._rate.interval_ms
            log.info(
                "a picture is looked at every %d ms at most, for %.0f ms of processor time",
                self._logged_ms,
                self._rate.cost_ms,
            )
        present = self._kept.take(key, reading)
        if present is not None:
            self._news.append(FaceState(present, now_ms))

    # -- films

    def _film_ended(self, run: _Run, clip: ClipKept | ClipLost) -> None:
        if clip.path in run.films:
            run.films.remove(clip.path)
            self._filmed(clip)

    def _filmed(self, clip: ClipKept | ClipLost) -> None:
        self._films.append(clip)
        self._news.append(Filmed(self._clock.now_ms()))

    # -- its end

    def _fault(self, cause: str, now_ms: int) -> None:
        log.warning("nobody looks at pictures: %s", cause)
        run = self._run
        if run is not None:
            if run.answered_ms is not None and now_ms - run.answered_ms >= STEADY_MS:
                self._backoff_ms = BACKOFF_MS
            run.link.kill()
            self._let_go(now_ms, now_ms)
        # Nothing is known about the face now; what was measured until now stays measured.
        self._kept.forget_face()
        self._start_ms = now_ms + self._backoff_ms
        self._backoff_ms = min(2 * self._backoff_ms, BACKOFF_MOST_MS)
        self._tell(False, cause, now_ms)

    def _let_go(self, now_ms: int, kill_ms: int) -> None:
        run, self._run = self._run, None
        if run is not None:
            self._poll.unregister(run.link.fileno())
            run.kill_ms, run.look_ms = kill_ms, now_ms + REAP_MS
            self._leaving.append(run)

    def _reap(self, now_ms: int) -> None:
        for run in list(self._leaving):
            for message in run.link.messages():
                try:
                    told = TOLD.decode(message)
                except msgspec.DecodeError:
                    continue
                if isinstance(told, ClipKept | ClipLost):
                    self._film_ended(run, told)
            if run.link.gone():
                self._leaving.remove(run)
                log.info("%s", run.link.epitaph())
                for path in list(run.films):
                    self._film_ended(run, ClipLost(path, "stopped"))
                continue
            if now_ms >= run.kill_ms:
                run.link.kill()
            run.look_ms = now_ms + (GRACE_MS if now_ms >= run.kill_ms + GRACE_MS else REAP_MS)

    def _tell(self, ok: bool, cause: str, now_ms: int) -> None:
        if ok != self._ok:
            self._ok = ok
            self._news.append(SightState(ok, cause, now_ms))


def _silent_ms(run: _Run) -> int | None:
    """When this child's silence means that it hangs; None while it owes no answer."""
    if not run.how:
        return run.since_ms + START_MS
    return None if run.question is None else run.question.at_ms + ANSWER_MS
