"""Each answer in the staff's menus, as a choice or as a row of a table; and being recorded, in words for staff."""

from __future__ import annotations

from kiosk.care.consent import CONSENTS, WORDINGS, agreed
from kiosk.care.model import Permission
from kiosk.care.person import WORN, Person, Role
from kiosk.care.reasons import FOR_STAFF
from kiosk.care.words import OverrideReason, label
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import ReplayLine
from kiosk.desk_pages.audit import audit_row
from kiosk.desk_pages.bringing import BRING_PLACES, bring_choice, bring_row, bring_row_does
from kiosk.desk_pages.doses import PLACES as DOSE_PLACES
from kiosk.desk_pages.doses import changed_words, dose_choice, dose_row
from kiosk.desk_pages.inbox import inbox_does, inbox_row
from kiosk.desk_pages.items import (
    here_words,
    item_words,
    option_words,
    pedal_choice,
    reason_words,
    regions_words,
    setting_note,
    setting_row,
    setting_words,
    slot_words,
    tick_words,
    value_words,
)
from kiosk.desk_pages.lids import lids_choice
from kiosk.desk_pages.scores import SCORE_PLACES, score_choice, score_row
from kiosk.desk_pages.standard import standard_does, standard_row
from kiosk.desk_pages.sticks import PLACES, handover_choice
from kiosk.desk_pages.update import update_row, update_row_does
from kiosk.desk_pages.voice import VOICE_PLACES, voice_choice
from kiosk.menus import inbox, pedals, recording, scores, standard_menu, update_menu, voice_menu, work
from kiosk.menus.entry import NEW, NEW_PIN, WITHDRAW
from kiosk.planning import doses, items, questions, resume, summary
from kiosk.planning.items import YES
from kiosk.screens.scene import Choice, LineDrawing, Mark, Strip, TableRow
from kiosk.words import Words, plural


def answer_choice(staff: Staff, answer: str, _: Words) -> Choice:
    """One answer of a menu."""
    about = staff.frame.about
    if staff.place is StaffPlace.ITEM:
        ticks = staff.draft.ticks if staff.draft and about[0] == "ticks" else ()
        seen = next((tick_words(tick, staff, _) for tick in ticks if tick.movement.value == answer), "")
        seen = _("Who and when follow") if answer in questions.picked(staff) else seen
        worn = about[0] == "worn" and answer in WORN and staff.draft is not None and getattr(staff.draft, answer)
        mark = Mark.TICK if seen or worn else Mark.NONE
        if about[0] == "doses" and answer.startswith(items.REMOVE) and staff.draft:
            seen = changed_words(staff.draft.doses[int(answer.removeprefix(items.REMOVE))], staff, _)
        return Choice(option_words(about[0], answer, staff, _), seen, mark=mark)
    if staff.place is StaffPlace.PERSON and answer.startswith(summary.SECTION):
        return Choice(", ".join(item_words(_)[item][0] for item in summary.section(answer)))
    if staff.place is StaffPlace.REGIONS and answer != items.DONE:
        return Choice(regions_words((answer,), _), mark=Mark.TICK if answer in about[1:] else Mark.NONE)
    if staff.place is StaffPlace.SETTING:
        return Choice(setting_words(about[0], answer, _), setting_note(answer, _))
    if staff.place is StaffPlace.STAFF and answer != NEW:
        return Choice(slot_words(answer, staff, _), here_words(answer, staff, _))
    if staff.place in (StaffPlace.SLOTS, StaffPlace.WHO) and answer != NEW:
        return Choice(slot_words(answer, staff, _))
    if staff.place in (StaffPlace.FORMER, StaffPlace.RECORDED):
        return Choice(answer)
    if staff.place in PLACES:
        return handover_choice(staff, answer, _)
    if staff.place in BRING_PLACES:
        return bring_choice(answer, _)
    if staff.place in (StaffPlace.LIDS_WHICH, StaffPlace.LIDS_TAKEN):
        return lids_choice(answer, _)
    if staff.place in (StaffPlace.PEDALS, StaffPlace.LESSON):
        return pedal_choice(answer, _)
    if staff.place in VOICE_PLACES:
        return voice_choice(staff, answer, _)
    if staff.place in (StaffPlace.CONSENT, StaffPlace.WORDING):
        return consent_choice(staff.place, answer, _)
    if staff.place in SCORE_PLACES:
        return score_choice(staff, answer, _)
    if staff.place in DOSE_PLACES:
        return dose_choice(staff, answer, _)
    if staff.place is StaffPlace.ROLE:
        return Choice(_(label(Role(answer))))
    if staff.place is StaffPlace.REASON:
        return Choice(_(label(OverrideReason(answer))))
    if staff.place is StaffPlace.PROGRAMME:
        return Choice(_programme_answer(answer, _))
    if staff.place is StaffPlace.MENU and answer == work.INBOX and (new := inbox.waiting(staff)):
        return Choice(_("Inbox: {n}").format(n=new))
    if staff.place is StaffPlace.MENU and answer == work.FIRST_START:
        told = plural(_, "1 page is left", "{n} pages are left", staff.data.first_left)
        return Choice(_("First start"), told.format(n=staff.data.first_left))
    return Choice(_words(staff.place, _)[answer])


