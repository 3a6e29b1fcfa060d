"""The places at home that are the person's own: what they tell their therapist, their wish, reminders, the buttons."""

from __future__ import annotations

from dataclasses import replace

from kiosk.care.model import Region
from kiosk.care.own import MOST_REMINDERS, OwnQuestion, OwnThings, QuestionTopic, WeeklyWish
from kiosk.home.effects import AskQuestion, KeepReminders, KeepWish, Remind, SawMovement
from kiosk.home.model import NEXT, OK, Home, HomePlace
from kiosk.home.reminders import LATE_MS
from kiosk.home.turn import ASK, BUTTONS, REMIND, SAW, WISH, HomeForm, HomeTurn, fixed
from kiosk.home.wish import CHOICES, is_due, said, wished
from kiosk.signals import Button

KEEP, CHANGE = "keep", "change"
NO_WISH = "none"
SEEN_AT = (Region.FOREHEAD, Region.EYES, Region.NOSE, Region.CHEEKS, Region.MOUTH, Region.CHIN)
"""Parts of the face at which somebody may see a new movement."""
LESSON = (Button.GREEN, Button.AMBER, Button.RED)
"""The buttons in the order in which they are tried; red last, because it leaves from everywhere."""


def wake(turn: HomeTurn) -> None:
    """A press has woken the home: the weekly wish is said where it is due, but not to somebody who comes back."""
    data = turn.home.data
    wish, today = data.own.wish, data.today
    if wish is None or today is None or not is_due(wish, today) or data.back or data.person is None:
        turn.go(HomePlace.LIST)
        return
    turn.go(HomePlace.WEEK)
    _keep_wish(turn, said(wish, today))


def remind(turn: HomeTurn) -> None:
    """Give the reminder that is due, to nobody who is here. Where nothing is meant now, or it is late, it passes."""
    home = turn.home
    due = home.data.reminder
    if due is None or home.now_ms < due.due_ms or is_given(home):
        return
    turn.set(reminded=due.at)
    asleep = home.place is HomePlace.ASLEEP and home.data.person is not None
    if asleep and home.data.next and home.now_ms - due.due_ms < LATE_MS:
        turn.go(HomePlace.CALLED)
        turn.effects.append(Remind())


def is_given(home: Home) -> bool:
    """Whether the next reminder, as it is known, was given already: the clock may be a moment behind the reckoning."""
    due = home.data.reminder
    return due is not None and home.reminded is not None and due.at <= home.reminded


def lesson_length(home: Home) -> int:
    """Number of pages of the lesson of the buttons, without the last one that says that it is over."""
    return 1 if home.data.single_switch else len(LESSON)


def learn(turn: HomeTurn, button: Button) -> None:
    """A press in the lesson: the button that is asked for leads on, red always leaves, the others are unlit."""
    page = turn.home.page
    if page < len(LESSON) and button is LESSON[page]:
        turn.set(page=page + 1)
    elif button is Button.RED or (page >= len(LESSON) and button is Button.GREEN):
        turn.go(HomePlace.LIST)


def _lesson(turn: HomeTurn, answer: str) -> None:
    if answer == OK:
        turn.go(HomePlace.LIST)
    else:
        turn.set(page=turn.home.page + 1)
        turn.go(HomePlace.LEARN)


def _own(turn: HomeTurn, answer: str) -> None:
    turn.go({WISH: HomePlace.WISH, REMIND: HomePlace.REMIND}.get(answer, HomePlace.LEARN))


def _tell(turn: HomeTurn, answer: str) -> None:
    turn.go(HomePlace.SAW if answer == SAW else HomePlace.ASK)


def _saw(turn: HomeTurn, answer: str) -> None:
    turn.effects.append(SawMovement(Region(answer)))
    turn.go(HomePlace.TOLD)


def _ask(turn: HomeTurn, answer: str) -> None:
    """Ask what is not waiting for an answer already."""
    topic, own = QuestionTopic(answer), turn.home.data.own
    waiting = any(question.topic is topic and not question.answered for question in own.questions)
    if not waiting:
        today = turn.home.data.today
        others = tuple(question for question in own.questions if question.topic is not topic)
        _choose(turn, replace(own, questions=(*others, OwnQuestion(topic, False, today))))
        turn.effects.append(AskQuestion(topic, today))
    turn.go(HomePlace.ASKED)


