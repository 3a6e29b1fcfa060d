"""Beginning a session or going on with one, by what the record says of today: never more certain than the clock is."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypedDict

import msgspec
from msgspec.structs import replace as replace_person

from kiosk.care.caps import plan_breaks
from kiosk.care.library import Library
from kiosk.care.model import Permission, Plan, Region
from kiosk.care.person import Person
from kiosk.care.plan import compile_plan, pick_regions
from kiosk.care.rules import constant_pain_cleared, eye_reminder, offered
from kiosk.care.standard import SETS
from kiosk.care.today import Today
from kiosk.clock import Instant, local_day
from kiosk.devices.sound import Speaker
from kiosk.errors import RuleError, StoreError
from kiosk.plans.plan import CARRIED, CarriedOver
from kiosk.records.daytime import KnownTime, Lapse, Times
from kiosk.records.reader import Reader
from kiosk.rows.kinds import SessionRow
from kiosk.rows.names import session_name
from kiosk.session.model import Context, EndReason
from kiosk.session.prompts import PROMPTS, RED_FLAGS
from kiosk.settings import Settings

LOOK_BACK = 60
"""Sessions to look at: far more than anybody can begin in a day."""


def today(
    reader: Reader,
    library: Library,
    person: Person,
    at: Instant,
    led: Sequence[SessionRow] = (),
    *,
    red_stuck: bool = False,
) -> Today:
    """The present day for ``person``; sessions that may have been today count as today.

    ``led`` are sessions of this run of the kiosk: they count even while the disk has not taken them.
    """
    times = reader.times()
    begun: Counter[str] = Counter()
    done: Counter[str] = Counter()
    days: set[date] = set()
    active, last_active_ms = 0, None
    slept = True
    stored = reader.sessions(person.code, LOOK_BACK)
    known_ids = {row.session_id for row in stored}
    waiting = [row for row in led if row.patient_code == person.code and row.session_id not in known_ids]
    for row in (*waiting, *stored):
        start = times.exact_utc(row.boot_id, row.start_boot_ms)
        if start is not None and row.programme not in SETS:
            days.add(local_day(start))
        programme = library.led(row.programme)
        moves = programme is None or programme.family.active
        if moves and row.end_boot_ms is not None:
            ended = at.t_boot_ms - times.lapse(row.boot_id, row.end_boot_ms, at).least_ms
            last_active_ms = ended if last_active_ms is None else max(last_active_ms, ended)
        if times.lapse(row.boot_id, row.start_boot_ms, at).other_day:
            continue
        slept = False
        done[row.programme] += row.end_reason == EndReason.COMPLETED
        if row.resumes_session_id is None:
            begun[row.programme] += 1
            active += moves
    known = times.known(at)
    found = Today(
        **_days(known),
        certain=known.certain,
        now_ms=at.t_boot_ms,
        active_begun_today=active,
        last_active_ended_ms=last_active_ms,
        begun_today=dict(begun),
        done_today=dict(done),
        new_day=known.certain or slept,
        pain_over=_pain_over(person, times, at),
        red_stuck=red_stuck,
        doubted=reader.doubted(person.code),
        practised_on=_whole_weeks(days, cut=len(stored) >= LOOK_BACK),
    )
    elsewhere = carried(reader, person.code)
    return found if elsewhere is None else _with(found, elsewhere, reader, library, at)


def _whole_weeks(days: set[date], *, cut: bool) -> frozenset[date]:
    """``days`` without those of the oldest calendar week, where the sessions before were not looked at (``cut``)."""
    oldest = min(days, default=None) if cut else None
    return frozenset(day for day in days if oldest is None or day - timedelta(days=day.weekday()) > oldest)


class _Days(TypedDict):
    day: date | None
    earliest: date | None
    latest: date | None


def _days(known: KnownTime) -> _Days:
    """The present day, and the first and last that it may be where clocks contradict each other."""
    day = None if known.lower_bound_utc is None else local_day(known.lower_bound_utc)
    claimed = [local_day(claim) for claim in known.claims]
    return {"day": day, "earliest": min(claimed, default=None), "latest": max(claimed, default=None)}


def nobodys_day(reader: Reader, at: Instant) -> Today:
    """The day as far as the clock knows it, while nobody is set up."""
    known = reader.times().known(at)
    return Today(**_days(known), certain=known.certain, now_ms=at.t_boot_ms)


def _pain_over(person: Person, times: Times, at: Instant) -> bool | None:
    """Whether the day on which pain closed movement surely is over; None: nobody knows here when that was."""
    if person.pain_at is None:
        return None
    since = times.lapse(person.pain_at.boot_id, person.pain_at.t_boot_ms, at)
    return None if since.powered_ms is None else since.other_day


def carried(reader: Reader, code: str) -> CarriedOver | None:
    """Return what came along with this person's plan of the sessions at another kiosk."""
    try:
        told = msgspec.json.decode(reader.state(CARRIED) or "null", type=CarriedOver | None)
    except msgspec.DecodeError:
        return None
    return told if told is not None and told.code == code else None