def _words(place: StaffPlace, _: Words) -> dict[str, str]:
    """Answers that are called the same wherever they stand, and those of ``place``."""
    words = {
        summary.OK: {StaffPlace.FIRST: _("Set a PIN"), StaffPlace.LOST: _("Home")}.get(place, _("Menu")),
        items.YES: _("Yes"),
        items.NO: _("No"),
        items.DONE: _("Done"),
        items.DATE: _("Enter a date"),
        items.NONE: _("Not known yet"),
        items.WEEK: _("One week"),
        items.TWO_WEEKS: _("Two weeks"),
        questions.TODAY: _("Today"),
        questions.UNKNOWN: _("The date is not known"),
        summary.CHANGE: _("Look at the whole plan"),
        items.CARE_ONLY: _("Set up for care only"),
        items.WHOLE: _("The whole plan, question by question"),
        questions.NOT_SEEN: _("Not seen"),
        questions.SEEN: _("Seen by itself"),
        resume.GO_ON: _("Go on with it"),
        resume.DROP: _("Throw it away"),
        summary.FORMER: _("Somebody who was here before"),
        summary.UNDO: _("Take back"),
        summary.KEEP: _("Go on"),
        summary.SAVE: _("Save"),
        NEW: _("New staff member"),
        NEW_PIN: _("Set a new PIN"),
        WITHDRAW: _("Withdraw the PIN"),
        update_menu.AGAIN: _("Try again"),
    }
    menu = {
        work.BEGUN: _("A plan that was begun"),
        items.WHOLE: _("Set up a whole plan"),
        work.INBOX: _("Inbox"),
        work.PERSON: _("The plan: practice and care"),
        work.WHO: _("The plan: person and safety"),
        items.PAUSE: _("Pause the plan"),
        work.PROGRAMMES: _("Programmes"),
        work.REPLAYS: _("Line drawings"),
        scores.SCORES: _("Your own scales"),
        standard_menu.STANDARD_SET: _("Standard set"),
        work.CONSENT: _("Being recorded"),
        work.HAND_OVER: _("Hand over"),
        work.BRING: _("Take in from a stick"),
        work.ERASE: _("Erase a person"),
        work.DISCHARGE: _("Discharge"),
        work.SETTINGS: _("Settings"),
        work.STATUS: _("Status"),
        pedals.PEDALS: _("Pedals"),
        voice_menu.RECORD_VOICE: _("Record our own voice"),
        work.CLOCK: _("Date and time"),
        work.CLEANING: _("Cleaning"),
        work.STAFF: _("Staff and PINs"),
        work.LOG: _("What was done"),
        update_menu.UPDATE: _("New version"),
    }
    discharge = {
        work.HAND_OVER: _("Hand over first"),
        work.KEEP: _("No, they stay"),
        work.DISCHARGE: _("Yes, discharge"),
    }
    return {**words, **(menu if place is StaffPlace.MENU else discharge if place is StaffPlace.DISCHARGE else {})}


def _programme_answer(answer: str, _: Words) -> str:
    for begin, words in (
        (work.OVERRIDE, _("Open although: {why}")),
        (work.TAKE_BACK, _("No longer open although: {why}")),
    ):
        if answer.startswith(begin):
            code = answer.removeprefix(begin)
            known = {"three-months": _("less than three months"), "cause": _("stroke or cause not known")}
            return words.format(
                why=known.get(code, "") or (reason_words(code, _) if code in FOR_STAFF else _("a rule"))
            )
    if answer == doses.DOSES:
        return _("Doses")
    return _("Close it for this person") if answer == work.LOCK else _("Take the lock away")


# Rows of tables.


