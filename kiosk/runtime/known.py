"""All that is known of whoever is bound, also of what is not on the disk yet: the person, their day, what may begin."""

from __future__ import annotations

from dataclasses import replace

from kiosk.bedside.persons import bound_person
from kiosk.bedside.sessions import (
    LOOK_BACK,
    Interrupted,
    context_of,
    interrupted,
    nobodys_day,
    plan_of,
    practised_last_week,
    ratios_of,
    resume_of,
    today,
)
from kiosk.care.library import Library
from kiosk.care.model import Plan, Region
from kiosk.care.person import Person
from kiosk.care.today import Today
from kiosk.clock import instant
from kiosk.home import effects
from kiosk.present.ending import SessionEnding
from kiosk.rows.kinds import SessionRow
from kiosk.runtime.condition import Condition
from kiosk.runtime.ending import ending_of
from kiosk.runtime.filming import Filming
from kiosk.runtime.manner import Manner
from kiosk.runtime.ports import Ports
from kiosk.runtime.session_mode import SessionMode
from kiosk.session.model import Context
from kiosk.session.prompts import prompts_in

NO_DAY = Today(day=None, certain=False, now_ms=0)
EYES_RESTED_MS = 300_000
"""Time between two sessions after which the screen time begins again."""


class Known:
    """Asks the record, and adds what this run has seen; ``library`` is what may be practised here.

    Every method that asks raises StoreError where the record cannot be read.
    """

    def __init__(self, ports: Ports, library: Library, condition: Condition, manner: Manner) -> None:
        self._ports, self.library, self._condition, self._manner = ports, library, condition, manner
        self._held: Person | None = None
        self._led: tuple[SessionRow, ...] = ()
        self._screen_ms = self._screen_end_ms = 0

    def person(self) -> Person | None:
        """Return the person whom this kiosk is bound to; what a session closed for them holds from that moment on."""
        stored = bound_person(self._ports.store.read())
        held = self._held
        return held if held is not None and stored is not None and held.code == stored.code else stored

    def today(self, person: Person) -> Today:
        """Return their day as the rules see it."""
        return self._day(person, self._led)

    def nobodys_day(self) -> Today:
        """The day as far as the clock knows it, while nobody is set up."""
        return nobodys_day(self._ports.store.read(), instant(self._ports.clock))

    def interrupted(self, person: Person, day: Today) -> tuple[Interrupted, Plan] | None:
        """Return the session that was cut off and may be gone on with, and what is left of it."""
        reader, at = self._ports.store.read(), instant(self._ports.clock)
        return interrupted(reader, self.library, person, day, at, sound=self._manner.heard)

    def begun(self, wish: effects.StartSession, filming: Filming) -> SessionMode | None:
        """Return the session that is wished for; None where nobody is bound. Raises RuleError where it may not be."""
        person = self.person()
        if person is None:
            return None
        day = self.today(person)
        plan = plan_of(
            self.library,
            person,
            wish.programme,
            day,
            short=wish.short,
            regions=wish.regions,
            sound=self._manner.heard,
        )
        return self._lead(person, plan, self._context(person, plan, day), day, filming, wish.tightness, wish.led_by)

    def resumed(self, filming: Filming) -> SessionMode | None:
        """Return the session that goes on where one was cut off; None where there is none any more."""
        person = self.person()
        day = self.today(person) if person else NO_DAY
        found = self.interrupted(person, day) if person else None
        if person is None or found is None:
            return None
        cut, plan = found
        return self._lead(person, plan, resume_of(self._context(person, plan, day), cut), day, filming)

    def after(self, mode: SessionMode, now_ms: int) -> None:
        """A session is over: what it closed for this person, and the time before the screen, hold from now on."""
        self._held = mode.person
        self._screen_ms, self._screen_end_ms = mode.screen_ms, now_ms
        if mode.row is not None:
            self._led = (mode.row, *self._led)[:LOOK_BACK]

    def ending(self, mode: SessionMode, row: SessionRow) -> SessionEnding:
        """Return what the last screen of a session says of the days around it."""
        day, at = self._day(mode.person, (row, *self._led)), instant(self._ports.clock)
        return ending_of(self.library, mode.person, row.programme, day, at)

    def let_go_of_held(self) -> None:
        """Staff were at the desk: what the record says of the person holds again."""
        self._held = None

    def _day(self, person: Person, led: tuple[SessionRow, ...]) -> Today:
        reader, at = self._ports.store.read(), instant(self._ports.clock)
        day = today(reader, self.library, person, at, led, red_stuck=self._condition.amber_stops)
        day = replace(day, doubted=True) if self._ports.store.doubtful else day
        return replace(day, unchecked=True) if self._ports.store.unchecked else day

    def _context(self, person: Person, plan: Plan, day: Today) -> Context:
        reader, at = self._ports.store.read(), instant(self._ports.clock)
        made = context_of(
            self.library,
            person,
            plan,
            self._manner.now,
            self._ports.sound,
            day,
            red_stuck=self._condition.amber_stops,
            last_week=practised_last_week(reader, person.code, at),
            said=prompts_in(self._manner.words),
        )
        # Eyes that have just looked at the screen for a session have not rested yet.
        fresh = self._ports.clock.now_ms() - self._screen_end_ms >= EYES_RESTED_MS
        return replace(made, screen_ms=0 if fresh else self._screen_ms)

    def _lead(
        self,
        person: Person,
        plan: Plan,
        context: Context,
        day: Today,
        filming: Filming,
        tightness: tuple[tuple[Region, int], ...] = (),
        led_by: str = "",
    ) -> SessionMode:
        ratios = ratios_of(self._ports.store.read(), person, plan)
        sound = self._manner.now.sound
        return SessionMode(
            self._ports, person, plan, context, day.day, tightness, sound, ratios, filming, led_by=led_by
        )
