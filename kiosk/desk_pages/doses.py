"""A person's own doses in words for staff: what holds, what the programme says, and what it comes to."""

from __future__ import annotations

from kiosk.care.caps import ACTIVE_TOTAL_S, BLOCK_S
from kiosk.care.doses import DosePart, held_by
from kiosk.care.person import OwnDose
from kiosk.care.words import day_words, number_words
from kiosk.desk.model import Staff, StaffPlace
from kiosk.planning import doses
from kiosk.screens.scene import Choice, TableRow
from kiosk.words import Words

PLACES = (StaffPlace.DOSE, StaffPlace.DOSE_VALUE)


def dose_words(dose: tuple[float, int, float], _: Words) -> str:
    """Seconds held, how often, seconds of rest."""
    hold, often, rest = dose
    if often == 1:
        return _("{hold} s").format(hold=number_words(hold, _))
    return _("{n} × {hold} s, rest {rest} s").format(n=often, hold=number_words(hold, _), rest=number_words(rest, _))


def own_dose_words(own: OwnDose, staff: Staff, _: Words) -> str:
    """One dose of a plan: which exercise of which programme, and what holds."""
    library = staff.data.library
    exercise, programme = library.exercises.get(own.exercise), library.programmes.get(own.programme)
    dose = dose_words((own.hold_s, own.repetitions, own.rest_s), _)
    return _("{exercise} ({programme}): {dose}").format(
        exercise=_(exercise.title) if exercise else own.exercise,
        programme=_(programme.title) if programme else own.programme,
        dose=dose,
    )


def doses_title(staff: Staff, _: Words) -> str:
    """The programme whose doses these are."""
    programme = staff.data.library.programmes.get(staff.frame.about[0])
    return _("Doses: {programme}").format(programme=_(programme.title) if programme else "")


def dose_row(staff: Staff, answer: str, _: Words) -> TableRow:
    """One exercise of the programme, with what holds and, where staff set it, what the programme says."""
    if answer == doses.SAVE:
        return TableRow(_("Save"), _("The new doses hold from the next session on."))
    exercise = staff.data.library.exercises[answer]
    found, now = doses.of(staff, answer)
    told = dose_words(now, _)
    if now != found:
        told = _("{dose} (programme: {own})").format(dose=told, own=dose_words(found, _))
    return TableRow(_(exercise.title), told)


def dose_choice(staff: Staff, answer: str, _: Words) -> Choice:
    """A part of the dose with what holds, or a value of it."""
    if answer == doses.BY_PROGRAMME:
        return Choice(_("As the programme says"))
    if staff.place is StaffPlace.DOSE_VALUE:
        part = DosePart(staff.frame.about[2])
        return Choice(
            _part_value(part, float(answer), _), _("The programme's own") if answer == _own(staff, part) else ""
        )
    part = DosePart(answer)
    now = doses.held(staff, staff.draft)
    value = dict(zip(DosePart, now, strict=True))[part] if now else 0
    own = _own(staff, part)
    note = (
        "" if own == f"{value:g}" else _("The programme's own: {value}").format(value=_part_value(part, float(own), _))
    )
    return Choice(f"{_part_name(part, _)}: {_part_value(part, value, _)}", note)


def dose_asked(staff: Staff, _: Words) -> tuple[str, str]:
    """The exercise, or the part of its dose; and what all doses of the programme come to."""
    found = doses.line(staff)
    if found is None:
        return "", ""
    title = _(found[2].title)
    if staff.place is StaffPlace.DOSE_VALUE:
        title = f"{title}: {_part_name(DosePart(staff.frame.about[2]), _)}"
    return title, times_words(staff, _)


def times_words(staff: Staff, _: Words) -> str:
    """The times of all doses: the longest block of movement and the movement beside their limits, session and day."""
    times = doses.times(staff)
    if times is None:
        return ""
    whole = _("A session {session} min, a day {day} min.").format(
        session=_minutes(times.session_ms, _), day=_minutes(times.day_ms, _)
    )
    if not times.active_ms:
        return whole
    moved = _("Movement: block {block} of {most} s, session {moved} of {limit} min, day {day} min.").format(
        block=-(-times.block_ms // 1000),
        most=BLOCK_S,
        moved=_minutes(times.active_ms, _),
        limit=ACTIVE_TOTAL_S // 60,
        day=_minutes(times.active_day_ms, _),
    )
    return f"{moved} {whole}"


def changed_words(own: OwnDose, staff: Staff, _: Words) -> str:
    """The slot that set a dose, the day, and what held before."""
    day = day_words(own.on, _) if own.on else _("date not known")
    who = next((slot.label for slot in staff.slots if slot.slot == own.by), own.by)
    return _("{who}, {day}; before: {dose}").format(who=who, day=day, dose=dose_words(own.was, _))


def _own(staff: Staff, part: DosePart) -> str:
    found = doses.line(staff)
    return f"{dict(zip(DosePart, held_by(found[1].dose), strict=True))[part]:g}" if found else ""


def _part_name(part: DosePart, _: Words) -> str:
    return {DosePart.HOLD: _("Hold"), DosePart.REPETITIONS: _("How often"), DosePart.REST: _("Rest")}[part]


def _part_value(part: DosePart, value: float, _: Words) -> str:
    if part is DosePart.REPETITIONS:
        return _("{n} ×").format(n=f"{value:g}")
    return _("{n} s").format(n=number_words(value, _))


def _minutes(length_ms: int, _: Words) -> str:
    return number_words(length_ms / 60_000, _)
