"""Notes at the desk: what was saved, what is locked, what is under way; each a title, a few lines and a mark."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.turn import Style
from kiosk.desk_pages.answers import answer_choice, saved_words, wording_words
from kiosk.desk_pages.bringing import NOTE_WORDS
from kiosk.desk_pages.items import lesson_words, person_words, slot_words
from kiosk.desk_pages.lids import taken_words
from kiosk.desk_pages.plan import code_words, merged_words
from kiosk.desk_pages.sticks import (
    NoteWords,
    carried_words,
    erased_words,
    not_carried_words,
    protection_words,
    stick_words,
)
from kiosk.desk_pages.update import UPDATE_NOTES
from kiosk.menus import entry, pedals
from kiosk.menus.staff import options, style
from kiosk.planning.saving import NEW
from kiosk.screens.scene import Mark, NoteScene, Strip
from kiosk.words import Words


def note(staff: Staff, notice: str, name: str, red: str, _: Words, *, saving: bool) -> NoteScene:
    """The note of a place, or of one where there is nothing to choose. ``name``: of its scene; ``red``: its word."""
    title, lines, mark = NOTES.get(staff.place, _empty)(staff, _)
    if saving and staff.place is StaffPlace.SAVED:
        title, lines, mark = _("Saving …"), (), Mark.NONE
    found = options(staff) if style(staff) is Style.DIRECT else ()
    labels = [answer_choice(staff, answer, _).label for answer in found]
    strip = Strip(labels[0] if labels else "", labels[1] if len(labels) > 1 else "", red)
    if staff.place in (StaffPlace.CLEANING, StaffPlace.UPDATING):
        strip = Strip()
    return NoteScene(name=name, strip=strip, notice=notice, staff=True, title=title, lines=lines, mark=mark)


def _first(_staff: Staff, _: Words) -> NoteWords:
    lines = (
        _("There is no PIN from the factory."),
        _("Whoever sets one now becomes the first therapist of this kiosk."),
    )
    return _("The first PIN"), lines, Mark.LOCK


def _lost(_staff: Staff, _: Words) -> NoteWords:
    lines = (
        _("The record of this kiosk was damaged, and the PINs in it are lost."),
        _("Tell whoever looks after it: the command `kiosk staff reset` lets the first therapist in."),
    )
    return _("No PIN can be read"), lines, Mark.LOCK


def _locked(staff: Staff, _: Words) -> NoteWords:
    minutes = -(-entry.locked_ms(staff) // 60_000)
    lines = (
        _("Too many wrong PINs for {who}.").format(who=slot_words(staff.slot, staff, _)),
        _("Minutes until the next try: {n}").format(n=minutes),
    )
    return _("Locked"), lines, Mark.LOCK


def _saved(staff: Staff, _: Words) -> NoteWords:
    lines = {
        "person": (person_words(staff.person, _),),
        "confirmed": (_("The plan is confirmed. What it opens is open again."),),
        "undone": (_("It is as it was before."), person_words(staff.person, _)),
        "staff": (_("The new PIN holds from now on."),),
        entry.WITHDRAW: (_("Nobody comes in with it any more. What they signed keeps their name."),),
        "clock": (_("The clock holds until the next start."),),
        "erased": erased_words(_),
        pedals.PEDALS: (_("Try each pedal once, on the home screen."),),
        **saved_words(_),
    }
    titles = {
        "confirmed": _("Confirmed"),
        "undone": _("Taken back"),
        "withdrawn": _("Taken back"),
        "erased": _("Erased"),
    }
    what = staff.frame.about[0]
    if staff.frame.about[1:] == (NEW,):
        return titles.get(what, _("Saved")), code_words(staff.person, _), Mark.TICK
    return titles.get(what, _("Saved")), lines[what], Mark.TICK


def _cleaning(staff: Staff, _: Words) -> NoteWords:
    minutes = -(-staff.data.cleaning_ms // 60_000)
    lines = (
        _("Wipe screen, plate and buttons now. No press counts."),
        _("To end it, hold green and amber for three seconds. Minutes at most: {n}").format(n=minutes),
    )
    return _("Cleaning"), lines, Mark.HAND


def _empty(staff: Staff, _: Words) -> NoteWords:
    titles = {
        StaffPlace.INBOX: _("Nothing new"),
        StaffPlace.PERSON: _("One moment"),
        StaffPlace.FORMER: _("Nobody was here before"),
        StaffPlace.BROUGHT: _("There was nothing in the file"),
    }
    return titles.get(staff.place, _("Nothing to choose here")), (), Mark.NONE


NOTES: dict[StaffPlace, Callable[[Staff, Words], NoteWords]] = {
    StaffPlace.FIRST: _first,
    StaffPlace.LOST: _lost,
    StaffPlace.CHECKING: lambda _staff, _: (_("One moment"), (_("The PIN is being checked."),), Mark.LOCK),
    StaffPlace.LOCKED: _locked,
    StaffPlace.SAVED: _saved,
    StaffPlace.MERGED: merged_words,
    StaffPlace.CLEANING: _cleaning,
    StaffPlace.WORDING: wording_words,
    StaffPlace.LESSON: lesson_words,
    StaffPlace.LIDS_TAKEN: taken_words,
    StaffPlace.PROTECTION: protection_words,
    StaffPlace.STICK: stick_words,
    StaffPlace.CARRIED: carried_words,
    StaffPlace.NOT_CARRIED: not_carried_words,
    **NOTE_WORDS,
    **UPDATE_NOTES,
}
