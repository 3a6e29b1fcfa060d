"""The rules of today's practice, with a reason for each "no": pure functions of a person, a programme and a day.

Nothing here knows a clock. Where the day is only a lower bound, every question is answered so that doubt keeps movement
closed. Each reason is a sentence for the person and says what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from kiosk.care.caps import ACTIVE_GAP_MS, ACTIVE_PER_DAY
from kiosk.care.doses import line_of, unfit
from kiosk.care.families import STAGES, TOUCH, views_of
from kiosk.care.library import Library
from kiosk.care.model import (
    Exercise,
    Family,
    Line,
    Movement,
    Permission,
    Programme,
    Region,
    Side,
    Stage,
    StepKind,
    ViewMode,
)
from kiosk.care.person import RISKS, Cause, Injection, OnsetBand, Person
from kiosk.care.reasons import NOTICES, REASONS
from kiosk.care.reasons import ClosedReason as Reason
from kiosk.care.reasons import Notice as Notice
from kiosk.care.today import Today
from kiosk.care.words import OverrideReason

THREE_MONTHS_WEEKS = 13
SIX_WEEKS = 6
REVIEW_DAYS = 30
REVIEW_NOTICE_DAYS = 7

BAND_WEEKS: Mapping[OnsetBand, int] = MappingProxyType(
    {
        OnsetBand.UNDER_2_WEEKS: 0,
        OnsetBand.WEEKS_2_TO_6: 2,
        OnsetBand.WEEKS_6_TO_12: 6,
        OnsetBand.MONTHS_3_TO_6: 13,
        OnsetBand.MONTHS_6_TO_12: 26,
        OnsetBand.OVER_1_YEAR: 52,
    }
)

OVERLAPS: Mapping[Region, frozenset[Region]] = MappingProxyType(
    {
        Region.SCALP_FOREHEAD_BROW: frozenset((Region.FOREHEAD, Region.TEMPLES)),
        Region.LOWER_LID_NOSE_SIDE: frozenset((Region.EYES, Region.NOSE, Region.CHEEKS)),
        Region.CHEEK_MOUTH_CORNER: frozenset((Region.CHEEKS, Region.MOUTH)),
        Region.CHIN_JAW: frozenset((Region.CHIN, Region.MOUTH, Region.NECK)),
        Region.EYES: frozenset((Region.TEMPLES,)),
        Region.CHEEKS: frozenset((Region.MOUTH,)),
        Region.MOUTH: frozenset((Region.CHIN,)),
    }
)
"""Regions that share skin under the fingers. An injection beside the eye lies where temples are massaged."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a programme may begin now (``open``); when not, every one of the ``reasons``, the most lasting first."""

    open: bool
    reasons: tuple[Reason, ...] = ()


def may(person: Person | None, programme: Programme, today: Today) -> Verdict:
    """Return whether ``person`` may begin ``programme`` now, and why not. Valid overrides take away their reasons."""
    if programme.family is Family.CARDS:
        return Verdict(True)
    if person is None:
        return Verdict(False, (REASONS["no-person"],))
    codes = [*_lasting(person, programme, today), *_passing(person, programme, today)]
    reasons = tuple(r for r in (REASONS[code] for code in codes) if not (r.overridable and overridden(person, r.code)))
    return Verdict(not reasons, reasons)


def overridden(person: Person, code: str) -> bool:
    """Whether staff opened what rule ``code`` keeps closed: an identity and a reason of the list are needed."""
    known = {reason.value for reason in OverrideReason}
    return any(o.rule == code and o.reason in known and o.by.strip() for o in person.overrides)


def _lasting(person: Person, programme: Programme, today: Today) -> Iterator[str]:
    """Yield the codes of reasons that keep a programme closed until staff, or weeks, change something."""
    family = programme.family
    if today.doubted and family is not Family.RELAX:
        yield "doubt"
    if not _reached(today.surely, person.pause_until):
        yield "paused"
    if flagged(person, family):
        yield "flag"
    if programme.id in person.locked:
        yield "locked"
    if person.stage is Stage.FLACCID and family.active:
        yield "flaccid"
    elif person.stage is None:
        if set(Stage) - set(programme.stages) or family.active:
            yield "no-stage"
    elif person.stage not in programme.stages or person.stage not in STAGES[family]:
        yield "wrong-stage"
    if family is not Family.RELAX and person.cause in (Cause.STROKE, Cause.UNKNOWN):
        yield "cause"
    if family.active:
        yield from _movement(person, programme, today)
    if family is Family.RELEASES:
        yield from _releases(person, programme, today)


