"""The way of a package to the stick, as a table that fits on a screen: ``(errand, event, now) → (errand, orders)``.

Pure. Packing and writing are one phase: what is packed goes to the stick piece by piece, with no copy on the kiosk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.signals import StickPhase, StickStatus

STALL_MS = 180_000
"""Nothing has moved for so long. A report about many people moves nothing for a minute; a stick that hangs, never."""
STOP_MS = 30_000
"""Somebody wanted to stop, and the stick does not even let go."""
WRITING_SHARE = 0.85
"""Of the whole way; the rest is proving. Proving only reads."""
EARLY_MS, EARLY_SHARE = 3_000, 0.02
"""Before this nobody can say how long it takes."""


AT_WORK = (StickPhase.CHECKING, StickPhase.WRITING, StickPhase.PROVING, StickPhase.LEAVING)


class TransferOrder(StrEnum):
    """What the machine wants done."""

    START = "start"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class StickSeen:
    """What is plugged in: a stick that can be used (None), or why none can."""

    trouble: StickStatus | None


@dataclass(frozen=True, slots=True)
class Moved:
    """The worker has come as far as this; ``share`` of the phase, from 0 to 1."""

    phase: StickPhase
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Finished:
    """The worker is done, and has let go of the stick."""

    outcome: StickStatus


@dataclass(frozen=True, slots=True)
class Cancel:
    """Somebody wants it to end."""


@dataclass(frozen=True, slots=True)
class TransferTick:
    """Time has passed."""


TransferEvent = StickSeen | Moved | Finished | Cancel | TransferTick


@dataclass(frozen=True, slots=True)
class Transfer:
    """One way to the stick.

    ``trouble``: what is wrong with what is plugged in, while we wait. ``share`` of the whole way, from 0 to 1.
    ``since_ms``: when writing began. ``moved_ms``: when anything moved last. ``outcome`` once it has ended.
    """

    phase: StickPhase = StickPhase.WAITING
    trouble: StickStatus | None = StickStatus.NONE
    share: float = 0.0
    since_ms: int = 0
    moved_ms: int = 0
    stopping: bool = False
    outcome: StickStatus | None = None

    @property
    def can_cancel(self) -> bool:
        """Whether ``Cancel`` does anything: not once the stick is being switched off, which takes a moment."""
        return self.phase not in (StickPhase.LEAVING, StickPhase.ENDED) and not self.stopping

    def deadline_ms(self) -> int | None:
        """When it has to hear a ``TransferTick``."""
        if self.phase not in AT_WORK:
            return None
        return self.moved_ms + (STOP_MS if self.stopping else STALL_MS)

    def left_s(self, now_ms: int) -> int | None:
        """About how many seconds are left, or None where nobody can say."""
        return left_s(self.share, now_ms - self.since_ms) if self.phase in AT_WORK else None


def step(errand: Transfer, event: TransferEvent, now_ms: int) -> tuple[Transfer, tuple[TransferOrder, ...]]:
    """What happens next. Whatever comes after the end changes nothing."""
    match errand.phase, event:
        case StickPhase.WAITING, StickSeen(None):
            return Transfer(StickPhase.CHECKING, None, since_ms=now_ms, moved_ms=now_ms), (TransferOrder.START,)
        case StickPhase.WAITING, StickSeen(trouble):
            return replace(errand, trouble=trouble), ()
        case StickPhase.WAITING, Cancel():
            return _ended(errand, StickStatus.CANCELLED), ()
        case ((StickPhase.CHECKING | StickPhase.WRITING | StickPhase.PROVING | StickPhase.LEAVING), Finished(outcome)):
            return _ended(errand, outcome), ()
        case ((StickPhase.CHECKING | StickPhase.WRITING | StickPhase.PROVING | StickPhase.LEAVING), Moved()):
            return _moved(errand, event, now_ms), ()
        case ((StickPhase.CHECKING | StickPhase.WRITING | StickPhase.PROVING), Cancel()) if not errand.stopping:
            return replace(errand, stopping=True, moved_ms=now_ms), (TransferOrder.STOP,)
        case ((StickPhase.CHECKING | StickPhase.WRITING | StickPhase.PROVING | StickPhase.LEAVING), TransferTick()):
            deadline = errand.deadline_ms()
            if deadline is not None and now_ms >= deadline:
                return _ended(errand, StickStatus.STUCK), (TransferOrder.STOP,)
    return errand, ()


def left_s(share: float, elapsed_ms: int) -> int | None:
    """Seconds left when ``share`` of the way took so long; rounded up, so that a figure on a screen stays still."""
    if elapsed_ms < EARLY_MS or share < EARLY_SHARE:
        return None
    left = elapsed_ms / 1000 * (1 - share) / share
    coarse = 5 if left <= 60 else 30
    return -int(-left // coarse) * coarse


def _moved(errand: Transfer, event: Moved, now_ms: int) -> Transfer:
    """Never backwards. The time is counted from the first byte; while it is being stopped, moving is no reprieve.

    But leaving is: then the package is whole and let go of, and it is too late to stop it.
    """
    if event.phase not in AT_WORK or AT_WORK.index(event.phase) < AT_WORK.index(errand.phase):
        return errand
    within = min(1.0, max(0.0, event.share))
    whole = {
        StickPhase.WRITING: WRITING_SHARE * within,
        StickPhase.PROVING: WRITING_SHARE + (1 - WRITING_SHARE) * within,
        StickPhase.LEAVING: 1.0,
    }.get(event.phase, 0.0)
    stopping = errand.stopping and event.phase is not StickPhase.LEAVING
    begins = event.phase is StickPhase.WRITING and errand.phase is not StickPhase.WRITING
    return replace(
        errand,
        phase=event.phase,
        share=max(errand.share, whole),
        since_ms=now_ms if begins else errand.since_ms,
        moved_ms=errand.moved_ms if stopping else now_ms,
        stopping=stopping,
    )


def _ended(errand: Transfer, outcome: StickStatus) -> Transfer:
    share = 1.0 if outcome.whole else errand.share
    return replace(errand, phase=StickPhase.ENDED, outcome=outcome, share=share, stopping=False)
