"""One call of the staff desk while it works: the state as it changes and the effects as they gather."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import blake2b
from typing import Any

from kiosk.desk.effects import LeaveStaff, Logged, StaffEffect
from kiosk.desk.model import Staff, StaffPage, StaffPlace


class Style(Enum):
    """The way in which a screen is answered.

    ``LIST``: amber moves, green accepts. ``DIRECT``: green the first, amber the second. ``DIGITS``: amber turns the
    digit, green gives it. ``BLIND``: no answer.
    """

    LIST = "list"
    DIRECT = "direct"
    DIGITS = "digits"
    BLIND = "blind"


class StaffTurn:
    """Gathers what one event changes. It lives for one call."""

    def __init__(self, staff: Staff) -> None:
        self.s = staff
        self.effects: list[StaffEffect] = []

    def set(self, **changes: Any) -> None:
        """Replace fields of the desk."""
        self.s = replace(self.s, **changes)

    def frame(self, **changes: Any) -> None:
        """Replace fields of the shown screen."""
        self.set(frames=(*self.s.frames[:-1], replace(self.s.frame, **changes)))

    def open(self, place: StaffPlace, *about: str, message: str = "") -> None:
        """Show a screen on top of the present one."""
        self.set(frames=(*self.s.frames, StaffPage(place, about, message=message)))

    def instead(self, place: StaffPlace, *about: str, message: str = "") -> None:
        """Show a screen in the place of the present one."""
        self.set(frames=(*self.s.frames[:-1], StaffPage(place, about, message=message)))

    def reset(self, place: StaffPlace, *about: str) -> None:
        """Show a screen with nothing below it."""
        self.set(frames=(StaffPage(place, about),))

    def back(self) -> None:
        """One screen back; from the lowest one, home."""
        if len(self.s.frames) > 1:
            self.set(frames=self.s.frames[:-1])
        else:
            self.leave()

    def back_to(self, *places: StaffPlace) -> None:
        """Back to the nearest screen at one of ``places``; where there is none, to the lowest."""
        while len(self.s.frames) > 1 and self.s.place not in places:
            self.set(frames=self.s.frames[:-1])
        if StaffPlace.MENU in places:
            # What can be done may have changed: it begins on its first entry again.
            self.frame(cursor=None, fresh=True)

    def leave(self, how: str = "staff.left") -> None:
        """Staff work is over; what was not saved is gone."""
        if self.s.entered:
            self.log(how, self.s.slot)
        self.set(left=True, entered=False, draft=None, undo=None, first_pin="")
        self.effects.append(LeaveStaff())

    def log(self, code: str, detail: str = "") -> None:
        self.effects.append(Logged(code, detail))

    def roll(self) -> int:
        """A digit that nobody who watches can foresee."""
        drawn = blake2b(f"{self.s.seed}:{self.s.rolls}".encode(), digest_size=8).digest()
        self.set(rolls=self.s.rolls + 1)
        return int.from_bytes(drawn) % 10


def first(staff: Staff, found: tuple[str, ...]) -> str:  # noqa: ARG001 (every preset is asked the same way)
    """Lists that only lead on begin on their first entry: nothing is decided by it."""
    return found[0] if found else ""


def nothing(staff: Staff, found: tuple[str, ...]) -> str:  # noqa: ARG001
    """Preselect nothing, where a choice decides something."""
    return ""


@dataclass(frozen=True, slots=True)
class StaffForm:
    """A place's answers, and where each leads.

    ``options`` gives the answers, ``preset`` the one that is preselected (empty: none), ``take`` carries one out, and
    ``style`` tells the buttons. For ``DIGITS``: ``length`` of them are asked for, and ``take`` gets them all. Each
    starts from the digit of ``suggest`` at its place; where that has none, from a random one. A ``LIST`` is answered
    as ``DIRECT`` while ``direct`` holds.
    """

    options: Callable[[Staff], tuple[str, ...]]
    take: Callable[[StaffTurn, str], None]
    style: Style = Style.LIST
    preset: Callable[[Staff, tuple[str, ...]], str] = first
    length: Callable[[Staff], int] = lambda _: 0
    suggest: Callable[[Staff], str] = lambda _: ""
    direct: Callable[[Staff], bool] = lambda _: False

    def style_now(self, staff: Staff) -> Style:
        """The way in which the screen is answered as it stands."""
        return Style.DIRECT if self.direct(staff) else self.style


def fixed(*found: str) -> Callable[[Staff], tuple[str, ...]]:
    """The same answers whatever the state."""
    return lambda _: found
