"""Being recorded, in words for staff: the consents and what they say, films that went wrong, and the moving drawing."""

from __future__ import annotations

from kiosk.care.consent import CONSENTS, WORDINGS, agreed
from kiosk.care.model import Permission
from kiosk.care.words import label
from kiosk.menus import recording
from kiosk.menus.items import YES
from kiosk.menus.staff_model import ReplayLine, Staff, StaffPlace
from kiosk.screens.scene import Choice, LineDrawing, Mark, Strip, TableRow
from kiosk.words import Words

Lines = tuple[tuple[tuple[int, int], ...], ...]
"""The lines of a face, each a row of points: tenths of a millimetre in the face's own frame (see ``LineDrawing``)."""


def consent_words(staff: Staff, _: Words) -> tuple[str, str]:
    """What the person agrees to now."""
    person = staff.person
    if person is None:
        return _("Being recorded"), ""
    given = agreed(person)
    said = [
        _("{what}: agreed.").format(what=_(label(consent)))
        if consent in given
        else _("{what}: not agreed.").format(what=_(label(consent)))
        for consent in CONSENTS
    ]
    return _("Being recorded"), " ".join(said)


def withdrawal_words(_staff: Staff, _: Words) -> tuple[str, str]:
    """Whose consent is taken back."""
    return _("Who takes consent back?"), _("Their films and line drawings are deleted at once.")


def consent_choice(place: StaffPlace, answer: str, _: Words) -> Choice:
    """An answer about consent."""
    if place is StaffPlace.WORDING:
        return Choice(_("They agree") if answer == YES else _("They do not"))
    if answer == recording.WITHDRAW:
        return Choice(_("Withdraw consent"), _("Films and line drawings are deleted, no more are made."))
    if answer == recording.FORMER:
        return Choice(_("Withdraw for somebody who was here before"))
    return Choice(
        _("Ask about: {what}").format(what=_(label(Permission(answer)))), _("Read the words to the person first.")
    )


def wording_words(staff: Staff, _: Words) -> tuple[str, tuple[str, ...], Mark]:
    """What is read to the person before they agree."""
    consent = Permission(staff.frame.about[0])
    return _(label(consent)), tuple(_(line) for line in WORDINGS[consent]), Mark.NONE


def saved_words(_: Words) -> dict[str, tuple[str, ...]]:
    """What follows from a consent that was given or taken back."""
    return {
        "agreed": (
            _("Your slot, the time and the version of the words are written down with it."),
            _("Under the same entry it is taken back, with one choice."),
        ),
        "withdrawn": (
            _("Nothing of this person is recorded any more. What was kept is being deleted."),
            _("A memory card may hold traces of deleted files until it writes over them."),
            _("What the clinic has already copied has to be deleted there."),
        ),
    }


def clip_reasons(_: Words) -> dict[str, str]:
    """Why a film was not kept, by code."""
    return {
        "disk": _("no room on the card"),
        "total": _("films have reached their limit"),
        "keys": _("a key of the clinic is wrong"),
        "record": _("the storage is in trouble"),
        "stopped": _("what looks at the pictures ended"),
        "empty": _("no picture came"),
        "encoder": _("the film could not be made"),
    }


def clip_words(_: Words) -> dict[str, str]:
    """Lines of the inbox about films."""
    return {
        "clip-lost": _("A film was not kept; the practice was"),
        "clip-left": _("A film could not be deleted; it is tried again at the next start"),
    }


def replay_row(staff: Staff, answer: str, _: Words) -> TableRow:
    """One line drawing in the list."""
    line = next(line for line in staff.data.replays if line.key == answer)
    return TableRow(line.when or _("date not known"), _named(line, _))


def drawing(staff: Staff, notice: str, _: Words, lines: Lines) -> LineDrawing:
    """The replay that is looked at, at one moment of it."""
    line = recording.replay(staff)
    return LineDrawing(
        name="staff-replay",
        strip=Strip(red=_("Back")),
        notice=notice,
        staff=True,
        title=_named(line, _) if line is not None else _("Line drawing"),
        text=_("{when}, at half speed").format(when=line.when or _("date not known")) if line is not None else "",
        note=_("Roughly drawn, and more even than the face is: what counts are the measures in the record.")
        if lines
        else _("This drawing cannot be shown."),
        left=_("their left"),
        right=_("their right"),
        lines=lines,
    )


def _named(line: ReplayLine, _: Words) -> str:
    return _("{exercise}, repetition {n}").format(exercise=_(line.title), n=line.repetition)
