"""The way of a package to the stick, ``(transfer, event, now) → (transfer, orders)``, and the text of each end.

Texts are plain: what is the matter, and what to do next.

Pure. Packing and writing are one phase: what is packed goes to the stick piece by piece, with no copy on the kiosk.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.devices.stick import Drive
from kiosk.errors import Cancelled, NoRoom, ReadBackDiffers, StickError, StoreError
from kiosk.signals import StickPhase, StickStatus

_GONE = (errno.ENODEV, errno.ENXIO, errno.ENOMEDIUM, errno.ESTALE, errno.ESHUTDOWN)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def outcome_of(why: Exception, drive: Drive) -> StickStatus:
    """Return the status that an error on the way means. A stick that is no longer there explains every other error."""
    if isinstance(why, Cancelled):
        return StickStatus.CANCELLED
    if not drive.there():
        return StickStatus.PULLED
    if isinstance(why, StickError):
        return StickStatus.PULLED if why.trouble is StickStatus.NONE else why.trouble
    if isinstance(why, NoRoom):
        return StickStatus.TOO_SMALL if drive.size_bytes < why.need else StickStatus.FULL
    if isinstance(why, ReadBackDiffers):
        return StickStatus.UNSOUND
    if isinstance(why, StoreError):
        return StickStatus.RECORD
    if isinstance(why, OSError):
        return _of_number(why.errno)
    return StickStatus.FAILED


def _of_number(number: int | None) -> StickStatus:
    if number in _GONE:
        return StickStatus.PULLED
    if number in _FULL:
        return StickStatus.FULL
    if number in (errno.EROFS, errno.EACCES, errno.EPERM):
        return StickStatus.READ_ONLY
    return StickStatus.DAMAGED


def sentences(_: Callable[[str], str]) -> Mapping[StickStatus, str]:
    """Return the screen's sentence for each status, in the words ``_`` gives."""
    return {
        StickStatus.NONE: _("Plug a USB stick into the kiosk."),
        StickStatus.SEVERAL: _("More than one stick is plugged in. Leave one, and take the others out."),
        StickStatus.PARTITIONS: _(
            "This stick is divided into several parts. Use one with a single part (FAT32 or exFAT)."
        ),
        StickStatus.BLANK: _("This stick is not formatted. Format it on a PC as FAT32 or exFAT, or use another one."),
        StickStatus.LINUX: _("This stick is formatted for Linux. Use one that is formatted as FAT32 or exFAT."),
        StickStatus.NTFS: _("This stick is formatted as NTFS. Use one that is formatted as FAT32 or exFAT."),
        StickStatus.OTHER: _(
            "The kiosk does not write to this kind of stick. Use one that is formatted as FAT32 or exFAT."
        ),
        StickStatus.READ_ONLY: _(
            "Nothing can be written to this stick. If it has a small switch, move it; otherwise use another one."
        ),
        StickStatus.DAMAGED: _("This stick is damaged. Nothing counts as exported. Use another one."),
        StickStatus.UNSOUND: _(
            "This stick does not keep what is written to it: it is damaged, or smaller than it says. Nothing counts as "
            "exported. Do not use it again. Use another one."
        ),
        StickStatus.STUCK: _(
            "The stick does not answer. Nothing counts as exported. Take it out, plug it in again and try again, or "
            "use another one."
        ),
        StickStatus.PULLED: _(
            "The stick was taken out too early. Nothing counts as exported, and the kiosk has lost nothing. Plug it in "
            "and try again."
        ),
        StickStatus.FULL: _("There is not enough room on this stick. Delete something on a PC, or use another one."),
        StickStatus.TOO_SMALL: _("This stick is too small. Use a larger one."),
        StickStatus.CANCELLED: _("Stopped. There is no new package on the stick. You can try again at any time."),
        StickStatus.RECORD: _("The kiosk cannot read its record. Nothing was exported. Tell your technician."),
        StickStatus.FAILED: _("This did not work. Nothing counts as exported, and nothing is lost. Try again."),
        StickStatus.NO_FILE: _(
            "There is no file called FK-IMPORT.zip on the stick, outside of all folders. Check its name on a PC: "
            "Windows may hide the ending .zip."
        ),
        StickStatus.NOT_A_FILE: _("FK-IMPORT.zip on this stick is a folder or a link. Make a zip file of it on a PC."),
        StickStatus.TOO_LARGE: _(
            "FK-IMPORT.zip is too large: 32 MiB at most. Put only keys, a plan, programmes and pictures in it."
        ),
        StickStatus.NOT_ALLOWED: _("The kiosk is not allowed to use sticks on this machine. Tell your technician."),
        StickStatus.NO_SERVICE: _("The kiosk cannot look for sticks: a service is not running. Tell your technician."),
        StickStatus.DONE: _("The package is on the stick and was checked. You can take the stick out."),
        StickStatus.STILL_ON: _(
            "The package is on the stick and was checked. The stick could not be switched off: wait until its light "
            "is still, then take it out."
        ),
    }


STALL_MS = 180_000
"""Time without any movement after which a stick hangs. A report about many people moves nothing for a minute."""
STOP_MS = 30_000
"""Time to let go of the stick after somebody wanted to stop."""
WRITING_SHARE = 0.85
"""Share of writing in the whole way; the rest is proving. Proving only reads."""
EARLY_MS, EARLY_SHARE = 3_000, 0.02
"""Time and share before which nobody can say how long it takes."""


