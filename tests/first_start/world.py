"""A first start with the world around it, by values: what it asks for happens, as far as the test lets it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from kiosk.care.person import Role
from kiosk.desk.effects import ChangeSetting
from kiosk.desk.model import StaffPlace
from kiosk.first_start import machine, pages
from kiosk.first_start.effects import (
    BeSilent,
    FirstEffect,
    KeepProgress,
    LeaveFirstStart,
    OpenDesk,
    TrySound,
    WatchLight,
    WriteCallText,
)
from kiosk.first_start.model import (
    DeskDone,
    FirstData,
    FirstEvent,
    FirstFresh,
    FirstSeen,
    FirstStart,
    FirstStored,
    comes_by_itself,
    progress_of,
    text_of_progress,
)
from kiosk.signals import Button, Press

START = 1_000_000
LANGUAGES = ("de", "en", "es")
ME = "therapist-1"
PRESS_MS = 400


def data(**changes: Any) -> FirstData:
    """A kiosk that is new."""
    return replace(FirstData(languages=LANGUAGES), **changes)


@dataclass
class World:
    """``stored`` is what a cut leaves; ``handed`` is handed over and lost with the power."""

    stored: FirstData
    now: int = START
    slot: str = ""
    again: bool = False
    effects: list[FirstEffect] = field(default_factory=list)
    camera: bool = False
    sound: bool = False
    desk: OpenDesk | None = None
    gone: LeaveFirstStart | None = None
    state: FirstStart = field(init=False)
    handed: FirstData = field(init=False)

    def __post_init__(self) -> None:
        self.handed = self.stored
        self.state, wished = machine.begin(self.stored, self.now, self.slot, again=self.again)
        self.carry_out(wished)

    def send(self, event: FirstEvent) -> None:
        self.state, wished = machine.step(self.state, event, self.now)
        self.carry_out(wished)

    def carry_out(self, wished: tuple[FirstEffect, ...]) -> None:
        self.effects += wished
        for one in wished:
            if isinstance(one, ChangeSetting):
                name = {pages.LANGUAGE: "language", pages.WIDTH: "width_mm", pages.VOLUME: "volume"}[one.key]
                changed: dict[str, Any] = {name: one.value}
                self.handed = replace(self.handed, **changed)
            elif isinstance(one, WriteCallText):
                own = dict(one.choice.chosen)[self.handed.language]
                self.handed = replace(self.handed, call_text=() if own == "none" else ("Call 1",))
            elif isinstance(one, KeepProgress):
                self.handed = replace(self.handed, progress=progress_of(text_of_progress(one.progress)))
            elif isinstance(one, OpenDesk):
                self.desk = one
            elif isinstance(one, WatchLight):
                assert one.on is not self.camera, "asked twice"
                self.camera = one.on
            elif isinstance(one, TrySound):
                self.sound = True
            elif isinstance(one, BeSilent):
                self.sound = False
            else:
                self.gone = one

    def store(self) -> None:
        """All that was handed over survives a cut now."""
        self.stored = self.handed
        self.send(FirstFresh(self.stored))
        self.send(FirstStored())

    def press(self, button: Button, after_ms: int = PRESS_MS) -> None:
        self.now += after_ms
        self.send(Press(button, self.now))

    def see(self) -> None:
        """The camera delivers, if it runs."""
        if self.camera:
            self.send(FirstSeen())

    def answer_desk(self, *, stored: bool = True) -> None:
        """Whoever stands at the page of the desk answers it, as a therapist."""
        opened, role = self.desk, Role.THERAPIST
        if opened is None:
            return
        page, slot = opened.part.page, opened.part.slot or self.state.slot
        if page is None:
            slot = ME
            self.handed = replace(self.handed, slots=tuple(sorted({*self.handed.slots, (ME, role)})))
        elif page.place is StaffPlace.DATE:
            self.handed = replace(self.handed, clock_known=True)
        elif page.place is StaffPlace.NEW_PIN:
            new = (page.about[0], Role(page.about[1]))
            self.handed = replace(self.handed, slots=tuple(sorted({*self.handed.slots, new})))
        else:
            self.handed = replace(self.handed, bound=True)
        if stored:
            self.stored = self.handed
            self.desk = None
            self.send(FirstFresh(self.stored))
        self.send(DeskDone(slot, stored=stored))

    def cut(self) -> World | None:
        """The power goes, and comes back; None: the kiosk comes up as ever."""
        kept = self.stored
        used = bool(kept.slots) or kept.bound
        if not comes_by_itself(kept, fresh=not used):
            return None
        return World(kept, self.now + 60_000)
