"""The doses on paper: what was done of each exercise, and what staff set for this person."""

from __future__ import annotations

from kiosk.care.words import number_words
from kiosk.report.canvas import GREY, LEFT, SMALL, Canvas
from kiosk.report.details import SECOND, listed
from kiosk.report.dosed import ExerciseDose
from kiosk.report.figures import Figures
from kiosk.report.practice import section
from kiosk.report.vocabulary import Vocabulary

MOST_EXERCISES = 14


def doses(canvas: Canvas, said: Vocabulary, found: Figures, y: float) -> float:
    """Two columns: each exercise of the weeks drawn, with the repetitions done of those planned."""
    _ = said.words
    y = section(canvas, y, _("Dose of each exercise"))
    note = _("in the weeks drawn: repetitions done of those planned, and how long each is held")
    canvas.text(LEFT + canvas.width(_("Dose of each exercise"), bold=True) * 1.3 + 4, y - 5.5, note, SMALL, ink=GREY)
    rows = [("", f"{said.exercise(dose.exercise)}: {_repetitions(said, dose)}", "") for dose in found.doses]
    shown, more = rows[:MOST_EXERCISES], len(rows) - MOST_EXERCISES
    if more > 0:
        shown[-1] = ("", f"… +{more + 1}", "")
    half = (len(shown) + 1) // 2
    return max(listed(canvas, y, x, "", part) for x, part in ((LEFT, shown[:half]), (SECOND, shown[half:])))


def _repetitions(said: Vocabulary, dose: ExerciseDose) -> str:
    _ = said.words
    if not dose.most_s:
        return _("{done} of {planned}").format(done=dose.done, planned=dose.planned)
    hold = number_words(dose.least_s, _)
    if dose.most_s > dose.least_s:
        hold = f"{hold}–{number_words(dose.most_s, _)}"
    return _("{done} of {planned}, {hold} s each").format(done=dose.done, planned=dose.planned, hold=hold)


def own_doses(canvas: Canvas, said: Vocabulary, found: Figures, y: float) -> float:
    """The doses that staff set in the place of the programmes' own: what holds, what held before, when and by whom."""
    _ = said.words
    rows = []
    for own in found.person.doses if found.person else ():
        now, was = (_dose(said, dose) for dose in ((own.hold_s, own.repetitions, own.rest_s), own.was))
        what = _("{exercise}, {programme}: {now}; before: {was}").format(
            exercise=said.exercise(own.exercise), programme=said.programme(own.programme), now=now, was=was
        )
        day = said.day(own.on) if own.on else _("day not known")
        rows.append(("", what, f"{day}, {own.by}"))
    return listed(canvas, y, LEFT, _("Doses set for this person"), rows)


def _dose(said: Vocabulary, dose: tuple[float, int, float]) -> str:
    hold, often, rest = dose
    _ = said.words
    return _("{n} × {hold} s, rest {rest} s").format(n=often, hold=number_words(hold, _), rest=number_words(rest, _))
