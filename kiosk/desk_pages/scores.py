"""Scores of the clinic in words for staff: a number as it is, and beside it how much of a change may be chance."""

from __future__ import annotations

from kiosk.care.scales import MISSING, Scale, Score
from kiosk.care.words import day_words, number_words
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk_pages.items import slot_words
from kiosk.menus import scores
from kiosk.planning import items, questions
from kiosk.screens.scene import Choice, TableRow
from kiosk.words import Words

SCORE_PLACES = frozenset(
    (
        StaffPlace.SCORE,
        StaffPlace.SCORE_PERMISSION,
        StaffPlace.SCORE_DAY,
        StaffPlace.SCORE_BY,
        StaffPlace.SCORE_ITEM,
        StaffPlace.SCORE_NUMBER,
        StaffPlace.SCORE_SUM,
    )
)


def score_row(staff: Staff, answer: str, _: Words) -> TableRow:
    """One scale of the list, with the last score on it."""
    found, held = staff.data.library.scales[answer], scores.last(staff, answer)
    return TableRow(_(found.title), _("nothing yet") if held is None else _value_on(held, found, _))


def score_choice(staff: Staff, answer: str, _: Words) -> Choice:
    """An answer about one scale."""
    found = scores.scale(staff)
    if staff.place is StaffPlace.SCORE_BY:
        return Choice(slot_words(answer, staff, _))
    if staff.place is StaffPlace.SCORE_ITEM and found is not None:
        if answer == MISSING:
            return Choice(_("No answer"))
        text = next(a.text for a in found.items[scores.item(staff)].answers if f"{a.value:g}" == answer)
        return Choice(_(text))
    if staff.place is StaffPlace.SCORE_NUMBER:
        return Choice(answer)
    if answer == scores.WITHDRAW and found is not None:
        held = scores.last(staff, found.id)
        return Choice(_("Take the last one back"), "" if held is None else _value_on(held, found, _))
    words = {
        scores.ENTER: _("Enter a number"),
        scores.SAVE: _("Save"),
        questions.TODAY: _("Today"),
        items.DATE: _("Enter a date"),
        items.YES: _("Yes, we have it"),
        items.NO: _("No"),
    }
    return Choice(words[answer])


def score_asked(staff: Staff, _: Words) -> tuple[str, str]:
    """Title and text of each screen about one scale."""
    found = scores.scale(staff)
    if found is None:
        return "", ""
    title = _(found.title)
    if staff.place is StaffPlace.SCORE:
        return title, " ".join(filter(None, (_(found.licence), _change_words(found, _))))
    if staff.place is StaffPlace.SCORE_PERMISSION:
        asked = _("Has your clinic the permission to use it? Your slot and the day are written down.")
        return title, f"{_(found.licence)} {asked}"
    if staff.place is StaffPlace.SCORE_DAY:
        return title, _("On which day was it taken?")
    if staff.place is StaffPlace.SCORE_BY:
        return title, _("Who rated it, or asked?")
    if staff.place is StaffPlace.SCORE_ITEM:
        n = scores.item(staff)
        return _(found.items[n].text), _("{title}, {n} of {all}").format(title=title, n=n + 1, all=len(found.items))
    if staff.place is StaffPlace.SCORE_SUM:
        return _sum_words(staff, found, _)
    return title, range_words(found, _)


def range_words(found: Scale, _: Words) -> str:
    """The numbers that a scale has."""
    low, high = number_words(found.lowest, _), number_words(found.highest, _)
    return _("A number from {low} to {high}.").format(low=low, high=high)


def _sum_words(staff: Staff, found: Scale, _: Words) -> tuple[str, str]:
    score = scores.entered(staff)
    if score is None:
        return "", ""
    if score.value is None:
        title = _("No number: too many items without an answer")
    else:
        title = _("{title}: {value}").format(title=_(found.title), value=number_words(score.value, _))
    when = _("{who}, {day}").format(who=slot_words(score.by, staff, _), day=day_words(scores.day_of(score), _))
    before = scores.last(staff, found.id)
    told = [f"{when}.", range_words(found, _)]
    if before is not None:
        told.append(_("Before: {value}.").format(value=_value_on(before, found, _)))
    told.append(_change_words(found, _))
    return title, " ".join(filter(None, told))


def _change_words(found: Scale, _: Words) -> str:
    if found.smallest_change is None:
        return _("How much of a change may be chance is not known.")
    told = _("A change of less than {n} in one person may be chance ({source}).")
    return told.format(n=number_words(found.smallest_change, _), source=_(found.source))


def _value_on(score: Score, found: Scale, _: Words) -> str:
    value = _("no number") if score.value is None else number_words(score.value, _)
    of = _("{value} of {high}").format(value=value, high=number_words(found.highest, _))
    return _("{value}, {day}").format(value=of, day=day_words(scores.day_of(score), _))