def _with(found: Today, elsewhere: CarriedOver, reader: Reader, library: Library, at: Instant) -> Today:
    """``found``, and what was practised at the kiosk before: a day does not begin anew because a kiosk is replaced.

    What nobody can date counts as practised when the plan came. A programme that is not known here counts as movement.
    """
    times = reader.times()
    begun, days = Counter(found.begun_today), set(found.practised_on)
    active, ended_ms, slept = found.active_begun_today, found.last_active_ended_ms, found.new_day

    def since(then: datetime | None) -> Lapse:
        return times.lapse(elsewhere.boot_id, elsewhere.t_boot_ms, at, then)

    for past in elsewhere.practised:
        programme = library.led(past.programme)
        moves = programme is None or programme.family.active
        if past.begun is not None and past.programme not in SETS:
            days.add(local_day(past.begun))
        same = not since(past.begun).other_day
        slept = slept and (found.certain or not same)
        if same and not past.resumed:
            begun[past.programme] += 1
            active += moves
        if moves:
            ended = at.t_boot_ms - since(past.ended).least_ms
            ended_ms = ended if ended_ms is None else max(ended, ended_ms)
    return replace(
        found,
        active_begun_today=active,
        last_active_ended_ms=ended_ms,
        begun_today=dict(begun),
        new_day=slept,
        practised_on=frozenset(days),
    )


def since_ms(reader: Reader, row: SessionRow, at: Instant) -> int:
    """Return the least time since a session ended, in ms."""
    end_ms = row.end_boot_ms if row.end_boot_ms is not None else row.start_boot_ms
    return reader.times().lapse(row.boot_id, end_ms, at).least_ms


log = logging.getLogger(__name__)

RATIO_SESSIONS = 5
"""Earlier sessions by which a weakness is known."""
READING_MS = 3_500
"""Time to read one line of the red flags where no voice reads it."""
FLAG_LIST = "ask.red-flags"
WEEK_MS = 7 * 24 * 3_600_000
"""Sessions to look back on for one of a week ago: more than a week holds."""
RESUME_WITHIN_MS = 12 * 3_600_000
"""An interrupted session older than this (with power) is left as it is."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A session that was cut short: its ``row``, and where it would go on.

    ``step`` and ``repetition`` count from 0.
    """

    row: SessionRow
    step: int
    repetition: int


def context_of(
    library: Library,
    person: Person,
    plan: Plan,
    settings: Settings,
    sound: Speaker,
    today: Today,
    *,
    red_stuck: bool,
    last_week: bool,
    said: Mapping[str, str] = PROMPTS,
) -> Context:
    """Gather all that the session must know of this person, this day and this kiosk.

    ``said``: prompt id → its words in the person's language, for what is read where it cannot be heard.
    """
    heard = sound.audible and settings.sound.voice
    lengths = {prompt: sound.duration_ms(prompt) for prompt in PROMPTS} if heard else {}
    hearing = {prompt: ms for prompt, ms in lengths.items() if ms is not None}
    locked = replace_person(person, pain_locked=True)
    stay_open = tuple(found.family for found, verdict in offered(library, locked, today) if verdict.open)
    used = (library.exercises.get(step.exercise) for step in plan.steps)
    inside = any(exercise is not None and exercise.permission is Permission.INSIDE_CHEEK for exercise in used)
    return Context(
        session_id=session_name(),
        person=person.code,
        stage=person.stage,
        side=person.side,
        eye_reminder=eye_reminder(person),
        eye_drops=person.eye_drops is not False,
        constant_pain_cleared=constant_pain_cleared(person),
        clean_hands=inside,
        single_switch=settings.buttons.single_switch,
        scan_ms=settings.buttons.scan_ms,
        flag_count=len(RED_FLAGS),
        flag_reading_ms=max(hearing.get(FLAG_LIST, 0), READING_MS * len(RED_FLAGS)),
        hearing=hearing,
        said=said,
        flags=person.flags,
        last_week=last_week,
        stay_open=stay_open,
        look_away_after_ms=settings.care.look_away_min * 60_000,
        camera=settings.camera.backend != "none",
        red_stuck=red_stuck,
    )


