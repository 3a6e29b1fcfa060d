"""Scores of the clinic: one of its scales, the day, the rater, then a number or the answers to items.

``SCORES`` lists the scales; ``SCORE`` is about one. After the day and the rater a screen is about (scale, day, rater)
and what was answered so far (``-``: no answer).
"""

from __future__ import annotations

from datetime import date

from kiosk.care.scales import MISSING, Scale, Score, answers_text, total
from kiosk.desk.effects import GrantScale, SaveScore
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.turn import StaffForm, StaffTurn, Style, fixed, nothing
from kiosk.planning.items import DATE, NO, YES, date_of, digits_of
from kiosk.planning.questions import TODAY, who_options

SCORES = "scores"
"""The entry of the menu that leads here, and the subject of a date that is given for a score."""
ENTER, WITHDRAW = "enter", "withdraw"
SAVE = "save"
ON_A_LIST = 10
"""A scale of so many numbers shows them; of more, digits are given."""


def offered(staff: Staff) -> bool:
    """Whether there is somebody to score, and a scale to do it on."""
    return staff.person is not None and bool(staff.data.library.scales)


def scale(staff: Staff) -> Scale | None:
    """The scale that the present screen is about."""
    about = staff.frame.about
    name = about[1] if about[:1] == (SCORES,) else about[0] if about else ""
    return staff.data.library.scales.get(name)


def last(staff: Staff, name: str) -> Score | None:
    """The newest score on the scale ``name`` that holds."""
    return next((score for score in staff.data.scores if score.scale == name), None)


def entered(staff: Staff) -> Score | None:
    """The score that the summary is about."""
    found = scale(staff)
    if found is None or staff.place is not StaffPlace.SCORE_SUM:
        return None
    name, day, rater, *given = staff.frame.about
    numbers = [None if value == MISSING else float(value) for value in given]
    value = total(found, numbers) if found.items else numbers[0]
    answers = answers_text(numbers) if found.items else ""
    return Score(name, found.version, day, rater, value, answers)


# The list, and one scale.


def _score_options(staff: Staff) -> tuple[str, ...]:
    found = scale(staff)
    return (ENTER, WITHDRAW) if found is not None and last(staff, found.id) is not None else (ENTER,)


def _score(turn: StaffTurn, answer: str) -> None:
    found = scale(turn.s)
    if found is None:
        return
    held = last(turn.s, found.id)
    if answer == WITHDRAW and held is not None and turn.s.person is not None:
        turn.effects.append(SaveScore(turn.s.person.code, held, found, turn.s.slot, withdrawn=True))
        turn.back_to(StaffPlace.SCORES)
    elif found.permission and found.id not in turn.s.data.permitted:
        turn.open(StaffPlace.SCORE_PERMISSION, found.id)
    else:
        turn.open(StaffPlace.SCORE_DAY, found.id)


def _permission(turn: StaffTurn, answer: str) -> None:
    name = turn.s.frame.about[0]
    if answer == NO:
        turn.back()
        return
    turn.effects.append(GrantScale(name, turn.s.slot, turn.s.data.today))
    turn.instead(StaffPlace.SCORE_DAY, name)


# Day and rater.


def _day_options(staff: Staff) -> tuple[str, ...]:
    return (TODAY, DATE) if staff.data.today is not None else (DATE,)


def _day(turn: StaffTurn, answer: str) -> None:
    name, today = turn.s.frame.about[0], turn.s.data.today
    if answer == DATE or today is None:
        turn.open(StaffPlace.DATE, SCORES, name)
    else:
        turn.open(StaffPlace.SCORE_BY, name, today.isoformat())


def enter_date(turn: StaffTurn, digits: str) -> None:
    """All digits of the day of a score were given."""
    day, today = date_of(digits), turn.s.data.today
    if day is None or (today is not None and day > today):
        turn.frame(digits="", message="no-date" if day is None else "too-late", fresh=True)
    else:
        turn.instead(StaffPlace.SCORE_BY, turn.s.frame.about[1], day.isoformat())


def suggest_date(staff: Staff) -> str:
    """The digits that the day of a score begins with."""
    return digits_of(staff.data.today)


def _by(turn: StaffTurn, rater: str) -> None:
    _ask(turn, (*turn.s.frame.about, rater))


# The number, or item after item.


def _ask(turn: StaffTurn, about: tuple[str, ...]) -> None:
    found = scale(turn.s)
    if found is None:
        return
    given = len(about) - 3
    if found.items:
        turn.open(StaffPlace.SCORE_SUM if given == len(found.items) else StaffPlace.SCORE_ITEM, *about)
    elif given:
        turn.open(StaffPlace.SCORE_SUM, *about)
    else:
        turn.open(StaffPlace.SCORE_NUMBER if listed(found) else StaffPlace.SCORE_DIGITS, *about)


def listed(found: Scale) -> bool:
    """Whether every number of the scale fits on a list."""
    return not found.places and found.highest - found.lowest < ON_A_LIST


def item(staff: Staff) -> int:
    """The place of the item that is asked, from 0."""
    return len(staff.frame.about) - 3


def _item_options(staff: Staff) -> tuple[str, ...]:
    found = scale(staff)
    return () if found is None else (*(f"{a.value:g}" for a in found.items[item(staff)].answers), MISSING)


def _number_options(staff: Staff) -> tuple[str, ...]:
    found = scale(staff)
    return () if found is None else tuple(f"{n}" for n in range(round(found.lowest), round(found.highest) + 1))


def _answer(turn: StaffTurn, answer: str) -> None:
    _ask(turn, (*turn.s.frame.about, answer))


def whole_digits(found: Scale) -> int:
    """Digits in front of the point of the largest number."""
    return len(f"{found.highest:.0f}")


def _length(staff: Staff) -> int:
    found = scale(staff)
    return 0 if found is None else whole_digits(found) + found.places


def _digits(turn: StaffTurn, digits: str) -> None:
    found = scale(turn.s)
    if found is None:
        return
    value = int(digits) / 10**found.places
    if found.lowest <= value <= found.highest:
        _answer(turn, f"{value:g}")
    else:
        turn.frame(digits="", message="out-of-range", fresh=True)


def _save(turn: StaffTurn, _answered: str) -> None:
    score, found, person = entered(turn.s), scale(turn.s), turn.s.person
    if score is not None and found is not None and person is not None:
        turn.effects.append(SaveScore(person.code, score, found, turn.s.slot))
        turn.back_to(StaffPlace.SCORES)
        turn.frame(cursor=None, fresh=True)


def day_of(score: Score) -> date:
    """The day of a score."""
    return date.fromisoformat(score.scored_on)


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.SCORES: StaffForm(
        lambda staff: tuple(staff.data.library.scales), lambda turn, answer: turn.open(StaffPlace.SCORE, answer)
    ),
    StaffPlace.SCORE: StaffForm(_score_options, _score),
    StaffPlace.SCORE_PERMISSION: StaffForm(fixed(YES, NO), _permission, preset=nothing),
    StaffPlace.SCORE_DAY: StaffForm(_day_options, _day),
    StaffPlace.SCORE_BY: StaffForm(who_options, _by),
    StaffPlace.SCORE_ITEM: StaffForm(_item_options, _answer, preset=nothing),
    StaffPlace.SCORE_NUMBER: StaffForm(_number_options, _answer, preset=nothing),
    StaffPlace.SCORE_DIGITS: StaffForm(fixed(), _digits, Style.DIGITS, length=_length, suggest=lambda _staff: "000000"),
    StaffPlace.SCORE_SUM: StaffForm(fixed(SAVE), _save),
}
