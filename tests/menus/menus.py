"""A home and a desk that are used as people use them: presses, digits, waiting, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from kiosk.care.agenda import Agenda, agenda
from kiosk.care.model import Card, Region
from kiosk.care.person import Person, Role
from kiosk.care.reasons import Notice
from kiosk.care.today import Today
from kiosk.desk import pin
from kiosk.desk.effects import CheckPin, Prepare, SaveStaff, SaveTries, StaffEffect
from kiosk.desk.model import PinChecked, Staff, StaffEvent, StaffFresh, StaffPlace, StaffTick
from kiosk.desk.shown import InboxLine, Prepared, Setting, Slot, StaffData, StatusRow
from kiosk.desk.turn import Style
from kiosk.home import machine as home
from kiosk.home.effects import HomeEffect
from kiosk.home.looking_back import weeks_back
from kiosk.home.model import Home, HomeData, HomeEvent, HomePlace, HomeTick, offers, todays_offers
from kiosk.home.reminders import hours_to_choose
from kiosk.menus import staff
from kiosk.screens.scene import Scene, Slip
from kiosk.signals import Button, Chord, Press, Typed
from tests.care.people import DAY, PARETIC, SYNKINETIC, shipped, today

START = 1_000_000
PIN = "135792"
THERAPIST = Slot("therapist-1", Role.THERAPIST, "Therapist 1")
NURSE = Slot("nurse-1", Role.NURSE, "Nurse 1")
NEW_CODE = "22222H"
CARDS = tuple(sorted(shipped().cards.values(), key=lambda card: card.order))


def home_data(person: Person | None = SYNKINETIC, day: Today | None = None, **changes: Any) -> HomeData:
    """What a home shows for ``person``."""
    cards: tuple[Card, ...] = CARDS
    day = day or today()
    plan = agenda(shipped(), person, day) if person else Agenda()
    found = todays_offers(plan, offers(shipped(), person, day) if person else (), length, in_ms)
    data = HomeData(person=person, offers=found, next=plan.next, done=plan.done, back=plan.back, cards=cards)
    data = replace(data, weeks=weeks_back(day) if person else (), today=day.day if day.certain else None)
    data = replace(data, hours=hours_to_choose(20, 8))
    return replace(data, clock_line="Monday 2 March, 09:41", day_line="Monday 2 March", time_line="09:41", **changes)


def length(_programme: str, short: bool, regions: tuple[Region, ...]) -> int:
    """A session of so many ms: shorter in its short form, longer for two regions."""
    return 540_000 + 120_000 * len(regions) - 240_000 * short


def in_ms(after_ms: int) -> datetime:
    """The time of day after ``after_ms``, at a home where it is 09:41."""
    return datetime.combine(DAY, time(9, 41), UTC) + timedelta(milliseconds=after_ms)


@dataclass
class AtHome:
    """A home, the time, and every effect so far."""

    state: Home
    now: int = START
    effects: list[HomeEffect] = field(default_factory=list)

    @classmethod
    def begin(cls, data: HomeData, card: str = "") -> AtHome:
        state, effects = home.begin(data, START, card)
        return cls(state, START, list(effects))

    def at(self, place: HomePlace) -> bool:
        """Whether this is what is shown."""
        return self.state.place is place

    def send(self, event: HomeEvent) -> tuple[HomeEffect, ...]:
        self.state, effects = home.step(self.state, event, self.now)
        self.effects += effects
        return effects

    def press(self, button: Button, after_ms: int = 1_000) -> tuple[HomeEffect, ...]:
        self.now += after_ms
        return self.send(Press(button, self.now))

    def wait(self, ms: int) -> None:
        """Let ``ms`` pass, calling at each deadline."""
        end = self.now + ms
        while (due := home.deadline_ms(self.state)) is not None and (then := max(self.now + 1, due)) < end:
            self.now = then
            self.send(HomeTick())
        self.now = end
        self.send(HomeTick())

    def choose(self, answer: str) -> tuple[HomeEffect, ...]:
        """Give ``answer`` with the three buttons, or with one, as many presses and as long as it takes."""
        found = home.answers(self.state)
        assert answer in found, f"{answer} cannot be answered at {self.state.place}: {found}"
        if self.state.data.single_switch:
            while self.state.cursor is None or found[self.state.cursor] != answer:
                self.wait(self.state.data.scan_ms)
            return self.press(Button.GREEN, 1)
        if home.direct(self.state):
            return self.press((Button.GREEN, Button.AMBER)[found.index(answer)])
        while self.state.cursor is None or found[self.state.cursor] != answer:
            self.press(Button.AMBER)
        return self.press(Button.GREEN)


def staff_data(person: Person | None = PARETIC, **changes: Any) -> StaffData:
    """What the desk shows; a therapist and a nurse have their slots."""
    data = StaffData(
        slots=(THERAPIST, NURSE),
        person=person,
        new_code=NEW_CODE,
        inbox=(InboxLine("1", "red-flag", "releases", "C2D3FH", "2 March 08:10"), InboxLine("2", "saw-movement")),
        offers=offers(shipped(), person, today()),
        library=shipped(),
        day=today(),
        notices=(Notice("unreviewed", "No therapist has reviewed this plan yet."),),
        settings=(
            Setting("sound.volume", 2),
            Setting("sound.voice", True),
            Setting("buttons.single_switch", False),
            Setting("buttons.scan_ms", 2_000),
            Setting("buttons.refractory_ms", 60),
            Setting("handover.protection", "passphrase"),
        ),
        status=tuple(StatusRow(f"Part {i}", "works", "ok") for i in range(30)),
        languages=("en", "de"),
        today=DAY,
        clock_line="Mon 2 March 09:41",
        boot_id="boot-1",
    )
    return replace(data, **changes)


def said(scene: Scene) -> str:
    """Everything on a screen; words that stand one below the other read as one text too."""
    return " ".join((str(scene), *(scene.lines if isinstance(scene, Slip) else ())))


SECRET = "walrus banjo mitten cobalt drizzle"  # noqa: S105 made up
PROTECTED = Prepared(0, "passphrase", SECRET)


@dataclass
class AtDesk:
    """A desk, the time, every effect so far, and the presses that were made.

    PINs are compared at once, and a package is prepared at once: protected as ``protected`` says.
    """

    state: Staff
    now: int = START
    effects: list[StaffEffect] = field(default_factory=list)
    presses: int = 0
    pins: dict[str, str] = field(default_factory=lambda: {"therapist-1": PIN, "nurse-1": PIN})
    answering: bool = True
    protected: Prepared = PROTECTED

    @classmethod
    def begin(cls, data: StaffData, now: int = START) -> AtDesk:
        state, effects = staff.begin(data, 7, now)
        return cls(state, now, list(effects))

    @classmethod
    def entered(cls, data: StaffData, slot: str = "therapist-1") -> AtDesk:
        """A desk at its menu, after the PIN of ``slot``."""
        desk = cls.begin(data)
        desk.choose(slot)
        desk.keys(PIN)
        assert desk.at(StaffPlace.MENU)
        desk.presses = 0
        desk.effects.clear()
        return desk

    def at(self, place: StaffPlace) -> bool:
        """Whether this is what is shown."""
        return self.state.place is place

    def send(self, event: StaffEvent) -> tuple[StaffEffect, ...]:
        self.state, effects = staff.step(self.state, event, self.now)
        self.effects += effects
        for effect in effects:
            if isinstance(effect, SaveStaff):
                self.pins[effect.slot] = effect.pin
            if isinstance(effect, CheckPin) and self.answering:
                self.send(PinChecked(effect.attempt, effect.pin == self.pins[effect.slot]))
            if isinstance(effect, Prepare) and self.answering:
                self.send(replace(self.protected, attempt=effect.attempt))
        return effects

    def press(self, button: Button) -> tuple[StaffEffect, ...]:
        self.presses += 1
        return self.send(Press(button, self.now))

    def keys(self, digits: str) -> None:
        for digit in digits:
            self.send(Typed(int(digit), self.now))

    def turn(self, digits: str) -> None:
        """Give digits with two buttons."""
        for digit in digits:
            while self.state.frame.turning != int(digit):
                self.press(Button.AMBER)
            self.press(Button.GREEN)

    def wait(self, ms: int) -> None:
        """Let ``ms`` pass, calling at each deadline."""
        end = self.now + ms
        while (due := staff.deadline_ms(self.state)) is not None and (then := max(self.now + 1, due)) < end:
            self.now = then
            self.send(StaffTick())
        self.now = end
        self.send(StaffTick())

    def choose(self, *path: str) -> tuple[StaffEffect, ...]:
        """Give answers one after another with the buttons, as many presses as it takes."""
        effects: tuple[StaffEffect, ...] = ()
        for answer in path:
            found = staff.options(self.state)
            assert answer in found, f"{answer} cannot be answered at {self.state.place}: {found}"
            if staff.style(self.state) is Style.DIRECT:
                effects = self.press((Button.GREEN, Button.AMBER)[found.index(answer)])
                continue
            while self.state.frame.cursor is None or found[self.state.frame.cursor] != answer:
                self.press(Button.AMBER)
            effects = self.press(Button.GREEN)
        return effects

    def chord(self) -> tuple[StaffEffect, ...]:
        return self.send(Chord(self.now))

    def fresh(self, **changes: Any) -> None:
        """News from outside."""
        self.send(StaffFresh(replace(self.state.data, **changes)))

    def of(self, kind: type[Any]) -> list[Any]:
        """All effects of one kind so far."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def kept(self) -> pin.Tries:
        """What the record holds of the therapist's wrong tries, as it would be read after a restart."""
        last = [e for e in self.of(SaveTries) if e.slot == "therapist-1"][-1]
        return pin.Tries(last.tries, last.lock_ms, self.state.data.boot_id if last.lock_ms else "", last.from_ms)


def ddmmyyyy(day: date) -> str:
    """A date as it is entered."""
    return day.strftime("%d%m%Y")