def _movement(person: Person, programme: Programme, today: Today) -> Iterator[str]:
    if person.graft:
        yield "graft"
    elif person.graft is None:
        yield "graft-not-asked"
    if person.side is None:
        yield "no-side"
    if person.onset is None:
        yield "no-onset"
    if person.cause is None:
        yield "no-cause"
    if not person.ticks:
        yield "no-tick"
    elif programme.line_needs and not any(ticked(person) >= set(needs) for needs in programme.line_needs):
        yield "no-fitting-tick"
    weeks = onset_weeks(person, today)
    if person.onset is not None and (weeks is None or weeks < THREE_MONTHS_WEEKS):
        yield "three-months"
    age = _review_age(person, today.perhaps)
    if age is not None and age > REVIEW_DAYS + REVIEW_NOTICE_DAYS:
        yield "review"
    if person.linked_review and programme.family in (Family.FIRST_MOVEMENTS, Family.STANDARD_SET):
        yield "linked"


def _releases(person: Person, programme: Programme, today: Today) -> Iterator[str]:
    if person.stage is Stage.PARETIC:
        weeks = onset_weeks(person, today)
        if weeks is None or weeks < SIX_WEEKS:
            yield "six-weeks"
        if not person.stiffer:
            yield "not-stiff"
    packs = [line.pack for line in programme.lines if line.pack is not None]
    if packs and all(untouchable(person, today, pack) for pack in packs):
        yield "no-touch"


def _passing(person: Person, programme: Programme, today: Today) -> Iterator[str]:
    """Yield the codes of reasons that keep movement closed for hours or a day."""
    if not programme.family.active:
        return
    if today.unchecked:
        yield "unchecked"
    if today.red_stuck:
        yield "stuck"
    if pain_locked(person, today):
        yield "pain"
    limit = min(programme.per_day or ACTIVE_PER_DAY, ACTIVE_PER_DAY)
    if today.active_begun_today >= ACTIVE_PER_DAY or today.begun_today.get(programme.id, 0) >= limit:
        yield "per-day"
    elif today.last_active_ended_ms is not None and today.now_ms - today.last_active_ended_ms < ACTIVE_GAP_MS:
        yield "gap"


