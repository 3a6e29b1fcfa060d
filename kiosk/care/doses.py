"""A person's own doses: what staff set in the place of the programme's, within every limit that holds for it.

Rule i: for one exercise of one programme, within the caps of rule 3 and the programme's own limits; the times of moving
in and out stay the programme's. A dose that no longer fits (another version of the programme, another kiosk) is not
used: the programme's own is, and staff are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from msgspec.structs import replace

from kiosk.care.caps import REPETITIONS, REST_MAX_S, REST_S, hold_limit_s
from kiosk.care.library import Library
from kiosk.care.model import Dose, Exercise, Family, Line, Programme, StepKind
from kiosk.care.person import OwnDose, Person

CONTROL_HOLD_S = 3
"""The longest hold of quiet control: just below the point where the pull begins (PROGRAMMES E)."""
HOLDS: Mapping[StepKind, tuple[int, ...]] = MappingProxyType(
    {
        StepKind.MOVEMENT: (1, 2, 3, 4, 5),
        StepKind.BLINK: (1, 2, 3, 4, 5),
        StepKind.RELEASE: (10, 15, 20, 25, 30),
        StepKind.EASE: (10, 15, 20, 25, 30),
    }
)
OTHER_HOLDS = (15, 20, 30, 45, 60, 90, 120, 150, 180, 240, 300)
RESTS = (5, 8, 10, 15, 20, 30, 45, 60)
"""Values in seconds that staff choose from; the programme's own stands among them. None lies beyond the caps."""


class DosePart(StrEnum):
    """A part of a dose that staff may set; the name is that of its field in ``Dose``."""

    HOLD = "hold_s"
    REPETITIONS = "repetitions"
    REST = "rest_s"


def most_hold_s(family: Family, kind: StepKind) -> int:
    """The longest hold in seconds of this kind in a programme of this family."""
    limit = hold_limit_s(kind)
    return min(limit, CONTROL_HOLD_S) if (family, kind) == (Family.QUIET_CONTROL, StepKind.MOVEMENT) else limit


def parts(line: Line, exercise: Exercise) -> tuple[DosePart, ...]:
    """The parts of this line that may be set: what is done once has no count and no rest."""
    repeated = line.dose.repetitions > 1 or exercise.kind in HOLDS
    return tuple(DosePart) if repeated else (DosePart.HOLD,)


def values(family: Family, line: Line, exercise: Exercise, part: DosePart) -> tuple[float, ...]:
    """Every value of ``part`` that may be chosen, ascending; seconds, or how often."""
    if part is DosePart.REPETITIONS:
        return tuple(range(1, REPETITIONS + 1))
    if part is DosePart.REST:
        found: tuple[float, ...] = (*RESTS, line.dose.rest_s)
        return tuple(sorted({value for value in found if REST_S <= value <= REST_MAX_S}))
    most = most_hold_s(family, exercise.kind)
    found = (*HOLDS.get(exercise.kind, OTHER_HOLDS), line.dose.hold_s)
    return tuple(sorted({value for value in found if 0 < value <= most}))


def own_dose(person: Person, programme: str, exercise: str) -> OwnDose | None:
    """The dose that staff set for an exercise of a programme (both by id); None: none."""
    wanted = (programme, exercise)
    return next((dose for dose in person.doses if (dose.programme, dose.exercise) == wanted), None)


def fits(family: Family, line: Line, exercise: Exercise, own: OwnDose) -> bool:
    """Whether ``own`` keeps the limits of this line."""
    dose = line.dose
    free = parts(line, exercise)
    return (
        (own.hold_s == dose.hold_s or 0 < own.hold_s <= most_hold_s(family, exercise.kind))
        and (own.repetitions == dose.repetitions or DosePart.REPETITIONS in free)
        and 1 <= own.repetitions <= REPETITIONS
        and (own.rest_s == dose.rest_s or (DosePart.REST in free and REST_S <= own.rest_s <= REST_MAX_S))
        and (own.repetitions == 1 or own.rest_s >= REST_S)
    )


def line_of(person: Person, programme: Programme, line: Line, exercise: Exercise) -> Line:
    """``line`` with this person's own dose, where one is set and fits."""
    own = own_dose(person, programme.id, line.exercise)
    if own is None or not fits(programme.family, line, exercise, own):
        return line
    dose = replace(line.dose, hold_s=own.hold_s, repetitions=own.repetitions, rest_s=own.rest_s)
    short = None if line.short_hold_s is None else min(line.short_hold_s, own.hold_s)
    return replace(line, dose=dose, short_hold_s=short)


def unfit(library: Library, person: Person) -> tuple[OwnDose, ...]:
    """The doses of ``person`` that are not used: the exercise or its limits are not what they were."""

    def used(own: OwnDose) -> bool:
        programme, exercise = library.programmes.get(own.programme), library.exercises.get(own.exercise)
        if programme is None or exercise is None:
            return False
        lines = [line for line in programme.lines if line.exercise == own.exercise]
        return any(fits(programme.family, line, exercise, own) for line in lines)

    return tuple(own for own in person.doses if not used(own))


def with_dose(
    person: Person, programme: Programme, line: Line, part: DosePart, value: float, by: str, on: date | None
) -> Person:
    """``person`` with one part of the dose of ``line`` set by the slot ``by`` on a day (None: not known).

    What held before goes along. The programme's own dose is none of the person's.
    """
    own = own_dose(person, programme.id, line.exercise)
    held = held_by(line.dose) if own is None else (own.hold_s, own.repetitions, own.rest_s)
    now = {DosePart.HOLD: held[0], DosePart.REPETITIONS: held[1], DosePart.REST: held[2], part: value}
    dose = OwnDose(
        programme=programme.id,
        exercise=line.exercise,
        hold_s=float(now[DosePart.HOLD]),
        repetitions=int(now[DosePart.REPETITIONS]),
        rest_s=float(now[DosePart.REST]),
        by=by,
        on=on,
        was=held,
    )
    others = without_dose(person, programme.id, line.exercise).doses
    same = (dose.hold_s, dose.repetitions, dose.rest_s) == held_by(line.dose)
    return replace(person, doses=others if same else (*others, dose))


def without_dose(person: Person, programme: str, exercise: str) -> Person:
    """``person`` with the programme's own dose for an exercise again."""
    kept = tuple(dose for dose in person.doses if (dose.programme, dose.exercise) != (programme, exercise))
    return replace(person, doses=kept)


def held_by(dose: Dose) -> tuple[float, int, float]:
    """The parts of a dose that staff may set: seconds held, how often, seconds of rest."""
    return dose.hold_s, dose.repetitions, dose.rest_s


def gentler(brought: tuple[OwnDose, ...], here: tuple[OwnDose, ...]) -> tuple[OwnDose, ...]:
    """Doses of a plan from elsewhere beside those set here (rule a: what is stricter is not replaced).

    Of two for one exercise the shorter hold, the fewer times and the longer rest; one that only this kiosk has stays.
    """
    found = {(dose.programme, dose.exercise): dose for dose in brought}
    for own in here:
        other = found.get((own.programme, own.exercise), own)
        found[own.programme, own.exercise] = replace(
            own,
            hold_s=min(own.hold_s, other.hold_s),
            repetitions=min(own.repetitions, other.repetitions),
            rest_s=max(own.rest_s, other.rest_s),
        )
    return tuple(found.values())
