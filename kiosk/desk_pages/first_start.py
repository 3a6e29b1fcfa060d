"""The first start as a scene: which words, which three buttons. No pixels and no time of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kiosk import choosing
from kiosk.care.person import Role
from kiosk.care.words import label, number_words
from kiosk.desk_pages.items import language_words, setting_words
from kiosk.first_start import pages
from kiosk.first_start.calling import LENGTHS, NUMBERS, lines
from kiosk.first_start.model import DIAGONALS_INCH, INCH_MM, PAGES, FirstPlace, FirstStart, pages_left, width_of
from kiosk.first_start.pages import answers, direct, earlier, language_of, way_of
from kiosk.present.look import guide_words
from kiosk.screens.scene import Choice, Digits, Mark, Menu, NoteScene, PictureScene, Scene, StepScene, Strip
from kiosk.session.prompts import CHOOSE, TEXTS
from kiosk.signals import Button
from kiosk.words import Words, words

SAID = "settle-in"
"""The prompt that is spoken as a trial: a calm one."""


@dataclass(frozen=True, slots=True)
class CameraView:
    """News of the camera, beside the words: whether there is a picture (``live``), and ``framing`` advice."""

    live: bool = False
    framing: str = ""


NO_CAMERA = CameraView()


def present_first(state: FirstStart, notice: str, _: Words, view: CameraView = NO_CAMERA) -> Scene:
    """The scene of ``state`` as it stands, but for the pages of the desk; ``notice`` is one line about what is missing.

    Where something is being stored no button is lit.
    """
    if state.place is FirstPlace.CAMERA:
        return _camera(state, notice, _, view)
    if state.place is FirstPlace.CALL_NUMBER:
        return _number(state, notice, _)
    if state.place in _QUESTIONS:
        return _menu(state, notice, _)
    return _note(state, notice, _)


def page_words(_: Words) -> dict[FirstPlace, str]:
    """Page → its name in a list."""
    return {
        FirstPlace.LANGUAGE: _("Language"),
        FirstPlace.SCREEN: _("Size of the letters"),
        FirstPlace.BUTTONS: _("Buttons and lamps"),
        FirstPlace.CAMERA: _("Camera and light"),
        FirstPlace.SOUND: _("Sound"),
        FirstPlace.DATE: _("Date and time"),
        FirstPlace.PIN: _("PIN"),
        FirstPlace.CALL: _("Whom to call"),
        FirstPlace.TEAM: _("Nurse"),
        FirstPlace.PERSON: _("First person"),
    }


def left_words(pages: tuple[FirstPlace, ...], _: Words) -> str:
    """The pages that are left, in one line."""
    names = page_words(_)
    return ", ".join(names[page] for page in pages)


def _name(state: FirstStart) -> str:
    return f"first-{state.place}"


def _red(state: FirstStart, _: Words) -> str:
    if state.finishing is not None:
        return ""
    if (state.place in PAGES and earlier(state) is None) or state.place is FirstPlace.RESUME:
        return _("Later")
    return "" if state.place in (FirstPlace.END, FirstPlace.NOT_STORED) else _("Back")


def _direct(names: Sequence[str], state: FirstStart, _: Words) -> Strip:
    """Green is the first answer, amber the second."""
    green, amber, *_rest = (*names, "", "")
    return Strip(green, amber, _red(state, _))


def _keys(state: FirstStart, _: Words) -> str:
    return _("Keys: SPACE is green, TAB amber, ESC red.") if state.data.keys else ""


# Menus.


def _menu(state: FirstStart, notice: str, _: Words) -> Menu:
    if state.place is FirstPlace.LANGUAGE:
        _ = _of_languages(state)
    title, text = _QUESTIONS[state.place](state, _)
    found = answers(state)
    choices: tuple[Choice, ...] = tuple(_choice(state, answer, _) for answer in found)
    if direct(state):
        labels = [choice.label for choice in choices]
        strip, choices = _direct(labels, state, _), ()
    else:
        amber = _("Next") if choosing.moves(state.cursor, len(found)) else ""
        strip = Strip(_("Choose") if state.cursor is not None and found else "", amber, _red(state, _))
    return Menu(
        name=_name(state),
        strip=strip,
        notice=notice,
        # What the person reads is shown as large as the person sees it.
        staff=state.place is not FirstPlace.READABLE,
        title=title,
        text=text,
        choices=choices,
        index=state.cursor if choices else None,
    )


def _of_languages(state: FirstStart) -> Words:
    """Texts in the language that is pointed at; as long as none is, in each, since nobody has chosen one yet."""
    found = answers(state)
    if state.cursor is not None and state.cursor < len(found):
        return words(found[state.cursor])
    return lambda text: " · ".join(dict.fromkeys(words(code)(text) for code in state.data.languages))


def _languages(state: FirstStart, _: Words) -> tuple[str, str]:
    names = dict.fromkeys(words(code)("Language") for code in state.data.languages)
    return " · ".join(names), _keys(state, _)


def _screen(_state: FirstStart, _: Words) -> tuple[str, str]:
    return _("How large is the screen?"), _("Measure the picture from one corner to the far one.")


def _readable(state: FirstStart, _: Words) -> tuple[str, str]:
    if state.message:
        return _("Can you read this?"), _("Move the screen nearer. Then look again.")
    text = _("Look from where the person will lie, {m} m away.")
    return _("Can you read this?"), text.format(m=number_words(state.data.near_m, _))


def _sound(state: FirstStart, _: Words) -> tuple[str, str]:
    if state.data.sound_problem:
        told = _("No sound can be made: {why}. The kiosk works without: the screen shows every sentence.")
        return _("Sound"), told.format(why=state.data.sound_problem)
    told = _("A tone, then: “{text}” Loudness: {level}.")
    said, level = _(TEXTS[SAID].text), setting_words("sound.volume", str(state.data.volume), _)
    return _("Do you hear it?"), told.format(text=said, level=level)


def _call(_state: FirstStart, _: Words) -> tuple[str, str]:
    text = _("Shown when the person tells of a warning sign. Other words go into the settings file.")
    return _("Whom does the person call?"), text


def _call_length(_state: FirstStart, _: Words) -> tuple[str, str]:
    return _("How many digits has the number?"), ""


def _team(state: FirstStart, _: Words) -> tuple[str, str]:
    here = ", ".join(_slot(slot, role, _) for slot, role in state.data.slots)
    told = _("Each has a PIN of their own. So far: {who}.").format(who=here) if here else _("Nobody has a PIN yet.")
    return _("Who works with this kiosk?"), told


def _slot(slot: str, role: Role, _: Words) -> str:
    return _("{role} {n}").format(role=_(label(role)), n=slot.rpartition("-")[2])


_QUESTIONS: dict[FirstPlace, Callable[[FirstStart, Words], tuple[str, str]]] = {
    FirstPlace.LANGUAGE: _languages,
    FirstPlace.SCREEN: _screen,
    FirstPlace.READABLE: _readable,
    FirstPlace.SOUND: _sound,
    FirstPlace.CALL: _call,
    FirstPlace.CALL_LENGTH: _call_length,
    FirstPlace.TEAM: _team,
}


def _choice(state: FirstStart, answer: str, _: Words) -> Choice:
    if state.place is FirstPlace.LANGUAGE:
        return Choice(language_words(answer, _), words(answer)(CHOOSE))
    if state.place is FirstPlace.CALL_LENGTH and answer in LENGTHS:
        return Choice(answer)
    if state.place is FirstPlace.CALL and answer in NUMBERS:
        return Choice(_("The call bell, or {number}").format(number=answer))
    inches = {str(width_of(diagonal)): diagonal for diagonal in DIAGONALS_INCH}
    if state.place is FirstPlace.SCREEN and answer in inches:
        cm = round(inches[answer] * INCH_MM / 10)
        return Choice(_("{cm} cm").format(cm=cm), _("{n} inches").format(n=number_words(inches[answer], _)))
    return Choice(_words(state, _)[answer])


def _words(state: FirstStart, _: Words) -> dict[str, str]:
    """Answer → its name, at the present place."""
    go = {
        FirstPlace.READABLE: _("Yes"),
        FirstPlace.BUTTONS: _("Yes"),
        FirstPlace.CALL_WORDS: _("Use this"),
        FirstPlace.DATE: _("Set it now"),
        FirstPlace.PERSON: _("Set up now"),
        FirstPlace.END: _("Home"),
    }
    other = {FirstPlace.READABLE: _("No"), FirstPlace.BUTTONS: _("No")}
    return {
        pages.GO: go.get(state.place, _("Go on")),
        pages.OTHER: other.get(state.place, _("Other words")),
        pages.LATER: _("I hear nothing") if state.place is FirstPlace.SOUND else _("Later"),
        pages.HEARD: _("Yes, as loud as it should be"),
        pages.LOUDER: _("Louder"),
        pages.SOFTER: _("Softer"),
        pages.AGAIN: _("Once more"),
        pages.BELL: _("The call bell"),
        pages.OWN: _("The call bell, or a number of our own"),
        pages.KEEP: _("As it is now"),
        pages.ENOUGH: _("Nobody else"),
        Role.NURSE: _("Add a nurse"),
        Role.THERAPIST: _("Add a therapist"),
    }


# Notes.


def _note(state: FirstStart, notice: str, _: Words) -> NoteScene:
    title, told, mark = _NOTES.get(state.place, _moment)(state, _)
    names = [_words(state, _)[answer] for answer in answers(state)]
    strip = _direct(names, state, _)
    if state.place is FirstPlace.BUTTONS and state.asked is not None:
        # The one that is asked for, and no other, is lit: it goes dark when it is pressed.
        strip = Strip(**{state.asked.value: _("Press")})
    return NoteScene(name=_name(state), strip=strip, notice=notice, staff=True, title=title, lines=told, mark=mark)


NoteParts = tuple[str, tuple[str, ...], Mark]


def _moment(_state: FirstStart, _: Words) -> NoteParts:
    return _("One moment"), (), Mark.NONE


def _resume(state: FirstStart, _: Words) -> NoteParts:
    open_pages = [page for page in PAGES if page not in state.progress.done]
    told = [_("Done: {n} of {all} pages.").format(n=len(PAGES) - len(open_pages), all=len(PAGES))]
    if state.walk:
        told.append(_("Next: {page}.").format(page=page_words(_)[state.walk[0]]))
    if state.message == pages.NOT_THERAPIST:
        told = [_("A therapist has to go on with it. You entered as a nurse.")]
    return _("First start"), tuple(told), Mark.NONE


def _buttons(state: FirstStart, _: Words) -> NoteParts:
    names = {Button.GREEN: _("green"), Button.AMBER: _("amber"), Button.RED: _("red")}
    if state.asked is None:
        dead = ", ".join(names[button] for button in pages.ORDER if button in state.dead)
        told = (_("Did not answer: {buttons}. Check the cable.").format(buttons=dead),) if dead else ()
        return _("Did each lamp go out when you pressed?"), (*told, _("Buttons work without lamps, too.")), Mark.NONE
    title = {
        Button.GREEN: _("Press the green button"),
        Button.AMBER: _("Press the amber button"),
        Button.RED: _("Press the red button"),
    }[state.asked]
    if state.wrong is None:
        return title, tuple(filter(None, (_("Its lamp is lit, and goes out."), _keys(state, _)))), Mark.NONE
    other = _("If {button} does nothing, press the same one again: it goes on without.")
    was = _("That was {button}.").format(button=names[state.wrong])
    return title, (was, other.format(button=names[state.asked])), Mark.NONE


def _call_words(state: FirstStart, _: Words) -> NoteParts:
    # Once the last language is chosen it stands there until it is stored.
    at = len(state.call.chosen) < len(state.data.languages)
    if not at:
        return _moment(state, _)
    language = language_of(state)
    told = lines(way_of(state), state.call.number, words(language))
    none = _("Nothing of your own in this language. The kiosk’s own words come first there.")
    return language_words(language, _), told or (none,), Mark.BELL


def _date(_state: FirstStart, _: Words) -> NoteParts:
    told = _("Look at a watch. Without a date the kiosk keeps movements closed where it has to count the days.")
    return _("Date and time"), (told,), Mark.NONE


def _person(_state: FirstStart, _: Words) -> NoteParts:
    return _("First person"), (_("Side and language are enough to begin with care. The rest can follow."),), Mark.NONE


def _not_stored(_state: FirstStart, _: Words) -> NoteParts:
    told = (
        _("The card does not take it now. Tell your technician."),
        _("It is kept until the power goes, and stored as soon as that can be."),
    )
    return _("Not stored yet"), told, Mark.WARNING


def _end(state: FirstStart, _: Words) -> NoteParts:
    left = pages_left(replace(state.data, progress=state.progress))
    if not left:
        return _("The kiosk is set up"), (_("Show the person the three buttons."),), Mark.TICK
    told = _("Left for later: {pages}.").format(pages=left_words(left, _))
    return _("The kiosk is set up"), (told, _("Staff find it in their menu.")), Mark.TICK


_NOTES: dict[FirstPlace, Callable[[FirstStart, Words], NoteParts]] = {
    FirstPlace.RESUME: _resume,
    FirstPlace.BUTTONS: _buttons,
    FirstPlace.CALL_WORDS: _call_words,
    FirstPlace.DATE: _date,
    FirstPlace.PERSON: _person,
    FirstPlace.NOT_STORED: _not_stored,
    FirstPlace.END: _end,
}


# The camera, and a number.


def _camera(state: FirstStart, notice: str, _: Words, view: CameraView) -> StepScene:
    names = [_words(state, _)[answer] for answer in answers(state)]
    told = guide_words(_).get(view.framing, "") or (_("There is enough light.") if view.framing == "ok" else "")
    sentence = _("Lie where the person will lie. Is there enough light?")
    if not view.live:
        sentence = _("The camera is starting.")
    if not view.live and state.data.camera_problem:
        sentence = _("No camera answers. The kiosk works without a picture: green goes on.")
    return StepScene(
        name=_name(state),
        strip=_direct(names, state, _),
        notice=notice,
        staff=True,
        sentence=sentence,
        label=told if view.live else "",
        picture=PictureScene.LIVE if view.live else PictureScene.MISSING,
    )


def _number(state: FirstStart, notice: str, _: Words) -> Digits:
    turn = _("Amber turns the digit, green takes it, red takes one back. A keyboard works too.")
    return Digits(
        name=_name(state),
        strip=Strip(_("Take it"), _("Turn"), _("Back")),
        notice=notice,
        staff=True,
        title=_("Which number?"),
        text=_("Noughts alone are no number. Once more, please.") if state.message else turn,
        given=len(state.digits),
        length=state.length,
        current=state.turning,
        shown=state.digits,
        groups=((_("Number"), state.length),),
    )
