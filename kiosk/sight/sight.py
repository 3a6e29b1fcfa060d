"""Looking at the camera's pictures, supervised: newest only, as often as there is room, never an old answer.

Looking is done by a child process (``child``), because it takes longer than a picture may wait and because a library
that hangs or goes wrong can be killed there. This side gives it one picture at a time when it is idle and the rate
allows, checks every answer, and never waits.
"""

from __future__ import annotations

import logging
import select
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path

from kiosk.clock import Clock
from kiosk.devices.camera_frame import Slots
from kiosk.devices.supervised import (
    BACKOFF_MS,
    REAP_MS,
    START_MS,
    BeginProcess,
    ChildProcess,
    Link,
    Run,
    Supervised,
    decoded,
    fresh,
)
from kiosk.errors import ChildError
from kiosk.face.model import Reading, Task
from kiosk.face.nets import absent
from kiosk.faults import harmless
from kiosk.sight.clips import ClipKept, ClipLost, FilmOrder
from kiosk.sight.kept import KeptReadings
from kiosk.sight.messages import (
    ENCODER,
    LOOKERS,
    TOLD,
    Asked,
    Finish,
    LookOrder,
    Memory,
    Ready,
    SightFailed,
    SightMessage,
    SightSeen,
    film_sane,
    nonsense,
)
from kiosk.signals import FaceState, Filmed, SightState, Signal

FASTEST_MS, SLOWEST_MS = 66, 1_000
"""15 a second is what the measures want; a board that cannot do one a second is of no use."""
SHARE = 0.75
"""Share of one core. A Raspberry Pi has four, and the mirror needs little of one; speeds want ten pictures a second."""
_WEIGHT = 0.2
"""Weight of the newest cost in the running mean: about five pictures back."""
_EARLY_MS = 10
"""Pictures of 30 a second come 33 ms apart, more or less: the second of them must not just miss its turn."""


@dataclass(frozen=True, slots=True)
class Rate:
    """The pace of looking: it tells when the next picture is due. Times are those of frames, boot milliseconds."""

    cost_ms: float | None = None
    """Processor time that looking has cost lately, by the worker's own count."""
    asked_ms: int | None = None
    """The moment of the last frame that was looked at; None: none was."""

    @property
    def interval_ms(self) -> int:
        """From one picture that is looked at to the next."""
        return round(min(SLOWEST_MS, max(FASTEST_MS, (self.cost_ms or 0.0) / SHARE)))

    def due(self, t_ms: int) -> bool:
        """Whether a frame of ``t_ms`` is looked at; one of an earlier time means that the camera began anew."""
        return self.asked_ms is None or not 0 <= t_ms - self.asked_ms < self.interval_ms - _EARLY_MS

    def asked(self, t_ms: int) -> Rate:
        """After the frame of ``t_ms`` was given away."""
        return replace(self, asked_ms=t_ms)

    def answered(self, cost_ms: float) -> Rate:
        """After an answer that cost the worker ``cost_ms``."""
        before = cost_ms if self.cost_ms is None else self.cost_ms
        return replace(self, cost_ms=before + _WEIGHT * (cost_ms - before))


log = logging.getLogger(__name__)

ANSWER_MS = 2_000
BAD_IN_A_ROW = 3
GRACE_MS = 4_000
"""Time that a child may take to end when it is asked to: it may have a film to write."""
KILLED_MS = 200
"""Time for which the end of a killed child is waited for."""
LOGGED_CHANGE = 1.25


def start_child(models: Path, begin: BeginProcess = fresh) -> Link:
    """The real one. Raises OSError."""
    return ChildProcess("sight", "kiosk.sight.child", lambda link: (str(link), str(models)), begin=begin)


@dataclass(frozen=True, slots=True)
class _Question:
    """A question that the child was asked and has not answered."""

    key: str
    t_ms: int
    """The moment of the frame that was offered."""
    at_ms: int
    size: tuple[int, int]


@dataclass(slots=True, kw_only=True)
class _SightRun(Run[Link]):
    """One child while it is used, or while it is leaving."""

    how: str = ""
    """``mesh`` or ``fallback``; empty until it is ready."""
    memory: Slots | None = None
    """The one it was given."""
    question: _Question | None = None
    """The question that it owes an answer to."""
    bad: int = 0
    """Answers in a row that cannot be."""
    films: dict[str, FilmOrder] = field(default_factory=dict)
    """By path, those begun and not told about yet."""


