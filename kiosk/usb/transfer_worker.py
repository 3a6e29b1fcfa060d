"""The worker that carries a package to the stick: one at a time, beside the drawing thread, told by a small machine."""

from __future__ import annotations

import contextlib
import logging
import threading
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.clock import Clock
from kiosk.devices.inbox import InboxSource
from kiosk.devices.stick import Drive, Sticks
from kiosk.errors import Cancelled, StickError, UpdateError
from kiosk.package.export import Exported
from kiosk.package.progress import Stop, TellProgress
from kiosk.package.target import Disk, Target
from kiosk.records.reader import Reader
from kiosk.signals import Signal, StickPhase, StickState, StickStatus, TransferMoved
from kiosk.update.asking import Offered
from kiosk.usb.import_read import Parcel
from kiosk.usb.stick_target import Reached, StickTarget
from kiosk.usb.transfer import (
    Cancel,
    Finished,
    Moved,
    StickSeen,
    Transfer,
    TransferEvent,
    TransferOrder,
    TransferTick,
    outcome_of,
    step,
)

log = logging.getLogger(__name__)

Job = Callable[[Target, TellProgress, Stop], Exported]
"""Makes the package and writes it to the target: ``export.export`` with everything else filled in."""
STEPS = 500
"""Progress is told when it has grown by one part of so many."""
MOST_LEFTOVERS = 20


@dataclass(frozen=True, slots=True)
class TransferEnd:
    """The end of a trip. ``exported`` only where ``outcome.whole``.

    ``parcel``, ``offered``: what came from the stick, where something should: keys and plans, or a new version.
    ``off``: whether the stick was switched off after that; None where it did not come so far.
    """

    outcome: StickStatus
    exported: Exported | None = None
    parcel: Parcel | None = None
    off: bool | None = None
    offered: Offered | UpdateError | None = None


Trip = Callable[[Drive, Reached, Stop], TransferEnd]
"""Work with a stick that was claimed; it may raise anything."""


def travel(sticks: Sticks, trip: Trip, moved: Callable[[Moved], None], stop: Stop) -> TransferEnd:
    """Claim the stick, do what ``trip`` does, and let go of it. Takes minutes; raises nothing."""
    reached = _telling(moved, stop)
    try:
        reached(StickPhase.CHECKING, 0.0)
        drive = sticks.claim()
    except StickError as why:
        return TransferEnd(why.trouble)
    except Cancelled:
        return TransferEnd(StickStatus.CANCELLED)
    except Exception:
        log.exception("no stick could be claimed")
        return TransferEnd(StickStatus.FAILED)
    with contextlib.closing(drive):
        try:
            return trip(drive, reached, stop)
        except Exception as why:
            outcome = outcome_of(why, drive)
            _log(outcome, why)
            return TransferEnd(outcome)


def _log(outcome: StickStatus, why: Exception) -> None:
    """Log an error without its text: a text may name a person or a film, and erasing does not reach the journal."""
    number = f" {why.errno}" if isinstance(why, OSError) and why.errno is not None else ""
    where = "\n" + "".join(traceback.format_tb(why.__traceback__)) if outcome is StickStatus.FAILED else ""
    log.warning("on the way to a stick: %s (%s%s)%s", outcome, type(why).__name__, number, where)


def delivering(job: Job, leftovers: Sequence[str] = (), disk: Disk | None = None) -> Trip:
    """The way of a package to the stick. ``disk``: what tests let fail."""

    def trip(drive: Drive, reached: Reached, stop: Stop) -> TransferEnd:
        with contextlib.closing(StickTarget(drive, reached, leftovers, disk)) as target:
            reached(StickPhase.WRITING, 0.0)
            exported = job(target, lambda done, total: reached(StickPhase.WRITING, done / max(1, total)), stop)
            if not target.proved:
                raise RuntimeError("there is a package that was never proved")
            return TransferEnd(StickStatus.DONE if target.off else StickStatus.STILL_ON, exported)

    return trip


def _telling(moved: Callable[[Moved], None], stop: Stop) -> Reached:
    """Tells what is worth telling. Raises Cancelled where it shall end, but not once all is proved."""
    last = (StickPhase.WAITING, -1)

    def reached(phase: StickPhase, share: float) -> None:
        nonlocal last
        if phase is not StickPhase.LEAVING and stop():
            raise Cancelled("it was stopped before it was done")
        now = (phase, int(share * STEPS))
        if now != last:
            last = now
            moved(Moved(phase, share))

    return reached


def leftovers(data: Path) -> tuple[str, ...]:
    """Packages that were begun lately and never became whole, by the record. Raises StoreError."""
    with contextlib.closing(Reader(data)) as reader:
        return tuple(row.package for row in reader.exports(MOST_LEFTOVERS) if row.package and not row.verified)


