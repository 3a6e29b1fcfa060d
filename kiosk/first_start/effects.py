"""The effects of the first start: all that it asks of the world besides the settings (``desk.effects``)."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.desk.effects import ChangeSetting
from kiosk.desk.model import DeskPart
from kiosk.first_start.model import CallChoice, FirstProgress


@dataclass(frozen=True, slots=True)
class KeepProgress:
    """Keep ``progress``; ``FirstStored`` comes once that, and all before it, survives a power cut."""

    progress: FirstProgress


@dataclass(frozen=True, slots=True)
class WriteCallText:
    """Make ``choice`` the site's own words on whom to call. ``by``: the slot that chose them."""

    choice: CallChoice
    by: str


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """Show a ``part`` of the desk."""

    part: DeskPart


@dataclass(frozen=True, slots=True)
class WatchLight:
    """From now on the camera runs, and somebody looks at its pictures; not ``on``: they are let go."""

    on: bool


@dataclass(frozen=True, slots=True)
class TrySound:
    """Sound a tone and say a sentence, as loud as the place has it."""


@dataclass(frozen=True, slots=True)
class BeSilent:
    """Nobody listens any more."""


@dataclass(frozen=True, slots=True)
class LeaveFirstStart:
    """The first start is over, or is left for later: home; ``desk``: the desk is wanted instead."""

    desk: bool = False


FirstEffect = (
    ChangeSetting | KeepProgress | WriteCallText | OpenDesk | WatchLight | TrySound | BeSilent | LeaveFirstStart
)