AT_WORK = (StickPhase.CHECKING, StickPhase.WRITING, StickPhase.PROVING, StickPhase.LEAVING)


class TransferOrder(StrEnum):
    """An order of the machine: begin the work, or stop it."""

    START = "start"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class StickSeen:
    """News of what is plugged in: a stick that can be used (``trouble`` None), or the trouble with it."""

    trouble: StickStatus | None


@dataclass(frozen=True, slots=True)
class Moved:
    """The worker has come as far as this ``phase``; ``share`` of it, from 0 to 1."""

    phase: StickPhase
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Finished:
    """The worker is done, with this ``outcome``, and has let go of the stick."""

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
    """One way to the stick."""

    phase: StickPhase = StickPhase.WAITING
    """The section that it is in."""
    trouble: StickStatus | None = StickStatus.NONE
    """The trouble with what is plugged in, while we wait; None: there is none."""
    share: float = 0.0
    """The share of the whole way, from 0 to 1."""
    since_ms: int = 0
    """The moment at which writing began."""
    moved_ms: int = 0
    """The moment at which anything moved last."""
    stopping: bool = False
    """Whether it was told to stop."""
    outcome: StickStatus | None = None
    """Its end; None: it has not ended."""

    def deadline_ms(self) -> int | None:
        """The moment at which it has to hear a ``TransferTick``; None: no worker is at work."""
        if self.phase not in AT_WORK:
            return None
        return self.moved_ms + (STOP_MS if self.stopping else STALL_MS)

    def left_s(self, now_ms: int) -> int | None:
        """About how many seconds are left, or None where nobody can say."""
        return left_s(self.share, now_ms - self.since_ms) if self.phase in AT_WORK else None


def step(transfer: Transfer, event: TransferEvent, now_ms: int) -> tuple[Transfer, tuple[TransferOrder, ...]]:
    """Return the transfer after ``event``, and the orders that follow. Whatever comes after the end changes nothing."""
    match transfer.phase, event:
        case StickPhase.WAITING, StickSeen(None):
            return Transfer(StickPhase.CHECKING, None, since_ms=now_ms, moved_ms=now_ms), (TransferOrder.START,)
        case StickPhase.WAITING, StickSeen(trouble):
            return replace(transfer, trouble=trouble), ()
        case StickPhase.WAITING, Cancel():
            return _ended(transfer, StickStatus.CANCELLED), ()
        case ((StickPhase.CHECKING | StickPhase.WRITING | StickPhase.PROVING | StickPhase.LEAVING), Finished(outcome)):
            return _ended(transfer, outcome), ()
        case ((StickPhase.CHECKING | StickPhase.WRITING | StickPhase.PROVING | StickPhase.LEAVING), Moved()):
            return _moved(transfer, event, now_ms), ()
        case ((StickPhase.CHECKING | StickPhase.WRITING | StickPhase.PROVING), Cancel()) if not transfer.stopping:
            return replace(transfer, stopping=True, moved_ms=now_ms), (TransferOrder.STOP,)
        case ((StickPhase.CHECKING | StickPhase.WRITING | StickPhase.PROVING | StickPhase.LEAVING), TransferTick()):
            deadline = transfer.deadline_ms()
            if deadline is not None and now_ms >= deadline:
                return _ended(transfer, StickStatus.STUCK), (TransferOrder.STOP,)
    return transfer, ()


def left_s(share: float, elapsed_ms: int) -> int | None:
    """Seconds left when ``share`` of the way took so long; rounded up, so that a figure on a screen stays still."""
    if elapsed_ms < EARLY_MS or share < EARLY_SHARE:
        return None
    left = elapsed_ms / 1000 * (1 - share) / share
    coarse = 5 if left <= 60 else 30
    return -int(-left // coarse) * coarse


def _moved(transfer: Transfer, event: Moved, now_ms: int) -> Transfer:
    """Return the transfer after a move, never backwards.

    The time is counted from the first byte. While it is being stopped, moving is no reprieve, but leaving is: then the
    package is whole and let go of, and it is too late to stop it.
    """
    if event.phase not in AT_WORK or AT_WORK.index(event.phase) < AT_WORK.index(transfer.phase):
        return transfer
    within = min(1.0, max(0.0, event.share))
    whole = {
        StickPhase.WRITING: WRITING_SHARE * within,
        StickPhase.PROVING: WRITING_SHARE + (1 - WRITING_SHARE) * within,
        StickPhase.LEAVING: 1.0,
    }.get(event.phase, 0.0)
    stopping = transfer.stopping and event.phase is not StickPhase.LEAVING
    begins = event.phase is StickPhase.WRITING and transfer.phase is not StickPhase.WRITING
    return replace(
        transfer,
        phase=event.phase,
        share=max(transfer.share, whole),
        since_ms=now_ms if begins else transfer.since_ms,
        moved_ms=transfer.moved_ms if stopping else now_ms,
        stopping=stopping,
    )


def _ended(transfer: Transfer, outcome: StickStatus) -> Transfer:
    share = 1.0 if outcome.whole else transfer.share
    return replace(transfer, phase=StickPhase.ENDED, outcome=outcome, share=share, stopping=False)
