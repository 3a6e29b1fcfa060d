"""A new version at the desk, in words."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import UpdateShown
from kiosk.desk_pages.sticks import NoteWords
from kiosk.menus import update_menu
from kiosk.menus.update_menu import LINE
from kiosk.screens.scene import Mark, TableRow
from kiosk.words import Words


def _shown(staff: Staff) -> UpdateShown:
    return staff.update or UpdateShown("")


def update_title(staff: Staff, _: Words) -> str:
    """The title of the table with what is new."""
    return _("New version: {version}").format(version=_shown(staff).version)


def update_row(staff: Staff, answer: str, _: Words) -> TableRow:
    """One sentence on what is new, the time that it takes, or the last row, which accepts."""
    shown = _shown(staff)
    if answer.startswith(LINE):
        return TableRow(_("New"), shown.changes[int(answer.removeprefix(LINE))])
    if answer == update_menu.MINUTES:
        text = _("up to {n} minutes, in which nobody can practise").format(n=shown.minutes)
        return TableRow(_("It takes"), text)
    if answer == update_menu.STICK:
        return TableRow(_("The stick"), shown.stick)
    return TableRow(
        _("Take in"), _("version {new} in the place of {old}").format(new=shown.version, old=staff.data.version)
    )


def update_row_does(answer: str, _: Words) -> str:
    """The word for what green does with a row; none for one that is only read."""
    return _("Take in") if answer == update_menu.TAKE else ""


def _waiting(staff: Staff, _: Words) -> NoteWords:
    shown = _shown(staff)
    if shown.phase == "reading":
        return _("Reading the stick"), (_("Leave the stick in."), _("This can take some minutes.")), Mark.HAND
    told = _("Only the file FK-UPDATE.zip is read. Nothing else on the stick is opened.")
    return _("Now the stick"), (*((shown.text,) if shown.text else ()), told), Mark.HAND


def _updating(staff: Staff, _: Words) -> NoteWords:
    minutes = _("It takes up to {n} minutes.").format(n=_shown(staff).minutes)
    lines = (minutes, _("Leave the kiosk on. The screen goes dark for a moment, and then it starts by itself."))
    return _("Putting the new version in place"), lines, Mark.NONE


def _not_updated(staff: Staff, _: Words) -> NoteWords:
    shown = _shown(staff)
    nothing = _("Nothing was changed.")
    return _("No new version"), (shown.text, nothing, *((shown.stick,) if shown.stick else ())), Mark.WARNING


UPDATE_NOTES: MappingProxyType[StaffPlace, Callable[[Staff, Words], NoteWords]] = MappingProxyType(
    {
        StaffPlace.UPDATE_STICK: _waiting,
        StaffPlace.UPDATING: _updating,
        StaffPlace.NOT_UPDATED: _not_updated,
    }
)
"""Title, paragraphs and mark of each note."""
