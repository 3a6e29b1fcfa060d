"""The standard set in words for staff: what it asks of this person, what it does not, and what is kept of it."""

from __future__ import annotations

from kiosk.care.standard import SetItem, not_asked_words, set_item_words
from kiosk.desk.model import Staff
from kiosk.desk.shown import SetOffer
from kiosk.desk_pages.items import reason_words
from kiosk.menus.standard_menu import AT_REST, BEGIN, CLOSED, LAST, LINES
from kiosk.screens.scene import TableRow
from kiosk.words import Words, plural


def standard_does(answer: str, _: Words) -> str:
    """The word for what green does with a row; empty where it does nothing."""
    return _("Begin") if answer in (BEGIN, AT_REST) else ""


def standard_row(staff: Staff, answer: str, _: Words) -> TableRow:
    """One row of the page: begin it, an item, or what is kept."""
    offer = staff.data.standard or SetOffer()
    if answer == BEGIN:
        minutes = plural(_, "About one minute.", "About {n} minutes.", offer.minutes).format(n=offer.minutes)
        return TableRow(_("Begin now"), " ".join((minutes, _("Stay until the last screen."))), "ok")
    if answer == CLOSED:
        codes = [reason.code for reason in offer.verdict.reasons[:1]]
        return TableRow(_("Closed now"), " ".join(reason_words(code, _) for code in codes), "warning")
    if answer == AT_REST:
        return TableRow(_("Begin at rest"), _("The face at rest and nothing else."), "ok")
    if answer == LINES:
        kept = _("Kept: they have agreed to line drawings") if offer.draws else _("None: they have not agreed to any")
        return TableRow(_("Lines of the face"), kept)
    if answer == LAST:
        return TableRow(_("Last one"), offer.last or _("None yet"))
    item = SetItem(answer)
    left_out = dict(offer.left_out).get(item)
    told = _("Will be asked") if left_out is None else not_asked_words(_)[left_out]
    return TableRow(set_item_words(_)[item], told)
