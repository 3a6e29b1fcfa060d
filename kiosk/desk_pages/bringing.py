"""Scenes of what a stick brought, for staff: each part of it, beside what is here, and whether it was taken in."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from kiosk.care.model import Side
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import Brought, BroughtProgramme, BroughtVoice
from kiosk.desk_pages.items import language_words, setting_names, setting_words
from kiosk.desk_pages.plan import own_words
from kiosk.desk_pages.sticks import NoteWords
from kiosk.menus import import_menu
from kiosk.menus.import_menu import KEYS, LINE, PROGRAMMES, VOICE
from kiosk.menus.staff import options
from kiosk.menus.work import words_of
from kiosk.planning import saving
from kiosk.planning.saving import PLAN
from kiosk.screens.scene import Choice, Mark, Slip, Strip, TableRow
from kiosk.words import Words

BRING_PLACES = frozenset(import_menu.FORMS)
"""Places whose answers are called as ``bring_choice`` and ``bring_row`` call them."""


def _brought(staff: Staff) -> Brought:
    return staff.brought or Brought("")


def bring_choice(answer: str, _: Words) -> Choice:
    """One answer of a note."""
    return Choice(
        {
            import_menu.TAKE: _("Take in"),
            import_menu.LOOK: _("Look at it"),
            import_menu.AGAIN: _("Try again"),
            import_menu.OK: _("Go on"),
            import_menu.PROTECT: _("Use them"),
        }[answer]
    )


# What was found.


def bring_row_does(answer: str, _: Words) -> str:
    """The word for what green does with a row; none for one that is only read."""
    if answer == import_menu.TAKE:
        return _("Take in")
    return "" if answer == import_menu.STICK or answer.startswith(LINE) else _("Open")


def bring_row(staff: Staff, answer: str, _: Words) -> TableRow:
    """One part that was brought, one programme, or something that was left out."""
    voices = _brought(staff).voices
    if answer == import_menu.TAKE:
        told = len(_brought(staff).programmes)
        if staff.place is StaffPlace.BROUGHT_VOICE:
            told = sum(voice.new + voice.changed for voice in voices)
        return TableRow(_("Take in"), _("all of them: {n}").format(n=told))
    if staff.place is StaffPlace.BROUGHT_VOICE:
        return _voice_row(voices[int(answer.removeprefix(LINE))], _)
    if staff.place is StaffPlace.BROUGHT_PROGRAMMES:
        return _programme_row(_brought(staff).programmes[int(answer.removeprefix(LINE))], _)
    if answer == import_menu.STICK:
        return TableRow(_("The stick"), _brought(staff).stick)
    if answer.startswith(LINE):
        return TableRow(_("Left out"), import_menu.left_out(staff)[int(answer.removeprefix(LINE))], "warning")
    value = _("{state} ({what})").format(what=_counted(staff, answer, _), state=_state(staff, answer, _))
    return TableRow(_named(answer, _), value, "ok" if import_menu.here(staff, answer) else "")


def _named(part: str, _: Words) -> str:
    return {
        KEYS: _("Keys of the clinic"),
        PROGRAMMES: _("Programmes"),
        VOICE: _("Own recordings"),
        PLAN: _("Plan of a person"),
    }[part]


def _counted(staff: Staff, part: str, _: Words) -> str:
    brought = _brought(staff)
    if part == PLAN:
        return brought.person.code if brought.person is not None else ""
    if part == VOICE:
        return str(sum(voice.new + voice.changed + voice.same for voice in brought.voices))
    return str(len(brought.keys if part == KEYS else brought.programmes))


def _state(staff: Staff, part: str, _: Words) -> str:
    if part in _brought(staff).taken:
        return _("taken in")
    return _("the same are here already") if import_menu.here(staff, part) else _("not taken in yet")


def _programme_row(programme: BroughtProgramme, _: Words) -> TableRow:
    state = {
        "new": _("new"),
        "changed": _("changed"),
        "same": _("the same is here already"),
        "replaces": _("in the place of the kiosk's own one"),
    }[programme.state]
    if programme.licence:
        value = _("scale, version {n}, {state}; {licence}")
        return TableRow(programme.title, value.format(n=programme.version, state=state, licence=_(programme.licence)))
    by = programme.reviewed_by
    reviewed = _("reviewed by {who}").format(who=by) if by else _("not yet reviewed by a therapist")
    if programme.file:
        side = {Side.LEFT: _("Left"), Side.RIGHT: _("Right")}.get(programme.side or Side.BOTH, _("Both"))
        value = _("picture {file} ({side}), {state}; {reviewed}").format(
            file=programme.file, side=side, state=state, reviewed=reviewed
        )
        return TableRow(programme.title, value)
    value = _("version {n}, {state}; {reviewed}").format(n=programme.version, state=state, reviewed=reviewed)
    return TableRow(programme.title, value, "" if by else "warning")


def _voice_row(voice: BroughtVoice, _: Words) -> TableRow:
    told = _("new {new}, changed {changed}, same {same}").format(new=voice.new, changed=voice.changed, same=voice.same)
    by = _("spoken by {who}").format(who=", ".join(voice.by)) if voice.by else _("nobody wrote down who speaks")
    return TableRow(language_words(voice.language, _), f"{told}; {by}", "" if voice.by else "warning")


# Keys.


def brought_keys(staff: Staff, notice: str, _: Words) -> Slip:
    """The keys to be compared with the clinic's sheet, before they are taken in and after."""
    installed = staff.data.keys_installed
    if import_menu.here(staff, KEYS):
        told = _("These keys are on this kiosk.")
    elif installed:
        told = _("Compare them with the clinic's list. They take the place of the keys that are here now: {n}").format(
            n=len(installed)
        )
    else:
        told = _("Compare each with the clinic's list. Whoever has one of these keys can open packages and films.")
    return Slip(
        name=f"staff-{staff.place}",
        strip=Strip(_("Take in") if options(staff) else "", "", _("Back")),
        notice=notice,
        staff=True,
        title=_("Keys of the clinic"),
        text=told,
        lines=_brought(staff).keys,
    )


