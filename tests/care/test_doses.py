"""A person's own doses (rule i): within every cap and the programme's limits, and never silently something else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.care.caps import hold_limit_s, plan_breaks
from kiosk.care.doses import DosePart, fits, own_dose, unfit, values, with_dose, without_dose
from kiosk.care.library import Library
from kiosk.care.model import Exercise, Family, Line, Programme, StepKind
from kiosk.care.person import OwnDose, Person
from kiosk.care.plan import compile_plan, dose_breaks, plan_times
from kiosk.care.rules import notices
from tests.care.people import DAY, PARETIC, SYNKINETIC, shipped, today

LINES = [
    (programme, line, shipped().exercises[line.exercise])
    for programme in shipped().programmes.values()
    for line in programme.lines
]
"""Every line of every programme that ships."""
CONTROL = shipped().programmes["quiet-control"]


def moving(programme: Programme) -> tuple[Line, Exercise]:
    """The first line of movement of a programme."""
    pairs = ((line, shipped().exercises[line.exercise]) for line in programme.lines)
    return next(pair for pair in pairs if pair[1].kind is StepKind.MOVEMENT)


def dosed(person: Person, programme: Programme, line: Line, **parts: float) -> Person:
    """``person`` with parts of a dose set by a therapist."""
    for part, value in parts.items():
        person = with_dose(person, programme, line, DosePart(part), value, "therapist-1", DAY)
    return person


@given(st.sampled_from(LINES), st.data())
def test_whatever_is_chosen_keeps_the_caps_and_the_limits_of_its_programme(
    place: tuple[Programme, Line, Exercise], data: st.DataObject
) -> None:
    """No value that staff can choose is refused later, and quiet control holds three seconds at most."""
    programme, line, exercise = place
    person = SYNKINETIC if programme.family is Family.QUIET_CONTROL else PARETIC
    for part in DosePart:
        chosen = data.draw(st.sampled_from(values(programme.family, line, exercise, part) or (line.dose.rest_s,)))
        person = dosed(person, programme, line, **{part.value: chosen})
    own = own_dose(person, programme.id, line.exercise)
    if own is None:
        return
    assert own.hold_s <= hold_limit_s(exercise.kind)
    if programme.family is Family.QUIET_CONTROL and exercise.kind is StepKind.MOVEMENT:
        assert own.hold_s <= 3
    if not dose_breaks(shipped(), person, programme, today()) and not unfit(shipped(), person):
        plan = compile_plan(shipped(), person, programme, today()) if person.stage in programme.stages else None
        assert plan is None or not plan_breaks(plan, person.stage)


def test_the_session_is_in_the_dose_that_staff_set() -> None:
    """Hold, count and rest are those of the desk; the times of moving in and out stay the programme's."""
    line, exercise = moving(CONTROL)
    person = dosed(SYNKINETIC, CONTROL, line, hold_s=2, repetitions=2, rest_s=20)
    steps = [s for s in compile_plan(shipped(), person, CONTROL, today()).steps if s.exercise == exercise.id]
    assert {(s.hold_ms, s.rest_ms) for s in steps} == {(2000, 20_000)}
    assert {(s.in_ms, s.out_ms) for s in steps} == {(round(line.dose.in_s * 1000), round(line.dose.out_s * 1000))}
    before = [s for s in compile_plan(shipped(), SYNKINETIC, CONTROL, today()).steps if s.exercise == exercise.id]
    assert sum(s.repetitions for s in steps) * line.dose.repetitions == sum(s.repetitions for s in before) * 2


def test_the_old_value_and_who_changed_it_go_along() -> None:
    """The second change names what the first one set, not the programme's."""
    line, exercise = moving(CONTROL)
    own = line.dose
    once = own_dose(dosed(SYNKINETIC, CONTROL, line, hold_s=2), CONTROL.id, exercise.id)
    assert once is not None
    assert (once.was, once.by, once.on) == ((own.hold_s, own.repetitions, own.rest_s), "therapist-1", DAY)
    twice = own_dose(dosed(SYNKINETIC, CONTROL, line, hold_s=2, repetitions=5), CONTROL.id, exercise.id)
    assert twice is not None
    assert twice.was == (2, own.repetitions, own.rest_s)


def test_the_programmes_own_dose_is_none_of_the_persons() -> None:
    """Set back by hand or by "as the programme says": nothing is left."""
    line, exercise = moving(CONTROL)
    changed = dosed(SYNKINETIC, CONTROL, line, hold_s=2)
    assert dosed(changed, CONTROL, line, hold_s=line.dose.hold_s) == SYNKINETIC
    assert without_dose(changed, CONTROL.id, exercise.id) == SYNKINETIC


def test_a_dose_that_no_longer_fits_is_not_used_and_staff_are_told() -> None:
    """From a file, or after another version of the programme: its own dose is used, and a notice says so."""
    line, exercise = moving(CONTROL)
    made = OwnDose(
        programme=CONTROL.id,
        exercise=exercise.id,
        hold_s=5,
        repetitions=3,
        rest_s=10,
        by="therapist-1",
        on=DAY,
        was=(3, 3, 10),
    )
    assert not fits(CONTROL.family, line, exercise, made)
    person = replace(SYNKINETIC, doses=(made, replace(made, programme="gone")))
    assert compile_plan(shipped(), person, CONTROL, today()) == compile_plan(shipped(), SYNKINETIC, CONTROL, today())
    assert "dose" in {notice.code for notice in notices(person, today(), shipped())}
    assert "dose" not in {notice.code for notice in notices(SYNKINETIC, today(), shipped())}
    assert unfit(Library(), dosed(SYNKINETIC, CONTROL, line, hold_s=2)), "no programme is left that it is for"


def test_doses_that_together_are_too_much_are_found_before_they_are_kept() -> None:
    """Ten times each of all movements of quiet control is more than fifteen minutes, also for whoever has one tick."""
    few = replace(SYNKINETIC, ticks=SYNKINETIC.ticks[:1])
    most = few
    for line in CONTROL.lines:
        if shipped().exercises[line.exercise].kind is StepKind.MOVEMENT:
            most = dosed(most, CONTROL, line, hold_s=3, repetitions=10, rest_s=20)
    assert not dose_breaks(shipped(), few, CONTROL, today())
    assert dose_breaks(shipped(), most, CONTROL, today())


def test_what_the_doses_come_to() -> None:
    """One more second of each hold is that much more of the session and of the day."""
    line, _ = moving(CONTROL)
    before = plan_times(shipped(), dosed(SYNKINETIC, CONTROL, line, hold_s=2), CONTROL, today())
    after = plan_times(shipped(), SYNKINETIC, CONTROL, today())
    more = after.active_ms - before.active_ms
    assert more == 1000 * line.dose.repetitions * (line.dose.hold_s - 2)
    assert after.active_day_ms == 3 * after.active_ms
    assert after.session_ms - before.session_ms == more
    assert after.block_ms <= 180_000
