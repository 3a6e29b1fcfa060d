"""The log of what was done, in sentences for staff: who did what, newest first."""

from __future__ import annotations

from kiosk.care.person import Role
from kiosk.desk.model import Staff
from kiosk.desk.shown import AuditLine
from kiosk.desk_pages.items import slot_words
from kiosk.screens.scene import TableRow
from kiosk.words import Words


def audit_words(_: Words) -> dict[str, str]:
    """Code of an act → the sentence about it; ``who`` did it, ``what`` it was about."""
    return {
        "staff.entered": _("{who} came in."),
        "staff.left": _("{who} left."),
        "staff.idle": _("{who} walked away; the kiosk went home."),
        "staff.saved": _("{who} set a PIN: {what}."),
        "staff.withdrawn": _("{who} withdrew a PIN: {what}."),
        "staff.reset": _("The technician had all PINs set anew."),
        "pin.wrong": _("A wrong PIN for {who}."),
        "pin.locked": _("Too many wrong PINs for {who}: locked for a while."),
        "person.saved": _("{who} saved a plan."),
        "person.undone": _("{who} took a save back."),
        "plan.confirmed": _("{who} confirmed a plan after a loss."),
        "plan.brought": _("{who} took in a plan from a stick."),
        "person.erased": _("{who} erased a person."),
        "bind": _("{who} gave the kiosk to a person, or took it back."),
        "discharge": _("{who} discharged a person."),
        "consent.clips": _("{who} wrote down that a consent to films was taken back."),
        "consent.replays": _("{who} wrote down that a consent to line drawings was taken back."),
        "clip.removed": _("A film was deleted."),
        "setting": _("{who} changed a setting."),
        "score": _("{who} entered a number on a scale: {what}."),
        "score.withdrawn": _("{who} took a number on a scale back: {what}."),
        "scale.permitted": _("{who} said that the clinic may use a scale: {what}."),
        "set.begun": _("{who} began a standard set."),
        "clock.set": _("{who} set date and time."),
        "pedals": _("{who} taught pedals."),
        "cleaning.begun": _("Cleaning began."),
        "cleaning.ended": _("Cleaning ended."),
        "export.made": _("{who} handed over package {what}."),
        "keys.accepted": _("{who} took in a key of the clinic."),
        "programme.accepted": _("{who} took in a programme."),
        "voice.accepted": _("{who} took in recordings."),
        "update.accepted": _("{who} took in version {what}."),
    }


def audit_row(staff: Staff, answer: str, _: Words) -> TableRow:
    """One act: when it was, and a sentence."""
    line = staff.data.audit[int(answer)]
    return TableRow(line.when or _("date not known"), _sentence(line, staff, _))


def _sentence(line: AuditLine, staff: Staff, _: Words) -> str:
    parts = line.detail.split(":")
    slots = [part for part in parts if part.rpartition("-")[0] in set(Role)]
    # The last slot is who did it; what stands before is what it was done to.
    who = slot_words(slots[-1], staff, _) if slots else _("Somebody")
    what = slot_words(slots[0], staff, _) if len(slots) > 1 else parts[0]
    unknown = (
        _("A new version was tried.") if line.code.startswith("update.") else _("Something else was written down.")
    )
    told = audit_words(_).get(line.code, unknown).format(who=who, what=what)
    return _("{told} ({code})").format(told=told, code=line.person) if line.person else told