def ratios_of(reader: Reader, person: Person, plan: Plan) -> dict[str, tuple[float, ...]]:
    """Return the ratio of each movement of ``plan`` in the last sessions that measured any, newest first.

    The middle one of a session stands for it. A record that cannot be read knows nothing: no session waits for it.
    """
    exercises = {step.exercise for step in plan.steps if step.active}
    try:
        found = {exercise: reader.ratios(person.code, exercise, RATIO_SESSIONS) for exercise in exercises}
    except StoreError as why:
        log.warning("earlier measures cannot be read: %s", why)
        return {}
    return {exercise: tuple(sorted(each)[len(each) // 2] for each in past) for exercise, past in found.items()}


def practised_last_week(reader: Reader, code: str, at: Instant) -> bool:
    """Whether ``code`` had a session a week ago or earlier, as far as is known: today can be compared with it."""
    try:
        practised = (row for row in reader.sessions(code, LOOK_BACK) if row.programme not in SETS)
        return any(since_ms(reader, row, at) >= WEEK_MS for row in practised)
    except StoreError as why:
        log.warning("earlier sessions cannot be read: %s", why)
        return False


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
    """The plan of one session today, of a standard set too; without ``sound`` eyes stay softly open.

    Raises RuleError with a sentence where the rules keep it closed.
    """
    found = library.led(programme)
    if found is None:
        raise RuleError(f"programme {programme!r} is not in the library: choose another")
    return compile_plan(library, person, found, today, short=short, regions=regions, sound=sound)


def resume_of(context: Context, cut: Interrupted) -> Context:
    """The context of a session that goes on where ``cut`` stopped."""
    return replace(context, resumes=cut.row.session_id, start_step=cut.step, start_repetition=cut.repetition)


def interrupted(
    reader: Reader, library: Library, person: Person, today: Today, at: Instant, *, sound: bool = True
) -> tuple[Interrupted, Plan] | None:
    """The newest session of ``person`` that was cut short and can be gone on with today, and its plan.

    It can when its plan, compiled again, is the same up to the place where it stopped: otherwise nobody could say
    which step that place is, and the programme is begun anew; so is a standard set, by staff.
    """
    row = reader.interrupted_session(person.code)
    newest = reader.sessions(person.code, 1)
    if row is None or not newest or newest[0].session_id != row.session_id or row.programme in SETS:
        return None
    if since_ms(reader, row, at) > RESUME_WITHIN_MS or not reader.steps(row.session_id):
        return None
    regions = _regions(reader, row)
    for short in (False, True):
        try:
            plan = plan_of(library, person, row.programme, today, short=short, regions=regions, sound=sound)
        except RuleError:
            return None
        cut = _place(row, plan, reader)
        if cut is not None and not plan_breaks(plan, person.stage):
            return cut, plan
    return None


def _regions(reader: Reader, row: SessionRow) -> tuple[Region, ...]:
    """The regions that the session was about: the tightest, as the person said before it."""
    marks = {f"tightness.{region.value}": region for region in Region}
    ratings = {marks[r.item]: int(r.value) for r in reader.ratings(row.session_id) if r.item in marks}
    return pick_regions(ratings)[0] if ratings else ()


def _place(row: SessionRow, plan: Plan, reader: Reader) -> Interrupted | None:
    steps = reader.steps(row.session_id)
    if row.planned_steps_count != len(plan.steps):
        return None  # a region, the short form or a tick has changed: what is still to come would be another session
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
    return Interrupted(row, index, 0 if over else last.done_repetitions_count)
