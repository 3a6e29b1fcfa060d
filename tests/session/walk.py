"""Leads a session as a person would: presses, waiting, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kiosk.care.model import Plan
from kiosk.care.person import Person
from kiosk.care.plan import compile_plan
from kiosk.session.effects import Effect
from kiosk.session.machine import begin, deadline_ms, step
from kiosk.session.model import PAIN_SCALE, Answer, Context, Session, SessionEvent, SessionPhase, SessionTick
from kiosk.session.prompts import RED_FLAGS
from kiosk.session.questions import amber_answer, answers, choices, green_answer
from kiosk.signals import Button, Press
from tests.care.people import shipped, today

START = 1_000_000


@dataclass
class Walk:
    """A session, the time, and every effect so far with the time it was asked for."""

    session: Session
    now: int
    effects: list[tuple[int, Effect]] = field(default_factory=list)

    @classmethod
    def begin(cls, plan: Plan, context: Context) -> Walk:
        session, effects = begin(plan, context, START)
        return cls(session, START, [(START, e) for e in effects])

    @classmethod
    def of_programme(cls, person: Person, programme: str, *, sound: bool = True, **about: Any) -> Walk:
        """A session of a programme that ships, compiled for ``person``, at its first question."""
        known = shipped().led(programme)
        assert known is not None
        plan = compile_plan(shipped(), person, known, today(), sound=sound)
        assert person.stage is not None
        base = {"flag_count": len(RED_FLAGS), "flag_reading_ms": 14_000, "camera": True}
        return cls.begin(
            plan,
            Context(session_id="s1", person=person.code, stage=person.stage, side=person.side, **(base | about)),
        )

    def at(self, phase: SessionPhase) -> bool:
        """Whether the session is in ``phase`` now."""
        return self.session.phase is phase

    def send(self, event: SessionEvent) -> tuple[Effect, ...]:
        self.session, effects = step(self.session, event, self.now)
        self.effects += [(self.now, e) for e in effects]
        return effects

    def press(self, button: Button) -> tuple[Effect, ...]:
        return self.send(Press(button, self.now))

    def wait(self, ms: int, late_ms: int = 0) -> None:
        """Let ``ms`` pass, calling the machine at each of its deadlines (each ``late_ms`` late)."""
        end = self.now + ms
        while (due := deadline_ms(self.session)) is not None and due + late_ms < end:
            assert due > self.now or late_ms, f"{self.session.phase} waits for a moment that is past: a busy loop"
            self.now = max(self.now, due + late_ms)
            self.send(SessionTick())
        self.now = end
        self.send(SessionTick())

    def wait_until(self, reached: Callable[[Session], bool], late_ms: int = 0, limit_ms: int = 3_600_000) -> None:
        """Let time pass until ``reached``; an hour without it is a failure."""
        end = self.now + limit_ms
        while not reached(self.session):
            due = deadline_ms(self.session)
            assert due is not None, f"{self.session.phase} waits for nothing"
            assert due < end, f"{self.session.phase} took too long"
            self.now = max(self.now, due + late_ms)
            self.send(SessionTick())

    def hear_out(self) -> None:
        """Wait until green works: until what is asked was heard."""
        self.wait(max(0, self.session.lit_ms - self.now))

    def answer(self, wanted: Answer) -> tuple[Effect, ...]:
        """Give ``wanted`` with the buttons there are, as many presses as it takes, once it was heard."""
        if self.session.phase in (SessionPhase.PAIN_BEFORE, SessionPhase.PAIN_AFTER) and wanted in PAIN_SCALE[1:]:
            self.answer(Answer.YES)
        if self.session.context.single_switch:
            return self.choose(wanted)
        if wanted is green_answer(self.session):
            while self.session.cursor is not None:
                self.press(Button.AMBER)
            self.hear_out()
            return self.press(Button.GREEN)
        if wanted is amber_answer(self.session):
            return self.press(Button.AMBER)
        found = choices(self.session)
        assert wanted in found, f"{wanted} cannot be answered in {self.session.phase}: {found}"
        while self.session.cursor is None or found[self.session.cursor] is not wanted:
            self.press(Button.AMBER)
        return self.press(Button.GREEN)

    def choose(self, wanted: Answer) -> tuple[Effect, ...]:
        """Give ``wanted`` with a single switch, once it is lit."""

        def lit(session: Session) -> bool:
            found = answers(session)
            return session.cursor is not None and found[session.cursor] is wanted

        self.wait_until(lit)
        return self.press(Button.GREEN)

    def check_in(self, pain: Answer = Answer.NONE, tired: Answer = Answer.FRESH) -> None:
        """A check-in without surprises, up to the first timed phase (or a pause, where a session is resumed)."""
        self.answer(Answer.YES)
        self.answer(Answer.NONE)
        self.answer(pain)
        self.answer(tired)
        if self.session.phase is SessionPhase.LINKED:
            self.answer(Answer.NO)
        if self.session.phase is SessionPhase.CLEAN_HANDS:
            self.answer(Answer.YES)

    def of(self, kind: type) -> list[Effect]:
        """All effects of one kind so far, in order."""
        return [e for _, e in self.effects if isinstance(e, kind)]
