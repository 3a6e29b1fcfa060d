"""Beginning a session, or going on with an interrupted one: what the rules, the record and the voice say about it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from kiosk.care.caps import plan_breaks
from kiosk.care.library import Library
from kiosk.care.model import Permission, Person, Plan, Region
from kiosk.care.plan import compile_plan
from kiosk.care.rules import Today, constant_pain_cleared, eye_reminder
from kiosk.devices.sound import Speaker
from kiosk.errors import RuleError
from kiosk.records.reader import Reader
from kiosk.records.rows import SessionRow
from kiosk.session.model import Context
from kiosk.session.prompts import RED_FLAGS
from kiosk.settings import Settings
from kiosk.shell.leading import FLAG_LIST

READING_MS = 3_500
"""Time to read one line of the red flags where no voice reads it."""
RESUME_WITHIN_MS = 12 * 3_600_000
"""An interrupted session older than this (with power) is left as it is."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A session that was cut short, and where it would go on. ``step`` and ``repetition`` count from 0."""

    row: SessionRow
    step: int
    repetition: int
    short: bool
    regions: tuple[Region, ...]


def context_of(person: Person, plan: Plan, settings: Settings, sound: Speaker, *, red_stuck: bool) -> Context:
    """What the session must know of this person and this kiosk."""
    spoken = sound.duration_ms(FLAG_LIST) if sound.audible and settings.sound.voice else None
    inside = Permission.INSIDE_CHEEK in person.permissions and any("inside" in step.exercise for step in plan.steps)
    return Context(
        session_id=secrets.token_hex(8),
        person=person.code,
        stage=person.stage,
        side=person.side,
        eye_reminder=eye_reminder(person),
        constant_pain_cleared=constant_pain_cleared(person),
        clean_hands=inside,
        single_switch=settings.buttons.single_switch,
        scan_ms=settings.buttons.scan_ms,
        flag_count=len(RED_FLAGS),
        flag_reading_ms=max(spoken or 0, READING_MS * len(RED_FLAGS)),
        look_away_after_ms=settings.care.look_away_min * 60_000,
        camera=settings.camera.backend != "none",
        red_stuck=red_stuck,
    )


def plan_of(
    library: Library,
    person: Person,
    programme: str,
    today: Today,
    *,
    short: bool,
    regions: tuple[Region, ...],
    sound: bool = True,
) -> Plan:
    """The plan of one session today; without ``sound`` eyes stay softly open.

    Raises RuleError with a sentence where the rules keep it closed.
    """
    found = library.programmes.get(programme)
    if found is None:
        raise RuleError(f"programme {programme!r} is not in the library: choose another")
    return compile_plan(library, person, found, today, short=short, regions=regions, sound=sound)


def resume_of(context: Context, cut: Interrupted) -> Context:
    """The context of a session that goes on where ``cut`` stopped."""
    return replace(context, resumes=cut.row.session_id, start_step=cut.step, start_repetition=cut.repetition)


def interrupted(reader: Reader, library: Library, person: Person, today: Today) -> tuple[Interrupted, Plan] | None:
    """The newest session of ``person`` that was cut short and can be gone on with today, and its plan.

    It can when its plan, compiled again, is the same up to the place where it stopped: otherwise nobody could say
    which step that place is, and the programme is begun anew.
    """
    row = reader.interrupted_session(person.code)
    newest = reader.sessions(person.code, 1)
    if row is None or not newest or newest[0].session_id != row.session_id:
        return None
    steps = reader.steps(row.session_id)
    if not steps:
        return None
    regions = tuple(dict.fromkeys(Region(s.region) for s in steps if s.region in set(Region)))
    for short in (False, True):
        try:
            plan = plan_of(library, person, row.programme, today, short=short, regions=regions)
        except RuleError:
            return None
        cut = _place(row, plan, reader, short, regions)
        if cut is not None and not plan_breaks(plan, person.stage):
            return cut, plan
    return None


def _place(row: SessionRow, plan: Plan, reader: Reader, short: bool, regions: tuple[Region, ...]) -> Interrupted | None:
    steps = reader.steps(row.session_id)
    for step in steps:
        if step.order >= len(plan.steps):
            return None
        planned = plan.steps[step.order]
        same = (planned.exercise, planned.side or "", planned.repetitions)
        if same != (step.exercise, step.side, step.planned_repetitions_count):
            return None
        if round(step.hold_target_s * 1000) != planned.hold_ms:
            return None
    last = max(steps, key=lambda step: step.order)
    done = last.done_repetitions_count >= last.planned_repetitions_count
    over = done or (last.skipped and last.skip_reason not in ("timeout", "stopped"))
    index = last.order + 1 if over else last.order
    if index >= len(plan.steps):
        return None
    return Interrupted(row, index, 0 if over else last.done_repetitions_count, short, regions)
