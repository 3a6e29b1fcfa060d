"""The person's own places at home as scenes: telling the therapist, the wish, reminders, the lesson of buttons."""

from __future__ import annotations

from kiosk.care.own import QuestionTopic
from kiosk.care.words import day_words, label, time_words, weekday_words
from kiosk.home import own
from kiosk.home.model import Home, HomePlace
from kiosk.home.turn import ASK, BUTTONS, REMIND, SAW, WISH
from kiosk.home.wish import CHOICES, rests
from kiosk.screens.scene import Choice, Mark, NoteScene, Strip
from kiosk.words import Words, plural


def own_words(home: Home, _: Words) -> dict[str, str]:
    """Answer → its name, in the places that are the person's own."""
    place = home.place
    words = {
        SAW: _("I saw a new movement"),
        ASK: _("A question for my therapist"),
        WISH: _("My wish for the week"),
        REMIND: _("Reminders"),
        BUTTONS: _("Try the buttons"),
        own.KEEP: _("Keep this wish"),
        own.CHANGE: _("Choose another"),
        own.NO_WISH: _("No wish"),
    }
    if place is HomePlace.SAW:
        words |= {region.value: _(label(region)) for region in own.SEEN_AT}
    elif place is HomePlace.ASK:
        words |= {topic.value: _(label(topic)) for topic in QuestionTopic}
    elif place is HomePlace.WISH:
        words |= {str(days): days_words(days, _) for days in CHOICES}
    elif place is HomePlace.REMIND:
        words |= {str(hour): hour_words(hour) for hour in range(24)}
    return words


def days_words(days: int, _: Words) -> str:
    """``3 days a week``."""
    if days == CHOICES[-1]:
        return _("Every day")
    return plural(_, "1 day a week", "{n} days a week", days).format(n=days)


def hour_words(hour: int) -> str:
    """``08:00``."""
    return f"{hour:02d}:00"


def own_question(home: Home, _: Words) -> tuple[str, str] | None:
    """Title and text of a menu of the person's own; None: this place is none."""
    if home.place is HomePlace.TELL:
        return _("For my therapist"), _("Staff see it when they next look here.")
    if home.place is HomePlace.SAW:
        return _("A new movement"), _("Where did it come by itself?")
    if home.place is HomePlace.ASK:
        return _("A question for my therapist"), ""
    if home.place is HomePlace.OWN:
        return _("For me"), ""
    if home.place is HomePlace.WISH:
        return _("My wish for the week"), _wish_text(home, _)
    if home.place is HomePlace.REMIND:
        return _("Reminders"), _reminders_text(home, _)
    return None


def _wish_text(home: Home, _: Words) -> str:
    data = home.data
    if data.today is None:
        return _("A wish needs the date, and it is not set. Please tell staff.")
    if data.own.wish is None:
        return _("On how many days would you like to practise?")
    if rests(data.own.wish, data.today):
        days = days_words(data.own.wish.days, _)
        return _("Your wish is resting: {days}. Choose again when you like.").format(days=days)
    return _("Now: {days}.").format(days=days_words(data.own.wish.days, _))


def _reminders_text(home: Home, _: Words) -> str:
    data = home.data
    if data.own.reminders and data.reminder is None and not data.timed:
        return _("They wait: the time is not set. Please tell staff.")
    due = data.reminder
    if due is not None and due.skipped is not None:
        told = _("The clock skips {hour} on {day}: it comes at {time}.")
        day = weekday_words(due.at.date(), _)
        return told.format(hour=hour_words(due.skipped), day=day, time=time_words(due.at))
    if any(hour not in data.hours for hour in data.own.reminders):
        return _("It is quiet here at some of these hours.")
    return _("A soft tone and a light, up to three times a day.")


def own_choice(home: Home, answer: str, words: str, _: Words) -> Choice:
    """A row of a menu of the person's own: what was chosen, what was asked, what was answered."""
    data = home.data
    if home.place is HomePlace.OWN and answer == WISH and data.own.wish and not rests(data.own.wish, data.today):
        return Choice(words, days_words(data.own.wish.days, _))
    if home.place is HomePlace.OWN and answer == REMIND and data.own.reminders:
        return Choice(words, ", ".join(map(hour_words, data.own.reminders)))
    if home.place is HomePlace.OWN and answer == BUTTONS:
        return Choice(words, _("{minutes} min").format(minutes=1))
    if home.place is HomePlace.REMIND and answer.isdigit():
        return Choice(words, mark=Mark.TICK if int(answer) in data.own.reminders else Mark.NONE)
    if home.place is HomePlace.ASK:
        asked = next((question for question in data.own.questions if question.topic.value == answer), None)
        if asked is not None:
            note = _("answered") if asked.answered else _("asked")
            day = day_words(asked.day, _, year=False) if asked.day else ""
            return Choice(words, " ".join(filter(None, (note, day))), mark=Mark.TICK if asked.answered else Mark.NONE)
    return Choice(words)


def own_green(home: Home, answer: str, _: Words) -> str:
    """The word for green at a list of the person's own."""
    if home.place is HomePlace.REMIND and answer.isdigit():
        chosen = int(answer) in home.data.own.reminders
        return (_("Take away") if chosen else _("Set")) if own.may_turn(home, int(answer)) else ""
    return _("Choose")


def own_message(home: Home, _: Words) -> tuple[str, tuple[str, ...], Mark] | None:
    """Title, lines and drawing of a message of the person's own; None: this place is none."""
    if home.place is HomePlace.TOLD:
        return _("Thank you"), (_("Staff will see it. Your plan stays as it is until then."),), Mark.EYE
    if home.place is HomePlace.ASKED:
        lines = (_("Your therapist will see your question."), _("For help now, press your call bell."))
        return _("Thank you"), lines, Mark.HEART
    if home.place is HomePlace.WEEK and home.data.own.wish is not None:
        wish = _("Your wish for the week: {days}.").format(days=days_words(home.data.own.wish.days, _))
        return _("A new week"), (wish,), Mark.HEART
    if home.place is HomePlace.CALLED:
        return _("A quiet reminder"), (_("Press any button."),), Mark.HEART
    return None


def lesson(home: Home, notice: str, name: str, _: Words) -> NoteScene:
    """A page of the lesson of the buttons: what one does, its lamp lit. With a single switch there is but one."""
    back, press = _("Back"), _("Press me")
    if home.page >= own.lesson_length(home):
        title, line = _("That is all"), _("You will find it again under “For me”.")
        strip = Strip(_pointed(home, (back,))) if home.data.single_switch else Strip(back, "", back)
    elif home.data.single_switch:
        title, line = _("Your one button"), _("Answers light up one by one. Press when yours is lit.")
        strip = Strip(_pointed(home, (_("Next"), back)))
    else:
        title, line, strip = (
            (_("Green"), _("Green says yes, and goes on."), Strip(press, "", back)),
            (_("Amber"), _("Amber moves on. In a session it pauses."), Strip("", press, back)),
            (_("Red"), _("Red stops a session at once. Here it goes back."), Strip("", "", press)),
        )[home.page]
    return NoteScene(name=name, strip=strip, notice=notice, title=title, lines=(line,))


def _pointed(home: Home, labels: tuple[str, ...]) -> str:
    """The label that a single switch has lit just now; empty before the first."""
    return labels[home.cursor] if home.cursor is not None else ""
