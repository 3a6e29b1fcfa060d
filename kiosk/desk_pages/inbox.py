"""The inbox in words: a sentence for each line, when it was, and what green does with it."""

from __future__ import annotations

from enum import StrEnum

from kiosk.care.model import Region
from kiosk.care.outcomes import TOLD
from kiosk.care.own import QuestionTopic
from kiosk.care.words import label
from kiosk.desk.model import Staff
from kiosk.desk.shown import InboxLine
from kiosk.menus import inbox
from kiosk.screens.scene import TableRow
from kiosk.words import Words


def inbox_words(_: Words) -> dict[str, str]:
    """Code → the words of a line of the inbox."""
    return {
        **{flag.value: _(told.inbox) for flag, told in TOLD.items()},
        "saw-movement": _("The person saw a new movement"),
        "question": _("The person has a question"),
        "database_damaged": _("A damaged record was set aside"),
        "row_unread": _("Part of the record cannot be read"),
        "erase-left": _("Files of an erased person could not be deleted: see the folder clips"),
        **clip_words(_),
    }


def inbox_does(staff: Staff, answer: str, _: Words) -> str:
    """The word for what green does with a line; empty where it does nothing."""
    if answer.startswith(inbox.NOTICE):
        return _("Review") if inbox.reviewable(staff, answer.removeprefix(inbox.NOTICE)) else ""
    kind = None if answer == inbox.ALL else inbox.kind(staff, answer[1:])
    if kind is None:
        return _("Mark as seen")
    return _("It is answered") if inbox.QUESTION in kind.codes else _("Open")


def inbox_row(staff: Staff, answer: str, _: Words) -> TableRow:
    """One line: when it was, and a sentence."""
    if answer == inbox.ALL:
        return TableRow(_("All of these"), _("Mark every line below as seen"))
    if answer.startswith(inbox.NOTICE):
        code = answer.removeprefix(inbox.NOTICE)
        text = next(notice.text for notice in staff.data.notices if notice.code == code)
        return TableRow(_("This plan"), _(text), "warning")
    line = next(line for line in staff.data.inbox if line.key == answer.removeprefix(inbox.LINE))
    return TableRow(line.when or _("date not known"), _sentence(staff, line, _))


def _sentence(staff: Staff, line: InboxLine, _: Words) -> str:
    """A line is about the person of this kiosk, unless it says of whom."""
    told = inbox_words(_).get(line.code, _("Something that this version of the kiosk does not know"))
    detail = _(line.title) if line.title else told_words(line.code, line.detail, _)
    sentence = _("{what}: {detail}.").format(what=told, detail=detail) if detail else _("{what}.").format(what=told)
    if line.person and (staff.person is None or line.person != staff.person.code):
        return _("{sentence} Somebody who was here before: {code}.").format(sentence=sentence, code=line.person)
    return sentence


def told_words(code: str, detail: str, _: Words) -> str:
    """The detail of a line of the inbox, in words: what the person asks, where they saw it, why a film is gone."""
    kinds: dict[str, type[StrEnum]] = {"question": QuestionTopic, "saw-movement": Region}
    if code not in kinds:
        return clip_reasons(_).get(detail, "")
    found = next((value for value in kinds[code] if value.value == detail), None)
    return _(label(found)) if found is not None else ""


def clip_reasons(_: Words) -> dict[str, str]:
    """Code → the reason why a film was not kept."""
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
