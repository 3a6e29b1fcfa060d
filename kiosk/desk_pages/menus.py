"""The staff desk as a scene: which words, which digits, which three buttons. No pixels and no time of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kiosk import choosing
from kiosk.care.model import Side
from kiosk.care.words import day_words
from kiosk.desk import pin
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.turn import Style
from kiosk.desk_pages.answers import (
    Lines,
    answer_choice,
    answer_row,
    consent_words,
    drawing,
    row_does,
    withdrawal_words,
)
from kiosk.desk_pages.bringing import brought_keys
from kiosk.desk_pages.doses import dose_asked, doses_title
from kiosk.desk_pages.items import (
    here_words,
    item_words,
    pedal_words,
    person_words,
    reason_words,
    regions_words,
    setting_asked,
    slot_words,
    value_words,
)
from kiosk.desk_pages.lids import NO_VIEW, LidsView, present_lids, which_words
from kiosk.desk_pages.notes import NOTES, note
from kiosk.desk_pages.plan import begun_words, left_words, progress_line, seen_words
from kiosk.desk_pages.scores import SCORE_PLACES, range_words, score_asked
from kiosk.desk_pages.sticks import (
    carrying,
    erase_whom_words,
    erase_words,
    former_words,
    protection_slip,
    sure_words,
    whom_words,
)
from kiosk.desk_pages.update import update_title
from kiosk.desk_pages.voice import present_sentence, voice_asked
from kiosk.menus import scores
from kiosk.menus.staff import length, options, style
from kiosk.menus.work import CLOCK
from kiosk.planning import lids, summary
from kiosk.planning.items import LAST, NEEDS, ONE, PRACTICE, WHO, allowable
from kiosk.screens.scene import Digits, Mark, Menu, Scene, Strip, TableScene
from kiosk.words import Words

TABLES = frozenset(
    (
        StaffPlace.INBOX,
        StaffPlace.PROGRAMMES,
        StaffPlace.REVIEW,
        StaffPlace.SETTINGS,
        StaffPlace.STATUS,
        StaffPlace.LOG,
        StaffPlace.DOSES,
        StaffPlace.SCORES,
        StaffPlace.STANDARD_SET,
        StaffPlace.REPLAYS,
        StaffPlace.BROUGHT,
        StaffPlace.BROUGHT_PROGRAMMES,
        StaffPlace.BROUGHT_VOICE,
        StaffPlace.UPDATE,
    )
)


def present_staff(
    staff: Staff, notice: str, _: Words, lines: Lines = (), view: LidsView = NO_VIEW, *, saving: bool = False
) -> Scene:
    """The scene of ``staff`` as it stands; ``notice`` is one line about something missing.

    ``lines``: those of the face at this moment of the replay that is looked at. ``view``: what those who look say while
    lids are taken. ``saving``: what staff did last does
    not survive a power cut yet, and is not called saved.
    """
    if staff.place is StaffPlace.REPLAY:
        return drawing(staff, notice, _, lines)
    if staff.place in lids.WATCHED:
        return present_lids(staff, notice, _, view)
    if staff.place is StaffPlace.VOICE_SENTENCE and staff.booth is not None:
        return present_sentence(staff, staff.booth, notice, _)
    if staff.place is StaffPlace.CARRYING:
        return carrying(staff, notice, _)
    if staff.place is StaffPlace.BROUGHT_KEYS:
        return brought_keys(staff, notice, _)
    if (slip := protection_slip(staff, notice, _)) is not None:
        return slip
    if style(staff) is Style.DIGITS:
        return _digits(staff, notice, _)
    if staff.place in TABLES and options(staff):
        return _table(staff, notice, _)
    if staff.place in NOTES or not options(staff):
        return note(staff, notice, scene_name(staff), _red(staff, _), _, saving=saving)
    return _menu(staff, notice, _)


def scene_name(staff: Staff) -> str:
    """The stable name of the present screen."""
    if staff.place in (StaffPlace.ITEM, StaffPlace.SETTING, StaffPlace.DATE, StaffPlace.SAVED):
        subject = staff.frame.about[0].replace("_", "-").replace(".", "-")
        return f"staff-{staff.place}-{subject}"
    return f"staff-{staff.place}"


def _red(staff: Staff, _: Words) -> str:
    if staff.place is StaffPlace.DISCARD:
        return _("Do not save")
    return _("Back") if len(staff.frames) > 1 or staff.part is not None else _("Home")


def _strip(staff: Staff, green: str, _: Words) -> Strip:
    amber = _("Next") if choosing.moves(staff.frame.cursor, len(options(staff))) else ""
    return Strip(green if staff.frame.cursor is not None else "", amber, _red(staff, _))


# Digits.


def _digits(staff: Staff, notice: str, _: Words) -> Scene:
    frame = staff.frame
    title, text = _asked(staff, _)
    secret = staff.place not in (StaffPlace.DATE, StaffPlace.SCORE_DIGITS)
    return Digits(
        name=scene_name(staff),
        strip=Strip(_("Take it"), _("Turn"), _red(staff, _)),
        notice=notice,
        staff=True,
        title=title,
        text=_message(staff, _) or text,
        given=len(frame.digits),
        length=length(staff),
        current=frame.turning,
        shown="" if secret else frame.digits,
        groups=() if secret else _groups(staff, _),
    )


def _groups(staff: Staff, _: Words) -> tuple[tuple[str, int], ...]:
    if staff.place is StaffPlace.SCORE_DIGITS and (found := scores.scale(staff)) is not None:
        return ((_("Number"), scores.whole_digits(found)), *(((_("Tenths"), 1),) if found.places else ()))
    day = ((_("Day"), 2), (_("Month"), 2), (_("Year"), 4))
    return (*day, (_("Hour"), 2), (_("Minute"), 2)) if staff.frame.about[0] == CLOCK else day


def _asked(staff: Staff, _: Words) -> tuple[str, str]:
    turn = _("Amber turns the digit, green takes it, red takes one back. A keyboard works too.")
    about = staff.frame.about
    if staff.place is StaffPlace.PIN:
        return _("PIN of {who}").format(who=slot_words(staff.slot, staff, _)), turn
    if staff.place is StaffPlace.NEW_PIN:
        return _("A new PIN"), " ".join((_("Six digits that you will remember and nobody guesses."), turn))
    if staff.place is StaffPlace.NEW_PIN_AGAIN:
        return _("The same PIN again"), turn
    if staff.place is StaffPlace.SCORE_DIGITS and (found := scores.scale(staff)) is not None:
        return _(found.title), " ".join((range_words(found, _), turn))
    titles = {
        CLOCK: (_("What time is it?"), " ".join((_("As your watch says."), turn))),
        "onset": (_("When did it begin?"), turn),
        "pause": (_("Until when does everything rest?"), turn),
        "ticks": (_("When was it seen?"), turn),
        "injection": (_("When was it given?"), turn),
        scores.SCORES: (_("On which day was it taken?"), turn),
        "until": (_("No touch until when?"), turn),
    }
    return titles[about[0]]


def _message(staff: Staff, _: Words) -> str:
    message, left = staff.frame.message, pin.left(staff.tries(staff.slot))
    words = {
        "wrong": _("That was not the PIN. Tries left: {n}").format(n=left),
        "easy": _("Too easy to guess. Choose another one."),
        "differ": _("The two were not the same. Once more, please."),
        "no-date": _("There is no such date. Once more, please."),
        "too-late": _("That day is yet to come. Once more, please."),
        "too-early": _("That day is too early. Once more, please."),
        "out-of-range": _("The scale has no such number. Once more, please."),
    }
    return words.get(message, "")


# Tables.


def _table(staff: Staff, notice: str, _: Words) -> Scene:
    titles = {
        StaffPlace.INBOX: _("Since you last looked"),
        StaffPlace.PROGRAMMES: _("Programmes"),
        StaffPlace.REVIEW: _("This plan"),
        StaffPlace.SETTINGS: _("Settings"),
        StaffPlace.STATUS: _("Status"),
        StaffPlace.LOG: _("What was done"),
        StaffPlace.REPLAYS: _("Line drawings"),
        StaffPlace.SCORES: _("Your own scales"),
        StaffPlace.STANDARD_SET: _("Standard set"),
        StaffPlace.DOSES: doses_title(staff, _) if staff.place is StaffPlace.DOSES else "",
        StaffPlace.BROUGHT: _("What the stick brought"),
        StaffPlace.BROUGHT_PROGRAMMES: _("Programmes from the stick"),
        StaffPlace.BROUGHT_VOICE: _("Recordings from the stick"),
        StaffPlace.UPDATE: update_title(staff, _),
    }
    found, cursor = options(staff), staff.frame.cursor
    green = row_does(staff, found[cursor], _) if cursor is not None else ""
    return TableScene(
        name=scene_name(staff),
        strip=_strip(staff, green, _),
        notice=notice,
        clock=staff.data.clock_line,
        staff=True,
        title=titles[staff.place],
        rows=tuple(answer_row(staff, answer, _) for answer in found),
        index=cursor,
    )


# Menus.


def _menu(staff: Staff, notice: str, _: Words) -> Scene:
    title, text = _question(staff, _)
    found = options(staff)
    choices = tuple(answer_choice(staff, answer, _) for answer in found)
    if style(staff) is Style.DIRECT:
        second = choices[1].label if len(choices) > 1 else ""
        strip, choices = Strip(choices[0].label, second, _red(staff, _)), ()
    else:
        green = {StaffPlace.MENU: _("Open"), StaffPlace.REGIONS: _("Pick"), StaffPlace.STAFF: _("Open")}
        saves = staff.place is StaffPlace.ITEM and staff.frame.about[1] in (ONE, LAST)
        strip = _strip(staff, _("Save") if saves else green.get(staff.place, _("Choose")), _)
    return Menu(
        name=scene_name(staff),
        strip=strip,
        notice=notice,
        clock=staff.data.clock_line if staff.place is StaffPlace.MENU else progress_line(staff, _),
        staff=True,
        title=title,
        text=text,
        choices=choices,
        index=staff.frame.cursor if choices else None,
        mark=_mark(staff),
    )


def _mark(staff: Staff) -> Mark:
    if staff.place is StaffPlace.TOUCH and staff.draft is not None:
        return Mark.FACE_LEFT if staff.draft.side is Side.LEFT else Mark.FACE_RIGHT
    return Mark.NONE


def _question(staff: Staff, _: Words) -> tuple[str, str]:
    about, person = staff.frame.about, staff.draft or staff.person
    if staff.place is StaffPlace.ITEM and person is not None:
        name, question = item_words(_)[about[0]]
        told = [left_words(staff, _)]
        if not allowable(person, about[0]):
            told.insert(
                0, _("Closed until “{item}” is answered with no.").format(item=item_words(_)[NEEDS[about[0]]][0])
            )
        elif about[0] not in ("ticks", "injections", "doses"):
            told.insert(0, _("{item} now: {value}.").format(item=name, value=value_words(about[0], person, staff, _)))
        return question, " ".join(filter(None, told))
    return QUESTIONS[staff.place](staff, _)


def _person_asked(staff: Staff, _: Words) -> tuple[str, str]:
    titles = {PRACTICE: _("The plan: practice and care"), WHO: _("The plan: person and safety")}
    title = _("The person") if staff.person is None else titles[summary.half(staff)]
    return title, person_words(staff.person, _)


def _touch_words(staff: Staff, _: Words) -> tuple[str, str]:
    if staff.draft is not None and staff.draft.side is Side.LEFT:
        return _("Touch the LEFT cheek"), _("Ask the person to touch their own left cheek. Is that the affected side?")
    return _("Touch the RIGHT cheek"), _("Ask the person to touch their own right cheek. Is that the affected side?")


def _regions_asked(staff: Staff, _: Words) -> tuple[str, str]:
    given, *picked = staff.frame.about
    where = regions_words(tuple(picked), _) or _("none yet")
    return _("Where was it given?"), _("{day}: {regions}").format(day=_iso(given, _), regions=where)


def _until_words(staff: Staff, _: Words) -> tuple[str, str]:
    text = _("Given on {day}. Until then no massage and no releases there.")
    return _("No touch until when?"), text.format(day=_iso(staff.frame.about[0], _))


def _iso(day: str, _: Words) -> str:
    return day_words(date.fromisoformat(day), _)


def _programme_words(staff: Staff, _: Words) -> tuple[str, str]:
    found = next((o for o in staff.data.offers if o.programme == staff.frame.about[0]), None)
    if found is None:
        return "", ""
    by = found.reviewed_by or _("nobody at this site yet")
    text = _("Version {n}, reviewed by {who}.").format(n=found.version, who=by)
    reasons = [reason_words(reason.code, _) for reason in found.verdict.reasons[:2]]
    return _(found.title), " ".join((text, *reasons))


def _discharge_words(staff: Staff, _: Words) -> tuple[str, str]:
    text = _("{person}. The records stay. Cleaning follows.").format(person=person_words(staff.person, _))
    last = staff.data.handed_over
    carried = _("Last handed over: {when}.").format(when=last) if last else _("Never handed over.")
    return _("Discharge this person?"), f"{text} {carried}"


QUESTIONS: dict[StaffPlace, Callable[[Staff, Words], tuple[str, str]]] = {
    StaffPlace.SLOTS: lambda _staff, _: (_("Who is there?"), ""),
    StaffPlace.MENU: lambda staff, _: (slot_words(staff.slot, staff, _), person_words(staff.person, _)),
    StaffPlace.PERSON: _person_asked,
    StaffPlace.FORMER: lambda _staff, _: (_("Who was here before?"), _("The code stands on their sheet.")),
    StaffPlace.TOUCH: _touch_words,
    StaffPlace.SEEN: seen_words,
    StaffPlace.BEGUN: begun_words,
    StaffPlace.WHO: lambda _staff, _: (_("Who saw it?"), ""),
    StaffPlace.WHEN: lambda staff, _: (
        _("When was it seen?") if staff.frame.about[0] == "ticks" else _("When was it given?"),
        "",
    ),
    StaffPlace.REGIONS: _regions_asked,
    StaffPlace.UNTIL: _until_words,
    StaffPlace.DISCARD: lambda _staff, _: (_("Save your changes?"), _("Red leaves this plan as it was.")),
    StaffPlace.PROGRAMME: _programme_words,
    StaffPlace.DOSE: dose_asked,
    StaffPlace.DOSE_VALUE: dose_asked,
    StaffPlace.REASON: lambda _staff, _: (_("Why is it opened?"), _("Your slot and the reason are written down.")),
    StaffPlace.DISCHARGE: _discharge_words,
    StaffPlace.SETTING: setting_asked,
    StaffPlace.CONSENT: consent_words,
    StaffPlace.RECORDED: withdrawal_words,
    StaffPlace.HAND_OVER: whom_words,
    StaffPlace.HAND_OVER_WHO: former_words,
    StaffPlace.ERASE_WHO: erase_whom_words,
    StaffPlace.ERASE: erase_words,
    StaffPlace.ERASE_SURE: sure_words,
    StaffPlace.STAFF: lambda _staff, _: (_("Staff"), _("Choose somebody to set or withdraw their PIN.")),
    StaffPlace.STAFF_ONE: lambda staff, _: (
        slot_words(staff.frame.about[0], staff, _),
        " ".join(
            (
                _("{told}.").format(told=here_words(staff.frame.about[0], staff, _)),
                _("Without a PIN nobody comes in as them. What they signed keeps their name."),
            )
        ),
    ),
    StaffPlace.PEDALS: pedal_words,
    StaffPlace.LIDS_WHICH: which_words,
    **dict.fromkeys(SCORE_PLACES, score_asked),
    StaffPlace.VOICE: voice_asked,
    StaffPlace.VOICE_FROM: voice_asked,
    StaffPlace.VOICE_TAKE: voice_asked,
    StaffPlace.ROLE: lambda _staff, _: (_("Which role?"), ""),
}
"""Title and text of each menu."""
