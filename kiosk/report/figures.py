"""The figures of one person's report, from a record or from the clinic's file, before anything is drawn."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from kiosk.care.own import NO_OWN_THINGS, OwnThings, own_things
from kiosk.care.person import Person
from kiosk.errors import StoreError
from kiosk.plans.plan import person_of
from kiosk.records.daytime import UNSET
from kiosk.report.bands import TRUSTED, Bands, MovementSeen
from kiosk.report.dosed import DoseCounter, ExerciseDose
from kiosk.report.scores import ScoreGiven, scores_given
from kiosk.report.sets import SetTaken, sets_taken
from kiosk.report.source import PersonSource
from kiosk.report.told import LogFigures, NoticeCount, Sighting
from kiosk.rows.kinds import utc_moment
from kiosk.rows.standard import SETS

LOG = logging.getLogger(__name__)

MOST_WEEKS = 12
"""Weeks that are drawn day by day: more would not leave room for a day."""
AFTERWARDS = timedelta(weeks=2)
"""Time after the last session in which empty days are still shown, where the record goes on."""
TIGHTNESS = "tightness."
COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Sitting:
    """One session."""

    seq: int
    """Its number in the one numbering."""
    boot_id: str
    """The boot that it was in."""
    day: date | None
    """The day, where the kiosk stands; None: not known."""
    clock: str
    """The one who vouches for the day."""
    uncertain_s: float
    """Most that its moment is off, seconds."""
    programme: str
    """The programme that was practised, by its id."""
    end: str
    """The way in which it ended; empty: it was still running."""
    stop: str
    """The person's reason for stopping."""
    planned: int
    """Steps that were planned; 0 where it goes on with another session, whose steps they are."""
    done: int
    """Steps that were done."""
    minutes: float
    """Time in steps."""
    pain_before: int | None
    """Pain at check-in, 0 to 3; None: not asked, as in the two that follow."""
    pain_after: int | None
    """Pain at check-out."""
    tiredness: int | None
    """Tiredness at check-in."""


@dataclass(frozen=True, slots=True)
class InjectionDay:
    """Botulinum toxin of one ``day`` in these ``regions``; dates as staff entered them.

    ``no_touch_until``: no massage or releases there until then.
    """

    day: date | None
    regions: tuple[str, ...]
    no_touch_until: date | None