def row_does(staff: Staff, answer: str, _: Words) -> str:
    """The word for what green does with a row; empty where it does nothing."""
    if staff.place is StaffPlace.INBOX:
        return inbox_does(staff, answer, _)
    if staff.place is StaffPlace.PROGRAMMES:
        return _("Look at it") if answer.startswith(inbox.LINE) else _programme_act(staff, answer, _)
    if staff.place is StaffPlace.SETTINGS:
        if answer == work.FIRST_START:
            return _("Begin")
        return _("Change") if work.editable(staff, answer) or answer == work.VIEW_MODE else ""
    if staff.place is StaffPlace.REVIEW and answer in (summary.SAVE, summary.SAVE_BELOW):
        return _("Save") if staff.draft != staff.person else _("Done")
    if staff.place is StaffPlace.DOSES:
        return _("Save") if answer == doses.SAVE else _("Change")
    if staff.place is StaffPlace.REPLAYS:
        return _("Play")
    if staff.place is StaffPlace.STANDARD_SET:
        return standard_does(answer, _)
    if staff.place in BRING_PLACES:
        return bring_row_does(answer, _)
    if staff.place is StaffPlace.UPDATE:
        return update_row_does(answer, _)
    return "" if staff.place in (StaffPlace.STATUS, StaffPlace.LOG) else _("Open")


def answer_row(staff: Staff, answer: str, _: Words) -> TableRow:
    """One answer of a table."""
    if staff.place is StaffPlace.INBOX:
        return inbox_row(staff, answer, _)
    if staff.place is StaffPlace.PROGRAMMES:
        return _programme_row(staff, answer, _)
    if staff.place is StaffPlace.LOG:
        return audit_row(staff, answer, _)
    if staff.place is StaffPlace.STATUS:
        row = staff.data.status[int(answer)]
        return TableRow(row.label, row.value, row.state)
    if staff.place is StaffPlace.REPLAYS:
        return replay_row(staff, answer, _)
    if staff.place is StaffPlace.DOSES:
        return dose_row(staff, answer, _)
    if staff.place is StaffPlace.SCORES:
        return score_row(staff, answer, _)
    if staff.place is StaffPlace.STANDARD_SET:
        return standard_row(staff, answer, _)
    if staff.place is StaffPlace.REVIEW:
        return _review_row(staff, answer, _)
    if staff.place in BRING_PLACES:
        return bring_row(staff, answer, _)
    if staff.place is StaffPlace.UPDATE:
        return update_row(staff, answer, _)
    return setting_row(staff, answer, _)


def _programme_row(staff: Staff, answer: str, _: Words) -> TableRow:
    person = staff.person
    if answer == work.LINKED:
        return TableRow(
            _("Linked movement"), _("Not reviewed yet. Say that you have, and movements may open."), "warning"
        )
    if answer == work.FLAGS:
        return TableRow(_("Warning sign"), _("Not looked at yet. Say that you have, and practice may open."), "warning")
    if answer == work.CONSTANT_PAIN:
        told = _("Known and cleared: movements open in spite of it") if _pain_known(person) else _("Not cleared")
        return TableRow(_("Constant moderate pain"), told)
    offer = next(o for o in staff.data.offers if o.programme == answer.removeprefix(inbox.LINE))
    if offer.verdict.open:
        return TableRow(_(offer.title), _("Is open"), "ok")
    reasons = offer.verdict.reasons
    return TableRow(_(offer.title), reason_words(reasons[0].code, _) if reasons else _("Closed"))


def _pain_known(person: Person | None) -> bool:
    return person is not None and Permission.CONSTANT_PAIN in person.permissions


def _programme_act(staff: Staff, answer: str, _: Words) -> str:
    if answer == work.CONSTANT_PAIN:
        return _("Take it back") if _pain_known(staff.person) else _("Clear it")
    return _("Say so")


def _review_row(staff: Staff, answer: str, _: Words) -> TableRow:
    if answer in (summary.SAVE, summary.SAVE_BELOW):
        changed = staff.draft != staff.person
        code = staff.draft.code if staff.draft and answer == summary.SAVE else ""
        looked = staff.frame.message == items.REVIEWED
        return TableRow(
            _("I have looked at all of it") if looked else _("Save") if changed else _("Nothing changed"), code
        )
    value = value_words(answer, staff.draft, staff, _) if staff.draft else ""
    draft, known = staff.draft, (staff.person, *staff.data.former)
    kept = [person for person in known if person is not None and draft is not None and person.code == draft.code]
    changed = bool(kept) and value_words(answer, kept[0], staff, _) != value
    return TableRow(item_words(_)[answer][0], _("{value} (changed)").format(value=value) if changed else value)


Lines = tuple[tuple[tuple[int, int], ...], ...]
"""The lines of a face, each a row of points: tenths of a millimetre in the face's own frame (see ``LineDrawing``)."""


def consent_words(staff: Staff, _: Words) -> tuple[str, str]:
    """Words for what the person agrees to now."""
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
    """Words for the question whose consent is taken back."""
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
    """The wording that is read to the person before they agree."""
    consent = Permission(staff.frame.about[0])
    return _(label(consent)), tuple(_(line) for line in WORDINGS[consent]), Mark.NONE


def saved_words(_: Words) -> dict[str, tuple[str, ...]]:
    """Sentences on what follows from a consent that was given or taken back."""
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
