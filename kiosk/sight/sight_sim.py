"""Sight's twin for the demo and the tests: it sees what is known to be true, ruled by the injected clock.

Of the demo film the truth was written down when it was drawn (``assets/demo/face.json``). A test may bring its own.
"""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from kiosk.clock import Clock
from kiosk.errors import AssetError
from kiosk.face.model import Midline, Reading, Task, UnseenReason, Vector, Zone
from kiosk.sight.clips import ClipKept, ClipLost, FilmOrder
from kiosk.sight.kept import KeptReadings
from kiosk.sight.sight import ANSWER_MS, BAD_IN_A_ROW
from kiosk.signals import FaceState, Filmed, SightState, Signal

EVERY_MS = 66
LASHES_MM, OPEN_MM = 2.5, 9.5
"""The reading of closed eyes, and of open ones, of the simulated person."""
_ORIGIN = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth of one moment, in the fields of ``Reading``; vectors count from rest: mm, lower left is positive.

    ``present``, ``reason``, ``corner_left``, ``corner_right``, ``brow_left``, ``brow_right``, ``aperture_*``,
    ``roll_deg``, ``yaw_deg``, ``pitch_deg``, ``eyes_px``, ``centre``, ``midline`` and ``light``.
    """

    present: bool = True
    reason: UnseenReason = UnseenReason.NONE
    corner_left: Vector = _ORIGIN
    corner_right: Vector = _ORIGIN
    brow_left: Vector = _ORIGIN
    brow_right: Vector = _ORIGIN
    aperture_left: float = 1.0
    aperture_right: float = 1.0
    roll_deg: float = 0.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    eyes_px: float = 142.0
    centre: Vector = (640.0, 306.0)
    midline: Vector = (640.0, 300.0)
    light: float = 0.6


OF_HEAD = ("roll_deg", "yaw_deg", "pitch_deg", "eyes_px", "centre", "midline")
"""Fields about the head, which are those of the picture that is shown."""


class Film:
    """The truth about a looping film, told for any moment of the clock."""

    def __init__(self, path: Path, pictures: int | None = None) -> None:
        """``pictures``: how many of the film the simulated camera shows; the head is where it is in those.

        Raises AssetError.
        """
        try:
            content = json.loads(path.read_text(encoding="ascii"))
            self._rows = [_truth(dict(zip(content["columns"], row, strict=True))) for row in content["frames"]]
            self._fps = float(content["fps"])
        except (OSError, ValueError, KeyError, TypeError) as why:
            raise AssetError(f"{path} does not tell what is true of the film ({why}): install the kiosk again") from why
        self._pictures = pictures or len(self._rows)

    def at(self, t_ms: int) -> Truth:
        """Return the truth at boot millisecond ``t_ms``: the camera's twin counts from the clock's zero, too."""
        count = len(self._rows)
        share = t_ms * self._fps / 1000 % count / count
        shown = self._rows[int(share * self._pictures) * count // self._pictures]
        return replace(self._rows[int(share * count)], **{name: getattr(shown, name) for name in OF_HEAD})


def _truth(row: dict[str, float]) -> Truth:
    pairs = ("corner_left", "corner_right", "brow_left", "brow_right", "centre", "midline")
    single = ("aperture_left", "aperture_right", "roll_deg", "yaw_deg", "pitch_deg", "eyes_px")
    vectors = {name: (row[f"{name}_x"], row[f"{name}_y"]) for name in pairs}
    return Truth(**vectors, **{name: row[name] for name in single})  # type: ignore[arg-type]


class SimSight:
    """Twin of ``Sight`` with its public surface; what it sees depends on ``truth`` and the clock alone."""

    def __init__(self, clock: Clock, truth: Callable[[int], Truth]) -> None:
        """``truth``: boot millisecond → what is so."""
        self._clock, self._truth = clock, truth
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        weakref.finalize(self, os.close, self._fd)
        self.how = self.lacking = ""
        self._news: list[Signal] = []
        self._kept = KeptReadings()
        self._rest: list[Truth] = []
        self._looked_ms: int | None = None
        self._fault = ""
        self._known_ms: int | None = None
        """The moment at which the fault is noticed."""
        self._ok: bool | None = None
        self._filming: FilmOrder | None = None
        self._films: list[ClipKept | ClipLost] = []

    # -- faults

    def lose(self, cause: str) -> None:
        """Nobody looks any more, and that is known at once."""
        self._break(cause, 0)

    def stale(self) -> None:
        """The looker hangs; that is noticed after two seconds."""
        self._break("the sight program did not answer for 2 s", ANSWER_MS)

    def nonsense(self) -> None:
        """The looker says what cannot be. Each such answer is dropped; after three it is noticed."""
        self._break("it said 3 things in a row that cannot be", BAD_IN_A_ROW * EVERY_MS)

    def recover(self) -> None:
        """It works again with the next picture."""
        self._fault, self._known_ms = "", None

    def _break(self, cause: str, after_ms: int) -> None:
        self._fault, self._known_ms = cause, self._clock.now_ms() + after_ms

    # -- the surface of Sight

    def open(self) -> None:
        if not self.how:
            self.how, self._ok = "mesh", None

    def close(self) -> None:
        self.finish()
        self.how = ""
        self.watch(None)

    def watch(self, task: Task | None) -> None:
        known = self._kept.task
        if task is None or known is None or task.key != known.key:
            self._rest.clear()
        self._kept.watch(task)

    def offer(self, t_ms: int) -> None:
        task = self._kept.task
        early = self._looked_ms is not None and 0 <= t_ms - self._looked_ms < EVERY_MS
        if task is None or not self.how or self._fault or early:
            return
        self._looked_ms = t_ms
        self._tell(True, "")
        truth = self._truth(t_ms)
        if truth.present and task.neutral_from_ms <= t_ms < task.neutral_to_ms:
            self._rest.append(truth)
        now = self._clock.now_ms()
        present = self._kept.take(task.key, self._reading(truth, task, t_ms))
        if present is not None:
            self._news.append(FaceState(present, now))

    def latest(self, now_ms: int) -> Reading | None:
        return self._kept.latest(now_ms)

    def between(self, from_ms: int, to_ms: int) -> tuple[Reading, ...]:
        return self._kept.between(from_ms, to_ms)

    def record(self, wanted: FilmOrder) -> None:
        self.finish()
        self._filming = wanted

    def finish(self) -> None:
        """No film is made here: it is told to have been empty."""
        wanted, self._filming = self._filming, None
        if wanted is not None:
            self._films.append(ClipLost(wanted.path, "empty"))
            self._news.append(Filmed(self._clock.now_ms()))

    def films(self) -> tuple[ClipKept | ClipLost, ...]:
        films, self._films = tuple(self._films), []
        return films

    def settle(self, patience_ms: int) -> None:  # noqa: ARG002 (nobody is waited for)
        self.close()

    def fileno(self) -> int:
        """Never readable: everything is told with the next turn."""
        return self._fd

    def drain(self, now_ms: int) -> Sequence[Signal]:
        if self._known_ms is not None and now_ms >= self._known_ms:
            self._known_ms = None
            self._kept.forget_face()
            if self.how:
                self._tell(False, self._fault)
        news, self._news = self._news, []
        return news

    def deadline_ms(self) -> int | None:
        return 0 if self._news else self._known_ms

    # -- what is seen

    def _reading(self, truth: Truth, task: Task, t_ms: int) -> Reading:
        if not truth.present:
            return Reading(t_ms=t_ms, reason=truth.reason or UnseenReason.NO_FACE, neutral=self._settled(task, t_ms))
        neutral = self._settled(task, t_ms)
        reason = truth.reason
        if reason is UnseenReason.NONE and task.movement and task.zone is not None and not neutral:
            reason = UnseenReason.NO_NEUTRAL
        seen = Reading(
            t_ms=t_ms,
            present=True,
            score=1.0,
            reason=reason,
            neutral=neutral,
            roll_deg=truth.roll_deg,
            yaw_deg=truth.yaw_deg,
            pitch_deg=truth.pitch_deg,
            eyes_px=truth.eyes_px,
            centre=truth.centre,
            light=truth.light,
            light_lean=0.0,
            midline=Midline(*truth.midline, truth.roll_deg),
            ok=1.0,
        )
        if task.zone is Zone.EYE and reason is UnseenReason.NONE:
            seen = msgspec.structs.replace(
                seen, lids_left=_lids_mm(truth.aperture_left), lids_right=_lids_mm(truth.aperture_right)
            )
        if not neutral or task.zone is None or reason is not UnseenReason.NONE:
            return seen
        moved = {
            name: _less(getattr(truth, name), _mean([getattr(rest, name) for rest in self._rest]))
            for name in ("corner_left", "corner_right", "brow_left", "brow_right")
        }
        part = {Zone.MOUTH: "corner", Zone.BROW: "brow", Zone.EYE: ""}[task.zone]
        return msgspec.structs.replace(
            seen,
            left=moved.get(f"{part}_left"),
            right=moved.get(f"{part}_right"),
            corner_left=moved["corner_left"],
            corner_right=moved["corner_right"],
            aperture_left=truth.aperture_left,
            aperture_right=truth.aperture_right,
        )

    def _settled(self, task: Task, t_ms: int) -> bool:
        return bool(self._rest) and t_ms >= task.neutral_to_ms

    def _tell(self, ok: bool, cause: str) -> None:
        if ok != self._ok:
            self._ok = ok
            self._news.append(SightState(ok, cause, self._clock.now_ms()))


def _lids_mm(aperture: float) -> float:
    return LASHES_MM + (OPEN_MM - LASHES_MM) * aperture


def _mean(vectors: list[Vector]) -> Vector:
    return sum(x for x, _ in vectors) / len(vectors), sum(y for _, y in vectors) / len(vectors)


def _less(a: Vector, b: Vector) -> Vector:
    return a[0] - b[0], a[1] - b[1]