@dataclass
class Figures:
    """Everything about one person. Levels are 0 to 3, the worst of a day."""

    code: str
    """The person's code."""
    person: Person | None
    """The person as set up; None: never here."""
    notices: tuple[NoticeCount, ...] = ()
    """Things that staff were told of."""
    until: date | None = None
    """The day until which the record goes; None: not known."""
    sightings: tuple[Sighting, ...] = ()
    """Movements that the person said they saw, in order."""
    own: OwnThings = NO_OWN_THINGS
    """The person's own choices, as they hold last."""
    scores: list[ScoreGiven] = field(default_factory=list)
    """Scores of the clinic, by scale and day."""
    sets: list[SetTaken] = field(default_factory=list)
    """The standard sets, in order: none of them is a session of practice."""
    sittings: list[Sitting] = field(default_factory=list)
    """The sessions of practice, in order."""
    tightness: dict[str, dict[date, int]] = field(default_factory=dict)
    """Region → day → how tight it felt."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Steps left out, by reason."""
    views: Counter[str] = field(default_factory=Counter)
    """Sessions with movements and a camera, by what the person was to see of their face."""
    doses: list[ExerciseDose] = field(default_factory=list)
    """The doses of each exercise in the weeks that are drawn."""
    shots: list[InjectionDay] = field(default_factory=list)
    """Injections."""
    seen: list[MovementSeen] = field(default_factory=list)
    """Findings of the camera, movement by movement."""
    seen_undated: int = 0
    """Trusted measures that are not in ``seen``, because nobody knows whether they lie in its weeks."""

    @property
    def side(self) -> str:
        """The affected side; empty: not set."""
        return self.person.side.value if self.person and self.person.side else ""

    @property
    def dated(self) -> list[Sitting]:
        """Sessions whose day is known."""
        return [sitting for sitting in self.sittings if sitting.day is not None]

    @property
    def undated(self) -> list[Sitting]:
        """Sessions whose day nobody knows, in the order in which they were."""
        return [sitting for sitting in self.sittings if sitting.day is None]

    @property
    def period(self) -> tuple[date, date] | None:
        """First and last day of practice."""
        days = [sitting.day for sitting in self.sittings if sitting.day is not None]
        return (min(days), max(days)) if days else None

    @property
    def long(self) -> bool:
        """Whether a day without its year could be two."""
        return self.period is not None and self.period[1] - self.period[0] > timedelta(days=300)

    @property
    def weeks(self) -> tuple[date, int] | None:
        """The Monday from which on days are drawn, and how many weeks; None: no day is known."""
        if self.period is None:
            return None
        first, last = self.period
        last = max(last, min(self.until or last, last + AFTERWARDS))
        count = min(MOST_WEEKS, (monday(last) - monday(first)).days // 7 + 1)
        return monday(last) - timedelta(weeks=count - 1), count

    def worst(self, field_name: str) -> dict[date, int]:
        """The highest answer of each day to one of the questions of a session."""
        return _highest((s.day, getattr(s, field_name)) for s in self.sittings)

    def tightest(self) -> dict[date, int]:
        """The tightest region of each day."""
        return _highest((day, level) for days in self.tightness.values() for day, level in days.items())


def monday(day: date) -> date:
    """The Monday of that week."""
    return day - timedelta(days=day.weekday())


def figures(snapshot: PersonSource, code: str, told: LogFigures) -> Figures:
    """The figures of one person; ``snapshot`` may hold more people. Raises StoreError."""
    mine = snapshot.of(code)
    person, sightings = _person(mine, code), told.sightings.get(code, ())
    found = Figures(code, person, told.notices.get(code, ()), told.until, sightings, _own(mine))
    days: dict[str, date | None] = {}
    counter = DoseCounter()
    apart: list[tuple[Mapping[str, Any], date | None]] = []
    for session in mine.dicts("sessions"):
        if session["programme"] in SETS:
            apart.append((session, _session_day(session)))
            continue
        sitting = _sitting(session, resumes=session["resumes_session_id"] in days)
        days[session["session_id"]] = sitting.day
        found.sittings.append(sitting)
        counter.session(session["session_id"], session["resumes_session_id"])
        if session["camera_used"] and session["view_mode"]:
            found.views[session["view_mode"]] += 1
    for rating in mine.dicts("ratings"):
        day = days.get(rating["session_id"])
        if rating["item"].startswith(TIGHTNESS) and day is not None:
            region = found.tightness.setdefault(rating["item"].removeprefix(TIGHTNESS), {})
            region[day] = max(region.get(day, 0), _level(rating["value"]))
    window = _window(found, days)
    exercises: dict[tuple[str, int], str] = {}
    for step in mine.dicts("steps"):
        if step["session_id"] in window:
            exercises[step["session_id"], step["order"]] = step["exercise"]
            counter.step(step)
            if step["skipped"]:
                found.left_out[step["skip_reason"]] += 1
    found.seen = list(_seen(mine, found.side, exercises))
    found.doses = list(counter.doses())
    lost = {name for name, day in days.items() if day is None} - window
    if lost:
        rows = mine.dicts("repetitions")
        found.seen_undated = sum(row["session_id"] in lost and row["quality"] in TRUSTED for row in rows)
    found.shots = list(_shots(mine))
    found.scores = list(scores_given(mine.dicts("scores")))
    found.sets = list(sets_taken(apart, mine.dicts("set_items"))) if apart else []
    return found


def _person(mine: PersonSource, code: str) -> Person | None:
    """Return the person as set up; None where nobody knows, or the plan cannot be read: the figures are there still."""
    row = next(mine.persons(), None)
    if row is None:
        return None
    try:
        return person_of(row.profile, code)
    except StoreError:
        LOG.warning("a plan cannot be read, so a report is without it")
        return None


def _own(mine: PersonSource) -> OwnThings:
    """Of several kiosks' rows of one item the one that was written last holds; within a kiosk its number tells."""
    rows = sorted(mine.dicts("permissions"), key=lambda row: (row["wall_utc"] or "", row["revision"]))
    return own_things({row["item"]: row["value"] for row in rows})


def _window(found: Figures, days: Mapping[str, date | None]) -> set[str]:
    """The sessions of the weeks that are drawn; where no day is known, all."""
    if found.weeks is None:
        return set(days)
    first = found.weeks[0]
    return {name for name, day in days.items() if day is not None and day >= first}


def _seen(snapshot: PersonSource, affected: str, exercises: Mapping[tuple[str, int], str]) -> Iterator[MovementSeen]:
    """Each kind of movement of which anything was measured, in the order in which they were first done."""
    bands: dict[str, Bands] = {}
    for row in snapshot.dicts("repetitions"):
        exercise = exercises.get((row["session_id"], row["step_order"]))
        # What nobody looked at (a massage, say) has neither a quality nor a reason that is worth a line.
        if exercise is not None and row["quality"] and row["quality_reason"] != "not-watched":
            bands.setdefault(exercise, Bands(affected)).add(row)
    for exercise, counted in bands.items():
        yield counted.seen(exercise)


def _shots(snapshot: PersonSource) -> Iterator[InjectionDay]:
    by_day: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in snapshot.dicts("injections"):
        if not row["withdrawn"]:
            by_day[row["given_on"]].append(row)
    for day, rows in sorted(by_day.items()):
        regions = tuple(dict.fromkeys(row["region"] for row in rows))
        yield InjectionDay(_day_of(day), regions, _day_of(max(row["no_touch_until"] or "" for row in rows)))


def _sitting(row: Mapping[str, Any], *, resumes: bool) -> Sitting:
    return Sitting(
        seq=row["seq"],
        boot_id=row["boot_id"],
        day=_session_day(row),
        clock=row["clock_status"],
        uncertain_s=row["wall_uncertainty_s"] or 0.0,
        programme=row["programme"],
        end=row["end_reason"] or "",
        stop=row["stop_reason"],
        planned=0 if resumes else row["planned_steps_count"],
        done=row["done_steps_count"],
        minutes=row["active_duration_s"] / 60,
        pain_before=row["pain_before_0_3"],
        pain_after=row["pain_after_0_3"],
        tiredness=row["tiredness_0_3"],
    )


def _session_day(row: Mapping[str, Any]) -> date | None:
    if row["clock_status"] == UNSET:
        return None
    offset = timedelta(minutes=row["utc_offset_min"] or 0)
    return (utc_moment(row["start_utc"]) + offset).date()


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _level(value: float) -> int:
    return min(3, max(0, round(value)))


def _highest(answers: Iterator[tuple[date | None, int | None]]) -> dict[date, int]:
    found: dict[date, int] = {}
    for day, level in answers:
        if day is not None and level is not None:
            found[day] = max(found.get(day, 0), level)
    return found
