"""One release on probation: a pure machine from staging to "confirmed" or "went back".

A state is written down before its orders are carried out, and every order can be carried out again: after a crash it
comes once more. ``OrdersDone`` closes what has come to its end. Each event comes with the release that the link names
just then, because that is what a start would start.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec
from msgspec.structs import replace

MOST_STARTS = 3
"""A release that was started so often and never confirmed is not started again."""
FORMAT = 1


class ProbationPhase(StrEnum):
    """Section of an update."""

    IDLE = "idle"
    """None is under way."""
    STAGED = "staged"
    """The new release lies whole beside the old one; nothing else was changed."""
    TRYING = "trying"
    """The data were copied, and the link is turned next or was turned. Starts are counted."""
    CONFIRMED = "confirmed"
    """It works: from here data never go back. What is not needed any more is being removed."""
    RETURNING = "returning"
    """It does not work: data, and then the link, are being put back."""
    CLEARING = "clearing"
    """There is no new release in use: what is left of it is being removed."""


class ProbationOrder(StrEnum):
    """Work that follows from an event."""

    TURN = "turn"
    """Let the link name the new release."""
    SETTLE = "settle"
    """The new release is the proven one; remove the copy of the data and older releases."""
    RETURN = "return"
    """Put the data back, and then the link."""
    CLEAR = "clear"
    """Remove the copy of the data and the new release."""


class UpdateEnding(StrEnum):
    """The end of an update."""

    CONFIRMED = "confirmed"
    WENT_BACK = "went_back"
    """It was tried and did not work."""
    INTERRUPTED = "interrupted"
    """It was never started; all is as it was before."""
    REFUSED = "refused"
    """It was not taken, for a reason that is said."""


class CopiedFile(msgspec.Struct, frozen=True):
    """One file of the data as it was before the probation."""

    name: str
    """Its name in the data folder."""
    sha256: str
    """Its hash."""


class Probation(msgspec.Struct, frozen=True):
    """One update, as it is kept."""

    phase: ProbationPhase = ProbationPhase.IDLE
    """The section that it is in."""
    version: str = ""
    """The release that is tried."""
    before: str = ""
    """The release that was there before."""
    token: str = ""
    """Drawn for this probation; only the release that is tried says it again."""
    starts: int = 0
    """Starts of the new release so far."""
    copied: tuple[CopiedFile, ...] = ()
    """The copy of the data: what goes back, if anything does."""
    returned: bool = False
    """Whether data and link were put back, or are being put back."""
    format: int = FORMAT
    """The version of this format."""

    @property
    def ending(self) -> UpdateEnding:
        """The end that it comes to, as far as it has come."""
        if self.phase is ProbationPhase.CONFIRMED:
            return UpdateEnding.CONFIRMED
        return UpdateEnding.WENT_BACK if self.returned else UpdateEnding.INTERRUPTED


class Staged(msgspec.Struct, frozen=True):
    """The release ``version`` lies whole beside ``before``; ``token`` was drawn for it."""

    version: str
    before: str
    token: str


class DataCopied(msgspec.Struct, frozen=True):
    """The kiosk does not run, and its data lie in the copy: ``files``."""

    files: tuple[CopiedFile, ...]


class Starting(msgspec.Struct, frozen=True):
    """The kiosk is about to start."""


class Works(msgspec.Struct, frozen=True):
    """A kiosk says with the ``token`` of its probation that it works: READY, a presented frame, a stored row."""

    token: str


class LookedAround(msgspec.Struct, frozen=True):
    """The helper looks at what there is: it was asked for something, was ended on its way, or has done its order."""


class OrdersDone(msgspec.Struct, frozen=True):
    """The last orders were carried out, and that lasts."""


ProbationEvent = Staged | DataCopied | Starting | Works | LookedAround | OrdersDone
IDLE = Probation()
OVER = frozenset((ProbationPhase.CONFIRMED, ProbationPhase.CLEARING))


def step(probation: Probation, event: ProbationEvent, named: str) -> tuple[Probation, tuple[ProbationOrder, ...]]:
    """Return the probation after ``event``, and the orders that follow once it is written down.

    ``named``: the release that the link names. ``DataCopied`` alone turns the link, in the run in which the copy was
    made: a copy that is older than a start of the kiosk is never used.
    """
    match probation.phase, event:
        case _, OrdersDone():
            return (IDLE if probation.phase in OVER else probation), ()
        case ProbationPhase.IDLE, Staged(version, before, token):
            return Probation(ProbationPhase.STAGED, version, before, token), ()
        case ProbationPhase.IDLE, _:
            return probation, ()
        case ProbationPhase.STAGED, DataCopied(files):
            return replace(probation, phase=ProbationPhase.TRYING, copied=files), (ProbationOrder.TURN,)
        case ProbationPhase.CONFIRMED, _:
            return probation, (ProbationOrder.SETTLE,)
        case ((ProbationPhase.TRYING | ProbationPhase.RETURNING), _) if named == probation.version:
            return _tried(probation, event)
    return replace(probation, phase=ProbationPhase.CLEARING), (ProbationOrder.CLEAR,)


def _tried(probation: Probation, event: ProbationEvent) -> tuple[Probation, tuple[ProbationOrder, ...]]:
    """The new release is the one that starts."""
    trying = probation.phase is ProbationPhase.TRYING
    if trying and isinstance(event, Works) and event.token == probation.token:
        return replace(probation, phase=ProbationPhase.CONFIRMED), (ProbationOrder.SETTLE,)
    if not isinstance(event, Starting):
        return probation, ()
    # Only before a start: then no kiosk is running on the data.
    if not trying or probation.starts >= MOST_STARTS:
        return replace(probation, phase=ProbationPhase.RETURNING, returned=True), (ProbationOrder.RETURN,)
    return replace(probation, starts=probation.starts + 1), ()
