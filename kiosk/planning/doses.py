"""A person's own doses (rule i): exercise by exercise of one programme, kept together with "save".

``DOSES`` is about a programme, ``DOSE`` about one of its exercises as well, and ``DOSE_VALUE`` about a part of that
dose and every value that it may have: those that would break a rule do not stand among them.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.care.doses import DosePart, held_by, line_of, own_dose, parts, values, with_dose, without_dose
from kiosk.care.model import Exercise, Line, Programme
from kiosk.care.person import Person, Role
from kiosk.care.plan import PlanTimes, dose_breaks, plan_times
from kiosk.care.rules import suitable
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.turn import StaffForm, StaffTurn, first
from kiosk.planning import saving

DOSES = "doses"
"""The answer of a programme's page that leads here."""
SAVE = "save"
BY_PROGRAMME = "by-programme"
"""The programme's own dose again."""


def begin(turn: StaffTurn, programme: str) -> None:
    """Look at the doses of a programme."""
    turn.set(draft=turn.s.person)
    turn.open(StaffPlace.DOSES, programme)


def dosable(staff: Staff, programme: str) -> bool:
    """Whether whoever stands here may set doses of it, and it has any for this person."""
    return staff.role is Role.THERAPIST and bool(_lines(staff, programme))


def line(staff: Staff) -> tuple[Programme, Line, Exercise] | None:
    """The exercise that is looked at, with its line as the programme says it."""
    programme = _programme(staff, staff.frame.about[0])
    exercise = staff.data.library.exercises.get(staff.frame.about[1])
    found = next((n for n in _lines(staff, staff.frame.about[0]) if n.exercise == staff.frame.about[1]), None)
    return None if programme is None or exercise is None or found is None else (programme, found, exercise)


def held(staff: Staff, person: Person | None) -> tuple[float, int, float] | None:
    """The dose that ``person`` has of the exercise that is looked at: seconds held, how often, seconds of rest."""
    found = line(staff)
    if found is None or person is None:
        return None
    return held_by(line_of(person, *found).dose)


def of(staff: Staff, exercise: str) -> tuple[tuple[float, int, float], tuple[float, int, float]]:
    """The programme's dose of an exercise of the list, and the one that the draft has."""
    programme = staff.data.library.programmes[staff.frame.about[0]]
    found = next(n for n in _lines(staff, programme.id) if n.exercise == exercise)
    own = held_by(found.dose)
    if staff.draft is None:
        return own, own
    return own, held_by(line_of(staff.draft, programme, found, staff.data.library.exercises[exercise]).dose)


def times(staff: Staff) -> PlanTimes | None:
    """The times of the programme that is looked at in the doses of the draft, with the value that is pointed at."""
    programme, draft, day = _programme(staff, staff.frame.about[0]), staff.draft, staff.data.day
    if programme is None or draft is None or day is None:
        return None
    if staff.place is StaffPlace.DOSE_VALUE and staff.frame.cursor is not None:
        draft = _tried(staff, staff.frame.about[3 + staff.frame.cursor]) or draft
    return plan_times(staff.data.library, draft, programme, day)


def _programme(staff: Staff, programme: str) -> Programme | None:
    return staff.data.library.programmes.get(programme)


def _lines(staff: Staff, programme: str) -> list[Line]:
    """The lines that are part of this person's plan, as the programme says them; each exercise once."""
    found, person, day = _programme(staff, programme), staff.draft or staff.person, staff.data.day
    if found is None or person is None or day is None:
        return []
    part = {exercise.id for _, exercise in suitable(staff.data.library, person, found, day)}
    return list({n.exercise: n for n in reversed(found.lines) if n.exercise in part}.values())[::-1]


def _doses_options(staff: Staff) -> tuple[str, ...]:
    ids = tuple(n.exercise for n in _lines(staff, staff.frame.about[0]))
    return (SAVE, *ids) if staff.draft not in (None, staff.person) else ids


def _doses(turn: StaffTurn, answer: str) -> None:
    draft = turn.s.draft
    if answer != SAVE:
        turn.open(StaffPlace.DOSE, turn.s.frame.about[0], answer)
    elif draft is not None:
        saving.save(turn, draft, turn.s.person)
        turn.back_to(StaffPlace.MENU)
        turn.open(StaffPlace.SAVED, "person")


def _dose_options(staff: Staff) -> tuple[str, ...]:
    found = line(staff)
    if found is None or staff.draft is None:
        return ()
    programme, own, exercise = found
    again = (BY_PROGRAMME,) if own_dose(staff.draft, programme.id, exercise.id) else ()
    return (*(part.value for part in parts(own, exercise)), *again)


def _dose(turn: StaffTurn, answer: str) -> None:
    programme, exercise = turn.s.frame.about
    if answer == BY_PROGRAMME and turn.s.draft is not None:
        turn.set(draft=without_dose(turn.s.draft, programme, exercise))
        turn.back()
        _to_save(turn)
    else:
        turn.open(StaffPlace.DOSE_VALUE, programme, exercise, answer)
        turn.frame(about=(programme, exercise, answer, *_allowed(turn.s)))


def _allowed(staff: Staff) -> tuple[str, ...]:
    found, day = line(staff), staff.data.day
    if found is None or day is None:
        return ()
    programme, own, exercise = found
    allowed = []
    for value in values(programme.family, own, exercise, DosePart(staff.frame.about[2])):
        tried = _tried(staff, f"{value:g}")
        if tried is not None and not dose_breaks(staff.data.library, tried, programme, day):
            allowed.append(f"{value:g}")
    return tuple(allowed)


def _tried(staff: Staff, answer: str) -> Person | None:
    """The draft with this value of what is looked at."""
    found = line(staff)
    if found is None or staff.draft is None:
        return None
    programme, own, _ = found
    part = DosePart(staff.frame.about[2])
    return with_dose(staff.draft, programme, own, part, float(answer), staff.slot, staff.data.today)


def _value_options(staff: Staff) -> tuple[str, ...]:
    return staff.frame.about[3:]


def _value_preset(staff: Staff, found: tuple[str, ...]) -> str:
    now = held(staff, staff.draft)
    if now is None:
        return ""
    value = f"{dict(zip(DosePart, now, strict=True))[DosePart(staff.frame.about[2])]:g}"
    return value if value in found else ""


def _value(turn: StaffTurn, answer: str) -> None:
    turn.set(draft=_tried(turn.s, answer) or turn.s.draft)
    turn.back()
    _to_save(turn)


def _to_save(turn: StaffTurn) -> None:
    """The list of exercises begins on "save" as long as something is to be saved: it was not there before."""
    frames = turn.s.frames
    begun = (replace(f, fresh=True, cursor=None) if f.place is StaffPlace.DOSES else f for f in frames)
    turn.set(frames=tuple(begun))


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.DOSES: StaffForm(_doses_options, _doses, preset=first),
    StaffPlace.DOSE: StaffForm(_dose_options, _dose, preset=first),
    StaffPlace.DOSE_VALUE: StaffForm(_value_options, _value, preset=_value_preset),
}