class Sight(Supervised[_SightRun]):
    """A source of ``FaceState``, ``SightState`` and ``Filmed``. One thread's alone; only ``settle`` waits."""

    def __init__(
        self,
        clock: Clock,
        models: Path,
        memory: Callable[[], Slots | None],
        start: Callable[[Path], Link] = start_child,
    ) -> None:
        """``models``: their folder. ``memory`` says where the camera's pictures lie just now."""
        super().__init__(clock, "nobody looks at pictures", GRACE_MS)
        self._models, self._memory, self._start_child = models, memory, start
        self._lacking: str | None = None
        self._kept = KeptReadings()
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
        """The looker's lacks, a sentence for staff; empty where it has all. Before the first one: what it will."""
        return absent(self._models) if self._lacking is None else self._lacking

    def open(self) -> None:
        """Begin with the first frame: without a camera no child is needed. Faults are told by ``SightState``."""
        if not self._wanted:
            self._wanted, self._ok = True, None
            self._backoff_ms, self._rate = BACKOFF_MS, Rate()

    def close(self) -> None:
        """Let the child go, once it has written its films. Returns at once."""
        self.watch(None)
        super().close()

    def watch(self, task: Task | None) -> None:
        """Look for ``task`` from now on; another key forgets what was seen. None: look for nothing, tell of no face."""
        self._kept.watch(task)

    def offer(self, t_ms: int) -> None:
        """The camera has a frame of ``t_ms``. It is given away if the child is idle and it is time; else forgotten."""
        if self._wanted and self._run is None and self._start_ms is None:
            self._begin(self._clock.now_ms())
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
            run.films[wanted.path] = wanted

    def finish(self) -> None:
        """The film that runs is over."""
        if self._run is not None and self._run.films:
            self._ask(self._run, Finish())

    def films(self) -> tuple[ClipKept | ClipLost, ...]:
        """Return what became of films since the last call: of each that was begun, once."""
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

    # -- one child

    def _set_up(self, now_ms: int) -> _SightRun:
        return _SightRun(link=self._start_child(self._models), since_ms=now_ms)

    def _ask(self, run: _SightRun, asked: Asked, fds: Sequence[int] = ()) -> bool:
        # One that cannot be told anything has ended, and that is heard, or hangs, and its silence is noticed.
        return run.link.say(ENCODER.encode(asked), fds)

    def _take(self, run: _SightRun, message: bytes, now_ms: int) -> None:
        """Note what the child said. One slip costs one picture; several in a row end the child."""
        try:
            told = decoded(TOLD.decode, message)
        except ChildError as why:
            run.question, wrong = None, str(why)
        else:
            wrong = self._note(run, told, now_ms)
        if wrong:
            run.bad += 1
            log.warning("sight said something that cannot be: %s", harmless(wrong))
        if run.bad >= BAD_IN_A_ROW:
            raise ChildError(f"it said {run.bad} things in a row that cannot be: {wrong}")

    def _note(self, run: _SightRun, told: SightMessage, now_ms: int) -> str:
        """Return the fault of ``told``, or nothing. Raises ChildError when the child ends by its own words."""
        match told:
            case Ready(how, lacking):
                if run.how or how not in LOOKERS:
                    return f"ready by {how!r}"
                run.how, self._lacking = how, harmless(lacking)
                log.info("pictures are looked at by the %s%s", how, f": {self._lacking}" if lacking else "")
            case SightFailed(cause):
                raise ChildError(cause)
            case ClipKept() | ClipLost():
                self._film_ended(run, told)
            case SightSeen(reading, cost_ms):
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

    def _believe(self, run: _SightRun, key: str, reading: Reading, cost_ms: float, now_ms: int) -> None:
        run.bad = 0
        self._good(run, now_ms)
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

    def _film_ended(self, run: _SightRun, clip: ClipKept | ClipLost) -> None:
        wanted = run.films.pop(clip.path, None)
        if wanted is not None:
            self._filmed(clip if film_sane(clip, wanted) else ClipLost(wanted.path, "stopped"))

    def _filmed(self, clip: ClipKept | ClipLost) -> None:
        self._films.append(clip)
        self._news.append(Filmed(self._clock.now_ms()))

    # -- its end

    def _due_ms(self, run: _SightRun) -> int | None:
        if not run.how:
            return run.since_ms + START_MS
        return None if run.question is None else run.question.at_ms + ANSWER_MS

    def _silence(self, run: _SightRun, now_ms: int) -> str:  # noqa: ARG002 (as asked for)
        return f"the sight program did not answer for {(ANSWER_MS if run.how else START_MS) // 1000} s"

    def _fault(self, cause: str, now_ms: int) -> None:
        super()._fault(cause, now_ms)
        # Nothing is known about the face now; what was measured until now stays measured.
        self._kept.forget_face()

    def _last_words(self, run: _SightRun, message: bytes) -> None:
        with suppress(ChildError):
            told = decoded(TOLD.decode, message)
            if isinstance(told, ClipKept | ClipLost):
                self._film_ended(run, told)

    def _gone(self, run: _SightRun) -> None:
        log.info("%s", run.link.epitaph())
        for path in list(run.films):
            self._film_ended(run, ClipLost(path, "stopped"))

    def _state(self, ok: bool, cause: str, now_ms: int) -> Signal:
        return SightState(ok, cause, now_ms)
