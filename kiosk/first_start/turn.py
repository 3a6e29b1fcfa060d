"""The gathering of what one event changes of the first start, and of what it asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kiosk.desk.effects import ChangeSetting
from kiosk.desk.model import DeskPart, StaffPage, StaffPlace
from kiosk.first_start.effects import (
    BeSilent,
    FirstEffect,
    KeepProgress,
    LeaveFirstStart,
    OpenDesk,
    TrySound,
    WatchLight,
)
from kiosk.first_start.model import (
    DIAGONALS_INCH,
    PAGES,
    Finishing,
    FirstPlace,
    FirstStart,
    needless,
    width_of,
)
from kiosk.first_start.pages import (
    PARENTS,
    answers,
    earlier,
)
from kiosk.menus import work
from kiosk.signals import Button


class FirstTurn:
    """Gathers what one event changes."""

    def __init__(self, state: FirstStart) -> None:
        self.s = state
        self.effects: list[FirstEffect] = []

    def set(self, **changes: Any) -> None:
        self.s = replace(self.s, **changes)

    def go(self, place: FirstPlace, message: str = "") -> None:
        """Enter ``place``. Where somebody has a PIN by now, nobody goes on without one."""
        if place in PAGES and self.s.data.slots and not self.s.slot:
            self.set(wanted=place)
            place = FirstPlace.LOGIN
        self.set(place=place, message=message, cursor=None, digits="", turning=0, live=False)
        self.set(asked=Button.GREEN, wrong=None, wrongs=0, dead=frozenset())
        if place is FirstPlace.SCREEN:
            self.point(_nearest(self.s))
        elif place is FirstPlace.SOUND:
            self.try_sound()
        elif place in (FirstPlace.LOGIN, FirstPlace.PIN):
            self.effects.append(OpenDesk(DeskPart()))
        elif place is FirstPlace.SET_DATE:
            self.effects.append(OpenDesk(DeskPart(StaffPage(StaffPlace.DATE, (work.CLOCK,)), self.s.slot)))
        elif place is FirstPlace.SET_UP:
            self.effects.append(OpenDesk(DeskPart(StaffPage(StaffPlace.PERSON), self.s.slot)))
        elif place is FirstPlace.END and not self.s.progress.over:
            self.set(progress=replace(self.s.progress, over=True))
            self.effects.append(KeepProgress(self.s.progress))

    def walk_on(self, page: FirstPlace | None) -> None:
        """Enter the page that follows ``page`` (None: the first one), or the end."""
        self.go(_following(self.s, page) or FirstPlace.END)

    def point(self, answer: str) -> None:
        found = answers(self.s)
        self.set(cursor=found.index(answer) if answer in found else None)

    def put(self, key: str, value: str | int) -> None:
        self.effects.append(ChangeSetting(key, value, self.s.slot))

    def try_sound(self) -> None:
        self.effects.append(TrySound())
        self.set(listening=True)

    def finish(self, page: FirstPlace, *, later: bool = False) -> None:
        """``page`` is answered: once that is stored the next one comes."""
        progress = self.s.progress.after(page, later=later)
        self.set(progress=progress, finishing=Finishing(page, self.s.now_ms))
        self.effects.append(KeepProgress(progress))

    def leave(self, *, desk: bool = False) -> None:
        self.set(left=True)
        self.effects.append(LeaveFirstStart(desk))

    def tidy(self) -> None:
        """The camera runs on its own page and at no other; what is being said ends with its page."""
        s = self.s
        wanted = s.place is FirstPlace.CAMERA and not s.left
        if wanted is not s.watching:
            self.set(watching=wanted)
            self.effects.append(WatchLight(wanted))
        if s.listening and (s.left or s.place is not FirstPlace.SOUND):
            self.set(listening=False)
            self.effects.append(BeSilent())

    def back(self) -> None:
        """One page back; from the first one home."""
        s = self.s
        if s.place is FirstPlace.CALL_WORDS and s.call.chosen:
            self.set(call=replace(s.call, chosen=s.call.chosen[:-1]), cursor=None)
        elif s.place is FirstPlace.LOGIN:
            self.leave() if s.data.bound else self.go(FirstPlace.RESUME)
        elif s.place in PARENTS:
            self.go(PARENTS[s.place])
        elif s.place in PAGES:
            page = earlier(s)
            self.leave() if page is None else self.go(page)
        else:
            self.leave()


def _following(state: FirstStart, page: FirstPlace | None) -> FirstPlace | None:
    at = 0 if page is None else PAGES.index(page) + 1
    return next((one for one in PAGES[at:] if one in state.walk and not needless(one, state.data)), None)


def _nearest(state: FirstStart) -> str:
    return min(map(str, map(width_of, DIAGONALS_INCH)), key=lambda width: abs(int(width) - state.data.width_mm))
