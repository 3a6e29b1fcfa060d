"""One call of the machine while it works: the state as it changes and the effects as they gather."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from kiosk.care.model import Side
from kiosk.session.effects import Alert, Effect, Ended, Flagged, Hush, Leave, Noted, Rated, Record, Say, Tone, UseCamera
from kiosk.session.model import Answer, EndReason, Flag, Session, SessionPhase

HEARD = frozenset(
    (
        SessionPhase.IDENTITY,
        SessionPhase.RED_FLAGS,
        SessionPhase.FLAGGED,
        SessionPhase.PAIN_BEFORE,
        SessionPhase.LINKED,
        SessionPhase.CLEAN_HANDS,
        SessionPhase.TOLD,
        SessionPhase.PAUSED,
        SessionPhase.FACE_AWAY,
        SessionPhase.PAIN_AFTER,
        SessionPhase.LINKED_AFTER,
    )
)
"""Questions in which green works only after all was heard: a reflex must not pass what was not."""


class SessionTurn:
    """Gathers what one event changes. It lives for one call: the machine stays a pure function of its arguments."""

    def __init__(self, session: Session) -> None:
        self.s = session
        self.effects: list[Effect] = []

    def set(self, **changes: Any) -> None:
        """Replace fields of the session."""
        self.s = msgspec.structs.replace(self.s, **changes)

    def go(self, phase: SessionPhase, at_ms: int, *, lit_after_ms: int = 0, said: str = "") -> None:
        """Enter ``phase`` as of ``at_ms``, showing the words of ``said``; nothing is pointed at.

        Green works ``lit_after_ms`` later.
        """
        self.set(
            phase=phase,
            since_ms=at_ms,
            touched_ms=at_ms,
            lit_ms=at_ms + lit_after_ms,
            said=said,
            cursor=None,
            stalled=False,
            scan_at_ms=at_ms + self.s.context.scan_ms,
        )

    def record(self, make: Callable[[int], Record]) -> None:
        """Hand something over to be remembered, under the next key."""
        self.set(sent=self.s.sent + 1)
        self.effects.append(make(self.s.sent))

    def note(self, code: str, detail: str = "") -> None:
        self.record(lambda key: Noted(key, code, detail))

    def flag(self, flag: Flag) -> None:
        self.record(lambda key: Flagged(key, flag))

    def rate(self, item: str, scale: tuple[Answer, ...], answer: Answer) -> None:
        self.record(lambda key: Rated(key, item, scale.index(answer)))

    def say(self, prompt: str, *, hold: bool = False, droppable: bool = False, at_ms: int | None = None) -> None:
        """Speak ``prompt``; an empty one says nothing. ``at_ms``: when it was due, if not now."""
        if prompt:
            self.effects.append(Say(prompt, hold, droppable, at_ms))

    def ask(self, phase: SessionPhase, at_ms: int, prompt: str = "", *, lit_after_ms: int | None = None) -> None:
        """Enter a question and read it out: ``prompt``, or the phase's own. Green works once it was heard.

        ``lit_after_ms``: after this time instead.
        """
        prompt = prompt or self._prompt(phase)
        if lit_after_ms is None:
            heard_ms = (
                self.s.context.flag_reading_ms if phase is SessionPhase.RED_FLAGS else self.s.context.hears(prompt)
            )
            lit_after_ms = heard_ms if phase in HEARD else 0
        self.go(phase, at_ms, lit_after_ms=lit_after_ms, said=prompt)
        # What was not read out cannot be answered with "none".
        self.say(prompt, hold=phase is SessionPhase.RED_FLAGS)

    def _prompt(self, phase: SessionPhase) -> str:
        prompt = f"ask.{phase.value}"
        if phase is SessionPhase.IDENTITY:
            return f"{prompt}.{(self.s.context.side or Side.BOTH).value}"
        compared = phase not in (SessionPhase.LINKED, SessionPhase.LINKED_AFTER) or self.s.context.last_week
        return prompt if compared else f"{prompt}.first"

    def tone(self, kind: str, at_ms: int) -> None:
        """Mark the beginning or the end of practice, or a danger, for the ear and for the eye."""
        self.set(toned_ms=at_ms)
        self.effects.append(Tone(kind))

    def hush(self) -> None:
        self.effects.append(Hush())

    def camera(self, on: bool) -> None:
        """Open or close the camera, if this session has a use for one."""
        steps = self.s.plan.steps[self.s.step :] if on else self.s.plan.steps
        if self.s.context.camera and any(step.looked_at for step in steps):
            self.effects.append(UseCamera(on))

    def alert(self, on: bool) -> None:
        self.effects.append(Alert(on))

    def end(self, reason: EndReason, at_ms: int, stop_reason: str = "") -> None:
        """The session is over, for this reason, and the camera closes. Asked again it corrects the stop reason only."""
        if self.s.end is None:
            self.camera(False)
        reason = self.s.end or reason
        self.set(end=reason, stop_reason=stop_reason)
        self.record(lambda key: Ended(key, at_ms, reason, stop_reason))

    def leave(self, card: str = "", *, asleep: bool = False, unanswered: bool = False) -> None:
        """Close for good and go home."""
        self.hush()
        self.go(SessionPhase.CLOSED, self.s.now_ms)
        self.effects.append(Leave(card, asleep, unanswered))