def _wish_answers(home: Home) -> tuple[str, ...]:
    if home.data.today is None:
        return (OK,)
    return (*map(str, CHOICES), *((NO_WISH,) if home.data.own.wish else ()))


def _wish(turn: HomeTurn, answer: str) -> None:
    today = turn.home.data.today
    if answer != OK and today is not None:
        _keep_wish(turn, None if answer == NO_WISH else wished(int(answer), today))
    turn.go(HomePlace.OWN)


def _week(turn: HomeTurn, answer: str) -> None:
    wish, today = turn.home.data.own.wish, turn.home.data.today
    if answer == CHANGE:
        turn.go(HomePlace.WISH)
        return
    if wish is not None and today is not None:
        _keep_wish(turn, wished(wish.days, today))
    turn.go(HomePlace.LIST)


def _keep_wish(turn: HomeTurn, wish: WeeklyWish | None) -> None:
    _choose(turn, replace(turn.home.data.own, wish=wish))
    turn.effects.append(KeepWish(wish))


def may_turn(home: Home, hour: int) -> bool:
    """Whether a reminder at ``hour`` can be set or taken away."""
    chosen = home.data.own.reminders
    return hour in chosen or len(chosen) < MOST_REMINDERS


def _reminders(turn: HomeTurn, answer: str) -> None:
    """Set or take away; the pointer stays, so that the next hour is one press away."""
    hour, chosen = int(answer), turn.home.data.own.reminders
    if may_turn(turn.home, hour):
        hours = tuple(sorted({*chosen} ^ {hour}))
        _choose(turn, replace(turn.home.data.own, reminders=hours))
        turn.effects.append(KeepReminders(hours))


def _choose(turn: HomeTurn, own: OwnThings) -> None:
    """Show what was chosen at once; the record follows."""
    turn.set(data=replace(turn.home.data, own=own))


def _hours(home: Home) -> tuple[str, ...]:
    """The hours to choose from, and those that were chosen before they became quiet: they can be taken away."""
    data = home.data
    return tuple(map(str, (*data.hours, *(hour for hour in data.own.reminders if hour not in data.hours))))


def _home(turn: HomeTurn, _answer: str) -> None:
    turn.go(HomePlace.LIST)


FORMS: dict[HomePlace, HomeForm] = {
    HomePlace.TELL: HomeForm(fixed(SAW, ASK), _tell),
    HomePlace.SAW: HomeForm(fixed(*(region.value for region in SEEN_AT)), _saw),
    HomePlace.TOLD: HomeForm(fixed(OK), _home, direct=True),
    HomePlace.ASK: HomeForm(fixed(*(topic.value for topic in QuestionTopic)), _ask),
    HomePlace.ASKED: HomeForm(fixed(OK), _home, direct=True),
    HomePlace.OWN: HomeForm(fixed(WISH, REMIND, BUTTONS), _own),
    HomePlace.WISH: HomeForm(_wish_answers, _wish),
    HomePlace.WEEK: HomeForm(fixed(KEEP, CHANGE), _week, direct=True),
    HomePlace.REMIND: HomeForm(_hours, _reminders),
    HomePlace.CALLED: HomeForm(fixed(), _home, direct=True),
    HomePlace.LEARN: HomeForm(lambda home: (NEXT,) if home.page < lesson_length(home) else (OK,), _lesson, direct=True),
}

PARENTS: dict[HomePlace, HomePlace] = {
    HomePlace.TELL: HomePlace.LIST,
    HomePlace.SAW: HomePlace.TELL,
    HomePlace.TOLD: HomePlace.LIST,
    HomePlace.ASK: HomePlace.TELL,
    HomePlace.ASKED: HomePlace.LIST,
    HomePlace.OWN: HomePlace.LIST,
    HomePlace.WISH: HomePlace.OWN,
    HomePlace.WEEK: HomePlace.LIST,
    HomePlace.REMIND: HomePlace.OWN,
    HomePlace.LEARN: HomePlace.LIST,
}