class Carrier(InboxSource):
    """A source of ``TransferMoved``; ``transfer`` is how far it is and ``carried`` how the last one ended.

    ``aside`` False does the work on the spot, for simulated days.
    """

    def __init__(self, sticks: Sticks, clock: Clock, *, aside: bool = True) -> None:
        super().__init__()
        self._sticks, self._clock, self._aside = sticks, clock, aside
        self._news: deque[tuple[_TransferRun, TransferEvent]] = deque()
        self._deciding = threading.Lock()
        """Either the worker is heard before it is given up, or it learns that it was."""
        self._run: _TransferRun | None = None
        self.transfer = Transfer(StickPhase.ENDED, None)
        self.carried: TransferEnd | None = None

    @property
    def busy(self) -> bool:
        """Whether a worker is at work, also one that was given up because the stick hangs."""
        return self._run is not None and self._run.alive

    def begin(self, trip: Trip) -> None:
        """Wait for a stick, and then make ``trip`` with it. The one before has to have ended."""
        now_ms = self._clock.now_ms()
        self.carried = None
        if self.busy:
            # The old worker has the stick still: two would write over each other.
            self.transfer = Transfer(StickPhase.ENDED, None, outcome=StickStatus.STUCK)
            self.carried = TransferEnd(StickStatus.STUCK)
            self._inbox.put(TransferMoved(now_ms))
            return
        self.transfer = Transfer(moved_ms=now_ms)
        self._run = _TransferRun(trip)
        self._hear(StickSeen(self._sticks.state.trouble), now_ms)

    def forget(self) -> None:
        """Forget the end of the last trip, and what it brought."""
        if not self.busy:
            self._run = self.carried = None

    def stick(self, state: StickState) -> None:
        """Hear what ``Sticks`` has told."""
        self._hear(StickSeen(state.trouble), self._clock.now_ms())

    def cancel(self) -> None:
        """Somebody wants it to end."""
        self._hear(Cancel(), self._clock.now_ms())

    def drain(self, now_ms: int) -> Sequence[Signal]:
        before = self.transfer
        told = bool(self._inbox.take())
        with self._deciding:
            while self._news:
                run, event = self._news.popleft()
                if run is self._run:
                    self._step(event, now_ms)
            self._step(TransferTick(), now_ms)
            if self._run is not None and self.transfer.phase is StickPhase.ENDED:
                self._run.over = True
        return [TransferMoved(now_ms)] if told or self.transfer != before else []

    def deadline_ms(self) -> int | None:
        return self.transfer.deadline_ms()

    def close(self) -> None:
        """Have the worker stop; it is not waited for longer than a moment, because it may hang in the stick."""
        if self._run is not None:
            self._run.stop.set()
            self._run.join(2.0)
        super().close()

    def _hear(self, event: TransferEvent, now_ms: int) -> None:
        before = self.transfer
        self._step(event, now_ms)
        if self.transfer != before:
            self._inbox.put(TransferMoved(now_ms))

    def _step(self, event: TransferEvent, now_ms: int) -> None:
        self.transfer, orders = step(self.transfer, event, now_ms)
        run = self._run
        if run is None:
            return
        if self.transfer.phase is StickPhase.ENDED and self.carried is None:
            outcome = self.transfer.outcome or StickStatus.FAILED
            # A worker that was given up may end after all: what the screen has said stands.
            known = run.carried if run.carried is not None and run.carried.outcome is outcome else None
            self.carried = known or TransferEnd(outcome)
        for order in orders:
            if order is TransferOrder.STOP:
                run.stop.set()
            elif self._aside:
                run.thread = threading.Thread(target=self._work, args=(run,), name="carrier", daemon=True)
                run.thread.start()
            else:
                self._work(run)

    def _work(self, run: _TransferRun) -> None:
        run.carried = travel(self._sticks, run.trip, lambda moved: self._put(run, moved), run.stop.is_set)
        self._put(run, Finished(run.carried.outcome))

    def _put(self, run: _TransferRun, event: TransferEvent) -> None:
        """Raises Cancelled where it would go on although the screen has said how it ended: then nothing is proved."""
        with self._deciding:
            if run.over and isinstance(event, Moved):
                raise Cancelled("it was given up")
            self._news.append((run, event))
        self._inbox.put(TransferMoved(self._clock.now_ms()))


class _TransferRun:
    """One worker and what it was given."""

    def __init__(self, trip: Trip) -> None:
        self.trip = trip
        self.stop = threading.Event()
        self.over = False
        """Whether its end was told."""
        self.thread: threading.Thread | None = None
        self.carried: TransferEnd | None = None

    @property
    def alive(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def join(self, limit_s: float) -> None:
        if self.thread is not None:
            self.thread.join(limit_s)