# Notes.


def _waiting(staff: Staff, _: Words) -> NoteWords:
    brought = _brought(staff)
    if brought.phase == "reading":
        return _("Reading the stick"), (_("Leave the stick in."),), Mark.HAND
    told = _("Only the file FK-IMPORT.zip is read. Nothing else on the stick is opened.")
    return _("Now the stick"), (*((brought.text,) if brought.text else ()), told), Mark.HAND


def _not_brought(staff: Staff, _: Words) -> NoteWords:
    brought = _brought(staff)
    return _("Nothing was taken in"), (brought.text, *((brought.stick,) if brought.stick else ())), Mark.WARNING


def _plan(staff: Staff, _: Words) -> NoteWords:
    person, held = _brought(staff).person, import_menu.kept(staff)
    code = person.code if person is not None else ""
    title = _("Plan of {code}").format(code=code)
    if import_menu.taken_by_another(staff):
        other = staff.person.code if staff.person is not None else ""
        whose = _("This kiosk belongs to somebody else now: {code}.").format(code=other)
        return title, (whose, _("Discharge them first. Then take this plan in.")), Mark.WARNING
    if import_menu.here(staff, PLAN):
        return title, (_("It was saved."),), Mark.TICK
    if held is None:
        who = _("This person is new here.")
    elif staff.person is not None:
        who = _("This kiosk belongs to this person. The next screen shows what would change.")
    else:
        who = _("This person was here before. The next screen shows what would change.")
    own = (
        _("Consents to being recorded, and programmes that staff opened, do not come along.")
        if held is None
        else _("Consents to being recorded, and programmes that staff opened, stay as they are here.")
    )
    settings = (
        f"{setting_names(_)[s.key]}: {setting_words(s.key, words_of(s.value), _)}" for s in saving.come_along(staff)
    )
    along = "; ".join((*settings, *own_words(_brought(staff).own, _)))
    with_it = (_("With it come: {settings}").format(settings=along),) if along else ()
    look = _("Look at all of it, then save. Nobody here has reviewed it yet.")
    return title, (who, own, *with_it, look), Mark.NONE


def _taking(_staff: Staff, _: Words) -> NoteWords:
    return _("One moment"), (_("It is being stored."),), Mark.NONE


def _taken(staff: Staff, _: Words) -> NoteWords:
    brought = _brought(staff)
    if staff.frame.about[0] == PROGRAMMES:
        lines = (
            _("Programmes: {n}").format(n=len(brought.programmes)),
            _("Whom they are open for stands in the menu under “Programmes”."),
        )
        return _("Taken in"), lines, Mark.TICK
    if staff.frame.about[0] == VOICE:
        lines = (
            _("Own recordings: {n}").format(n=sum(voice.new + voice.changed for voice in brought.voices)),
            _("They are heard from now on. Status counts them."),
        )
        return _("Taken in"), lines, Mark.TICK
    used = {
        import_menu.RECIPIENTS: _("Packages are protected by them from now on."),
        import_menu.PASSPHRASE: _("Packages are still protected by five words. Amber changes that."),
        import_menu.NONE: _("Packages are still not protected. Amber changes that."),
    }.get(import_menu.protected(staff), "")
    count = _("Keys of the clinic: {n}").format(n=len(brought.keys))
    return _("Taken in"), (count, *((used,) if used else ())), Mark.TICK


def _not_taken(staff: Staff, _: Words) -> NoteWords:
    return _("Not taken in"), (_brought(staff).text,), Mark.WARNING


NOTE_WORDS: MappingProxyType[StaffPlace, Callable[[Staff, Words], NoteWords]] = MappingProxyType(
    {
        StaffPlace.BRING: _waiting,
        StaffPlace.NOT_BROUGHT: _not_brought,
        StaffPlace.BROUGHT_PLAN: _plan,
        StaffPlace.TAKING_IN: _taking,
        StaffPlace.TAKEN_IN: _taken,
        StaffPlace.NOT_TAKEN_IN: _not_taken,
    }
)
"""Title, paragraphs and mark of each note."""
