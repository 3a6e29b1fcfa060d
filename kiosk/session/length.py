"""The length of a session before it begins, so that a screen can say what "Start" means in minutes."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from kiosk.care.model import Plan
from kiosk.session import machine, timed
from kiosk.session.model import Context, Session, SessionPhase
from kiosk.session.questions import green_answer
from kiosk.session.timeline import length_ms
from kiosk.signals import Button, Press

MOST_PRESSES = 20
"""More than any check-in takes."""


def planned_ms(plan: Plan, context: Context) -> int:
    """The time from the first question to the end of the last stretch, in ms.

    Each question is answered with green as soon as it was heard, nothing is paused, and nothing is new.
    """
    asked = _check_in(plan, replace(context, single_switch=False, resumes="", red_stuck=False))
    at_ms = asked.now_ms
    rested_ms = at_ms - context.screen_ms
    if asked.phase is SessionPhase.EYE_CARE:
        at_ms += timed.EYE_CARE_MS
    at_ms += timed.phase_length_ms(msgspec.structs.replace(asked, phase=SessionPhase.SETTLE_IN))
    for number, step in enumerate(plan.steps, 1):
        at_ms += length_ms(step)
        if number < len(plan.steps) and at_ms - rested_ms >= context.look_away_after_ms:
            at_ms += timed.LOOK_AWAY_MS
            rested_ms = at_ms
    return at_ms + timed.SETTLE_MS


def _check_in(plan: Plan, context: Context) -> Session:
    """The session itself, led through its questions to its first stretch, from 0 on."""
    session, _ = machine.begin(plan, context, 0)
    for _press in range(MOST_PRESSES):
        if session.phase in timed.TIMED:
            break
        pointed = session.cursor is not None or green_answer(session) is not None
        at_ms = max(session.now_ms, session.lit_ms if pointed and session.cursor is None else 0)
        session, _ = machine.step(session, Press(Button.GREEN if pointed else Button.AMBER, at_ms), at_ms)
    return session
