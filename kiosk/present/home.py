"""The home as a scene: the day's plan, why the rest is closed, the cards. No pixels and no time of its own."""

from __future__ import annotations

from kiosk import choosing
from kiosk.care.again import Again
from kiosk.care.words import label
from kiosk.home import model
from kiosk.home.machine import NEUTRAL, answers, direct
from kiosk.home.model import TIGHTNESS, Home, HomePlace, Offer
from kiosk.home.places import pages_of, picked
from kiosk.home.turn import BUTTONS
from kiosk.present.ending import again_words
from kiosk.present.looking_back import present_look
from kiosk.present.own import lesson, own_choice, own_green, own_message, own_question, own_words
from kiosk.screens.scene import Choice, Mark, Menu, NoteScene, Scene, Strip
from kiosk.words import Words

CARD_MARKS = {"eye-care": Mark.EYE, "call-for-help": Mark.BELL}


def present_home(home: Home, notice: str, _: Words) -> Scene:
    """The scene of ``home`` as it stands; ``notice`` is one line about something missing, which hides no other news."""
    person = home.data.person
    if person is not None and person.flags and home.place not in NEUTRAL:
        # The trace that a red flag leaves, in words that tell nobody else what it was.
        notice = " ".join(filter(None, (notice, _("Please tell staff before you practise."))))
    if home.place in _MENUS or (home.place is HomePlace.WELCOME and answers(home)):
        return _menu(home, notice, _)
    return _note(home, notice, _)


_MENUS = frozenset((HomePlace.LIST, HomePlace.FORM, HomePlace.RATE, HomePlace.CARDS)) | {
    *(HomePlace.TELL, HomePlace.SAW, HomePlace.ASK, HomePlace.OWN, HomePlace.WISH, HomePlace.REMIND)
}


def _name(home: Home) -> str:
    return "home" if home.place is HomePlace.LIST else f"home-{home.place}"


def answer_words(home: Home, _: Words) -> dict[str, str]:
    """Answer → its name on the screen."""
    words = {
        model.BACK: _("Back"),
        model.RESUME: _("Go on with your session"),
        model.CARDS: _("Good to know"),
        model.LOOK: _("Looking back"),
        model.TELL: _("For my therapist"),
        model.OWN: _("For me"),
        model.TRY: _("Try it with a made-up person"),
        model.FIRST_START: _("Set this kiosk up"),
        model.FULL: _("Full"),
        model.SHORT: _("Short"),
        model.START: _("Start"),
        model.AGAIN: _("Change"),
        model.NEXT: _("Next"),
        model.PREVIOUS: _("Before"),
        model.OK: _("Back"),
        TIGHTNESS[0]: _("Loose"),
        TIGHTNESS[1]: _("A little tight"),
        TIGHTNESS[2]: _("Tight"),
        TIGHTNESS[3]: _("Very tight"),
        **own_words(home, _),
    }
    words |= {offer.programme: _(offer.title) for offer in home.data.offers if home.place is HomePlace.LIST}
    if home.data.next in words:
        words[home.data.next] = _("Today: {programme}").format(programme=words[home.data.next])
    words |= {card.id: _(card.title) for card in home.data.cards if home.place is HomePlace.CARDS}
    return words


def _menu(home: Home, notice: str, _: Words) -> Scene:
    title, text = _question(home, _)
    words, found = answer_words(home, _), answers(home)
    choices: tuple[Choice, ...] = ()
    if direct(home):
        strip = Strip(words[found[0]], words[found[1]], _("Back"))
    else:
        choices = tuple(_choice(home, answer, words[answer], _) for answer in found)
        amber = _("Next") if choosing.moves(home.cursor, len(found)) else ""
        strip = Strip(_green(home, found, _), amber, "" if home.place is HomePlace.WELCOME else _("Back"))
    if home.data.single_switch:
        strip = Strip(_("Choose"))
    return Menu(
        name=_name(home),
        strip=strip,
        notice=notice,
        clock={HomePlace.LIST: home.data.time_line, HomePlace.WELCOME: home.data.clock_line}.get(home.place, ""),
        title=title,
        text=text,
        choices=choices,
        index=home.cursor,
    )


def _question(home: Home, _: Words) -> tuple[str, str]:
    offer, region = home.offer, home.region
    texts = {
        HomePlace.WELCOME: (_("Welcome"), " ".join(_welcome(home, _))),
        HomePlace.LIST: (home.data.day_line or _("Your plan"), _greeting(home, _)),
        HomePlace.FORM: (_(offer.title) if offer else "", _forms(offer, _)),
        HomePlace.RATE: (_(label(region)) if region else "", _("How does it feel?")),
        HomePlace.CARDS: (_("Good to know"), ""),
    }
    return own_question(home, _) or texts[home.place]


def _greeting(home: Home, _: Words) -> str:
    """A line above the plan, for somebody who comes back, or who is done; never about what was not done."""
    if home.data.back:
        return _("Welcome back. Let’s start small.")
    return _("All done for today.") if home.data.done else ""


def _forms(offer: Offer | None, _: Words) -> str:
    if offer is None or not offer.minutes:
        return _("Full or short?")
    full, short = minutes_words(offer.minutes, _), minutes_words(offer.short_minutes, _)
    return _("Full: {full}. Short: {short}.").format(full=full, short=short)


def _welcome(home: Home, _: Words) -> tuple[str, ...]:
    """Sentences on how staff come in, and in a window on which keys are the buttons."""
    keys = (_("Keys: SPACE is green, TAB amber, ESC red."),) if home.data.keys else ()
    return (_("Staff: hold green and amber for three seconds."), *keys)