def onset_weeks(person: Person, today: Today) -> int | None:
    """Whole weeks since it began, at least; None: not known.

    A band counts from its near end and ages from the day on which staff attested it; where no day is known it stays.
    """
    onset = person.onset
    if onset is None:
        return None
    day = today.surely
    bounds: list[int] = []
    if onset.on is not None and day is not None:
        bounds.append(max(0, (day - onset.on).days // 7))
    if onset.band in BAND_WEEKS:
        aged = 0 if day is None or onset.attested_on is None else (day - onset.attested_on).days // 7
        bounds.append(BAND_WEEKS[onset.band] + max(0, aged))
    return max(bounds) if bounds else None


def ticked(person: Person) -> frozenset[Movement]:
    """The movements that staff have seen come by themselves."""
    return frozenset(tick.movement for tick in person.ticks)


def pain_locked(person: Person, today: Today) -> bool:
    """Whether pain has closed movement for the rest of the day; where nobody knows which day that was, for good."""
    on, day = person.pain_locked_on, today.surely
    if on is None and not person.pain_locked:
        return False
    if day is None:
        return True
    if today.pain_over is not None:
        return not today.pain_over
    if on is None or day <= on:
        return True
    # A lower bound may pass midnight a minute after the pain: then only a day's worth of power ends the lock.
    return not today.new_day and (day - on).days <= 1


def flagged(person: Person, family: Family) -> bool:
    """Whether a red flag keeps ``family`` closed until staff have looked: movement after one, all after a second."""
    return person.flags >= (1 if family.active else 2)


def constant_pain_cleared(person: Person) -> bool:
    """Whether staff know of a constant moderate pain and let the person practise with it."""
    return Permission.CONSTANT_PAIN in person.permissions


def eye_reminder(person: Person) -> bool:
    """Whether sessions begin with the eye-care reminder: always, until full closure of the eye is recorded."""
    return not person.full_eye_closure


def untouchable(person: Person, today: Today, region: Region) -> bool:
    """Whether an injection forbids massage and releases at ``region`` today. Without an end date it goes on."""
    return any(
        _share_skin(region, injected)
        for injection in person.injections
        if _forbids_touch(injection, today)
        for injected in injection.regions
    )


def suits(person: Person, exercise: Exercise, today: Today, pack: Region | None = None) -> bool:
    """Whether ``exercise`` may be part of this plan today: ticks, conditions, permissions, stage, injections."""
    if exercise.stages and person.stage not in exercise.stages:
        return False
    if exercise.permission is not None and exercise.permission not in person.permissions:
        return False
    risks = (person.cause is Cause.STROKE if name == "stroke" else getattr(person, name) for name in exercise.avoid)
    # A question that was not asked counts as yes. The cause is another kind of question: care-cause-not-asked.md.
    if any(risk is not False for risk in risks):
        return False
    if exercise.kind in TOUCH and any(untouchable(person, today, r) for r in (exercise.region, pack) if r is not None):
        return False
    return ticked(person) >= set(exercise.needs)


FoundLine = tuple[Line, Exercise]


def suitable(library: Library, person: Person, programme: Programme, today: Today) -> list[FoundLine]:
    """The lines of ``programme`` of this person's plan today, in their own doses, with the exercises."""
    found = ((line, library.exercises[line.exercise]) for line in programme.lines if line.exercise in library.exercises)
    return [
        # A standard set is the same for everybody and every time.
        (line if programme.family.apart else line_of(person, programme, line, exercise), exercise)
        for line, exercise in found
        if suits(person, exercise, today, line.pack)
    ]


def leaves_something(library: Library, person: Person, programme: Programme, today: Today) -> bool:
    """Whether what is left of ``programme`` today still is what it is for."""
    wanted = (
        StepKind.RELEASE
        if programme.family is Family.RELEASES
        else StepKind.MOVEMENT
        if programme.family.active
        else None
    )
    return any(wanted in (None, exercise.kind) for _, exercise in suitable(library, person, programme, today))


def offered(library: Library, person: Person | None, today: Today) -> tuple[tuple[Programme, Verdict], ...]:
    """Every programme with its verdict, as the home screen lists them: open ones first, releases before all."""
    judged: list[tuple[Programme, Verdict]] = []
    for programme in library.programmes.values():
        verdict = may(person, programme, today)
        if person is not None and verdict.open and not leaves_something(library, person, programme, today):
            verdict = Verdict(False, (REASONS["nothing-left"],))
        judged.append((programme, verdict))
    return tuple(
        sorted(judged, key=lambda it: (not it[1].open, it[0].family is not Family.RELEASES, it[0].order, it[0].id))
    )


def view_modes(person: Person, programme: Programme) -> tuple[ViewMode, ...]:
    """Return the views allowed to this person in this programme. The reflected half needs one healthy half."""
    one_sided = person.side in (Side.LEFT, Side.RIGHT)
    return tuple(view for view in views_of(programme.family) if view is not ViewMode.GOOD_SIDE or one_sided)


def default_view(person: Person, programme: Programme) -> ViewMode:
    """Return the view that staff chose, where it is allowed; else that of the programme."""
    allowed = view_modes(person, programme)
    wishes = (person.view_mode, programme.view)
    return next((wish for wish in wishes if wish is not None and wish in allowed), allowed[0])


def notices(person: Person, today: Today, library: Library | None = None) -> tuple[Notice, ...]:
    """Return the notices of this person that staff should look at; of doses only beside a library."""
    codes = list(_notice_codes(person, today))
    if library is not None and unfit(library, person):
        codes.append("dose")
    return tuple(Notice(code, NOTICES[code]) for code in codes)


def _notice_codes(person: Person, today: Today) -> Iterator[str]:
    if today.doubted:
        yield "doubt"
    if None in (person.stage, person.side, person.onset, person.cause):
        yield "incomplete"
    if any(getattr(person, risk) is None for risk in RISKS):
        yield "not-asked"
    if person.cause in (Cause.STROKE, Cause.UNKNOWN) and not overridden(person, "cause"):
        yield "cause-unknown"
    if person.stage is Stage.FLACCID and person.stiffer:
        yield "stiff"
    if person.linked_review:
        yield "linked"
    if person.flags:
        yield "flag"
    age = _review_age(person, today.perhaps)
    if age is not None and age > REVIEW_DAYS + REVIEW_NOTICE_DAYS:
        yield "review-overdue"
    elif age is not None and age > REVIEW_DAYS:
        yield "review-soon"
    if person.ticks_reviewed_on is None and any(tick.seen_on is None for tick in person.ticks):
        yield "ticks-undated"
    if any(injection.no_touch_until is None for injection in person.injections):
        yield "injection-open"
    if person.pause_until is not None and _reached(today.surely, person.pause_until):
        yield "pause-over"
    if not person.reviewed_by:
        yield "unreviewed"


def _review_age(person: Person, day: date | None) -> int | None:
    """Days, at least, since the tick that waits longest was seen or reviewed; None: no date to count from."""
    if day is None:
        return None
    ages: list[int] = []
    for tick in person.ticks:
        looked = [seen for seen in (tick.seen_on, person.ticks_reviewed_on) if seen is not None]
        if looked:
            ages.append((day - max(looked)).days)
    return max(ages) if ages else None


def _reached(day: date | None, until: date | None) -> bool:
    return until is None or (day is not None and day >= until)


def _forbids_touch(injection: Injection, today: Today) -> bool:
    return injection.no_touch_until is None or not _reached(today.surely, injection.no_touch_until)


def _share_skin(one: Region, other: Region) -> bool:
    if one is other or Region.WHOLE_FACE in (one, other):
        return True
    return other in OVERLAPS.get(one, ()) or one in OVERLAPS.get(other, ())