def _choice(home: Home, answer: str, words: str, _: Words) -> Choice:
    if home.place is not HomePlace.LIST:
        return own_choice(home, answer, words, _)
    if answer == model.TELL and any(question.answered for question in home.data.own.questions):
        return Choice(words, _("answered"), mark=Mark.TICK)
    if answer == BUTTONS:
        return Choice(words, minutes_words(1, _))
    if answer == model.RESUME and home.data.interrupted:
        return Choice(words, _(home.data.interrupted.title))
    offer = next((o for o in home.data.offers if o.programme == answer), None)
    if offer is None:
        return Choice(words)
    return Choice(words, _row_note(offer, _), closed=not offer.verdict.open)


def _row_note(offer: Offer, _: Words) -> str:
    """Of what is open its minutes, and how much is done today; of what is closed the time, or whom to ask."""
    if offer.verdict.open:
        minutes = minutes_words(offer.minutes, _) if offer.minutes else ""
        return " · ".join(filter(None, (minutes, _times(offer, _))))
    if offer.again in (Again.LATER, Again.TOMORROW):
        return again_words(offer.again, offer.again_at, _, offer.again_min)
    return reason_words(_).get(offer.verdict.reasons[0].code, _("Ask your therapist."))


def reason_words(_: Words) -> dict[str, str]:
    """Reason → the same in few words, for a row; the therapist opens every other one.

    They tell nobody else what was said. What passes by itself says when instead (``again_words``).
    """
    return {
        "no-person": _("Ask staff."),
        "paused": _("Paused for now."),
        "flag": _("Ask staff first."),
        "three-months": _("Opens later."),
        "six-weeks": _("Opens later."),
        "not-stiff": _("Only if you feel stiff."),
        "no-touch": _("No touch for now."),
        "nothing-left": _("Nothing fits today."),
        "stuck": _("The red button is stuck."),
        "pain": _("Not any more today."),
    }


def minutes_words(minutes: int, _: Words) -> str:
    """``9 min``."""
    return _("{minutes} min").format(minutes=minutes)


def _times(offer: Offer, _: Words) -> str:
    """The times that it was done today, where it was done at all, and is meant."""
    if offer.done and offer.done >= offer.meant:
        return _("done today")
    if offer.done:
        return _("{done} of {meant} done").format(done=offer.done, meant=offer.meant)
    if offer.meant < 2:
        return ""
    return _("twice today") if offer.meant == 2 else _("{n} times today").format(n=offer.meant)


def _green(home: Home, found: tuple[str, ...], _: Words) -> str:
    if home.cursor is None:
        return ""
    if home.place is HomePlace.WELCOME:
        return _("Start")
    if home.place is not HomePlace.LIST:
        return own_green(home, found[home.cursor], _)
    offer = next((o for o in home.data.offers if o.programme == found[home.cursor]), None)
    if offer is not None:
        return _("Start") if offer.verdict.open else _("Why?")
    return _("Open")


def _note(home: Home, notice: str, _: Words) -> Scene:
    words, found = answer_words(home, _), answers(home)
    labels = [words[answer] for answer in found]
    if home.data.single_switch and found:
        strip = Strip(labels[home.cursor] if home.cursor is not None else "")
    elif home.place in NEUTRAL:
        strip = Strip(_("Home"), _("Home"), _("Home"))
    elif home.place is HomePlace.WELCOME:
        strip = Strip()
    else:
        strip = Strip(labels[0], labels[1] if len(labels) > 1 else "", _("Back"))
    if home.place is HomePlace.LEARN:
        return lesson(home, notice, _name(home), _)
    if home.place is HomePlace.LOOK:
        return present_look(home, strip, notice, _name(home), _)
    title, lines, mark = _message(home, _)
    quiet = home.place in (*NEUTRAL, HomePlace.WELCOME)
    return NoteScene(
        name=_name(home),
        strip=strip,
        notice=notice,
        clock=home.data.clock_line if quiet else "",
        title=title,
        lines=lines,
        mark=mark,
        calls=home.place is HomePlace.CALLED,
        page=home.page + 1,
        pages=pages_of(home) if home.place is HomePlace.CARD else 1,
    )


def _message(home: Home, _: Words) -> tuple[str, tuple[str, ...], Mark]:
    if home.place is HomePlace.ASLEEP:
        waited = (_("Nobody answered, so the kiosk went back here."),) if home.unanswered else ()
        return _("Ready when you are"), (*waited, _("Press any button.")), Mark.MOON
    if home.place is HomePlace.WELCOME:
        return _("Welcome"), _welcome(home, _), Mark.HEART
    if home.place is HomePlace.PICKED:
        title = _("These two today") if len(picked(home)[0]) > 1 else _("This one today")
        return title, _picked(home, _), Mark.HAND
    if (own := own_message(home, _)) is not None:
        return own
    if home.place is HomePlace.CARD and home.card:
        page = min(home.page, len(home.card.pages) - 1)
        return _(home.card.title), (_(home.card.pages[page]),), CARD_MARKS.get(home.card.id, Mark.NONE)
    reasons = home.offer.verdict.reasons if home.offer else ()
    title = _(home.offer.title) if home.offer else _("Not now")
    # One thing at a time: the most lasting reason stands first, and is the one to act on.
    lines = [_(reason.text) for reason in reasons[:1]]
    if home.offer and home.offer.again is Again.LATER:
        lines.append(again_words(home.offer.again, home.offer.again_at, _, home.offer.again_min))
    return title, tuple(lines), Mark.LOCK


def _picked(home: Home, _: Words) -> tuple[str, ...]:
    """The reason for these regions, and the minutes that they take."""
    regions, why = picked(home)
    minutes = dict(home.offer.regions_minutes).get(regions, 0) if home.offer else 0
    return (_(why), minutes_words(minutes, _)) if minutes else (_(why),)
